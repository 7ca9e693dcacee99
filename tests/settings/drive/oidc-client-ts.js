import { answered, done } from './browser.js'
import * as app from './sign-in.js'

app.signIn()
const user = await app.complete(await answered())
await Promise.all([app.refresh(), app.refresh()])
const fresh = (await app.manager.getUser()).access_token !== user.access_token
await app.signOut()
// Without a refresh token nothing is sent, and no frame is made.
const forgotten = (await app.refresh()) === null && sessionStorage.length === 0
done({ subject: user.profile.sub, fresh, forgotten, client: app.settings.client_id })

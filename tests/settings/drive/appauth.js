import { answered, done } from './browser.js'
import * as app from './sign-in.js'

await app.signIn()
const { sub } = await app.complete(new URL(await answered()))
const before = app.accessToken()
await Promise.all([app.refresh(), app.refresh()])
const fresh = app.accessToken() !== before
app.signOut()
const forgotten = app.accessToken() === undefined && sessionStorage.length === 0
done({ subject: sub, fresh, forgotten, client: app.clientId })

import { answered, done } from './browser.js'
import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import * as app from './sign-in.js'

// Effects do not run on a server: what the provider of the context does once it is on screen is called by hand.
const shown = renderToStaticMarkup(createElement(app.SignedIn, null, createElement(app.Account)))
if (!shown.includes('One moment')) throw new Error(`shown: ${shown}`)
app.manager.signinRedirect({ nonce: crypto.randomUUID() })
const user = await app.manager.signinCallback(await answered())
await app.arrived(user)
if (!globalThis.cleaned) throw new Error('the code stays in the address')
await Promise.all([app.refresh(), app.refresh()])
const fresh = (await app.manager.getUser()).access_token !== user.access_token
await app.manager.removeUser()
const forgotten = (await app.refresh()) === null && sessionStorage.length === 0
done({ subject: user.profile.sub, fresh, forgotten, client: app.settings.client_id })

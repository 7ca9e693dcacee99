// npm install @openid/appauth@1, and a bundler: its files name each other without their endings.
import {
  AuthorizationNotifier, AuthorizationRequest, AuthorizationServiceConfiguration, BaseTokenRequestHandler,
  BasicQueryStringUtils, DefaultCrypto, FetchRequestor, LocalStorageBackend, RedirectRequestHandler, TokenRequest,
  setFlag,
} from '@openid/appauth'

// (1) The issuer and the address of the metadata, each by itself: fetchFromIssuer would look below the issuer.
const issuer = {{issuer}}
const metadata = {{metadata}}
export const clientId = {{client_id}}
const redirectUri = {{redirect_uri}}
const scope = {{scope}}

// Unless told otherwise the library writes state and code on the console.
setFlag('IS_LOG', false)
const random = new DefaultCrypto()
const tokenEndpoint = new BaseTokenRequestHandler(new FetchRequestor())

// The library looks for an answer in the fragment. That of the code flow stands in the query.
class Query extends BasicQueryStringUtils {
  parse(address) {
    return this.parseQueryString(address.search.replaceAll('+', ' '))
  }
}

const handler = (address) =>
  new RedirectRequestHandler(new LocalStorageBackend(sessionStorage), new Query(), address)

let known
async function provider() {
  known ??= (await fetch(metadata)).json().then((found) => {
    if (found.issuer !== issuer) throw new Error('the metadata are of another issuer')
    return new AuthorizationServiceConfiguration(found)
  })
  return known
}

/** Leaves for the provider. */
export async function signIn() {
  const request = new AuthorizationRequest({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: AuthorizationRequest.RESPONSE_TYPE_CODE,
    scope,
    // Its own state has ten characters.
    state: random.generateRandom(32),
    extras: { nonce: random.generateRandom(32) },
  })
  handler(location).performAuthorizationRequest(await provider(), request)
}

let tokens
/** On the page of redirectUri. */
export async function complete(address = new URL(location.href)) {
  const { request, response } = await answered(address)
  if (!request.internal?.code_verifier) throw new Error('no challenge was sent')
  const came = await exchange({
    grant_type: 'authorization_code',
    code: response.code,
    extras: { code_verifier: request.internal.code_verifier },
  })
  const claims = judged(came.idToken, request.extras.nonce)
  tokens = came
  return claims
}

/** The library says nothing where the state is another: then nobody asked for the answer. */
async function answered(address) {
  let found
  const notifier = new AuthorizationNotifier()
  notifier.setAuthorizationListener((request, response, error) => {
    found = { request, response, error }
  })
  const coming = handler(address).setAuthorizationNotifier(notifier)
  await coming.completeAuthorizationRequestIfPossible()
  if (!found) throw new Error('the answer belongs to no sign-in of this tab')
  if (found.error) throw new Error(found.error.error)
  return found
}

// (5) The library looks at nothing in the ID token: for whom it is, from whom and when, is compared here.
function judged(idToken, nonce) {
  const payload = idToken.split('.')[1].replaceAll('-', '+').replaceAll('_', '/')
  const bytes = Uint8Array.from(atob(payload), (letter) => letter.charCodeAt(0))
  const claims = JSON.parse(new TextDecoder().decode(bytes))
  const { iss, aud, azp, exp } = claims
  const isOurs = iss === issuer && [aud].flat().includes(clientId) && [aud].flat().length === 1
  const isFresh = claims.nonce === nonce && exp * 1000 > Date.now()
  if (!isOurs || !isFresh || (azp ?? clientId) !== clientId) throw new Error('the ID token is not for this sign-in')
  return claims
}

// (3) Renewal is a request with the refresh token, and no hidden frame.
// (4) One refresh at a time: who comes second waits for the first.
let refreshing
export function refresh() {
  refreshing ??= renew().finally(() => (refreshing = undefined))
  return refreshing
}

async function renew() {
  if (!tokens?.refreshToken) throw new Error('nobody is signed in')
  const fresh = await exchange({ grant_type: 'refresh_token', refresh_token: tokens.refreshToken })
  fresh.refreshToken ??= tokens.refreshToken
  tokens = fresh
}

async function exchange(grant) {
  const request = new TokenRequest({ client_id: clientId, redirect_uri: redirectUri, ...grant })
  return tokenEndpoint.performTokenRequest(await provider(), request)
}

export const accessToken = () => tokens?.accessToken

/** (2) Forgets the tokens, and sends no revocation. */
export function signOut() {
  tokens = undefined
}

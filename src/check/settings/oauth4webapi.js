// npm install oauth4webapi@3
import * as oauth from 'oauth4webapi'

// (1) The issuer and the address of the metadata, each by itself.
const issuer = new URL({{issuer}})
const metadata = {{metadata}}
export const client = { client_id: {{client_id}} }
const redirectUri = {{redirect_uri}}
const scope = {{scope}}
const kept = 'sign-in'
[https]const options = {}
[http]// Plain http, on this device only. Take this out before anything is deployed.
[http]const options = { [oauth.allowInsecureRequests]: true }

let known
async function provider() {
  known ??= await oauth.processDiscoveryResponse(issuer, await fetch(metadata))
  return known
}

/** Where to send the browser: `location.assign(await signIn())`. */
export async function signIn() {
  const { authorization_endpoint } = await provider()
  const attempt = {
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    verifier: oauth.generateRandomCodeVerifier(),
  }
  sessionStorage.setItem(kept, JSON.stringify(attempt))
  const address = new URL(authorization_endpoint)
  const parameters = {
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: redirectUri,
    scope,
    state: attempt.state,
    nonce: attempt.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(attempt.verifier),
    code_challenge_method: 'S256',
  }
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value)
  return address
}

let tokens
/** On the page of redirectUri. */
export async function complete(address = new URL(location.href)) {
  const attempt = JSON.parse(sessionStorage.getItem(kept) ?? '{}')
  sessionStorage.removeItem(kept)
  const as = await provider()
  const answer = oauth.validateAuthResponse(as, client, address, attempt.state)
  const response = await oauth.authorizationCodeGrantRequest(
    as, client, oauth.None(), answer, redirectUri, attempt.verifier, options,
  )
  const came = await oauth.processAuthorizationCodeResponse(as, client, response, {
    expectedNonce: attempt.nonce,
    requireIdToken: true,
  })
  // (5) Throws where the ID token was not signed by the key of the provider.
  await oauth.validateApplicationLevelSignature(as, response, options)
  tokens = came
  return oauth.getValidatedIdTokenClaims(came)
}

// (3) Renewal is a request with the refresh token, and no hidden frame.
// (4) One refresh at a time: who comes second waits for the first.
let refreshing
export function refresh() {
  refreshing ??= renew().finally(() => (refreshing = undefined))
  return refreshing
}

async function renew() {
  const as = await provider()
  const response = await oauth.refreshTokenGrantRequest(
    as, client, oauth.None(), tokens.refresh_token, options,
  )
  tokens = await oauth.processRefreshTokenResponse(as, client, response)
}

export const accessToken = () => tokens?.access_token

/** (2) Forgets the tokens, and sends no revocation. */
export function signOut() {
  tokens = undefined
}

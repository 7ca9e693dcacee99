// npm install oidc-client-ts@3
import { UserManager, WebStorageStateStore } from 'oidc-client-ts'

export const settings = {
  // (1) The issuer and the address of the metadata, each by itself.
  authority: {{issuer}},
  metadataUrl: {{metadata}},
  client_id: {{client_id}},
  redirect_uri: {{redirect_uri}},
  response_type: 'code',
  scope: {{scope}},
  // (2) Signing out sends no revocation.
  revokeTokensOnSignout: false,
  // (3) No hidden frame: refresh() below uses the refresh token or does nothing.
  automaticSilentRenew: false,
  monitorSession: false,
  userStore: new WebStorageStateStore({ store: sessionStorage }),
  stateStore: new WebStorageStateStore({ store: sessionStorage }),
}

export const manager = new UserManager(settings)
manager.events.addAccessTokenExpiring(() => refresh().catch(console.error))

/** Leaves for the provider. */
export function signIn() {
  return manager.signinRedirect({ nonce: crypto.randomUUID() })
}

/** On the page of redirect_uri. */
export async function complete(address = location.href) {
  const user = await manager.signinRedirectCallback(address)
  // (5) The library compares state, nonce and sub; for whom the ID token is, it leaves to you.
  const { iss, aud } = user.profile
  if (iss !== settings.authority || ![aud].flat().includes(settings.client_id)) {
    await manager.removeUser()
    throw new Error('the ID token is not for this app')
  }
  return user
}

// (4) One refresh at a time: who comes second waits for the first.
let refreshing
export function refresh() {
  refreshing ??= renew().finally(() => (refreshing = undefined))
  return refreshing
}

async function renew() {
  const user = await manager.getUser()
  return user?.refresh_token ? manager.signinSilent() : null
}

/** Forgets the tokens of this tab. */
export function signOut() {
  return manager.removeUser()
}

// npm install react-oidc-context@3 oidc-client-ts@3
import { UserManager, WebStorageStateStore } from 'oidc-client-ts'
import { AuthProvider, useAuth } from 'react-oidc-context'

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

/** Once the provider has sent the browser back. */
export async function arrived(user) {
  // The code must not stay in the address.
  history.replaceState({}, '', location.pathname)
  // (5) The library compares state, nonce and sub; for whom the ID token is, it leaves to you.
  const { iss, aud } = user.profile
  if (iss !== settings.authority || ![aud].flat().includes(settings.client_id)) {
    await manager.removeUser()
    throw new Error('the ID token is not for this app')
  }
}

/** Around the whole app. */
export function SignedIn({ children }) {
  return (
    <AuthProvider userManager={manager} onSigninCallback={arrived}>
      {children}
    </AuthProvider>
  )
}

export function Account() {
  const auth = useAuth()
  if (auth.isLoading) return <p>One moment…</p>
  if (auth.error) return <p role="alert">{auth.error.message}</p>
  if (auth.isAuthenticated) {
    return <button onClick={() => auth.removeUser()}>Sign out {auth.user.profile.email}</button>
  }
  const signIn = () => auth.signinRedirect({ nonce: crypto.randomUUID() })
  return <button onClick={signIn}>Sign in</button>
}

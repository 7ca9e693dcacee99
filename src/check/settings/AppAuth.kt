// build.gradle.kts: implementation("net.openid:appauth:0.11.1")
import android.net.Uri
import net.openid.appauth.AuthState
import net.openid.appauth.AuthorizationException
import net.openid.appauth.AuthorizationRequest
import net.openid.appauth.AuthorizationResponse
import net.openid.appauth.AuthorizationService
import net.openid.appauth.AuthorizationServiceConfiguration
import net.openid.appauth.ResponseTypeValues

object SignIn {
    // (1) The issuer and the address of the metadata, each by itself.
    private const val ISSUER = {{issuer}}
    private const val METADATA = {{metadata}}
    private const val CLIENT_ID = {{client_id}}
    private const val REDIRECT_URI = {{redirect_uri}}
    private val SCOPES = listOf({{scopes}})

    // fetchFromIssuer would look below the issuer.
[http]    // This address is plain http, which AppAuth takes only with a ConnectionBuilder of your own.
    fun configure(done: (AuthorizationServiceConfiguration?, AuthorizationException?) -> Unit) {
        AuthorizationServiceConfiguration.fetchFromUrl(Uri.parse(METADATA)) { found, error ->
            if (found != null && found.discoveryDoc?.issuer != ISSUER) {
                done(null, AuthorizationException.GeneralErrors.INVALID_DISCOVERY_DOCUMENT)
            } else {
                done(found, error)
            }
        }
    }

    // State, nonce and an S256 challenge are drawn by the library. Ask for it with getAuthorizationRequestIntent:
    // (3) a browser tab of its own, and no hidden web view.
    fun request(found: AuthorizationServiceConfiguration): AuthorizationRequest =
        AuthorizationRequest.Builder(found, CLIENT_ID, ResponseTypeValues.CODE, Uri.parse(REDIRECT_URI))
            .setScopes(SCOPES)
            .build()

    // (5) Issuer, audience, nonce and times of the ID token are compared; its signature is not.
    fun complete(
        service: AuthorizationService,
        answer: AuthorizationResponse,
        state: AuthState,
        done: (AuthorizationException?) -> Unit,
    ) {
        state.update(answer, null)
        service.performTokenRequest(answer.createTokenExchangeRequest()) { tokens, error ->
            state.update(tokens, error)
            done(error)
        }
    }

    // (4) One refresh at a time: who comes second waits for the first. Use one AuthState for the whole app.
    fun withFreshToken(
        service: AuthorizationService,
        state: AuthState,
        use: (String?, AuthorizationException?) -> Unit,
    ) {
        state.performActionWithFreshTokens(service) { accessToken, _, error -> use(accessToken, error) }
    }

    // (2) No EndSessionRequest and no revocation: the tokens are forgotten.
    fun signOut(): AuthState = AuthState()
}

//! What to do about an answer that needs other words than the rest of its row. Where nothing fits, the row's own remedy holds.

use super::probe::{Probe, fits};
use crate::failure;

const CORS: &str = "A page cannot sign in here. Either the provider allows other origins to read its metadata and not this answer: ask whoever runs it to allow your origin there too (CORS). Or it fails whenever it is asked: its log says why.";

/// The row, the answer as a pattern, and what to do.
#[rustfmt::skip]
pub const REMEDIES: &[(&str, &str, &str)] = &[
    ("D2", "missing", "The document names no issuer, so nothing says whose it is. Do not sign in with it, and tell whoever runs the provider."),
    ("D3", "missing authorization_endpoint", "There is nowhere to send people to sign in. Check the address of the document, and tell whoever runs the provider."),
    ("D3", "missing token_endpoint", "There is nowhere to exchange a code. Check the address of the document, and tell whoever runs the provider."),
    ("D3", "missing jwks_uri", "There are no keys to verify ID tokens with. Check the address of the document, and tell whoever runs the provider."),
    ("D3", "missing *", "The document is incomplete: a library that is strict will not sign in with it. Tell whoever runs the provider which member is missing."),
    ("D3", "foreign *", "Codes or tokens would go to a host that nobody named. If it belongs to the provider, add it to this environment in config.json; if not, do not sign in."),
    ("D6", "unreadable", CORS),
    ("D6", "no key set", "What stands at the address of the keys is no key set, so no ID token can be verified. Check jwks_uri, and tell whoever runs the provider."),
    ("D6", "no usable key", "No ID token of this provider can be verified: it publishes no key, or only ones that are too weak. Tell whoever runs it to sign with RSA of 2048 bits or with P-256."),
    ("D6", "private half", "Anybody can write ID tokens for anybody at this provider. Do not sign in with it until its keys are replaced, and tell whoever runs it now."),
    ("D6", "key id twice", "A library may take the wrong one of two keys and refuse good ID tokens. Tell whoever runs the provider to give each key an id of its own."),
    ("D9", "unreadable", "A client cannot be registered from a page here. Bring one of your own for the check, registered by hand. A try may have left a client behind that nobody can delete from here."),
    ("D9", "registered, with a secret", "A page cannot keep a secret, and whoever is given one may be taken for a client that has to show it. Register by hand, as a public client."),
    ("D9", "registered, with another method", "Such a client has to prove itself with a secret, which a page cannot keep. Register by hand, as a public client."),
    ("D9", "registered, for another address", "Codes for this client go to another address than yours. Do not use it, and tell whoever runs the provider."),
    ("D9", "registered, with another status", "The client works. A library that is strict about 201 will take it for a failure: tell whoever runs the provider."),
    ("D9", "no client", "Nothing in the answer can be signed in with. Bring a client of your own, and tell whoever runs the provider."),
    ("D11", "accepted*", "The token endpoint accepts a client, a code or a grant that does not exist. Do not sign anybody in here, and tell whoever runs it."),
    ("D11", "unreadable", CORS),
    ("D12", "unreadable", "A page cannot read who signed in from UserInfo: it allows no other origins (CORS), or fails whenever it is asked. Take what you need from the ID token, or ask whoever runs the provider to allow your origin there too."),
    ("L7", "accepted, and caches may keep it", "Tokens may stay in a cache of the browser or on the way, where others find them. Tell whoever runs the provider to send Cache-Control: no-store."),
    ("L7", "accepted, with more scope", "The token can do more than was asked for, and whoever steals it too. Register the client for the scopes that it needs and no more, and tell whoever runs the provider."),
    ("L7", "token.unsupported_type", "Only Bearer tokens can be used here. Change the client so that it is issued those, or use a library that knows the other kind."),
    ("L7", "token.invalid_grant", "The provider refuses a code that it has just issued, with the verifier and the address that belong to it. Show the exchange in Flow to whoever runs it."),
    ("L7", "token.invalid_client", "The token endpoint does not take this client without a secret. Register a public client: token_endpoint_auth_method none."),
    ("L7", "token.unauthorized_client", "The client may not exchange codes. Register it with the grant type authorization_code."),
    ("L8", "missing", "openid was asked for, and nothing says who signed in. Do not take UserInfo alone for a proof; tell whoever runs the provider."),
    ("L9", "userinfo.subject_mismatch", "Do not use what UserInfo says: it is about somebody else."),
    ("L9", "userinfo.malformed", "Do not use what UserInfo says: it does not say about whom."),
    ("L13", "refused *", "The provider issues refresh tokens and does not take them. Sign in anew when a token has expired, or register the client with the grant type refresh_token."),
    ("L13", "more scope", "A refresh brings rights that nobody agreed to. Tell whoever runs the provider, and ask for a scope by name at each refresh."),
    ("R1", "code, accepted without a verifier", "Whoever takes PKCE out of a request gets a code that needs no proof. Always send a challenge with S256; the provider will not do it for you."),
    ("R5", "error *", "The provider sends browsers to addresses that nobody registered, if only with an error. Do not use it until that is mended."),
];

/// What to do about this answer to a probe.
pub fn remedy(probe: &Probe, word: &str) -> &'static str {
    // The rule that failed has its words already.
    if probe.id == "L8" && word.starts_with("id_token.") {
        return failure::words(word).remedy;
    }
    special(probe, word).unwrap_or(probe.remedy)
}

/// The words of this answer, where it has its own.
pub fn special(probe: &Probe, word: &str) -> Option<&'static str> {
    let found = REMEDIES
        .iter()
        .find(|(id, pattern, _)| *id == probe.id && fits(pattern, word));
    found.map(|(.., text)| *text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_belongs_to_a_row_and_none_hides_behind_one_before() {
        for (at, (id, pattern, text)) in REMEDIES.iter().enumerate() {
            assert!(Probe::find(id).is_some(), "{id}");
            assert!(
                text.ends_with('.') && !text.contains('\u{2014}'),
                "{id} {pattern}"
            );
            let before = REMEDIES[..at].iter().filter(|(known, ..)| known == id);
            for (_, known, _) in before {
                assert!(!fits(known, pattern), "{id}: {pattern} is never reached");
            }
        }
    }

    #[test]
    fn the_rule_of_the_id_token_that_failed_says_what_to_do_itself() {
        let probe = Probe::find("L8").unwrap();
        let of = |word| remedy(probe, word);
        assert_ne!(of("id_token.bad_signature"), of("id_token.expired"));
        assert!(of("id_token.expired").contains("clock"));
        assert_eq!(of("anything else"), probe.remedy);
    }
}

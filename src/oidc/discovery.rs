//! Provider metadata: OpenID Connect Discovery 1.0 §3 and §4.3, RFC 8414 §2 and §3.3.
//!
//! One rule is changed, and made stricter: the issuer is not compared with the address the document came from but with
//! the one that was configured. Polar serves its document from its API host while its issuer is `https://polar.sh`.
//! Endpoints that are sent a code or a token must stand on an origin that was configured too.

use url::Url;

use super::jws::Algorithm;
use crate::http::{BodyError, PROTOCOL_BODY_LIMIT, Request, Response, TransportError};
use crate::json::stored::stored;
use crate::json::{MemberError, Members};

/// What was configured, and what a document must agree with.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    pub issuer: &'a str,
    /// Addresses whose origins may be sent codes and tokens.
    pub trusted: &'a [&'a Url],
}

/// A provider whose metadata were found sound. The only way to one is [`parse`], or [`Provider::recheck`] for a stored one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    issuer: String,
    authorization_endpoint: Url,
    token_endpoint: Url,
    jwks_uri: Url,
    userinfo_endpoint: Option<Url>,
    /// Only where public clients may use it.
    revocation_endpoint: Option<Url>,
    registration_endpoint: Option<Url>,
    scopes_supported: Vec<String>,
    algorithms: Vec<Algorithm>,
    sends_issuer: bool,
}

stored!(Provider {
    issuer,
    authorization_endpoint,
    token_endpoint,
    jwks_uri,
    userinfo_endpoint,
    revocation_endpoint,
    registration_endpoint,
    scopes_supported,
    algorithms,
    sends_issuer,
});

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DiscoveryError {
    #[error(transparent)]
    Transport(#[from] TransportError),
    #[error("expected status 200, got {status}")]
    Status { status: u16 },
    #[error(transparent)]
    Body(#[from] BodyError),
    #[error(transparent)]
    Member(#[from] MemberError),
    #[error("expected issuer {expected:?}, got {actual:?}")]
    IssuerMismatch { expected: String, actual: String },
    #[error("{member} is not an https address, or http on this device: {actual:?}")]
    UnsafeEndpoint { member: &'static str, actual: String },
    #[error("{member} is on {origin}, which this environment does not name")]
    ForeignEndpoint { member: &'static str, origin: String },
    #[error("provider offers no PKCE with S256")]
    NoS256,
    #[error("provider does not offer the code flow")]
    NoCodeFlow,
    #[error("provider signs ID tokens with none of RS256 and ES256")]
    NoSupportedAlgorithm,
}

impl DiscoveryError {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Transport(error) => error.code(),
            Self::Status { .. } => "discovery.unexpected_status",
            Self::Body(BodyError::WrongContentType { .. }) => "discovery.wrong_content_type",
            Self::Body(BodyError::NotJson(_)) => "discovery.not_json",
            Self::Member(_) => "discovery.malformed",
            Self::IssuerMismatch { .. } => "discovery.issuer_mismatch",
            Self::UnsafeEndpoint { .. } => "discovery.unsafe_endpoint",
            Self::ForeignEndpoint { .. } => "discovery.foreign_endpoint",
            Self::NoS256 => "discovery.no_s256",
            Self::NoCodeFlow => "discovery.no_code_flow",
            Self::NoSupportedAlgorithm => "discovery.no_supported_algorithm",
        }
    }
}

pub fn request(discovery_url: &Url) -> Request {
    Request::get(discovery_url.clone(), PROTOCOL_BODY_LIMIT)
}

pub fn parse(response: &Response, expected: Expected<'_>) -> Result<Provider, DiscoveryError> {
    if response.status != 200 {
        return Err(DiscoveryError::Status {
            status: response.status,
        });
    }
    let document = response.json()?;
    let members = Members::of(&document)?;
    let provider = Provider {
        issuer: members.text("issuer")?.to_owned(),
        authorization_endpoint: endpoint(&members, "authorization_endpoint")?,
        token_endpoint: endpoint(&members, "token_endpoint")?,
        jwks_uri: endpoint(&members, "jwks_uri")?,
        userinfo_endpoint: optional_endpoint(&members, "userinfo_endpoint")?,
        revocation_endpoint: revocation(&members)?,
        registration_endpoint: optional_endpoint(&members, "registration_endpoint")?,
        scopes_supported: members.optional_texts("scopes_supported")?.unwrap_or_default(),
        algorithms: algorithms(&members)?,
        sends_issuer: members
            .optional_bool("authorization_response_iss_parameter_supported")?
            .unwrap_or(false),
    };
    offers_code_flow_with_s256(&members)?;
    provider.recheck(expected)?;
    Ok(provider)
}

impl Provider {
    /// The rules that hang on what is configured. A stored provider passes them again before it is used, since storage
    /// can be edited and a configuration can change while somebody consents.
    pub fn recheck(&self, expected: Expected<'_>) -> Result<(), DiscoveryError> {
        // Discovery §4.3: compared character by character, never normalised.
        if self.issuer != expected.issuer {
            return Err(DiscoveryError::IssuerMismatch {
                expected: expected.issuer.to_owned(),
                actual: self.issuer.chars().take(200).collect(),
            });
        }
        is_safe("authorization_endpoint", &self.authorization_endpoint)?;
        let sent_secrets = [
            ("token_endpoint", Some(&self.token_endpoint)),
            ("jwks_uri", Some(&self.jwks_uri)),
            ("userinfo_endpoint", self.userinfo_endpoint.as_ref()),
            ("revocation_endpoint", self.revocation_endpoint.as_ref()),
            ("registration_endpoint", self.registration_endpoint.as_ref()),
        ];
        for (member, url) in sent_secrets {
            let Some(url) = url else { continue };
            is_safe(member, url)?;
            if !expected.trusted.iter().any(|t| t.origin() == url.origin()) {
                return Err(DiscoveryError::ForeignEndpoint {
                    member,
                    origin: url.origin().ascii_serialization(),
                });
            }
        }
        Ok(())
    }

    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    pub const fn authorization_endpoint(&self) -> &Url {
        &self.authorization_endpoint
    }

    pub const fn token_endpoint(&self) -> &Url {
        &self.token_endpoint
    }

    pub const fn jwks_uri(&self) -> &Url {
        &self.jwks_uri
    }

    pub const fn userinfo_endpoint(&self) -> Option<&Url> {
        self.userinfo_endpoint.as_ref()
    }

    /// Where a public client may revoke its own tokens; absent on Polar.
    pub const fn revocation_endpoint(&self) -> Option<&Url> {
        self.revocation_endpoint.as_ref()
    }

    /// Where clients register themselves (RFC 7591 §3).
    pub const fn registration_endpoint(&self) -> Option<&Url> {
        self.registration_endpoint.as_ref()
    }

    pub fn scopes_supported(&self) -> &[String] {
        &self.scopes_supported
    }

    /// The algorithms that both the provider and we know: what an ID token may be signed with.
    pub fn algorithms(&self) -> &[Algorithm] {
        &self.algorithms
    }

    /// RFC 9207 §3: whether an authorization response must carry `iss`.
    pub const fn sends_issuer(&self) -> bool {
        self.sends_issuer
    }

    /// As kept with an attempt or a session, where the long list of scopes is of no use.
    #[must_use]
    pub fn without_scopes(mut self) -> Self {
        self.scopes_supported = Vec::new();
        self
    }
}

fn endpoint(members: &Members<'_>, member: &'static str) -> Result<Url, DiscoveryError> {
    address(member, members.text(member)?)
}

fn optional_endpoint(members: &Members<'_>, member: &'static str) -> Result<Option<Url>, DiscoveryError> {
    members
        .optional_text(member)?
        .map(|text| address(member, text))
        .transpose()
}

fn address(member: &'static str, text: &str) -> Result<Url, DiscoveryError> {
    let url = Url::parse(text).map_err(|_| DiscoveryError::UnsafeEndpoint {
        member,
        actual: text.chars().take(200).collect(),
    })?;
    is_safe(member, &url)?;
    Ok(url)
}

fn is_safe(member: &'static str, url: &Url) -> Result<(), DiscoveryError> {
    if is_safe_address(url) {
        return Ok(());
    }
    Err(DiscoveryError::UnsafeEndpoint {
        member,
        actual: url.as_str().chars().take(200).collect(),
    })
}

/// RFC 8414 §2, RFC 9700 §2.6: https, or http that does not leave this device; no user, no password, no fragment.
pub fn is_safe_address(url: &Url) -> bool {
    let safe_scheme = match url.scheme() {
        "https" => url.has_host(),
        "http" => url.host_str().is_some_and(is_loopback),
        _ => false,
    };
    safe_scheme && url.username().is_empty() && url.password().is_none() && url.fragment().is_none()
}

fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host == "127.0.0.1"
        || host == "[::1]"
        || host
            .strip_suffix(".localhost")
            .is_some_and(|name| !name.is_empty())
}

/// RFC 8414 §2: without `revocation_endpoint_auth_methods_supported` the default is `client_secret_basic`, so a public
/// client may only revoke where `none` is listed.
fn revocation(members: &Members<'_>) -> Result<Option<Url>, DiscoveryError> {
    let methods = members
        .optional_texts("revocation_endpoint_auth_methods_supported")?
        .unwrap_or_default();
    if !methods.iter().any(|method| method == "none") {
        return Ok(None);
    }
    optional_endpoint(members, "revocation_endpoint")
}

fn algorithms(members: &Members<'_>) -> Result<Vec<Algorithm>, DiscoveryError> {
    let member = "id_token_signing_alg_values_supported";
    let names = members
        .optional_texts(member)?
        .ok_or(MemberError::Missing { member })?;
    let known: Vec<_> = names
        .iter()
        .filter_map(|name| Algorithm::from_name(name))
        .collect();
    if known.is_empty() {
        return Err(DiscoveryError::NoSupportedAlgorithm);
    }
    Ok(known)
}

fn offers_code_flow_with_s256(members: &Members<'_>) -> Result<(), DiscoveryError> {
    let lists = |member, value: &str| -> Result<bool, MemberError> {
        // A provider that lists nothing is tried all the same: S256 is always sent.
        let values = members.optional_texts(member)?;
        Ok(values.is_none_or(|values| values.iter().any(|v| v == value)))
    };
    // RFC 9700 §2.1.1: no falling back to `plain`.
    if !lists("code_challenge_methods_supported", "S256")? {
        return Err(DiscoveryError::NoS256);
    }
    if !lists("response_types_supported", "code")? {
        return Err(DiscoveryError::NoCodeFlow);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::json::arbitrary;
    use crate::json::stored::Stored as _;

    fn document() -> Value {
        json!({
            "issuer": "https://polar.sh",
            "authorization_endpoint": "https://polar.sh/oauth2/authorize",
            "token_endpoint": "https://api.polar.sh/v1/oauth2/token",
            "jwks_uri": "https://api.polar.sh/.well-known/jwks.json",
            "userinfo_endpoint": "https://api.polar.sh/v1/oauth2/userinfo",
            "revocation_endpoint": "https://api.polar.sh/v1/oauth2/revoke",
            "revocation_endpoint_auth_methods_supported": ["client_secret_post"],
            "scopes_supported": ["openid"],
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["plain", "S256"],
            "id_token_signing_alg_values_supported": ["RS256"],
        })
    }

    fn judge(document: &Value) -> Result<Provider, DiscoveryError> {
        judge_text(&document.to_string())
    }

    fn judge_text(text: &str) -> Result<Provider, DiscoveryError> {
        let api = Url::parse("https://api.polar.sh").unwrap();
        let response = Response {
            status: 200,
            headers: vec![("content-type".into(), "application/json".into())],
            body: text.as_bytes().to_vec(),
        };
        parse(
            &response,
            Expected {
                issuer: "https://polar.sh",
                trusted: &[&api],
            },
        )
    }

    fn check(member: &str, value: Value, code: &str) {
        let mut changed = document();
        changed[member] = value;
        assert_eq!(
            judge(&changed).unwrap_err().code(),
            code,
            "{member}: {}",
            changed[member]
        );
    }

    #[test]
    fn accepts_polars_document() {
        let provider = judge(&document()).unwrap();
        assert_eq!(provider.issuer(), "https://polar.sh");
        assert!(!provider.sends_issuer());
        assert_eq!(provider.scopes_supported(), ["openid"]);
        assert_eq!(provider.revocation_endpoint(), None, "closed to public clients");
        assert_eq!(provider.registration_endpoint(), None);
    }

    #[test]
    fn what_a_provider_may_offer_is_taken_where_it_does() {
        let mut more = document();
        more["registration_endpoint"] = json!("https://api.polar.sh/v1/oauth2/register");
        more["authorization_response_iss_parameter_supported"] = json!(true);
        let provider = judge(&more).unwrap();
        let register = provider.registration_endpoint().map(Url::path);
        assert_eq!(register, Some("/v1/oauth2/register"));
        assert!(provider.sends_issuer());
    }

    #[test]
    fn d02_compares_the_issuer_character_by_character() {
        for other in [
            "https://polar.sh/",
            "https://POLAR.sh",
            "http://polar.sh",
            "https://polar.sh:443",
            "https://evil.example",
        ] {
            check("issuer", json!(other), "discovery.issuer_mismatch");
        }
    }

    #[test]
    fn d04_d05_names_what_is_missing_or_of_another_type() {
        for member in [
            "issuer",
            "authorization_endpoint",
            "token_endpoint",
            "jwks_uri",
            "id_token_signing_alg_values_supported",
        ] {
            check(member, Value::Null, "discovery.malformed");
            check(member, json!(7), "discovery.malformed");
        }
        assert_eq!(judge(&json!([])).unwrap_err().code(), "discovery.malformed");
    }

    #[test]
    fn d06_refuses_endpoints_that_are_not_safe_to_open() {
        for address in [
            "http://api.polar.sh/token",
            "javascript:alert(1)",
            "/relative",
            "https://user:pw@api.polar.sh/token",
            "https://api.polar.sh/token#x",
            "data:text/html,x",
            "file:///etc/passwd",
            "http://localhost.evil.example/",
            "http://.localhost/",
        ] {
            for member in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
                check(member, json!(address), "discovery.unsafe_endpoint");
            }
        }
    }

    #[test]
    fn d07_sends_no_secret_to_an_origin_that_was_not_configured() {
        for member in [
            "token_endpoint",
            "jwks_uri",
            "userinfo_endpoint",
            "registration_endpoint",
        ] {
            check(
                member,
                json!("https://evil.example/x"),
                "discovery.foreign_endpoint",
            );
        }
    }

    #[test]
    fn d09_refuses_a_provider_that_knows_only_plain() {
        check(
            "code_challenge_methods_supported",
            json!(["plain"]),
            "discovery.no_s256",
        );
        let mut silent = document();
        silent
            .as_object_mut()
            .unwrap()
            .remove("code_challenge_methods_supported");
        assert!(judge(&silent).is_ok(), "S256 is sent all the same");
    }

    #[test]
    fn d10_refuses_a_provider_without_an_asymmetric_algorithm() {
        for algorithms in [json!([]), json!(["none"]), json!(["HS256", "none"])] {
            check(
                "id_token_signing_alg_values_supported",
                algorithms,
                "discovery.no_supported_algorithm",
            );
        }
        let mut with_none = document();
        with_none["id_token_signing_alg_values_supported"] = json!(["none", "RS256", "HS256"]);
        assert_eq!(judge(&with_none).unwrap().algorithms(), [Algorithm::Rs256]);
    }

    #[test]
    fn refuses_a_provider_without_the_code_flow() {
        check(
            "response_types_supported",
            json!(["token"]),
            "discovery.no_code_flow",
        );
    }

    #[test]
    fn offers_revocation_only_where_public_clients_may_use_it() {
        let mut open = document();
        open["revocation_endpoint_auth_methods_supported"] = json!(["none"]);
        assert!(judge(&open).unwrap().revocation_endpoint().is_some());
    }

    #[test]
    fn f07_a_stored_provider_is_judged_again() {
        let provider = judge(&document()).unwrap();
        let stored = provider.to_value().to_string();
        let edited = stored.replace("api.polar.sh/v1", "evil.example/v1");
        let edited = Provider::from_value(&edited.parse().unwrap()).unwrap();
        let api = Url::parse("https://api.polar.sh").unwrap();
        let expected = Expected {
            issuer: "https://polar.sh",
            trusted: &[&api],
        };
        assert_eq!(provider.recheck(expected), Ok(()));
        assert_eq!(
            edited.recheck(expected).unwrap_err().code(),
            "discovery.foreign_endpoint"
        );
    }

    /// With everything that a provider may offer.
    fn rich() -> Value {
        let mut document = document();
        document["registration_endpoint"] = json!("https://api.polar.sh/v1/oauth2/register");
        document["revocation_endpoint_auth_methods_supported"] = json!(["none"]);
        document["authorization_response_iss_parameter_supported"] = json!(true);
        document
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn what_is_accepted_is_the_configured_provider_with_endpoints_that_may_be_sent_secrets(
            put in arbitrary::put(rich()),
        ) {
            for (place, changed) in arbitrary::everywhere(rich(), put) {
                match judge(&changed) {
                    Ok(provider) => is_sound(&provider, &changed)?,
                    Err(error) => {
                        let member = place.split('/').nth(1).unwrap_or_default();
                        let own = codes(member);
                        let code = error.code();
                        prop_assert!(code == "discovery.malformed" || own.contains(&code), "{}: {}", place, code);
                    }
                }
            }
        }

        #[test]
        fn a_member_that_is_there_twice_is_refused(text in arbitrary::doubled(rich())) {
            prop_assert_eq!(judge_text(&text).unwrap_err().code(), "discovery.not_json");
        }
    }

    /// How a member can be wrong, beside being of another type.
    fn codes(member: &str) -> &'static [&'static str] {
        match member {
            "issuer" => &["discovery.issuer_mismatch"],
            "authorization_endpoint" => &["discovery.unsafe_endpoint"],
            "code_challenge_methods_supported" => &["discovery.no_s256"],
            "response_types_supported" => &["discovery.no_code_flow"],
            "id_token_signing_alg_values_supported" => &["discovery.no_supported_algorithm"],
            _ if member == "jwks_uri" || member.ends_with("_endpoint") => {
                &["discovery.unsafe_endpoint", "discovery.foreign_endpoint"]
            }
            _ => &[],
        }
    }

    fn is_sound(provider: &Provider, stood: &Value) -> Result<(), TestCaseError> {
        prop_assert_eq!(provider.issuer(), "https://polar.sh");
        prop_assert_eq!(&stood["issuer"], "https://polar.sh");
        prop_assert!(arbitrary::is_safe(provider.authorization_endpoint().as_str()));
        for (member, url) in [
            ("token_endpoint", Some(provider.token_endpoint())),
            ("jwks_uri", Some(provider.jwks_uri())),
            ("userinfo_endpoint", provider.userinfo_endpoint()),
            ("registration_endpoint", provider.registration_endpoint()),
            ("revocation_endpoint", provider.revocation_endpoint()),
        ] {
            let Some(url) = url else { continue };
            prop_assert_eq!(&Url::parse(stood[member].as_str().unwrap()).unwrap(), url);
            prop_assert!(url.as_str().starts_with("https://api.polar.sh/"), "{}", url);
            prop_assert!(arbitrary::is_safe(url.as_str()), "{}", url);
        }
        let lists = |member: &str, value: &str| {
            stood[member].is_null() || stood[member].as_array().unwrap().contains(&json!(value))
        };
        prop_assert!(lists("code_challenge_methods_supported", "S256"));
        prop_assert!(lists("response_types_supported", "code"));
        if provider.revocation_endpoint().is_some() {
            let methods = stood["revocation_endpoint_auth_methods_supported"].as_array();
            prop_assert!(methods.is_some_and(|methods| methods.contains(&json!("none"))));
        }
        prop_assert!(!provider.algorithms().is_empty());
        for algorithm in provider.algorithms() {
            prop_assert!(lists("id_token_signing_alg_values_supported", algorithm.name()));
        }
        let sends = &stood["authorization_response_iss_parameter_supported"];
        prop_assert_eq!(provider.sends_issuer(), sends == &json!(true));
        let stored = Provider::from_value(&provider.to_value());
        prop_assert_eq!(stored.as_ref(), Some(provider));
        Ok(())
    }

    #[test]
    fn plain_http_is_safe_only_where_it_does_not_leave_this_device() {
        let safe = |address: &str| is_safe_address(&Url::parse(address).unwrap());
        for here in ["localhost:1", "127.0.0.1", "[::1]:8080", "app.localhost"] {
            assert!(safe(&format!("http://{here}/")), "{here}");
        }
        for elsewhere in [
            "polar.sh",
            "127.0.0.2",
            "[::2]",
            "localhost.evil.example",
            "notlocalhost",
        ] {
            assert!(!safe(&format!("http://{elsewhere}/")), "{elsewhere}");
            assert!(safe(&format!("https://{elsewhere}/")), "{elsewhere}");
        }
    }
}

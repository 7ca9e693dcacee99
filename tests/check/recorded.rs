//! What Polar itself answered, in its own bodies, word for word: recorded from polarsource/polar at commit c6c3645e.
//!
//! `local-polar` was written after that record, and could be wrong in the same way as a rule. Here nothing answers but the record.
//! Three things had to be put in: the scopes that a check asks for, what the record shortens, and a key with an ID token
//! that it signed, since the record keeps neither.

use std::cell::RefCell;

use polar_connect::check::probe::{Group, Probe};
use polar_connect::check::run::Run;
use polar_connect::check::step::{Step, step};
use polar_connect::check::verdict::Verdict;
use polar_connect::check::wire::{Pace, Wire};
use polar_connect::config::Environment;
use polar_connect::http::{Request, Response, TransportError};
use polar_connect::oidc::authorization::Callback;
use polar_connect::oidc::secret::NoRandomness;
use polar_connect::time::Timestamp;
use pollster::block_on;
use serde_json::Value;
use url::Url;

use crate::polar::EXPECTED;
use crate::world::{verdicts, words};

const API: &str = "https://sandbox-api.polar.sh";
const REDIRECT_URI: &str = "http://localhost:8080/callback";
/// A second after the recorded exchange.
const NOW: i64 = 1_795_478_802;

const DISCOVERY: &str = r#"{"issuer":"https://polar.sh",
 "authorization_endpoint":"{WEB}/oauth2/authorize",
 "token_endpoint":"{API}/v1/oauth2/token",
 "jwks_uri":"{API}/.well-known/jwks.json",
 "registration_endpoint":"{API}/v1/oauth2/register",
 "scopes_supported":["openid","profile","email","user:read","user:write","organizations:read"],
 "response_types_supported":["code"],
 "response_modes_supported":["query"],
 "grant_types_supported":["authorization_code","refresh_token","web"],
 "token_endpoint_auth_methods_supported":["client_secret_basic","client_secret_post","none"],
 "service_documentation":"https://polar.sh/docs",
 "revocation_endpoint":"{API}/v1/oauth2/revoke",
 "revocation_endpoint_auth_methods_supported":["client_secret_post","client_secret_basic"],
 "introspection_endpoint":"{API}/v1/oauth2/introspect",
 "introspection_endpoint_auth_methods_supported":["client_secret_post","client_secret_basic"],
 "code_challenge_methods_supported":["plain","S256"],
 "userinfo_endpoint":"{API}/v1/oauth2/userinfo",
 "subject_types_supported":["public"],
 "id_token_signing_alg_values_supported":["RS256"],
 "claims_supported":["sub","name","email","email_verified"]}"#;
const KEYS: &str = r#"{"keys":[{"n":"yeXMbFNHkk3AbmlpWhWgn4dxnQIEz34HWxxJhuUJ2GKNTVb0-FKvfKlJWVuM8GhAjv3AM_H1H0UTfGb51Vq6Ph7I913zr9uD3j7urtk7wLEjoY_nRz9WXP7Vse_5XKAJdIFK9vAMpra_vUNsdJDurp9Qc8jsKcuAaczHubMadQIZS9Rl7XcGQXhg_6y5pWTXInDJSlQYRoSveTzQCzX_GK-s6CJopGu7es3z7rEoCv6kYYq23omXgZnNOv6I1J_R4oDg_7cWhLwwg5bCZdHMZ6Rhm0oPr-fmgyAnb3OjBngCwfRGoxSNSLsH6hiTy2Mfq8AJmN2gX7SWD3K76s0Juw","e":"AQAB","kty":"RSA","kid":"polar_dev"}]}"#;
const REGISTERED: &str = r#"{"redirect_uris":["http://localhost:8080/callback","http://localhost:8080/silent"],
 "token_endpoint_auth_method":"none","grant_types":["authorization_code","refresh_token"],
 "response_types":["code"],"client_name":"Leptos SPA",
 "scope":"openid email",
 "client_id":"polar_ci_38kX","client_id_issued_at":1795478663,
 "registration_client_uri":"{API}/v1/oauth2/register/polar_ci_38kX",
 "registration_access_token":"polar_crt_jdyP"}"#;
const WITHOUT_TLS: &str = r#"{"error":"RequestValidationError","detail":[{"type":"value_error","loc":["body","redirect_uris",0],"msg":"Value error, An HTTPS URL is required.","input":"http://example.com/callback","ctx":{"error":{}}}]}"#;

/// Its header, its claims and its signature; the nonce is the one that this test draws.
const ID_TOKEN: [&str; 3] = [
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9",
    "eyJpc3MiOiJodHRwczovL3BvbGFyLnNoIiwiZXhwIjoxNzk1NDgyNDAxLCJpYXQiOjE3OTU0Nzg4MDEsImF1dGhfdGltZSI6MTc5NTQ3ODgwMCwiYXVkIjpbInBvbGFyX2NpXzM4a1giXSwibm9uY2UiOiJCd2NIQndjSEJ3Y0hCd2NIQndjSEJ3Y0hCd2NIQndjSEJ3Y0hCd2NIQndjIiwiYXRfaGFzaCI6InVuMVB5RTJzTzktclNUVlVrY0hDTEEiLCJzdWIiOiJiYjNlZjMzYi1mOWMwLTQ4NDMtOWIwMS0yNzM2MjYyMDI5OTciLCJlbWFpbCI6ImRldkBleGFtcGxlLmNvbSIsImVtYWlsX3ZlcmlmaWVkIjp0cnVlfQ",
    "TcfwLBaShBMhRa9HHdqYL46N3X_iRDTx69ICa7v74yApEVz2h7gucT7pmmqDTAWTMxLXw4rocD78xmDwDQPqZ9nvE2KbeKOZzIZuJzockmk13XtXPd3ufa8ZOqQw3T2Yyibq89FR5gCdLTHGvUskiybl_7-ZYqv9CNHN_QNPDSeTKphJRknLqMcwxbkUghjHUr6aAVDrNSLp0UGVhiiZh4TKVmhfA9TnE5OSy2ZNTV3sjVNIIabx2BYSKq7aD0I5Hgtpp6qoP2Pdc85BnqWE743Cxl8z4BlJEa-BLIEolJebxtTR3kyClU7LvR34ihezBv2vkyUo_Rkc_cCjuYSvXg",
];
const BY_CODE: &str = r#"{"token_type":"Bearer","access_token":"polar_at_u_gLz7","expires_in":864000,
 "refresh_token":"polar_rt_u_j650","scope":"openid email",
 "id_token":"{ID_TOKEN}"}"#;
const BY_REFRESH: &str = r#"{"token_type":"Bearer","access_token":"polar_at_u_oeTQ","expires_in":3600,
 "refresh_token":"polar_rt_u_3qaq","scope":"openid email"}"#;
const NARROWER: &str = r#"{"token_type":"Bearer","access_token":"polar_at_u_oeTQ","expires_in":3600,
 "refresh_token":"polar_rt_u_3qaq","scope":"openid"}"#;

const NO_VERIFIER: &str = r#"{"error":"invalid_request","error_description":"Missing 'code_verifier'"}"#;
const ILLEGAL_VERIFIER: &str = r#"{"error":"invalid_request","error_description":"Invalid 'code_verifier'"}"#;
const WRONG_VERIFIER: &str = r#"{"error":"invalid_grant","error_description":"Code challenge failed."}"#;
const WRONG_CODE: &str = r#"{"error":"invalid_grant","error_description":"Invalid 'code' in request."}"#;
const WRONG_REDIRECT: &str =
    r#"{"error":"invalid_grant","error_description":"Invalid 'redirect_uri' in request."}"#;
const NO_CLIENT: &str =
    r#"{"error":"invalid_client","error_description":"The client does not exist on this server."}"#;
const NO_CHALLENGE: &str = r#"{"error":"invalid_request","error_description":"The authorization request had no 'code_challenge', but a 'code_verifier' was provided."}"#;
const NO_GRANT: &str = r#"{"error":"unsupported_grant_type"}"#;
const OLD_REFRESH: &str = r#"{"error":"invalid_grant"}"#;
const WIDER: &str = r#"{"error":"invalid_scope","error_description":"The requested scope is invalid, unknown, or malformed."}"#;
const NO_REVOCATION: &str = r#"{"error":"invalid_client","error_description":"The client cannot authenticate with methods: ['client_secret_basic', 'client_secret_post']"}"#;

const PERSON: &str =
    r#"{"sub":"bb3ef33b-f9c0-4843-9b01-273626202997","email":"dev@example.com","email_verified":true}"#;
const NO_TOKEN: &str = r#"{"error":"Unauthorized","detail":"Unauthorized"}"#;
const ENDED_TOKEN: &str = r#"{"error": "invalid_token", "error_description": "The access token provided is expired, revoked, malformed, or invalid for other reasons."}"#;

fn random(bytes: &mut [u8]) -> Result<(), NoRandomness> {
    bytes.fill(7);
    Ok(())
}

fn now() -> Timestamp {
    Timestamp::from_seconds(NOW)
}

fn environment() -> Environment {
    let api = Url::parse(API).unwrap();
    Environment {
        id: "sandbox".to_owned(),
        name: "As recorded".to_owned(),
        discovery_url: api.join("/.well-known/openid-configuration").unwrap(),
        issuer: "https://polar.sh".to_owned(),
        api_url: api,
        client_id: String::new(),
        scopes: vec!["openid".to_owned()],
    }
}

/// What a form names.
fn named(request: &Request, name: &str) -> String {
    let body = request.body.clone().unwrap_or_default();
    let mut pairs = url::form_urlencoded::parse(body.as_bytes());
    let found = pairs.find(|(known, _)| known == name);
    found.map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// Status and body, by what is asked.
fn recorded(probe: &str, request: &Request) -> (u16, &'static str) {
    let bearer = request.headers.iter().find(|(name, _)| *name == "authorization");
    match request.url.path() {
        "/.well-known/openid-configuration" => (200, DISCOVERY),
        "/.well-known/jwks.json" => (200, KEYS),
        "/v1/oauth2/register" if probe == "D10" => (422, WITHOUT_TLS),
        "/v1/oauth2/register" => (201, REGISTERED),
        "/v1/oauth2/register/polar_ci_38kX" => (204, ""),
        "/v1/oauth2/revoke" => (401, NO_REVOCATION),
        "/v1/oauth2/token" => match named(request, "grant_type").as_str() {
            "authorization_code" => exchange(probe, request),
            "refresh_token" => refresh(probe, request),
            _ => (400, NO_GRANT),
        },
        "/v1/oauth2/userinfo" => match (probe, bearer) {
            (_, None) => (401, NO_TOKEN),
            ("D12" | "L14", Some(_)) => (401, ENDED_TOKEN),
            (_, Some(_)) => (200, PERSON),
        },
        other => panic!("nothing is recorded of {other}"),
    }
}

fn exchange(probe: &str, request: &Request) -> (u16, &'static str) {
    match probe {
        "D11" if named(request, "client_id") != "polar_ci_38kX" => (400, NO_CLIENT),
        "D11" | "L6" | "L10" => (400, WRONG_CODE),
        "L2" => (400, NO_VERIFIER),
        "L3" => (400, ILLEGAL_VERIFIER),
        "L4" => (400, WRONG_VERIFIER),
        "L5" => (400, WRONG_REDIRECT),
        "R1" if named(request, "code_verifier").is_empty() => (400, NO_VERIFIER),
        "R1" => (400, NO_CHALLENGE),
        _ => (200, BY_CODE),
    }
}

fn refresh(probe: &str, request: &Request) -> (u16, &'static str) {
    match (probe, named(request, "scope").as_str()) {
        ("L15", _) if named(request, "refresh_token") == "polar_rt_u_j650" => (400, OLD_REFRESH),
        ("L18", _) => (400, NO_CLIENT),
        (_, "") => (200, BY_REFRESH),
        (_, "openid") => (200, NARROWER),
        _ => (400, WIDER),
    }
}

fn answer(probe: &str, request: &Request) -> Result<Response, TransportError> {
    let (status, body) = recorded(probe, request);
    let body = body
        .replace("{API}", API)
        .replace("{WEB}", "https://sandbox.polar.sh")
        .replace("{ID_TOKEN}", &ID_TOKEN.join("."));
    let headers = [
        ("content-type", "application/json"),
        ("cache-control", "no-store"),
        ("pragma", "no-cache"),
        ("polar-version", "2026-04"),
    ];
    Ok(Response {
        status,
        headers: headers
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
        body: body.into_bytes(),
    })
}

/// Where the browser is sent back to, as recorded.
fn back(probe: &str, url: &Url) -> Option<String> {
    let query: Vec<_> = url.query_pairs().into_owned().collect();
    let state = &query.iter().find(|(name, _)| name == "state")?.1;
    Some(match probe {
        "R3" => format!("?error=consent_required&state={state}"),
        "R4" => format!(
            "?error=access_denied&error_description=The+resource+owner+or+authorization+server+denied+the+request&state={state}"
        ),
        "R6" => format!(
            "?error=invalid_scope&error_description=The+requested+scope+is+invalid%2C+unknown%2C+or+malformed.&state={state}"
        ),
        "R5" => return None,
        _ => format!("?code=polar_ac_x&state={state}"),
    })
}

/// A check of these probes, to its end.
fn check(chosen: impl Fn(&Probe) -> bool) -> Run {
    let environment = environment();
    let asked = RefCell::new(Vec::new());
    let mut run = Run::new(&environment, Url::parse(REDIRECT_URI).unwrap(), None, now());
    run.plan(chosen);
    let wire = Wire {
        environment: &environment,
        send: async |probe: &'static Probe, request: Request| {
            asked.borrow_mut().push(request.url.clone());
            answer(probe.id, &request)
        },
        pace: async |_: Pace| true,
        random: &random,
        now: &now,
    };
    let mut nonces = 0;
    loop {
        match block_on(step(&mut run, &wire)) {
            Step::Finished | Step::Stopped => break,
            Step::Settled | Step::Again => continue,
            Step::Login(_) => {}
        }
        let probe = run.upcoming().unwrap().id;
        let url = run.leave(&random, now()).unwrap().unwrap();
        nonces += usize::from(probe == "R7");
        let search = match probe {
            // RFC 6749 has the state come back, and Polar leaves it out of this one.
            "R7" if nonces == 2 => Some("?error=invalid_request&error_description=Replay+attack".to_owned()),
            _ => back(probe, &url),
        };
        match search {
            Some(search) => {
                let callback = Callback::parse(&search, "").unwrap();
                run.arrive(&callback, &environment, now());
            }
            None => run.saw_an_error_page(),
        }
    }
    assert!(!asked.borrow().is_empty());
    run
}

#[test]
fn what_polar_answered_gets_the_verdicts_that_are_predicted() {
    let run = check(|probe| matches!(probe.group, Group::Open | Group::Login));
    let (verdicts, came) = (verdicts(&run), words(&run));
    for (id, verdict, word) in EXPECTED {
        let actual = (verdicts[id], came[*id].as_str());
        assert_eq!(actual, (*verdict, *word), "{id}: {:?}", run.came(id));
    }
}

#[test]
fn the_redirects_that_polar_answered_get_theirs() {
    let run = check(|probe| probe.group == Group::Further && probe.id != "R2");
    let (verdicts, came) = (verdicts(&run), words(&run));
    for (id, verdict, word) in [
        ("R3", Verdict::Sound, "error consent_required"),
        ("R6", Verdict::Sound, "error invalid_scope"),
        ("R4", Verdict::Sound, "error access_denied"),
        ("R1", Verdict::Sound, "code, both refused"),
        ("R7", Verdict::Deviation, "no state, error invalid_request"),
        ("R5", Verdict::Sound, "error page"),
    ] {
        let actual = (verdicts[id], came[id].as_str());
        assert_eq!(actual, (verdict, word), "{id}: {:?}", run.came(id));
    }
}

/// The bodies above are JSON, or a rule would judge what was never sent.
#[test]
fn every_body_is_well_formed() {
    for body in [
        DISCOVERY,
        KEYS,
        REGISTERED,
        WITHOUT_TLS,
        BY_CODE,
        BY_REFRESH,
        NARROWER,
        PERSON,
        ENDED_TOKEN,
    ] {
        assert!(serde_json::from_str::<Value>(body).is_ok(), "{body}");
    }
}

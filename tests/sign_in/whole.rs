//! The visit in which nothing goes wrong, looked at closely: what was sent, who is signed in, what is held.

use polar_connect::config;
use polar_connect::http::Response;
use polar_connect::json::stored::Stored;
use polar_connect::oidc::authorization::Ask;
use polar_connect::oidc::id_token::{Rule, Verdict};
use polar_connect::oidc::pkce::CodeVerifier;
use polar_connect::oidc::secret::NoRandomness;
use polar_connect::polar::token_format::describe;
use polar_connect::session::attempts::Attempts;
use polar_connect::session::sign_in;
use url::Url;

use crate::network::ORIGIN;
use crate::visit::Visit;
use crate::world::*;

fn visit() -> Visit {
    let visit = Visit::make(None);
    assert!(visit.refusal.is_none(), "{:?}", visit.refusal);
    visit
}

/// What every deployment is offered first knows what `local-polar` knows, and the others are where Polar is.
#[test]
fn the_shipped_configuration_fits_the_local_provider_and_polar() {
    let shipped = Response {
        status: 200,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: include_bytes!("../../config.json").to_vec(),
    };
    let config = config::parse(&shipped).unwrap();
    let at = |id: &str| {
        let environment = config.find(id).unwrap_or_else(|| panic!("no {id}"));
        let discovery_url = environment.discovery_url.as_str();
        let api_url = environment.api_url.as_str();
        let path = "/.well-known/openid-configuration";
        assert_eq!(discovery_url, format!("{}{path}", api_url.trim_end_matches('/')));
        assert_eq!(environment.issuer, "https://polar.sh", "{id}");
        (
            api_url.trim_end_matches('/').to_owned(),
            environment.client_id.clone(),
        )
    };
    let own = |api: &str, client: &str| (api.to_owned(), client.to_owned());
    assert_eq!(at("production"), own("https://api.polar.sh", ""));
    assert_eq!(at("sandbox"), own("https://sandbox-api.polar.sh", ""));
    let provider = local_polar::Settings::default();
    assert_eq!(at("local"), own(&provider.api, local_polar::LOCAL_CLIENT_ID));
    let client = &provider.clients[0];
    assert_eq!(client.client_id, local_polar::LOCAL_CLIENT_ID);
    let redirect_uri = "http://localhost:8080/callback/".to_owned();
    assert!(client.redirect_uris.contains(&redirect_uri));
}

fn form(body: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(body.as_bytes())
        .into_owned()
        .collect()
}

#[test]
fn a07_goes_through_with_one_request_a_step() {
    let sent = [DISCOVERY, KEYS, TOKEN, USERINFO, ORGANIZATIONS, TOKEN];
    assert_eq!(visit().world.seen(), sent);
}

#[test]
fn c01_every_rule_of_the_id_token_was_judged() {
    let visit = visit();
    let id_token = visit.session.as_ref().unwrap().id_token().unwrap();
    let expected = Rule::ALL.map(|rule| match rule {
        // Polar sends neither azp nor nbf.
        Rule::AuthorizedParty | Rule::NotBefore => (rule, Verdict::NotSent),
        _ => (rule, Verdict::Holds),
    });
    assert_eq!(id_token.verdicts(), expected);
    assert!(id_token.clock_ahead().unwrap().abs() < 10);
}

#[test]
fn the_session_is_about_the_person_who_consented() {
    let visit = visit();
    let session = visit.session.as_ref().unwrap();
    let user = visit.user.as_ref().unwrap();
    let person = local_polar::people::all()
        .iter()
        .find(|person| person.email == PERSON);
    assert_eq!(session.subject(), person.map(|person| person.id()));
    assert_eq!(session.subject(), Some(user.subject()));
    assert_eq!(user.text("email"), Some(PERSON));
    assert_eq!(user.email_verified(), Some(true));
    assert_eq!(session.environment(), visit.world.environment.id);
}

#[test]
fn the_session_holds_what_was_asked_for_ten_days() {
    let visit = visit();
    let session = visit.session.as_ref().unwrap();
    let scopes = session.scopes();
    assert_eq!(scopes.granted, ["openid", "email", "organizations:read"]);
    assert_eq!((scopes.missing.len(), scopes.unasked.len()), (0, 0));
    assert_eq!(session.lifetime(), Some(864_000));
    let end = session.expires_at().unwrap();
    assert_eq!(end.seconds_since(session.received_at()), 864_000);
    assert!(session.received_at() <= visit.world.now());
    assert_eq!(session.signed_in_at(), session.received_at());
    assert_eq!(session.refreshes(), 0);
}

#[test]
fn the_token_sees_the_organizations_of_its_person() {
    let visit = visit();
    let page = visit.page.as_ref().unwrap();
    let slugs: Vec<_> = page
        .items
        .iter()
        .map(|item| item["slug"].as_str().unwrap())
        .collect();
    assert_eq!(page.total, 2);
    assert!(
        slugs.contains(&"acme-corp") && slugs.contains(&"melted-sql"),
        "{slugs:?}"
    );
}

#[test]
fn the_tokens_are_whole_by_both_readings_of_their_format() {
    let visit = visit();
    let session = visit.session.as_ref().unwrap();
    let access = session.access_token().expose();
    let refresh = session.refresh_token().unwrap().expose();
    for (token, prefix) in [(access, "polar_at_u_"), (refresh, "polar_rt_u_")] {
        let format = describe(token).unwrap();
        assert_eq!(
            (format.prefix, format.flaw.is_none()),
            (prefix.trim_end_matches('_'), true)
        );
        assert!(local_polar::token_format::is_well_formed(token, prefix));
        let cut = &token[..token.len() - 1];
        assert!(
            describe(cut).unwrap().flaw.is_some() && !local_polar::token_format::is_well_formed(cut, prefix)
        );
    }
}

#[test]
fn b01_the_code_is_exchanged_by_a_form_that_names_the_client_and_nothing_else() {
    let visit = visit();
    let location = visit.location.as_ref().unwrap();
    let requests = visit.world.provider.requests();
    let exchange = requests.iter().find(|seen| seen.path == TOKEN).unwrap();
    let fields = form(&exchange.body);
    let names: Vec<_> = fields.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["grant_type", "code", "redirect_uri", "client_id", "code_verifier"]
    );
    assert_eq!(fields[0].1, "authorization_code");
    assert_eq!(Some(&fields[1].1), parameter(location, "code").as_ref());
    assert_eq!(fields[2].1, REDIRECT_URI);
    assert_eq!(fields[3].1, visit.world.environment.client_id);
    assert_eq!((exchange.method.as_str(), exchange.query.as_str()), ("POST", ""));
    for absent in ["authorization", "cookie"] {
        assert_eq!(exchange.header(absent), None, "{absent}");
    }
    assert_eq!(exchange.header("origin"), Some(ORIGIN));
}

#[test]
fn a04_the_challenge_that_left_is_the_one_of_the_verifier_that_followed() {
    let world = World::new();
    let mut attempts = Attempts::default();
    let url = world.leave(&mut attempts);
    world.finish(&mut attempts, &world.approve(&url)).unwrap();
    let requests = world.provider.requests();
    let fields = form(&requests.iter().find(|seen| seen.path == TOKEN).unwrap().body);
    let verifier: CodeVerifier = Stored::from_value(&fields[4].1.clone().into()).unwrap();
    let challenge = parameter(url.as_str(), "code_challenge").unwrap();
    assert_eq!(verifier.challenge(), challenge);
    assert!(!url.as_str().contains(verifier.expose()));
    assert_eq!(parameter(url.as_str(), "code_challenge_method").unwrap(), "S256");
}

#[test]
fn two_sign_ins_share_no_secret() {
    let world = World::new();
    let provider = world.discover().unwrap();
    let secrets = |(url, _): (Url, _)| {
        ["state", "nonce", "code_challenge"].map(|name| parameter(url.as_str(), name).unwrap())
    };
    let first = secrets(world.begin(&provider, &["openid"]));
    let second = secrets(world.begin(&provider, &["openid"]));
    let mut all: Vec<_> = first.iter().chain(&second).collect();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 6);
}

#[test]
fn e01_the_token_goes_to_the_api_in_its_header_only() {
    let visit = visit();
    let token = visit.session.as_ref().unwrap().access_token().expose();
    for seen in visit.world.provider.requests() {
        let reads = [USERINFO, ORGANIZATIONS].contains(&seen.path.as_str()) && seen.method == "GET";
        let bearer = seen.header("authorization").map(str::to_owned);
        assert_eq!(bearer, reads.then(|| format!("Bearer {token}")), "{}", seen.path);
        assert!(
            !seen.query.contains(token) && !seen.body.contains(token),
            "{}",
            seen.path
        );
        assert_eq!(seen.header("cookie"), None);
    }
}

#[test]
fn e01_no_other_origin_is_ever_given_the_token() {
    use polar_connect::http::Request;
    let world = World::new();
    let session = world.sign_in();
    for foreign in [
        "https://evil.example/v1/organizations/",
        "https://localhost:8081/v1/organizations/",
        "http://localhost:8082/v1/organizations/",
        "http://localhost.evil.example:8081/",
    ] {
        let request = Request::get(Url::parse(foreign).unwrap(), 1000);
        let refused = session.authorized(request, &[&world.environment.api_url]);
        assert_eq!(refused.unwrap_err().code(), "network.unsendable", "{foreign}");
    }
}

#[test]
fn nothing_that_holds_a_secret_prints_it() {
    let visit = visit();
    let session = visit.session.as_ref().unwrap();
    let attempts = format!("{:?} {:?}", visit.bystander, visit.attempts);
    let printed = format!("{attempts} {:?} {session:?}", visit.pending);
    let id_token = session.id_token().unwrap();
    // The nonce of a sign-in that is over stands in its claims, which are shown to the person.
    let nonce = id_token.text("nonce").unwrap();
    for secret in visit.secrets().iter().filter(|secret| *secret != nonce) {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
}

#[test]
fn a03_without_random_numbers_no_sign_in_begins() {
    let world = World::new();
    let provider = world.discover().unwrap();
    let ask = || Ask {
        client_id: world.environment.client_id.clone(),
        redirect_uri: Url::parse(REDIRECT_URI).unwrap(),
        scopes: vec!["openid".to_owned()],
        extra: Vec::new(),
    };
    let begun = |random: &dyn Fn(&mut [u8]) -> Result<(), NoRandomness>| {
        let draw = |bytes: &mut [u8]| random(bytes);
        let here = "/account/".to_owned();
        sign_in::begin(&world.environment, &provider, ask(), here, &draw, world.now()).is_ok()
    };
    assert!(begun(&|bytes| world.random(bytes)));
    assert!(!begun(&|_| Err(NoRandomness)), "a generator that fails");
    assert!(!begun(&|_| Ok(())), "a generator that leaves zeros");
    // The state is drawn, and then there is nothing left for the nonce.
    let drawn = std::cell::Cell::new(0);
    let dries_up = |bytes: &mut [u8]| {
        drawn.set(drawn.get() + 1);
        match drawn.get() {
            1 => world.random(bytes),
            _ => Err(NoRandomness),
        }
    };
    assert!(!begun(&dries_up));
}

#[test]
fn c12_the_issuer_counts_because_it_is_configured() {
    // The metadata lies on one host and names another: only a configuration that says so makes that right.
    let mut world = World::new();
    assert_eq!(world.environment.issuer, "https://polar.sh");
    assert_ne!(
        world.environment.discovery_url.host_str(),
        Some("polar.sh"),
        "as with Polar"
    );
    assert!(world.discover().is_ok());
    world.environment.issuer = "http://localhost:8081".to_owned();
    assert_eq!(world.discover().unwrap_err().code(), "discovery.issuer_mismatch");
}

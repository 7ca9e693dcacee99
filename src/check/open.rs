//! What can be known without anybody signing in: metadata, keys, registration, and how errors are told.

use std::collections::{BTreeSet, HashSet};

use serde_json::Value;
use url::Url;

use super::came::{Came, Outcome, Taken};
use super::probe::Probe;
use super::requests::{self, NO_CLIENT, NO_GRANT, NO_TOKEN, WITHOUT_TLS};
use super::run::{Client, Run};
use super::wire::{Halt, Paces, Sends, Wire};
use crate::config::Environment;
use crate::http::{Request, TransportError};
use crate::oidc::discovery::{self, is_safe_address};
use crate::oidc::jwk;
use crate::oidc::jws::Algorithm;
use crate::oidc::registration::management::{self, Management};
use crate::oidc::registration::{self, Oddity, Registered, RegistrationError};
use crate::oidc::userinfo;

/// OpenID Connect Discovery §3: what a document must name. Those that end in `_endpoint` or `_uri` are addresses.
const REQUIRED: [&str; 7] = [
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "response_types_supported",
    "subject_types_supported",
    "id_token_signing_alg_values_supported",
];
/// Addresses that a code, a token or a key's trust goes to.
const SENT_SECRETS: [&str; 5] = [
    "token_endpoint",
    "jwks_uri",
    "userinfo_endpoint",
    "revocation_endpoint",
    "registration_endpoint",
];
/// RFC 7518 §6: members that only the owner of a key may hold.
const PRIVATE: [&str; 7] = ["d", "p", "q", "dp", "dq", "qi", "k"];
/// Kinds of keys that are told of.
const MOST_FORMS: usize = 4;

pub(super) async fn probe(
    run: &mut Run,
    wire: &Wire<'_, impl Sends, impl Paces>,
    probe: &'static Probe,
) -> Result<Came, Halt> {
    if probe.id == "D1" {
        return metadata(run, wire, probe).await;
    }
    if run.document.is_none() {
        return Err(Halt::Untried(
            "There are no metadata to go by. See D1.".to_owned(),
        ));
    }
    match probe.id {
        "D2" => Ok(issuer(run, wire.environment)),
        "D3" => Ok(endpoints(run, wire.environment)),
        "D4" => Ok(challenge_methods(run)),
        "D5" => Ok(revocation(run)),
        "D6" => keys(run, wire, probe).await,
        "D7" => Ok(announcement(run)),
        "D8" => Ok(end_session(run)),
        "D9" => own_registration(run, wire, probe).await,
        "D10" => registration_without_tls(run, wire, probe).await,
        "D11" => token_errors(run, wire, probe).await,
        _ => userinfo_refusals(run, wire, probe).await,
    }
}

async fn metadata(
    run: &mut Run,
    wire: &Wire<'_, impl Sends, impl Paces>,
    probe: &'static Probe,
) -> Result<Came, Halt> {
    let outcome = wire
        .ask(probe, discovery::request(&wire.environment.discovery_url))
        .await?;
    let response = match outcome {
        Err(TransportError::Offline { .. }) => {
            return Err(Halt::Untried("This device is offline.".to_owned()));
        }
        Err(error) => {
            let said = format!("No readable answer came ({}).", error.code());
            return Ok(Came::new("D1", "unreadable", said));
        }
        Ok(response) if response.status == 429 => return Ok(Taken::of(&Ok(response)).came("D1")),
        Ok(response) if response.status != 200 => {
            let said = format!("The answer has status {}.", response.status);
            return Ok(Came::new("D1", "another status", said));
        }
        Ok(response) => response,
    };
    run.provider = wire
        .environment
        .expecting(|expected| discovery::parse(&response, expected))
        .ok();
    Ok(match response.json() {
        Ok(Value::Object(document)) => {
            let scopes = document
                .get("scopes_supported")
                .and_then(Value::as_array)
                .map_or(0, Vec::len);
            run.document = Some(document);
            Came::new("D1", "readable", "The document was read by this page.")
                .fact("scopes offered", scopes.to_string())
        }
        Ok(_) => Came::new("D1", "no object", "The answer is JSON, and no document."),
        Err(_) => Came::new(
            "D1",
            "no JSON",
            "The answer is not JSON, or does not say that it is.",
        ),
    })
}

fn issuer(run: &Run, environment: &Environment) -> Came {
    let Some(issuer) = run.member("issuer").and_then(Value::as_str) else {
        return Came::new("D2", "missing", "The document names no issuer.");
    };
    let well_known = format!(
        "{}/.well-known/openid-configuration",
        issuer.trim_end_matches('/')
    );
    let shown: String = issuer.chars().take(200).collect();
    let (word, said) = match (
        well_known == environment.discovery_url.as_str(),
        issuer == environment.issuer,
    ) {
        (true, true) => ("same", "It is the address in front of /.well-known/."),
        (false, true) => (
            "as configured",
            "It is the issuer that is configured, and another address than the document's.",
        ),
        (_, false) => ("another", "It is not the issuer that is configured."),
    };
    Came::new("D2", word, said).fact("issuer", shown)
}

fn endpoints(run: &Run, environment: &Environment) -> Came {
    let missing = REQUIRED.iter().find(|name| match run.member(name) {
        Some(Value::String(text)) => text.is_empty(),
        Some(Value::Array(list)) => list.is_empty(),
        _ => true,
    });
    if let Some(name) = missing {
        return Came::new("D3", format!("missing {name}"), format!("{name} is missing."));
    }
    let addresses = ["authorization_endpoint"].into_iter().chain(SENT_SECRETS);
    for name in addresses {
        let Some(text) = run.member(name).and_then(Value::as_str) else {
            continue;
        };
        if !Url::parse(text).is_ok_and(|url| is_safe_address(&url)) {
            return Came::new(
                "D3",
                format!("unsafe {name}"),
                format!("{name} is not an https address, or http on this device."),
            );
        }
        if name != "authorization_endpoint" && run.endpoint(environment, name).is_none() {
            return Came::new(
                "D3",
                format!("foreign {name}"),
                format!("{name} is on a host that this environment does not name."),
            );
        }
    }
    Came::new(
        "D3",
        "complete",
        "Everything is named, and every address is safe.",
    )
}

fn challenge_methods(run: &Run) -> Came {
    let Some(methods) = run.texts("code_challenge_methods_supported") else {
        return Came::new("D4", "not mentioned", "The document does not mention PKCE.");
    };
    let (word, said) = match (methods.contains(&"S256"), methods.contains(&"plain")) {
        (true, false) => ("S256", "S256, and not plain."),
        (true, true) => ("S256 and plain", "S256, and plain beside it."),
        (false, _) => ("no S256", "S256 is not among the methods."),
    };
    Came::new("D4", word, said)
}

/// Where no methods are named, RFC 8414 §2 has clients with a secret only; providers differ, and L17 tries it.
fn revocation(run: &Run) -> Came {
    let methods = run.texts("revocation_endpoint_auth_methods_supported");
    let open = methods.as_ref().is_some_and(|methods| methods.contains(&"none"));
    let (word, said) = match (run.member("revocation_endpoint").is_some(), open) {
        (false, false) => ("not offered", "There is no revocation endpoint."),
        (true, true) => ("open", "A client without a secret may revoke."),
        (true, false) if methods.is_none() => (
            "not said",
            "The document does not say who may revoke. L17 tries it.",
        ),
        (true, false) => ("closed", "Only clients with a secret may revoke."),
        (false, true) => (
            "contradiction",
            "Methods are named for an endpoint that is not there.",
        ),
    };
    Came::new("D5", word, said)
}

async fn keys(
    run: &mut Run,
    wire: &Wire<'_, impl Sends, impl Paces>,
    probe: &'static Probe,
) -> Result<Came, Halt> {
    let Some(uri) = run.endpoint(wire.environment, "jwks_uri") else {
        return Err(Halt::Untried(
            "There is no safe address of the keys. See D3.".to_owned(),
        ));
    };
    let outcome = read(wire, probe, jwk::request(&uri)).await?;
    if is_unreachable(&outcome) {
        return unreadable(wire, probe, "the key set").await;
    }
    let response = match (Taken::of(&outcome), outcome) {
        (_, Err(TransportError::TooLarge { .. })) => {
            return Ok(Came::new(
                "D6",
                "no key set",
                "The answer is larger than any key set.",
            ));
        }
        (Taken::Silent(why), _) => return Err(Halt::Untried(why)),
        (taken, Err(_)) => return Err(Halt::Untried(taken.said())),
        (_, Ok(response)) => response,
    };
    let (Ok(keys), Ok(Value::Object(set))) = (jwk::parse(&response), response.json_called(jwk::MEDIA_TYPE))
    else {
        return Ok(Came::new("D6", "no key set", "The answer is not a key set."));
    };
    let list: Vec<&Value> = set
        .get("keys")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .collect();
    let mut ids = HashSet::new();
    let doubled = list
        .iter()
        .filter_map(|key| key.get("kid")?.as_str())
        .any(|kid| !ids.insert(kid));
    let private = list
        .iter()
        .any(|key| PRIVATE.iter().any(|member| key.get(member).is_some()));
    let usable = [Algorithm::Rs256, Algorithm::Es256]
        .into_iter()
        .any(|it| keys.fitting(it, None).next().is_some());
    let (word, said) = match (private, usable, doubled) {
        (true, ..) => ("private half", "The private half of a key is published."),
        (_, false, _) => (
            "no usable key",
            "No key in it can verify an ID token: none, or too weak ones.",
        ),
        (.., true) => ("key id twice", "Two keys have the same id."),
        _ => (
            "usable",
            "A key that can verify ID tokens is published, and nothing private.",
        ),
    };
    let forms: BTreeSet<String> = list.iter().map(|key| form(key)).collect();
    let forms: Vec<String> = forms.into_iter().take(MOST_FORMS).collect();
    let came = Came::new("D6", word, said)
        .fact("keys", list.len().to_string())
        .fact("form", forms.join("; "));
    run.keys = (!private).then_some(set);
    Ok(came)
}

/// What a key says of itself, without the key.
fn form(key: &Value) -> String {
    let text = |name: &str| key.get(name).and_then(Value::as_str);
    let short = |value: &str| value.chars().take(12).collect::<String>();
    let kind = short(text("kty").unwrap_or("no kty"));
    // RFC 7518 §6.3.1: the modulus in base64url, six bits a character.
    let size = match text("n") {
        Some(modulus) => format!("{} bits", modulus.len() * 6 / 64 * 64),
        None => short(text("crv").unwrap_or("no crv")),
    };
    let id = if text("kid").is_some() {
        "key id"
    } else {
        "no key id"
    };
    let told = |name: &str| match text(name) {
        Some(value) => format!("{name} {}", short(value)),
        None => format!("no {name}"),
    };
    format!("{kind}, {size}, {id}, {}, {}", told("use"), told("alg"))
}

fn announcement(run: &Run) -> Came {
    let (word, said) = match run.member("authorization_response_iss_parameter_supported") {
        None | Some(Value::Bool(false)) => ("absent", "iss is not announced."),
        Some(Value::Bool(true)) => ("announced", "iss is announced, so each answer must carry it."),
        Some(_) => ("malformed", "The member is neither true nor false."),
    };
    Came::new("D7", word, said)
}

fn end_session(run: &Run) -> Came {
    let safe = |value: &Value| {
        value
            .as_str()
            .and_then(|text| Url::parse(text).ok())
            .is_some_and(|url| is_safe_address(&url))
    };
    let (word, said) = match run.member("end_session_endpoint") {
        None => ("absent", "There is no end_session_endpoint."),
        Some(value) if safe(value) => ("offered", "There is an end_session_endpoint."),
        Some(_) => ("unsafe", "end_session_endpoint is no safe address."),
    };
    Came::new("D8", word, said)
}

async fn own_registration(
    run: &mut Run,
    wire: &Wire<'_, impl Sends, impl Paces>,
    probe: &'static Probe,
) -> Result<Came, Halt> {
    if run.own_client().is_some() {
        return Err(Halt::Untried(
            "You brought a client of your own, so none is registered.".to_owned(),
        ));
    }
    let outcome = register(run, wire, probe, run.redirect_uri().as_str()).await?;
    let registered = match &outcome {
        Ok((Ok(registered), _)) => registered,
        Ok((Err(RegistrationError::Transport(TransportError::Unreachable { .. })), _)) => {
            return unreadable(wire, probe, "the registration endpoint").await;
        }
        Ok((Err(_), taken)) if taken.is_accepted() => {
            return Ok(Came::new(
                "D9",
                "no client",
                "The answer names no client that can be used.",
            ));
        }
        Ok((Err(_), taken)) => return Ok(taken.came("D9")),
        Err(why) => return Err(why.clone()),
    };
    let came = described(run, registered);
    run.client = Some(registered.clone().into());
    Ok(came)
}

fn described(run: &Run, registered: &Registered) -> Came {
    let method = registered.token_endpoint_auth_method.as_deref();
    let listed = registered.redirect_uris.as_ref();
    let (word, said) = if registered.oddities.contains(&Oddity::SecretSent) {
        (
            "registered, with a secret",
            "The client was given a secret nobody asked for. It was dropped.",
        )
    } else if method.is_some_and(|method| method != "none") {
        (
            "registered, with another method",
            "The client must authenticate, although it was asked for without.",
        )
    } else if listed.is_some_and(|list| !list.iter().any(|uri| uri == run.redirect_uri().as_str())) {
        (
            "registered, for another address",
            "The client is registered for another redirect URI.",
        )
    } else if let Some(Oddity::Status { .. }) = registered.oddities.first() {
        (
            "registered, with another status",
            "The client is registered, and the status is not 201.",
        )
    } else {
        (
            "registered",
            "201. The client has no secret and is registered for this page's callback.",
        )
    };
    let manageable = match registered.management {
        Some(_) => "yes",
        None => "no",
    };
    Came::new("D9", word, said).fact("can be deleted", manageable)
}

type Registering = Result<(Result<Registered, RegistrationError>, Taken), Halt>;

/// Registers a public client for one redirect URI.
pub(super) async fn register(
    run: &Run,
    wire: &Wire<'_, impl Sends, impl Paces>,
    probe: &'static Probe,
    redirect_uri: &str,
) -> Result<Registering, Halt> {
    let Some(endpoint) = run.endpoint(wire.environment, "registration_endpoint") else {
        let why = "The provider lets nobody register a client. Bring one of your own.".to_owned();
        return Ok(Err(Halt::Untried(why)));
    };
    let asked = run.registration(redirect_uri);
    let outcome = wire.ask(probe, registration::request(&endpoint, &asked)).await?;
    let taken = Taken::of(&outcome);
    Ok(match outcome {
        Ok(response) => Ok((registration::parse(&response, &endpoint), taken)),
        Err(error) => Ok((Err(error.into()), taken)),
    })
}

async fn registration_without_tls(
    run: &mut Run,
    wire: &Wire<'_, impl Sends, impl Paces>,
    probe: &'static Probe,
) -> Result<Came, Halt> {
    if run.own_client().is_some() {
        return Err(Halt::Untried(
            "You brought a client of your own, so none is registered.".to_owned(),
        ));
    }
    // It was taken, and is on record now.
    if let Some(client) = run.second.take() {
        delete(run, wire, probe, client).await?;
        return Ok(Taken::Accepted.came("D10"));
    }
    let (registered, taken) = register(run, wire, probe, WITHOUT_TLS).await??;
    if let Ok(registered) = registered {
        run.second = Some(registered.into());
        return Err(Halt::Again);
    }
    Ok(taken.came("D10"))
}

/// Deletes a client. It counts as left behind until that is done, so that Stop cannot lose it; one that stays is tried again
/// at the end.
pub(super) async fn delete(
    run: &mut Run,
    wire: &Wire<'_, impl Sends, impl Paces>,
    probe: &'static Probe,
    client: Client,
) -> Result<bool, Halt> {
    let Some(request) = usable(run, wire.environment, &client).map(management::delete_request) else {
        return Ok(false);
    };
    run.leftovers.push(client.clone());
    let outcome = wire.ask(probe, request).await?;
    let deleted = matches!(&outcome, Ok(response) if management::parse_deletion(response).is_ok());
    if deleted {
        run.leftovers.retain(|left| *left != client);
    }
    Ok(deleted)
}

/// The run was in storage, where it can be edited: the token goes to the provider and nowhere else.
pub(super) fn usable<'a>(run: &Run, environment: &Environment, client: &'a Client) -> Option<&'a Management> {
    let endpoint = run.endpoint(environment, "registration_endpoint")?;
    client.management.as_ref().filter(|held| held.is_on(&endpoint))
}

async fn token_errors(
    run: &mut Run,
    wire: &Wire<'_, impl Sends, impl Paces>,
    probe: &'static Probe,
) -> Result<Came, Halt> {
    let Some(endpoint) = run.endpoint(wire.environment, "token_endpoint") else {
        return Err(Halt::Untried(
            "There is no safe token endpoint. See D3.".to_owned(),
        ));
    };
    let Some(client) = run.client_id() else {
        return Err(Halt::Untried(
            "There is no client to try it with. See D9.".to_owned(),
        ));
    };
    let code = "authorization_code";
    let requests = [
        requests::hopeless(&endpoint, code, NO_CLIENT),
        requests::hopeless(&endpoint, code, client),
        requests::hopeless(&endpoint, NO_GRANT, client),
    ];
    let mut words = Vec::new();
    let mut statuses = Vec::new();
    for request in requests {
        let outcome = read(wire, probe, request).await?;
        if let Ok(response) = &outcome {
            statuses.push(response.status.to_string());
        }
        match Taken::of(&outcome) {
            Taken::Refused { error, .. } => words.push(error),
            Taken::Accepted => words.push("accepted".to_owned()),
            Taken::Silent(_) if is_unreachable(&outcome) => {
                return unreadable(wire, probe, "the token endpoint").await;
            }
            Taken::Silent(why) => return Err(Halt::Untried(why)),
        }
    }
    let answers = words.join(", ");
    let word = match words.iter().any(|word| word == "accepted") {
        // None of the three may work, whatever became of the others.
        true => format!("accepted: {answers}"),
        false => answers.clone(),
    };
    let came = Came::new("D11", word, format!("They were answered by {answers}."));
    Ok(came.fact("status", statuses.join(", ")))
}

async fn userinfo_refusals(
    run: &mut Run,
    wire: &Wire<'_, impl Sends, impl Paces>,
    probe: &'static Probe,
) -> Result<Came, Halt> {
    let Some(endpoint) = run.endpoint(wire.environment, "userinfo_endpoint") else {
        return Err(Halt::Untried("There is no safe UserInfo endpoint.".to_owned()));
    };
    let request = userinfo::request(&endpoint);
    let without = read(wire, probe, request.clone()).await?;
    let junk = read(wire, probe, request.with_bearer(NO_TOKEN)).await?;
    if is_unreachable(&without) || is_unreachable(&junk) {
        return unreadable(wire, probe, "UserInfo").await;
    }
    let hides = [&without, &junk]
        .iter()
        .all(|outcome| matches!(outcome, Ok(response) if response.header("www-authenticate").is_none()));
    let status = |outcome: &Outcome| match (outcome, Taken::of(outcome)) {
        (_, Taken::Silent(why)) => Err(Halt::Untried(why)),
        (Ok(response), _) => Ok(response.status),
        (Err(_), _) => Ok(0),
    };
    let word = format!("{} and {}", status(&without)?, status(&junk)?);
    let came = Came::new("D12", word.clone(), format!("The answers were {word}."));
    Ok(came.fact(
        "WWW-Authenticate",
        if hides { "not readable" } else { "readable" },
    ))
}

/// Sends what changes nothing, and once more where no answer could be read: that may have been a hiccup.
async fn read(
    wire: &Wire<'_, impl Sends, impl Paces>,
    probe: &'static Probe,
    request: Request,
) -> Result<Outcome, Halt> {
    let outcome = wire.ask(probe, request.clone()).await?;
    match is_unreachable(&outcome) {
        true => wire.ask(probe, request).await,
        false => Ok(outcome),
    }
}

const fn is_unreachable(outcome: &Outcome) -> bool {
    matches!(outcome, Err(TransportError::Unreachable { .. }))
}

/// A page cannot tell a provider that is down from one that lets no page read an answer (CORS). The metadata, read now,
/// tell them apart.
async fn unreadable(
    wire: &Wire<'_, impl Sends, impl Paces>,
    probe: &'static Probe,
    what: &str,
) -> Result<Came, Halt> {
    let outcome = wire
        .ask(probe, discovery::request(&wire.environment.discovery_url))
        .await?;
    match outcome {
        Ok(_) => Ok(Came::new(
            probe.id,
            "unreadable",
            format!("This page reads the metadata, and cannot read what comes from {what}."),
        )),
        Err(error) => Err(Halt::Untried(format!(
            "No readable answer came from {what}, and none with the metadata either ({}).",
            error.code()
        ))),
    }
}

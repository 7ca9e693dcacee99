//! The metadata a client sends about itself (RFC 7591 §2), checked as Polar checks it: shape first (422), meaning after
//! that (400).
//!
//! Unknown members are dropped without a word, `default_sub_type` included.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use url::{Host, Url};

use crate::faults::Fault;
use crate::scope::{self, Scopes};
use crate::wire::answer::Answer;
use crate::wire::call::Call;
use crate::wire::failure::{self, flaw};

pub(super) struct Metadata {
    pub(super) client_id: Option<String>,
    pub(super) client_name: String,
    pub(super) redirect_uris: Vec<String>,
    pub(super) method: String,
    pub(super) grant_types: Vec<String>,
    pub(super) scope: Scopes,
    pub(super) links: BTreeMap<&'static str, String>,
}

const METHODS: [&str; 3] = ["client_secret_basic", "client_secret_post", "none"];
const GRANTS: [&str; 2] = ["authorization_code", "refresh_token"];
const LINKS: [&str; 4] = ["client_uri", "logo_uri", "tos_uri", "policy_uri"];

/// `update` demands the `client_id` in the body, as RFC 7592 §2.2 does.
pub(super) fn read(call: &Call, update: bool, fault: Option<Fault>) -> Result<Metadata, Box<Answer>> {
    let body = call.object()?;
    let mut flaws = Vec::new();
    if update && !body["client_id"].is_string() {
        flaws.push(missing("client_id", &body));
    }
    let metadata = Metadata {
        client_id: body["client_id"].as_str().map(str::to_owned),
        client_name: client_name(&body, &mut flaws),
        redirect_uris: redirect_uris(&body, fault == Some(Fault::RegistrationHttp), &mut flaws),
        method: method(&body, &mut flaws),
        grant_types: grant_types(&body, &mut flaws),
        scope: body["scope"]
            .as_str()
            .map_or_else(|| scope::parse(&scope::ALL.join(" ")), scope::parse),
        links: LINKS
            .iter()
            .filter_map(|name| Some((*name, body[*name].as_str()?.to_owned())))
            .collect(),
    };
    if !flaws.is_empty() {
        return Err(Box::new(failure::validation(flaws)));
    }
    meaningful(metadata)
}

fn meaningful(metadata: Metadata) -> Result<Metadata, Box<Answer>> {
    let refused = |claim: &str| {
        let description = format!("Invalid claim: '{claim}'");
        Err(Box::new(failure::oauth(
            400,
            "invalid_client_metadata",
            &description,
        )))
    };
    if metadata.redirect_uris.iter().any(|uri| uri.contains('#')) {
        return refused("redirect_uris");
    }
    if !scope::all_known(&metadata.scope) {
        return refused("scope");
    }
    Ok(metadata)
}

fn missing(member: &str, body: &Value) -> Value {
    flaw("missing", json!(["body", member]), "Field required", body.clone())
}

fn client_name(body: &Value, flaws: &mut Vec<Value>) -> String {
    match &body["client_name"] {
        Value::String(name) => return name.clone(),
        Value::Null => flaws.push(missing("client_name", body)),
        other => flaws.push(flaw(
            "string_type",
            json!(["body", "client_name"]),
            "Input should be a valid string",
            other.clone(),
        )),
    }
    String::new()
}

/// Stored as the URL standard writes them: a bare origin gains its slash, and the authorization request must have it too.
fn redirect_uris(body: &Value, any_http: bool, flaws: &mut Vec<Value>) -> Vec<String> {
    let Some(listed) = body["redirect_uris"].as_array() else {
        flaws.push(missing("redirect_uris", body));
        return Vec::new();
    };
    let mut stored = Vec::new();
    for (at, value) in listed.iter().enumerate() {
        let place = json!(["body", "redirect_uris", at]);
        match value.as_str().and_then(|text| Url::parse(text).ok()) {
            None => flaws.push(flaw(
                "url_parsing",
                place,
                "Input should be a valid URL",
                value.clone(),
            )),
            Some(url) if url.scheme() == "http" && !any_http && !is_near(&url) => {
                let mut flaw = flaw(
                    "value_error",
                    place,
                    "Value error, An HTTPS URL is required.",
                    value.clone(),
                );
                flaw["ctx"] = json!({ "error": {} });
                flaws.push(flaw);
            }
            Some(url) => stored.push(url.to_string()),
        }
    }
    stored
}

/// Hosts to which plain http may lead: this machine and private IPv4 networks.
fn is_near(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback() || address.is_private() || address.is_link_local(),
        _ => false,
    }
}

fn method(body: &Value, flaws: &mut Vec<Value>) -> String {
    let value = &body["token_endpoint_auth_method"];
    match value.as_str() {
        None if value.is_null() => return "client_secret_post".to_owned(),
        Some(method) if METHODS.contains(&method) => return method.to_owned(),
        _ => {}
    }
    let message = "Input should be 'client_secret_basic', 'client_secret_post' or 'none'";
    flaws.push(flaw(
        "literal_error",
        json!(["body", "token_endpoint_auth_method"]),
        message,
        value.clone(),
    ));
    String::new()
}

fn grant_types(body: &Value, flaws: &mut Vec<Value>) -> Vec<String> {
    let Some(listed) = body["grant_types"].as_array() else {
        return GRANTS.map(str::to_owned).to_vec();
    };
    let message = "Input should be 'authorization_code' or 'refresh_token'";
    for (at, value) in listed.iter().enumerate() {
        if !value.as_str().is_some_and(|grant| GRANTS.contains(&grant)) {
            flaws.push(flaw(
                "literal_error",
                json!(["body", "grant_types", at]),
                message,
                value.clone(),
            ));
        }
    }
    listed
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

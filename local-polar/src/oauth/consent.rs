//! The decision of a person: `POST {api}/v1/oauth2/consent?<the authorization query>`.
//!
//! Two fields are local: `person` signs somebody in with the same post, and `fault` chooses how to misbehave from then on.
//! A grant remembers the scopes only; which organizations were chosen belongs to this one login.

use http::header::SET_COOKIE;
use serde_json::json;

use super::authorize::{self, Request};
use super::code;
use super::refusal::Refusal;
use crate::faults::Fault;
use crate::seed;
use crate::seed::people::Person;
use crate::state::State;
use crate::wire::answer::{self, Adjust, Answer};
use crate::wire::call::Call;
use crate::wire::failure;

pub(crate) const COOKIE: &str = "polar_session";

const DENIED: &str = "The resource owner or authorization server denied the request";

pub(crate) fn post(state: &mut State, call: &Call) -> Answer {
    if call.bearer().is_some() {
        return failure::not_permitted();
    }
    let chosen = call.form.filled("person").and_then(seed::person);
    let Some(person) = chosen.or(state.signed_in(call.cookie(COOKIE))) else {
        return failure::polar(401, "Unauthorized", "Unauthorized");
    };
    if let Some(name) = call.form.first("fault") {
        state.choose_fault(Fault::from_name(name));
    }
    let answer = decide(state, call, person);
    match chosen {
        Some(person) => answer.with(SET_COOKIE, &cookie(&state.sign_in(person))),
        None => answer,
    }
}

fn cookie(session: &str) -> String {
    format!("{COOKIE}={session}; Path=/; HttpOnly; SameSite=Lax")
}

fn decide(state: &mut State, call: &Call, person: &'static Person) -> Answer {
    let request = match authorize::read(state, &call.query) {
        Ok(request) => request,
        Err(refusal) => return refusal.as_json(state),
    };
    let organizations: Vec<String> = call.form.all("organizations").map(str::to_owned).collect();
    let outcome = match call.form.first("action") {
        Some("allow") => allow(state, &request, person, &organizations),
        Some("deny") => Err(denial(&request)),
        Some("login") => Ok(format!(
            "{}/oauth2/authorize?{}",
            state.settings.web, call.raw_query
        )),
        other => return bad_action(other),
    };
    match outcome {
        Ok(location) => answer::redirect(302, &location),
        Err(refusal) => refusal.as_json(state),
    }
}

fn bad_action(action: Option<&str>) -> Answer {
    let place = json!(["body", "action"]);
    failure::validation(vec![match action {
        None => failure::flaw("missing", place, "Field required", json!(null)),
        Some(other) => failure::flaw(
            "literal_error",
            place,
            "Input should be 'allow' or 'deny'",
            json!(other),
        ),
    }])
}

/// Stores the grant, overwriting the earlier one, and issues a code.
pub(crate) fn allow(
    state: &mut State,
    request: &Request,
    person: &'static Person,
    organizations: &[String],
) -> Result<String, Refusal> {
    let organizations = chosen(request, person, organizations)?;
    state.consent(person, &request.client_id, request.scope.clone());
    code::issue(state, request, person, organizations)
}

pub(crate) fn denial(request: &Request) -> Refusal {
    Refusal::redirect(request, "access_denied", DENIED)
}

/// The organizations a token will be limited to; none means no limit.
pub(crate) fn chosen(request: &Request, person: &Person, ids: &[String]) -> Result<Vec<String>, Refusal> {
    let page = |description: String| Refusal::page("invalid_request", description, None);
    for id in ids {
        if !seed::ids::is_uuid(id) {
            return Err(page("Invalid 'organizations' UUID".to_owned()));
        }
        if !person.is_member_of(id) {
            return Err(page(format!("Organization {id} is not accessible")));
        }
    }
    let mut ids = ids.to_vec();
    ids.sort();
    ids.dedup();
    if request.single_organization {
        if ids.is_empty() {
            return Err(page(
                "sub_type=organization requires selecting an organization".to_owned(),
            ));
        }
        // Polar narrows several to the lowest id without saying so.
        ids.truncate(1);
    }
    Ok(ids)
}

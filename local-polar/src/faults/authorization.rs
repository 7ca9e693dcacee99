//! The redirect back to the app, spoiled (RFC 6749 §4.1.2, RFC 9207).

use super::Fault;

type Pairs = Vec<(String, String)>;

/// The redirect with `answer` in its query, or what `fault` makes of it.
pub(crate) fn redirect(fault: Option<Fault>, redirect_uri: &str, answer: Pairs) -> String {
    let pairs = spoil(fault, answer);
    let separator = match fault {
        Some(Fault::FragmentResponse) => '#',
        _ if redirect_uri.contains('?') => '&',
        _ => '?',
    };
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs);
    format!("{redirect_uri}{separator}{}", query.finish())
}

fn spoil(fault: Option<Fault>, mut pairs: Pairs) -> Pairs {
    match fault {
        Some(Fault::StateAltered) => change(&mut pairs, "state", |state| format!("{state}x")),
        Some(Fault::StateMissing) => pairs.retain(|(name, _)| name != "state"),
        Some(Fault::StateDoubled) => double(&mut pairs, "state"),
        Some(Fault::CodeMissing) => pairs.retain(|(name, _)| name != "code"),
        Some(Fault::CodeEmpty) => change(&mut pairs, "code", |_| String::new()),
        Some(Fault::CodeDoubled) => double(&mut pairs, "code"),
        Some(Fault::IssOther) => add(&mut pairs, "iss", "https://evil.example"),
        Some(Fault::CodeAndError) => add(&mut pairs, "error", "access_denied"),
        Some(Fault::ErrorWithoutState) => {
            pairs = error("invalid_request", "Replay attack", None);
        }
        Some(Fault::ErrorServer) => pairs = error("server_error", "", state(&pairs)),
        Some(Fault::ErrorLoginRequired) => pairs = error("login_required", "", state(&pairs)),
        Some(Fault::ErrorUnknown) => {
            pairs = error("mercury_in_retrograde", "Try again next month", state(&pairs))
        }
        Some(Fault::HtmlInError) => {
            pairs = error(
                "server_error",
                "<img src=x onerror=\"alert(document.domain)\">",
                state(&pairs),
            );
        }
        Some(Fault::ExtraParameters) => {
            add(&mut pairs, "session_state", "d41d8cd9");
            add(&mut pairs, "scope", "openid");
            add(&mut pairs, "authuser", "0");
        }
        _ => {}
    }
    pairs
}

/// The pairs of an error response; an empty description is left out.
pub(crate) fn error(code: &str, description: &str, state: Option<String>) -> Pairs {
    let mut pairs = Vec::new();
    add(&mut pairs, "error", code);
    if !description.is_empty() {
        add(&mut pairs, "error_description", description);
    }
    if let Some(state) = state {
        add(&mut pairs, "state", &state);
    }
    pairs
}

fn state(pairs: &Pairs) -> Option<String> {
    pairs
        .iter()
        .find(|(name, _)| name == "state")
        .map(|(_, value)| value.clone())
}

fn add(pairs: &mut Pairs, name: &str, value: &str) {
    pairs.push((name.to_owned(), value.to_owned()));
}

fn double(pairs: &mut Pairs, name: &str) {
    if pairs.iter().any(|(key, _)| key == name) {
        add(pairs, name, "another");
    }
}

fn change(pairs: &mut Pairs, name: &str, new: impl Fn(&str) -> String) {
    for (_, value) in pairs.iter_mut().filter(|(key, _)| key == name) {
        *value = new(value);
    }
}

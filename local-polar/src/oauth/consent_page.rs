//! The pages a person sees: login and consent in one, a login of its own for `prompt=none`, and the error page.
//!
//! The style is inline and small on purpose. What a request says is escaped wherever it is shown.

use serde_json::Value;

use super::authorize::Request;
use crate::faults::Fault;
use crate::scope;
use crate::seed::people::{self, Person};
use crate::state::State;
use crate::wire::answer::{self, Adjust, Answer};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("consent_page.js");

/// A whole document. Framing is refused: silent renewal in a hidden frame must fail here as at Polar.
pub(super) fn document(status: u16, title: &str, body: &str) -> Answer {
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>{title} · local-polar</title><style>{STYLE}</style></head><body><main>{body}\
         <footer>This is local-polar, not Polar. Everything here lives in memory and is gone when the program stops.\
         </footer></main></body></html>"
    );
    answer::html(status, html)
        .with(http::header::X_FRAME_OPTIONS, "DENY")
        .with(http::header::CONTENT_SECURITY_POLICY, "frame-ancestors 'none'")
        .with(http::header::CACHE_CONTROL, "no-store")
}

pub(super) fn error(error: &str, description: &str) -> Answer {
    let shown = if description.is_empty() {
        error
    } else {
        description
    };
    let body = format!(
        "<h1>This sign-in cannot go on</h1><p id=\"error\">{}</p><p><code>{}</code></p>\
         <p>The app is not told. Go back to it and start again.</p>",
        escape(shown),
        escape(error)
    );
    document(400, "Error", &body)
}

/// Login alone: what a visitor without a session gets for `prompt=none`.
pub(super) fn login(query: &str) -> Answer {
    let body = format!(
        "<h1>Log in</h1><p>Nobody is signed in.</p>{}{}\
         <p class=\"actions\"><button name=\"action\" value=\"login\" class=\"main\">Log in</button></p></form>",
        form(query),
        people_field(people::all()[0].email)
    );
    document(200, "Log in", &body)
}

/// Login and consent in one page. Whoever is signed in is chosen already.
pub(super) fn consent(state: &State, request: &Request, person: Option<&Person>, query: &str) -> Answer {
    let client = &state.clients[&request.client_id];
    let chosen = person.unwrap_or(&people::all()[0]);
    let body = format!(
        "<h1>Sign in to {}</h1><p>It will be sent to <code>{}</code>.</p>{}{}\
         <section><h2>It asks for</h2><ul>{}</ul></section>{}{}\
         <p class=\"actions\"><button name=\"action\" value=\"allow\" class=\"main\">Allow</button>\
         <button name=\"action\" value=\"deny\">Deny</button></p></form><script>{SCRIPT}</script>",
        escape(&client.name),
        escape(&request.redirect_uri),
        form(query),
        people_field(chosen.email),
        scopes(request),
        reach(request, chosen),
        faults_field(state.fault),
    );
    document(200, "Sign in", &body)
}

fn form(query: &str) -> String {
    format!(
        "<form method=\"post\" action=\"/v1/oauth2/consent?{}\">",
        escape(query)
    )
}

fn people_field(chosen: &str) -> String {
    let options: String = people::all()
        .iter()
        .map(|person| {
            option(
                person.email,
                &format!("{} · {}", person.email, person.about),
                person.email == chosen,
            )
        })
        .collect();
    format!(
        "<p><label for=\"person\">Person</label><select id=\"person\" name=\"person\">{options}</select></p>"
    )
}

fn scopes(request: &Request) -> String {
    request
        .scope
        .iter()
        .map(|scope| {
            format!(
                "<li>{} <code>{}</code></li>",
                escape(&scope::display_name(scope)),
                escape(scope)
            )
        })
        .collect()
}

/// One group of organizations a person; the script shows the group of whoever is chosen.
fn reach(request: &Request, chosen: &Person) -> String {
    let all = match request.single_organization {
        true => String::new(),
        false => choice("all", "All organizations", request.organizations.is_empty()),
    };
    let some = choice(
        "some",
        "Specific organizations",
        !all.is_empty() && !request.organizations.is_empty(),
    );
    let heading = if all.is_empty() {
        "Choose one organization".to_owned()
    } else {
        format!("{all}{some}")
    };
    let groups: String = people::all()
        .iter()
        .map(|person| group(request, person, person.email == chosen.email))
        .collect();
    format!("<fieldset><legend>Organizations the app may see</legend>{heading}{groups}</fieldset>")
}

fn choice(value: &str, label: &str, checked: bool) -> String {
    let checked = if checked { " checked" } else { "" };
    format!(
        "<p class=\"choice\"><input type=\"radio\" name=\"reach\" id=\"reach-{value}\" value=\"{value}\"{checked}>\
         <label for=\"reach-{value}\">{label}</label></p>"
    )
}

fn group(request: &Request, person: &Person, shown: bool) -> String {
    let off = if shown { "" } else { " hidden disabled" };
    let boxes: String = person
        .organizations()
        .iter()
        .map(|found| organization(request, person, found))
        .collect();
    let boxes = if boxes.is_empty() {
        "<p>No organizations.</p>".to_owned()
    } else {
        boxes
    };
    format!(
        "<fieldset class=\"group\" data-person=\"{0}\"{off}><legend>Of {0}</legend>{boxes}</fieldset>",
        person.email
    )
}

fn organization(request: &Request, person: &Person, organization: &Value) -> String {
    let id = organization["id"].as_str().unwrap_or_default();
    let kind = if request.single_organization {
        "radio"
    } else {
        "checkbox"
    };
    let checked = if request.organizations.iter().any(|asked| asked == id) {
        " checked"
    } else {
        ""
    };
    let field = format!("organization-{}-{id}", person.id());
    format!(
        "<p class=\"choice\"><input type=\"{kind}\" name=\"organizations\" id=\"{field}\" value=\"{id}\"{checked}>\
         <label for=\"{field}\">{}</label></p>",
        escape(organization["name"].as_str().unwrap_or_default())
    )
}

fn faults_field(chosen: Option<Fault>) -> String {
    let options: String = Fault::ALL
        .iter()
        .map(|fault| {
            option(
                fault.name(),
                &format!("{}: {}", fault.name(), fault.summary()),
                Some(*fault) == chosen,
            )
        })
        .collect();
    format!(
        "<p><label for=\"fault\">Misbehave on purpose</label><select id=\"fault\" name=\"fault\">\
         <option value=\"\">No, behave</option>{options}</select></p>"
    )
}

fn option(value: &str, label: &str, selected: bool) -> String {
    let selected = if selected { " selected" } else { "" };
    format!(
        "<option value=\"{}\"{selected}>{}</option>",
        escape(value),
        escape(label)
    )
}

pub(super) fn escape(text: &str) -> String {
    text.chars()
        .fold(String::with_capacity(text.len()), |mut escaped, letter| {
            match letter {
                '&' => escaped.push_str("&amp;"),
                '<' => escaped.push_str("&lt;"),
                '>' => escaped.push_str("&gt;"),
                '"' => escaped.push_str("&quot;"),
                '\'' => escaped.push_str("&#39;"),
                other => escaped.push(other),
            }
            escaped
        })
}

//! The page at the root: what this is, whom it knows, which clients there are.

use super::consent_page::{document, escape};
use crate::seed::people;
use crate::state::State;
use crate::wire::answer::Answer;

pub(crate) fn page(state: &State) -> Answer {
    let clients: String = state
        .clients
        .values()
        .map(|client| {
            format!(
                "<li>{} <code>{}</code></li>",
                escape(&client.name),
                escape(&client.id)
            )
        })
        .collect();
    let people: String = people::all()
        .iter()
        .map(|person| format!("<li>{}: {}</li>", person.email, person.about))
        .collect();
    let fault = state.fault.map_or("It behaves.".to_owned(), |fault| {
        format!(
            "It misbehaves: <code>{}</code>. {}",
            fault.name(),
            fault.summary()
        )
    });
    let body = format!(
        "<h1>local-polar</h1><p>A Polar-compatible provider and API on this machine. {fault}</p>\
         <h2>Clients</h2><ul>{clients}</ul><h2>People</h2><ul>{people}</ul>\
         <p><a href=\"/.well-known/openid-configuration\">Metadata</a></p>"
    );
    document(200, "Start", &body)
}

//! What is this? Whatever is pasted is read in this page, without the network: nothing of it is sent, stored or put on record.
//!
//! The one request there is fetches the public keys of an environment, on a press, and carries nothing of what was pasted.
//! It is not of a sign-in, so it is not on record either.

mod finding;

use leptos::prelude::*;

use super::heading;
use super::requests::text_field;
use crate::app::components::environments::environment_options;
use crate::app::components::failure_card::failure_card;
use crate::app::components::loading::{Load, Loader};
use crate::app::el::{El, all, dynamic, el, text_from};
use crate::app::session::Session;
use crate::app::signals::RwSignal;
use crate::browser::{clock, fetch, page};
use crate::config::Environment;
use crate::desk::{self, Finding, Known};
use crate::failure::Failure;
use crate::oidc::discovery::{self, DiscoveryError, Provider};
use crate::oidc::jwk::{self, Keys, KeysError};
use crate::oidc::jws::Algorithm;
use crate::session::signed_in::SignedIn;
use finding::finding_card;

struct Fetched {
    provider: Provider,
    keys: Keys,
    millis: i64,
}

#[derive(Clone, Copy)]
struct Desk {
    session: Session,
    text: RwSignal<String>,
    environment: RwSignal<String>,
    /// Whether the keys were asked for.
    asked: RwSignal<bool>,
    keys: Loader<Fetched>,
    /// How many things were found, as it is said aloud.
    found: RwSignal<usize>,
}

impl Desk {
    fn environment(self) -> Environment {
        let chosen = self.session.environment(&self.environment.get());
        chosen.unwrap_or_else(|| self.session.shown_environment_untracked())
    }

    /// The session, where it is of this environment.
    fn signed_in(self, environment: &Environment) -> Option<SignedIn> {
        let signed_in = self.session.get_untracked();
        signed_in.filter(|it| it.environment() == environment.id)
    }

    fn findings(self, text: &str) -> Vec<Finding> {
        let environment = self.environment();
        let signed_in = self.signed_in(&environment);
        let signed_in = signed_in.as_ref();
        let chosen = untrack(|| {
            self.session
                .choice()
                .with(|choice| choice.client_id(&environment))
        });
        let attempts = self.session.attempts();
        let provider = signed_in.map(SignedIn::provider);
        let read = |fetched: Option<&Fetched>| {
            let provider = fetched.map(|fetched| &fetched.provider).or(provider);
            let known = Known {
                environment: &environment.name,
                issuer: &environment.issuer,
                client_id: signed_in.map_or(&chosen, |it| it.client_id()),
                algorithms: provider.map_or(&[Algorithm::Rs256, Algorithm::Es256], |it| it.algorithms()),
                keys: fetched.map(|fetched| &fetched.keys),
                access_token: signed_in.map(SignedIn::access_token),
                refresh_token: signed_in.and_then(SignedIn::refresh_token),
                attempts: &attempts,
                now: clock::now(),
            };
            desk::read(text, &known)
        };
        self.keys.with(|state| match state {
            Load::Ready(fetched) => read(Some(fetched)),
            _ => read(None),
        })
    }

    fn fetch_keys(self) {
        self.asked.set(true);
        let environment = untrack(|| self.environment());
        let provider = self.signed_in(&environment).map(|it| it.provider().clone());
        self.keys.start(fetch_keys(environment, provider));
    }

    fn forget_keys(self) {
        self.asked.set(false);
        self.keys.reset();
    }
}

async fn fetch_keys(environment: Environment, provider: Option<Provider>) -> Result<Fetched, Failure> {
    let started = clock::now();
    let provider = match provider {
        Some(provider) => provider,
        None => {
            let outcome = match fetch::send(discovery::request(&environment.discovery_url)).await {
                Ok(response) => environment.expecting(|expected| discovery::parse(&response, expected)),
                Err(error) => Err(error.into()),
            };
            outcome.map_err(|error: DiscoveryError| Failure::new(error.code(), error))?
        }
    };
    let outcome = match fetch::send(jwk::request(provider.jwks_uri())).await {
        Ok(response) => jwk::parse(&response),
        Err(error) => Err(error.into()),
    };
    let keys = outcome.map_err(|error: KeysError| Failure::new(error.code(), error))?;
    Ok(Fetched {
        provider,
        keys,
        millis: clock::now().millis() - started.millis(),
    })
}

pub fn tokens_page(session: Session) -> AnyView {
    let desk = Desk {
        session,
        text: RwSignal::new(String::new()),
        environment: RwSignal::new(session.shown_environment_untracked().id),
        asked: RwSignal::new(false),
        keys: Loader::default(),
        found: RwSignal::new(0),
    };
    // Also into the back/forward cache, from where the page would come back with it.
    let leaving = page::on_leaving(move || {
        desk.text.set(String::new());
    });
    StoredValue::new_local(leaving);
    let words = "Paste anything of a sign-in, and see what it is: a token, an ID token, an address that came back, a \
                 verifier. It is read in this page alone, also offline. Nothing of it is sent, stored or put on record.";
    let head = el("div")
        .class("head")
        .child(el("div").child(heading("Tokens")).child(el("p").child(words)));
    let found = dynamic(move || {
        let list = desk.text.with(|text| desk.findings(text));
        desk.found.set(list.len());
        all(list
            .into_iter()
            .map(|finding| finding_card(session, finding))
            .collect::<Vec<_>>())
    });
    all([
        head.view(),
        paste_card(desk).view(),
        el("div").class("stack").child(found).view(),
    ])
}

fn paste_card(desk: Desk) -> El {
    let field = text_field("textarea", desk.text)
        .id("pasted")
        .attr("rows", "6")
        .attr("aria-describedby", "pasted-hint");
    let counted = move || match desk.found.get() {
        0 => String::new(),
        1 => "1 thing found".to_owned(),
        many => format!("{many} things found"),
    };
    let clear = el("button")
        .attr("type", "button")
        .on("click", move |_| desk.text.set(String::new()))
        .child("Clear");
    let paste = el("div")
        .class("field")
        .child(el("label").attr("for", "pasted").child("Pasted text"))
        .child(field)
        .child(
            el("small")
                .id("pasted-hint")
                .child("Quotes, Bearer, header names, several lines and JSON are understood. It is gone when you leave this page."),
        );
    let row = el("div").class("row").child(clear).child(
        el("span")
            .attr("role", "status")
            .class("dim")
            .child(text_from(counted)),
    );
    let inside = el("div")
        .class("pad stack")
        .child(paste)
        .child(row)
        .child(keys_row(desk));
    el("section").class("card").child(inside)
}

fn keys_row(desk: Desk) -> El {
    let options = environment_options(desk.session.visit(), move |id| {
        desk.environment.with(|chosen| chosen == id)
    });
    let select = el("select")
        .id("keys-of")
        .on("change", move |event| {
            desk.forget_keys();
            desk.environment.set(event_target_value(&event));
        })
        .child(options);
    let button = el("button")
        .attr("type", "button")
        .on("click", move |_| desk.fetch_keys())
        .child("Fetch the keys");
    let words = move || {
        let environment = desk.environment();
        let from = environment.discovery_url.origin().ascii_serialization();
        match (desk.asked.get(), desk.keys.ready(|fetched| fetched.millis)) {
            (true, Some(millis)) => format!("Public keys of {}, fetched in {millis} ms.", environment.name),
            (true, None) => format!("Asking {from}…"),
            (false, _) => format!(
                "Signatures are checked against the public keys of this environment, once you fetch them from {from}. The request carries nothing of what you pasted."
            ),
        }
    };
    let failed = dynamic(move || {
        let failure = desk.asked.get().then(|| desk.keys.failure()).flatten();
        match failure {
            Some(failure) => failure_card(failure, ()),
            None => el("small").attr("role", "status").child(text_from(words)).view(),
        }
    });
    el("div")
        .class("field")
        .child(el("label").attr("for", "keys-of").child("Environment"))
        .child(el("div").class("with-button keys").child(select).child(button))
        .child(failed)
}

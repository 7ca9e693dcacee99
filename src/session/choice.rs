//! What a person chose on the connect page: it survives the round trip and a reload, and holds no secret.

use url::Url;

use crate::config::Environment;
use crate::json::stored::stored;
use crate::oidc::authorization::Ask;
use crate::polar::sub_type::{self, Prompt, SubType};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    pub environment: Option<String>,
    pub sub_type: SubType,
    pub prompt: Option<Prompt>,
    /// A client and its scopes belong to one environment: a sandbox client is unknown in production.
    clients: Vec<Client>,
}

stored!(Choice {
    environment,
    sub_type,
    prompt,
    clients,
} in pieces);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Client {
    environment: String,
    client_id: String,
    scopes: Vec<String>,
}

stored!(Client {
    environment,
    client_id,
    scopes,
} in pieces);

impl Choice {
    pub fn client_id(&self, environment: &Environment) -> String {
        let chosen = self.chosen(environment).map(|client| &client.client_id);
        chosen.unwrap_or(&environment.client_id).clone()
    }

    pub fn scopes(&self, environment: &Environment) -> Vec<String> {
        let chosen = self.chosen(environment).map(|client| &client.scopes);
        chosen.unwrap_or(&environment.scopes).clone()
    }

    pub fn set_client_id(&mut self, environment: &Environment, client_id: &str) {
        self.client(environment).client_id = client_id.trim().to_owned();
    }

    /// A client that is gone is not chosen any more: the environment's own takes its place.
    pub fn forget_client(&mut self, environment: &Environment, client_id: &str) {
        if self.client_id(environment) == client_id {
            self.client(environment).client_id = environment.client_id.clone();
        }
    }

    /// Ticks or unticks a scope; the order of ticking is the order of asking.
    pub fn toggle_scope(&mut self, environment: &Environment, scope: &str) {
        let scopes = &mut self.client(environment).scopes;
        match scopes.iter().position(|known| known == scope) {
            Some(at) => {
                scopes.remove(at);
            }
            None => scopes.push(scope.to_owned()),
        }
    }

    pub fn ask(&self, environment: &Environment, redirect_uri: Url) -> Ask {
        Ask {
            client_id: self.client_id(environment),
            redirect_uri,
            scopes: self.scopes(environment),
            extra: sub_type::parameters(self.sub_type, self.prompt),
        }
    }

    fn chosen(&self, environment: &Environment) -> Option<&Client> {
        self.clients
            .iter()
            .find(|client| client.environment == environment.id)
    }

    fn client(&mut self, environment: &Environment) -> &mut Client {
        let known = self
            .clients
            .iter()
            .position(|client| client.environment == environment.id);
        let at = known.unwrap_or_else(|| {
            self.clients.push(Client {
                environment: environment.id.clone(),
                client_id: environment.client_id.clone(),
                scopes: environment.scopes.clone(),
            });
            self.clients.len() - 1
        });
        &mut self.clients[at]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::json::arbitrary;
    use crate::session::stored::reads_faithfully;

    fn environment(id: &str, client_id: &str) -> Environment {
        let url = Url::parse("https://api.polar.sh").unwrap();
        Environment {
            id: id.to_owned(),
            name: id.to_owned(),
            discovery_url: url.clone(),
            issuer: "https://polar.sh".to_owned(),
            api_url: url,
            client_id: client_id.to_owned(),
            scopes: vec!["openid".to_owned(), "email".to_owned()],
        }
    }

    fn redirect_uri() -> Url {
        Url::parse("http://localhost:8080/callback/").unwrap()
    }

    #[test]
    fn offers_what_the_environment_names_until_something_else_is_chosen() {
        let (local, sandbox) = (environment("local", "polar_ci_1"), environment("sandbox", ""));
        let mut choice = Choice::default();
        assert_eq!(choice.client_id(&local), "polar_ci_1");
        choice.set_client_id(&sandbox, "  polar_ci_2\n");
        choice.toggle_scope(&sandbox, "email");
        choice.toggle_scope(&sandbox, "orders:read");
        assert_eq!(choice.client_id(&sandbox), "polar_ci_2");
        assert_eq!(choice.scopes(&sandbox), ["openid", "orders:read"]);
        assert_eq!(choice.client_id(&local), "polar_ci_1");
        assert_eq!(choice.scopes(&local), ["openid", "email"]);
    }

    #[test]
    fn a_client_that_was_deleted_is_not_chosen_any_more() {
        let local = environment("local", "polar_ci_1");
        let mut choice = Choice::default();
        choice.set_client_id(&local, "polar_ci_2");
        choice.toggle_scope(&local, "email");
        choice.forget_client(&local, "polar_ci_3");
        assert_eq!(choice.client_id(&local), "polar_ci_2");
        choice.forget_client(&local, "polar_ci_2");
        assert_eq!(choice.client_id(&local), "polar_ci_1");
        assert_eq!(choice.scopes(&local), ["openid"], "the scopes stay");
    }

    #[test]
    fn a30_without_openid_no_id_token_is_expected() {
        let local = environment("local", "polar_ci_1");
        let mut choice = Choice::default();
        assert!(choice.ask(&local, redirect_uri()).wants_id_token());
        choice.toggle_scope(&local, "openid");
        assert!(!choice.ask(&local, redirect_uri()).wants_id_token());
    }

    #[test]
    fn survives_being_stored() {
        let mut choice = Choice {
            sub_type: SubType::Organization,
            prompt: Some(Prompt::Login),
            ..Choice::default()
        };
        choice.set_client_id(&environment("local", ""), "polar_ci_3");
        let text = crate::session::stored::write(&choice);
        assert_eq!(crate::session::stored::read(&text), Ok(choice));
    }

    fn stored() -> Value {
        json!({"environment": "local", "sub_type": "organization", "prompt": "login",
               "clients": [{"environment": "local", "client_id": "polar_ci_1", "scopes": ["openid"]},
                           {"environment": "sandbox", "client_id": "polar_ci_2", "scopes": []}]})
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn f06_an_edited_choice_is_read_as_it_stands_or_not_at_all_and_leads_nowhere_else(put in arbitrary::put(stored())) {
            let local = environment("local", "polar_ci_1");
            for (place, edited) in arbitrary::everywhere(stored(), put) {
                let Some(choice) = reads_faithfully::<Choice>(&edited)? else {
                    continue;
                };
                let ask = choice.ask(&local, redirect_uri());
                prop_assert_eq!(&ask.redirect_uri, &redirect_uri());
                // Only the two parameters that a choice knows, with a value that it knows.
                for (name, value) in &ask.extra {
                    let known = match name.as_str() {
                        "prompt" => Prompt::from_name(value).is_some(),
                        "sub_type" => value == "organization",
                        _ => false,
                    };
                    prop_assert!(known, "{}: {}={}", place, name, value);
                }
            }
        }
    }
}

//! For whom a token is asked: the user with every organization, or one organization that the person picks at consent.

use serde_json::Value;

use crate::json::stored::{Stored, append_text};

const ORGANIZATION: &str = "organization";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SubType {
    #[default]
    User,
    Organization,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    None,
    Consent,
    Login,
    SelectAccount,
}

impl SubType {
    const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Organization => ORGANIZATION,
        }
    }
}

impl Stored for SubType {
    fn to_value(&self) -> Value {
        self.name().into()
    }

    fn append_to(&self, text: &mut String) {
        append_text(text, self.name());
    }

    fn from_value(value: &Value) -> Option<Self> {
        match value.as_str()? {
            "user" => Some(Self::User),
            ORGANIZATION => Some(Self::Organization),
            _ => None,
        }
    }
}

impl Stored for Prompt {
    fn to_value(&self) -> Value {
        self.name().into()
    }

    fn append_to(&self, text: &mut String) {
        append_text(text, self.name());
    }

    fn from_value(value: &Value) -> Option<Self> {
        Self::from_name(value.as_str()?)
    }
}

impl Prompt {
    pub const ALL: [Self; 4] = [Self::Consent, Self::Login, Self::SelectAccount, Self::None];

    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Consent => "consent",
            Self::Login => "login",
            Self::SelectAccount => "select_account",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|prompt| prompt.name() == name)
    }
}

/// The parameters that these two choices add to an authorization request.
pub fn parameters(sub_type: SubType, prompt: Option<Prompt>) -> Vec<(String, String)> {
    let own = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    match sub_type {
        // Without prompt=consent and with an earlier grant, Polar answers an error page that never comes back here.
        SubType::Organization => vec![
            own("prompt", Prompt::Consent.name()),
            own("sub_type", ORGANIZATION),
        ],
        SubType::User => prompt
            .map(|prompt| own("prompt", prompt.name()))
            .into_iter()
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_organization_always_asks_for_consent() {
        for prompt in [None, Some(Prompt::None), Some(Prompt::Login)] {
            let sent = parameters(SubType::Organization, prompt);
            assert_eq!(sent.len(), 2);
            assert!(sent.contains(&("prompt".to_owned(), "consent".to_owned())));
            assert!(sent.contains(&("sub_type".to_owned(), "organization".to_owned())));
        }
    }

    #[test]
    fn a_choice_is_read_as_it_was_stored() {
        for choice in [SubType::User, SubType::Organization] {
            assert_eq!(SubType::from_value(&choice.to_value()), Some(choice));
        }
        assert_eq!(SubType::from_value(&"customer".into()), None);
    }

    #[test]
    fn a_user_sends_a_prompt_only_where_one_was_chosen() {
        assert_eq!(parameters(SubType::User, None), []);
        let sent = parameters(SubType::User, Some(Prompt::SelectAccount));
        assert_eq!(sent, [("prompt".to_owned(), "select_account".to_owned())]);
    }
}

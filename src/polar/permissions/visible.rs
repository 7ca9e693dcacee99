//! Which organizations a token sees: those that the person ticked at consent, and belongs to.

use serde_json::Value;
use url::Url;

use super::Came;
use crate::http::{API_BODY_LIMIT, Request};
use crate::polar::api_error::ApiError;

/// Organizations that are read to see which there are: as many as Polar puts on a page.
const MOST_ORGANIZATIONS: usize = 100;
/// Characters of a name that are shown.
const LONGEST_NAME: usize = 100;

/// The organizations that a token sees, or why that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visible {
    /// With id and name.
    Organizations {
        list: Vec<(String, String)>,
        total: u64,
    },
    Unreadable(Came),
}

pub fn organizations(api: &Url) -> Request {
    let mut url = api.clone();
    url.set_path("v1/organizations/");
    url.query_pairs_mut()
        .append_pair("limit", &MOST_ORGANIZATIONS.to_string());
    Request::get(url, API_BODY_LIMIT)
}

fn named(item: &Value) -> Option<(String, String)> {
    let id = item["id"].as_str().filter(|id| !id.is_empty())?;
    let name = item["name"].as_str().unwrap_or(id);
    Some((id.to_owned(), name.chars().take(LONGEST_NAME).collect()))
}

impl Visible {
    pub fn read(answer: Result<Value, ApiError>) -> Self {
        match answer {
            Ok(body) => {
                let items = body["items"].as_array().into_iter().flatten();
                let list: Vec<_> = items.filter_map(named).take(MOST_ORGANIZATIONS).collect();
                let total = body["pagination"]["total_count"].as_u64();
                Self::Organizations {
                    total: total.unwrap_or(list.len() as u64),
                    list,
                }
            }
            Err(ApiError::InsufficientScope { .. }) => Self::Unreadable(Came::NoScope),
            Err(ApiError::RateLimited) => Self::Unreadable(Came::Limited),
            Err(error) => Self::Unreadable(Came::Failed { code: error.code() }),
        }
    }

    /// Whether there is no use in going on for now.
    pub fn is_limited(&self) -> bool {
        *self == Self::Unreadable(Came::Limited)
    }

    /// One of them, for a read that takes an id.
    pub fn first(&self) -> Option<&str> {
        match self {
            Self::Organizations { list, .. } => Some(&list.first()?.0),
            Self::Unreadable(_) => None,
        }
    }

    pub fn words(&self) -> String {
        let chosen = "Who consents chooses all organizations or some of them, and no token says which. One that is missing here was not ticked, does not have this person as a member, or enforces single sign-on. A sign-in with prompt=consent lets the person choose again.";
        match self {
            Self::Organizations { total: 0, .. } => {
                format!("This token sees no organization, so every list is empty. {chosen}")
            }
            Self::Organizations { total: 1, .. } => format!("This token sees 1 organization. {chosen}"),
            Self::Organizations { total, .. } => format!("This token sees {total} organizations. {chosen}"),
            Self::Unreadable(Came::NoScope) => {
                "Which organizations this token sees cannot be read: that takes organizations:read."
                    .to_owned()
            }
            Self::Unreadable(Came::Limited) => Came::Limited.meaning().to_owned(),
            Self::Unreadable(_) => "The organizations that this token sees could not be read.".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::json::arbitrary;

    fn page() -> Value {
        json!({"items": [{"id": "a", "name": "A"}, {"id": "b"}], "pagination": {"total_count": 2}})
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn what_is_visible_has_an_id_that_stands_there_and_a_short_name(put in arbitrary::put(page())) {
            for (place, changed) in arbitrary::everywhere(page(), put) {
                let Visible::Organizations { list, total } = Visible::read(Ok(changed.clone())) else {
                    return Err(TestCaseError::fail(format!("{changed} is unreadable")));
                };
                let items = changed["items"].as_array().cloned().unwrap_or_default();
                let mut ids = items.iter().filter_map(|item| item["id"].as_str().filter(|id| !id.is_empty()));
                prop_assert!(list.iter().all(|(id, _)| Some(id.as_str()) == ids.next()) && ids.next().is_none());
                prop_assert!(list.iter().all(|(_, name)| name.chars().count() <= LONGEST_NAME), "{}", place);
                prop_assert_eq!(total, changed["pagination"]["total_count"].as_u64().unwrap_or(list.len() as u64));
            }
        }
    }

    #[test]
    fn only_a_limit_is_a_reason_to_stop_for_now() {
        let limited = |error| Visible::read(Err(error)).is_limited();
        assert!(limited(ApiError::RateLimited));
        assert!(!limited(ApiError::NotFound));
        assert!(!Visible::read(Ok(Value::Null)).is_limited());
    }
}

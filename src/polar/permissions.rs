//! What a token may do, scope by scope: asked for, granted, listed by Polar, and what one cheap read says.
//!
//! A read proves a scope only where it is let in or refused for lack of it; a 403 for a role, a 404 and a 429 say something else,
//! and are told apart. Left out: trying what changes something.

mod came;
mod visible;

use serde_json::Value;
use url::Url;

use super::api_error::ApiError;
use super::catalogue::{self, READS, Read, Shape};
use super::reads::below;
use super::scopes::{self, Comparison};
use crate::http::{API_BODY_LIMIT, Request};
pub use came::Came;
pub use visible::{Visible, organizations};

/// Milliseconds between two reads. Polar's sandbox lets a client id, shared by everybody who uses it, send 100 a minute.
pub const BETWEEN: u32 = 700;

/// What is tried for a scope.
#[derive(Clone, Copy)]
pub enum Plan {
    Read(&'static Read),
    Nothing(Why),
}

/// Why nothing is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    NotGranted,
    Writes,
    /// The ID token is what it is for.
    IdToken,
    /// Polar has nothing behind it for a token of a user.
    NoUse,
    /// No read is known that it opens.
    NoRead,
}

#[derive(Clone)]
pub struct Row {
    pub scope: String,
    pub asked: bool,
    pub granted: bool,
    /// `None` while Polar's list is not there.
    pub listed: Option<bool>,
    pub plan: Plan,
    pub came: Option<Came>,
}

/// A row a scope: what is granted first, then what was asked for and not granted.
pub fn rows(asked: &[String], compared: &Comparison) -> Vec<Row> {
    let granted = compared.granted.iter().map(|scope| (scope, true));
    let missing = compared.missing.iter().map(|scope| (scope, false));
    granted
        .chain(missing)
        .map(|(scope, granted)| Row {
            scope: scope.clone(),
            asked: asked.contains(scope),
            granted,
            listed: None,
            plan: Plan::of(scope, granted),
            came: None,
        })
        .collect()
}

/// Polar's own list beside the rows. A scope that only Polar knows of gets a row.
pub fn listed(rows: &mut Vec<Row>, list: &[String]) {
    for row in rows.iter_mut() {
        row.listed = Some(list.contains(&row.scope));
    }
    for scope in list {
        if !rows.iter().any(|row| row.scope == *scope) {
            rows.push(Row {
                scope: scope.clone(),
                asked: false,
                granted: false,
                listed: Some(true),
                plan: Plan::of(scope, true),
                came: None,
            });
        }
    }
}

impl Plan {
    fn of(scope: &str, granted: bool) -> Self {
        let nothing = |why| Self::Nothing(why);
        match scope {
            "profile" | "customer_portal:read" | "customer_portal:write" => nothing(Why::NoUse),
            _ if !granted => nothing(Why::NotGranted),
            "openid" => nothing(Why::IdToken),
            "email" => catalogue::find("/v1/oauth2/userinfo").map_or(nothing(Why::NoRead), Self::Read),
            _ if scopes::writes(scope) => nothing(Why::Writes),
            _ => cheapest(scope).map_or(nothing(Why::NoRead), Self::Read),
        }
    }
}

fn cheapest(scope: &str) -> Option<&'static Read> {
    // A search takes any of four scopes, so it says nothing of one.
    let opened =
        |read: &&Read| read.scopes.contains(&scope) && read.path != "/v1/search" && read.shape != Shape::Csv;
    READS.iter().filter(opened).min_by_key(|read| cost(read))
}

/// A list of which one item is asked for, else what takes no parameters, else what takes an organization or complains of one.
fn cost(read: &Read) -> u8 {
    let filled = read.first_parameters().iter().all(|(_, value)| !value.is_empty());
    match (read.path.contains('{'), read.shape, filled) {
        (false, Shape::List, _) => 0,
        (false, Shape::Json, true) => 1,
        (true, ..) => 2,
        _ => 3,
    }
}

impl Row {
    /// The read that is tried; `None` where there is none, or none without an organization.
    pub fn request(&self, api: &Url, organization: Option<&str>) -> Option<Request> {
        let Plan::Read(read) = self.plan else { return None };
        if read.path.contains('{') && organization.is_none() {
            return None;
        }
        let segments = read.path.trim_start_matches('/').split('/');
        // An id stays one segment, whatever is in it.
        let filled: Vec<&str> = segments
            .map(|segment| match segment.starts_with('{') {
                true => organization.unwrap_or_default(),
                false => segment,
            })
            .collect();
        let mut url = below(api, &filled);
        if read.shape == Shape::List {
            url.query_pairs_mut().append_pair("limit", "1");
        }
        Some(Request::get(url, API_BODY_LIMIT))
    }

    /// What a read says of this scope.
    pub fn judge(&self, answer: Result<Value, ApiError>) -> Came {
        match answer {
            Ok(body) if self.scope == "email" && !body["email"].is_string() => Came::Without("email"),
            Ok(body) => Came::Opened {
                total: body["pagination"]["total_count"].as_u64(),
            },
            Err(ApiError::Invalid { detail }) => Came::LetIn { detail },
            Err(ApiError::InsufficientScope { .. }) => Came::NoScope,
            Err(ApiError::NotPermitted { detail }) => Came::NoRole { detail },
            Err(ApiError::WrongKindOfToken) => Came::OtherKind,
            Err(ApiError::InvalidToken) => Came::DeadToken,
            Err(ApiError::NotFound) => Came::NotThere,
            Err(ApiError::RateLimited) => Came::Limited,
            Err(error) => Came::Failed { code: error.code() },
        }
    }

    /// What was tried, or why nothing was.
    pub fn tried(&self) -> String {
        match self.plan {
            Plan::Read(read) if read.shape == Shape::List => format!("GET {}?limit=1", read.path),
            Plan::Read(read) => format!("GET {}", read.path),
            Plan::Nothing(Why::NotGranted) => "nothing".to_owned(),
            Plan::Nothing(Why::Writes) => "nothing: it would change something".to_owned(),
            Plan::Nothing(Why::IdToken) => "nothing: it is for the ID token".to_owned(),
            Plan::Nothing(Why::NoUse) => "nothing".to_owned(),
            Plan::Nothing(Why::NoRead) => "nothing: no read is known".to_owned(),
        }
    }

    /// What follows, in a sentence or two. `detail` of the provider stands beside it and not in it.
    pub fn meaning(&self) -> String {
        let mut words = vec![self.of_the_grant(), self.of_the_list(), self.of_the_try()];
        words.retain(|words| !words.is_empty());
        words.join(" ")
    }

    fn of_the_grant(&self) -> &'static str {
        match (self.asked, self.granted) {
            (true, false) => {
                "Dropped in silence: it was asked for and is not in the token answer. Polar leaves out what the client is not registered for."
            }
            (false, true) => "Nobody asked for it.",
            _ => "",
        }
    }

    fn of_the_list(&self) -> &'static str {
        match (self.granted, self.listed) {
            (true, Some(false)) => {
                "Polar does not list it for this token, so the token has less than the sign-in gave."
            }
            (false, Some(true)) => "Polar lists it for this token, though the token answer did not name it.",
            _ => "",
        }
    }

    fn of_the_try(&self) -> &'static str {
        match (&self.came, self.plan) {
            (Some(came), _) => came.meaning(),
            (None, Plan::Nothing(Why::Writes)) => "Writes are not tried.",
            (None, Plan::Nothing(Why::IdToken)) => "The ID token is verified on Account.",
            (None, Plan::Nothing(Why::NoUse)) if self.scope == "profile" => {
                "Of no use: Polar sends no profile claims for a user. Leave it out."
            }
            (None, Plan::Nothing(Why::NoUse)) => {
                "Of no use: the customer portal takes sessions of customers, and answers this token with 401. Leave it out."
            }
            _ => "",
        }
    }

    /// The provider's own words, where it gave some.
    pub fn said(&self) -> &str {
        match &self.came {
            Some(Came::NoRole { detail } | Came::LetIn { detail }) => detail,
            _ => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn own(list: &[&str]) -> Vec<String> {
        list.iter().map(|scope| (*scope).to_owned()).collect()
    }

    fn row(scope: &str) -> Row {
        rows(&own(&[scope]), &scopes::compare(&own(&[scope]), None)).remove(0)
    }

    #[test]
    fn one_cheap_read_is_picked_for_each_scope() {
        let api = Url::parse("https://api.polar.sh").unwrap();
        for (scope, expected) in [
            ("organizations:read", "/v1/organizations/?limit=1"),
            ("products:read", "/v1/products/?limit=1"),
            ("payouts:read", "/v1/payouts/?limit=1"),
            ("transactions:read", "/v1/transactions/search?limit=1"),
            ("benefits:read", "/v1/benefits/?limit=1"),
            ("webhooks:read", "/v1/webhooks/endpoints?limit=1"),
            ("notifications:read", "/v1/notifications"),
            ("metrics:read", "/v1/metrics/limits"),
            ("customer_seats:read", "/v1/customer-seats"),
            ("email", "/v1/oauth2/userinfo"),
            (
                "user:read",
                "/v1/users/me/organizations/acme/notification-settings",
            ),
        ] {
            let url = row(scope).request(&api, Some("acme")).unwrap().url;
            assert_eq!(url.as_str(), format!("https://api.polar.sh{expected}"), "{scope}");
        }
        assert!(row("user:read").request(&api, None).is_none());
    }

    #[test]
    fn what_needs_least_is_cheapest() {
        let paths = [
            "/v1/orders/",
            "/v1/notifications",
            "/v1/users/me/organizations/{id}/notification-settings",
            "/v1/customer-seats",
        ];
        assert_eq!(
            paths.map(|path| cost(catalogue::find(path).unwrap())),
            [0, 1, 2, 3]
        );
    }

    #[test]
    fn what_is_tried_is_said_as_it_is_sent() {
        for (scope, expected) in [
            ("orders:read", "GET /v1/orders/?limit=1"),
            ("notifications:read", "GET /v1/notifications"),
            ("orders:write", "nothing: it would change something"),
        ] {
            assert_eq!(row(scope).tried(), expected);
        }
    }

    #[test]
    fn where_nothing_is_tried_it_says_what_the_scope_is_for() {
        for (scope, words) in [
            ("openid", "The ID token is verified on Account."),
            ("profile", "Polar sends no profile claims"),
            (
                "customer_portal:read",
                "the customer portal takes sessions of customers",
            ),
            ("orders:write", "Writes are not tried."),
        ] {
            let meaning = row(scope).meaning();
            assert!(meaning.contains(words), "{scope}: {meaning}");
        }
    }

    #[test]
    fn nothing_is_tried_for_a_scope_that_was_not_granted() {
        let asked = own(&["orders:read"]);
        let rows = rows(&asked, &scopes::compare(&asked, Some(&own(&["openid"]))));
        let row = rows.iter().find(|row| row.scope == "orders:read").unwrap();
        assert!(matches!(row.plan, Plan::Nothing(Why::NotGranted)));
        assert_eq!(row.tried(), "nothing");
    }

    #[test]
    fn every_scope_that_polar_publishes_and_that_reads_has_a_read() {
        for scope in local_polar::scope::ALL {
            let row = row(scope);
            match row.plan {
                Plan::Read(read) => assert!(scope == "email" || read.scopes.contains(&scope), "{scope}"),
                Plan::Nothing(why) => {
                    let expected = match scope {
                        "openid" => Why::IdToken,
                        "profile" | "customer_portal:read" | "customer_portal:write" => Why::NoUse,
                        _ => Why::Writes,
                    };
                    assert_eq!(why, expected, "{scope}");
                }
            }
            assert!(!row.tried().is_empty());
        }
        assert!(matches!(row("brand_new:read").plan, Plan::Nothing(Why::NoRead)));
    }

    #[test]
    fn an_organization_stays_one_segment_of_the_path() {
        let api = Url::parse("https://api.polar.sh").unwrap();
        for id in ["../../v1/oauth2/revoke", "a/b", "a?b#c", ""] {
            let url = row("user:read").request(&api, Some(id)).unwrap().url;
            assert!(url.path().starts_with("/v1/users/me/organizations/"), "{url}");
            assert_eq!((url.origin(), url.query()), (api.origin(), None));
        }
    }

    #[test]
    fn what_came_says_whether_the_scope_is_enough_or_says_that_it_does_not() {
        let row = row("orders:read");
        let detail = || "words of Polar".to_owned();
        for (answer, opens, label) in [
            (
                Ok(json!({"items": [], "pagination": {"total_count": 3}})),
                Some(true),
                "200, 3 in all",
            ),
            (Ok(json!([])), Some(true), "200"),
            (Err(ApiError::Invalid { detail: detail() }), Some(true), "let in"),
            (
                Err(ApiError::InsufficientScope { needed: Vec::new() }),
                Some(false),
                "403, scope",
            ),
            (
                Err(ApiError::NotPermitted { detail: detail() }),
                Some(false),
                "403, role",
            ),
            (Err(ApiError::WrongKindOfToken), Some(false), "401, kind of token"),
            (Err(ApiError::InvalidToken), Some(false), "401, token"),
            (Err(ApiError::NotFound), None, "404"),
            (Err(ApiError::RateLimited), None, "429"),
            (Err(ApiError::Server { status: 500 }), None, "api.server_error"),
        ] {
            let came = row.judge(answer);
            assert_eq!((came.opens(), came.label().as_str()), (opens, label));
            assert!(!came.meaning().is_empty(), "{label}");
        }
    }

    #[test]
    fn an_email_scope_works_only_where_the_email_comes() {
        let row = row("email");
        let with = row.judge(Ok(json!({"sub": "x", "email": "dev@example.com"})));
        assert_eq!(with.opens(), Some(true));
        assert_eq!(row.judge(Ok(json!({"sub": "x"}))), Came::Without("email"));
    }

    #[test]
    fn what_the_three_lists_disagree_in_is_said() {
        let asked = own(&["openid", "orders:read", "products:read"]);
        let compared = scopes::compare(&asked, Some(&own(&["openid", "products:read", "files:read"])));
        let mut rows = rows(&asked, &compared);
        listed(&mut rows, &own(&["openid", "files:read", "meters:read"]));
        let meaning = |scope: &str| rows.iter().find(|row| row.scope == scope).unwrap().meaning();
        assert!(meaning("orders:read").contains("Dropped in silence"));
        assert!(meaning("products:read").contains("Polar does not list it"));
        assert!(meaning("files:read").contains("Nobody asked"));
        assert!(meaning("meters:read").contains("did not name it"));
        assert!(!meaning("openid").contains("list"));
        let names: Vec<_> = rows.iter().map(|row| row.scope.as_str()).collect();
        assert_eq!(
            names,
            [
                "openid",
                "products:read",
                "files:read",
                "orders:read",
                "meters:read"
            ]
        );
    }

    #[test]
    fn the_docs_name_what_is_tried_in_a_way_of_its_own() {
        let text = include_str!("../../docs/permissions.md");
        let tried = |row: &Row| match row.plan {
            Plan::Read(read) => read.shape == Shape::List,
            Plan::Nothing(why) => why == Why::Writes,
        };
        for scope in local_polar::scope::ALL {
            let family = scope.split_once(':').map_or(scope, |(family, _)| family);
            let by_the_rule =
                tried(&row(scope)) || ["metrics", "customer_seats", "notifications"].contains(&family);
            assert!(by_the_rule || text.contains(&format!("`{family}")), "{scope}");
        }
        assert!(text.contains(&format!("0.{} s", BETWEEN / 100)));
    }
}

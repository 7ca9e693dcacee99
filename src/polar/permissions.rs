//! What a token may do, scope by scope: asked for, granted, listed by Polar, and what one cheap read says.
//!
//! A read proves a scope only where it is let in or refused for lack of it; a 403 for a role, a 404 and a 429 say something else,
//! and are told apart. Left out: trying what changes something.

use serde_json::Value;
use url::Url;

use super::api_error::ApiError;
use super::catalogue::{self, READS, Read, Shape};
use super::reads::below;
use super::scopes::{self, Comparison};
use crate::http::{API_BODY_LIMIT, Request};

/// Milliseconds between two reads. Polar's sandbox lets a client id, shared by everybody who uses it, send 100 a minute.
pub const BETWEEN: u32 = 700;
/// Organizations that are read to see which there are: as many as Polar puts on a page.
const MOST_ORGANIZATIONS: usize = 100;

/// Characters of a name that are shown.
const LONGEST_NAME: usize = 100;

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

/// What came of a read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Came {
    /// 200, and how many there are where it is a list.
    Opened {
        total: Option<u64>,
    },
    /// 200, and what the scope is for is not in it.
    Without(&'static str),
    /// 400 or 422: let in, and asked for parameters.
    LetIn {
        detail: String,
    },
    /// 403 `insufficient_scope`.
    NoScope,
    /// 403: the role of the person.
    NoRole {
        detail: String,
    },
    /// 401, though a token was sent.
    OtherKind,
    /// 401 `invalid_token`, also after a refresh.
    DeadToken,
    NotThere,
    Limited,
    /// An id was needed, and no organization is visible.
    NoOrganization,
    /// Nothing that says anything about the scope.
    Failed {
        code: &'static str,
    },
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

/// A list of which one item is asked for, else what takes no parameters, else what takes an organization or complains of one.
fn cheapest(scope: &str) -> Option<&'static Read> {
    let dear = |read: &Read| {
        let filled = read.first_parameters().iter().all(|(_, value)| !value.is_empty());
        match (read.path.contains('{'), read.shape, filled) {
            (false, Shape::List, _) => 0,
            (false, Shape::Json, true) => 1,
            (true, ..) => 2,
            _ => 3,
        }
    };
    // A search takes any of four scopes, so it says nothing of one.
    let opened =
        |read: &&Read| read.scopes.contains(&scope) && read.path != "/v1/search" && read.shape != Shape::Csv;
    READS.iter().filter(opened).min_by_key(|read| dear(read))
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

impl Came {
    /// The answer in a word or two.
    pub fn label(&self) -> String {
        match self {
            Self::Opened { total: Some(total) } => format!("200, {total} in all"),
            Self::Opened { total: None } => "200".to_owned(),
            Self::Without(member) => format!("200 without {member}"),
            Self::LetIn { .. } => "let in".to_owned(),
            Self::NoScope => "403, scope".to_owned(),
            Self::NoRole { .. } => "403, role".to_owned(),
            Self::OtherKind => "401, kind of token".to_owned(),
            Self::DeadToken => "401, token".to_owned(),
            Self::NotThere => "404".to_owned(),
            Self::Limited => "429".to_owned(),
            Self::NoOrganization => "not tried".to_owned(),
            Self::Failed { code } => (*code).to_owned(),
        }
    }

    /// Whether the scope lets the token in; `None` where the answer does not say.
    pub const fn opens(&self) -> Option<bool> {
        match self {
            Self::Opened { .. } | Self::LetIn { .. } => Some(true),
            Self::Without(_) | Self::NoScope | Self::NoRole { .. } | Self::OtherKind | Self::DeadToken => {
                Some(false)
            }
            Self::NotThere | Self::Limited | Self::NoOrganization | Self::Failed { .. } => None,
        }
    }

    const fn meaning(&self) -> &'static str {
        match self {
            Self::Opened { total: Some(0) } => {
                "It works, and the list is empty: there is nothing in the organizations that this token sees, or the person's role hides it."
            }
            Self::Opened { .. } => "It works.",
            Self::Without(_) => "It has no effect on this token.",
            Self::LetIn { .. } => "It works: the scope was enough, and only a parameter was missing.",
            Self::NoScope => {
                "403 for lack of scope: sign in again and ask for it, with a client that is registered for it."
            }
            Self::NoRole { .. } => {
                "403 for the person's role in the organization. More scopes do not help; an admin of it can."
            }
            Self::OtherKind => "It is open to another kind of token only. Refreshing does not help.",
            Self::DeadToken => "The token is expired, revoked or unknown. Sign in again.",
            Self::NotThere => "404: not there, or not visible to this token. It says nothing of the scope.",
            Self::Limited => "Polar asked to slow down. Wait a minute, and try again.",
            Self::NoOrganization => "It takes an organization, and this token sees none.",
            Self::Failed { .. } => "The answer says nothing of the scope.",
        }
    }
}

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

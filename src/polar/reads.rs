//! The reads of Polar's API that the pages use, each with the scopes of which one opens it, and its exact path: a missing
//! slash costs a redirect, which is refused here.

use serde_json::Value;
use url::{Url, form_urlencoded};

use super::api_error::ApiError;
use crate::http::{API_BODY_LIMIT, Request};
use crate::json::{MemberError, Members};

/// Items of a page, as asked for.
pub const PAGE_SIZE: u32 = 10;

/// Items of a page that are shown at most: Polar's own limit.
const MOST_ITEMS: usize = 100;

/// What a page of one organization shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    #[default]
    Overview,
    Products,
    Customers,
    Orders,
    Subscriptions,
    Benefits,
    Members,
}

impl Tab {
    pub const ALL: [Self; 7] = [
        Self::Overview,
        Self::Products,
        Self::Customers,
        Self::Orders,
        Self::Subscriptions,
        Self::Benefits,
        Self::Members,
    ];

    /// As it stands in an address.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Products => "products",
            Self::Customers => "customers",
            Self::Orders => "orders",
            Self::Subscriptions => "subscriptions",
            Self::Benefits => "benefits",
            Self::Members => "members",
        }
    }

    pub const fn title(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Products => "Products",
            Self::Customers => "Customers",
            Self::Orders => "Orders",
            Self::Subscriptions => "Subscriptions",
            Self::Benefits => "Benefits",
            Self::Members => "Members",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tab| tab.name() == name)
    }

    /// Either scope opens the read.
    pub const fn scopes(self) -> &'static [&'static str] {
        match self {
            Self::Overview | Self::Members => ORGANIZATION_SCOPES,
            Self::Products => &["products:read", "products:write"],
            Self::Customers => &["customers:read", "customers:write"],
            Self::Orders => &["orders:read"],
            Self::Subscriptions => &["subscriptions:read", "subscriptions:write"],
            Self::Benefits => &["benefits:read", "benefits:write"],
        }
    }
}

pub const ORGANIZATION_SCOPES: &[&str] = &["organizations:read", "organizations:write"];

pub fn organizations(api: &Url, page: u32) -> Request {
    paged(api, "v1/organizations/", page, None)
}

pub fn organization(api: &Url, id: &str) -> Request {
    Request::get(below(api, &["v1", "organizations", id]), API_BODY_LIMIT)
}

/// The list behind a tab; the overview has none and reads the organization itself.
pub fn tab(api: &Url, tab: Tab, organization: &str, page: u32) -> Request {
    match tab {
        Tab::Overview => self::organization(api, organization),
        Tab::Members => {
            let mut url = below(api, &["v1", "organizations", organization, "members"]);
            add_page(&mut url, page);
            Request::get(url, API_BODY_LIMIT)
        }
        _ => paged(api, &format!("v1/{}/", tab.name()), page, Some(organization)),
    }
}

/// The scopes of the token itself, as Polar sees them. Takes any user token.
pub fn granted_scopes(api: &Url) -> Request {
    Request::get(below(api, &["v1", "users", "me", "scopes"]), API_BODY_LIMIT)
}

pub fn parse_scopes(body: &Value) -> Result<Vec<String>, ApiError> {
    let member = "scopes";
    Ok(Members::of(body)?
        .optional_texts(member)?
        .ok_or(MemberError::Missing { member })?)
}

fn paged(api: &Url, path: &str, page: u32, organization: Option<&str>) -> Request {
    let mut url = api.clone();
    url.set_path(path);
    if let Some(id) = organization {
        url.query_pairs_mut().append_pair("organization_id", id);
    }
    add_page(&mut url, page);
    Request::get(url, API_BODY_LIMIT)
}

fn add_page(url: &mut Url, page: u32) {
    url.query_pairs_mut()
        .append_pair("page", &page.to_string())
        .append_pair("limit", &PAGE_SIZE.to_string());
}

/// An id from an address or a server becomes one path segment, whatever is in it.
pub(super) fn below(api: &Url, segments: &[&str]) -> Url {
    let mut path = String::new();
    // A step upwards is read as one even where its dots are escaped, so it is no segment at all.
    for segment in segments.iter().filter(|segment| !matches!(**segment, "." | "..")) {
        path.push('/');
        path.extend(form_urlencoded::byte_serialize(segment.as_bytes()));
    }
    let mut url = api.clone();
    url.set_path(&path.replace('+', "%20"));
    url
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    pub items: Vec<Value>,
    pub total: u64,
    pub last: u32,
}

pub fn parse_page(body: &Value) -> Result<Page, ApiError> {
    let members = Members::of(body)?;
    let items = members.list("items")?;
    let pagination = members.raw("pagination");
    let count = |name: &str| pagination.and_then(|p| p.get(name)).and_then(Value::as_u64);
    Ok(Page {
        total: count("total_count").unwrap_or(items.len() as u64),
        last: count("max_page")
            .and_then(|last| u32::try_from(last).ok())
            .unwrap_or(1),
        // A server that sends more than was asked for does not get to flood the page.
        items: items.iter().take(MOST_ITEMS).cloned().collect(),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::json::arbitrary::{self, SECRET};

    fn api() -> Url {
        Url::parse("https://api.polar.sh").unwrap()
    }

    #[test]
    fn a_tab_is_titled_as_it_is_named() {
        for tab in Tab::ALL {
            assert_eq!(tab.title().to_ascii_lowercase(), tab.name());
            assert!(tab.title().starts_with(char::is_uppercase));
        }
    }

    #[test]
    fn the_scopes_of_a_token_are_all_that_is_listed_or_an_error() {
        let scopes = parse_scopes(&json!({"scopes": ["openid", "orders:read"]}));
        assert_eq!(scopes.unwrap(), ["openid", "orders:read"]);
        assert!(parse_scopes(&json!({})).is_err());
    }

    #[test]
    fn paths_end_as_polar_wants_them() {
        for (request, expected) in [
            (organizations(&api(), 2), "/v1/organizations/?page=2&limit=10"),
            (organization(&api(), "abc"), "/v1/organizations/abc"),
            (
                tab(&api(), Tab::Orders, "abc", 1),
                "/v1/orders/?organization_id=abc&page=1&limit=10",
            ),
            (
                tab(&api(), Tab::Members, "abc", 1),
                "/v1/organizations/abc/members?page=1&limit=10",
            ),
            (granted_scopes(&api()), "/v1/users/me/scopes"),
        ] {
            let url = &request.url;
            let query = url.query().map(|q| format!("?{q}")).unwrap_or_default();
            assert_eq!(format!("{}{query}", url.path()), expected);
        }
    }

    #[test]
    fn an_id_stays_one_segment_of_the_path() {
        for id in ["../../v1/oauth2/revoke", "a/b", "a?b#c", "..", ".", "%2e%2e", ""] {
            let url = organization(&api(), id).url;
            assert!(url.path().starts_with("/v1/organizations"), "{id}: {url}");
            assert_eq!(url.query(), None);
            assert_eq!(url.origin(), api().origin());
        }
    }

    #[test]
    fn a_page_is_read_with_or_without_its_counts() {
        let page = parse_page(&json!({"items": [{}, {}], "pagination": {"total_count": 12, "max_page": 2}}))
            .unwrap();
        assert_eq!((page.items.len(), page.total, page.last), (2, 12, 2));
        let bare = parse_page(&json!({"items": [{}]})).unwrap();
        assert_eq!((bare.total, bare.last), (1, 1));
        let empty =
            parse_page(&json!({"items": [], "pagination": {"total_count": 0, "max_page": 0}})).unwrap();
        assert_eq!((empty.items.len(), empty.last), (0, 0));
        for odd in [json!([]), json!({}), json!({"items": {}}), json!(null)] {
            assert!(parse_page(&odd).is_err());
        }
    }

    fn page() -> Value {
        json!({"items": [{"id": "a"}, {"id": "b"}], "pagination": {"total_count": 12, "max_page": 2}})
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn the_scopes_of_a_token_are_those_that_stand_there_and_nothing_else(
            put in arbitrary::put(json!({"scopes": ["openid", "orders:read"]})),
        ) {
            for (_, changed) in arbitrary::everywhere(json!({"scopes": ["openid", "orders:read"]}), put) {
                let listed = changed["scopes"].as_array();
                let are_texts = listed.is_some_and(|listed| listed.iter().all(Value::is_string));
                match parse_scopes(&changed) {
                    Ok(scopes) => prop_assert_eq!(&changed["scopes"], &json!(scopes)),
                    Err(error) => {
                        prop_assert!(!are_texts, "{}", changed);
                        prop_assert_eq!(error.code(), "api.malformed");
                        prop_assert!(!error.to_string().contains(SECRET));
                    }
                }
            }
        }

        #[test]
        fn a_page_holds_what_stands_there_and_counts_that_are_none_cost_only_themselves(put in arbitrary::put(page())) {
            for (_, changed) in arbitrary::everywhere(page(), put) {
                let count = |name: &str| changed["pagination"][name].as_u64();
                match (parse_page(&changed), changed["items"].as_array()) {
                    (Ok(page), Some(items)) => {
                        prop_assert_eq!(&page.items, items);
                        prop_assert_eq!(page.total, count("total_count").unwrap_or(items.len() as u64));
                        let last = count("max_page").filter(|last| *last <= u64::from(u32::MAX));
                        prop_assert_eq!(u64::from(page.last), last.unwrap_or(1));
                    }
                    (Err(error), None) => prop_assert_eq!(error.code(), "api.malformed"),
                    (read, _) => prop_assert!(false, "{:?} of {}", read, changed),
                }
            }
        }

        #[test]
        fn a_page_that_is_too_long_is_cut_and_counted_whole(item in arbitrary::value(), length in 0_usize..300) {
            let page = parse_page(&json!({"items": vec![item; length]})).unwrap();
            prop_assert_eq!((page.items.len(), page.total), (length.min(MOST_ITEMS), length as u64));
        }
    }

    proptest! {
        #[test]
        fn an_id_never_leaves_the_api(id in ".{0,40}") {
            prop_assert_eq!(organization(&api(), &id).url.origin(), api().origin());
        }
    }
}

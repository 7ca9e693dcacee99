//! Every page as a value. Links are built from it and addresses are read into it, so that no address is put together by hand.
//!
//! Pages end in a slash, and ids travel in the query, so that any static host can serve each page as a real file. Both
//! spellings are read. The base path is found at run time: one build serves `/` and `/tools/polar/` alike.

use url::{Url, form_urlencoded};

use crate::polar::reads::Tab;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    Connect {
        /// Preselects an environment; such a link can be shared.
        environment: Option<String>,
    },
    Callback,
    Account,
    /// What the token of the session may do, scope by scope.
    Permissions,
    Organizations {
        page: u32,
    },
    Organization {
        id: String,
        tab: Tab,
        page: u32,
    },
    Flow,
    /// Whether the host of this page does what it must.
    Host,
    Tokens,
    Requests,
    Clients {
        /// Preselects an environment.
        environment: Option<String>,
    },
    Check {
        /// Preselects an environment.
        environment: Option<String>,
        /// Begins at once, for a program that drives the page.
        run: bool,
    },
    NotFound,
}

/// The folder that the page is served from; ends in a slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base(Url);

impl Base {
    /// From `document.baseURI`, which the page's `<base>` decides.
    pub fn new(base_uri: &str) -> Option<Self> {
        let mut url = Url::parse(base_uri).ok()?.join(".").ok()?;
        url.set_query(None);
        url.set_fragment(None);
        Some(Self(url))
    }

    pub const fn url(&self) -> &Url {
        &self.0
    }

    fn path(&self) -> &str {
        self.0.path()
    }

    /// The address that the provider sends the browser back to. It is compared character by character there.
    pub fn redirect_uri(&self) -> Url {
        let mut url = self.0.clone();
        url.set_path(&format!("{}callback/", self.path()));
        url
    }

    /// Whether this host hands a page over safely: https, or this device itself.
    pub fn is_trustworthy(&self) -> bool {
        crate::oidc::discovery::is_safe_address(&self.0)
    }
}

impl Route {
    /// The folders that pages lie in, below the start page.
    pub const FOLDERS: &[&str] = &[
        "callback",
        "account",
        "organizations",
        "flow",
        "tokens",
        "requests",
        "clients",
        "check",
        "check/host",
        "account/permissions",
    ];

    /// Reads `location.pathname` and `location.search`.
    pub fn parse(base: &Base, path: &str, search: &str) -> Self {
        let Some(rest) = path.strip_prefix(base.path()) else {
            return Self::NotFound;
        };
        let query = Query::parse(search);
        match rest.strip_suffix('/').unwrap_or(rest) {
            "" | "index.html" => Self::Connect {
                environment: query.text("environment"),
            },
            "callback" => Self::Callback,
            "account" => Self::Account,
            "account/permissions" => Self::Permissions,
            "flow" => Self::Flow,
            "check/host" => Self::Host,
            "tokens" => Self::Tokens,
            "requests" => Self::Requests,
            "clients" => Self::Clients {
                environment: query.text("environment"),
            },
            "check" => Self::Check {
                environment: query.text("environment"),
                run: query.text("run").as_deref() == Some("1"),
            },
            "organizations" => match query.text("id") {
                None => Self::Organizations { page: query.page() },
                Some(id) => Self::Organization {
                    id,
                    tab: query
                        .text("tab")
                        .and_then(|name| Tab::from_name(&name))
                        .unwrap_or_default(),
                    page: query.page(),
                },
            },
            _ => Self::NotFound,
        }
    }

    /// The path and query of this page under `base`.
    pub fn href(&self, base: &Base) -> String {
        let page_after_first = |page: &u32| (*page > 1).then(|| ("page", page.to_string()));
        let (folder, query): (&str, Vec<(&str, String)>) = match self {
            Self::Connect { environment } => (
                "",
                environment.iter().map(|id| ("environment", id.clone())).collect(),
            ),
            Self::NotFound => ("", Vec::new()),
            Self::Callback => ("callback/", Vec::new()),
            Self::Account => ("account/", Vec::new()),
            Self::Permissions => ("account/permissions/", Vec::new()),
            Self::Flow => ("flow/", Vec::new()),
            Self::Host => ("check/host/", Vec::new()),
            Self::Tokens => ("tokens/", Vec::new()),
            Self::Requests => ("requests/", Vec::new()),
            Self::Clients { environment } => (
                "clients/",
                environment.iter().map(|id| ("environment", id.clone())).collect(),
            ),
            Self::Check { environment, run } => {
                let environment = environment.iter().map(|id| ("environment", id.clone()));
                let run = run.then(|| ("run", "1".to_owned()));
                ("check/", environment.chain(run).collect())
            }
            Self::Organizations { page } => ("organizations/", page_after_first(page).into_iter().collect()),
            Self::Organization { id, tab, page } => {
                let tab = (*tab != Tab::default()).then(|| ("tab", tab.name().to_owned()));
                let first = ("id", id.clone());
                (
                    "organizations/",
                    [Some(first), tab, page_after_first(page)]
                        .into_iter()
                        .flatten()
                        .collect(),
                )
            }
        };
        let path = format!("{}{folder}", base.path());
        if query.is_empty() {
            return path;
        }
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(query)
            .finish();
        format!("{path}?{query}")
    }

    /// What stands in the title of the window.
    pub const fn title(&self) -> &'static str {
        match self {
            Self::Connect { .. } => "Connect",
            Self::Callback => "Signing in",
            Self::Account => "Account",
            Self::Permissions => "Permissions",
            Self::Flow => "Flow",
            Self::Host => "This host",
            Self::Tokens => "Tokens",
            Self::Requests => "Requests",
            Self::Clients { .. } => "Clients",
            Self::Check { .. } => "Login check",
            Self::Organizations { .. } | Self::Organization { .. } => "Organizations",
            Self::NotFound => "Not found",
        }
    }

    /// The title of the page that stands for this one in the main navigation.
    pub const fn belongs_to(&self) -> &'static str {
        match self {
            Self::Host => "Login check",
            Self::Permissions => "Account",
            _ => self.title(),
        }
    }

    /// Where a sign-in started here comes back to. The callback is no place to come back to.
    pub fn to_return_to(&self) -> Self {
        match self {
            Self::Organizations { .. } | Self::Organization { .. } | Self::Requests | Self::Permissions => {
                self.clone()
            }
            _ => Self::Account,
        }
    }
}

struct Query(Vec<(String, String)>);

impl Query {
    fn parse(search: &str) -> Self {
        let query = search.strip_prefix('?').unwrap_or(search);
        Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    fn text(&self, name: &str) -> Option<String> {
        self.0
            .iter()
            .find(|(n, value)| n == name && !value.is_empty())
            .map(|(_, value)| value.chars().take(200).collect())
    }

    fn page(&self) -> u32 {
        self.text("page")
            .and_then(|page| page.parse().ok())
            .filter(|page| (1..=1_000_000).contains(page))
            .unwrap_or(1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn base(path: &str) -> Base {
        Base::new(&format!("https://tool.example{path}")).unwrap()
    }

    fn check(environment: Option<&str>, run: bool) -> Route {
        Route::Check {
            environment: environment.map(str::to_owned),
            run,
        }
    }

    fn organization(id: &str, tab: Tab, page: u32) -> Route {
        Route::Organization {
            id: id.to_owned(),
            tab,
            page,
        }
    }

    #[test]
    fn both_spellings_of_a_path_are_the_same_page_under_any_base() {
        for (path, search, expected) in [
            ("", "", Route::Connect { environment: None }),
            ("index.html", "", Route::Connect { environment: None }),
            (
                "",
                "?environment=local",
                Route::Connect {
                    environment: Some("local".to_owned()),
                },
            ),
            ("callback", "?code=x", Route::Callback),
            ("callback/", "?code=x", Route::Callback),
            ("account", "", Route::Account),
            ("account/", "", Route::Account),
            ("flow", "", Route::Flow),
            ("flow/", "", Route::Flow),
            ("account/permissions", "", Route::Permissions),
            ("account/permissions/", "", Route::Permissions),
            ("check/host", "", Route::Host),
            ("check/host/", "", Route::Host),
            ("tokens", "", Route::Tokens),
            ("tokens/", "?token=x", Route::Tokens),
            ("requests", "", Route::Requests),
            ("requests/", "", Route::Requests),
            ("check", "", check(None, false)),
            ("check/", "?run=1&environment=local", check(Some("local"), true)),
            ("check/", "?run=yes", check(None, false)),
            ("clients", "", Route::Clients { environment: None }),
            (
                "clients/",
                "?environment=local",
                Route::Clients {
                    environment: Some("local".to_owned()),
                },
            ),
            ("organizations/", "?page=3", Route::Organizations { page: 3 }),
            ("organizations", "?page=-3", Route::Organizations { page: 1 }),
            (
                "organizations/",
                "?id=a%2Fb&tab=orders&page=2",
                organization("a/b", Tab::Orders, 2),
            ),
            (
                "organizations/",
                "?id=a&tab=nonsense",
                organization("a", Tab::Overview, 1),
            ),
            ("callback/x", "", Route::NotFound),
            ("Callback", "", Route::NotFound),
            ("%C0%AE", "?x=%", Route::NotFound),
        ] {
            for folder in ["/", "/tools/polar/"] {
                assert_eq!(
                    Route::parse(&base(folder), &format!("{folder}{path}"), search),
                    expected,
                    "{folder}{path}{search}"
                );
            }
        }
    }

    #[test]
    fn every_folder_is_a_page() {
        for folder in Route::FOLDERS {
            let page = Route::parse(&base("/app/"), &format!("/app/{folder}/"), "");
            assert_eq!(page.href(&base("/app/")), format!("/app/{folder}/"));
        }
    }

    #[test]
    fn g09_a_base_is_a_folder_and_not_a_prefix() {
        assert_eq!(Route::parse(&base("/app/"), "/application", ""), Route::NotFound);
        assert_eq!(Route::parse(&base("/app/"), "/account/", ""), Route::NotFound);
    }

    #[test]
    fn g08_the_redirect_uri_carries_the_base_and_ends_in_a_slash() {
        for (folder, expected) in [
            ("/", "https://tool.example/callback/"),
            ("/tools/polar/", "https://tool.example/tools/polar/callback/"),
            ("/tools/polar/?x#y", "https://tool.example/tools/polar/callback/"),
            (
                "/tools/polar/index.html",
                "https://tool.example/tools/polar/callback/",
            ),
        ] {
            assert_eq!(base(folder).redirect_uri().as_str(), expected, "{folder}");
        }
    }

    #[test]
    fn a_sign_in_never_returns_to_the_callback() {
        assert_eq!(Route::Callback.to_return_to(), Route::Account);
        assert_eq!(Route::NotFound.to_return_to(), Route::Account);
        assert_eq!(Route::Requests.to_return_to(), Route::Requests);
        assert_eq!(Route::Permissions.to_return_to(), Route::Permissions);
        assert_eq!(Route::Permissions.belongs_to(), Route::Account.title());
        let deep = organization("a", Tab::Orders, 2);
        assert_eq!(deep.to_return_to(), deep);
    }

    proptest! {
        #[test]
        fn reads_back_every_link_that_it_builds(id in "[ -~é]{1,40}", page in 1_u32..900, tab in 0..Tab::ALL.len()) {
            let base = base("/a b/");
            for route in [
                Route::Connect { environment: Some(id.clone()) },
                Route::Clients { environment: Some(id.clone()) },
                Route::Organizations { page },
                check(Some(&id), page > 400),
                organization(&id, Tab::ALL[tab], page),
                Route::Flow,
                Route::Tokens,
                Route::Requests,
            ] {
                let href = route.href(&base);
                let (path, search) = href.split_once('?').unwrap_or((&href, ""));
                prop_assert_eq!(Route::parse(&base, path, search), route);
            }
        }

        #[test]
        fn a_link_never_leaves_the_base(id in ".{0,40}") {
            let base = base("/app/");
            let href = organization(&id, Tab::Overview, 1).href(&base);
            let resolved = base.url().join(&href).unwrap();
            prop_assert_eq!(resolved.origin(), base.url().origin());
            prop_assert!(resolved.path().starts_with("/app/"));
        }

        #[test]
        fn never_panics(path in ".{0,60}", search in ".{0,60}") {
            let _ = Route::parse(&base("/app/"), &path, &search);
        }
    }
}

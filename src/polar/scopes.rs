//! Scopes: what each lets a token do, and how what was asked for compares with what was granted.

/// One line on a scope, for the person who ticks it.
pub fn describe(scope: &str) -> String {
    match scope {
        "openid" => "asks for an ID token, so that the page can check who signed in".to_owned(),
        "email" => "email address and whether it was verified".to_owned(),
        "profile" => "profile claims; Polar sends none for a user".to_owned(),
        "customer_portal:read" | "customer_portal:write" => {
            "of no use here: the customer portal takes customer sessions only".to_owned()
        }
        other => {
            let (verb, subject) = match other.split_once(':') {
                Some((subject, "read")) => ("read ", subject),
                Some((subject, "write")) => ("read and change ", subject),
                _ => return "not described by Polar".to_owned(),
            };
            verb.to_owned() + &subject.replace('_', " ")
        }
    }
}

/// Whether a search, in small letters, finds this scope: by its name or by what it does.
pub fn matches(scope: &str, wanted: &str) -> bool {
    // A search is one line.
    let mut known = describe(scope) + "\n" + scope;
    known.make_ascii_lowercase();
    known.contains(wanted.trim())
}

/// Whether a scope lets its token change something.
pub fn writes(scope: &str) -> bool {
    scope.ends_with(":write")
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    pub granted: Vec<String>,
    /// Asked for and not granted: dropped in silence, or unticked at consent.
    pub missing: Vec<String>,
    /// Granted though nobody asked.
    pub unasked: Vec<String>,
}

/// RFC 6749 §5.1: a token response without `scope` grants what was asked for.
pub fn compare(asked: &[String], granted: Option<&[String]>) -> Comparison {
    let granted = granted.unwrap_or(asked);
    let without = |list: &[String], other: &[String]| -> Vec<String> {
        list.iter()
            .filter(|scope| !other.contains(scope))
            .cloned()
            .collect()
    };
    Comparison {
        granted: granted.to_vec(),
        missing: without(asked, granted),
        unasked: without(granted, asked),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(list: &[&str]) -> Vec<String> {
        list.iter().map(|scope| (*scope).to_owned()).collect()
    }

    #[test]
    fn b08_b09_b10_compares_what_was_asked_with_what_was_granted() {
        let asked = own(&["openid", "email"]);
        let same = compare(&asked, None);
        assert_eq!((same.missing.len(), same.unasked.len()), (0, 0));
        let other = compare(&asked, Some(&own(&["openid", "orders:read"])));
        assert_eq!(other.missing, ["email"]);
        assert_eq!(other.unasked, ["orders:read"]);
    }

    #[test]
    fn a_search_finds_names_and_descriptions_whatever_their_capitals() {
        let check = |scope: &str, wanted: &str, expected: bool| {
            assert_eq!(matches(scope, wanted), expected, "{wanted} in {scope}");
        };
        check("openid", "id token", true);
        check("email", "email address", true);
        check("checkout_links:write", "checkout_", true);
        check("checkout_links:write", "  change checkout ", true);
        check("orders:read", "", true);
        check("orders:read", "ordersorders", false);
        check("orders:read", "customers", false);
    }

    #[test]
    fn describes_every_scope_in_a_line() {
        assert_eq!(describe("checkout_links:write"), "read and change checkout links");
        assert_eq!(describe("orders:read"), "read orders");
        assert!(!describe("brand_new").is_empty());
    }
}

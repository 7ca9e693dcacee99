//! The two things about a page that depend on where it is hosted: its `<base>`, and the policy where no header can carry it.

/// As the build spells it.
const BASE: &str = "<base href=\"";

/// The page with the address its relative ones start from replaced. Without a `<base>` it is returned as it is.
pub(crate) fn with_base(page: &str, base: &str) -> String {
    let Some((before, after)) = page.split_once(BASE) else {
        return page.to_owned();
    };
    let end = after.find('"').unwrap_or(after.len());
    format!("{before}{BASE}{base}{}", &after[end..])
}

/// The page with its policy in itself: before the `<base>`, and so before every address, for it holds only from there on.
pub(crate) fn with_policy(page: &str, policy: &str) -> String {
    let tags = format!(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\"><meta name=\"referrer\" content=\"no-referrer\">{BASE}"
    );
    page.replacen(BASE, &tags, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<meta charset=utf-8><base href="../"><script src=./boot.js></script>"#;

    #[test]
    fn only_the_base_changes() {
        let moved = with_base(PAGE, "/tools/polar/");
        assert_eq!(moved, PAGE.replace("../", "/tools/polar/"));
        assert_eq!(with_base("<p>", "/"), "<p>");
    }

    #[test]
    fn the_policy_comes_before_the_first_address() {
        let page = with_policy(PAGE, "default-src 'none'");
        let expected = "<meta charset=utf-8><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'\">";
        assert!(page.starts_with(expected), "{page}");
        assert!(
            page.ends_with(r#"<base href="../"><script src=./boot.js></script>"#),
            "{page}"
        );
    }
}

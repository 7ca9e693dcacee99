//! One list for what reads addresses in the browser and what does so elsewhere: each is held against it where it is used.

use url::{Host, Url};

/// What an address is made of, as one line.
fn described(url: &Url) -> String {
    let kind = match url.host() {
        None => "none",
        Some(Host::Domain(_)) => "name",
        Some(Host::Ipv4(_)) => "IPv4",
        Some(Host::Ipv6(_)) => "IPv6",
    };
    format!(
        "{url} scheme={} user={} password={:?} host={:?} {kind} port={:?} path={} query={:?} fragment={:?} origin={}",
        url.scheme(),
        url.username(),
        url.password(),
        url.host_str(),
        url.port(),
        url.path(),
        url.query(),
        url.fragment(),
        url.origin().ascii_serialization(),
    )
}

/// Each text and what is made of it; `None` where it is no address.
const READ: &[(&str, Option<&str>)] = &[
    (
        "https://polar.sh",
        Some(
            r#"https://polar.sh/ scheme=https user= password=None host=Some("polar.sh") name port=None path=/ query=None fragment=None origin=https://polar.sh"#,
        ),
    ),
    (
        "https://polar.sh/",
        Some(
            r#"https://polar.sh/ scheme=https user= password=None host=Some("polar.sh") name port=None path=/ query=None fragment=None origin=https://polar.sh"#,
        ),
    ),
    (
        "HTTPS://API.Polar.SH:443/v1/../v2/./x?a=1&b=%20#f",
        Some(
            r#"https://api.polar.sh/v2/x?a=1&b=%20#f scheme=https user= password=None host=Some("api.polar.sh") name port=None path=/v2/x query=Some("a=1&b=%20") fragment=Some("f") origin=https://api.polar.sh"#,
        ),
    ),
    (
        "http://localhost:8080/callback/",
        Some(
            r#"http://localhost:8080/callback/ scheme=http user= password=None host=Some("localhost") name port=Some(8080) path=/callback/ query=None fragment=None origin=http://localhost:8080"#,
        ),
    ),
    (
        "http://127.0.0.1:80/",
        Some(
            r#"http://127.0.0.1/ scheme=http user= password=None host=Some("127.0.0.1") IPv4 port=None path=/ query=None fragment=None origin=http://127.0.0.1"#,
        ),
    ),
    (
        "http://2130706433/",
        Some(
            r#"http://127.0.0.1/ scheme=http user= password=None host=Some("127.0.0.1") IPv4 port=None path=/ query=None fragment=None origin=http://127.0.0.1"#,
        ),
    ),
    (
        "http://0x7f.1/",
        Some(
            r#"http://127.0.0.1/ scheme=http user= password=None host=Some("127.0.0.1") IPv4 port=None path=/ query=None fragment=None origin=http://127.0.0.1"#,
        ),
    ),
    (
        "http://[::1]:8080/x",
        Some(
            r#"http://[::1]:8080/x scheme=http user= password=None host=Some("[::1]") IPv6 port=Some(8080) path=/x query=None fragment=None origin=http://[::1]:8080"#,
        ),
    ),
    (
        "http://[::FFFF:127.0.0.1]/",
        Some(
            r#"http://[::ffff:7f00:1]/ scheme=http user= password=None host=Some("[::ffff:7f00:1]") IPv6 port=None path=/ query=None fragment=None origin=http://[::ffff:7f00:1]"#,
        ),
    ),
    (
        "https://user:pa%3Ass@host.test/",
        Some(
            r#"https://user:pa%3Ass@host.test/ scheme=https user=user password=Some("pa%3Ass") host=Some("host.test") name port=None path=/ query=None fragment=None origin=https://host.test"#,
        ),
    ),
    (
        "https://user@host.test:8443",
        Some(
            r#"https://user@host.test:8443/ scheme=https user=user password=None host=Some("host.test") name port=Some(8443) path=/ query=None fragment=None origin=https://host.test:8443"#,
        ),
    ),
    (
        "https://host.test?x",
        Some(
            r#"https://host.test/?x scheme=https user= password=None host=Some("host.test") name port=None path=/ query=Some("x") fragment=None origin=https://host.test"#,
        ),
    ),
    (
        "https://host.test#",
        Some(
            r#"https://host.test/# scheme=https user= password=None host=Some("host.test") name port=None path=/ query=None fragment=Some("") origin=https://host.test"#,
        ),
    ),
    (
        "https://host.test?#",
        Some(
            r#"https://host.test/?# scheme=https user= password=None host=Some("host.test") name port=None path=/ query=Some("") fragment=Some("") origin=https://host.test"#,
        ),
    ),
    (
        "https://a.test/%2e%2e/b",
        Some(
            r#"https://a.test/b scheme=https user= password=None host=Some("a.test") name port=None path=/b query=None fragment=None origin=https://a.test"#,
        ),
    ),
    (
        "https://a.test/a\\b",
        Some(
            r#"https://a.test/a/b scheme=https user= password=None host=Some("a.test") name port=None path=/a/b query=None fragment=None origin=https://a.test"#,
        ),
    ),
    (
        "https://a.test/ä?ö#ü",
        Some(
            r#"https://a.test/%C3%A4?%C3%B6#%C3%BC scheme=https user= password=None host=Some("a.test") name port=None path=/%C3%A4 query=Some("%C3%B6") fragment=Some("%C3%BC") origin=https://a.test"#,
        ),
    ),
    (
        "  https://a.test/  ",
        Some(
            r#"https://a.test/ scheme=https user= password=None host=Some("a.test") name port=None path=/ query=None fragment=None origin=https://a.test"#,
        ),
    ),
    (
        "ht\ntps://a.test/\tx",
        Some(
            r#"https://a.test/x scheme=https user= password=None host=Some("a.test") name port=None path=/x query=None fragment=None origin=https://a.test"#,
        ),
    ),
    (
        "com.example.app:/callback",
        Some(
            "com.example.app:/callback scheme=com.example.app user= password=None host=None none port=None path=/callback query=None fragment=None origin=null",
        ),
    ),
    (
        "com.example.app://callback/x",
        Some(
            r#"com.example.app://callback/x scheme=com.example.app user= password=None host=Some("callback") name port=None path=/x query=None fragment=None origin=null"#,
        ),
    ),
    (
        "mailto:dev@example.com",
        Some(
            "mailto:dev@example.com scheme=mailto user= password=None host=None none port=None path=dev@example.com query=None fragment=None origin=null",
        ),
    ),
    (
        "data:text/html,<b>x</b>",
        Some(
            "data:text/html,<b>x</b> scheme=data user= password=None host=None none port=None path=text/html,<b>x</b> query=None fragment=None origin=null",
        ),
    ),
    (
        "javascript:alert(1)",
        Some(
            "javascript:alert(1) scheme=javascript user= password=None host=None none port=None path=alert(1) query=None fragment=None origin=null",
        ),
    ),
    (
        "file:///etc/passwd",
        Some(
            "file:///etc/passwd scheme=file user= password=None host=None none port=None path=/etc/passwd query=None fragment=None origin=null",
        ),
    ),
    (
        "about:blank",
        Some(
            "about:blank scheme=about user= password=None host=None none port=None path=blank query=None fragment=None origin=null",
        ),
    ),
    (
        "blob:https://a.test/1",
        Some(
            "blob:https://a.test/1 scheme=blob user= password=None host=None none port=None path=https://a.test/1 query=None fragment=None origin=https://a.test",
        ),
    ),
    (
        "https:a.test/x",
        Some(
            r#"https://a.test/x scheme=https user= password=None host=Some("a.test") name port=None path=/x query=None fragment=None origin=https://a.test"#,
        ),
    ),
    (
        "https:///a.test/x",
        Some(
            r#"https://a.test/x scheme=https user= password=None host=Some("a.test") name port=None path=/x query=None fragment=None origin=https://a.test"#,
        ),
    ),
    ("https://a.test:99999/", None),
    ("https://a.test:x/", None),
    ("https://", None),
    ("https://%zz/", None),
    ("//a.test/x", None),
    ("/x", None),
    ("", None),
    ("a b", None),
    ("http://a b/", None),
    (
        "http://a.test:0/",
        Some(
            r#"http://a.test:0/ scheme=http user= password=None host=Some("a.test") name port=Some(0) path=/ query=None fragment=None origin=http://a.test:0"#,
        ),
    ),
    (
        "http://1.2.3/",
        Some(
            r#"http://1.2.0.3/ scheme=http user= password=None host=Some("1.2.0.3") IPv4 port=None path=/ query=None fragment=None origin=http://1.2.0.3"#,
        ),
    ),
    ("http://256.1.1.1/", None),
    (
        "https://a.test/?q=%zz&a'b\"<>",
        Some(
            r#"https://a.test/?q=%zz&a%27b%22%3C%3E scheme=https user= password=None host=Some("a.test") name port=None path=/ query=Some("q=%zz&a%27b%22%3C%3E") fragment=None origin=https://a.test"#,
        ),
    ),
    (
        "https://a..test/",
        Some(
            r#"https://a..test/ scheme=https user= password=None host=Some("a..test") name port=None path=/ query=None fragment=None origin=https://a..test"#,
        ),
    ),
    (
        "https://a.test./",
        Some(
            r#"https://a.test./ scheme=https user= password=None host=Some("a.test.") name port=None path=/ query=None fragment=None origin=https://a.test."#,
        ),
    ),
    (
        "http://*.localhost/",
        Some(
            r#"http://*.localhost/ scheme=http user= password=None host=Some("*.localhost") name port=None path=/ query=None fragment=None origin=http://*.localhost"#,
        ),
    ),
    (
        "http://*@*.localhost/",
        Some(
            r#"http://*@*.localhost/ scheme=http user=* password=None host=Some("*.localhost") name port=None path=/ query=None fragment=None origin=http://*.localhost"#,
        ),
    ),
    (
        "https://xn--e1afmkfd.test/",
        Some(
            r#"https://xn--e1afmkfd.test/ scheme=https user= password=None host=Some("xn--e1afmkfd.test") name port=None path=/ query=None fragment=None origin=https://xn--e1afmkfd.test"#,
        ),
    ),
    // Letters beyond ASCII: translated, they may be another host.
    ("https://пример.test/", None),
    ("https://%C3%A4.test/", None),
    ("https://\u{ff41}.test/", None),
    ("https://fa\u{df}.test/", None),
    (
        "https://a.test/пример",
        Some(
            r#"https://a.test/%D0%BF%D1%80%D0%B8%D0%BC%D0%B5%D1%80 scheme=https user= password=None host=Some("a.test") name port=None path=/%D0%BF%D1%80%D0%B8%D0%BC%D0%B5%D1%80 query=None fragment=None origin=https://a.test"#,
        ),
    ),
    ("http://a<b/", None),
    ("http://a%5Eb/", None),
    (
        "wss://a.test/x",
        Some(
            r#"wss://a.test/x scheme=wss user= password=None host=Some("a.test") name port=None path=/x query=None fragment=None origin=wss://a.test"#,
        ),
    ),
];

/// Base, text, and where it leads.
const JOINED: &[(&str, &str, Option<&str>)] = &[
    ("https://a.test/x/y?z#w", "", Some("https://a.test/x/y?z")),
    ("https://a.test/x/y?z#w", "?q", Some("https://a.test/x/y?q")),
    ("https://a.test/x/y?z#w", "#f", Some("https://a.test/x/y?z#f")),
    ("https://a.test/x/y?z#w", "/abs", Some("https://a.test/abs")),
    ("https://a.test/x/y?z#w", "rel", Some("https://a.test/x/rel")),
    ("https://a.test/x/y?z#w", "../up", Some("https://a.test/up")),
    ("https://a.test/x/y?z#w", "../../../up", Some("https://a.test/up")),
    ("https://a.test/x/y?z#w", "//b.test/x", Some("https://b.test/x")),
    (
        "https://a.test/x/y?z#w",
        "https://c.test",
        Some("https://c.test/"),
    ),
    ("https://a.test/x/y?z#w", "./", Some("https://a.test/x/")),
    ("https://a.test/x/y?z#w", "javascript:1", Some("javascript:1")),
    ("https://a.test/x/y?z#w", "\\\\b.test", Some("https://b.test/")),
    ("https://a.test/x/y?z#w", "%2e%2e/x", Some("https://a.test/x")),
    (
        "https://a.test/x/y?z#w",
        "callback/",
        Some("https://a.test/x/callback/"),
    ),
    ("data:x", "y", None),
    ("com.app:/a/b", "c", Some("com.app:/a/c")),
    ("https://a.test/x", "\u{e4}", Some("https://a.test/%C3%A4")),
    ("https://a.test/x", "//\u{e4}.test/", None),
    ("https://a.test/x", "//\u{ff42}.test/", None),
];

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn an_address_is_read_as_the_standard_says() {
    for (text, expected) in READ {
        let read = Url::parse(text).ok().map(|url| described(&url));
        assert_eq!(read.as_deref(), *expected, "{text:?}");
    }
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn an_address_is_joined_as_the_standard_says() {
    for (base, text, expected) in JOINED {
        let joined = Url::parse(base).unwrap().join(text).ok();
        assert_eq!(joined.as_ref().map(Url::as_str), *expected, "{text:?} on {base}");
    }
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn an_origin_that_is_opaque_equals_no_other() {
    let origin = |text: &str| Url::parse(text).unwrap().origin();
    assert_eq!(origin("https://a.test:443/x"), origin("https://a.test/y"));
    assert_ne!(origin("https://a.test"), origin("http://a.test"));
    assert_ne!(origin("https://a.test"), origin("https://a.test:8443"));
    assert_ne!(origin("data:x"), origin("data:x"));
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn parts_of_an_address_are_replaced_and_encoded() {
    let start = Url::parse("https://a.test/x?y=1#z").unwrap();
    let changed = |change: fn(&mut Url)| {
        let mut url = start.clone();
        change(&mut url);
        String::from(url)
    };
    for (change, expected) in [
        ((|url| url.set_query(None)) as fn(&mut Url), "https://a.test/x#z"),
        (|url| url.set_query(Some("")), "https://a.test/x?#z"),
        (|url| url.set_query(Some("?a b")), "https://a.test/x??a%20b#z"),
        (|url| url.set_fragment(None), "https://a.test/x?y=1"),
        (|url| url.set_fragment(Some("")), "https://a.test/x?y=1#"),
        (
            |url| url.set_fragment(Some("#a b")),
            "https://a.test/x?y=1##a%20b",
        ),
        (
            |url| url.set_path("/a b/../c?d#e"),
            "https://a.test/c%3Fd%23e?y=1#z",
        ),
        (|url| url.set_path(""), "https://a.test/?y=1#z"),
        (
            |url| {
                url.query_pairs_mut().append_pair("a b", "ä&=#");
            },
            "https://a.test/x?y=1&a+b=%C3%A4%26%3D%23#z",
        ),
    ] {
        assert_eq!(changed(change), expected);
    }
    let mut bare = Url::parse("https://a.test/x").unwrap();
    bare.query_pairs_mut().append_pair("a", "1").append_pair("b", "");
    assert_eq!(bare.as_str(), "https://a.test/x?a=1&b=");
    let pairs: Vec<_> = bare.query_pairs().into_owned().collect();
    assert_eq!(
        pairs,
        [("a".to_owned(), "1".to_owned()), ("b".to_owned(), String::new())]
    );
}

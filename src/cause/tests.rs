//! Every cause, and every combination of what was seen that makes a difference.

use super::words::Cause;
use super::*;
use Came::{Hidden, Nothing, Redirect, Silence};
use Certainty::{Likely, Proven};
use Probe::{Host as Root, Own, Preflighted, Simple};

const OK: Came = Came::Readable { status: 200 };
const REFUSED: Came = Came::Readable { status: 401 };
const ADDRESS: &str = "https://api.example/v1/x";
const PAGE: &str = "https://tool.example/";

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn unreachable() -> TransportError {
    TransportError::Unreachable {
        host: "polar.example".to_owned(),
    }
}

fn offline() -> TransportError {
    TransportError::Offline {
        host: "polar.example".to_owned(),
    }
}

fn timed_out() -> TransportError {
    TransportError::TimedOut {
        host: "polar.example".to_owned(),
        seconds: 15,
    }
}

fn of(request: &Request, error: &TransportError, millis: i64) -> Failed {
    Failed::of(request.clone(), error, millis, None).unwrap()
}

fn failed(request: &Request) -> Failed {
    of(request, &unreachable(), 12)
}

fn get(address: &str) -> Request {
    Request::get(url(address), 10)
}

fn form() -> Request {
    Request::form(url(ADDRESS), [("code", "SECRET")])
}

fn authorized() -> Request {
    get(ADDRESS).with_bearer("SECRET")
}

fn json() -> Request {
    Request::json(Method::Post, url(ADDRESS), &serde_json::json!({}))
}

/// A GET that needs a permission, and no token.
fn marked() -> Request {
    let mut request = get(ADDRESS);
    request.headers.push(("x-y", "SECRET".to_owned()));
    request
}

/// How the page stands when it is looked for a cause.
#[derive(Clone, Copy)]
struct Given {
    online: bool,
    page: &'static str,
}

fn seen() -> Given {
    Given {
        online: true,
        page: PAGE,
    }
}

impl Given {
    fn first(self, failed: &Failed) -> Seen {
        Seen::first(failed, self.page, self.online).unwrap()
    }
}

fn violation() -> Violation {
    Violation {
        policy: "connect-src 'self'".to_owned(),
        directive: "connect-src".to_owned(),
        blocked: ADDRESS.to_owned(),
    }
}

/// The same, of a policy that allows the address.
fn violation_behind() -> Violation {
    Violation {
        policy: "connect-src 'self' https://api.example".to_owned(),
        ..violation()
    }
}

fn stopped_behind() -> Answer {
    Answer {
        violation: Some(violation_behind()),
        ..answer(Nothing)
    }
}

fn answer(came: Came) -> Answer {
    Answer {
        came,
        millis: 3,
        times: 1,
        violation: None,
    }
}

/// Sends what `next` asks for until it asks for nothing, and takes what comes from this list.
fn run(failed: &Failed, given: Given, world: &[(Probe, Came)]) -> (Vec<Probe>, Seen) {
    let mut seen = given.first(failed);
    let mut sent = Vec::new();
    while let Some(probe) = next(failed, &seen) {
        assert!(!sent.contains(&probe), "{probe:?} is asked for twice");
        sent.push(probe);
        let came = world.iter().find(|(known, _)| *known == probe);
        let (_, came) = came.unwrap_or_else(|| panic!("{probe:?} was not expected: {world:?}"));
        seen.answers.push((probe, answer(*came)));
    }
    (sent, seen)
}

/// What is found when each of these probes is sent, in this order, and no other.
fn check(failed: &Failed, seen: Given, world: &[(Probe, Came)], cause: Cause, certainty: Certainty) {
    let (sent, seen) = run(failed, seen, world);
    let expected: Vec<Probe> = world.iter().map(|(probe, _)| *probe).collect();
    assert_eq!(sent, expected);
    let finding = find(failed, &seen);
    assert_eq!(
        (finding.cause, finding.certainty),
        (cause, certainty),
        "{failed:?} {world:?}"
    );
    // A cause says of itself when it is proven and when it is only likely.
    let words = finding.words();
    let (named, begin) = match certainty {
        Proven => (words.proven, "Proven, since"),
        Likely => (words.likely, "Not proven, since"),
    };
    assert!(!named.is_empty(), "{cause:?} is never {certainty:?}");
    assert_eq!(finding.reason(), format!("{begin} {named}."));
    assert!(finding.evidence.len() > world.len());
}

#[test]
fn i02_cors_headers_are_missing_where_only_the_hidden_request_is_answered() {
    let world = [(Simple, Nothing), (Probe::Hidden, Hidden)];
    // Never proven: a redirect without them looks alike.
    for request in [
        get(ADDRESS),
        get("https://api.example/v1/x?page=2"),
        form(),
        authorized(),
        json(),
    ] {
        let failed = failed(&request);
        check(&failed, seen(), &world, Cause::CorsMissing, Likely);
        let finding = find(&failed, &run(&failed, seen(), &world).1);
        assert!(finding.reason().contains("a redirect without them"));
    }
}

#[test]
fn i03_the_preflight_is_refused_where_the_simple_request_is_answered_and_the_other_is_not() {
    for simple in [OK, REFUSED] {
        let world = [(Simple, simple), (Preflighted, Nothing)];
        // Never proven: an answer without CORS headers after a preflight that passes looks alike.
        check(
            &failed(&marked()),
            seen(),
            &world,
            Cause::PreflightRefused,
            Likely,
        );
        check(&failed(&json()), seen(), &world, Cause::PreflightRefused, Likely);
        let queried = Request {
            url: url("https://api.example/v1/x?page=2"),
            ..marked()
        };
        check(&failed(&queried), seen(), &world, Cause::PreflightRefused, Likely);
        check(
            &failed(&authorized()),
            seen(),
            &world,
            Cause::PreflightRefused,
            Likely,
        );
        let patch = Request::json(Method::Patch, url(ADDRESS), &serde_json::json!({}));
        check(&failed(&patch), seen(), &world, Cause::PreflightRefused, Likely);
        let both = json().with_bearer("SECRET");
        check(&failed(&both), seen(), &world, Cause::PreflightRefused, Likely);
    }
}

#[test]
fn i07_a_redirect_is_what_was_refused() {
    let world = [(Simple, Redirect)];
    for (request, certainty) in [(get(ADDRESS), Proven), (form(), Likely), (authorized(), Likely)] {
        check(
            &failed(&request),
            seen(),
            &world,
            Cause::RedirectRefused,
            certainty,
        );
    }
    let world = [(Simple, OK), (Preflighted, Redirect)];
    check(
        &failed(&authorized()),
        seen(),
        &world,
        Cause::RedirectRefused,
        Likely,
    );
}

#[test]
fn i17_what_answers_now_has_passed_or_is_only_about_the_one_request() {
    let world = [(Simple, OK)];
    check(&failed(&get(ADDRESS)), seen(), &world, Cause::Passed, Likely);
    check(
        &failed(&get("https://api.example/v1/x?page=2")),
        seen(),
        &world,
        Cause::OneAnswer,
        Likely,
    );
    check(&failed(&form()), seen(), &world, Cause::OneAnswer, Likely);
    for preflighted in [OK, REFUSED] {
        let world = [(Simple, OK), (Preflighted, preflighted)];
        check(&failed(&authorized()), seen(), &world, Cause::OneAnswer, Likely);
    }
}

#[test]
fn i01_a_host_from_which_nothing_comes_is_likely_to_be_unreachable() {
    let none = [(Simple, Nothing), (Probe::Hidden, Nothing), (Root, Nothing)];
    let own = |came| [none.as_slice(), &[(Own, came)]].concat();
    for came in [OK, REFUSED, Redirect] {
        check(
            &failed(&get(ADDRESS)),
            seen(),
            &own(came),
            Cause::HostUnreachable,
            Likely,
        );
    }
    // Neither does this page's own host, on another device: then it is the line.
    for came in [Nothing, Silence] {
        check(&failed(&get(ADDRESS)), seen(), &own(came), Cause::Offline, Likely);
    }
    // A page from this device would answer without a network, so it is not asked.
    for page in [
        "http://localhost:8080/",
        "http://127.0.0.1/",
        "http://tool.localhost/",
        "http://[::1]/",
    ] {
        let seen = Given { page, ..seen() };
        check(
            &failed(&get(ADDRESS)),
            seen,
            &none,
            Cause::HostUnreachable,
            Likely,
        );
    }
    // And to reach this device none is needed.
    let local = failed(&get("http://localhost:9/x"));
    let world = own(Nothing);
    check(&local, seen(), &world, Cause::HostUnreachable, Likely);
}

#[test]
fn from_https_to_this_device_it_may_be_safari_that_sends_nothing() {
    let world = [
        (Simple, Nothing),
        (Probe::Hidden, Nothing),
        (Root, Nothing),
        (Probe::Own, OK),
    ];
    let inferred = |page, address| {
        let failed = failed(&get(address));
        find(&failed, &run(&failed, Given { page, ..seen() }, &world).1).inferred
    };
    assert!(inferred(PAGE, "http://localhost:8081/x").contains("Safari"));
    for (page, address) in [
        ("http://tool.example/", "http://localhost:8081/x"),
        (PAGE, "https://localhost:8081/x"),
        (PAGE, ADDRESS),
    ] {
        assert_eq!(inferred(page, address), "", "{page} {address}");
    }
}

#[test]
fn a_host_that_answers_at_its_root_is_not_the_one_that_is_missing() {
    let world = [(Simple, Nothing), (Probe::Hidden, Nothing), (Root, Hidden)];
    for request in [get(ADDRESS), form(), authorized()] {
        check(&failed(&request), seen(), &world, Cause::OneAddress, Likely);
    }
}

#[test]
fn i01_offline_is_proven_where_the_browser_says_so() {
    let away = Given {
        online: false,
        ..seen()
    };
    let request = get(ADDRESS);
    for error in [unreachable(), offline(), timed_out()] {
        let failed = of(&request, &error, 1);
        for came in [Nothing, Silence] {
            check(&failed, away, &[(Simple, came)], Cause::Offline, Proven);
        }
    }
    // Back again, and it answers: so that was it.
    let was = of(&request, &offline(), 1);
    check(&was, seen(), &[(Simple, OK)], Cause::Offline, Proven);
    assert!(
        find(&was, &run(&was, seen(), &[(Simple, OK)]).1)
            .inferred
            .contains("over")
    );
    // Back again, and it does not: then there is another cause today.
    let world = [(Simple, Nothing), (Probe::Hidden, Hidden)];
    check(&was, seen(), &world, Cause::CorsMissing, Likely);
    // It calls itself offline and the address answers all the same.
    check(&failed(&request), away, &[(Simple, OK)], Cause::Passed, Likely);
    // To reach this device no network is needed, so it is looked further.
    let local = of(&get("http://127.0.0.1:9/x"), &offline(), 1);
    let world = [
        (Simple, Nothing),
        (Probe::Hidden, Nothing),
        (Root, Nothing),
        (Own, Nothing),
    ];
    check(&local, away, &world, Cause::HostUnreachable, Likely);
}

#[test]
fn i05_silence_is_proven_where_the_request_itself_ran_into_its_limit() {
    let itself = of(&get(ADDRESS), &timed_out(), 15_000);
    let probe = failed(&get(ADDRESS));
    let inferred =
        |failed: &Failed, world: &[(Probe, Came)]| find(failed, &run(failed, seen(), world).1).inferred;
    for (root, word) in [
        (Hidden, "Only this address"),
        (Nothing, "whole host"),
        (Silence, "whole host"),
    ] {
        let world = [(Simple, Silence), (Root, root)];
        check(&itself, seen(), &world, Cause::TimedOut, Proven);
        check(&probe, seen(), &world, Cause::TimedOut, Likely);
        assert!(inferred(&itself, &world).contains(word), "{root:?}");
        assert!(inferred(&probe, &world).contains(word), "{root:?}");
    }
    let hidden = [
        (Simple, Nothing),
        (Probe::Hidden, Silence),
        (Root, Nothing),
        (Own, OK),
    ];
    check(&probe, seen(), &hidden, Cause::TimedOut, Likely);
    // What is quick now was slow then, or is slow for another request.
    check(&itself, seen(), &[(Simple, OK)], Cause::TimedOut, Proven);
    assert!(inferred(&itself, &[(Simple, OK)]).contains("answers in time"));
    let gone = [
        (Simple, Nothing),
        (Probe::Hidden, Nothing),
        (Root, Nothing),
        (Own, OK),
    ];
    check(&itself, seen(), &gone, Cause::TimedOut, Proven);
    assert!(inferred(&itself, &gone).contains("any more"));
    // A preflight that is not answered in time is not refused.
    let world = [(Simple, OK), (Preflighted, Silence)];
    check(&failed(&json()), seen(), &world, Cause::OneAnswer, Likely);
}

#[test]
fn i04_a_violation_of_the_own_policy_is_proof_and_names_the_line_to_change() {
    let expected = Some((
        "connect-src 'self'".to_owned(),
        "connect-src 'self' https://api.example".to_owned(),
    ));
    // Seen with the request itself: nothing is sent any more.
    for request in [get(ADDRESS), form(), authorized()] {
        let told = TransportError::BlockedByPolicy {
            origin: "https://api.example".to_owned(),
        };
        let failed = Failed::of(request, &told, 1, Some(violation())).unwrap();
        check(&failed, seen(), &[], Cause::OwnPolicy, Proven);
        assert_eq!(find(&failed, &seen().first(&failed)).change, expected);
    }
    // Seen with a probe: nothing further is sent.
    let failed = failed(&get(ADDRESS));
    let mut later = seen().first(&failed);
    let refused = Answer {
        violation: Some(violation()),
        ..answer(Nothing)
    };
    later.answers.push((Simple, refused));
    assert_eq!(next(&failed, &later), None);
    let finding = find(&failed, &later);
    assert_eq!((finding.cause, finding.certainty), (Cause::OwnPolicy, Proven));
    assert_eq!(finding.change, expected);
    assert!(
        finding
            .evidence
            .iter()
            .any(|it| it.what.contains("connect-src blocked https://api.example/v1/x"))
    );
    assert!(
        finding
            .evidence
            .iter()
            .any(|it| it.what.contains("refused by this page's own policy"))
    );
}

#[test]
fn i07_a_redirect_to_where_the_policy_allows_nothing_adds_no_line_that_is_there_already() {
    let failed = failed(&get(ADDRESS));
    for answers in [
        vec![(Simple, answer(Nothing)), (Probe::Hidden, stopped_behind())],
        vec![(Simple, stopped_behind())],
        vec![(Simple, answer(OK)), (Preflighted, stopped_behind())],
    ] {
        let mut later = seen().first(&failed);
        later.answers = answers;
        assert_eq!(next(&failed, &later), None);
        let finding = find(&failed, &later);
        assert_eq!(
            (finding.cause, finding.certainty),
            (Cause::RedirectRefused, Likely)
        );
        assert!(finding.inferred.contains("this page's policy does not allow"));
        assert_eq!(finding.change, None);
    }
    // Seen with the request itself: nothing is sent any more.
    let itself = Failed::of(get(ADDRESS), &unreachable(), 1, Some(violation_behind())).unwrap();
    check(&itself, seen(), &[], Cause::RedirectRefused, Likely);
}

#[test]
fn what_the_policy_stops_elsewhere_says_nothing_of_the_address() {
    let failed = failed(&get(ADDRESS));
    let silent = vec![(Simple, Silence)];
    let none = vec![(Simple, Nothing), (Probe::Hidden, Nothing)];
    let neither = vec![(Simple, Nothing), (Probe::Hidden, Nothing), (Root, Nothing)];
    for (world, stopped, cause) in [
        // The root of the host redirects elsewhere, so the host answers.
        (silent, Root, Cause::TimedOut),
        (none, Root, Cause::OneAddress),
        // A page that may not ask its own host is not offline for it.
        (neither, Own, Cause::HostUnreachable),
    ] {
        let mut later = seen().first(&failed);
        later.answers = world
            .iter()
            .map(|(probe, came)| (*probe, answer(*came)))
            .collect();
        assert_eq!(next(&failed, &later), Some(stopped));
        later.answers.push((stopped, stopped_behind()));
        assert_eq!(next(&failed, &later), None);
        let finding = find(&failed, &later);
        assert_eq!((finding.cause, finding.certainty), (cause, Likely), "{world:?}");
        assert_eq!(finding.change, None);
        if cause == Cause::TimedOut {
            assert!(finding.inferred.contains("its host answers"));
        }
    }
}

#[test]
fn mixed_content_is_plain_http_to_another_device_from_a_page_on_https() {
    let world = [(Simple, Nothing)];
    for (address, certainty) in [
        ("http://api.example/x", Proven),
        ("http://8.8.8.8/x", Proven),
        ("http://192.168.0.7/x", Likely),
        ("http://10.1.2.3/x", Likely),
        ("http://printer.local/x", Likely),
        ("http://[fd00::1]/x", Likely),
        ("http://[fe80::1]/x", Likely),
    ] {
        check(
            &failed(&get(address)),
            seen(),
            &world,
            Cause::MixedContent,
            certainty,
        );
    }
    // From a page on plain http, to this device, or over https it is not mixed; nor where it is answered.
    let further = [(Simple, Nothing), (Probe::Hidden, Hidden)];
    let plain = Given {
        page: "http://tool.example/",
        ..seen()
    };
    check(
        &failed(&get("http://api.example/x")),
        plain,
        &further,
        Cause::CorsMissing,
        Likely,
    );
    for near in [
        "http://localhost:8081/x",
        "http://127.0.0.1/x",
        "http://[::1]/x",
        "https://api.example/x",
    ] {
        check(&failed(&get(near)), seen(), &further, Cause::CorsMissing, Likely);
    }
    check(
        &failed(&get("http://api.example/x")),
        seen(),
        &[(Simple, OK)],
        Cause::Passed,
        Likely,
    );
}

#[test]
fn whatever_comes_the_search_ends_and_what_is_proven_rests_on_what_was_seen() {
    let all = [OK, Hidden, Redirect, Nothing, Silence];
    let requests = [
        get(ADDRESS),
        get("http://api.example/"),
        get("http://localhost:1/x"),
        form(),
        authorized(),
        json(),
        marked(),
    ];
    let mut found = std::collections::BTreeSet::new();
    let pages = [PAGE, "http://localhost:8080/"];
    for (number, request) in requests.iter().enumerate() {
        for error in [unreachable(), offline(), timed_out()] {
            let failed = of(request, &error, 1);
            for (online, page) in [(true, PAGE), (false, PAGE), (true, pages[1]), (false, pages[1])] {
                for at in 0..all.len().pow(5) {
                    let came = |place: u32| all[at / all.len().pow(place) % all.len()];
                    let world =
                        [Simple, Preflighted, Probe::Hidden, Root, Own].map(|it| (it, came(it as u32)));
                    let seen = Given { online, page };
                    let (sent, seen) = run(&failed, seen, &world);
                    assert!((1..=4).contains(&sent.len()), "{sent:?}");
                    let finding = find(&failed, &seen);
                    found.insert((finding.cause.words().code, finding.certainty.name()));
                    let is_same = match finding.cause {
                        Cause::RedirectRefused => number < 3,
                        _ => true,
                    };
                    assert!(
                        is_same || finding.certainty == Likely,
                        "{request:?} is not what the probe sent"
                    );
                    assert_ne!(finding.cause, Cause::OwnPolicy, "nothing was reported");
                }
            }
        }
    }
    assert_eq!(found.len(), 13, "{found:?}");
}

#[test]
fn no_probe_carries_anything_of_the_request_but_its_address_and_the_names_of_its_headers() {
    let secret = url("https://user:SECRET@api.example/v1/x?code=SECRET#SECRET");
    let requests = [
        Request::get(secret.clone(), 10).with_bearer("SECRET"),
        Request::form(secret.clone(), [("code", "SECRET")]),
        Request::json(Method::Delete, secret, &serde_json::json!("SECRET")).with_bearer("SECRET"),
    ];
    for request in requests {
        let failed = failed(&request);
        assert!(!format!("{failed:?}").contains("SECRET"), "{failed:?}");
        let page = "https://tool.example/app/flow/?x=SECRET#SECRET";
        let seen = Given { page, ..seen() }.first(&failed);
        for probe in [Simple, Preflighted, Probe::Hidden, Root, Own] {
            let sent = probe.request(&failed, &seen).unwrap();
            assert_eq!(sent.method, Method::Get);
            assert_eq!((sent.url.query(), sent.body.as_deref()), (None, None));
            assert!(
                sent.headers.iter().all(|(name, _)| *name != "authorization"),
                "{probe:?}"
            );
            let all = format!("{} {:?} {}", sent.url, sent.headers, probe.sent(&sent));
            assert!(!all.contains("SECRET"), "{all}");
        }
    }
}

#[test]
fn what_costs_a_preflight_is_told_from_what_does_not() {
    let with = |name, value: &str| {
        let mut request = get(ADDRESS);
        request.headers.push((name, value.to_owned()));
        failed(&request).headers_to_permit()
    };
    for plain in [
        "application/x-www-form-urlencoded",
        "text/plain; charset=utf-8",
        "multipart/form-data",
    ] {
        assert!(with("content-type", plain).is_empty(), "{plain}");
    }
    assert!(with("accept-language", "en").is_empty());
    assert!(with("content-language", "en").is_empty());
    assert_eq!(with("content-type", "application/json"), ["content-type"]);
    assert_eq!(with("authorization", "x"), ["authorization"]);
    assert_eq!(with("x-y", "z"), ["x-y"]);
    assert!(!failed(&get(ADDRESS)).needs_preflight());
    assert!(!failed(&form()).needs_preflight());
    for request in [
        json(),
        authorized(),
        Request {
            method: Method::Delete,
            ..get(ADDRESS)
        },
    ] {
        assert!(failed(&request).needs_preflight());
    }
}

#[test]
fn the_preflight_that_is_tried_asks_for_the_names_that_the_request_had() {
    let headers = |request: &Request| {
        let failed = failed(request);
        let request = Preflighted.request(&failed, &seen().first(&failed));
        request.unwrap().headers
    };
    let json_type = ("content-type", "application/json".to_owned());
    assert_eq!(headers(&json()), std::slice::from_ref(&json_type));
    let mut other = json().with_bearer("SECRET");
    other.headers.push(("x-y", "SECRET".to_owned()));
    assert_eq!(headers(&other), [json_type.clone(), ("x-y", "probe".to_owned())]);
    // Where only Authorization needed it, another one stands in.
    assert_eq!(headers(&authorized()), [json_type]);
}

#[test]
fn each_probe_says_what_it_sends_and_to_where() {
    let failed = failed(&authorized());
    let page = "https://tool.example/app/";
    let seen = Given { page, ..seen() }.first(&failed);
    let said = |probe: Probe| probe.sent(&probe.request(&failed, &seen).unwrap());
    assert_eq!(
        said(Simple),
        "GET https://api.example/v1/x, without a header of ours"
    );
    assert_eq!(
        said(Preflighted),
        "GET https://api.example/v1/x, with content-type: application/json, so that the browser asks for permission first"
    );
    assert_eq!(
        said(Probe::Hidden),
        "GET https://api.example/v1/x, in mode no-cors"
    );
    assert_eq!(said(Root), "GET https://api.example/, in mode no-cors");
    assert!(said(Own).starts_with("GET https://tool.example/app/cause-"));
    assert!([Simple, Preflighted, Own].iter().all(|it| it.is_readable()));
    assert!([Probe::Hidden, Root].iter().all(|it| !it.is_readable()));
}

#[test]
fn what_was_seen_stands_in_its_order_with_what_was_sent_for_it() {
    let failed = of(&authorized(), &offline(), 12);
    let away = Given {
        online: false,
        ..seen()
    };
    let (_, mut seen) = run(&failed, away, &[(Simple, REFUSED), (Preflighted, Nothing)]);
    seen.violation = Some(violation());
    let said: Vec<String> = evidence(&failed, &seen)
        .into_iter()
        .map(|it| format!("{} [{}] {}", it.what, it.sent, it.is_answer))
        .collect();
    assert_eq!(
        said,
        [
            "GET https://api.example/v1/x with authorization failed after 12 ms: this device is offline, nothing was sent to polar.example. [] false",
            "The browser reports that connect-src blocked https://api.example/v1/x. [] false",
            "The browser says that this device is offline. [] false",
            "A simple request: answered with 401, in 3 ms. [GET https://api.example/v1/x, without a header of ours] true",
            "A request that needs a preflight: nothing came, after 3 ms. [GET https://api.example/v1/x, with content-type: application/json, so that the browser asks for permission first] false",
        ]
    );
    let mixed = of(&get("http://api.example/"), &unreachable(), 1);
    let mixed = evidence(&mixed, &self::seen().first(&mixed));
    assert!(mixed[1].what.contains("plain http"));
}

#[test]
fn there_is_nothing_to_look_for_where_nothing_is_hidden() {
    let host = || "polar.example".to_owned();
    for told in [
        TransportError::TooLarge {
            host: host(),
            limit: 1,
        },
        TransportError::Incomplete { host: host() },
        TransportError::Unsendable { host: host() },
    ] {
        assert!(Failed::of(get(ADDRESS), &told, 1, None).is_none(), "{told}");
    }
    for hidden in [
        unreachable(),
        offline(),
        timed_out(),
        TransportError::BlockedByPolicy { origin: host() },
    ] {
        assert!(Failed::of(get(ADDRESS), &hidden, 1, None).is_some(), "{hidden}");
    }
}

#[test]
fn what_came_is_said_in_words() {
    for (came, words) in [
        (REFUSED, "answered with 401, in 3 ms"),
        (Hidden, "answered, in 3 ms; the browser hides what"),
        (Redirect, "answered with a redirect, in 3 ms"),
        (Nothing, "nothing came, after 3 ms"),
        (Silence, "no answer within 8 s"),
    ] {
        assert_eq!(answer(came).words(), words);
    }
    let twice = Answer {
        times: 2,
        ..answer(Nothing)
    };
    assert_eq!(twice.words(), "nothing came, after 3 ms, twice");
}

#[test]
fn a_version_that_is_a_date_goes_along_and_anything_else_in_its_place_does_not() {
    for (written, sent) in [
        ("2026-10", "2026-10"),
        ("eyJhbGciOiJ9", "probe"),
        ("", "probe"),
        ("2026-10-01-02", "probe"),
    ] {
        let mut request = get(ADDRESS).with_bearer("SECRET");
        request.headers.push(("polar-version", written.to_owned()));
        let failed = failed(&request);
        let seen = seen().first(&failed);
        let request = Preflighted.request(&failed, &seen).unwrap();
        assert_eq!(request.headers, [("polar-version", sent.to_owned())], "{written}");
    }
}

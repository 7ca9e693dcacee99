//! Answers that are changed on their way, one thing at a time: what no fault of `local-polar` does.

use polar_connect::check::probe::Group::{self, Further, Login, Open};
use polar_connect::check::probe::{IDS, Probe};
use polar_connect::check::remedies::special;
use polar_connect::check::verdict::Verdict::{self, Changed, Deviation, NotTried, Unsound};
use polar_connect::http::{Request, Response};
use serde_json::{Value, json};

use crate::faults::{FURTHER, ROWS};
use crate::world::{Rewrite, World, verdicts, words};

/// What is changed, the row, its verdict, and what was observed.
type Row = (Rewrite, &'static str, Verdict, &'static str);

fn at(request: &Request, path: &str) -> bool {
    request.url.path() == path
}

fn body(request: &Request) -> &str {
    request.body.as_deref().unwrap_or_default()
}

fn change(response: &mut Response, change: impl FnOnce(&mut Value)) {
    let mut value: Value = serde_json::from_slice(&response.body).expect("JSON");
    change(&mut value);
    response.body = value.to_string().into_bytes();
}

fn metadata(request: &Request, response: &mut Response, to: impl FnOnce(&mut Value)) {
    if at(request, "/.well-known/openid-configuration") {
        change(response, to);
    }
}

fn keys(request: &Request, response: &mut Response, to: impl FnOnce(&mut Vec<Value>)) {
    if at(request, "/.well-known/jwks.json") {
        change(response, |set| to(set["keys"].as_array_mut().unwrap()));
    }
}

/// An answer of the token endpoint whose text has this in it.
fn token_answer(request: &Request, response: &Response, text: &str) -> bool {
    at(request, "/v1/oauth2/token") && String::from_utf8_lossy(&response.body).contains(text)
}

fn accept(response: &mut Response) {
    response.status = 200;
    response.body = br#"{"access_token":"made up","token_type":"Bearer"}"#.to_vec();
}

fn refuse(response: &mut Response, status: u16, error: &str) {
    response.status = status;
    response.body = json!({ "error": error }).to_string().into_bytes();
}

#[rustfmt::skip]
const LADDER: &[Row] = &[
    (|q, a| metadata(q, a, |it| { it.as_object_mut().unwrap().remove("subject_types_supported"); }),
        "D3", Unsound, "missing subject_types_supported"),
    (|q, a| metadata(q, a, |it| {
        it.as_object_mut().unwrap().remove("revocation_endpoint");
        it["revocation_endpoint_auth_methods_supported"] = json!(["none"]);
    }), "D5", Unsound, "contradiction"),
    (|q, a| metadata(q, a, |it| it["revocation_endpoint_auth_methods_supported"] = json!(["none"])),
        "D5", Changed, "open"),
    (|q, a| keys(q, a, |it| it.push(it[0].clone())), "D6", Unsound, "key id twice"),
    (|q, a| keys(q, a, |it| it[0]["use"] = json!("sig")), "D6", Changed, "usable"),
    (|q, a| metadata(q, a, |it| it["authorization_response_iss_parameter_supported"] = json!("yes")),
        "D7", Unsound, "malformed"),
    (|q, a| metadata(q, a, |it| it["end_session_endpoint"] = json!("http://idp.example/out")),
        "D8", Unsound, "unsafe"),
    (|q, a| metadata(q, a, |it| it["end_session_endpoint"] = json!("https://idp.example/out")),
        "D8", Changed, "offered"),
    (|q, a| if at(q, "/v1/oauth2/register") && a.status == 201 { a.status = 200; },
        "D9", Unsound, "registered, with another status"),
    (|_, a| if a.status == 422 { a.status = 400; }, "D10", Changed, "refused RequestValidationError"),
    (|q, a| if body(q).contains("no-such-grant") { accept(a); },
        "D11", Unsound, "accepted: invalid_client, invalid_grant, accepted"),
    (|q, a| if body(q).contains("no-such-client") { accept(a); },
        "D11", Unsound, "accepted: accepted, invalid_grant, unsupported_grant_type"),
    (|q, a| if body(q).contains("no-such-client") { a.status = 401; },
        "D11", Changed, "invalid_client, invalid_grant, unsupported_grant_type"),
    (|q, a| if at(q, "/v1/oauth2/userinfo") && !q.url.query().is_some_and(|it| it.contains("access_token"))
            && !q.headers.iter().any(|(_, value)| value.contains("polar_at_")) { a.status = 404; },
        "D12", Changed, "404 and 404"),
    (|q, a| if at(q, "/v1/oauth2/userinfo") { a.headers.push(("www-authenticate".to_owned(), "Bearer".to_owned())); },
        "D12", Changed, "401 and 401"),
    (|q, a| if token_answer(q, a, "Code challenge failed") { a.status = 401; }, "L4", Changed, "refused invalid_grant"),
    (|q, a| if token_answer(q, a, "Code challenge failed") { refuse(a, 400, "server_is_sad"); },
        "L4", Changed, "refused server_is_sad"),
    (|q, a| if q.url.query().is_some_and(|it| it.contains("access_token")) { a.status = 400; },
        "L12", Changed, "refused Unauthorized"),
    (|q, a| if body(q).contains("grant_type=refresh_token") && !body(q).contains("scope=") && a.status == 200 {
        change(a, |it| it["scope"] = json!("openid email orders:read"));
    }, "L13", Unsound, "more scope"),
    (|q, a| if token_answer(q, a, "invalid_scope") { refuse(a, 400, "access_denied"); },
        "L16", Changed, "more refused access_denied, less granted"),
    (|q, a| if at(q, "/v1/oauth2/revoke") { a.status = 400; }, "L17", Changed, "refused invalid_client"),
];

#[rustfmt::skip]
const REDIRECTS: &[Row] = &[
    (|q, a| if token_answer(q, a, "had no 'code_challenge'") { accept(a); },
        "R1", Unsound, "code, accepted with a verifier"),
    (|q, a| if at(q, "/v1/oauth2/token") { refuse(a, 400, "invalid_grant"); }, "R2", Changed, "code, refused"),
];

fn holds(row: &Row, groups: &[Group]) {
    let (rewrite, id, verdict, word) = *row;
    let usual = verdicts(&World::new().check(groups));
    let world = World::new();
    world.rewrite.set(rewrite);
    let run = world.check(groups);
    let found = verdicts(&run);
    assert_eq!(
        (found[id], words(&run)[id].as_str()),
        (verdict, word),
        "{:?}",
        run.came(id)
    );
    for (other, usual) in usual.into_iter().filter(|(other, _)| *other != id) {
        let actual = found[other];
        assert!(
            actual == usual || actual == NotTried,
            "{id} {word}: {other} is {actual:?}: {:?}",
            run.came(other)
        );
    }
    assert_eq!(world.clients_left(), 0, "{id} {word}");
}

#[test]
fn each_change_turns_its_own_row_and_no_other() {
    LADDER.iter().for_each(|row| holds(row, &[Open, Login]));
    REDIRECTS.iter().for_each(|row| holds(row, &[Further]));
}

#[test]
fn every_row_is_turned_by_some_answer() {
    let turned: Vec<&str> = ROWS
        .iter()
        .map(|(_, id, ..)| *id)
        .chain(FURTHER.iter().map(|(_, id, ..)| *id))
        .chain(LADDER.iter().chain(REDIRECTS).map(|(_, id, ..)| *id))
        .collect();
    let never: Vec<_> = IDS.iter().filter(|id| !turned.contains(id)).collect();
    assert!(never.is_empty(), "{never:?}");
}

#[test]
fn without_a_scope_to_ask_for_a_refusal_of_less_does_not_read_as_taking_more() {
    let world = World::elsewhere(None);
    world.rewrite.set(|request, response| {
        metadata(request, response, |it| {
            it["scopes_supported"] = json!(["openid", "email"])
        });
        if body(request).contains("scope=openid") && response.status == 200 {
            refuse(response, 400, "invalid_scope");
        }
    });
    let run = world.check(&[Open, Login]);
    assert_eq!(words(&run)["L16"], "less refused invalid_scope");
    assert_eq!(verdicts(&run)["L16"], Deviation);
}

/// What a person is told to do about a red row speaks of what came, and not of something else that the row looks at.
#[rustfmt::skip]
const PHRASES: &[(&str, &str, &str)] = &[
    ("D1", "another status", "Check the address of the document"),
    ("D1", "no JSON", "Check the address of the document"),
    ("D1", "no object", "Check the address of the document"),
    ("D1", "unreadable", "whether the provider allows your origin"),
    ("D2", "another", "does not speak for the issuer that is configured"),
    ("D3", "missing subject_types_supported", "which member is missing"),
    ("D3", "missing token_endpoint", "nowhere to exchange a code"),
    ("D3", "unsafe authorization_endpoint", "until the address is right"),
    ("D3", "foreign token_endpoint", "a host that nobody named"),
    ("D4", "no S256", "Ask the provider for S256"),
    ("D5", "contradiction", "contradict themselves"),
    ("D6", "unreadable", "(CORS)"),
    ("D6", "no usable key", "too weak"),
    ("D6", "no key set", "is no key set"),
    ("D6", "private half", "until its keys are replaced"),
    ("D6", "key id twice", "an id of its own"),
    ("D7", "malformed", "neither true nor false"),
    ("D8", "unsafe", "Sign out locally only"),
    ("D9", "registered, with a secret", "cannot keep a secret"),
    ("D9", "registered, with another method", "as a public client"),
    ("D9", "registered, for another address", "go to another address"),
    ("D9", "registered, with another status", "strict about 201"),
    ("D9", "no client", "a client of your own"),
    ("D10", "accepted", "over plain http"),
    ("D11", "unreadable", "(CORS)"),
    ("D11", "accepted: invalid_client, invalid_grant, accepted", "does not exist"),
    ("D11", "accepted: accepted, invalid_grant, unsupported_grant_type", "does not exist"),
    ("D12", "200 and 401", "opens without a good token"),
    ("L1", "another state", "Nothing of this answer was used"),
    ("L1", "no state", "Nothing of this answer was used"),
    ("L1", "sent twice", "Nothing of this answer was used"),
    ("L1", "no code", "Nothing of this answer was used"),
    ("L1", "another iss", "Nothing of this answer was used"),
    ("L1", "code and error", "Nothing of this answer was used"),
    ("L1", "in the fragment", "Nothing of this answer was used"),
    ("L2", "accepted", "PKCE does not protect here"),
    ("L3", "accepted", "does not look at the verifier"),
    ("L4", "accepted", "does not compare the verifier"),
    ("L5", "accepted", "not bound to their callback"),
    ("L6", "accepted", "another app's codes"),
    ("L7", "accepted, and caches may keep it", "no-store"),
    ("L7", "accepted, with more scope", "more than was asked for"),
    ("L7", "token.unsupported_type", "Only Bearer"),
    ("L7", "token.malformed", "Look at the exchange in Flow"),
    ("L8", "missing", "nothing says who signed in"),
    ("L8", "id_token.bad_signature", "Do not use this login"),
    ("L8", "id_token.algorithm_not_allowed", "Do not use this login"),
    ("L8", "id_token.wrong_issuer", "Correct issuer in config.json"),
    ("L8", "id_token.wrong_audience", "Do not use this login"),
    ("L8", "id_token.wrong_nonce", "Start again"),
    ("L8", "id_token.malformed", "Ask whoever runs the provider"),
    ("L8", "id_token.wrong_at_hash", "Do not use this login"),
    ("L8", "id_token.no_fitting_key", "Try again in a minute"),
    ("L9", "userinfo.subject_mismatch", "about somebody else"),
    ("L9", "userinfo.malformed", "does not say about whom"),
    ("L9", "userinfo.wrong_content_type", "Do without it"),
    ("L10", "accepted", "again and again"),
    ("L12", "accepted", "Never send a token that way"),
    ("L13", "not rotated", "works for ever"),
    ("L13", "refused invalid_grant", "does not take them"),
    ("L13", "more scope", "rights that nobody agreed to"),
    ("L15", "accepted", "keeps working"),
    ("L16", "more granted, less granted", "more rights than the person agreed to"),
    ("L17", "accepted, still alive", "and it is not"),
    ("L18", "not deleted", "could not be deleted"),
    ("R1", "code, accepted with a verifier", "Always send S256"),
    ("R5", "code", "and codes with them"),
    ("R5", "error invalid_request", "if only with an error"),
    ("R6", "code, granted", "grants whatever is asked for"),
];

#[test]
fn every_red_answer_is_told_what_to_do_about_it() {
    let red = ROWS
        .iter()
        .map(|(_, id, verdict, word)| (*id, *verdict, *word))
        .chain(
            FURTHER
                .iter()
                .map(|(_, id, verdict, word)| (*id, *verdict, *word)),
        )
        .chain(
            LADDER
                .iter()
                .chain(REDIRECTS)
                .map(|(_, id, verdict, word)| (*id, *verdict, *word)),
        )
        .filter(|(_, verdict, _)| *verdict == Unsound);
    for (id, _, word) in red {
        let known = PHRASES.iter().any(|(row, came, _)| (*row, *came) == (id, word));
        assert!(known, "{id} {word}: what is somebody to do about it?");
    }
    for (id, word, phrase) in PHRASES {
        let probe = Probe::find(id).unwrap();
        let came = polar_connect::check::came::Came::new(id, *word, "");
        let advice = Verdict::of(probe, &came, false).advice(probe, &came, false);
        assert!(advice.contains(phrase), "{id} {word}: {advice}");
    }
}

#[test]
fn a_change_says_whether_it_is_for_the_better_and_what_to_do_about_a_worse_one() {
    for (id, word, phrase) in [
        ("D2", "same", "This is better"),
        ("L11", "ended", "This is better"),
        ("L14", "alive", "Both answers do what"),
        ("L2", "refused invalid_grant", "Both answers do what"),
        ("D4", "not mentioned", "Neither answer does all"),
        ("R1", "code, accepted without a verifier", "This is worse"),
        (
            "R1",
            "code, accepted without a verifier",
            "Always send a challenge with S256",
        ),
        ("D9", "unreadable", "Bring one of your own"),
    ] {
        let probe = Probe::find(id).unwrap();
        let came = polar_connect::check::came::Came::new(id, word, "");
        assert_eq!(Verdict::of(probe, &came, true), Changed, "{id}");
        let advice = Changed.advice(probe, &came, true);
        assert!(advice.contains(phrase), "{id}: {advice}");
        assert!(advice.contains("changelog"), "{id}: {advice}");
    }
    assert!(special(Probe::find("L4").unwrap(), "accepted").is_none());
}

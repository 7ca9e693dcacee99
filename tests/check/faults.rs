//! A provider that answers wrongly in one thing turns the row of that thing, and no other.
//!
//! Rows that hang on it may say that they could not be tried, and nothing else.

use local_polar::Fault::{self, *};
use local_polar::{Endpoint, Trouble};
use polar_connect::check::probe::Group::{Further, Login, Open};
use polar_connect::check::verdict::Verdict::{self, Changed, Deviation, NotTried, Sound, Unsound};
use polar_connect::http::{Request, Response};
use serde_json::Value;

use crate::polar::EXPECTED;
use crate::world::{Rewrite, World, verdicts, words};

/// The fault, the row, its verdict, and what was observed.
type Row = (Fault, &'static str, Verdict, &'static str);

#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    (Discovery404, "D1", Unsound, "another status"),
    (DiscoveryHtml, "D1", Unsound, "no JSON"),
    (Discovery500, "D1", Unsound, "unreadable"),
    (DiscoveryArray, "D1", Unsound, "no object"),
    (DiscoveryOtherIssuer, "D2", Unsound, "another"),
    (DiscoveryNoTokenEndpoint, "D3", Unsound, "missing token_endpoint"),
    (DiscoveryHttpEndpoint, "D3", Unsound, "unsafe authorization_endpoint"),
    (DiscoveryJavascriptEndpoint, "D3", Unsound, "unsafe authorization_endpoint"),
    (DiscoveryForeignTokenEndpoint, "D3", Unsound, "foreign token_endpoint"),
    (DiscoveryPlainOnly, "D4", Unsound, "no S256"),
    (DiscoveryNoPkce, "D4", Changed, "not mentioned"),
    (Keys500, "D6", Unsound, "unreadable"),
    (KeysEmpty, "D6", Unsound, "no usable key"),
    (KeysMissingMember, "D6", Unsound, "no key set"),
    (KeysWithNoise, "D6", Unsound, "private half"),
    (KeysWeak, "D6", Unsound, "no usable key"),
    (RegistrationSecret, "D9", Unsound, "registered, with a secret"),
    (RegistrationOtherMethod, "D9", Unsound, "registered, with another method"),
    (RegistrationOtherRedirect, "D9", Unsound, "registered, for another address"),
    (RegistrationNoClientId, "D9", Unsound, "no client"),
    (Registration500, "D9", Changed, "unreadable"),
    (KeysHuge, "D6", Unsound, "no key set"),
    (RegistrationHttp, "D10", Unsound, "accepted"),
    (TokenNoCors, "D11", Unsound, "unreadable"),
    (UserinfoOpen, "D12", Unsound, "200 and 401"),
    (StateAltered, "L1", Unsound, "another state"),
    (StateMissing, "L1", Unsound, "no state"),
    (StateDoubled, "L1", Unsound, "sent twice"),
    (CodeMissing, "L1", Unsound, "no code"),
    (IssOther, "L1", Unsound, "another iss"),
    (CodeAndError, "L1", Unsound, "code and error"),
    (FragmentResponse, "L1", Unsound, "in the fragment"),
    (VerifierOptional, "L2", Unsound, "accepted"),
    (VerifierShort, "L3", Unsound, "accepted"),
    (VerifierUnchecked, "L4", Unsound, "accepted"),
    (RedirectUriUnchecked, "L5", Unsound, "accepted"),
    (CodeOfAnyClient, "L6", Unsound, "accepted"),
    (TokenCacheable, "L7", Unsound, "accepted, and caches may keep it"),
    (TokenWiderScope, "L7", Unsound, "accepted, with more scope"),
    (TokenDpopType, "L7", Unsound, "token.unsupported_type"),
    (TokenNoType, "L7", Unsound, "token.malformed"),
    (CodeBurnedOnFailure, "L7", Changed, "accepted, but a failed try spends the code"),
    (TokenNoExpires, "L7", Changed, "accepted"),
    (TokenNoRefresh, "L7", Changed, "accepted"),
    (IdTokenMissing, "L8", Unsound, "missing"),
    (IdTokenBadSignature, "L8", Unsound, "id_token.bad_signature"),
    (IdTokenAlgNone, "L8", Unsound, "id_token.algorithm_not_allowed"),
    (IdTokenOtherIssuer, "L8", Unsound, "id_token.wrong_issuer"),
    (IdTokenOtherAudience, "L8", Unsound, "id_token.wrong_audience"),
    (IdTokenOtherNonce, "L8", Unsound, "id_token.wrong_nonce"),
    (IdTokenNoIssuer, "L8", Unsound, "id_token.malformed"),
    (IdTokenOtherAtHash, "L8", Unsound, "id_token.wrong_at_hash"),
    (IdTokenUnknownKid, "L8", Unsound, "id_token.no_fitting_key"),
    (IdTokenNoAtHash, "L8", Changed, "holds"),
    (UserinfoOtherSub, "L9", Unsound, "userinfo.subject_mismatch"),
    (UserinfoNoSub, "L9", Unsound, "userinfo.malformed"),
    (UserinfoJwt, "L9", Unsound, "userinfo.wrong_content_type"),
    (CodeReplayable, "L10", Unsound, "accepted"),
    (ReplayEndsTokens, "L11", Changed, "ended"),
    (UserinfoTokenInQuery, "L12", Unsound, "accepted"),
    (RefreshNoRotation, "L13", Unsound, "not rotated"),
    (RefreshInvalidGrant, "L13", Unsound, "refused invalid_grant"),
    (RefreshWithIdToken, "L13", Changed, "rotated"),
    (RefreshKeepsAccess, "L14", Changed, "alive"),
    (RefreshOldWorks, "L15", Unsound, "accepted"),
    (RefreshEndsFamily, "L15", Changed, "refused, the newest ended"),
    (RefreshWider, "L16", Unsound, "more granted, less granted"),
    (RevocationPretended, "L17", Unsound, "accepted, still alive"),
    (RevocationOpen, "L17", Changed, "accepted, ended"),
    (DeletionRefused, "L18", Unsound, "not deleted"),
    (DeletionKeepsRefresh, "L18", Changed, "deleted, both alive"),
    (DeletionKillsTokens, "L18", Changed, "deleted, nothing alive"),
];

#[test]
fn each_fault_turns_its_own_row_and_no_other() {
    let failed: Vec<&str> = ROWS
        .iter()
        .filter(|row| std::panic::catch_unwind(|| check(row)).is_err())
        .map(|(fault, ..)| fault.name())
        .collect();
    assert!(failed.is_empty(), "see above for each of {failed:#?}");
}

fn check(row: &Row) {
    let (fault, id, verdict, word) = *row;
    let world = World::with(fault);
    let run = world.check(&[Open, Login]);
    let found = verdicts(&run);
    assert_eq!(
        (found[id], words(&run)[id].as_str()),
        (verdict, word),
        "{}",
        fault.name()
    );
    for (other, usual, _) in EXPECTED.iter().filter(|(other, ..)| *other != id) {
        let actual = found[other];
        assert!(
            actual == *usual || actual == NotTried,
            "{}: {other} is {actual:?}: {:?}",
            fault.name(),
            run.came(other)
        );
    }
    assert_eq!(run.worst(), verdict, "{}", fault.name());
    // What is refused to be deleted stays, and what has no name cannot be deleted; everything else is gone.
    let stays = matches!(fault, DeletionRefused | RegistrationNoClientId);
    assert_eq!(world.clients_left() > 0, stays, "{}", fault.name());
}

#[test]
fn a_refusal_under_another_name_is_a_change_and_no_danger() {
    let world = World::with(TokenErrorsAlike);
    let found = verdicts(&world.check(&[Open, Login]));
    for (id, verdict) in [
        ("D11", Unsound),
        ("L2", Sound),
        ("L4", Changed),
        ("L5", Changed),
        ("L6", Changed),
        ("L10", Changed),
    ] {
        assert_eq!(found[id], verdict, "{id}");
    }
}

#[test]
fn a_provider_that_announces_iss_and_does_not_send_it_is_caught_at_both_ends() {
    let world = World::with(IssAnnouncedButMissing);
    let found = verdicts(&world.check(&[Open, Login]));
    assert_eq!((found["D7"], found["L1"]), (Changed, Unsound));
}

#[test]
fn a_spent_code_costs_the_ladder_a_sign_in_a_rung_and_no_row() {
    let world = World::with(CodeBurnedOnFailure);
    let run = world.check(&[Open, Login]);
    // L2 was tried on a good code; nobody can say so of those that followed on the same one.
    assert_eq!(*world.logins.borrow(), ["L1", "L3", "L4", "L5", "L6", "L7"]);
    for (id, ..) in EXPECTED {
        assert_ne!(verdicts(&run)[id], NotTried, "{id}");
    }
}

#[test]
fn tokens_that_are_ended_by_a_probe_cost_one_more_sign_in() {
    for (fault, logins) in [
        (VerifierOptional, ["L1", "L3"]),
        (CodeOfAnyClient, ["L1", "L7"]),
        (ReplayEndsTokens, ["L1", "L12"]),
        (RefreshOldWorks, ["L1", "L16"]),
        (RefreshEndsFamily, ["L1", "L16"]),
        (RevocationOpen, ["L1", "L18"]),
    ] {
        let world = World::with(fault);
        world.check(&[Open, Login]);
        assert_eq!(*world.logins.borrow(), logins, "{}", fault.name());
    }
}

#[test]
fn an_endpoint_that_is_down_is_not_taken_for_one_that_refuses() {
    for fault in [Token500, Token503Html, Token429, TokenSlow] {
        let found = verdicts(&World::with(fault).check(&[Open, Login]));
        for id in ["L2", "L3", "L4", "L5", "L6", "L7", "L8", "L13"] {
            assert_eq!(found[id], NotTried, "{}: {id}", fault.name());
        }
    }
}

/// The same of the further redirects.
#[rustfmt::skip]
pub const FURTHER: &[Row] = &[
    (ScopeAny, "R6", Unsound, "code, granted"),
    (NonceReusable, "R7", Changed, "code"),
    (RedirectUriAny, "R5", Unsound, "code"),
    (ChallengeOptional, "R1", Changed, "code, accepted without a verifier"),
    // These are looked at alone: an error comes back from every redirect.
    (ErrorLoginRequired, "R3", Changed, "error login_required"),
    (ErrorServer, "R3", Changed, "error server_error"),
    (ErrorServer, "R4", Changed, "error server_error"),
    (ErrorServer, "R6", Changed, "error server_error"),
];

#[test]
fn an_error_of_another_name_shows_in_the_redirect_that_it_answers() {
    for (fault, id, verdict, word) in FURTHER {
        let world = World::with(*fault);
        let mut run = world.run();
        run.plan(|probe| probe.id == *id);
        world.finish(&mut run);
        assert_eq!((verdicts(&run)[id], words(&run)[*id].as_str()), (*verdict, *word));
        assert_eq!(world.clients_left(), 0);
    }
}

#[test]
fn what_becomes_of_a_scope_that_does_not_exist_is_seen_in_the_token() {
    fn scope(request: &Request, response: &mut Response, to: Option<&str>) {
        if request.url.path() == "/v1/oauth2/token" && response.status == 200 {
            let mut body: Value = serde_json::from_slice(&response.body).unwrap();
            match to {
                Some(scope) => body["scope"] = scope.into(),
                None => drop(body.as_object_mut().unwrap().remove("scope")),
            }
            response.body = body.to_string().into_bytes();
        }
    }
    let cases: [(Rewrite, &str, Verdict); 3] = [
        (
            |q, a| scope(q, a, Some("openid email")),
            "code, not granted",
            Sound,
        ),
        (|q, a| scope(q, a, None), "code, not said", Deviation),
        (
            |q, a| {
                if q.url.path() == "/v1/oauth2/token" {
                    a.status = 400
                }
            },
            "code, refused",
            Deviation,
        ),
    ];
    for (rewrite, word, verdict) in cases {
        let world = World::elsewhere(Some(ScopeAny));
        world.rewrite.set(rewrite);
        let mut run = world.run();
        run.plan(|probe| probe.id == "R6");
        world.finish(&mut run);
        assert_eq!(
            (words(&run)["R6"].as_str(), verdicts(&run)["R6"]),
            (word, verdict)
        );
    }
}

#[test]
fn an_endpoint_that_no_page_can_read_is_told_from_one_that_is_down() {
    let unreadable = |trouble: Trouble| {
        let world = World::new();
        world.provider.set_trouble(Some((Endpoint::UserInfo, trouble)));
        let run = world.check(&[Open]);
        (verdicts(&run)["D12"], words(&run)["D12"].clone())
    };
    for trouble in [Trouble::NoCors, Trouble::PreflightRefused] {
        assert_eq!(
            unreadable(trouble),
            (Unsound, "unreadable".to_owned()),
            "{trouble:?}"
        );
    }
    for (trouble, word) in [
        (Trouble::ResetOnce, "401 and 401"),
        (Trouble::Silent, ""),
        (Trouble::Down, ""),
    ] {
        assert_eq!(unreadable(trouble).1, word, "{trouble:?}");
    }
    for (id, endpoint) in [
        ("D11", Endpoint::TokenByCode),
        ("D12", Endpoint::UserInfo),
        ("D6", Endpoint::Keys),
    ] {
        let world = World::new();
        let mut run = world.run();
        run.plan(|probe| probe.group == Open);
        while run.upcoming().is_some_and(|probe| probe.id != id) {
            world.turn(&mut run);
        }
        // Everything is gone at once: that says nothing of who may read it.
        world.provider.set_fault(Some(Discovery500));
        world.provider.set_trouble(Some((endpoint, Trouble::Unreachable)));
        world.turn(&mut run);
        assert_eq!(verdicts(&run)[id], NotTried, "{id}");
    }
}

#[test]
fn a_hiccup_at_the_right_exchange_blames_nobody() {
    for trouble in [
        Trouble::Unreachable,
        Trouble::Down,
        Trouble::Silent,
        Trouble::BreaksOff,
    ] {
        let world = World::new();
        let mut run = world.run();
        run.plan(|probe| probe.group != Further);
        while run.upcoming().is_some_and(|probe| probe.id != "L7") {
            world.turn(&mut run);
        }
        world.provider.set_trouble(Some((Endpoint::TokenByCode, trouble)));
        world.finish(&mut run);
        assert_eq!(verdicts(&run)["L7"], NotTried, "{trouble:?}");
        assert_eq!(run.worst(), Deviation, "{trouble:?}");
    }
}

#[test]
fn a_refusal_says_nothing_where_the_right_exchange_is_refused_too() {
    for fault in [TokenInvalidGrant, TokenInvalidClient] {
        let run = World::with(fault).check(&[Open, Login]);
        let found = verdicts(&run);
        assert_eq!(found["L7"], Unsound, "{}", fault.name());
        for id in ["L2", "L3", "L4", "L5", "L6"] {
            assert_eq!(found[id], NotTried, "{}: {id}", fault.name());
            assert!(run.came(id).unwrap().said.contains("See L7"), "{id}");
        }
    }
    // What was accepted is told all the same.
    let world = World::with(VerifierOptional);
    let mut run = world.run();
    run.plan(|probe| probe.group != Further);
    while run.upcoming().is_some_and(|probe| probe.id != "L3") {
        world.turn(&mut run);
    }
    run.give_up("You pressed Stop.");
    assert_eq!(verdicts(&run)["L2"], Unsound);
}

#[test]
fn a_clock_that_differs_is_said_and_held_against_nobody() {
    for fault in [IdTokenExpired, IdTokenIatFuture] {
        let run = World::with(fault).check(&[Open, Login]);
        assert_eq!(verdicts(&run)["L8"], NotTried, "{}", fault.name());
        let said = &run.came("L8").unwrap().said;
        assert!(
            said.contains("clock differs") && said.contains("Set the clock"),
            "{said}"
        );
        assert_eq!(run.worst(), Deviation, "{}", fault.name());
    }
}

#[test]
fn what_only_a_further_redirect_shows_turns_that_row_alone() {
    for (fault, id, verdict, word) in FURTHER[..3].iter().copied() {
        let usual = World::new().check(&[Further]);
        let run = World::with(fault).check(&[Further]);
        assert_eq!((verdicts(&run)[id], words(&run)[id].as_str()), (verdict, word));
        for (other, usual) in verdicts(&usual).into_iter().filter(|(other, _)| *other != id) {
            assert_eq!(verdicts(&run)[other], usual, "{}: {other}", fault.name());
        }
    }
}

#[test]
fn an_error_without_a_state_is_taken_for_the_second_use_of_a_nonce_and_for_nothing_else() {
    let world = World::with(ErrorWithoutState);
    let mut run = world.run();
    run.plan(|probe| probe.id == "R7");
    world.finish(&mut run);
    assert_eq!(verdicts(&run)["R7"], NotTried);
    assert_eq!(*world.logins.borrow(), ["R7"]);
}

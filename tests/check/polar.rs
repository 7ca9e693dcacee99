//! A provider that answers as Polar does gets the verdicts that the record of Polar predicts, row by row.

use polar_connect::check::catalogue::PROBES;
use polar_connect::check::probe::Group::{Further, Login, Open};
use polar_connect::check::verdict::Verdict::{self, Deviation, NotTried, Sound};

use crate::world::{World, verdicts, words};

/// The verdicts, and what was observed.
#[rustfmt::skip]
pub const EXPECTED: &[(&str, Verdict, &str)] = &[
    ("D1", Sound, "readable"),
    ("D2", Deviation, "as configured"),
    ("D3", Sound, "complete"),
    ("D4", Deviation, "S256 and plain"),
    ("D5", Deviation, "closed"),
    ("D6", Sound, "usable"),
    ("D7", Sound, "absent"),
    ("D8", Sound, "absent"),
    ("D9", Sound, "registered"),
    ("D10", Deviation, "refused RequestValidationError"),
    ("D11", Sound, "invalid_client, invalid_grant, unsupported_grant_type"),
    ("D12", Sound, "401 and 401"),
    ("L1", Sound, "intact"),
    ("L2", Sound, "refused invalid_request"),
    ("L3", Sound, "refused invalid_request"),
    ("L4", Sound, "refused invalid_grant"),
    ("L5", Sound, "refused invalid_grant"),
    ("L6", Sound, "refused invalid_grant"),
    ("L7", Sound, "accepted"),
    ("L8", Sound, "holds"),
    ("L9", Sound, "same"),
    ("L10", Sound, "refused invalid_grant"),
    ("L11", Deviation, "alive"),
    ("L12", Sound, "refused Unauthorized"),
    ("L13", Sound, "rotated"),
    ("L14", Sound, "ended"),
    ("L15", Deviation, "refused, the newest alive"),
    ("L16", Sound, "more refused invalid_scope, less granted"),
    ("L17", Deviation, "refused invalid_client"),
    ("L18", Deviation, "deleted, access token alive"),
];

#[test]
fn a_full_check_gives_exactly_the_verdicts_that_the_record_predicts() {
    let world = World::new();
    let run = world.check(&[Open, Login]);
    let came = words(&run);
    let verdicts = verdicts(&run);
    let actual: Vec<_> = EXPECTED
        .iter()
        .map(|(id, ..)| (*id, verdicts[id], came[*id].as_str()))
        .collect();
    assert_eq!(actual, EXPECTED);
    assert_eq!(run.came.len(), EXPECTED.len());
    assert_eq!(run.worst(), Deviation);
}

#[test]
fn the_whole_ladder_takes_one_sign_in_and_leaves_no_client_behind() {
    let world = World::new();
    world.check(&[Open, Login]);
    assert_eq!(*world.logins.borrow(), ["L1"]);
    assert_eq!(world.clients_left(), 0);
    let sent = world.sent.borrow().len();
    assert!(
        sent < 60,
        "{sent} requests: more than half a minute of Polar's patience"
    );
    assert_eq!(world.paces.borrow().len(), sent, "each of them was paced");
}

#[test]
fn without_a_login_nobody_signs_in_and_no_client_stays() {
    let world = World::new();
    let run = world.check(&[Open]);
    assert!(world.logins.borrow().is_empty());
    assert_eq!(run.came.len(), 12);
    assert_eq!(world.clients_left(), 0);
}

#[test]
fn the_login_part_alone_says_the_same() {
    let world = World::new();
    let run = world.check(&[Login]);
    let found = verdicts(&run);
    for (id, verdict, _) in EXPECTED.iter().filter(|(id, ..)| id.starts_with('L')) {
        assert_eq!(found[id], *verdict, "{id}");
    }
    assert_eq!(world.clients_left(), 0);
}

#[test]
fn further_redirects_are_answered_as_polar_answers_them() {
    let world = World::new();
    let run = world.check(&[Further]);
    let came = words(&run);
    for (id, verdict, word) in [
        ("R3", Sound, "error consent_required"),
        ("R6", Sound, "error invalid_scope"),
        ("R4", NotTried, ""),
        ("R1", Sound, "code, both refused"),
        ("R2", Deviation, "code, accepted"),
        ("R7", Deviation, "no state, error invalid_request"),
        ("R5", Sound, "error page"),
    ] {
        assert_eq!((verdicts(&run)[id], came[id].as_str()), (verdict, word), "{id}");
    }
    assert_eq!(
        *world.logins.borrow(),
        ["R3", "R6", "R4", "R1", "R2", "R7", "R7", "R5"]
    );
    assert_eq!(world.clients_left(), 0);
}

#[test]
fn who_denies_is_told_so() {
    let world = World::new();
    world.denies.set(true);
    let mut run = world.run();
    run.plan(|probe| probe.id == "R4");
    world.finish(&mut run);
    assert_eq!(words(&run)["R4"], "error access_denied");
    assert_eq!(run.worst(), Sound);
}

#[test]
fn nothing_that_is_kept_or_shown_of_a_row_holds_a_secret() {
    let world = World::new();
    let run = world.check(&[Open, Login, Further]);
    let told = format!("{:?}", run.came);
    let secrets = world.secrets();
    assert!(secrets.len() > 10);
    for secret in secrets {
        assert!(!told.contains(&secret), "{secret}");
    }
}

#[test]
fn every_probe_is_in_the_plan_of_its_group() {
    let world = World::new();
    let mut run = world.run();
    run.plan(|_| true);
    assert_eq!(run.progress().1 as usize, PROBES.len());
}

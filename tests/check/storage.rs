//! A run that is interrupted: by the redirect, by a reload, by Stop, by a provider that asks to slow down.

use local_polar::Fault;
use polar_connect::check::probe::Group::{self, Login, Open};
use polar_connect::check::run::Run;
use polar_connect::check::step::Step;
use polar_connect::check::verdict::Verdict::NotTried;
use polar_connect::check::wire::Pace;
use polar_connect::oidc::authorization::Callback;
use polar_connect::session::stored;

use crate::polar::EXPECTED;
use crate::world::{World, verdicts};

const BOTH: [Group; 2] = [Open, Login];

fn planned(world: &World) -> Run {
    let mut run = world.run();
    run.plan(|probe| BOTH.contains(&probe.group));
    run
}

fn climb_to(world: &World, run: &mut Run, id: &str) {
    while run.upcoming().is_some_and(|probe| probe.id != id) {
        world.turn(run);
    }
}

fn reloaded(run: &Run) -> Run {
    let mut run: Run = stored::read(&stored::write(run)).unwrap();
    run.interrupted();
    run
}

#[test]
fn a_reload_in_the_middle_of_any_probe_changes_no_verdict() {
    for (id, ..) in EXPECTED {
        let world = World::new();
        let mut run = planned(&world);
        climb_to(&world, &mut run, id);
        // The probe is sent, and its answer never seen.
        let mut lost = run.clone();
        lost.begin_probe();
        let before = lost.clone();
        if *id != "L1" {
            world.step(&mut lost);
        }
        let mut run = reloaded(&before);
        world.finish(&mut run);
        for (other, verdict, _) in EXPECTED {
            assert_eq!(verdicts(&run)[other], *verdict, "reloaded at {id}: {other}");
        }
    }
}

#[test]
fn a_reload_between_two_probes_costs_nothing() {
    let world = World::new();
    let mut run = planned(&world);
    climb_to(&world, &mut run, "L5");
    let mut run = reloaded(&run);
    world.finish(&mut run);
    assert_eq!(*world.logins.borrow(), ["L1"]);
}

#[test]
fn after_stop_nothing_more_is_sent_but_the_deletion_of_what_was_made() {
    let world = World::new();
    let mut run = planned(&world);
    climb_to(&world, &mut run, "L4");
    let sent = world.sent.borrow().len();
    world.stop_after.set(Some(sent));
    assert_eq!(world.step(&mut run), Step::Stopped);
    run.give_up("You pressed Stop.");
    world.clean_up(&mut run);
    assert_eq!(
        world.sent.borrow()[sent..]
            .iter()
            .map(|(_, line)| line.split(' ').next().unwrap())
            .collect::<Vec<_>>(),
        ["DELETE"]
    );
    assert_eq!(world.clients_left(), 0);
    assert_eq!(verdicts(&run)["L4"], NotTried);
    assert_eq!(run.made_here().count(), 0);
}

/// How many requests a whole check sends.
fn requests() -> usize {
    let world = World::new();
    world.check(&BOTH);
    world.sent.borrow().len()
}

/// A check up to where Stop is pressed: after this many requests.
fn stopped_after(count: usize, fault: Option<Fault>) -> (World, Run, Run) {
    let world = World::new();
    world.provider.set_fault(fault);
    let mut run = planned(&world);
    world.stop_after.set(Some(count));
    loop {
        run = stored::read(&stored::write(&run)).unwrap();
        let mut before = run.clone();
        before.begin_probe();
        if !world.turn(&mut run) {
            return (world, run, before);
        }
    }
}

#[test]
fn stop_leaves_no_client_behind_wherever_it_is_pressed() {
    for fault in [None, Some(Fault::RegistrationHttp)] {
        for count in 0..=requests() {
            let (world, mut run, _) = stopped_after(count, fault);
            run.give_up("You pressed Stop.");
            world.clean_up(&mut run);
            assert_eq!(world.clients_left(), 0, "after {count} requests");
            assert_eq!(run.made_here().count(), 0, "after {count} requests");
        }
    }
}

#[test]
fn a_reload_leaves_no_client_behind_wherever_it_comes() {
    for fault in [None, Some(Fault::RegistrationHttp)] {
        for count in 0..=requests() {
            // What the probe did since it was stored is forgotten.
            let (world, _, before) = stopped_after(count, fault);
            world.stop_after.set(None);
            let mut run = reloaded(&before);
            world.finish(&mut run);
            assert_eq!(world.clients_left(), 0, "after {count} requests");
            assert_eq!(run.made_here().count(), 0, "after {count} requests");
        }
    }
}

/// Leaves for the provider, and the query with which the browser comes back.
fn left(world: &World) -> (Run, Callback) {
    let mut run = planned(world);
    climb_to(world, &mut run, "L1");
    assert!(matches!(world.step(&mut run), Step::Login(_)));
    let random = |bytes: &mut [u8]| {
        bytes.fill(7);
        Ok(())
    };
    let url = run.leave(&random, world.now()).unwrap().unwrap();
    let state = url.query_pairs().find(|(name, _)| name == "state").unwrap().1;
    let callback = Callback::parse(&format!("?code=polar_ac_x&state={state}"), "").unwrap();
    (run, callback)
}

#[test]
fn who_takes_too_long_is_told_so_and_the_provider_is_not_blamed() {
    let world = World::new();
    let (mut run, callback) = left(&world);
    run.arrive(&callback, &world.environment, world.now().plus_seconds(601));
    assert_eq!(verdicts(&run)["L1"], NotTried);
    assert!(run.came("L1").unwrap().said.contains("more than ten minutes"));
    assert_eq!(run.worst(), polar_connect::check::verdict::Verdict::Deviation);
    world.clean_up(&mut run);
    assert_eq!(world.clients_left(), 0);
}

#[test]
fn a_configuration_that_changed_meanwhile_is_not_the_provider_s_doing() {
    let world = World::new();
    let (mut run, callback) = left(&world);
    let mut environment = world.environment.clone();
    environment.issuer = "https://elsewhere.example".to_owned();
    run.arrive(&callback, &environment, world.now());
    assert_eq!(verdicts(&run)["L1"], NotTried);
    assert!(run.came("L1").unwrap().said.contains("The configuration changed"));
    assert!(run.is_over());
}

#[test]
fn a_limit_is_waited_for_and_then_tried_again() {
    let world = World::new();
    world.provider.set_fault(Some(Fault::Userinfo429));
    let mut run = planned(&world);
    climb_to(&world, &mut run, "L9");
    let paced = world.paces.borrow().len();
    world.turn(&mut run);
    assert_eq!(
        world.paces.borrow()[paced..],
        [Pace::Turn, Pace::Limit, Pace::Limit]
    );
    assert_eq!(verdicts(&run)["L9"], NotTried);
}

#[test]
fn an_answer_is_taken_once_and_only_with_the_state_that_was_sent() {
    let world = World::new();
    let mut run = planned(&world);
    climb_to(&world, &mut run, "L1");
    assert!(matches!(world.step(&mut run), Step::Login(_)));
    assert!(!run.awaits("somebody's"));
    assert!(!run.is_out(world.now()));
    let random = |bytes: &mut [u8]| {
        bytes.fill(7);
        Ok(())
    };
    let url = run.leave(&random, world.now()).unwrap().unwrap();
    let state = url
        .query_pairs()
        .find(|(name, _)| name == "state")
        .unwrap()
        .1
        .into_owned();
    assert!(run.awaits(&state) && run.is_out(world.now()));
    assert!(!run.is_out(world.now().plus_seconds(601)));
    let callback = Callback::parse(&format!("?code=polar_ac_x&state={state}"), "").unwrap();
    run.arrive(&callback, &world.environment, world.now());
    assert!(!run.awaits(&state), "the same answer again is for nobody");
}

#[test]
fn an_error_instead_of_a_code_is_said_and_another_sign_in_may_follow() {
    let world = World::new();
    world.denies.set(true);
    let mut run = planned(&world);
    climb_to(&world, &mut run, "L1");
    world.turn(&mut run);
    assert_eq!(
        run.waiting.as_deref(),
        Some("The provider sent access_denied instead of a code.")
    );
    assert_eq!(run.upcoming().unwrap().id, "L1");
    world.denies.set(false);
    world.finish(&mut run);
    assert_eq!(run.worst(), polar_connect::check::verdict::Verdict::Deviation);
}

#[test]
fn who_never_gets_anywhere_is_not_asked_for_ever() {
    let world = World::new();
    world.denies.set(true);
    let run = world.check(&BOTH);
    assert!(run.is_over());
    assert_eq!(verdicts(&run)["L1"], NotTried);
    assert_eq!(world.clients_left(), 0);
}

#[test]
fn an_edited_record_sends_no_registration_token_elsewhere() {
    let world = World::new();
    let mut run = planned(&world);
    climb_to(&world, &mut run, "L2");
    let text = stored::write(&run).replace("localhost:8081/v1/oauth2/register/", "evil.example/register/");
    let mut edited: Run = stored::read(&text).unwrap();
    // The network of this test refuses to carry anything to another host.
    world.clean_up(&mut edited);
}

#[test]
fn an_edited_record_sends_no_code_elsewhere() {
    let world = World::new();
    let mut run = planned(&world);
    climb_to(&world, &mut run, "L1");
    assert!(matches!(world.step(&mut run), Step::Login(_)));
    let text = stored::write(&run).replace("localhost:8081/v1/oauth2/token", "evil.example/token");
    let mut edited: Run = stored::read(&text).unwrap();
    world.finish(&mut edited);
    assert!(edited.came("L1").unwrap().word != "intact");
}

#[test]
fn an_error_page_is_only_believed_of_the_redirect_that_is_out() {
    let world = World::new();
    let mut run = world.run();
    run.plan(|probe| matches!(probe.id, "R2" | "R5"));
    world.step(&mut run);
    run.saw_an_error_page();
    assert_eq!(run.upcoming().unwrap().id, "R2");
    world.finish(&mut run);
    assert_eq!(run.came("R5").unwrap().word, "error page");
    assert!(!run.asks_what_was_seen());
}

#[test]
fn a_check_that_ended_with_the_session_says_so() {
    let world = World::new();
    let mut run = planned(&world);
    climb_to(&world, &mut run, "L4");
    assert!(!run.ended_with_session());
    run.give_up(polar_connect::check::run::SIGNED_OUT);
    let run = reloaded(&run);
    assert!(run.ended_with_session() && run.is_over());
}

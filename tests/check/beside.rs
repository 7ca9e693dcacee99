//! Two checks beside each other, and a client that only one of the two environments knows.

use local_polar::{Fault, LOCAL_CLIENT_ID};
use polar_connect::check::finished::{Finished, FinishedChecks, differences};
use polar_connect::check::mixup::unknown_client;
use polar_connect::check::probe::Group::{Login, Open};
use polar_connect::check::run::Run;
use polar_connect::session::stored;
use url::Url;

use crate::world::World;

fn finished(world: &World, id: &str) -> Finished {
    let mut run = world.check(&[Open, Login]);
    run.environment = id.to_owned();
    Finished::of(&run, &world.environment).unwrap()
}

#[test]
fn two_environments_that_answer_alike_differ_in_nothing() {
    let found = differences(
        &finished(&World::new(), "sandbox"),
        &finished(&World::new(), "production"),
    );
    assert_eq!((found.list, found.same, found.alone), (Vec::new(), 30, 0));
}

#[test]
fn one_that_answers_otherwise_differs_in_its_row_and_in_what_it_publishes() {
    let other = World::with(Fault::DiscoveryPlainOnly);
    let open = |world: &World| Finished::of(&world.check(&[Open]), &world.environment).unwrap();
    let found = differences(&finished(&World::new(), "sandbox"), &open(&other));
    let rows: Vec<_> = found.list.iter().map(|it| (it.id, it.title.as_str())).collect();
    assert_eq!(
        rows,
        [
            ("D4", "PKCE with S256 is offered"),
            ("", "code_challenge_methods_supported")
        ]
    );
    assert_eq!(found.list[1].one, "also S256");
    // The rows of the login are there once.
    assert_eq!(found.alone, 18);
}

#[test]
fn a_check_that_goes_on_is_not_kept_and_one_that_is_holds_no_secret() {
    let world = World::new();
    let mut run = world.run();
    run.plan(|_| true);
    assert_eq!(Finished::of(&run, &world.environment), None);
    let mut checks = FinishedChecks::default();
    checks.keep(finished(&world, "local"));
    let text = stored::write(&checks);
    let secrets = world.secrets();
    assert!(secrets.len() > 10);
    assert!(secrets.iter().all(|secret| !text.contains(secret)));
}

fn with_own(world: &World, client: &str) -> Run {
    let redirect_uri = Url::parse("http://localhost:8080/callback/").unwrap();
    let mut run = Run::new(
        &world.environment,
        redirect_uri,
        Some(client.to_owned()),
        world.now(),
    );
    run.plan(|probe| probe.group == Open);
    world.finish(&mut run);
    run
}

#[test]
fn a_client_of_another_environment_is_known_by_the_answer_of_the_token_endpoint() {
    let world = World::new();
    let foreign = "polar_ci_of_production";
    assert_eq!(unknown_client(&with_own(&world, foreign)), Some(foreign));
    assert_eq!(unknown_client(&with_own(&world, LOCAL_CLIENT_ID)), None);
    // The client of a check is made for it.
    assert_eq!(unknown_client(&world.check(&[Open])), None);
}

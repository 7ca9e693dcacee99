//! Settings come of a check that is done and found nothing unsound, and say what was found.

use local_polar::{Fault, LOCAL_CLIENT_ID};
use polar_connect::check::probe::Group::{Login, Open};
use polar_connect::check::run::Run;
use polar_connect::check::settings::{Facts, Library, PLACEHOLDER, Unready};
use url::Url;

use crate::world::World;

#[test]
fn a_sound_check_knows_what_the_settings_say() {
    let mut world = World::new();
    let run = world.check(&[Open, Login]);
    let facts = Facts::of(&run, &world.environment).unwrap();
    let published = run.document().unwrap();
    for (value, member) in [
        (&facts.authorization_endpoint, "authorization_endpoint"),
        (&facts.token_endpoint, "token_endpoint"),
        (facts.userinfo_endpoint.as_ref().unwrap(), "userinfo_endpoint"),
    ] {
        assert_eq!(published[member], value.as_str());
    }
    assert_eq!(
        (facts.issuer.as_str(), facts.on_polar),
        ("https://polar.sh", true)
    );
    assert_eq!(facts.metadata, world.environment.discovery_url.as_str());
    // The client of the check is gone.
    assert_eq!(
        (facts.client_id.as_str(), facts.has_client()),
        (PLACEHOLDER, false)
    );
    world.environment.client_id = LOCAL_CLIENT_ID.to_owned();
    let facts = Facts::of(&run, &world.environment).unwrap();
    assert_eq!(
        (facts.client_id.as_str(), facts.has_client()),
        (LOCAL_CLIENT_ID, true)
    );
}

#[test]
fn a_client_of_the_persons_own_goes_before_that_of_the_environment() {
    let mut world = World::new();
    world.environment.client_id = "polar_ci_of_the_environment".to_owned();
    let redirect_uri = Url::parse("http://localhost:8080/callback/").unwrap();
    let own = Some(LOCAL_CLIENT_ID.to_owned());
    let mut run = Run::new(&world.environment, redirect_uri, own, world.now());
    run.plan(|probe| probe.group == Open);
    world.finish(&mut run);
    let facts = Facts::of(&run, &world.environment).unwrap();
    assert_eq!(facts.client_id, LOCAL_CLIENT_ID);
}

#[test]
fn nothing_is_written_before_the_end_of_an_unsound_check_or_without_metadata() {
    let world = World::new();
    let mut run = world.run();
    run.plan(|_| true);
    assert_eq!(Facts::of(&run, &world.environment), Err(Unready::Unfinished));

    let world = World::with(Fault::VerifierUnchecked);
    let run = world.check(&[Open, Login]);
    assert_eq!(
        Facts::of(&run, &world.environment),
        Err(Unready::Unsound(vec!["L4"]))
    );

    let world = World::new();
    let mut run = world.run();
    run.plan(|probe| probe.group == Open);
    run.give_up("You pressed Stop.");
    assert_eq!(Facts::of(&run, &world.environment), Err(Unready::NoMetadata));
}

#[test]
fn no_secret_of_the_check_is_in_any_of_them() {
    let world = World::new();
    let run = world.check(&[Open, Login]);
    let facts = Facts::of(&run, &world.environment).unwrap();
    for library in Library::ALL {
        let text = library.write(&facts);
        assert!(
            world.secrets().iter().all(|secret| !text.contains(secret)),
            "{library:?}"
        );
    }
}

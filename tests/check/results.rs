//! A check as it is taken away, in its three forms.

use local_polar::Fault;
use polar_connect::check::baseline::{Baseline, Baselines};
use polar_connect::check::probe::Group::{self, Login, Open};
use polar_connect::check::results::{Form, write};
use polar_connect::check::run::Run;
use polar_connect::time::Timestamp;
use serde_json::Value;

use crate::world::World;

fn utc(_: Timestamp) -> String {
    "2026-11-24T12:00:00.000Z".to_owned()
}

fn written(run: &Run, form: Form) -> String {
    write(run, form, utc).unwrap()
}

#[test]
fn json_says_everything_that_docs_check_promises() {
    let run = World::with(Fault::VerifierUnchecked).check(&[Open, Login]);
    let value: Value = serde_json::from_str(&written(&run, Form::Json)).unwrap();
    let schema = include_str!("../../docs/check.md");
    for (name, member) in value.as_object().unwrap() {
        assert!(schema.contains(&format!("`{name}`")), "{name} = {member}");
    }
    for name in value["rows"][0].as_object().unwrap().keys() {
        assert!(schema.contains(&format!("`rows[].{name}`")), "{name}");
    }
    assert_eq!(value["verdict"], "unsound");
    assert_eq!(value["counts"]["unsound"], 1);
    assert_eq!(value["finished"], true);
    let row = value["rows"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["id"] == "L4")
        .unwrap();
    assert_eq!(
        (&row["verdict"], &row["came"]),
        (&"unsound".into(), &"accepted".into())
    );
    assert!(row["advice"].as_str().unwrap().contains("stolen code"));
}

#[test]
fn json_is_as_the_published_schema_has_it() {
    let schema: Value = serde_json::from_str(include_str!("../../docs/check.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let mut stopped = World::new().run();
    stopped.plan(|_| true);
    let runs = [
        stopped,
        World::new().check(&[Open, Login, Group::Further]),
        World::with(Fault::DiscoveryHtml).check(&[Open, Login]),
        World::with(Fault::VerifierUnchecked).check(&[Open, Login]),
    ];
    for run in runs {
        let mut value: Value = serde_json::from_str(&written(&run, Form::Json)).unwrap();
        let found: Vec<String> = schema.iter_errors(&value).map(|it| it.to_string()).collect();
        assert_eq!(found, [""; 0]);
        value["verdict"] = "fine".into();
        assert!(!schema.is_valid(&value));
    }
}

#[test]
fn markdown_has_a_row_a_probe_and_what_to_do_about_those_that_need_it() {
    let run = World::with(Fault::VerifierUnchecked).check(&[Open, Login]);
    let text = written(&run, Form::Markdown);
    assert!(text.starts_with("# Login check of local: unsound\n"));
    assert_eq!(
        text.lines()
            .filter(|line| line.starts_with("| D") || line.starts_with("| L"))
            .count(),
        30
    );
    assert!(text.contains("**L4 unsound**: The provider does not compare the verifier"));
    assert!(!text.contains("**L2"));
}

#[test]
fn junit_fails_what_is_unsound_and_skips_what_was_not_tried() {
    let run = World::with(Fault::KeysEmpty).check(&[Open, Login]);
    let text = written(&run, Form::Junit);
    assert_eq!(text.matches("<testcase ").count(), 30);
    assert_eq!(
        text.matches("<testcase ").count(),
        text.matches("</testcase>").count()
    );
    assert_eq!(text.matches("<failure ").count(), 1);
    assert!(text.contains("failures=\"1\""));
    assert!(text.matches("<skipped ").count() >= 1);
    assert!(text.contains("name=\"D6 The keys are usable and public\"><failure type=\"unsound\""));
}

#[test]
fn junit_fails_what_has_changed_since_this_build_and_tells_what_is_published_otherwise() {
    let mut run = World::with(Fault::RefreshKeepsAccess).check(&[Open, Login]);
    run.changes = vec!["The key <one> is new.".to_owned()];
    let text = written(&run, Form::Junit);
    assert!(text.contains("failures=\"1\""));
    assert!(text.contains("name=\"L14 The old access token after a refresh\"><failure type=\"changed\""));
    assert!(text.contains("<system-out>Since the last check: The key &lt;one&gt; is new.</system-out>"));
    assert!(written(&run, Form::Markdown).contains("- The key  one  is new."));
}

#[test]
fn what_changed_is_still_told_when_the_check_goes_on() {
    let world = World::new();
    let mut known = Baselines::default();
    let check = |known: &mut Baselines| {
        let mut run = world.run();
        run.started_at = world.now().plus_seconds(60);
        run.plan(|probe| probe.group == Open);
        world.finish(&mut run);
        let at = run.started_at.plus_seconds(10);
        known.compare(&mut run, at);
        run
    };
    let mut first = world.check(&[Open]);
    known.compare(&mut first, world.now());
    assert_eq!((first.changes.len(), first.compared_with), (0, None));
    world.provider.set_fault(Some(Fault::KeysReplaced));
    let mut run = check(&mut known);
    assert_eq!(run.changes.len(), 2, "{:?}", run.changes);
    let since = run.compared_with;
    // The same check with more probes: what it said a moment ago is not what it is compared with.
    run.plan(|probe| probe.id == "L1");
    world.finish(&mut run);
    let at = run.started_at.plus_seconds(20);
    known.compare(&mut run, at);
    assert_eq!((run.changes.len(), run.compared_with), (2, since));
}

#[test]
fn what_a_visit_reads_is_compared_too() {
    let world = World::new();
    let run = world.check(&[Open]);
    let known = Baseline::of(&run, world.now()).unwrap();
    let mut document = run.document().unwrap().clone();
    assert_eq!(known.document_changed(&document), [""; 0]);
    document.insert("dpop_signing_alg_values_supported".to_owned(), Value::Bool(true));
    assert_eq!(
        known.document_changed(&document),
        ["dpop_signing_alg_values_supported is new: true."]
    );
}

#[test]
fn text_from_outside_stays_text_in_every_form() {
    let world = World::new();
    let mut run = world.run();
    run.environment = "a|b <img> & \"c\"\u{1}".to_owned();
    run.plan(|probe| probe.id == "D1");
    world.finish(&mut run);
    assert!(written(&run, Form::Junit).contains("login check of a|b &lt;img&gt; &amp; &quot;c&quot; \""));
    assert!(written(&run, Form::Markdown).starts_with("# Login check of a b  img  & \"c\""));
}

#[test]
fn nothing_leaves_that_looks_like_a_secret() {
    let world = World::new();
    let mut run = world.check(&[Open]);
    let token = "polar_at_u_abcdefghijklmnopqrstuvwxyz0123456789A0NddfB";
    run.came[1].said = format!("It said {token}.");
    for form in Form::ALL {
        let found = write(&run, form, utc).unwrap_err();
        assert!(found.iter().any(|finding| finding.what == "a token"), "{form:?}");
    }
}

#[test]
fn a_second_check_finds_nothing_new_and_a_replaced_key_is_told() {
    let world = World::new();
    let now = world.now();
    let first = Baseline::of(&world.check(&[Open]), now).unwrap();
    let second = Baseline::of(&world.check(&[Open]), now).unwrap();
    assert_eq!(first.changes(&second), [""; 0]);
    world.provider.set_fault(Some(Fault::KeysReplaced));
    let third = Baseline::of(&world.check(&[Open]), now).unwrap();
    assert_eq!(first.changes(&third).len(), 2);
}

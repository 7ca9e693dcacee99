//! docs/check.md has the rows as the page has them. `UPDATE_DOCS=1` writes them.

use polar_connect::check::catalogue::PROBES;
use polar_connect::check::probe::Group;
use polar_connect::check::remedies::REMEDIES;
use polar_connect::check::settings::{Library, PLACEHOLDER};

const START: &str = "<!-- rows -->\n";
const END: &str = "<!-- /rows -->\n";

fn rows() -> String {
    let mut text = String::new();
    let mut group = None;
    for probe in PROBES {
        if group != Some(probe.group) {
            group = Some(probe.group);
            text += match probe.group {
                Group::Open => "\n### Without a login\n",
                Group::Login => "\n### With one login\n",
                Group::Further => "\n### Further redirects\n",
            };
        }
        text += &format!(
            "\n**{} {}.** {}\n\n- Sent: {}\n- Demanded: {} [{}]({})\n- Polar: {}\n",
            probe.id,
            probe.title,
            probe.teaches,
            probe.sent,
            probe.demanded,
            probe.section,
            probe.address,
            probe.polar
        );
        if !probe.tolerable.is_empty() {
            text += &format!("- Known deviation: {}\n", probe.tolerable);
        }
        text += &format!("- If unsound: {}\n", probe.remedy);
        for (_, pattern, remedy) in REMEDIES.iter().filter(|(id, ..)| *id == probe.id) {
            text += &format!("- If `{pattern}`: {remedy}\n");
        }
    }
    text + "\n"
}

#[test]
fn the_docs_have_the_rows_of_the_catalogue() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/check.md");
    let written = std::fs::read_to_string(path).unwrap();
    let (before, rest) = written.split_once(START).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let expected = format!("{before}{START}{}{END}{after}", rows());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, &expected).unwrap();
        return;
    }
    assert!(
        written == expected,
        "run UPDATE_DOCS=1 cargo test --test check docs"
    );
}

#[test]
fn the_docs_name_every_library_that_settings_are_written_for() {
    let text = include_str!("../../docs/check.md");
    let section = text.split("## Settings for your app").nth(1).unwrap();
    for library in Library::ALL {
        assert!(section.contains(library.name()), "{}", library.name());
    }
    assert!(section.contains(PLACEHOLDER));
}

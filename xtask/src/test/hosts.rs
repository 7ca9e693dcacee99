//! Every journey through the real nginx and the real Caddy, at `/` and below a path.
//!
//! Every run makes them through each program at one of the two, and `cargo xtask test --hosts` through both at both: seven
//! minutes each. A journey that cannot go through a program is left out by its name.

use anyhow::Result;

use super::counts::Counts;
use super::suites::{Suite, counted, journeys_by, left_out_without};
use crate::build;
use crate::project::Project;
use crate::tools::Tools;

pub const HOSTS: &[Suite] = &[
    Suite {
        name: "nginx",
        run: |project| journeys(project, "nginx", "/"),
    },
    NGINX_BELOW,
    CADDY,
    Suite {
        name: "caddy-below",
        run: |project| journeys(project, "caddy", BELOW),
    },
];

pub const NGINX_BELOW: Suite = Suite {
    name: "nginx-below",
    run: |project| journeys(project, "nginx", BELOW),
};

pub const CADDY: Suite = Suite {
    name: "caddy",
    run: |project| journeys(project, "caddy", "/"),
};

const BELOW: &str = "/tools/polar/";

/// Their host has a certificate, calls the program nothing in particular, or is late: on purpose, as only one in the
/// process of the journeys can be.
const OF_A_HOST_OF_THEIR_OWN: &[&str] = &[
    "cause::on_https_",
    "setup::j10_a_program_that_is_called_nothing",
    "start_page::the_bar_is_painted_before_the_style_sheet_comes",
];

/// Their files change while they are served, and a program serves a copy that a deployment has written.
const OF_FILES_THAT_CHANGE: &[&str] = &[
    "offline::j12_a_newer_version_is_offered",
    "offline::an_older_build_is_forgotten",
    "offline::a_build_that_is_not_there_as_a_whole",
    "offline::what_a_host_changes_without_a_new_build",
    "parts::j12_a_page_whose_part_is_gone",
    "parts::a_reload_brings_the_page_whose_part_was_gone",
    "parts::an_answer_is_not_spent_before",
    "parts::a_sign_in_whose_session_is_gone",
    "parts::what_is_chosen_before_the_session_is_here",
    "parts::what_is_kept_is_not_passed_over",
    "parts::a_lookup_that_fails_is_told",
    "parts::a_page_that_comes_back_says",
    "parts::what_is_wrong_with_a_document_is_said_by_the_session",
];

/// Its address has 40 kB, and nginx takes 8 unless it is told otherwise; through Caddy it is made.
const OF_AN_ADDRESS_TOO_LONG: &[&str] = &["addresses::h02_h03_"];

fn left_out(host: &str) -> Vec<&'static str> {
    let by_nginx = if host == "nginx" {
        OF_AN_ADDRESS_TOO_LONG
    } else {
        &[]
    };
    [OF_A_HOST_OF_THEIR_OWN, OF_FILES_THAT_CHANGE, by_nginx].concat()
}

fn journeys(project: &Project, host: &str, base: &str) -> Result<Counts> {
    build::ensure(project)?;
    let mut variables = Tools::for_journeys()?.env();
    variables.extend(Tools::to_serve()?.env());
    let mut cargo = journeys_by(project, host, base);
    for journey in left_out(host) {
        cargo.args(["--skip", journey]);
    }
    cargo.args(left_out_without(&variables));
    counted(cargo.envs(variables))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;

    fn folder() -> PathBuf {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        root.join("tests/e2e/journeys")
    }

    #[test]
    fn whatever_is_left_out_is_a_journey() {
        for journey in left_out("nginx") {
            let (file, name) = journey.split_once("::").expect("a file and how a name begins");
            let source = fs::read_to_string(folder().join(format!("{file}.rs"))).unwrap();
            assert!(source.contains(&format!("\nasync fn {name}")), "{journey}");
        }
    }

    #[test]
    fn whatever_no_program_can_serve_is_left_out() {
        let asks = [
            "World::over_https(",
            "World::untyped(",
            "World::late(",
            "publish_another(folder.path())",
            "take_away(&folder,",
        ];
        let mut seen = 0;
        for file in fs::read_dir(folder()).unwrap() {
            let path = file.unwrap().path();
            let module = path.file_stem().unwrap().to_string_lossy().into_owned();
            let source = fs::read_to_string(&path).unwrap();
            for text in source.split("\nasync fn ").skip(1) {
                if !asks.iter().any(|it| text.contains(it)) {
                    continue;
                }
                let journey = format!("{module}::{text}");
                let is_left_out = left_out("caddy").iter().any(|it| journey.starts_with(it));
                assert!(is_left_out, "{}", journey.lines().next().unwrap_or_default());
                seen += 1;
            }
        }
        assert!(seen > 5, "only {seen} journeys need a host of their own");
    }
}

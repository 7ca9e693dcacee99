//! What is tested, in order: cheap before dear, so that a slip shows early.

use std::ffi::OsString;
use std::fs;
use std::process::Command;

use anyhow::Result;

use super::counts::Counts;
use super::{check, dependencies, hosts, reproducible, start};
use crate::project::Project;
use crate::run::{run, run_and_read};
use crate::tools::{Browser, Cache, Tools, WASM32};
use crate::{build, sizes};

pub struct Suite {
    pub name: &'static str,
    pub run: fn(&Project) -> Result<Counts>,
}

pub const SUITES: &[Suite] = &[
    Suite {
        name: "format",
        run: format,
    },
    Suite {
        name: "dependencies",
        run: dependencies::check,
    },
    Suite {
        name: "clippy (host)",
        run: clippy_host,
    },
    Suite {
        name: "clippy (wasm32)",
        run: clippy_wasm32,
    },
    Suite {
        name: "native",
        run: native,
    },
    Suite {
        name: "settings",
        run: settings,
    },
    Suite {
        name: "browser",
        run: browser,
    },
    Suite {
        name: "build",
        run: release_build,
    },
    Suite {
        name: "size",
        run: size,
    },
    Suite {
        name: "reproducible",
        run: reproducible::check,
    },
    Suite {
        name: "hosts",
        run: hosts_and_sign_ins,
    },
    Suite {
        name: "journeys",
        run: journeys,
    },
    hosts::NGINX_BELOW,
    hosts::CADDY,
    Suite {
        name: "check",
        run: check::check,
    },
    Suite {
        name: "start",
        run: start::start,
    },
];

/// What is made through one host.
struct Hosting {
    host: &'static str,
    base: &'static str,
    journeys: &'static [&'static str],
    /// Beside them.
    more: &'static [&'static str],
    /// With what a browser has around a page, which half of the time goes to.
    in_whole_browser: bool,
}

/// Beside those that all journeys are made through. GitHub's part is played by a server that sends no headers, and no not-found
/// page either.
const HOSTINGS: &[Hosting] = &[
    Hosting {
        host: "nginx",
        base: "/",
        journeys: HOSTED,
        more: &[],
        in_whole_browser: false,
    },
    Hosting {
        host: "nginx",
        base: "/tools/polar/",
        journeys: HOSTED,
        more: &[],
        in_whole_browser: true,
    },
    Hosting {
        host: "caddy",
        base: "/tools/polar/",
        journeys: HOSTED,
        more: IN_DEPTH,
        in_whole_browser: false,
    },
    Hosting {
        host: "github",
        base: "/",
        journeys: &["journeys::sign_in::", "in_a_frame", "a_host_is_told"],
        more: &[],
        in_whole_browser: false,
    },
];

/// Signing in, a reload, a link deep into the app, what is kept offline, and what the page finds of its host.
const HOSTED: &[&str] = &[
    "journeys::sign_in::",
    "journeys::hosted::",
    "without_a_network",
    "without_the_host",
];

/// What an answer, a session, the policy and damaged files come to, where a program serves the page below a path.
const IN_DEPTH: &[&str] = &[
    "journeys::callbacks::",
    "journeys::refresh::",
    "journeys::sign_out::",
    "journeys::organizations::",
    "journeys::guards::",
    "journeys::trusted_types::",
    "journeys::setup::",
    "a_first_visit_downloads_no_part",
    // Of a host that this list makes.
    "--skip=j10_a_program_that_is_called_nothing",
];

/// Half of them wait at any time: for what is slow on purpose, or for what must not come.
const JOURNEYS: &[&str] = &[
    "test",
    "--package",
    "polar-connect",
    "--test",
    "e2e",
    "--",
    "--test-threads=4",
];

fn format(project: &Project) -> Result<Counts> {
    one(&mut project.cargo(&["fmt", "--all", "--check"]))
}

fn clippy_host(project: &Project) -> Result<Counts> {
    // The journeys and the settings are no default targets, so they are named.
    one(&mut project.cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--test",
        "e2e",
        "--test",
        "settings",
        "--",
        "-D",
        "warnings",
    ]))
}

fn clippy_wasm32(project: &Project) -> Result<Counts> {
    let tools = Tools::to_compile(&Cache::of_user()?)?;
    let mut arguments = vec![
        "clippy",
        "--package",
        "polar-connect",
        "--target",
        WASM32,
        // Not the unit tests: they are native, and so are the crates they use.
        "--lib",
        "--bins",
        "--test",
        "browser",
    ];
    if tools.replace_the_compiler() {
        println!("   clippy does not fit the compiler of the wasm32 library here: cargo check instead");
        arguments[0] = "check";
    } else {
        arguments.extend(["--", "-D", "warnings"]);
    }
    one(project.cargo(&arguments).envs(tools.env()))
}

fn native(project: &Project) -> Result<Counts> {
    counted(&mut project.cargo(&["test", "--workspace", "--no-fail-fast"]))
}

fn settings(project: &Project) -> Result<Counts> {
    let tools = Tools::to_run_settings(project)?;
    let mut cargo = project.cargo(&["test", "--package", "polar-connect", "--test", "settings"]);
    counted(cargo.envs(tools.env()))
}

fn browser(project: &Project) -> Result<Counts> {
    let tools = Tools::to_test_in_browser(project)?;
    let capabilities = project.target.join("webdriver.json");
    fs::create_dir_all(&project.target)?;
    fs::write(&capabilities, Browser::capabilities(&tools.env()))?;
    let arguments = [
        "test",
        "--package",
        "polar-connect",
        "--target",
        WASM32,
        "--test",
        "browser",
    ];
    let mut cargo = project.cargo(&arguments);
    cargo.envs(tools.env()).envs([
        (
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
            "wasm-bindgen-test-runner",
        ),
        // Its 20 seconds are little for a debug build on a busy machine.
        ("WASM_BINDGEN_TEST_TIMEOUT", "120"),
    ]);
    counted(cargo.env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", capabilities))
}

fn release_build(project: &Project) -> Result<Counts> {
    build::ensure(project)?;
    Ok(Counts::of_one(true))
}

fn size(project: &Project) -> Result<Counts> {
    build::ensure(project)?;
    let sizes = sizes::measure(&project.dist())?;
    sizes::print(&sizes);
    let mut counts = Counts::default();
    for budget in sizes::budgets(&sizes) {
        counts += Counts::of_one(budget.bytes <= budget.allowed);
    }
    let faults = sizes::faults(&project.dist())?;
    faults.iter().for_each(|fault| println!("{fault}"));
    counts += Counts::of_one(faults.is_empty());
    Ok(counts)
}

fn hosts_and_sign_ins(project: &Project) -> Result<Counts> {
    build::ensure(project)?;
    let tools = Tools::to_serve()?;
    let mut cargo = project.cargo(&["test", "--package", "hosting", "--test", "hosts"]);
    let mut counts = counted(cargo.envs(tools.env()).env("DIST", project.dist()))?;
    for hosting in HOSTINGS {
        let mut cargo = journeys_by(project, hosting.host, hosting.base);
        cargo.args(hosting.journeys).args(hosting.more).envs(tools.env());
        if hosting.in_whole_browser {
            cargo.env_remove("CHROMIUM_SHELL");
        }
        counts += counted(&mut cargo)?;
    }
    Ok(counts)
}

/// All journeys through this host below this path, until arguments say which.
pub fn journeys_by(project: &Project, host: &str, base: &str) -> Command {
    println!("── journeys by {host} at {base}");
    let mut cargo = project.cargo(JOURNEYS);
    cargo.envs([("HOST", host), ("BASE", base)]);
    cargo.env("DIST", project.dist());
    cargo
}

fn journeys(project: &Project) -> Result<Counts> {
    build::ensure(project)?;
    let variables = Tools::for_journeys()?.env();
    let mut cargo = project.cargo(JOURNEYS);
    cargo.args(left_out_without(&variables));
    counted(cargo.envs(variables).env("DIST", project.dist()))
}

/// The journey for which there is nothing to run against: it does not count as passed.
pub fn left_out_without(variables: &[(&'static str, OsString)]) -> &'static [&'static str] {
    match variables.iter().any(|(name, _)| *name == "OIDC_PROVIDER") {
        true => &[],
        false => &["--skip", "an_independent_provider"],
    }
}

fn one(command: &mut Command) -> Result<Counts> {
    run(command)?;
    Ok(Counts::of_one(true))
}

pub fn counted(command: &mut Command) -> Result<Counts> {
    let (status, output) = run_and_read(command)?;
    Ok(Counts::of_output(&output).judged(status.success()))
}

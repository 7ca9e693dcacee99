//! What the lock file may bring in: licences that ask for no more than a notice, and crates from crates.io alone.
//!
//! `cargo tree` says both, offline and without a tool to compile first. Left out: known vulnerabilities, which need a database
//! from the network; `cargo audit` or `cargo deny check advisories` read the same `Cargo.lock`.

use std::collections::BTreeSet;

use anyhow::{Context, Result};

use super::counts::Counts;
use crate::project::Project;
use crate::run::read;

/// Each lets us ship the wasm under MIT with a notice, or without any.
const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// A line a crate, for every system and every use.
pub fn check(project: &Project) -> Result<Counts> {
    let arguments = [
        "tree",
        "--workspace",
        "--target",
        "all",
        "--edges",
        "normal,build,dev",
    ];
    let format = ["--prefix", "none", "--format", "{p}|{l}"];
    let tree = read(project.cargo(&arguments).args(format)).context("cargo tree failed")?;
    let root = project.root.display().to_string();
    let lines = tree.lines().filter(|line| !line.trim().is_empty());
    let faults: BTreeSet<String> = lines
        .filter_map(|line| fault(line.trim_end_matches(" (*)"), &root))
        .collect();
    faults.iter().for_each(|fault| println!("{fault}"));
    Ok(Counts::of_one(!tree.is_empty() && faults.is_empty()))
}

/// What is wrong with one line of the tree: `name v1.0.0 (where from)|licence`.
fn fault(line: &str, root: &str) -> Option<String> {
    let Some((package, licence)) = line.split_once('|') else {
        return Some(format!("cargo tree says something unknown: {line}"));
    };
    let from = package.split_once(" (").map_or("", |(_, from)| from);
    if !(from.is_empty() || from.starts_with("proc-macro)") || from.starts_with(root)) {
        return Some(format!("{package} is not from crates.io"));
    }
    let allowed = may_be_used(licence);
    (!allowed).then(|| format!("{package} has the licence {licence:?}"))
}

/// Reads `A OR B AND C` as the stricter of its two meanings; `/` is how `OR` was once written.
fn may_be_used(licence: &str) -> bool {
    let licence = licence.replace('/', " OR ").replace(['(', ')'], "");
    let known = |name: &str| LICENCES.contains(&name.trim());
    licence.split(" AND ").all(|part| part.split(" OR ").any(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_is_allowed_when_one_way_through_it_is() {
        for licence in [
            "MIT",
            "MIT-0",
            "MIT/Apache-2.0",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "MIT OR Apache-2.0 OR LGPL-2.1-or-later",
            "Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT",
        ] {
            assert!(may_be_used(licence), "{licence}");
        }
        for licence in [
            "",
            "GPL-3.0-only",
            "MIT AND GPL-3.0-only",
            "MPL-2.0",
            "Proprietary",
        ] {
            assert!(!may_be_used(licence), "{licence}");
        }
    }

    #[test]
    fn a_crate_comes_from_the_registry_or_lies_here() {
        let check = |line: &str, fine: bool| assert_eq!(fault(line, "/here").is_none(), fine, "{line}");
        check("serde v1.0.0|MIT", true);
        check("serde_derive v1.0.0 (proc-macro)|MIT", true);
        check("hosting v0.1.0 (/here/hosting)|MIT", true);
        check(
            "serde v1.0.0 (https://github.com/serde-rs/serde#0123abcd)|MIT",
            false,
        );
        check("serde v1.0.0 (/elsewhere/serde)|MIT", false);
        check("serde v1.0.0 (registry `mirror`)|MIT", false);
        check("serde v1.0.0|AGPL-3.0-only", false);
        check("serde v1.0.0", false);
    }
}

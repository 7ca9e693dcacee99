//! Every input that a fuzzer has found so far, and those that it began with, through the functions that it ran them through.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::hostile::{TARGETS, run};

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus")
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn what_fuzzing_has_found_holds_still() {
    for (target, _) in TARGETS {
        let folder = corpus().join(target);
        let inputs = names(&folder);
        assert!(inputs.len() > 3, "{target} has no corpus");
        for name in inputs {
            println!("{target}/{name}");
            run(target, &fs::read(folder.join(name)).unwrap());
        }
    }
}

#[test]
fn nothing_at_all_and_a_lot_of_one_thing_are_refused_everywhere() {
    for (target, _) in TARGETS {
        for byte in [0, b'{', b'[', b'"', b'&', b'.', b'$', 0xff] {
            for length in [0, 1, 2, 127, 128, 129, 300_000] {
                run(target, &vec![byte; length]);
            }
        }
    }
}

#[test]
fn every_target_can_be_fuzzed() {
    let listed: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names(&corpus()), listed);
    let manifest = fs::read_to_string(corpus().with_file_name("Cargo.toml")).unwrap();
    for name in &listed {
        assert!(
            manifest.contains(&format!("[[bin]]\nname = \"{name}\"\n")),
            "{name}"
        );
        let program = corpus().with_file_name("targets").join(format!("{name}.rs"));
        let text = fs::read_to_string(program).unwrap();
        assert!(text.contains(&format!("run(\"{name}\"")), "{name}");
    }
}

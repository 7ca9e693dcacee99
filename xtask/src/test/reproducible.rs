//! Whoever builds these sources again gets the same bytes: the release build, made once more from a copy at another path, with
//! another target folder, is compared with `dist/` file by file.
//!
//! A whole build again is minutes, so what was found for these sources and this `dist/` is noted, and not found again.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::counts::Counts;
use crate::project::Project;
use crate::run::{read, step};
use crate::tools::Tools;
use crate::{build, sizes, stamp};

pub fn check(project: &Project) -> Result<Counts> {
    build::ensure(project)?;
    let proof = project.target.join("reproducible.stamp");
    let now = stamp::stamp(project)?;
    if fs::read_to_string(&proof).is_ok_and(|proven| proven == now) {
        println!("── these sources were built twice before, with the same bytes");
        return Ok(Counts::of_one(true));
    }
    let copy = Copy::of(project)?;
    step("building a copy of the sources elsewhere", || {
        build::build(&copy.0, &Tools::to_build(&copy.0)?)
    })?;
    let (first, second) = (files(&project.dist())?, files(&copy.0.dist())?);
    let differences = differences(&first, &second);
    differences.iter().for_each(|line| println!("{line}"));
    if differences.is_empty() {
        let bytes: usize = first.values().map(Vec::len).sum();
        println!("   {} files with {bytes} bytes are the same", first.len());
        fs::write(proof, now)?;
    }
    Ok(Counts::of_one(!first.is_empty() && differences.is_empty()))
}

/// Everything that git knows or would know, in a folder of the system's that goes with this.
struct Copy(Project);

impl Copy {
    fn of(project: &Project) -> Result<Copy> {
        let list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
        let list = read(project.command("git").args(list)).context("git does not list the sources")?;
        let root = std::env::temp_dir().join(format!(
            "polar-connect-again-{}/at/another/path",
            std::process::id()
        ));
        let copy = Copy(Project {
            target: root.join("another-target"),
            root,
        });
        for file in list.split('\0').filter(|file| !file.is_empty()) {
            let (from, to) = (project.root.join(file), copy.0.root.join(file));
            // Deleted, and not yet for git.
            if !from.is_file() {
                continue;
            }
            fs::create_dir_all(to.parent().unwrap_or(Path::new("/")))?;
            fs::copy(&from, &to).with_context(|| from.display().to_string())?;
        }
        Ok(copy)
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        if let Some(top) = self.0.root.ancestors().nth(3) {
            let _ = fs::remove_dir_all(top);
        }
    }
}

fn files(folder: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut files = BTreeMap::new();
    sizes::walk(folder, &mut |path| {
        files.insert(path.strip_prefix(folder)?.to_owned(), fs::read(path)?);
        Ok(())
    })?;
    Ok(files)
}

/// A line a file that only one has or that is not the same in both.
fn differences(first: &BTreeMap<PathBuf, Vec<u8>>, second: &BTreeMap<PathBuf, Vec<u8>>) -> Vec<String> {
    let names: std::collections::BTreeSet<&PathBuf> = first.keys().chain(second.keys()).collect();
    let line = |name: &PathBuf| {
        let said = match (first.get(name), second.get(name)) {
            (Some(one), Some(other)) if one == other => return None,
            (Some(one), Some(other)) => {
                let at = one.iter().zip(other).take_while(|(a, b)| a == b).count();
                format!("{} and {} bytes, the same up to {at}", one.len(), other.len())
            }
            (Some(_), None) => "only the first build has it".to_owned(),
            _ => "only the second build has it".to_owned(),
        };
        Some(format!("{}: {said}", name.display()))
    };
    names.into_iter().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn j13_one_other_byte_and_one_other_name_are_seen() {
        let files = |list: &[(&str, &str)]| {
            let list = list.iter();
            list.map(|(name, content)| (PathBuf::from(name), content.as_bytes().to_vec()))
                .collect()
        };
        let first: BTreeMap<_, _> = files(&[("a.js", "abc"), ("b.js", "same")]);
        assert_eq!(differences(&first, &first), Vec::<String>::new());
        let second = files(&[("a.js", "abd"), ("b.js", "same"), ("c.js", "")]);
        let expected = [
            "a.js: 3 and 3 bytes, the same up to 2",
            "c.js: only the second build has it",
        ];
        assert_eq!(differences(&first, &second), expected);
        assert_eq!(
            differences(&second, &first)[1],
            "c.js: only the first build has it"
        );
    }
}

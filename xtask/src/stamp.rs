//! Whether `dist/` is still what the sources would give: a hash of both and the compiler's name, written after each build.
//!
//! Contents, not times: a checkout or a branch and back changes the times of files that are the same.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::project::Project;
use crate::run::read;

/// Everything that decides what the release build contains; of xtask what builds, cuts, writes pages and picks the tools.
const SOURCES: &[&str] = &[
    "src",
    "browser-url",
    "style",
    "public",
    "index.html",
    "config.json",
    ".cargo/config.toml",
    "build.rs",
    "Cargo.toml",
    "Cargo.lock",
    "Trunk.toml",
    "xtask/src/build.rs",
    "xtask/src/pages.rs",
    "xtask/src/parts",
    "xtask/src/seal.rs",
    "xtask/src/styles.rs",
    "xtask/src/tools",
];

/// True when neither the sources, `dist/` nor the compiler changed since the last build.
pub fn is_current(project: &Project) -> Result<bool> {
    let written = fs::read_to_string(stamp_file(project)).unwrap_or_default();
    Ok(project.dist().join("index.html").is_file() && written == stamp(project)?)
}

/// Called when a build has succeeded.
pub fn write(project: &Project) -> Result<()> {
    fs::create_dir_all(&project.target)?;
    Ok(fs::write(stamp_file(project), stamp(project)?)?)
}

/// Called before a build begins, so that one that breaks off is not taken for finished.
pub fn remove(project: &Project) {
    let _ = fs::remove_file(stamp_file(project));
}

fn stamp_file(project: &Project) -> PathBuf {
    project.target.join("dist.stamp")
}

/// One text for the sources, `dist/` and the compiler as they are now.
pub fn stamp(project: &Project) -> Result<String> {
    let sources: Vec<PathBuf> = SOURCES.iter().map(|source| project.root.join(source)).collect();
    let compiler = read(project.command("rustc").arg("--version")).unwrap_or_default();
    Ok(format!(
        "{:016x} {:016x} {compiler}",
        hash(&sources)?,
        hash(&[project.dist()])?
    ))
}

/// One number for the names and contents of files and whole folders; what is missing counts as missing.
fn hash(paths: &[PathBuf]) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    for path in paths {
        add(&mut hasher, path)?;
    }
    Ok(hasher.finish())
}

fn add(hasher: &mut DefaultHasher, path: &Path) -> Result<()> {
    hasher.write(path.as_os_str().as_encoded_bytes());
    if path.is_dir() {
        let mut inside = fs::read_dir(path)?
            .map(|entry| Ok(entry?.path()))
            .collect::<Result<Vec<_>>>()?;
        inside.sort();
        inside.iter().try_for_each(|path| add(hasher, path))?;
    } else if path.is_file() {
        let content = fs::read(path)?;
        hasher.write_usize(content.len());
        hasher.write(&content);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The folders of the crates of this project that the app is built with.
    fn own_crates(manifest: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut counts = false;
        for line in manifest.lines() {
            if line.starts_with('[') {
                counts = line.contains("dependencies") && !line.contains("dev-dependencies");
            } else if counts && let Some((_, rest)) = line.split_once("path = \"") {
                found.extend(rest.split_once('"').map(|(path, _)| path.to_owned()));
            }
        }
        found
    }

    #[test]
    fn every_crate_that_the_app_is_built_with_is_a_source() {
        let project = Project::find().unwrap();
        let found = own_crates(&fs::read_to_string(project.root.join("Cargo.toml")).unwrap());
        assert!(!found.is_empty(), "the manifest is read another way now");
        for folder in found {
            assert!(SOURCES.contains(&folder.as_str()), "{folder}");
            assert!(
                crate::start::WATCHED.contains(&folder.as_str()),
                "{folder} is not watched"
            );
        }
        for source in SOURCES {
            assert!(project.root.join(source).exists(), "{source}");
        }
    }

    #[test]
    fn a_change_in_any_source_in_dist_or_of_the_compiler_is_seen() {
        let root = std::env::temp_dir().join(format!("xtask-stamp-{}", std::process::id()));
        let project = Project {
            root: root.clone(),
            target: root.join("target"),
        };
        fs::create_dir_all(root.join("src/app")).unwrap();
        fs::create_dir_all(project.dist()).unwrap();
        fs::write(root.join("src/app/mod.rs"), "one").unwrap();
        fs::write(project.dist().join("index.html"), "page").unwrap();
        assert!(!is_current(&project).unwrap(), "nothing was built yet");

        write(&project).unwrap();
        assert!(is_current(&project).unwrap());

        fs::write(root.join("src/app/mod.rs"), "two").unwrap();
        assert!(!is_current(&project).unwrap(), "a source changed");

        write(&project).unwrap();
        fs::write(project.dist().join("index.html"), "dev page").unwrap();
        assert!(!is_current(&project).unwrap(), "dist changed");

        let earlier = stamp(&project).unwrap().replace("rustc ", "rustc 0.");
        fs::write(stamp_file(&project), earlier).unwrap();
        assert!(!is_current(&project).unwrap(), "another compiler built it");

        write(&project).unwrap();
        remove(&project);
        assert!(!is_current(&project).unwrap(), "a build began");
        fs::remove_dir_all(root).unwrap();
    }
}

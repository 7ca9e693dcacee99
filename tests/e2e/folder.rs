//! A copy of the built folder that a journey may spoil; it goes with the journey.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::world::dist;

pub struct Copied(PathBuf);

impl Copied {
    pub fn new(name: &str) -> Copied {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let to = env::temp_dir().join(format!("polar-connect-{name}-{}-{count}", std::process::id()));
        copy(&dist(), &to);
        Copied(to)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The built folder once more, below this one.
    pub fn copy_below(&self, name: &str) {
        copy(&dist(), &self.0.join(name));
    }

    /// The file at the top whose name starts and ends so; in between stands the hash of its content.
    pub fn file(&self, start: &str, end: &str) -> PathBuf {
        let files = fs::read_dir(&self.0).expect("a folder").flatten();
        let names = |file: &fs::DirEntry| {
            let name = file.file_name();
            let name = name.to_string_lossy();
            name.starts_with(start) && name.ends_with(end)
        };
        let mut found: Vec<PathBuf> = files.filter(names).map(|file| file.path()).collect();
        assert_eq!(found.len(), 1, "{start}{end}: {found:?}");
        found.remove(0)
    }

    /// Takes the digest of the program out of every page, for journeys that are about another program.
    pub fn unseal(&self) {
        change_pages(&self.0, &|page| {
            let (before, after) = page.split_once("data-wasm-integrity=").expect("pages are sealed");
            let (_, after) = after.split_once(' ').expect("other attributes follow");
            format!("{before}{after}")
        });
    }
}

impl Drop for Copied {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn change_pages(folder: &Path, change: &dyn Fn(&str) -> String) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            change_pages(&path, change);
        } else if path.extension().is_some_and(|ending| ending == "html") {
            let page = fs::read_to_string(&path).expect("a page is text");
            fs::write(&path, change(&page)).expect("it can be written");
        }
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("DIST names the built folder").flatten() {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("a file can be copied");
        }
    }
}

//! What a page promises of its files: a digest each (Subresource Integrity), so that a file that is not the one that was
//! built is refused by the browser, and the list from which the service worker keeps them.
//!
//! Trunk writes the digests of styles and of the glue. `boot.js` and what it fetches get theirs here.
//! The page itself cannot be sealed: it is where the seals are.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use sha2::{Digest as _, Sha384};

/// Where Trunk's `pattern_script` begins.
const SCRIPT: &str = "<script ";
/// As `public/worker.js` has them, to be filled.
const FILES: &str = "const FILES = {};";
const VERSION: &str = "const VERSION = \"\";";

/// The page with the digests of `boot.js`, of the glue and of the wasm, and with the address of the worker.
pub fn page(page: &str, dist: &Path) -> Result<String> {
    let (before, script) = page
        .split_once(SCRIPT)
        .context("index.html has no script: pattern_script in Trunk.toml")?;
    let named = |attribute: &str| {
        let value = script.split_once(attribute).map(|(_, value)| value);
        let file = value.and_then(|value| value.split([' ', '>']).next());
        file.with_context(|| format!("the script has no {attribute}"))
    };
    let digest = |file: &str| -> Result<String> {
        let name = file.trim_matches('"').trim_start_matches("./");
        Ok(integrity(
            &fs::read(dist.join(name)).with_context(|| name.to_owned())?,
        ))
    };
    Ok(format!(
        "{before}{SCRIPT}integrity={} data-js-integrity={} data-wasm-integrity={} data-worker=./worker.js {script}",
        digest(named(" src=")?)?,
        digest(named("data-js=")?)?,
        digest(named("data-wasm=")?)?,
    ))
}

/// Writes `worker.js` with the list of everything that is in `dist` now.
pub fn worker(root: &Path, dist: &Path) -> Result<()> {
    let source = fs::read_to_string(root.join("public/worker.js")).context("public/worker.js")?;
    let mut files = BTreeMap::new();
    list(dist, "", &mut files)?;
    fs::write(dist.join("worker.js"), filled(&source, &files)?).context("dist/worker.js")
}

fn filled(source: &str, files: &BTreeMap<String, String>) -> Result<String> {
    if !source.contains(FILES) || !source.contains(VERSION) {
        bail!("public/worker.js has no place for the list of files");
    }
    // Names and digests are plain ASCII without quotes, so this is JavaScript. The page that judges its host reads it, a file a line.
    let lines: Vec<String> = files
        .iter()
        .map(|(file, digest)| format!("\n  {file:?}: {digest:?}"))
        .collect();
    let lines = lines.join(",");
    let text = without_comments(source).replace(FILES, &format!("const FILES = {{{lines}\n}};"));
    // Of all of it: a worker that is another one must not take the files of this one for its own.
    let version = &integrity(text.as_bytes())["sha384-".len()..][..12];
    Ok(text.replace(VERSION, &format!("const VERSION = {version:?};")))
}

/// They are for who reads the source, and every visitor would download them.
fn without_comments(source: &str) -> String {
    let is_code = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with(['/', '*']);
    source
        .lines()
        .filter(is_code)
        .map(|line| format!("{line}\n"))
        .collect()
}

/// Everything that a page may ask for, by the address it asks with. A host may put its policy into a page, and other environments
/// into `config.json`, so those have no digest.
fn list(folder: &Path, below: &str, files: &mut BTreeMap<String, String>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            list(&entry.path(), &format!("{name}/"), files)?;
            continue;
        }
        match name.as_str() {
            "404.html" | "worker.js" => None,
            "config.json" => files.insert(name, String::new()),
            // Nothing runs a picture, and digests are most of what this list weighs.
            picture if picture.ends_with(".png") => files.insert(name, String::new()),
            page if page.ends_with("index.html") => {
                files.insert(page.trim_end_matches("index.html").to_owned(), String::new())
            }
            _ => files.insert(name, integrity(&fs::read(entry.path())?)),
        };
    }
    Ok(())
}

pub fn integrity(content: &[u8]) -> String {
    format!("sha384-{}", BASE64_STANDARD.encode(Sha384::digest(content)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of the system's, removed at the end.
    fn with_folder(name: &str, test: impl FnOnce(&Path)) {
        let folder = std::env::temp_dir().join(format!("xtask-seal-{name}-{}", std::process::id()));
        fs::create_dir_all(folder.join("callback")).unwrap();
        for (file, content) in [
            ("boot.js", "boot"),
            ("a-0123456789abcdef.js", "glue"),
            ("a-0123456789abcdef_bg.wasm", "wasm"),
            ("index.html", "page"),
            ("callback/index.html", "page"),
            ("404.html", "page"),
            ("config.json", "{}"),
        ] {
            fs::write(folder.join(file), content).unwrap();
        }
        test(&folder);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn the_script_says_what_it_and_what_it_fetches_must_be() {
        with_folder("page", |folder| {
            for quote in ["", "\""] {
                let name = format!("{quote}./a-0123456789abcdef");
                let script = format!(
                    "<head><script data-js={name}.js{quote} data-wasm={name}_bg.wasm{quote} src=./boot.js></script>"
                );
                let page = page(&script, folder).unwrap();
                let start = format!("<head><script integrity={} ", integrity(b"boot"));
                assert!(page.starts_with(&start), "{page}");
                assert!(page.contains(&format!("data-js-integrity={}", integrity(b"glue"))));
                assert!(page.contains(&format!("data-wasm-integrity={}", integrity(b"wasm"))));
                assert!(page.ends_with(&script["<head><script ".len()..]));
            }
        });
    }

    #[test]
    fn a_digest_is_the_one_that_browsers_compute() {
        assert_eq!(
            integrity(b"alert('Hello, world.');"),
            "sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO",
            "the example of the specification, W3C SRI 1.2"
        );
    }

    #[test]
    fn a_page_without_its_script_is_refused() {
        with_folder("none", |folder| {
            assert!(page("<head></head>", folder).is_err());
            assert!(page("<script src=./boot.js></script>", folder).is_err());
            assert!(
                page(
                    "<script data-js=./gone.js data-wasm=./gone.wasm></script>",
                    folder
                )
                .is_err()
            );
        });
    }

    #[test]
    fn the_worker_keeps_pages_by_their_addresses_and_others_by_their_digests() {
        with_folder("worker", |folder| {
            let mut files = BTreeMap::new();
            list(folder, "", &mut files).unwrap();
            let text = filled(&format!("{FILES}\n{VERSION}"), &files).unwrap();
            let (_, list) = text.split_once("const FILES = ").unwrap();
            let (list, _) = list.split_once(';').unwrap();
            let list: serde_json::Value = serde_json::from_str(list).unwrap();
            for (file, digest) in [
                ("", String::new()),
                ("callback/", String::new()),
                ("config.json", String::new()),
                ("boot.js", integrity(b"boot")),
            ] {
                assert_eq!(list[file], digest.as_str(), "{file} in {text}");
            }
            assert!(
                !text.contains("404") && !text.contains("VERSION = \"\""),
                "{text}"
            );
        });
    }

    #[test]
    fn comments_stay_behind_and_code_does_not() {
        let source = "// Why.\n\n/** What. */\nconst A = 1;\n  // How.\n  f(\"https://x\");\n";
        assert_eq!(without_comments(source), "const A = 1;\n  f(\"https://x\");\n");
    }

    #[test]
    fn the_version_follows_the_files_and_what_is_done_with_them() {
        let version = |digest: &str, code: &str| {
            let files = BTreeMap::from([("a.js".to_owned(), digest.to_owned())]);
            let text = filled(&[code, FILES, VERSION].join("\n"), &files).unwrap();
            text.rsplit_once("VERSION").unwrap().1.to_owned()
        };
        let this = version("sha384-a", "keep();");
        assert_eq!(this, version("sha384-a", "keep();"));
        assert_ne!(this, version("sha384-b", "keep();"));
        assert_ne!(this, version("sha384-a", "keepAll();"));
        assert!(filled("const FILES = [];", &BTreeMap::new()).is_err());
        assert!(filled(FILES, &BTreeMap::new()).is_err());
    }
}

//! Makes each page of the app a real file, so that any static host answers it with 200 and without a rewrite rule.
//!
//! Trunk writes one `index.html` with relative addresses and `<base href="./">`. A page in a folder is the same file with the
//! base that many folders up. `404.html` is shown at addresses of any depth, so its base is absolute: the root here, and what `--base` says
//! in a folder that `deploy` writes.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::seal;

/// The paths of the app that may be opened directly. `src/route.rs` knows the same ones.
const PAGES: &[&str] = &[
    "callback",
    "account",
    "organizations",
    "flow",
    "tokens",
    "requests",
    "clients",
    "check",
    "check/host",
];

/// Adds the pages to a folder that Trunk has built.
pub fn write(dist: &Path) -> Result<()> {
    let index = fs::read_to_string(dist.join("index.html")).context("dist/index.html")?;
    let index = seal::page(&without_ignored_integrity(&index), dist)?;
    for page in PAGES {
        fs::create_dir_all(dist.join(page))?;
        fs::write(
            dist.join(page).join("index.html"),
            with_base(&index, &"../".repeat(page.split('/').count()))?,
        )?;
    }
    fs::write(dist.join("404.html"), with_base(&index, "/")?)?;
    // Last, so that the three bases are written in one way, however Trunk's minifier spelled this one.
    Ok(fs::write(dist.join("index.html"), with_base(&index, "./")?)?)
}

/// The page with the `href` of its one `<base>` replaced.
fn with_base(page: &str, base: &str) -> Result<String> {
    let start = page
        .find("<base ")
        .context("index.html has no <base data-trunk-public-url>")?;
    let length = page[start..].find('>').context("<base is not closed")? + 1;
    Ok(format!(
        "{}<base href=\"{base}\">{}",
        &page[..start],
        &page[start + length..]
    ))
}

/// Chromium ignores the integrity of a preload for fetch, and writes a warning into every visitor's console about it.
fn without_ignored_integrity(page: &str) -> String {
    let is_ignored =
        |tag: &str| tag.starts_with("<link") && (tag.contains("as=fetch") || tag.contains("as=\"fetch\""));
    let mut parts = page.split_inclusive('>').map(str::to_owned).collect::<Vec<_>>();
    for part in parts.iter_mut().filter(|part| is_ignored(part)) {
        let kept = part
            .trim_end_matches('>')
            .split(' ')
            .filter(|word| !word.starts_with("integrity="));
        *part = kept.collect::<Vec<_>>().join(" ") + ">";
    }
    parts.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_the_base_however_it_is_spelled() {
        for spelled in [r#"<base href="./">"#, "<base href=./>", r#"<base href="./" />"#] {
            let page = format!("<head>{spelled}<title>a</title>");
            assert_eq!(
                with_base(&page, "../").unwrap(),
                r#"<head><base href="../"><title>a</title>"#
            );
        }
    }

    #[test]
    fn a_page_without_base_is_refused() {
        assert!(with_base("<head></head>", "../").is_err());
    }

    #[test]
    fn only_the_preload_for_fetch_loses_its_integrity() {
        let page = "<link integrity=sha384-a/b= rel=modulepreload><link as=fetch href=./a.wasm integrity=sha384-c rel=preload>";
        let expected =
            "<link integrity=sha384-a/b= rel=modulepreload><link as=fetch href=./a.wasm rel=preload>";
        assert_eq!(without_ignored_integrity(page), expected);
        assert_eq!(
            without_ignored_integrity("<p>as=fetch integrity=x</p>"),
            "<p>as=fetch integrity=x</p>"
        );
    }

    #[test]
    fn j08_every_page_is_a_file() {
        let dist = std::env::temp_dir().join(format!("xtask-pages-{}", std::process::id()));
        fs::create_dir_all(&dist).unwrap();
        fs::write(dist.join("boot.js"), "").unwrap();
        fs::write(dist.join("a.wasm"), "").unwrap();
        let script = "<script data-wasm=./a.wasm src=./boot.js></script>";
        fs::write(dist.join("index.html"), format!("<base href=./>{script}")).unwrap();
        write(&dist).unwrap();
        let starts = |path: &str, base: &str| {
            let page = fs::read_to_string(dist.join(path)).unwrap();
            assert!(page.starts_with(base), "{path}: {page}");
        };
        starts("index.html", r#"<base href="./"><script integrity="#);
        starts("callback/index.html", r#"<base href="../"><script integrity="#);
        starts(
            "check/host/index.html",
            r#"<base href="../../"><script integrity="#,
        );
        starts("404.html", r#"<base href="/"><script integrity="#);
        fs::remove_dir_all(dist).unwrap();
    }
}

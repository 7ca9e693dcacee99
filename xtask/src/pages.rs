//! Makes each page of the app a real file, so that any static host answers it with 200 and without a rewrite rule.
//!
//! Trunk writes one `index.html` with relative addresses and `<base href="./">`. A page in a folder is the same file with the
//! base that many folders up. `404.html` is shown at addresses of any depth, so its base is absolute: the root here, and what `--base` says
//! in a folder that `deploy` writes.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::{parts, seal};

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
    "account/permissions",
];

/// The pages that need a part for certain, and which: it is downloaded beside the program and not after it. Account and
/// organizations are not among them, since they show nothing of theirs to somebody who is signed out. The session all of them need.
const PRELOADED: &[(&str, &str)] = &[
    ("callback", "sign_in"),
    ("flow", "flow"),
    ("tokens", "desk"),
    ("clients", "clients"),
    ("check", "check"),
    ("check/host", "host"),
];

/// The engines whose `fetch` takes over what was preloaded, each by a feature that it alone knows: Chromium since 125, and
/// Firefox. WebKit's downloads all of it a second time, so nothing is preloaded for it there.
const TAKES_OVER: &str = "(device-posture),(min--moz-device-pixel-ratio:0)";

/// Adds the pages to a folder that Trunk has built. `needed_with` a part: it, and the parts that it needs.
pub fn write(dist: &Path, needed_with: impl Fn(&str) -> Result<Vec<String>>) -> Result<()> {
    let index = fs::read_to_string(dist.join("index.html")).context("dist/index.html")?;
    let index = with_glue_first(&with_fitting_preloads(&with_named_boot(&index, dist)?))?;
    let index = seal::page(&index, dist)?;
    for page in PAGES {
        fs::create_dir_all(dist.join(page))?;
        let index = without_start(&index)?;
        let own = PRELOADED.iter().find(|(of, _)| of == page);
        let needed = needed_with(own.map_or(parts::SESSION, |(_, part)| part))?;
        let own = with_base(
            &with_preloads(&index, dist, &needed)?,
            &"../".repeat(page.split('/').count()),
        )?;
        fs::write(dist.join(page).join("index.html"), own)?;
    }
    fs::write(dist.join("404.html"), with_base(&without_start(&index)?, "/")?)?;
    // Last, so that the three bases are written in one way, however Trunk's minifier spelled this one.
    Ok(fs::write(dist.join("index.html"), with_base(&index, "./")?)?)
}

const BOOT: &str = "boot.js";

/// The page with `boot.js` under a name that follows its content, as everything has that a page promises a digest of. Under one
/// name for all builds, a page would meet the script of another one wherever the two are kept apart, and refuse it.
fn with_named_boot(page: &str, dist: &Path) -> Result<String> {
    let source = format!("./{BOOT}");
    if !page.contains(&source) {
        bail!("index.html does not ask for {BOOT}");
    }
    let path = dist.join(BOOT);
    let name = format!("boot-{}.js", parts::hash(&fs::read(&path).context(BOOT)?));
    fs::rename(path, dist.join(&name))?;
    Ok(page.replace(&source, &format!("./{name}")))
}

/// The page with the digest of the glue before the script that imports it: what is imported is held to the digest that was read
/// by then, and a script that is `async` waits for nothing.
fn with_glue_first(page: &str) -> Result<String> {
    let mut tags: Vec<&str> = page.split_inclusive('>').collect();
    let position = |tags: &[&str], wanted: &str| {
        let found = tags.iter().position(|tag| tag.contains(wanted));
        found.with_context(|| format!("index.html has no {wanted}"))
    };
    let glue = tags.remove(position(&tags, "modulepreload")?);
    tags.insert(position(&tags, "<script ")?, glue);
    Ok(tags.concat())
}

/// The page without what only the start page shows before the program is there.
fn without_start(page: &str) -> Result<String> {
    let start = page
        .find("<section id=\"static-start\"")
        .or_else(|| page.find("<section id=static-start"))
        .context("index.html has no #static-start")?;
    let (before, from) = page.split_at(start);
    let (_, after) = from
        .split_once("</section>")
        .context("#static-start is not closed")?;
    Ok(format!("{before}{after}"))
}

/// The page with these parts asked for, after everything that it asks for itself.
fn with_preloads(page: &str, dist: &Path, needed: &[String]) -> Result<String> {
    let mut links = String::new();
    for file in fs::read_dir(dist)?.flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        if parts::name_of(&name).is_some_and(|part| needed.iter().any(|needed| needed == part)) {
            links += &format!("<link rel=preload as=fetch media={TAKES_OVER} crossorigin href=\"./{name}\">");
        }
    }
    match page.split_once("</head>") {
        Some((head, body)) => Ok(format!("{head}{links}</head>{body}")),
        None if links.is_empty() => Ok(page.to_owned()),
        None => bail!("index.html has no </head>"),
    }
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

/// What is preloaded for `fetch` is so where that is of use, and without its integrity, which Chromium ignores with a warning in
/// every visitor's console.
fn with_fitting_preloads(page: &str) -> String {
    let is_for_fetch =
        |tag: &str| tag.starts_with("<link") && (tag.contains("as=fetch") || tag.contains("as=\"fetch\""));
    let mut parts = page.split_inclusive('>').map(str::to_owned).collect::<Vec<_>>();
    for part in parts.iter_mut().filter(|part| is_for_fetch(part)) {
        let kept = part
            .trim_end_matches('>')
            .split(' ')
            .filter(|word| !word.starts_with("integrity="));
        *part = format!("{} media={TAKES_OVER}>", kept.collect::<Vec<_>>().join(" "));
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
    fn what_is_preloaded_for_fetch_is_so_where_it_is_taken_over_and_without_integrity() {
        let page = "<link integrity=sha384-a/b= rel=modulepreload><link as=fetch href=./a.wasm integrity=sha384-c rel=preload>";
        let expected = "<link integrity=sha384-a/b= rel=modulepreload><link as=fetch href=./a.wasm rel=preload media=(device-posture),(min--moz-device-pixel-ratio:0)>";
        assert_eq!(with_fitting_preloads(page), expected);
        assert_eq!(
            with_fitting_preloads("<p>as=fetch integrity=x</p>"),
            "<p>as=fetch integrity=x</p>"
        );
    }

    #[test]
    fn the_digest_of_the_glue_is_read_before_the_script_that_imports_it() {
        let (script, glue, other) = (
            "<script async src=./boot.js></script>",
            "<link integrity=sha384-a rel=modulepreload>",
            "<link rel=preload>",
        );
        let expected = format!("<head>{glue}{script}{other}</head>");
        for page in [
            format!("<head>{script}{glue}{other}</head>"),
            format!("<head>{script}{other}{glue}</head>"),
            expected.clone(),
        ] {
            assert_eq!(with_glue_first(&page).unwrap(), expected);
        }
        assert!(with_glue_first(script).is_err());
        assert!(with_glue_first(glue).is_err());
    }

    #[test]
    fn j08_every_folder_of_the_app_is_written() {
        let route = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src/route.rs");
        let route = fs::read_to_string(route).unwrap();
        let (_, list) = route.split_once("FOLDERS: &[&str] = &[").unwrap();
        let (list, _) = list.split_once(']').unwrap();
        let folders: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
        assert_eq!(folders, PAGES);
    }

    #[test]
    fn j08_every_page_is_a_file() {
        let dist = std::env::temp_dir().join(format!("xtask-pages-{}", std::process::id()));
        fs::create_dir_all(&dist).unwrap();
        fs::write(dist.join("boot.js"), "").unwrap();
        fs::write(dist.join("a.js"), "").unwrap();
        fs::write(dist.join("a.wasm"), "").unwrap();
        for part in ["session", "sign_in"] {
            fs::write(
                dist.join(format!("polar-connect-{part}-0123456789abcdef.wasm")),
                "",
            )
            .unwrap();
        }
        let head = "<script data-js=./a.js data-wasm=./a.wasm src=./boot.js></script><link rel=modulepreload></head>";
        let start = "<section id=static-start><button>Sign in</button></section>";
        fs::write(
            dist.join("index.html"),
            format!("<base href=./>{head}<i></i>{start}<b></b>"),
        )
        .unwrap();
        let needed_with = |part: &str| Ok(vec![part.to_owned(), parts::SESSION.to_owned()]);
        write(&dist, needed_with).unwrap();
        let boot = format!("boot-{}.js", parts::hash(b""));
        assert!(dist.join(&boot).exists() && !dist.join(BOOT).exists());
        let preload = |part: &str| {
            format!(
                r#"<link rel=preload as=fetch media={TAKES_OVER} crossorigin href="./polar-connect-{part}-0123456789abcdef.wasm">"#
            )
        };
        let check = |path: &str, base: &str, preloads: &[&str]| {
            let page = fs::read_to_string(dist.join(path)).unwrap();
            let begins = format!("<base href=\"{base}\"><link rel=modulepreload><script integrity=");
            assert!(page.starts_with(&begins), "{path}: {page}");
            assert!(page.contains(&format!("src=./{boot}>")), "{path}: {page}");
            let (before, after) = page.split_once("<i></i>").unwrap();
            assert!(before.ends_with("></head>"), "{path}: {page}");
            let shown = if path == "index.html" { start } else { "" };
            assert_eq!(after, format!("{shown}<b></b>"), "{path}");
            for part in ["session", "sign_in"] {
                let is_preloaded = before.contains(&preload(part));
                assert_eq!(is_preloaded, preloads.contains(&part), "{path}: {page}");
            }
        };
        check("index.html", "./", &[]);
        check("callback/index.html", "../", &["session", "sign_in"]);
        check("account/index.html", "../", &["session"]);
        check("check/host/index.html", "../../", &["session"]);
        check("404.html", "/", &[]);
        fs::remove_dir_all(dist).unwrap();
    }
}

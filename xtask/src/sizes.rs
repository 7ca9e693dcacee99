//! What a browser downloads, as a good host sends it (brotli 11): on a first visit, in a sign-in that ends on Account, and for each
//! part that a page brings later.
//!
//! Also what must not be in a built page. Both look at the files themselves: a wasm-opt that was skipped in silence, a part
//! that was not cut, or an inline script from a new Trunk, shows only there.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::parts;
use crate::tools::{esbuild, small_std};

/// What a first visit is to download: the closest rival sends 163 kB, and 5 ms a kB is what a slow phone pays.
/// ARCHITECTURE.md says where the bytes are.
pub const GOAL: usize = 110_000;

/// The most that may be downloaded today, in bytes: just above what is, so that nothing grows unseen. Raised only with a word in CHANGELOG.md.
const FIRST_VISIT: usize = 103_900;
const SIGN_IN: usize = 224_200;
const EVERYTHING: usize = 470_500;
const PARTS: &[(&str, usize)] = &[
    ("account", 12_900),
    ("cause", 12_300),
    ("check", 76_500),
    ("clients", 26_000),
    ("desk", 18_900),
    ("flow", 25_500),
    ("host", 14_700),
    ("organizations", 11_300),
    ("requests", 23_000),
    ("settings", 8_400),
    ("rest", 22_000),
    ("session", 52_400),
    ("shared", 44_000),
    ("sign_in", 11_200),
];

/// What a sign-in adds to a first visit.
const OF_SIGN_IN: &[&str] = &["callback/index.html", "session", "shared", "sign_in", "account"];

/// One thing that has a budget.
#[derive(Debug, PartialEq, Eq)]
pub struct Budget {
    pub what: String,
    pub bytes: usize,
    pub allowed: usize,
}

/// Every budget with what it is used for. A part that has none is allowed nothing.
pub fn budgets(sizes: &[Size]) -> Vec<Budget> {
    let sum = |counts: &dyn Fn(&str) -> bool| {
        let counted = sizes.iter().filter(|size| counts(&size.name));
        counted.map(|size| size.brotli).sum::<usize>()
    };
    let is_first = |name: &str| name == "index.html" || !(name.ends_with(".html") || part_of(name).is_some());
    let is_of_sign_in = |name: &str| {
        let called = part_of(name).unwrap_or(name);
        is_first(name) || OF_SIGN_IN.contains(&called)
    };
    let budget = |what: &str, bytes, allowed| Budget {
        what: what.to_owned(),
        bytes,
        allowed: match is_smallest() {
            true => allowed,
            false => allowed + allowed / 8,
        },
    };
    let mut budgets = vec![
        budget("a first visit", sum(&is_first), FIRST_VISIT),
        budget("a sign-in that ends on Account", sum(&is_of_sign_in), SIGN_IN),
        budget("everything", sum(&|_| true), EVERYTHING),
    ];
    let mut parts: Vec<&str> = sizes.iter().filter_map(|size| part_of(&size.name)).collect();
    parts.sort_unstable();
    budgets.extend(parts.into_iter().map(|part| {
        let allowed = PARTS.iter().find(|(known, _)| *known == part);
        let bytes = sum(&|name| part_of(name) == Some(part));
        budget(
            &format!("part {part}"),
            bytes,
            allowed.map_or(0, |(_, bytes)| *bytes),
        )
    }));
    budgets
}

fn part_of(name: &str) -> Option<&str> {
    parts::name_of(name)
}

/// Without the library's sources, or without npm, the build is the same and about an eighth larger.
fn is_smallest() -> bool {
    small_std::is_there() && esbuild::is_there()
}

const COUNTED: &[&str] = &["html", "js", "wasm", "css"];

/// One file of `dist/`.
pub struct Size {
    pub name: String,
    pub raw: usize,
    pub brotli: usize,
}

/// The counted files, largest first.
pub fn measure(dist: &Path) -> Result<Vec<Size>> {
    let mut sizes = Vec::new();
    walk(dist, &mut |path| {
        let extension = path
            .extension()
            .and_then(|extension| extension.to_str())
            .unwrap_or_default();
        if COUNTED.contains(&extension) {
            let content = fs::read(path)?;
            let name = path.strip_prefix(dist)?.to_string_lossy().replace('\\', "/");
            sizes.push(Size {
                name,
                raw: content.len(),
                brotli: brotli(&content)?,
            });
        }
        Ok(())
    })?;
    sizes.sort_by_key(|size| std::cmp::Reverse(size.brotli));
    Ok(sizes)
}

/// A line a file, then a line a budget.
pub fn print(sizes: &[Size]) {
    println!("{:>10} {:>10}  file", "raw", "brotli");
    for Size { name, raw, brotli } in sizes {
        println!("{raw:>10} {brotli:>10}  {name}");
    }
    println!("{:>10} {:>10}", "brotli", "allowed");
    for Budget { what, bytes, allowed } in budgets(sizes) {
        println!("{bytes:>10} {allowed:>10}  {what}");
    }
    println!("{:>10} {GOAL:>10}  is the goal for a first visit", "");
}

/// What the policy would block, or Trunk left behind, in the pages of `dist/`: one sentence each.
pub fn faults(dist: &Path) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    walk(dist, &mut |path| {
        if is_leftover(path) {
            faults.push(format!("{}: is of the build and not of the page", path.display()));
        }
        if path.extension().is_some_and(|extension| extension == "html") {
            let page = fs::read_to_string(path)?;
            faults.extend(
                faults_of_page(&page)
                    .into_iter()
                    .map(|fault| format!("{}: {fault}", path.display())),
            );
        }
        Ok(())
    })?;
    Ok(faults)
}

/// Source maps, sources, and whatever a tool hides behind a dot.
fn is_leftover(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let endings = [".map", ".rs", ".ts", ".toml", ".lock", ".d"];
    name.starts_with('.') || endings.iter().any(|ending| name.ends_with(ending))
}

fn faults_of_page(page: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if page.contains("{{__TRUNK") {
        faults.push("a placeholder of Trunk is left".into());
    }
    let page = page.to_ascii_lowercase();
    let bar = page.rfind("</svg>");
    let digest = page.find("modulepreload");
    for (at, _) in page.match_indices('<') {
        let after = &page[at + 1..];
        let Some(end) = after.find('>').filter(|_| !after.starts_with('/')) else {
            continue;
        };
        let (tag, rest) = (&after[..end], &after[end + 1..]);
        let mut words = tag
            .split(|letter: char| letter.is_whitespace() || letter == '/')
            .filter(|word| !word.is_empty());
        let name = words.next().unwrap_or_default();
        if name == "link" && tag.contains("stylesheet") && bar.is_none_or(|bar| at < bar) {
            faults.push("a style sheet before the bar holds back the first paint".into());
        }
        if name == "script" && tag.contains("data-js=") && digest.is_none_or(|digest| at < digest) {
            faults.push("a script before the digest of what it imports".into());
        }
        if name == "style" {
            faults.push("an inline <style>".into());
        }
        if name == "script" && !(tag.contains("src=") && rest.trim_start().starts_with("</script")) {
            faults.push("an inline <script>".into());
        }
        for attribute in words {
            let attribute = attribute.split('=').next().unwrap_or_default();
            let handler = attribute
                .strip_prefix("on")
                .is_some_and(|event| event.bytes().all(|b| b.is_ascii_lowercase()));
            if tag.contains(&format!("{attribute}=")) && (handler || attribute == "style") {
                faults.push(format!("an inline {attribute}= on <{name}>"));
            }
        }
    }
    faults
}

fn brotli(content: &[u8]) -> Result<usize> {
    Ok(packed(content)?.len())
}

/// As a good host sends it.
pub fn packed(content: &[u8]) -> Result<Vec<u8>> {
    let settings = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        ..Default::default()
    };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &content[..], &mut packed, &settings)?;
    Ok(packed)
}

pub fn walk(folder: &Path, visit: &mut dyn FnMut(&Path) -> Result<()>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("{} is not built", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, visit)?
        } else {
            visit(&path)?
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_references_is_sound() {
        let page = r#"<base href="./"><link rel=modulepreload href="./a.js"><body class="on style"><svg></svg><link rel=stylesheet href="style-1.css">
            <script type="module" src="./boot.js" data-js="./a.js"></script><p>style="is only text", as is onclick=1</p>"#;
        assert_eq!(faults_of_page(page), Vec::<String>::new());
    }

    #[test]
    fn j01_what_the_policy_would_block_is_named() {
        let check = |page: &str, fault: &str| assert_eq!(faults_of_page(page), [fault], "{page}");
        check("<script type=module>start()</script>", "an inline <script>");
        check(r#"<script src="a.js">start()</script>"#, "an inline <script>");
        check("<STYLE>p{}</STYLE>", "an inline <style>");
        check(r#"<p style="color:red">"#, "an inline style= on <p>");
        check(r#"<body onload="x()">"#, "an inline onload= on <body>");
        check("<img/onerror=x>", "an inline onerror= on <img>");
        for page in [
            "<script src=boot.js data-js=a.js></script><link rel=modulepreload href=a.js>",
            "<script src=boot.js data-js=a.js></script>",
        ] {
            check(page, "a script before the digest of what it imports");
        }
        for page in [
            "<link rel=stylesheet href=a.css>",
            "<link rel=\"stylesheet\"><svg></svg>",
        ] {
            check(page, "a style sheet before the bar holds back the first paint");
        }
        check(
            "<p nonce=\"{{__TRUNK NONCE__}}\">",
            "a placeholder of Trunk is left",
        );
    }

    #[test]
    fn j17_what_is_of_the_build_is_not_shipped() {
        for leftover in [".env", ".stage", "app.js.map", "snippets/a.d.ts", "Cargo.toml"] {
            assert!(is_leftover(Path::new(leftover)), "{leftover}");
        }
        for shipped in [
            "index.html",
            "app-0123_bg.wasm",
            "boot.js",
            "favicon.svg",
            "config.json",
        ] {
            assert!(!is_leftover(Path::new(shipped)), "{shipped}");
        }
    }

    #[test]
    fn a_visit_counts_what_it_downloads_and_a_part_needs_a_budget() {
        let sizes: Vec<Size> = [
            ("index.html", 1),
            ("callback/index.html", 10),
            ("flow/index.html", 100),
            ("boot.js", 1000),
            ("polar-connect-0123456789abcdef_bg.wasm", 10_000),
            ("polar-connect-sign_in-0123456789abcdef.wasm", 20_000),
            ("polar-connect-new-0123456789abcdef.wasm", 100_000),
        ]
        .map(|(name, brotli)| Size {
            name: name.into(),
            raw: 0,
            brotli,
        })
        .into();
        let budgets = budgets(&sizes);
        let bytes: Vec<(&str, usize)> = budgets.iter().map(|it| (it.what.as_str(), it.bytes)).collect();
        let expected = [
            ("a first visit", 11_001),
            ("a sign-in that ends on Account", 31_011),
            ("everything", 131_111),
            ("part new", 100_000),
            ("part sign_in", 20_000),
        ];
        assert_eq!(bytes, expected);
        assert_eq!(budgets[3].allowed, 0, "nobody has said what it may take");
    }

    #[test]
    fn sizes_are_of_the_packed_file() {
        assert!(brotli(&[b'a'; 10_000]).unwrap() < 30);
    }
}

//! The style sheets as one file: each one more would be a request more before anything but the bar is painted, and a host that
//! speaks HTTP/1.1 answers six at a time.
//!
//! The globe is written into it, so that the app's bar has it at once where the bar of `index.html` had it.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::{parts, seal};

/// As the minifier leaves it.
const GLOBE: &str = "url(favicon.svg)";

/// Puts one sheet in the place of those that Trunk wrote.
pub fn merge(dist: &Path) -> Result<()> {
    let path = dist.join("index.html");
    let page = fs::read_to_string(&path).context("dist/index.html")?;
    let names: Vec<&str> = page.split_inclusive('>').filter_map(sheet).collect();
    let mut all = String::new();
    for name in &names {
        all += &fs::read_to_string(dist.join(name)).with_context(|| (*name).to_owned())?;
    }
    let globe = fs::read_to_string(dist.join("favicon.svg")).context("dist/favicon.svg")?;
    let all = with_globe(&all, &globe)?;
    let merged = format!("style-{}.css", parts::hash(all.as_bytes()));
    let integrity = seal::integrity(all.as_bytes());
    let link = format!("<link href=./{merged} integrity={integrity} rel=stylesheet>");
    fs::write(dist.join(merged), all)?;
    fs::write(path, with_one(&page, &link))?;
    for name in names {
        fs::remove_file(dist.join(name))?;
    }
    Ok(())
}

/// The file of a tag that is a style sheet; text may stand before the tag.
fn sheet(piece: &str) -> Option<&str> {
    let tag = &piece[piece.rfind("<link ")?..];
    let value = |name: &str| {
        let (_, value) = tag.split_once(name)?;
        value.trim_start_matches('"').split(['"', ' ', '>']).next()
    };
    (value("rel=")? == "stylesheet")
        .then(|| value("href="))?
        .map(|file| file.trim_start_matches("./"))
}

/// The page with this link where the first one stood, and no other.
fn with_one(page: &str, link: &str) -> String {
    let mut link = Some(link);
    let piece = |piece| match sheet(piece) {
        Some(_) => {
            let (before, _) = piece.split_at(piece.rfind("<link ").unwrap_or_default());
            format!("{before}{}", link.take().unwrap_or_default())
        }
        None => piece.to_owned(),
    };
    page.split_inclusive('>').map(piece).collect()
}

/// A picture may stand in a style sheet: `img-src` has `data:`.
fn with_globe(css: &str, globe: &str) -> Result<String> {
    if !css.contains(GLOBE) {
        bail!("no style sheet has {GLOBE}");
    }
    let escaped = ['%', '#', '<', '>']
        .into_iter()
        .fold(globe.trim().replace('"', "'"), |text, letter| {
            text.replace(letter, &format!("%{:02X}", u32::from(letter)))
        });
    Ok(css.replace(GLOBE, &format!("url(\"data:image/svg+xml,{escaped}\")")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_sheet_takes_the_place_of_the_first_with_what_all_of_them_say() {
        let dist = std::env::temp_dir().join(format!("xtask-styles-{}", std::process::id()));
        fs::create_dir_all(&dist).unwrap();
        let globe = "<svg fill=\"#00f\"/>\n";
        for (file, content) in [
            ("a-1.css", "a{}"),
            ("b-2.css", "b{mask:url(favicon.svg)}"),
            ("favicon.svg", globe),
            (
                "index.html",
                "<link href=favicon.svg rel=icon><body>x <link href=./a-1.css integrity=sha384-a rel=stylesheet>\
                 <link rel=\"stylesheet\" href=\"./b-2.css\"><p>y",
            ),
        ] {
            fs::write(dist.join(file), content).unwrap();
        }
        merge(&dist).unwrap();
        let page = fs::read_to_string(dist.join("index.html")).unwrap();
        let (before, rest) = page.split_once("<link href=./").unwrap();
        let (name, rest) = rest.split_once(" integrity=").unwrap();
        assert_eq!(before, "<link href=favicon.svg rel=icon><body>x ");
        let css = fs::read(dist.join(name)).unwrap();
        assert_eq!(rest, format!("{} rel=stylesheet><p>y", seal::integrity(&css)));
        assert_eq!(
            String::from_utf8(css).unwrap(),
            "a{}b{mask:url(\"data:image/svg+xml,%3Csvg fill='%2300f'/%3E\")}"
        );
        assert!(!dist.join("a-1.css").exists() && !dist.join("b-2.css").exists());
        fs::remove_dir_all(dist).unwrap();
    }

    fn source(name: &str) -> String {
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)).unwrap()
    }

    /// What is painted before the style sheet comes must not change when it does.
    #[test]
    fn the_bar_of_the_page_has_the_colours_of_the_style_sheet() {
        let (page, tokens) = (source("index.html"), source("style/tokens.css"));
        let (light, dark) = tokens.split_once("@media").unwrap();
        let named = |block: &str, colour: &str| -> Vec<String> {
            let lines = block
                .lines()
                .filter(|line| line.ends_with(&format!(": {colour};")));
            lines
                .map(|line| line.trim().split(':').next().unwrap_or_default().to_owned())
                .collect()
        };
        let mut pairs = page.split("light-dark(").skip(1);
        let count = pairs.clone().count();
        assert_eq!(count, 4, "paper, card, line, ink");
        assert!(pairs.all(|rest| {
            let (pair, _) = rest.split_once(')').unwrap();
            let (in_light, in_dark) = pair.split_once(", ").unwrap();
            let dark = named(dark, in_dark);
            named(light, in_light).iter().any(|name| dark.contains(name))
        }));
    }

    #[test]
    fn the_bar_of_the_page_has_the_globe_of_the_icon() {
        let icon = source("public/favicon.svg");
        let (_, shapes) = icon.split_once('>').unwrap();
        let (shapes, _) = shapes.split_once("</svg>").unwrap();
        assert!(source("index.html").contains(shapes));
    }

    #[test]
    fn sheets_without_the_globe_are_refused() {
        assert!(with_globe("a{}", "<svg/>").is_err());
    }
}

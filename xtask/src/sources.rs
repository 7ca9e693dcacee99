//! What must not be written in the sources of the app, looked for in their text.

use std::fs;
use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in the repository")
}

/// Every line of the app that is no comment, with its place.
fn lines() -> Vec<(String, String)> {
    let mut files = ["public/boot.js", "public/worker.js", "index.html"]
        .map(|file| root().join(file))
        .to_vec();
    add(&root().join("src"), &mut files);
    let mut lines = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("a source can be read");
        let name = file.strip_prefix(root()).unwrap_or(&file).display().to_string();
        for (number, line) in text.lines().enumerate() {
            if !line.trim_start().starts_with("//") {
                lines.push((format!("{name}:{}", number + 1), line.to_owned()));
            }
        }
    }
    assert!(lines.len() > 5_000, "the sources are found");
    lines
}

fn add(folder: &Path, files: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => add(&path, files),
            false if path.extension().is_some_and(|ending| ending == "rs") => files.push(path),
            false => {}
        }
    }
}

/// Where one of these words stands.
fn places(words: &[&str]) -> Vec<String> {
    let lines = lines().into_iter();
    lines
        .filter(|(_, line)| words.iter().any(|word| line.contains(word)))
        .map(|(place, line)| format!("{place}: {}", line.trim()))
        .collect()
}

#[test]
fn h09_nothing_turns_text_into_markup_or_code() {
    let found = places(&[
        "inner_html",
        "innerHTML",
        "outer_html(",
        "set_outer_html",
        "insert_adjacent_html",
        "insertAdjacentHTML",
        "document.write",
        "js_sys::eval",
        "eval(",
        "new Function",
        "Function::new",
        "set_timeout_with_str",
        "create_contextual_fragment",
        "DomParser",
    ]);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn a32_no_window_is_talked_to_and_none_is_listened_to() {
    let found = places(&[
        "post_message",
        "postMessage",
        ".opener",
        "window.parent",
        "MessageEvent",
    ]);
    let elsewhere = |place: &&String| !place.starts_with("src/browser/channel.rs:");
    // A `BroadcastChannel` reaches this origin only, and its file has the one message there is.
    let elsewhere: Vec<&String> = found.iter().filter(elsewhere).collect();
    assert!(elsewhere.is_empty(), "{elsewhere:#?}");
    assert!(!found.is_empty(), "the search finds what is there");
}

#[test]
fn h11_nothing_is_logged_but_a_failure_code_and_the_trace_of_a_crash() {
    let found = places(&["console.", "console::", "println!", "dbg!", "log::", "tracing::"]);
    let others: Vec<&String> = found
        .iter()
        .filter(|place| !place.ends_with("console.error(`polar-connect: ${code}${trace}`);"))
        .collect();
    assert!(others.is_empty(), "{others:#?}");
    assert_eq!(found.len(), 1, "the search finds what is there");
}

#[test]
fn h08_every_id_of_an_element_is_written_in_the_source() {
    let found = places(&[".id(", "set_id(", "\"id\","]);
    let in_views = found.iter().filter(|place| place.starts_with("src/app/"));
    // `.id()` reads an id. Those that are handed on are fields and their hints, which whoever makes the field has named, and
    // the line of a client: it begins with `made-`, and nothing in a document is called so.
    let handed_on = [
        "el(\"small\").id(id)",
        "clients/form.rs",
        "el(\"summary\").id(&anchor)",
    ];
    let is_known = |place: &str| {
        let written = place.contains(".id(\"") || place.contains(".id()");
        written || handed_on.iter().any(|known| place.contains(known))
    };
    let others: Vec<&String> = in_views
        .filter(|place| !is_known(place) && !place.starts_with("src/app/el.rs"))
        .collect();
    assert!(others.is_empty(), "{others:#?}");
}

#[test]
fn g12_what_opens_a_window_gives_it_neither_opener_nor_referrer() {
    let lines = lines();
    let opens = |line: &str| line.contains("_blank");
    let found: Vec<usize> = (0..lines.len()).filter(|at| opens(&lines[*at].1)).collect();
    assert!(!found.is_empty(), "the search finds what is there");
    for at in found {
        let around = &lines[at.saturating_sub(2)..(at + 3).min(lines.len())];
        let is_safe = around
            .iter()
            .any(|(_, line)| line.contains("noopener noreferrer"));
        assert!(is_safe, "{}", lines[at].0);
    }
}

#[test]
fn j18_without_scripts_the_page_says_what_it_needs() {
    let page = fs::read_to_string(root().join("index.html")).expect("it is there");
    let (_, rest) = page.split_once("<noscript>").expect("a <noscript>");
    let (words, _) = rest.split_once("</noscript>").expect("it ends");
    for needed in ["JavaScript", "WebAssembly"] {
        assert!(words.contains(needed), "{words}");
    }
}

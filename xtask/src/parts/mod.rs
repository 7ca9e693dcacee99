//! Cuts the wasm of the release build: what a first visit needs stays in the main file, each part of `src/app/parts.rs` becomes
//! a file that is downloaded when it is first needed.
//!
//! Trunk knows nothing of it. For a release build a program called `wasm-bindgen` stands first on its PATH, which is this one
//! ([`stand_in`]). It lets `wasm-split-cli` cut what cargo linked, lets the real `wasm-bindgen` do its work on the main file,
//! optimizes the parts, names them after their content, puts into the glue how they are loaded ([`glue`]), and drops what the
//! glue cannot call ([`exports`]) and what says nothing ([`elements`]), and shortens the names that both share ([`imports`]). Trunk goes on with the main file as if nothing had happened. Afterwards [`place`] lays the parts beside it.
//!
//! Code that several parts use and the main file does not becomes many small modules, one for each combination. They travel
//! together ([`GROUPS`]), each group as sections of an otherwise empty module, since a request costs more than their bytes.

mod container;
mod elements;
mod exports;
mod glue;
mod imports;

use std::collections::BTreeSet;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context, Result, bail};
use sha2::{Digest as _, Sha256};

use crate::project::Project;
use crate::run::{on_path, run, run_in_silence};
use crate::tools::Tools;

/// The feature of the app that marks where it is cut.
pub const FEATURE: &str = "split";

/// Where the real wasm-bindgen is, and where the parts go.
const REAL: &str = "POLAR_CONNECT_WASM_BINDGEN";
const FOLDER: &str = "POLAR_CONNECT_PARTS";

/// The part that is there before any other.
pub const SESSION: &str = "session";

/// What parts share, as files: a shared module is in the first whose list names one of the parts that use it, or else in the
/// last. So whoever signs in downloads the session to leave, then what the answer and Account need, and nothing of what
/// only other pages share.
const GROUPS: &[(&str, &[&str])] = &[
    (SESSION, &[SESSION]),
    ("shared", &["sign_in", "account"]),
    ("rest", &[]),
];

/// Where `wasm-split-cli` says which modules each part needs.
const LINKS: &str = "__wasm_split.js";

/// Which other parts each needs, a line each: for the pages, which ask for them ahead.
const NEEDS: &str = "needs";

const PREFIX: &str = "polar-connect-";

/// What Trunk needs, beside its tools, to come by here.
pub fn variables(project: &Project, tools: &Tools) -> Result<Vec<(&'static str, OsString)>> {
    let real = tools
        .find("wasm-bindgen")
        .context("wasm-bindgen is not on the PATH")?;
    let folder = project.target.join("parts");
    let first = folder.join("bin");
    fs::create_dir_all(&first)?;
    // A copy: a link would still be called xtask once it is followed.
    fs::copy(
        env::current_exe()?,
        first.join(format!("wasm-bindgen{}", env::consts::EXE_SUFFIX)),
    )?;
    let path = env::join_paths([first].into_iter().chain(tools.path()))?;
    Ok(vec![("PATH", path), (REAL, real.into()), (FOLDER, folder.into())])
}

/// When this program is called as `wasm-bindgen`, it does that one's work.
pub fn stand_in() -> Option<Result<ExitCode>> {
    let program = env::current_exe().ok()?;
    let real = env::var_os(REAL)?;
    (program.file_stem()? == "wasm-bindgen").then(|| {
        let arguments: Vec<OsString> = env::args_os().skip(1).collect();
        match arguments.iter().position(is_wasm) {
            Some(at) => cut(Path::new(&real), arguments, at)?,
            None => run(Command::new(real).args(arguments))?,
        }
        Ok(ExitCode::SUCCESS)
    })
}

fn is_wasm(argument: &OsString) -> bool {
    Path::new(argument)
        .extension()
        .is_some_and(|ending| ending == "wasm")
}

fn cut(real: &Path, mut arguments: Vec<OsString>, input: usize) -> Result<()> {
    let folder = PathBuf::from(env::var_os(FOLDER).context("no folder for the parts")?);
    let (raw, finished) = (folder.join("raw"), folder.join("finished"));
    for folder in [&raw, &finished] {
        let _ = fs::remove_dir_all(folder);
        fs::create_dir_all(folder)?;
    }
    let out = option(&arguments, "--out-dir=")?;
    let name = option(&arguments, "--out-name=")?;
    let linked = folder.join("linked.wasm");
    let whole = fs::read(&arguments[input])?;
    fs::write(&linked, exports::without_classes(&whole)?)?;
    run(Command::new("wasm-split-cli")
        .arg(&linked)
        .arg(&raw)
        .args(["--out-name", &name]))?;
    arguments[input] = raw.join(format!("{name}.wasm")).into();
    // The parts use the exports that the linker made: memory, table, stack pointer.
    run(Command::new(real).args(&arguments).arg("--keep-lld-exports"))?;

    let (mut files, mut needs) = (Vec::new(), String::new());
    for Part { name, wasm, needed } in optimized(&raw)? {
        let file = format!("{PREFIX}{name}-{}.wasm", hash(&wasm));
        fs::write(finished.join(&file), &wasm)?;
        needs += &format!("{name} {}\n", needed.join(" "));
        files.push(glue::File {
            part: name,
            file,
            wasm,
            needed,
        });
    }
    fs::write(folder.join(NEEDS), needs)?;
    let path = Path::new(&out).join(format!("{name}.js"));
    let glue = glue::with_parts(&fs::read_to_string(&path)?, &files)?;
    fs::write(&path, glue)?;
    minify(on_path("esbuild"), &path)?;
    let main = Path::new(&out).join(format!("{name}_bg.wasm"));
    let glue = fs::read_to_string(&path)?;
    let kept = exports::named_in(&glue, &fs::read(&main)?)?;
    let (glue, kept) = imports::shortened(&glue, &elements::without_empty(&kept)?)?;
    fs::write(path, glue)?;
    Ok(fs::write(main, kept)?)
}

/// The script without what `boot.js` does not call.
fn minify(esbuild: Option<PathBuf>, script: &Path) -> Result<()> {
    let Some(esbuild) = esbuild else {
        return Ok(());
    };
    let (entry, smaller) = (script.with_extension("entry.js"), script.with_extension("min.js"));
    let name = script.file_name().unwrap_or_default().display();
    fs::write(&entry, format!("export {{ default }} from \"./{name}\";"))?;
    let mut esbuild = Command::new(esbuild);
    esbuild.args(["--bundle", "--minify", "--format=esm", "--log-level=warning"]);
    run(esbuild
        .arg(&entry)
        .arg(format!("--outfile={}", smaller.display())))?;
    fs::remove_file(entry)?;
    Ok(fs::rename(smaller, script)?)
}

fn option(arguments: &[OsString], name: &str) -> Result<String> {
    let found = arguments
        .iter()
        .find_map(|argument| argument.to_str()?.strip_prefix(name));
    Ok(found.with_context(|| format!("Trunk gave no {name}"))?.to_owned())
}

/// One file.
struct Part {
    name: String,
    wasm: Vec<u8>,
    /// The groups that must be there before it is entered.
    needed: Vec<&'static str>,
}

fn optimized(raw: &Path) -> Result<Vec<Part>> {
    let mut names: Vec<String> = fs::read_dir(raw)?
        .filter_map(|entry| Some(entry.ok()?.path().file_stem()?.to_str()?.to_owned()))
        .collect();
    names.retain(|name| name.starts_with("split_") || name.starts_with("chunk_"));
    names.sort();
    let cut: Vec<&str> = names
        .iter()
        .filter_map(|name| name.strip_prefix("split_"))
        .collect();
    if !cut.contains(&SESSION) {
        bail!("the app has no part {SESSION}");
    }
    let links = fs::read_to_string(raw.join(LINKS))?;
    let uses = cut.iter().map(|part| Ok((*part, modules_of(part, &links)?)));
    let uses = uses.collect::<Result<Vec<_>>>()?;
    let mut grouped: Vec<Vec<Vec<u8>>> = GROUPS.iter().map(|_| Vec::new()).collect();
    let mut parts = Vec::new();
    for (name, wasm) in names.iter().zip(optimize_all(raw, &names)?) {
        match name.strip_prefix("split_") {
            Some(SESSION) => grouped[0].push(wasm),
            Some(part) => parts.push(Part {
                name: part.to_owned(),
                wasm,
                needed: needed_by(part, &uses),
            }),
            None => grouped[group_of(name, &uses)].push(wasm),
        }
    }
    for ((name, _), modules) in GROUPS.iter().zip(grouped) {
        parts.push(Part {
            name: (*name).to_owned(),
            wasm: container::around(&modules),
            needed: Vec::new(),
        });
    }
    Ok(parts)
}

/// A part, and the shared modules that it uses.
type Uses<'a> = (&'a str, Vec<String>);

fn group_of(module: &str, uses: &[Uses]) -> usize {
    let is_used = |part: &&str| {
        let mut of_part = uses.iter().filter(|(name, _)| name == part);
        of_part.any(|(_, modules)| modules.iter().any(|name| name == module))
    };
    let group = GROUPS.iter().position(|(_, of)| of.iter().any(&is_used));
    group.unwrap_or(GROUPS.len() - 1)
}

fn needed_by(part: &str, uses: &[Uses]) -> Vec<&'static str> {
    let mut groups = BTreeSet::from([0]);
    for (_, modules) in uses.iter().filter(|(name, _)| *name == part) {
        groups.extend(modules.iter().map(|module| group_of(module, uses)));
    }
    groups.into_iter().map(|group| GROUPS[group].0).collect()
}

/// The shared modules that a part needs, from the list that ends its loader.
fn modules_of(part: &str, links: &str) -> Result<Vec<String>> {
    let loader = links.split_once(&format!("__wasm_split_load_{part} ="));
    let listed = loader.and_then(|(_, loader)| loader.split_once("]));")?.0.rsplit_once('['));
    let (_, listed) = listed.with_context(|| format!("{LINKS} has no loader of {part}"))?;
    let named = listed.split(", ").filter(|name| !name.is_empty());
    let module = |name: &str| Some(name.strip_prefix("__")?.to_owned());
    named
        .map(|name| module(name).with_context(|| format!("{LINKS} names a module {name}")))
        .collect()
}

/// In the order of the names. There are a hundred of them, each a program that needs a second to start.
fn optimize_all(raw: &Path, names: &[String]) -> Result<Vec<Vec<u8>>> {
    let next = AtomicUsize::new(0);
    let at_a_time = thread::available_parallelism().map_or(1, usize::from);
    let work = || {
        let mut done = Vec::new();
        while let Some(name) = names.get(next.fetch_add(1, Ordering::Relaxed)) {
            done.push((name, optimize(raw, name)?));
        }
        Ok(done)
    };
    let mut all = thread::scope(|scope| {
        let running: Vec<_> = (0..at_a_time).map(|_| scope.spawn(work)).collect();
        let done = running
            .into_iter()
            .map(|it| it.join().unwrap_or_else(|_| bail!("a thread ended")));
        Ok::<_, anyhow::Error>(done.collect::<Result<Vec<_>>>()?.concat())
    })?;
    all.sort_by_key(|(name, _)| *name);
    Ok(all.into_iter().map(|(_, wasm)| wasm).collect())
}

fn optimize(raw: &Path, name: &str) -> Result<Vec<u8>> {
    let file = raw.join(format!("{name}.wasm"));
    // It does not know the newest kind of names, and says so of every part: a hundred lines that nobody needs.
    run_in_silence(
        Command::new(on_path("wasm-opt").context("wasm-opt is not on the PATH")?)
            .args(["-Oz", "--strip-producers", "--strip-target-features"])
            .arg(&file)
            .arg("-o")
            .arg(&file),
    )?;
    Ok(fs::read(file)?)
}

/// Sixteen hexadecimal digits, as Trunk has them: `hosting` lets a browser keep what is called so.
pub fn hash(content: &[u8]) -> String {
    Sha256::digest(content)[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The files that a part needs, with its own.
pub fn needed_with(project: &Project, part: &str) -> Result<Vec<String>> {
    let needs = fs::read_to_string(project.target.join("parts").join(NEEDS))?;
    let mut lines = needs
        .lines()
        .map(|line| line.split(' ').map(str::to_owned).collect::<Vec<_>>());
    let line = lines.find(|line| line[0] == part);
    line.with_context(|| format!("there is no part {part}"))
}

/// The part that a file is, by its name.
pub fn name_of(file: &str) -> Option<&str> {
    let (part, hash) = file
        .strip_prefix(PREFIX)?
        .strip_suffix(".wasm")?
        .rsplit_once('-')?;
    (hash.len() == 16).then_some(part)
}

/// Lays the parts into `dist/`, and names the glue and the main file after their content too: Trunk names them after what cargo
/// linked, which stays the same when the cutting changes, and a browser that keeps an old glue would ask for old parts.
pub fn place(project: &Project, tools: &Tools) -> Result<()> {
    lay(project)?;
    let Some(esbuild) = tools.find("esbuild") else {
        return Ok(());
    };
    let (boot, smaller) = (
        project.dist().join("boot.js"),
        project.target.join("parts/boot.js"),
    );
    let mut esbuild = Command::new(esbuild);
    esbuild
        .args(["--minify", "--format=esm", "--log-level=warning"])
        .arg(&boot);
    run(esbuild.arg(format!("--outfile={}", smaller.display())))?;
    Ok(fs::rename(smaller, boot)?)
}

fn lay(project: &Project) -> Result<()> {
    let dist = project.dist();
    for entry in fs::read_dir(project.target.join("parts/finished"))? {
        let path = entry?.path();
        fs::copy(&path, dist.join(path.file_name().unwrap_or_default()))?;
    }
    let page = dist.join("index.html");
    let text = fs::read_to_string(&page)?;
    let old = text
        .split(|letter: char| letter.is_whitespace() || "\"'/=>".contains(letter))
        .find_map(|word| word.strip_suffix("_bg.wasm"))
        .context("index.html names no wasm")?
        .to_owned();
    let (glue, wasm) = (format!("{old}.js"), format!("{old}_bg.wasm"));
    let content = [fs::read(dist.join(&glue))?, fs::read(dist.join(&wasm))?].concat();
    let new = format!("{PREFIX}{}", hash(&content));
    fs::rename(dist.join(glue), dist.join(format!("{new}.js")))?;
    fs::rename(dist.join(wasm), dist.join(format!("{new}_bg.wasm")))?;
    Ok(fs::write(page, text.replace(&old, &new))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_modules_of_a_part_are_read_from_its_loader() {
        let links = "const __chunk_1 = makeLoad(() => {\n    fetch(\"./chunk_1.wasm\");\n}\n, []);\n\
                     export const __wasm_split_load_flow = wrapAsyncCb(makeLoad(() => {\n}\n, [__chunk_1, __chunk_12]));\n\
                     export const __wasm_split_load_flow_2 = wrapAsyncCb(makeLoad(() => {\n}\n, []));\n";
        assert_eq!(modules_of("flow", links).unwrap(), ["chunk_1", "chunk_12"]);
        assert!(modules_of("flow_2", links).unwrap().is_empty());
        assert!(modules_of("load", links).is_err());
    }

    #[test]
    fn what_parts_share_is_downloaded_with_the_session_or_a_sign_in_where_they_use_it() {
        let modules = |names: &[&str]| names.iter().map(|name| name.to_string()).collect::<Vec<_>>();
        let uses = [
            ("session", modules(&["a"])),
            ("sign_in", modules(&["a", "b"])),
            ("flow", modules(&["a", "b", "c"])),
            ("desk", modules(&["a", "c"])),
        ];
        let group = |module: &str| GROUPS[group_of(module, &uses)].0;
        assert_eq!(
            [group("a"), group("b"), group("c")],
            ["session", "shared", "rest"]
        );
        assert_eq!(needed_by("sign_in", &uses), ["session", "shared"]);
        assert_eq!(needed_by("flow", &uses), ["session", "shared", "rest"]);
        assert_eq!(needed_by("desk", &uses), ["session", "rest"]);
    }

    #[test]
    fn glue_and_main_file_are_named_after_their_content() {
        let root = env::temp_dir().join(format!("xtask-parts-{}", std::process::id()));
        let project = Project {
            target: root.join("target"),
            root: root.clone(),
        };
        let name = |glue: &str| {
            let _ = fs::remove_dir_all(&root);
            fs::create_dir_all(project.target.join("parts/finished")).unwrap();
            fs::create_dir_all(project.dist()).unwrap();
            fs::write(
                project.target.join("parts/finished/polar-connect-flow-0.wasm"),
                "part",
            )
            .unwrap();
            fs::write(project.dist().join("polar-connect-1.js"), glue).unwrap();
            fs::write(project.dist().join("polar-connect-1_bg.wasm"), "wasm").unwrap();
            let page =
                "<script data-js=./polar-connect-1.js data-wasm=\"./polar-connect-1_bg.wasm\"></script>";
            fs::write(project.dist().join("index.html"), page).unwrap();
            lay(&project).unwrap();
            assert!(project.dist().join("polar-connect-flow-0.wasm").is_file());
            let page = fs::read_to_string(project.dist().join("index.html")).unwrap();
            let (_, rest) = page.split_once("data-wasm=\"./").unwrap();
            let name = rest.split_once("_bg.wasm").unwrap().0.to_owned();
            assert!(page.contains(&format!("data-js=./{name}.js")), "{page}");
            assert_eq!(
                fs::read_to_string(project.dist().join(format!("{name}.js"))).unwrap(),
                glue
            );
            name
        };
        let (one, other) = (name("one"), name("other"));
        assert_ne!(one, other);
        assert_eq!(one.len(), PREFIX.len() + 16);
        fs::remove_dir_all(&root).unwrap();
    }
}

//! Every file that a deployment writes is read back, as its host would read it, and compared with the one list. A header that
//! a writer drops, a type or a cache rule it gets wrong, a page without its base: each is a red test here.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use hosting::deploy::{Deployment, HOSTS, Host};
use hosting::{CacheRule, Policy, TYPES};
use serde_json::Value;

const BASE: &str = "/tools/polar/";
const CONFIG: &[u8] =
    br#"{"environments":[{"id":"a","discovery_url":"https://api.polar.sh/d","api_url":"https://api.polar.sh"}]}"#;
const PAGE: &str = r#"<meta charset=utf-8><base href="../"><script src=./boot.js></script>"#;

/// Lower-case names and their values; of a name that comes twice, both, joined as a browser joins them.
type Headers = BTreeMap<String, String>;

/// What one host was written, removed at the end of the test.
struct Folder {
    root: PathBuf,
    deployment: Deployment,
    host: &'static Host,
}

impl Folder {
    fn of(host: &str) -> Folder {
        Folder::below(host, BASE)
    }

    fn below(host: &str, base: &str) -> Folder {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("written-{}-{count}", std::process::id());
        let root = std::env::temp_dir().join(name);
        let dist = root.join("dist");
        fs::create_dir_all(dist.join("callback")).unwrap();
        for file in [
            "app-0123456789abcdef_bg.wasm",
            "app-0123456789abcdef.js",
            "a-0123456789abcdef.css",
            "boot.js",
            "favicon.svg",
            "icon-192.png",
            "manifest.webmanifest",
            "worker.js",
        ] {
            fs::write(dist.join(file), file).unwrap();
        }
        for page in ["index.html", "callback/index.html", "404.html"] {
            fs::write(dist.join(page), PAGE).unwrap();
        }
        fs::write(dist.join("config.json"), "{}").unwrap();
        let deployment = Deployment::of(&dist, CONFIG, base).unwrap();
        let host = HOSTS.iter().find(|known| known.name == host).unwrap();
        deployment.write(host, &dist, CONFIG, &root).unwrap();
        Folder {
            root,
            deployment,
            host,
        }
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Files and pages below the base, as they are asked for.
    fn paths(&self) -> Vec<String> {
        let files = self.deployment.files.iter();
        files
            .map(|file| file.trim_end_matches("index.html").to_owned())
            .collect()
    }

    /// The policy, and what is said about this path.
    fn expected(&self, path: &str) -> Headers {
        let (kind, cache) = self.deployment.about(path);
        let mut headers = self.policy();
        headers.extend([
            ("content-type".into(), kind.into()),
            ("cache-control".into(), cache.into()),
        ]);
        headers
    }

    fn policy(&self) -> Headers {
        let headers = self.deployment.headers().iter();
        headers
            .map(|(name, value)| (name.to_string(), value.clone()))
            .collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}

fn add(headers: &mut Headers, name: &str, value: &str) {
    let known = headers.entry(name.to_ascii_lowercase()).or_default();
    *known = [known.as_str(), value]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ");
}

/// Rules as hosts match them: a pattern that ends in `*` or `(.*)` is a prefix, all others are exact.
fn answer(rules: &[(String, Headers)], path: &str) -> Headers {
    let mut headers = Headers::new();
    for (pattern, set) in rules {
        let prefix = pattern.strip_suffix("(.*)").or(pattern.strip_suffix('*'));
        if prefix.map_or(pattern == path, |prefix| path.starts_with(prefix)) {
            set.iter()
                .for_each(|(name, value)| add(&mut headers, name, value));
        }
    }
    headers
}

fn check_rules(folder: &Folder, rules: &[(String, Headers)]) {
    for path in folder.paths() {
        let base = &folder.deployment.base;
        assert_eq!(
            answer(rules, &format!("{base}{path}")),
            folder.expected(&path),
            "{path}"
        );
    }
    assert_eq!(answer(rules, "/nowhere-0123456789abcdef.js"), folder.policy());
}

#[test]
fn j04_headers_files_say_the_list_for_every_path() {
    for (host, base) in [
        ("netlify", BASE),
        ("cloudflare", BASE),
        ("netlify", "/"),
        ("cloudflare", "/"),
    ] {
        let folder = Folder::below(host, base);
        let mut rules: Vec<(String, Headers)> = Vec::new();
        for line in folder.read("site/_headers").lines() {
            match line.trim_start().split_once(": ") {
                Some((name, value)) => add(&mut rules.last_mut().unwrap().1, name, value),
                None => rules.push((line.to_owned(), Headers::new())),
            }
            assert!(line.len() <= 2000, "Cloudflare reads no more of a line");
        }
        assert!(rules.len() <= 100, "Cloudflare reads no more rules");
        check_rules(&folder, &rules);
    }
}

#[test]
fn j04_vercel_json_says_the_list_for_every_path() {
    [BASE, "/"].into_iter().for_each(check_vercel);
}

fn check_vercel(base: &str) {
    let folder = Folder::below("vercel", base);
    let settings: Value = serde_json::from_str(&folder.read("site/vercel.json")).unwrap();
    let rules = settings["headers"].as_array().unwrap().iter().map(|rule| {
        let mut headers = Headers::new();
        for header in rule["headers"].as_array().unwrap() {
            add(
                &mut headers,
                header["key"].as_str().unwrap(),
                header["value"].as_str().unwrap(),
            );
        }
        (rule["source"].as_str().unwrap().to_owned(), headers)
    });
    check_rules(&folder, &rules.collect::<Vec<_>>());
    assert_eq!(settings["trailingSlash"], true);
    assert_eq!(
        settings.get("rewrites"),
        None,
        "a missing script must not become the page"
    );
}

/// A location that sets a header loses those around it, so each must say them all, and for errors too.
#[test]
fn j05_every_nginx_location_says_the_whole_list() {
    let folder = Folder::of("nginx");
    let text = folder.read("locations.conf");
    let mut locations: Vec<(String, Headers)> = Vec::new();
    for line in text.lines().map(str::trim) {
        if let Some(location) = line.strip_prefix("location ") {
            locations.push((location.to_owned(), Headers::new()));
        }
        if let Some(header) = line.strip_prefix("add_header ") {
            let (name, value) = header.split_once(" \"").unwrap();
            let value = value.strip_suffix("\" always;").expect("errors carry it too");
            add(&mut locations.last_mut().unwrap().1, name, value);
        }
    }
    assert_eq!(locations.len(), 4);
    for (location, headers) in &locations {
        let cache = match location.contains("0-9a-f") {
            true => CacheRule::Forever,
            false => CacheRule::AskFirst,
        };
        let mut expected = folder.policy();
        add(&mut expected, "cache-control", cache.value());
        assert_eq!(*headers, expected, "{location}");
    }
    for (extension, kind) in TYPES {
        let plain = kind.split(';').next().unwrap();
        assert!(
            text.contains(&format!("        {plain} {extension};\n")),
            "{extension}"
        );
    }
    assert!(
        !text.contains("try_files $uri /"),
        "a missing script must not become the page"
    );
    assert!(
        folder
            .read("server.conf")
            .contains("include /srv/polar-connect/locations.conf;")
    );
}

#[test]
fn j04_caddy_says_the_list() {
    for host in ["caddy", "container"] {
        let folder = Folder::of(host);
        let text = folder.read("polar-connect.caddy");
        let block = text
            .split_once("header {\n")
            .unwrap()
            .1
            .split_once('}')
            .unwrap()
            .0;
        let mut headers = Headers::new();
        for line in block.lines().filter(|line| !line.trim().is_empty()) {
            let (name, value) = line.trim().split_once(" \"").unwrap();
            add(&mut headers, name, value.strip_suffix('"').unwrap());
        }
        let mut expected = folder.policy();
        add(&mut expected, "cache-control", "no-cache");
        assert_eq!(headers, expected);
        for (extension, kind) in TYPES {
            let rule = format!("@polar_connect_{extension} path *.{extension}\n");
            assert!(text.contains(&rule), "{extension}");
            let rule = format!("header @polar_connect_{extension} Content-Type \"{kind}\"\n");
            assert!(text.contains(&rule), "{extension}");
        }
        let kept = format!(
            "header @polar_connect_kept Cache-Control \"{}\"\n",
            CacheRule::Forever.value()
        );
        assert!(text.contains(&kept));
        let errors = text.split_once("handle_errors {").unwrap().1;
        assert!(errors.contains("header Cache-Control \"no-cache\"\n"));
        assert!(errors.contains("header Content-Type \"text/html; charset=utf-8\"\n"));
    }
}

#[test]
fn a_bucket_is_told_the_type_and_caching_of_every_object() {
    [BASE, "/"].into_iter().for_each(check_bucket);
}

fn check_bucket(base: &str) {
    let folder = Folder::below("bucket", base);
    let below = base.trim_start_matches('/');
    let objects: Value = serde_json::from_str(&folder.read("objects.json")).unwrap();
    let objects = objects.as_array().unwrap();
    let text = |object: &Value, member: &str| object[member].as_str().unwrap().to_owned();
    let names: Vec<String> = objects.iter().map(|object| text(object, "object")).collect();
    let mut expected: Vec<String> = folder
        .deployment
        .files
        .iter()
        .map(|file| format!("{below}{file}"))
        .collect();
    // Below a path the not-found page lies at the top as well.
    if !below.is_empty() {
        expected.push("404.html".into());
    }
    let mut sorted = names.clone();
    sorted.sort();
    expected.sort();
    assert_eq!(sorted, expected);
    let script = folder.read("upload.sh");
    // A host may not say how what it shows for a missing object is packed.
    let put = |name: &str| {
        if name.ends_with("404.html") {
            "as_it_is"
        } else {
            "put"
        }
    };
    for object in objects {
        let (name, kind, cache) = (
            text(object, "object"),
            text(object, "content_type"),
            text(object, "cache_control"),
        );
        assert!(folder.root.join("site").join(&name).is_file(), "{name}");
        assert_eq!(
            (kind.as_str(), cache.as_str()),
            folder.deployment.about(&name),
            "{name}"
        );
        assert!(
            script.contains(&format!("{} '{name}' '{kind}' '{cache}'\n", put(&name))),
            "{name}"
        );
    }
    let (last, names) = names.split_last().unwrap();
    assert_eq!(*last, format!("{below}worker.js"), "it keeps all the others");
    let first_page = names.iter().position(|name| name.ends_with(".html")).unwrap();
    assert!(
        names[first_page..].iter().all(|name| name.ends_with(".html")),
        "pages come after what they refer to"
    );
    let listed: Value = serde_json::from_str(&folder.read("headers.json")).unwrap();
    let mut headers = Headers::new();
    for header in listed.as_array().unwrap() {
        add(&mut headers, &text(header, "header"), &text(header, "value"));
    }
    assert_eq!(headers, folder.policy());
}

/// `sh` and not our own reading of it: what the script would hand to the two programs.
#[cfg(unix)]
#[test]
fn the_upload_script_runs() {
    let folder = Folder::of("bucket");
    let tools = folder.root.join("bin");
    fs::create_dir_all(&tools).unwrap();
    for tool in ["aws", "gsutil"] {
        use std::os::unix::fs::PermissionsExt;
        let path = tools.join(tool);
        // Whatever its arguments are, the last but one is the file: it says those, and what it was given.
        let script = format!(
            "#!/bin/sh\necho {tool} \"$@\"\nwhile [ $# -gt 2 ]; do shift; done\ngzip -dcf \"$1\"\necho\n"
        );
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let upload = |bucket: &str| {
        let path = format!("{}:{}", tools.display(), std::env::var("PATH").unwrap());
        let mut command = std::process::Command::new("sh");
        command
            .arg(folder.root.join("upload.sh"))
            .arg(bucket)
            .env("PATH", path);
        let output = command.output().unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    };
    // One line of it with what follows, which is the content of the file that it hands over.
    let is_told = |said: &str, first: &str, last: &str, content: &str| {
        let mut lines = said
            .lines()
            .skip_while(|line| !(line.starts_with(first) && line.ends_with(last)));
        assert!(lines.next().is_some(), "{first}…{last} in {said}");
        assert_eq!(lines.next(), Some(content), "{last}");
    };
    let (done, said) = upload("s3://mine/");
    assert!(done);
    is_told(
        &said,
        "aws s3 cp --only-show-errors --content-encoding gzip --content-type application/wasm \
         --cache-control public, max-age=31536000, immutable ",
        " s3://mine/tools/polar/app-0123456789abcdef_bg.wasm",
        "app-0123456789abcdef_bg.wasm",
    );
    is_told(
        &said,
        "aws s3 cp --only-show-errors --content-type text/html",
        "404.html s3://mine/404.html",
        &folder.read("site/404.html"),
    );
    let (done, said) = upload("gs://mine");
    assert!(done);
    is_told(
        &said,
        "gsutil -q -h Content-Encoding:gzip -h Content-Type:application/json -h Cache-Control:no-cache cp ",
        " gs://mine/tools/polar/config.json",
        &String::from_utf8_lossy(CONFIG),
    );
    assert!(!upload("mine").0);
}

#[test]
fn pages_have_the_base_and_carry_the_policy_where_no_header_does() {
    for host in HOSTS {
        let folder = Folder::of(host.name);
        for page in ["index.html", "callback/index.html", "404.html"] {
            let page = folder.read(&format!("{}{page}", folder.deployment.folder(folder.host)));
            assert!(
                page.contains(&format!("<base href=\"{BASE}\">")),
                "{}: {page}",
                host.name
            );
            let policy = format!(
                "<meta charset=utf-8><meta http-equiv=\"Content-Security-Policy\" content=\"{}\">",
                folder.deployment.policy.in_page()
            );
            assert_eq!(
                page.contains(&policy),
                ["github", "bucket"].contains(&host.name),
                "{}: {page}",
                host.name
            );
        }
        let config = folder.read(&format!("{}config.json", folder.deployment.folder(folder.host)));
        assert_eq!(config.as_bytes(), CONFIG);
        assert!(folder.read("site/404.html").contains(BASE));
    }
}

/// A document of the project as one line, without its marks.
fn document(name: &str) -> String {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)).unwrap();
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").replace('`', "").to_lowercase()
}

#[test]
fn j07_what_github_pages_cannot_do_is_said() {
    let readme = document("README.md");
    let (_, lost) = readme.split_once("what is lost without headers.").unwrap();
    let lost = lost.split("an origin of its own").next().unwrap();
    let folder = Folder::of("github");
    let in_page = ["content-security-policy", "referrer-policy"];
    for (name, _) in folder.deployment.policy.headers() {
        let is_named =
            lost.contains(name) || (name.starts_with("x-content-type") && lost.contains("nosniff"));
        assert!(
            is_named || in_page.contains(name),
            "{name} is lost, and the README does not say so"
        );
    }
    assert!(lost.contains("frame-ancestors"));
}

#[test]
fn j19_the_way_to_reach_any_provider_is_documented() {
    assert!(
        document("README.md")
            .contains("--any-issuer writes a policy that lets the page reach any https address")
    );
}

#[test]
fn f22_other_programs_on_the_same_origin_are_out_of_scope_and_that_is_said() {
    let security = document("SECURITY.md");
    let (_, not) = security.split_once("what is not promised").unwrap();
    for words in [
        "other pages on the same origin",
        "service worker",
        "extensions",
        "an origin of its own",
    ] {
        assert!(not.contains(words), "{words}");
    }
}

#[test]
fn github_gets_its_folder_without_the_base_and_without_jekyll() {
    let folder = Folder::of("github");
    assert_eq!(folder.read("site/.nojekyll"), "");
    assert!(folder.root.join("site/callback/index.html").is_file());
}

#[test]
fn the_container_runs_as_nobody_and_without_a_shell() {
    let folder = Folder::of("container");
    let text = folder.read("Dockerfile");
    let last = text.rsplit_once("FROM ").unwrap().1;
    assert!(last.starts_with("scratch\n"));
    assert!(last.contains("\nUSER 65532:65532\n"));
    assert!(!last.contains("\nRUN "), "there is no shell to run it");
    for command in ["ENTRYPOINT", "CMD"] {
        let (_, arguments) = last.split_once(&format!("{command} ")).unwrap();
        let arguments = arguments.lines().next().unwrap();
        assert!(
            serde_json::from_str::<Vec<String>>(arguments).is_ok(),
            "{arguments}"
        );
    }
    assert!(last.contains("\nHEALTHCHECK --interval=30s --timeout=3s CMD ["));
    assert!(last.contains("http://127.0.0.1:8080/tools/polar/config.json"));
    let run = (folder.host.next)(&folder.deployment);
    for asked in ["--read-only", "--cap-drop ALL", "no-new-privileges"] {
        assert!(run.contains(asked), "{asked}: {run}");
    }
    assert!(
        !run.contains("--volume") && !run.contains("--tmpfs"),
        "nothing is written"
    );
    for line in last.lines().filter_map(|line| line.strip_prefix("COPY ")) {
        let from_here = line.split(' ').filter(|_| !line.starts_with("--from"));
        let sources: Vec<&str> = from_here.collect();
        for source in sources.iter().take(sources.len().saturating_sub(1)) {
            assert!(folder.root.join(source).exists(), "{source}");
        }
    }
}

#[test]
fn any_issuer_is_asked_for_and_changes_only_the_policy() {
    let folder = Folder::of("netlify");
    let strict = folder.read("site/_headers");
    assert!(strict.contains("connect-src 'self' https://api.polar.sh;"));
    let deployment = Deployment::of(&folder.root.join("dist"), CONFIG, BASE).unwrap();
    let wide = Deployment {
        policy: Policy::any_issuer(),
        ..deployment
    };
    let wide = (folder.host.files)(&wide).remove(0).text;
    assert_eq!(
        wide.replace(
            "https: http://localhost:* http://127.0.0.1:*",
            "https://api.polar.sh"
        ),
        strict
    );
}

#[test]
fn https_alone_is_asked_for_and_then_said_with_every_answer() {
    for host in HOSTS
        .iter()
        .filter(|host| host.sends_headers || host.name == "bucket")
    {
        let folder = Folder::of(host.name);
        let said = |deployment: &Deployment| {
            let files = (host.files)(deployment).into_iter();
            files.map(|file| file.text).collect::<String>()
        };
        assert!(
            !said(&folder.deployment).contains("Strict-Transport-Security"),
            "{}",
            host.name
        );
        let deployment = Deployment::of(&folder.root.join("dist"), CONFIG, BASE).unwrap();
        let policy = deployment.policy.by_https_alone();
        let secured = said(&Deployment { policy, ..deployment });
        let times = |text: &str, word: &str| text.matches(word).count();
        assert_eq!(
            times(&secured, "Strict-Transport-Security"),
            times(&secured, "X-Content-Type-Options"),
            "{}",
            host.name
        );
        assert!(secured.contains("max-age=31536000"));
        assert!(!secured.contains("includeSubDomains") && !secured.contains("preload"));
    }
}

/// The lines of the README's chapter from one title to the next.
fn chapter(title: &str) -> Vec<String> {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md")).unwrap();
    let lines = readme.lines().skip_while(|line| *line != title);
    let mut lines = lines.map(str::to_owned);
    let first = lines.next().expect(title);
    let level = first.split(' ').next().unwrap().len();
    let ends = |line: &str| line.starts_with('#') && line.split(' ').next().unwrap().len() <= level;
    lines.take_while(|line| !ends(line)).collect()
}

/// The line that a blocked connection asks for, on each host.
#[test]
fn j19_where_the_policy_names_its_origins_is_documented_for_every_host() {
    let rows = chapter("## Hosting");
    for host in HOSTS {
        let (file, line) = host.policy_at;
        let row = format!("| {} | `{file}` | `{}` |", host.name, line.trim());
        assert!(rows.contains(&row), "README.md lacks {row}");
        let folder = Folder::of(host.name);
        let named = match file.ends_with(".html") {
            true => vec![folder.read(&format!("{}callback/index.html", folder.deployment.folder(host)))],
            false => vec![folder.read(file)],
        };
        for text in named {
            let says = |text: &str| text.matches("connect-src 'self' https://api.polar.sh;").count();
            assert!(says(&text) > 0, "{}", host.name);
            let after: usize = text
                .split(line)
                .skip(1)
                .map(|rest| says(rest.lines().next().unwrap()))
                .sum();
            assert_eq!(after, says(&text), "{}: {text}", host.name);
        }
    }
}

/// From the build to a page below a path.
#[test]
fn at_most_five_commands_are_documented_for_every_host() {
    let lines = chapter("## Hosting");
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for block in lines.split(|line| line.starts_with("```")) {
        let Some(host) = block
            .iter()
            .find_map(|line| line.strip_prefix("cargo xtask deploy "))
        else {
            continue;
        };
        let host = host.split(' ').next().unwrap();
        let commands = block.iter().flat_map(|line| line.split(" && ")).count();
        let most = counts.entry(host).or_default();
        *most = commands.max(*most);
        assert!(block.iter().any(|line| line.contains("--base /")), "{host}");
    }
    for host in HOSTS {
        let count = counts.get(host.name).copied().unwrap_or_default();
        assert!((1..=5).contains(&count), "{}: {count} commands", host.name);
    }
}

#[test]
fn what_the_list_does_not_know_stops_a_deployment() {
    let folder = Folder::of("nginx");
    let dist = folder.root.join("dist");
    for base in [
        "tools/", "/tools", "//", "/a//b/", "/../", "/a b/", "/\"/", "/{x}/", "",
    ] {
        assert!(Deployment::of(&dist, CONFIG, base).is_err(), "{base}");
    }
    fs::write(dist.join("app.map"), "").unwrap();
    let refusal = Deployment::of(&dist, CONFIG, "/").err().unwrap();
    assert_eq!(refusal, "the list of types has none for app.map");
}

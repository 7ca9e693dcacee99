//! Writes a built folder ready for one host: the files, and the one list in that host's own language.
//!
//! A writer is a function from a [`Deployment`] to the files it adds, so that a test can read them back and compare. All
//! files lie in `site/`, below the base path, as the host will show them; only GitHub puts the base there itself.
//! Pages get the base as an absolute address: hosts differ in what they do with `/callback`, with and without a slash, and
//! the page is right at both. The not-found page has no other way at all: shown at any depth, its first relative address is
//! already wrong, so no script of it could find out.

mod bucket;
mod caddy;
mod cloudflare;
mod container;
mod github;
mod headers_file;
mod netlify;
mod nginx;
mod vercel;

use std::fs;
use std::io;
use std::path::Path;

use crate::page::{with_base, with_policy};
use crate::{CacheRule, Policy, content_type};

/// A host that a deployment can be written for.
pub struct Host {
    pub name: &'static str,
    /// Whether it sends the headers we ask for. Where it does not, each page carries what it can of the policy.
    pub sends_headers: bool,
    /// The file that says where the page may connect to, and how each of its lines that says so begins.
    pub policy_at: (&'static str, &'static str),
    /// Whether it adds the base path to what it is given.
    pub adds_base: bool,
    /// The files it reads, beside the site itself.
    pub files: fn(&Deployment) -> Vec<Written>,
    /// What to do with the folder, and what is lost there.
    pub next: fn(&Deployment) -> String,
}

pub const HOSTS: &[Host] = &[
    nginx::HOST,
    caddy::HOST,
    netlify::HOST,
    cloudflare::HOST,
    vercel::HOST,
    github::HOST,
    bucket::HOST,
    container::HOST,
];

/// Where [`Host::policy_at`] is no file of settings.
pub const IN_EACH_PAGE: (&str, &str) = ("site/**/*.html", "<meta http-equiv=\"Content-Security-Policy\"");

/// A file in the folder of a deployment: its path there, and what it says.
pub struct Written {
    pub path: String,
    pub text: String,
}

/// One site and everything its host must know.
pub struct Deployment {
    /// With a slash at both ends.
    pub base: String,
    /// Where the written folder will lie on a machine of its own.
    pub at: String,
    pub port: u16,
    pub policy: Policy,
    /// Paths below the base, sorted.
    pub files: Vec<String>,
}

impl Deployment {
    /// What `folder` holds, with this `config.json`.
    pub fn of(folder: &Path, config: &[u8], base: &str) -> Result<Deployment, String> {
        is_base(base)?;
        let mut files = Vec::new();
        list(folder, "", &mut files).map_err(|error| format!("{}: {error}", folder.display()))?;
        files.sort();
        if let Some(unknown) = files.iter().find(|file| content_type(file).is_none()) {
            return Err(format!("the list of types has none for {unknown}"));
        }
        Ok(Deployment {
            base: base.to_owned(),
            at: "/srv/polar-connect".to_owned(),
            port: 8080,
            policy: Policy::of_config(config),
            files,
        })
    }

    /// The pages as they are asked for, below the base and with their last slash: the first is the empty one.
    pub fn pages(&self) -> Vec<&str> {
        let pages = self
            .files
            .iter()
            .filter_map(|file| file.strip_suffix("index.html"));
        let mut pages: Vec<&str> = pages.collect();
        pages.sort();
        pages
    }

    /// What every answer carries, whatever was asked for.
    pub fn headers(&self) -> &[(&'static str, String)] {
        self.policy.headers()
    }

    /// The answer to this path, found: `Content-Type` and `Cache-Control`.
    pub fn about(&self, path: &str) -> (&'static str, &'static str) {
        let kind = content_type(path).expect("unknown types are refused when the folder is read");
        (kind, CacheRule::of_path(path).value())
    }

    /// The base as a folder of the written one: `site/tools/polar/`.
    pub fn folder(&self, host: &Host) -> String {
        match host.adds_base {
            true => "site/".to_owned(),
            false => format!("site{}", self.base),
        }
    }

    /// Writes the whole folder. What an earlier one left in `site/` is removed, the rest of `out` is left alone.
    pub fn write(&self, host: &Host, folder: &Path, config: &[u8], out: &Path) -> io::Result<()> {
        let _ = fs::remove_dir_all(out.join("site"));
        let inside = out.join(self.folder(host));
        for file in &self.files {
            let content = match file.as_str() {
                "config.json" => config.to_vec(),
                page if page.ends_with(".html") => self
                    .page(host, &fs::read_to_string(folder.join(page))?)
                    .into_bytes(),
                other => fs::read(folder.join(other))?,
            };
            put(&inside.join(file), &content)?;
        }
        // Hosts that show one not-found page for everything look for it at the top.
        let not_found = fs::read(inside.join("404.html"))?;
        put(&out.join("site/404.html"), &not_found)?;
        for Written { path, text } in (host.files)(self) {
            put(&out.join(path), text.as_bytes())?;
        }
        Ok(())
    }

    /// A page as this host shows it.
    pub fn page(&self, host: &Host, page: &str) -> String {
        let page = with_base(page, &self.base);
        match host.sends_headers {
            true => page,
            false => with_policy(&page, &self.policy.in_page()),
        }
    }
}

/// A base goes into addresses, patterns and settings of every kind, so only what means itself in all of them.
pub fn is_base(base: &str) -> Result<(), String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_~.".contains(&byte);
    let closed = base.starts_with('/') && base.ends_with('/') && !base.contains("//");
    if closed && base.bytes().all(plain) && !base.contains("/.") {
        return Ok(());
    }
    Err(format!(
        "a base is a plain path with a slash at both ends, not {base:?}"
    ))
}

fn put(path: &Path, content: &[u8]) -> io::Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
    fs::write(path, content)
}

fn list(folder: &Path, below: &str, files: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        match entry.file_type()?.is_dir() {
            true => list(&entry.path(), &format!("{name}/"), files)?,
            false => files.push(name),
        }
    }
    Ok(())
}

/// Header names as people write them: `x-frame-options` is `X-Frame-Options`. No host minds, and readers do.
fn spelled(name: &str) -> String {
    let words = name.split('-').map(|word| match word.split_at_checked(1) {
        Some((first, rest)) => first.to_ascii_uppercase() + rest,
        None => String::new(),
    });
    words.collect::<Vec<_>>().join("-")
}

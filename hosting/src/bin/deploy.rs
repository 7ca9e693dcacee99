//! `deploy HOST`: the built folder, ready for one host. `cargo xtask deploy` builds both and calls it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use hosting::Policy;
use hosting::deploy::{Deployment, HOSTS, Host, is_base};
use lexopt::prelude::*;

const USAGE: &str = "\
usage: cargo xtask deploy HOST [OPTION…]

  HOST          nginx, caddy, netlify, cloudflare, vercel, github, bucket or container
  --out DIR     where to write (default target/deploy/HOST)
  --base PATH   the path on the host, with a slash at both ends (default /)
  --config FILE the config.json to deploy (default: the built one); the policy follows it
  --at DIR      nginx, caddy, container: where the written folder will lie (default /srv/polar-connect)
  --port PORT   nginx, caddy, container: where the complete server listens (default 8080)
  --hsts        tell browsers to come by https alone for a year: for an https host, and for all that is on it
  --any-issuer  let the page reach every https address, not only those in config.json";

struct Asked {
    host: &'static Host,
    folder: PathBuf,
    out: PathBuf,
    base: String,
    config: Option<PathBuf>,
    at: Option<String>,
    port: Option<u16>,
    any_issuer: bool,
    hsts: bool,
    /// Only says whether the options make sense.
    check: bool,
}

fn main() -> ExitCode {
    let done = asked().map_err(|error| format!("{error}\n{USAGE}")).and_then(run);
    if let Err(reason) = done {
        eprintln!("deploy: {reason}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn run(asked: Asked) -> Result<(), String> {
    check_options(&asked)?;
    if asked.check {
        return Ok(());
    }
    let path = asked.config.unwrap_or_else(|| asked.folder.join("config.json"));
    let config = std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut deployment = Deployment::of(&asked.folder, &config, &asked.base)?;
    if asked.any_issuer {
        deployment.policy = Policy::any_issuer();
    }
    if asked.hsts {
        deployment.policy = deployment.policy.by_https_alone();
    }
    deployment.at = asked.at.unwrap_or(deployment.at);
    deployment.port = asked.port.unwrap_or(deployment.port);
    let out = &asked.out;
    let written = deployment.write(asked.host, &asked.folder, &config, out);
    written.map_err(|error| format!("{}: {error}", out.display()))?;
    let (file, line) = asked.host.policy_at;
    println!("{}\n{}", out.display(), (asked.host.next)(&deployment));
    println!(
        "where the page may connect to stands in {file}, after {}",
        line.trim()
    );
    Ok(())
}

/// Before anything is built or written.
fn check_options(asked: &Asked) -> Result<(), String> {
    is_base(&asked.base)?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte);
    if asked.at.iter().any(|at| !at.bytes().all(plain)) {
        return Err("--at is a path of letters, digits, dots, dashes and underscores".into());
    }
    if asked.hsts && !asked.host.sends_headers && asked.host.name != "bucket" {
        return Err(format!(
            "{} sends no header of ours, so --hsts has no place",
            asked.host.name
        ));
    }
    match &asked.config {
        Some(path) if !path.is_file() => Err(format!("{} is not a file", path.display())),
        _ => Ok(()),
    }
}

fn asked() -> Result<Asked, lexopt::Error> {
    let mut arguments = lexopt::Parser::from_env();
    let mut host = None;
    let mut out = None;
    let mut asked = Asked {
        host: &HOSTS[0],
        folder: "dist".into(),
        out: PathBuf::new(),
        base: "/".into(),
        config: None,
        at: None,
        port: None,
        any_issuer: false,
        hsts: false,
        check: false,
    };
    while let Some(argument) = arguments.next()? {
        match argument {
            Value(name) if host.is_none() => host = Some(named(&name.string()?)?),
            Long("folder") => asked.folder = arguments.value()?.into(),
            Long("out") => out = Some(arguments.value()?.into()),
            Long("base") => asked.base = arguments.value()?.string()?,
            Long("config") => asked.config = Some(arguments.value()?.into()),
            Long("at") => asked.at = Some(arguments.value()?.string()?),
            Long("port") => asked.port = Some(arguments.value()?.parse()?),
            Long("any-issuer") => asked.any_issuer = true,
            Long("hsts") => asked.hsts = true,
            Long("check") => asked.check = true,
            _ => return Err(argument.unexpected()),
        }
    }
    asked.host = host.ok_or("which host?")?;
    let beside = |folder: &Path| folder.with_file_name("target/deploy").join(asked.host.name);
    asked.out = out.unwrap_or_else(|| beside(&asked.folder));
    Ok(asked)
}

fn named(name: &str) -> Result<&'static Host, lexopt::Error> {
    let found = HOSTS.iter().find(|host| host.name == name);
    found.ok_or_else(|| format!("no host {name:?}").into())
}

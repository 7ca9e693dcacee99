//! `cargo xtask check`: the login check of the page with nobody in front of it, and an exit code for a pipeline.
//!
//! The built page is served as it is hosted and opened in a browser of its own. The page checks; this presses, waits and
//! reads. An environment that is the local Polar brings it along and is consented at; elsewhere only the part without a login
//! runs, and with `--login` somebody signs in. Production is left to a person on the page.

mod environment;
mod page;
mod report;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::{env, fs, process};

use anyhow::{Context, Result, bail};
use lexopt::prelude::*;

use self::environment::{Environment, Kind};
use self::page::{Page, Part};
use self::report::{Form, Report};
use crate::chrome::{Chrome, Shown};
use crate::project::Project;
use crate::run::step;
use crate::servers::{Servers, free_port};
use crate::tools::Browser;
use crate::{build, start};

const HELP: &str = "\
cargo xtask check [OPTIONS]

  --environment ID   the one to check (local)
  --config FILE      a config.json that has it; the project's own if not given
  --out FILE         where the result goes: .json, .md or .xml (JUnit)
  --login            opens a browser, in which you sign in
  --fault NAME       the local Polar misbehaves in this way: does the check notice?

Exit code: 0 sound, or known deviations only; 1 unsound, or changed since this build; 2 it could not be run.";

const NOT_RUN: u8 = 2;

#[derive(Debug, PartialEq)]
struct Asked {
    environment: String,
    config: Option<PathBuf>,
    out: Option<(PathBuf, Form)>,
    login: bool,
    fault: Option<String>,
}

/// `None`: somebody asked for help.
fn read(arguments: &[OsString]) -> Result<Option<Asked>> {
    let mut asked = Asked {
        environment: "local".to_owned(),
        config: None,
        out: None,
        login: false,
        fault: None,
    };
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("environment") => asked.environment = parser.value()?.string()?,
            Long("config") => asked.config = Some(parser.value()?.into()),
            Long("out") => {
                let path = PathBuf::from(parser.value()?);
                let form = Form::of(&path)?;
                asked.out = Some((path, form));
            }
            Long("login") => asked.login = true,
            Long("fault") => asked.fault = Some(parser.value()?.string()?),
            Long("help") | Short('h') => return Ok(None),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Some(asked))
}

/// Whatever stops it before there is a verdict has an exit code of its own, so that a pipeline can tell them apart.
pub fn command(arguments: &[OsString]) -> ExitCode {
    let run = || match read(arguments)? {
        Some(asked) => check(&Project::find()?, &asked),
        None => {
            println!("{HELP}");
            Ok(0)
        }
    };
    ExitCode::from(run().unwrap_or_else(|error: anyhow::Error| {
        eprintln!("xtask check: {error:#}");
        NOT_RUN
    }))
}

fn check(project: &Project, asked: &Asked) -> Result<u8> {
    let environment = Environment::read(project, asked.config.as_deref(), &asked.environment)?;
    let part = part(asked, environment.kind)?;
    build::ensure(project)?;
    start::compile(project, &["local-polar", "hosting"])?;
    let workplace = Workplace::new()?;
    let mut servers = Servers::new()?;
    let origin = serve(project, asked, &environment, &workplace, &mut servers)?;
    let shown = match part {
        Part::WithPerson => Shown::Yes,
        Part::Open | Part::WithConsent => Shown::No,
    };
    let chrome = Chrome::start(&Browser::provide()?, shown)?;
    let mut page = Page::new(chrome, origin, &mut servers);
    let report = step(&format!("checking {}", asked.environment), || {
        page.check(&asked.environment, part)?;
        Report::read(&page.result()?)
    })?;
    if let Some((path, form)) = &asked.out {
        let saved = page.save(*form, &workplace.folder)?;
        fs::copy(saved, path).with_context(|| format!("cannot write {}", path.display()))?;
    }
    report.print();
    if part == Part::Open {
        println!("The part with a login needs a person: --login opens a browser for one.");
    }
    report.judged(part != Part::Open)
}

/// What of the check can be had here.
fn part(asked: &Asked, kind: Kind) -> Result<Part> {
    if asked.fault.is_some() && kind != Kind::Local {
        bail!(
            "--fault is for the local Polar, and {} is another",
            asked.environment
        );
    }
    Ok(match (kind, asked.login) {
        (Kind::Production, _) => bail!(
            "people and money are at {}: that is checked by a person, on the page Login check",
            asked.environment
        ),
        (_, true) if !has_screen() => bail!("--login shows a browser, and there is no screen here"),
        (_, true) => Part::WithPerson,
        (Kind::Local, false) => Part::WithConsent,
        (Kind::Other, false) => Part::Open,
    })
}

fn has_screen() -> bool {
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

/// Starts what the page talks to and the page itself; its origin.
fn serve(
    project: &Project,
    asked: &Asked,
    environment: &Environment,
    workplace: &Workplace,
    servers: &mut Servers,
) -> Result<String> {
    let (app, polar) = (free_port()?, free_port()?);
    let origin = format!("http://localhost:{app}");
    let config = workplace.folder.join("config.json");
    fs::write(&config, environment.config(polar).to_string())?;
    let mut hosting = start::native(project, "hosting");
    hosting.args(["--folder", "dist", "--port", &app.to_string(), "--config"]);
    servers.start("hosting", quiet(hosting.arg(config)))?;
    let mut ports = vec![app];
    if environment.kind == Kind::Local {
        let mut command = start::native(project, "local-polar");
        command.args(["--port", &polar.to_string(), "--app-origin", &origin]);
        command.args(asked.fault.iter().flat_map(|name| ["--fault", name]));
        servers.start("local-polar", quiet(&mut command))?;
        ports.push(polar);
    }
    for port in ports {
        if !servers.wait_for(port)? {
            bail!("stopped");
        }
    }
    Ok(origin)
}

fn quiet(command: &mut Command) -> &mut Command {
    command.stdout(Stdio::null())
}

/// Files of one check; gone with it.
struct Workplace {
    folder: PathBuf,
}

impl Workplace {
    fn new() -> Result<Workplace> {
        let folder = env::temp_dir().join(format!("polar-connect-check-{}", process::id()));
        fs::create_dir_all(&folder)?;
        Ok(Workplace { folder })
    }
}

impl Drop for Workplace {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(words: &[&str]) -> Result<Option<Asked>> {
        let words: Vec<OsString> = words.iter().map(Into::into).collect();
        read(&words)
    }

    #[test]
    fn reads_what_to_check_and_refuses_what_it_does_not_know() {
        let plain = asked(&[]).unwrap().unwrap();
        assert_eq!((plain.environment.as_str(), plain.login), ("local", false));
        let all = [
            "--environment",
            "sandbox",
            "--config",
            "c.json",
            "--out",
            "r.xml",
            "--login",
        ];
        let all = asked(&all).unwrap().unwrap();
        assert_eq!(all.out, Some((PathBuf::from("r.xml"), Form::Junit)));
        assert_eq!(all.config, Some(PathBuf::from("c.json")));
        assert!(all.login && all.environment == "sandbox");
        assert_eq!(asked(&["--help"]).unwrap(), None);
        for wrong in [
            &["sandbox"][..],
            &["--out", "result.txt"],
            &["--out", "result"],
            &["--fast"],
        ] {
            assert!(asked(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn nobody_s_login_is_taken_for_granted_but_at_the_local_polar() {
        let asked = |words: &[&str]| asked(words).unwrap().unwrap();
        assert_eq!(part(&asked(&[]), Kind::Local).unwrap(), Part::WithConsent);
        assert_eq!(part(&asked(&[]), Kind::Other).unwrap(), Part::Open);
        assert!(part(&asked(&[]), Kind::Production).is_err());
        assert!(part(&asked(&["--login"]), Kind::Production).is_err());
        assert!(part(&asked(&["--fault", "code-replayable"]), Kind::Other).is_err());
    }
}

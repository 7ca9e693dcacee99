//! `cargo xtask start` as a person calls it: what it prints, what it serves, and that Ctrl-C leaves nothing behind.

use std::env;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::counts::Counts;
use crate::build;
use crate::project::Project;
use crate::servers::check_free;
use crate::start::{APP, POLAR, compile};

pub fn start(project: &Project) -> Result<Counts> {
    build::ensure(project)?;
    compile(project, &["local-polar", "hosting"])?;
    check_free(APP, "the app")?;
    check_free(POLAR, "the local Polar")?;
    let mut command = Command::new(env::current_exe()?);
    let mut running = Running(command.arg("start").stdout(Stdio::piped()).spawn()?);
    let mut said = BufReader::new(running.0.stdout.take().context("its output is piped")?);
    let mut counts = Counts::default();
    let mut judge = |what: &str, outcome: Result<()>| {
        let fault = outcome.err().map(|error| format!("FAILED: {error:#}"));
        println!("{what} ... {}", fault.as_deref().unwrap_or("ok"));
        counts += Counts::of_one(fault.is_none());
    };
    judge("it prints the address to open", prints_the_address(&mut said));
    judge("the local Polar is offered first", offers_local_first());
    judge(
        "the local Polar answers",
        answers_as_local(&get(POLAR, "/.well-known/openid-configuration")),
    );
    judge("Ctrl-C ends it and nothing stays", ends(&mut running));
    Ok(counts)
}

fn prints_the_address(said: &mut impl std::io::BufRead) -> Result<()> {
    let address = format!("Open http://localhost:{APP}/");
    for line in said.lines() {
        if line?.contains(&address) {
            return Ok(());
        }
    }
    bail!("it ended without {address:?}")
}

fn offers_local_first() -> Result<()> {
    let config = get(APP, "/config.json")?;
    let first = &config["environments"][0]["id"];
    match first == "local" {
        true => Ok(()),
        false => bail!("{first} is first"),
    }
}

fn answers_as_local(metadata: &Result<Value>) -> Result<()> {
    let Ok(metadata) = metadata else {
        bail!("no metadata");
    };
    match metadata["issuer"] == "https://polar.sh" {
        true => Ok(()),
        false => bail!("the issuer is {}", metadata["issuer"]),
    }
}

fn ends(running: &mut Running) -> Result<()> {
    let pid = running.0.id().to_string();
    Command::new("kill").args(["-INT", &pid]).status()?;
    let status = running.0.wait()?;
    if status.code() != Some(0) {
        bail!("{status}");
    }
    check_free(APP, "the app")?;
    check_free(POLAR, "the local Polar")
}

/// The JSON that is served there with 200.
fn get(port: u16, path: &str) -> Result<Value> {
    let mut stream = TcpStream::connect(("localhost", port))?;
    write!(
        stream,
        "GET {path} HTTP/1.0\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").context("no HTTP")?;
    let status = head.lines().next().unwrap_or_default();
    if !status.contains(" 200 ") {
        bail!("{path}: {status}");
    }
    Ok(serde_json::from_str(body)?)
}

struct Running(Child);

impl Drop for Running {
    /// As Ctrl-C does, so that what it started ends with it.
    fn drop(&mut self) {
        if !matches!(self.0.try_wait(), Ok(Some(_))) {
            let _ = Command::new("kill")
                .args(["-INT", &self.0.id().to_string()])
                .status();
            let _ = self.0.wait();
        }
    }
}

//! `hosting --folder dist --port 8080 [--config FILE] [--first local]`: the built app at http://localhost:PORT, as a static host would serve it.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use hosting::{Site, router, with_first};
use lexopt::prelude::*;
use tokio::net::TcpListener;

const USAGE: &str = "usage: hosting [--folder dist] [--port 8080] [--base /] [--config FILE] [--first ENVIRONMENT] [--any-issuer]";

struct Asked {
    folder: PathBuf,
    port: u16,
    base: String,
    /// In the place of the folder's own.
    config: Option<PathBuf>,
    first: Option<String>,
    any_issuer: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("hosting: {reason}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), String> {
    let asked = asked().map_err(|error| format!("{error}\n{USAGE}"))?;
    let site = site(&asked)?;
    let (four, six) = listen(asked.port).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "port {} is taken by another program: stop it or choose --port",
            asked.port
        ),
        _ => format!("cannot listen on port {}: {error}", asked.port),
    })?;
    println!("http://localhost:{}{}", asked.port, site.base);
    let router = router(&site);
    let served = match six {
        Some(six) => {
            let six = axum::serve(six, router.clone());
            tokio::try_join!(axum::serve(four, router), six).map(drop)
        }
        None => axum::serve(four, router).await,
    };
    served.map_err(|error| error.to_string())
}

fn asked() -> Result<Asked, lexopt::Error> {
    let mut asked = Asked {
        folder: "dist".into(),
        port: 8080,
        base: "/".into(),
        config: None,
        first: None,
        any_issuer: false,
    };
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("folder") => asked.folder = arguments.value()?.into(),
            Long("port") => asked.port = arguments.value()?.parse()?,
            Long("base") => asked.base = arguments.value()?.string()?,
            Long("config") => asked.config = Some(arguments.value()?.into()),
            Long("first") => asked.first = Some(arguments.value()?.string()?),
            Long("any-issuer") => asked.any_issuer = true,
            _ => return Err(argument.unexpected()),
        }
    }
    if !(asked.base.starts_with('/') && asked.base.ends_with('/')) {
        return Err("--base begins and ends with a slash".into());
    }
    Ok(asked)
}

fn site(asked: &Asked) -> Result<Site, String> {
    if !asked.folder.join("index.html").is_file() {
        return Err(format!(
            "{} holds no index.html: build it with `cargo xtask build`",
            asked.folder.display()
        ));
    }
    let read = |path: &Path| std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()));
    let config = match (&asked.config, &asked.first) {
        (None, None) => None,
        (Some(path), None) => Some(read(path)?),
        (path, Some(id)) => {
            let own = asked.folder.join("config.json");
            Some(with_first(&read(path.as_ref().unwrap_or(&own))?, id)?)
        }
    };
    Ok(Site {
        folder: asked.folder.clone(),
        config,
        base: asked.base.clone(),
        any_issuer: asked.any_issuer,
    })
}

/// Browsers try `localhost` on both families; a machine without IPv6 has only the first. Another program that holds the
/// port on one family would answer half of the requests, so that counts as taken.
async fn listen(port: u16) -> io::Result<(TcpListener, Option<TcpListener>)> {
    let four = TcpListener::bind((IpAddr::from(Ipv4Addr::LOCALHOST), port)).await?;
    match TcpListener::bind((IpAddr::from(Ipv6Addr::LOCALHOST), port)).await {
        Ok(six) => Ok((four, Some(six))),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => Err(error),
        Err(_) => Ok((four, None)),
    }
}

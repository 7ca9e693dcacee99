//! `local-polar`: the provider as a program. Flags, a greeting, and two listeners, because a browser resolves `localhost`
//! to either address.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;

use local_polar::{Fault, LOCAL_CLIENT_ID, Provider, Settings, people, serve};
use tokio::net::TcpListener;

const USAGE: &str = "\
local-polar: a Polar-compatible provider and API on this machine

  --port PORT          listen on this port (8081)
  --app-origin ORIGIN  where the app runs (http://localhost:8080 and http://127.0.0.1:8080); may be repeated
  --fault NAME         misbehave in this way from the start
  --list-faults        show every way to misbehave
  --help               show this";

struct Flags {
    port: u16,
    app_origins: Vec<String>,
    fault: Option<Fault>,
}

enum Wish {
    Run(Flags),
    ListFaults,
    Help,
}

fn main() -> ExitCode {
    match read(lexopt::Parser::from_env()) {
        Ok(Wish::Run(flags)) => run(&flags),
        Ok(Wish::ListFaults) => print_faults(),
        Ok(Wish::Help) => {
            println!("{USAGE}");
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error.to_string()),
    }
}

fn read(mut flags: lexopt::Parser) -> Result<Wish, lexopt::Error> {
    use lexopt::prelude::{Long, Short, ValueExt};
    let mut read = Flags {
        port: 8081,
        app_origins: Vec::new(),
        fault: None,
    };
    while let Some(flag) = flags.next()? {
        match flag {
            Long("port") => read.port = flags.value()?.parse()?,
            Long("app-origin") => read.app_origins.push(flags.value()?.string()?),
            Long("fault") => read.fault = Some(flags.value()?.parse_with(known_fault)?),
            Long("list-faults") => return Ok(Wish::ListFaults),
            Long("help") | Short('h') => return Ok(Wish::Help),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Wish::Run(read))
}

fn known_fault(name: &str) -> Result<Fault, String> {
    Fault::from_name(name).ok_or_else(|| format!("no such fault: {name} (see --list-faults)"))
}

fn print_faults() -> ExitCode {
    for fault in Fault::ALL {
        println!("{:34} {}", fault.name(), fault.summary());
    }
    ExitCode::SUCCESS
}

fn fail(why: &str) -> ExitCode {
    eprintln!("local-polar: {why}");
    ExitCode::FAILURE
}

fn run(flags: &Flags) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let outcome = runtime.and_then(|runtime| runtime.block_on(listen(flags)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => fail(&format!(
            "port {} is taken; stop what listens there or choose another with --port",
            flags.port
        )),
        Err(error) => fail(&error.to_string()),
    }
}

async fn listen(flags: &Flags) -> std::io::Result<()> {
    let four = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, flags.port))).await?;
    let port = four.local_addr()?.port();
    let six = TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, port))).await;
    let provider = Arc::new(Provider::new(settings(flags, port)));
    provider.set_fault(flags.fault);
    greet(&provider);
    match six {
        Ok(six) => tokio::try_join!(serve(Arc::clone(&provider), four), serve(provider, six)).map(drop),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => Err(error),
        // A machine without IPv6 resolves localhost to 127.0.0.1 only.
        Err(_) => serve(provider, four).await,
    }
}

fn settings(flags: &Flags, port: u16) -> Settings {
    let base = match flags.app_origins.is_empty() {
        true => Settings::default(),
        false => Settings::for_origins(&flags.app_origins),
    };
    let here = format!("http://localhost:{port}");
    Settings {
        api: here.clone(),
        web: here,
        ..base
    }
}

fn greet(provider: &Provider) {
    println!("local-polar: a Polar-compatible provider and API on this machine");
    println!("  address    {}", provider.settings().api);
    println!("  client id  {LOCAL_CLIENT_ID}");
    for uri in &provider.settings().clients[0].redirect_uris {
        println!("  callback   {uri}");
    }
    for person in people::all() {
        println!("  person     {:20} {}", person.email, person.about);
    }
    if let Some(fault) = provider.fault() {
        println!("  fault      {}: {}", fault.name(), fault.summary());
    }
    println!("Everything lives in memory and is gone when this stops (Ctrl-C).");
}

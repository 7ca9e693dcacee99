//! nginx, Caddy, a stand-in for GitHub, or `hosting`, on a free port, with the folder and the settings that a deployment writes, until it is dropped.

use std::env;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use hosting::deploy::{Deployment, HOSTS};

/// The longest a program may take to listen: much more than any does, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(20);

/// A port for a program that binds it itself. The system gives those from 32768 on to whoever asks for any, so one of
/// them could be somebody else's by then.
pub fn port_for_a_program() -> u16 {
    const FIRST: u16 = 10_000;
    const COUNT: u16 = 20_000;
    static TRIED: AtomicU16 = AtomicU16::new(0);
    // Processes that run side by side begin at places of their own.
    let begin = std::process::id().wrapping_mul(97);
    loop {
        let tried = TRIED.fetch_add(1, Ordering::Relaxed);
        assert!(tried < COUNT, "no port is free");
        let offset = begin.wrapping_add(u32::from(tried)) % u32::from(COUNT);
        let port = FIRST + u16::try_from(offset).expect("it is below the count");
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

pub struct Server {
    folder: PathBuf,
    child: Child,
}

impl Server {
    /// With this `config.json` in place of the folder's.
    pub fn start_at(
        port: u16,
        program: &str,
        dist: &Path,
        config: &[u8],
        base: &str,
    ) -> (Server, Deployment) {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!(
            "{program}-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let folder = env::temp_dir().join(name);
        let mut deployment = Deployment::of(dist, config, base).expect("dist can be deployed");
        deployment.at = folder.display().to_string();
        deployment.port = port;
        // `hosting` reads nothing but the site, so any host's will do.
        let host = HOSTS
            .iter()
            .find(|host| host.name == program)
            .unwrap_or(&HOSTS[0]);
        deployment
            .write(host, dist, config, &folder)
            .expect("the folder is written");

        let mut command = match program {
            "nginx" => nginx(&folder),
            "caddy" => caddy(&folder),
            "github" => plain(&folder.join("site"), port),
            _ => hosting(&folder.join(deployment.folder(host)), port, base),
        };
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect(program);
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if let Some(status) = child.try_wait().expect("it can be asked") {
                panic!("{program} ended at once ({status})");
            }
            assert!(begun.elapsed() < PATIENCE, "{program} does not listen");
            sleep(Duration::from_millis(20));
        }
        (Server { folder, child }, deployment)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn program(variable: &str) -> Command {
    Command::new(env::var_os(variable).unwrap_or_else(|| panic!("{variable} names the program")))
}

/// Around the written file stands only what makes it run here: in front, as this user, and writing into the folder.
fn nginx(folder: &Path) -> Command {
    let at = folder.display();
    let places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let places: String = places
        .iter()
        .map(|place| format!("{place}_temp_path {at}/{place};\n"))
        .collect();
    let settings = format!(
        "daemon off;\nmaster_process off;\npid {at}/pid;\nerror_log stderr crit;\nevents {{}}\n\
         http {{\naccess_log off;\n{places}include {at}/server.conf;\n}}\n"
    );
    let path = folder.join("nginx.conf");
    fs::write(&path, settings).expect("the folder can be written");
    let mut command = program("NGINX_PROGRAM");
    command.args(["-e", "stderr", "-c"]).arg(path);
    command
}

fn caddy(folder: &Path) -> Command {
    let mut command = program("CADDY_PROGRAM");
    command
        .args(["run", "--adapter", "caddyfile", "--config"])
        .arg(folder.join("Caddyfile"))
        .env("HOME", folder)
        .stderr(Stdio::null());
    command
}

/// Stands in for a host that sends no header of ours: what is left of the policy is what the pages carry.
fn plain(site: &Path, port: u16) -> Command {
    let mut command = program("CADDY_PROGRAM");
    command
        .args(["file-server", "--listen", &format!(":{port}"), "--root"])
        .arg(site)
        .env("HOME", site)
        .stderr(Stdio::null());
    command
}

fn hosting(folder: &Path, port: u16, base: &str) -> Command {
    // Where this file is part of another package's tests, `hosting` is not started as a program.
    let Some(program) = option_env!("CARGO_BIN_EXE_hosting") else {
        panic!("only nginx and caddy are started from here");
    };
    let mut command = Command::new(program);
    command
        .args(["--port", &port.to_string(), "--base", base, "--folder"])
        .arg(folder);
    command
}

//! The container without a container engine: what the last stage of its `Dockerfile` holds becomes the root folder of the very
//! command, user and health check that stand there, mounted so that nothing can be written to it.

use std::collections::HashMap;
use std::env;
use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use hosting::CacheRule;
use hosting::deploy::{Deployment, HOSTS};

use super::http::get;
use super::server::port_for_a_program;
use super::{HTML, agrees, dist};

const BASE: &str = "/tools/polar/";
const PATIENCE: Duration = Duration::from_secs(20);

/// Mounts the folder over itself, unchangeable, with the one device that every engine gives, and goes on in it as somebody.
const INSIDE: &str = r#"root="$1" user="$2"; shift 2
mount --bind "$root" "$root" && mount --bind /dev/null "$root/dev/null" && mount -o remount,bind,ro "$root" || exit 99
if [ -n "$user" ]; then exec chroot --userspec="$user" "$root" "$@"; fi
exec chroot "$root" "$@""#;

struct Image {
    folder: PathBuf,
    user: String,
    environment: HashMap<String, String>,
    command: Vec<String>,
    health: Vec<String>,
}

impl Image {
    /// Reads the last stage, and fills a folder as its `COPY` lines say.
    fn of(written: &Path) -> Image {
        let text = fs::read_to_string(written.join("Dockerfile")).expect("a container has one");
        let (_, last) = text
            .rsplit_once("\nFROM ")
            .expect("the last stage begins with FROM");
        let mut image = Image {
            folder: written.join("root"),
            user: String::new(),
            environment: HashMap::new(),
            command: Vec::new(),
            health: Vec::new(),
        };
        fs::create_dir_all(image.folder.join("dev")).expect("the folder can be written");
        fs::write(image.folder.join("dev/null"), "").expect("it can be written");
        for line in last.lines().skip(1).filter(|line| !line.is_empty()) {
            let (instruction, value) = line.split_once(' ').expect("an instruction has a value");
            let list = |text: &str| {
                serde_json::from_str(text).expect("commands are lists: there is no shell to split them")
            };
            match instruction {
                "COPY" => image.copy(written, value),
                "ENV" => {
                    let (name, value) = value.split_once('=').expect("a name and a value");
                    image.environment.insert(name.to_owned(), value.to_owned());
                }
                "USER" => image.user = value.to_owned(),
                "ENTRYPOINT" => image.command = list(value),
                "HEALTHCHECK" => image.health = list(value.split_once("CMD ").expect("a command").1),
                "EXPOSE" => {}
                other => panic!("nobody plays {other} here"),
            }
        }
        image
    }

    fn copy(&self, written: &Path, value: &str) {
        let words: Vec<&str> = value.split(' ').collect();
        let (target, sources) = words.split_last().expect("a place to copy to");
        let to = self.folder.join(target.trim_start_matches('/'));
        let variable = match sources[0] {
            "--from=caddy" => Some("CADDY_PROGRAM"),
            "--from=busybox" => Some("BUSYBOX_PROGRAM"),
            _ => None,
        };
        if let Some(variable) = variable {
            let Some(program) = env::var_os(variable) else {
                return;
            };
            put(Path::new(&program), &to);
            return self.copy_libraries(Path::new(&program));
        }
        for source in sources {
            let from = written.join(source);
            match from.is_dir() {
                true => copy_all(&from, &to),
                false => put(&from, &to.join(source)),
            }
        }
    }

    /// Those of the image are static; Debian's may not be.
    fn copy_libraries(&self, program: &Path) {
        let output = Command::new("ldd").arg(program).output().expect("ldd");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        for library in said.split_whitespace().filter(|word| word.starts_with('/')) {
            put(
                Path::new(library),
                &self.folder.join(library.trim_start_matches('/')),
            );
        }
    }

    /// The command in that folder, as that user, with nothing of this environment.
    fn run(&self, command: &[String]) -> Command {
        let is_root = Command::new("id")
            .arg("-u")
            .output()
            .is_ok_and(|it| it.stdout == b"0\n");
        let mut run = Command::new("unshare");
        run.env_clear()
            .envs(&self.environment)
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        if !is_root {
            // Root inside is who we are outside, and nobody else can be chosen.
            run.arg("--map-root-user");
        }
        run.args(["--mount", "sh", "-c", INSIDE, "sh"]).arg(&self.folder);
        run.arg(if is_root { &self.user } else { "" }).args(command);
        run.stdin(Stdio::null()).stdout(Stdio::null());
        run
    }
}

/// Ends with the test.
struct Running(Child, PathBuf);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
        let _ = fs::remove_dir_all(&self.1);
    }
}

#[test]
fn the_container_answers_as_nobody_on_a_root_that_cannot_be_written_and_knows_whether_it_is_well() {
    let (folder, dist) = (
        env::temp_dir().join(format!("container-{}", std::process::id())),
        dist(),
    );
    let config = fs::read(dist.join("config.json")).expect("DIST is built");
    let mut deployment = Deployment::of(&dist, &config, BASE).expect("dist can be deployed");
    deployment.port = port_for_a_program();
    let host = HOSTS
        .iter()
        .find(|host| host.name == "container")
        .expect("it is known");
    deployment
        .write(host, &dist, &config, &folder)
        .expect("the folder is written");
    let image = Image::of(&folder);
    assert_eq!(image.user, "65532:65532");

    let child = image
        .run(&image.command)
        .stderr(Stdio::null())
        .spawn()
        .expect("unshare");
    let mut running = Running(child, folder);
    let begun = Instant::now();
    while TcpStream::connect(("127.0.0.1", deployment.port)).is_err() {
        if let Some(status) = running.0.try_wait().expect("it can be asked") {
            panic!("{:?} ended at once ({status})", image.command);
        }
        assert!(begun.elapsed() < PATIENCE, "it does not listen");
        sleep(Duration::from_millis(20));
    }
    let page = get(deployment.port, &format!("{BASE}callback/?code=x"));
    agrees(&deployment, &page, 200, HTML, CacheRule::AskFirst);
    let user = fs::read_to_string(format!("/proc/{}/status", running.0.id())).expect("it runs");
    let is_nobody = user.lines().any(|line| line.starts_with("Uid:\t65532\t65532"));
    let is_person = user
        .lines()
        .any(|line| line.starts_with("CapEff:\t0000000000000000"));
    assert!(is_nobody && is_person, "{user}");
    if env::var_os("BUSYBOX_PROGRAM").is_none() {
        return println!("left out: no busybox to ask whether it is well");
    }
    let is_well = || image.run(&image.health).status().expect("unshare").success();
    assert!(is_well());
    running.0.kill().expect("it runs");
    running.0.wait().expect("it ends");
    assert!(!is_well(), "nobody answers any more");
}

fn put(from: &Path, to: &Path) {
    fs::create_dir_all(to.parent().expect("it lies in a folder")).expect("a folder can be made");
    fs::copy(from, to).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
}

fn copy_all(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy_all(&entry.path(), &target),
            false => put(&entry.path(), &target),
        }
    }
}

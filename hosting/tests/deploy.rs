//! The program that writes a deployment: what it refuses, and what it tells whoever called it.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Whether it succeeded, and all that it said.
fn deploy(arguments: &[&str]) -> (bool, String) {
    let mut deploy = Command::new(env!("CARGO_BIN_EXE_deploy"));
    let output = deploy.args(arguments).output().expect("it runs");
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

#[test]
fn https_alone_is_refused_where_no_header_of_ours_is_sent() {
    let (done, said) = deploy(&["github", "--hsts", "--check"]);
    assert!(
        !done && said.contains("github sends no header of ours, so --hsts has no place"),
        "{said}"
    );
    for host in ["nginx", "netlify", "bucket"] {
        assert!(deploy(&[host, "--hsts", "--check"]).0, "{host}");
    }
}

#[test]
fn j19_a_deployment_says_where_it_may_connect_to_and_with_hsts_that_it_is_https_alone() {
    let folder = std::env::temp_dir().join(format!("deploy-{}", std::process::id()));
    let (dist, out) = (folder.join("dist"), folder.join("out"));
    fs::create_dir_all(&dist).unwrap();
    for page in ["index.html", "404.html"] {
        fs::write(dist.join(page), "<base href=\"./\">").unwrap();
    }
    fs::write(dist.join("config.json"), "{}").unwrap();
    let text = |path: &Path| path.display().to_string();
    let (dist, out) = (text(&dist), text(&out));
    let (done, said) = deploy(&["netlify", "--hsts", "--folder", &dist, "--out", &out]);
    assert!(done, "{said}");
    assert!(
        said.contains(
            "where the page may connect to stands in site/_headers, after Content-Security-Policy:"
        ),
        "{said}"
    );
    let headers = fs::read_to_string(Path::new(&out).join("site/_headers")).unwrap();
    assert!(
        headers.contains("  Strict-Transport-Security: max-age=31536000\n"),
        "{headers}"
    );
    fs::remove_dir_all(folder).unwrap();
}

//! Running other programs so that the person in front can see what happens and how long it took.

use std::env;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

/// Says what begins, does it, and says how long it took. What is done at once needs no second line.
pub fn step<T>(what: &str, action: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("── {what}");
    let begun = Instant::now();
    let result = action()?;
    let seconds = begun.elapsed().as_secs_f64();
    if seconds >= 1.0 {
        println!("   {what}: {seconds:.1} s");
    }
    Ok(result)
}

/// Runs to the end with its output on screen.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("cannot run {}", spelled(command)))?;
    if !status.success() {
        bail!("{} ended with {status}", spelled(command));
    }
    Ok(())
}

/// Runs to the end, and shows what it said only if it failed.
pub fn run_in_silence(command: &mut Command) -> Result<()> {
    let output = command
        .output()
        .with_context(|| format!("cannot run {}", spelled(command)))?;
    if !output.status.success() {
        eprint!("{}", String::from_utf8_lossy(&output.stderr));
        bail!("{} ended with {}", spelled(command), output.status);
    }
    Ok(())
}

/// Runs to the end with its output on screen, and keeps what it wrote to its standard output.
pub fn run_and_read(command: &mut Command) -> Result<(ExitStatus, String)> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot run {}", spelled(command)))?;
    let mut written = String::new();
    for line in BufReader::new(child.stdout.take().context("the output is piped")?).split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        println!("{line}");
        written.push_str(&line);
        written.push('\n');
    }
    Ok((child.wait()?, written))
}

/// What a program prints, if it is there and succeeds; nothing is shown.
pub fn read(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The program of this name on the PATH.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let name = format!("{name}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(&name))
        .find(|path| path.is_file())
}

fn spelled(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

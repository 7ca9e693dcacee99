//! A standard library that is compiled for size with the app: an eighth less for a browser to download.
//!
//! The one that rustup brings is compiled for speed and words its panics; nobody reads those words here, since `boot.js`
//! owns the screen after a panic. The flags are unstable, so they are pinned to the release build, and a build without
//! them is the same app, larger, and with more memory for its stack.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use crate::run::{read, run, step};

/// Bytes of the stack, which is a megabyte if nothing is said. `cargo xtask bench memory` tells how much of it a sign-in and the
/// pages use; the largest frames are those that read a key of 8192 bits, about 115 kB together.
pub const STACK: usize = 512 * 1024;
const FLAGS: &[&str] = &[
    "-Zunstable-options",
    "-Cpanic=immediate-abort",
    "-Zlocation-detail=none",
    // The rounds in a loop: hashing is a few hundred bytes at a time here.
    "--cfg=sha2_backend_soft=\"compact\"",
    // As .cargo/config.toml has it, which these flags replace.
    "--cfg=cpubits=\"32\"",
];

/// The variables that make cargo build the library too; none where its sources cannot be had.
pub fn provide() -> Vec<(&'static str, OsString)> {
    if !is_there() {
        let added = step("rustup component add rust-src", || {
            run(Command::new("rustup").args(["component", "add", "rust-src"]))
        });
        if added.is_err() || !is_there() {
            println!("   without the library's sources the build is the same, and about an eighth larger");
            return Vec::new();
        }
    }
    vec![
        ("RUSTC_BOOTSTRAP", "1".into()),
        ("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort".into()),
        ("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size".into()),
        // Encoded flags are separated by this character; they reach the target's crates only.
        ("CARGO_ENCODED_RUSTFLAGS", flags().into()),
    ]
}

fn flags() -> String {
    format!("{}\u{1f}-Clink-arg=-zstack-size={STACK}", FLAGS.join("\u{1f}"))
}

/// Whether the sources are here, so that a build uses them.
pub fn is_there() -> bool {
    let root = read(Command::new("rustc").args(["--print", "sysroot"]));
    root.is_some_and(|root| {
        Path::new(&root)
            .join("lib/rustlib/src/rust/library/Cargo.lock")
            .is_file()
    })
}

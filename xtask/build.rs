//! Lets xtask know the machine it runs on in rustc's words.
fn main() {
    println!(
        "cargo::rustc-env=HOST_TARGET={}",
        std::env::var("TARGET").expect("cargo sets TARGET")
    );
    println!("cargo::rerun-if-changed=build.rs");
}

//! What the linker is told when pages are to become files of their own: xtask/src/parts/mod.rs cuts them out of the linked
//! wasm, and needs to know which function uses what.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is_set = |name| std::env::var_os(name).is_some();
    let wasm = std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32");
    if wasm && is_set("CARGO_FEATURE_SPLIT") {
        println!("cargo::rustc-link-arg-bins=--emit-relocs");
    }
}

//! Mounts the app; nothing else.

fn main() {
    #[cfg(target_arch = "wasm32")]
    polar_connect::app::start();
}

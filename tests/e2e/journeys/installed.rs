//! What a browser needs to offer the page as an app of its own.

use serde_json::{Value, json};

use crate::world::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_can_be_installed_below_whatever_path_it_lies() {
    let world = World::in_whole_browser().await;
    world.open("/").await;
    world.tab.see_heading("Sign in with Polar").await;
    let read = world.tab.ask_devtools("Page.getAppManifest", json!({})).await;
    assert_eq!(read["errors"], json!([]), "{read}");
    let manifest: Value = serde_json::from_str(read["data"].as_str().unwrap_or_default()).expect("JSON");
    assert_eq!(manifest["display"], "standalone");
    for member in ["start_url", "scope"] {
        assert_eq!(
            manifest[member], "./",
            "relative, so that it is right at any path"
        );
    }
    // Named by where it lies: an `id` of its own would be the same for two of them on one origin.
    let id = world.tab.ask_devtools("Page.getAppId", json!({})).await;
    assert_eq!(id["appId"], json!(format!("{}/", world.app)));
    let icons = manifest["icons"].as_array().expect("there are icons");
    let has = |size: &str, purpose: &str| {
        icons.iter().any(|icon| {
            let said = icon["purpose"].as_str().unwrap_or("any");
            icon["type"] == "image/png" && icon["sizes"] == size && said == purpose
        })
    };
    assert!(has("192x192", "any") && has("512x512", "any") && has("512x512", "maskable"));
    for icon in icons.iter().filter(|icon| icon["type"] == "image/png") {
        let (name, sizes) = (icon["src"].as_str().unwrap_or_default(), icon["sizes"].as_str());
        let draw = format!(
            "const done = arguments[0], image = new Image();
             image.onload = () => done(`${{image.naturalWidth}}x${{image.naturalHeight}}`);
             image.onerror = () => done('not a picture');
             image.src = '{}/{name}'",
            world.app
        );
        assert_eq!(world.tab.script_async(&draw).await.as_str(), sizes, "{name}");
    }
    let errors = world
        .tab
        .ask_devtools("Page.getInstallabilityErrors", json!({}))
        .await;
    assert_eq!(errors["installabilityErrors"], json!([]));
    world.finish().await;
}

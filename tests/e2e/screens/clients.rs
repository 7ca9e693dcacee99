//! The clients that were made from this browser: the form for a new one, and the list.

use serde_json::{Value, json};

use crate::world::World;

pub async fn open(world: &World) {
    world.open("/clients/").await;
    world.tab.see_heading("Clients").await;
}

/// Types over what a field holds.
pub async fn fill(world: &World, id: &str, text: &str) {
    let script = format!(
        "const field = document.getElementById('{id}'); if (!field) return false;
         field.value = {}; field.dispatchEvent(new Event('input', {{ bubbles: true }})); return true",
        json!(text)
    );
    world.tab.until_script(id, &script).await;
}

pub async fn typed(world: &World, id: &str) -> String {
    let script = format!("return document.getElementById('{id}').value");
    let text = world.tab.script(&script).await;
    text.as_str().unwrap_or_default().to_owned()
}

/// One press, and what came back.
pub async fn register(world: &World) {
    let before = count(world).await;
    world.tab.press_button("Register a client").await;
    let more = format!("return document.querySelectorAll('.made > li').length > {before}");
    world.tab.until_script("one client more", &more).await;
    world.tab.see("//*[contains(@class, 'told')]").await;
}

pub async fn register_in_vain(world: &World, code: &str) -> String {
    let before = count(world).await;
    world.tab.press_button("Register a client").await;
    let said = world.tab.see_failure(code).await;
    assert_eq!(count(world).await, before, "nothing is listed that was refused");
    said
}

pub async fn count(world: &World) -> u64 {
    let script = "return document.querySelectorAll('.made > li').length";
    world.tab.script(script).await.as_u64().unwrap_or_default()
}

/// The client ID of the newest.
pub async fn newest(world: &World) -> String {
    let script = "return document.querySelector('.made .name code')?.innerText";
    let id = world.tab.until_script("a client", script).await;
    id.as_str().unwrap_or_default().to_owned()
}

/// Opens the newest, if it is not open.
pub async fn unfold(world: &World) {
    let script = "const it = document.querySelector('.made details'); if (it) it.open = true; return !!it?.querySelector('.acts')";
    world.tab.until_script("an open client", script).await;
}

/// What is kept beyond the tab.
pub async fn kept(world: &World, name: &str) -> Value {
    let script = format!("return localStorage.getItem('polar-connect.{name}')");
    let text = world.tab.script(&script).await;
    text.as_str().map_or(Value::Null, |text| {
        serde_json::from_str(text).unwrap_or(Value::Null)
    })
}

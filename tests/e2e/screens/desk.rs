//! The two pages for whoever looks closer: what was pasted is read on one, the API is called by hand on the other.

use serde_json::json;

use crate::tab::Tab;
use crate::world::World;

/// As if it were pasted.
pub async fn fill(tab: &Tab, id: &str, text: &str) {
    let script = format!(
        "const field = document.getElementById({});
         field.value = {}; field.dispatchEvent(new Event('input', {{ bubbles: true }}))",
        json!(id),
        json!(text)
    );
    tab.until_script(id, &format!("return !!document.getElementById({})", json!(id)))
        .await;
    tab.script(&script).await;
}

pub async fn open_tokens(world: &World) {
    world.open("/tokens/").await;
    world.tab.see_heading("Tokens").await;
}

pub async fn paste(world: &World, text: &str) {
    fill(&world.tab, "pasted", text).await;
}

/// What stands in the field, as soon as there is one: a page's heading is there before its part.
pub async fn held(world: &World) -> String {
    let read = "const field = document.getElementById('pasted'); return field && [field.value]";
    let held = world.tab.until_script("the field", read).await;
    held[0].as_str().unwrap_or_default().to_owned()
}

/// The titles of what was found.
pub async fn titles(world: &World) -> Vec<String> {
    let script = "return [...document.querySelectorAll('.finding > header h2')].map(it => it.textContent)";
    let list = world.tab.script(script).await;
    let list = list.as_array().cloned().unwrap_or_default();
    list.iter()
        .filter_map(|it| it.as_str().map(str::to_owned))
        .collect()
}

pub async fn open_requests(world: &World) {
    super::account::go_to(world, "Requests").await;
    world.tab.see_heading("Requests").await;
}

/// One of the versions in the list.
pub async fn choose_version(world: &World, version: &str) {
    let option = format!("//select[@id='version']/option[.='{version}']");
    world.tab.press(&option).await;
}

/// One that is not in the list, once another one was chosen.
pub async fn type_version(world: &World, version: &str) {
    let type_in = "const field = document.querySelector(\"input[aria-label='Another version']\");
        field.value = VERSION; field.dispatchEvent(new Event('input', { bubbles: true }))";
    world
        .tab
        .script(&type_in.replace("VERSION", &json!(version).to_string()))
        .await;
}

pub async fn pick(world: &World, path: &str) {
    world
        .tab
        .press(&format!(
            "//ul[contains(@class, 'reads')]//button[code[normalize-space()='{path}']]"
        ))
        .await;
}

pub async fn send(world: &World) {
    world.tab.press_button("Send").await;
}

/// Waits for an answer with this status.
pub async fn see_status(world: &World, status: &str) {
    world
        .tab
        .see(&format!(
            "//section[@aria-labelledby='answer-title']/header/span[normalize-space()='{status}']"
        ))
        .await;
}

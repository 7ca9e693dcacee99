//! The login check.

use serde_json::Value;

use crate::world::World;

pub const WITHOUT: &str = "Check without a login";
pub const WITH: &str = "Check with one login";

pub async fn open(world: &World) {
    world.open("/check/").await;
    world.tab.see_heading("Login check").await;
}

/// Waits until the check stands so.
pub async fn until(world: &World, state: &str) {
    let script = format!("return document.getElementById('check')?.dataset.check === '{state}'");
    // A whole ladder is paced, so it takes longer than any other wait.
    for _ in 0..100 {
        if world.tab.try_script(&script).await == Some(Value::Bool(true)) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
    let shown = world.tab.try_script("return document.body.innerText").await;
    panic!("never {state}; {shown:?}");
}

/// The verdict of a row; empty where there is none yet.
pub async fn verdict(world: &World, id: &str) -> String {
    let script = format!("return document.querySelector('[data-probe={id}]')?.dataset.verdict ?? ''");
    world
        .tab
        .script(&script)
        .await
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// The result as a program reads it.
pub async fn result(world: &World) -> Value {
    let text = world
        .tab
        .script("return document.getElementById('check-json').textContent")
        .await;
    serde_json::from_str(text.as_str().unwrap_or_default()).expect("the result is JSON")
}

/// What stands in a row that is opened.
pub async fn read_row(world: &World, id: &str) -> String {
    let script = format!(
        "const row = document.querySelector('[data-probe={id}] details'); row.open = true; return row.innerText"
    );
    world.tab.script(&script).await;
    world
        .tab
        .until_script(
            "an opened row",
            &format!("return document.querySelector('[data-probe={id}] dl')?.innerText"),
        )
        .await
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

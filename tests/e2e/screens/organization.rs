//! The list of organizations, and one of them with its tabs.

use crate::world::World;

pub async fn names(world: &World) -> Vec<String> {
    let script = "return [...document.querySelectorAll('.orgs b')].map(it => it.innerText).join('\\n')";
    let names = world.tab.until_script("organizations", script).await;
    names
        .as_str()
        .unwrap_or_default()
        .lines()
        .map(str::to_owned)
        .collect()
}

pub async fn open(world: &World, name: &str) {
    world
        .tab
        .press(&format!(
            "//ul[contains(@class, 'orgs')]//a[.//b[normalize-space()='{name}']]"
        ))
        .await;
    world
        .tab
        .see(&format!("//main//h2[normalize-space()='{name}']"))
        .await;
}

pub async fn open_tab(world: &World, title: &str) {
    world
        .tab
        .press(&format!(
            "//nav[@aria-label='Of this organization']//a[normalize-space()='{title}']"
        ))
        .await;
    let here = "//nav[@aria-label='Of this organization']//a[@aria-current='page' and normalize-space()=";
    world.tab.see(&format!("{here}'{title}']")).await;
}

/// Waits until the tab shows rows or says that there are none, and counts the rows.
pub async fn rows(world: &World) -> u64 {
    let script = "return document.body.innerText.includes('here that this token can see.') ? 'none' : document.querySelectorAll('tbody tr').length || null";
    let seen = world.tab.until_script("rows or the empty words", script).await;
    seen.as_u64().unwrap_or_default()
}

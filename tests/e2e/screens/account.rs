//! Who is signed in, the rules that were checked, and the session.

use serde_json::json;

use crate::screens::{connect, consent};
use crate::world::World;

pub async fn sign_in_as(world: &World, person: &str) {
    connect::open(world).await;
    connect::sign_in(world).await;
    consent::allow_as(world, person).await;
    see(world, person).await;
}

pub async fn see(world: &World, person: &str) {
    world.tab.see_heading("Account").await;
    world
        .tab
        .see(&format!("//main//h2[normalize-space()='{person}']"))
        .await;
    // The session card asks for the token's scopes on its own.
    world.tab.see_text("Polar lists").await;
}

/// The rules by which the ID token was judged, one a row.
pub async fn rules(world: &World) -> usize {
    world.tab.see_text("Same subject as UserInfo").await;
    let found = world
        .tab
        .script("return document.querySelectorAll('ul.rules > li').length")
        .await;
    found.as_u64().unwrap_or_default() as usize
}

pub async fn refresh(world: &World) {
    world.tab.press_button("Refresh now").await;
}

pub async fn see_refreshed(world: &World, times: u32) {
    world.tab.see_text(&format!("{times} times, last")).await;
}

pub async fn is_signed_in(world: &World) -> bool {
    let script =
        "return [...document.querySelectorAll('button')].some(it => it.innerText.trim() == 'Sign out')";
    world.tab.script(script).await == json!(true)
}

pub async fn go_to(world: &World, page: &str) {
    world
        .tab
        .press(&format!(
            "//nav[@aria-label='Main']//a[normalize-space()='{page}']"
        ))
        .await;
}

//! The start page: environment, scopes, and the button that leaves for the provider.

use crate::tab::Tab;
use crate::world::World;

/// The button, once the provider was found; it can be pressed before, and waits then.
pub const SIGN_IN: &str = "//form[.//small[contains(., ' reachable, ')]]\
    //button[@type='submit' and @aria-disabled='false' and normalize-space()='Sign in']";

pub async fn open(world: &World) {
    world.open("/").await;
    world.tab.see_heading("Sign in with Polar").await;
}

/// Nobody is signed in any more, neither here nor at the provider. A page of the app that is open is at rest.
pub async fn begin_afresh(world: &World) {
    if !world.tab.address().await.as_str().starts_with(&world.app) {
        open(world).await;
        world.tab.see(SIGN_IN).await;
    }
    world.tab.forget_person().await;
    world.tab.clear_storage().await;
}

/// Waits until the provider was found, presses Sign in, and waits for the provider's page.
pub async fn sign_in(world: &World) {
    world.tab.press(SIGN_IN).await;
    super::consent::see(world).await;
}

pub async fn toggle(tab: &Tab, scope: &str) {
    tab.press(&format!(
        "//label[contains(@class, 'tick') and normalize-space()='{scope}']"
    ))
    .await;
}

/// Its lines are there once it is open.
pub async fn open_full_list(tab: &Tab) {
    tab.press("//details[@class='more-scopes']/summary").await;
    tab.see("//div[@class='scope-list']/label").await;
}

/// One of those that are not offered at first.
pub async fn toggle_in_full_list(tab: &Tab, scope: &str) {
    open_full_list(tab).await;
    let label = format!("//label[contains(@class, 'scope') and span[normalize-space()='{scope}']]");
    tab.press(&label).await;
}

pub async fn is_ticked(tab: &Tab, scope: &str) -> bool {
    let script = format!(
        "return [...document.querySelectorAll('label.tick')].find(it => it.innerText.trim() == '{scope}').control.checked"
    );
    tab.until_script(
        "the scope",
        &format!("return document.body.innerText.includes('{scope}')"),
    )
    .await;
    tab.script(&script).await == serde_json::json!(true)
}

pub async fn environment(tab: &Tab) -> String {
    let value = tab
        .until_script(
            "the environment",
            "return document.getElementById('environment')?.value",
        )
        .await;
    value.as_str().unwrap_or_default().to_owned()
}

pub async fn choose_environment(tab: &Tab, name: &str) {
    tab.press(&format!(
        "//select[@id=//label[normalize-space()='Environment']/@for]/option[normalize-space()='{name}']"
    ))
    .await;
}

pub async fn choose_prompt(tab: &Tab, prompt: &str) {
    tab.press(&format!("//select[@id='prompt']/option[@value='{prompt}']"))
        .await;
}

pub async fn search_scopes(tab: &Tab, text: &str) {
    let script = format!(
        "const field = document.getElementById('scope-search'); field.value = {}; \
         field.dispatchEvent(new Event('input', {{ bubbles: true }}))",
        serde_json::json!(text)
    );
    tab.script(&script).await;
}

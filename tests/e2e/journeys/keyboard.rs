//! The whole way by keyboard alone.

use serde_json::json;
use thirtyfour::Key;

use crate::screens::account;
use crate::world::World;

/// More stops than any page has.
const MOST_STOPS: usize = 60;

/// Goes from stop to stop until this one is reached, and makes sure that it can be seen.
async fn tab_to(world: &World, text: &str) {
    for _ in 0..MOST_STOPS {
        world.tab.key(Key::Tab).await;
        if world
            .tab
            .script("return document.activeElement.innerText.trim()")
            .await
            == json!(text)
        {
            let seen = "const box = document.activeElement.getBoundingClientRect();
                 const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
                 return document.activeElement.contains(top)";
            assert_eq!(world.tab.script(seen).await, json!(true), "{text} is covered");
            return;
        }
    }
    panic!("the keyboard does not reach {text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_keyboard_alone_leads_from_the_start_page_to_the_account_and_out_again() {
    let world = World::start().await;
    world.open("/").await;
    world.tab.see(crate::screens::connect::SIGN_IN).await;
    tab_to(&world, "Sign in").await;
    world.tab.key(Key::Enter).await;
    crate::screens::consent::see(&world).await;
    tab_to(&world, "Allow").await;
    world.tab.key(Key::Enter).await;
    account::see(&world, "dev@example.com").await;
    let follows = "return document.activeElement.tagName === 'H1'";
    world
        .tab
        .until_script("the keyboard on the new page", follows)
        .await;
    // From the first stop on: at the end of a page, browsers go on in different places.
    world.tab.script("document.querySelector('a').focus()").await;
    tab_to(&world, "Sign out").await;
    world.tab.key(Key::Enter).await;
    world.tab.see_text("Signed out of this tab").await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_narrow_screen_nothing_covers_where_the_keyboard_stands() {
    let world = World::start().await;
    let size = json!({ "width": 320, "height": 640, "deviceScaleFactor": 1, "mobile": false });
    world
        .tab
        .devtools("Emulation.setDeviceMetricsOverride", size)
        .await;
    world.open("/").await;
    world.tab.see(crate::screens::connect::SIGN_IN).await;
    let covered = "const box = document.activeElement.getBoundingClientRect();
         const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
         const parts = [document.activeElement, ...(document.activeElement.labels ?? [])];
         return parts.some(part => part.contains(top)) ? null : document.activeElement.closest('label, body').outerHTML.slice(0, 200) + ' is under ' + (top?.outerHTML.slice(0, 80) ?? 'the edge')";
    let mut found = Vec::new();
    // WCAG 2.2, 2.4.11: what has the focus is not hidden by what the page keeps in place.
    for _ in 0..MOST_STOPS {
        world.tab.key(Key::Tab).await;
        if world
            .tab
            .script("return document.activeElement === document.body")
            .await
            == json!(true)
        {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(30)).await;
        if let Some(text) = world.tab.script(covered).await.as_str() {
            found.push(text.to_owned());
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    world.finish().await;
}

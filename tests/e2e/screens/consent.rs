//! The provider's page, where a person consents, picks organizations, or refuses.

use crate::world::World;

pub async fn see(world: &World) {
    world.tab.see("//button[normalize-space()='Allow']").await;
}

pub async fn choose(world: &World, person: &str) {
    see(world).await;
    world
        .tab
        .press(&format!("//select[@id='person']/option[@value='{person}']"))
        .await;
}

/// Limits the token to one organization of the person who is chosen.
pub async fn tick(world: &World, organization: &str) {
    world
        .tab
        .press(&format!(
            "//fieldset[not(@hidden)]//label[normalize-space()='{organization}']"
        ))
        .await;
}

pub async fn allow(world: &World) {
    world.tab.press_button("Allow").await;
}

pub async fn allow_as(world: &World, person: &str) {
    choose(world, person).await;
    allow(world).await;
}

pub async fn deny(world: &World) {
    see(world).await;
    world.tab.press_button("Deny").await;
}

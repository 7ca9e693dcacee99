//! What a browser keeps, refuses to keep, or brings back: storage that is blocked or full, windows with and without a
//! copy, pages from a cache, tabs from yesterday.

use local_polar::Fault;
use thirtyfour::WindowHandle;

use crate::screens::{account, connect, consent};
use crate::world::{AUTHORIZE, TOKEN, World};

const DEV: &str = "dev@example.com";

/// From the next page on, storage behaves in this way.
async fn from_now_on(world: &World, script: &str) {
    world.tab.before_every_page(script).await;
}

async fn press_sign_in_in_vain(world: &World, code: &str) {
    connect::open(world).await;
    world.tab.press(connect::SIGN_IN).await;
    world.tab.see_failure(code).await;
    assert_eq!(world.count(AUTHORIZE), 0, "nobody left for the provider");
    assert_eq!(world.tab.address().await.as_str(), format!("{}/", world.app));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f03_blocked_storage_is_said_before_anybody_leaves() {
    let world = World::start().await;
    let blocked = "Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('denied', 'SecurityError') } })";
    from_now_on(&world, blocked).await;
    press_sign_in_in_vain(&world, "storage.blocked").await;
    // What the page asked for so far is on record all the same, for as long as the page lives.
    account::go_to(&world, "Flow").await;
    world
        .tab
        .press("//ol//summary[b[normalize-space()='Discover']]")
        .await;
    world.tab.see_text("authorization_endpoint").await;
    // Not through `finish`, which looks into the storage that is blocked here.
    let _ = world.tab.driver.clone().quit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f04_full_storage_is_said_before_anybody_leaves() {
    let world = World::start().await;
    let full =
        "Storage.prototype.setItem = function () { throw new DOMException('full', 'QuotaExceededError') }";
    from_now_on(&world, full).await;
    press_sign_in_in_vain(&world, "storage.full").await;
    world.assert_nothing_kept().await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f05_tokens_that_cannot_be_kept_work_until_the_reload() {
    let world = World::start().await;
    let full = "const set = Storage.prototype.setItem;
        Storage.prototype.setItem = function (key, value) {
            if (key == 'polar-connect.session') throw new DOMException('full', 'QuotaExceededError');
            set.call(this, key, value);
        }";
    from_now_on(&world, full).await;
    account::sign_in_as(&world, DEV).await;
    world.tab.see_text("The session will not survive a reload").await;
    account::go_to(&world, "Organizations").await;
    world.tab.see_text("Acme Corporation").await;
    world.assert_nothing_kept().await;
    world.tab.reload().await;
    world.tab.see_failure("session.signed_out").await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f16_a_page_that_comes_back_whole_looks_whether_its_session_is_still_there() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    world.tokens().await;
    let come_back = "window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))";
    world.tab.script(come_back).await;
    assert!(world.tab.shows(DEV).await, "its session is still there");
    // Signed out meanwhile, by another page of this tab.
    world
        .tab
        .script("sessionStorage.removeItem('polar-connect.session')")
        .await;
    world.tab.script(come_back).await;
    world.tab.see_failure("session.signed_out").await;
    assert!(!world.tab.shows(DEV).await);
    world.finish().await;
}

/// Another window on this page, which knows nothing of the one that opened it.
async fn unrelated_window(world: &World, path: &str) -> (WindowHandle, WindowHandle) {
    let open = format!("window.open('{}{path}', '_blank', 'noopener')", world.app);
    world.tab.open_window(&open).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f10_f17_f18_each_tab_has_a_session_of_its_own() {
    let world = World::with_worker().await;
    account::sign_in_as(&world, DEV).await;
    let one = world.tokens().await.expect("signed in");
    let (first, second) = unrelated_window(&world, "/account/").await;
    // F18: nothing came along.
    world.tab.see_failure("session.signed_out").await;
    assert_eq!(world.tab.stored("session").await, None);
    // F10: a sign-in of its own, which leaves the other alone.
    connect::open(&world).await;
    world.tab.press(connect::SIGN_IN).await;
    account::see(&world, DEV).await;
    let other = world.tokens().await.expect("signed in here too");
    assert_ne!(one, other);
    // F17: signing out here is not signing out there, and nobody says so.
    world.tab.press_button("Sign out").await;
    world.tab.see_text("Signed out of this tab").await;
    world.tab.show(&first).await;
    world.tab.reload().await;
    account::see(&world, DEV).await;
    assert_eq!(world.tokens().await, Some(one));
    world.tab.show(&second).await;
    world.assert_nothing_kept().await;
    assert_eq!(world.count(TOKEN), 2);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f20_a_tab_from_yesterday_whose_session_is_dead_is_signed_out_once() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    world.tokens().await;
    world.provider.expire_access_tokens();
    world.provider.set_fault(Some(Fault::RefreshInvalidGrant));
    world.tab.reload().await;
    world.tab.see_failure("refresh.invalid_grant").await;
    assert!(!account::is_signed_in(&world).await);
    assert_eq!(world.refreshes().len(), 1);
    world.assert_nothing_kept().await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a29_another_person_takes_the_place_of_the_first_at_once_and_with_a_word() {
    let world = World::start().await;
    account::sign_in_as(&world, DEV).await;
    let first = world.tokens().await.expect("signed in");
    world.tab.forget_person().await;
    connect::open(&world).await;
    connect::sign_in(&world).await;
    consent::allow_as(&world, "solo@example.com").await;
    account::see(&world, "solo@example.com").await;
    world.tab.see_text("A different person is signed in now").await;
    assert!(!world.tab.shows(DEV).await, "nothing of the first is shown");
    assert_ne!(world.tokens().await, Some(first));
    account::go_to(&world, "Organizations").await;
    world.tab.see_text("This token can see no organization.").await;
    assert!(!world.tab.shows("Acme Corporation").await);
    world.finish().await;
}

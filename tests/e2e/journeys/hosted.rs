//! What depends on the host: addresses that it spells another way, or does not know.

use serde_json::json;

use crate::engine::Engine;
use crate::folder::Copied;
use crate::screens::account;
use crate::world::{World, environment};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_leads_nowhere_has_a_way_home_at_any_depth() {
    let world = World::with_worker().await;
    for path in ["/nowhere", "/nowhere/deep/down/?code=x", "/account/boot.js/"] {
        world.open(path).await;
        world.tab.see_failure("app.unknown_page").await;
        world.tab.press_link("Go to the start page").await;
        world.tab.see_heading("Sign in with Polar").await;
        assert_eq!(
            world.tab.address().await.as_str(),
            format!("{}/", world.app),
            "{path}"
        );
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j08_a_page_asked_for_without_its_last_slash_is_that_page() {
    let world = World::with_worker().await;
    account::sign_in_as(&world, "dev@example.com").await;
    world.open("/organizations").await;
    world.tab.see_heading("Organizations").await;
    world.open("/account").await;
    account::see(&world, "dev@example.com").await;
    world.finish().await;
}

/// By the headers, or, where the host sends none, by the page itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a32_j06_nothing_can_be_pressed_in_a_frame_of_another_page() {
    let world = World::with_worker().await;
    let other = format!("{}/.well-known/openid-configuration", world.api);
    world.tab.open(&other).await;
    let frame = "const frame = document.createElement('iframe'); frame.src =";
    let shown =
        "frame.onload = () => { window.framed = true }; document.body.replaceChildren(frame); return true";
    world
        .tab
        .script(&format!("{frame} '{}/'; {shown}", world.app))
        .await;
    // Firefox tells nobody that it has shown its own page instead.
    if world.tab.engine != Engine::Firefox {
        world
            .tab
            .until_script("the frame to end loading", "return window.framed")
            .await;
    }
    world.tab.driver.enter_frame(0).await.expect("there is a frame");
    // Each engine has a page of its own for what it refuses, with nothing of ours in it.
    let refused = "const code = document.querySelector('.failure-code')?.textContent; \
         const empty = document.documentURI === 'about:blank' && navigator.userAgent.includes('Firefox'); \
         return empty || document.querySelector('main, #static-shell') ? code : 'refused'";
    let came = world.tab.until_script("the frame to be refused", refused).await;
    let by_headers = std::env::var("HOST").as_deref() != Ok("github");
    assert_eq!(came, if by_headers { "refused" } else { "app.framed" });
}

const NO_STRANGER: &str = "Nothing was fetched from anybody but this host and the configured providers";

/// What the page says of each thing that its host must do, by verdict.
async fn verdicts(world: &World, verdict: &str) -> Vec<String> {
    world.open("/check/host/").await;
    world.tab.see_heading("This host").await;
    world.tab.see("//ul[contains(@class,'rules')]/li").await;
    let script = format!(
        "return [...document.querySelectorAll('li[data-verdict={verdict}]')].map(it => it.innerText)"
    );
    let rows = world.tab.script(&script).await;
    serde_json::from_value(rows).expect("rows are texts")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn j05_j10_j11_j14_a_host_is_told_what_it_does_and_what_to_change() {
    let world = World::with_worker().await;
    world.open("/check/").await;
    world.tab.press_link("Check the host of this page").await;
    world.tab.see_heading("This host").await;
    let current = "//nav[@aria-label='Main']//a[@aria-current='page' and normalize-space()='Check']";
    world.tab.see(current).await;
    let wrong = verdicts(&world, "wrong").await;
    let weaker = verdicts(&world, "weaker").await;
    let host = std::env::var("HOST").unwrap_or_default();
    // Who plays GitHub's part gives a manifest no type.
    match host.as_str() {
        "github" => assert!(
            wrong.iter().all(|it| it.contains("manifest.webmanifest")),
            "{wrong:?}"
        ),
        _ => assert_eq!(wrong, [""; 0]),
    }
    match host.as_str() {
        // Sends no header of ours: each is named, with what that means there.
        "github" => {
            assert!(weaker.len() >= 7, "{weaker:?}");
            assert!(
                weaker.iter().any(|it| it.contains("frame-ancestors is lost")),
                "{weaker:?}"
            );
        }
        _ => assert_eq!(weaker, [""; 0]),
    }
    let good = verdicts(&world, "good").await;
    let mut expected = vec![
        "The browser takes this address for a secure one",
        NO_STRANGER,
        "Every file of this build is there",
    ];
    if host != "github" {
        expected.extend([
            "Each file has its media type",
            "What is named after its content is kept, and everything else is asked for again",
        ]);
    }
    for what in expected {
        assert!(good.iter().any(|it| it.contains(what)), "{what}: {good:?}");
    }
    let asked = good
        .iter()
        .find(|it| it.contains(NO_STRANGER))
        .expect("it was seen");
    assert!(
        asked.contains(" requests, by the browser's own record") && !asked.contains("\n0 requests"),
        "{asked}"
    );
    assert_eq!(world.provider.requests(), [], "only its own host was asked");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_among_what_was_fetched_and_an_insecure_address_are_named() {
    let world = World::insecure().await;
    let stranger = "const own = performance.getEntriesByType.bind(performance);
        const entry = Object.create(PerformanceEntry.prototype, { name: { value: 'https://stranger.example/x.js' } });
        performance.getEntriesByType = kind => [...own(kind), entry]";
    world.tab.before_every_page(stranger).await;
    let weaker = verdicts(&world, "weaker").await;
    let says = |what: &str| weaker.iter().find(|it| it.contains(what));
    assert!(
        says(NO_STRANGER).is_some_and(|it| it.contains("https://stranger.example")),
        "{weaker:?}"
    );
    assert!(
        says("The browser takes this address for a secure one").is_some(),
        "{weaker:?}"
    );
    world.finish().await;
}

/// The worker has every file of the build, and would hide that the host has lost some.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_is_judged_by_its_own_answers_and_not_by_what_the_worker_kept() {
    let folder = Copied::new("lost-later");
    let config = |api: &str| Some(json!({ "environments": [environment("local", api)] }));
    let mut world = World::with(folder.path().to_owned(), config).await;
    world.open("/").await;
    let ready = "navigator.serviceWorker.ready.then(it => arguments[0](!!it.active))";
    assert_eq!(world.tab.script_async(ready).await, json!(true));
    assert_eq!(verdicts(&world, "wrong").await, [""; 0]);
    // Served from a copy of its own by another program than ours, so nothing can be taken from it.
    if std::env::var_os("HOST").is_none() {
        let gone = folder.file("polar-connect-flow-", ".wasm");
        std::fs::remove_file(&gone).expect("it was there");
        std::fs::remove_file(folder.path().join("account/index.html")).expect("it was there");
        let wrong = verdicts(&world, "wrong").await;
        let name = gone.file_name().expect("a file").to_string_lossy().into_owned();
        assert!(
            wrong.iter().any(|it| it.contains(&format!("{name}: 404"))),
            "{wrong:?}"
        );
        assert!(wrong.iter().any(|it| it.contains("account/: 404")), "{wrong:?}");
    }
    world.take_host_down();
    let wrong = verdicts(&world, "wrong").await;
    for what in [
        "The callback with a query",
        "Every page is a file",
        "Every file of this build",
    ] {
        assert!(wrong.iter().any(|it| it.contains(what)), "{what}: {wrong:?}");
    }
    // Not through `finish`: what was asked in vain stands on the console, as it should.
    let _ = world.tab.driver.clone().quit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_lost_a_page_is_told_so() {
    let folder = Copied::new("lost-page");
    std::fs::remove_file(folder.path().join("account/index.html")).expect("it was there");
    let config = |api: &str| Some(json!({ "environments": [environment("local", api)] }));
    let world = World::with(folder.path().to_owned(), config).await;
    let wrong = verdicts(&world, "wrong").await;
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    assert!(wrong[0].contains("account/: 404"), "{wrong:?}");
    world.finish().await;
}

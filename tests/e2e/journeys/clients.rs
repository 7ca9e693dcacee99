//! Clients made for this page: one press makes one, a sign-in uses it, and its deletion shows what it ended.

use local_polar::Fault;
use serde_json::json;

use crate::screens::{account, clients, connect, consent};
use crate::world::{REGISTER, TOKEN, USERINFO, World};

const DEV: &str = "dev@example.com";

/// Makes a client, uses it, and signs in with it; its ID.
async fn sign_in_with_its_own(world: &World) -> String {
    clients::open(world).await;
    clients::register(world).await;
    let id = clients::newest(world).await;
    world.tab.press_button("Use for the next sign-in").await;
    world.tab.see_heading("Sign in with Polar").await;
    let field = "return document.getElementById('client-id').value";
    assert_eq!(world.tab.script(field).await, json!(id));
    connect::sign_in(world).await;
    consent::allow_as(world, DEV).await;
    account::see(world, DEV).await;
    id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_press_makes_the_client_that_the_next_sign_in_uses() {
    let world = World::start().await;
    clients::open(&world).await;
    clients::register(&world).await;
    let id = clients::newest(&world).await;
    world.tab.see_text("for the next sign-in").await;
    account::go_to(&world, "Connect").await;
    let field = "return document.getElementById('client-id')?.value";
    assert_eq!(world.tab.until_script("the client", field).await, json!(id));
    // One that this page cannot sign in with does not take its place.
    clients::open(&world).await;
    clients::fill(&world, "new-redirect-uris", "https://elsewhere.example/callback/").await;
    clients::register(&world).await;
    assert_ne!(clients::newest(&world).await, id);
    account::go_to(&world, "Connect").await;
    assert_eq!(world.tab.until_script("the client", field).await, json!(id));
    world.finish().await;
}

async fn delete_newest(world: &World) {
    clients::unfold(world).await;
    world.tab.press_button("Delete…").await;
    world.tab.press_button("Delete now").await;
}

async fn see_listed(world: &World, count: usize) {
    let listed = format!("return document.querySelectorAll('.made > li').length === {count}");
    world.tab.until_script("the list of all tabs", &listed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_tab_makes_or_takes_off_comes_and_goes_in_the_list_and_takes_nothing_that_is_typed() {
    let world = World::with_worker().await;
    clients::open(&world).await;
    let (first, second) = world.tab.open_window("window.open(location.href)").await;
    world.tab.see_heading("Clients").await;
    world.tab.show(&first).await;
    clients::register(&world).await;
    world.tab.press_button("Change…").await;
    clients::fill(&world, "change-name", "half typed").await;
    world.tab.show(&second).await;
    see_listed(&world, 1).await;
    clients::unfold(&world).await;
    world.tab.press_button("Take it off the list").await;
    see_listed(&world, 0).await;
    world.tab.show(&first).await;
    let none = "return JSON.parse(localStorage['polar-connect.clients']).record.entries.length === 0";
    world.tab.until_script("the list of the other tab", none).await;
    assert_eq!(clients::typed(&world, "change-name").await, "half typed");
    world.tab.press_button("Leave it as it is").await;
    see_listed(&world, 0).await;
    world.finish().await;
}

/// As a tab that was closed, and another one that is opened.
async fn close_and_reopen(world: &World) {
    world.tab.clear_storage().await;
    clients::open(world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_lives_from_one_press_to_the_proof_of_what_died_with_it() {
    let world = World::start().await;
    let id = sign_in_with_its_own(&world).await;
    let sent = &world.seen(REGISTER)[0];
    assert_eq!(sent.header("authorization"), None);
    assert!(sent.body.contains(r#""token_endpoint_auth_method":"none""#));
    assert!(
        sent.body.contains(&format!("{}/callback/", world.app)),
        "{}",
        sent.body
    );
    world.tab.see_text("Delete it before you sign out").await;
    world.tab.press_link("Delete it before you sign out").await;
    world.tab.see_heading("Clients").await;
    clients::unfold(&world).await;
    world.tab.see_text("Last sign-in").await;
    assert!(!world.tab.shows("not yet").await, "its sign-in is noted");
    world.provider.forget_requests();
    delete_newest(&world).await;
    world.tab.see_text("The client is deleted").await;
    world
        .tab
        .see_text("Tried once, and refused: invalid_client")
        .await;
    world
        .tab
        .see_text("UserInfo still answers it: it goes on until")
        .await;
    let deleted = &world.seen(&format!("{REGISTER}/{id}"))[0];
    assert_eq!((deleted.method.as_str(), deleted.status), ("DELETE", 204));
    assert_eq!((world.count(USERINFO), world.refreshes().len()), (1, 1));
    assert_eq!(clients::count(&world).await, 0);
    // The session goes on without its refresh token, and is not ended by it.
    account::go_to(&world, "Account").await;
    world
        .tab
        .see_text("none: the session ends with its access token")
        .await;
    account::go_to(&world, "Flow").await;
    world.tab.see_text("Delete the client").await;
    account::go_to(&world, "Connect").await;
    world.tab.see(connect::SIGN_IN).await;
    let field = world
        .tab
        .script("return document.getElementById('client-id').value")
        .await;
    assert_ne!(field, json!(id), "a client that is gone is not chosen any more");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_refresh_token_outlives_its_client_that_is_said_and_the_fresh_tokens_are_kept() {
    let world = World::start().await;
    sign_in_with_its_own(&world).await;
    let before = world.tokens().await;
    world.provider.set_fault(Some(Fault::DeletionKeepsRefresh));
    account::go_to(&world, "Clients").await;
    delete_newest(&world).await;
    world
        .tab
        .see_text("this provider let it outlive its client")
        .await;
    let after = world.tokens().await;
    assert!(after.is_some() && after != before);
    account::go_to(&world, "Account").await;
    account::see(&world, DEV).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d22_what_came_back_differently_is_shown_and_no_secret_is_kept() {
    let world = World::start().await;
    clients::open(&world).await;
    clients::register(&world).await;
    world.tab.see_text("Registered exactly as asked").await;
    for (fault, text) in [
        (
            Fault::RegistrationSecret,
            "A client without a secret was given one",
        ),
        (Fault::RegistrationOtherRedirect, "Nobody asked for this address"),
        (
            Fault::RegistrationOtherMethod,
            "It is registered as a client with a secret",
        ),
        (
            Fault::RegistrationNoToken,
            "it can never be changed or deleted from here",
        ),
        (
            Fault::RegistrationForeignManagement,
            "The token is not sent there",
        ),
    ] {
        world.provider.set_fault(Some(fault));
        clients::register(&world).await;
        world.tab.see_text(text).await;
    }
    let stored = "return JSON.stringify([{...sessionStorage}, {...localStorage}])";
    let stored = world.tab.script(stored).await.to_string();
    assert!(!stored.contains("nobody-asked-for"), "{stored}");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d22_a_refused_registration_is_explained_and_keeps_what_was_typed() {
    let world = World::start().await;
    clients::open(&world).await;
    clients::fill(&world, "new-name", "mine").await;
    clients::fill(&world, "new-scopes", "openid offline_access").await;
    let said = clients::register_in_vain(&world, "registration.scope_refused").await;
    assert!(said.contains("Invalid claim: 'scope'"), "{said}");
    for (fault, code) in [
        (Fault::Registration500, "network.unreachable"),
        (Fault::Registration429, "registration.rate_limited"),
        (Fault::RegistrationNoClientId, "registration.malformed"),
    ] {
        world.provider.set_fault(Some(fault));
        clients::fill(&world, "new-scopes", "openid").await;
        clients::register_in_vain(&world, code).await;
    }
    assert_eq!(clients::typed(&world, "new-name").await, "mine");
    assert_eq!(clients::typed(&world, "new-scopes").await, "openid");
    assert_eq!(clients::kept(&world, "clients").await, json!(null));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d24_a_redirect_uri_that_polar_does_not_take_is_explained_before_anything_is_sent() {
    let world = World::start().await;
    clients::open(&world).await;
    for (uri, words) in [
        (
            "http://app.example/callback/",
            "http to app.example leaves this network in the open",
        ),
        (
            "https://app.example/#here",
            "has a fragment, and a code must not stand there",
        ),
        ("app.example", "is no whole address"),
    ] {
        clients::fill(&world, "new-redirect-uris", uri).await;
        world.tab.see_text(words).await;
        clients::register_in_vain(&world, "registration.redirect_uri_not_taken").await;
    }
    assert_eq!(world.count(REGISTER), 0);
    // Taken, each with what somebody should know about it.
    for (uri, words) in [
        ("http://192.168.1.7/", "Plain http to 192.168.1.7"),
        ("myapp://callback", "opens an app"),
        ("https://app.example/*", "the star is compared as a star"),
    ] {
        clients::fill(&world, "new-redirect-uris", uri).await;
        world.tab.see_text(words).await;
    }
    clients::fill(&world, "new-redirect-uris", "http://127.0.0.1:8080/").await;
    world
        .tab
        .until_script(
            "nothing to say",
            "return !document.body.innerText.includes('the star is compared')",
        )
        .await;
    assert!(!world.tab.shows("Plain http to").await, "this machine is near");
    clients::fill(&world, "new-redirect-uris", "http://app.localhost:8080").await;
    world
        .tab
        .see_text("It will be stored as http://app.localhost:8080/")
        .await;
    clients::register(&world).await;
    world.tab.see_text("A bare host gains a slash").await;
    world.tab.see_text("so this page cannot sign in with it").await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d23_a_client_is_read_changed_and_found_to_be_gone() {
    let world = World::start().await;
    clients::open(&world).await;
    clients::register(&world).await;
    let id = clients::newest(&world).await;
    world.tab.press_button("Change…").await;
    clients::fill(&world, "change-name", "renamed").await;
    clients::fill(&world, "change-scopes", "openid offline_access").await;
    world.tab.press_button("Save the change").await;
    world.tab.see_failure("registration.scope_refused").await;
    assert_eq!(clients::typed(&world, "change-name").await, "renamed");
    clients::fill(&world, "change-scopes", "openid").await;
    world.tab.press_button("Save the change").await;
    world.tab.see("//summary//b[normalize-space()='renamed']").await;
    world.tab.see_text("Registered exactly as asked").await;
    // A provider may hand out another token at each read; then the old one is worth nothing.
    world.provider.set_fault(Some(Fault::RegistrationRotatesToken));
    let reads = format!("{REGISTER}/{id}");
    for count in [4, 5] {
        world.tab.press_button("Read again").await;
        let another = async || (world.count(&reads) == count).then_some(());
        world.tab.until("another read", another).await;
        let has_come = "//button[normalize-space()='Read again' and @aria-disabled='false']";
        world.tab.see(has_come).await;
    }
    world.tab.see_text("Still registered as it was").await;
    world.provider.set_fault(None);
    // Another tab, or somebody else, deletes it.
    let token = world.tab.stored("registration_tokens").await.unwrap_or_default();
    let token = token["record"]["held"][0]["management"]["token"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let delete = format!(
        "fetch('{}{reads}', {{ method: 'DELETE', headers: {{ authorization: 'Bearer {token}' }} }}).then(it => arguments[0](it.status))",
        world.api
    );
    assert_eq!(world.tab.script_async(&delete).await, json!(204));
    world.tab.press_button("Read again").await;
    world.tab.see_failure("registration.client_gone").await;
    world.tab.press_button("Take it off the list").await;
    world.tab.see_text("None yet").await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_clients_are_deleted_at_once_with_a_word_on_each() {
    let world = World::start().await;
    sign_in_with_its_own(&world).await;
    clients::open(&world).await;
    clients::register(&world).await;
    world.tab.press_button("Delete all…").await;
    world.tab.see_text("Delete all 2 clients").await;
    world.tab.press_button("Delete them all").await;
    world.tab.see_text("2 of 2 deleted.").await;
    world
        .tab
        .see_text("Tried once, and refused: invalid_client")
        .await;
    assert_eq!(clients::count(&world).await, 0);
    world.tab.press_button("Dismiss").await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limit_pauses_the_deletion_says_so_and_can_be_stopped() {
    let world = World::start().await;
    clients::open(&world).await;
    clients::register(&world).await;
    clients::register(&world).await;
    world.provider.set_fault(Some(Fault::Registration429));
    world.tab.press_button("Delete all…").await;
    world.tab.press_button("Delete them all").await;
    world
        .tab
        .see_text("The provider has had enough for a minute: it goes on in")
        .await;
    world.tab.press_button("Stop").await;
    world.tab.see_text("0 of 2 deleted.").await;
    assert_eq!(clients::count(&world).await, 2);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_tab_leaves_the_list_and_takes_the_token_and_both_are_said() {
    let world = World::start().await;
    clients::open(&world).await;
    world.tab.see_text("Closing the tab forgets it").await;
    clients::register(&world).await;
    let id = clients::newest(&world).await;
    world.tab.reload().await;
    world.tab.see_text("token in this tab").await;
    close_and_reopen(&world).await;
    assert_eq!(clients::newest(&world).await, id);
    world.tab.see_text("token not here").await;
    clients::unfold(&world).await;
    world
        .tab
        .see_text("Without it nobody can read, change or delete the client from here")
        .await;
    assert!(!world.tab.shows("Delete…").await);
    world.tab.press_button("Take it off the list").await;
    world.tab.see_text("None yet").await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_tab_shows_the_list_and_does_not_open_its_clients() {
    let world = World::with_worker().await;
    // A tab that is not told of others: it reads the list before it writes it.
    let deaf = "const own = window.addEventListener;
        window.addEventListener = function (name, ...rest) { return name === 'storage' || own.call(this, name, ...rest) }";
    world.tab.before_every_page(deaf).await;
    clients::open(&world).await;
    clients::register(&world).await;
    let id = clients::newest(&world).await;
    let open = format!("window.open('{}/clients/', '_blank', 'noopener')", world.app);
    let (first, _) = world.tab.open_window(&open).await;
    assert_eq!(clients::newest(&world).await, id);
    world.tab.see_text("token not here").await;
    clients::unfold(&world).await;
    world
        .tab
        .see_text("If that tab is still open, delete the client there")
        .await;
    clients::register(&world).await;
    world.tab.show(&first).await;
    assert_eq!(clients::count(&world).await, 1, "it was not told");
    clients::register(&world).await;
    see_listed(&world, 3).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_is_kept_on_this_device_only_on_purpose_and_until_it_is_not_needed() {
    let world = World::start().await;
    clients::open(&world).await;
    clients::register(&world).await;
    world.tab.press_button("Keep on this device…").await;
    world
        .tab
        .see_text("would be written to this browser's localStorage")
        .await;
    world.tab.press_button("Leave it in this tab").await;
    let focus = "return document.activeElement.id.startsWith('made-local-')";
    assert_eq!(
        world.tab.script(focus).await,
        json!(true),
        "the keyboard is where it was"
    );
    assert_eq!(clients::kept(&world, "registration_tokens").await, json!(null));
    world.tab.press_button("Keep on this device…").await;
    world.keeps_on_purpose();
    world.tab.press_button("Keep the token on this device").await;
    world.tab.see_text("token on this device").await;
    close_and_reopen(&world).await;
    world.tab.see_text("token on this device").await;
    clients::unfold(&world).await;
    world.tab.press_button("Forget the token with this tab").await;
    world.tab.see_text("token in this tab").await;
    let kept = clients::kept(&world, "registration_tokens").await;
    assert_eq!(kept["record"]["held"], json!([]));
    delete_newest(&world).await;
    world.tab.see_text("The client is deleted").await;
    world
        .tab
        .see_text("No session of this tab was made with it")
        .await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_out_offers_to_delete_the_client_too() {
    let world = World::start().await;
    let id = sign_in_with_its_own(&world).await;
    world.tokens().await;
    world.tab.press_button("Sign out").await;
    world
        .tab
        .see_text("the only way for a public client to stop its refresh token at Polar")
        .await;
    assert_eq!(world.tab.stored("session").await, None);
    world.tab.press_button("Delete this client too").await;
    world
        .tab
        .see_text("The client is deleted. No new token comes from it")
        .await;
    let deleted = &world.seen(&format!("{REGISTER}/{id}"))[0];
    assert_eq!(deleted.status, 204);
    let tokens = world.count(TOKEN);
    assert_eq!(tokens, 1, "nothing is tried with what was forgotten");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_without_a_client_is_shown_the_way_and_old_ones_are_recalled() {
    let world = World::start().await;
    connect::open(&world).await;
    clients::fill(&world, "client-id", "").await;
    world.tab.press_link("Make a throwaway one").await;
    world.tab.see_heading("Clients").await;
    assert_eq!(world.tab.address().await.query(), Some("environment=local"));
    clients::register(&world).await;
    let a_day_ago = "const key = 'polar-connect.clients', list = JSON.parse(localStorage[key]);
        list.record.entries[0].made_at -= 90000000; localStorage[key] = JSON.stringify(list)";
    world.tab.script(a_day_ago).await;
    world.tab.reload().await;
    world.tab.see_text("One client below is older than a day").await;
    account::go_to(&world, "Connect").await;
    world
        .tab
        .see_text("A client that was made here is older than a day")
        .await;
    world.tab.press_link("Look at them").await;
    world.tab.see_text("1 d 1 h old").await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f07_a_token_is_never_sent_where_storage_says_and_settings_do_not() {
    let world = World::start().await;
    clients::open(&world).await;
    clients::register(&world).await;
    let elsewhere = "const key = 'polar-connect.registration_tokens';
        sessionStorage[key] = sessionStorage[key].replace(/http:..localhost:\\d+/, 'https://elsewhere.example')";
    world.tab.script(elsewhere).await;
    world.tab.reload().await;
    clients::unfold(&world).await;
    // It has asked what the provider offers by then.
    let ready = "//button[normalize-space()='Register a client' and @aria-disabled='false']";
    world.tab.see(ready).await;
    world.provider.forget_requests();
    world.tab.press_button("Read again").await;
    world.tab.see_failure("registration.no_token").await;
    assert_eq!(world.provider.requests(), []);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b16_a_redirect_uri_that_the_provider_refuses_is_shown_as_it_must_be_registered() {
    let world = World::start().await;
    let exact = format!("{}/callback/", world.app);
    // The provider's own page says it, and nobody is sent back: the connect page knows that a sign-in is still out.
    clients::open(&world).await;
    clients::fill(&world, "new-redirect-uris", "http://app.localhost:1/callback/").await;
    clients::register(&world).await;
    let id = clients::newest(&world).await;
    connect::open(&world).await;
    clients::fill(&world, "client-id", &id).await;
    world.tab.press(connect::SIGN_IN).await;
    world.tab.see_text("is not supported by client").await;
    // The browser itself names the provider's address there.
    world.tab.console().await;
    world.tab.back().await;
    world
        .tab
        .see_text("A sign-in left this tab and has not come back")
        .await;
    let shown = format!("//section[contains(@class, 'note')]/code[normalize-space()='{exact}']");
    world.tab.see(&shown).await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b16_an_exchange_refused_for_its_redirect_uri_shows_the_one_to_register() {
    let world = World::start().await;
    // Another redirect URI is sent with the code than the one it was issued for.
    let alter = "if (location.pathname.endsWith('/callback/')) { const key = 'polar-connect.attempts';
        sessionStorage[key] = sessionStorage[key].replace(/callback\\/\"/, 'callback/other\"') }";
    world.tab.before_every_page(alter).await;
    connect::open(&world).await;
    connect::sign_in(&world).await;
    consent::allow_as(&world, DEV).await;
    let said = world.tab.see_failure("token.invalid_grant").await;
    assert!(said.contains("Invalid 'redirect_uri' in request."), "{said}");
    let shown = "return document.querySelector('[role=alert] #redirect-uri')?.value";
    assert_eq!(
        world.tab.script(shown).await,
        json!(format!("{}/callback/", world.app))
    );
    world
        .tab
        .press_link("Or make a throwaway client that has it")
        .await;
    world.tab.see_heading("Clients").await;
    world.finish().await;
}

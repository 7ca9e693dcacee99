//! What a token may do, read from the answers of the provider: scopes that were dropped, organizations that were ticked, roles
//! that are not enough.

use polar_connect::polar::api_error;
use polar_connect::polar::permissions::{self, Came, Row, Visible};
use polar_connect::polar::reads;
use polar_connect::session::attempts::Attempts;
use polar_connect::session::signed_in::SignedIn;
use pollster::block_on;
use serde_json::Value;

use crate::world::*;

fn sign_in(world: &World, person: &str, organizations: &[&str], scopes: &[&str]) -> SignedIn {
    let mut attempts = Attempts::default();
    let url = world.leave_for(&mut attempts, scopes);
    let location = world.provider.approve(url.as_str(), person, organizations);
    world.finish(&mut attempts, &location).unwrap()
}

fn read(
    world: &World,
    session: &SignedIn,
    request: polar_connect::http::Request,
) -> Result<Value, api_error::ApiError> {
    let api = &world.environment.api_url;
    let request = session.authorized(request, &[api])?;
    api_error::judge(&block_on(world.send(request))?, &[])
}

/// As the page goes through them.
fn map(world: &World, session: &SignedIn) -> (Visible, Vec<Row>) {
    let api = &world.environment.api_url;
    let mut rows = permissions::rows(session.asked(), &session.scopes());
    let listed = read(world, session, reads::granted_scopes(api)).unwrap();
    permissions::listed(&mut rows, &reads::parse_scopes(&listed).unwrap());
    let visible = Visible::read(read(world, session, permissions::organizations(api)));
    for row in &mut rows {
        if let Some(request) = row.request(api, visible.first()) {
            row.came = Some(row.judge(read(world, session, request)));
        }
    }
    (visible, rows)
}

fn row<'a>(rows: &'a [Row], scope: &str) -> &'a Row {
    rows.iter().find(|row| row.scope == scope).unwrap()
}

#[test]
fn each_granted_scope_is_let_in_by_one_read_that_asks_for_one_item() {
    let world = World::new();
    let scopes = [
        "openid",
        "email",
        "organizations:read",
        "products:read",
        "orders:read",
    ];
    let session = sign_in(&world, PERSON, &[], &scopes);
    world.provider.forget_requests();
    let (visible, rows) = map(&world, &session);
    for scope in &scopes[1..] {
        let row = row(&rows, scope);
        assert!(
            matches!(row.came, Some(Came::Opened { .. })),
            "{scope}: {:?}",
            row.came
        );
        assert_eq!((row.asked, row.granted, row.listed), (true, true, Some(true)));
        assert!(row.meaning().starts_with("It works"), "{}", row.meaning());
    }
    assert!(visible.words().contains("2 organizations"));
    let requests = world.provider.requests();
    let sent: Vec<_> = requests.iter().filter(|seen| seen.method != "OPTIONS").collect();
    // The list of scopes, the organizations, and one read a scope.
    assert_eq!(sent.len(), 2 + 4);
    assert!(sent.iter().all(|seen| seen.method == "GET" && seen.status == 200));
}

#[test]
fn who_ticked_one_organization_is_seen_by_what_is_visible() {
    let world = World::new();
    let scopes = ["openid", "organizations:read", "products:read"];
    let all = map(&world, &sign_in(&world, PERSON, &[], &scopes));
    let one = map(&world, &sign_in(&world, PERSON, &["melted-sql"], &scopes));
    let names = |visible: &Visible| match visible {
        Visible::Organizations { list, .. } => list.iter().map(|(_, name)| name.clone()).collect::<Vec<_>>(),
        Visible::Unreadable(came) => panic!("{came:?}"),
    };
    assert_eq!(names(&all.0).len(), 2);
    assert_eq!(names(&one.0), ["MeltedSQL"]);
    assert!(one.0.words().contains("1 organization") && one.0.words().contains("was not ticked"));
    let total = |rows: &[Row]| match row(rows, "products:read").came {
        Some(Came::Opened { total }) => total.unwrap(),
        ref came => panic!("{came:?}"),
    };
    assert!(total(&one.1) < total(&all.1), "one of them has fewer products");
}

#[test]
fn a_scope_that_the_client_is_not_registered_for_is_dropped_in_silence_and_that_is_said() {
    let world = World::whose_client_may("openid organizations:read");
    let session = sign_in(
        &world,
        PERSON,
        &[],
        &["openid", "organizations:read", "orders:read"],
    );
    let (_, rows) = map(&world, &session);
    let dropped = row(&rows, "orders:read");
    assert_eq!(
        (dropped.granted, dropped.listed, dropped.came.clone()),
        (false, Some(false), None)
    );
    assert!(
        dropped.meaning().contains("Dropped in silence"),
        "{}",
        dropped.meaning()
    );
}

#[test]
fn scopes_without_use_are_named_and_nothing_is_sent_for_them_or_for_what_writes() {
    let world = World::new();
    let scopes = [
        "openid",
        "profile",
        "customer_portal:read",
        "customer_portal:write",
        "products:write",
    ];
    let session = sign_in(&world, PERSON, &[], &scopes);
    world.provider.forget_requests();
    let (visible, rows) = map(&world, &session);
    for scope in ["profile", "customer_portal:read", "customer_portal:write"] {
        assert!(row(&rows, scope).meaning().contains("Of no use"), "{scope}");
    }
    assert_eq!(row(&rows, "products:write").meaning(), "Writes are not tried.");
    assert_eq!(visible, Visible::Unreadable(Came::NoScope));
    let requests = world.provider.requests();
    assert_eq!(requests.iter().filter(|seen| seen.method != "OPTIONS").count(), 2);
}

#[test]
fn a_403_for_a_role_is_no_403_for_a_scope() {
    let world = World::new();
    let session = sign_in(
        &world,
        "member@example.com",
        &[],
        &["openid", "payouts:read", "organizations:read"],
    );
    let (visible, rows) = map(&world, &session);
    let id = visible.first().unwrap();
    let api = &world.environment.api_url;
    let account = api.join(&format!("/v1/organizations/{id}/account")).unwrap();
    let answer = read(
        &world,
        &session,
        polar_connect::http::Request::get(account, 100_000),
    );
    let mut payouts = row(&rows, "payouts:read").clone();
    payouts.came = Some(payouts.judge(answer));
    assert!(payouts.meaning().contains("role"), "{}", payouts.meaning());
    assert_eq!(
        payouts.said(),
        "You don't have permission to access financial data"
    );
}

#[test]
fn a_token_that_was_narrowed_has_less_than_the_sign_in_gave() {
    let world = World::new();
    let session = sign_in(
        &world,
        PERSON,
        &[],
        &["openid", "organizations:read", "orders:read"],
    );
    world.rewrite(|request, response| {
        if request.url.path() == "/v1/users/me/scopes" {
            response.body = br#"{"scopes":["openid","organizations:read"]}"#.to_vec();
        }
        if request.url.path() == "/v1/orders/" {
            response.status = 403;
            response.body = br#"{"error":"insufficient_scope","error_description":"x"}"#.to_vec();
        }
    });
    let (_, rows) = map(&world, &session);
    let orders = row(&rows, "orders:read");
    assert_eq!(orders.came, Some(Came::NoScope));
    assert!(
        orders.meaning().contains("does not list it") && orders.meaning().contains("403 for lack of scope")
    );
}

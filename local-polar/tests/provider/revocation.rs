//! Revocation and introspection: closed to public clients, open to those with a secret.

use local_polar::{LOCAL_CLIENT_ID, Provider};
use serde_json::{Value, json};

use crate::browser::*;

const BOTH: [&str; 2] = ["/v1/oauth2/revoke", "/v1/oauth2/introspect"];

fn confidential(provider: &Provider) -> Value {
    let location = provider.approve(
        &authorize_url(&[("client_id", SECRET_CLIENT)]),
        "dev@example.com",
        &["melted-sql"],
    );
    let code = param(&location, "code").expect("a code");
    exchange(
        provider,
        &code,
        &[("client_id", SECRET_CLIENT), ("client_secret", SECRET)],
    )
    .json()
}

#[test]
fn a_public_client_can_do_neither_and_its_token_stays_good() {
    let provider = provider();
    let token = access(&provider, "dev@example.com");
    for path in BOTH {
        for fields in [
            &[("token", token.as_str()), ("client_id", LOCAL_CLIENT_ID)][..],
            &[("token", token.as_str())][..],
        ] {
            let reply = post(&provider, path, fields);
            let methods =
                "The client cannot authenticate with methods: ['client_secret_basic', 'client_secret_post']";
            assert_eq!(
                reply.failure(),
                (401, "invalid_client".to_owned(), methods.to_owned()),
                "{path}"
            );
        }
    }
    assert_eq!(get(&provider, "/v1/oauth2/userinfo", &token).status, 200);
}

#[test]
fn a_client_with_a_secret_sees_and_kills_its_own_tokens() {
    let provider = provider();
    let body = confidential(&provider);
    let access = member(&body, "access_token");
    let own = [
        ("token", access.as_str()),
        ("client_id", SECRET_CLIENT),
        ("client_secret", SECRET),
    ];
    let seen = post(&provider, BOTH[1], &own).json();
    assert_eq!(
        (&seen["active"], &seen["sub_type"]),
        (&json!(true), &json!("user"))
    );
    assert_eq!(seen["organizations"].as_array().map(Vec::len), Some(1));

    let revoked = post(&provider, BOTH[0], &own);
    assert_eq!((revoked.status, revoked.json()), (200, json!({})));
    assert_eq!(post(&provider, BOTH[1], &own).json(), json!({ "active": false }));
    assert_eq!(
        get(&provider, "/v1/oauth2/userinfo", &access).failure().1,
        "invalid_token"
    );
    let dead = refresh(
        &provider,
        &member(&body, "refresh_token"),
        &[("client_id", SECRET_CLIENT), ("client_secret", SECRET)],
    );
    assert_eq!(dead.json(), json!({ "error": "invalid_grant" }));
}

#[test]
fn the_token_of_another_client_is_out_of_reach() {
    let provider = provider();
    let token = access(&provider, "dev@example.com");
    let foreign = [
        ("token", token.as_str()),
        ("client_id", SECRET_CLIENT),
        ("client_secret", SECRET),
    ];
    assert_eq!(
        post(&provider, BOTH[0], &foreign).json(),
        json!({ "error": "invalid_grant" })
    );
    assert_eq!(
        post(&provider, BOTH[1], &foreign).json(),
        json!({ "active": false })
    );
}

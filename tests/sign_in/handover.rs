//! What tabs that share a session tell each other: what is said arrives, and only what continues a session takes its place.

use polar_connect::json::stored::Stored;
use polar_connect::session::handover::{Message, continues};
use polar_connect::session::signed_in::SignedIn;
use serde_json::{Value, json};

use crate::world::World;

fn signed_in() -> SignedIn {
    World::new().sign_in()
}

#[test]
fn f08_what_one_tab_says_is_what_another_hears() {
    let session = signed_in();
    let said = Message::Rotated {
        from: "digest".into(),
        session: Box::new(session.clone()),
    };
    match Message::from_value(&said.to_value()) {
        Some(Message::Rotated { from, session: heard }) => {
            assert_eq!(from, "digest");
            assert_eq!(*heard, session);
        }
        _ => panic!("fresh tokens were not understood"),
    }
    let asked = Message::Ask {
        digest: "digest".into(),
    };
    match Message::from_value(&asked.to_value()) {
        Some(Message::Ask { digest }) => assert_eq!(digest, "digest"),
        _ => panic!("a question was not understood"),
    }
    for nothing in [json!({}), json!({ "from": "digest" }), json!(null)] {
        assert!(Message::from_value(&nothing).is_none(), "{nothing}");
    }
}

#[test]
fn f08_tokens_of_anybody_or_anything_else_do_not_continue_a_session() {
    let held = signed_in();
    let offered = |pointer: &str, new: Value| {
        let mut value = held.to_value();
        *value.pointer_mut(pointer).expect(pointer) = new;
        SignedIn::from_value(&value).expect(pointer)
    };
    assert!(
        continues(&held, &offered("/refreshes", json!(7))),
        "the same, later"
    );
    for (pointer, other) in [
        ("/environment", json!("elsewhere")),
        ("/client_id", json!("another_client")),
        ("/provider/token_endpoint", json!("https://evil.example/token")),
        ("/id_token/claims/sub", json!("somebody-else")),
        ("/signed_in_at", json!(1)),
    ] {
        assert!(!continues(&held, &offered(pointer, other)), "{pointer}");
    }
}

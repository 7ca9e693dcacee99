//! What the API answers, and what becomes of it: pages, ids, what is gone, and what a 401 means.

use polar_connect::polar::api_error::{self, ApiError};
use polar_connect::polar::organization::Organization;
use polar_connect::polar::reads;
use pollster::block_on;

use crate::visit::read_organizations;
use crate::world::*;

#[test]
fn e09_what_a_401_means_is_read_from_its_body_alone() {
    let world = World::new();
    let session = world.sign_in();
    world.provider.expire_access_tokens();
    world.rewrite(|request, response| {
        if request.url.path() == ORGANIZATIONS {
            assert_eq!(response.header("www-authenticate"), None, "a page cannot read it");
        }
    });
    let error = read_organizations(&world, &session).unwrap_err();
    assert_eq!(error.code(), "api.invalid_token");
    // The same status with another body is not worth a refresh.
    world.rewrite(|request, response| {
        if request.url.path() == ORGANIZATIONS {
            response.body = br#"{"error":"Unauthorized","detail":"Not authenticated"}"#.to_vec();
        }
    });
    let error = read_organizations(&world, &session).unwrap_err();
    assert_ne!(error.code(), "api.invalid_token");
}

#[test]
fn e10_an_organization_that_is_gone_is_said_to_be_gone() {
    let world = World::new();
    let session = world.sign_in();
    let api = &world.environment.api_url;
    let read = |id: &str| -> Result<serde_json::Value, ApiError> {
        let request = session.authorized(reads::organization(api, id), &[api])?;
        api_error::judge(&block_on(world.send(request))?, reads::ORGANIZATION_SCOPES)
    };
    let first = read_organizations(&world, &session).unwrap().items.remove(0);
    let known = Organization::read(&first).unwrap();
    assert_eq!(read(&known.id).unwrap()["slug"], known.slug);
    let gone = read("00000000-0000-4000-8000-000000000404").unwrap_err();
    assert_eq!(gone.code(), "api.not_found");
}

#[test]
fn e16_an_id_is_text_and_never_a_number() {
    let world = World::new();
    let session = world.sign_in();
    world.rewrite(|request, response| {
        if request.url.path() == ORGANIZATIONS {
            let text = String::from_utf8(response.body.clone()).unwrap();
            response.body = text
                .replacen("\"id\":\"", "\"id\":\"9007199254740993-", 1)
                .into_bytes();
        }
    });
    let page = read_organizations(&world, &session).unwrap();
    let organization = Organization::read(&page.items[0]).unwrap();
    assert!(organization.id.starts_with("9007199254740993-"));
    let mut number = page.items[0].clone();
    number["id"] = 9_007_199_254_740_993_u64.into();
    assert_eq!(Organization::read(&number).unwrap().id, "9007199254740993");
    number["id"] = serde_json::json!(1.5);
    assert_eq!(Organization::read(&number), None);
}

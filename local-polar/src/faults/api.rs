//! Reads of the API, spoiled.

use serde_json::{Value, json};

use super::{Fault, HOSTILE, plain};
use crate::wire::answer::{self, Adjust, Answer};
use crate::wire::failure;

/// What becomes of the good answer to a read of `path`.
pub(crate) fn spoil(fault: Option<Fault>, good: Answer) -> Answer {
    match fault {
        Some(Fault::Api500) => answer::crash(),
        Some(Fault::Api503) => plain::down(),
        Some(Fault::Api429) => plain::limited(),
        Some(Fault::ApiHtml) => plain::page(),
        Some(Fault::ApiMalformed) => plain::cut_off(good),
        Some(Fault::ApiInsufficientScope) => {
            failure::insufficient_scope(&["organizations:read", "organizations:write"])
        }
        Some(Fault::ApiEmpty) => plain::changed(good, empty),
        Some(Fault::ApiItemWithoutId) => plain::changed(good, without_first_id),
        Some(Fault::ApiUnknownMembers) => plain::changed(good, |body| each_item(body, novel)),
        Some(Fault::ApiHostile) => plain::changed(good, |body| each_item(body, hostile)),
        Some(Fault::ApiHostileError) => failure::polar(400, "BadRequest", HOSTILE),
        Some(Fault::ApiSlow) => good.delayed(),
        Some(Fault::ApiRedirect) => plain::elsewhere(),
        Some(Fault::ApiHuge) => plain::huge(good),
        _ => good,
    }
}

fn empty(body: &mut Value) {
    if body["items"].is_array() {
        body["items"] = json!([]);
        body["pagination"] = json!({ "total_count": 0, "max_page": 0 });
    }
}

fn without_first_id(body: &mut Value) {
    if let Some(item) = body.pointer_mut("/items/0").and_then(Value::as_object_mut) {
        item.remove("id");
    }
}

fn each_item(body: &mut Value, change: fn(&mut Value)) {
    match body.get_mut("items").and_then(Value::as_array_mut) {
        Some(items) => items.iter_mut().for_each(change),
        None => change(body),
    }
}

fn novel(item: &mut Value) {
    item["introduced_next_year"] = json!({ "nested": [1, "two", null] });
    for (member, value) in [
        ("status", "hibernating"),
        ("type", "hologram"),
        ("recurring_interval", "fortnight"),
    ] {
        if item[member].is_string() {
            item[member] = json!(value);
        }
    }
}

fn hostile(item: &mut Value) {
    let javascript = json!("javascript:alert(document.domain)");
    for member in ["website", "avatar_url", "blog"] {
        if item.get(member).is_some() {
            item[member] = javascript.clone();
        }
    }
    for member in ["name", "slug", "email", "bio", "description"] {
        if item[member].is_string() {
            item[member] = json!(format!(
                "\"><img src=x onerror=alert(1)><b>Bold & Co</b>\u{202e}{HOSTILE}"
            ));
        }
    }
    if item.get("socials").is_some() {
        item["socials"] = json!([
            { "platform": "x", "url": javascript },
            { "platform": "github", "url": "https://polar.sh@evil.example/" },
        ]);
    }
}

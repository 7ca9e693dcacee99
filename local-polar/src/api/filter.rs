//! Filters and sorting of a list. A repeated key means any of its values; a bad value is a 422.

use std::cmp::Ordering;

use serde_json::{Value, json};

use super::collection::Collection;
use crate::seed;
use crate::wire::answer::Answer;
use crate::wire::call::Params;
use crate::wire::failure::{self, flaw};

pub(super) struct Criteria {
    /// A member and the values it may have.
    wanted: Vec<(&'static str, Vec<String>)>,
    /// A member, and whether the order is descending.
    sorting: Vec<(String, bool)>,
}

impl Criteria {
    pub(super) fn read(collection: &Collection, query: &Params) -> Result<Criteria, Box<Answer>> {
        let mut flaws = Vec::new();
        let values = |name: &str| query.all(name).map(str::to_owned).collect::<Vec<_>>();
        let wanted: Vec<_> = collection
            .filters
            .iter()
            .map(|name| (*name, values(name)))
            .collect();
        for (name, values) in wanted
            .iter()
            .filter(|(name, _)| *name == "id" || name.ends_with("_id"))
        {
            flaws.extend(
                values
                    .iter()
                    .filter(|id| !seed::ids::is_uuid(id))
                    .map(|id| not_a_uuid("query", name, id)),
            );
        }
        let sorting = sorting(collection, values("sorting"), &mut flaws);
        match flaws.is_empty() {
            true => Ok(Criteria { wanted, sorting }),
            false => Err(Box::new(failure::validation(flaws))),
        }
    }

    pub(super) fn keeps(&self, item: &Value) -> bool {
        self.wanted
            .iter()
            .filter(|(_, values)| !values.is_empty())
            .all(|(name, values)| values.iter().any(|value| matches(item, name, value)))
    }

    pub(super) fn sorted<'a>(&self, mut items: Vec<&'a Value>) -> Vec<&'a Value> {
        items.sort_by(|left, right| {
            let by = |(member, descending): &(String, bool)| {
                let order = compare(&left[member], &right[member]);
                if *descending { order.reverse() } else { order }
            };
            self.sorting
                .iter()
                .map(by)
                .find(|order| order.is_ne())
                .unwrap_or(Ordering::Equal)
        });
        items
    }
}

fn sorting(collection: &Collection, asked: Vec<String>, flaws: &mut Vec<Value>) -> Vec<(String, bool)> {
    let known = |word: &str| collection.sorting.iter().any(|name| bare(name) == bare(word));
    for (at, word) in asked.iter().enumerate().filter(|(_, word)| !known(word)) {
        let message = format!("Input should be one of {}", collection.sorting.join(", "));
        flaws.push(flaw(
            "enum",
            json!(["query", "sorting", at]),
            &message,
            json!(word),
        ));
    }
    let words = if asked.is_empty() {
        vec![collection.sorting[0].to_owned()]
    } else {
        asked
    };
    words
        .iter()
        .map(|word| (bare(word).to_owned(), word.starts_with('-')))
        .collect()
}

fn bare(word: &str) -> &str {
    word.strip_prefix('-').unwrap_or(word)
}

pub(super) fn not_a_uuid(place: &str, name: &str, input: &str) -> Value {
    let message =
        "Input should be a valid UUID, invalid character: expected an optional prefix of `urn:uuid:`";
    let mut flaw = flaw("uuid_parsing", json!([place, name]), message, json!(input));
    flaw["ctx"] = json!({ "error": "invalid character" });
    flaw
}

fn matches(item: &Value, name: &str, value: &str) -> bool {
    match name {
        "query" => ["name", "email", "description"]
            .iter()
            .any(|member| contains(&item[member], value)),
        "active" => matches!(item["status"].as_str(), Some("active" | "trialing")) == (value == "true"),
        _ => match &item[name] {
            Value::String(text) => text == value,
            Value::Bool(truth) => value == if *truth { "true" } else { "false" },
            _ => false,
        },
    }
}

fn contains(member: &Value, part: &str) -> bool {
    member
        .as_str()
        .is_some_and(|text| text.to_lowercase().contains(&part.to_lowercase()))
}

fn compare(left: &Value, right: &Value) -> Ordering {
    match (left.as_i64(), right.as_i64()) {
        (Some(left), Some(right)) => left.cmp(&right),
        _ => left
            .as_str()
            .unwrap_or_default()
            .cmp(right.as_str().unwrap_or_default()),
    }
}

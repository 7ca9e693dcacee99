//! The one thing that can be written: name, description and archiving of a product, as `PATCH /v1/products/{id}` takes them.
//!
//! Members that are left out, null or unknown change nothing. The scope comes first, then the shape of the body, then
//! whether there is such a product for this token.

use serde_json::{Value, json};

use super::collection::Collection;
use super::permitted;
use crate::seed::moment;
use crate::state::State;
use crate::wire::answer::Answer;
use crate::wire::call::Call;
use crate::wire::failure::{self, flaw};

const SCOPES: &[&str] = &["products:write"];
const SHORTEST_NAME: usize = 3;

pub(super) fn change(
    state: &mut State,
    call: &Call,
    collection: &Collection,
    id: &str,
) -> Result<Value, Box<Answer>> {
    let pair = call.bearer().and_then(|token| state.live_access(token));
    let pair = pair.ok_or_else(|| Box::new(failure::unauthorized()))?;
    permitted(pair, SCOPES)?;
    let wanted = wanted(&call.object()?)?;
    let item = collection.item(state, pair, id)?;
    let mut changed = item.clone();
    for (name, value) in wanted {
        changed[name] = value;
    }
    // The same again is no change, and leaves no mark.
    if changed != *item {
        changed["modified_at"] = json!(moment::precise(state.now()));
        state.changed.insert(id.to_owned(), changed.clone());
    }
    Ok(changed)
}

/// The members that are given, or everything that is wrong with them.
fn wanted(body: &Value) -> Result<Vec<(&'static str, Value)>, Box<Answer>> {
    let mut flaws = Vec::new();
    let mut wanted = Vec::new();
    for (name, is_of_its_kind, kind, message) in [
        (
            "name",
            Value::is_string as fn(&Value) -> bool,
            "string_type",
            "Input should be a valid string",
        ),
        (
            "description",
            Value::is_string,
            "string_type",
            "Input should be a valid string",
        ),
        (
            "is_archived",
            Value::is_boolean,
            "bool_type",
            "Input should be a valid boolean",
        ),
    ] {
        match &body[name] {
            Value::Null => {}
            value if is_of_its_kind(value) => wanted.push((name, value.clone())),
            value => flaws.push(flaw(kind, json!(["body", name]), message, value.clone())),
        }
    }
    flaws.extend(too_short(&body["name"]));
    match flaws.is_empty() {
        true => Ok(wanted),
        false => Err(Box::new(failure::validation(flaws))),
    }
}

fn too_short(name: &Value) -> Option<Value> {
    let given = name.as_str()?;
    if given.chars().count() >= SHORTEST_NAME {
        return None;
    }
    let message = format!("String should have at least {SHORTEST_NAME} characters");
    let mut flaw = flaw(
        "string_too_short",
        json!(["body", "name"]),
        &message,
        name.clone(),
    );
    flaw["ctx"] = json!({ "min_length": SHORTEST_NAME });
    Some(flaw)
}

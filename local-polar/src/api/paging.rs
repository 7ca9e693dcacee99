//! Pages of a list: from 1, ten items unless asked otherwise, never more than a hundred.

use serde_json::{Value, json};

use crate::wire::answer::Answer;
use crate::wire::call::Params;
use crate::wire::failure::{self, flaw};

const DEFAULT_LIMIT: usize = 10;
/// More is silently cut down to this, not refused.
const LARGEST_LIMIT: usize = 100;
const ENDLESS: usize = 1_000_000;

/// One page of `items`. An endless list repeats its first page for ever.
pub(super) fn page(query: &Params, items: Vec<&Value>, endless: bool) -> Result<Value, Box<Answer>> {
    let mut flaws = Vec::new();
    let page = number(query, "page", 1, &mut flaws);
    let limit = number(query, "limit", DEFAULT_LIMIT, &mut flaws).min(LARGEST_LIMIT);
    if !flaws.is_empty() {
        return Err(Box::new(failure::validation(flaws)));
    }
    let skipped = if endless {
        0
    } else {
        (page - 1).saturating_mul(limit)
    };
    let shown: Vec<&Value> = items.iter().copied().skip(skipped).take(limit).collect();
    let (total, pages) = match endless {
        true => (ENDLESS * limit, ENDLESS),
        false => (items.len(), items.len().div_ceil(limit)),
    };
    Ok(json!({ "items": shown, "pagination": { "total_count": total, "max_page": pages } }))
}

fn number(query: &Params, name: &str, default: usize, flaws: &mut Vec<Value>) -> usize {
    let Some(text) = query.first(name) else {
        return default;
    };
    match text.parse::<i64>() {
        Ok(number) if number > 0 => return number as usize,
        Ok(_) => {
            let mut flaw = flaw(
                "greater_than",
                json!(["query", name]),
                "Input should be greater than 0",
                json!(text),
            );
            flaw["ctx"] = json!({ "gt": 0 });
            flaws.push(flaw);
        }
        Err(_) => {
            let message = "Input should be a valid integer, unable to parse string as an integer";
            flaws.push(flaw("int_parsing", json!(["query", name]), message, json!(text)));
        }
    }
    default
}

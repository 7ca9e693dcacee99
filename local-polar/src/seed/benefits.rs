//! What customers get: one benefit of nearly every type.

use serde_json::{Value, json};

use super::{ids, moment, organizations};

/// Organization, type, description. A product names its benefits by the type.
const ROWS: [(&str, &str, &str); 9] = [
    ("acme-corp", "license_keys", "Acme Launcher license"),
    ("acme-corp", "downloadables", "Blueprint archive"),
    ("acme-corp", "discord", "Seat in the proving grounds"),
    ("acme-corp", "custom", "A handwritten note"),
    ("acme-corp", "github_repository", "Read access to acme/launcher"),
    ("acme-corp", "meter_credit", "500 rocket launches"),
    ("acme-corp", "feature_flag", "Night vision"),
    ("melted-sql", "downloadables", "MeltedSQL download link"),
    ("melted-sql", "custom", "Priority support"),
];

pub(super) fn all() -> Vec<Value> {
    ROWS.iter()
        .enumerate()
        .map(|(at, row)| benefit(at as i64, row))
        .collect()
}

fn benefit(at: i64, (slug, kind, description): &(&str, &str, &str)) -> Value {
    json!({
        "id": id(slug, kind),
        "created_at": moment::precise(moment::BASE + at * moment::HOUR),
        "modified_at": null,
        "type": kind,
        "description": description,
        "selectable": true,
        "deletable": true,
        "is_deleted": false,
        "organization_id": organizations::id(slug),
        "metadata": {},
        "properties": properties(slug, kind),
    })
}

fn id(slug: &str, kind: &str) -> String {
    ids::uuid(&format!("benefit/{slug}/{kind}"))
}

fn properties(slug: &str, kind: &str) -> Value {
    match kind {
        "license_keys" => json!({
            "prefix": "ACME", "expires": null, "activations": { "limit": 3, "enable_customer_admin": true }, "limit_usage": null,
        }),
        "downloadables" => json!({ "archived": {}, "files": [ids::uuid(&format!("file/{slug}"))] }),
        "discord" => json!({ "guild_id": "1029384756", "role_id": "5647382910", "kick_member": false }),
        "github_repository" => {
            json!({ "repository_owner": "acme", "repository_name": "launcher", "permission": "pull" })
        }
        "meter_credit" => json!({ "units": 500, "rollover": false, "meter_id": ids::uuid("meter/launches") }),
        "custom" => json!({ "note": "Thank you for your order." }),
        _ => json!({}),
    }
}

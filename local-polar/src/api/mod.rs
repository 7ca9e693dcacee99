//! Reads of the API: which paths there are, who may read them, what they answer.
//!
//! Scopes are any-of: either of the two in a row of the table opens it. Kinds without seeded items answer with an empty
//! list, as a fresh account at Polar does. Of all that can be written one thing is here: a product can be changed.

mod change;
mod collection;
mod filter;
mod paging;

use serde_json::{Value, json};

use crate::oauth::pair::Pair;
use crate::seed;
use crate::state::State;
use crate::wire::answer::{self, Answer};
use crate::wire::call::Call;
use crate::wire::failure;
use collection::Collection;

/// What a path under `/v1/` reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Read {
    List(&'static Collection),
    Item(&'static Collection, String),
    Members(String),
    Account(String),
    MyScopes,
    CustomersAsCsv,
    /// Open to Polar's own web session only.
    WebSession,
    /// Open to customer and member sessions only.
    Customer,
}

const ORGANIZATIONS: &[&str] = &["organizations:read", "organizations:write"];
const FINANCE: &[&str] = &[
    "payouts:read",
    "payouts:write",
    "transactions:read",
    "transactions:write",
];

const WEB_SESSION: [&str; 6] = [
    "users/me",
    "oauth2/",
    "organization-access-tokens/",
    "personal_access_tokens/",
    "payout-accounts/",
    "stream/user",
];
const CUSTOMER: [&str; 5] = [
    "customer-portal/",
    "users/orders/",
    "users/subscriptions/",
    "users/license-keys/",
    "users/downloadables/",
];

impl Read {
    pub(crate) fn parse(path: &str) -> Option<Read> {
        let rest = path.strip_prefix("/v1/")?;
        if rest == "users/me/scopes" {
            return Some(Read::MyScopes);
        }
        if rest == "customers/export" {
            return Some(Read::CustomersAsCsv);
        }
        if WEB_SESSION.contains(&rest) {
            return Some(Read::WebSession);
        }
        if CUSTOMER.iter().any(|prefix| rest.starts_with(prefix)) {
            return Some(Read::Customer);
        }
        let (name, rest) = rest.split_once('/')?;
        let collection = Collection::named(name)?;
        match rest.split_once('/') {
            None if rest.is_empty() => Some(Read::List(collection)),
            None => Some(Read::Item(collection, rest.to_owned())),
            Some((id, "members")) if name == "organizations" => Some(Read::Members(id.to_owned())),
            Some((id, "account")) if name == "organizations" => Some(Read::Account(id.to_owned())),
            Some(_) => None,
        }
    }

    /// What may be asked of the path.
    pub(crate) fn methods(&self) -> &'static str {
        match self {
            Read::Item(collection, _) if collection.can_be_changed() => "GET, PATCH",
            _ => "GET",
        }
    }

    /// Changes the thing that this reads, and answers with it as it is now.
    pub(crate) fn change(&self, state: &mut State, call: &Call) -> Answer {
        let Read::Item(collection, id) = self else {
            return failure::bad_method(self.methods());
        };
        match change::change(state, call, collection, id) {
            Ok(body) => answer::fresh(&body),
            Err(refused) => *refused,
        }
    }

    /// `endless` makes every list claim a million pages.
    pub(crate) fn answer(&self, state: &State, call: &Call, endless: bool) -> Answer {
        let Some(pair) = call.bearer().and_then(|token| state.live_access(token)) else {
            return failure::unauthorized();
        };
        match self.body(state, pair, call, endless) {
            Ok(Value::String(rows)) => answer::csv(&rows),
            Ok(body) => answer::fresh(&body),
            Err(refused) => *refused,
        }
    }

    fn body(&self, state: &State, pair: &Pair, call: &Call, endless: bool) -> Result<Value, Box<Answer>> {
        match self {
            Read::List(collection) => {
                permitted(pair, collection.scopes)?;
                collection.list(state, pair, &call.query, endless)
            }
            Read::Item(collection, id) => {
                permitted(pair, collection.scopes)?;
                collection.item(state, pair, id).cloned()
            }
            Read::Members(id) => {
                permitted(pair, ORGANIZATIONS)?;
                seen(state, pair, id)?;
                let members: Vec<Value> = seed::people::members_of(id);
                paging::page(&call.query, members.iter().collect(), endless)
            }
            Read::Account(id) => account(state, pair, id),
            Read::CustomersAsCsv => {
                let customers = Collection::named("customers").expect("customers are in the table");
                permitted(pair, customers.scopes)?;
                Ok(Value::String(csv(&customers.all(state, pair))))
            }
            Read::MyScopes => Ok(json!({ "scopes": pair.scope })),
            Read::WebSession => Err(Box::new(failure::not_permitted())),
            Read::Customer => Err(Box::new(failure::unauthorized())),
        }
    }
}

fn csv(customers: &[&Value]) -> String {
    let mut rows = "ID,External ID,Created At,Email,Name\r\n".to_owned();
    for customer in customers {
        let cells = ["id", "external_id", "created_at", "email", "name"]
            .map(|member| customer[member].as_str().unwrap_or_default());
        rows += &format!("{}\r\n", cells.join(","));
    }
    rows
}

fn permitted(pair: &Pair, scopes: &[&str]) -> Result<(), Box<Answer>> {
    match pair.has_any(scopes) {
        true => Ok(()),
        false => Err(Box::new(failure::insufficient_scope(scopes))),
    }
}

fn seen<'a>(state: &'a State, pair: &'a Pair, id: &str) -> Result<&'a Value, Box<Answer>> {
    Collection::ORGANIZATIONS.item(state, pair, id)
}

/// The one read here that a role decides: finances are closed to plain members.
fn account(state: &State, pair: &Pair, id: &str) -> Result<Value, Box<Answer>> {
    permitted(pair, FINANCE)?;
    let organization = seen(state, pair, id)?;
    if pair.person.role_in(id) == Some("member") {
        let detail = "You don't have permission to access financial data";
        return Err(Box::new(failure::polar(403, "NotPermitted", detail)));
    }
    Ok(json!({
        "id": organization["account_id"],
        "account_type": "stripe",
        "status": "active",
        "country": "US",
        "currency": "usd",
        "is_details_submitted": true,
        "is_charges_enabled": true,
        "is_payouts_enabled": true,
    }))
}

//! The people who can sign in, and what each is there to show.

use std::sync::OnceLock;

use serde_json::{Value, json};

use super::{ids, items, moment, organizations};

/// Somebody who can sign in without a password.
#[derive(Debug)]
pub struct Person {
    id: String,
    pub email: &'static str,
    /// What this person is good for, in a few words.
    pub about: &'static str,
    memberships: Vec<Membership>,
}

#[derive(Debug)]
struct Membership {
    organization_id: String,
    role: &'static str,
}

impl Person {
    /// The `sub` of every token about this person.
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn is_member_of(&self, organization_id: &str) -> bool {
        self.role_in(organization_id).is_some()
    }

    pub(crate) fn role_in(&self, organization_id: &str) -> Option<&'static str> {
        let found = self
            .memberships
            .iter()
            .find(|membership| membership.organization_id == organization_id);
        found.map(|membership| membership.role)
    }

    pub(crate) fn organizations(&self) -> Vec<&'static Value> {
        let own = |item: &&Value| item["id"].as_str().is_some_and(|id| self.is_member_of(id));
        items("organizations").iter().filter(own).collect()
    }
}

pub fn all() -> &'static [Person] {
    static PEOPLE: OnceLock<Vec<Person>> = OnceLock::new();
    PEOPLE.get_or_init(|| {
        let many: Vec<_> = organizations::WORKSHOPS
            .iter()
            .map(|slug| (*slug, "owner"))
            .collect();
        vec![
            person(
                "dev@example.com",
                "owner of two organizations",
                &[("acme-corp", "owner"), ("melted-sql", "owner")],
            ),
            person(
                "admin@acme.test",
                "admin of Acme Corporation",
                &[("acme-corp", "admin")],
            ),
            person(
                "member@example.com",
                "plain member of Acme Corporation",
                &[("acme-corp", "member")],
            ),
            person("many@example.com", "owner of 24 organizations", &many),
            person("solo@example.com", "in no organization", &[]),
        ]
    })
}

fn person(email: &'static str, about: &'static str, memberships: &[(&str, &'static str)]) -> Person {
    let joined = |(slug, role): &(&str, &'static str)| Membership {
        organization_id: organizations::id(slug),
        role,
    };
    Person {
        id: ids::uuid(&format!("person/{email}")),
        email,
        about,
        memberships: memberships.iter().map(joined).collect(),
    }
}

/// The members of an organization, as the API lists them.
pub(crate) fn members_of(organization_id: &str) -> Vec<Value> {
    let member = |(at, person): (usize, &Person)| {
        let role = person.role_in(organization_id)?;
        Some(json!({
            "user_id": person.id(),
            "created_at": moment::precise(moment::BASE + at as i64 * moment::DAY),
            "email": person.email,
            "avatar_url": null,
            "role": role,
        }))
    };
    all().iter().enumerate().filter_map(member).collect()
}

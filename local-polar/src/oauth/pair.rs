//! An access token and its refresh token, which live and die together.

use crate::scope::Scopes;
use crate::seed::people::Person;

#[derive(Clone, Debug)]
pub(crate) struct Pair {
    pub(crate) access: String,
    /// Absent if the client did not register the refresh grant.
    pub(crate) refresh: Option<String>,
    pub(crate) client_id: String,
    pub(crate) person: &'static Person,
    pub(crate) scope: Scopes,
    /// Empty means every organization of the person, also ones joined later.
    pub(crate) organizations: Vec<String>,
    pub(crate) issued_at: i64,
    /// Of the access token; a refresh token does not expire.
    pub(crate) expires_at: i64,
    /// One flag covers both tokens: refreshing kills the old access token at once.
    pub(crate) revoked: bool,
    /// The code that it all began with.
    pub(crate) code: String,
}

impl Pair {
    pub(crate) fn is_live(&self, now: i64) -> bool {
        !self.revoked && now < self.expires_at
    }

    pub(crate) fn can_see(&self, organization_id: &str) -> bool {
        self.person.is_member_of(organization_id)
            && (self.organizations.is_empty() || self.organizations.iter().any(|id| id == organization_id))
    }

    pub(crate) fn has_any(&self, scopes: &[&str]) -> bool {
        scopes.iter().any(|scope| self.scope.contains(*scope))
    }
}

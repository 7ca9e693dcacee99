//! What an answer says of a scope.

/// What came of a read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Came {
    /// 200, and how many there are where it is a list.
    Opened {
        total: Option<u64>,
    },
    /// 200, and what the scope is for is not in it.
    Without(&'static str),
    /// 400 or 422: let in, and asked for parameters.
    LetIn {
        detail: String,
    },
    /// 403 `insufficient_scope`.
    NoScope,
    /// 403: the role of the person.
    NoRole {
        detail: String,
    },
    /// 401, though a token was sent.
    OtherKind,
    /// 401 `invalid_token`, also after a refresh.
    DeadToken,
    NotThere,
    Limited,
    /// An id was needed, and no organization is visible.
    NoOrganization,
    /// Nothing that says anything about the scope.
    Failed {
        code: &'static str,
    },
}

impl Came {
    /// The answer in a word or two.
    pub fn label(&self) -> String {
        match self {
            Self::Opened { total: Some(total) } => format!("200, {total} in all"),
            Self::Opened { total: None } => "200".to_owned(),
            Self::Without(member) => format!("200 without {member}"),
            Self::LetIn { .. } => "let in".to_owned(),
            Self::NoScope => "403, scope".to_owned(),
            Self::NoRole { .. } => "403, role".to_owned(),
            Self::OtherKind => "401, kind of token".to_owned(),
            Self::DeadToken => "401, token".to_owned(),
            Self::NotThere => "404".to_owned(),
            Self::Limited => "429".to_owned(),
            Self::NoOrganization => "not tried".to_owned(),
            Self::Failed { code } => (*code).to_owned(),
        }
    }

    /// Whether the scope lets the token in; `None` where the answer does not say.
    pub const fn opens(&self) -> Option<bool> {
        match self {
            Self::Opened { .. } | Self::LetIn { .. } => Some(true),
            Self::Without(_) | Self::NoScope | Self::NoRole { .. } | Self::OtherKind | Self::DeadToken => {
                Some(false)
            }
            Self::NotThere | Self::Limited | Self::NoOrganization | Self::Failed { .. } => None,
        }
    }

    pub(super) const fn meaning(&self) -> &'static str {
        match self {
            Self::Opened { total: Some(0) } => {
                "It works, and the list is empty: there is nothing in the organizations that this token sees, or the person's role hides it."
            }
            Self::Opened { .. } => "It works.",
            Self::Without(_) => "It has no effect on this token.",
            Self::LetIn { .. } => "It works: the scope was enough, and only a parameter was missing.",
            Self::NoScope => {
                "403 for lack of scope: sign in again and ask for it, with a client that is registered for it."
            }
            Self::NoRole { .. } => {
                "403 for the person's role in the organization. More scopes do not help; an admin of it can."
            }
            Self::OtherKind => "It is open to another kind of token only. Refreshing does not help.",
            Self::DeadToken => "The token is expired, revoked or unknown. Sign in again.",
            Self::NotThere => "404: not there, or not visible to this token. It says nothing of the scope.",
            Self::Limited => "Polar asked to slow down. Wait a minute, and try again.",
            Self::NoOrganization => "It takes an organization, and this token sees none.",
            Self::Failed { .. } => "The answer says nothing of the scope.",
        }
    }
}

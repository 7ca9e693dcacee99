//! The provider's side of OAuth 2.0 and OpenID Connect, one file a step.

pub(crate) mod discovery;

pub(crate) mod client;
pub(crate) mod registration;
mod registration_body;

pub(crate) mod authorize;
pub(crate) mod consent;
mod consent_page;
pub(crate) mod landing;
pub(crate) mod refusal;

pub(crate) mod code;
mod id_token;
pub(crate) mod pair;
pub(crate) mod token;

pub(crate) mod revocation;
pub(crate) mod userinfo;

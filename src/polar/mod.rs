//! What Polar adds to the protocol: its token format, its scopes, its errors, and the reads of its API.
//!
//! Answers are read leniently: Polar adds members and enum values without a new version, so what is unknown is passed
//! over and what is missing costs one field. No page writes of its own accord; what a person
//! sends through `call` may.

pub mod answer;
pub mod api_error;
pub mod call;
pub mod catalogue;
pub mod link;
pub mod money;
pub mod organization;
pub mod permissions;
pub mod reads;
pub mod redirect_uri;
pub mod scopes;
pub mod sub_type;
pub mod tables;
pub mod token_format;

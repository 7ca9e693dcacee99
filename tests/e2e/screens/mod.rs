//! Page objects: what stands where, found the way a person finds it, by role, label and text.

pub mod account;
pub mod check;
pub mod clients;
pub mod connect;
pub mod consent;
pub mod desk;
pub mod organization;

//! The protocol, for any provider: OAuth 2.0 and OpenID Connect as a public client speaks them, one file a step.
//!
//! Every step is plain data in, plain data out. An endpoint has two functions: `request` builds what is sent, `parse`
//! judges what came. It leaves out, on purpose: implicit and hybrid flows (RFC 9700 §2.1.2), client secrets, DPoP
//! (Polar's preflight refuses its header), encrypted ID tokens, and `plain` PKCE.

pub mod authorization;
pub mod discovery;
pub mod id_token;
pub mod jwk;
pub mod jws;
pub mod pkce;
pub mod registration;
pub mod revocation;
pub mod secret;
pub mod token;
pub mod userinfo;

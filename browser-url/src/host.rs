//! What kind of host it is.

use std::net::{Ipv4Addr, Ipv6Addr};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host<S> {
    Domain(S),
    Ipv4(Ipv4Addr),
    Ipv6(Ipv6Addr),
}

impl<'a> Host<&'a str> {
    /// Of a host in its normal form. Only special schemes know numbers for IPv4 addresses.
    pub(crate) fn of(host: &'a str, is_special: bool) -> Self {
        let inside = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        if let Some(Ok(address)) = inside.map(str::parse) {
            return Self::Ipv6(address);
        }
        match host.parse() {
            Ok(address) if is_special => Self::Ipv4(address),
            _ => Self::Domain(host),
        }
    }
}

//! UUIDs derived from labels (RFC 9562, version 8: the bits are ours).

use sha2::{Digest, Sha256};

/// The same label, the same id, in every run.
pub(crate) fn uuid(label: &str) -> String {
    let hash = Sha256::digest(label);
    let hex: String = hash[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    format!(
        "{}-{}-8{}-a{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[13..16],
        &hex[17..20],
        &hex[20..]
    )
}

pub(crate) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.char_indices().all(|(at, letter)| match at {
            8 | 13 | 18 | 23 => letter == '-',
            _ => letter.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_derived_id_is_a_uuid_and_stays_the_same() {
        assert!(is_uuid(&uuid("a label")));
        assert_eq!(uuid("a label"), uuid("a label"));
        assert!(!is_uuid("notauuid"));
    }
}

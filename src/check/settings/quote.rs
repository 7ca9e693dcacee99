//! A value as a language writes it, so that no value ends its own quotes.
//!
//! What is not ASCII is escaped wherever the language can: what a person reads is then what a compiler reads, whatever
//! direction a letter runs in. A shell cannot, and has control characters left out instead.

use std::fmt::Write as _;

use super::Facts;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    JavaScript,
    Kotlin,
    Rust,
    Shell,
}

impl Language {
    /// A fact by the name that it has in a template.
    pub fn value(self, facts: &Facts, name: &str) -> String {
        let text = match name {
            "issuer" => &facts.issuer,
            "metadata" => &facts.metadata,
            "client_id" => &facts.client_id,
            "redirect_uri" => &facts.redirect_uri,
            "token_endpoint" => &facts.token_endpoint,
            "userinfo_endpoint" => facts.userinfo_endpoint.as_deref().unwrap_or_default(),
            "authorization_start" => &facts.authorization_start(),
            "scope" => &facts.scopes.join(" "),
            "scopes" => {
                let list: Vec<String> = facts.scopes.iter().map(|scope| self.quoted(scope)).collect();
                return list.join(", ");
            }
            _ => "",
        };
        self.quoted(text)
    }

    pub fn quoted(self, text: &str) -> String {
        match self {
            Self::JavaScript => escaped(text, '\'', &['\'']),
            // A dollar sign begins a template there.
            Self::Kotlin => escaped(text, '"', &['"', '$']),
            Self::Rust => rust(text),
            Self::Shell => shell(text),
        }
    }
}

/// ECMAScript §12.9.4 and Kotlin's grammar agree on `\uXXXX` with units of UTF-16.
fn escaped(text: &str, quote: char, special: &[char]) -> String {
    let mut written = String::from(quote);
    for letter in text.chars() {
        match letter {
            '\\' => written.push_str("\\\\"),
            letter if special.contains(&letter) => {
                written.push('\\');
                written.push(letter);
            }
            ' '..='~' => written.push(letter),
            letter => {
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    let _ = write!(written, "\\u{unit:04x}");
                }
            }
        }
    }
    written.push(quote);
    written
}

fn rust(text: &str) -> String {
    let mut written = String::from('"');
    for letter in text.chars() {
        match letter {
            '\\' | '"' => {
                written.push('\\');
                written.push(letter);
            }
            ' '..='~' => written.push(letter),
            letter => {
                let _ = write!(written, "\\u{{{:x}}}", u32::from(letter));
            }
        }
    }
    written.push('"');
    written
}

/// POSIX §2.2.2: between single quotes nothing but a single quote means anything.
fn shell(text: &str) -> String {
    let kept: String = text.chars().filter(|letter| !letter.is_control()).collect();
    format!("'{}'", kept.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn quotes_backslashes_and_what_begins_a_template_are_letters() {
        for (language, expected) in [
            (
                Language::JavaScript,
                r#"'a\'b"c\\d${e}`\u000a\u2028\ud83d\ude00'"#,
            ),
            (Language::Kotlin, r#""a'b\"c\\d\${e}`\u000a\u2028\ud83d\ude00""#),
            (Language::Rust, r#""a'b\"c\\d${e}`\u{a}\u{2028}\u{1f600}""#),
            (Language::Shell, "'a'\\''b\"c\\d${e}`\u{2028}😀'"),
        ] {
            assert_eq!(
                language.quoted("a'b\"c\\d${e}`\n\u{2028}😀"),
                expected,
                "{language:?}"
            );
        }
    }

    /// What a language makes of a literal, read by the rule it is written by.
    fn read(literal: &str, quote: char) -> Option<String> {
        let inside = literal.strip_prefix(quote)?.strip_suffix(quote)?;
        let mut units: Vec<u16> = Vec::new();
        let mut letters = inside.chars();
        while let Some(letter) = letters.next() {
            if letter == quote || !(' '..='~').contains(&letter) {
                return None;
            }
            if letter != '\\' {
                units.extend(letter.encode_utf16(&mut [0; 2]).iter());
                continue;
            }
            match letters.next()? {
                'u' => {
                    let code: String = letters.by_ref().take(4).collect();
                    units.push(u16::from_str_radix(&code, 16).ok()?);
                }
                letter => units.extend(letter.encode_utf16(&mut [0; 2]).iter()),
            }
        }
        String::from_utf16(&units).ok()
    }

    /// One word of a shell: text between single quotes, and letters behind a backslash.
    fn word(quoted: &str) -> Option<String> {
        let mut text = String::new();
        let mut letters = quoted.chars();
        while let Some(letter) = letters.next() {
            match letter {
                '\'' => loop {
                    match letters.next()? {
                        '\'' => break,
                        letter => text.push(letter),
                    }
                },
                '\\' => text.push(letters.next()?),
                _ => return None,
            }
        }
        Some(text)
    }

    proptest! {
        #[test]
        fn whatever_is_quoted_is_read_as_what_it_was(text in any::<String>()) {
            let javascript = Language::JavaScript.quoted(&text);
            prop_assert_eq!(read(&javascript, '\''), Some(text.clone()));
            let kotlin = Language::Kotlin.quoted(&text);
            prop_assert_eq!(read(&kotlin, '"'), Some(text));
        }

        #[test]
        fn a_shell_reads_one_word_which_is_what_was_quoted(text in "[\\PC'\\\\$`\" ]{0,30}") {
            prop_assert_eq!(word(&Language::Shell.quoted(&text)), Some(text));
        }
    }
}

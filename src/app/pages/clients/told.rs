//! What the provider registered otherwise than asked, each in a sentence.

use crate::app::el::{El, el};
use crate::oidc::registration::Oddity;
use crate::oidc::registration::difference::{Difference, Kind};

/// The member, what was asked, what came, and what that means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    member: &'static str,
    asked: String,
    came: String,
    means: &'static str,
    /// Nothing to worry about.
    harmless: bool,
}

pub const AS_ASKED: &str = "Registered exactly as asked.";
pub const AS_IT_WAS: &str = "Still registered as it was.";

pub fn lines(found: &[Difference], oddities: &[Oddity]) -> Vec<Line> {
    let differing = found.iter().map(|it| Line {
        member: it.member,
        asked: it.asked.clone(),
        came: it.came.clone().unwrap_or_default(),
        means: meaning(it.kind),
        harmless: matches!(it.kind, Kind::Name | Kind::NotSaid),
    });
    differing.chain(oddities.iter().map(odd)).collect()
}

const fn meaning(kind: Kind) -> &'static str {
    match kind {
        Kind::SlashAdded => {
            "A bare host gains a slash. Addresses are compared character by character, so a sign-in must send it with the slash."
        }
        Kind::RedirectUriMissing => {
            "The address that was asked for is not registered: a sign-in with it will be refused."
        }
        Kind::RedirectUriAdded => {
            "Nobody asked for this address. Codes can be sent there: delete the client if it is not yours."
        }
        Kind::AuthMethod => {
            "The client is to prove itself with a secret, and a page can keep none: it cannot be used here."
        }
        Kind::GrantMissing => {
            "Not registered. Without authorization_code there is no sign-in; without refresh_token the session ends with its access token."
        }
        Kind::GrantAdded => "Nobody asked for this grant.",
        Kind::ScopeMissing => "Not registered. Polar drops such a scope from a sign-in without a word.",
        Kind::ScopeAdded => "Nobody asked for it. A sign-in still gets only what it names.",
        Kind::Name => "People see this name when they consent.",
        Kind::ResponseType => "The code flow needs code.",
        Kind::NotSaid => "The answer leaves it out. RFC 7591 3.2.1 wants everything that was registered.",
    }
}

fn odd(oddity: &Oddity) -> Line {
    let line = |member, came: &str, means, harmless| Line {
        member,
        asked: String::new(),
        came: came.to_owned(),
        means,
        harmless,
    };
    match oddity {
        Oddity::Status { actual } => line(
            "status",
            &actual.to_string(),
            "A registration answers 201. It was read all the same.",
            true,
        ),
        Oddity::SecretSent => line(
            "client_secret",
            "a secret",
            "A client without a secret was given one. It was not kept, and nothing here shows it.",
            false,
        ),
        Oddity::NoManagement => line(
            "registration_access_token",
            "",
            "Nothing came to manage the client with, so it can never be changed or deleted from here.",
            false,
        ),
        Oddity::ForeignManagement { origin } => line(
            "registration_client_uri",
            origin,
            "On another origin than the registration endpoint. The token is not sent there.",
            false,
        ),
        Oddity::UnreadableManagement => line(
            "registration_client_uri",
            "",
            "It is no address, so the client can never be changed or deleted from here.",
            false,
        ),
    }
}

pub fn card(good: &str, lines: Vec<Line>) -> El {
    let section = el("div").class("told").attr("role", "status");
    if lines.is_empty() {
        return section.child(
            el("p")
                .child(el("span").class("ok").attr("aria-hidden", "true").child("✓ "))
                .child(good),
        );
    }
    let items: Vec<El> = lines.into_iter().map(item).collect();
    section
        .child(el("h3").child("Came back differently"))
        .child(el("ul").child(items))
}

fn item(line: Line) -> El {
    let (class, mark) = match line.harmless {
        true => ("dim", "·"),
        false => ("no", "!"),
    };
    let pair = |name: &str, value: String| {
        (!value.is_empty()).then(|| {
            el("span")
                .class("pair")
                .child(el("small").child(name))
                .child(el("code").child(el("bdi").child(value)))
        })
    };
    el("li")
        .child(el("span").class(class).attr("aria-hidden", "true").child(mark))
        .child(
            el("div")
                .child(el("b").class("mono").child(line.member))
                .child(pair("asked ", line.asked))
                .child(pair("came ", line.came))
                .child(el("p").child(line.means)),
        )
}

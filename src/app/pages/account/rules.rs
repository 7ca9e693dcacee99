//! Each rule the ID token was judged by, in words, with its verdict and where it is written.

use leptos::prelude::*;

use crate::app::components::loading::{Load, Loader};
use crate::app::components::rule_row::rule_row;
use crate::app::el::{El, all, dynamic, el, text_from};
use crate::app::session::Session;
use crate::app::signals::Memo;
use crate::oidc::id_token::{IdToken, Rule, Verdict};
use crate::oidc::userinfo::UserInfo;
use crate::time;

pub fn rules_card(session: Session, user: Loader<UserInfo>) -> AnyView {
    let id_token = Memo::new(move || session.get().and_then(|it| it.id_token().cloned()));
    dynamic(move || all(id_token.get().map(|token| card(session, user, &token))))
}

fn card(session: Session, user: Loader<UserInfo>, token: &IdToken) -> El {
    let verified_at = token.verified_at();
    let since = move || {
        let seconds = session.now().seconds_since(verified_at).max(0);
        format!("checked {} ago", time::duration(seconds))
    };
    let header = el("header")
        .child(el("h2").id("rules-title").child("ID token"))
        .child(el("span").class("chip good").child("verified"))
        .child(el("span").class("grow"))
        .child(el("small").child(text_from(since)));
    let rows: Vec<El> = token
        .verdicts()
        .iter()
        .map(|(rule, verdict)| {
            let (class, mark, said) = match verdict {
                Verdict::Holds => ("ok", "✓", "holds: "),
                Verdict::NotSent => ("dim", "–", "not sent: "),
            };
            rule_row(class, mark, said, words(*rule, *verdict, token), rule.section())
        })
        .collect();
    let list = el("ul").class("pad rules").child(rows).child(subject_row(user));
    el("section")
        .class("card")
        .attr("aria-labelledby", "rules-title")
        .child(header)
        .child(list)
}

/// The rule that needs UserInfo: it is judged whenever UserInfo is read.
fn subject_row(user: Loader<UserInfo>) -> AnyView {
    dynamic(move || {
        let (class, mark, said, words) = user.with(|state| match state {
            Load::Loading => ("dim", "…", "", "Same subject as UserInfo: being read"),
            Load::Ready(_) => ("ok", "✓", "holds: ", "Same subject as UserInfo"),
            Load::Failed(failure) if failure.code() == "userinfo.subject_mismatch" => {
                ("no", "✕", "does not hold: ", "UserInfo is about another subject")
            }
            Load::Failed(_) => ("dim", "–", "", "Same subject as UserInfo: could not be read"),
        });
        rule_row(class, mark, said, words.to_owned(), "Core 5.3.2").view()
    })
}

fn words(rule: Rule, verdict: Verdict, token: &IdToken) -> String {
    let lifetime = || {
        let (iat, exp) = (token.seconds("iat")?, token.seconds("exp")?);
        Some(time::duration(exp - iat))
    };
    match (rule, verdict) {
        (Rule::Algorithm, _) => format!(
            "Signed with {}, which the provider announces",
            token.algorithm().name()
        ),
        (Rule::Signature, _) => "Signed by a key that the issuer publishes".to_owned(),
        (Rule::Issuer, _) => format!(
            "Issued by {}, as this environment expects",
            token.text("iss").unwrap_or_default()
        ),
        (Rule::Audience, _) => "Meant for this client and no other".to_owned(),
        (Rule::AuthorizedParty, Verdict::NotSent) => "No azp: not needed with one audience".to_owned(),
        (Rule::AuthorizedParty, _) => "azp names this client".to_owned(),
        (Rule::Nonce, Verdict::NotSent) => "No nonce: not needed after a refresh".to_owned(),
        (Rule::Nonce, _) => "Carries the nonce that this tab drew".to_owned(),
        (Rule::IssuedAt, _) => clock_words(token),
        (Rule::Expiry, _) => match lifetime() {
            Some(lifetime) => format!("Not expired when it arrived: made for {lifetime}"),
            None => "Not expired when it arrived".to_owned(),
        },
        (Rule::NotBefore, Verdict::NotSent) => "No nbf: valid from the start".to_owned(),
        (Rule::NotBefore, _) => "Already valid (nbf)".to_owned(),
        (Rule::Subject, _) => "Says about whom it is".to_owned(),
        (Rule::AccessTokenHash, Verdict::NotSent) => "No at_hash: optional in the code flow".to_owned(),
        (Rule::AccessTokenHash, _) => "Belongs to this access token (at_hash)".to_owned(),
    }
}

fn clock_words(token: &IdToken) -> String {
    match token.clock_ahead() {
        Some(seconds @ -2..=5) => format!(
            "Issued {} before it arrived; this clock fits the provider's",
            time::duration(seconds)
        ),
        Some(seconds) if seconds < 0 => {
            format!(
                "This clock is about {} behind the provider's",
                time::duration(seconds)
            )
        }
        Some(seconds) => format!(
            "This clock is up to {} ahead of the provider's",
            time::duration(seconds)
        ),
        None => "Just issued".to_owned(),
    }
}

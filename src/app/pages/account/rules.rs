//! Each rule the ID token was judged by, in words, with its verdict and where it is written.

use leptos::prelude::*;

use crate::app::components::loading::{Load, Loader};
use crate::app::session::Session;
use crate::oidc::id_token::{IdToken, Rule, Verdict};
use crate::oidc::userinfo::UserInfo;
use crate::time;

#[component]
pub fn RulesCard(session: Session, user: Loader<UserInfo>) -> impl IntoView {
    let id_token = Memo::new(move |_| session.get().and_then(|it| it.id_token().cloned()));
    move || {
        id_token.get().map(|token| {
            let verdicts = token
                .verdicts()
                .iter()
                .map(|(rule, verdict)| row(*verdict, words(*rule, *verdict, &token), rule.section()))
                .collect_view();
            view! {
                <section class="card" aria-labelledby="rules-title">
                    <header>
                        <h2 id="rules-title">"ID token"</h2>
                        <span class="chip good">"verified"</span>
                        <span class="grow"></span>
                        <small>{move || since(session, &token)}</small>
                    </header>
                    <ul class="pad rules">
                        {verdicts}
                        {move || subject_row(user)}
                    </ul>
                </section>
            }
        })
    }
}

fn since(session: Session, token: &IdToken) -> String {
    let seconds = session.now().seconds_since(token.verified_at()).max(0);
    format!("checked {} ago", time::duration(seconds))
}

fn row(verdict: Verdict, words: String, section: &'static str) -> impl IntoView {
    let (class, mark, said) = match verdict {
        Verdict::Holds => ("ok", "✓", "holds"),
        Verdict::NotSent => ("dim", "–", "not sent"),
    };
    view! {
        <li>
            <span class=class aria-hidden="true">{mark}</span>
            <span><span class="sr-only">{said}": "</span>{words}</span>
            <small>{section}</small>
        </li>
    }
}

/// The rule that needs UserInfo: it is judged whenever UserInfo is read.
fn subject_row(user: Loader<UserInfo>) -> impl IntoView {
    let (class, mark, words) = user.with(|state| match state {
        Load::Loading => ("dim", "…", "Same subject as UserInfo: being read"),
        Load::Ready(_) => ("ok", "✓", "Same subject as UserInfo"),
        Load::Failed(failure) if failure.code() == "userinfo.subject_mismatch" => {
            ("no", "✕", "UserInfo is about another subject")
        }
        Load::Failed(_) => ("dim", "–", "Same subject as UserInfo: could not be read"),
    });
    view! {
        <li><span class=class aria-hidden="true">{mark}</span><span>{words}</span><small>"Core 5.3.2"</small></li>
    }
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

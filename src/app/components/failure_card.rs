//! A failure: what happened, what was not done, what to do next, its stable code, and the server's words as such.

use leptos::prelude::*;

use crate::failure::Failure;

/// Characters of a server's text that are shown at once; the rest opens on demand.
const SHOWN: usize = 300;

#[component]
pub fn FailureCard(failure: Failure, #[prop(optional)] children: Option<Children>) -> impl IntoView {
    let Failure { words, fact, said } = failure;
    view! {
        <section class="alert" role="alert" data-code=words.code>
            <span class="no" aria-hidden="true">"✕"</span>
            <div>
                <h2>{words.title}</h2>
                <p>{words.cause}</p>
                <p class="remedy">{words.remedy}</p>
                <p class="fact"><bdi>{fact}</bdi></p>
                {said.map(|text| view! { <Said text /> })}
                <div class="row">
                    {children.map(|children| children())}
                    <code class="chip mono">{words.code}</code>
                </div>
            </div>
        </section>
    }
}

/// Text from outside: framed, isolated from the direction of our own, cut, and never a link.
#[component]
fn Said(text: String) -> impl IntoView {
    let visible = with_visible_controls(&text);
    let long = visible.chars().count() > SHOWN;
    let start: String = visible.chars().take(SHOWN).collect();
    view! {
        <figure class="said">
            <figcaption>"The address or the server said:"</figcaption>
            {if long {
                view! { <details><summary><bdi>{start}</bdi>"… show all"</summary><bdi>{visible}</bdi></details> }.into_any()
            } else {
                view! { <blockquote><bdi>{start}</bdi></blockquote> }.into_any()
            }}
        </figure>
    }
}

/// Characters that reorder or hide text become visible, so that a message cannot disguise itself.
fn with_visible_controls(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => {
                '\u{fffd}'
            }
            c if c.is_control() && c != '\n' => '\u{fffd}',
            c => c,
        })
        .collect()
}

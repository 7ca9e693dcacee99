//! Why a request failed: each probe as it is sent, what came of it, and what that proves.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::copy_button::copy_button;
use crate::app::el::{El, all, dynamic, el, text_from};
use crate::app::signals::RwSignal;
use crate::app::visit::Visit;
use crate::browser::{clock, location, page, probe};
use crate::cause::{self, Answer, Came, Certainty, Evidence, Failed, Finding, Probe, Seen};
use crate::http::{Request, Response, TransportError};
use crate::record::step::{Kind, Step};

/// How far the search is.
#[derive(Default)]
struct Search {
    evidence: Vec<Evidence>,
    /// What is sent just now, in words.
    under_way: Option<(&'static str, String)>,
    finding: Option<Finding>,
}

#[derive(Clone)]
struct Finder {
    failed: Arc<Failed>,
    visit: Option<Visit>,
    search: RwSignal<Search>,
}

impl Finder {
    fn start(&self) {
        let finder = self.clone();
        spawn_local(async move { finder.run().await.unwrap_or_default() });
    }

    /// `None` once the card is gone: then nothing more is sent.
    async fn run(&self) -> Option<()> {
        let failed = &self.failed;
        let mut seen = Seen::first(failed, &location::base_uri()?, page::is_online())?;
        self.show(failed, &seen, None)?;
        while let Some(probe) = cause::next(failed, &seen) {
            let request = probe.request(failed, &seen)?;
            self.show(failed, &seen, Some((probe.title(), probe.sent(&request))))?;
            let mut answer = self.send(probe, &request).await;
            if answer.came == Came::Nothing && answer.violation.is_none() {
                // The line may have been broken for a moment.
                answer = self.send(probe, &request).await;
                answer.times = 2;
            }
            seen.online = page::is_online();
            seen.answers.push((probe, answer));
        }
        let finding = cause::find(failed, &seen);
        self.show(failed, &seen, None)?;
        self.search.try_update(|search| search.finding = Some(finding))
    }

    fn show(&self, failed: &Failed, seen: &Seen, under_way: Option<(&'static str, String)>) -> Option<()> {
        let evidence = cause::evidence(failed, seen);
        self.search.try_update(|search| {
            *search = Search {
                evidence,
                under_way,
                finding: None,
            }
        })
    }

    async fn send(&self, probe: Probe, request: &Request) -> Answer {
        let at = clock::now();
        let answer = probe::send(request, probe.is_readable()).await;
        let session = match self.visit {
            Some(visit) => visit.wake().await.ok().map(|awake| awake.session),
            None => None,
        };
        if let Some(session) = session {
            session.put_on_record(|redactor| {
                let mut step = Step::captured(
                    Kind::Cause,
                    request,
                    &outcome(request, &answer),
                    at,
                    answer.millis,
                    redactor,
                );
                if let Some(exchange) = &mut step.exchange {
                    exchange.response_body = None;
                }
                let facts = [("sent", probe.sent(request)), ("came", answer.words())];
                step.facts = facts.map(|(name, value)| (name.to_owned(), value)).into();
                step
            });
        }
        answer
    }
}

/// As the record knows answers. What is hidden has the status that the browser gives it, 0.
fn outcome(request: &Request, answer: &Answer) -> Result<Response, TransportError> {
    let host = request.url.host_str().unwrap_or_default().to_owned();
    let status = match answer.came {
        Came::Readable { status } => status,
        Came::Hidden | Came::Redirect => 0,
        Came::Silence => {
            return Err(TransportError::TimedOut {
                host,
                seconds: cause::probe::TIME_LIMIT,
            });
        }
        Came::Nothing if answer.violation.is_some() => {
            return Err(TransportError::BlockedByPolicy {
                origin: request.url.origin().ascii_serialization(),
            });
        }
        Came::Nothing => return Err(TransportError::Unreachable { host }),
    };
    Ok(Response {
        status,
        headers: Vec::new(),
        body: Vec::new(),
    })
}

pub fn cause_panel(failed: Arc<Failed>) -> AnyView {
    let finder = Finder {
        failed,
        visit: use_context(),
        search: RwSignal::new(Search::default()),
    };
    finder.start();
    let search = finder.search;
    let is_over = move || search.with(|search| search.finding.is_some());
    let said = move || {
        search.with(|search| match (&search.finding, &search.under_way) {
            (Some(finding), _) => format!("Found, {}: {}.", finding.certainty.name(), finding.words().title),
            (None, Some((title, _))) => format!("{title} is under way…"),
            (None, None) => String::new(),
        })
    };
    let rows = dynamic(move || {
        search.with(|search| {
            let rows: Vec<El> = search
                .evidence
                .iter()
                .map(row)
                .chain(search.under_way.as_ref().map(pending))
                .collect();
            el("ul").class("rules").child(rows).view()
        })
    });
    let found = dynamic(move || search.with(|search| all(search.finding.as_ref().map(found))));
    let finder = StoredValue::new_local(finder);
    let again = el("button")
        .attr("type", "button")
        .attr_from("aria-disabled", move || Some((!is_over()).to_string()))
        .on("click", move |_| {
            if untrack(is_over) {
                finder.with_value(Finder::start);
            }
        })
        .child("Look again");
    let words = "What a browser hides is found by what differs. Each request is a GET without token, query, body, cookies and \
                 referrer, and goes on record in Flow.";
    let header = el("header").child(el("h3").child("Why nothing came")).child(
        el("span")
            .attr("role", "status")
            .class("dim")
            .child(text_from(said)),
    );
    let inside = el("div")
        .class("pad stack")
        .child(found)
        .child(el("p").class("dim").child(words))
        .child(rows)
        .child(el("div").class("row").child(again));
    el("section")
        .class("card finding cause")
        .attr("aria-label", "Why nothing came")
        .attr_from("data-cause", move || {
            search.with(|search| search.finding.as_ref().map(|it| it.words().code.to_owned()))
        })
        .attr_from("data-certainty", move || {
            search.with(|search| search.finding.as_ref().map(|it| it.certainty.name().to_owned()))
        })
        .child(header)
        .child(inside)
        .view()
}

fn row(evidence: &Evidence) -> El {
    let (class, mark) = match (evidence.is_answer, evidence.sent.is_empty()) {
        (true, _) => ("ok", "✓"),
        (false, true) => ("dim", "•"),
        (false, false) => ("no", "✕"),
    };
    line(class, mark, &evidence.what, &evidence.sent)
}

/// Said before it is sent.
fn pending((title, sent): &(&'static str, String)) -> El {
    line("dim", "…", &format!("{title}: under way."), sent)
}

fn line(class: &str, mark: &str, what: &str, sent: &str) -> El {
    let sent = (!sent.is_empty()).then(|| el("p").class("dim mono").child(el("bdi").child(sent)));
    el("li")
        .child(el("span").class(class).attr("aria-hidden", "true").child(mark))
        .child(el("div").child(el("bdi").child(what)).child(sent))
}

fn found(finding: &Finding) -> El {
    let words = finding.words();
    let (class, said) = match finding.certainty {
        Certainty::Proven => ("chip good", "Proven"),
        Certainty::Likely => ("chip warn", "Likely"),
    };
    let inferred =
        (!finding.inferred.is_empty()).then(|| el("p").child(format!("Likely: {}", finding.inferred)));
    let change = finding.change.as_ref().map(|(before, after)| {
        let copy = copy_button(after.clone(), "the line");
        el("dl")
            .class("kv")
            .child(el("dt").child("The line as it is"))
            .child(el("dd").class("mono").child(el("bdi").child(before.as_str())))
            .child(el("dt").child("As it must be"))
            .child(
                el("dd")
                    .class("mono")
                    .child(el("bdi").child(after.as_str()))
                    .child(el("div").child(copy)),
            )
    });
    el("div")
        .class("says")
        .child(
            el("div")
                .class("ticks")
                .child(el("b").child(words.title))
                .child(el("span").class(class).child(said))
                .child(el("code").class("chip mono").child(words.code)),
        )
        .child(el("p").child(finding.reason()))
        .child(inferred)
        .child(el("p").class("remedy").child(words.remedy))
        .child(change)
}

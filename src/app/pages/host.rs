//! Whether the host of this page does what it must: the page asks for its own files, compares, and names what to change.

use leptos::prelude::*;

use super::heading;
use crate::app::components::loading::Loader;
use crate::app::el::{El, all, el};
use crate::app::navigation::Navigation;
use crate::app::session::Session;
use crate::app::signals::StoredValue;
use crate::browser::{fetch, page};
use crate::host::{self, Answer, Finding, Question, Verdict};
use crate::route::{Base, Route};

pub fn host_page(session: Session) -> AnyView {
    let base = expect_context::<Navigation>().base();
    let redirect_uri = base.redirect_uri().to_string();
    let origins = session.origins();
    let loader = Loader::default();
    let base = StoredValue::new(base);
    let origins = StoredValue::new(origins);
    let check = move || {
        let (base, origins) = (base.get_value(), origins.get_value());
        loader.start(async move { Ok(findings(&base, &origins).await) });
    };
    check();
    let words = "The page asks for its own files as a browser does, and compares what comes with what this build needs. \
                 It asks nobody but its own host.";
    let again = el("button")
        .attr("type", "button")
        .on("click", move |_| check())
        .child("Check again");
    let head = el("div")
        .class("head")
        .child(el("div").child(heading("This host")).child(el("p").child(words)))
        .child(again);
    let list = loader.view("what this host answers", check, |findings: &Vec<Finding>| {
        card(findings).view()
    });
    let address = el("dl")
        .class("kv pad")
        .child(el("dt").child("Redirect URI"))
        .child(el("dd").class("mono").child(redirect_uri));
    all([
        head.view(),
        list,
        el("section").class("card").child(address).view(),
    ])
}

async fn findings(base: &Base, origins: &[String]) -> Vec<Finding> {
    // Before the record grows by what is asked here.
    let fetched = page::fetched();
    let files = page::files()
        .into_iter()
        .map(|file| file.trim_start_matches("./").to_owned());
    let mut answers = answers_to(base, host::questions(Route::FOLDERS, files.collect())).await;
    let more = host::listed_by_worker(&answers);
    answers.extend(answers_to(base, more).await);
    let mut findings = vec![
        secure(base),
        host::third_parties(&fetched, host::RECORD_AT_MOST, base.url(), origins),
    ];
    findings.extend(host::judge(&answers, base.url(), origins));
    findings
}

async fn answers_to(base: &Base, questions: Vec<Question>) -> Vec<Answer> {
    let mut answers = Vec::new();
    for question in questions {
        if let Some(request) = host::request(base.url(), &question.1) {
            answers.push((question, fetch::send(request).await));
        }
    }
    answers
}

/// A secure context is what the browser calls it; over plain http on another machine there is none.
fn secure(base: &Base) -> Finding {
    let good = page::is_secure();
    Finding {
        what: "The browser takes this address for a secure one".to_owned(),
        verdict: if good { Verdict::Good } else { Verdict::Weak },
        came: base.url().origin().ascii_serialization(),
        fix: match good {
            true => String::new(),
            false => "Serve it over https: on plain http anybody in between can change the page and read its tokens.".to_owned(),
        },
    }
}

fn card(findings: &[Finding]) -> El {
    let count = |verdict| findings.iter().filter(|it| it.verdict == verdict).count();
    let (class, said) = match (count(Verdict::Wrong), count(Verdict::Weak)) {
        (0, 0) => ("chip good", "as it should be".to_owned()),
        (0, weak) => ("chip warn", format!("{weak} weaker than it could be")),
        (wrong, _) => ("chip bad", format!("{wrong} wrong")),
    };
    let header = el("header")
        .child(el("h2").id("host-title").child("What it does"))
        .child(el("span").class(class).child(said))
        .child(el("span").class("grow"))
        .child(el("small").child(format!("{} checks", findings.len())));
    let rows: Vec<El> = findings.iter().map(row).collect();
    el("section")
        .class("card")
        .attr("aria-labelledby", "host-title")
        .child(header)
        .child(el("ul").class("pad rules").child(rows))
}

fn row(finding: &Finding) -> El {
    let (class, mark, said) = match finding.verdict {
        Verdict::Good => ("ok", "✓", "good"),
        Verdict::Weak => ("warn-mark", "!", "weaker"),
        Verdict::Wrong => ("no", "✕", "wrong"),
    };
    let fix = (!finding.fix.is_empty()).then(|| {
        el("p")
            .class("remedy")
            .child(el("bdi").child(finding.fix.as_str()))
    });
    let words = el("div")
        .child(el("b").child(finding.what.as_str()))
        .child(el("p").class("dim").child(el("bdi").child(finding.came.as_str())))
        .child(fix);
    el("li")
        .attr("data-verdict", said)
        .child(el("span").class(class).attr("aria-hidden", "true").child(mark))
        .child(words)
        .child(el("small").child(said))
}

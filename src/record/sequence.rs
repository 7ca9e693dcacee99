//! A sign-in as messages between this tab, the provider's pages and the provider's API: who says what to whom, in order.
//!
//! What leaves the tab as a navigation goes to the pages, what it fetches goes to the API, whatever their hosts are; the hosts
//! are those of the recorded addresses, so another provider's lanes say what they are. It leaves out how a row is drawn.

use url::Url;

use super::line::{Line, Sent};
use super::redact::{CLOSE, OPEN};
use super::step::Kind;
use super::timeline::Attempt;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    Tab,
    Pages,
    Api,
}

impl Lane {
    pub const ALL: [Self; 3] = [Self::Tab, Self::Pages, Self::Api];

    /// In a sentence, where `polar` says whose they are.
    pub const fn name(self, polar: bool) -> &'static str {
        match (self, polar) {
            (Self::Tab, _) => "this tab",
            (Self::Pages, true) => "Polar's pages",
            (Self::Pages, false) => "the provider's pages",
            (Self::Api, true) => "Polar's API",
            (Self::Api, false) => "the provider's API",
        }
    }
}

/// One arrow, or a note where `from` and `to` are the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub from: Lane,
    pub to: Lane,
    pub text: String,
    pub good: bool,
}

/// The rows of one step, under its title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scene {
    pub title: &'static str,
    pub rows: Vec<Row>,
}

/// The hosts behind a lane, in order of appearance.
pub fn hosts(attempt: &Attempt<Line>, lane: Lane) -> Vec<String> {
    let mut hosts: Vec<String> = Vec::new();
    for step in &attempt.steps {
        let here = match step.kind {
            Kind::Leave => Lane::Pages,
            _ if step.sent.is_some() => Lane::Api,
            _ => continue,
        };
        if here == lane
            && let Some(host) = host(&step.address)
            && !hosts.contains(&host)
        {
            hosts.push(host);
        }
    }
    hosts
}

/// Whether these are Polar's own hosts, or the one that stands in for it on this machine.
pub fn is_polar(hosts: &[String]) -> bool {
    hosts.iter().all(|host| {
        let name = host.split(':').next().unwrap_or_default();
        name == "polar.sh" || name.ends_with(".polar.sh") || matches!(name, "localhost" | "127.0.0.1")
    })
}

/// `at` is the place of the step; `hosts` those of the API, so that only a host that is not the first one is named.
pub fn scene(attempt: &Attempt<Line>, at: usize, hosts: &[String]) -> Option<Scene> {
    let step = attempt.steps.get(at)?;
    let row = |from, to, text| Row {
        from,
        to,
        text,
        good: step.is_good(),
    };
    let rows = match (&step.sent, step.kind) {
        (Some(sent), _) => {
            let asked = Row {
                good: true,
                ..row(Lane::Tab, Lane::Api, asked(step, sent, hosts))
            };
            vec![asked, row(Lane::Api, Lane::Tab, answered(step, sent))]
        }
        (None, Kind::Leave) => vec![row(Lane::Tab, Lane::Pages, place(&step.address))],
        (None, Kind::Return) => {
            let answer = returned(&step.address, away(attempt, at));
            let refused = answer.starts_with("error");
            let back = row(Lane::Pages, Lane::Tab, answer);
            vec![Row {
                good: back.good && !refused,
                ..back
            }]
        }
        (None, _) => vec![row(Lane::Tab, Lane::Tab, noted(step))],
    };
    Some(Scene {
        title: step.kind.title(),
        rows,
    })
}

/// A scene in one sentence, for whoever does not see the arrows.
pub fn sentence(scene: &Scene, polar: bool) -> String {
    let rows = scene.rows.iter().map(|row| {
        let verdict = if row.good { "" } else { ", failed" };
        match row.from == row.to {
            true => format!("{}{verdict}", row.text),
            false => format!(
                "{} to {}, {}{verdict}",
                row.from.name(polar),
                row.to.name(polar),
                row.text
            ),
        }
    });
    let said: Vec<String> = rows.filter(|said| !said.is_empty()).collect();
    format!("{}: {}", scene.title, said.join("; "))
}

fn host(address: &str) -> Option<String> {
    let url = Url::parse(address.split(OPEN).next()?).ok()?;
    let host = url.host_str()?;
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

/// The path, with a query shortened to a mark: the timeline has it whole.
fn place(address: &str) -> String {
    let after_host = address
        .split_once("://")
        .map_or(address, |(_, rest)| rest.find('/').map_or("/", |at| &rest[at..]));
    match after_host.split_once('?') {
        Some((path, _)) => format!("{path}?…"),
        None => after_host.to_owned(),
    }
}

fn asked(step: &Line, sent: &Sent, hosts: &[String]) -> String {
    let elsewhere = host(&step.address).filter(|host| hosts.first() != Some(host));
    format!(
        "{} {}{}",
        sent.method,
        elsewhere.unwrap_or_default(),
        place(&step.address)
    )
}

fn answered(step: &Line, sent: &Sent) -> String {
    let what = match (sent.status, &step.failure) {
        (Some(status), _) => status.to_string(),
        (None, Some(code)) => format!("no answer: {code}"),
        (None, None) => "no answer".to_owned(),
    };
    format!("{what} · {} ms", step.millis)
}

/// The names of what came back, and the reason where there is no code.
fn returned(address: &str, away: Option<i64>) -> String {
    let query = address.split_once('?').map_or("", |(_, query)| query);
    let reason = query.split('&').find(|pair| pair.starts_with("error="));
    let names: Vec<&str> = query
        .split('&')
        .filter_map(|pair| pair.split('=').next())
        .filter(|name| !name.is_empty())
        .collect();
    let what = match reason {
        // It stands alone: there is little room between two lanes, and this is what counts.
        Some(reason) => return reason.replace([OPEN, CLOSE], ""),
        None if names.is_empty() => "no parameters".to_owned(),
        None => names.join(", "),
    };
    away.map_or_else(
        || what.clone(),
        |millis| format!("{what} · {}.{} s later", millis / 1000, millis % 1000 / 100),
    )
}

/// Milliseconds that the person was away, by the last time the tab left.
fn away(attempt: &Attempt<Line>, at: usize) -> Option<i64> {
    let before = attempt.steps.get(..at)?.iter().rev();
    let left = before.into_iter().find(|step| step.kind == Kind::Leave)?;
    Some((attempt.steps.get(at)?.at.millis() - left.at.millis()).max(0))
}

fn noted(step: &Line) -> String {
    match (&step.failure, step.kind) {
        (Some(code), _) => code.clone(),
        (None, Kind::Verify) if step.facts == 0 => step.address.clone(),
        (None, Kind::Verify) => format!("{}, {} rules hold", step.address, step.facts),
        (None, _) => step.address.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::step::{Exchange, Step};
    use crate::time::Timestamp;

    const API: &str = "https://sandbox-api.polar.sh";

    fn event(kind: Kind, at: i64, address: &str) -> Step {
        Step::event(kind, Timestamp::from_millis(at), address.to_owned(), Vec::new())
    }

    fn exchange(kind: Kind, address: &str, status: Option<u32>) -> Step {
        let mut step = event(kind, 9000, address);
        step.millis = 84;
        step.exchange = Some(Exchange {
            method: "GET".to_owned(),
            request_headers: Vec::new(),
            request_body: None,
            status,
            response_headers: Vec::new(),
            response_body: None,
        });
        step
    }

    fn attempt(steps: Vec<Step>) -> Attempt<Line> {
        Attempt {
            steps: steps.iter().map(|step| Line::of(step, 0, 0)).collect(),
            ..Attempt::default()
        }
    }

    fn rows(step: Step) -> Vec<Row> {
        let attempt = attempt(vec![step]);
        let hosts = hosts(&attempt, Lane::Api);
        scene(&attempt, 0, &hosts).unwrap().rows
    }

    fn row(from: Lane, to: Lane, text: &str, good: bool) -> Row {
        Row {
            from,
            to,
            text: text.to_owned(),
            good,
        }
    }

    #[test]
    fn a_request_is_an_arrow_to_the_api_and_its_answer_one_back() {
        let step = exchange(Kind::Discover, &format!("{API}/v1/x/?page=2"), Some(200));
        assert_eq!(
            rows(step),
            [
                row(Lane::Tab, Lane::Api, "GET /v1/x/?…", true),
                row(Lane::Api, Lane::Tab, "200 · 84 ms", true)
            ]
        );
    }

    #[test]
    fn a_failure_is_marked_on_the_arrow_that_failed() {
        let refused = rows(exchange(Kind::Exchange, &format!("{API}/token"), Some(400)));
        assert_eq!((refused[0].good, refused[1].good), (true, false));
        let lost = exchange(Kind::Keys, &format!("{API}/jwks"), None).failed("network.offline");
        assert_eq!(
            rows(lost)[1],
            row(Lane::Api, Lane::Tab, "no answer: network.offline · 84 ms", false)
        );
        let stopped = event(Kind::Failure, 1, "The sign-in was refused").failed("callback.access_denied");
        assert_eq!(
            rows(stopped),
            [row(Lane::Tab, Lane::Tab, "callback.access_denied", false)]
        );
    }

    #[test]
    fn the_tab_leaves_for_the_pages_and_they_send_it_back_with_what_they_have_to_say() {
        let steps = |query: &str| {
            attempt(vec![
                event(
                    Kind::Leave,
                    100,
                    "https://polar.sh/oauth2/authorize?state=⟨state · 7f3a⟩",
                ),
                event(Kind::Return, 8550, &format!("callback/?{query}")),
            ])
        };
        let came = steps("code=⟨polar_ac · 91d0⟩&state=⟨state · 7f3a⟩");
        let left = scene(&came, 0, &[]).unwrap();
        assert_eq!(
            left.rows,
            [row(Lane::Tab, Lane::Pages, "/oauth2/authorize?…", true)]
        );
        let back = scene(&came, 1, &[]).unwrap();
        assert_eq!(
            back.rows,
            [row(Lane::Pages, Lane::Tab, "code, state · 8.4 s later", true)]
        );
        assert_eq!(
            sentence(&back, true),
            "Return: Polar's pages to this tab, code, state · 8.4 s later"
        );
        let denied = scene(&steps("error=access_denied&state=x"), 1, &[]).unwrap();
        assert_eq!(
            denied.rows,
            [row(Lane::Pages, Lane::Tab, "error=access_denied", false)]
        );
        assert!(sentence(&denied, false).ends_with(", failed"));
        assert_eq!(scene(&came, 2, &[]), None);
    }

    #[test]
    fn an_answer_that_nobody_asked_for_has_no_time_away() {
        assert_eq!(
            rows(event(Kind::Return, 5, "callback/?"))[0].text,
            "no parameters"
        );
    }

    #[test]
    fn lanes_name_the_hosts_that_were_met_and_whose_they_are() {
        let met = attempt(vec![
            exchange(Kind::Discover, &format!("{API}/.well-known/x"), Some(200)),
            event(
                Kind::Leave,
                1,
                "https://sandbox.polar.sh/oauth2/authorize?x=⟨state · 1⟩",
            ),
            exchange(Kind::Keys, "https://keys.example:8443/jwks", Some(200)),
            exchange(Kind::Read, &format!("{API}/v1/x"), Some(200)),
        ]);
        let api = hosts(&met, Lane::Api);
        assert_eq!(api, ["sandbox-api.polar.sh", "keys.example:8443"]);
        let pages = hosts(&met, Lane::Pages);
        assert_eq!(pages, ["sandbox.polar.sh"]);
        assert!(hosts(&met, Lane::Tab).is_empty());
        assert!(is_polar(&pages) && !is_polar(&api));
        assert!(!is_polar(&["notpolar.sh".to_owned()]) && is_polar(&["localhost:8081".to_owned()]));
        // The second host is named where it is asked.
        let keys = scene(&met, 2, &api).unwrap();
        assert_eq!(keys.rows[0].text, "GET keys.example:8443/jwks");
    }

    #[test]
    fn a_verdict_is_a_note_with_the_number_of_rules() {
        let mut verify = event(Kind::Verify, 1, "RS256");
        verify.facts = vec![("iss".to_owned(), "holds".to_owned()); 11];
        assert_eq!(
            rows(verify),
            [row(Lane::Tab, Lane::Tab, "RS256, 11 rules hold", true)]
        );
        assert_eq!(rows(event(Kind::SignOut, 1, ""))[0].text, "");
    }
}

//! What a call consists of: path, parameters, version, and behind a switch, method and body.

use leptos::prelude::*;

use super::Desk;
use crate::app::el::{El, all, dynamic, el, text_from};
use crate::app::signals::RwSignal;
use crate::http::Method;
use crate::polar::call::VERSIONS;
use crate::polar::catalogue as reads;

/// A field for text that no browser completes or corrects.
pub fn text_field(tag: &'static str, text: RwSignal<String>) -> El {
    el(tag)
        .class("mono")
        .attr("autocomplete", "off")
        .attr("autocapitalize", "off")
        .attr("spellcheck", "false")
        .value_from(move || text.get())
        .on("input", move |event| text.set(event_target_value(&event)))
}

fn labelled(id: &str, label: &'static str) -> El {
    el("div")
        .class("field")
        .child(el("label").attr("for", id).child(label))
}

pub fn path(desk: Desk) -> El {
    let input = text_field("input", desk.path)
        .id("path")
        .attr("aria-describedby", "path-hint");
    let opened = move || desk.path.with(|path| opened(path.trim(), &desk.granted()));
    let origin = desk.session.api().map(|api| api.origin().ascii_serialization());
    labelled("path", "Path")
        .child(el("small").child(el("code").child(origin.unwrap_or_default())))
        .child(input)
        .child(el("small").id("path-hint").child(text_from(opened)))
}

/// What is known of a path before it is sent.
fn opened(path: &str, granted: &[String]) -> String {
    let Some(read) = reads::find(path) else {
        return "Not in the list of reads. A slash at the end matters: without it Polar redirects, which is refused here.".to_owned();
    };
    let mut words = match (read.scopes, read.is_open_to(granted)) {
        ([], _) => "Open to any token.".to_owned(),
        (list, true) => format!("Opened by {}, which this token has.", list.join(" or ")),
        (list, false) => format!(
            "Needs {}, which this token lacks: expect a 403.",
            list.join(" or ")
        ),
    };
    if path.contains('{') {
        words += " Fill in what stands in braces.";
    }
    words
}

pub fn parameters(desk: Desk) -> El {
    let rows = dynamic(move || all((0..desk.count.get()).map(|at| row(desk, at)).collect::<Vec<_>>()));
    let add = move |name: &'static str, label: String| {
        el("button")
            .attr("type", "button")
            .class("chip")
            .on("click", move |_| desk.add_parameter(name))
            .child(label)
    };
    let filters = dynamic(move || {
        let read = desk.path.with(|path| reads::find(path.trim()));
        let names = read.into_iter().flat_map(|read| read.filters);
        all(names
            .map(|name| add(name, format!("+ {name}")))
            .collect::<Vec<_>>())
    });
    el("fieldset")
        .class("field")
        .child(el("legend").child("Parameters"))
        .child(rows)
        .child(
            el("div")
                .class("ticks")
                .child(filters)
                .child(add("", "+ another".to_owned())),
        )
}

fn row(desk: Desk, at: usize) -> El {
    let remove = el("button")
        .attr("type", "button")
        .class("quiet")
        .attr("aria-label", &format!("Remove parameter {}", at + 1))
        .on("click", move |_| desk.remove_parameter(at))
        .child("✕");
    el("div")
        .class("parameter")
        .child(half(desk, at, true))
        .child(half(desk, at, false))
        .child(remove)
}

/// The name or the value of a parameter.
fn half(desk: Desk, at: usize, of_name: bool) -> El {
    let read = move || {
        desk.parameters.with(|list| {
            let pair = list.get(at);
            pair.map_or_else(String::new, |(name, value)| {
                if of_name { name } else { value }.clone()
            })
        })
    };
    let what = if of_name { "Name" } else { "Value" };
    el("input")
        .class("mono")
        .attr("autocomplete", "off")
        .attr("autocapitalize", "off")
        .attr("spellcheck", "false")
        .attr("aria-label", &format!("{what} of parameter {}", at + 1))
        .value_from(read)
        .on("input", move |event| {
            let text = event_target_value(&event);
            desk.parameters.update(|list| {
                if let Some((name, value)) = list.get_mut(at) {
                    *(if of_name { name } else { value }) = text;
                }
            });
        })
}

pub fn version(desk: Desk) -> El {
    let option = |value: &'static str, label: &'static str| {
        let selected = move || match value {
            "other" => desk.other_version.get(),
            value => !desk.other_version.get() && desk.version.with(|version| version == value),
        };
        el("option")
            .attr("value", value)
            .flag_from("selected", selected)
            .child(label)
    };
    let select = el("select")
        .id("version")
        .on("change", move |event| {
            let value = event_target_value(&event);
            let other = value == "other";
            desk.other_version.set(other);
            desk.version.set(if other { String::new() } else { value });
        })
        .child(option("", "not sent: Polar takes the current one"))
        .child(VERSIONS.map(|version| option(version, version)))
        .child(option("other", "another one"));
    let other = dynamic(move || match desk.other_version.get() {
        false => all(()),
        true => {
            let input = text_field("input", desk.version)
                .attr("aria-label", "Another version")
                .attr("placeholder", "2027-04");
            let words = "Polar answers a version that it does not know with 404 and without CORS headers: this page then sees no readable answer at all.";
            all((input, el("p").class("note warn").child(words)))
        }
    });
    labelled("version", "Polar-Version").child(select).child(other)
}

pub fn writing(desk: Desk) -> El {
    let switch = el("input")
        .attr("type", "checkbox")
        .flag_from("checked", move || desk.writes.get())
        .on("change", move |event| {
            desk.writes.set(event_target_checked(&event));
            desk.method.set(0);
        });
    let more = dynamic(move || match desk.writes.get() {
        false => all(()),
        true => el("div")
            .class("stack")
            .child(warning(desk))
            .child(method(desk))
            .child(body(desk))
            .view(),
    });
    el("div")
        .class("field")
        .child(
            el("label")
                .class("switch")
                .child(switch)
                .child(el("span").child("Allow requests that change data")),
        )
        .child(more)
}

fn warning(desk: Desk) -> El {
    let environment = desk.environment();
    let name = environment.as_ref().map_or("", |it| it.name.as_str());
    let real = environment.as_ref().is_some_and(|it| it.is_production());
    let words = format!(
        "POST, PUT, PATCH and DELETE change real data of {name}, at once, with your rights, and nothing here undoes it."
    );
    let production = real.then(|| {
        let words = "This is production: real customers and real money. Try it in the sandbox first.";
        el("p").child(el("strong").child(words))
    });
    el("div")
        .class("note warn")
        .child(el("p").child(words))
        .child(production)
}

fn method(desk: Desk) -> El {
    let options: Vec<El> = Method::ALL
        .iter()
        .enumerate()
        .map(|(at, method)| {
            el("option")
                .attr("value", &at.to_string())
                .flag_from("selected", move || desk.method.get() == at)
                .child(method.name())
        })
        .collect();
    let select = el("select")
        .id("method")
        .on("change", move |event| {
            desk.method.set(event_target_value(&event).parse().unwrap_or(0))
        })
        .child(options);
    labelled("method", "Method").child(select)
}

fn body(desk: Desk) -> El {
    let field = text_field("textarea", desk.body)
        .id("body")
        .attr("rows", "5")
        .attr("placeholder", "{}");
    labelled("body", "Body, as JSON")
        .child(field)
        .child(el("small").child("Not sent with GET."))
}

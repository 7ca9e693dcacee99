//! What a call consists of: path, parameters, version, and behind a switch, method and body.

use leptos::prelude::*;

use super::Desk;
use crate::app::el::{El, all, dynamic, el, text_from};
use crate::http::Method;
use crate::polar::call::VERSIONS;
use crate::polar::catalogue as reads;

pub fn path(desk: Desk) -> El {
    let path = Memo::new(move |_| desk.call.with(|call| call.path.clone()));
    let input = el("input")
        .id("path")
        .class("mono")
        .attr("autocomplete", "off")
        .attr("autocapitalize", "off")
        .attr("spellcheck", "false")
        .attr("aria-describedby", "path-hint")
        .value_from(move || path.get())
        .on("input", move |event| {
            let text = event_target_value(&event);
            desk.call.update(|call| call.path = text);
        });
    let opened = move || {
        let Some(read) = path.with(|path| reads::find(path.trim())) else {
            return "Not in the list of reads. A slash at the end matters: without it Polar redirects, which is refused here.".to_owned();
        };
        let mut words = match (read.scopes, read.is_open_to(&desk.granted())) {
            ([], _) => "Open to any token.".to_owned(),
            (list, true) => format!("Opened by {}, which this token has.", list.join(" or ")),
            (list, false) => format!(
                "Needs {}, which this token lacks: expect a 403.",
                list.join(" or ")
            ),
        };
        if path.with(|path| path.contains('{')) {
            words += " Fill in what stands in braces.";
        }
        words
    };
    let origin = desk.session.api().map(|api| api.origin().ascii_serialization());
    el("div")
        .class("field")
        .child(el("label").attr("for", "path").child("Path"))
        .child(el("small").child(el("code").child(origin.unwrap_or_default())))
        .child(input)
        .child(el("small").id("path-hint").child(text_from(opened)))
}

pub fn parameters(desk: Desk) -> El {
    let count = Memo::new(move |_| desk.call.with(|call| call.parameters.len()));
    let rows = dynamic(move || all((0..count.get()).map(|at| row(desk, at)).collect::<Vec<_>>()));
    let add = move |name: &'static str| {
        desk.call
            .update(|call| call.parameters.push((name.to_owned(), String::new())));
    };
    let path = Memo::new(move |_| {
        desk.call
            .with(|call| reads::find(call.path.trim()).map(|read| read.path))
    });
    let filters = dynamic(move || {
        let read = path.get().and_then(reads::find);
        let buttons = read.into_iter().flat_map(|read| read.filters).map(|name| {
            el("button")
                .attr("type", "button")
                .class("chip")
                .on("click", move |_| add(name))
                .child(format!("+ {name}"))
        });
        all(buttons.collect::<Vec<_>>())
    });
    let other = el("button")
        .attr("type", "button")
        .class("chip")
        .on("click", move |_| add(""))
        .child("+ another");
    el("fieldset")
        .class("field")
        .child(el("legend").child("Parameters"))
        .child(rows)
        .child(el("div").class("ticks").child(filters).child(other))
}

fn row(desk: Desk, at: usize) -> El {
    let read = move |of_name: bool| {
        desk.call.with(|call| {
            let pair = call.parameters.get(at);
            pair.map_or_else(String::new, |(name, value)| {
                if of_name { name } else { value }.clone()
            })
        })
    };
    let field = |of_name: bool, what: &str| {
        el("input")
            .class("mono")
            .attr("autocomplete", "off")
            .attr("autocapitalize", "off")
            .attr("spellcheck", "false")
            .attr("aria-label", &format!("{what} of parameter {}", at + 1))
            .value_from(move || read(of_name))
            .on("input", move |event| {
                let text = event_target_value(&event);
                desk.call.update(|call| {
                    if let Some((name, value)) = call.parameters.get_mut(at) {
                        *(if of_name { name } else { value }) = text;
                    }
                });
            })
    };
    let remove = el("button")
        .attr("type", "button")
        .class("quiet")
        .attr("aria-label", &format!("Remove parameter {}", at + 1))
        .on("click", move |_| {
            desk.call.update(|call| {
                if at < call.parameters.len() {
                    call.parameters.remove(at);
                }
            });
        })
        .child("✕");
    el("div")
        .class("parameter")
        .child(field(true, "Name"))
        .child(field(false, "Value"))
        .child(remove)
}

pub fn version(desk: Desk) -> El {
    let chosen = move || desk.call.with(|call| call.version.clone());
    let option = |value: &'static str, label: &'static str| {
        let selected = move || match value {
            "other" => desk.other_version.get(),
            value => !desk.other_version.get() && chosen() == value,
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
            desk.call
                .update(|call| call.version = if other { String::new() } else { value });
        })
        .child(option("", "not sent: Polar takes the current one"))
        .child(VERSIONS.map(|version| option(version, version)))
        .child(option("other", "another one"));
    let other = dynamic(move || match desk.other_version.get() {
        false => all(()),
        true => {
            let input = el("input")
                .class("mono")
                .attr("aria-label", "Another version")
                .attr("placeholder", "2027-04")
                .attr("autocomplete", "off")
                .value_from(chosen)
                .on("input", move |event| {
                    let text = event_target_value(&event);
                    desk.call.update(|call| call.version = text);
                });
            let words = "Polar answers a version that it does not know with 404 and without CORS headers: this page then sees no readable answer at all.";
            all((input, el("p").class("note warn").child(words)))
        }
    });
    el("div")
        .class("field")
        .child(el("label").attr("for", "version").child("Polar-Version"))
        .child(select)
        .child(other)
}

pub fn writing(desk: Desk) -> El {
    let switch = el("input")
        .attr("type", "checkbox")
        .flag_from("checked", move || desk.writes.get())
        .on("change", move |event| {
            let on = event_target_checked(&event);
            desk.writes.set(on);
            if !on {
                desk.call.update(|call| call.method = Method::Get);
            }
        });
    let more = dynamic(move || match desk.writes.get() {
        false => all(()),
        true => all((warning(desk), (method(desk), body(desk)))),
    });
    el("div")
        .class("field")
        .child(
            el("label")
                .class("switch")
                .child(switch)
                .child(el("span").child("Also send requests that change something")),
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
    let options = Method::ALL.map(|method| {
        el("option")
            .attr("value", method.name())
            .flag_from("selected", move || desk.call.with(|call| call.method == method))
            .child(method.name())
    });
    let select = el("select")
        .id("method")
        .on("change", move |event| {
            let name = event_target_value(&event);
            let method = Method::ALL.into_iter().find(|method| method.name() == name);
            desk.call
                .update(|call| call.method = method.unwrap_or(Method::Get));
        })
        .child(options);
    el("div")
        .class("field")
        .child(el("label").attr("for", "method").child("Method"))
        .child(select)
}

fn body(desk: Desk) -> El {
    let field = el("textarea")
        .id("body")
        .class("mono")
        .attr("rows", "5")
        .attr("autocomplete", "off")
        .attr("spellcheck", "false")
        .attr("placeholder", "{}")
        .value_from(move || desk.call.with(|call| call.body.clone()))
        .on("input", move |event| {
            let text = event_target_value(&event);
            desk.call.update(|call| call.body = text);
        });
    el("div")
        .class("field")
        .child(el("label").attr("for", "body").child("Body, as JSON"))
        .child(field)
        .child(el("small").child("Not sent with GET."))
}

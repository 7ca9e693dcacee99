//! The reads that Polar has for a user's token, each with whether the granted scopes open it.

use super::Desk;
use super::fields::text_field;
use crate::app::el::{El, all, dynamic, el};
use crate::app::signals::{Memo, RwSignal};
use crate::polar::catalogue::{READS, Read};

pub fn catalogue_card(desk: Desk) -> El {
    let wanted = RwSignal::new(String::new());
    let granted = Memo::new(move || desk.granted());
    let list = dynamic(move || {
        let wanted = wanted.get().to_ascii_lowercase();
        let wanted = wanted.trim();
        let fits = |read: &&'static Read| {
            read.path.contains(wanted) || read.scopes.iter().any(|scope| scope.contains(wanted))
        };
        let rows: Vec<El> = granted.with(|granted| {
            READS
                .iter()
                .filter(fits)
                .map(|read| row(desk, read, read.is_open_to(granted)))
                .collect()
        });
        match rows.is_empty() {
            true => el("p")
                .class("dim")
                .child("No read matches. Type the path instead.")
                .view(),
            false => all(el("ul").class("reads").attr("aria-label", "Reads").child(rows)),
        }
    });
    let open = granted.with_untracked(|granted| READS.iter().filter(|read| read.is_open_to(granted)).count());
    let search = text_field("input", wanted)
        .id("reads")
        .attr("type", "search")
        .attr("placeholder", "products, orders:read");
    let field = el("div")
        .class("field pad")
        .child(el("label").attr("for", "reads").child("Search by path or scope"))
        .child(search)
        .child(
            el("small")
                .child("What is private is not in Polar's documentation, and may change without notice."),
        );
    el("section")
        .class("card")
        .attr("aria-labelledby", "reads-title")
        .child(
            el("header")
                .child(el("h2").id("reads-title").child("Reads"))
                .child(el("span").class("grow"))
                .child(el("small").child(format!("{open} of {} open to this token", READS.len()))),
        )
        .child(field)
        .child(list)
}

fn row(desk: Desk, read: &'static Read, open: bool) -> El {
    let mut scopes = match read.scopes {
        [] => "any token".to_owned(),
        list => list.join(" or "),
    };
    if read.private {
        scopes += " · private";
    }
    let (class, mark, said) = match open {
        true => ("ok", "✓", "granted: "),
        false => ("no", "✕", "not granted: "),
    };
    let button = el("button")
        .attr("type", "button")
        .class("quiet")
        .on("click", move |_| desk.pick(read))
        .child(el("span").class(class).attr("aria-hidden", "true").child(mark))
        .child(el("code").child(read.path))
        .child(
            el("small")
                .child(el("span").class("sr-only").child(said))
                .child(scopes),
        );
    el("li").child(button)
}

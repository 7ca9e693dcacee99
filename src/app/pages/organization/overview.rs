//! What an organization says of itself. A member that did not come is left out.

use leptos::prelude::*;

use crate::app::components::moment::server_date;
use crate::app::components::server_link::server_link;
use crate::app::components::status_chip::status_chip;
use crate::app::el::{El, Piece, el};
use crate::polar::organization::Organization;

pub fn overview(organization: Organization) -> AnyView {
    let text = |value: String| el("bdi").child(value);
    let socials: Vec<_> = organization
        .socials
        .into_iter()
        .map(|(platform, address)| {
            [
                el("dt").child(text(platform)),
                el("dd").child(server_link(address)),
            ]
        })
        .collect();
    let capabilities: Vec<_> = organization.capabilities.iter().map(capability).collect();
    let capabilities = (!capabilities.is_empty()).then(|| el("span").class("ticks").child(capabilities));
    el("dl")
        .class("pad kv")
        .child(fact("Name", Some(text(organization.name))))
        .child(fact("Slug", Some(text(organization.slug).class("mono"))))
        .child(fact("ID", Some(text(organization.id).class("mono"))))
        .child(fact(
            "Status",
            organization.status.map(|status| status_chip(&status)),
        ))
        .child(fact("Currency", organization.currency.map(text)))
        .child(fact("Country", organization.country.map(text)))
        .child(fact("Email", organization.email.map(text)))
        .child(fact("Website", organization.website.map(server_link)))
        .child(socials)
        .child(fact("About", organization.bio.map(text)))
        .child(fact("Created", organization.created_at.map(server_date)))
        .child(fact("Capabilities", capabilities))
        .view()
}

fn fact(name: &'static str, value: Option<impl Piece>) -> Option<[El; 2]> {
    value.map(|value| [el("dt").child(name), el("dd").child(value)])
}

fn capability((name, has): &(String, bool)) -> El {
    match has {
        true => el("span").class("chip good").child(name.as_str()),
        false => el("span").class("chip").child(format!("no {name}")),
    }
}

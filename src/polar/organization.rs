//! An organization as the list and the overview show it. Every member but `id` may be missing or of another type.

use serde_json::Value;

use super::link::{self, Link};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    pub id: String,
    pub name: String,
    pub slug: String,
    pub status: Option<String>,
    pub currency: Option<String>,
    pub email: Option<String>,
    /// As sent; a link only where it is safe to open.
    pub website: Option<String>,
    pub bio: Option<String>,
    pub country: Option<String>,
    pub created_at: Option<String>,
    pub socials: Vec<(String, String)>,
    pub capabilities: Vec<(String, bool)>,
}

/// Characters of one text that are shown.
const LONGEST: usize = 300;

impl Organization {
    pub fn read(value: &Value) -> Option<Self> {
        let text = |member: &str| {
            let text = value.get(member)?.as_str()?.trim();
            (!text.is_empty()).then(|| text.chars().take(LONGEST).collect::<String>())
        };
        Some(Self {
            id: text("id").or_else(|| Some(value.get("id")?.as_u64()?.to_string()))?,
            name: text("name")
                .or_else(|| text("slug"))
                .unwrap_or_else(|| "Unnamed".to_owned()),
            slug: text("slug").unwrap_or_default(),
            status: text("status"),
            currency: text("default_presentment_currency").map(|c| c.to_ascii_uppercase()),
            email: text("email"),
            website: text("website"),
            bio: text("bio"),
            country: text("country"),
            created_at: text("created_at"),
            socials: socials(value),
            capabilities: capabilities(value),
        })
    }

    pub fn website_link(&self) -> Option<Link> {
        link::parse(self.website.as_deref()?)
    }

    /// Two letters for the round picture: an avatar would be a request to a third party.
    pub fn initials(&self) -> String {
        initials(&self.name)
    }
}

/// The first letters of the first two words, or the first two letters.
pub fn initials(name: &str) -> String {
    let words: Vec<&str> = name
        .split(|c: char| c.is_whitespace() || c.is_ascii_punctuation())
        .filter(|word| !word.is_empty())
        .collect();
    let letters: String = match words[..] {
        [] => return "?".to_owned(),
        [one] => one.chars().take(2).collect(),
        [first, second, ..] => first.chars().take(1).chain(second.chars().take(1)).collect(),
    };
    letters.to_ascii_uppercase()
}

fn socials(value: &Value) -> Vec<(String, String)> {
    let list = value.get("socials").and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .take(20)
        .filter_map(|social| {
            let text = |member: &str| Some(social.get(member)?.as_str()?.chars().take(LONGEST).collect());
            Some((text("platform")?, text("url")?))
        })
        .collect()
}

fn capabilities(value: &Value) -> Vec<(String, bool)> {
    let object = value.get("capabilities").and_then(Value::as_object);
    object
        .into_iter()
        .flatten()
        .take(40)
        .filter_map(|(name, value)| Some((name.replace('_', " "), value.as_bool()?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::json::arbitrary;

    #[test]
    fn e14_reads_what_is_there_and_passes_over_the_rest() {
        let full = json!({"id": "b61f", "name": "Acme Corporation", "slug": "acme-corp", "status": "brand_new_status",
            "default_presentment_currency": "usd", "website": "https://acme-corp.com", "unknown": {"a": [1]},
            "socials": [{"platform": "x", "url": "javascript:alert(1)"}, 7],
            "capabilities": {"payouts": true, "odd": "yes"}});
        let acme = Organization::read(&full).unwrap();
        assert_eq!(acme.status.as_deref(), Some("brand_new_status"));
        assert_eq!(acme.currency.as_deref(), Some("USD"));
        assert_eq!(acme.website_link().unwrap().host, "acme-corp.com");
        assert_eq!(acme.socials, [("x".to_owned(), "javascript:alert(1)".to_owned())]);
        assert_eq!(acme.capabilities, [("payouts".to_owned(), true)]);
        assert_eq!(acme.initials(), "AC");
    }

    #[test]
    fn one_odd_member_costs_only_itself() {
        let odd =
            json!({"id": "x", "name": {}, "slug": "slug", "status": 7, "website": null, "socials": "no"});
        let organization = Organization::read(&odd).unwrap();
        assert_eq!((organization.name.as_str(), organization.status), ("slug", None));
        assert!(Organization::read(&json!({"name": "no id"})).is_none());
        assert!(Organization::read(&json!(7)).is_none());
    }

    #[test]
    fn initials_are_two_letters_whatever_the_name() {
        for (name, letters) in [
            ("dev@example.com", "DE"),
            ("MeltedSQL", "ME"),
            ("été", "éT"),
            ("@", "?"),
            ("", "?"),
        ] {
            assert_eq!(initials(name), letters, "{name}");
        }
    }

    fn document() -> Value {
        json!({"id": "b61f", "name": "Acme", "slug": "acme", "status": "active", "website": "https://acme.example",
               "default_presentment_currency": "usd", "email": "a@acme.example", "bio": "b", "country": "NO",
               "created_at": "2025-01-01T00:00:00Z",
               "socials": [{"platform": "x", "url": "https://x.example"}], "capabilities": {"payouts": true}})
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn e14_an_organization_is_one_by_its_id_and_any_other_odd_member_costs_only_itself(
            put in arbitrary::put(document()),
        ) {
            let good = Organization::read(&document()).unwrap();
            for (place, changed) in arbitrary::everywhere(document(), put) {
                let id = &changed["id"];
                let names = id.is_u64() || id.as_str().is_some_and(|id| !id.trim().is_empty());
                let read = Organization::read(&changed);
                prop_assert_eq!(read.is_some(), names, "{}", changed);
                let Some(read) = read else { continue };
                prop_assert!(!read.id.is_empty() && !read.name.is_empty() && !read.initials().is_empty());
                if let Some(link) = read.website_link() {
                    prop_assert!(link.href.starts_with("https://") || link.href.starts_with("http://"), "{}", link.href);
                }
                let texts = [Some(read.id.clone()), Some(read.name.clone()), read.website.clone(), read.bio.clone()];
                prop_assert!(texts.iter().flatten().all(|text| text.chars().count() <= LONGEST));
                // Beside the member that was changed, all is as it was; a name may be the slug.
                let mut mended = read;
                match place.split('/').nth(1).unwrap_or_default() {
                    "id" => mended.id = good.id.clone(),
                    "name" => mended.name = good.name.clone(),
                    "slug" => mended.slug = good.slug.clone(),
                    "status" => mended.status = good.status.clone(),
                    "website" => mended.website = good.website.clone(),
                    "default_presentment_currency" => mended.currency = good.currency.clone(),
                    "email" => mended.email = good.email.clone(),
                    "bio" => mended.bio = good.bio.clone(),
                    "country" => mended.country = good.country.clone(),
                    "created_at" => mended.created_at = good.created_at.clone(),
                    "socials" => mended.socials = good.socials.clone(),
                    "capabilities" => mended.capabilities = good.capabilities.clone(),
                    _ => continue,
                }
                prop_assert_eq!(&mended, &good, "{}", place);
            }
        }
    }
}

//! Parameters added one by one; what stands behind them is put back at the end.

use form_urlencoded::{Serializer, Target};

pub struct UrlQuery<'a> {
    href: &'a mut String,
    fragment: Option<String>,
}

pub fn pairs_mut(href: &mut String) -> Serializer<'_, UrlQuery<'_>> {
    let fragment = href.find('#').map(|at| href.split_off(at));
    let start = href.find('?').unwrap_or_else(|| {
        href.push('?');
        href.len() - 1
    });
    Serializer::for_suffix(UrlQuery { href, fragment }, start + 1)
}

impl Target for UrlQuery<'_> {
    type Finished = ();

    fn as_mut_string(&mut self) -> &mut String {
        self.href
    }

    fn finish(self) {}
}

impl Drop for UrlQuery<'_> {
    fn drop(&mut self) {
        if let Some(fragment) = &self.fragment {
            self.href.push_str(fragment);
        }
    }
}

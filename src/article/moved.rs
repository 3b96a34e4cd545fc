//! Moves an article to another site: an entry in, the same entry with its new address out.

use url::Url;

use super::FOLDER;
use crate::model::{Entry, Html};
use crate::text::canonical_url;

/// The entry as it is on the site whose root is `site_url`; `None` where it is there already, or has no page.
///
/// What it says of files beside it moves too: those were below the old root because its text named them without one.
pub fn moved(entry: &Entry, site_url: &Url) -> Option<Entry> {
    let old = entry.link.as_ref()?.as_str();
    let (old_root, page) = old.split_at(old.rfind(FOLDER)?);
    let link = site_url.join(page).ok()?;
    if link.as_str() == old {
        return None;
    }
    let old_site = Url::parse(old_root).ok()?;
    // References may begin at the server's root too (`/about`).
    let [from, to] = [&old_site, site_url].map(|site| site.join("/").map(String::from).unwrap_or_default());
    let roots = [(old_root, site_url.as_str()), (&from, &to)];
    let html = |html: &Html| with_roots(html, roots);
    let image = entry.image.as_ref().map(|image| match image.as_str().strip_prefix(old_root) {
        Some(file) => site_url.join(file).unwrap_or_else(|_| image.clone()),
        None => image.clone(),
    });
    Some(Entry {
        url: Some(canonical_url(&link)),
        link: Some(link),
        summary: html(&entry.summary),
        content: html(&entry.content),
        image,
        ..entry.clone()
    })
}

/// Sanitised HTML whose references begin with one of some roots, each with another in its place. It has no `<` but that
/// of a tag, and every value of an attribute stands between `"`.
fn with_roots(html: &Html, roots: [(&str, &str); 2]) -> Html {
    let value = |before: &str, root: &str| format!("{before}{}", root.replace('&', "&amp;"));
    // The second is for the further candidates of a `srcset`.
    let replaced = ["=\"", ", "].map(|before| roots.map(|(from, to)| (value(before, from), value(before, to))));
    let mut moved = String::with_capacity(html.0.len());
    let mut rest = html.as_str();
    while let Some(start) = rest.find('<') {
        let mut is_quoted = false;
        let end = rest[start..].find(|c| {
            is_quoted ^= c == '"';
            c == '>' && !is_quoted
        });
        let (text, tag) = rest.split_at(start);
        let (tag, after) = tag.split_at(end.map_or(tag.len(), |end| end + 1));
        moved.push_str(text);
        moved.push_str(&replaced.iter().flatten().fold(tag.to_owned(), |tag, (from, to)| tag.replace(from, to)));
        rest = after;
    }
    moved.push_str(rest);
    Html(moved)
}

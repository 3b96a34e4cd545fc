//! Lists of feeds for readers to import, as OPML 2.0: what the desk publishes, and what it reads.

use crate::config::{EditionFormat, Site};
use crate::model::{Location, Rendered, SitePath, Source};

use super::page::Listing;
use super::{address, clean, title};

/// What readers that import lists know them by.
const OPML: &str = "text/x-opml; charset=utf-8";

/// A feed in a list.
struct Outline {
    text: String,
    description: Option<String>,
    feed: String,
    page: Option<String>,
    language: Option<String>,
    category: Option<String>,
}

/// The editions, each by the first of its feeds that every reader takes: Atom, else RSS. `None` where there is none.
pub fn editions(listings: &[Listing<'_>], site: &Site) -> Option<Rendered> {
    let outline = |listing: &Listing<'_>| {
        let format = [EditionFormat::Atom, EditionFormat::Rss].into_iter().find(|one| listing.formats.contains(one))?;
        let page = listing.formats.contains(&EditionFormat::Html);
        Some(Outline {
            text: title(listing.edition),
            description: listing.edition.description.as_deref().map(clean::line).filter(|text| !text.is_empty()),
            feed: address(&listing.edition.name, format, site),
            page: page.then(|| address(&listing.edition.name, EditionFormat::Html, site)),
            language: Some(site.language.clone()),
            category: None,
        })
    };
    let outlines: Vec<Outline> = listings.iter().filter_map(outline).collect();
    write("editions.opml", &name(site), &outlines, site)
}

/// The feeds on the web that the desk reads, as it is subscribed to them, by title. `None` where there is none.
///
/// Left out is what is not for everyone: feeds whose address has a name or a password in it, and those that may stand
/// in a private network.
pub fn sources<'s>(sources: impl IntoIterator<Item = &'s Source>, site: &Site) -> Option<Rendered> {
    let outline = |source: &Source| {
        let Location::Web(url) = &source.location else { return None };
        let bare = url.as_url().username().is_empty() && url.as_url().password().is_none();
        // Whoever is let in with a password reads something that is not for everybody.
        let open = !source.access.as_ref().is_some_and(|access| access.has_credentials());
        let feed = clean::web_address(url.as_url().as_str()).filter(|_| bare && open && !source.allow_private)?;
        let text = Some(clean::line(source.title())).filter(|text| !text.is_empty());
        let tags: Vec<&str> = source.tags.iter().map(|tag| tag.as_str()).collect();
        Some(Outline {
            text: text.unwrap_or_else(|| source.id.to_string()),
            description: None,
            feed,
            page: None,
            language: None,
            category: Some(tags.join(",")).filter(|tags| !tags.is_empty()),
        })
    };
    let mut outlines: Vec<Outline> = sources.into_iter().filter_map(outline).collect();
    outlines.sort_by(|a, b| (&a.text, &a.feed).cmp(&(&b.text, &b.feed)));
    outlines.dedup_by(|a, b| a.feed == b.feed);
    write("sources.opml", &format!("What {} reads", name(site)), &outlines, site)
}

fn name(site: &Site) -> String {
    let name = clean::line(&site.name);
    if name.is_empty() { site.url.host_str().unwrap_or("wiredesk").to_owned() } else { name }
}

/// Writes a list. It bears no date: it changes when what it lists does.
fn write(path: &str, title: &str, outlines: &[Outline], site: &Site) -> Option<Rendered> {
    if outlines.is_empty() {
        return None;
    }
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<opml version=\"2.0\">\n <head>\n");
    let mut element =
        |name: &str, value: &str| text.push_str(&format!("  <{name}>{}</{name}>\n", clean::escape(value)));
    element("title", title);
    if let Some(owner) = site.owner.as_deref().map(clean::line).filter(|owner| !owner.is_empty()) {
        element("ownerName", &owner);
    }
    if let Some(email) = site.email.as_deref().and_then(clean::mail_address) {
        element("ownerEmail", &email);
    }
    element("docs", "https://opml.org/spec2.opml");
    text.push_str(" </head>\n <body>\n");
    for outline in outlines {
        let attributes = [
            ("text", Some(&outline.text)),
            ("title", Some(&outline.text)),
            ("type", Some(&"rss".to_owned())),
            ("xmlUrl", Some(&outline.feed)),
            ("htmlUrl", outline.page.as_ref()),
            ("description", outline.description.as_ref()),
            ("language", outline.language.as_ref()),
            ("category", outline.category.as_ref()),
        ];
        text.push_str("  <outline");
        for (name, value) in attributes.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            text.push_str(&format!(" {name}=\"{}\"", clean::escape(value)));
        }
        text.push_str("/>\n");
    }
    text.push_str(" </body>\n</opml>\n");
    let path = SitePath::new(path).expect("a well-formed path");
    Some(Rendered::new(path, OPML, text.into_bytes(), None))
}

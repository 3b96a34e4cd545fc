//! Finds the feeds that an HTML page names (autodiscovery): `<link rel="alternate" type="application/rss+xml">`.

use url::Url;

use super::attributes::attributes;
use super::limits;
use super::resolve::{as_base, resolve};
use super::tokens::{Token, Tokens};

/// Addresses of the feeds that a page names, in its order, at most [`limits::DISCOVERED`].
pub fn feed_links(html: &str, base: Option<&Url>) -> Vec<String> {
    let mut base = base.cloned();
    let mut based = false;
    let mut links: Vec<String> = Vec::new();
    let mut tokens = Tokens::new(html);
    while let Some(token) = tokens.next() {
        let Token::Start { name, attributes: raw, .. } = token else { continue };
        let value = |wanted: &str| {
            let found = attributes(raw).find(|attribute| attribute.name.eq_ignore_ascii_case(wanted));
            found.map(|attribute| htmlize::unescape_attribute(attribute.value)).unwrap_or_default()
        };
        // The first one that has an address counts (WHATWG HTML §2.4.3).
        if !based && name.eq_ignore_ascii_case("base") {
            let href = value("href");
            based = !href.is_empty();
            let own = Url::parse(&resolve(&href, base.as_ref())).ok().filter(|_| based);
            base = own.and_then(as_base).or(base);
        }
        if !name.eq_ignore_ascii_case("link") || links.len() >= limits::DISCOVERED {
            continue;
        }
        let role = value("rel").to_ascii_lowercase();
        let media_type = value("type").to_ascii_lowercase();
        let media_type = media_type.split(';').next().unwrap_or_default().trim();
        const FEEDS: [&str; 5] =
            ["application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml", "text/xml"];
        let alternate = role.split_ascii_whitespace().any(|role| matches!(role, "alternate" | "feed"));
        let feed = FEEDS.contains(&media_type) || role.split_ascii_whitespace().any(|role| role == "feed");
        let href = value("href");
        if alternate && feed && !href.trim().is_empty() {
            let href = resolve(&href, base.as_ref());
            if !links.contains(&href) {
                links.push(href);
            }
        }
    }
    links
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_its_feeds() {
        let page = r#"<!doctype html><head><link rel=stylesheet href=x.css>
            <LINK REL="Alternate" TYPE="application/rss+xml; charset=utf-8" HREF="/feed?a=1&amp;b=2">
            <link rel="alternate" type="application/atom+xml" href="atom.xml"/>
            <link rel="alternate" type="text/html" href="/de/"></head>"#;
        let base = Url::parse("https://a.example/b/").ok();
        assert_eq!(feed_links(page, base.as_ref()), ["https://a.example/feed?a=1&b=2", "https://a.example/b/atom.xml"]);
    }
}

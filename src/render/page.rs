//! Makes the pages that people read: editions, stories, articles, the index. No script, one stylesheet, nothing inline.

mod edition;
mod story;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use minijinja::value::Value;
use percent_encoding::percent_decode_str;
use serde::Serialize;

use super::item::{self, Author, File, Item};
use super::{Error, GENERATOR, Theme, bare_media_type, clean, path};
use crate::config::{EditionFormat, Site};
use crate::model::{Edition, Entry, Rendered, SitePath};
use crate::text;

pub(super) use edition::{edition, listed};
pub use story::{alias, story, story_path};

const HTML: &str = "text/html; charset=utf-8";

/// Where the style sheet of feeds stands.
pub(super) const FEED_STYLE: &str = "feed.css";

/// So many characters of a text are shown in a list of stories.
const TEASER_CHARS: usize = 320;

/// So many headlines of each edition are shown on the index page.
const INDEX_HEADLINES: usize = 6;

/// An edition as the index page lists it.
#[derive(Debug, Clone, Copy)]
pub struct Listing<'a> {
    /// The edition.
    pub edition: &'a Edition,
    /// The formats in which it is published.
    pub formats: &'a [EditionFormat],
}

/// What every page has in common; `P` is what the template of one kind needs besides.
#[derive(Serialize)]
struct Page<'a, P> {
    title: String,
    description: Option<String>,
    /// The page's own address.
    canonical: Option<String>,
    /// Leads from the page to the site's root.
    root: &'a str,
    /// The same, as a link to the front page.
    home: &'a str,
    generator: &'static str,
    site: Imprint<'a>,
    #[serde(flatten)]
    rest: P,
}

/// Who publishes.
#[derive(Serialize)]
struct Imprint<'a> {
    name: String,
    language: &'a str,
    dir: &'static str,
    owner: Option<String>,
    email: Option<String>,
}

/// A link to a feed.
#[derive(Serialize, Clone)]
struct FeedLink {
    /// What people call the format.
    label: &'static str,
    media_type: &'static str,
    /// What a reader shows.
    title: String,
    /// Relative to the site's root.
    href: String,
    /// What people copy.
    address: String,
}

/// A moment: for machines and for people.
#[derive(Serialize)]
struct Moment {
    machine: String,
    people: String,
}

/// A headline with its link.
#[derive(Serialize)]
struct Headline {
    title: String,
    link: Option<String>,
    language: Option<String>,
    dir: &'static str,
    publisher: String,
    published: Moment,
}

/// The page of a local article, at the path that its link says.
///
/// # Errors
/// When its link is not an address below the site's, or the template fails.
pub fn article(entry: &Entry, site: &Site, theme: &Theme) -> Result<Rendered, Error> {
    #[derive(Serialize)]
    struct ArticlePage<'a> {
        language: Option<&'a str>,
        dir: &'static str,
        authors: Vec<Author>,
        published: Moment,
        updated: Option<Moment>,
        categories: Vec<String>,
        enclosures: Vec<File>,
        image: Option<String>,
        body: Value,
    }
    let elsewhere = || Error::Elsewhere {
        key: entry.key.clone(),
        link: entry.link.as_ref().map(ToString::to_string).unwrap_or_default(),
        site: site.url.to_string(),
    };
    let path = local_path(entry, site).ok_or_else(elsewhere)?;
    let root = "../".repeat(path.as_str().matches('/').count());
    let body = fitted(&clean::characters(entry.body().as_str()));
    let updated = entry.updated.filter(|updated| *updated > entry.published);
    let image = entry.image.as_ref().and_then(|image| clean::web_address(image.as_str()));
    let rest = ArticlePage {
        language: item::language(entry, site),
        dir: dir(item::language(entry, site), entry.title.as_str()),
        authors: item::authors(&entry.authors, ""),
        published: moment(entry.published),
        updated: updated.map(moment),
        categories: item::categories(entry),
        enclosures: item::enclosures(entry),
        // Not twice, where the text shows it already.
        image: image.filter(|image| !body.contains(image.as_str())),
        body: Value::from_safe_string(body),
    };
    let mut page = frame(item::title(entry), site, &root, rest);
    page.description = Some(teaser(entry)).filter(|teaser| !teaser.is_empty());
    page.canonical = entry.link.as_ref().map(clean::uri);
    let bytes = theme.fill("article.html", &path, page)?;
    Ok(Rendered::new(path, HTML, bytes, Some(updated.unwrap_or(entry.published))))
}

/// The site's front: its editions with their feeds, the latest local articles in the order given, and the lists of feeds.
///
/// # Errors
/// When the template fails.
pub fn index(
    listings: &[Listing<'_>],
    articles: &[&Entry],
    lists: &[Rendered],
    site: &Site,
    theme: &Theme,
) -> Result<Rendered, Error> {
    #[derive(Serialize)]
    struct IndexPage<'a> {
        feeds: Vec<FeedLink>,
        lists: Vec<ListLink<'a>>,
        editions: Vec<EditionSummary>,
        articles: Vec<ArticleSummary<'a>>,
    }
    #[derive(Serialize)]
    struct ListLink<'a> {
        href: &'a str,
        label: &'static str,
    }
    #[derive(Serialize)]
    struct EditionSummary {
        title: String,
        description: Option<String>,
        page: Option<String>,
        feeds: Vec<FeedLink>,
        headlines: Vec<Headline>,
    }
    #[derive(Serialize)]
    struct ArticleSummary<'a> {
        title: String,
        language: Option<&'a str>,
        dir: &'static str,
        link: Option<String>,
        published: Moment,
        teaser: String,
    }
    let editions: Vec<EditionSummary> = listings
        .iter()
        .map(|Listing { edition, formats }| EditionSummary {
            title: super::title(edition),
            description: edition.description.as_deref().map(clean::line),
            page: formats
                .contains(&EditionFormat::Html)
                .then(|| super::path(&edition.name, EditionFormat::Html).to_string()),
            feeds: feed_links(edition, formats, site),
            headlines: edition
                .pieces
                .iter()
                .take(INDEX_HEADLINES)
                .map(|piece| headline(&item::of(piece, false, site)))
                .collect(),
        })
        .collect();
    let articles = articles
        .iter()
        .map(|entry| ArticleSummary {
            title: item::title(entry),
            language: item::language(entry, site),
            dir: dir(item::language(entry, site), entry.title.as_str()),
            link: entry.link.as_ref().map(clean::uri),
            published: moment(entry.published),
            teaser: teaser(entry),
        })
        .collect();
    let feeds = editions.iter().flat_map(|edition| edition.feeds.clone()).collect();
    let label = |path| if path == "sources.opml" { "What we read (OPML)" } else { "All editions (OPML)" };
    let hrefs = lists.iter().map(|list| list.path.as_str());
    let lists = hrefs.map(|href| ListLink { href, label: label(href) }).collect();
    let mut page = frame(clean::line(&site.name), site, "", IndexPage { feeds, lists, editions, articles });
    page.canonical = Some(clean::uri(&site.url));
    let path = SitePath::new("index.html").expect("a well-formed path");
    let bytes = theme.fill("index.html", &path, page)?;
    let updated = listings.iter().filter_map(|listing| listing.edition.updated).max();
    Ok(Rendered::new(path, HTML, bytes, updated))
}

/// The page for an address at which nothing stands. Web servers know it as `404.html`.
///
/// # Errors
/// When the template fails.
pub fn not_found(site: &Site, theme: &Theme) -> Result<Rendered, Error> {
    #[derive(Serialize)]
    struct Nothing {}
    let path = SitePath::new("404.html").expect("a well-formed path");
    // It is shown at any depth, so its links start at the server's root.
    let bytes =
        theme.fill("not_found.html", &path, frame("Not found".to_owned(), site, site.url.path(), Nothing {}))?;
    Ok(Rendered::new(path, HTML, bytes, None))
}

/// The style sheets: that of all pages, and that of feeds which a browser opens as XML.
pub fn styles(theme: &Theme) -> [Rendered; 2] {
    let sheet = |name, text: &str| {
        let path = SitePath::new(name).expect("a well-formed path");
        Rendered::new(path, "text/css; charset=utf-8", text.as_bytes().to_vec(), None)
    };
    [sheet("style.css", theme.style()), sheet(FEED_STYLE, theme.feed_style())]
}

/// What every page has in common. `root` leads from the page to the site's root.
fn frame<'a, P>(title: String, site: &'a Site, root: &'a str, rest: P) -> Page<'a, P> {
    Page {
        title,
        description: None,
        canonical: None,
        root,
        home: if root.is_empty() { "./" } else { root },
        generator: GENERATOR,
        site: imprint(site),
        rest,
    }
}

fn imprint(site: &Site) -> Imprint<'_> {
    Imprint {
        name: clean::line(&site.name),
        language: &site.language,
        dir: direction(&site.language),
        owner: site.owner.as_deref().map(clean::line),
        email: site.email.as_deref().and_then(clean::mail_address),
    }
}

/// The feeds of an edition, to subscribe to.
fn feed_links(edition: &Edition, formats: &[EditionFormat], site: &Site) -> Vec<FeedLink> {
    let link = |format: EditionFormat, label| {
        formats.contains(&format).then(|| FeedLink {
            label,
            media_type: bare_media_type(format),
            title: format!("{} ({label})", super::title(edition)),
            href: path(&edition.name, format).to_string(),
            address: super::address(&edition.name, format, site),
        })
    };
    [(EditionFormat::Atom, "Atom"), (EditionFormat::Rss, "RSS"), (EditionFormat::Json, "JSON Feed")]
        .into_iter()
        .filter_map(|(format, label)| link(format, label))
        .collect()
}

fn headline(item: &Item<'_>) -> Headline {
    Headline {
        title: item.title.clone(),
        link: item.link.clone(),
        language: item.language.map(str::to_owned),
        dir: dir(item.language, &item.title),
        publisher: item.publisher_name.clone(),
        published: moment(item.published),
    }
}

/// The first words of an entry: its short form where it has one. Empty when they only repeat the title.
fn teaser(entry: &Entry) -> String {
    let html = if entry.summary.is_empty() { &entry.content } else { &entry.summary };
    let words = clean::line(text::plain(html.as_str()).as_str());
    if item::title(entry).starts_with(&words) { String::new() } else { text::clip(&words, TEASER_CHARS) }
}

fn moment(when: DateTime<Utc>) -> Moment {
    let people = clean::date(when).format("%-d %b %Y, %H:%M UTC").to_string();
    Moment { machine: clean::rfc3339(when), people }
}

/// The path of an entry's page below the site's root, decoded.
fn local_path(entry: &Entry, site: &Site) -> Option<SitePath> {
    let link = entry.link.as_ref()?;
    if link.origin() != site.url.origin() || link.query().is_some() {
        return None;
    }
    let encoded = link.path().strip_prefix(site.url.path())?;
    SitePath::new(&percent_decode_str(encoded).decode_utf8().ok()?)
}

/// Fits a text into its page: headings below that of the page, and what scrolls sideways within reach of the keyboard.
/// Sanitised HTML is balanced, and has no `<` but that of a tag.
fn fitted(html: &str) -> String {
    let mut html = html.replace("<pre", "<pre tabindex=\"0\"");
    html = html.replace("<table", "<div class=\"wide\" role=\"group\" aria-label=\"Table\" tabindex=\"0\"><table");
    html = html.replace("</table>", "</table></div>");
    if !html.contains("<h1") {
        return html;
    }
    (1..6).rev().fold(html, |html, level| {
        let (from, to) = (format!("h{level}"), format!("h{}", level + 1));
        html.replace(&format!("<{from}"), &format!("<{to}")).replace(&format!("</{from}"), &format!("</{to}"))
    })
}

/// The direction of a foreign text: that of its language where its letters bear that out, else the browser goes by the
/// first letter. A headline in Arabic may begin with a name in Latin letters, and a feed may be wrong about its language.
fn dir(language: Option<&str>, text: &str) -> &'static str {
    let goes_left = |c: char| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}');
    match language.map(direction) {
        Some("rtl") if text.contains(goes_left) => "rtl",
        _ => "auto",
    }
}

/// The direction of a language's usual script.
fn direction(language: &str) -> &'static str {
    let primary = language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    let right_to_left = ["ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"];
    if right_to_left.contains(&primary.as_str()) { "rtl" } else { "ltr" }
}

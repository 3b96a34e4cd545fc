//! Reads JSON Feed 1.0 and 1.1 (<https://www.jsonfeed.org/version/1.1/>); fields of a wrong type are read as far as
//! they make sense.

mod lex;
mod scan;
mod strings;
mod value;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use url::Url;

use self::lex::Trouble;
use self::scan::{Scanned, scan};
use self::value::{Object, Placed, Value, field, text_of};
use super::draft::Draft;
use super::flaws::Flaws;
use super::resolve::{as_base, resolve};
use super::values::language;
use super::{Error, date, limits};
use crate::model::{Enclosure, Feed, Format, Item, Link, Markup, Person};

/// Reads a feed from the JSON that starts at a byte position of a document.
pub fn read(text: &str, start: usize, base: Option<&Url>, flaws: &mut Flaws<'_>) -> Result<Feed, Error> {
    let Scanned { root, troubles, left_out, .. } = scan(text, start);
    let mut reading = Reading { now: flaws.now, language: None, troubles };
    let Some(feed) = root.list().iter().find_map(Placed::object) else {
        return Err(not_a_feed("it is no object with `version` and `items`"));
    };
    let is_feed = text_of(feed, "version").is_some_and(|version| version.contains("jsonfeed.org"));
    let items = field(feed, "items").map(items_in).filter(|items| is_feed || !items.is_empty() || has_list(feed));
    if items.is_none() && !is_feed {
        return Err(match reading.troubles.first() {
            Some((.., message)) => Error::Json { reason: format!("it is broken: {message}") },
            None => not_a_feed("it has neither `items` nor the `version` of a JSON Feed"),
        });
    }
    if !is_feed {
        reading.note(
            "missing-version",
            root.position,
            || "The `version` is not that of JSON Feed: read as one anyway.",
        );
    }
    if field(feed, "items").is_none() {
        reading.note("missing-items", root.position, || "The feed has no `items`: read as an empty feed.");
    }
    let page = text_of(feed, "home_page_url").map(|page| resolve(page, base));
    let page_url = page.as_deref().and_then(|page| Url::parse(page).ok()).and_then(as_base);
    let base = base.or(page_url.as_ref());
    reading.language = text_of(feed, "language").and_then(language);
    let read_item = |placed: &Placed<'_>| match placed.object() {
        Some(item) => Some((placed.position, reading.item(item, placed.position, base))),
        None => {
            reading.note("wrong-type", placed.position, || "An item is no object: left out.");
            None
        }
    };
    let mut items: Vec<(usize, Item)> = items.unwrap_or_default().iter().filter_map(read_item).collect();
    if left_out > 0 {
        flaws.note_whole("too-many-items", || format!("{left_out} items beyond the limit: left out."));
    }
    let feed = reading.feed(feed, page, base);
    let base = base.cloned().map(Arc::new);
    // Lines are counted in one pass, so all places come in their order.
    let mut troubles = reading.troubles;
    troubles.sort_by_key(|(_, position, _)| *position);
    let mut troubles = troubles.into_iter().peekable();
    for (position, item) in &mut items {
        while let Some((kind, place, message)) = troubles.next_if(|(_, place, _)| place < position) {
            flaws.note(kind, place, || message.into_owned());
        }
        item.base.clone_from(&base);
        item.line = flaws.line_of_item(*position);
    }
    for (kind, place, message) in troubles {
        flaws.note(kind, place, || message.into_owned());
    }
    Ok(feed.into_feed(Format::Json, items.into_iter().map(|(_, item)| item).collect()))
}

/// Where JSON starts: behind blanks, byte-order marks and comments, behind the `)]}'` that keeps it from being run as a
/// script, or in a call (`callback({…})`); behind other junk where the version of JSON Feed is named.
pub fn starts(text: &str) -> Option<usize> {
    start_of_script(text).or_else(|| start_behind_junk(text))
}

/// The first object with a name in it before the version.
fn start_behind_junk(text: &str) -> Option<usize> {
    if text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}').starts_with('<') {
        return None;
    }
    let version = memchr::memmem::find(text.as_bytes(), b"jsonfeed.org/version")?;
    let mut objects = memchr::memchr_iter(b'{', &text.as_bytes()[..version]);
    objects.find(|at| text[at + 1..version].trim_start().starts_with(['"', '\'']))
}

fn start_of_script(text: &str) -> Option<usize> {
    /// The longest name of what is called.
    const NAME: usize = 64;
    let mut rest = text;
    let bare = loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        rest = if let Some(comment) = rest.strip_prefix("//") {
            &comment[memchr::memchr(b'\n', comment.as_bytes())?..]
        } else if let Some(comment) = rest.strip_prefix("/*") {
            &comment[memchr::memmem::find(comment.as_bytes(), b"*/")? + 2..]
        } else {
            break rest;
        }
    };
    let place = |inside: &str| text.len() - inside.len();
    if bare.starts_with(['{', '[']) {
        return Some(place(bare));
    }
    let in_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'.');
    let inside = match bare.strip_prefix(")]}'") {
        Some(inside) => inside.strip_prefix(',').unwrap_or(inside),
        None => {
            let name = bare.bytes().take(NAME).take_while(|byte| in_name(byte)).count();
            bare[name..].trim_start().strip_prefix('(').filter(|_| name > 0)?
        }
    };
    let inside = inside.trim_start();
    inside.starts_with('{').then(|| place(inside))
}

fn not_a_feed(reason: &str) -> Error {
    Error::Json { reason: reason.to_owned() }
}

fn has_list(feed: &Object<'_>) -> bool {
    field(feed, "items").is_some_and(|items| matches!(items.value, Value::List(_)))
}

/// The items: a list, a single item, or a map of items by some name.
fn items_in<'v, 'a>(items: &'v Placed<'a>) -> Cow<'v, [Placed<'a>]> {
    match items.object() {
        Some(map) if !map.is_empty() && map.iter().all(|(_, value)| value.object().is_some()) => {
            Cow::Owned(map.iter().map(|(_, item)| item.clone()).collect())
        }
        Some(nothing) if nothing.is_empty() => Cow::Borrowed(&[]),
        _ => Cow::Borrowed(items.list()),
    }
}

/// What the reading of a feed goes by, and the defects that it finds.
struct Reading {
    now: Option<DateTime<Utc>>,
    language: Option<String>,
    troubles: Vec<Trouble>,
}

impl Reading {
    fn note<M: Into<Cow<'static, str>>>(&mut self, kind: &'static str, position: usize, message: impl FnOnce() -> M) {
        self.troubles.push((kind, position, message().into()));
    }

    fn feed(&mut self, feed: &Object<'_>, page: Option<String>, base: Option<&Url>) -> Draft {
        let mut draft = Draft::default();
        offer(self.long_text(feed, "title"), |title| draft.title.offer(1, Markup::Plain(title.to_owned())));
        offer(page, |page| draft.link.offer(1, page));
        offer(self.long_text(feed, "description"), |text| draft.summary.offer(1, Markup::Plain(text.to_owned())));
        offer(self.text(feed, "language").and_then(language), |language| draft.language.offer(1, language));
        for (rank, name) in [(2, "icon"), (1, "favicon")] {
            offer(address_of(feed, name), |icon| draft.image.offer(rank, resolve(icon, base)));
        }
        let mut link = |rel: &str, href: &str| {
            draft.add_link(Link { rel: rel.into(), href: resolve(href, base), media_type: None });
        };
        offer(address_of(feed, "feed_url"), |href| link("self", href));
        offer(address_of(feed, "next_url"), |href| link("next", href));
        for hub in list_of(feed, "hubs") {
            offer(hub.object().map_or(hub.text(), |hub| text_of(hub, "url")), |href| link("hub", href));
        }
        read_authors(feed, &mut draft, base);
        draft
    }

    fn item(&mut self, item: &Object<'_>, position: usize, base: Option<&Url>) -> Item {
        let mut draft = Draft::default();
        if let Some(Placed { position, value: Value::Number(_) | Value::Bool(_) }) = field(item, "id") {
            self.note("wrong-type", *position, || "An item's `id` is no text: read as one.");
        }
        offer(self.text(item, "id"), |id| draft.id.offer(1, id.to_owned()));
        offer(address_of(item, "url"), |url| draft.link.offer(2, resolve(url, base)));
        offer(address_of(item, "external_url"), |url| {
            let href = resolve(url, base);
            draft.link.offer(1, href.clone());
            draft.add_link(Link { rel: "related".into(), href, media_type: None });
        });
        offer(self.long_text(item, "title"), |title| draft.title.offer(1, Markup::Plain(title.to_owned())));
        offer(self.long_text(item, "summary"), |text| draft.summary.offer(1, Markup::Plain(text.to_owned())));
        let html = self.long_text(item, "content_html");
        offer(html, |html| draft.content.offer(2, Markup::Html(html.to_owned())));
        offer(self.long_text(item, "content_text"), |text| draft.content.offer(1, Markup::Plain(text.to_owned())));
        for (rank, name) in [(2, "image"), (1, "banner_image")] {
            offer(address_of(item, name), |image| draft.image.offer(rank, resolve(image, base)));
        }
        offer(self.date(item, "date_published"), |date| draft.published.offer(1, date));
        offer(self.date(item, "date_modified"), |date| draft.updated.offer(1, date));
        read_tags(item, &mut draft);
        for file in list_of(item, "attachments").iter().take(limits::LIST) {
            let Some(file) = file.object() else { continue };
            let size_bytes = text_of(file, "size_in_bytes").and_then(size);
            let url = address_of(file, "url").map(|url| resolve(url, base)).unwrap_or_default();
            let media_type = text_of(file, "mime_type").map(str::to_owned);
            draft.add_enclosure(1, Enclosure { url, media_type, size_bytes, ..Enclosure::default() });
        }
        let own = text_of(item, "language").and_then(language);
        offer(own.or_else(|| self.language.clone()), |language| draft.language.offer(1, language));
        read_authors(item, &mut draft, base);
        if draft.id.get().is_none() {
            self.note("missing-id", position, || "An item has no `id`.");
        }
        draft.into_item()
    }

    /// A short text field.
    fn text<'o>(&mut self, object: &'o Object<'_>, name: &str) -> Option<&'o str> {
        self.long_text(object, name).and(field(object, name)?.text())
    }

    /// A text field; another type that cannot be read as one is a flaw.
    fn long_text<'o>(&mut self, object: &'o Object<'_>, name: &str) -> Option<&'o str> {
        let value = field(object, name)?;
        if matches!(value.value, Value::List(_) | Value::Object(_)) {
            self.note("wrong-type", value.position, || {
                let done = if value.text().is_some() { "its first value is taken" } else { "left out" };
                format!("`{name}` is no text: {done}.")
            });
        }
        value.long_text()
    }

    fn date(&mut self, item: &Object<'_>, name: &str) -> Option<DateTime<Utc>> {
        let text = self.text(item, name)?;
        let (date, flaw) = date::judge(text, self.now);
        offer(flaw, |(kind, message)| {
            let position = field(item, name).map_or(0, |value| value.position);
            self.note(kind, position, || message);
        });
        date
    }
}

/// Labels: a list of texts, or of objects with a `name`; one text may hold several with commas between.
fn read_tags(item: &Object<'_>, draft: &mut Draft) {
    let Some(tags) = field(item, "tags") else { return };
    for tag in tags.list().iter().take(limits::LIST) {
        let label = tag.object().map_or(tag.text(), |tag| text_of(tag, "name"));
        match (label, &tags.value) {
            (Some(labels), Value::Text(_)) => labels.split(',').for_each(|label| draft.add_category(label)),
            (label, _) => offer(label, |label| draft.add_category(label)),
        }
    }
}

/// 1.1's `authors`, else 1.0's `author`, which some write as a mere name.
fn read_authors(object: &Object<'_>, draft: &mut Draft, base: Option<&Url>) {
    let list = list_of(object, "authors");
    for author in if list.is_empty() { list_of(object, "author") } else { list }.iter().take(limits::LIST) {
        let owned = |author: &Object<'_>, name: &str| text_of(author, name).map(str::to_owned);
        let person = match author.object() {
            Some(author) => Person {
                name: owned(author, "name"),
                email: owned(author, "email"),
                url: text_of(author, "url").map(|url| resolve(url, base)),
            },
            None => author.text().map(super::draft::person).unwrap_or_default(),
        };
        draft.add_author(1, person);
    }
}

fn offer<T>(value: Option<T>, take: impl FnOnce(T)) {
    if let Some(value) = value {
        take(value);
    }
}

fn list_of<'o, 'a>(object: &'o Object<'a>, name: &str) -> &'o [Placed<'a>] {
    field(object, name).map(Placed::list).unwrap_or_default()
}

/// An address: a text, or an object with an `url`.
fn address_of<'o>(object: &'o Object<'_>, name: &str) -> Option<&'o str> {
    let value = field(object, name)?;
    value.object().map_or(value.text(), |object| text_of(object, "url"))
}

/// A number of bytes, as a number of any form or a text.
fn size(text: &str) -> Option<u64> {
    text.parse().ok().or_else(|| text.parse::<f64>().ok().filter(|size| *size >= 0.0).map(|size| size as u64))
}

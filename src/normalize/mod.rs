//! Makes entries of items: the neutral form in, clean dated entries with canonical URLs out.
//!
//! Nothing is invented: what an item lacks is taken from the nearest thing that it has, in the order that each
//! function states. Nothing is trusted: sizes are cut, references made absolute or dropped, HTML sanitised.

mod dates;
mod digest;
mod files;
pub mod identity;
pub mod language;
mod words;

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use url::Url;

use crate::model::{
    CanonicalUrl, Carried, Entry, EntryId, Feed, Html, Item, Location, Mark, Markup, Parsed, Person, Source, Text,
    page_hash, without_credentials,
};
pub use crate::text::canonical_url;
use crate::text::{clip, drop_section_marks, fold};
use language::Spoken;

/// The longest title, in characters.
pub const MAX_TITLE_CHARS: usize = 1_000;
/// How much of the text names an item without a title, in characters.
pub const MAX_NAMING_CHARS: usize = 80;
/// The longest name of a person or a category, in characters.
pub const MAX_NAME_CHARS: usize = 200;
/// The most people, categories or enclosures of an entry.
pub const MAX_LIST: usize = 20;
/// The longest key that is kept as it stands, in bytes; a longer one is hashed.
pub const MAX_KEY_BYTES: usize = 1_000;
/// The longest address, in bytes.
pub const MAX_URL_BYTES: usize = 8 * 1024;
/// The longest base of relative addresses, in bytes: each of them grows to its length.
pub const MAX_BASE_BYTES: usize = 1024;

/// What a document brought.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Brought {
    /// The entries that are new, or whose items say something else than before; in the document's order.
    pub entries: Vec<Entry>,
    /// All that it carries.
    pub carried: Vec<Carried>,
}

/// The entries of a document, in its order, seen at `now`; of items with one key the first counts.
///
/// Summary and content hold at most 1 MiB of HTML each (see `text::sanitize`).
pub fn entries(parsed: &Parsed, source: &Source, now: DateTime<Utc>) -> Vec<Entry> {
    brought(parsed, source, &[], &[], now).entries
}

/// As [`entries`], without those whose items `known` has, which is what the source's last document carried. `marks` are
/// those of the document's items, where they are known.
pub fn brought(parsed: &Parsed, source: &Source, known: &[Carried], marks: &[Mark], now: DateTime<Utc>) -> Brought {
    let marks = if marks.len() == parsed.feed.items.len() { marks } else { &[] };
    let places = (0..parsed.feed.items.len()).map(|at| Place::Read(marks.get(at).copied()));
    settle(parsed, source, known, places, now)
}

/// As [`brought`], where only some of a document's items were read. `places` has all of them in its order: the mark of
/// each that was read, or what is known of it.
///
/// `None` where it takes the whole document to tell: an item that was not read may have the key of one that was.
pub fn brought_beside(
    parsed: &Parsed,
    source: &Source,
    known: &[Carried],
    places: &[Place<'_>],
    now: DateTime<Utc>,
) -> Option<Brought> {
    let read = places.iter().filter(|place| matches!(place, Place::Read(_))).count();
    if read != parsed.feed.items.len() {
        return None;
    }
    let brought = settle(parsed, source, known, places.iter().copied(), now);
    let mut entries: Vec<EntryId> = brought.carried.iter().map(|carried| carried.entry).collect();
    entries.sort_unstable();
    entries.windows(2).all(|pair| pair[0] != pair[1]).then_some(brought)
}

/// An item of a document.
#[derive(Debug, Clone, Copy)]
pub enum Place<'a> {
    /// It was read; its mark, where that is known.
    Read(Option<Mark>),
    /// It came as it came before, and was not read.
    Known(&'a Carried),
}

fn settle<'k>(
    parsed: &Parsed,
    source: &Source,
    known: &'k [Carried],
    places: impl Iterator<Item = Place<'k>>,
    now: DateTime<Utc>,
) -> Brought {
    let feed = &parsed.feed;
    let home = home(feed, source).filter(|home| home.as_str().len() <= MAX_BASE_BYTES);
    let known = digest::Known::new(known, feed.items.len());
    let (mut keys, mut again) = (HashSet::new(), Vec::new());
    let mut told = Vec::new();
    let (mut entries, mut spoken): (Vec<Entry>, Vec<Spoken>) = (Vec::new(), Vec::new());
    let mut items = feed.items.iter();
    for place in places {
        let mark = match place {
            Place::Known(carried) => {
                again.push(carried.clone());
                told.push(None);
                continue;
            }
            Place::Read(mark) => mark,
        };
        let Some(item) = items.next() else { break };
        let key = key(item);
        if !keys.insert(key.clone()) {
            continue;
        }
        let digest = digest::digest(item, feed, home.as_ref());
        if let Some(carried) = known.get(digest) {
            again.push(Carried { mark, ..carried.clone() });
            told.push(None);
            continue;
        }
        told.push(Some((digest, mark)));
        let (entry, said) = entry(key, item, feed, home.as_ref(), source, now);
        entries.push(entry);
        spoken.push(said);
    }
    let heard = again.iter().filter_map(|carried| carried.language.as_ref());
    for (entry, language) in entries.iter_mut().zip(language::settle(&spoken, heard)) {
        entry.language = language;
    }
    let pages: Vec<Option<u64>> = entries.iter().map(|entry| entry.url.as_ref().map(page_hash)).collect();
    forget_shared_urls(&mut entries, &again);
    let (mut again, mut made) = (again.into_iter(), pages.into_iter().zip(&entries));
    let carried = told.into_iter().filter_map(|told| match told {
        None => again.next(),
        Some((digest, mark)) => made.next().map(|(page, entry)| Carried::new(digest, mark, page, entry)),
    });
    Brought { carried: carried.collect(), entries }
}

/// An entry that lacks its language, and what that is settled from.
fn entry(
    key: String,
    item: &Item,
    feed: &Feed,
    home: Option<&Url>,
    source: &Source,
    now: DateTime<Utc>,
) -> (Entry, Spoken) {
    let link = link(item, home);
    let base = link.as_ref().or(home).filter(|base| base.as_str().len() <= MAX_BASE_BYTES);
    let html_base = item.base.as_deref().or(base);
    let content = words::html(item.content.as_ref(), html_base);
    let summary = words::html(item.summary.as_ref(), html_base);
    let (summary, content) = without_repetition(summary, content);
    let opening = words::opening(if content.is_empty() { &summary } else { &content });
    let title = title(item.title.as_ref(), &opening, link.as_ref(), &key);
    let declared = item.language.as_deref().or(feed.language.as_deref());
    let (published, updated) = dates::settle(item.published, item.updated, now);
    let image = item.image.as_deref().and_then(|image| web_url(image, base));
    let enclosures = files::enclosures(item, base);
    let (image, image_size) = files::picture(image, item, &enclosures);
    let spoken = Spoken { declared: declared.map(str::to_owned), text: format!("{title} {opening}") };
    let entry = Entry {
        id: EntryId::mint(&source.id, &key),
        source: source.id.clone(),
        key,
        url: declared_page(item, base).as_ref().or(link.as_ref()).filter(|page| names_a_page(page)).map(canonical_url),
        language: None,
        title,
        summary,
        content,
        published,
        updated,
        seen: now,
        authors: people(&item.authors, base),
        categories: categories(&item.categories),
        translations: translations(item, base, link.as_ref()),
        image_size,
        image,
        enclosures,
        link,
    };
    (entry, spoken)
}

/// What references are relative to when an item has no page: the feed's page, else the feed.
fn home(feed: &Feed, source: &Source) -> Option<Url> {
    let own = match &source.location {
        Location::Web(url) => Some(url.as_url()),
        Location::File(_) | Location::Articles(_) => None,
    };
    feed.link.as_deref().and_then(|link| web_url(link, own)).or_else(|| own.cloned())
}

/// The guid, else the link, else a hash of what the item says.
fn key(item: &Item) -> String {
    let given = [&item.id, &item.link].into_iter().flatten().map(|key| fold(key)).find(|key| !key.is_empty());
    match given {
        Some(key) if key.len() <= MAX_KEY_BYTES => key,
        Some(long) => format!("sha256:{}", hash(&[&long])),
        None => {
            let raw =
                |markup: &Option<Markup>| markup.as_ref().map(|markup| markup.raw().to_owned()).unwrap_or_default();
            let summary = item.summary.as_ref().map_or_else(|| raw(&item.content), |summary| summary.raw().to_owned());
            let date = item.published.or(item.updated).map(|date| date.to_rfc3339()).unwrap_or_default();
            format!("sha256:{}", hash(&[&raw(&item.title), &summary, &date]))
        }
    }
}

fn hash(parts: &[&str]) -> String {
    let mut sha = Sha256::new();
    for part in parts {
        sha.update(part);
        sha.update([0]);
    }
    sha.finalize()[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The link, else a guid that is an address.
fn link(item: &Item, home: Option<&Url>) -> Option<Url> {
    let link = item.link.as_deref().and_then(|link| web_url(link, home));
    link.or_else(|| item.id.as_deref().and_then(|id| web_url(id, None)))
}

/// The page that an item itself calls the one behind its link: `rel="canonical"`, a feed proxy's original link.
fn declared_page(item: &Item, base: Option<&Url>) -> Option<Url> {
    let declared = item.links.iter().find(|link| link.rel == "canonical")?;
    web_url(&declared.href, base).filter(names_a_page)
}

/// The pages of an item in other languages, but for the one that is taken for its own.
fn translations(item: &Item, base: Option<&Url>, link: Option<&Url>) -> Vec<CanonicalUrl> {
    let own = link.map(canonical_url);
    let pages = item.translations.iter().filter_map(|href| web_url(href, base)).filter(names_a_page);
    pages.map(|page| canonical_url(&page)).filter(|page| Some(page) != own.as_ref()).take(MAX_LIST).collect()
}

/// An absolute http(s) address without a password.
fn web_url(reference: &str, base: Option<&Url>) -> Option<Url> {
    let reference = reference.trim();
    if reference.is_empty() || reference.len() > MAX_URL_BYTES {
        return None;
    }
    let url = match Url::parse(reference) {
        Ok(url) => url,
        Err(url::ParseError::RelativeUrlWithoutBase) => base?.join(reference).ok()?,
        Err(_) => return None,
    };
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    Some(without_credentials(url))
}

/// Whether an address is more than a site's front door.
fn names_a_page(url: &Url) -> bool {
    url.path() != "/" || url.query().is_some() || url.fragment().is_some_and(|fragment| fragment.starts_with('!'))
}

/// Takes the canonical URL from entries that share it with another of the same document: it names none of them.
///
/// Change logs and live pages link every item to one page, apart from the fragment.
fn forget_shared_urls(entries: &mut [Entry], again: &[Carried]) {
    if entries.is_empty() {
        return;
    }
    let mut uses: HashMap<u64, usize> = HashMap::new();
    let pages = entries.iter().filter_map(|entry| entry.url.as_ref()).map(page_hash);
    for page in pages.chain(again.iter().filter_map(|carried| carried.page)) {
        *uses.entry(page).or_default() += 1;
    }
    for entry in entries {
        entry.url = entry.url.take().filter(|url| uses.get(&page_hash(url)) == Some(&1));
    }
}

/// A summary that says what the content says is none.
fn without_repetition(summary: Html, content: Html) -> (Html, Html) {
    let repeated = !summary.is_empty()
        && (summary == content
            || (summary.as_str().len() <= 2 * content.as_str().len() + 100
                && content.as_str().len() <= 2 * summary.as_str().len() + 100
                && words::same(&summary, &content)));
    if repeated { (Html::default(), content) } else { (summary, content) }
}

/// The title, else the first words of the text, else the link, else the key.
fn title(title: Option<&Markup>, opening: &str, link: Option<&Url>, key: &str) -> Text {
    let usable =
        |text: &str, chars: usize| Some(without_section_marks(clip(text, chars))).filter(|text| !text.is_empty());
    let given = title.and_then(|title| usable(&words::line(title), MAX_TITLE_CHARS));
    let named = || usable(opening, MAX_NAMING_CHARS);
    let title = given.or_else(named).unwrap_or_else(|| clip(link.map_or(key, Url::as_str), MAX_TITLE_CHARS));
    Text(title)
}

/// A line without what is left of CDATA sections, however often: whoever reads what we publish would drop it too.
fn without_section_marks(mut line: String) -> String {
    loop {
        let before = line.len();
        drop_section_marks(&mut line);
        line.truncate(line.trim_end().len());
        if line.len() == before {
            return line.trim_start().to_owned();
        }
    }
}

fn people(people: &[Person], base: Option<&Url>) -> Vec<Person> {
    let mut clean: Vec<Person> = Vec::new();
    for person in people {
        let short = |text: &Option<String>| {
            text.as_deref()
                .map(|text| clip(&fold(&words::decoded(text)), MAX_NAME_CHARS))
                .filter(|text| !text.is_empty())
        };
        let person = Person {
            name: short(&person.name),
            email: short(&person.email).filter(|email| email.contains('@')),
            url: person.url.as_deref().and_then(|url| web_url(url, base)).map(String::from),
        };
        if person != Person::default() && clean.len() < MAX_LIST && !clean.contains(&person) {
            clean.push(person);
        }
    }
    clean
}

fn categories(categories: &[String]) -> Vec<String> {
    let mut seen = HashSet::new();
    categories
        .iter()
        .map(|category| clip(&fold(&words::decoded(category)), MAX_NAME_CHARS))
        .filter(|category| !category.is_empty() && seen.insert(category.to_lowercase()))
        .take(MAX_LIST)
        .collect()
}

#[cfg(test)]
mod tests;

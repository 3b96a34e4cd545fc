//! What must hold of anything that was read, whatever it was read from.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use wiredesk::model::{Entry, Feed, Item, Parsed, Person};
use wiredesk::normalize::{MAX_LIST, MAX_NAME_CHARS, MAX_TITLE_CHARS, MAX_URL_BYTES};

use crate::html;

/// Bytes that may come of each byte that is read: an ampersand becomes `&amp;`, an id a link too, and short references
/// take a base address before them.
const GROWTH: usize = 24;
/// Bytes that may come of any document: declared entities expand to 256 KiB, which may be escaped; messages are long.
const ALLOWANCE: usize = 2 << 20;
/// See `limits::LIST` and `limits::FLAWS_PER_KIND` of the reader; one more flaw of a kind counts the rest.
const LIST: usize = 256;
const FLAWS_PER_KIND: usize = 21;

/// Fails with a sentence where something does not hold: its part before the colon says what.
pub type Checked = Result<(), String>;

fn hold(holds: bool, message: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(message()) }
}

/// What must hold of a document that was read.
///
/// # Errors
/// When it does not.
pub fn parsed(document: &[u8], parsed: &Parsed) -> Checked {
    let unpacked = document.starts_with(&[0x1f, 0x8b]);
    let texts = texts(parsed);
    let bytes = texts.iter().map(|text| text.len()).sum::<usize>();
    hold(unpacked || bytes <= document.len() * GROWTH + ALLOWANCE, || {
        format!("too much comes of little: {bytes} bytes of {}", document.len())
    })?;
    let control = |text: &&&str| text.contains(|c: char| c < ' ' && !matches!(c, '\t' | '\n' | '\r'));
    if let Some(text) = texts.iter().find(control) {
        return Err(format!("a control character is left: {text:?}"));
    }
    let lines = 1 + document.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count();
    let item_lines = parsed.feed.items.iter().map(|item| item.line);
    let flaw_lines = parsed.flaws.iter().filter_map(|flaw| flaw.line);
    hold(unpacked || item_lines.chain(flaw_lines.clone()).all(|line| line as usize <= lines), || {
        format!("a line beyond the end: the document has {lines}")
    })?;
    hold(flaw_lines.clone().all(|line| line > 0), || "a flaw in line 0".to_owned())?;
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for flaw in &parsed.flaws {
        *kinds.entry(flaw.kind).or_default() += 1;
        hold(!flaw.message.is_empty(), || format!("a flaw without words: {}", flaw.kind))?;
    }
    hold(kinds.values().all(|&count| count <= FLAWS_PER_KIND), || format!("a flood of flaws: {kinds:?}"))?;
    parsed.feed.items.iter().try_for_each(item)
}

/// What must hold of a document of so many items, if it is read as having so many, and of what is left of it without every
/// second one: what is left is read as it was.
///
/// # Errors
/// When it does not.
pub fn read_in_part(items: usize, whole: Option<&Parsed>, some: Option<&Parsed>) -> Checked {
    let (Some(whole), Some(some)) = (whole, some) else {
        return hold(whole.is_none() && some.is_none(), || "a part is read, or the whole, and not both".to_owned());
    };
    // Fields that stand outside of items may make one more. Then the items' marks are not kept, and nothing is left out.
    if whole.feed.items.len() != items {
        return Ok(());
    }
    let left: Vec<&Item> = whole.feed.items.iter().skip(1).step_by(2).collect();
    let read: Vec<&Item> = some.feed.items.iter().collect();
    hold(left == read, || format!("an item is read otherwise alone: {left:?}, {read:?}"))?;
    let around = |parsed: &Parsed| Feed { items: Vec::new(), ..parsed.feed.clone() };
    hold(around(whole) == around(some), || "a feed says otherwise of itself without some items".to_owned())
}

/// What must hold of two documents of one essence: they say the same.
///
/// # Errors
/// When it does not.
pub fn known_again(one: Option<&Parsed>, other: Option<&Parsed>) -> Checked {
    let feeds = [one, other].map(|parsed| parsed.map(|parsed| &parsed.feed));
    hold(feeds[0] == feeds[1], || format!("two feeds of one essence: {feeds:?}"))
}

fn item(item: &Item) -> Checked {
    let longest = [item.authors.len(), item.enclosures.len(), item.categories.len(), item.links.len()];
    hold(longest.iter().all(|&length| length <= LIST), || format!("a list is too long: {longest:?}"))?;
    hold(item.authors.iter().all(|author| *author != Person::default()), || "a person without anything".to_owned())?;
    hold(!item.categories.iter().any(|label| label.trim() != label || label.is_empty()), || {
        format!("a label with blanks: {:?}", item.categories)
    })?;
    let markup = [&item.title, &item.summary, &item.content].into_iter().flatten();
    hold(markup.clone().all(|text| !text.raw().trim().is_empty()), || "a text of blanks".to_owned())?;
    let dates = [item.published, item.updated].into_iter().flatten();
    hold(dates.clone().all(|date| (0..=9999).contains(&date.year())), || {
        format!("a year that nobody can write: {:?}", dates.collect::<Vec<_>>())
    })
}

/// All texts of a document.
fn texts(parsed: &Parsed) -> Vec<&str> {
    let feed = &parsed.feed;
    let mut texts: Vec<&str> = Vec::new();
    for markup in [&feed.title, &feed.description, &feed.rights].into_iter().flatten() {
        texts.push(markup.raw());
    }
    let plain = [&feed.link, &feed.id, &feed.language, &feed.image, &feed.generator];
    texts.extend(plain.into_iter().flatten().map(String::as_str));
    people(&feed.authors, &mut texts);
    for link in feed.links.iter().chain(feed.items.iter().flat_map(|item| &item.links)) {
        texts.extend(
            [Some(&link.rel), Some(&link.href), link.media_type.as_ref()].into_iter().flatten().map(String::as_str),
        );
    }
    for item in &feed.items {
        for markup in [&item.title, &item.summary, &item.content, &item.rights].into_iter().flatten() {
            texts.push(markup.raw());
        }
        let plain = [&item.id, &item.link, &item.comments, &item.image, &item.language];
        texts.extend(plain.into_iter().flatten().map(String::as_str));
        people(&item.authors, &mut texts);
        texts.extend(item.categories.iter().map(String::as_str));
        for file in &item.enclosures {
            texts.push(&file.url);
            texts.extend(file.media_type.as_deref());
        }
    }
    texts.extend(parsed.flaws.iter().map(|flaw| flaw.message.as_str()));
    texts
}

fn people<'a>(people: &'a [Person], texts: &mut Vec<&'a str>) {
    for person in people {
        texts.extend([&person.name, &person.email, &person.url].into_iter().flatten().map(String::as_str));
    }
}

/// What must hold of entries that were seen at `now`.
///
/// # Errors
/// When it does not.
pub fn entries(entries: &[Entry], now: DateTime<Utc>) -> Checked {
    let keys: BTreeSet<&str> = entries.iter().map(|entry| entry.key.as_str()).collect();
    hold(keys.len() == entries.len(), || "two entries of one key".to_owned())?;
    entries.iter().try_for_each(|one| entry(one, now))
}

fn entry(entry: &Entry, now: DateTime<Utc>) -> Checked {
    let title = entry.title.as_str();
    hold(!title.is_empty() && !entry.key.is_empty(), || "an entry without title or key".to_owned())?;
    line("a title", title, MAX_TITLE_CHARS)?;
    for name in entry.categories.iter().chain(entry.authors.iter().filter_map(|author| author.name.as_ref())) {
        line("a name", name, MAX_NAME_CHARS)?;
    }
    let longest = [entry.authors.len(), entry.categories.len(), entry.enclosures.len()];
    hold(longest.iter().all(|&length| length <= MAX_LIST), || format!("a list is too long: {longest:?}"))?;
    for address in entry.link.iter().chain(&entry.image) {
        let web = matches!(address.scheme(), "http" | "https") && address.has_host() && address.password().is_none();
        // Joining and escaping make an address longer than what was given.
        hold(web && address.as_str().len() <= 8 * MAX_URL_BYTES, || format!("a bad address: {address}"))?;
    }
    hold(entry.published - now <= TimeDelta::days(1) && entry.published.year() >= 1990, || {
        format!("a date that cannot be: {}", entry.published)
    })?;
    hold(entry.updated.is_none_or(|updated| updated > entry.published), || "updated before published".to_owned())?;
    for text in [&entry.summary, &entry.content] {
        if let Some(fault) = html::fault(text.as_str()) {
            return Err(format!("unsafe HTML: {fault}"));
        }
    }
    Ok(())
}

fn line(what: &str, text: &str, most: usize) -> Checked {
    let clean = !text.contains(|c: char| c.is_control() || c == '\n') && text.trim() == text;
    hold(clean, || format!("{what} that is no clean line: {text:?}"))?;
    hold(text.chars().count() <= most + 1, || format!("{what} that is too long: {}", text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use wiredesk::model::Markup;
    use wiredesk::parse::{Hints, parse};

    #[test]
    fn what_does_not_hold_is_told() {
        let document = b"<rss><channel><item><title>a</title><category>b</category></item></channel></rss>";
        let good = parse(document, &Hints::default()).expect("a feed");
        assert_eq!(parsed(document, &good), Ok(()));
        let spoil = |spoil: &dyn Fn(&mut Parsed)| {
            let mut bad = good.clone();
            spoil(&mut bad);
            parsed(document, &bad).expect_err("a fault")
        };
        for (told, expected) in [
            (spoil(&|bad| bad.feed.title = Some(Markup::Plain("x".repeat(4 << 20)))), "too much"),
            (spoil(&|bad| bad.feed.items[0].id = Some("\0".into())), "a control character"),
            (spoil(&|bad| bad.feed.items[0].line = 2), "a line beyond"),
            (spoil(&|bad| bad.feed.items[0].categories = vec![" a".into()]), "a label"),
            (spoil(&|bad| bad.feed.items[0].categories = vec!["a".into(); 300]), "a list"),
            (spoil(&|bad| bad.flaws = vec![bad.flaws[0].clone(); 30]), "a flood"),
            (spoil(&|bad| bad.feed.items[0].published = Some(DateTime::<Utc>::MAX_UTC)), "a year"),
        ] {
            assert!(told.starts_with(expected), "{told}");
        }
    }
}

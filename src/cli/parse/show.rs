//! A feed as `wiredesk parse` shows it to people: the feed, its entries, its flaws with what mends them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::lines::{Lines, columns};
use crate::model::{Feed, Flaw, Format, Item, Markup, Parsed, Person};
use crate::text::{clip, fold, plain};

/// Where the values of the feed begin, and those of its entries.
const COLUMN: usize = 14;
const ENTRY_COLUMN: usize = 16;
/// Rows of a text that is shown.
const ROWS: usize = 2;

/// The account of a feed, for a terminal of `width` columns.
pub fn feed(input: &str, parsed: &Parsed, width: usize) -> String {
    let feed = &parsed.feed;
    let mut lines = Lines::new(width);
    let summary = format!(
        "{}: {}, {}, {}",
        fold(input),
        dialect(feed),
        counted(feed.items.len(), "entry", "entries"),
        counted(flaw_count(&parsed.flaws), "flaw", "flaws")
    );
    lines.put("", 0, &summary, 3);
    lines.gap();
    let mut line = |label: &str, value: &str| lines.put(&format!("  {label}"), COLUMN, value, ROWS);
    line("title", &shown(feed.title.as_ref()));
    line("link", optional(&feed.link));
    line("id", optional(&feed.id));
    line("about", &shown(feed.description.as_ref()));
    line("language", optional(&feed.language));
    line("published", &date(feed.published));
    line("updated", &date(feed.updated));
    line("authors", &people(&feed.authors));
    line("contributors", &people(&feed.contributors));
    line("rights", &shown(feed.rights.as_ref()));
    line("image", optional(&feed.image));
    line("generator", optional(&feed.generator));
    line("rhythm", &rhythm(feed));
    for link in &feed.links {
        line(&clip(&fold(&link.rel), 10), &link.href);
    }
    for (number, item) in (1..).zip(&feed.items) {
        entry(&mut lines, number, item);
    }
    flaws(&mut lines, &parsed.flaws);
    lines.finish()
}

fn entry(lines: &mut Lines, number: usize, item: &Item) {
    lines.gap();
    let title = item.title.as_ref().map_or_else(|| "(no title)".to_owned(), |title| shown(Some(title)));
    let place = if item.line > 0 { format!(" (line {})", item.line) } else { String::new() };
    lines.put(&format!("{number:>3}."), 5, &format!("{title}{place}"), ROWS);
    let mut line = |label: &str, value: &str| lines.put(&format!("     {label}"), ENTRY_COLUMN, value, ROWS);
    line("link", optional(&item.link));
    if item.id != item.link {
        line("id", optional(&item.id));
    }
    line("published", &date(item.published));
    line("updated", &date(item.updated));
    line("authors", &people(&item.authors));
    line("summary", &shown(item.summary.as_ref()));
    line("content", &shown(item.content.as_ref()));
    line("labels", &item.categories.join(", "));
    line("image", optional(&item.image));
    for file in &item.enclosures {
        let size = file.size_bytes.map(size);
        let about: Vec<String> = file.media_type.clone().into_iter().chain(size).collect();
        let about = if about.is_empty() { String::new() } else { format!(" ({})", about.join(", ")) };
        line("file", &format!("{}{about}", file.url));
    }
    let count = item.comment_count.map(|count| counted(count as usize, "comment", "comments"));
    line("comments", &[count.unwrap_or_default().as_str(), optional(&item.comments)].join(" "));
    if let Some(source) = &item.source {
        let address = source.link.as_ref().or(source.feed.as_ref());
        line("taken from", &[optional(&source.title), address.map_or("", String::as_str)].join(" "));
    }
    if let Some(place) = &item.place {
        line("place", &format!("{} {}, {}", optional(&place.name), place.latitude, place.longitude));
    }
    if let Some(podcast) = &item.podcast {
        let part = |name: &str, value: Option<u32>| value.map(|value| format!("{name} {value}"));
        let length = podcast
            .duration_seconds
            .map(|seconds| format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60));
        let parts = [part("season", podcast.season), part("episode", podcast.episode), length];
        line("podcast", &parts.into_iter().flatten().collect::<Vec<_>>().join(", "));
    }
}

fn flaws(lines: &mut Lines, flaws: &[Flaw]) {
    lines.gap();
    if flaws.is_empty() {
        return lines.put("", 0, "No flaws.", 1);
    }
    // The same said of several lines is said once, where it comes first.
    let mut kinds: BTreeMap<(u32, &str, &str), Vec<u32>> = BTreeMap::new();
    for flaw in flaws {
        let line = flaw.line.unwrap_or_default();
        let known = kinds.iter_mut().find(|((_, kind, said), _)| *kind == flaw.kind && *said == flaw.message);
        match known {
            Some((_, places)) => places.push(line),
            None => drop(kinds.insert((line, flaw.kind, &flaw.message), vec![line])),
        }
    }
    let different: std::collections::BTreeSet<&str> = flaws.iter().map(|flaw| flaw.kind).collect();
    let of_kinds = if different.len() > 1 { format!(" of {} kinds", different.len()) } else { String::new() };
    lines.put("", 0, &format!("{}{of_kinds}:", counted(flaw_count(flaws), "flaw", "flaws")), 1);
    let mut rows: Vec<(Vec<u32>, &str, &str)> = Vec::new();
    for ((_, kind, said), mut places) in kinds {
        places.sort_unstable();
        places.dedup();
        rows.push((places, kind, said));
    }
    rows.sort();
    let column = rows.iter().map(|(places, ..)| columns(&place(places))).max().unwrap_or_default() + 4;
    for (places, kind, said) in rows {
        lines.put(&format!("  {}", place(&places)), column, &format!("{said} [{kind}]"), 4);
    }
    let hints: Vec<&str> = different.iter().filter_map(|kind| hint(kind)).collect();
    if !hints.is_empty() {
        lines.gap();
        lines.put("", 0, "What its publisher can do:", 1);
        let mut given: Vec<&str> = Vec::new();
        for hint in hints {
            if !given.contains(&hint) {
                lines.put("  -", 4, hint, 3);
                given.push(hint);
            }
        }
    }
}

/// `line 4`, `lines 4, 21`, `lines 4, 9, 12 …`, or nothing for the document as a whole.
fn place(lines: &[u32]) -> String {
    const NAMED: usize = 3;
    let known: Vec<String> = lines.iter().filter(|line| **line > 0).take(NAMED).map(u32::to_string).collect();
    let more = if lines.len() > NAMED { " …" } else { "" };
    match known.as_slice() {
        [] => "document".to_owned(),
        [line] => format!("line {line}{more}"),
        _ => format!("lines {}{more}", known.join(", ")),
    }
}

/// Flaws with those that are only counted: `17 more of this kind.`
fn flaw_count(flaws: &[Flaw]) -> usize {
    let count = |flaw: &Flaw| {
        let more = flaw.message.strip_suffix(" more of this kind.").and_then(|more| more.parse().ok());
        more.unwrap_or(1_usize)
    };
    flaws.iter().map(count).sum()
}

/// What mends a kind of flaw.
fn hint(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "bare-ampersand" | "bare-less-than" | "missing-semicolon" => {
            "Write `&amp;` for `&` and `&lt;` for `<`, or put texts into CDATA sections."
        }
        "undeclared-entity" | "unknown-entity" => "XML knows no `&nbsp;`: write the character itself, or `&#160;`.",
        "undeclared-namespace" => {
            "Declare each prefix in the first tag: `xmlns:dc=\"http://purl.org/dc/elements/1.1/\"`."
        }
        "bad-date" | "zero-date" | "missing-date" => {
            "Write dates as `Mon, 21 Oct 2024 08:00:00 GMT` in RSS, as `2024-10-21T08:00:00Z` in Atom and JSON."
        }
        "wrong-encoding" | "mixed-encoding" | "missing-encoding" | "broken-characters" | "control-character" => {
            "Write all texts in UTF-8, and say so in the first line and in `Content-Type`."
        }
        "missing-id" => "Give each entry an `id` (RSS: `guid`) that never changes, or corrections will look like news.",
        "unclosed-element" | "unclosed-item" | "unopened-item" | "unclosed-tag" | "stray-end-tag" | "lost-quote"
        | "unclosed-cdata" | "unclosed-comment" | "truncated" | "junk-before-root" | "inside-page" => {
            "Write the feed with an XML library instead of a page template, and see that nothing is printed around it."
        }
        "broken-json" => "Write the feed with a JSON library instead of a page template.",
        "compressed" => "Send `Content-Encoding: gzip` with a compressed feed.",
        _ => return None,
    })
}

/// The dialect as people call it.
fn dialect(feed: &Feed) -> String {
    let version = feed.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
    match feed.format {
        Format::Rss => format!("RSS{version}"),
        Format::Rdf => format!("RSS{version} (RDF)"),
        Format::Atom => format!("Atom{version}"),
        Format::Cdf => "CDF".to_owned(),
        Format::Json => format!("JSON Feed{version}"),
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    match count {
        0 => format!("no {many}"),
        1 => format!("1 {one}"),
        _ => format!("{count} {many}"),
    }
}

fn optional(text: &Option<String>) -> &str {
    text.as_deref().unwrap_or_default()
}

/// The words of a text, without its tags.
fn shown(markup: Option<&Markup>) -> String {
    match markup {
        Some(Markup::Html(html)) => plain(html).to_string(),
        Some(Markup::Plain(text)) => text.clone(),
        None => String::new(),
    }
}

fn date(date: Option<DateTime<Utc>>) -> String {
    date.map(|date| date.format("%Y-%m-%d %H:%M:%S UTC").to_string()).unwrap_or_default()
}

fn people(people: &[Person]) -> String {
    let names = people.iter().filter_map(|person| {
        let address = person.email.as_ref().or(person.url.as_ref());
        match (&person.name, address) {
            (Some(name), Some(address)) => Some(format!("{name} <{address}>")),
            (name, address) => name.as_ref().or(address).cloned(),
        }
    });
    names.collect::<Vec<_>>().join(", ")
}

/// What the feed says of when to ask.
fn rhythm(feed: &Feed) -> String {
    let minutes = |minutes: u32| match minutes {
        minutes if minutes % (24 * 60) == 0 => counted(minutes as usize / (24 * 60), "day", "days"),
        minutes if minutes % 60 == 0 => counted(minutes as usize / 60, "hour", "hours"),
        minutes => counted(minutes as usize, "minute", "minutes"),
    };
    let mut parts = Vec::new();
    parts.extend(feed.ttl_minutes.map(|ttl| format!("may be kept for {}", minutes(ttl))));
    parts.extend(feed.update_minutes.map(|pause| format!("changes every {}", minutes(pause))));
    if !feed.skip_hours.is_empty() {
        parts.push(format!("not in {}", counted(feed.skip_hours.len(), "hour of the day", "hours of the day")));
    }
    if !feed.skip_days.is_empty() {
        let days: Vec<String> = feed.skip_days.iter().map(ToString::to_string).collect();
        parts.push(format!("not on {}", days.join(" ")));
    }
    parts.join(", ")
}

/// Bytes as people say them.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flaw(kind: &'static str, line: Option<u32>, message: &str) -> Flaw {
        Flaw { kind, line, message: message.to_owned() }
    }

    #[test]
    fn flaws_come_by_line_and_once() {
        let flaws = vec![
            flaw("bare-ampersand", Some(9), "A bare `&`."),
            flaw("bare-ampersand", Some(21), "A bare `&`."),
            flaw("missing-id", Some(4), "No id."),
            flaw("bare-ampersand", None, "17 more of this kind."),
        ];
        let parsed = Parsed { feed: Feed { version: Some("2.0".into()), ..Feed::default() }, flaws };
        let shown = feed("quay.xml", &parsed, 80);
        assert!(shown.starts_with("quay.xml: RSS 2.0, no entries, 20 flaws\n"), "{shown}");
        let listed: Vec<&str> = shown.lines().filter(|line| line.ends_with(']')).collect();
        assert_eq!(
            listed,
            [
                "  document     17 more of this kind. [bare-ampersand]",
                "  line 4       No id. [missing-id]",
                "  lines 9, 21  A bare `&`. [bare-ampersand]",
            ]
        );
        assert!(shown.contains("20 flaws of 2 kinds:") && shown.contains("\n  - Give each entry"), "{shown}");
    }

    #[test]
    fn places_are_named_up_to_three() {
        assert_eq!(place(&[0]), "document");
        assert_eq!(place(&[4]), "line 4");
        assert_eq!(place(&[4, 5, 6]), "lines 4, 5, 6");
        assert_eq!(place(&[4, 5, 6, 7]), "lines 4, 5, 6 …");
    }

    #[test]
    fn nothing_stands_further_right_than_the_terminal_is_wide() {
        let item = Item {
            title: Some(Markup::Plain("Fog ".repeat(80))),
            content: Some(Markup::Html("<p>항구에 안개</p>".repeat(80))),
            link: Some(format!("https://quay.example/{}", "fog/".repeat(60))),
            line: 7,
            ..Item::default()
        };
        let parsed = Parsed { feed: Feed { items: vec![item], ..Feed::default() }, flaws: Vec::new() };
        for width in [60, 80, 120] {
            let shown = feed("quay.xml", &parsed, width);
            assert!(shown.lines().all(|line| columns(line) <= width), "{shown}");
            assert!(shown.ends_with("No flaws.\n"), "{shown}");
        }
    }
}

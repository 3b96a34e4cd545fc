//! What is published is read back by our own reader, and every part of it is a whole feed.

use chrono::{DateTime, Datelike, Utc};
use proptest::prelude::*;
use wiredesk::model::{EARLIEST_YEAR, Item, LATEST_YEAR, Markup, Rendered};
use wiredesk::parse::{self, Hints};

use crate::feed_rules::faults;
use crate::nasty;

/// An item as any reader has it.
#[derive(Debug, Default, PartialEq)]
struct Told {
    id: String,
    title: String,
    link: Option<String>,
    content: String,
    published: Option<DateTime<Utc>>,
    authors: Vec<String>,
    categories: Vec<String>,
    enclosures: Vec<(String, String)>,
}

fn ours(item: &Item) -> Told {
    let text = |markup: &Option<Markup>| markup.as_ref().map(Markup::raw).unwrap_or_default().to_owned();
    let content = if item.content.is_some() { text(&item.content) } else { text(&item.summary) };
    Told {
        id: item.id.clone().unwrap_or_default(),
        title: text(&item.title),
        link: item.link.clone(),
        content,
        published: item.published,
        authors: item.authors.iter().filter_map(|author| author.name.clone()).collect(),
        categories: item.categories.clone(),
        enclosures: item
            .enclosures
            .iter()
            .map(|file| (file.url.clone(), file.media_type.clone().unwrap_or_default()))
            .collect(),
    }
}

/// The items of a document as a second reader has them.
fn theirs(document: &Rendered) -> Vec<Told> {
    match document.path.as_str().rsplit('.').next() {
        Some("atom") => {
            let feed = atom_syndication::Feed::read_from(&document.bytes[..]).expect("strict Atom");
            let links = |entry: &atom_syndication::Entry, rel: &str| -> Vec<atom_syndication::Link> {
                entry.links().iter().filter(|link| link.rel() == rel).cloned().collect()
            };
            let told = |entry: &atom_syndication::Entry| Told {
                id: entry.id().to_owned(),
                title: entry.title().as_str().to_owned(),
                link: links(entry, "alternate").first().map(|link| link.href().to_owned()),
                content: entry.content().and_then(|content| content.value()).unwrap_or_default().to_owned(),
                published: entry.published().map(DateTime::to_utc),
                authors: entry.authors().iter().map(|author| author.name().to_owned()).collect(),
                categories: entry.categories().iter().map(|category| category.term().to_owned()).collect(),
                enclosures: links(entry, "enclosure")
                    .iter()
                    .map(|link| (link.href().to_owned(), link.mime_type().unwrap_or_default().to_owned()))
                    .collect(),
            };
            feed.entries().iter().map(told).collect()
        }
        Some("rss") => {
            let channel = rss::Channel::read_from(&document.bytes[..]).expect("strict RSS");
            let told = |item: &rss::Item| Told {
                id: item.guid().map(|guid| guid.value().to_owned()).unwrap_or_default(),
                title: item.title().unwrap_or_default().to_owned(),
                link: item.link().map(str::to_owned),
                content: item.description().unwrap_or_default().to_owned(),
                published: item
                    .pub_date()
                    .and_then(|date| DateTime::parse_from_rfc2822(date).ok())
                    .map(|date| date.to_utc()),
                authors: item.dublin_core_ext().map(|core| core.creators().to_vec()).unwrap_or_default(),
                categories: item.categories().iter().map(|category| category.name().to_owned()).collect(),
                enclosures: item
                    .enclosure()
                    .map(|file| (file.url().to_owned(), file.mime_type().to_owned()))
                    .into_iter()
                    .collect(),
            };
            channel.items().iter().map(told).collect()
        }
        _ => {
            let feed: serde_json::Value = serde_json::from_slice(&document.bytes).expect("JSON");
            let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
            let list = |value: &serde_json::Value, key: Option<&str>| -> Vec<String> {
                let items = value.as_array().into_iter().flatten();
                items.map(|item| text(key.map_or(item, |key| &item[key]))).collect()
            };
            let told = |item: &serde_json::Value| Told {
                id: text(&item["id"]),
                title: text(&item["title"]),
                link: item["url"].as_str().map(str::to_owned),
                content: text(if item["content_html"].is_null() {
                    &item["content_text"]
                } else {
                    &item["content_html"]
                }),
                published: text(&item["date_published"]).parse().ok(),
                authors: list(&item["authors"], Some("name")),
                categories: list(&item["tags"], None),
                enclosures: list(&item["attachments"], Some("url"))
                    .into_iter()
                    .zip(list(&item["attachments"], Some("mime_type")))
                    .collect(),
            };
            feed["items"].as_array().into_iter().flatten().map(told).collect()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn our_own_reader_reads_what_we_publish_as_the_strict_ones_do(edition in nasty::edition()) {
        for document in nasty::feeds(&edition) {
            let parsed = parse::parse(&document.bytes, &Hints::default()).expect("a feed");
            let mut ours: Vec<Told> = parsed.feed.items.iter().map(ours).collect();
            let mut theirs = theirs(&document);
            for (ours, theirs) in ours.iter_mut().zip(&mut theirs) {
                // RSS has one file; ours finds the others in Media RSS.
                if document.path.as_str().ends_with(".rss") {
                    ours.enclosures.truncate(1);
                }
                // Dates that cannot be are left out by ours.
                if theirs.published.is_some_and(|date| !(EARLIEST_YEAR..=LATEST_YEAR).contains(&date.year())) {
                    ours.published = None;
                    theirs.published = None;
                }
                // A stray end of a CDATA section is taken off, since feeds have it by mistake.
                let stray = |text: &str| text.starts_with("]]>") || text.ends_with("]]>");
                for (ours, theirs) in [(&mut ours.title, &mut theirs.title), (&mut ours.content, &mut theirs.content)] {
                    if stray(theirs) {
                        ours.clear();
                        theirs.clear();
                    }
                }
                // RSS has an address of mail in the place of a name: such a name is taken for one there.
                if document.path.as_str().ends_with(".rss") && theirs.authors.iter().any(|name| name.contains('@')) {
                    ours.authors.clear();
                    theirs.authors.clear();
                }
                // Names and labels are read for markup, which many feeds have in them: such a one is not the same.
                let is_plain = |name: &String| !name.contains(['<', '>', '&']);
                if !theirs.authors.iter().chain(&theirs.categories).all(is_plain) {
                    for told in [ours, theirs] {
                        told.authors.clear();
                        told.categories.clear();
                    }
                }
            }
            prop_assert_eq!(ours, theirs, "{}", document.path);
            let (title, site) = (parsed.feed.title.as_ref().map(Markup::raw), nasty::site());
            prop_assert!(title.is_some_and(|title| !title.is_empty()) || edition.title.contains("]]>"));
            prop_assert_eq!(parsed.feed.language.as_deref(), Some(site.language.as_str()));
            let own = format!("{}{}", site.url, document.path);
            prop_assert!(parsed.feed.links.iter().any(|link| link.rel == "self" && link.href == own), "{:?}", parsed.feed.links);
            // A title that is nothing but what is left of CDATA sections is none; there are no more than have any.
            let mut stray = edition.pieces.iter().filter(|piece| piece.lead.title.as_str().contains("]]>")).count();
            // Dates that no format can write are brought to the edge of what it can; those are doubted, and rightly.
            let mut is_doubted = |kind: &str| match kind {
                "missing-text" if stray > 0 => {
                    stray -= 1;
                    true
                }
                kind => kind.ends_with("-date"),
            };
            let flaws: Vec<_> = parsed.flaws.iter().filter(|flaw| !is_doubted(flaw.kind)).collect();
            prop_assert!(flaws.is_empty(), "{}: {:?}", document.path, flaws);
        }
    }

    #[test]
    fn some_items_of_a_feed_are_a_whole_feed(edition in nasty::edition(), chosen in any::<u8>()) {
        for document in nasty::feeds(&edition) {
            let cuts = document.cuts.clone().expect("a feed can be cut");
            prop_assert_eq!(cuts.items.len(), edition.pieces.len(), "{}", document.path);
            let (Some(first), Some(last)) = (cuts.items.first(), cuts.items.last()) else { continue };
            let join = |items: Vec<&[u8]>| {
                let parts = [&document.bytes[..first.start], &items.join(cuts.between.as_bytes()), &document.bytes[last.end..]];
                parts.concat()
            };
            let all: Vec<&[u8]> = cuts.items.iter().map(|range| &document.bytes[range.clone()]).collect();
            prop_assert_eq!(&join(all.clone())[..], &document.bytes[..]);
            let some = all.iter().enumerate().filter(|(at, _)| chosen & (1 << at) != 0).map(|(_, item)| *item);
            let some: Vec<&[u8]> = some.collect();
            let (count, part) = (some.len(), join(some));
            let text = String::from_utf8(part.clone()).expect("UTF-8");
            let address = format!("{}{}", nasty::site().url, document.path);
            let faults = faults(&text, &address);
            prop_assert!(faults.is_empty(), "{faults:?}: {text}");
            prop_assert_eq!(parse::parse(&part, &Hints::default()).expect("a feed").feed.items.len(), count);
        }
    }
}

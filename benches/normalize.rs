//! How fast items become entries, whole and in parts, and sanitising next to `ammonia`.
//!
//! `cargo bench -p wiredesk-benches --bench normalize`, with `WIREDESK_FEEDS=folder` on documents of one's own. The
//! documents are parsed beforehand. All speeds count the bytes of the documents, so that the parts compare with the
//! whole.

use std::hint::black_box;
use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use divan::Bencher;
use divan::counter::BytesCount;
use url::Url;
use wiredesk::model::{
    Entry, EntryId, Feed, FeedUrl, Html, Item, Location, Markup, Parsed, Publisher, Source, SourceId,
};
use wiredesk::normalize::language::{self, Spoken};
use wiredesk::normalize::{canonical_url, entries};
use wiredesk::parse::{Hints, parse};
use wiredesk::text::{plain, plain_head, sanitize};
use wiredesk_benches::{compare, documents};

/// What the documents come to.
struct Feeds {
    documents: usize,
    bytes: usize,
    parsed: Vec<Parsed>,
    /// The HTML of all items, with what references in it are relative to.
    html: Vec<(String, Option<Url>)>,
    sanitized: Vec<Html>,
    entries: Vec<Entry>,
    /// What is known of the languages of each document's entries.
    spoken: Vec<Vec<Spoken>>,
}

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

static FEEDS: LazyLock<Feeds> = LazyLock::new(|| {
    let documents = documents();
    let read: Vec<(usize, Parsed)> = documents
        .iter()
        .filter_map(|document| Some((document.len(), parse(document, &Hints::default()).ok()?)))
        .collect();
    let bytes = read.iter().map(|(bytes, _)| bytes).sum();
    let parsed: Vec<Parsed> = read.into_iter().map(|(_, parsed)| parsed).collect();
    let items = || parsed.iter().flat_map(|parsed| parsed.feed.items.iter().map(|item| (&parsed.feed, item)));
    let html: Vec<(String, Option<Url>)> = items().flat_map(|(_, item)| html_of(item)).collect();
    let sanitized = html.iter().map(|(html, base)| sanitize(html, base.as_ref())).collect();
    let entries = parsed.iter().flat_map(|parsed| entries(parsed, &source(), now())).collect();
    let spoken =
        parsed.iter().map(|parsed| parsed.feed.items.iter().map(|item| spoken_in(&parsed.feed, item)).collect());
    let spoken = spoken.collect();
    Feeds { documents: documents.len(), bytes, parsed, html, sanitized, entries, spoken }
});

fn html_of(item: &Item) -> Vec<(String, Option<Url>)> {
    let link = || item.link.as_deref().and_then(|link| Url::parse(link).ok());
    let base = item.base.as_deref().cloned().or_else(link);
    let markup = [item.content.as_ref(), item.summary.as_ref()].into_iter().flatten();
    let html = markup.filter_map(|markup| match markup {
        Markup::Html(html) => Some(html.clone()),
        Markup::Plain(_) => None,
    });
    html.map(|html| (html, base.clone())).collect()
}

fn spoken_in(feed: &Feed, item: &Item) -> Spoken {
    let body = item.content.as_ref().or(item.summary.as_ref());
    let parts = [item.title.as_ref(), body].into_iter().flatten().map(|markup| plain_head(markup.raw(), 2_400).0);
    Spoken {
        declared: item.language.clone().or_else(|| feed.language.clone()),
        text: parts.collect::<Vec<String>>().join(" "),
    }
}

fn source() -> Source {
    Source::new(
        SourceId::new("wire").expect("a name"),
        Location::Web(FeedUrl::parse("https://wire.example/feed.xml").expect("a URL")),
        Publisher::new("wire").expect("a name"),
    )
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).expect("a time")
}

fn whole() {
    let source = source();
    FEEDS.parsed.iter().for_each(|parsed| drop(black_box(entries(black_box(parsed), &source, now()))));
}

fn sanitizing() {
    FEEDS.html.iter().for_each(|(html, base)| drop(black_box(sanitize(black_box(html), base.as_ref()))));
}

/// The peer as its documentation recommends it, told the same base.
fn ammonia() {
    for (html, base) in &FEEDS.html {
        let mut builder = ammonia::Builder::default();
        if let Some(base) = base {
            builder.url_relative(ammonia::UrlRelative::RewriteWithBase(base.clone()));
        }
        drop(black_box(builder.clean(black_box(html)).to_string()));
    }
}

fn plain_text() {
    FEEDS.sanitized.iter().for_each(|html| drop(black_box(plain(black_box(html.as_str())))));
}

fn languages() {
    FEEDS.spoken.iter().for_each(|feed| drop(black_box(language::settle(black_box(feed), std::iter::empty()))));
}

fn canonical_urls() {
    let links = FEEDS.entries.iter().filter_map(|entry| entry.link.as_ref());
    links.for_each(|link| drop(black_box(canonical_url(black_box(link)))));
}

fn hashing() {
    FEEDS.entries.iter().for_each(|entry| {
        black_box(EntryId::mint(black_box(&entry.source), black_box(&entry.key)));
    });
}

fn measure(bencher: Bencher<'_, '_>, run: fn()) {
    bencher.counter(BytesCount::new(FEEDS.bytes)).bench(run);
}

#[divan::bench]
fn normalize_entries(bencher: Bencher<'_, '_>) {
    measure(bencher, whole);
}

#[divan::bench]
fn part_sanitize(bencher: Bencher<'_, '_>) {
    measure(bencher, sanitizing);
}

#[divan::bench]
fn part_plain(bencher: Bencher<'_, '_>) {
    measure(bencher, plain_text);
}

#[divan::bench]
fn part_language(bencher: Bencher<'_, '_>) {
    measure(bencher, languages);
}

#[divan::bench]
fn part_canonical_url(bencher: Bencher<'_, '_>) {
    measure(bencher, canonical_urls);
}

#[divan::bench]
fn part_hashing(bencher: Bencher<'_, '_>) {
    measure(bencher, hashing);
}

#[divan::bench]
fn ammonia_clean(bencher: Bencher<'_, '_>) {
    measure(bencher, ammonia);
}

fn main() {
    divan::main();
    let items = FEEDS.entries.len();
    compare(
        &format!("{} documents, {} that are feeds, {items} entries", FEEDS.documents, FEEDS.parsed.len()),
        FEEDS.bytes,
        &[
            ("normalize::entries", &whole),
            ("of it, sanitize", &sanitizing),
            ("plain, of all the HTML", &plain_text),
            ("of it, language", &languages),
            ("of it, canonical_url", &canonical_urls),
            ("of it, hashing of ids", &hashing),
        ],
    );
    let html = FEEDS.html.iter().map(|(html, _)| html.len()).sum();
    compare(
        &format!("the HTML of {} fields", FEEDS.html.len()),
        html,
        &[("text::sanitize", &sanitizing), ("ammonia", &ammonia)],
    );
}

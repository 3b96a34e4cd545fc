//! How fast feeds are read, next to `feed-rs`, `rss` with `atom_syndication`, and a bare pass of `quick-xml`.
//!
//! `cargo bench -p wiredesk-benches --bench reading`, with `WIREDESK_FEEDS=folder` on documents of one's own.

use std::hint::black_box;
use std::sync::LazyLock;

use divan::Bencher;
use divan::counter::BytesCount;
use wiredesk::parse::{Hints, parse};
use wiredesk_benches::{compare, documents};

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

static ALL: LazyLock<Vec<Vec<u8>>> = LazyLock::new(documents);
/// The documents that every contender reads to the end, so that all do the same work.
static COMMON: LazyLock<Vec<&[u8]>> = LazyLock::new(|| {
    let common =
        |document: &&[u8]| quick_xml_pass(document) && feed_rs(document) && rss_or_atom(document) && ours(document);
    ALL.iter().map(Vec::as_slice).filter(common).collect()
});

fn ours(document: &[u8]) -> bool {
    black_box(parse(black_box(document), &Hints::default())).is_ok()
}

/// The least that a reader on `quick-xml` 0.42 can do: takes every event and throws it away.
fn quick_xml_pass(document: &[u8]) -> bool {
    let mut reader = quick_xml::Reader::from_reader(document);
    reader.config_mut().check_end_names = false;
    reader.config_mut().allow_unmatched_ends = true;
    reader.config_mut().allow_dangling_amp = true;
    loop {
        match black_box(reader.read_event()) {
            Ok(quick_xml::events::Event::Eof) => return true,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

fn feed_rs(document: &[u8]) -> bool {
    black_box(feed_rs::parser::parse(document)).is_ok()
}

/// Both read to the end: who has these two crates must try one after the other, or look for the root first as here.
fn rss_or_atom(document: &[u8]) -> bool {
    let head = &document[..document.len().min(2000)];
    if head.windows(5).any(|window| window == b"<feed") {
        black_box(atom_syndication::Feed::read_from(document)).is_ok()
    } else {
        black_box(rss::Channel::read_from(document)).is_ok()
    }
}

fn measure(bencher: Bencher<'_, '_>, read: fn(&[u8]) -> bool) {
    let bytes: usize = COMMON.iter().map(|document| document.len()).sum();
    bencher.counter(BytesCount::new(bytes)).bench(|| COMMON.iter().all(|document| read(document)));
}

#[divan::bench]
fn wiredesk_parse(bencher: Bencher<'_, '_>) {
    measure(bencher, ours);
}

#[divan::bench]
fn quick_xml_042_bare(bencher: Bencher<'_, '_>) {
    measure(bencher, quick_xml_pass);
}

#[divan::bench]
fn feed_rs_parse(bencher: Bencher<'_, '_>) {
    measure(bencher, feed_rs);
}

#[divan::bench]
fn rss_and_atom_syndication(bencher: Bencher<'_, '_>) {
    measure(bencher, rss_or_atom);
}

fn main() {
    divan::main();
    let bytes = COMMON.iter().map(|document| document.len()).sum();
    let run = |read: fn(&[u8]) -> bool| move || assert!(COMMON.iter().all(|document| read(document)));
    let title = format!("{} of {} documents, those that all can read", COMMON.len(), ALL.len());
    compare(
        &title,
        bytes,
        &[
            ("wiredesk", &run(ours)),
            ("quick-xml 0.42, bare pass", &run(quick_xml_pass)),
            ("feed-rs", &run(feed_rs)),
            ("rss + atom_syndication", &run(rss_or_atom)),
        ],
    );
}

//! Finds where the items of a feed of ours stand in its bytes, so that a part of them can be sent as a feed of its own.

use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::model::Cuts;

/// A feed but for its items.
#[derive(Debug)]
pub(super) struct Frame {
    bytes: Vec<u8>,
    /// Where something stands in for the items; empty when there are to be none.
    gap: Range<usize>,
    between: &'static str,
}

impl Frame {
    /// A feed in which one item stands for all that there are to be, or none when there are none.
    pub(super) fn of(bytes: Vec<u8>, cuts: Option<Cuts>) -> Option<Self> {
        let Cuts { items, between } = cuts?;
        let gap = match items.as_slice() {
            [] => bytes.len()..bytes.len(),
            [gap] => gap.clone(),
            _ => return None,
        };
        Some(Self { bytes, gap, between })
    }

    /// The feed with its items.
    pub(super) fn fill<'i>(&self, items: impl Iterator<Item = &'i [u8]> + Clone) -> (Vec<u8>, Cuts) {
        let (head, tail) = (&self.bytes[..self.gap.start], &self.bytes[self.gap.end..]);
        let room: usize = items.clone().map(|item| item.len() + self.between.len()).sum();
        let mut bytes = Vec::with_capacity(head.len() + room + tail.len());
        bytes.extend_from_slice(head);
        let mut cuts = Vec::new();
        for item in items {
            if !cuts.is_empty() {
                bytes.extend_from_slice(self.between.as_bytes());
            }
            let start = bytes.len();
            bytes.extend_from_slice(item);
            cuts.push(start..bytes.len());
        }
        bytes.extend_from_slice(tail);
        (bytes, Cuts { items: cuts, between: self.between })
    }
}

/// The one item of a feed.
pub(super) fn only(bytes: &[u8], cuts: Option<Cuts>) -> Option<Vec<u8>> {
    match cuts?.items.as_slice() {
        [range] => bytes.get(range.clone()).map(<[u8]>::to_vec),
        _ => None,
    }
}

/// The entries of an Atom feed.
pub(super) fn atom(bytes: &[u8]) -> Option<Cuts> {
    checked(bytes, elements(bytes, 1, b"entry")?, "\n ")
}

/// The items of an RSS channel.
pub(super) fn rss(bytes: &[u8]) -> Option<Cuts> {
    checked(bytes, elements(bytes, 2, b"item")?, "\n  ")
}

/// The items of a JSON Feed that was written with indentation: no string of JSON has a line break in it, so lines say
/// where they stand.
pub(super) fn json(bytes: &[u8]) -> Option<Cuts> {
    let text = std::str::from_utf8(bytes).ok()?;
    let list = "\n  \"items\": [\n";
    let Some(start) = text.find(list) else { return checked(bytes, Vec::new(), ",\n") };
    let (mut at, mut first, mut items) = (start + list.len(), None, Vec::new());
    for line in text.get(at..)?.split_inclusive('\n') {
        match line.trim_end_matches('\n').trim_end_matches(',') {
            "    {" => first = Some(at),
            "    }" => items.push(first.take()?..at + "    }".len()),
            "  ]" => break,
            _ => {}
        }
        at += line.len();
    }
    checked(bytes, items, ",\n")
}

/// The elements of a name that lie so deep.
fn elements(bytes: &[u8], depth: usize, name: &[u8]) -> Option<Vec<Range<usize>>> {
    let mut reader = Reader::from_str(std::str::from_utf8(bytes).ok()?);
    let (mut level, mut start, mut found) = (0_usize, None, Vec::new());
    loop {
        let before = usize::try_from(reader.buffer_position()).ok()?;
        match reader.read_event().ok()? {
            Event::Start(tag) => {
                if level == depth && tag.name().as_ref() == name {
                    start = Some(before);
                }
                level += 1;
            }
            Event::End(_) => {
                level = level.checked_sub(1)?;
                if level == depth
                    && let Some(start) = start.take()
                {
                    found.push(start..usize::try_from(reader.buffer_position()).ok()?);
                }
            }
            Event::Eof => return Some(found),
            _ => {}
        }
    }
}

/// Cuts between which stands what should: nothing is sent in parts that could not be put together again.
fn checked(bytes: &[u8], items: Vec<Range<usize>>, between: &'static str) -> Option<Cuts> {
    let mut gaps = items.windows(2).map(|pair| bytes.get(pair[0].end..pair[1].start));
    gaps.all(|gap| gap == Some(between.as_bytes())).then_some(Cuts { items, between })
}

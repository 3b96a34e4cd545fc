//! Cuts a document into its items and what stands around them, so that items that come as they came before need not be
//! read again.
//!
//! Most documents that changed carry one new item and nineteen old ones, or a comment that says how long it took to make
//! them. The document is looked at as strictly as XML is meant; one that is anything else is read whole.

use std::hash::Hasher;
use std::ops::Range;

use memchr::memchr;
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::again::Again;
use super::walk::{Piece, Walk, is_item, passing_text};
use super::{decode, labels};
use crate::model::Mark;

/// Elements in each other that an item has.
const DEPTH: usize = 64;
/// A document with more of them is an archive, and read whole.
const MOST_ITEMS: usize = 2_000;

/// A document whose items stand in plain sight.
#[derive(Debug)]
pub struct Parts<'a> {
    bytes: &'a [u8],
    /// Where each item is, and a hash over its bytes.
    items: Vec<(Range<usize>, u64)>,
    /// A hash over what stands around the items: all that they may be read by. The moment of its making, comments
    /// without tags and the blanks between two items are left out.
    around: u64,
}

impl<'a> Parts<'a> {
    /// Cuts a document; `None` where its items are none that are surely read so. `salt` stands for all else that an item
    /// is read by. `known` are marks of items that were cut before, in their order: they are passed over where they come
    /// again, which is quicker than to look at them.
    pub fn of(bytes: &'a [u8], content_type: Option<&str>, salt: u64, known: &[Mark]) -> Option<Self> {
        if !is_plain_utf_8(bytes, content_type) {
            return None;
        }
        let mut hasher = Xxh3::with_seed(salt);
        let (mut walk, mut again) = (Walk::of(bytes, DEPTH), Again::of(known, bytes.len()));
        let mut items = Vec::with_capacity(known.len());
        // Behind what was hashed or left out last, and whether that was an item.
        let (mut done, mut is_behind_item) = (0, false);
        while !walk.is_over() {
            let around = walk.open.len();
            match walk.next()? {
                Piece::Start(name, start) if is_item(name) => {
                    let is_in_place = match &walk.open[..around] {
                        [b"rss", b"channel"] => name == b"item",
                        [b"feed"] => name == b"entry",
                        _ => false,
                    };
                    if !is_in_place || items.len() == MOST_ITEMS {
                        return None;
                    }
                    let between = &bytes[done..start];
                    if !(is_behind_item && between.trim_ascii().is_empty()) {
                        hasher.update(between);
                        // Where items stand among the rest; no document that is cut has a zero in it.
                        hasher.update(&[0]);
                    }
                    let hash = pass_item(&mut walk, &mut again, (bytes, start), around)?;
                    items.push((start..walk.at, hash));
                    (done, is_behind_item) = (walk.at, true);
                }
                // The reader may look ahead for tags, and sees those in comments.
                Piece::Comment(start) if memchr(b'<', &bytes[start + 1..walk.at]).is_none() => {
                    hasher.update(&bytes[done..start]);
                    (done, is_behind_item) = (walk.at, false);
                }
                Piece::Start(name, start) => {
                    let (rest, end) = (&bytes[start..], walk.at - start);
                    if let Some(text) = passing_text(&walk.open[..around], name, rest, end) {
                        hasher.update(&bytes[done..walk.at]);
                        (done, is_behind_item) = (walk.at + text, false);
                    }
                }
                Piece::Comment(_) | Piece::End | Piece::Other => {}
            }
        }
        hasher.update(&bytes[done..]);
        if items.is_empty() {
            return None;
        }
        Some(Self { bytes, items, around: hasher.finish() })
    }

    /// How each item stands.
    pub fn marks(&self) -> Vec<Mark> {
        let length = |item: &Range<usize>| u32::try_from(item.len()).unwrap_or(u32::MAX);
        let mark = |(item, hash): &(_, u64)| Mark { item: *hash, length: length(item), around: self.around };
        self.items.iter().map(mark).collect()
    }

    /// A hash over all that the document says, and in which order.
    pub(super) fn essence(&self) -> u64 {
        let mut hasher = Xxh3::with_seed(self.around);
        self.items.iter().for_each(|(_, hash)| hasher.write_u64(*hash));
        hasher.finish()
    }

    /// The document without some of its items, by their places.
    pub fn without(&self, is_left_out: impl Fn(usize) -> bool) -> Vec<u8> {
        let mut rest = Vec::with_capacity(self.bytes.len() / 8);
        let mut done = 0;
        for (_, (item, _)) in self.items.iter().enumerate().filter(|(place, _)| is_left_out(*place)) {
            rest.extend_from_slice(&self.bytes[done..item.start]);
            done = item.end;
        }
        rest.extend_from_slice(&self.bytes[done..]);
        rest
    }
}

/// Goes on behind an item that begins there, whose start tag came last and around which so many elements are open; gives
/// the hash of its bytes. `None` where it is none that is surely read so.
fn pass_item(walk: &mut Walk<'_>, again: &mut Again<'_>, (bytes, start): (&[u8], usize), around: usize) -> Option<u64> {
    if let Some(mark) = again.next(&bytes[start..]) {
        walk.pass_over(around, start + mark.length as usize);
        return Some(mark.item);
    }
    while walk.open.len() > around {
        if matches!(walk.next()?, Piece::Start(inner, _) if is_item(inner)) {
            return None;
        }
    }
    let hash = xxh3_64(&bytes[start..walk.at]);
    again.met(hash);
    Some(hash)
}

/// Whether a part of these bytes is read as it is within the whole: UTF-8 that says nothing else, without characters
/// that are mended.
fn is_plain_utf_8(bytes: &[u8], content_type: Option<&str>) -> bool {
    let is_utf_8 = |label: &str| labels::encoding_of(label) == Some(encoding_rs::UTF_8);
    let labels = [content_type.and_then(decode::charset_of), decode::declared_label(bytes)];
    let mut from = 0;
    while let Some(at) = decode::control(bytes, from) {
        if bytes[at] != b'\r' {
            return false;
        }
        from = at + 1;
    }
    labels.into_iter().flatten().all(is_utf_8) && simdutf8::basic::from_utf8(bytes).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "<?xml version=\"1.0\"?><rss><channel><title>A</title><pubDate>24 Oct</pubDate>";
    const ITEMS: [&str; 3] = [
        "<item><title>One</title></item>",
        "<item x='<'/>",
        "<item><content:encoded><![CDATA[<item></item>]]></content:encoded><!--</item>--></item>",
    ];
    const TAIL: &str = "</channel></rss>\n";

    fn marks(document: &str) -> Option<Vec<Mark>> {
        marks_with(document, &[])
    }

    fn marks_with(document: &str, known: &[Mark]) -> Option<Vec<Mark>> {
        Parts::of(document.as_bytes(), Some("text/xml; charset=UTF-8"), 7, known).map(|parts| parts.marks())
    }

    fn document(head: &str, items: &[&str], tail: &str) -> String {
        format!("{head}\n  {}\n{tail}", items.join("\n  "))
    }

    #[test]
    fn items_keep_their_marks_while_what_they_are_read_by_stays() {
        let items = [ITEMS[0], "<item/>", ITEMS[2]];
        let known = marks(&document(HEAD, &items, TAIL)).expect("in plain sight");
        assert_eq!(known.len(), 3);
        assert_eq!(marks(&document(HEAD, &[items[2], items[0]], TAIL)), Some(vec![known[2], known[0]]));
        for (from, to) in [("24 Oct", "25 Oct"), ("</rss>\n", "</rss><!-- made in 0.2 s -->\n")] {
            assert_eq!(marks(&document(HEAD, &items, TAIL).replace(from, to)).as_ref(), Some(&known), "{from}");
        }
        for (from, to) in
            [("<title>A", "<title>B"), ("<rss>", "<rss xml:base='/x'>"), ("<channel>", "<channel xml:lang='de'>")]
        {
            let other = marks(&document(HEAD, &items, TAIL).replacen(from, to, 1)).expect("in plain sight");
            assert!(other.iter().all(|mark| !known.contains(mark)), "{from}");
        }
    }

    #[test]
    fn items_that_came_before_are_passed_over_wherever_they_stand() {
        let items: Vec<String> =
            (0..6).map(|at| format!("<item><title>{at}</title><b>{}</b></item>", "x".repeat(at))).collect();
        let all: Vec<&str> = items.iter().map(String::as_str).collect();
        let known = marks(&document(HEAD, &all, TAIL)).expect("in plain sight");
        for order in [
            vec![0, 1, 2, 3, 4, 5],
            vec![5, 4, 3, 2, 1, 0],
            vec![1, 2, 4, 5],
            vec![3, 3, 0, 0, 1],
            vec![5, 0, 1, 2, 3, 4],
            vec![2],
        ] {
            for new in [None, Some(0), Some(order.len() / 2), Some(order.len())] {
                let mut some: Vec<&str> = order.iter().map(|at| all[*at]).collect();
                new.into_iter().for_each(|at| some.insert(at, "<item><title>New</title></item>"));
                let text = document(HEAD, &some, TAIL);
                assert_eq!(marks_with(&text, &known), marks(&text), "{order:?} {new:?}");
            }
        }
        // What is known is not looked at again: this item is none, but its mark says that it is.
        let text = document(HEAD, &["<item><b></item>"], TAIL);
        assert_eq!(marks(&text), None);
        let mark = Mark { item: xxh3_64(b"<item><b></item>"), length: 16, around: 0 };
        assert_eq!(marks_with(&text, &[known[0], mark]).map(|marks| marks.len()), Some(1));
        assert_eq!(marks_with(&text, &[known[0], known[1], mark]), None, "two are tried");
    }

    #[test]
    fn where_items_stand_is_a_part_of_what_they_are_read_by() {
        let feed = |entries: [&str; 2]| {
            let [before, behind] = entries;
            marks(&format!("<feed>{before}<title>A</title>{behind}</feed>")).expect("in plain sight")
        };
        let entry = "<entry><title>One</title></entry>";
        assert_ne!(feed([entry, ""]), feed(["", entry]));
    }

    #[test]
    fn a_comment_with_a_tag_in_it_is_a_part_of_what_items_are_read_by() {
        let with = |comment: &str| marks(&document(HEAD, &ITEMS[..1], TAIL).replace("</channel>", comment));
        let known = with("<!-- 1 --></channel>");
        assert!(known.is_some());
        assert_eq!(with("<!-- 2 > 1 --></channel>"), known);
        assert_ne!(with("<!-- </item> --></channel>"), known);
    }

    #[test]
    fn what_is_left_out_is_gone_and_the_rest_stays() {
        let text = document(HEAD, &[ITEMS[0], ITEMS[2]], TAIL);
        let parts = Parts::of(text.as_bytes(), None, 0, &[]).expect("in plain sight");
        assert_eq!(parts.without(|_| false), text.as_bytes());
        assert_eq!(parts.without(|place| place == 0), text.replace(ITEMS[0], "").as_bytes());
        assert_eq!(parts.without(|_| true), text.replace(ITEMS[0], "").replace(ITEMS[2], "").as_bytes());
    }

    #[test]
    fn what_is_not_in_plain_sight_is_not_cut() {
        let sound = document(HEAD, &ITEMS[..1], TAIL);
        assert!(marks(&sound).is_some());
        let feed = "<feed><entry><title>One</title></entry><title>A</title></feed>";
        assert_eq!(marks(feed).map(|marks| marks.len()), Some(1));
        for document in [
            document(HEAD, &ITEMS, TAIL),
            sound.replace("</title></item>", "</item>"),
            sound.replace("<title>One", "<item/>One"),
            sound.replace("<title>One", "<media:ITEM/>One"),
            sound.replace("<title>One", "<a b=c/>One"),
            sound.replace("One", "On\u{1}e"),
            sound.replace("</rss>", ""),
            sound.replace("</rss>", "</rss>more"),
            sound.replace("<?xml version=\"1.0\"?>", "<?xml version=\"1.0\" encoding=\"koi8-r\"?>"),
            sound.replace("<rss>", "<!DOCTYPE rss><rss>"),
            sound.replace("rss>", "RSS>"),
            feed.replace("entry>", "item>"),
            "<rss><channel></channel><item></item></rss>".to_owned(),
            "{\"items\": []}".to_owned(),
            String::new(),
        ] {
            assert_eq!(marks(&document), None, "{document}");
        }
        assert!(Parts::of(sound.as_bytes(), Some("text/xml; charset=koi8-r"), 0, &[]).is_none());
        assert!(Parts::of(b"<rss><channel><title>\xe9</title><item/></channel></rss>", None, 0, &[]).is_none());
    }
}

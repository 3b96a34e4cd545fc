//! Cuts a document into its items and what stands around them, so that items that come as they came before need not be
//! read again.
//!
//! Most documents that changed carry one new item and nineteen old ones, or a comment that says how long it took to make
//! them. The document is looked at as strictly as XML is meant; one that is anything else is read whole.

use std::hash::Hasher;
use std::ops::Range;

use xxhash_rust::xxh3::{Xxh3, xxh3_64_with_seed};

use super::walk::{Piece, Walk, is_item, passing_text};
use super::{decode, labels};

/// Elements in each other that an item has.
const DEPTH: usize = 64;
/// A document with more of them is an archive, and read whole.
const MOST_ITEMS: usize = 2_000;

/// A document whose items stand in plain sight.
#[derive(Debug)]
pub struct Parts<'a> {
    bytes: &'a [u8],
    items: Vec<Range<usize>>,
    /// A hash over what stands around the items: all that they may be read by. The moment of its making, comments and
    /// the blanks between two items are left out.
    frame: u64,
}

impl<'a> Parts<'a> {
    /// Cuts a document; `None` where its items are none that are surely read so. `salt` stands for all else that an item
    /// is read by.
    pub fn of(bytes: &'a [u8], content_type: Option<&str>, salt: u64) -> Option<Self> {
        if !is_plain_utf_8(bytes, content_type) {
            return None;
        }
        let mut hasher = Xxh3::with_seed(salt);
        let (mut walk, mut items) = (Walk::of(bytes, DEPTH)?, Vec::new());
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
                    }
                    while walk.open.len() > around {
                        if matches!(walk.next()?, Piece::Start(inner, _) if is_item(inner)) {
                            return None;
                        }
                    }
                    items.push(start..walk.at);
                    (done, is_behind_item) = (walk.at, true);
                }
                Piece::Comment(start) => {
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
                Piece::End | Piece::Other => {}
            }
        }
        hasher.update(&bytes[done..]);
        if items.is_empty() {
            return None;
        }
        Some(Self { bytes, items, frame: hasher.finish() })
    }

    /// A hash of each item as it stands, and of all that it is read by; none is zero.
    pub fn marks(&self) -> Vec<u64> {
        let mark = |item: &Range<usize>| xxh3_64_with_seed(&self.bytes[item.clone()], self.frame).max(1);
        self.items.iter().map(mark).collect()
    }

    /// A hash over all that the document says, and in which order.
    pub(super) fn essence(&self) -> u64 {
        let mut hasher = Xxh3::with_seed(self.frame);
        self.marks().into_iter().for_each(|mark| hasher.write_u64(mark));
        hasher.finish()
    }

    /// The document without some of its items, by their places.
    pub fn without(&self, is_left_out: impl Fn(usize) -> bool) -> Vec<u8> {
        let mut rest = Vec::with_capacity(self.bytes.len() / 8);
        let mut done = 0;
        for (_, item) in self.items.iter().enumerate().filter(|(place, _)| is_left_out(*place)) {
            rest.extend_from_slice(&self.bytes[done..item.start]);
            done = item.end;
        }
        rest.extend_from_slice(&self.bytes[done..]);
        rest
    }
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

    fn marks(document: &str) -> Option<Vec<u64>> {
        Parts::of(document.as_bytes(), Some("text/xml; charset=UTF-8"), 7).map(|parts| parts.marks())
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
    fn what_is_left_out_is_gone_and_the_rest_stays() {
        let text = document(HEAD, &[ITEMS[0], ITEMS[2]], TAIL);
        let parts = Parts::of(text.as_bytes(), None, 0).expect("in plain sight");
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
        assert!(Parts::of(sound.as_bytes(), Some("text/xml; charset=koi8-r"), 0).is_none());
        assert!(Parts::of(b"<rss><channel><title>\xe9</title><item/></channel></rss>", None, 0).is_none());
    }
}

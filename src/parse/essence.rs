//! Knows a document again that says nothing but the moment of its making anew, without reading it.
//!
//! Many servers make a document for each request and write the hour into its head, and many caches write it into a
//! comment at the end. No entry is made of that. The head, and with such a comment the whole, is looked at as strictly
//! as XML is meant; where it is anything else, every byte counts.

use std::hash::Hasher;
use std::ops::Range;

use memchr::memchr;
use xxhash_rust::xxh3::Xxh3Default;

use super::parts::Parts;
use super::walk::{Piece, Walk, is_item, passing_text};

/// A longer head is not looked at.
const HEAD_BYTES: usize = 64 << 10;
/// Elements in each other that a head has.
const DEPTH: usize = 16;

/// A hash over all that a document says but when it was made, and by what; `None` where it does not say so in plain
/// sight.
///
/// Documents with one essence have the same items, and the same to say of themselves but for those things.
pub fn essence(bytes: &[u8]) -> Option<u64> {
    if bytes.trim_ascii_end().ends_with(b"-->")
        && let Some(parts) = Parts::of(bytes, None, 0, &[])
    {
        return Some(parts.essence());
    }
    let passing = passing(bytes)?;
    if passing.is_empty() {
        return None;
    }
    let mut hasher = Xxh3Default::new();
    let mut start = 0;
    for Range { start: from, end } in passing {
        hasher.update(&bytes[start..from]);
        start = end;
    }
    hasher.update(&bytes[start..]);
    Some(hasher.finish())
}

/// Where a document says when it was made, and by what; `None` where its head is none that is surely read so.
fn passing(bytes: &[u8]) -> Option<Vec<Range<usize>>> {
    let mut passing = Vec::new();
    let mut walk = Walk::of(bytes, DEPTH);
    while walk.at < HEAD_BYTES {
        let around = walk.open.len();
        match walk.next()? {
            // Whatever encoding the rest may be in, this much is read so: an escape sequence may change it.
            Piece::Start(name, start) if is_item(name) => {
                return memchr(0x1b, &bytes[..start]).is_none().then_some(passing);
            }
            Piece::Start(name, start) => {
                let (rest, end) = (&bytes[start..], walk.at - start);
                if let Some(text) = passing_text(&walk.open[..around], name, rest, end) {
                    passing.push(walk.at..walk.at + text);
                }
            }
            // An item without its start tag ends with none that is open.
            Piece::End if walk.open.is_empty() => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Feed;
    use crate::parse::{Hints, parse};

    const ITEMS: &str = "<item><title>One</title><pubDate>Thu, 24 Oct 2024 09:00:00 GMT</pubDate></item>\
                         <item><title>Two</title></item></channel></rss>";

    /// What of a document its essence speaks for.
    fn read(document: &str) -> Option<Feed> {
        let feed = parse(document.as_bytes(), &Hints::default()).ok()?.feed;
        Some(Feed { updated: None, published: None, generator: None, ..feed })
    }

    #[test]
    fn the_moment_of_its_making_makes_no_other_document() {
        for (document, places) in [
            (format!("<rss><channel><title>A</title><lastBuildDate>@</lastBuildDate>{ITEMS}"), 1),
            (format!("<?xml version=\"1.0\"?><!-- x --><rss version=\"2.0\"><channel><pubDate>@</pubDate>{ITEMS}"), 1),
            (format!("<rss><channel><title><![CDATA[<item>]]></title><generator>@</generator>{ITEMS}"), 1),
            (format!("\u{feff}<rss><channel><pubDate>@</pubDate><link/><generator>@</generator>{ITEMS}"), 2),
            ("<feed><title>A</title><updated>@</updated><entry><title>One</title></entry></feed>".to_owned(), 1),
        ] {
            let made = ["Thu, 24 Oct 2024 09:00:00 GMT", "Thu, 24 Oct 2024 10:30:00 GMT", "", "Maker 1.2 (x/y)"];
            let documents = made.map(|made| document.replace('@', made));
            assert_eq!(passing(documents[0].as_bytes()).map(|passing| passing.len()), Some(places), "{document}");
            let essences = documents.each_ref().map(|document| essence(document.as_bytes()));
            assert!(essences[0].is_some() && essences.iter().all(|other| *other == essences[0]), "{document}");
            let feeds = documents.each_ref().map(|document| read(document));
            assert!(feeds[0].is_some() && feeds.iter().all(|other| *other == feeds[0]), "{document}");
        }
    }

    #[test]
    fn nor_does_a_comment_at_the_end() {
        let of = |made: &str, comment: &str| {
            let document =
                format!("<rss><channel><title>A</title><pubDate>{made}</pubDate>{ITEMS}\n<!-- {comment} -->\n");
            (essence(document.as_bytes()), read(&document))
        };
        let known = of("24 Oct", "0.2 s");
        assert!(known.0.is_some() && known.1.is_some());
        for (made, comment) in [("24 Oct", "0.3 s"), ("25 Oct", "0.3 s"), ("24 Oct", "item")] {
            assert_eq!(of(made, comment), known, "{comment}");
        }
        // Where something is amiss, the reader looks for tags ahead, and sees those in comments.
        let fields_alone = "<feed><entry><title>One</title></entry><id>1</id><content>x</content></feed>";
        let documents = ["<!-- 0.2 s -->", "<!-- </item><item> -->"].map(|comment| format!("{fields_alone}{comment}"));
        assert_ne!(read(&documents[0]), read(&documents[1]));
        assert_ne!(essence(documents[0].as_bytes()), essence(documents[1].as_bytes()));
        let document = format!("<rss><channel><title>A</title>{ITEMS}<!-- 0.2 s -->");
        let known = essence(document.as_bytes());
        for (from, to) in
            [("<title>A", "<title>B"), ("One", "Two"), ("<item><title>Two</title></item>", ""), ("-->", "--><a/>")]
        {
            assert_ne!(essence(document.replacen(from, to, 1).as_bytes()), known, "{from}");
        }
        let swapped =
            document.replace("One", "Two").replacen("<title>Two</title></item></", "<title>One</title></item></", 1);
        assert_ne!(essence(swapped.as_bytes()), known, "their order");
        // What looks like one may stand in a text.
        assert_eq!(essence(document.replace("</title></item></channel>", "<![CDATA[</channel>").as_bytes()), None);
    }

    #[test]
    fn whatever_else_changes_makes_another() {
        let document = format!(
            "<rss><channel><title>A</title><ttl>60</ttl><lastBuildDate>24 Oct</lastBuildDate><image><url>u</url></image>{ITEMS}"
        );
        let known = essence(document.as_bytes());
        assert!(known.is_some());
        for (from, to) in [
            ("<title>A", "<title>B"),
            ("60", "61"),
            ("One", "Two"),
            ("09:00", "09:01"),
            ("</item><item>", "</item> <item>"),
            ("</rss>", "</rss>\n"),
        ] {
            assert_ne!(essence(document.replacen(from, to, 1).as_bytes()), known, "{from}");
        }
    }

    #[test]
    fn where_it_is_not_in_plain_sight_every_byte_counts() {
        for document in [
            // Nothing of the kind, nothing in its place, or not plain.
            format!("<rss><channel><title>A</title>{ITEMS}"),
            format!("<rss><channel><image><pubDate>@</pubDate></image>{ITEMS}"),
            format!("<rss><channel><title>A<pubDate>@</pubDate></title>{ITEMS}"),
            format!("<rss><channel><title>A<pubDate>@</pubDate>{ITEMS}"),
            format!("<rss><channel><generator x=\"@\">a</generator>{ITEMS}"),
            format!("<rss><channel><generator>a&lt;b</generator>{ITEMS}"),
            format!("<rss><channel><generator><![CDATA[@]]></generator>{ITEMS}"),
            format!("<rss><channel><!--<pubDate>@</pubDate>-->{ITEMS}"),
            format!("<rss><channel><title><![CDATA[<pubDate>@</pubDate>]]></title>{ITEMS}"),
            // Items that begin elsewhere than one might think.
            format!("<rss><channel><pubDate>@</pubDate></item>{ITEMS}"),
            "<rss><channel><ITEM><pubDate>@</pubDate></ITEM></channel></rss>".to_owned(),
            "<rss><channel><r:item><pubDate>@</pubDate></r:item></channel></rss>".to_owned(),
            "<feed><entry><updated>@</updated></entry></feed>".to_owned(),
            "<item><pubDate>@</pubDate></item>".to_owned(),
            "<channel><pubDate>@</pubDate><item/></channel>".to_owned(),
            // No head that is surely read so.
            format!("<!DOCTYPE rss [<!ENTITY a '<item>'>]><rss><channel><pubDate>@</pubDate>{ITEMS}"),
            format!("<p>Page</p><rss><channel><pubDate>@</pubDate>{ITEMS}"),
            format!("junk<rss><channel><pubDate>@</pubDate>{ITEMS}"),
            format!("<rss><channel a=\"<item>\"><pubDate>@</pubDate>{ITEMS}"),
            format!("<rss><channel><!--><item><pubDate>@</pubDate>{ITEMS}"),
            format!("<rss><channel>\u{1b}$B<pubDate>@</pubDate>{ITEMS}"),
            format!("<rss><channel><a b='><pubDate>@</pubDate>{ITEMS}"),
            format!("<rss><channel>{}<pubDate>@</pubDate>{ITEMS}", "<a>".repeat(DEPTH)),
            format!("<rss><channel><a>{}</a><pubDate>@</pubDate>{ITEMS}", "x".repeat(HEAD_BYTES)),
            "<rss><channel><pubDate>@</pubDate></channel></rss>".to_owned(),
            "{\"version\": \"https://jsonfeed.org/version/1.1\"}".to_owned(),
            "<".to_owned(),
            "<a".to_owned(),
            "<a>".to_owned(),
            "<rss><channel><pubDate>".to_owned(),
            String::new(),
        ] {
            assert_eq!(essence(document.as_bytes()), None, "{document:.80}");
        }
    }
}

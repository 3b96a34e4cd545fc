//! A sample feed whose items can be held back until their time: a document in, a shorter document out.
//!
//! The items are found by their tags and cut out; every other byte stays. That is enough for our own samples
//! in RSS, RSS 1.0, Atom and JSON Feed, and it serves their flaws as they are, which a parser would mend.

use std::ops::Range;

use chrono::{DateTime, Utc};
use memchr::memmem;

/// A sample feed of one outlet.
#[derive(Debug, Clone)]
pub(super) struct Wire {
    /// Its name: the path under which it is served, and its source's name.
    pub(super) name: String,
    /// Whose it is.
    pub(super) publisher: String,
    /// What it is served as.
    pub(super) media_type: &'static str,
    document: Vec<u8>,
    items: Vec<Item>,
    /// What stands between two items where something must: the comma of JSON.
    separator: Vec<u8>,
}

/// Where an item stands in its document, and when it was published; undated items are there from the start.
#[derive(Debug, Clone)]
struct Item {
    place: Range<usize>,
    published: Option<DateTime<Utc>>,
}

impl Wire {
    /// Reads a sample: `name` for people, `publisher` in the form of a publisher's name.
    pub(super) fn new(name: &str, publisher: &str, document: &[u8]) -> Self {
        let json = document.trim_ascii_start().starts_with(b"{");
        let places = if json { json_items(document) } else { xml_items(document) };
        let separator = match places.as_slice() {
            [first, second, ..] if json => document[first.end..second.start].to_vec(),
            _ => Vec::new(),
        };
        let items = places
            .into_iter()
            .map(|place| {
                let item = &document[place.clone()];
                let published = if json { json_date(item) } else { xml_date(item) };
                Item { place, published }
            })
            .collect();
        let media_type = media_type(document, json);
        let (name, publisher) = (name.to_owned(), publisher.to_owned());
        Self { name, publisher, media_type, document: document.to_vec(), items, separator }
    }

    /// Where it is served: its name in the form of an address.
    pub(super) fn path(&self) -> String {
        crate::model::slug(&self.name)
    }

    /// When its items were published, in document order.
    pub(super) fn dates(&self) -> impl Iterator<Item = DateTime<Utc>> {
        self.items.iter().filter_map(|item| item.published)
    }

    /// The last change up to a moment: its newest item then.
    pub(super) fn changed(&self, moment: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.dates().filter(|&published| published <= moment).max()
    }

    /// The document with the items that were published up to a moment.
    pub(super) fn until(&self, moment: DateTime<Utc>) -> Vec<u8> {
        let (Some(first), Some(last)) = (self.items.first(), self.items.last()) else { return self.document.clone() };
        let mut document = self.document[..first.place.start].to_vec();
        let mut shown = 0;
        for (index, item) in self.items.iter().enumerate() {
            if item.published.is_none_or(|published| published <= moment) {
                if shown > 0 {
                    document.extend_from_slice(&self.separator);
                }
                shown += 1;
                document.extend_from_slice(&self.document[item.place.clone()]);
            }
            // What stands between two items of XML stays; in JSON it is the separator.
            if self.separator.is_empty()
                && let Some(next) = self.items.get(index + 1)
            {
                document.extend_from_slice(&self.document[item.place.end..next.place.start]);
            }
        }
        document.extend_from_slice(&self.document[last.place.end..]);
        document
    }
}

fn media_type(document: &[u8], json: bool) -> &'static str {
    let has = |tag: &[u8]| memmem::find(document, tag).is_some();
    match json {
        true => "application/feed+json",
        false if has(b"<rdf:RDF") => "application/rdf+xml",
        false if has(b"<feed") => "application/atom+xml",
        false => "application/rss+xml",
    }
}

/// The `<item>` and `<entry>` elements, each with the white space before it.
fn xml_items(document: &[u8]) -> Vec<Range<usize>> {
    let mut items = Vec::new();
    let mut at = 0;
    while let Some(start) = find(document, b"<", at) {
        at = past_markup(document, start);
        let Some(name) = [&b"item"[..], b"entry"].into_iter().find(|name| opens(&document[start..at], name)) else {
            continue;
        };
        if !document[..at].ends_with(b"/>") {
            at = past_element(document, at, name);
        }
        let before = document[..start].trim_ascii_end().len();
        items.push(before..at);
    }
    items
}

/// Whether this is the start tag of an element of that name: `<item>` and `<item rdf:about…>`, not `<items>`.
fn opens(tag: &[u8], name: &[u8]) -> bool {
    let rest = tag.strip_prefix(b"<").and_then(|rest| rest.strip_prefix(name));
    rest.and_then(|rest| rest.first()).is_some_and(|&next| next == b'>' || next == b'/' || next.is_ascii_whitespace())
}

/// The end of the element whose content starts at `at`.
fn past_element(document: &[u8], mut at: usize, name: &[u8]) -> usize {
    while let Some(start) = find(document, b"<", at) {
        at = past_markup(document, start);
        if document[start..].strip_prefix(b"</").is_some_and(|rest| rest.starts_with(name)) {
            return at;
        }
    }
    document.len()
}

/// The end of the tag, comment or CDATA section that starts at `start`.
fn past_markup(document: &[u8], start: usize) -> usize {
    let rest = &document[start..];
    let end: &[u8] = match rest {
        _ if rest.starts_with(b"<!--") => b"-->",
        _ if rest.starts_with(b"<![CDATA[") => b"]]>",
        _ => b">",
    };
    find(document, end, start).map_or(document.len(), |at| at + end.len())
}

fn find(document: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    memmem::find(document.get(from..)?, needle).map(|at| from + at)
}

/// When an item of XML was published: the first of these that is there.
fn xml_date(item: &[u8]) -> Option<DateTime<Utc>> {
    ["pubDate", "published", "dc:date", "updated"].into_iter().find_map(|name| {
        let start = find(item, format!("<{name}>").as_bytes(), 0)? + name.len() + 2;
        let end = find(item, b"<", start)?;
        date(std::str::from_utf8(&item[start..end]).ok()?)
    })
}

/// The objects in the top level's `items`.
fn json_items(document: &[u8]) -> Vec<Range<usize>> {
    let mut items = Vec::new();
    let mut open = Vec::new();
    let mut key: &[u8] = b"";
    let mut start = 0;
    let mut in_items = false;
    let mut at = 0;
    while let Some(&byte) = document.get(at) {
        match byte {
            b'"' => {
                let end = past_string(document, at);
                let is_key = document[end..].trim_ascii_start().starts_with(b":");
                if is_key && open.len() == 1 {
                    key = &document[at..end];
                }
                at = end;
                continue;
            }
            b'{' | b'[' => {
                in_items |= byte == b'[' && open.len() == 1 && key == b"\"items\"";
                if in_items && open.len() == 2 {
                    start = at;
                }
                open.push(byte);
            }
            b'}' | b']' => {
                open.pop();
                if in_items && open.len() == 2 {
                    items.push(start..at + 1);
                }
                in_items &= open.len() > 1;
            }
            _ => {}
        }
        at += 1;
    }
    items
}

/// The end of the string that starts at `start`.
fn past_string(document: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(&byte) = document.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    document.len()
}

fn json_date(item: &[u8]) -> Option<DateTime<Utc>> {
    let item: serde_json::Value = serde_json::from_slice(item).ok()?;
    date(item.get("date_published").or_else(|| item.get("date_modified"))?.as_str()?)
}

/// A date as RFC 3339 or RFC 2822 has it; a wrong weekday does not matter.
fn date(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let without_weekday = text.split_once(',').map_or(text, |(_, date)| date);
    DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_rfc2822(without_weekday.trim()))
        .ok()
        .map(|date| date.to_utc())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Two items a day apart, the newer first, as feeds have them.
    pub(in super::super) const RSS: &str = "<?xml version=\"1.0\"?>
<rss version=\"2.0\"><channel>
  <title>Harbour Post</title>
  <!-- <item>no item</item> -->
  <item>
    <title>Second</title>
    <description><![CDATA[</item> is no end here]]></description>
    <pubDate>Thu, 24 Oct 2024 09:00:00 +0900</pubDate>
  </item>
  <item>
    <title>First</title>
    <pubDate>Wed, 23 Oct 2024 00:00:00 GMT</pubDate>
  </item>
</channel></rss>
";

    const RDF: &str = "<rdf:RDF xmlns:rdf=\"r\"><channel rdf:about=\"c\"><items><rdf:Seq><rdf:li rdf:resource=\"1\"/>\
                       </rdf:Seq></items></channel><item rdf:about=\"2\"><title>Second</title>\
                       <dc:date>2024-10-24T00:00:00Z</dc:date></item><item rdf:about=\"1\"><title>First</title>\
                       <dc:date>2024-10-23T00:00:00Z</dc:date></item></rdf:RDF>";

    const ATOM: &str = "<feed xmlns=\"http://www.w3.org/2005/Atom\"><updated>2024-10-25T00:00:00Z</updated>
<entry><title>Second</title><updated>2024-10-30T00:00:00Z</updated><published>2024-10-24T00:00:00Z</published></entry>
<entry><title>First</title><updated>2024-10-23T00:00:00Z</updated></entry>
<entry><title>Undated</title></entry>
</feed>";

    const JSON: &str = r#"{"version": "https://jsonfeed.org/version/1.1", "x": {"items": [{"id": "no"}]},
  "items": [
    {"id": "2", "title": "Second", "tags": ["a", "]}"], "date_published": "2024-10-24T00:00:00Z"},
    {"id": "1", "title": "First \"{[", "date_published": "2024-10-23T00:00:00Z"}
  ], "title": "Harbour {Post"}"#;

    fn moment(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    /// What a wire shows before, between and after its two items.
    fn check(document: &str, media_type: &str, before: &[&str], between: &[&str], after: &[&str]) {
        let wire = Wire::new("post", "post", document.as_bytes());
        assert_eq!(wire.media_type, media_type);
        for (day, expected) in [("22", before), ("23", between), ("24", after)] {
            let shown = wire.until(moment(&format!("2024-10-{day}T00:00:00Z")));
            let shown = String::from_utf8(shown).expect("text");
            let titles: Vec<_> =
                ["First", "Second", "Undated"].into_iter().filter(|title| shown.contains(title)).collect();
            assert_eq!(titles, expected, "on the {day}th: {shown}");
            assert!(!media_type.ends_with("json") || serde_json::from_str::<serde_json::Value>(&shown).is_ok());
            if day == "24" {
                assert_eq!(shown, document, "whole in the end, byte for byte");
            }
        }
    }

    #[test]
    fn items_come_when_they_were_published() {
        let (first, both) = (["First"], ["First", "Second"]);
        check(RSS, "application/rss+xml", &[], &first, &both);
        check(RDF, "application/rdf+xml", &[], &first, &both);
        check(JSON, "application/feed+json", &[], &first, &both);
        check(ATOM, "application/atom+xml", &["Undated"], &["First", "Undated"], &["First", "Second", "Undated"]);
    }

    #[test]
    fn what_is_not_an_item_stays_byte_for_byte() {
        let shown = Wire::new("post", "post", RSS.as_bytes()).until(moment("2024-10-23T12:00:00Z"));
        insta::assert_snapshot!(String::from_utf8(shown).expect("text"), @r#"
        <?xml version="1.0"?>
        <rss version="2.0"><channel>
          <title>Harbour Post</title>
          <!-- <item>no item</item> -->
          <item>
            <title>First</title>
            <pubDate>Wed, 23 Oct 2024 00:00:00 GMT</pubDate>
          </item>
        </channel></rss>
        "#);
        let shown = Wire::new("post", "post", JSON.as_bytes()).until(moment("2024-10-23T12:00:00Z"));
        insta::assert_snapshot!(String::from_utf8(shown).expect("text"), @r#"
        {"version": "https://jsonfeed.org/version/1.1", "x": {"items": [{"id": "no"}]},
          "items": [
            {"id": "1", "title": "First \"{[", "date_published": "2024-10-23T00:00:00Z"}
          ], "title": "Harbour {Post"}
        "#);
    }

    #[test]
    fn a_single_item_is_held_back_too() {
        for document in [
            "{\"items\": [{\"date_published\": \"2024-10-24T00:00:00Z\"}]}",
            "<rss>\n <item><pubDate>24 Oct 2024 00:00 GMT</pubDate></item></rss>",
        ] {
            let wire = Wire::new("post", "post", document.as_bytes());
            let before = wire.until(moment("2024-10-23T00:00:00Z"));
            assert!(["{\"items\": []}", "<rss></rss>"].map(str::as_bytes).contains(&before.as_slice()), "{document}");
            assert_eq!(wire.until(moment("2024-10-24T00:00:00Z")), document.as_bytes());
        }
    }

    #[test]
    fn the_last_change_is_the_newest_item() {
        let wire = Wire::new("post", "post", RSS.as_bytes());
        assert_eq!(wire.changed(moment("2024-10-22T00:00:00Z")), None);
        assert_eq!(wire.changed(moment("2024-10-23T12:00:00Z")), Some(moment("2024-10-23T00:00:00Z")));
        assert_eq!(wire.changed(moment("2025-01-01T00:00:00Z")), Some(moment("2024-10-24T00:00:00Z")));
    }

    #[test]
    fn broken_samples_are_served_as_they_are() {
        for document in ["", "{", "{\"items\": [", "<rss><item><title>", "<rss><!-- ", "no feed", "<item/>"] {
            let wire = Wire::new("odd", "odd", document.as_bytes());
            assert_eq!(wire.until(DateTime::<Utc>::MAX_UTC), document.as_bytes(), "{document}");
        }
    }
}

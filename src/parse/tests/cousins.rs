//! Defects in other places than where they are mostly met: lost roots, lists in fields, foreign texts, blanks in tags.

use super::super::*;
use crate::model::{Feed, Format, Item};

fn feed(document: &str) -> Feed {
    parse(document.as_bytes(), &Hints::default()).expect(document).feed
}

fn item(inside: &str) -> Item {
    let mut feed = feed(&format!("<rss><channel><title>Quay</title><item>{inside}</item></channel></rss>"));
    assert_eq!(feed.items.len(), 1, "{inside}");
    feed.items.remove(0)
}

fn title(feed: &Feed) -> Option<&str> {
    feed.title.as_ref().map(|title| title.raw())
}

#[test]
fn a_feed_without_its_root_keeps_its_own_fields() {
    for (document, format) in [
        ("<title>Quay</title><entry><title>a</title></entry><entry><title>b</title></entry></feed>", Format::Atom),
        ("ed xmlns='x'><title>Quay</title><entry><title>a</title></entry><entry/></feed>", Format::Atom),
        (
            "<link>https://q.example/</link><title>Quay</title><item><title>a</title></item><item/></channel>",
            Format::Rss,
        ),
    ] {
        let feed = feed(document);
        assert_eq!((title(&feed), feed.format, feed.items.len()), (Some("Quay"), format, 2), "{document}");
    }
    let page = parse(b"<title>No harbour</title><h1>No</h1>", &Hints::default());
    assert!(page.is_err());
    let behind =
        feed("<title>no</title><rss><channel><title>Quay</title><item><title>a</title></item></channel></rss>");
    assert_eq!(title(&behind), Some("Quay"));
}

#[test]
fn lists_in_a_field_are_read_one_by_one() {
    let list = "<rdf:Bag><rdf:li>Ann Pilot</rdf:li><rdf:li>Bo Keel</rdf:li></rdf:Bag>";
    let read = item(&format!("<dc:creator>{list}</dc:creator><dc:subject>{list}</dc:subject>"));
    let names: Vec<_> = read.authors.iter().filter_map(|author| author.name.as_deref()).collect();
    assert_eq!((names, read.categories), (vec!["Ann Pilot", "Bo Keel"], vec!["Ann Pilot".into(), "Bo Keel".into()]));
}

#[test]
fn foreign_texts_are_no_part_of_a_line() {
    for (inside, name) in [
        ("<x:rank>1</x:rank>Ann Pilot", "Ann Pilot"),
        ("Ann <x:rank>1</x:rank>Pilot<x:y>2</x:y>", "Ann Pilot"),
        ("<foaf:Person><foaf:name>Ann Pilot</foaf:name></foaf:Person>", "Ann Pilot"),
        ("Ann <b>Pilot</b>", "Ann Pilot"),
        ("Ann<p>Pilot", "Ann Pilot"),
    ] {
        let read = item(&format!("<dc:creator>{inside}</dc:creator>"));
        assert_eq!(read.authors[0].name.as_deref(), Some(name), "{inside}");
    }
}

#[test]
fn a_language_is_the_feeds_only_on_its_frame() {
    for (document, language) in [
        ("<feed xml:lang='de'><title>Quay</title><entry/></feed>", Some("de")),
        ("<rss><channel xml:lang='de'><title>Quay</title><item/></channel></rss>", Some("de")),
        ("<feed><title xml:lang='de'>Quay</title><entry/></feed>", None),
        ("<feed><title>Quay</title><entry xml:lang='de'/></feed>", None),
        ("<rdf:RDF><channel/><item xml:lang='de'/></rdf:RDF>", None),
    ] {
        assert_eq!(feed(document).language.as_deref(), language, "{document}");
    }
}

#[test]
fn a_start_tag_in_place_of_an_end_tag_begins_no_item() {
    let doubled = feed("<rss><channel><item><title>a</title><item><item><title>b</title></item></channel></rss>");
    assert_eq!(doubled.items.len(), 2);
    assert_eq!(feed("<rss><channel><item/><item></item></channel></rss>").items.len(), 2);
}

#[test]
fn blanks_in_tags_do_not_make_text_of_them() {
    let document = "<rss><channel>< title>Quay</title>< item>< title>a</ title></ item><item></item></channel></rss>";
    let read = feed(document);
    assert_eq!((title(&read), read.items.len()), (Some("Quay"), 2));
    let text = item("<title>low < title of the tide > high</title>").title;
    assert_eq!(text.as_ref().map(|title| title.raw()), Some("low < title of the tide > high"));
}

#[test]
fn a_prefix_of_the_root_itself_is_the_feeds() {
    let own = "<q:rss xmlns:q='https://q.example/ns'><q:channel><q:title>Quay</q:title><q:item/></q:channel></q:rss>";
    let read = feed(own);
    assert_eq!((title(&read), read.items.len()), (Some("Quay"), 1));
    let other =
        "<rss xmlns:q='https://q.example/ns'><channel><title>Quay</title><q:title>no</q:title><item/></channel>";
    assert_eq!(title(&feed(other)), Some("Quay"));
}

#[test]
fn an_object_is_found_behind_what_makes_a_script_of_it() {
    let json = r#"{"version": "https://jsonfeed.org/version/1.1", "title": "Quay", "items": [{"id": "1"}]}"#;
    for document in [
        format!("callback({json});"),
        format!(")]}}',\n{json}"),
        format!("/* {{made}} by the quay */\nvar feed = {json};"),
        format!(" \u{feff}\n{json}"),
        format!("Warning: low tide\n{json}"),
    ] {
        let read = feed(&document);
        assert_eq!((title(&read), read.items.len()), (Some("Quay"), 1), "{document}");
    }
    assert!(parse(b"see jsonfeed.org/version/1 of {it}", &Hints::default()).is_err());
}

#[test]
fn a_person_without_an_end_tag_leaves_the_item_its_title() {
    let read = feed("<feed><entry><author><name>Ann</name><title>Tide</title><id>42</id></entry><entry/></feed>");
    let first = &read.items[0];
    let text = first.title.as_ref().map(|title| title.raw());
    assert_eq!((text, first.id.as_deref(), first.authors.len()), (Some("Tide"), Some("42"), 1));
    let titled = item("<author><title>Dr</title><name>Ann</name></author><title>Tide</title>");
    assert_eq!(titled.title.as_ref().map(|title| title.raw()), Some("Tide"));
}

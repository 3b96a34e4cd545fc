//! Classes of defects that whole documents show: names, addresses, pages around feeds.

use super::super::*;
use crate::model::{Feed, Item};

fn feed_at(document: &str, base: Option<&str>) -> Feed {
    let base = base.map(|base| Url::parse(base).expect("a URL"));
    parse(document.as_bytes(), &Hints { base: base.as_ref(), ..Hints::default() }).expect(document).feed
}

fn item(inside: &str) -> Item {
    let document = format!("<rss><channel><link>https://q.example/</link><item>{inside}</item></channel></rss>");
    feed_at(&document, None).items.remove(0)
}

#[test]
fn a_person_with_a_name_comes_before_a_mere_address() {
    for (inside, first, count) in [
        ("<author>ann@q.example</author><dc:creator>Ann Pilot</dc:creator>", "Ann Pilot", 2),
        ("<dc:creator>Ann Pilot</dc:creator><author>ann@q.example</author>", "Ann Pilot", 2),
        ("<author>ann@q.example (Ann Pilot)</author><dc:creator>Bo Keel</dc:creator>", "Ann Pilot", 1),
        ("<author>ann@q.example</author><webMaster>Web Team</webMaster>", "ann@q.example", 1),
        ("<author>by <a href='/ann'>Ann <b>Pilot</b></a></author>", "by Ann Pilot", 1),
        ("<author><span>Ann Pilot</span></author>", "Ann Pilot", 1),
        ("<authors><author>Ann Pilot</author><author>Bo Keel</author></authors>", "Ann Pilot", 2),
        ("<author><title>Dr</title><name>Ann Pilot</name><company>Quay</company></author>", "Ann Pilot", 1),
    ] {
        let authors = item(inside).authors;
        let shown = authors.first().and_then(|author| author.name.as_deref().or(author.email.as_deref()));
        assert_eq!((shown, authors.len()), (Some(first), count), "{inside}: {authors:?}");
    }
}

#[test]
fn addresses_are_read_however_they_are_written() {
    for (inside, link) in [
        ("<link>www.q.example/a</link>", "http://www.q.example/a"),
        ("<link>\"https://q.example/a\"</link>", "https://q.example/a"),
        ("<guid isPermaLink='true'>/a</guid>", "https://q.example/a"),
        ("<guid isPermaLink='true'>a.html</guid>", "https://q.example/a.html"),
        ("<guid>/a</guid>", "https://q.example/a"),
        ("<atom:link rel='alternate' hreflang='de' href='/de'/><atom:link href='/en'/>", "https://q.example/en"),
        ("<atom:link rel='alternate' hreflang='de' href='/de'/>", "https://q.example/de"),
    ] {
        assert_eq!(item(inside).link.as_deref(), Some(link), "{inside}");
    }
    let pages = "<atom:link rel='alternate' hreflang='de' href='/de'/><atom:link href='/en'/>\
                 <atom:link rel='alternate' hreflang='ko' type='text/html' href='/ko'/>\
                 <atom:link rel='alternate' hreflang='ja' type='application/json' href='/ja'/>";
    assert_eq!(item(pages).translations, ["https://q.example/de", "https://q.example/ko"]);
    for inside in ["<guid>42</guid>", "<guid isPermaLink='false'>/a</guid>", "<guid isPermaLink='true'>a b</guid>"] {
        assert_eq!(item(inside).link, None, "{inside}");
    }
}

#[test]
fn a_page_of_replies_is_the_page_with_comments() {
    let replies = "<atom:link rel='replies' type='text/html' href='/c'/>";
    assert_eq!(item(replies).comments.as_deref(), Some("https://q.example/c"));
    let feed = "<atom:link rel='replies' type='application/atom+xml' href='/c.xml'/>";
    assert_eq!(item(feed).comments, None);
    let both = format!("{replies}<comments>https://q.example/own</comments>");
    assert_eq!(item(&both).comments.as_deref(), Some("https://q.example/own"));
}

#[test]
fn a_feed_inside_a_web_page_is_read() {
    let rss = "<rss version='2.0'><channel><title>Quay</title>\n<item><title>Tide</title></item></channel></rss>";
    for (page, line) in [
        (format!("<!DOCTYPE html>\n<html><body>\n{rss}</body></html>"), 4),
        (format!("<html><head/><body><pre>{rss}</pre></body></html>"), 2),
        (format!("<?xml version='1.0'?>\n<html>{rss}</html>"), 3),
    ] {
        let parsed = parse(page.as_bytes(), &Hints { lines: true, ..Hints::default() }).expect("a feed");
        assert_eq!((parsed.feed.items.len(), parsed.feed.items[0].line), (1, line), "{page}");
        assert_eq!(parsed.flaws[0].kind, "inside-page");
    }
    for page in ["<html><body>Use <rss> here</body></html>", "<html><p>&lt;rss>&lt;item></p></html>"] {
        let error = parse(page.as_bytes(), &Hints::default()).expect_err("a page");
        assert!(matches!(error, Error::Html { .. }), "{page}");
    }
}

#[test]
fn an_element_that_never_ends_hides_nothing() {
    for stray in ["<foo>", "<br>", "<b>", "<img src='x'>", "<meta charset=utf-8>", "<foo:bar x='y'>"] {
        let read = item(&format!("<title>Tide</title>{stray}<category>Sea</category><guid>42</guid>"));
        assert_eq!((read.categories.as_slice(), read.id.as_deref()), (&["Sea".to_owned()][..], Some("42")), "{stray}");
        let feed = feed_at(&format!("<rss><channel>{stray}<title>Quay</title><item><title>a</title></item>"), None);
        assert_eq!((feed.title.is_some(), feed.items.len()), (true, 1), "{stray}");
    }
    let foreign = item("<foo><title>no</title><guid>no</guid></foo><title>Tide</title>");
    assert_eq!((foreign.title.as_ref().map(|title| title.raw()), foreign.id), (Some("Tide"), None));
    let next = "<rss><item><foo><title>a</title></item><item><foo><title>no</title></foo><title>b</title></item></rss>";
    let titles: Vec<_> = feed_at(next, None).items.into_iter().filter_map(|item| item.title).collect();
    assert_eq!(titles.iter().map(|title| title.raw()).collect::<Vec<_>>(), ["a", "b"]);
}

#[test]
fn a_person_that_never_ends_hides_nothing() {
    let read = item("<author><name>Ann</name><category>Sea</category><pubDate>2024-01-01</pubDate>");
    assert_eq!((read.authors.len(), read.categories.len(), read.published.is_some()), (1, 1, true));
    let entry = "<feed><entry><author><name>Ann</name><category term='Sea'/><updated>2024-01-01</updated></entry>";
    let read = feed_at(entry, None).items.remove(0);
    assert_eq!((read.authors.len(), read.categories.len(), read.updated.is_some()), (1, 1, true));
}

#[test]
fn a_text_that_never_ends_hides_nothing() {
    for (entry, content) in [
        ("<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>Low</p></div></contenx>", "<p>Low</p>"),
        ("<content type='html'>Low &lt;b>tide&lt;/b>", "Low <b>tide</b>"),
        ("<summary>Low</summarx><content>Tide</content>", "Tide"),
    ] {
        let document =
            format!("<feed xmlns='http://www.w3.org/2005/Atom'><entry>{entry}<title>Tide</title><id>42</id>");
        for document in
            [format!("{document}</entry></feed>"), format!("{document}</entry><entry>{entry}</content></entry>")]
        {
            let read = feed_at(&document, None).items.remove(0);
            let title = read.title.as_ref().map(|title| title.raw());
            let text = read.content.as_ref().map(|text| text.raw());
            assert_eq!((title, read.id.as_deref(), text), (Some("Tide"), Some("42"), Some(content)), "{document}");
        }
    }
    let channel =
        "<rss><channel><description>All the port<language>en</language><item><description>a</description></item>";
    let feed = feed_at(channel, None);
    assert_eq!((feed.description.is_some(), feed.language.as_deref(), feed.items.len()), (true, Some("en"), 1));
}

#[test]
fn a_person_of_the_feed_ends_before_its_items() {
    let read = feed_at("<feed><author><name>Desk</name><entry><title>Tide</author><id>42</id></entry></feed>", None);
    assert_eq!((read.authors.len(), read.items.len()), (1, 1));
    assert_eq!(read.items[0].id.as_deref(), Some("42"));
}

#[test]
fn a_forgotten_prefix_is_known_by_its_name() {
    let read = item("<creator>Ann</creator><encoded>&lt;p>Low&lt;/p></encoded><subject>Sea</subject>");
    assert_eq!((read.authors.len(), read.content.is_some(), read.categories.len()), (1, true, 1));
    let kept = item("<link><meta charset='utf-8'>https://q.example/a</link>");
    assert_eq!(kept.link.as_deref(), Some("https://q.example/a"));
}

#[test]
fn a_text_keeps_what_it_holds_while_it_has_its_end() {
    let read = item("<description>Low <link>x</link> tide</description><link>https://q.example/a</link>");
    assert_eq!(read.link.as_deref(), Some("https://q.example/a"));
    assert!(read.summary.is_some_and(|text| text.raw().ends_with("tide")));
    let open = item("<description>Low tide<link>https://q.example/a</link><description>High</description>");
    assert_eq!(open.link.as_deref(), Some("https://q.example/a"));
}

#[test]
fn what_stands_behind_the_feed_is_no_part_of_it() {
    let document =
        "<rss><channel><title>Quay</title></channel></rss><html><body><item><title>no</title></item></body></html>";
    assert_eq!(feed_at(document, None).items.len(), 0);
    let wrapped =
        "<rss><channel><title>Quay</title><list><title>no</title><item><title>a</title></item></list></channel></rss>";
    let feed = feed_at(wrapped, None);
    assert_eq!((feed.title.map(|title| title.raw().to_owned()).as_deref(), feed.items.len()), (Some("Quay"), 1));
}

#[test]
fn a_link_may_hold_its_address_as_text() {
    assert_eq!(item("<link rel='alternate'>https://q.example/a</link>").link.as_deref(), Some("https://q.example/a"));
    assert_eq!(item("<link rel='self'>https://q.example/a</link>").link, None);
    let named = item("<author><first>Ann</first><last>Pilot</last></author>");
    assert_eq!(named.authors[0].name.as_deref(), Some("Ann Pilot"));
}

#[test]
fn an_item_without_its_start_tag_is_read() {
    let titles = |feed: &Feed| {
        feed.items.iter().filter_map(|item| Some(item.title.as_ref()?.raw().to_owned())).collect::<Vec<_>>().join(" ")
    };
    let rss = "<rss><channel><title>Quay</title><item><title>a</title></item>
        <title>b</title><guid>2</guid></item><item><title>c</title></item><link>https://q.example/</link></channel></rss>";
    let feed = feed_at(rss, None);
    assert_eq!((titles(&feed).as_str(), feed.items[1].id.as_deref()), ("a b c", Some("2")));
    assert_eq!((feed.id, feed.link.as_deref()), (None, Some("https://q.example/")));
    let atom = "<feed><entry><title>a</title></entry><title>b</title><id>2</id></entry></feed>";
    assert_eq!(titles(&feed_at(atom, None)), "a b");
    let torn = "<rss><item><title>a</title></item><item><title>b</item><link>https://q.example/</link></title></item>";
    assert_eq!(titles(&feed_at(torn, None)), "a b", "the end tags are crossed: what follows is no third item");
}

#[test]
fn an_item_outlives_the_end_tag_of_its_channel() {
    let feed = feed_at("<rss><channel><item><title>a</channel><link>https://q.example/</link></item></rss>", None);
    assert_eq!((feed.items.len(), feed.items[0].link.as_deref()), (1, Some("https://q.example/")));
    let cut = "<rss><channel><item><title>a</channel></rss><rss><channel><item><title>b</title></item></channel></rss>";
    assert_eq!(feed_at(cut, None).items.len(), 2);
}

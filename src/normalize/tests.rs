//! Items of every kind of carelessness, and the entries made of them.

mod again;

use proptest::prelude::*;

use super::*;
use crate::model::{Enclosure, FeedUrl, Link, Publisher, SourceId};

fn source() -> Source {
    Source::new(
        SourceId::new("harbour").expect("a name"),
        Location::Web(FeedUrl::parse("https://harbour.example/feeds/all.xml").expect("a URL")),
        Publisher::new("harbour").expect("a name"),
    )
}

fn now() -> DateTime<Utc> {
    date("2024-10-25T12:00:00Z")
}

fn date(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).expect("a date").to_utc()
}

fn normalized(items: Vec<Item>) -> Vec<Entry> {
    let feed = Feed { link: Some("https://harbour.example/news/".into()), items, ..Feed::default() };
    entries(&Parsed { feed, flaws: Vec::new() }, &source(), now())
}

fn one(item: Item) -> Entry {
    normalized(vec![item]).pop().expect("an entry")
}

fn text(text: &str) -> Option<Markup> {
    Some(Markup::Plain(text.into()))
}

fn markup(html: &str) -> Option<Markup> {
    Some(Markup::Html(html.into()))
}

#[test]
fn a_whole_item_becomes_a_whole_entry() {
    let item = Item {
        id: Some(" tag:harbour.example,2024:1 ".into()),
        link: Some("/2024/10/troops/?utm_source=rss".into()),
        title: markup("Seoul: <b>troops</b> in Russia, spy agency says&amp;#8230;"),
        summary: markup("<p>About 3,000 are there.</p>"),
        content: markup("<p onclick=x>About 3,000 are there, <a href=more.html>we learn</a>.</p><script>x</script>"),
        published: Some(date("2024-10-24T08:00:00Z")),
        updated: Some(date("2024-10-24T10:00:00Z")),
        authors: vec![
            Person { name: Some(" Jane\n Doe ".into()), email: Some("nobody".into()), url: Some("/jane".into()) },
            Person { name: Some(" ".into()), ..Person::default() },
        ],
        enclosures: vec![
            Enclosure {
                url: "/a.jpg".into(),
                media_type: Some("Image/JPEG".into()),
                size_bytes: Some(0),
                ..Enclosure::default()
            },
            Enclosure { url: "/a.jpg".into(), ..Enclosure::default() },
            Enclosure { url: "javascript:x".into(), ..Enclosure::default() },
        ],
        categories: vec![" World ".into(), "world".into(), "".into(), "Asia &amp; Pacific".into()],
        language: Some("en-GB".into()),
        ..Item::default()
    };
    insta::assert_debug_snapshot!(one(item));
}

#[test]
fn titles_have_no_remnants_of_cdata_sections() {
    for (title, expected) in [
        (markup("<x>]&gt;</x>"), "https://harbour.example/1"),
        (markup("<b>Low</b> tide]]&gt; ]]&gt;"), "Low tide"),
        (markup("<i>&lt;![CDATA[]]&gt;</i>"), "https://harbour.example/1"),
        (text("Low [tide]>"), "Low [tide]>"),
    ] {
        let link = Some("https://harbour.example/1".into());
        assert_eq!(one(Item { title: title.clone(), link, ..Item::default() }).title.as_str(), expected, "{title:?}");
    }
}

#[test]
fn the_page_that_an_item_declares_is_the_one_compared() {
    for (declared, url) in [
        ("https://www.harbour.example/troops", "harbour.example/troops"),
        ("/troops", "proxy.example/troops"),
        ("https://harbour.example/", "proxy.example/~r/1"),
        ("javascript:x", "proxy.example/~r/1"),
    ] {
        let canonical = Link { rel: "canonical".into(), href: declared.into(), media_type: None };
        let link = "https://proxy.example/~r/1";
        let entry = one(Item { link: Some(link.into()), links: vec![canonical], ..Item::default() });
        assert_eq!(entry.url.map(|url| url.0), Some(url.to_owned()), "{declared}");
        assert_eq!(entry.link.map(String::from).as_deref(), Some(link), "what people open stays");
    }
}

#[test]
fn keys_fall_back_and_never_clash() {
    let with = |id: Option<&str>, link: Option<&str>, title: &str| Item {
        id: id.map(Into::into),
        link: link.map(Into::into),
        title: text(title),
        ..Item::default()
    };
    assert_eq!(one(with(Some("1"), Some("https://a.example/x"), "t")).key, "1");
    assert_eq!(one(with(Some(" "), Some("https://a.example/x"), "t")).key, "https://a.example/x");
    let hashed = |title| one(with(None, None, title)).key;
    assert!(hashed("t").starts_with("sha256:"));
    assert_eq!(hashed("t"), hashed("t"));
    assert_ne!(hashed("t"), hashed("u"));
    assert_eq!(one(with(Some(&"x".repeat(5_000)), None, "t")).key.len(), "sha256:".len() + 32);

    let entries =
        normalized(vec![with(Some("1"), None, "first"), with(Some("2"), None, "b"), with(Some("1"), None, "c")]);
    let titles: Vec<&str> = entries.iter().map(|entry| entry.title.as_str()).collect();
    assert_eq!(titles, ["first", "b"]);
}

#[test]
fn titles_are_never_empty() {
    let long = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen";
    for (item, expected) in [
        (Item { title: text("A title"), ..Item::default() }, "A title"),
        (Item { title: markup("<br>"), summary: markup("<p>A text</p>"), ..Item::default() }, "A text"),
        (
            Item { content: text(long), ..Item::default() },
            "one two three four five six seven eight nine ten eleven twelve thirteen…",
        ),
        (Item { link: Some("https://a.example/x".into()), ..Item::default() }, "https://a.example/x"),
        (Item { id: Some("urn:x:1".into()), ..Item::default() }, "urn:x:1"),
    ] {
        assert_eq!(one(item).title.as_str(), expected);
    }
    assert!(!one(Item::default()).title.is_empty());
    let title = one(Item { title: text(&"word ".repeat(1_000)), ..Item::default() }).title;
    assert!(title.as_str().chars().count() <= MAX_TITLE_CHARS);
}

#[test]
fn links_are_absolute_addresses_of_the_web() {
    for (id, link, expected) in [
        (None, Some("https://a.example/x"), Some("https://a.example/x")),
        (None, Some("story/1"), Some("https://harbour.example/news/story/1")),
        (Some("https://a.example/p"), None, Some("https://a.example/p")),
        (Some("https://a.example/p"), Some("javascript:x"), Some("https://a.example/p")),
        (Some("guid-1"), None, None),
        (Some("urn:uuid:1"), Some("mailto:a@a.example"), None),
        (None, Some("https://u:p@a.example/x"), Some("https://a.example/x")),
    ] {
        let entry = one(Item { id: id.map(Into::into), link: link.map(Into::into), ..Item::default() });
        assert_eq!(entry.link.as_ref().map(Url::as_str), expected, "{id:?} {link:?}");
    }
}

#[test]
fn an_address_that_names_no_single_item_is_not_compared() {
    let links = ["https://a.example/log#1", "https://a.example/log#2", "https://a.example/", "https://a.example/x"];
    let items = links.map(|link| Item { id: Some(link.into()), link: Some(link.into()), ..Item::default() });
    let urls: Vec<_> = normalized(items.into()).into_iter().map(|entry| entry.url.map(|url| url.0)).collect();
    assert_eq!(urls, [None, None, None, Some("a.example/x".to_owned())]);
}

#[test]
fn a_summary_that_repeats_the_content_goes() {
    for (summary, content, kept) in [
        (markup("<p>Same</p>"), markup("<p>Same</p>"), false),
        (text("Same words"), markup("<div><b>Same</b> words</div>"), false),
        (markup("Short"), markup("Short, and much longer"), true),
        (markup("Alone"), None, true),
    ] {
        let entry = one(Item { summary, content, ..Item::default() });
        assert_eq!(!entry.summary.is_empty(), kept, "{}", entry.summary.as_str());
    }
}

#[test]
fn lists_are_bounded() {
    let many = |n: usize| (0..n).map(|n| format!("{n}"));
    let entry = one(Item {
        categories: many(100).collect(),
        authors: many(100).map(|name| Person { name: Some(name), ..Person::default() }).collect(),
        enclosures: many(100).map(|url| Enclosure { url, ..Enclosure::default() }).collect(),
        ..Item::default()
    });
    assert_eq!((entry.categories.len(), entry.authors.len(), entry.enclosures.len()), (20, 20, 20));
}

/// What a feed may put anywhere.
fn anything() -> impl Strategy<Value = Option<String>> {
    let tricky = prop::sample::select(vec![
        "https://a.example/x",
        "/x",
        "javascript:alert(1)",
        "<script>x</script>",
        "<p>text</p>",
        "&amp;#8217;",
        "&#0;",
        "\u{0}\r\n",
        "http://",
        "en-us",
        "\u{202e}",
        "<img src=x onerror=y>",
        "]]>",
        "北朝鮮がロシアに派兵した",
    ]);
    prop::option::of(prop_oneof![prop::collection::vec(tricky, 0..4).prop_map(|parts| parts.concat()), "\\PC{0,40}",])
}

fn any_item() -> impl Strategy<Value = Item> {
    let date =
        prop::option::of(any::<i64>().prop_map(|seconds| {
            DateTime::from_timestamp(seconds % 10_000_000_000_000, 0).unwrap_or(DateTime::UNIX_EPOCH)
        }));
    let markup = || {
        (anything(), any::<bool>())
            .prop_map(|(text, html)| text.map(|text| if html { Markup::Html(text) } else { Markup::Plain(text) }))
    };
    ((anything(), anything(), anything()), (markup(), markup(), markup()), (date.clone(), date), anything()).prop_map(
        |((id, link, other), (title, summary, content), (published, updated), language)| Item {
            id,
            link,
            title,
            summary,
            content,
            published,
            updated,
            language,
            authors: vec![Person { name: other.clone(), email: other.clone(), url: other.clone() }],
            enclosures: vec![Enclosure { url: other.clone().unwrap_or_default(), ..Enclosure::default() }],
            categories: other.iter().cloned().collect(),
            image: other,
            ..Item::default()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_a_feed_says_its_entries_are_sound(items in prop::collection::vec(any_item(), 0..5)) {
        let entries = normalized(items.clone());
        prop_assert_eq!(&entries, &normalized(items));
        let ids: HashSet<_> = entries.iter().map(|entry| entry.id).collect();
        prop_assert_eq!(ids.len(), entries.len());
        for entry in &entries {
            prop_assert!(!entry.title.is_empty() && !entry.key.is_empty());
            prop_assert_eq!(fold(entry.title.as_str()), entry.title.as_str());
            prop_assert!(!entry.key.contains(char::is_control));
            prop_assert!(entry.published <= now() + chrono::TimeDelta::days(1));
            prop_assert!(entry.updated.is_none_or(|updated| updated > entry.published));
            for html in [&entry.summary, &entry.content] {
                prop_assert_eq!(&crate::text::sanitize(html.as_str(), None), html);
            }
            let people = entry.authors.iter().filter_map(|person| person.url.clone());
            let files = entry.enclosures.iter().map(|enclosure| enclosure.url.clone());
            for address in [&entry.link, &entry.image].into_iter().flatten().map(Url::to_string).chain(people).chain(files) {
                prop_assert!(address.starts_with("http://") || address.starts_with("https://"), "{}", address);
            }
        }
    }
}

#[test]
fn names_have_no_control_characters_however_often_they_are_escaped() {
    let found = one(Item {
        title: text("a"),
        categories: vec!["&#8;".into(), "b&#9;c&amp;".into(), " &#32; d".into()],
        authors: vec![Person { name: Some("Jane&#7;&#10;Doe".into()), ..Person::default() }],
        ..Item::default()
    });
    assert_eq!(found.categories, ["b c&", "d"]);
    assert_eq!(found.authors[0].name.as_deref(), Some("Jane Doe"));
}

#[test]
fn a_long_page_is_no_base_for_what_is_short() {
    let page = format!("https://harbour.example/{}/", "b".repeat(5_000));
    let short = Item {
        id: Some("1".into()),
        content: markup("<a href=c>d</a>"),
        enclosures: vec![Enclosure { url: "e.mp3".into(), media_type: None, size_bytes: None, ..Enclosure::default() }],
        image: Some("f.png".into()),
        ..Item::default()
    };
    let feed = Feed { link: Some(page.clone()), items: vec![short], ..Feed::default() };
    let found = entries(&Parsed { feed, flaws: Vec::new() }, &source(), now()).pop().expect("an entry");
    assert_eq!((found.link, found.image, found.enclosures.len()), (None, None, 0));
    assert!(found.content.as_str().len() < 200);
    let own = one(Item { link: Some(page.clone()), image: Some("f.png".into()), ..Item::default() });
    assert_eq!((own.link.map(String::from), own.image), (Some(page), None));
}

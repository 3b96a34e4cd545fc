//! Documents that are made to do harm: texts that are copied often, names that are compared often, characters smuggled in.

use super::super::*;
use crate::model::Markup;

fn read(document: &str) -> Parsed {
    parse(document.as_bytes(), &Hints::default()).expect("a feed")
}

fn json(inside: &str) -> Feed {
    read(&format!("{{\"version\":\"https://jsonfeed.org/version/1.1\",{inside}}}")).feed
}

#[test]
fn a_long_language_is_none() {
    let long = "a".repeat(36);
    let longest = "b".repeat(35);
    for (feed, expected) in [
        (read(&format!("<rss xml:lang='{long}'><channel><item/></channel></rss>")).feed, None),
        (read(&format!("<rss xml:lang='de'><channel><item xml:lang='{long}'/></channel></rss>")).feed, Some("de")),
        (read(&format!("<rss><channel><language>{long}</language><item/></channel></rss>")).feed, None),
        (read(&format!("<rss><channel><language>{longest}</language><item/></channel></rss>")).feed, Some(&*longest)),
        (read(&format!("<rss><channel><item><dc:language>{long}</dc:language></item></channel></rss>")).feed, None),
        (json(&format!("\"language\":\"{long}\",\"items\":[{{}}]")), None),
        (json(&format!("\"items\":[{{\"language\":\"{long}\"}}]")), None),
        (json(&format!("\"language\":\"de\",\"items\":[{{\"language\":\"{long}\"}}]")), Some("de")),
    ] {
        assert!(feed.language.is_none_or(|language| language.len() <= 35));
        assert_eq!(feed.items[0].language.as_deref(), expected);
    }
}

#[expect(clippy::disallowed_methods, reason = "the time that a test takes is what it tests")]
fn now() -> std::time::Instant {
    std::time::Instant::now()
}

/// Fails where reading takes time that grows with the square of the size: that would be minutes.
fn in_time(document: &str) -> Result<Parsed, Error> {
    let start = now();
    let read = parse(document.as_bytes(), &Hints::default());
    assert!(start.elapsed().as_secs() < 15, "{:?} for {}…", start.elapsed(), &document[..20]);
    read
}

#[test]
fn a_long_name_is_not_read_again_for_every_tag() {
    let name = "a".repeat(2_000_000);
    for document in [
        format!("<rss><channel><{name}>{}", "</b>".repeat(200_000)),
        format!("<rss><channel><{name}>{}]]>", "<![CDATA[</item>".repeat(60_000)),
        format!(
            "<rss xmlns:{name}='http://purl.org/dc/elements/1.1/'><channel><item><{name}:title>{}",
            "<guid>".repeat(100_000)
        ),
    ] {
        in_time(&document).expect("a feed");
    }
}

#[test]
fn the_first_base_of_a_page_counts_and_no_other() {
    let link = "<link rel=alternate type='application/rss+xml' href='feed'>";
    for (page, expected) in [
        (format!("<html><base target=x><base href='/a/'><base href='/b/'>{link}"), "https://harbour.example/a/feed"),
        (format!("<html><base href='/{}/'>{link}", "a".repeat(9_000)), "https://harbour.example/feed"),
    ] {
        let base = Url::parse("https://harbour.example/").expect("a URL");
        let error = parse(page.as_bytes(), &Hints { base: Some(&base), ..Hints::default() }).expect_err("a page");
        assert_eq!(error, Error::Html { feeds: vec![expected.to_owned()] });
    }
    let bases = "<base href='aaaa/'>".repeat(40_000);
    in_time(&format!("<html><base href=http://a.example/>{bases}")).expect_err("a page");
}

#[test]
fn an_empty_wrapper_is_no_text() {
    for content in ["<div></div>", "<div> </div>", "<div/>"] {
        let feed = read(&format!(
            "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>urn:x:1</id><content type='xhtml'>{content}</content></entry></feed>"
        ));
        assert_eq!(feed.feed.items[0].content, None, "{content}");
        assert!(feed.flaws.iter().any(|flaw| flaw.kind == "missing-text"));
    }
}

#[test]
fn control_characters_do_not_come_in_by_escapes_or_base64() {
    let item = json(
        r#""items":[{"id":"1\u0000","title":"a\u0007b\u0093c\u0094\r\nd\re\tf\b","url":"http://a.example/\u0001"}]"#,
    )
    .items
    .remove(0);
    assert_eq!(item.title.as_ref().map(Markup::raw), Some("ab“c”\nd\ne\tf"));
    assert_eq!((item.id.as_deref(), item.link.as_deref()), (Some("1"), Some("http://a.example/")));
    for (encoded, expected) in [("A+==", None), ("YQBiAZM=", Some("YQBiAZM=")), ("YQBiDQpj", Some("ab\nc"))] {
        let feed = read(&format!("<feed><entry><content mode='base64'>{encoded}</content></entry></feed>")).feed;
        assert_eq!(feed.items[0].content.as_ref().map(Markup::raw), expected, "{encoded}");
    }
}

#[test]
fn names_and_labels_in_messages_are_short_lines() {
    let name = "b".repeat(250);
    let documents = [
        format!("<rss><channel><{name}>").into_bytes(),
        format!("<rss><channel></{name}>").into_bytes(),
        format!("<rss><channel><{name}:c/><item><title>a<dc:{name}>").into_bytes(),
        format!("<rss><channel>{}", format!("<{name}>").repeat(300)).into_bytes(),
        [b"<?xml encoding=\"\x08".as_slice(), &[b'x'; 4000], b"\"?><rss><channel>\xe9"].concat(),
        format!("<rss><channel><item><pubDate>{}</pubDate>", "1\nx ".repeat(20)).into_bytes(),
    ];
    for document in documents {
        let flaws = parse(&document, &Hints::default()).expect("a feed").flaws;
        for flaw in &flaws {
            assert!(flaw.message.len() < 250 && !flaw.message.contains(char::is_control), "{flaw:?}");
        }
        assert!(!flaws.is_empty());
    }
}

#[test]
fn texts_beside_elements_and_in_attributes_have_their_limit() {
    const MOST: usize = 64 << 10;
    let long = "é".repeat(MOST);
    let document = format!(
        "<rss><channel><item><author>{long}</author><category term='{long}'/><enclosure url='http://a.example/{long}'/></item></channel></rss>"
    );
    let item = read(&document).feed.items.remove(0);
    let name = item.authors[0].name.as_deref().expect("a name");
    assert!((MOST - 2..=MOST).contains(&name.len()), "{}", name.len());
    assert!((MOST - 2..=MOST).contains(&item.categories[0].len()), "{}", item.categories[0].len());
    assert!(item.enclosures[0].url.len() <= MOST);
    let item = json(&format!("\"items\":[{{\"id\":\"{long}\",\"content_text\":\"{long}\"}}]")).items.remove(0);
    assert!(
        item.id.is_some_and(|id| id.len() == MOST) && item.content.is_some_and(|text| text.raw().len() == 2 * MOST)
    );
}

#[test]
fn json_may_stand_behind_comments_or_in_a_call() {
    let feed = r#"{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1"}]}"#;
    for document in [
        format!("// a comment\n{feed}"),
        format!("\u{feff} \u{feff}{feed}"),
        format!("/* one */ // two\n /* three */{feed}"),
        format!(")]}}',\n{feed}"),
        format!("callback({feed});"),
        format!("/**/ window.my_feed$1 ( {feed} )"),
    ] {
        let Parsed { feed, flaws } = read(&document);
        assert_eq!((feed.items.len(), feed.items[0].id.as_deref()), (1, Some("1")), "{document} {flaws:?}");
    }
    for document in ["a note (as it were) {", "// a comment", "/* {", "callback(", "(((({"] {
        assert!(
            !matches!(parse(document.as_bytes(), &Hints::default()), Ok(_) | Err(Error::Json { .. })),
            "{document}"
        );
    }
}

#[test]
fn an_encoding_is_guessed_by_the_first_bytes_that_tell() {
    let head = format!("<rss><channel><title>{}", "a".repeat(1 << 20));
    let document = [head.as_bytes(), &b"\xcf\xf0\xe8\xe2\xe5\xf2 ".repeat(400_000)].concat();
    let start = now();
    let parsed = parse(&document, &Hints::default()).expect("a feed");
    assert!(parsed.feed.title.is_some_and(|title| title.raw().ends_with("Привет Привет")));
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

#[test]
fn a_long_base_is_none_but_its_query_does_not_count() {
    let (long, query) = ("b".repeat(600), format!("?{}#c", "q".repeat(600)));
    let feed = |base: &str| {
        let base = Url::parse(base).expect("a URL");
        let document = b"<rss><channel><item><link>c</link></item></channel></rss>";
        parse(document, &Hints { base: Some(&base), ..Hints::default() }).expect("a feed").feed
    };
    let atom = |base: &str| read(&format!("<feed xml:base='{base}'><entry><link href='c'/></entry></feed>")).feed;
    let page = |base: &str| read(&format!("<rss><channel><link>{base}</link><item><link>c</link></item>")).feed;
    let json = |base: &str| json(&format!("\"home_page_url\":\"{base}\",\"items\":[{{\"url\":\"c\"}}]"));
    let ways: [&dyn Fn(&str) -> Feed; 4] = [&feed, &atom, &page, &json];
    for (number, read) in ways.into_iter().enumerate() {
        for (base, expected) in [
            (format!("http://a.example/b/{query}"), "http://a.example/b/c"),
            (format!("http://a.example/{long}/"), "c"),
        ] {
            let item = &read(&base).items[0];
            assert_eq!(item.link.as_deref(), Some(expected), "{number}");
            assert!(item.base.as_ref().is_none_or(|base| base.as_str().len() <= 512), "{number}");
        }
    }
}

#[test]
fn a_year_of_five_digits_is_none() {
    for date in ["62003-1", "17298.2", "12024-10-24T08:00:00Z", "Mon, 24 Oct 12024 08:00:00 GMT", "1.1.99999"] {
        let item = read(&format!("<rss><channel><item><pubDate>{date}</pubDate></item>")).feed.items.remove(0);
        let year = item.published.map(|date| chrono::Datelike::year(&date));
        assert!(year.is_none_or(|year| (0..=9999).contains(&year)), "{date}: {year:?}");
    }
}

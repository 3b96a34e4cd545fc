//! Documents that are made to do harm: texts that are copied often, names that are compared often, characters smuggled in.

use super::super::*;

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

/// Fails where reading takes time that grows with the square of the size: that would be minutes.
fn in_time(document: &str) -> Result<Parsed, Error> {
    let start = std::time::Instant::now();
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

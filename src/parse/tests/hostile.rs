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

//! `wiredesk parse`: how people debug a feed.

use crate::world::{Page, Place, Server, rss};

#[test]
fn the_normal_form_and_the_flaws_come_as_json_one_line_a_file() {
    let place = Place::new("");
    place.write("good.xml", rss("Good", &[("a", "Title &amp; more", "Text &lt;b&gt;bold&lt;/b&gt;")]));
    place.write("bad.xml", "<rss version='2.0'><channel><title>Bad & ugly</title><item><title>One</title>\n<pubDate>yesterday</pubDate></item>");
    let ended = place.run(&["parse", "--json", "good.xml", "bad.xml"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let lines: Vec<serde_json::Value> =
        ended.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!((&lines[0]["file"], &lines[0]["ok"]), (&"good.xml".into(), &true.into()));
    assert_eq!(lines[0]["feed"]["title"], "Good");
    let entry = &lines[0]["entries"][0];
    assert_eq!((&entry["id"], &entry["link"]), (&"a".into(), &"https://a.example/".into()));
    assert_eq!(entry["published"], "2024-10-21T08:00:00Z");
    assert_eq!(lines[0]["flaws"], serde_json::json!([]));
    let flaws = lines[1]["flaws"].as_array().expect("flaws");
    assert!(flaws.len() >= 3, "{flaws:?}");
    assert!(flaws.iter().any(|flaw| flaw["line"] == 2), "the date's line: {flaws:?}");
}

#[test]
fn dates_that_nobody_believes_are_flagged() {
    let place = Place::new("");
    let items = ["Wed, 06 Nov 2024 08:30:00 GMT", "2099-01-01T00:00:00Z", "1951-01-01", "0000-00-00", "1 Jan 0001"]
        .map(|date| format!("<item><title>T</title><guid>{date}</guid>\n<pubDate>{date}</pubDate></item>"));
    place.write("feed.xml", format!("<rss version='2.0'><channel><title>T</title>{}</channel></rss>", items.concat()));
    let ended = place.run(&["parse", "--json", "feed.xml"]);
    let read: serde_json::Value = serde_json::from_str(&ended.out).expect("JSON");
    let flaws = read["flaws"].as_array().expect("flaws").iter();
    let flaws: Vec<_> =
        flaws.map(|flaw| (&flaw["kind"], &flaw["line"])).filter(|(kind, _)| *kind != "missing-date").collect();
    let expected = [("future-date", 3), ("absurd-date", 4), ("zero-date", 5), ("zero-date", 6)];
    assert_eq!(flaws.len(), expected.len(), "{flaws:?}");
    for ((kind, line), (expected_kind, expected_line)) in flaws.into_iter().zip(expected) {
        assert_eq!((kind.as_str(), line.as_u64()), (Some(expected_kind), Some(expected_line)));
    }
    assert_eq!(read["entries"][1]["published"], "2099-01-01T00:00:00Z", "kept as it stands");
}

#[test]
fn people_see_the_feed_its_entries_and_what_to_mend() {
    let place = Place::new("");
    let item = "<item><title>Fog &amp; tide</title><guid>a</guid><pubDate>Mon, 21 Oct 2024 08:00:00 GMT</pubDate>\
                <description>&lt;p>Low &lt;b>water&lt;/b>.&lt;/p></description>\
                <enclosure url='https://a.example/fog.mp3' type='audio/mpeg' length='12300000'/>\
                <itunes:duration xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'>62:05</itunes:duration></item>";
    let head = "<rss version='2.0'><channel><title>Quay</title>";
    place.write("quay.xml", format!("{head}\n{item}</channel></rss>"));
    place.write("torn.xml", format!("{head}\n<item><title>Fog & tide & more</title>\n<pubDate>soon</pubDate></item>"));
    let ended = place.run(&["parse", "quay.xml", "torn.xml"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let (whole, torn) = ended.out.split_once("torn.xml: ").expect("two accounts");
    for part in [
        "quay.xml: RSS 2.0, 1 entry, no flaws\n",
        "\n  1. Fog & tide (line 2)\n",
        "     published  2024-10-21 08:00:00 UTC\n",
        "     summary    Low water.\n",
        "     file       https://a.example/fog.mp3 (audio/mpeg, 12.3 MB)\n",
        "     podcast    1:02:05\n",
        "\nNo flaws.\n",
    ] {
        assert!(whole.contains(part), "{part} is missing:\n{whole}");
    }
    for part in ["5 flaws of 5 kinds:", "[bare-ampersand]", "stands in. [missing-id]", "What its publisher can do:"] {
        assert!(torn.contains(part), "{part} is missing:\n{torn}");
    }
    let places: Vec<u32> =
        torn.lines().filter_map(|line| line.strip_prefix("  line ")?.split_whitespace().next()?.parse().ok()).collect();
    assert!(places.len() == 5 && places.is_sorted(), "by line: {places:?}\n{torn}");
    assert!(ended.out.lines().all(|line| line.chars().count() <= 80), "{}", ended.out);
}

#[test]
fn what_few_feeds_carry_is_in_the_json_too() {
    let place = Place::new("");
    let item = "<item><guid>a</guid><georss:point>59.9 10.7</georss:point><slash:comments>3</slash:comments>\
                <source url='https://agency.example/rss'>The Agency</source>\
                <media:content url='https://a.example/p.jpg' medium='image' width='12' height='8'/>\
                <itunes:episode>4</itunes:episode></item>";
    let feed = format!(
        "<rss version='2.0'><channel><skipHours><hour>3</hour></skipHours><skipDays><day>Sunday</day></skipDays>{item}"
    );
    place.write("rare.xml", feed);
    let ended = place.run(&["parse", "--json", "rare.xml"]);
    let read: serde_json::Value = serde_json::from_str(&ended.out).expect("JSON");
    let expected = serde_json::json!({
        "/feed/version": "2.0",
        "/feed/skip_hours": [3],
        "/feed/skip_days": ["Sun"],
        "/entries/0/place/latitude": 59.9,
        "/entries/0/comment_count": 3,
        "/entries/0/source/title": "The Agency",
        "/entries/0/source/feed": "https://agency.example/rss",
        "/entries/0/image_size": {"width": 12, "height": 8},
        "/entries/0/media/0/medium": "image",
        "/entries/0/podcast/episode": 4,
    });
    for (pointer, value) in expected.as_object().expect("an object") {
        assert_eq!(read.pointer(pointer), Some(value), "{pointer}");
    }
}

#[test]
fn what_is_no_feed_is_said_and_ends_with_1() {
    let place = Place::new("");
    place.write("page.html", "<!doctype html><html><head><link rel=alternate type=application/rss+xml href=/feed.xml></head><body>x</body></html>");
    place.write("empty.xml", "");
    let ended = place.run(&["parse", "--base", "https://news.example/", "page.html", "empty.xml", "missing.xml"]);
    assert_eq!(ended.code, Some(1));
    let said = format!("{}{}", ended.out, ended.err);
    for part in ["https://news.example/feed.xml", "empty.xml", "missing.xml"] {
        assert!(said.contains(part), "{part} is missing: {said}");
    }
}

#[test]
fn a_feed_is_read_from_the_web_too() {
    let server = Server::start();
    server.put("/f", Page::feed(rss("Far away", &[("a", "Title", "Text")])));
    let ended = Place::new("").run(&["parse", &server.url("/f")]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.out.contains("Far away"), "{}", ended.out);
}

#[test]
fn every_sample_wire_is_read_without_a_flaw() {
    let place = crate::main_job::sample_desk();
    for file in std::fs::read_dir(place.path().join("feeds/wires")).expect("the samples") {
        let path = file.expect("a file").path();
        let ended = place.run(&["parse", "--json", path.to_str().expect("UTF-8")]);
        let read: serde_json::Value = serde_json::from_str(&ended.out).expect("JSON");
        assert_eq!(read["flaws"], serde_json::json!([]), "{}", path.display());
        assert!(read["entries"].as_array().is_some_and(|entries| !entries.is_empty()), "{}", path.display());
    }
}

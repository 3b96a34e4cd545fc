//! Sources over real HTTP: conditional, bounded, and none disturbs another.

use crate::world::{Page, Place, Server, config, rss};

fn one(guid: &str) -> String {
    rss("Feed", &[(guid, &format!("Title of {guid}"), &format!("Words that only {guid} has."))])
}

#[test]
fn validators_survive_a_restart_byte_for_byte() {
    let server = Server::start();
    let (etag, modified) = ("W/\"odd - tag\"", "Sat, 19 Oct 2024 09:00:00 +0000");
    server.put("/f", Page::feed(one("a")).with("ETag", etag).with("Last-Modified", modified));
    let place = Place::new(&config(&[("a", &server.url("/f"))]));
    assert_eq!(place.cycle()["read"], 1);
    let again = place.cycle();
    assert_eq!((&again["unchanged"], &again["entries"]), (&1.into(), &1.into()), "{again}");
    let seen = server.seen("/f");
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0].headers.get("if-none-match"), None);
    assert_eq!(seen[1].headers.get("if-none-match").map(String::as_str), Some(etag));
    assert_eq!(seen[1].headers.get("if-modified-since").map(String::as_str), Some(modified));
}

#[test]
fn every_dialect_is_read() {
    let server = Server::start();
    server.put("/rss", Page::feed(one("rss")));
    server.put(
        "/atom",
        Page::feed(
            "<feed xmlns='http://www.w3.org/2005/Atom'><title>A</title><id>urn:a</id><updated>2024-10-21T08:00:00Z\
             </updated><entry><id>urn:a:1</id><title>An Atom entry about lighthouses</title>\
             <updated>2024-10-21T08:00:00Z</updated><link href='https://a.example/1'/></entry></feed>",
        ),
    );
    server.put(
        "/rdf",
        Page::feed(
            "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/' \
             xmlns:dc='http://purl.org/dc/elements/1.1/'><channel rdf:about='https://r.example/'><title>R</title>\
             <link>https://r.example/</link><description>d</description></channel><item rdf:about='https://r.example/1'>\
             <title>An item of RSS 1.0 about otters</title><link>https://r.example/1</link>\
             <dc:date>2024-10-21T08:00:00Z</dc:date></item></rdf:RDF>",
        ),
    );
    server.put(
        "/json",
        Page::feed(
            r#"{"version":"https://jsonfeed.org/version/1.1","title":"J","items":[{"id":"1","url":"https://j.example/1",
                "title":"A JSON item about violins","content_text":"Strings.","date_published":"2024-10-21T08:00:00Z"}]}"#,
        )
        .with("Content-Type", "application/feed+json"),
    );
    let urls: Vec<_> = ["rss", "atom", "rdf", "json"].map(|name| (name, server.url(&format!("/{name}")))).into();
    let sources: Vec<_> = urls.iter().map(|(name, url)| (*name, url.as_str())).collect();
    let place = Place::new(&config(&sources));
    let summary = place.cycle();
    assert_eq!((&summary["read"], &summary["entries"]), (&4.into(), &4.into()), "{summary}");
    let feed = place.read("public/front.rss");
    for title in ["Title of rss", "lighthouses", "otters", "violins"] {
        assert!(feed.contains(title), "{title} is missing: {feed}");
    }
}

#[test]
fn one_failing_source_disturbs_no_other() {
    let server = Server::start();
    server.put("/good", Page::feed(one("good")));
    server.put("/html", Page::feed("<!doctype html><html><head><title>Welcome</title></head><body>Hi</body></html>"));
    server.put("/empty", Page::feed(""));
    server.put("/error", Page::status(503).with("Retry-After", "120"));
    server.put("/hang", Page::status(0));
    server.put("/cut", Page::feed(&one("cut")[..one("cut").len() - 40]));
    let names = ["good", "html", "empty", "error", "hang", "cut"];
    let urls: Vec<_> = names.map(|name| (name, server.url(&format!("/{name}")))).into();
    let sources: Vec<_> = urls.iter().map(|(name, url)| (*name, url.as_str())).collect();
    let text = config(&sources).replace("timeout = \"5s\"", "timeout = \"1s\"\nper_host = 6");
    let place = Place::new(&text);
    let summary = place.cycle();
    assert_eq!(summary["asked"], 6);
    let mut failed: Vec<_> = summary["failed"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|failure| failure["source"].as_str().expect("a name"))
        .collect();
    failed.sort_unstable();
    assert_eq!(failed, ["empty", "error", "hang", "html"], "a feed that was cut off is read as far as it goes");
    assert!(place.read("public/front.atom").contains("Title of good"));
    assert!(place.read("public/front.atom").contains("Title of cut"));
    let words = summary["failed"].to_string();
    for part in ["503", "HTML", "1s"] {
        assert!(words.contains(part), "{part}: {words}");
    }
}

#[test]
fn a_document_that_cannot_be_read_keeps_entries_and_is_asked_for_again() {
    let server = Server::start();
    server.put("/f", Page::feed(one("a")).with("ETag", "\"1\""));
    let place = Place::new(&config(&[("a", &server.url("/f")), ("b", &server.url("/g"))]));
    server.put("/g", Page::feed(one("b")));
    place.cycle();
    server.put("/f", Page::feed("<html><body>We are moving house</body></html>").with("ETag", "\"2\""));
    let summary = place.cycle();
    assert_eq!((&summary["entries"], summary["failed"].as_array().map(Vec::len)), (&2.into(), Some(1)), "{summary}");
    assert!(place.read("public/front.atom").contains("Title of a"));
    place.cycle();
    let last = server.seen("/f").pop().expect("a request");
    assert_eq!(last.headers.get("if-none-match").map(String::as_str), Some("\"1\""));
}

#[test]
fn gzip_is_asked_for_and_read() {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(one("packed").as_bytes()).expect("packed");
    let server = Server::start();
    server.put("/f", Page::feed(encoder.finish().expect("packed")).with("Content-Encoding", "gzip"));
    let place = Place::new(&config(&[("a", &server.url("/f"))]));
    assert_eq!(place.cycle()["entries"], 1);
    let accepted = server.seen("/f")[0].headers["accept-encoding"].clone();
    assert!(accepted.contains("gzip") && accepted.contains("br"), "{accepted}");
}

#[test]
fn a_body_over_the_limit_is_refused_with_the_key_that_raises_it() {
    let server = Server::start();
    server.put("/f", Page::feed(format!("{}{}", one("a"), " ".repeat(4096))));
    let text = config(&[("a", &server.url("/f"))]).replace("timeout = \"5s\"", "max_body = \"2KiB\"");
    let ended = Place::new(&text).run(&["run", "--once"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.out.contains("max_body"), "{}{}", ended.out, ended.err);
}

#[test]
fn addresses_of_this_machine_are_refused_unless_allowed() {
    let server = Server::start();
    server.put("/f", Page::feed(one("a")));
    let text = config(&[("a", &server.url("/f"))]).replace("allow_private = true", "allow_private = false");
    let ended = Place::new(&text).run(&["run", "--once"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.out.contains("allow_private"), "{}", ended.out);
    assert!(server.seen("/f").is_empty());
}

#[test]
fn nobody_is_asked_again_before_the_time() {
    let server = Server::start();
    server.put("/f", Page::feed(one("a")));
    let place = Place::new(&config(&[("a", &server.url("/f"))]));
    for _ in 0..3 {
        assert_eq!(place.run(&["run", "--once"]).code, Some(0));
    }
    assert_eq!(server.seen("/f").len(), 1);
}

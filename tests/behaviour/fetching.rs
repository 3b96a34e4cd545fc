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

#[test]
fn a_forced_refresh_is_conditional_and_adds_nothing_to_the_address() {
    let server = Server::start();
    let path = "/f?token=1&b=%20";
    server.put(path, Page::feed(one("a")).with("ETag", "\"1\"").with("Set-Cookie", "id=1; Path=/"));
    let place = Place::new(&config(&[("a", &server.url(path))]));
    for _ in 0..3 {
        place.cycle();
    }
    let seen = server.seen(path);
    assert_eq!(seen.len(), 3, "the address is asked as it stands");
    let conditions: Vec<_> = seen.iter().map(|seen| seen.headers.get("if-none-match").map(String::as_str)).collect();
    assert_eq!(conditions, [None, Some("\"1\""), Some("\"1\"")]);
    for header in ["cookie", "referer", "cache-control", "pragma"] {
        assert!(seen.iter().all(|seen| !seen.headers.contains_key(header)), "{header}");
    }
}

#[test]
fn requests_stay_conditional_after_the_daemon_was_killed() {
    let server = Server::start();
    server.put("/f", Page::feed(one("a")).with("ETag", "W/\"1\"").with("Last-Modified", "yesterday, about noon"));
    let text = config(&[("a", &server.url("/f"))]) + "[server]\nlisten = \"127.0.0.1:0\"\n";
    let place = Place::new(&text);
    place.daemon().kill();
    assert_eq!(place.cycle()["unchanged"], 1);
    let last = server.seen("/f").pop().expect("a request");
    let sent = |name: &str| last.headers.get(name).map(String::as_str);
    assert_eq!((sent("if-none-match"), sent("if-modified-since")), (Some("W/\"1\""), Some("yesterday, about noon")));
}

#[test]
fn a_page_instead_of_a_feed_is_told_with_the_feed_that_it_names() {
    let server = Server::start();
    server.put(
        "/",
        Page::feed("<!doctype html><head><link rel=alternate type=application/rss+xml href=/feed.xml></head><p>Hi")
            .with("Content-Type", "text/html"),
    );
    server.put("/wall", Page::status(403).with("cf-mitigated", "challenge"));
    let (page, wall) = (server.url("/"), server.url("/wall"));
    let place = Place::new(&config(&[("page", &page), ("wall", &wall)]));
    let ended = place.run(&["run", "--once", "--json"]);
    let summary: serde_json::Value = serde_json::from_str(&ended.out).expect("JSON");
    let failed = summary["failed"].as_array().expect("a list");
    let of = |name: &str| failed.iter().find(|failure| failure["source"] == name).expect("a failure");
    assert_eq!((&of("page")["diagnosis"], &of("wall")["diagnosis"]), (&"page".into(), &"bot-wall".into()));
    let named = format!("the page names this feed: {}", server.url("/feed.xml"));
    assert!(of("page")["error"].to_string().contains(&named), "{}", of("page"));
    assert!(of("wall")["error"].to_string().contains("Cloudflare"), "{}", of("wall"));
}

#[test]
fn a_source_that_is_gone_is_reported_once_and_asked_no_more() {
    let server = Server::start();
    server.put("/f", Page::status(410));
    server.put("/g", Page::feed(one("b")));
    let text = config(&[("a", &server.url("/f")), ("b", &server.url("/g"))])
        + "[schedule]\ninterval = \"1s\"\nmin_interval = \"1s\"\nmax_interval = \"1s\"\n\
           [server]\nlisten = \"127.0.0.1:0\"\n";
    let place = Place::new(&text);
    let mut daemon = place.daemon();
    assert!(daemon.said.contains("failed   a: ") && daemon.said.contains("not asked any more"), "{}", daemon.said);
    // Others go on: this one is seen when it changes.
    server.put("/g", Page::feed(one("c")));
    daemon.wait_for("1 new");
    assert_eq!(server.seen("/f").len(), 1);
}

#[test]
fn a_single_source_is_allowed_to_be_private_and_no_other_with_it() {
    let server = Server::start();
    server.put("/in", Page::feed(one("a")));
    server.put("/out", Page::feed(one("b")));
    let (inside, outside) = (server.url("/in"), server.url("/out"));
    let text = config(&[("in", &inside), ("out", &outside)])
        .replace("allow_private = true", "allow_private = false")
        .replace("publisher = \"in\"", "publisher = \"in\"\nallow_private = true");
    let summary = Place::new(&text).cycle();
    assert_eq!((&summary["read"], &summary["failed"][0]["source"]), (&1.into(), &"out".into()), "{summary}");
    assert_eq!(summary["failed"][0]["diagnosis"], "private");
    assert_eq!((server.seen("/in").len(), server.seen("/out").len()), (1, 0));
}

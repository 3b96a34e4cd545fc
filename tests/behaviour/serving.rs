//! The site over HTTP.

use std::io::Read as _;

use crate::main_job::sample_desk;
use crate::world::{get, request};

#[test]
fn documents_are_served_as_http_wants_it() {
    let place = sample_desk();
    let daemon = place.daemon();
    for (name, media_type) in [
        ("front.atom", "application/atom+xml"),
        ("front.rss", "application/rss+xml"),
        ("front.json", "application/feed+json"),
        ("front.html", "text/html"),
        ("", "text/html"),
        ("articles/fifteen-hundred-men.html", "text/html"),
    ] {
        let url = format!("{}{name}", daemon.url);
        let reply = get(&url, &[]);
        assert_eq!(reply.status, 200, "{name}");
        assert!(reply.header("content-type").starts_with(media_type), "{name}: {}", reply.header("content-type"));
        let etag = reply.header("etag").to_owned();
        assert!(etag.starts_with('"') && etag.len() > 8, "{name}: {etag}");
        let unchanged = get(&url, &[("If-None-Match", &etag)]);
        assert_eq!((unchanged.status, unchanged.body.len()), (304, 0), "{name}");
        assert_eq!(unchanged.header("etag"), etag);
        let head = request("HEAD", &url, &[]);
        assert_eq!((head.status, head.body.len(), head.header("etag")), (200, 0, etag.as_str()), "{name}");
        assert_eq!(head.header("content-length"), reply.body.len().to_string());
        let packed = get(&url, &[("Accept-Encoding", "gzip")]);
        assert_eq!(packed.header("content-encoding"), "gzip", "{name}");
        assert_ne!(packed.header("etag"), etag, "{name}: one tag for two byte sequences");
        let mut text = Vec::new();
        flate2::read::GzDecoder::new(packed.body.as_slice()).read_to_end(&mut text).expect("gzip");
        assert_eq!(text, reply.body, "{name}");
    }
    assert_eq!(get(&format!("{}nowhere", daemon.url), &[]).status, 404);
    let posted = request("POST", &format!("{}front.atom", daemon.url), &[]);
    assert_eq!((posted.status, posted.header("allow").contains("GET")), (405, true));
    let page = get(&daemon.url, &[]);
    assert!(page.header("content-security-policy").contains("default-src 'none'"), "{:?}", page.headers);
}

#[test]
fn what_is_written_as_files_is_what_is_served() {
    let place = sample_desk();
    let daemon = place.daemon();
    for name in ["front.atom", "shared.rss", "asia.json", "index.html", "articles/how-this-desk-works.html"] {
        let served = get(&format!("{}{name}", daemon.url), &[]).text();
        assert_eq!(served, place.read(&format!("data/public/{name}")), "{name}");
    }
}

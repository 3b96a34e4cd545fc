//! The fast lane answers as the server proper does, byte for byte but for the order of fields, and hands on the rest.

use std::collections::BTreeSet;

use crate::model::{Rendered, SitePath};
use crate::serve::snapshot::Snapshot;

use super::*;

fn snapshot() -> Snapshot {
    let document = |path: &str, readers| {
        let path = SitePath::new(path).expect("a path");
        let text = "<entry>A story.</entry>".repeat(200).into_bytes();
        Rendered::new(
            path,
            "application/atom+xml; charset=utf-8",
            text,
            chrono::DateTime::from_timestamp(1_729_243_800, 0),
        )
        .only_for(&readers)
    };
    let members = crate::model::Readers::Holders(BTreeSet::new());
    let open = crate::model::Readers::Everyone;
    Snapshot::new(vec![document("front.atom", open), document("members.atom", members)], None)
}

/// The answers to what a client sent, and how much of it is for the server proper.
fn answers(sent: &str) -> (Vec<String>, usize) {
    let (snapshot, mut date, mut answers, mut rest) = (snapshot(), Date::default(), Vec::new(), sent.as_bytes());
    while let Some(length) = (!rest.is_empty()).then(|| answer(rest, &snapshot, &mut date, &mut answers)).flatten() {
        rest = &rest[length..];
    }
    let heads = answers.iter().filter_map(|piece| match piece {
        Piece::Bytes(bytes) if bytes.starts_with(b"HTTP/1.1 ") => Some(String::from_utf8_lossy(bytes).into_owned()),
        _ => None,
    });
    (heads.collect(), rest.len())
}

#[test]
fn plain_requests_are_answered_and_all_others_handed_on() {
    let tag = snapshot().get("front.atom").map(|document| document.plain.etag.to_string()).expect("a document");
    let get = |fields: &str| format!("GET /front.atom HTTP/1.1\r\nHost: x\r\n{fields}\r\n");
    let fresh = format!("If-None-Match: {tag}\r\n");
    for (fields, status, coding) in [
        ("", "200 OK", false),
        ("Accept-Encoding: br, gzip\r\nConnection: Keep-Alive\r\nRange: bytes=0-1\r\n", "200 OK", true),
        ("Accept-Encoding: gzip;q=0\r\nIf-None-Match: \"other\"\r\n", "200 OK", false),
        (&fresh, "304 Not Modified", false),
        ("If-Modified-Since: Fri, 18 Oct 2024 09:30:00 GMT\r\n", "304 Not Modified", false),
        ("If-None-Match: *\r\nAccept-Encoding: gzip\r\n", "304 Not Modified", false),
    ] {
        let (heads, rest) = answers(&get(fields));
        let [head] = &heads[..] else { panic!("{fields}: {heads:?}") };
        assert!(head.starts_with(&format!("HTTP/1.1 {status}\r\n")) && rest == 0, "{fields}: {head}");
        assert_eq!(head.contains("content-encoding: gzip\r\n"), coding, "{fields}: {head}");
        assert_eq!(head.contains("content-length: "), status == "200 OK", "{fields}: {head}");
    }
    // Several at once, and the start of another.
    let several = get("") + &get("Accept-Encoding: gzip\r\n") + "GET /fro";
    assert_eq!((answers(&several).0.len(), answers(&several).1), (2, 8));
    for other in [
        get("Connection: close\r\n"),
        get("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"),
        get("A-IM: feed\r\n"),
        get("Expect: 100-continue\r\n"),
        get("Content-Length: 3\r\n"),
        get("Transfer-Encoding: chunked\r\n"),
        get("If-None-Match: \"\u{e9}\"\r\n"),
        get("").replace("HTTP/1.1", "HTTP/1.0"),
        get("").replace("GET", "HEAD"),
        get("").replace("GET", "POST"),
        get("").replace("front", "nowhere"),
        get("").replace("front", "%66ront"),
        get("").replace("front", "members"),
        get("").replace("atom", "atom?x"),
        get("").replace("/front", "http://x/front"),
        get("").replace("\r\n\r\n", "\r\n"),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
        "nonsense\r\n\r\n".to_owned(),
    ] {
        let (heads, rest) = answers(&other);
        assert!(heads.is_empty() && rest == other.len(), "{other}");
    }
}

//! Conditional requests.

use super::server::{Reply, Server, reply};
use super::*;

#[tokio::test]
async fn validators_come_back_byte_for_byte() {
    for (etag, last_modified) in [
        (&b"\"plain\""[..], &b"Thu, 24 Oct 2024 12:00:00 GMT"[..]),
        (b"W/\"weak\"", b"Thursday, the day before yesterday"),
        (b"unquoted", b"0"),
        (b"\"\xe9\xff\"", b"2024-10-24"),
    ] {
        let mut response = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\nETag: ".to_vec();
        response.extend_from_slice(etag);
        response.extend_from_slice(b"\r\nLast-Modified: ");
        response.extend_from_slice(last_modified);
        response.extend_from_slice(b"\r\n\r\nx");
        let server = Server::simple(move |_| Reply::Bytes(response.clone())).await;
        let (_, validators) = new(poll(&server.url("/feed"), &Validators::default()).await);
        assert_eq!(validators.url, None, "the source's own address");
        not_modified(poll(&server.url("/feed"), &validators).await);
        assert_eq!(server.last().bytes("if-none-match"), Some(etag));
        assert_eq!(server.last().bytes("if-modified-since"), Some(last_modified));
    }
}

#[tokio::test]
async fn the_first_request_is_unconditional_and_says_no_more_than_it_must() {
    let server = Server::simple(|_| reply(200, &[("Set-Cookie", "id=1")], b"x")).await;
    let client = client(&options());
    let location = Location::Web(server.url("/feed?token=1"));
    for _ in 0..2 {
        new(fetch(&client, &location, &Validators::default()).await);
        let mut names: Vec<String> = server.last().names().into_iter().map(str::to_owned).collect();
        names.sort();
        assert_eq!(names, ["accept", "accept-encoding", "host", "user-agent"], "no cookie, no referer");
        assert_eq!(server.last().path, "/feed?token=1", "nothing is added to the address");
    }
    let expected = format!("wiredesk/{} (+https://wire.example.org/)", env!("CARGO_PKG_VERSION"));
    assert_eq!(server.last().header("user-agent"), Some(expected.as_str()));
}

#[tokio::test]
async fn a_304_keeps_the_validators_it_does_not_renew() {
    let server = Server::simple(|request| match request.path.as_str() {
        "/renewed" => reply(304, &[("ETag", "\"2\""), ("Cache-Control", "max-age=60")], b""),
        _ => reply(304, &[], b""),
    })
    .await;
    let old = Validators {
        etag: Some("\"1\"".into()),
        last_modified: Some("Thu, 24 Oct 2024 12:00:00 GMT".into()),
        body_hash: Some(7),
        url: None,
    };
    assert_eq!(not_modified(poll(&server.url("/same"), &old).await), old);
    let renewed = poll(&server.url("/renewed"), &old).await;
    assert!(matches!(&renewed, Ok(Answer::NotModified { fresh_for: Some(fresh), .. }) if fresh.as_secs() == 60));
    assert_eq!(not_modified(renewed), Validators { etag: Some("\"2\"".into()), ..old });
}

#[tokio::test]
async fn a_304_that_nobody_asked_for_is_an_error() {
    let server = Server::simple(|_| reply(304, &[], b"")).await;
    let error = poll(&server.url("/feed"), &Validators::default()).await.expect_err("no answer");
    assert!(matches!(error, Error::Status { status, .. } if status.as_u16() == 304), "{error}");
}

#[tokio::test]
async fn the_same_body_again_is_no_news_but_renews_the_validators() {
    let server = Server::simple(|request| match request.header("if-none-match") {
        None => reply(200, &[("ETag", "\"1\""), ("Last-Modified", "yesterday")], b"same"),
        Some(_) => reply(200, &[("ETag", "\"2\"")], b"same"),
    })
    .await;
    let (_, first) = new(poll(&server.url("/feed"), &Validators::default()).await);
    let second = not_modified(poll(&server.url("/feed"), &first).await);
    assert_eq!(second.etag.as_deref(), Some("\"2\""));
    assert_eq!(second.last_modified, None, "a whole answer replaces all validators");
    assert_eq!(second.body_hash, first.body_hash);
}

#[tokio::test]
async fn another_body_under_the_same_etag_is_taken() {
    let server = Server::simple(|request| {
        let body: &[u8] = if request.header("if-none-match").is_some() { b"two" } else { b"one" };
        reply(200, &[("ETag", "\"1\"")], body)
    })
    .await;
    let (_, validators) = new(poll(&server.url("/feed"), &Validators::default()).await);
    let (body, _) = new(poll(&server.url("/feed"), &validators).await);
    assert_eq!(body, "two");
}

#[tokio::test]
async fn no_store_drops_the_hint_and_keeps_the_validators() {
    let headers = [("ETag", "\"1\""), ("Cache-Control", "no-store"), ("Expires", "0")];
    let server = Server::simple(move |_| reply(200, &headers, b"x")).await;
    let answer = poll(&server.url("/feed"), &Validators::default()).await;
    assert!(matches!(&answer, Ok(Answer::New { fresh_for: Some(Duration::ZERO), .. })), "{answer:?}");
    assert_eq!(new(answer).1.etag.as_deref(), Some("\"1\""));
}

#[tokio::test]
async fn one_accept_encoding_is_sent_and_no_etag_is_edited() {
    // Apache appends `-gzip` to the tag of a packed answer, and takes it only as it gave it.
    let server = Server::simple(|request| match request.header("if-none-match") {
        Some("\"1-gzip\"") => reply(304, &[], b""),
        _ => reply(200, &[("ETag", "\"1-gzip\"")], b"x"),
    })
    .await;
    let client = client(&options());
    let location = Location::Web(server.url("/feed"));
    let (_, validators) = new(fetch(&client, &location, &Validators::default()).await);
    not_modified(fetch(&client, &location, &validators).await);
    new(fetch(&client, &location, &Validators::default()).await);
    let requests = server.requests();
    let codings: Vec<_> = requests.iter().map(|request| request.header("accept-encoding").expect("codings")).collect();
    assert_eq!(codings, ["gzip, br, zstd, deflate"; 3]);
}

#[tokio::test]
async fn the_new_items_alone_are_asked_for_and_taken() {
    let server = Server::simple(|request| match (request.path.as_str(), request.header("a-im")) {
        ("/feed", Some("feed")) => reply(226, &[("ETag", "\"2\""), ("IM", "feed")], b"new items"),
        // What says that it is a part of another kind, or was not asked for, cannot be put together.
        ("/diff", Some(_)) => reply(226, &[("ETag", "\"2\""), ("IM", "vcdiff")], b"bytes"),
        ("/rude", _) => reply(226, &[("IM", "feed")], b"bytes"),
        (_, None) => reply(200, &[("ETag", "\"1\"")], b"all items"),
        _ => reply(500, &[], b""),
    })
    .await;
    let (_, first) = new(poll(&server.url("/feed"), &Validators::default()).await);
    let (body, second) = new(poll(&server.url("/feed"), &first).await);
    assert_eq!((&body[..], second.etag.as_deref()), (&b"new items"[..], Some("\"2\"")));
    assert_eq!(second.body_hash, None);
    // Without a tag there is nothing that "new" could mean.
    let dated = Validators { last_modified: Some("yesterday".into()), ..Validators::default() };
    new(poll(&server.url("/feed"), &dated).await);
    let (_, first) = new(poll(&server.url("/diff"), &Validators::default()).await);
    for (path, validators) in [("/diff", &first), ("/rude", &Validators::default())] {
        let error = poll(&server.url(path), validators).await.expect_err(path);
        assert!(matches!(error, Error::Status { status, .. } if status.as_u16() == 226), "{path}: {error}");
    }
}

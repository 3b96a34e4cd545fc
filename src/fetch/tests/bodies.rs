//! Bodies: codings, sizes, and those that never end or end too soon.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};

use super::server::{Reply, Server, reply};
use super::*;

const BODY: &[u8] = b"<rss><channel><title>Harbour Wire</title></channel></rss>";

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(body).expect("memory");
    encoder.finish().expect("memory")
}

fn zlib(body: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(body).expect("memory");
    encoder.finish().expect("memory")
}

/// Brotli with one uncompressed meta-block (RFC 7932 §9.2): window bits 0, not last, 4 nibbles, length less one.
fn brotli(body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() - 1).expect("short");
    let header = (1 << 20) | (length << 4);
    [&header.to_le_bytes()[..3], body, &[0b11]].concat()
}

/// Zstandard with one raw block (RFC 8878 §3.1.1): single segment, one byte of content size.
fn zstd(body: &[u8]) -> Vec<u8> {
    let length = u8::try_from(body.len()).expect("short");
    let block = (u32::from(length) << 3) | 1;
    [&[0x28, 0xb5, 0x2f, 0xfd, 0x20, length][..], &block.to_le_bytes()[..3], body].concat()
}

#[tokio::test]
async fn every_coding_that_is_asked_for_is_understood() {
    for (coding, encoded) in [
        ("identity", BODY.to_vec()),
        ("gzip", gzip(BODY)),
        ("deflate", zlib(BODY)),
        ("br", brotli(BODY)),
        ("zstd", zstd(BODY)),
    ] {
        let headers = [("Content-Encoding", coding), ("Content-Type", "application/rss+xml; charset=utf-8")];
        let server = Server::simple(move |_| reply(200, &headers, &encoded)).await;
        let answer = poll(&server.url("/feed"), &Validators::default()).await;
        let Ok(Answer::New { body, content_type, base, .. }) = answer else { panic!("{coding}: {answer:?}") };
        assert_eq!(body, BODY, "{coding}");
        assert_eq!(content_type.as_deref(), Some("application/rss+xml; charset=utf-8"));
        assert_eq!(base.as_ref(), Some(server.url("/feed").as_url()));
        let asked = server.last().header("accept-encoding").expect("codings").to_owned();
        assert!(coding == "identity" || asked.contains(coding), "{asked}");
    }
}

#[tokio::test]
async fn a_coding_that_was_not_asked_for_is_an_error() {
    let twice = gzip(&gzip(BODY));
    // U+009B starts an escape sequence on some terminals; it is the byte 9B in a header.
    for (header, named) in [(&b"gzip, gzip"[..], "gzip, gzip"), (b"\x9b2Jzip", "2Jzip")] {
        let response = [b"HTTP/1.1 200 OK\r\nContent-Encoding: ", header, b"\r\n\r\n", &twice].concat();
        let server = Server::simple(move |_| Reply::Bytes(response.clone())).await;
        let error = poll(&server.url("/feed"), &Validators::default()).await.expect_err("no answer");
        assert!(matches!(&error, Error::Coding { coding, .. } if coding == named), "{error}");
    }
}

#[tokio::test]
async fn a_decoded_body_may_be_as_large_as_allowed_and_no_larger() {
    for (size, fits) in [(4096, true), (4097, false), (16 << 20, false)] {
        let bomb = gzip(&vec![b' '; size]);
        assert!(size < 1 << 20 || bomb.len() < 32 << 10, "small on the wire: {}", bomb.len());
        let server = Server::simple(move |_| reply(200, &[("Content-Encoding", "gzip")], &bomb)).await;
        let options = config::Fetch { max_body_bytes: 4096.max(bomb_limit(size)), ..options() };
        let answer = poll_with(&options, &server.url("/feed"), &Validators::default()).await;
        match answer {
            Ok(Answer::New { body, .. }) => assert!(fits && body.len() == size, "{size}"),
            Err(Error::TooLarge { limit_bytes, .. }) => assert!(!fits && limit_bytes < size, "{size}"),
            other => panic!("{size}: {other:?}"),
        }
    }
}

/// A bomb's own wire size must fit, or the test would not be about its decoded size.
fn bomb_limit(size: usize) -> usize {
    if size > 1 << 20 { 64 << 10 } else { 0 }
}

#[tokio::test]
async fn a_body_that_announces_too_much_is_not_begun() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n".to_vec();
    let server = Server::simple(move |_| Reply::Bytes(head.clone())).await;
    let error = poll(&server.url("/feed"), &Validators::default()).await.expect_err("no answer");
    assert!(matches!(error, Error::TooLarge { limit_bytes: 1_048_576, .. }), "{error}");
}

#[tokio::test]
async fn an_endless_body_ends_at_the_limit() {
    let head = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    let server = Server::simple(move |_| Reply::Drip(head.clone(), b" ")).await;
    let options = config::Fetch { max_body_bytes: 10, ..options() };
    let error = poll_with(&options, &server.url("/feed"), &Validators::default()).await.expect_err("no answer");
    assert!(matches!(error, Error::TooLarge { limit_bytes: 10, .. }), "{error}");
}

#[tokio::test]
async fn a_body_that_breaks_off_is_an_error() {
    let whole = gzip(BODY);
    let cut = |encoded: &[u8]| encoded[..encoded.len() - 6].to_vec();
    let short = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<rss>".to_vec();
    let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n".to_vec();
    for (name, bytes) in [("short", short), ("chunked", chunked)] {
        let server = Server::simple(move |_| Reply::Bytes(bytes.clone())).await;
        let error = poll(&server.url("/feed"), &Validators::default()).await.expect_err(name);
        assert!(matches!(error, Error::Transfer { .. }), "{name}: {error}");
    }
    for (coding, encoded) in
        [("gzip", cut(&whole)), ("deflate", cut(&zlib(BODY))), ("br", cut(&brotli(BODY))), ("zstd", cut(&zstd(BODY)))]
    {
        let server = Server::simple(move |_| reply(200, &[("Content-Encoding", coding)], &encoded)).await;
        let error = poll(&server.url("/feed"), &Validators::default()).await.expect_err(coding);
        assert!(matches!(error, Error::Transfer { .. }), "{coding}: {error}");
    }
}

#[tokio::test]
async fn a_slow_drip_and_a_silent_server_meet_the_timeout() {
    let head = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    let server = Server::simple(move |request| match request.path.as_str() {
        "/drip" => Reply::Drip(head.clone(), b" "),
        "/drip-head" => Reply::Drip(b"HTTP/1.1 200 OK\r\nX:".to_vec(), b"x"),
        "/interim" => Reply::Drip(Vec::new(), b"HTTP/1.1 103 Early Hints\r\n\r\n"),
        "/chunks" => {
            let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
            Reply::Drip(head, b"1;and=an,extension\r\n \r\n")
        }
        _ => Reply::Hang,
    })
    .await;
    let options = config::Fetch { timeout: Duration::from_millis(100), ..options() };
    for path in ["/drip", "/drip-head", "/interim", "/chunks", "/hang"] {
        let error = poll_with(&options, &server.url(path), &Validators::default()).await.expect_err(path);
        assert!(matches!(error, Error::Timeout { .. }), "{path}: {error}");
        assert!(error.to_string().contains("after 100ms"), "{error}");
    }
}

#[tokio::test]
async fn the_head_of_an_answer_is_at_most_64_kib() {
    let server = Server::simple(|request| {
        let bytes: usize = request.path[1..].parse().expect("a size");
        reply(200, &[("X-Filler", &"x".repeat(bytes))], b"feed")
    })
    .await;
    new(poll(&server.url("/60000"), &Validators::default()).await);
    let error = poll(&server.url("/66000"), &Validators::default()).await.expect_err("too large");
    assert!(matches!(error, Error::LargeHead { limit_bytes: 65_536, .. }), "{error}");
    // Far beyond it the client does not read on.
    let error = poll(&server.url("/16000000"), &Validators::default()).await.expect_err("too large");
    assert!(matches!(error, Error::Transfer { .. } | Error::LargeHead { .. }), "{error}");
}

#[tokio::test]
async fn endless_interim_answers_and_endless_chunks_end_at_their_limits() {
    let server = Server::simple(|request| match request.path.as_str() {
        "/interim" => Reply::Flood(Vec::new(), b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"),
        _ => Reply::Flood(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec(), b"1\r\nx\r\n"),
    })
    .await;
    // As fast as the server can: the one meets the clock, the other the size.
    let options = config::Fetch { timeout: Duration::from_millis(300), max_body_bytes: 5_000, ..options() };
    let error = poll_with(&options, &server.url("/interim"), &Validators::default()).await.expect_err("no answer");
    assert!(matches!(error, Error::Timeout { .. }), "{error}");
    let options = config::Fetch { timeout: Duration::from_secs(30), ..options };
    let error = poll_with(&options, &server.url("/chunks"), &Validators::default()).await.expect_err("too large");
    assert!(matches!(error, Error::TooLarge { limit_bytes: 5_000, .. }), "{error}");
}

#[tokio::test]
async fn of_twenty_bombs_only_a_few_are_in_memory_at_once() {
    // A little less than the limit, so that every one is read to its end.
    let size = 8 << 20;
    let bomb = gzip(&vec![b' '; size]);
    let server = Server::simple(move |_| reply(200, &[("Content-Encoding", "gzip")], &bomb)).await;
    let client = client(&config::Fetch { max_body_bytes: 10 << 20, ..options() });
    let (sender, mut bodies) = tokio::sync::mpsc::channel(20);
    for number in 0..20 {
        let (client, sender) = (client.clone(), sender.clone());
        let location = Location::Web(server.url(&format!("/{number}")));
        tokio::spawn(async move {
            let body = new(fetch(&client, &location, &Validators::default()).await).0;
            sender.send(body).await.expect("somebody reads");
        });
    }
    for number in 1..=20 {
        let body = bodies.recv().await.expect("a body");
        assert_eq!(body.len(), size);
        // The place is taken: no other body comes until this one is let go of.
        let other = tokio::time::timeout(Duration::from_millis(10), bodies.recv()).await;
        assert!(other.is_err() || number == 20, "12 MiB hold one body of up to 10 MiB");
    }
}

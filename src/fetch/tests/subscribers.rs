//! What subscribers of our hub are sent, and what they may do.

use super::server::{Reply, Server, reply};
use super::*;
use crate::fetch::{Delivery, Refused, deliver, subscriber_client, tell, verify};

/// The client that calls subscribers; `allow_private` of the options says nothing to it.
fn caller(timeout: Duration) -> Client {
    let site = Url::parse("https://wire.example.org/").expect("a URL");
    subscriber_client(&config::Fetch { timeout, ..options() }, &site).expect("a client")
}

fn patient() -> Client {
    caller(Duration::from_secs(60))
}

fn delivery() -> Delivery {
    Delivery {
        body: Bytes::from_static(b"<feed/>"),
        media_type: "application/atom+xml; charset=utf-8",
        link: "<https://w.example/hub>; rel=\"hub\"".parse().expect("a value"),
        signature: Some("sha256=00".into()),
    }
}

#[tokio::test]
async fn a_subscriber_is_sent_the_document_and_nothing_that_is_not_for_it() {
    let server = Server::simple(|_| reply(204, &[], b"")).await;
    deliver(&patient(), &server.url("/cb?t=1"), delivery(), true).await.expect("taken");
    let request = server.last();
    assert_eq!(
        (request.method.as_str(), request.path.as_str(), request.body.as_slice()),
        ("POST", "/cb?t=1", &b"<feed/>"[..])
    );
    let mut names = request.names();
    names.sort_unstable();
    assert_eq!(names, ["accept", "content-length", "content-type", "host", "link", "user-agent", "x-hub-signature"]);
}

#[tokio::test]
async fn what_a_subscriber_answers_is_told_apart_and_no_address_is_in_the_words() {
    for (status, headers, words, gone, wait) in [
        (410, vec![], "answered 410 Gone", true, None),
        (404, vec![], "answered 404 Not Found", false, None),
        (500, vec![], "answered 500 Internal Server Error", false, None),
        (503, vec![("Retry-After", "600")], "answered 503 Service Unavailable", false, Some(600)),
        (301, vec![("Location", "/other")], "answered 301 Moved Permanently", false, None),
        (307, vec![("Location", "/other")], "answered 307 Temporary Redirect", false, None),
    ] {
        let server = Server::simple(move |_| reply(status, &headers, b"nobody reads this")).await;
        let refused = deliver(&patient(), &server.url("/t0ken"), delivery(), true).await.expect_err("refused");
        let retry_after = wait.map(Duration::from_secs);
        assert_eq!(refused, Refused { words: words.into(), gone, retry_after }, "{status}");
        assert_eq!(server.requests().len(), 1, "no redirect is followed");
    }
    let closed = Server::simple(|_| Reply::Bytes(b"nonsense\r\n\r\n".to_vec())).await;
    let hanging = Server::simple(|_| Reply::Hang).await;
    let nobody = FeedUrl::parse("http://127.0.0.1:1/t0ken").expect("a URL");
    for (url, expected) in
        [(closed.url("/t0ken"), "broke off"), (hanging.url("/t0ken"), "within 100ms"), (nobody, "is not reached")]
    {
        let refused = tell(&caller(Duration::from_millis(100)), &url, true).await.expect_err(expected);
        assert!(refused.words.contains(expected) && !refused.words.contains("t0ken"), "{}", refused.words);
    }
}

#[tokio::test]
async fn a_subscriber_at_a_private_address_is_called_only_where_it_is_listed() {
    let server = Server::simple(|_| reply(200, &[], b"c")).await;
    for host in ["127.0.0.1", "127.1", "2130706433", "[::ffff:127.0.0.1]", "localhost"] {
        let url = server.at(host, "/");
        let refused = verify(&patient(), &url, "c", false).await.expect_err(host);
        let expected = "stands at a loopback address, which `private_callbacks` under [server] does not list";
        assert_eq!(refused.words, expected, "{host}");
        assert!(deliver(&patient(), &url, delivery(), false).await.is_err());
    }
    assert!(server.requests().is_empty(), "nothing was connected to");
    verify(&patient(), &server.at("localhost", "/"), "c", true).await.expect("listed");
}

#[tokio::test]
async fn a_challenge_is_repeated_to_the_byte_and_no_more_is_read() {
    const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n";
    for (body, expected) in [(&b"c7"[..], true), (b"c", false), (b"", false), (b"c7 ", false), (b"C7", false)] {
        let server = Server::simple(move |_| reply(200, &[], body)).await;
        assert_eq!(verify(&patient(), &server.url("/"), "c7", true).await.is_ok(), expected, "{body:?}");
    }
    let flood = Server::simple(|_| Reply::Flood(HEAD.to_vec(), &[b'c'; 4096])).await;
    let refused = verify(&patient(), &flood.url("/"), "c7", true).await.expect_err("a flood");
    assert_eq!(refused.words, "did not repeat the challenge");
    let drip = Server::simple(|_| Reply::Drip(HEAD.to_vec(), b"")).await;
    let refused = verify(&caller(Duration::from_millis(200)), &drip.url("/"), "c7", true).await.expect_err("a drip");
    assert_eq!(refused.words, "did not answer within 200ms");
}

//! What hubs are sent, and what they may answer.

use std::time::Duration;

use super::server::{Reply, Server, reply};
use super::*;
use crate::fetch::{ask_hub, is_near};

const FORM: &[(&str, &str)] =
    &[("hub.mode", "subscribe"), ("hub.topic", "https://a.example/f?x=1&y=é"), ("hub.secret", "s")];

#[tokio::test]
async fn a_hub_gets_a_form_and_takes_it_by_any_success() {
    for status in [200, 202, 204] {
        let server = Server::simple(move |_| reply(status, &[], b"")).await;
        ask_hub(&client(&options()), &server.url("/hub?x=1"), FORM, false).await.expect("taken");
        let request = server.last();
        assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/hub?x=1"));
        assert_eq!(request.header("content-type"), Some("application/x-www-form-urlencoded"));
        let expected = "hub.mode=subscribe&hub.topic=https%3A%2F%2Fa.example%2Ff%3Fx%3D1%26y%3D%C3%A9&hub.secret=s";
        assert_eq!(String::from_utf8(request.body).expect("text"), expected);
    }
}

#[tokio::test]
async fn a_hub_that_refuses_or_asks_for_silence_is_heard() {
    for (status, headers, words, wait) in [
        (400, vec![], "answered 400 Bad Request", None),
        (503, vec![("Retry-After", "600")], "answered 503 Service Unavailable", Some(600)),
        (302, vec![("Location", "/other")], "answered 302 Found", None),
        (308, vec![], "redirects without saying where", None),
        (308, vec![("Location", "ftp://x/")], "redirects to something else", None),
        (308, vec![("Location", "/")], "redirects in a circle", None),
    ] {
        let server = Server::simple(move |_| reply(status, &headers, b"no body is read")).await;
        let error = ask_hub(&client(&options()), &server.url("/"), FORM, false).await.expect_err("refused");
        assert!(error.to_string().contains(words), "{status}: {error}");
        assert_eq!(error.retry_after(), wait.map(Duration::from_secs), "{status}");
    }
    // A public one speaks for its whole host, as everywhere.
    let server = Server::simple(|_| reply(429, &[("Retry-After", "600")], b"")).await;
    let client = client(&options());
    for expected in ["answered 429", "wants to be left alone"] {
        let error = ask_hub(&client, &server.url("/"), FORM, false).await.expect_err("refused");
        assert!(error.to_string().contains(expected) && error.retry_after().is_some(), "{error}");
    }
    assert_eq!(server.requests().len(), 1);
    let silent = Server::simple(|_| Reply::Hang).await;
    let hasty = config::Fetch { timeout: Duration::from_millis(50), ..options() };
    let error = ask_hub(&super::client(&hasty), &silent.url("/"), FORM, false).await.expect_err("too slow");
    assert!(matches!(error, Error::Timeout { .. }), "{error}");
}

#[tokio::test]
async fn redirects_that_keep_the_form_are_followed_a_few_times() {
    for (hops, taken) in [(3, true), (4, false)] {
        let server = Server::simple(move |request| {
            let step: usize = request.path.trim_start_matches('/').parse().expect("a number");
            match step == hops {
                true => reply(202, &[], b""),
                false => reply(
                    if step.is_multiple_of(2) { 307 } else { 308 },
                    &[("Location", &format!("/{}", step + 1))],
                    b"",
                ),
            }
        })
        .await;
        let asked = ask_hub(&client(&options()), &server.url("/0"), FORM, false).await;
        assert_eq!(asked.is_ok(), taken, "{hops}: {asked:?}");
        let requests = server.requests();
        assert!(requests.iter().all(|request| request.method == "POST" && !request.body.is_empty()));
        assert_eq!(requests.len(), 4);
    }
}

#[tokio::test]
async fn a_hub_at_a_private_address_is_asked_for_sources_that_may_be_there_only() {
    let server = Server::simple(|_| reply(202, &[], b"")).await;
    let strict = config::Fetch { allow_private: false, ..options() };
    let strict = crate::fetch::client(&strict, &"https://wire.example.org/".parse().expect("a URL")).expect("a client");
    for hub in [server.url("/"), server.at("localhost", "/")] {
        let error = ask_hub(&strict, &hub, FORM, false).await.expect_err("refused");
        assert!(matches!(error, Error::PrivateAddress { .. }), "{error}");
        ask_hub(&strict, &hub, FORM, true).await.expect("taken");
    }
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn an_address_of_ones_own_network_is_no_public_one() {
    for (address, expected) in [
        ("http://localhost/", true),
        ("http://127.0.0.1:8080/", true),
        ("https://10.1.2.3/", true),
        ("http://nas.local/", true),
        ("https://wire.example.org/", false),
        ("http://9.9.9.9/", false),
    ] {
        assert_eq!(is_near(&FeedUrl::parse(address).expect("a URL")), expected, "{address}");
    }
}

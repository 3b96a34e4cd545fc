//! Statuses, and what cannot be connected to.

use super::server::{Reply, Server, reply};
use super::*;

#[tokio::test]
async fn gone_is_an_answer_and_the_other_faults_are_errors() {
    let server = Server::simple(|request| {
        let status = request.path[1..].parse().expect("a status");
        reply(status, &[], b"<html>no feed here</html>")
    })
    .await;
    assert!(matches!(poll(&server.url("/410"), &Validators::default()).await, Ok(Answer::Gone)));
    for asked in [204, 206, 400, 401, 403, 404, 418, 429, 500, 502, 503] {
        let error = poll(&server.url(&format!("/{asked}")), &Validators::default()).await.expect_err("no answer");
        assert!(
            matches!(error, Error::Status { status, silence: None, .. } if status.as_u16() == asked),
            "{asked}: {error}"
        );
    }
}

#[tokio::test]
async fn a_server_that_asks_to_be_left_alone_is_heard() {
    let date = ("Date", "Thu, 24 Oct 2024 12:00:00 GMT");
    let server = Server::simple(move |request| match request.path.as_str() {
        "/seconds" => reply(429, &[("Retry-After", "3600")], b""),
        _ => reply(503, &[date, ("Retry-After", "Thu, 24 Oct 2024 14:00:00 GMT")], b""),
    })
    .await;
    for (path, seconds) in [("/seconds", 3600), ("/date", 7200)] {
        let error = poll(&server.url(path), &Validators::default()).await.expect_err("no answer");
        assert_eq!(error.retry_after(), Some(Duration::from_secs(seconds)), "{path}: {error}");
    }
}

#[tokio::test]
async fn messages_say_what_was_done_to_what_and_what_to_do_next() {
    let server = Server::simple(|_| reply(404, &[], b"")).await;
    let port = server.port();
    let url = FeedUrl::parse(&format!("http://jane:secret@127.0.0.1:{port}/feed")).expect("a URL");
    let error = poll(&url, &Validators::default()).await.expect_err("no answer");
    assert_eq!(
        error.to_string().replace(&port.to_string(), "PORT"),
        "http://127.0.0.1:PORT/feed answered 404 Not Found: there is no such page; check the source's address"
    );
    let sent = server.last();
    assert_eq!(sent.header("authorization"), Some("Basic amFuZTpzZWNyZXQ="), "the server gets them all the same");
}

#[tokio::test]
async fn the_base_of_links_has_no_credentials() {
    let server = Server::simple(|_| reply(200, &[], b"x")).await;
    let url = FeedUrl::parse(&format!("http://jane:secret@127.0.0.1:{}/feed", server.port())).expect("a URL");
    let answer = poll(&url, &Validators::default()).await;
    let Ok(Answer::New { base: Some(base), .. }) = answer else { panic!("{answer:?}") };
    assert_eq!(base.as_str(), server.url("/feed").to_string());
}

#[tokio::test]
async fn each_way_of_not_reaching_a_server_has_its_name() {
    let unheard = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let closed_port = unheard.local_addr().expect("an address").port();
    drop(unheard);
    let refused = FeedUrl::parse(&format!("http://jane:secret@127.0.0.1:{closed_port}/feed")).expect("a URL");
    let error = poll(&refused, &Validators::default()).await.expect_err("nobody listens");
    assert!(matches!(error, Error::Connect { .. }), "{error:?}");
    assert!(error.to_string().contains("refused") && !error.to_string().contains("secret"), "{error}");

    let unknown = FeedUrl::parse("http://unknown.example/feed").expect("a URL");
    let error = poll(&unknown, &Validators::default()).await.expect_err("no such name");
    assert!(matches!(&error, Error::Dns { cause, .. } if cause == "no such name in the table"), "{error:?}");

    // It speaks first, in plain HTTP.
    let talker = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let talker_port = talker.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = talker.accept().await {
            let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let secure = FeedUrl::parse(&format!("https://127.0.0.1:{talker_port}/feed")).expect("a URL");
    let error = poll(&secure, &Validators::default()).await.expect_err("no TLS there");
    assert!(matches!(error, Error::Tls { .. }), "{error:?}");

    let rude = Server::simple(|_| Reply::Bytes(Vec::new())).await;
    let error = poll(&rude.url("/feed"), &Validators::default()).await.expect_err("hung up");
    assert!(matches!(error, Error::Transfer { .. }), "{error:?}");
    let other = Server::simple(|_| Reply::Bytes(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec())).await;
    let error = poll(&other.url("/feed"), &Validators::default()).await.expect_err("not HTTP");
    assert!(matches!(error, Error::Transfer { .. }), "{error:?}");
}

#[tokio::test]
async fn walls_against_bots_are_named() {
    let server = Server::simple(|request| match request.path.as_str() {
        "/cloudflare" => reply(403, &[("cf-mitigated", "challenge"), ("Content-Type", "text/html")], b"<html>wait"),
        "/datadome" => reply(403, &[("X-DataDome", "protected"), ("Retry-After", "60")], b"{}"),
        "/refused" => reply(403, &[("Content-Type", "text/html")], b"<html>Forbidden"),
        _ => reply(403, &[("Content-Type", "text/plain")], b"Forbidden"),
    })
    .await;
    for (path, expected) in [
        ("/cloudflare", Some("Cloudflare")),
        ("/datadome", Some("DataDome")),
        ("/refused", Some("firewall")),
        ("/", None),
    ] {
        let error = poll(&server.url(path), &Validators::default()).await.expect_err("no answer");
        let named = matches!(&error, Error::BotWall { by, .. } if expected.is_some_and(|name| by.contains(name)));
        assert_eq!(named, expected.is_some(), "{path}: {error}");
        let diagnosis = if named { Diagnosis::BotWall } else { Diagnosis::Forbidden };
        assert_eq!(error.diagnosis(), diagnosis);
    }
}

#[tokio::test]
async fn a_public_host_is_left_alone_as_a_whole_and_a_private_one_is_not() {
    for is_public in [true, false] {
        let server = Server::simple(|request| match request.path.as_str() {
            "/busy" => reply(429, &[("Retry-After", "3600")], b""),
            _ => reply(200, &[], b"x"),
        })
        .await;
        let client = neighbourly(&options(), is_public);
        let ask = async |host: &str, path: &str| {
            fetch(&client, &Location::Web(server.at(host, path)), &Validators::default()).await
        };
        let error = ask("a.example", "/busy").await.expect_err("no answer");
        assert!(error.is_request_for_silence(), "{error}");
        assert_eq!(error.hold(), is_public.then_some(("a.example", Duration::from_secs(3600))));
        let other = ask("a.example", "/other").await;
        match is_public {
            true => assert!(
                matches!(&other, Err(Error::Held { silence, .. }) if silence.host.as_deref() == Some("a.example")),
                "{other:?}"
            ),
            false => assert!(matches!(&other, Ok(Answer::New { .. })), "{other:?}"),
        }
        new(ask("b.example", "/other").await);
        client.forget_holds();
        new(ask("a.example", "/other").await);
    }
}

#[tokio::test]
async fn an_error_without_a_time_to_come_back_holds_nobody() {
    let server = Server::simple(|request| match request.path.as_str() {
        "/429" => reply(429, &[], b""),
        _ => reply(500, &[("Retry-After", "3600")], b""),
    })
    .await;
    let client = neighbourly(&options(), true);
    for path in ["/429", "/500"] {
        let location = Location::Web(server.at("a.example", path));
        let error = fetch(&client, &location, &Validators::default()).await.expect_err("no answer");
        assert!(!error.is_request_for_silence() && error.hold().is_none(), "{error}");
    }
    assert_eq!(server.requests().len(), 2);
}

//! Proxies: taken as configured, and no way around the guard.
#![expect(clippy::disallowed_methods, reason = "tests write the files that they read")]

use super::proxy::Proxy;
use super::secure::{passes_where_trusted, serve_once, vouches};
use super::server::{Server, reply};
use super::*;
use crate::fetch::client::tests::passes_with;
use crate::model::{self, Route, Secret, SecretPlace};

/// A guard for which this machine is public and its neighbour 127.0.0.2 is private.
fn neighbour(address: IpAddr) -> Option<&'static str> {
    (address != IpAddr::V4(Ipv4Addr::LOCALHOST)).then_some("a neighbour's address")
}

/// A client whose way to all sources is this one, and for which only 127.0.0.1 is public.
fn through(proxy: Option<model::Proxy>) -> Client {
    guarded(&config::Fetch { proxy, allow_private: false, ..options() }, neighbour)
}

async fn get(client: &Client, url: FeedUrl) -> Result<Answer, Error> {
    fetch(client, &Location::Web(url), &Validators::default()).await
}

#[tokio::test]
async fn every_kind_of_proxy_is_asked_in_its_own_way() {
    let server = Server::simple(|_| reply(200, &[], b"x")).await;
    let proxy = Proxy::start("127.0.0.2").await;
    let port = server.port();
    for (scheme, expected) in [
        ("http", format!("GET http://a.example:{port}/feed")),
        ("socks5", format!("1 127.0.0.1:{port}")),
        ("socks5h", format!("3 a.example:{port}")),
    ] {
        new(get(&through(Some(proxy.at(scheme))), server.at("a.example", "/feed")).await);
        assert_eq!(proxy.seen(), [expected]);
        let host = server.last().header("host").map(str::to_owned);
        assert_eq!(host, Some(format!("a.example:{port}")), "{scheme}: the server is asked as ever");
    }
    assert!(server.requests().iter().all(|request| request.header("proxy-authorization").is_none()));
}

/// Run by the test below, in a process whose machine vouches for the server's certificate.
#[tokio::test]
async fn secure_through_proxies() {
    if !vouches() {
        return;
    }
    let proxy = Proxy::start("127.0.0.2").await;
    for (scheme, expected) in [("http", "CONNECT a.example:"), ("socks5", "1 127.0.0.1:"), ("socks5h", "3 a.example:")]
    {
        assert_eq!(new(get(&through(Some(proxy.at(scheme))), serve_once("a.example")).await).0, "<feed>");
        let seen = proxy.seen();
        assert!(seen.len() == 1 && seen[0].starts_with(expected), "{scheme}: {seen:?}");
    }
}

#[test]
fn a_secure_source_is_reached_through_a_tunnel() {
    passes_where_trusted("fetch::tests::proxies::secure_through_proxies");
}

#[tokio::test]
async fn a_source_may_have_a_proxy_of_its_own_or_none() {
    let server = Server::simple(|_| reply(200, &[], b"x")).await;
    let (general, own) = (Proxy::start("127.0.0.2").await, Proxy::start("127.0.0.2").await);
    let client = through(Some(general.at("http")));
    for (route, expected) in [
        (Route::Default, (1, 0)),
        (Route::Direct, (0, 0)),
        (Route::Through(own.at("socks5")), (0, 1)),
        (Route::Through(own.at("http")), (0, 1)),
    ] {
        let source = source(&server.at("a.example", "/"), Access { route: route.clone(), ..Access::default() });
        new(poll_source(&client, &source).await);
        assert_eq!((general.seen().len(), own.seen().len()), expected, "{route:?}");
    }
    assert_eq!(client.0.routes.count(), 4, "a client for each way, not for each source");
}

#[tokio::test]
async fn private_servers_are_refused_behind_a_proxy_too() {
    let server = Server::simple(|request| {
        let port = request.header("host").and_then(|host| host.split(':').nth(1)).expect("a port");
        let location = match request.path.as_str() {
            "/literal" => format!("http://2130706434:{port}/secret"),
            _ => format!("http://inside.example:{port}/secret"),
        };
        reply(302, &[("Location", &location)], b"")
    })
    .await;
    let proxy = Proxy::start("127.0.0.2").await;
    for scheme in ["http", "socks5", "socks5h"] {
        let client = through(Some(proxy.at(scheme)));
        for host in ["127.0.0.2", "127.2", "2130706434", "0x7f.2", "[::ffff:127.0.0.2]", "127.0.0.2.", "inside.example"]
        {
            let error = get(&client, server.at(host, "/feed")).await.expect_err(host);
            assert!(matches!(error, Error::PrivateAddress { .. }), "{scheme} {host}: {error}");
        }
        assert_eq!(proxy.seen(), [""; 0], "the proxy is not even asked");
        for path in ["/literal", "/name"] {
            let error = get(&client, server.at("a.example", path)).await.expect_err(path);
            assert!(matches!(error, Error::PrivateAddress { .. }), "{scheme} {path}: {error}");
        }
        assert_eq!(proxy.seen().len(), 2, "each hop is judged");
    }
    assert!(server.requests().iter().all(|request| request.path != "/secret"));
}

#[tokio::test]
async fn the_proxy_may_be_private_and_its_name_opens_no_other_door() {
    let server = Server::simple(|_| reply(200, &[], b"x")).await;
    let proxy = Proxy::start("127.0.0.2").await;
    for scheme in ["http", "socks5", "socks5h"] {
        let client = through(Some(proxy.named(scheme, Some("inside.example"))));
        new(get(&client, server.at("a.example", "/feed")).await);
        let error = get(&client, server.at("inside.example", "/feed")).await.expect_err("private");
        assert!(matches!(error, Error::PrivateAddress { .. }), "{scheme}: {error}");
    }
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_name_that_nobody_here_knows_is_left_to_the_proxy_only_where_it_may_be_private() {
    let server = Server::simple(|_| reply(200, &[], b"x")).await;
    let proxy = Proxy::start("127.0.0.2").await;
    for scheme in ["http", "socks5h"] {
        let client = through(Some(proxy.at(scheme)));
        let hidden = source(&server.at("hidden.onion", "/feed"), Access::default());
        let error = poll_source(&client, &hidden).await.expect_err("unknown here");
        assert_eq!(error.diagnosis(), Diagnosis::UnknownHost);
        assert!(error.to_string().contains("`allow_private = true`"), "{error}");
        assert_eq!(proxy.seen(), [""; 0]);
        new(poll_source(&client, &Source { allow_private: true, ..hidden }).await);
        assert_eq!(proxy.seen().len(), 1);
    }
}

#[tokio::test]
async fn a_proxy_gets_its_password_and_a_new_one_when_it_changes() {
    let server = Server::simple(|_| reply(200, &[], b"x")).await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("secret");
    for scheme in ["http", "socks5"] {
        let proxy = Proxy::start("127.0.0.2").await;
        let client = through(Some(model::Proxy {
            auth: Some((Secret::new("jane"), SecretPlace::File(path.clone()))),
            ..proxy.at(scheme)
        }));
        for password in ["p@ss:w/ö%41", "another"] {
            std::fs::write(&path, format!("{password}\n")).expect("written");
            proxy.lock(password);
            new(get(&client, server.at("a.example", "/feed")).await);
        }
        proxy.lock("changed");
        let error = get(&client, server.at("a.example", "/feed")).await.expect_err("locked out");
        assert_eq!(error.diagnosis(), Diagnosis::Proxy, "{error}");
        assert!(error.to_string().contains("check `proxy`"), "{error}");
    }
    assert!(server.requests().iter().all(|request| request.header("proxy-authorization").is_none()));
}

#[tokio::test]
async fn a_public_host_behind_a_proxy_is_left_alone_as_a_whole() {
    let server = Server::simple(|_| reply(429, &[("Retry-After", "60")], b"")).await;
    let proxy = Proxy::start("127.0.0.2").await;
    let client = through(Some(proxy.at("http")));
    for path in ["/one", "/other"] {
        let error = get(&client, server.at("a.example", path)).await.expect_err("busy");
        assert!(error.is_request_for_silence() && error.retry_after().is_some(), "{error}");
    }
    assert_eq!(server.requests().len(), 1, "it is the server that is judged, not the proxy");
}

#[tokio::test]
async fn a_proxy_that_fails_is_named() {
    // Nothing listens on port 1.
    let url = Url::parse("socks5://127.0.0.2:1").expect("a URL");
    for scheme in ["http", "socks5"] {
        let url = Url::parse(&url.as_str().replace("socks5", scheme)).expect("a URL");
        let client = through(Some(model::Proxy { url, auth: None }));
        let error = get(&client, FeedUrl::parse("http://a.example/").expect("a URL")).await.expect_err("no proxy");
        assert!(error.to_string().contains(&format!("through the proxy {scheme}://127.0.0.2:1")), "{error}");
        assert_eq!(error.diagnosis(), Diagnosis::Proxy);
    }
}

#[test]
fn the_environment_switches_no_proxy_off() {
    passes_with(
        "fetch::tests::proxies::every_kind_of_proxy_is_asked_in_its_own_way",
        &[("NO_PROXY", "*"), ("no_proxy", "*"), ("REQUEST_METHOD", "GET")],
    );
}

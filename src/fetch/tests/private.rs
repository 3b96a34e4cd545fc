//! The guard against private addresses, at every way in.

use super::server::{Server, reply};
use super::*;

/// A guard for which this machine is public and its neighbour 127.0.0.2 is private.
fn neighbour(address: IpAddr) -> Option<&'static str> {
    (address != IpAddr::V4(Ipv4Addr::LOCALHOST)).then_some("a neighbour's address")
}

#[tokio::test]
async fn private_addresses_are_refused_unless_allowed() {
    let server = Server::simple(|_| reply(200, &[], b"x")).await;
    let site = Url::parse("https://wire.example.org/").expect("a URL");
    let strict = crate::fetch::client(&config::Fetch { allow_private: false, ..options() }, &site).expect("a client");
    for host in ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "localhost", "user:pw@localhost"] {
        let url = server.at(host, "/feed");
        let error = fetch(&strict, &Location::Web(url), &Validators::default()).await.expect_err(host);
        assert!(matches!(error, Error::PrivateAddress { kind: "a loopback address", .. }), "{host}: {error}");
        let message = error.to_string();
        assert!(message.contains("`allow_private = true`") && message.contains("a loopback address"), "{message}");
        assert!(!message.contains("pw"), "{message}");
    }
    assert!(server.requests().is_empty(), "nothing was connected to");
}

#[tokio::test]
async fn redirects_are_judged_like_the_first_address() {
    let server = Server::simple(|request| {
        let port = request.header("host").and_then(|host| host.split(':').nth(1)).expect("a port");
        let location = match request.path.as_str() {
            "/literal" => format!("http://127.0.0.2:{port}/secret"),
            "/name" => format!("http://inside.example:{port}/secret"),
            _ => "http://169.254.169.254/latest/meta-data/".to_owned(),
        };
        reply(302, &[("Location", &location)], b"")
    })
    .await;
    let client = guarded(&options(), neighbour);
    for path in ["/literal", "/name", "/metadata"] {
        let location = Location::Web(server.at("a.example", path));
        let error = fetch(&client, &location, &Validators::default()).await.expect_err(path);
        assert!(matches!(error, Error::PrivateAddress { .. }), "{path}: {error}");
    }
    assert!(server.requests().iter().all(|request| !request.path.contains("secret")));
}

#[tokio::test]
async fn of_a_names_addresses_only_the_public_ones_are_connected_to() {
    let server = Server::simple(|_| reply(200, &[], b"x")).await;
    let location = Location::Web(server.at("mixed.example", "/feed"));
    new(fetch(&guarded(&options(), neighbour), &location, &Validators::default()).await);
    let strict = guarded(&options(), |_| Some("a private address"));
    let error = fetch(&strict, &location, &Validators::default()).await.expect_err("none is public");
    assert!(matches!(error, Error::PrivateAddress { .. }), "{error}");
}

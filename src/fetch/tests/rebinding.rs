//! Names that resolve differently from one moment to the next, and addresses that were connected to all the same.

use std::sync::{Arc, Mutex};

use super::server::{Server, reply};
use super::*;

/// A guard for which this machine is public and its neighbour 127.0.0.2 is private.
fn neighbour(address: IpAddr) -> Option<&'static str> {
    (address != IpAddr::V4(Ipv4Addr::LOCALHOST)).then_some("a neighbour's address")
}

fn site() -> Url {
    Url::parse("https://wire.example.org/").expect("a URL")
}

#[tokio::test]
async fn a_name_that_turns_private_between_two_looks_gains_nothing() {
    let server = Server::simple(|_| reply(200, &[], b"x")).await;
    let (here, inside) = (IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv4Addr::new(127, 0, 0, 2)));
    // The last is given first: a public address, then private ones.
    let turns = Arc::new(Mutex::new(vec![vec![inside], vec![inside], vec![here]]));
    let guards = Guards { resolved: neighbour, connected: neighbour, scope: neighbour };
    let client = with_names(&options(), &site(), guards, Names::Turns(Arc::clone(&turns))).expect("a client");
    let location = Location::Web(server.at("rebound.example", "/feed"));
    new(fetch(&client, &location, &Validators::default()).await);
    assert_eq!(turns.lock().expect("not poisoned").len(), 2, "one poll asks once, and connects to what it was told");
    let error = fetch(&client, &location, &Validators::default()).await.expect_err("private now");
    assert!(matches!(error, Error::PrivateAddress { .. }), "{error}");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn nothing_is_read_from_an_address_that_should_not_have_been_connected_to() {
    let server = Server::simple(|_| reply(302, &[("Location", "/secret")], b"")).await;
    // As if there were a way around the resolver.
    let guards = Guards { resolved: |_| None, connected: |_| Some("a loopback address"), scope: |_| None };
    let names = Names::Table(vec![("a.example", vec![Ipv4Addr::LOCALHOST.into()])]);
    let client = with_names(&options(), &site(), guards, names).expect("a client");
    let location = Location::Web(server.at("a.example", "/feed"));
    let error = fetch(&client, &location, &Validators::default()).await.expect_err("refused");
    assert!(matches!(error, Error::PrivateAddress { kind: "a loopback address", .. }), "{error}");
    assert!(server.requests().iter().all(|request| request.path == "/feed"), "and no redirect of it is followed");
}

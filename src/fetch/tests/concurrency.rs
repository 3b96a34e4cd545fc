//! Many polls at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::server::{Reply, Request, Server, reply};
use super::*;

/// The most requests that were under way at once, by host and (under the empty name) overall.
#[derive(Default)]
struct Peak {
    now: HashMap<String, usize>,
    most: HashMap<String, usize>,
}

impl Peak {
    fn enter(&mut self, request: &Request) -> [String; 2] {
        let host = request.header("host").and_then(|host| host.split(':').next()).expect("a host").to_owned();
        let names = [String::new(), host];
        for name in &names {
            let now = self.now.entry(name.clone()).or_default();
            *now += 1;
            let most = self.most.entry(name.clone()).or_default();
            *most = (*most).max(*now);
        }
        names
    }

    fn leave(&mut self, names: &[String; 2]) {
        names.iter().for_each(|name| *self.now.get_mut(name).expect("entered") -= 1);
    }
}

/// Polls these hosts at once against a server that answers when `together` requests are there; gives the peaks.
async fn peaks(options: &config::Fetch, hosts: &[&str], together: usize) -> HashMap<String, usize> {
    let peak = Arc::new(Mutex::new(Peak::default()));
    let barrier = Arc::new(Barrier::new(together));
    let seen = Arc::clone(&peak);
    let server = Server::start(move |request| {
        let (seen, barrier) = (Arc::clone(&seen), Arc::clone(&barrier));
        async move {
            let names = seen.lock().expect("not poisoned").enter(&request);
            barrier.wait().await;
            // Time for a request too many to show itself.
            tokio::time::sleep(Duration::from_millis(20)).await;
            seen.lock().expect("not poisoned").leave(&names);
            reply(200, &[], b"x")
        }
    })
    .await;
    let client = client(options);
    let mut polls = JoinSet::new();
    for (index, host) in hosts.iter().enumerate() {
        let (client, location) = (client.clone(), Location::Web(server.at(host, &format!("/{index}"))));
        polls.spawn(async move { fetch(&client, &location, &Validators::default()).await });
    }
    while let Some(answer) = polls.join_next().await {
        new(answer.expect("no panic"));
    }
    peak.lock().expect("not poisoned").most.clone()
}

#[tokio::test]
async fn one_host_gets_per_host_requests_at_once() {
    let options = config::Fetch { per_host: 2, ..options() };
    let most = peaks(&options, &["a.example"; 6], 2).await;
    assert_eq!(most["a.example"], 2);
}

#[tokio::test]
async fn all_hosts_together_get_concurrency_requests_at_once() {
    let options = config::Fetch { concurrency: 3, ..options() };
    let hosts = ["a.example", "b.example", "c.example", "d.example", "e.example", "f.example"];
    let most = peaks(&options, &hosts, 3).await;
    assert_eq!(most[""], 3);
}

#[tokio::test]
async fn one_hung_host_delays_no_other() {
    let server = Server::simple(|request| match request.header("host") {
        Some(host) if host.starts_with("a.example") => Reply::Hang,
        _ => reply(200, &[], b"x"),
    })
    .await;
    let client = client(&config::Fetch { concurrency: 2, per_host: 1, ..options() });
    let mut hung = JoinSet::new();
    for index in 0..20 {
        let (client, location) = (client.clone(), Location::Web(server.at("a.example", &format!("/{index}"))));
        hung.spawn(async move { fetch(&client, &location, &Validators::default()).await });
    }
    for host in ["b.example", "c.example", "b.example"] {
        new(fetch(&client, &Location::Web(server.at(host, "/")), &Validators::default()).await);
    }
    assert!(hung.try_join_next().is_none(), "the hung ones are still waiting");
}

#[tokio::test]
async fn no_more_large_bodies_arrive_at_once_than_there_are_places_and_small_ones_need_no_turn() {
    let server = Server::simple(|request| match request.path.as_str() {
        "/large" => reply(200, &[], &[b'x'; 100_000]),
        _ => reply(200, &[], b"x"),
    })
    .await;
    let client = client(&config::Fetch { concurrency: 2, ..options() });
    let turns = [client.0.limits.turn().await, client.0.limits.turn().await];
    let large = {
        let (client, location) = (client.clone(), Location::Web(server.url("/large")));
        tokio::spawn(async move { fetch(&client, &location, &Validators::default()).await })
    };
    for number in 0..20 {
        new(fetch(&client, &Location::Web(server.url(&format!("/{number}"))), &Validators::default()).await);
    }
    assert!(!large.is_finished(), "two others arrive");
    drop(turns);
    assert_eq!(new(large.await.expect("no panic")).0.len(), 100_000);
}

#[tokio::test]
async fn waiting_for_a_place_does_not_count_towards_the_timeout() {
    let server = Server::start(|_| async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        reply(200, &[], b"x")
    })
    .await;
    // Eight in a row take longer than the timeout of each.
    let client = client(&config::Fetch { timeout: Duration::from_millis(600), per_host: 1, ..options() });
    let mut polls = JoinSet::new();
    for index in 0..8 {
        let (client, location) = (client.clone(), Location::Web(server.url(&format!("/{index}"))));
        polls.spawn(async move { fetch(&client, &location, &Validators::default()).await });
    }
    while let Some(answer) = polls.join_next().await {
        new(answer.expect("no panic"));
    }
}

#[tokio::test]
async fn redirects_between_two_full_hosts_do_not_block_each_other() {
    let server = Server::simple(|request| {
        let (host, port) = request.header("host").and_then(|host| host.split_once(':')).expect("a host");
        let other = if host == "a.example" { "b.example" } else { "a.example" };
        match request.path.as_str() {
            "/start" => reply(302, &[("Location", &format!("http://{other}:{port}/feed"))], b""),
            _ => reply(200, &[], b"x"),
        }
    })
    .await;
    let client = client(&config::Fetch { concurrency: 1, per_host: 1, ..options() });
    let mut polls = JoinSet::new();
    for host in ["a.example", "b.example"].repeat(8) {
        let (client, location) = (client.clone(), Location::Web(server.at(host, "/start")));
        polls.spawn(async move { fetch(&client, &location, &Validators::default()).await });
    }
    while let Some(answer) = polls.join_next().await {
        new(answer.expect("no panic"));
    }
}

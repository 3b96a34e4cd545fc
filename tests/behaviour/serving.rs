//! The site over HTTP.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;

use crate::main_job::sample_desk;
use crate::world::{Daemon, Page, Place, Server, config, get, request, rss};

#[test]
fn documents_are_served_as_http_wants_it() {
    let place = sample_desk();
    let daemon = place.daemon();
    for (name, media_type) in [
        ("front.atom", "application/atom+xml"),
        ("front.rss", "application/rss+xml"),
        ("front.json", "application/feed+json"),
        ("front.html", "text/html"),
        ("", "text/html"),
        ("articles/fifteen-hundred-men.html", "text/html"),
    ] {
        let url = format!("{}{name}", daemon.url);
        let reply = get(&url, &[]);
        assert_eq!(reply.status, 200, "{name}");
        assert!(reply.header("content-type").starts_with(media_type), "{name}: {}", reply.header("content-type"));
        let etag = reply.header("etag").to_owned();
        assert!(etag.starts_with('"') && etag.len() > 8, "{name}: {etag}");
        let unchanged = get(&url, &[("If-None-Match", &etag)]);
        assert_eq!((unchanged.status, unchanged.body.len()), (304, 0), "{name}");
        assert_eq!(unchanged.header("etag"), etag);
        let head = request("HEAD", &url, &[]);
        assert_eq!((head.status, head.body.len(), head.header("etag")), (200, 0, etag.as_str()), "{name}");
        assert_eq!(head.header("content-length"), reply.body.len().to_string());
        let packed = get(&url, &[("Accept-Encoding", "gzip")]);
        assert_eq!(packed.header("content-encoding"), "gzip", "{name}");
        assert_ne!(packed.header("etag"), etag, "{name}: one tag for two byte sequences");
        let mut text = Vec::new();
        flate2::read::GzDecoder::new(packed.body.as_slice()).read_to_end(&mut text).expect("gzip");
        assert_eq!(text, reply.body, "{name}");
    }
    assert_eq!(get(&format!("{}nowhere", daemon.url), &[]).status, 404);
    let posted = request("POST", &format!("{}front.atom", daemon.url), &[]);
    assert_eq!((posted.status, posted.header("allow").contains("GET")), (405, true));
    let page = get(&daemon.url, &[]);
    assert!(page.header("content-security-policy").contains("default-src 'none'"), "{:?}", page.headers);
}

#[test]
fn what_is_written_as_files_is_what_is_served() {
    let place = sample_desk();
    let daemon = place.daemon();
    for name in ["front.atom", "shared.rss", "asia.json", "index.html", "articles/how-this-desk-works.html"] {
        let served = get(&format!("{}{name}", daemon.url), &[]).text();
        assert_eq!(served, place.read(&format!("data/public/{name}")), "{name}");
    }
}

#[test]
fn an_unchanged_desk_is_304_after_any_number_of_restarts() {
    let place = sample_desk();
    // The address is part of the documents, so the port must stay.
    let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port();
    let text = place.read("config.toml").replace("127.0.0.1:0", &format!("127.0.0.1:{port}"));
    place.write("config.toml", text);
    let names = ["front.atom", "front.rss", "front.json", "front.html", "index.html", "editions.opml", "style.css"];
    let tags = |url: &str| names.map(|name| get(&format!("{url}{name}"), &[]).header("etag").to_owned());
    let first = {
        let daemon = place.daemon();
        tags(&daemon.url)
    };
    for _ in 0..3 {
        let daemon = place.daemon();
        for (name, tag) in names.iter().zip(&first) {
            for round in ["first", "second"] {
                let reply = get(&format!("{}{name}", daemon.url), &[("If-None-Match", tag), ("A-IM", "feed")]);
                assert_eq!((reply.status, reply.body.len()), (304, 0), "{name}, {round}");
            }
        }
        assert_eq!(tags(&daemon.url), first);
        daemon.stop();
        place.cycle();
    }
}

/// Passes connections on, and notes the first lines of requests for a path and of their answers.
fn relay(to: &str, path: &'static str) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}/", listener.local_addr().expect("an address"));
    let (to, notes) =
        (to.trim_start_matches("http://").trim_end_matches('/').to_owned(), Arc::<Mutex<Vec<String>>>::default());
    let shared = notes.clone();
    thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let mut head = String::new();
            let mut lines = BufReader::new(client.try_clone().expect("a handle"));
            while !head.ends_with("\r\n\r\n") && lines.read_line(&mut head).is_ok_and(|read| read > 0) {}
            let mut server = TcpStream::connect(&to).expect("the server is there");
            let head = head.replacen("\r\n", "\r\nConnection: close\r\n", 1);
            server.write_all(head.as_bytes()).expect("sent");
            let mut answer = Vec::new();
            server.read_to_end(&mut answer).expect("an answer");
            if head.contains(path) {
                let first = String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned();
                shared.lock().expect("whole").push(first);
            }
            // The client may have gone.
            let _ = client.write_all(&answer);
        }
    });
    (address, notes)
}

#[test]
fn a_desk_that_reads_another_is_sent_the_new_stories_alone() {
    let server = Server::start();
    let old = ("a1", "Harvest fair opens in Saltmarsh", "Pumpkins as far as one can see, and a prize for the largest.");
    let new = ("a2", "Lighthouse keeper retires", "After forty years the keys go to a daughter who knows every rock.");
    server.put("/a", Page::feed(rss("Agency", &[old])));
    let quick = "[schedule]\nadaptive = false\ninterval = \"1s\"\nmin_interval = \"1s\"\n";
    let first = Place::new(
        &(config(&[("agency", &server.url("/a"))]).replace("url = \"https://wire.example/\"\n", "")
            + quick
            + "[server]\nlisten = \"127.0.0.1:0\"\n"),
    );
    let mut publisher = first.daemon();
    let (address, answers) = relay(&publisher.url, "/front.atom");
    let second = Place::new(&config(&[("first", &format!("{address}front.atom"))]));
    let titles = |place: &Place| -> Vec<String> {
        let feed: serde_json::Value = serde_json::from_str(&place.read("public/front.json")).expect("JSON");
        let items = feed["items"].as_array().expect("items").iter();
        items.map(|item| item["title"].as_str().expect("a title").to_owned()).collect()
    };
    second.cycle();
    assert_eq!(titles(&second), [old.1]);

    server.put("/a", Page::feed(rss("Agency", &[old, new])));
    publisher.wait_for("1 new");
    second.cycle();
    let mut both = titles(&second);
    both.sort();
    assert_eq!(both, [old.1, new.1], "what it had stays, what is new came");
    // The tag that came with the part is that of the whole.
    second.cycle();
    let statuses: Vec<String> = answers.lock().expect("whole").iter().map(|line| line[9..12].to_owned()).collect();
    assert_eq!(statuses, ["200", "226", "304"]);
}

#[test]
fn a_program_that_may_open_few_files_asks_for_more() {
    let place = sample_desk();
    let limit = |line: &str| line.split_whitespace().nth(3).and_then(|soft| soft.parse::<u64>().ok());
    let mut command = Command::new("sh");
    command
        .args(["-c", "ulimit -Sn 256 && exec \"$0\" run"])
        .arg(env!("CARGO_BIN_EXE_wiredesk"))
        .current_dir(place.path());
    let daemon = Daemon::start(command);
    let limits = fs::read_to_string(format!("/proc/{}/limits", daemon.pid())).expect("its limits");
    let line = limits.lines().find(|line| line.starts_with("Max open files")).expect("a line");
    assert!(limit(line) > Some(256), "{line}");
}

#[cfg(target_os = "linux")]
#[test]
fn the_daemon_takes_memory_in_small_pages() {
    let place = sample_desk();
    let daemon = place.daemon();
    let status = std::fs::read_to_string(format!("/proc/{}/status", daemon.pid())).expect("a process");
    // Older kernels do not tell.
    if let Some(large) = status.lines().find_map(|line| line.strip_prefix("THP_enabled:")) {
        assert_eq!(large.trim(), "0");
    }
}

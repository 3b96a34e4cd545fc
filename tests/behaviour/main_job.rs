//! The main job, end to end: feeds and articles in, one deduplicated edition out, over HTTP.

use std::fs;
use std::path::Path;

use crate::world::{Daemon, Page, Place, Server, TOO_LONG, config, get, rss};

/// The shipped configuration on a copy of the shipped samples, served on a free port.
pub fn sample_desk() -> Place {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("config.toml")).expect("the shipped configuration");
    let place = Place::new(&text.replace("127.0.0.1:8080", "127.0.0.1:0"));
    for folder in ["feeds/wires", "feeds/articles"] {
        for file in fs::read_dir(root.join(folder)).expect("the samples") {
            let path = file.expect("a file").path();
            let name = format!("{folder}/{}", path.file_name().expect("a name").to_string_lossy());
            place.write(&name, fs::read(&path).expect("a sample"));
        }
    }
    place
}

#[test]
fn the_first_run_serves_the_sample_desk_and_says_where_to_subscribe() {
    let place = sample_desk();
    let daemon = place.daemon();
    assert!(daemon.said.contains("read     12 sources: 12 with news, 0 unchanged, 0 failed"), "{}", daemon.said);
    let address = format!("subscribe to  {}front.atom", daemon.url);
    assert!(daemon.said.contains(&address), "{}", daemon.said);
    let feed = get(&format!("{}front.atom", daemon.url), &[]).text();
    let story = feed
        .split("<entry>")
        .find(|entry| entry.contains("<title>North Korea sends 1,500"))
        .expect("the story of 18 October");
    assert!(story.contains("Also covered by"), "{story}");
    assert!(story.contains("articles/fifteen-hundred-men.html"), "the local article leads: {story}");
    assert!(story.contains("Meridian Press Agency") && story.contains("Peninsula Monitor"), "{story}");
    let (status, last) = daemon.stop();
    assert!(status.success(), "{status}: {last}");
}

#[test]
fn an_entry_that_arrives_while_the_daemon_runs_revises_its_story_in_place() {
    let server = Server::start();
    let text = "Russian navy vessels carried 1,500 North Korean special forces soldiers to Vladivostok, \
                South Korea's National Intelligence Service said on Friday after a week of reports.";
    server.put(
        "/a",
        Page::feed(rss("Agency", &[("a1", "Seoul spy agency: 1,500 North Korean soldiers in Russia", text)])),
    );
    server.put(
        "/b",
        Page::feed(rss("Daily", &[("b0", "Harvest fair opens in Saltmarsh", "Pumpkins as far as one can see.")])),
    );
    let sources = [("agency", server.url("/a")), ("daily", server.url("/b"))];
    let sources: Vec<_> = sources.iter().map(|(name, url)| (*name, url.as_str())).collect();
    let text_config = config(&sources).replace("url = \"https://wire.example/\"\n", "")
        + "[schedule]\nadaptive = false\ninterval = \"1s\"\nmin_interval = \"1s\"\n[server]\nlisten = \"127.0.0.1:0\"\n";
    let place = Place::new(&text_config);
    let mut daemon = place.daemon();
    let before = get(&format!("{}front.json", daemon.url), &[]);
    let parsed: serde_json::Value = serde_json::from_str(&before.text()).expect("JSON");
    let ids = |feed: &serde_json::Value| -> Vec<String> {
        let items = feed["items"].as_array().expect("items");
        items.iter().map(|item| item["id"].as_str().expect("an id").to_owned()).collect()
    };
    assert_eq!(ids(&parsed).len(), 2);

    let copied = [
        ("b1", "North Korea ships troops to Russia, Seoul says", text),
        ("b0", "Harvest fair opens in Saltmarsh", "Pumpkins as far as one can see."),
    ];
    server.put("/b", Page::feed(rss("Daily", &copied)));
    daemon.wait_for("1 merged");
    let after = get(&format!("{}front.json", daemon.url), &[]);
    assert_ne!(after.header("etag"), before.header("etag"));
    let after: serde_json::Value = serde_json::from_str(&after.text()).expect("JSON");
    let (mut old, mut new) = (ids(&parsed), ids(&after));
    old.sort();
    new.sort();
    assert_eq!(old, new, "the story keeps its id, and there is no item for the copy");
    assert!(after.to_string().contains("https://b1.example/"), "{after}");
}

#[test]
fn run_once_ends_by_itself_and_says_what_it_did() {
    let place = sample_desk();
    let ended = place.run(&["run", "--once"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.out.contains("read     12 sources"), "{}", ended.out);
    assert!(place.path().join("data/public/front.rss").exists());
    let again = place.run(&["run", "--once"]);
    assert_eq!(again.code, Some(0), "{}", again.err);
    assert!(again.out.contains("nothing was due"), "{}", again.out);
    let forced = place.cycle();
    assert_eq!((&forced["asked"], &forced["unchanged"]), (&12.into(), &12.into()), "{forced}");
    assert_eq!((&forced["entries_new"], &forced["files_changed"]), (&0.into(), &0.into()), "{forced}");
}

#[test]
fn run_once_fails_only_when_nothing_could_be_done() {
    let server = Server::start();
    server.put("/good", Page::feed(rss("Good", &[("g", "A title", "A text.")])));
    server.put("/bad", Page::status(500));
    let (good, bad) = (server.url("/good"), server.url("/bad"));
    let some = Place::new(&config(&[("good", &good), ("bad", &bad)]));
    let ended = some.run(&["run", "--once"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.out.contains("failed   bad: "), "{}", ended.out);
    let none = Place::new(&config(&[("bad", &bad)]));
    assert_eq!(none.run(&["run", "--once"]).code, Some(1));
}

#[test]
fn the_sample_desk_comes_out_the_same_every_time() {
    let documents = || {
        let place = sample_desk();
        // A site of its own, so that the port is not part of the bytes.
        let text = place.read("config.toml").replace("# url = ", "url = ");
        place.write("config.toml", text);
        place.cycle();
        let strip_day = |text: String| {
            // The day of the first run is part of the ids of stories; everything else comes from the samples.
            let today = regex_free_day(&text);
            text.replace(&today, "DAY")
        };
        ["front.atom", "front.json", "shared.rss"].map(|name| strip_day(place.read(&format!("data/public/{name}"))))
    };
    assert_eq!(documents(), documents());
}

/// The day in the first story's `tag:` URI.
fn regex_free_day(text: &str) -> String {
    let start = text.find("tag:wire.example.org,").expect("an id") + "tag:wire.example.org,".len();
    text[start..start + "2024-10-18".len()].to_owned()
}

#[test]
fn the_daemon_ends_cleanly_on_sigterm_even_while_a_server_hangs() {
    let server = Server::start();
    server.put("/good", Page::feed(rss("Good", &[("g", "A title", "A text.")])));
    let good = server.url("/good");
    let text = config(&[("good", &good)]).replace("url = \"https://wire.example/\"\n", "")
        + "[server]\nlisten = \"127.0.0.1:0\"\n";
    let place = Place::new(&text);
    let daemon = place.daemon();
    let host = daemon.url.trim_start_matches("http://").trim_end_matches('/').to_owned();
    // A client that never finishes its request, and one that keeps its connection.
    let mut half = std::net::TcpStream::connect(&host).expect("a connection");
    std::io::Write::write_all(&mut half, b"GET / HT").expect("sent");
    let mut idle = std::net::TcpStream::connect(&host).expect("a connection");
    std::io::Write::write_all(&mut idle, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").expect("sent");
    let started = std::time::Instant::now();
    let (status, _) = daemon.stop();
    assert!(status.success(), "{status}");
    assert!(started.elapsed().as_secs() < 10, "took {:?}", started.elapsed());
    drop((half, idle, TOO_LONG));
}

#[test]
fn a_port_in_use_is_said_before_anything_is_done() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let place = Place::new(&(config(&[("a", "missing.xml")]) + &format!("[server]\nlisten = \"{address}\"\n")));
    let ended = place.run(&["run"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains(&format!("cannot listen on {address}")), "{}", ended.err);
    assert!(ended.err.contains("another program has it"), "{}", ended.err);
    assert!(!place.path().join("data").exists());
}

#[test]
fn the_demo_shows_a_story_gathering_coverage() {
    let folder = Place::new("");
    let mut command = folder.command(&["demo", "--duration", "4s", "--listen", "127.0.0.1:0"]);
    command.env("TMPDIR", folder.path());
    let mut daemon = Daemon::start(command);
    let line = daemon.wait_for("covered by 3");
    assert!(!line.trim().is_empty());
    assert_eq!(get(&format!("{}front.atom", daemon.url), &[]).status, 200);
    let (status, _) = daemon.stop();
    assert!(status.success(), "{status}");
}

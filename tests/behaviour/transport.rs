//! Passwords, tokens and proxies: used as configured, and seen by nobody else.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::world::{Ended, Page, Place, Server, config, rss};

/// The secret as it stands, and as it is sent for user `jane` (`jane:s3cret-word`, RFC 7617).
const SECRET: [&str; 2] = ["s3cret-word", "amFuZTpzM2NyZXQtd29yZA"];

fn one(guid: &str) -> String {
    rss("Feed", &[(guid, &format!("Title of {guid}"), &format!("Words that only {guid} has."))])
}

/// A configuration of one source with these keys.
fn with(url: &str, keys: &str) -> String {
    config(&[("a", url)]).replace("publisher = \"a\"\n", &format!("publisher = \"a\"\n{keys}\n"))
}

/// Runs the program with all that it can log.
fn run(place: &Place, arguments: &[&str], environment: &[(&str, &str)]) -> Ended {
    let mut command = place.command(arguments);
    let output = command.env("RUST_LOG", "trace").envs(environment.iter().copied()).output().expect("the program runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Ended { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

#[track_caller]
fn assert_silent(text: &[u8], place: &str) {
    for secret in SECRET {
        let found = text.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!found, "{secret} in {place}: {}", String::from_utf8_lossy(text));
    }
}

/// Every file below a folder.
fn files(folder: &std::path::Path, found: &mut Vec<std::path::PathBuf>) {
    for path in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

#[test]
fn secrets_are_sent_and_are_in_no_log_status_error_store_or_published_file() {
    let server = Server::start();
    let basic = "auth = { user = \"jane\", password_env = \"NEWS_PASSWORD\" }";
    let header = "headers = { X-Key = { file = \"outside/key\" } }";
    for (url, keys, sent) in [
        (server.url("/f"), basic, ("authorization", "Basic amFuZTpzM2NyZXQtd29yZA==")),
        (server.url("/f"), "auth = { bearer_env = \"NEWS_PASSWORD\" }", ("authorization", "Bearer s3cret-word")),
        (server.url("/f"), header, ("x-key", "s3cret-word")),
        (
            server.url("/f").replace("http://", "http://jane:s3cret-word@"),
            "",
            ("authorization", "Basic amFuZTpzM2NyZXQtd29yZA=="),
        ),
    ] {
        let place = Place::new(&with(&url, keys));
        place.write("outside/key", "s3cret-word\n");
        let environment = [("NEWS_PASSWORD", "s3cret-word")];
        for page in
            [Page::feed(one("a")).with("ETag", "\"1\""), Page::status(401), Page::status(301).with("Location", "/g")]
        {
            server.put("/f", page);
            for arguments in
                [&["check"][..], &["run", "--once", "--force", "--json"], &["status", "--json"], &["status"]]
            {
                let ended = run(&place, arguments, &environment);
                assert_silent(ended.out.as_bytes(), &format!("{keys} {arguments:?}: output"));
                assert_silent(ended.err.as_bytes(), &format!("{keys} {arguments:?}: log"));
            }
        }
        let seen = server.seen("/f");
        assert_eq!(seen.last().and_then(|seen| seen.headers.get(sent.0)).map(String::as_str), Some(sent.1), "{keys}");
        let mut written = Vec::new();
        ["data", "public"].iter().for_each(|folder| files(&place.path().join(folder), &mut written));
        assert!(written.iter().any(|path| path.ends_with("wiredesk.db")));
        for path in written {
            assert_silent(&std::fs::read(&path).expect("readable"), &path.display().to_string());
        }
    }
}

#[test]
fn a_secret_that_is_not_there_is_said_before_anything_is_done() {
    let server = Server::start();
    let keys = "auth = { user = \"jane\", password_env = \"NEWS_PASSWORD\" }\n\
                headers = { X-Key = { file = \"secrets/key\" } }\n\
                proxy = { url = \"http://127.0.0.1:1\", user = \"jane\", password_file = \"$CREDENTIALS_DIRECTORY/proxy\" }";
    let place = Place::new(&with(&server.url("/f"), keys));
    for arguments in [&["check"][..], &["run", "--once"], &["run"]] {
        let ended = run(&place, arguments, &[]);
        assert_eq!(ended.code, Some(2), "{}", ended.err);
        for part in [
            "config.toml: source `a`: `password_env` names the environment variable NEWS_PASSWORD, which is not set: set it",
            "config.toml: source `a`: `headers.X-Key` names the file secrets/key, which cannot be read (No such file",
            "config.toml: source `a`: `proxy.password_file` names the credential proxy, and there is no $CREDENTIALS_DIRECTORY",
            "3 secrets cannot be read; nothing was done",
        ] {
            assert!(ended.err.contains(part), "{arguments:?} lacks {part:?}:\n{}", ended.err);
        }
        assert!(!place.path().join("data").exists());
    }
    // Whoever only looks needs no secrets.
    assert_eq!(run(&place, &["status"], &[]).code, Some(0));
    // systemd's way.
    place.write("credentials/proxy", "p");
    place.write("secrets/key", "k");
    let folder = place.path().join("credentials");
    let folder = folder.to_str().expect("UTF-8");
    let ended = run(&place, &["check"], &[("CREDENTIALS_DIRECTORY", folder), ("NEWS_PASSWORD", "p")]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.out.contains("with credentials  through http://127.0.0.1:1"), "{}", ended.out);
}

#[test]
fn a_new_secret_in_its_file_needs_no_restart() {
    let server = Server::start();
    server.put("/f", Page::feed(one("a")));
    let text = with(&server.url("/f"), "auth = { bearer_file = \"token\" }")
        + "[schedule]\ninterval = \"1s\"\nmin_interval = \"1s\"\nmax_interval = \"1s\"\n[server]\nlisten = \"127.0.0.1:0\"\n";
    let place = Place::new(&text);
    place.write("token", "old");
    let mut daemon = place.daemon();
    place.write("token", "new");
    server.put("/f", Page::feed(one("b")));
    daemon.wait_for("1 new");
    let sent: Vec<_> =
        server.seen("/f").into_iter().filter_map(|seen| seen.headers.get("authorization").cloned()).collect();
    assert_eq!(
        (sent.first().map(String::as_str), sent.last().map(String::as_str)),
        (Some("Bearer old"), Some("Bearer new"))
    );
}

#[test]
fn credentials_in_the_clear_are_warned_of() {
    let keys = "auth = { bearer_env = \"T\" }";
    for (url, keys, warning) in [
        ("http://news.example/f", keys, "source `a`: its credentials cross the network in the clear"),
        ("https://jane:s3cret-word@news.example/f", "", "source `a`: its password stands in its `url`"),
        ("https://news.example/f", keys, ""),
        ("http://127.0.0.1/f", keys, ""),
        ("http://news.example/f", "", ""),
    ] {
        let ended = run(&Place::new(&with(url, keys)), &["check"], &[("T", "t")]);
        assert_eq!((ended.code, ended.out.contains("warning")), (Some(0), !warning.is_empty()), "{}", ended.out);
        assert!(ended.out.contains(warning), "{}", ended.out);
        assert_silent(ended.out.as_bytes(), "output");
    }
}

/// A proxy that passes requests on to this machine, and the addresses that it was asked for.
fn proxy() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let known = asked.clone();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).expect("a request");
                head.push(byte[0]);
            }
            let head = String::from_utf8(head).expect("a head of text");
            let url = head.split(' ').nth(1).expect("an address").to_owned();
            let (host, path) = url.trim_start_matches("http://").split_once('/').expect("an absolute address");
            let mut server = TcpStream::connect(host).expect("a server");
            let head = head.replacen(&url, &format!("/{path}"), 1).replacen("\r\n", "\r\nConnection: close\r\n", 1);
            known.lock().expect("unbroken").push(url.clone());
            server.write_all(head.as_bytes()).expect("sent");
            let mut reply = vec![0; 4096];
            let length = server.read(&mut reply).expect("a reply");
            stream.write_all(&reply[..length]).expect("passed on");
        }
    });
    (address, asked)
}

#[test]
fn sources_are_asked_through_the_proxy_unless_they_say_none() {
    let server = Server::start();
    ["/a", "/b"].iter().for_each(|path| server.put(path, Page::feed(one(&path[1..]))));
    let (address, asked) = proxy();
    let (a, b) = (server.url("/a"), server.url("/b"));
    let text = config(&[("a", &a), ("b", &b)])
        .replace("timeout =", &format!("proxy = \"{address}\"\ntimeout ="))
        .replace("publisher = \"b\"", "publisher = \"b\"\nproxy = \"none\"");
    let summary = Place::new(&text).cycle();
    assert_eq!(summary["read"], 2, "{summary}");
    assert_eq!(*asked.lock().expect("unbroken"), [a]);
}

//! Editions that are for those who have a token: nobody else sees anything of them, anywhere.

use std::net::TcpListener;
use std::path::Path;

use crate::world::{Daemon, Place, get, request, rss};

const SECRET: &str = "Smugglers seize the old lighthouse";
const OPEN: &str = "Harvest fair opens in Saltmarsh";
const OWN: &str = "Notes for members alone";

/// Runs `wiredesk token`, and returns the token and the lines for the configuration.
fn token(place: &Place) -> (String, String) {
    let ended = place.run(&["token"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let token = ended.out.lines().next().expect("a token").to_owned();
    assert!(token.len() >= 43 && token.bytes().all(|byte| byte.is_ascii_hexdigit()), "{token}");
    let lines: Vec<&str> =
        ended.out.lines().filter(|line| line.starts_with("access") || line.starts_with("tokens")).collect();
    assert_eq!(lines.len(), 2, "{}", ended.out);
    assert!(!lines.join("\n").contains(&token), "the configuration holds the hash alone");
    (token, lines.join("\n"))
}

/// A desk with an edition for everyone, and two for those who have a token, each with its own.
fn desk() -> (Place, String, String) {
    let place = Place::new("");
    let ((members, of_members), (partners, of_partners)) = (token(&place), token(&place));
    assert_ne!(members, partners);
    // The address is part of the documents, so the port must stay.
    let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port();
    place.write(
        "config.toml",
        format!(
            "[schedule]\nlocal_interval = \"1s\"\n[server]\nlisten = \"127.0.0.1:{port}\"\n[publish]\ndir = \"public\"\n\
             [[source]]\nname = \"a\"\nurl = \"a.xml\"\n[[source]]\nname = \"b\"\nurl = \"b.xml\"\n\
             [[articles]]\ndir = \"own\"\nname = \"own\"\n\
             [[edition]]\nname = \"front\"\ninclude = [\"source:a\"]\n\
             [[edition]]\nname = \"members\"\ntitle = \"The inner circle\"\nitems = 1\ninclude = [\"source:b\", \"source:own\"]\n{of_members}\n\
             [[edition]]\nname = \"partners\"\ninclude = [\"source:a\"]\n{of_partners}\n"
        ),
    );
    place.write("a.xml", rss("A", &[("a1", OPEN, "Pumpkins as far as one can see, and a prize for the largest.")]));
    place
        .write("b.xml", rss("B", &[("b1", SECRET, "Barrels by night, and nobody saw who rolled them up the stairs.")]));
    place.write(
        "own/members.md",
        format!("---\ntitle: {OWN}\ndate: 2024-10-20\n---\nA longer text that only they read.\n"),
    );
    (place, members, partners)
}

fn files(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            files(&entry, found);
        } else {
            found.push((
                entry.display().to_string(),
                String::from_utf8_lossy(&std::fs::read(&entry).expect("read")).into_owned(),
            ));
        }
    }
}

#[test]
fn an_edition_for_tokens_is_read_with_its_token_and_not_without() {
    let (place, members, partners) = desk();
    let daemon = place.daemon();
    let url = |path: &str| format!("{}{path}", daemon.url);
    let bearer = format!("Bearer {members}");
    for name in ["members.atom", "members.rss", "members.json", "members.html"] {
        for address in [url(name), url(&format!("t/{partners}/{name}")), url(&format!("t/x/{name}"))] {
            for method in ["GET", "HEAD"] {
                let reply = request(method, &address, &[("If-None-Match", "*")]);
                assert_eq!(reply.status, 401, "{address}");
                assert!(reply.header("www-authenticate").starts_with("Bearer realm="), "{address}");
                assert_eq!(reply.header("cache-control"), "no-store");
                assert_eq!(reply.header("etag"), "", "a tag would tell when it changes");
                assert!(!reply.text().contains(&members));
            }
        }
        let whole = get(&url(name), &[("Authorization", &bearer)]);
        assert_eq!((whole.status, whole.header("cache-control")), (200, "private, no-cache"), "{name}");
        let by_address = get(&url(&format!("t/{members}/{name}")), &[]);
        assert_eq!((by_address.status, by_address.header("cache-control")), (200, "private, no-cache"), "{name}");
        assert_eq!(by_address.body, whole.body, "{name}");
        assert!(!whole.text().contains(&members), "the document itself is the same for all who may read it");
        let unchanged = get(&url(&format!("t/{members}/{name}")), &[("If-None-Match", whole.header("etag"))]);
        assert_eq!((unchanged.status, unchanged.header("cache-control")), (304, "private, no-cache"), "{name}");
    }
    assert_eq!(get(&url("members.atom"), &[("Authorization", &format!("Basic {members}"))]).status, 401);
    assert_eq!(get(&url(&format!("t/{partners}/partners.atom")), &[]).status, 200);
    assert_eq!(get(&url(&format!("t/{members}/partners.atom")), &[]).status, 401);
    // What is for everyone is there below a token too: relative links of a page lead there.
    assert_eq!(get(&url(&format!("t/{members}/style.css")), &[]).status, 200);
    assert_eq!(get(&url("front.atom"), &[]).status, 200);
}

#[test]
fn nothing_else_tells_of_an_edition_for_tokens() {
    let (place, members, _) = desk();
    // It takes one story, so that others go into its archives.
    let mut reports = vec![("b1", SECRET, "Barrels by night, and nobody saw who rolled them up the stairs.")];
    for (guid, title, text) in [
        ("b2", "Bakers quarrel over a recipe", "Salt or sugar is the question, and neither side will knead again."),
        ("b3", "Railway bridge painted green", "It took nine men a summer, and the trains went on below them."),
    ] {
        place.cycle();
        reports.push((guid, title, text));
        place.write("b.xml", rss("B", &reports));
    }
    let log = std::fs::File::create(place.path().join("log")).expect("a file");
    let mut command = place.command(&["run"]);
    command.env("RUST_LOG", "trace").stderr(log);
    let mut daemon = Daemon::start(command);
    let address = daemon.url.clone();
    let url = |path: &str| format!("{address}{path}");
    let atom = get(&url(&format!("t/{members}/members.atom")), &[]).text();
    let link = atom.split("<link").find(|link| link.contains("rel=\"prev-archive\"")).expect("an archive");
    let address = link.split("href=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("an address");
    let archive = address.strip_prefix(&daemon.url).expect("an address of the site");
    assert_eq!(get(&url(archive), &[]).status, 401, "{archive}");
    let archived = get(&url(&format!("t/{members}/{archive}")), &[]);
    assert_eq!((archived.status, archived.header("cache-control")), (200, "private, no-cache"), "{archive}");
    // Pages of its stories and of articles that no other edition has.
    let page = get(&url(&format!("t/{members}/members.html")), &[]).text();
    let story = page.split("stories/").nth(1).and_then(|rest| rest.split('"').next()).expect("a story's page");
    assert_eq!(get(&url(&format!("stories/{story}")), &[]).status, 401);
    assert_eq!(get(&url(&format!("t/{members}/stories/{story}")), &[]).status, 200);
    assert_eq!(get(&url("articles/members.html"), &[]).status, 401);
    assert!(get(&url(&format!("t/{members}/articles/members.html")), &[]).text().contains(OWN));

    let words = [
        SECRET,
        OWN,
        "Bakers quarrel",
        "Railway bridge",
        "The inner circle",
        "members.",
        "partners.",
        members.as_str(),
    ];
    for path in ["", "editions.opml", "front.atom", "front.rss", "front.json", "front.html", "nowhere", "healthz"] {
        let text = get(&url(path), &[("A-IM", "feed"), ("If-None-Match", "\"x\"")]).text();
        for word in words {
            assert!(!text.contains(word), "{path} tells of {word:?}");
        }
    }
    assert!(!daemon.said.contains("members.") && !daemon.said.contains("partners."), "{}", daemon.said);
    let mut published = Vec::new();
    files(&place.path().join("public"), &mut published);
    assert!(published.iter().any(|(_, text)| text.contains(OPEN)));
    for (name, text) in &published {
        for word in words {
            assert!(!text.contains(word), "{name} tells of {word:?}");
        }
    }
    let wrong = "0123456789abcdef0123456789abcdef";
    get(&url(&format!("t/{wrong}/members.atom")), &[("Authorization", &format!("Bearer {wrong}"))]);
    // Something is logged, so that the log is one.
    let late = [("a2", "Ferry runs late", "The captain overslept, and the harbour waited for him.")];
    place.write("a.xml", rss("A", &late));
    daemon.wait_for(" new, ");
    daemon.stop();
    let log = place.read("log");
    assert!(!log.is_empty() && !log.contains(&members) && !log.contains(wrong), "{log}");
}

#[test]
fn a_token_that_is_taken_out_of_the_configuration_lets_nobody_in() {
    let (place, members, partners) = desk();
    let text = place.read("config.toml");
    let hash_of = |edition: &str| {
        let block = text.split(&format!("name = \"{edition}\"")).nth(1).expect("an edition");
        block.split("tokens = [").nth(1).and_then(|rest| rest.split(']').next()).expect("tokens").to_owned()
    };
    let both = format!("{}, {}", hash_of("members"), hash_of("partners"));
    let (first, second) = (hash_of("members"), hash_of("partners"));
    for (tokens, of_members, of_partners) in [(&both, 200, 200), (&second, 401, 200), (&first, 200, 401)] {
        place.write("config.toml", text.replacen(&format!("[{first}]"), &format!("[{tokens}]"), 1));
        let daemon = place.daemon();
        let status = |token: &str| get(&format!("{}t/{token}/members.atom", daemon.url), &[]).status;
        assert_eq!((status(&members), status(&partners)), (of_members, of_partners), "{tokens}");
    }
}

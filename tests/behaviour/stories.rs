//! Pages of stories: who reported what when and why it is one story, and what reports said before they were revised.

use std::collections::BTreeMap;

use crate::main_job::sample_desk;
use crate::world::{Page, Place, Server, config, get, rss};

const TEXT: &str = "The lighthouse keeper of Saltmarsh retires after forty years and hands the keys to his daughter, \
                    who has kept the logbook since the great storm of 1987 and knows every rock.";

/// The addresses of story pages that a page links, in its order.
fn linked(html: &str) -> Vec<String> {
    let links = html.split("href=\"stories/").skip(1);
    links.map(|rest| format!("stories/{}", rest.split('"').next().expect("a link's end"))).collect()
}

/// The page of the only story of the edition `front`.
fn only_story(place: &Place) -> (String, String) {
    let links = linked(&place.read("public/front.html"));
    assert_eq!(links.len(), 1, "{links:?}");
    (links[0].clone(), place.read(&format!("public/{}", links[0])))
}

/// Every page of a story, by name.
fn pages(place: &Place) -> BTreeMap<String, String> {
    let folder = place.path().join("public/stories");
    let names = std::fs::read_dir(folder).expect("the folder of stories").map(|file| {
        let name = file.expect("a file").file_name().to_string_lossy().into_owned();
        let text = place.read(&format!("public/stories/{name}"));
        (name, text)
    });
    names.collect()
}

/// A desk with one source, whose only item is `title` and `text`.
fn desk_of_one(server: &Server, title: &str, text: &str) -> Place {
    server.put("/a", Page::feed(rss("A", &[("a1", title, text)])));
    Place::new(&config(&[("agency", &server.url("/a"))]))
}

#[test]
fn a_revised_report_shows_its_change_on_the_storys_page() {
    let server = Server::start();
    let place = desk_of_one(&server, "Keeper retires", TEXT);
    place.cycle();
    let (address, before) = only_story(&place);
    assert!(before.contains("1 report by 1 publisher") && !before.contains("What changed"), "{before}");

    let revised = TEXT.replace("forty", "forty-one");
    server.put("/a", Page::feed(rss("A", &[("a1", "Lighthouse keeper retires", &revised)])));
    let summary = place.cycle();
    assert_eq!(summary["entries_revised"], 1, "{summary}");
    let (same_address, after) = only_story(&place);
    assert_eq!(address, same_address, "the headline changed, the address did not");
    for part in [
        "</bdi> changed the headline and text",
        "<del>Keeper</del><ins>Lighthouse keeper</ins> retires",
        "Saltmarsh retires after forty<ins>-one</ins> years and hands",
    ] {
        assert!(after.contains(part), "{part}: {after}");
    }
}

#[test]
fn new_addresses_of_pictures_are_no_change_of_words() {
    let server = Server::start();
    let text = |turn: u32| format!("{TEXT} &lt;img src=\"https://a.example/p.jpg?turn={turn}\"&gt;");
    let place = desk_of_one(&server, "Keeper retires", &text(1));
    place.cycle();
    server.put("/a", Page::feed(rss("A", &[("a1", "Keeper retires", &text(2))])));
    assert_eq!(place.cycle()["entries_revised"], 1);
    let (_, page) = only_story(&place);
    assert!(!page.contains("What changed"), "{page}");
}

#[test]
fn a_feed_that_flips_fills_no_store_and_one_that_changes_at_every_poll_no_page() {
    let server = Server::start();
    let place = desk_of_one(&server, "Heads", TEXT);
    place.cycle();
    let versions = || -> u32 {
        let connection = rusqlite::Connection::open(place.path().join("data/wiredesk.db")).expect("the store");
        connection.query_row("SELECT count(*) FROM version", (), |row| row.get(0)).expect("a number")
    };
    for turn in 0..4 {
        let title = if turn % 2 == 0 { "Tails" } else { "Heads" };
        server.put("/a", Page::feed(rss("A", &[("a1", title, TEXT)])));
        assert_eq!(place.cycle()["entries_revised"], 1);
    }
    assert_eq!(versions(), 2);
    let (_, page) = only_story(&place);
    assert_eq!(page.matches("changed the headline").count(), 2, "{page}");
    // Newest first: it ended with heads.
    let flips: Vec<_> =
        ["<del>Tails</del><ins>Heads</ins>", "<del>Heads</del><ins>Tails</ins>"].map(|flip| page.find(flip)).into();
    assert!(flips[0].is_some() && flips[0] < flips[1], "{flips:?}: {page}");

    for turn in 0..11 {
        server.put("/a", Page::feed(rss("A", &[("a1", &format!("It is {turn} o'clock"), TEXT)])));
        assert_eq!(place.cycle()["entries_revised"], 1);
    }
    assert_eq!(versions(), 12);
    let (_, page) = only_story(&place);
    assert_eq!(page.matches("changed the headline").count(), 9, "{page}");
    assert!(page.contains("versions in between are not shown"), "{page}");
}

#[test]
fn the_page_tells_who_reported_it_when_in_what_language_and_why_it_is_one_story() {
    let server = Server::start();
    let place = Place::new(&config(&[("agency", &server.url("/a")), ("daily", &server.url("/b"))]));
    server.put("/a", Page::feed(rss("A", &[("a1", "Keeper of Saltmarsh light retires", TEXT)])));
    let later = rss("B", &[("b1", "Abschied vom Leuchtturm", TEXT)]).replace("08:00:00", "09:30:00");
    server.put("/b", Page::feed(later.replace("<link>https://news", "<language>de</language><link>https://news")));
    place.cycle();
    let (_, page) = only_story(&place);
    let order = [
        "2 reports by 2 publishers",
        "21 Oct 2024, 08:00 UTC",
        "href=\"https://a1.example/\"",
        "Opened the story",
        "21 Oct 2024, 09:30 UTC",
        "href=\"https://b1.example/\"",
        "Same text as an earlier report",
    ];
    let places: Vec<_> = order.map(|part| page.rfind(part)).into();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}: {page}");
}

#[test]
fn a_page_links_the_page_of_each_of_its_stories_and_the_story_leads_back() {
    let place = sample_desk();
    let daemon = place.daemon();
    let front = get(&format!("{}front.html", daemon.url), &[]).text();
    let items: serde_json::Value =
        serde_json::from_str(&get(&format!("{}front.json", daemon.url), &[]).text()).expect("JSON");
    let links = linked(&front);
    assert_eq!(links.len(), items["items"].as_array().expect("items").len());
    for link in &links {
        let reply = get(&format!("{}{link}", daemon.url), &[]);
        assert_eq!(reply.status, 200, "{link}");
        assert!(reply.header("content-security-policy").contains("default-src 'none'"), "{link}");
        let page = reply.text();
        let canonical = format!("<link rel=\"canonical\" href=\"{}{link}\">", daemon.url);
        assert!(page.contains(&canonical), "{canonical}: {page}");
        assert!(page.contains("href=\"../style.css\"") && page.contains("href=\"../\""), "{page}");
        // A quote in a text is written as a reference, so these can only be markup.
        for inline in ["<script", "<style", " style=\"", " onclick=\"", "=\"javascript:"] {
            assert!(!page.contains(inline), "{link} has {inline}: {page}");
        }
    }
    // The story of 18 October: eight newsrooms and the desk's own article.
    let big = links.iter().map(|link| get(&format!("{}{link}", daemon.url), &[]).text());
    let big: Vec<_> =
        big.filter(|page| page.contains("Meridian Press Agency") && page.contains("Leads the story")).collect();
    assert!(
        big.iter().any(|page| page.contains("fifteen-hundred-men.html")
            && page.contains("Same event as earlier reports, score 0."))
    );
}

#[test]
fn the_same_stories_are_the_same_bytes_whenever_they_are_rendered() {
    let server = Server::start();
    let place = desk_of_one(&server, "Keeper retires", TEXT);
    place.cycle();
    server.put("/a", Page::feed(rss("A", &[("a1", "Lighthouse keeper retires", TEXT)])));
    place.cycle();
    let before = pages(&place);
    assert_eq!(place.cycle()["files_changed"], 0);
    std::fs::remove_dir_all(place.path().join("public")).expect("removed");
    place.cycle();
    assert_eq!(before, pages(&place));
    assert!(before.values().all(|page| page.contains("What changed")));
}

#[test]
fn a_story_that_no_page_shows_has_no_page() {
    let server = Server::start();
    server.put("/a", Page::feed(rss("A", &[("a1", "Keeper retires", TEXT), ("a2", "Bees move in", "Honey for all.")])));
    let text = config(&[("agency", &server.url("/a"))]);
    let place = Place::new(&format!("{text}items = 1\n"));
    place.cycle();
    let links = linked(&place.read("public/front.html"));
    let names: Vec<_> = pages(&place).into_keys().map(|name| format!("stories/{name}")).collect();
    assert_eq!(links, names);

    place.write("config.toml", format!("{text}formats = [\"atom\", \"rss\"]\n"));
    place.cycle();
    assert!(!place.path().join("public/stories").exists());
}

#[test]
fn hostile_titles_stay_text_in_the_timeline_and_in_the_differences() {
    let server = Server::start();
    let nasty =
        |word: &str| format!("{word} &amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt; &lt;/ins&gt; \" onload=\"x");
    let place = desk_of_one(&server, &nasty("Old"), TEXT);
    place.cycle();
    server.put(
        "/a",
        Page::feed(rss("A", &[("a1", &nasty("New"), &format!("{TEXT} &lt;script&gt;alert(2)&lt;/script&gt;"))])),
    );
    place.cycle();
    let (_, page) = only_story(&place);
    assert!(page.contains("<del>Old</del><ins>New</ins>"), "{page}");
    for part in ["<script", "\" onload", "</ins> \""] {
        assert!(!page.contains(part), "{part}: {page}");
    }
}

#[test]
fn a_desk_takes_up_its_stories_after_a_restart_and_from_a_store_of_before() {
    let server = Server::start();
    let place = Place::new(&config(&[("agency", &server.url("/a")), ("daily", &server.url("/b"))]));
    server.put("/a", Page::feed(rss("A", &[("a1", "Keeper of Saltmarsh light retires", TEXT)])));
    server.put("/b", Page::feed(rss("B", &[])));
    place.cycle();
    let held = |change: &str| -> u32 {
        let connection = rusqlite::Connection::open(place.path().join("data/wiredesk.db")).expect("the store");
        connection.execute_batch(change).expect("changed");
        connection.query_row("SELECT count(*) FROM held", (), |row| row.get(0)).expect("a number")
    };
    // What it held; what another version held; nothing yet.
    for (turn, change) in ["", "UPDATE held SET bytes = x'00000000'", "DELETE FROM held"].into_iter().enumerate() {
        held(change);
        let ids: Vec<String> = (0..=turn).map(|turn| format!("b{turn}")).collect();
        let items: Vec<_> = ids.iter().map(|id| (id.as_str(), "The keeper retires", TEXT)).collect();
        server.put("/b", Page::feed(rss("B", &items)));
        let summary = place.cycle();
        assert_eq!((&summary["merged"], &summary["stories_new"]), (&1.into(), &0.into()), "{change}: {summary}");
        assert_eq!(held(""), 2 + turn as u32, "{change}");
    }
}

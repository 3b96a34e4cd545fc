//! Stories that began apart and turn out to be one: the older id stays, the other becomes an alias, nothing comes twice.

use crate::world::{Page, Place, Server, config};

const LANDED: &str = "Four landing ships carried some 1,500 soldiers of a northern special brigade from Chongjin to \
                      Vladivostok last week, the intelligence service in Seoul said and published satellite pictures.";
const DRILL: &str = "Satellite pictures of a range near Vladivostok show some 1,500 soldiers of the special brigade at \
                     drill; they had come from Chongjin by sea, the intelligence service in Seoul told lawmakers.";
const FAIR: &str = "Pumpkins as far as one can see, a brass band, and a prize for the largest turnip of the county.";

const LANDING: [&str; 4] = ["urn:landing", "https://a.example/1", "Special brigade shipped to Vladivostok", LANDED];
const DRILLING: [&str; 4] = ["b-1", "https://b.example/1", "Special brigade seen at drill in Vladivostok", DRILL];
const HARVEST: [&str; 4] = ["d-1", "https://d.example/1", "Harvest fair opens in Saltmarsh", FAIR];

/// A feed of items: id, address, title, text.
fn feed(items: &[[&str; 4]]) -> Page {
    let item = |[id, link, title, text]: &[&str; 4]| {
        format!(
            "<item><guid isPermaLink=\"false\">{id}</guid><link>{link}</link><title>{title}</title>\
             <description>{text}</description><pubDate>Mon, 21 Oct 2024 08:00:00 GMT</pubDate></item>"
        )
    };
    let items: String = items.iter().map(item).collect();
    Page::feed(format!("<rss version=\"2.0\"><channel><title>t</title>{items}</channel></rss>"))
}

/// A desk with four sources, `a` to `d`, that goes by ids and addresses only: no word of a text decides.
fn desk(server: &Server) -> Place {
    matching(server, "url")
}

fn matching(server: &Server, level: &str) -> Place {
    let sources = ["a", "b", "c", "d"].map(|name| (name, server.url(&format!("/{name}"))));
    let sources: Vec<_> = sources.iter().map(|(name, url)| (*name, url.as_str())).collect();
    for (name, _) in &sources {
        server.put(&format!("/{name}"), feed(&[]));
    }
    Place::new(&format!("{}[stories]\nmatch = \"{level}\"\n", config(&sources)))
}

/// The same after two cycles: `a` and `d` opened stories in the first, `b` one in the second.
fn told(server: &Server) -> Place {
    let place = desk(server);
    server.put("/a", feed(&[LANDING]));
    server.put("/d", feed(&[HARVEST]));
    place.cycle();
    server.put("/b", feed(&[DRILLING]));
    let summary = place.cycle();
    assert_eq!((&summary["stories"], &summary["stories_new"]), (&3.into(), &1.into()), "{summary}");
    place
}

fn items(place: &Place) -> Vec<serde_json::Value> {
    let feed: serde_json::Value = serde_json::from_str(&place.read("public/front.json")).expect("JSON");
    feed["items"].as_array().expect("items").clone()
}

/// The item that names an address, as its own or among its coverage.
fn item(place: &Place, address: &str) -> serde_json::Value {
    let found = items(place).into_iter().find(|item| item.to_string().contains(&format!("{address}\"")));
    found.unwrap_or_else(|| panic!("no item names {address}"))
}

fn id(place: &Place, address: &str) -> String {
    item(place, address)["id"].as_str().expect("an id").to_owned()
}

/// All rows of a query, its columns as text.
fn rows(place: &Place, sql: &str) -> Vec<Vec<String>> {
    let store = rusqlite::Connection::open(place.path().join("data/wiredesk.db")).expect("a database");
    let mut statement = store.prepare(sql).expect("a query");
    let columns = statement.column_count();
    let rows = statement.query_map((), |row| (0..columns).map(|at| row.get::<_, String>(at)).collect());
    rows.expect("rows").collect::<Result<_, _>>().expect("text")
}

fn aliases(place: &Place) -> Vec<Vec<String>> {
    rows(place, "SELECT id, story FROM alias ORDER BY id")
}

#[test]
fn a_late_bridge_makes_one_story_under_the_older_id() {
    let server = Server::start();
    let place = told(&server);
    let (first, second) = (item(&place, LANDING[1]), item(&place, DRILLING[1]));
    let fair = item(&place, HARVEST[1]);
    assert_ne!(first["id"], second["id"]);

    // It has the id of the one and stands at the address of the other.
    server.put("/c", feed(&[[LANDING[0], DRILLING[1], "Brigade lands and drills", LANDED]]));
    let summary = place.cycle();
    assert_eq!((&summary["stories"], &summary["merged"]), (&2.into(), &1.into()), "{summary}");
    let one = item(&place, LANDING[1]);
    assert_eq!((items(&place).len(), &one["id"]), (2, &first["id"]));
    assert_eq!(one["date_published"], first["date_published"], "no reader sees it come again");
    assert_ne!(one["date_modified"], first["date_modified"]);
    assert!(one.to_string().contains(DRILLING[1]), "{one}");
    assert_eq!(item(&place, HARVEST[1]), fair, "nothing else changes");

    let (first, second) = (first["id"].as_str().expect("an id"), second["id"].as_str().expect("an id"));
    assert_eq!(aliases(&place), [[second, first]]);
    let members = rows(
        &place,
        "SELECT e.source, m.reason, m.evidence FROM membership m JOIN entry e ON e.id = m.entry
         WHERE e.source <> 'd' ORDER BY m.position",
    );
    let sources: Vec<&str> = members.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(sources, ["a", "b", "c"], "in the order of joining");
    assert!(members[1][1] == "first" && members[1][2].ends_with(&format!("; came with {second}")), "{members:?}");
    assert!(members[2][1] == "id" && members[2][2].contains(&format!("; bridges to “{}”", DRILLING[2])), "{members:?}");
    assert_eq!(rows(&place, &format!("SELECT CAST(revision AS TEXT) FROM story WHERE id = '{first}'")), [["2"]]);
}

#[test]
fn a_report_of_both_sides_of_an_event_makes_its_two_stories_one() {
    let server = Server::start();
    let place = matching(&server, "strict");
    let ships = "Four landing ships of the Pacific Fleet left Chongjin with a special brigade aboard, the intelligence \
                 service in Seoul said.";
    let tents = "Satellite pictures show hundreds of tents at the Sergeyevka range near Ussuriysk, where northern \
                 soldiers of a special brigade drill with Russian rifles.";
    let both = "Landing ships of the Pacific Fleet carried the special brigade from Chongjin, and satellite pictures \
                show northern soldiers in tents at the Sergeyevka range near Ussuriysk, the intelligence service in \
                Seoul said.";
    let item_of = |name: &'static str, title: &'static str, text: &'static str| [name, "", title, text];
    server.put("/a", feed(&[item_of("a-1", "Landing ships carry special brigade from Chongjin", ships)]));
    server.put("/d", feed(&[HARVEST]));
    place.cycle();
    let first = rows(&place, "SELECT m.story FROM membership m JOIN entry e ON e.id = m.entry WHERE e.source = 'a'");
    server.put("/b", feed(&[item_of("b-1", "Tents for soldiers go up at Sergeyevka range", tents)]));
    assert_eq!(place.cycle()["stories"], 3);
    let title = "Special brigade from Chongjin drills at Sergeyevka range, Seoul says";
    server.put("/c", feed(&[item_of("c-1", title, both)]));
    assert_eq!(place.cycle()["stories"], 2);
    let stories =
        rows(&place, "SELECT DISTINCT m.story FROM membership m JOIN entry e ON e.id = m.entry WHERE e.source <> 'd'");
    assert_eq!(stories, first, "under the older id");
    assert_eq!((items(&place).len(), aliases(&place).len()), (2, 1));
}

#[test]
fn a_restart_after_a_merge_changes_no_byte_and_the_story_goes_on() {
    let server = Server::start();
    let place = told(&server);
    let survivor = id(&place, LANDING[1]);
    server.put("/c", feed(&[[LANDING[0], DRILLING[1], "Brigade lands and drills", LANDED]]));
    place.cycle();
    let before =
        ["front.json", "front.atom", "front.rss", "front.html"].map(|name| place.read(&format!("public/{name}")));
    let again = place.cycle();
    assert_eq!((&again["files_changed"], &again["entries_new"]), (&0.into(), &0.into()), "{again}");
    let after =
        ["front.json", "front.atom", "front.rss", "front.html"].map(|name| place.read(&format!("public/{name}")));
    assert_eq!(before, after);

    // What says more of the merged story, or is like it, belongs to the survivor: from the store, and from the index.
    server.put("/b", feed(&[[DRILLING[0], DRILLING[1], "Special brigade drills on", DRILL]]));
    server.put("/d", feed(&[HARVEST, ["d-2", DRILLING[1], "The brigade near Vladivostok", DRILL]]));
    let summary = place.cycle();
    assert_eq!(
        (&summary["entries_revised"], &summary["merged"], &summary["stories"]),
        (&1.into(), &1.into(), &2.into())
    );
    assert_eq!((items(&place).len(), id(&place, LANDING[1])), (2, survivor));
}

#[test]
fn a_revised_entry_may_bridge_and_an_alias_of_an_alias_leads_to_the_story_that_lives() {
    let server = Server::start();
    let place = told(&server);
    // A third story of the same, which is the first to be merged.
    let third = ["c-1", "https://c.example/1", "Brigade from Chongjin at drill near Vladivostok", DRILL];
    server.put("/c", feed(&[third]));
    place.cycle();
    let [oldest, second, youngest] = [LANDING[1], DRILLING[1], third[1]].map(|address| id(&place, address));
    server.put("/c", feed(&[[third[0], DRILLING[1], third[2], DRILL]]));
    place.cycle();
    assert_eq!(aliases(&place), [[youngest.clone(), second.clone()]]);
    server.put("/b", feed(&[[DRILLING[0], LANDING[1], DRILLING[2], DRILL]]));
    let summary = place.cycle();
    assert_eq!((&summary["entries_revised"], &summary["stories"]), (&1.into(), &2.into()), "{summary}");
    let mut expected = [[second, oldest.clone()], [youngest, oldest.clone()]];
    expected.sort();
    assert_eq!(aliases(&place), expected);
    assert_eq!(id(&place, LANDING[1]), oldest);
}

#[test]
fn no_entry_can_tie_two_stories_together_that_have_nothing_in_common() {
    let server = Server::start();
    let place = told(&server);
    server.put("/c", feed(&[[LANDING[0], HARVEST[1], "Brigade lands at the fair", LANDED]]));
    let summary = place.cycle();
    assert_eq!((&summary["stories"], &summary["merged"]), (&3.into(), &1.into()), "{summary}");
    assert_eq!(aliases(&place).len(), 0);
}

/// Where the page of a story stands.
fn page(story: &str) -> String {
    let (_, rest) = story.split_once(',').expect("a story's id");
    format!("stories/{}.html", rest.replace(":story/", "-"))
}

/// Has `rulings` obeyed from the next cycle on.
fn rule(place: &Place, rulings: &str) {
    let config = place.read("config.toml");
    if !config.contains("rulings.toml") {
        place.write("config.toml", format!("{config}rulings = \"rulings.toml\"\n"));
    }
    place.write("rulings.toml", rulings);
}

/// A ruling on the first two stories.
fn ruling(kind: &str) -> String {
    format!("[[{kind}]]\nentries = [\"{}\", \"{}\"]\n", LANDING[1], DRILLING[1])
}

#[test]
fn the_address_of_a_merged_storys_page_leads_to_the_page_of_the_one_that_lives() {
    let server = Server::start();
    let place = told(&server);
    let (first, second) = (page(&id(&place, LANDING[1])), page(&id(&place, DRILLING[1])));
    assert!(place.read(&format!("public/{second}")).contains(DRILLING[2]));
    server.put("/c", feed(&[[LANDING[0], DRILLING[1], "Brigade lands and drills", LANDED]]));
    place.cycle();
    let alias = place.read(&format!("public/{second}"));
    assert!(alias.contains(&format!("content=\"0; url=../{first}\"")), "{alias}");
    let living = place.read(&format!("public/{first}"));
    assert!(living.contains(DRILLING[2]), "{living}");
    assert_eq!((living.matches("Opened the story").count(), living.matches("Opened a story that").count()), (1, 1));
    assert_eq!(place.cycle()["files_changed"], 0);
    let linked = place.read("public/front.html");
    assert!(linked.contains(&first) && !linked.contains(&second), "{linked}");
}

#[test]
fn a_ruling_keeps_two_stories_apart_that_an_entry_bridges() {
    let server = Server::start();
    let place = told(&server);
    let before = id(&place, DRILLING[1]);
    // The entry that bridges stands at the address of the second story, and the ruling is about both.
    rule(&place, &format!("[[apart]]\nentries = [\"a {}\", \"b {}\"]\n", LANDING[0], DRILLING[0]));
    server.put("/c", feed(&[[LANDING[0], DRILLING[1], "Brigade lands and drills", LANDED]]));
    place.cycle();
    assert_eq!((aliases(&place).len(), items(&place).len()), (0, 3));
    let revision = format!("SELECT CAST(revision AS TEXT) FROM story WHERE id = '{before}'");
    assert_eq!(rows(&place, &revision), [["1"]], "what was not merged is not touched");
}

#[test]
fn a_story_that_a_ruling_merges_leaves_an_alias_and_one_that_it_splits_off_has_an_id_of_its_own() {
    let server = Server::start();
    let place = told(&server);
    let (first, second) = (id(&place, LANDING[1]), id(&place, DRILLING[1]));
    rule(&place, &ruling("together"));
    let summary = place.cycle();
    assert_eq!((&summary["refiled"], &summary["stories"]), (&1.into(), &2.into()), "{summary}");
    assert_eq!(aliases(&place), [[second.clone(), first.clone()]]);
    assert!(place.read(&format!("public/{}", page(&second))).contains(&page(&first)));
    let told = place.run(&["explain", &second]);
    assert!(told.code == Some(0) && told.out.contains(&format!("Story {first}")), "{}{}", told.out, told.err);

    rule(&place, &ruling("apart"));
    let summary = place.cycle();
    assert_eq!((&summary["refiled"], &summary["stories"]), (&1.into(), &3.into()), "{summary}");
    let drilling = id(&place, DRILLING[1]);
    assert!(drilling != first && drilling != second, "{drilling}: nobody gets the id of what was merged");
    assert_eq!(aliases(&place), [[second, first]]);
}

#[test]
fn rulings_are_tried_on_a_machine_that_merges_as_the_desk_does() {
    let place = Place::new("");
    let line = |number: u32, [id, url, title, text]: [&str; 4]| {
        let time = format!("2024-10-21T0{number}:00:00Z");
        serde_json::json!({ "id": id, "time": time, "source": id, "url": url, "title": title, "text": text, "story": "s" })
            .to_string()
    };
    let bridging = ["c-1", DRILLING[1], "Brigade lands and drills", LANDED];
    place.write("some.jsonl", [line(1, LANDING), line(2, DRILLING), line(3, bridging)].join("\n"));
    place.write("two.jsonl", [line(1, LANDING), line(2, DRILLING)].join("\n"));
    let tried = |file: &str, kind: &str| {
        place.write("some.toml", ruling(kind));
        let ended = place.run(&["eval", file, "--match", "text", "--rulings", "some.toml", "--json"]);
        let outcome: serde_json::Value = serde_json::from_str(&ended.out).unwrap_or_else(|_| panic!("{}", ended.err));
        let row = &outcome["rulings"][0];
        (row["machine"].clone(), row["holds"].clone(), row["evidence"].to_string())
    };
    let (machine, holds, evidence) = tried("some.jsonl", "together");
    assert_eq!((machine, holds), ("agrees".into(), true.into()), "{evidence}");
    assert!(evidence.contains("bridges to") && !evidence.contains("kept out"), "{evidence}");
    let (machine, holds, evidence) = tried("two.jsonl", "together");
    assert_eq!((machine, holds), ("overruled".into(), true.into()), "{evidence}");
    let (machine, holds, evidence) = tried("some.jsonl", "apart");
    assert_eq!((machine, holds), ("overruled".into(), true.into()), "{evidence}");
}

/// An Atom entry in a language, which says where it stands in another, as its publisher's feeds do.
fn page_in(language: &str, path: &str, translation: &str, title: &str) -> Page {
    Page::feed(format!(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{language}\"><title>t</title><id>urn:{language}</id>\
         <updated>2024-10-21T08:00:00Z</updated><entry><id>urn:{language}:1</id><title>{title}</title>\
         <updated>2024-10-21T08:00:00Z</updated><link href=\"https://one.example{path}\"/>{translation}</entry></feed>"
    ))
}

#[test]
fn what_a_publisher_calls_a_translation_is_one_story_also_after_a_restart() {
    let server = Server::start();
    let sources = ["en", "ko"].map(|name| (name, server.url(&format!("/{name}"))));
    let sources: Vec<_> = sources.iter().map(|(name, url)| (*name, url.as_str())).collect();
    let settings = config(&sources)
        .replace("publisher = \"en\"", "publisher = \"one\"")
        .replace("publisher = \"ko\"", "publisher = \"one\"");
    let place = Place::new(&format!("{settings}[stories]\nmatch = \"url\"\n"));
    server.put("/en", page_in("en", "/en/eve", "", "Quiet hopes on the eve of it"));
    server.put("/ko", Page::feed("<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>t</title></feed>".to_owned()));
    place.cycle();
    let english = "<link rel=\"alternate\" hreflang=\"en\" href=\"https://one.example/en/eve\"/>";
    server.put("/ko", page_in("ko", "/ko/eve", english, "전날 밤의 조용한 바람"));
    let summary = place.cycle();
    assert_eq!((&summary["stories"], items(&place).len()), (&1.into(), 1), "{summary}");
    let evidence = rows(&place, "SELECT evidence FROM membership WHERE reason = 'url'");
    assert!(
        evidence.len() == 1 && evidence[0][0].contains("its publisher says that it is a translation"),
        "{evidence:?}"
    );
}

//! An editor's rulings override the machine, for what comes and for what is filed; `explain` says why all is as it is.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::world::{Place, config, rss};

const KEEPER: &str = "The lighthouse keeper of Saltmarsh retires after forty years and hands the keys to his daughter, \
                      who has kept the logbook since the great storm of 1987 and knows every rock.";
const OTTERS: &str = "Otters were seen at dawn by anglers near the old mill, for the first time since the dye works \
                      closed its weir and the water of the upper river cleared.";

/// Three sources: two copies of one report, and another event.
fn desk(rulings: &str) -> Place {
    let sources = [("a", "a.xml"), ("b", "b.xml"), ("c", "c.xml")];
    let place = Place::new(&(config(&sources) + "[stories]\nrulings = \"rulings.toml\"\n"));
    place.write("a.xml", feed(&[("a1", "Keeper retires", KEEPER)]));
    let ferry = ("b0", "Ferry timetable for the winter", "Boats leave on the hour.");
    place.write("b.xml", feed(&[ferry, ("b1", "Forty years of light", KEEPER)]));
    let fair = ("c0", "Harvest fair opens in Inverbrook", "Pumpkins as far as one can see.");
    let vote = ("c2", "Parliament votes on the budget", "The debate was long and loud.");
    place.write("c.xml", feed(&[fair, vote, ("c1", "Otters return", OTTERS)]));
    place.write("rulings.toml", rulings);
    place
}

fn feed(items: &[(&str, &str, &str)]) -> String {
    rss("News", items).replace(".example/<", ".example/1<")
}

fn ruling(kind: &str, guids: &str, note: &str) -> String {
    let pages: Vec<String> = guids.split(' ').map(|guid| format!("\"https://{guid}.example/1\"")).collect();
    format!("[[{kind}]]\nentries = [{}]\nnote = \"{note}\"\n", pages.join(", "))
}

/// Guids of the members, in the order in which they joined, by story.
fn filed(place: &Place) -> BTreeMap<String, Vec<(String, String, String)>> {
    let connection = rusqlite::Connection::open(place.path().join("data/wiredesk.db")).expect("a database");
    let mut statement = connection
        .prepare(
            "SELECT m.story, e.key, m.reason, m.evidence FROM membership m JOIN entry e ON e.id = m.entry
             ORDER BY m.story, m.position",
        )
        .expect("the layout");
    let mut stories: BTreeMap<String, Vec<_>> = BTreeMap::new();
    let rows = statement
        .query_map((), |row| Ok((row.get::<_, String>(0)?, (row.get(1)?, row.get(2)?, row.get(3)?))))
        .expect("rows");
    for row in rows {
        let (story, member) = row.expect("a row");
        stories.entry(story).or_default().push(member);
    }
    stories
}

/// Which of the guids are in a story of several, such as `a1+b1`.
fn together(place: &Place) -> BTreeSet<String> {
    let guids = |members: &Vec<(String, String, String)>| {
        let mut guids: Vec<&str> = members.iter().map(|(guid, ..)| guid.as_str()).collect();
        guids.sort_unstable();
        guids.join("+")
    };
    filed(place).values().filter(|members| members.len() > 1).map(guids).collect()
}

fn story_of(place: &Place, guid: &str) -> (String, String, String) {
    let found = filed(place).into_iter().find_map(|(story, members)| {
        let (_, reason, evidence) = members.into_iter().find(|(found, ..)| found == guid)?;
        Some((story, reason, evidence))
    });
    found.unwrap_or_else(|| panic!("{guid} is not filed"))
}

fn published(place: &Place) -> Vec<String> {
    ["front.atom", "front.rss", "front.json", "front.html"].map(|name| place.read(&format!("public/{name}"))).into()
}

/// Words without the breaks of lines.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn set<const N: usize>(names: [&str; N]) -> BTreeSet<String> {
    names.map(str::to_owned).into()
}

#[test]
fn without_rulings_the_machine_decides() {
    let place = desk("");
    assert_eq!(place.cycle()["refiled"], 0);
    assert_eq!(together(&place), set(["a1+b1"]));
}

#[test]
fn new_entries_obey_together_and_apart() {
    let place = desk(&(ruling("apart", "a1 b1", "a copy of last year's") + &ruling("together", "a1 c1", "his otters")));
    let summary = place.cycle();
    assert_eq!(summary["refiled"], 0, "they come where they belong: {summary}");
    assert_eq!(together(&place), set(["a1+c1"]));
    let (_, reason, evidence) = story_of(&place, "c1");
    assert_eq!((reason.as_str(), evidence.as_str()), ("ruling", "his otters (together, rulings.toml:4)"));
    let (_, reason, evidence) = story_of(&place, "b1");
    assert_eq!((reason.as_str(), evidence.as_str()), ("ruling", "a copy of last year's (apart, rulings.toml:1)"));
    assert_eq!((&summary["stories_new"], &summary["merged"]), (&5.into(), &1.into()), "{summary}");
}

#[test]
fn stories_that_are_filed_are_brought_in_line_when_the_file_changes() {
    let place = desk("");
    place.cycle();
    let (story, ..) = story_of(&place, "a1");
    let (otters, ..) = story_of(&place, "c1");
    place.write("rulings.toml", ruling("apart", "b1 a1", "two keepers"));
    assert_eq!(place.cycle()["refiled"], 1);
    let (left, reason, evidence) = story_of(&place, "b1");
    assert_eq!(story_of(&place, "a1").0, story, "who joined first stays, under the old id");
    assert_eq!((reason.as_str(), evidence.as_str()), ("ruling", "two keepers (apart, rulings.toml:1)"));
    assert!(left != story && place.read("public/front.json").contains(&left), "{left}");

    place.write(
        "rulings.toml",
        ruling("apart", "b1 a1", "two keepers") + &ruling("together", "c1 b1", "his daughter's"),
    );
    assert_eq!(place.cycle()["refiled"], 1);
    assert_eq!(together(&place), set(["b1+c1"]));
    // Both are as old; the earlier report stays where it is.
    assert_eq!(story_of(&place, "c1").0, left);
    let feed = place.read("public/front.json");
    assert!(feed.contains(&left) && !feed.contains(&otters), "the emptied story is no more");
}

#[test]
fn two_whole_stories_become_one_under_the_id_of_the_older() {
    let place = desk("");
    place.cycle();
    let (keeper, ..) = story_of(&place, "a1");
    place.write("rulings.toml", ruling("together", "c1 b1", "one morning"));
    place.cycle();
    assert_eq!(together(&place), set(["a1+b1+c1"]), "a1 was with b1, and still is");
    assert_eq!(story_of(&place, "c1").0, keeper);
    assert_eq!(story_of(&place, "b1").1, "text", "who stays keeps what brought him there");
}

#[test]
fn running_again_changes_nothing_and_an_empty_store_comes_out_the_same() {
    let rulings = ruling("apart", "a1 b1", "x") + &ruling("together", "a1 c1", "y") + "[[lead]]\nentry = \"c c1\"\n";
    let place = desk("");
    place.cycle();
    place.write("rulings.toml", &rulings);
    place.cycle();
    let (stories, bytes) = (filed(&place), published(&place));
    for _ in 0..2 {
        let summary = place.cycle();
        assert_eq!((&summary["refiled"], &summary["files_changed"]), (&0.into(), &0.into()), "{summary}");
    }
    assert_eq!((filed(&place), published(&place)), (stories, bytes));
    let fresh = desk(&rulings);
    fresh.cycle();
    assert_eq!(together(&fresh), together(&place));
    let summary = fresh.cycle();
    assert_eq!((&summary["refiled"], &summary["files_changed"]), (&0.into(), &0.into()), "{summary}");
}

#[test]
fn a_ruling_chooses_the_lead() {
    let place = desk("");
    place.cycle();
    let title = |place: &Place| {
        let feed: Value = serde_json::from_str(&place.read("public/front.json")).expect("JSON");
        let items = feed["items"].as_array().expect("items").clone();
        let (story, ..) = story_of(place, "a1");
        let item = items.into_iter().find(|item| item["id"] == story.as_str()).expect("the story");
        (item["title"].as_str().expect("a title").to_owned(), item["date_modified"].clone())
    };
    let (before, changed) = title(&place);
    assert_eq!(before, "Keeper retires");
    place.write("rulings.toml", "[[lead]]\nentry = \"https://www.b1.example/1?utm_source=feed\"\n");
    place.cycle();
    let (after, changed_again) = title(&place);
    assert_eq!(after, "Forty years of light");
    assert_ne!(changed, changed_again, "readers are told");
    let ended = place.run(&["explain", "https://a1.example/1"]);
    assert!(
        flat(&ended.out).contains("because ruling: lead, rulings.toml:1; otherwise “Keeper retires” (a)"),
        "{}",
        ended.out
    );
}

#[test]
fn an_entry_may_be_named_before_it_comes() {
    let place = desk(&ruling("together", "c1 d1", "to come"));
    place.cycle();
    let ended = place.run(&["check"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let missing = "rulings.toml:1: the desk has no entry https://d1.example/1 (yet)";
    assert!(ended.out.contains("rulings.toml  1 of them") && ended.out.contains(missing), "{}", ended.out);
    let ended = place.run(&["explain", "https://c1.example/1"]);
    assert!(flat(&ended.out).contains("together, rulings.toml:1: to come; the desk does not have"), "{}", ended.out);
    let ended = place.run(&["explain", "https://d1.example/1"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("though rulings.toml:1 is about it"), "{}", ended.err);

    place.write("b.xml", feed(&[("d1", "Nothing alike", "At all.")]));
    place.cycle();
    assert_eq!(story_of(&place, "d1").0, story_of(&place, "c1").0);
    assert!(!place.run(&["check"]).out.contains("(yet)"));
}

#[test]
fn a_running_daemon_takes_up_a_changed_file() {
    let place = desk("");
    let text = place.read("config.toml") + "[schedule]\nlocal_interval = \"1s\"\n[server]\nlisten = \"127.0.0.1:0\"\n";
    place.write("config.toml", text);
    let mut daemon = place.daemon();
    place.write("rulings.toml", ruling("apart", "a1 b1", "two keepers"));
    daemon.wait_for("1 moved by rulings");
    let ended = place.run(&["explain", "https://b1.example/1"]);
    assert!(ended.out.contains("two keepers (apart, rulings.toml:1)"), "beside the daemon: {}{}", ended.out, ended.err);
    let (status, _) = daemon.stop();
    assert!(status.success());
    assert_eq!(together(&place), BTreeSet::new());
}

#[test]
fn rulings_that_contradict_each_other_are_faults_with_both_places() {
    let place =
        desk(&(ruling("together", "a1 b1", "x") + &ruling("together", "b1 c1", "y") + &ruling("apart", "c1 a1", "z")));
    for arguments in [&["run", "--once"][..], &["check"], &["run"], &["explain", "https://a1.example/1"]] {
        let ended = place.run(arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}: {}", ended.err);
        for part in [
            "rulings.toml:8:36: `https://a1.example/1` is apart from `https://c1.example/1` here, but together with it by \
             lines 4 and 1",
            "^^^^",
            "take one of the two rulings out",
            "1 fault in the rulings; nothing was done",
        ] {
            assert!(ended.err.contains(part), "{arguments:?} lacks {part:?}:\n{}", ended.err);
        }
    }
    assert!(!place.path().join("data").exists());
}

#[test]
fn a_file_that_is_named_and_not_there_is_an_error() {
    let place = desk("");
    std::fs::remove_file(place.path().join("rulings.toml")).expect("removed");
    let ended = place.run(&["run", "--once"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("cannot read the rulings rulings.toml: "), "{}", ended.err);
    assert!(ended.err.contains("an empty one will do"), "{}", ended.err);
}

#[test]
fn explain_tells_of_an_entry_and_of_a_whole_story() {
    let place = desk("");
    place.cycle();
    let ended = place.run(&["explain", "http://www.b1.example/1/"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let (story, _, evidence) = story_of(&place, "b1");
    for part in [
        format!("Story {story}").as_str(),
        "holds     2 entries of 2 publishers",
        "lead      “Keeper retires” (a)",
        "because   earliest: it was published first; otherwise “Forty years of light” (b) would",
        ">  2. Forty years of light",
        "level     same text",
        "now       the machine agrees, ",
    ] {
        assert!(flat(&ended.out).contains(&flat(part)), "{part:?}: {}", ended.out);
    }
    assert_eq!(ended.out.matches("now ").count(), 1, "only of what was asked for: {}", ended.out);
    assert!(ended.out.lines().all(|line| line.chars().count() <= 80), "{}", ended.out);

    let whole = place.run(&["explain", &story, "--json"]);
    let whole: Value = serde_json::from_str(&whole.out).unwrap_or_else(|error| panic!("{error}: {}", whole.out));
    let members = whole["stories"][0]["members"].as_array().expect("members");
    assert_eq!((&members[1]["evidence"], &members[1]["level"]), (&evidence.into(), &"text".into()), "{whole}");
    assert!(members.iter().all(|member| member["now"]["goes"] == "same"), "{whole}");
    let id = members[0]["entry"].as_str().expect("an id");
    for name in [id, "a a1"] {
        let ended = place.run(&["explain", name]);
        assert!(ended.out.contains(">  1. Keeper retires"), "{name}: {}{}", ended.out, ended.err);
    }
}

#[test]
fn explain_says_what_overruled_the_machine() {
    let place = desk(&ruling("apart", "a1 b1", "two keepers"));
    place.cycle();
    let ended = place.run(&["explain", "https://b1.example/1"]);
    for part in [
        "level     put here by an editor",
        "two keepers (apart, rulings.toml:1)",
        "the machine alone would choose another story",
    ] {
        assert!(flat(&ended.out).contains(&flat(part)), "{part:?}: {}", ended.out);
    }
}

#[test]
fn what_is_not_there_is_said_with_the_nearest() {
    let place = desk("");
    let ended = place.run(&["explain", "https://a1.example/1"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("there is no store at data/wiredesk.db yet"), "{}", ended.err);
    assert!(!place.path().join("data").exists());
    place.write(
        "a.xml",
        rss("A", &[("a1", "Keeper retires", KEEPER)]).replace("a1.example/<", "a1.example/2024/keeper<"),
    );
    place.cycle();
    let ended = place.run(&["explain", "https://a1.example/2024/keeepr"]);
    assert_eq!(ended.code, Some(1));
    for part in
        ["has no entry at https://a1.example/2024/keeepr", "https://a1.example/2024/keeper\n", "\"SOURCE GUID\""]
    {
        assert!(ended.err.contains(part), "{part:?}: {}", ended.err);
    }
    let ended = place.run(&["explain", "tag:wire.example,2024-10-21:story/0"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("the desk has no story tag:"), "{}", ended.err);
    assert_eq!(place.run(&["explain", "4711"]).code, Some(2));
}

#[test]
fn rulings_are_tests_of_the_machine() {
    let place = desk(
        &(ruling("together", "a1 b1", "a copy")
            + &ruling("apart", "a1 c1", "two events")
            + &ruling("together", "b0 c0", "one day")
            + &ruling("apart", "c0 z9", "to come")
            + "[[lead]]\nentry = \"https://b1.example/1\"\n"),
    );
    place.cycle();
    let ended = place.run(&["eval", "--rulings"]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    for part in [
        "agrees      together, rulings.toml:1: a copy",
        "“Forty years of light” by text: ",
        "agrees      apart, rulings.toml:4: two events",
        "overruled   together, rulings.toml:7: one day",
        "“Harvest fair opens in Inverbrook” was kept out: they share no word",
        "unmet       apart, rulings.toml:10: to come",
        "not there: https://z9.example/1",
        "overruled   lead, rulings.toml:13",
        "agrees with 2, and is overruled by 2; 1 could not be tried",
        "With the rulings applied, all hold.",
    ] {
        assert!(flat(&ended.out).contains(&flat(part)), "{part:?}: {}", ended.out);
    }
}

#[test]
fn rulings_are_tried_on_labelled_entries_without_a_desk() {
    let place = Place::new("");
    let line = |id: &str, minute: u32, title: &str, text: &str| {
        serde_json::json!({ "id": id, "time": format!("2024-10-21T08:{minute:02}:00Z"), "source": id, "title": title,
                            "text": text, "url": format!("https://{id}.example/1"), "story": "s" })
        .to_string()
    };
    let lines = [line("a1", 0, "Keeper retires", KEEPER), line("b1", 1, "Forty years of light", KEEPER)];
    place.write("in.jsonl", lines.join("\n"));
    place.write("some.toml", ruling("apart", "a1 b1", "two keepers"));
    let ended = place.run(&["eval", "in.jsonl", "--rulings", "some.toml", "--json"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let outcome: Value = serde_json::from_str(&ended.out).expect("JSON");
    assert_eq!((&outcome["overruled"], &outcome["broken"]), (&1.into(), &0.into()), "{outcome}");
    assert_eq!(
        (&outcome["rulings"][0]["machine"], &outcome["rulings"][0]["holds"]),
        (&"overruled".into(), &true.into())
    );
    let ended = place.run(&["eval", "in.jsonl", "--rulings", "some.toml", "--curve"]);
    assert_eq!(ended.code, Some(2), "{}", ended.out);
}

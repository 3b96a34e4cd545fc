//! Editions: what they select, their order, their forms, and that one story is one item.

use crate::world::{Place, rss};

const TEXT: &str = "The lighthouse keeper of Saltmarsh retires after forty years and hands the keys to his daughter, \
                    who has kept the logbook since the great storm of 1987 and knows every rock.";

/// The same news in words of one's own: a copy would count as the agency's.
const FAREWELL: &str = "Saltmarsh says farewell to its lighthouse keeper: after the great storm of 1987 and forty years \
                        with the logbook, he retires, and the keys go to a daughter who grew up on the rock.";

/// Three sources: two tell the same, the third something else.
fn desk(editions: &str) -> Place {
    let source = |name: &str, tag: &str, priority: i32| {
        format!(
            "[[source]]\nname = \"{name}\"\nurl = \"{name}.xml\"\npublisher = \"{name}\"\ntags = [\"{tag}\"]\npriority = {priority}\n"
        )
    };
    let text = format!(
        "[site]\nname = \"Test Wire\"\nurl = \"https://wire.example/\"\nowner = \"Jane Doe\"\n[publish]\ndir = \"public\"\n{}{}{}{editions}",
        source("agency", "world", 9),
        source("daily", "world", 5),
        source("gazette", "home", 1)
    );
    let place = Place::new(&text);
    place.write("agency.xml", rss("Agency", &[("a1", "Keeper of Saltmarsh light retires", TEXT)]));
    place.write("daily.xml", rss("Daily", &[("d1", "Farewell to the keeper of Saltmarsh light", FAREWELL)]));
    place.write(
        "gazette.xml",
        rss("Gazette", &[("g1", "Bees move into the town hall", "Honey in the council chamber, and a debate.")]),
    );
    place
}

fn json(place: &Place, name: &str) -> serde_json::Value {
    serde_json::from_str(&place.read(&format!("public/{name}.json"))).expect("JSON")
}

#[test]
fn one_story_is_one_item_with_the_lead_the_coverage_and_where_it_comes_from() {
    let place = desk("[[edition]]\nname = \"front\"\ntitle = \"Front page\"\n");
    place.cycle();
    let atom = place.read("public/front.atom").parse::<atom_syndication::Feed>().expect("Atom");
    let entry = atom.entries().iter().find(|entry| entry.title().as_str().contains("Keeper of")).expect("the story");
    assert_eq!(atom.entries().len(), 2);
    assert!(entry.id().starts_with("tag:wire.example,"), "{}", entry.id());
    let content = entry.content().and_then(|content| content.value()).expect("content");
    assert!(content.contains("Also covered by") && content.contains("https://d1.example/"), "{content}");
    assert!(entry.links().iter().any(|link| link.rel() == "related" && link.href() == "https://d1.example/"));
    assert_eq!(entry.source().map(|source| source.title().as_str()), Some("agency"));

    let rss = place.read("public/front.rss").parse::<rss::Channel>().expect("RSS");
    let item =
        rss.items().iter().find(|item| item.title() == Some("Keeper of Saltmarsh light retires")).expect("the story");
    assert_eq!(item.guid().map(rss::Guid::value), Some(entry.id()));
    assert_eq!(item.guid().map(rss::Guid::is_permalink), Some(false));
    assert_eq!(item.link(), Some("https://a1.example/"));

    let json = json(&place, "front");
    assert_eq!(json["version"], "https://jsonfeed.org/version/1.1");
    assert!(json["items"].as_array().expect("items").iter().any(|item| item["id"] == entry.id()));
    let page = place.read("public/front.html");
    assert!(page.contains("Also covered by") && page.contains("https://d1.example/"), "{page}");
}

#[test]
fn editions_select_by_tag_source_and_number_of_publishers() {
    let place = desk(
        "[[edition]]\nname = \"home\"\ninclude = [\"tag:home\"]\n[[edition]]\nname = \"daily\"\ninclude = [\"source:daily\"]\n\
         [[edition]]\nname = \"shared\"\nmin_publishers = 2\n[[edition]]\nname = \"one\"\nitems = 1\norder = \"coverage\"\n",
    );
    place.cycle();
    let titles = |name: &str| -> Vec<String> {
        let items = json(&place, name)["items"].as_array().expect("items").clone();
        items.iter().map(|item| item["title"].as_str().expect("a title").to_owned()).collect()
    };
    assert_eq!(titles("home"), ["Bees move into the town hall"]);
    assert_eq!(titles("daily"), ["Keeper of Saltmarsh light retires"]);
    assert_eq!(titles("shared"), ["Keeper of Saltmarsh light retires"]);
    assert_eq!(titles("one"), ["Keeper of Saltmarsh light retires"]);
}

#[test]
fn copies_of_an_agencys_report_count_as_the_agency_and_are_listed_all_the_same() {
    let place = desk("[[edition]]\nname = \"front\"\n[[edition]]\nname = \"shared\"\nmin_publishers = 2\n");
    place.write("daily.xml", rss("Daily", &[("d1", "Farewell to the keeper", TEXT)]));
    place.cycle();
    assert_eq!(json(&place, "shared")["items"].as_array().expect("items").len(), 0);
    assert!(place.read("public/front.json").contains("https://d1.example/"));
}

#[test]
fn an_edition_is_written_in_its_formats_only() {
    let place = desk("[[edition]]\nname = \"front\"\nformats = [\"rss\"]\ncovered_by = false\n");
    place.cycle();
    assert!(place.path().join("public/front.rss").exists());
    assert!(!place.path().join("public/front.atom").exists());
    assert!(!place.read("public/front.rss").contains("Also covered by"));
}

#[test]
fn the_index_lists_every_edition_with_its_feeds() {
    let place = desk("[[edition]]\nname = \"front\"\ntitle = \"Front page\"\n");
    place.cycle();
    let index = place.read("public/index.html");
    for (media_type, address) in [
        ("application/atom+xml", "href=\"front.atom\""),
        ("application/rss+xml", "href=\"front.rss\""),
        ("application/feed+json", "href=\"front.json\""),
    ] {
        let link = index.lines().find(|line| line.contains("rel=\"alternate\"") && line.contains(media_type));
        assert!(link.is_some_and(|link| link.contains(address)), "{media_type}: {index}");
    }
}

#[test]
fn hostile_markup_does_not_reach_readers() {
    let place = desk("[[edition]]\nname = \"front\"\n");
    let nasty = "&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(2)&gt;&lt;a href=\"javascript:alert(3)\"&gt;x&lt;/a&gt; ]]&gt; fine";
    place.write(
        "gazette.xml",
        rss("Gazette", &[("g1", "&lt;b&gt;Bees&lt;/b&gt; ]]&gt; &lt;script&gt;alert(4)&lt;/script&gt;", nasty)]),
    );
    place.cycle();
    for name in ["front.atom", "front.rss", "front.json", "front.html"] {
        let text = place.read(&format!("public/{name}"));
        assert!(text.contains("fine"), "{name}");
        for part in ["<script>alert", "onerror", "javascript:", "&lt;script&gt;alert"] {
            assert!(!text.contains(part), "{name} has {part}: {text}");
        }
    }
    assert!(place.read("public/front.atom").parse::<atom_syndication::Feed>().is_ok());
    assert!(place.read("public/front.rss").parse::<rss::Channel>().is_ok());
}

#[test]
fn a_source_without_a_name_is_called_what_its_feed_is_called() {
    let place = Place::new(
        "[site]\nurl = \"https://wire.example/\"\n[publish]\ndir = \"public\"\n[[source]]\nurl = \"a.xml\"\n\
         [[source]]\nurl = \"b.xml\"\n[[edition]]\nname = \"front\"\n",
    );
    place.write("a.xml", rss("The Morning Paper", &[("a1", "Keeper of Saltmarsh light retires", TEXT)]));
    place.write("b.xml", rss("The Evening Paper", &[("b1", "Farewell to the keeper", TEXT)]));
    place.cycle();
    let page = place.read("public/front.html");
    assert!(page.contains("The Morning Paper") && page.contains("The Evening Paper"), "{page}");
}

#[test]
fn another_priority_gives_a_story_another_lead_and_leaves_its_id() {
    let place = desk("[[edition]]\nname = \"shared\"\nmin_publishers = 2\n");
    place.cycle();
    let before = json(&place, "shared")["items"][0].clone();
    let text = place.read("config.toml").replace("priority = 5", "priority = 50");
    place.write("config.toml", text);
    place.cycle();
    let after = json(&place, "shared")["items"][0].clone();
    assert_eq!(
        (&before["title"], &after["title"]),
        (&"Keeper of Saltmarsh light retires".into(), &"Farewell to the keeper of Saltmarsh light".into())
    );
    assert_eq!(before["id"], after["id"]);
}

#[test]
fn a_first_run_does_not_call_old_news_todays_and_a_later_change_is_dated_when_it_was_seen() {
    let place = desk("[[edition]]\nname = \"front\"\n");
    place.cycle();
    let first = json(&place, "front");
    for item in first["items"].as_array().expect("items") {
        assert!(item["date_modified"].as_str().is_none_or(|date| date.starts_with("2024-10-21T")), "{item}");
    }
    let text = place.read("gazette.xml").replace("a debate", "a long debate");
    place.write("gazette.xml", text);
    let summary = place.cycle();
    assert_eq!(summary["entries_revised"], 1, "{summary}");
    let second = json(&place, "front");
    let bees = |feed: &serde_json::Value| {
        let items = feed["items"].as_array().expect("items");
        items.iter().find(|item| item["title"] == "Bees move into the town hall").expect("the story").clone()
    };
    let (before, after) = (bees(&first), bees(&second));
    assert_eq!((&before["id"], &before["date_published"]), (&after["id"], &after["date_published"]));
    let modified = after["date_modified"].as_str().expect("a date");
    assert!(modified > "2024-10-22", "{modified}");
}

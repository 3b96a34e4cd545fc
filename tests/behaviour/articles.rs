//! Local articles: front matter, pages at permanent addresses, leads of stories.

use crate::world::{Place, config, get, rss};

const TEXT: &str = "The lighthouse keeper of Saltmarsh retires after forty years and hands the keys to his daughter, \
                    who has kept the logbook since the great storm of 1987 and knows every rock.";

fn desk() -> Place {
    let text = config(&[("wire", "wire.xml")]) + "[[articles]]\ndir = \"own\"\n";
    let place = Place::new(&text);
    place.write("wire.xml", rss("Wire", &[("w1", "Keeper of Saltmarsh light retires", TEXT)]));
    place.write(
        "own/keeper.md",
        format!(
            "+++\ntitle = \"Forty years of light\"\ndate = 2024-10-21T09:00:00Z\nauthor = \"Jane Doe\"\n\
             tags = [\"coast\"]\nsummary = \"A farewell.\"\nslug = \"forty-years\"\n+++\n\n{TEXT}\n\n## The storm\n\nIt **raged**.\n"
        ),
    );
    place
}

#[test]
fn an_article_leads_its_story_and_has_a_page_of_its_own() {
    let place = desk();
    let summary = place.cycle();
    assert_eq!((&summary["entries"], &summary["stories"]), (&2.into(), &1.into()), "{summary}");
    let feed = place.read("public/front.atom");
    assert!(feed.contains("Forty years of light") && feed.contains("https://w1.example/"), "{feed}");
    let page = place.read("public/articles/forty-years.html");
    for part in ["<h2", "<strong>raged</strong>", "Jane Doe", "Forty years of light"] {
        assert!(page.contains(part), "{part} is missing: {page}");
    }
    assert!(feed.contains("https://wire.example/articles/forty-years.html"), "{feed}");
}

#[test]
fn yaml_front_matter_is_read_and_drafts_stay_in_the_drawer() {
    let place = desk();
    place.write(
        "own/two.md",
        "---\ntitle: Second piece\ndate: 2024-10-22\nauthor: [Ann, Bob]\n---\nSomething else entirely, about bees.\n",
    );
    place.write("own/three.md", "---\ntitle: Not yet\ndate: 2024-10-22\ndraft: true\n---\nSecret.\n");
    let summary = place.cycle();
    assert_eq!(summary["entries"], 3, "{summary}");
    assert!(place.read("public/articles/two.html").contains("Second piece"));
    assert!(!place.path().join("public/articles/three.html").exists());
    assert!(!place.read("public/front.json").contains("Secret"));
}

#[test]
fn an_unreadable_article_is_named_and_disturbs_no_other() {
    let place = desk();
    place.write("own/broken.md", "+++\ntitle = \"No end\ndate = 2024-10-22\n+++\nText.\n");
    place.write("own/latin.md", b"---\ntitle: Caf\xe9\ndate: 2024-10-22\n---\nText.\n");
    let ended = place.run(&["run", "--once"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    for part in ["broken.md", "latin.md", "UTF-8"] {
        assert!(ended.out.contains(part), "{part} is missing: {}", ended.out);
    }
    assert!(place.path().join("public/articles/forty-years.html").exists());
}

#[test]
fn an_article_that_breaks_later_stays_published_until_it_is_mended() {
    let place = desk();
    place.cycle();
    place.write("own/keeper.md", "+++\ntitle = \"No end\n+++\nText.\n");
    assert_eq!(place.run(&["run", "--once", "--force"]).code, Some(0));
    assert!(place.path().join("public/articles/forty-years.html").exists());
}

#[test]
fn an_article_that_is_deleted_is_taken_back_and_its_story_goes_on() {
    let place = desk();
    place.cycle();
    let before: serde_json::Value = serde_json::from_str(&place.read("public/front.json")).expect("JSON");
    std::fs::remove_file(place.path().join("own/keeper.md")).expect("removed");
    place.cycle();
    assert!(!place.path().join("public/articles/forty-years.html").exists());
    let after: serde_json::Value = serde_json::from_str(&place.read("public/front.json")).expect("JSON");
    assert_eq!(before["items"][0]["id"], after["items"][0]["id"]);
    assert_eq!(after["items"][0]["title"], "Keeper of Saltmarsh light retires");
}

#[test]
fn a_folder_that_is_missing_is_said() {
    let place = desk();
    std::fs::remove_dir_all(place.path().join("own")).expect("removed");
    let ended = place.run(&["run", "--once"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.out.contains("Failed to read the folder of articles"), "{}", ended.out);
}

#[test]
fn a_site_that_moves_takes_its_articles_along_and_nothing_is_published_as_new() {
    let place = desk();
    place.write(
        "own/map.md",
        "---\ntitle: The map\ndate: 2024-10-22\n---\nSee [the light](forty-years.html) and ![a map](map.png).\n",
    );
    place.cycle();
    let before = place.read("public/front.json");
    let old = place.read("config.toml");
    let moved = old.replace("https://wire.example/", "https://news.example/desk/");
    // A daemon names a hub of its own, which `run --once` does not have.
    place.write("config.toml", format!("{moved}[server]\nlisten = \"127.0.0.1:0\"\nwebsub = \"off\"\n"));
    // One article cannot be read when the site moves: what was published of it moves all the same.
    place.write("own/keeper.md", "+++\ntitle = \"No end\n+++\nText.\n");

    // At once, before the folder is due again, and by the daemon, which publishes before it asks anything.
    let ended = place.run(&["run", "--once"]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    let expected = before.replace("https://wire.example/", "https://news.example/desk/");
    assert_eq!(place.read("public/front.json"), expected);
    let daemon = place.daemon();
    for path in ["public/articles/map.html", "public/articles/forty-years.html"] {
        let page = place.read(path);
        assert!(!page.contains("wire.example"), "{page}");
    }
    let (status, _) = daemon.stop();
    assert!(status.success());

    // And when the folder is read again, nothing was revised.
    let summary = place.cycle();
    assert_eq!(
        (&summary["stories_new"], &summary["merged"], &summary["entries_revised"], &summary["files_changed"]),
        (&0.into(), &0.into(), &0.into(), &0.into()),
        "{summary}"
    );
}

#[test]
fn a_site_on_any_free_port_starts_again_with_its_articles() {
    let place = desk();
    let text = place.read("config.toml").replace("url = \"https://wire.example/\"\n", "");
    place.write("config.toml", format!("{text}[server]\nlisten = \"127.0.0.1:0\"\n"));
    let first = place.daemon();
    let url = first.url.clone();
    first.stop();
    // The port may be the same by chance, never so often.
    for _ in 0..3 {
        let again = place.daemon();
        let feed = get(&format!("{}front.atom", again.url), &[]).text();
        assert!(feed.contains(&format!("{}articles/forty-years.html", again.url)), "{feed}");
        assert!(again.url == url || !feed.contains(&url), "{feed}");
        again.stop();
    }
}

//! What an edition carried stays reachable, in documents that do not change.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use atom_syndication::Feed;

use super::world::{Page, World, rss};

const F: &str = "f.example/feed";

/// Three places, and no two of the test's items are one story.
const SMALL: &str = "items = 3\n[stories]\nmatch = \"off\"\n";

/// So many days in minutes.
const DAY: i64 = 24 * 60;

/// A feed of these items; what stands behind a blank is another text of it.
fn feed(items: &[&str]) -> Page {
    let links: Vec<String> = items.iter().map(|item| format!("https://f.example/{}", number(item))).collect();
    let items: Vec<(&str, &str, &str)> =
        items.iter().zip(&links).map(|(item, link)| (number(item), link.as_str(), *item)).collect();
    Page::feed(rss(&items))
}

fn number(item: &str) -> &str {
    item.split(' ').next().unwrap_or(item)
}

fn read(world: &World, name: &str) -> Option<Feed> {
    let text = fs::read(world.file("public").join(name)).ok()?;
    Some(Feed::read_from(&text[..]).expect("Atom"))
}

fn link(feed: &Feed, rel: &str) -> Option<String> {
    let link = feed.links().iter().find(|link| link.rel() == rel)?;
    Some(link.href().rsplit_once(":8080/").expect("an address of ours").1.to_owned())
}

fn titles(feed: &Feed) -> BTreeSet<String> {
    feed.entries().iter().map(|entry| entry.title().as_str().to_owned()).collect()
}

/// Every document of the site.
fn site(world: &World) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![world.file("public")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            match path.is_dir() {
                true => folders.push(path),
                false => drop(found.insert(path.display().to_string(), fs::read(&path).expect("a file"))),
            }
        }
    }
    found
}

/// What a client finds that walks from the edition through its archives: the newest state of each story, and the names.
fn walk(world: &World) -> (BTreeMap<String, String>, Vec<String>) {
    let (mut stories, mut names) = (BTreeMap::new(), Vec::new());
    let mut next = Some("front.atom".to_owned());
    while let Some(name) = next.take() {
        let feed = read(world, &name).expect("a linked document is there");
        assert_eq!(link(&feed, "self").as_deref(), Some(name.as_str()));
        for entry in feed.entries() {
            stories.entry(entry.id().to_owned()).or_insert_with(|| entry.title().as_str().to_owned());
        }
        let text = fs::read_to_string(world.file("public").join(&name)).expect("a document");
        assert_eq!(text.contains("<fh:archive/>"), !names.is_empty(), "{name}");
        if let Some(later) = names.last().filter(|_| names.len() > 1) {
            assert_eq!(link(&feed, "next-archive").as_ref(), Some(later));
        }
        assert_eq!(link(&feed, "current").is_some(), !names.is_empty());
        next = link(&feed, "prev-archive");
        names.push(name);
    }
    (stories, names)
}

async fn publish(world: &World, minutes: i64) -> usize {
    world.force(minutes).await;
    world.desk().publish().await.expect("published")
}

async fn desk(more: &'static str) -> World {
    let mut world = World::new(&[F]).await;
    more.clone_into(&mut world.more);
    world.configure(&[F]);
    world
}

#[tokio::test]
async fn all_that_an_edition_carried_is_found_from_archive_to_archive() {
    let world = desk(SMALL).await;
    world.put(F, feed(&["1", "2"]));
    publish(&world, 0).await;
    assert_eq!(walk(&world).1, ["front.atom"]);

    // More than it has places for: those that go first are closed.
    world.put(F, feed(&["1", "2", "3"]));
    publish(&world, 60).await;
    world.put(F, feed(&["3", "4"]));
    publish(&world, 120).await;
    let (stories, names) = walk(&world);
    assert_eq!((stories.len(), names), (4, vec!["front.atom".to_owned(), "front/2024-10.atom".to_owned()]));
    let first = read(&world, "front/2024-10.atom").expect("an archive");
    assert_eq!(titles(&first), BTreeSet::from(["1".to_owned(), "2".to_owned(), "3".to_owned()]));
    assert_eq!(first.id(), read(&world, "front.atom").expect("the edition").id(), "one feed");
    let rss = fs::read_to_string(world.file("public/front/2024-10.rss")).expect("an archive");
    assert!(rss.contains("<fh:archive/>") && rss.contains("rel=\"current\""), "{rss}");
    let rss = fs::read_to_string(world.file("public/front.rss")).expect("the edition");
    assert!(rss.contains("front/2024-10.rss\" rel=\"prev-archive\""), "{rss}");

    // The month ends: what is left of it is closed, and a story that was revised is there again as it is now.
    world.put(F, feed(&["1 again", "5"]));
    publish(&world, 20 * DAY).await;
    let before = site(&world);
    world.put(F, feed(&["1 again", "6"]));
    publish(&world, 60 * DAY).await;
    let (stories, names) = walk(&world);
    assert_eq!(names, ["front.atom", "front/2024-11.atom", "front/2024-10-2.atom", "front/2024-10.atom"]);
    assert_eq!(
        stories.values().map(String::as_str).collect::<BTreeSet<_>>(),
        BTreeSet::from(["1 again", "2", "3", "4", "5", "6"])
    );
    let second = read(&world, "front/2024-11.atom").expect("an archive");
    assert_eq!(titles(&second), BTreeSet::from(["1 again".to_owned(), "5".to_owned()]));

    // Those that have one after them do not change any more, whatever happens.
    let sealed = |site: &BTreeMap<String, Vec<u8>>| -> Vec<Vec<u8>> {
        site.iter().filter(|(name, _)| name.contains("front/2024-10.")).map(|(_, bytes)| bytes.clone()).collect()
    };
    assert_eq!(sealed(&before), sealed(&site(&world)));
    assert_eq!(sealed(&before).len(), 2);
}

#[tokio::test]
async fn an_unchanged_desk_publishes_the_same_bytes_for_ever() {
    let mut world = desk(SMALL).await;
    world.put(F, feed(&["1", "2"]).with("ETag", "\"a\""));
    publish(&world, 0).await;
    world.put(F, feed(&["3", "4"]).with("ETag", "\"b\""));
    publish(&world, 60).await;
    assert_eq!(walk(&world).1.len(), 2);
    let first = site(&world);
    for round in 1..=12 {
        if round % 3 == 0 {
            world.configure(&[F]);
        }
        if round == 6 {
            fs::remove_dir_all(world.file("public")).expect("removed");
        }
        // The clock goes on by weeks, and back.
        let changed = publish(&world, (round * 6 - (round % 2) * 5) * DAY).await;
        assert_eq!(changed == 0, round != 6, "round {round}");
        assert_eq!(site(&world), first, "round {round}");
    }
}

#[tokio::test]
async fn what_its_owner_took_back_is_in_no_archive_and_old_archives_are_let_go_of() {
    let mut world =
        desk("items = 1\narchives = 2\n[stories]\nmatch = \"off\"\n[[articles]]\ndir = \"articles\"\n").await;
    fs::create_dir(world.file("articles")).expect("made");
    let article = world.file("articles/mistake.md");
    fs::write(&article, "---\ntitle: A mistake\ndate: 2024-10-21T07:00:00Z\n---\nIt should never have been.\n")
        .expect("written");
    world.configure(&[F]);
    world.put(F, Page::status(500));
    publish(&world, 0).await;
    world.put(F, feed(&["1"]));
    publish(&world, 60).await;
    let first = read(&world, "front/2024-10.atom").expect("an archive");
    assert_eq!(titles(&first), BTreeSet::from(["A mistake".to_owned()]));
    fs::remove_file(&article).expect("removed");
    publish(&world, 120).await;
    assert_eq!(titles(&read(&world, "front/2024-10.atom").expect("it stays")), BTreeSet::new());
    for document in site(&world).values() {
        assert!(!String::from_utf8_lossy(document).contains("A mistake"));
    }
    world.configure(&[F]);
    for (round, item) in ["2", "3", "4"].iter().enumerate() {
        world.put(F, feed(&[item]));
        publish(&world, 180 + 60 * i64::try_from(round).expect("small")).await;
    }
    let archives: Vec<String> = site(&world).into_keys().filter(|name| name.contains("front/")).collect();
    assert_eq!(archives.len(), 4, "two of two formats: {archives:?}");
    assert!(read(&world, "front/2024-10.atom").is_none());
}

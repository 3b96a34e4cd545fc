//! Publishers who give their items new ids.

use super::world::{Page, World, rss};

const F: &str = "a.example/f";
const TITLES: [&str; 6] =
    ["Otters return", "Keeper retires", "Harvest fair", "Budget vote", "Bridge opens", "Storm lamp"];

/// The items under ids and addresses that these make of a number.
fn items(guid: impl Fn(usize) -> String, link: impl Fn(usize) -> String, titles: &[&str]) -> String {
    let items: Vec<(String, String)> = (0..titles.len()).map(|number| (guid(number), link(number))).collect();
    let items: Vec<_> = items.iter().zip(titles).map(|((guid, link), title)| (&**guid, &**link, *title)).collect();
    rss(&items)
}

fn page(number: usize) -> String {
    format!("https://f.example/{number}")
}

/// The stories as they are published: ids, revisions, last changes.
fn stories(world: &World) -> Vec<(String, u32, i64)> {
    let connection = rusqlite::Connection::open(world.store()).expect("a database");
    let mut statement = connection.prepare("SELECT id, revision, updated FROM story ORDER BY id").expect("prepared");
    let rows = statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).expect("read");
    rows.collect::<Result<_, _>>().expect("read")
}

#[tokio::test]
async fn new_ids_for_known_pages_are_known_entries_and_nothing_is_published_again() {
    let mut world = World::new(&[F]).await;
    world.put(F, Page::feed(items(|n| format!("tag:old,{n}"), page, &TITLES)));
    assert_eq!(world.at(0).await.summary.entries_new, 6);
    let before = stories(&world);
    world.put(F, Page::feed(items(|n| format!("urn:new:{n}"), page, &TITLES)));
    let cycle = world.force(60).await;
    assert_eq!((cycle.summary.read, cycle.summary.entries_new, cycle.summary.entries_revised), (1, 0, 0));
    assert_eq!((cycle.summary.entries, stories(&world)), (6, before.clone()));
    assert!(cycle.news.is_empty());

    // The new ids are remembered: after a restart, and for a document in which few of them are left.
    world.configure(&[F]);
    let text =
        items(|n| format!("urn:new:{n}"), page, &TITLES).replace("<guid isPermaLink=\"false\">urn:new:3</guid>", "");
    let few = format!("{}</channel></rss>", text.split_inclusive("</item>").take(2).collect::<String>());
    world.put(F, Page::feed(few));
    assert_eq!((world.force(120).await.summary.entries_new, stories(&world)), (0, before));
    // And one that is new is new, a correction a correction.
    let mut titles = TITLES.to_vec();
    titles[0] = "Otters return at last";
    titles.push("Violins found");
    world.put(F, Page::feed(items(|n| format!("urn:new:{n}"), page, &titles)));
    let cycle = world.force(180).await;
    assert_eq!((cycle.summary.entries_new, cycle.summary.entries_revised), (1, 1));
}

#[tokio::test]
async fn a_site_on_a_new_domain_is_known_by_its_titles_with_its_new_addresses() {
    let world = World::new(&[F]).await;
    world.put(F, Page::feed(items(page, page, &TITLES)));
    world.at(0).await;
    let before = stories(&world);
    let elsewhere = |number: usize| format!("https://new.example/posts/{number}");
    world.put(F, Page::feed(items(elsewhere, elsewhere, &TITLES)));
    let cycle = world.force(60).await;
    assert_eq!((cycle.summary.entries_new, cycle.summary.entries_revised, stories(&world)), (0, 0, before));
    let connection = rusqlite::Connection::open(world.store()).expect("a database");
    let moved = "SELECT count(*) FROM entry WHERE link LIKE 'https://new.example/posts/%'";
    assert_eq!(connection.query_row(moved, (), |row| row.get::<_, u32>(0)), Ok(6));
}

#[tokio::test]
async fn ids_that_are_made_up_at_every_poll_publish_nothing_and_pile_nothing_up() {
    let world = World::new(&[F]).await;
    for poll in 0..12 {
        world.put(F, Page::feed(items(|n| format!("session-{poll}-{n}"), page, &TITLES)));
        let cycle = world.force(poll * 60).await;
        assert_eq!((cycle.summary.entries, cycle.summary.stories), (6, 6), "{poll}");
    }
    let connection = rusqlite::Connection::open(world.store()).expect("a database");
    let names: u32 = connection.query_row("SELECT count(*) FROM key_alias", (), |row| row.get(0)).expect("read");
    assert_eq!(names, 24, "four of each entry");
}

#[tokio::test]
async fn a_page_full_of_news_is_no_flood() {
    let world = World::new(&[F]).await;
    world.put(F, Page::feed(items(|n| n.to_string(), page, &TITLES)));
    world.at(0).await;
    let titles: Vec<String> = TITLES.iter().map(|title| format!("{title}, second day")).collect();
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    let next = |n: usize| (n + 100).to_string();
    world.put(F, Page::feed(items(next, |n| format!("https://f.example/{}", n + 100), &titles)));
    let cycle = world.force(60).await;
    assert_eq!((cycle.summary.entries_new, cycle.summary.entries), (6, 12));
}

//! Sources that move, and those that only seem to.

use super::world::{Page, World, one};
use crate::model::{FeedUrl, Polling};

const OLD: &str = "a.example/f";
const NEW: &str = "b.example/f";
const DAY: i64 = 24 * 60;

fn adopted(polling: &Polling) -> bool {
    polling.adopted.as_ref().map(FeedUrl::as_url).and_then(url::Url::host_str) == Some("b.example")
}

#[tokio::test]
async fn a_permanent_move_is_adopted_when_it_was_seen_steadily_and_its_validators_with_it() {
    let mut world = World::new(&[OLD]).await;
    world.put(OLD, Page::redirect(301, NEW));
    world.put(NEW, Page::feed(one()).with("ETag", "\"1\""));
    // Many polls within a day are not enough, nor is a day with two polls.
    for minutes in [0, 60, 120, 180, DAY - 2] {
        assert!(world.force(minutes).await.summary.moved.is_empty(), "{minutes}");
        // What was seen is remembered over a restart.
        world.configure(&[OLD]);
    }
    assert!(!adopted(&world.polling(OLD)));
    // What a request takes counts too: a little more than a day.
    let cycle = world.force(DAY + 2).await;
    assert_eq!(cycle.summary.moved.len(), 1);
    assert!(cycle.summary.to_string().contains("is asked at http://b.example"), "{}", cycle.summary.to_string());
    assert!(adopted(&world.polling(OLD)));

    world.configure(&[OLD]);
    let before = world.requests(OLD).len();
    let cycle = world.force(DAY + 60).await;
    assert_eq!((cycle.summary.unchanged, cycle.summary.moved.len()), (1, 0));
    assert_eq!(world.requests(OLD).len(), before, "the old address is not asked any more");
    let last = world.requests(NEW).pop().expect("a request");
    assert_eq!(last.header("if-none-match"), Some("\"1\""), "the validators were the new address's own");
}

#[tokio::test]
async fn a_temporary_hop_anywhere_or_no_feed_at_the_end_is_no_move() {
    let world = World::new(&["a.example/302", "a.example/mixed", "a.example/page", "a.example/flips"]).await;
    world.put("a.example/302", Page::redirect(302, NEW));
    world.put("a.example/mixed", Page::redirect(301, "c.example/for-now"));
    world.put("c.example/for-now", Page::redirect(307, NEW));
    world.put("a.example/page", Page::redirect(308, "d.example/parked"));
    world.put("d.example/parked", Page::feed("<html><body>This domain is for sale</body></html>"));
    world.put(NEW, Page::feed(one()));
    for day in 0..6 {
        // This one is at home every other day.
        let flips = if day % 2 == 0 { Page::redirect(301, NEW) } else { Page::feed(one()) };
        world.put("a.example/flips", flips);
        assert!(world.force(day * DAY).await.summary.moved.is_empty(), "{day}");
    }
    for source in ["a.example/302", "a.example/mixed", "a.example/page", "a.example/flips"] {
        let polling = world.polling(source);
        assert_eq!(polling.adopted, None, "{source}");
        assert_eq!(polling.moving, None, "{source}");
    }
}

#[tokio::test]
async fn an_adopted_address_that_fails_is_given_up_for_the_configured_one() {
    let world = World::new(&[OLD]).await;
    world.put(OLD, Page::redirect(308, NEW));
    world.put(NEW, Page::feed(one()).with("ETag", "\"1\""));
    for day in 0..3 {
        world.force(day * DAY).await;
    }
    assert!(adopted(&world.polling(OLD)));
    world.put(NEW, Page::status(404));
    world.put(OLD, Page::feed(one()).with("ETag", "\"old\""));
    for day in 3..6 {
        assert!(adopted(&world.polling(OLD)));
        let cycle = world.force(day * DAY).await;
        assert_eq!(cycle.summary.failed[0].error.contains("is given up"), day == 5, "{day}");
    }
    assert!(!adopted(&world.polling(OLD)));
    let before = world.requests(OLD).len();
    world.force(6 * DAY).await;
    let asked = world.requests(OLD);
    assert_eq!(asked.len(), before + 1);
    assert_eq!(asked[before].header("if-none-match"), None, "the new address's validators stay with it");
    assert_eq!(world.polling(OLD).failures, 0);
}

#[tokio::test]
async fn gone_at_an_adopted_address_leads_home_at_once() {
    let world = World::new(&[OLD]).await;
    world.put(OLD, Page::redirect(301, NEW));
    world.put(NEW, Page::feed(one()));
    for day in 0..3 {
        world.force(day * DAY).await;
    }
    world.put(NEW, Page::status(410));
    world.put(OLD, Page::feed(one()));
    world.force(3 * DAY).await;
    let polling = world.polling(OLD);
    assert_eq!((polling.gone, polling.adopted), (None, None));
    assert_eq!(world.at(4 * DAY).await.summary.failed.len(), 0);
}

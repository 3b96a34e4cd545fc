//! Servers that ask to be left alone.

use chrono::TimeDelta;

use super::world::{Page, World, minute, one};
use crate::model::Diagnosis;

const A: &str = "a.example/1";
const B: &str = "a.example/2";
const ELSEWHERE: &str = "b.example/1";

#[tokio::test]
async fn a_public_host_that_asks_for_silence_gets_it_from_all_of_its_sources_over_restarts() {
    let mut world = World::new(&[A, B, ELSEWHERE]).await;
    for source in [A, B] {
        world.put(source, Page::status(429).with("Retry-After", "7200"));
    }
    world.put(ELSEWHERE, Page::feed(one()));
    let cycle = world.at(0).await;
    assert_eq!((cycle.summary.asked, cycle.summary.held, cycle.summary.failed.len()), (2, 1, 1), "{}", cycle.summary);
    assert_eq!(cycle.summary.failed[0].diagnosis, Diagnosis::Busy);
    assert!(cycle.summary.to_string().contains("held     1 source left alone"), "{}", cycle.summary);
    assert_eq!(world.requests(A).len() + world.requests(B).len(), 1, "one was told, the other was not sent");
    for source in [A, B] {
        let polling = world.polling(source);
        assert!(polling.next_check >= minute(119), "{source}: {}", polling.next_check);
        assert_eq!(polling.failures, 0, "{source}");
    }
    // A source that is added, after a restart, is of the same host.
    world.configure(&[A, B, "a.example/3", ELSEWHERE]);
    world.put("a.example/3", Page::feed(one()));
    let cycle = world.at(30).await;
    assert_eq!((cycle.summary.held, world.requests("a.example/3").len()), (1, 0), "{}", cycle.summary);
    // Whoever forces it asks all the same; who says it again is heard.
    for source in [A, B] {
        world.put(source, Page::feed(one()));
    }
    world.force(31).await;
    assert_eq!(world.requests("a.example/3").len(), 1);
}

#[tokio::test]
async fn a_private_address_speaks_for_its_source_alone() {
    let world = World::private(&[A, B]).await;
    world.put(A, Page::status(503).with("Retry-After", "7200"));
    world.put(B, Page::feed(one()));
    let cycle = world.at(0).await;
    assert_eq!((cycle.summary.held, cycle.summary.read), (0, 1), "{}", cycle.summary);
    assert!(world.polling(A).next_check >= minute(120));
}

#[tokio::test]
async fn silence_is_honoured_as_seconds_and_as_a_date_within_the_cap_and_is_no_failure() {
    let date = ("Date", "Mon, 21 Oct 2024 12:00:00 GMT");
    for (value, least, most) in [
        ("10800", 180, 225),
        ("Mon, 21 Oct 2024 15:00:00 GMT", 180, 225),
        ("99999999", 24 * 60, 24 * 60),
        ("0", 15, 19),
    ] {
        let world = World::private(&[A]).await;
        world.put(A, Page::status(429).with("Retry-After", value).with(date.0, date.1));
        for round in 0..20 {
            let start = round * 24 * 60;
            let cycle = world.force(start).await;
            assert_eq!(cycle.summary.failed[0].failures, 0, "{value}: never counted");
            let next = world.polling(A).next_check;
            // What a request takes counts too.
            let latest = minute(start + most) + TimeDelta::seconds(30);
            assert!((minute(start + least)..=latest).contains(&next), "{value}: {next}");
        }
        world.put(A, Page::feed(one()));
        assert_eq!(world.force(30 * 24 * 60).await.summary.read, 1);
    }
}

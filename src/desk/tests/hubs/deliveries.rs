//! What hubs send.

use std::sync::Arc;

use super::*;

#[tokio::test]
async fn what_a_hub_sends_is_published_as_a_part_and_leaves_the_validators_alone() {
    let world = World::callable(&[A]).await;
    world.put(A, Page::feed(feed(world.port(), &[1, 2])).with("ETag", "\"one\""));
    world.put(HUB, Page::status(202));
    world.at(0).await;
    world.desk().ask_hubs(minute(1)).await;
    assert_eq!(world.verify("subscribe", 864_000, 1).await, 200);
    let before = world.polling(A);
    let cycle = world.push(&feed(world.port(), &[3]), 5).await;
    let summary = &cycle.summary;
    assert_eq!((summary.pushed, summary.entries_new, summary.asked), (1, 1, 0), "{summary}");
    assert_eq!(world.entries().len(), 3, "what is left out is still there");
    let after = world.polling(A);
    assert_ne!(after.rhythm, before.rhythm, "the rhythm learns");
    assert_eq!(crate::model::Polling { rhythm: before.rhythm.clone(), kept: before.kept, ..after }, before);
    // The same once more is nothing new, by whatever way it comes.
    let cycle = world.push(&feed(world.port(), &[3]), 6).await;
    assert_eq!((cycle.summary.entries_new, cycle.summary.entries_revised), (0, 0));
    world.put(A, Page::feed(feed(world.port(), &[1, 2, 3])).with("ETag", "\"two\""));
    let cycle = world.at(75).await;
    assert_eq!((cycle.summary.read, cycle.summary.entries_new, cycle.summary.entries_revised), (1, 0, 0));
    assert_eq!(world.requests(A).last().and_then(|request| request.header("if-none-match")), Some("\"one\""));
}

#[tokio::test]
async fn what_a_hub_leaves_out_is_still_carried_by_its_source() {
    let world = active().await;
    world.push(&feed(world.port(), &[2]), 5).await;
    world.push(&feed(world.port(), &[3]), 100 * DAY).await;
    let expire = |days| lock(&world.desk().core).store.expire(minute(days * DAY)).expect("expired");
    assert_eq!(expire(99), 0, "what a hub leaves out, no poll has left out");
    world.put(A, Page::feed(feed(world.port(), &[1, 3])));
    world.force(101 * DAY).await;
    let texts: Vec<bool> = world.entries().iter().map(|entry| entry.summary.is_empty()).collect();
    assert_eq!((texts, expire(200)), (vec![false, false], 0), "the poll has");
}

#[tokio::test]
async fn a_hint_has_the_source_asked_at_once_but_not_all_the_time() {
    let world = active().await;
    assert_eq!(world.at(2).await.summary.asked, 0);
    let cycle = world.push("", 2).await;
    assert_eq!(cycle.summary.pushed, 0);
    world.put(A, Page::feed(feed(world.port(), &[1, 2])));
    assert_eq!(world.at(2).await.summary.entries_new, 1);
    // What cannot be read is a hint too; a minute lies between two polls for their sake.
    world.push("<html><p>Something is new.</p></html>", 2).await;
    assert_eq!(world.at(2).await.summary.asked, 0);
    assert_eq!(world.at(4).await.summary.asked, 1);
    // What a hint led to was not missed.
    assert_eq!(world.subscription().missed, 0);
}

#[tokio::test]
async fn a_hint_that_comes_while_the_source_is_asked_has_it_asked_again() {
    let world = active().await;
    {
        let mut core = lock(&world.desk().core);
        assert_eq!(core.queue.take_due(minute(90)).len(), 1, "it is being asked");
    }
    world.push("", 90).await;
    let source = world.polling(A).source;
    {
        let mut core = lock(&world.desk().core);
        let source = Arc::clone(&core.sources[&source]);
        core.put(&source, minute(90 + DAY));
    }
    let due = lock(&world.desk().core).queue.take_due(minute(91));
    assert_eq!(due.iter().map(|source| &source.id).collect::<Vec<_>>(), [&source]);
}

#[tokio::test]
async fn what_cannot_be_signed_is_a_hint_at_most() {
    let world = World::callable(&[A]).await;
    world.put(A, Page::feed(feed(world.port(), &[1]).replace("127.0.0.1", "b.example")));
    world.put("b.example/hub", Page::status(202));
    world.at(0).await;
    world.desk().ask_hubs(minute(1)).await;
    let form = world.requests("b.example/hub").pop().expect("a form");
    assert!(!String::from_utf8_lossy(&form.body).contains("secret"), "not in the clear");
    assert_eq!(world.verify("subscribe", 864_000, 1).await, 200);
    let token = world.subscription().token;
    let token = token.reveal();
    let head = format!("POST /websub/{token} HTTP/1.1\r\nContent-Type: application/rss+xml\r\n");
    let (status, cycle) = world.call(&head, feed(world.port(), &[2]).as_bytes(), 2).await;
    assert_eq!((status, cycle.summary.pushed, cycle.summary.entries_new), (202, 0, 0));
    assert_eq!((world.at(2).await.summary.asked, world.entries().len()), (1, 1), "the source itself is asked");
}

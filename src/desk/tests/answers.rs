//! What single answers change, and what they leave as it was.

use std::time::Duration;

use super::world::{Page, World, minute, one, rss};
use crate::model::Diagnosis;

const F: &str = "a.example/f";
const HOUR: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn a_304_forgives_failures_and_may_shorten_freshness_but_not_lengthen_it() {
    let world = World::new(&[F]).await;
    let tagged = |tag: &str, control: &str| Page::feed(one()).with("ETag", tag).with("Cache-Control", control);
    world.put(F, tagged("\"1\"", "max-age=7200"));
    assert_eq!(world.at(0).await.summary.read, 1);
    assert_eq!(world.polling(F).fresh_for, Some(2 * HOUR));
    assert!(world.polling(F).next_check >= minute(120), "not before it is stale");

    world.put(F, Page::status(500));
    assert_eq!(world.force(10).await.summary.failed.len(), 1);
    assert_eq!((world.polling(F).failures, world.polling(F).diagnosis), (1, Some(Diagnosis::ServerFault)));
    assert_eq!(world.polling(F).validators.etag.as_deref(), Some("\"1\""), "a failure takes no validator");

    for (control, kept) in [
        ("max-age=86400", 2 * HOUR),
        ("public", 2 * HOUR),
        ("max-age=3600", HOUR),
        ("max-age=7200", HOUR),
        ("no-store", Duration::ZERO),
        ("max-age=7200", Duration::ZERO),
    ] {
        world.put(F, tagged("\"1\"", control));
        let cycle = world.force(20).await;
        assert_eq!(cycle.summary.unchanged, 1, "{control}");
        let polling = world.polling(F);
        assert_eq!(polling.fresh_for, Some(kept), "{control}");
        assert_eq!((polling.failures, polling.error, polling.diagnosis), (0, None, None));
        assert!(polling.next_check <= minute(20 + 132), "{control}: no longer than 2 h and a tenth");
        assert_eq!(polling.validators.etag.as_deref(), Some("\"1\""), "{control} drops no validator");
    }
    // The same body as a whole answer is news about freshness, and its validators are the new ones.
    world.put(F, tagged("\"2\"", "max-age=10800"));
    assert_eq!(world.force(30).await.summary.unchanged, 1);
    let polling = world.polling(F);
    assert_eq!((polling.fresh_for, polling.validators.etag.as_deref()), (Some(3 * HOUR), Some("\"2\"")));
}

#[tokio::test]
async fn a_304_keeps_the_new_validators_that_it_brings() {
    let world = World::new(&[F]).await;
    world.put(F, Page::feed(one()).with("ETag", "\"1\""));
    world.at(0).await;
    world.put(F, Page::status(304).with("ETag", "\"1b\"").with("Last-Modified", "Monday"));
    assert_eq!(world.force(1).await.summary.unchanged, 1);
    let validators = world.polling(F).validators;
    assert_eq!((validators.etag.as_deref(), validators.last_modified.as_deref()), (Some("\"1b\""), Some("Monday")));
}

#[tokio::test]
async fn a_document_that_was_made_anew_and_says_nothing_new_is_not_read_and_renews_the_validators() {
    let world = World::new(&[F]).await;
    let made = |hour: &str, body: &str| body.replacen("<item>", &format!("<pubDate>{hour}</pubDate><item>"), 1);
    let put = |body: String, tag: &str| world.put(F, Page::feed(body).with("ETag", tag));
    put(made("Thu, 24 Oct 2024 09:00:00 GMT", &one()), "\"1\"");
    assert_eq!(world.at(0).await.summary.read, 1);
    for (minutes, hour) in [(10, "Thu, 24 Oct 2024 10:00:00 GMT"), (20, "Thu, 24 Oct 2024 10:00:00 GMT"), (30, "now")] {
        let tag = format!("\"{minutes}\"");
        put(made(hour, &one()), &tag);
        assert_eq!(world.force(minutes).await.summary.unchanged, 1, "{hour}");
        assert_eq!(world.polling(F).validators.etag, Some(tag));
    }
    let revised = one().replace("retires", "returns");
    put(made("Thu, 24 Oct 2024 10:00:00 GMT", &revised), "\"9\"");
    assert_eq!(world.force(40).await.summary.read, 1);
    put(made("Thu, 24 Oct 2024 10:00:00 GMT", &one()), "\"10\"");
    assert_eq!(world.force(50).await.summary.read, 1, "it is not what was said last");
}

#[tokio::test]
async fn a_document_that_was_cut_off_is_read_and_asked_for_again_until_it_is_all_there_is() {
    let world = World::new(&[F]).await;
    let whole = rss(&[("1", "https://f.example/1", "Keeper retires"), ("2", "https://f.example/2", "Otters return")]);
    world.put(F, Page::feed(one()).with("ETag", "\"1\""));
    world.at(0).await;
    world.put(F, Page::feed(&whole[..whole.len() - 60]).with("ETag", "\"2\""));
    world.force(1).await;
    assert_eq!(world.polling(F).validators.etag.as_deref(), Some("\"1\""), "the rest is to come");
    world.force(2).await;
    let asked: Vec<_> = world.requests(F).iter().map(|r| r.header("if-none-match").map(str::to_owned)).collect();
    assert_eq!(asked, [None, Some("\"1\"".to_owned()), Some("\"1\"".to_owned())]);
    assert_eq!(world.polling(F).validators.etag.as_deref(), Some("\"2\""), "the same again: it is all there is");
    assert_eq!(world.force(3).await.summary.entries, 2);
}

#[tokio::test]
async fn an_empty_answer_and_one_without_items_delete_nothing() {
    let world = World::new(&[F]).await;
    world.put(F, Page::feed(one()).with("ETag", "\"1\""));
    assert_eq!(world.at(0).await.summary.entries, 1);
    world.put(F, Page::feed("").with("ETag", "\"2\""));
    let cycle = world.force(1).await;
    assert_eq!((cycle.summary.entries, cycle.summary.failed[0].diagnosis), (1, Diagnosis::NoFeed));
    assert_eq!(world.polling(F).validators.etag.as_deref(), Some("\"1\""));
    world.put(F, Page::feed(rss(&[])));
    let cycle = world.force(2).await;
    assert_eq!((cycle.summary.entries, cycle.summary.stories, cycle.summary.failed.len()), (1, 1, 0));
}

#[tokio::test]
async fn gone_ends_polling_until_it_is_wanted_and_missing_backs_off() {
    let mut world = World::new(&[F, "b.example/f"]).await;
    world.put(F, Page::status(410));
    let cycle = world.at(0).await;
    let words = |cycle: &crate::desk::Cycle, source: &str| {
        let mut failed = cycle.summary.failed.iter().filter(|failure| failure.source == source);
        failed.next().map(|failure| (failure.diagnosis, failure.error.clone()))
    };
    let (diagnosis, said) = words(&cycle, F).expect("reported");
    assert!(diagnosis == Diagnosis::Gone && said.contains("not asked any more"), "{said}");
    assert_eq!(words(&cycle, "b.example/f").map(|found| found.0), Some(Diagnosis::Missing));
    // Days later, and after a restart: nobody asks it, nobody reports it again. The missing one is asked ever more rarely.
    let mut gaps = Vec::new();
    for day in 1..=3 {
        let next = world.desk().next_due().await.expect("read").expect("the missing one");
        assert_eq!(next, world.polling("b.example/f").next_check, "the gone one is never due");
        gaps.push(next - minute((day - 1) * 24 * 60));
        world.configure(&[F, "b.example/f"]);
        assert_eq!(words(&world.at(day * 24 * 60).await, F), None);
    }
    assert!(gaps.is_sorted() && gaps[2] >= gaps[0] * 3, "{gaps:?}");
    assert_eq!(world.requests(F).len(), 1);
    assert!(words(&world.force(100 * 60).await, F).is_some(), "whoever asks is told");
    assert_eq!(world.requests(F).len(), 2);
    // A new address is asked, and what the old one said of itself does not hold for it.
    world.put("a.example/new", Page::feed(one()));
    world.configure(&[&format!("{F}=a.example/new")]);
    assert_eq!(world.at(101 * 60).await.summary.read, 1);
    assert_eq!(world.polling(F).gone, None);
}

#[tokio::test]
async fn a_source_that_comes_back_when_somebody_asks_is_polled_again() {
    let world = World::new(&[F]).await;
    world.put(F, Page::status(410));
    world.at(0).await;
    world.put(F, Page::feed(one()));
    assert_eq!(world.force(1).await.summary.read, 1);
    assert_eq!(world.at(2 * 60).await.summary.asked, 1);
}

#[tokio::test]
async fn every_trouble_has_a_diagnosis_that_is_remembered() {
    const HTML: &str = "<!doctype html><html><head><link rel=alternate type=application/rss+xml href=/real.xml></head>";
    let world = World::new(&["a.example/locked", "b.example/wall", "c.example/page", "unknown.example/f"]).await;
    world.put("a.example/locked", Page::status(401));
    world.put("b.example/wall", Page::status(403).with("cf-mitigated", "challenge"));
    world.put("c.example/page", Page::feed(HTML));
    world.at(0).await;
    for (source, diagnosis, words) in [
        ("a.example/locked", Diagnosis::Locked, "wants a user and password"),
        ("b.example/wall", Diagnosis::BotWall, "Cloudflare takes wiredesk for a bot"),
        ("c.example/page", Diagnosis::Page, "the page names this feed: http://c.example"),
        ("unknown.example/f", Diagnosis::UnknownHost, "Failed to find the host"),
    ] {
        let polling = world.polling(source);
        assert_eq!(polling.diagnosis, Some(diagnosis), "{source}");
        assert!(polling.error.as_ref().is_some_and(|said| said.contains(words)), "{source}: {:?}", polling.error);
    }
}

#[tokio::test]
async fn a_document_that_makes_the_reader_panic_fails_alone() {
    let world = World::new(&[F, "b.example/f"]).await;
    world.put(F, Page::feed(format!("<!-- panic -->{}", one())).with("ETag", "\"1\""));
    world.put("b.example/f", Page::feed(one()));
    let cycle = world.at(0).await;
    assert_eq!((cycle.summary.read, cycle.summary.failed.len()), (1, 1), "{:?}", cycle.summary);
    let failure = &cycle.summary.failed[0];
    assert_eq!((failure.source.as_str(), failure.diagnosis), (F, Diagnosis::Fault));
    assert!(failure.error.contains("a fault of wiredesk (the document asked for it)"), "{}", failure.error);
    assert_eq!(world.polling(F).validators.etag, None, "it is asked for again");
}

#[tokio::test]
async fn an_answer_with_the_new_items_alone_is_merged_and_takes_nothing_away() {
    let world = World::new(&[F]).await;
    world.put(F, Page::feed(one()).with("ETag", "\"1\""));
    assert_eq!(world.at(0).await.summary.entries, 1);
    let mut part = Page::feed(rss(&[("2", "https://f.example/2", "Otters return")])).with("ETag", "\"2\"");
    part = part.with("IM", "feed").answering(226);
    world.put(F, part);
    let cycle = world.force(1).await;
    assert_eq!((cycle.summary.entries_new, cycle.summary.entries, cycle.summary.stories), (1, 2, 2));
    assert_eq!(world.polling(F).validators.etag.as_deref(), Some("\"2\""));
    assert_eq!(world.requests(F)[1].header("a-im"), Some("feed"));
}

#[tokio::test]
async fn items_that_come_again_cost_nothing_and_what_changed_among_them_is_revised() {
    let world = World::new(&[F]).await;
    let items = ["Keeper retires", "Otters return", "Storm closes the harbour"];
    let document = |titles: &[&str]| {
        let numbered: Vec<(String, String, &str)> = titles
            .iter()
            .enumerate()
            .map(|(n, title)| (n.to_string(), format!("https://f.example/{n}"), *title))
            .collect();
        let items: Vec<_> = numbered.iter().map(|(id, link, title)| (id.as_str(), link.as_str(), *title)).collect();
        Page::feed(rss(&items))
    };
    world.put(F, document(&items));
    assert_eq!(world.force(0).await.summary.entries_new, 3);
    world.put(F, document(&["Keeper retires", "Otters return to the bay", "Storm closes the harbour", "Museum opens"]));
    let cycle = world.force(1).await;
    assert_eq!((cycle.summary.entries_new, cycle.summary.entries_revised, cycle.summary.entries), (1, 1, 4));
    let mut titles: Vec<&str> = cycle.news.iter().map(|news| news.title.as_str()).collect();
    titles.sort_unstable();
    assert_eq!(titles, ["Museum opens", "Otters return to the bay"]);
    // Back again is a change too.
    world.put(F, document(&items));
    assert_eq!(world.force(2).await.summary.entries_revised, 1);
}

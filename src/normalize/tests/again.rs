//! Items that come again as they were.

use super::*;

fn item(number: usize, title: &str) -> Item {
    Item {
        id: Some(format!("{number}")),
        link: Some(format!("/{number}")),
        title: text(title),
        published: Some(date("2024-10-24T08:00:00Z")),
        ..Item::default()
    }
}

fn document(items: &[Item]) -> Parsed {
    let feed = Feed { link: Some("https://harbour.example/".into()), items: items.to_vec(), ..Feed::default() };
    Parsed { feed, flaws: Vec::new() }
}

fn keys(brought: &Brought) -> Vec<&str> {
    brought.entries.iter().map(|entry| entry.key.as_str()).collect()
}

#[test]
fn only_what_is_new_or_has_changed_is_made_again() {
    let first = brought(&document(&[item(1, "Storm"), item(2, "Otters")]), &source(), &[], &[], now());
    assert_eq!(keys(&first), ["1", "2"]);
    let again = brought(&document(&[item(1, "Storm"), item(2, "Otters")]), &source(), &first.carried, &[], now());
    assert_eq!((keys(&again), &again.carried), (vec![], &first.carried));
    // Numbers of comments and lines change without news.
    let counted = Item { comment_count: Some(3), line: 9, ..item(1, "Storm") };
    let next =
        brought(&document(&[item(3, "Keeper"), counted, item(2, "Otters!")]), &source(), &first.carried, &[], now());
    assert_eq!(keys(&next), ["3", "2"]);
    let order: Vec<EntryId> = next.carried.iter().map(|carried| carried.entry).collect();
    assert_eq!(order, [next.entries[0].id, first.entries[0].id, first.entries[1].id]);
    // What an item inherits counts as its own.
    let mut spoken = document(&[item(1, "Storm")]);
    spoken.feed.language = Some("nl".into());
    assert_eq!(keys(&brought(&spoken, &source(), &first.carried, &[], now())), ["1"]);
}

#[test]
fn what_comes_again_still_speaks_for_what_is_new() {
    let german = "Die Fähre fährt nicht, weil der Hafen wegen des Sturms bis morgen gesperrt ist";
    let items: Vec<Item> = (0..6).map(|number| item(number, &format!("{german} ({number})"))).collect();
    let first = brought(&document(&items), &source(), &[], &[], now());
    let next = brought(&document(&[item(9, "Truppen verlegt")]), &source(), &first.carried, &[], now());
    assert_eq!(next.entries[0].language, None, "alone it is too short");
    let mut all = items;
    all.push(item(9, "Truppen verlegt"));
    let next = brought(&document(&all), &source(), &first.carried, &[], now());
    assert_eq!(keys(&next), ["9"]);
    assert_eq!(next.entries[0].language.as_ref().map(|language| language.as_str()), Some("de"));
    // And a page that it has is no other item's.
    let log = |number| Item { link: Some("/log#x".into()), ..item(number, &format!("Change {number}")) };
    let first = brought(&document(&[log(1), log(2)]), &source(), &[], &[], now());
    let next = brought(&document(&[log(3), log(1), log(2)]), &source(), &first.carried, &[], now());
    assert_eq!((keys(&next), &next.entries[0].url), (vec!["3"], &None));
}

proptest! {
    #[test]
    fn what_is_left_out_is_what_would_say_the_same(titles in proptest::collection::vec("[a-c]{1,3}", 0..8), later in proptest::collection::vec("[a-c]{1,3}", 0..8)) {
        let items = |titles: &[String]| titles.iter().enumerate().map(|(n, title)| item(n, title)).collect::<Vec<_>>();
        let first = brought(&document(&items(&titles)), &source(), &[], &[], now());
        let whole = brought(&document(&items(&later)), &source(), &[], &[], now());
        let next = brought(&document(&items(&later)), &source(), &first.carried, &[], now());
        prop_assert_eq!(&next.carried, &whole.carried);
        let fresh: Vec<&Entry> = whole.entries.iter().filter(|entry| !first.entries.contains(entry)).collect();
        prop_assert_eq!(next.entries.iter().collect::<Vec<_>>(), fresh);
    }
}

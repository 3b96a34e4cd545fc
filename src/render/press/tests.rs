//! What is kept of an edition never shows.

use proptest::prelude::*;

use super::*;
use crate::model::{ArchiveName, Coverage, Enclosure, Entry, Episode, History, Html, Text};
use crate::render::tests::{covering, edition_of, entry, nasty, piece, site, when};

const ALL: [EditionFormat; 4] = [EditionFormat::Json, EditionFormat::Atom, EditionFormat::Html, EditionFormat::Rss];

fn press() -> Press {
    Press::new(&ALL, true, &site(), &Theme::default())
}

fn anew(edition: &Edition) -> Vec<Rendered> {
    press().print(edition).expect("it renders")
}

fn lead(number: u8) -> Entry {
    entry("wire", &format!("Story {number}"), Some("https://wire.example/a"), "2024-10-18T09:30:00Z")
}

/// A story by its number, and what may become of it.
fn told(number: u8, turn: u8, words: &str) -> Piece {
    let told = piece(lead(number), "wire");
    let with = |change: &dyn Fn(&mut Entry)| {
        let mut lead = lead(number);
        change(&mut lead);
        Piece { lead, ..told.clone() }
    };
    match turn {
        0 => told,
        1 => with(&|lead| lead.content = Html(words.to_owned())),
        2 => with(&|lead| lead.title = Text(words.to_owned())),
        3 => Piece { updated: when("2024-10-19T00:00:00Z"), revision: 2, ..told },
        4 => {
            let other: Vec<Coverage> = vec![covering(lead(200), "other", words)];
            Piece { covered_by: other, ..told }
        }
        5 => with(&|lead| lead.image = "https://wire.example/a.jpg".parse().ok()),
        _ => with(&|lead| {
            let url = "https://wire.example/a.mp3".to_owned();
            let episode = Episode { explicit: Some(turn == 7), ..Episode::default() };
            let media_type = Some("audio/mpeg".to_owned());
            lead.enclosures =
                vec![Enclosure { url, media_type, episode: Some(Box::new(episode)), ..Enclosure::default() }];
        }),
    }
}

prop_compose! {
    fn any_edition()(
        stories in prop::collection::btree_map(0_u8..6, (0_u8..8, nasty()), 0..6), reversed in any::<bool>(),
        hub in any::<bool>(), previous in any::<bool>(), title in nasty(),
    ) -> Edition {
        let mut pieces: Vec<Piece> = stories.iter().map(|(number, (turn, words))| told(*number, *turn, words)).collect();
        if reversed {
            pieces.reverse();
        }
        let previous = previous.then(|| ArchiveName::of(when("2024-09-30T00:00:00Z")));
        Edition {
            title,
            hub: hub.then(|| "https://hub.example/".to_owned()),
            history: History { archive: None, previous },
            ..edition_of(pieces)
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_edition_comes_out_the_same_whatever_was_printed_before(
        editions in prop::collection::vec(any_edition(), 1..6),
    ) {
        let mut press = press();
        for edition in &editions {
            prop_assert_eq!(press.print(edition).expect("it renders"), anew(edition));
            prop_assert_eq!(press.stories.len(), edition.pieces.len());
        }
    }
}

#[test]
fn what_has_not_changed_is_neither_written_again_nor_held_twice() {
    let mut press = press();
    let edition = edition_of((0..3).map(|number| told(number, 0, "")).collect());
    let first = press.print(&edition).expect("it renders");
    let again = press.print(&edition).expect("it renders");
    for (first, again) in first.iter().zip(&again) {
        assert_eq!(first.bytes.as_ptr(), again.bytes.as_ptr(), "{}", first.path);
    }
    let changed = edition_of(vec![told(0, 0, ""), told(1, 2, "Other words"), told(2, 0, "")]);
    let listed = |press: &Press, at: usize| {
        let story = press.stories.get(&edition.pieces[at].story)?;
        story.listed.as_ref()?.get_attr("html").ok()?.as_str().map(str::as_ptr)
    };
    let before = [0, 1, 2].map(|at| listed(&press, at));
    let documents = press.print(&changed).expect("it renders");
    assert!(before.iter().all(Option::is_some));
    assert_eq!([0, 1, 2].map(|at| listed(&press, at) == before[at]), [true, false, true]);
    // Every item is a part of a document that is served.
    for (at, document) in documents.iter().enumerate().filter(|(_, document)| document.cuts.is_some()) {
        let whole = document.bytes.as_ptr_range();
        for story in press.stories.values() {
            assert!(whole.contains(&story.items[at].as_ptr()), "{}", document.path);
        }
    }
}

//! A line-up is what the store would say, however it was come by.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

fn story(number: u8) -> StoryId {
    StoryId::stored(&format!("tag:wire.example,2024:{number:03}"))
}

/// What a store of these stories and ranks says.
fn all(store: &BTreeMap<u8, i64>, limit: usize) -> Vec<Ranked> {
    let mut ranked: Vec<Ranked> =
        store.iter().map(|(number, rank)| Ranked { story: story(*number), rank: [*rank, 0] }).collect();
    ranked.sort();
    ranked.truncate(limit);
    ranked
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn it_is_what_the_store_says(
        limit in 1_usize..8,
        commits in prop::collection::vec(prop::collection::vec((0_u8..20, prop::option::of(0_i64..6)), 0..6), 1..8),
    ) {
        let mut store = BTreeMap::new();
        let mut lineup = None;
        for commit in commits {
            for (number, rank) in &commit {
                match rank {
                    Some(rank) => store.insert(*number, *rank),
                    None => store.remove(number),
                };
            }
            let touched = commit.iter().map(|(number, _)| story(*number)).collect();
            if let Some(lineup) = &mut lineup {
                Lineup::touch(lineup, &touched);
            }
            let ask = |only: Option<&[&StoryId]>| {
                let asked = store.iter().filter(|(number, _)| only.is_none_or(|only| only.contains(&&story(**number))));
                Ok(all(&asked.map(|(number, rank)| (*number, *rank)).collect(), limit))
            };
            let now = renewed(lineup.take(), StoryOrder::FirstSeen, limit, ask).expect("it is there");
            prop_assert_eq!(&now.ranked, &all(&store, limit));
            lineup = Some(now);
        }
    }
}

#[test]
fn what_was_not_touched_is_not_asked_for() {
    let store: BTreeMap<u8, i64> = (0..10).map(|number| (number, i64::from(number))).collect();
    let order = StoryOrder::Updated;
    let lineup = renewed(None, order, 20, |_| Ok(all(&store, 20))).expect("it is there");
    let none = |_: Option<&[&StoryId]>| -> Result<Vec<Ranked>, store::Error> { panic!("nothing was touched") };
    let mut lineup = renewed(Some(lineup), order, 20, none).expect("it is there");
    lineup.touch(&[story(3)].into());
    let one = |only: Option<&[&StoryId]>| {
        assert_eq!(only, Some([&story(3)].as_slice()));
        Ok(vec![Ranked { story: story(3), rank: [99, 0] }])
    };
    let lineup = renewed(Some(lineup), order, 20, one).expect("it is there");
    assert_eq!(lineup.stories().next(), Some(&story(3)));
    assert_eq!(lineup.ranked.len(), 10);
}

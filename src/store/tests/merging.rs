//! Stories that are merged, and the aliases that they leave.

use super::*;
use crate::model::Merged;

/// The story `survivor` with the members of `loser`, and that the two are one.
fn united(survivor: &Story, loser: &Story) -> (Story, Merged) {
    let mut united = survivor.clone();
    united.members.extend(loser.members.iter().cloned());
    united.revision += 1;
    (united, Merged { loser: loser.id.clone(), survivor: survivor.id.clone(), since: at(5) })
}

#[test]
fn a_merged_story_leaves_its_members_and_an_alias() {
    let (_folder, path) = fresh();
    let a = source("a", "https://a.example/f");
    let entries = ["1", "2", "3"].map(|key| entry(&a, key));
    let [one, two, three] = [0, 1, 2].map(|at| story(&[&entries[at]]));
    {
        let mut store = open(&path).expect("a store");
        store.adopt(std::slice::from_ref(&a)).expect("adopted");
        let stories = vec![one.clone(), two.clone(), three.clone()];
        store.commit(&Changes { entries: entries.to_vec(), stories, ..Changes::default() }).expect("committed");
        assert_eq!(store.resolve(&two.id).expect("read"), Some(two.id.clone()));
        assert_eq!(store.resolve(&StoryId::stored("tag:nobody")).expect("read"), None);
        let (both, merged) = united(&two, &three);
        store.commit(&Changes { stories: vec![both], merged: vec![merged], ..Changes::default() }).expect("committed");
    }
    let mut store = open(&path).expect("the same store");
    assert_eq!(store.story(&three.id).expect("read"), None);
    assert_eq!(store.resolve(&three.id).expect("read"), Some(two.id.clone()));
    let both = store.story(&two.id).expect("read").expect("the survivor");
    assert_eq!((both.entries.as_slice(), both.story.revision), (&entries[1..], 2));
    assert_eq!(store.known(&a.id, "3").expect("read").expect("known").story, Some(two.id.clone()));

    // The survivor is merged in its turn: no alias leads to an alias.
    let (all, merged) = united(&one, &both.story);
    store.commit(&Changes { stories: vec![all], merged: vec![merged], ..Changes::default() }).expect("committed");
    for id in [&one.id, &two.id, &three.id] {
        assert_eq!(store.resolve(id).expect("read"), Some(one.id.clone()), "{id}");
    }
    let mut aliases = vec![(two.id.clone(), one.id.clone()), (three.id.clone(), one.id.clone())];
    aliases.sort();
    assert_eq!(store.aliases([&one.id, &two.id].into_iter()).expect("read"), aliases);
    assert_eq!(store.aliases(std::iter::empty()).expect("read"), []);
    assert_eq!(store.counts().expect("read"), Counts { entries: 3, stories: 1 });
    assert_eq!(store.stories(Some(std::slice::from_ref(&a.id)), StoryOrder::Updated, 9).expect("read").len(), 1);

    // Nothing is left of a story whose members were all taken back, and nothing leads to it.
    let withdrawn = entries.iter().map(|entry| entry.id).collect();
    let changes = Changes { withdrawn, dissolved: vec![one.id.clone()], ..Changes::default() };
    store.commit(&changes).expect("committed");
    for id in [&one.id, &two.id, &three.id] {
        assert_eq!(store.resolve(id).expect("read"), None, "{id}");
    }
}

#[test]
fn a_merge_that_fails_leaves_both_stories() {
    let (_folder, path) = fresh();
    let mut store = open(&path).expect("a store");
    let a = source("a", "https://a.example/f");
    store.adopt(std::slice::from_ref(&a)).expect("adopted");
    let (first, second) = (entry(&a, "1"), entry(&a, "2"));
    let (one, two) = (story(&[&first]), story(&[&second]));
    let changes =
        Changes { entries: vec![first, second], stories: vec![one.clone(), two.clone()], ..Changes::default() };
    store.commit(&changes).expect("committed");
    let (both, merged) = united(&one, &two);
    let broken = Merged { survivor: StoryId::stored("tag:nobody"), ..merged };
    assert!(store.commit(&Changes { stories: vec![both], merged: vec![broken], ..Changes::default() }).is_err());
    for told in [one, two] {
        assert_eq!(store.resolve(&told.id).expect("read"), Some(told.id.clone()));
        assert_eq!(store.story(&told.id).expect("read").map(|read| read.story), Some(told));
    }
}

#[test]
fn a_store_from_before_stories_were_merged_is_brought_up_to_date() {
    let (_folder, path) = fresh();
    let a = source("a", "https://a.example/f");
    let one = entry(&a, "1");
    let told = story(&[&one]);
    {
        let mut store = open(&path).expect("a store");
        store.adopt(std::slice::from_ref(&a)).expect("adopted");
        let changes = Changes { entries: vec![one], stories: vec![told.clone()], ..Changes::default() };
        store.commit(&changes).expect("committed");
    }
    let connection = manners::before(&path);
    let back = "DROP TABLE held; DROP TABLE alias; PRAGMA user_version = 2";
    connection.execute_batch(&format!("{AS_IN_LAYOUT_4} {back}")).expect("as it was");
    drop(connection);
    let store = open(&path).expect("the same store");
    assert_eq!(store.resolve(&told.id).expect("read"), Some(told.id.clone()));
    assert_eq!(store.story(&told.id).expect("read").map(|read| read.story), Some(told));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 24, failure_persistence: None, ..Default::default() })]

    /// After any sequence of merges every id that ever was leads to the story that lives.
    #[test]
    fn every_alias_leads_to_a_living_story(pairs in proptest::collection::vec((0..6usize, 0..6usize), 0..8)) {
        let (_folder, path) = fresh();
        let mut store = open(&path).expect("a store");
        let a = source("a", "https://a.example/f");
        store.adopt(std::slice::from_ref(&a)).expect("adopted");
        let entries: Vec<Entry> = (0..6).map(|key| entry(&a, &key.to_string())).collect();
        let mut stories: Vec<Option<Story>> = entries.iter().map(|entry| Some(story(&[entry]))).collect();
        let ids: Vec<StoryId> = stories.iter().flatten().map(|story| story.id.clone()).collect();
        let changes =
            Changes { entries, stories: stories.iter().flatten().cloned().collect(), ..Changes::default() };
        store.commit(&changes).expect("committed");
        let mut lives: Vec<usize> = (0..6).collect();
        for (survivor, loser) in pairs {
            let (survivor, loser) = (lives[survivor], lives[loser]);
            if survivor == loser {
                continue;
            }
            let gone = stories[loser].take().expect("a living story");
            let (both, merged) = united(stories[survivor].as_ref().expect("a living story"), &gone);
            stories[survivor] = Some(both.clone());
            store.commit(&Changes { stories: vec![both], merged: vec![merged], ..Changes::default() }).expect("committed");
            lives.iter_mut().filter(|lives| **lives == loser).for_each(|lives| *lives = survivor);
        }
        for (id, lives) in ids.iter().zip(lives) {
            proptest::prop_assert_eq!(store.resolve(id).expect("read"), Some(ids[lives].clone()));
        }
        let living = stories.iter().flatten().count();
        proptest::prop_assert_eq!(store.counts().expect("read"), Counts { entries: 6, stories: living as u32 });
    }
}

//! Which moves bring stories that are already filed in line with the rulings: stories in, moves out.
//!
//! 1. A group in several stories comes into one, the oldest that holds nobody whom the group is apart from. The
//!    other stories go with it whole: what the machine found to be the same event still is. Only where that would
//!    bring two together that are apart, the named entries go alone.
//! 2. In every story, who is apart from somebody who joined earlier leaves, with all of his group.
//!
//! What is in line is not moved, so that planning again after the moves gives none.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};

use super::{Ruling, Rulings};
use crate::model::{EntryId, StoryId};

/// A story as it is filed.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The story.
    pub story: StoryId,
    /// When the desk first had it; of two stories the older one stays.
    pub first_seen: DateTime<Utc>,
    /// When its earliest member was published, where both are as old.
    pub published: DateTime<Utc>,
    /// The members, in the order in which they joined.
    pub members: Vec<EntryId>,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Move {
    /// Members go to another story; none may be left.
    Join {
        /// Those that go.
        entries: Vec<EntryId>,
        /// Those of them that the ruling is about.
        named: BTreeSet<EntryId>,
        /// Their story so far.
        from: StoryId,
        /// Their story from now on.
        into: StoryId,
        /// Why.
        evidence: String,
    },
    /// Members leave for a story of their own.
    Leave {
        /// Those that leave, in the order in which they joined.
        entries: Vec<EntryId>,
        /// Their story so far.
        from: StoryId,
        /// Why.
        evidence: String,
    },
}

impl Rulings {
    /// The moves that bring stories in line. `stories` must be all that hold an entry of a group of theirs.
    pub fn plan(&self, mut stories: Vec<Standing>) -> Vec<Move> {
        stories.sort_by(|a, b| (a.first_seen, a.published, &a.story).cmp(&(b.first_seen, b.published, &b.story)));
        let mut homes: HashMap<EntryId, usize> = HashMap::new();
        for (at, story) in stories.iter().enumerate() {
            homes.extend(story.members.iter().map(|&member| (member, at)));
        }
        let mut moves = Vec::new();
        for (root, group) in self.groups.iter().enumerate() {
            let holding: BTreeSet<usize> = group.entries.iter().filter_map(|entry| homes.get(entry).copied()).collect();
            let Some(&oldest) = holding.first().filter(|_| holding.len() > 1) else { continue };
            let home = holding.iter().copied().find(|&at| !self.holds_apart(&stories[at].members, root));
            let home = home.unwrap_or(oldest);
            for from in holding.into_iter().filter(|from| *from != home) {
                let ours = |entry: &EntryId| self.group_of(*entry) == Some(root);
                let Some(first) = stories[from].members.iter().find(|entry| ours(entry)) else { continue };
                let Some(ruling) = self.cited(*first) else { continue };
                let both = stories[home].members.iter().chain(&stories[from].members).copied();
                let whole = self.parted(both).is_none();
                let (entries, left) = stories[from].members.iter().partition(|entry| whole || ours(entry));
                let entries: Vec<EntryId> = entries;
                stories[from].members = left;
                stories[home].members.extend(&entries);
                homes.extend(entries.iter().map(|&entry| (entry, home)));
                moves.push(Move::Join {
                    named: entries.iter().copied().filter(ours).collect(),
                    entries,
                    from: stories[from].story.clone(),
                    into: stories[home].story.clone(),
                    evidence: self.evidence(ruling),
                });
            }
        }
        for story in &stories {
            self.part(story, &mut moves);
        }
        moves
    }

    /// Takes out of a story who must not be in it.
    fn part(&self, story: &Standing, moves: &mut Vec<Move>) {
        let mut staying: Vec<usize> = Vec::new();
        let mut leaving: Vec<(usize, &Ruling)> = Vec::new();
        for root in story.members.iter().filter_map(|&member| self.group_of(member)) {
            if staying.contains(&root) || leaving.iter().any(|(gone, _)| *gone == root) {
                continue;
            }
            let against = staying.iter().find_map(|&other| self.ruling_between(root, other));
            match against.and_then(|ruling| self.list.get(ruling)) {
                Some(ruling) => leaving.push((root, ruling)),
                None => staying.push(root),
            }
        }
        for (root, ruling) in leaving {
            let entries = story.members.iter().copied().filter(|&member| self.group_of(member) == Some(root));
            moves.push(Move::Leave {
                entries: entries.collect(),
                from: story.story.clone(),
                evidence: self.evidence(ruling),
            });
        }
    }

    fn holds_apart(&self, members: &[EntryId], root: usize) -> bool {
        let others = members.iter().filter_map(|&member| self.group_of(member)).filter(|other| *other != root);
        others.into_iter().any(|other| self.ruling_between(root, other).is_some())
    }
}

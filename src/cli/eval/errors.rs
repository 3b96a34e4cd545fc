//! What was filed wrong, the most harmful first: the entry that began it, beside what it was or was not filed with.
//!
//! An entry of another story that joins one draws its mates after it, so that only the first counts, for the pairs
//! of entries that are wrongly together in the end. Likewise a piece of a story counts once, for the pairs that it
//! is kept from.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::filing::Filed;
use super::labelled::Labelled;
use crate::cluster::{Trial, Verdict};
use crate::model::{EntryId, Reason};

/// The worst of both kinds.
#[derive(Debug, Serialize)]
pub(super) struct Errors {
    /// How many there are in all.
    pub(super) merge_count: usize,
    pub(super) split_count: usize,
    pub(super) merges: Vec<Merge>,
    pub(super) splits: Vec<Split>,
}

/// An entry, for a look at it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Side {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) source: String,
    pub(super) time: DateTime<Utc>,
    pub(super) lang: String,
    pub(super) set: String,
    /// Its true story.
    pub(super) story: String,
}

/// An entry that joined another story.
#[derive(Debug, Serialize)]
pub(super) struct Merge {
    /// Pairs of entries of two true stories in one found one that came of it.
    pub(super) pairs: u64,
    pub(super) entry: Side,
    /// The member that is most like it; where that is not known, the first of another true story.
    pub(super) member: Side,
    pub(super) level: Reason,
    pub(super) score: f32,
    /// What is stored with the membership.
    pub(super) evidence: String,
}

/// An entry that did not join its story.
#[derive(Debug, Serialize)]
pub(super) struct Split {
    /// Pairs of entries of one true story in two found ones that came of it.
    pub(super) pairs: u64,
    pub(super) entry: Side,
    /// The mate that is most like it; where that is not known, the first of the piece that it should have joined.
    pub(super) mate: Side,
    /// How it was filed instead.
    pub(super) level: Reason,
    pub(super) score: f32,
    pub(super) evidence: String,
    /// How probable it was that it belongs to its mates, if that was asked.
    pub(super) best_score: Option<f32>,
    /// The rarest words that it shares with them, each with its rarity.
    pub(super) shared: Vec<(String, f32)>,
    /// Why it was refused.
    pub(super) refused: &'static str,
}

/// What is filed together with what: entries by their true and their found story, in order of arrival.
struct Pieces<'a> {
    entries: &'a [Labelled],
    filed: &'a [Filed],
    by_found: BTreeMap<&'a str, BTreeMap<&'a str, Vec<usize>>>,
    by_truth: BTreeMap<&'a str, BTreeMap<&'a str, Vec<usize>>>,
    /// When each entry came.
    arrived: Vec<usize>,
    known: HashMap<EntryId, usize>,
}

/// The `most` worst of both kinds among entries that were watched while they were filed in the order of `arrival`.
pub(super) fn errors(entries: &[Labelled], filed: &[Filed], arrival: &[usize], most: usize) -> Errors {
    let mut pieces = Pieces {
        entries,
        filed,
        by_found: BTreeMap::new(),
        by_truth: BTreeMap::new(),
        arrived: vec![0; entries.len()],
        known: HashMap::new(),
    };
    for (when, &at) in arrival.iter().enumerate() {
        let (truth, found) = (entries[at].story.as_str(), filed[at].story.as_str());
        pieces.by_found.entry(found).or_default().entry(truth).or_default().push(at);
        pieces.by_truth.entry(truth).or_default().entry(found).or_default().push(at);
        pieces.arrived[at] = when;
        pieces.known.insert(entries[at].entry.id, at);
    }
    let (mut merges, mut splits) = (pieces.merges(), pieces.splits());
    let (merge_count, split_count) = (merges.len(), splits.len());
    merges.sort_by_key(|(at, merge)| (Reverse(merge.pairs), pieces.arrived[*at]));
    splits.sort_by_key(|(at, split)| (Reverse(split.pairs), pieces.arrived[*at]));
    Errors {
        merge_count,
        split_count,
        merges: merges.into_iter().take(most).map(|(_, merge)| merge).collect(),
        splits: splits.into_iter().take(most).map(|(_, split)| split).collect(),
    }
}

impl Pieces<'_> {
    /// The piece that holds most, of equals the first to come; and the others.
    fn apart<'p>(&self, whole: &'p BTreeMap<&str, Vec<usize>>) -> Option<(&'p [usize], Vec<&'p [usize]>)> {
        let mut pieces: Vec<&[usize]> = whole.values().map(Vec::as_slice).collect();
        pieces.sort_by_key(|piece| (Reverse(piece.len()), self.first(piece).map(|at| self.arrived[at])));
        let (home, others) = pieces.split_first()?;
        Some((home, others.to_vec()))
    }

    fn first(&self, piece: &[usize]) -> Option<usize> {
        piece.first().copied()
    }

    /// Of two pieces the first entry of that which began later: it made the mistake; and that of the other.
    fn later(&self, one: &[usize], other: &[usize]) -> Option<(usize, usize)> {
        let (one, other) = (self.first(one)?, self.first(other)?);
        Some(if self.arrived[one] > self.arrived[other] { (one, other) } else { (other, one) })
    }

    fn merges(&self) -> Vec<(usize, Merge)> {
        let mut merges: BTreeMap<usize, Merge> = BTreeMap::new();
        for whole in self.by_found.values() {
            let all: usize = whole.values().map(Vec::len).sum();
            let Some((home, others)) = self.apart(whole) else { continue };
            for piece in others {
                let Some((at, other)) = self.later(piece, home) else { continue };
                let pairs = (piece.len() * (all - piece.len())) as u64;
                let filed = &self.filed[at];
                let nearest = self.nearest(filed.joined.as_ref()).unwrap_or(other);
                let merge = merges.entry(at).or_insert_with(|| Merge {
                    pairs: 0,
                    entry: self.side(at),
                    member: self.side(nearest),
                    level: filed.reason,
                    score: filed.score,
                    evidence: filed.evidence.clone(),
                });
                merge.pairs += pairs;
            }
        }
        merges.into_iter().collect()
    }

    fn splits(&self) -> Vec<(usize, Split)> {
        let mut splits: BTreeMap<usize, Split> = BTreeMap::new();
        for whole in self.by_truth.values() {
            let Some((home, others)) = self.apart(whole) else { continue };
            for piece in others {
                let Some((at, other)) = self.later(piece, home) else { continue };
                let filed = &self.filed[at];
                let trial = filed.missed.as_ref().map(|(_, trial)| trial);
                let of_story = |&mate: &usize| self.entries[mate].story == self.entries[at].story;
                let mate = self.nearest(trial).filter(of_story).unwrap_or(other);
                let split = splits.entry(at).or_insert_with(|| Split {
                    pairs: 0,
                    entry: self.side(at),
                    mate: self.side(mate),
                    level: filed.reason,
                    score: filed.score,
                    evidence: filed.evidence.clone(),
                    best_score: trial.and_then(|trial| trial.score),
                    shared: trial.map(|trial| trial.shared.iter().take(SHARED).cloned().collect()).unwrap_or_default(),
                    refused: refused(trial, filed.reason),
                });
                split.pairs += (piece.len() * home.len()) as u64;
            }
        }
        splits.into_iter().collect()
    }

    fn nearest(&self, trial: Option<&Trial>) -> Option<usize> {
        self.known.get(&trial?.nearest?).copied()
    }

    fn side(&self, at: usize) -> Side {
        let labelled = &self.entries[at];
        Side {
            id: labelled.id.clone(),
            title: labelled.entry.title.to_string(),
            source: labelled.entry.source.to_string(),
            time: labelled.time,
            lang: labelled.lang.clone(),
            set: labelled.set.clone(),
            story: labelled.story.clone(),
        }
    }
}

/// Shared words that are shown.
const SHARED: usize = 8;

fn refused(trial: Option<&Trial>, reason: Reason) -> &'static str {
    if matches!(reason, Reason::Id | Reason::Url | Reason::Text) {
        return "a surer level led elsewhere";
    }
    match trial.map(|trial| trial.verdict) {
        Some(Verdict::Improbable) => "below the threshold",
        Some(Verdict::Outdone) => "another story was more probable",
        Some(Verdict::Alone) => "of a kind that is joined by id, address and text only",
        Some(Verdict::Series) => "another edition of its series is in the story",
        Some(Verdict::Window) => "too far apart in time",
        Some(Verdict::Joins) => "events are not compared on this level",
        Some(Verdict::Unmet) | None => "not compared: others share more of its rare words",
    }
}

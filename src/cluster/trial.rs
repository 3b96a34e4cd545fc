//! What speaks for and against an entry joining a certain story, for people who ask why it did or did not.

use super::document::Document;
use super::index::Index;
use super::prepare::Prepared;
use super::{event, foreign, series};
use crate::config;
use crate::model::{EntryId, StoryId};

/// How an entry and a story were weighed.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// What decided.
    pub verdict: Verdict,
    /// How probable it was that both are of one event, 0 to 1; `None` when they were not compared.
    pub score: Option<f32>,
    /// The member that is most like the entry, when they were compared.
    pub nearest: Option<EntryId>,
    /// The words that the entry shares with the nearest member (across languages, the names of what both have), or else
    /// with any, the rarest first, with their rarity.
    pub shared: Vec<(String, f32)>,
    /// The likeliest of the other stories that came into question, and how probable it was.
    pub next: Option<(StoryId, f32)>,
}

/// Why an entry does or does not belong to a story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Probable enough, and no other story is more probable.
    Joins,
    /// Probable enough, but another story is more so.
    Outdone,
    /// Not probable enough.
    Improbable,
    /// The entry is of a kind that reports no single event, or all members are.
    Alone,
    /// The story holds another edition of the entry's series.
    Series,
    /// Its nearest member is too far away in time.
    Window,
    /// Others share more of the entry's rare words, so that it was not looked at; or the story is forgotten.
    Unmet,
}

/// A story that was compared with an entry, in the same language or in another.
struct Weighed {
    story: StoryId,
    score: f32,
    nearest: EntryId,
    shared: Vec<(String, f32)>,
}

/// Weighs an entry against one story on the level of events, as [`super::find_above`] does with this threshold.
pub fn weigh(index: &Index, prepared: &Prepared, options: &config::Stories, threshold: f32, story: &StoryId) -> Trial {
    let window_seconds = i64::try_from(options.window.as_secs()).unwrap_or(i64::MAX);
    let mut within = weighed(index, prepared, window_seconds);
    let next = within.iter().find(|other| other.story != *story).map(|other| (other.story.clone(), other.score));
    let members = index.members_of(story);
    let at = within.iter().position(|weighed| weighed.story == *story);
    let verdict = match at.and_then(|at| within.get(at)) {
        Some(weighed) if weighed.score < threshold => Verdict::Improbable,
        Some(_) if at == Some(0) => Verdict::Joins,
        Some(_) => Verdict::Outdone,
        None if prepared.form.alone || members.iter().all(|member| member.form.alone) => Verdict::Alone,
        None if members.iter().any(|member| series::other_edition(prepared, member)) => Verdict::Series,
        None => Verdict::Unmet,
    };
    let in_time = at.map(|at| within.swap_remove(at));
    let (weighed, verdict) = match (in_time, verdict) {
        (None, Verdict::Unmet) => {
            let mut ever = weighed(index, prepared, i64::MAX).into_iter();
            match ever.find(|weighed| weighed.story == *story) {
                Some(weighed) => (Some(weighed), Verdict::Window),
                None => (None, Verdict::Unmet),
            }
        }
        (in_time, verdict) => (in_time, verdict),
    };
    let Some(Weighed { score, nearest, shared, .. }) = weighed else {
        return Trial { verdict, score: None, nearest: None, shared: shared(index, prepared, &members), next };
    };
    Trial { verdict, score: Some(score), nearest: Some(nearest), shared, next }
}

/// The stories that come into question, the likeliest first: by words in the entry's own language, and by what other
/// languages write alike.
fn weighed(index: &Index, prepared: &Prepared, window_seconds: i64) -> Vec<Weighed> {
    let word = |(place, rarity): (usize, f32)| (prepared.word_at(place).to_owned(), rarity);
    let near = event::candidates(index, prepared, window_seconds).into_iter().map(|candidate| Weighed {
        story: candidate.story,
        score: candidate.score,
        nearest: candidate.nearest,
        shared: candidate.shared.into_iter().map(word).collect(),
    });
    let abroad = foreign::candidates(index, prepared, window_seconds).into_iter().map(|candidate| Weighed {
        story: candidate.story,
        score: candidate.score,
        nearest: candidate.nearest,
        shared: candidate.shared,
    });
    let mut weighed: Vec<Weighed> = near.chain(abroad).collect();
    // A stable sort: of equals the one in the entry's own language goes first, as where its story is found.
    weighed.sort_by(|a, b| b.score.total_cmp(&a.score));
    weighed
}

/// The words that an entry shares with any of some members, the rarest first.
fn shared(index: &Index, prepared: &Prepared, members: &[&Document]) -> Vec<(String, f32)> {
    let log_total = index.log_total();
    let mut shared: Vec<(String, f32)> = prepared
        .terms
        .iter()
        .filter_map(|term| {
            let id = index.vocabulary.id(term.hash)?;
            let held = |member: &&Document| member.terms.binary_search_by_key(&id, |held| held.term()).is_ok();
            let rarity = (log_total - index.vocabulary.log_commonness(id)).max(0.0);
            members.iter().any(held).then(|| (prepared.word(term).to_owned(), rarity))
        })
        .collect();
    shared.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    shared
}

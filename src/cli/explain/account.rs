//! What there is to say of a story: what is stored with it, and what the live path says of its members now.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::find::FoundStories;
use crate::cluster::rulings::Rulings;
use crate::cluster::{self, Index, Trial, Verdict};
use crate::config::{self, LeadRule};
use crate::desk;
use crate::edit::{self, Decided};
use crate::model::{Entry, EntryId, Reason, SourceId, Sources, StoryEntries, StoryId};
use crate::store::Store;

/// Members that are weighed again, and words that are named.
const WEIGHED: usize = 200;
const WORDS: usize = 8;

/// What accounts are made with.
pub(super) struct Desk<'a> {
    pub(super) rulings: &'a Rulings,
    pub(super) sources: &'a Sources,
    pub(super) stories: &'a config::Stories,
    pub(super) store: &'a Store,
}

/// All that was asked for.
#[derive(Debug, Serialize)]
pub(super) struct Accounts {
    pub(super) stories: Vec<Account>,
}

/// One story.
#[derive(Debug, Serialize)]
pub(super) struct Account {
    pub(super) story: StoryId,
    pub(super) first_seen: DateTime<Utc>,
    pub(super) updated: DateTime<Utc>,
    pub(super) revision: u32,
    pub(super) publishers: usize,
    pub(super) lead: Lead,
    pub(super) members: Vec<Member>,
}

/// Who leads, and why.
#[derive(Debug, Serialize)]
pub(super) struct Lead {
    #[serde(flatten)]
    pub(super) entry: Side,
    /// What decided: `ruling`, `can_lead`, a rule of the configuration, `published`, `id`, or `only` member.
    pub(super) by: &'static str,
    /// The same in words.
    pub(super) because: String,
    /// Who would lead otherwise.
    pub(super) next: Option<Side>,
}

/// An entry in short.
#[derive(Debug, Serialize)]
pub(super) struct Side {
    pub(super) entry: String,
    pub(super) title: String,
    pub(super) source: SourceId,
}

/// A member: how it came into the story, and what the machine says of it now.
#[derive(Debug, Serialize)]
pub(super) struct Member {
    #[serde(flatten)]
    pub(super) side: Side,
    pub(super) key: String,
    pub(super) url: Option<String>,
    pub(super) published: DateTime<Utc>,
    /// Whether it is what was asked for.
    pub(super) asked: bool,
    pub(super) level: Reason,
    pub(super) score: f32,
    pub(super) evidence: String,
    /// The rulings that name it.
    pub(super) rulings: Vec<Ruled>,
    /// `None` when nobody asked, or it is too old to be compared.
    pub(super) now: Option<Now>,
}

/// A ruling about a member.
#[derive(Debug, Serialize)]
pub(super) struct Ruled {
    pub(super) kind: &'static str,
    pub(super) place: String,
    pub(super) note: Option<String>,
    /// What it names and the desk does not have.
    pub(super) missing: Vec<String>,
}

/// What the machine, without rulings, would do with an entry if it came now, with all others filed as they are.
#[derive(Debug, Serialize)]
pub(super) struct Now {
    /// Where it would go: to its story (`same`), to another (`other`), or to one of its own (`own`).
    pub(super) goes: &'static str,
    pub(super) level: Reason,
    pub(super) evidence: String,
    /// How probable it is that it belongs to its story, and how probable it must be.
    pub(super) score: Option<f32>,
    pub(super) threshold: Option<f32>,
    /// Why it would not go there.
    pub(super) refused: Option<&'static str>,
    /// The rarest words that it shares with its story.
    pub(super) shared: Vec<(String, f32)>,
    /// The likeliest of the other stories.
    pub(super) next: Option<Next>,
}

/// A story that came into question.
#[derive(Debug, Serialize)]
pub(super) struct Next {
    pub(super) story: StoryId,
    pub(super) title: String,
    pub(super) score: f32,
}

/// The accounts of some stories. What the machine says now is asked of the entries that were asked for, or of all.
pub(super) fn accounts(desk: &Desk<'_>, index: &mut Index, found: &FoundStories) -> anyhow::Result<Accounts> {
    let stories = found.stories.iter().map(|told| account(desk, index, told, &found.asked));
    Ok(Accounts { stories: stories.collect::<anyhow::Result<_>>()? })
}

fn account(
    desk: &Desk<'_>,
    index: &mut Index,
    told: &StoryEntries,
    asked: &BTreeSet<EntryId>,
) -> anyhow::Result<Account> {
    let publishers: BTreeSet<_> =
        told.entries.iter().map(|entry| desk::publisher_of(&entry.source, desk.sources)).collect();
    let mut members = Vec::new();
    for (number, (member, entry)) in told.story.members.iter().zip(&told.entries).enumerate() {
        let is_asked = asked.contains(&entry.id);
        let now = match is_asked || asked.is_empty() && number < WEIGHED {
            true => now(desk, index, entry, &told.story.id)?,
            false => None,
        };
        members.push(Member {
            side: side(entry),
            key: entry.key.clone(),
            url: entry.link.as_ref().map(ToString::to_string),
            published: entry.published,
            asked: is_asked,
            level: member.reason,
            score: member.score,
            evidence: member.evidence.clone(),
            rulings: ruled(desk.rulings, entry),
            now,
        });
    }
    Ok(Account {
        story: told.story.id.clone(),
        first_seen: told.story.first_seen,
        updated: told.story.updated,
        revision: told.story.revision,
        publishers: publishers.len(),
        lead: lead(desk, told),
        members,
    })
}

fn side(entry: &Entry) -> Side {
    Side { entry: entry.id.to_string(), title: entry.title.to_string(), source: entry.source.clone() }
}

fn ruled(rulings: &Rulings, entry: &Entry) -> Vec<Ruled> {
    let ruled = rulings.about(entry).map(|ruling| Ruled {
        kind: ruling.kind.as_str(),
        place: rulings.place(ruling),
        note: ruling.note.clone(),
        missing: rulings.named(ruling).filter(|name| !rulings.is_met(name)).map(ToString::to_string).collect(),
    });
    ruled.collect()
}

/// Asks the live path: the entry is taken out of the index for that time, since its story would resemble it.
fn now(desk: &Desk<'_>, index: &mut Index, entry: &Entry, story: &StoryId) -> anyhow::Result<Option<Now>> {
    if index.story_of(entry.id).is_none() {
        return Ok(None);
    }
    let prepared = cluster::prepare(entry, &desk::publisher_of(&entry.source, desk.sources));
    index.remove(entry.id);
    let found = cluster::find(index, &prepared, desk.stories);
    let threshold = cluster::event_threshold(desk.stories.match_level);
    let trial = cluster::weigh(index, &prepared, desk.stories, threshold.unwrap_or(1.0), story);
    index.insert(prepared, story);

    let next = match trial.next {
        Some((ref other, score)) => {
            let told = desk.store.story(other)?;
            let title = told.as_ref().and_then(StoryEntries::lead).map(|lead| lead.title.to_string());
            Some(Next { story: other.clone(), title: title.unwrap_or_default(), score })
        }
        None => None,
    };
    let goes = match &found {
        Some(found) if found.story == *story => "same",
        Some(_) => "other",
        None => "own",
    };
    Ok(Some(Now {
        goes,
        level: found.as_ref().map_or(Reason::First, |found| found.reason),
        evidence: found.map(|found| found.evidence).unwrap_or_default(),
        score: trial.score,
        threshold,
        refused: (goes != "same").then(|| refused(&trial)),
        shared: trial.shared.into_iter().take(WORDS).collect(),
        next,
    }))
}

/// Why an entry would not go to a story.
pub(in crate::cli) fn refused(trial: &Trial) -> &'static str {
    match trial.verdict {
        Verdict::Unmet if trial.shared.is_empty() => "they share no word",
        Verdict::Joins => "a surer level leads elsewhere, or events are not compared",
        Verdict::Outdone => "another story is more probable",
        Verdict::Improbable => "below the threshold",
        Verdict::Alone => "of a kind that is joined by id, address and text only",
        Verdict::Series => "another edition of its series is in the story",
        Verdict::Window => "too far apart in time",
        Verdict::Unmet => "not compared: others share more of its rare words",
    }
}

fn lead(desk: &Desk<'_>, told: &StoryEntries) -> Lead {
    let of = |id: EntryId| told.entries.iter().find(|entry| entry.id == id);
    let choice = edit::choice(&told.entries, desk.sources, &desk.stories.lead);
    let chosen = desk::lead(&told.entries, desk.rulings, desk.sources, desk.stories);
    let lead = chosen.and_then(of).or_else(|| told.lead());
    let (entry, key) = match lead {
        Some(entry) => (side(entry), Some(entry)),
        // A store that someone else changed: a story whose lead is no member of it.
        None => {
            let source = SourceId::new("unknown").expect("a well-formed constant");
            (Side { entry: told.story.lead.to_string(), title: String::new(), source }, None)
        }
    };
    if let Some((ruling, _)) = desk.rulings.lead(&told.entries) {
        let next = choice.map(|choice| choice.lead).filter(|other| Some(*other) != chosen).and_then(of).map(side);
        return Lead { entry, by: "ruling", because: desk.rulings.evidence(ruling), next };
    }
    let next = choice.and_then(|choice| choice.next);
    let Some((other, decided)) = next.and_then(|(id, decided)| Some((of(id)?, decided))) else {
        return Lead { entry, by: "only", because: "it is the only member".into(), next: None };
    };
    let (by, because) = reason(desk, decided, key.unwrap_or(other), other);
    Lead { entry, by, because, next: Some(side(other)) }
}

fn reason(desk: &Desk<'_>, decided: Decided, lead: &Entry, other: &Entry) -> (&'static str, String) {
    let priority = |entry: &Entry| desk.sources.get(&entry.source).map_or(0, |source| source.priority);
    match decided {
        Decided::CanLead => ("can_lead", "the other's source leads only when nobody else can".into()),
        Decided::Rule(LeadRule::Own) => ("own", "it is the desk's own article".into()),
        Decided::Rule(LeadRule::Priority) => {
            ("priority", format!("its source has priority {}, the other's {}", priority(lead), priority(other)))
        }
        Decided::Rule(LeadRule::Complete) => ("complete", "it brings more of its text".into()),
        Decided::Rule(LeadRule::Earliest) => ("earliest", "it was published first".into()),
        Decided::Published => ("published", "no rule tells the two apart, and it was published first".into()),
        Decided::Id => ("id", "nothing tells the two apart but their ids".into()),
    }
}

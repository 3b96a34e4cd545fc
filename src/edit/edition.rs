//! Fills an edition: all stories in, the ones that belong to it out, in its order and within its limits.

use std::borrow::Borrow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::publisher;
use super::voices::{Names, voices};
use crate::config::{EditionSpec, Order};
use crate::model::{Coverage, Edition, Entry, History, Location, Piece, Publisher, Sources, StoryEntries};

/// Fills an edition.
///
/// A story belongs when a member's source is selected and enough publishers carry it; each publisher counts once,
/// and an agency's copies as the agency (`voices`), in `min_publishers` and in the order by coverage. Ties of the order
/// go to the story that appeared last, then by id. The limit a publisher counts the stories that it leads, in the
/// edition's order; the desk's own are not counted. A story whose lead is missing from its entries is left out.
pub fn edition(spec: &EditionSpec, stories: &[impl Borrow<StoryEntries>], sources: &Sources) -> Edition {
    let selected = |story: &&StoryEntries| {
        story.entries.iter().any(|entry| match sources.get(&entry.source) {
            Some(source) => spec.selects(source),
            None => spec.include.is_empty(),
        })
    };
    let names = Names::of(sources);
    // Nothing else asks how many carry a story, and texts are compared for it.
    let counts = spec.min_publishers > 1 || spec.order == Order::Coverage;
    let width = |story: &StoryEntries| if counts { voices(story, sources, &names).len() } else { 1 };
    let mut candidates: Vec<(usize, &StoryEntries, &Entry)> = stories
        .iter()
        .map(Borrow::borrow)
        .filter(selected)
        .filter_map(|story| Some((width(story), story, story.lead()?)))
        .filter(|(publishers, ..)| *publishers >= spec.min_publishers)
        .collect();
    candidates.sort_by(|(a_width, a, a_lead), (b_width, b, b_lead)| {
        let newest_first = match spec.order {
            Order::FirstSeen => b.story.first_seen.cmp(&a.story.first_seen),
            Order::Published => b_lead.published.cmp(&a_lead.published),
            Order::Updated => b.story.updated.cmp(&a.story.updated),
            Order::Coverage => {
                (Reverse(a_width), Reverse(a.story.first_seen)).cmp(&(Reverse(b_width), Reverse(b.story.first_seen)))
            }
        };
        // A desk sees many stories at once on its first day: then the news decides, not the id.
        newest_first
            .then_with(|| appeared(b, b_lead).cmp(&appeared(a, a_lead)))
            .then_with(|| a.story.id.cmp(&b.story.id))
    });

    let mut led: BTreeMap<Publisher, usize> = BTreeMap::new();
    let mut pieces = Vec::with_capacity(spec.items.min(candidates.len()));
    for (_, story, lead) in candidates {
        if pieces.len() >= spec.items {
            break;
        }
        let (house, _) = publisher(lead, sources);
        let count = led.entry(house.clone()).or_default();
        if !house.is_own() && spec.per_publisher.is_some_and(|limit| *count >= limit) {
            continue;
        }
        *count += 1;
        pieces.push(piece(story, lead, sources));
    }
    Edition {
        name: spec.name.clone(),
        title: spec.title.clone(),
        description: spec.description.clone(),
        updated: pieces.iter().map(|piece| piece.updated).max(),
        pieces,
        history: History::default(),
        hub: None,
    }
}

/// When a story appeared: when its first member did, whoever leads it by now, so the date stays when the lead changes.
/// No feed's date can put it after the moment at which the desk had the story.
fn appeared(story: &StoryEntries, lead: &Entry) -> DateTime<Utc> {
    let first = story.entries.first().map_or(lead.published, |first| first.published);
    first.min(story.story.first_seen)
}

/// Sets a story as the edition carries it.
fn piece(story: &StoryEntries, lead: &Entry, sources: &Sources) -> Piece {
    let source = sources.get(&lead.source);
    let (publisher, publisher_name) = publisher(lead, sources);
    Piece {
        story: story.story.id.clone(),
        lead: lead.clone(),
        covered_by: coverage(story, lead, &publisher, sources),
        publisher,
        publisher_name,
        source_title: source.map_or(lead.source.as_str(), |source| source.title()).to_owned(),
        source_url: source.and_then(|source| match &source.location {
            // Shown without credentials.
            Location::Web(url) => Some(url.to_string()),
            Location::File(_) | Location::Articles(_) => None,
        }),
        published: appeared(story, lead),
        updated: story.story.updated,
        revision: story.story.revision,
    }
}

/// The other members: each publisher's earliest, in the order of publication.
///
/// The lead's own publisher is not listed again, except the desk's own house: each of its articles is a piece of
/// its own that nobody else would show.
fn coverage(story: &StoryEntries, lead: &Entry, house: &Publisher, sources: &Sources) -> Vec<Coverage> {
    let mut others: Vec<&Entry> = story.entries.iter().filter(|entry| entry.id != lead.id).collect();
    others.sort_by_key(|entry| (entry.published, entry.id));
    let mut listed = BTreeSet::from([house.clone()]);
    let mut coverage = Vec::new();
    for entry in others {
        let (publisher, publisher_name) = publisher(entry, sources);
        if publisher.is_own() || listed.insert(publisher.clone()) {
            coverage.push(Coverage { entry: entry.clone(), publisher, publisher_name });
        }
    }
    coverage
}

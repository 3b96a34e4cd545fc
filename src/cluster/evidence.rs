//! Says in one line why an entry belongs to a story.

use super::bridge::Match;
use super::copy::Copy;
use super::document::Document;
use super::event::Candidate;
use super::foreign::ForeignCandidate;
use super::index::{Index, hashed};
use super::limits::{BRIDGE_LIKENESS, BRIDGE_SCORE};
use super::prepare::Prepared;
use crate::model::Reason;

/// Shared words that are named.
const NAMED_TERMS: usize = 6;

pub(super) fn same_id(prepared: &Prepared, member: &Document) -> String {
    format!("the id `{}` of {}", crate::text::clip(&prepared.key, 120), named(member))
}

pub(super) fn same_url(prepared: &Prepared, member: &Document) -> String {
    match prepared.url.as_deref().filter(|url| member.url == Some(hashed(url))) {
        Some(url) => format!("the address {} of {}", crate::text::clip(url, 200), named(member)),
        None => format!("its publisher says that it is a translation of {}", named(member)),
    }
}

pub(super) fn copied(copy: &Copy<'_>) -> String {
    format!("{} % of the text of {}", copy.percent, named(copy.member))
}

pub(super) fn same_event(
    index: &Index,
    prepared: &Prepared,
    all: &[Candidate],
    best: &Candidate,
    threshold: f32,
) -> String {
    let terms: Vec<String> = best
        .shared
        .iter()
        .take(NAMED_TERMS)
        .map(|&(place, rarity)| format!("{} {rarity:.1}", prepared.word_at(place)))
        .collect();
    let member = |candidate: &Candidate| index.slot(candidate.nearest).and_then(|slot| index.document(slot)).map(named);
    let runner_up = all
        .iter()
        .find(|other| other.story != best.story)
        .and_then(|other| Some(format!("; next {:.2}: {}", other.score, member(other)?)))
        .unwrap_or_default();
    let like = member(best).unwrap_or_default();
    format!("{:.2} ≥ {threshold:.2}: like {like}, sharing {}{runner_up}", best.score, terms.join(", "))
}

pub(super) fn across_languages(index: &Index, best: &ForeignCandidate, threshold: f32) -> String {
    let terms: Vec<String> =
        best.shared.iter().take(NAMED_TERMS).map(|(name, rarity)| format!("{name} {rarity:.1}")).collect();
    let like = index.slot(best.nearest).and_then(|slot| index.document(slot)).map(named).unwrap_or_default();
    format!("{:.2} ≥ {threshold:.2}: like {like}, sharing {}", best.score, terms.join(", "))
}

/// Why the story of an entry is one with another, as it follows the evidence of the entry's membership.
pub(super) fn bridged(found: &Match, member: &Document, alike: f32) -> String {
    let how = match found.reason {
        Reason::Event => format!("{:.2} ≥ {BRIDGE_SCORE:.2}", found.score),
        sure => format!("same {}", sure.as_str()),
    };
    format!("bridges to {}: {how}, the stories {alike:.2} ≥ {BRIDGE_LIKENESS:.2} alike", named(member))
}

fn named(member: &Document) -> String {
    format!("“{}” ({})", member.title, member.source)
}

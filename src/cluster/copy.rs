//! Near-identical text: a syndicated copy, whatever stands above it and wherever it was cut.

use rustc_hash::FxHashMap;

use super::document::Document;
use super::event::{self, Query};
use super::fingerprint::shared;
use super::index::Index;
use super::limits::{
    COPY_CANDIDATES, COPY_CONTAINMENT, COPY_CONTAINMENT_SAME_SOURCE, COPY_TITLE_COVER, COPY_WINDOWS,
    MIN_SHARED_FINGERPRINTS,
};
use super::prepare::Prepared;
use super::series;

/// A member whose text an entry repeats.
pub(super) struct Copy<'i> {
    pub(super) member: &'i Document,
    /// The share of the shorter text that the longer one holds, in hundredths.
    pub(super) percent: u32,
    /// The share of the entry's own text that the member holds, in hundredths.
    pub(super) own_percent: u32,
}

/// The copy that is most like the entry's text; of equals that whose id is the smallest.
pub(super) fn likest<'c, 'i>(copies: &'c [Copy<'i>]) -> Option<&'c Copy<'i>> {
    copies.iter().max_by_key(|copy| (copy.percent, std::cmp::Reverse(copy.member.entry)))
}

/// The members whose text the entry repeats, of those that are looked at.
pub(super) fn copies<'i>(index: &'i Index, query: &Query, prepared: &Prepared, window_seconds: i64) -> Vec<Copy<'i>> {
    let met = prepared.fingerprints.iter().filter_map(|&print| Some((print, index.with_fingerprint(print)?)));
    let met: Vec<(u32, u32)> = met.collect();
    if met.is_empty() {
        return Vec::new();
    }
    let boilerplate = boilerplate(index, prepared);
    let is_own = |print: &u32| boilerplate.binary_search(print).is_err();
    let own: Vec<u32> = prepared.fingerprints.iter().copied().filter(is_own).collect();
    let mut votes: FxHashMap<u32, u32> = FxHashMap::default();
    for (_, slot) in met.into_iter().filter(|(print, _)| is_own(print)) {
        *votes.entry(slot).or_default() += 1;
    }
    let mut ranked: Vec<(u32, u32)> = votes.into_iter().collect();
    ranked.sort_unstable_by_key(|&(slot, count)| (std::cmp::Reverse(count), slot));
    ranked
        .into_iter()
        .take(COPY_CANDIDATES)
        .filter_map(|(slot, _)| index.document(slot))
        .filter(|member| event::title_cover(index, query, member) >= COPY_TITLE_COVER)
        .filter_map(|member| {
            let percent = containment(prepared, &own, &boilerplate, member, window_seconds)?;
            let own_percent = (shared(&own, member.lists.fingerprints()) * 100 / own.len().max(1)) as u32;
            Some(Copy { member, percent, own_percent })
        })
        .collect()
}

fn containment(
    prepared: &Prepared,
    own: &[u32],
    boilerplate: &[u32],
    member: &Document,
    window_seconds: i64,
) -> Option<u32> {
    let apart = (member.published - prepared.published.timestamp()).abs();
    let too_late = apart > window_seconds.saturating_mul(i64::from(COPY_WINDOWS));
    if member.entry == prepared.id || too_late || series::other_edition(prepared, member) {
        return None;
    }
    let both = shared(own, member.lists.fingerprints());
    let theirs = member.lists.fingerprints().len() - shared(boilerplate, member.lists.fingerprints());
    let least = if member.source == prepared.source { COPY_CONTAINMENT_SAME_SOURCE } else { COPY_CONTAINMENT };
    let share = both as f32 / own.len().min(theirs).max(1) as f32;
    (both >= MIN_SHARED_FINGERPRINTS && share >= least).then_some((share.min(1.0) * 100.0) as u32)
}

/// The fingerprints of an entry that its source's latest entries have in more than one story. Sorted.
fn boilerplate(index: &Index, prepared: &Prepared) -> Vec<u32> {
    let mut first_story: Vec<Option<u32>> = vec![None; prepared.fingerprints.len()];
    let mut several = vec![false; prepared.fingerprints.len()];
    for document in index.latest(&prepared.source).filter(|document| document.entry != prepared.id) {
        let mut theirs = document.lists.fingerprints().iter().peekable();
        for ((print, first), several) in prepared.fingerprints.iter().zip(&mut first_story).zip(&mut several) {
            while theirs.next_if(|their| *their < print).is_some() {}
            if theirs.next_if_eq(&print).is_some() {
                *several |= *first.get_or_insert(document.story) != document.story;
            }
        }
    }
    prepared.fingerprints.iter().zip(several).filter(|(_, several)| *several).map(|(&print, _)| print).collect()
}

//! Chooses the entry that speaks for a story: its members in, one id out.

use std::cmp::{Ordering, Reverse};

use super::Sources;
use crate::config::LeadRule;
use crate::model::{Entry, EntryId};

/// Chooses the lead among a story's members: the first rule that tells two of them apart decides.
///
/// Sources with `can_lead = false` lead only when nobody else can. What no rule decides, the time of publication
/// and then the id do, so the answer depends on the set of members alone. `None` without members.
pub fn lead(entries: &[Entry], sources: &Sources, rules: &[LeadRule]) -> Option<EntryId> {
    let may_lead = |entry: &Entry| sources.get(&entry.source).is_none_or(|source| source.can_lead);
    let preference = |a: &&Entry, b: &&Entry| {
        // `false` sorts first, so what is preferred is negated.
        (!may_lead(a))
            .cmp(&!may_lead(b))
            .then_with(|| {
                rules.iter().map(|rule| prefer(*rule, a, b, sources)).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
            })
            .then_with(|| (a.published, a.id).cmp(&(b.published, b.id)))
    };
    entries.iter().min_by(preference).map(|entry| entry.id)
}

/// `Less` when the rule prefers `a`.
fn prefer(rule: LeadRule, a: &Entry, b: &Entry, sources: &Sources) -> Ordering {
    let own = |entry: &Entry| sources.get(&entry.source).is_some_and(|source| source.publisher.is_own());
    let priority = |entry: &Entry| sources.get(&entry.source).map_or(0, |source| source.priority);
    match rule {
        LeadRule::Own => own(b).cmp(&own(a)),
        LeadRule::Priority => Reverse(priority(a)).cmp(&Reverse(priority(b))),
        LeadRule::Complete => completeness(b).cmp(&completeness(a)),
        LeadRule::Earliest => a.published.cmp(&b.published),
    }
}

/// 2 for full text, 1 for a summary, 0 for a bare title.
fn completeness(entry: &Entry) -> u8 {
    match (entry.content.is_empty(), entry.summary.is_empty()) {
        (false, _) => 2,
        (true, false) => 1,
        (true, true) => 0,
    }
}

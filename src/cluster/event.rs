//! Which stories an entry might report, and how alike they are: candidates with their features out.

use super::document::{Document, Weighted};
use super::foreign::{NamesApart, Tongue};
use super::index::{Index, IndexedStory};
use super::limits::{CANDIDATES, LOOKED_UP_TERMS, MEMBERS_LOOKED_AT, STORY_CANDIDATES};
use super::places::Places;
use super::prepare::Prepared;
use super::vocabulary::{TermId, Vocabulary};
use super::weights::{self, Weights};
use super::{series, tally};
use crate::model::{EntryId, StoryId};

/// A story that an entry might report.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The story.
    pub story: StoryId,
    /// The member that is most like the entry.
    pub nearest: EntryId,
    /// Words that both have, by their places among the entry's, the weightiest first, each with its rarity.
    pub(super) shared: Vec<(usize, f32)>,
    /// What the decision is made of, in the order of [`super::feature_names`].
    pub features: [f32; weights::FEATURES],
    /// How probable it is that both are of one event.
    pub score: f32,
}

/// The stories that come into question, the likeliest first.
///
/// `window_seconds` bounds the time between the entry and the nearest member.
pub fn candidates(index: &Index, prepared: &Prepared, window_seconds: i64) -> Vec<Candidate> {
    candidates_for(index, &Query::new(index, prepared), prepared, window_seconds, &weights::LEARNED)
}

/// The same for an entry whose words were looked up already.
pub(super) fn candidates_for(
    index: &Index,
    query: &Query,
    prepared: &Prepared,
    window_seconds: i64,
    weights: &Weights,
) -> Vec<Candidate> {
    if prepared.form.alone {
        return Vec::new();
    }
    let mut alike = alike(index, query, prepared);
    alike.sort_by(|a, b| b.cosine.total_cmp(&a.cosine).then(a.slot.cmp(&b.slot)));

    let mut stories: Vec<Group> = Vec::new();
    for likeness in alike {
        match stories.iter_mut().find(|group| group.story == likeness.story) {
            Some(group) => group.members.push(likeness),
            None => stories.push(Group { story: likeness.story, members: vec![likeness], whole: 0.0 }),
        }
    }
    for group in stories.iter_mut().take(STORY_CANDIDATES) {
        group.whole = index.story(group.story).map_or(0.0, |story| whole(index, query, story, group));
    }
    let now = prepared.published.timestamp();
    let mut found: Vec<Candidate> = stories
        .iter()
        .take(STORY_CANDIDATES)
        .enumerate()
        .filter_map(|(at, group)| {
            let story = index.story(group.story)?;
            let times = Times::of(index, story, now)?;
            if times.nearest > window_seconds || series::refuses(index, prepared, story) {
                return None;
            }
            let others = || stories.iter().take(STORY_CANDIDATES).enumerate().filter(|(other, _)| *other != at);
            let rival = others().map(|(_, other)| other.whole).fold(0.0, f32::max);
            candidate(index, query, prepared, group, story, &times, rival)
        })
        .collect();
    for candidate in &mut found {
        candidate.score = weights::probability(&candidate.features, weights);
    }
    // A stable sort: of two equally probable stories the one with the more alike member stays first.
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    found
}

/// The members of one story that resemble the entry, the most alike first.
struct Group {
    story: u32,
    members: Vec<Likeness>,
    /// How alike the entry and all members together are.
    whole: f32,
}

/// An entry's words as the index sees them.
pub(super) struct Query {
    tongue: Tongue,
    /// In the order of the entry's.
    terms: Vec<QueryTerm>,
    places: Places,
    /// How many of them an entry has.
    known: usize,
    log_total: f32,
    norm: f32,
    title_norm: f32,
}

#[derive(Debug, Clone, Copy)]
struct QueryTerm {
    /// `None` for a word that no entry has.
    term: Option<TermId>,
    weight: f32,
    idf: f32,
    in_title: bool,
    name: bool,
    number: bool,
}

impl Query {
    pub(super) fn new(index: &Index, prepared: &Prepared) -> Self {
        let log_total = index.log_total();
        let known = index.known_words(prepared);
        let places = Places::of(known.iter().copied());
        let weights = index.weights(prepared, &places);
        let (mut norm, mut title_norm) = (0.0, 0.0);
        let weighed = prepared.terms.iter().zip(known).zip(weights).map(|((term, id), weight)| {
            let new = || Vocabulary::log_commonness_of_new(prepared.word(term));
            let common = id.map_or_else(new, |id| index.vocabulary.log_commonness(id));
            let idf = (log_total - common).max(0.0);
            let in_title = term.in_title > 0;
            norm += (weight * idf).powi(2);
            if in_title {
                title_norm += idf.powi(2);
            }
            QueryTerm { term: id, weight, idf, in_title, name: term.name, number: term.number }
        });
        let terms: Vec<QueryTerm> = weighed.collect();
        let known = terms.iter().filter(|term| term.term.is_some()).count();
        Self { tongue: prepared.tongue, terms, places, known, log_total, norm, title_norm }
    }

    /// The entry's word of that number, and its place.
    #[inline]
    fn term(&self, term: TermId) -> Option<(usize, &QueryTerm)> {
        let place = self.places.get(term)?;
        Some((place, self.terms.get(place)?))
    }
}

/// How alike an entry and a member are.
struct Likeness {
    slot: u32,
    story: u32,
    cosine: f32,
    title: f32,
    cover: f32,
}

/// The entries that share the weightiest words, compared in full.
fn alike(index: &Index, query: &Query, prepared: &Prepared) -> Vec<Likeness> {
    let weighed = |term: &QueryTerm| Some((term.weight * term.idf, term.term?, term.idf));
    let mut heaviest: Vec<(f32, TermId, f32)> = query.terms.iter().filter_map(weighed).collect();
    heaviest.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    heaviest.truncate(LOOKED_UP_TERMS);
    let own = index.slot(prepared.id);
    let fits = |slot: u32| {
        index.glance(slot).is_some_and(|glance| glance.tongue == query.tongue && !glance.alone) && Some(slot) != own
    };
    let ranked = tally::greatest(index.slots(), CANDIDATES, fits, |tally| {
        for (weight, term, idf) in heaviest {
            tally.add(index.vocabulary.newest(term).iter().copied(), weight * idf);
        }
    });
    let likeness = |slot| Some(Likeness { slot, ..likeness_of(index, query, index.document(slot)?) });
    ranked.into_iter().filter_map(likeness).collect()
}

fn likeness_of(index: &Index, query: &Query, document: &Document) -> Likeness {
    let (mut dot, mut norm) = (0.0, 0.0);
    let (mut title_dot, mut title_norm, mut covered, mut covering) = (0.0, 0.0, 0.0, 0.0);
    for held in &document.terms {
        let idf = (query.log_total - index.vocabulary.log_commonness(held.term())).max(0.0);
        let square = idf * idf;
        let weight = held.weight();
        norm += weight * weight * square;
        title_norm += if held.in_title() { square } else { 0.0 };
        if let Some((_, query)) = query.term(held.term()) {
            dot += weight * query.weight * square;
            if query.in_title {
                covered += square;
            }
            if held.in_title() {
                covering += square;
            }
            if query.in_title && held.in_title() {
                title_dot += square;
            }
        }
    }
    let ratio = |part: f32, whole: f32| if whole > 0.0 { part / whole } else { 0.0 };
    Likeness {
        slot: 0,
        story: document.story,
        cosine: ratio(dot, (norm * query.norm).sqrt()),
        title: ratio(title_dot, (title_norm * query.title_norm).sqrt()),
        cover: ratio(covered, query.title_norm).max(ratio(covering, title_norm)),
    }
}

/// The cosine of an entry and the sum of a story's members.
fn whole(index: &Index, query: &Query, story: &IndexedStory, group: &Group) -> f32 {
    let sum = story.sum(query.tongue);
    if sum.is_empty() {
        return group.members.first().map_or(0.0, |likeness| likeness.cosine);
    }
    let (mut dot, mut norm) = (0.0, 0.0);
    for summed in sum {
        let idf = (query.log_total - index.vocabulary.log_commonness(summed.term)).max(0.0);
        let weight = summed.weight() * idf;
        norm += weight * weight;
        if let Some((_, query)) = query.term(summed.term) {
            dot += weight * query.weight * idf;
        }
    }
    if norm > 0.0 && query.norm > 0.0 { dot / (norm * query.norm).sqrt() } else { 0.0 }
}

/// Seconds between an entry and a story's members.
struct Times {
    nearest: i64,
    farthest: i64,
}

impl Times {
    fn of(index: &Index, story: &IndexedStory, now: i64) -> Option<Self> {
        let apart = |slot: &u32| index.glance(*slot).map(|glance| (glance.published - now).abs());
        let looked_at = || story.members.iter().rev().take(MEMBERS_LOOKED_AT).chain(story.members.first());
        let nearest = looked_at().filter_map(apart).min()?;
        Some(Self { nearest, farthest: looked_at().filter_map(apart).max().unwrap_or(nearest) })
    }
}

/// A candidate that is not weighed yet.
fn candidate(
    index: &Index,
    query: &Query,
    prepared: &Prepared,
    group: &Group,
    story: &IndexedStory,
    times: &Times,
    rival: f32,
) -> Option<Candidate> {
    let best = group.members.first()?;
    let nearest = index.document(best.slot)?;
    let shared = shared_terms(query, nearest);
    let top = group.members.iter().take(3);
    let mean = top.clone().map(|likeness| likeness.cosine).sum::<f32>() / group.members.len().min(3) as f32;
    let title = group.members.iter().map(|likeness| likeness.title).fold(0.0, f32::max);
    let cover = group.members.iter().map(|likeness| likeness.cover).fold(0.0, f32::max);
    let rarest = shared.iter().map(|(_, _, term)| term.idf).fold(0.0, f32::max);
    let titled: f32 =
        shared.iter().filter(|(_, held, term)| held.in_title() || term.in_title).map(|(_, _, term)| term.idf).sum();
    let names: f32 =
        shared.iter().filter(|(_, held, term)| held.name() || term.name).map(|(_, _, term)| term.idf).sum();
    let (agree, conflict) = numbers(query, nearest, &shared);
    let shorter = query.known.min(nearest.terms.len()).max(1) as f32;
    let source = index.source_number(&prepared.source);
    let of_source = |&slot: &u32| index.glance(slot).is_some_and(|member| Some(member.source) == source);
    let same_source = story.members.iter().rev().take(MEMBERS_LOOKED_AT).any(of_source);
    let apart = NamesApart::of(&prepared.marks, &nearest.marks);
    let days = |seconds: i64| seconds as f32 / 86_400.0;
    let features = weights::features([
        1.0,
        mean,
        title,
        cover,
        group.whole,
        rival,
        rarest / 8.0,
        (shared.iter().filter(|(_, _, term)| term.idf > 3.5).count() as f32).ln_1p(),
        titled.ln_1p() / 4.0,
        names.ln_1p() / 4.0,
        days(times.nearest).min(4.0),
        days(times.farthest).min(8.0),
        (story.members.len() as f32).ln(),
        agree,
        conflict,
        shorter.ln() / 4.0,
        f32::from(u8::from(same_source)),
        best.cosine,
        apart.none_shared,
        apart.crossed,
        apart.lacking,
    ]);
    let mut shared: Vec<(usize, f32)> = shared.iter().map(|(place, _, term)| (*place, term.idf)).collect();
    shared.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    Some(Candidate { story: index.id_of(story), nearest: nearest.entry, shared, features, score: 0.0 })
}

/// The words that both have, each with its place among the entry's.
fn shared_terms<'q>(query: &'q Query, document: &Document) -> Vec<(usize, Weighted, &'q QueryTerm)> {
    let shared = |held: &Weighted| query.term(held.term()).map(|(place, term)| (place, *held, term));
    document.terms.iter().filter_map(shared).collect()
}

/// The share of the words of one title that stand in the other entry, weighed by rarity; of the two ways the greater.
pub(super) fn title_cover(index: &Index, query: &Query, member: &Document) -> f32 {
    likeness_of(index, query, member).cover
}

/// Whether numbers are shared that are in one of the titles, and whether both titles have numbers but none the same.
fn numbers(query: &Query, document: &Document, shared: &[(usize, Weighted, &QueryTerm)]) -> (f32, f32) {
    let agree =
        shared.iter().any(|(_, held, term)| term.number && (held.in_title() || term.in_title) && term.idf > 2.0);
    let title_agree = shared.iter().any(|(_, held, term)| term.number && held.in_title() && term.in_title);
    let both = document.terms.iter().any(|held| held.number() && held.in_title())
        && query.terms.iter().any(|term| term.number && term.in_title && term.term.is_some());
    (f32::from(u8::from(agree)), f32::from(u8::from(both && !title_agree)))
}

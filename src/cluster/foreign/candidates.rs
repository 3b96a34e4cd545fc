//! Which stories an entry might report that other languages tell: candidates with their features out.

use super::counts::{Counts, Held, MarkNumber};
use super::tables::TABLES;
use super::weights::{self, FEATURES};
use super::{Kind, Mark, NamesApart};
use crate::cluster::background::ARCHIVE;
use crate::cluster::document::Document;
use crate::cluster::index::Glance;
use crate::cluster::limits::{MEMBERS_LOOKED_AT, STORY_CANDIDATES};
use crate::cluster::places::Places;
use crate::cluster::{Index, Prepared, series, tally};
use crate::model::{EntryId, StoryId};

/// Of an entry's marks the weightiest that are looked up.
const LOOKED_UP: usize = 14;
/// Entries in other languages that are met under each.
const MET: usize = 96;
/// Entries compared in full.
const COMPARED: usize = 12;

/// A story with members in other languages that an entry might report.
#[derive(Debug, Clone)]
pub struct ForeignCandidate {
    /// The story.
    pub story: StoryId,
    /// The member in another language that is most like the entry.
    pub nearest: EntryId,
    /// What both have, the weightiest first, each with its rarity.
    pub(in crate::cluster) shared: Vec<(String, f32)>,
    /// What the decision is made of, in the order of [`super::feature_names`].
    pub features: [f32; FEATURES],
    /// How probable it is that both are of one event.
    pub score: f32,
}

/// An entry's marks as the index sees them.
struct Query {
    /// Each with its number and its rarity.
    marks: Vec<(Option<MarkNumber>, Mark, f32)>,
    places: Places,
    /// The rarity of the events in its title.
    events: f32,
    /// Whether there is a number in its title.
    number: bool,
    log_total: f32,
    norm: f32,
    title_norm: f32,
}

/// How alike an entry and a member are.
struct Likeness {
    slot: u32,
    story: u32,
    cosine: f32,
    title: f32,
    cover: f32,
    norm: f32,
    /// Shared rarity: places, persons and organisations, events, names, numbers.
    shared: [f32; 5],
    /// How many marks that are not common are shared.
    telling: f32,
    /// The share of the titles' events that the other entry lacks.
    apart: f32,
    /// 1 when both titles have numbers and share none.
    conflict: f32,
}

/// The stories with members in other languages that come into question, the likeliest first.
///
/// `window_seconds` bounds the time between the entry and the nearest of those members.
pub fn candidates(index: &Index, prepared: &Prepared, window_seconds: i64) -> Vec<ForeignCandidate> {
    if prepared.form.alone || !index.counts.others(prepared.tongue) {
        return Vec::new();
    }
    let query = Query::new(index, prepared);
    let mut alike = alike(index, &query, prepared, window_seconds);
    alike.sort_by(|a, b| b.cosine.total_cmp(&a.cosine).then(a.slot.cmp(&b.slot)));
    let mut groups: Vec<(u32, Vec<Likeness>)> = Vec::new();
    for likeness in alike {
        match groups.iter_mut().find(|(story, _)| *story == likeness.story) {
            Some((_, members)) => members.push(likeness),
            None => groups.push((likeness.story, vec![likeness])),
        }
    }
    groups.truncate(STORY_CANDIDATES);
    let best = |members: &[Likeness]| members.first().map_or(0.0, |likeness| likeness.cosine);
    let mut found: Vec<ForeignCandidate> = groups
        .iter()
        .filter_map(|(story, members)| {
            let rival = groups.iter().filter(|(other, _)| other != story).map(|(_, others)| best(others));
            candidate(index, &query, prepared, *story, members, rival.fold(0.0, f32::max))
        })
        .collect();
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    found
}

impl Query {
    fn new(index: &Index, prepared: &Prepared) -> Self {
        let log_total = (index.len() as f32 + ARCHIVE).ln();
        let numbers: Vec<_> = prepared.marks.iter().map(|mark| index.counts.number(mark.id)).collect();
        let places = Places::of(numbers.iter().copied());
        let marks = Vec::with_capacity(numbers.len());
        let mut query = Self { marks, places, events: 0.0, number: false, log_total, norm: 0.0, title_norm: 0.0 };
        for (&mark, number) in prepared.marks.iter().zip(numbers) {
            let common = number
                .map_or_else(|| Counts::log_commonness_of_new(mark.kind), |number| index.counts.log_commonness(number));
            let idf = query.rarity(common, mark.kind);
            query.norm += (mark.weight * idf).powi(2);
            if mark.in_title {
                query.title_norm += (mark.weight * idf).powi(2);
            }
            query.events += title_event(mark.in_title, mark.kind, idf);
            query.number |= mark.in_title && mark.kind == Kind::Number;
            query.marks.push((number, mark, idf));
        }
        query
    }

    /// The entry's mark of that number, with its rarity.
    fn mark(&self, number: MarkNumber) -> Option<(&Mark, f32)> {
        let (_, mark, idf) = self.marks.get(self.places.get(number)?)?;
        Some((mark, *idf))
    }

    fn rarity(&self, log_commonness: f32, kind: Kind) -> f32 {
        (self.log_total - log_commonness).max(0.0) * weights::of_kind(kind)
    }
}

/// The rarity of an event in a title, nothing of anything else.
fn title_event(in_title: bool, kind: Kind, idf: f32) -> f32 {
    if in_title && kind == Kind::Event { idf } else { 0.0 }
}

fn alike(index: &Index, query: &Query, prepared: &Prepared, window_seconds: i64) -> Vec<Likeness> {
    let now = prepared.published.timestamp();
    let mut heaviest: Vec<(MarkNumber, f32, f32)> =
        query.marks.iter().filter_map(|&(number, mark, idf)| Some((number?, mark.weight, idf))).collect();
    heaviest.sort_by(|a, b| (b.1 * b.2).total_cmp(&(a.1 * a.2)).then(a.0.cmp(&b.0)));
    let own = index.slot(prepared.id);
    let near = |glance: &Glance| {
        glance.tongue != prepared.tongue && !glance.alone && (glance.published - now).abs() <= window_seconds
    };
    let fits = |slot: u32| index.glance(slot).is_some_and(near) && Some(slot) != own;
    let ranked = tally::greatest(index.slots(), COMPARED, fits, |tally| {
        for (number, weight, idf) in heaviest.into_iter().take(LOOKED_UP) {
            tally.add(index.counts.newest(number, prepared.tongue).take(MET), weight * idf * idf);
        }
    });
    let likeness = |slot| Some(Likeness { slot, ..likeness(index, query, index.document(slot)?) });
    ranked.into_iter().filter_map(likeness).collect()
}

fn likeness(index: &Index, query: &Query, document: &Document) -> Likeness {
    let (mut dot, mut norm, mut title_dot, mut title_norm) = (0.0, 0.0, 0.0, 0.0);
    let mut shared = [0.0; 5];
    let (mut telling, mut agree, mut held_number) = (0.0, false, false);
    // Of the events in both titles the rarity, and of those the rarity that the other entry lacks.
    let (mut events, mut apart) = (query.events, query.events);
    for held in &document.marks {
        let idf = query.rarity(index.counts.log_commonness(held.number), held.kind);
        let weight = held.weight() * idf;
        norm += weight * weight;
        if held.in_title {
            title_norm += weight * weight;
            held_number |= held.kind == Kind::Number;
        }
        let event = title_event(held.in_title, held.kind, idf);
        events += event;
        let Some((mark, idf)) = query.mark(held.number) else {
            apart += event;
            continue;
        };
        apart -= title_event(mark.in_title, mark.kind, idf);
        dot += weight * mark.weight * idf;
        let rarity = idf * mark.weight.min(held.weight());
        if let Some(sum) = shared.get_mut(of_kind(held.kind)) {
            *sum += rarity * if mark.in_title || held.in_title { 1.0 } else { 0.6 };
        }
        telling += f32::from(u8::from(rarity > 2.5));
        if mark.in_title && held.in_title {
            title_dot += weight * mark.weight * idf;
        }
        agree |= held.kind == Kind::Number && held.in_title && mark.in_title;
    }
    let ratio = |part: f32, whole: f32| if whole > 0.0 { part / whole } else { 0.0 };
    Likeness {
        slot: 0,
        story: document.story,
        cosine: ratio(dot, (norm * query.norm).sqrt()),
        title: ratio(title_dot, (title_norm * query.title_norm).sqrt()),
        cover: ratio(dot, norm.min(query.norm)).min(1.0),
        norm,
        shared,
        telling,
        apart: ratio(apart.max(0.0), events),
        conflict: f32::from(u8::from(query.number && held_number && !agree)),
    }
}

fn of_kind(kind: Kind) -> usize {
    match kind {
        Kind::Place => 0,
        Kind::Name => 1,
        Kind::Event => 2,
        Kind::Skeleton | Kind::Link => 3,
        Kind::Number => 4,
    }
}

fn candidate(
    index: &Index,
    query: &Query,
    prepared: &Prepared,
    number: u32,
    members: &[Likeness],
    rival: f32,
) -> Option<ForeignCandidate> {
    let story = index.story(number)?;
    if series::refuses(index, prepared, story) {
        return None;
    }
    let best = members.first()?;
    let nearest = index.document(best.slot)?;
    let now = prepared.published.timestamp();
    let foreign = |slot: &u32| index.glance(*slot).filter(|member| member.tongue != prepared.tongue);
    let since = |member: &Glance| (member.published - now).abs();
    let hours = story.members.iter().rev().take(MEMBERS_LOOKED_AT).filter_map(foreign).map(since).min()?;
    let top = members.iter().take(3);
    let mean = top.clone().map(|likeness| likeness.cosine).sum::<f32>() / members.len().min(3) as f32;
    let most = |feature: fn(&Likeness) -> f32| members.iter().take(3).map(feature).fold(0.0, f32::max);
    let apart = NamesApart::of(&prepared.marks, &nearest.marks);
    let log = |rarity: f32| rarity.ln_1p() / 3.0;
    let features = [
        1.0,
        best.cosine,
        mean,
        most(|likeness| likeness.title),
        most(|likeness| likeness.cover),
        rival,
        log(best.shared[0]),
        log(best.shared[1]),
        log(best.shared[2]),
        log(best.shared[3]),
        log(best.shared[4]),
        best.telling.ln_1p(),
        (hours as f32 / 86_400.0).min(4.0),
        (story.members.len() as f32).ln(),
        best.norm.min(query.norm).max(1.0).ln() / 4.0,
        best.apart,
        best.conflict,
        apart.none_shared,
        apart.crossed,
        apart.lacking,
    ];
    let shared = shared(query, &nearest.marks);
    let score = weights::probability(&features);
    Some(ForeignCandidate { story: index.id_of(story), nearest: nearest.entry, shared, features, score })
}

/// What both have, by name where the tables know one.
fn shared(query: &Query, held: &[Held]) -> Vec<(String, f32)> {
    let both = |number: Option<MarkNumber>| {
        number.is_some_and(|number| held.binary_search_by_key(&number, |held| held.number).is_ok())
    };
    let name = |mark: &Mark| match TABLES.known.get(mark.id as usize) {
        Some(known) => known.name.to_owned(),
        None if mark.kind == Kind::Number => "a number".to_owned(),
        None if mark.kind == Kind::Link => "a link".to_owned(),
        None => "a name".to_owned(),
    };
    let mut shared: Vec<(String, f32)> =
        query.marks.iter().filter(|(number, ..)| both(*number)).map(|(_, mark, idf)| (name(mark), *idf)).collect();
    shared.sort_by(|a, b| b.1.total_cmp(&a.1));
    shared
}

//! How the features of a story in other languages make a probability: a logistic regression, a weight a row.
//!
//! Learned by `examples/train_foreign.rs` (docs/STORIES.md says on what). A positive weight speaks for one event.

use super::Kind;

/// How many features a candidate has.
pub const FEATURES: usize = WEIGHTS.len();

/// A feature's name and weight, in the order in which `candidates` computes them.
#[rustfmt::skip]
const WEIGHTS: [(&str, f32); 17] = [
    ("bias", -2.87),        // always 1: two reports are of different events until something speaks for it
    ("cosine", 1.15),       // cosine of the marks with the most alike member
    ("mean", 1.39),         // the same, mean of up to three members
    ("title", 1.08),        // cosine of the titles' marks
    ("cover", 0.95),        // what is shared, as a share of the entry that has less
    ("rival", -0.76),       // cosine with the most alike other story
    ("places", 0.75),       // logarithm of the shared rarity of places
    ("known", 0.25),        // the same of persons and organisations
    ("events", 0.55),       // the same of events
    ("names", 1.42),        // the same of names that no table knows
    ("numbers", 2.66),      // the same of numbers
    ("telling", 0.53),      // logarithm of how many rare marks are shared
    ("nearest", -2.29),     // days between the entry and the nearest member
    ("size", -0.09),        // logarithm of the number of members
    ("shorter", 0.35),      // how much the entry with less has
    ("apart", -0.14),       // share of the titles' events that the other entry lacks
    ("conflict", -0.52),    // 1 when both titles have numbers and share none
];

/// The features' names, in their order.
pub fn feature_names() -> [&'static str; FEATURES] {
    WEIGHTS.map(|(name, _)| name)
}

/// The probability that the weights give to features.
pub(super) fn probability(features: &[f32; FEATURES]) -> f32 {
    let sum: f32 = features.iter().zip(WEIGHTS).map(|(feature, (_, weight))| feature * weight).sum();
    1.0 / (1.0 + (-sum).exp())
}

/// What a mark's rarity counts for, by its kind.
pub(super) fn of_kind(kind: Kind) -> f32 {
    match kind {
        Kind::Place | Kind::Name => 1.0,
        Kind::Event => 0.9,
        Kind::Skeleton => 0.6,
        Kind::Number => 0.7,
    }
}

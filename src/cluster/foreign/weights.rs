//! How the features of a story in other languages make a probability: a logistic regression, a weight a row.
//!
//! Learned by `cargo run --example train -- foreign` (docs/STORIES.md says on what). A positive weight speaks for one
//! event.

use super::Kind;

/// How many features a candidate has.
pub const FEATURES: usize = WEIGHTS.len();

/// A feature's name and weight, in the order in which `candidates` computes them.
#[rustfmt::skip]
const WEIGHTS: [(&str, f32); 20] = [
    ("bias", -2.66),        // always 1: two reports are of different events until something speaks for it
    ("cosine", 1.16),       // cosine of the marks with the most alike member
    ("mean", 1.02),         // the same, mean of up to three members
    ("title", 1.13),        // cosine of the titles' marks
    ("cover", 0.89),        // what is shared, as a share of the entry that has less
    ("rival", -0.57),       // cosine with the most alike other story
    ("places", 0.90),       // logarithm of the shared rarity of places
    ("known", 0.37),        // the same of persons and organisations
    ("events", 0.30),       // the same of events
    ("names", 1.40),        // the same of names that no table knows
    ("numbers", 2.42),      // the same of numbers
    ("telling", 0.64),      // logarithm of how many rare marks are shared
    ("nearest", -2.26),     // days between the entry and the nearest member
    ("size", -0.09),        // logarithm of the number of members
    ("shorter", 0.27),      // how much the entry with less has
    ("apart", -0.21),       // share of the titles' events that the other entry lacks
    ("conflict", -0.46),    // 1 when both titles have numbers and share none
    ("no name shared", 0.09), // 1 when both titles name places, persons or organisations, and none is in both
    ("names crossed", -0.65), // 1 when each title has such a name that the other entry lacks
    ("names lacking", -0.35), // share of such names that the other entry lacks
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
        // No set that weights are learned from has links: they count as names that no table knows.
        Kind::Skeleton | Kind::Link => 0.6,
        Kind::Number => 0.7,
    }
}

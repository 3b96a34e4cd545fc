//! How the features of a candidate make a probability: a logistic regression, a weight and its meaning a row.
//!
//! Learned by `wiredesk`'s own streaming path over labelled entries (docs/STORIES.md says which); rounded to
//! two decimals. A positive weight speaks for one event.

/// A feature's name and weight, in the order in which `event::candidates` computes them.
#[rustfmt::skip]
pub(super) const WEIGHTS: [(&str, f32); 17] = [
    ("bias", -2.29),        // always 1: two reports are of different events until something speaks for it
    ("mean", 2.72),         // cosine with the story's most alike members, mean of up to three
    ("title", 1.69),        // cosine of the titles alone
    ("cover", 0.88),        // share of one title's rarity that stands in the other entry
    ("whole", 5.05),        // cosine with all members together
    ("rival", -3.54),       // the same with the most alike other story: look-alikes abound here
    ("rarest", 1.17),       // rarity of the rarest shared word, in units of 8
    ("breadth", 0.72),      // logarithm of how many rare words are shared: one alone may be a place
    ("titled", 0.70),       // logarithm of the shared rarity that stands in a title, in units of 4
    ("names", 1.22),        // logarithm of the shared rarity of names, in units of 4
    ("nearest", -0.94),     // days between the entry and the nearest member, at most 4
    ("farthest", -0.42),    // days between the entry and the farthest member, at most 8
    ("size", -0.13),        // logarithm of the number of members: the large are met by chance
    ("agree", 0.68),        // 1 when a telling number of a title is shared
    ("conflict", -0.99),    // 1 when both titles have numbers and share none
    ("shorter", -2.20),     // logarithm of the fewer words, in units of 4: short texts are alike sooner
    ("same source", -1.07), // 1 when the source has a member in the story: it reports an event once
];

/// The probability that the weights give to features.
pub(super) fn probability(features: &[f32; WEIGHTS.len()]) -> f32 {
    let sum: f32 = features.iter().zip(WEIGHTS).map(|(feature, (_, weight))| feature * weight).sum();
    1.0 / (1.0 + (-sum).exp())
}

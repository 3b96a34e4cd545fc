//! How the features of a candidate make a probability: a logistic regression, a weight and its meaning a row.
//!
//! Learned by `wiredesk`'s own streaming path over labelled entries (docs/STORIES.md says which); rounded to
//! two decimals. A positive weight speaks for one event. Behind the plain features stand products of two of them, and
//! what one exceeds a bound by: a sum of plain features cannot say that what is shared counts for less where look-alikes
//! abound, or that short texts are alike sooner.

/// How many plain features there are.
const PLAIN: usize = 21;

const COVER: usize = 3;
const RIVAL: usize = 5;
const RAREST: usize = 6;
const BREADTH: usize = 7;
const NAMES: usize = 9;
const NEAREST: usize = 10;
const SIZE: usize = 12;
const AGREE: usize = 13;
const SHORTER: usize = 15;
const SAME_SOURCE: usize = 16;
const BEST: usize = 17;

/// What a feature behind the plain ones is made of.
#[derive(Debug, Clone, Copy)]
enum Made {
    /// Two plain ones, multiplied.
    Product(usize, usize),
    /// What a plain one exceeds a bound by.
    Above(usize, f32),
}

use Made::{Above, Product};

/// Features made of plain ones, chosen one after the other by what each adds on sets that were left out of learning.
const MADE: [Made; 14] = [
    Product(COVER, RIVAL),
    Product(NEAREST, SHORTER),
    Product(SIZE, SHORTER),
    Above(BEST, 0.25),
    Product(RAREST, SHORTER),
    Product(SIZE, SAME_SOURCE),
    Product(NEAREST, SIZE),
    Product(RIVAL, SHORTER),
    Product(BREADTH, BEST),
    Product(RAREST, AGREE),
    Above(RIVAL, 0.15),
    Product(RIVAL, SIZE),
    Product(NAMES, SHORTER),
    Product(COVER, SHORTER),
];

/// How many features a candidate has.
pub const FEATURES: usize = PLAIN + MADE.len();

/// A weight for each feature.
pub type Weights = [f32; FEATURES];

/// A feature's name and weight: the plain ones in the order in which `event::candidates` computes them.
#[rustfmt::skip]
const ROWS: [(&str, f32); FEATURES] = [
    ("bias", -3.54),        // always 1: two reports are of different events until something speaks for it
    ("mean", 2.31),         // cosine with the story's most alike members, mean of up to three
    ("title", 1.61),        // cosine of the titles alone
    ("cover", -0.39),       // share of one title's rarity that stands in the other entry, the greater of the two
    ("whole", 5.31),        // cosine with all members together
    ("rival", 2.49),        // the same with the most alike other story: look-alikes abound here
    ("rarest", 0.76),       // rarity of the rarest shared word, in units of 8
    ("breadth", 0.33),      // logarithm of how many rare words are shared: one alone may be a place
    ("titled", 2.18),       // logarithm of the shared rarity that stands in a title, in units of 4
    ("names", -1.06),       // logarithm of the shared rarity of names, in units of 4
    ("nearest", -2.21),     // days between the entry and the nearest member, at most 4
    ("farthest", -0.01),    // days between the entry and the farthest member, at most 8
    ("size", 0.90),         // logarithm of the number of members: the large are met by chance
    ("agree", -2.36),       // 1 when a telling number of a title is shared
    ("conflict", -1.14),    // 1 when both titles have numbers and share none
    ("shorter", -3.37),     // logarithm of the fewer words, in units of 4: short texts are alike sooner
    ("same source", -2.07), // 1 when the source has a member in the story: it reports an event once
    ("best", 1.83),         // cosine with the most alike member
    ("no name shared", -0.02), // 1 when both titles name places, persons or organisations, and none is in both
    ("names crossed", -1.61), // 1 when each title has such a name that the other entry lacks
    ("names lacking", 1.18), // share of such names that the other entry lacks
    ("cover × rival", -4.67),
    ("nearest × shorter", 1.37),
    ("size × shorter", -1.20),
    ("best > .25", -5.68),
    ("rarest × shorter", 1.57),
    ("size × same source", 0.44),
    ("nearest × size", -0.89),
    ("rival × shorter", -5.65),
    ("breadth × best", 1.31),
    ("rarest × agree", 3.67),
    ("rival > .15", 0.30),
    ("rival × size", -0.72),
    ("names × shorter", 2.53),
    ("cover × shorter", 2.61),
];

/// The weights that are compiled in.
pub const LEARNED: Weights = {
    let mut weights = [0.0; FEATURES];
    let mut at = 0;
    while at < FEATURES {
        weights[at] = ROWS[at].1;
        at += 1;
    }
    weights
};

/// The features' names, in their order.
pub fn feature_names() -> [&'static str; FEATURES] {
    ROWS.map(|(name, _)| name)
}

/// All features, of the plain ones.
pub(super) fn features(plain: [f32; PLAIN]) -> [f32; FEATURES] {
    let mut features = [0.0; FEATURES];
    features[..PLAIN].copy_from_slice(&plain);
    for (feature, made) in features[PLAIN..].iter_mut().zip(MADE) {
        *feature = match made {
            Product(first, second) => plain[first] * plain[second],
            Above(which, bound) => (plain[which] - bound).max(0.0),
        };
    }
    features
}

/// The probability that weights give to features.
pub(super) fn probability(features: &[f32; FEATURES], weights: &Weights) -> f32 {
    let sum: f32 = features.iter().zip(weights).map(|(feature, weight)| feature * weight).sum();
    1.0 / (1.0 + (-sum).exp())
}

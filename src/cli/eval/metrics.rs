//! How well found stories agree with the true ones: BCubed and pairwise precision, recall and F1.

use std::collections::BTreeMap;

use serde::Serialize;

/// Precision, recall and their harmonic mean, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Measure {
    pub(super) precision: f64,
    pub(super) recall: f64,
    pub(super) f1: f64,
}

impl Measure {
    fn new(precision: f64, recall: f64) -> Self {
        let sum = precision + recall;
        Self { precision, recall, f1: if sum > 0.0 { 2.0 * precision * recall / sum } else { 0.0 } }
    }
}

/// What is measured of a set of entries.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Measures {
    pub(super) entries: usize,
    pub(super) stories_true: usize,
    pub(super) stories_found: usize,
    /// Of an average entry (Bagga and Baldwin 1998): the share of the entries in its found story that are of its
    /// true one, and the share of the entries of its true story that are in its found one; itself counts.
    pub(super) bcubed: Measure,
    /// Of the pairs of entries that share a found story, the share that share a true one, and the other way
    /// round; 1 where there are no pairs.
    pub(super) pairwise: Measure,
    /// The share of the entries that are filed under another story: their found story is, by the label of most of
    /// its entries, another than theirs. One less the purity.
    pub(super) misfiled: f64,
    /// Of the found stories of two and more entries, the share that hold entries of several true ones.
    pub(super) mixed: f64,
}

/// What several sets come to, every set counting alike, whatever its size.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Mean {
    pub(super) bcubed: Measure,
    pub(super) pairwise: Measure,
    pub(super) misfiled: f64,
    pub(super) mixed: f64,
}

/// The mean of each figure: of the F1s too, not the F1 of the means. `None` of nothing.
pub(super) fn mean(sets: &[Measures]) -> Option<Mean> {
    let of = |figure: &dyn Fn(&Measures) -> f64| sets.iter().map(figure).sum::<f64>() / sets.len() as f64;
    let measure = |which: fn(&Measures) -> Measure| Measure {
        precision: of(&|set| which(set).precision),
        recall: of(&|set| which(set).recall),
        f1: of(&|set| which(set).f1),
    };
    (!sets.is_empty()).then(|| Mean {
        bcubed: measure(|set| set.bcubed),
        pairwise: measure(|set| set.pairwise),
        misfiled: of(&|set| set.misfiled),
        mixed: of(&|set| set.mixed),
    })
}

/// Measures pairs of (true story, found story), one an entry.
pub(super) fn measures<'a>(labels: impl IntoIterator<Item = (&'a str, &'a str)>) -> Measures {
    let mut truth: BTreeMap<&str, u64> = BTreeMap::new();
    let mut found: BTreeMap<&str, u64> = BTreeMap::new();
    let mut both: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    let mut entries = 0;
    for (true_story, found_story) in labels {
        entries += 1;
        *truth.entry(true_story).or_default() += 1;
        *found.entry(found_story).or_default() += 1;
        *both.entry((true_story, found_story)).or_default() += 1;
    }
    // Of every found story: the entries of its commonest true one, and how many true ones it holds.
    let mut held: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    let (mut precision, mut recall) = (0.0, 0.0);
    for ((true_story, found_story), &count) in &both {
        let of = |counts: &BTreeMap<&str, u64>, story| counts.get(story).map_or(1.0, |&count| count as f64);
        let square = (count * count) as f64;
        precision += square / of(&found, found_story);
        recall += square / of(&truth, true_story);
        let (most, kinds) = held.entry(found_story).or_default();
        *most = count.max(*most);
        *kinds += 1;
    }
    let rightly: u64 = held.values().map(|(most, _)| most).sum();
    let several = found.values().filter(|&&count| count > 1).count();
    let mixing = held.values().filter(|(_, kinds)| *kinds > 1).count();
    let average = |sum: f64| if entries == 0 { 0.0 } else { sum / entries as f64 };
    let pairs =
        |counts: &mut dyn Iterator<Item = &u64>| counts.map(|&count| count * (count - 1) / 2).sum::<u64>() as f64;
    let (right, claimed, wanted) = (pairs(&mut both.values()), pairs(&mut found.values()), pairs(&mut truth.values()));
    let share = |whole: f64| if whole > 0.0 { right / whole } else { 1.0 };
    Measures {
        entries,
        stories_true: truth.len(),
        stories_found: found.len(),
        bcubed: Measure::new(average(precision), average(recall)),
        pairwise: Measure::new(share(claimed), share(wanted)),
        misfiled: average(entries as f64 - rightly as f64),
        mixed: if several == 0 { 0.0 } else { mixing as f64 / several as f64 },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `labels`: a letter pair an entry, the true story and the found one.
    fn check(labels: &str, bcubed: (f64, f64), pairwise: (f64, f64)) {
        let measured = measures(labels.split(' ').map(|pair| pair.split_at(1)));
        let near = |measure: Measure, (precision, recall): (f64, f64)| {
            (measure.precision - precision).abs() < 1e-9 && (measure.recall - recall).abs() < 1e-9
        };
        assert!(near(measured.bcubed, bcubed) && near(measured.pairwise, pairwise), "{labels}: {measured:?}");
    }

    #[test]
    fn measures_follow_their_definitions() {
        check("ax ax by", (1.0, 1.0), (1.0, 1.0));
        // All in one: a, a and b in x. BCubed precision (2/3 + 2/3 + 1/3) / 3.
        check("ax ax bx", (5.0 / 9.0, 1.0), (1.0 / 3.0, 1.0));
        // All alone.
        check("ax ay bz", (1.0, (0.5 + 0.5 + 1.0) / 3.0), (1.0, 0.0));
        // Nothing to pair.
        check("ax by", (1.0, 1.0), (1.0, 1.0));
    }

    #[test]
    fn what_is_filed_under_another_story_is_a_share() {
        let of = |labels: &str| {
            let measured = measures(labels.split(' ').map(|pair| pair.split_at(1)));
            (measured.misfiled, measured.mixed)
        };
        assert_eq!(of("ax ax bx by"), (0.25, 1.0));
        assert_eq!(of("ax ax bx by by cz"), (1.0 / 6.0, 0.5));
        assert_eq!(of("ax bx"), (0.5, 1.0));
        assert_eq!(of("ax by"), (0.0, 0.0));
    }

    #[test]
    fn sets_count_alike() {
        let set = |labels: &str| measures(labels.split(' ').map(|pair| pair.split_at(1)));
        let mean = mean(&[set("ax ax ax ax"), set("ax bx")]).expect("two sets");
        assert_eq!((mean.bcubed.precision, mean.bcubed.recall, mean.misfiled), (0.75, 1.0, 0.25));
        assert!((mean.bcubed.f1 - (1.0 + 2.0 / 3.0) / 2.0).abs() < 1e-9);
    }

    #[test]
    fn nothing_measured_is_no_division_by_zero() {
        let measured = measures([]);
        assert_eq!((measured.entries, measured.bcubed.f1, measured.misfiled), (0, 0.0, 0.0));
        assert_eq!(mean(&[]), None);
    }
}

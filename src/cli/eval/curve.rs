//! What every threshold would give: the same filing over a range of them.

use serde::Serialize;

use super::filing::{self, Rules};
use super::labelled::Labelled;
use super::metrics::{Measures, mean};
use super::report::{Row, grouped, of};
use crate::cluster;
use crate::config::MATCH_LEVELS;

/// A threshold and what it gives.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Point {
    pub(super) threshold: f32,
    /// The match levels that stand for it.
    pub(super) levels: Vec<&'static str>,
    pub(super) all: Measures,
    /// BCubed F1, mean over the sets; that of all where there is one.
    pub(super) mean_f1: f64,
}

/// The curve from .20 to .95 in steps of .05, and at every match level. Files everything once a point.
pub(super) fn curve(entries: &[Labelled], arrival: &[usize], rules: &Rules) -> Vec<Point> {
    let levels = MATCH_LEVELS.iter().filter_map(|&(name, level)| Some((name, cluster::event_threshold(level)?)));
    let levels: Vec<(&str, f32)> = levels.collect();
    let mut thresholds: Vec<f32> = (4..20_u8).map(|step| f32::from(step) * 0.05).collect();
    thresholds.extend(levels.iter().map(|(_, threshold)| threshold));
    thresholds.sort_by(f32::total_cmp);
    thresholds.dedup_by(|a, b| (*a - *b).abs() < 0.001);
    let point = |threshold: f32| {
        let rules = Rules { threshold: Some(threshold), ..rules.clone() };
        let filing = filing::file(entries, arrival, &rules, false);
        let rows: Vec<Row<'_>> =
            entries.iter().zip(&filing.filed).map(|(entry, filed)| Row { entry, story: &filed.story }).collect();
        let sets: Vec<Measures> =
            grouped(&rows, |labelled| &labelled.set).values().map(|rows| of(rows.iter().copied())).collect();
        Point {
            threshold,
            levels: levels.iter().filter(|(_, at)| (at - threshold).abs() < 0.001).map(|(name, _)| *name).collect(),
            all: of(rows.iter()),
            mean_f1: mean(&sets).map_or(0.0, |mean| mean.bcubed.f1),
        }
    };
    thresholds.into_iter().map(point).collect()
}

/// The point with the best precision among those with at least this recall, both BCubed.
pub(super) fn at_recall(points: &[Point], recall: f64) -> Option<&Point> {
    let enough = points.iter().filter(|point| point.all.bcubed.recall >= recall);
    enough.max_by(|a, b| a.all.bcubed.precision.total_cmp(&b.all.bcubed.precision))
}

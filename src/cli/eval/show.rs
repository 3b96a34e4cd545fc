//! The worst merges and splits for people: both sides one under the other, wrapped to the width of the terminal.

use chrono::SecondsFormat;

use super::errors::{Errors, Merge, Side, Split};
use crate::cli::parse::lines::Lines;
use crate::model::Reason;

/// Where the values begin.
const COLUMN: usize = 15;
/// Rows of a title, and of evidence.
const TITLE_ROWS: usize = 2;
const EVIDENCE_ROWS: usize = 5;

/// The account of the errors, for a terminal of `width` columns; with `colour`, what decides stands out.
pub(super) fn errors(errors: &Errors, width: usize, colour: bool) -> String {
    let mut lines = Lines::new(width);
    lines.gap();
    lines.put("", 0, &heading("merges", errors.merges.len(), errors.merge_count, "wrongly together"), 2);
    for (number, merge) in (1..).zip(&errors.merges) {
        show_merge(&mut lines, number, merge);
    }
    lines.gap();
    lines.put("", 0, &heading("splits", errors.splits.len(), errors.split_count, "wrongly apart"), 2);
    for (number, split) in (1..).zip(&errors.splits) {
        show_split(&mut lines, number, split);
    }
    let text = lines.finish();
    if colour { coloured(&text) } else { text }
}

fn heading(kind: &str, shown: usize, all: usize, harm: &str) -> String {
    format!("Worst {kind}, {shown} of {all}, by the pairs of entries that are {harm}")
}

fn show_merge(lines: &mut Lines, number: usize, merge: &Merge) {
    lines.gap();
    let head = format!("{}, {}", pairs(merge.pairs), decided(merge.level, merge.score));
    lines.put(&format!("{number:>3}."), 5, &head, 1);
    side(lines, "entry", &merge.entry);
    side(lines, "joined", &merge.member);
    value(lines, "because", &merge.evidence, EVIDENCE_ROWS);
}

fn show_split(lines: &mut Lines, number: usize, split: &Split) {
    lines.gap();
    lines.put(&format!("{number:>3}."), 5, &format!("{}, {}", pairs(split.pairs), split.refused), 2);
    side(lines, "entry", &split.entry);
    side(lines, "not with", &split.mate);
    let score = split.best_score.map_or_else(|| "none".to_owned(), |score| format!("{score:.2}"));
    let words: Vec<String> = split.shared.iter().map(|(word, rarity)| format!("{word} {rarity:.1}")).collect();
    let words = if words.is_empty() { "nothing".to_owned() } else { words.join(", ") };
    value(lines, "score", &format!("{score}; shares {words}"), EVIDENCE_ROWS);
    let instead = match split.level {
        Reason::First => "opened a story of its own".to_owned(),
        level => format!("joined another, {}: {}", decided(level, split.score), split.evidence),
    };
    value(lines, "instead", &instead, EVIDENCE_ROWS);
}

fn side(lines: &mut Lines, label: &str, side: &Side) {
    let title = if side.title.is_empty() { "(no title)" } else { &side.title };
    value(lines, label, title, TITLE_ROWS);
    let time = side.time.to_rfc3339_opts(SecondsFormat::Secs, true);
    let lang = if side.lang.is_empty() { "no language" } else { &side.lang };
    value(lines, "", &format!("[{}] {}, {time}, {lang}", side.story, side.source), TITLE_ROWS);
}

fn value(lines: &mut Lines, label: &str, text: &str, rows: usize) {
    // Marks that turn the direction of writing round would turn what stands beside a title.
    let text: String =
        text.chars().filter(|c| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')).collect();
    lines.put(&format!("     {label}"), COLUMN, &text, rows);
}

fn pairs(count: u64) -> String {
    if count == 1 { "1 pair".to_owned() } else { format!("{count} pairs") }
}

fn decided(level: Reason, score: f32) -> String {
    match level {
        Reason::Event => format!("event at {score:.2}"),
        Reason::First => "opened".to_owned(),
        Reason::Ruling => "ruling".to_owned(),
        level => format!("same {}", level.as_str()),
    }
}

/// Bold headings: rows that begin a section or a number.
fn coloured(text: &str) -> String {
    let bold = |row: &str| {
        row.starts_with("Worst ")
            || row.trim_start().starts_with(|c: char| c.is_ascii_digit()) && row.as_bytes().get(3) == Some(&b'.')
    };
    text.lines().map(|row| if bold(row) { format!("\u{1b}[1m{row}\u{1b}[0m\n") } else { format!("{row}\n") }).collect()
}

//! The status for a terminal: a summary, then a line for each source, and below it what is to be said of it.

use chrono::{DateTime, Utc};

use super::diagnosis::{State, Status, ago, span};
use crate::cli::parse::lines::{Lines, columns};

/// Columns behind the name: last answer, next check, entries a day, entries.
const BEHIND: usize = 12 + 11 + 8 + 10;
/// Rows of what is to be said of a source.
const ROWS: usize = 4;

/// The status, for a terminal of `width` columns.
pub(super) fn status(status: &Status, width: usize) -> String {
    let mut lines = Lines::new(width);
    lines.put("", 0, &summary(status), 3);
    let mut text = lines.finish();
    if status.sources.is_empty() {
        return text + &subscribers(status, width);
    }
    let room = width.saturating_sub(BEHIND + 3).max(12);
    let line = |mark: char, name: &str, [answer, next, rate, entries]: [&str; 4]| {
        let name = fit(name, room);
        let blank = " ".repeat(room.saturating_sub(columns(&name)));
        format!("{mark} {name}{blank} {answer:>12}{next:>11}{rate:>8}{entries:>10}\n")
    };
    text.push('\n');
    text += &line(' ', "source", ["last answer", "next check", "a day", "entries"]);
    for row in &status.sources {
        let rate = row.entries_per_day.map_or_else(|| "-".to_owned(), rate);
        let answer = row.last_answer.map_or_else(|| "never".to_owned(), |answer| ago(status.now, answer));
        let next = if row.gone { "never".to_owned() } else { next(row.next_check, status.now) };
        let mark = if matches!(row.state, State::Failing | State::Faulty) { '!' } else { ' ' };
        text += &line(mark, &row.name, [&answer, &next, &rate, &row.entries.to_string()]);
        let mut lines = Lines::new(width);
        lines.put("", 6, &row.diagnosis, ROWS);
        if let Some(push) = &row.push {
            lines.put("", 6, &push.words, ROWS);
        }
        text += &lines.finish();
    }
    text + &subscribers(status, width)
}

/// A line for each feed of ours that somebody is told of.
fn subscribers(status: &Status, width: usize) -> String {
    let mut text = String::new();
    for row in &status.subscribers {
        let mut lines = Lines::new(width);
        lines.put("", 2, &row.words, ROWS);
        text += &lines.finish();
    }
    if text.is_empty() { text } else { format!("\nfeeds of this desk\n{text}") }
}

fn summary(status: &Status) -> String {
    let count = |state: State| status.sources.iter().filter(|row| row.state == state).count();
    let sources = status.sources.len();
    let mut parts = vec![format!("{sources} {}", if sources == 1 { "source" } else { "sources" })];
    for (state, words) in [
        (State::Failing, "failing"),
        (State::Faulty, "with faults"),
        (State::New, "not asked yet"),
        (State::Silent, "silent"),
        (State::Ok, "well"),
    ] {
        let count = count(state);
        if count > 0 {
            parts.push(format!("{count} {words}"));
        }
    }
    let entries: u64 = status.sources.iter().map(|row| u64::from(row.entries)).sum();
    let (first, rest) = parts.split_at(1);
    let noun = if entries == 1 { "entry" } else { "entries" };
    format!("{}: {}; {entries} {noun}", first.concat(), rest.join(", "))
}

fn next(next: Option<DateTime<Utc>>, now: DateTime<Utc>) -> String {
    match next {
        Some(next) if next > now => format!("in {}", span(next - now)),
        _ => "now".to_owned(),
    }
}

fn rate(rate: f64) -> String {
    if rate < 10.0 { format!("{rate:.1}") } else { format!("{rate:.0}") }
}

/// A name on one line, cut to so many columns.
fn fit(name: &str, room: usize) -> String {
    let mut name: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if columns(&name) <= room {
        return name;
    }
    while columns(&name) >= room {
        name.pop();
    }
    name + "…"
}

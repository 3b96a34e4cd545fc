//! The accounts of stories for people, wrapped to the width of the terminal.

use chrono::{DateTime, Utc};

use super::account::{Account, Accounts, Member, Now, Side};
use crate::cli::parse::lines::Lines;

/// Where the values of a story begin, and those of its members.
const COLUMN: usize = 12;
const MEMBER_COLUMN: usize = 16;
/// Rows of a title or an address, and of evidence.
const ROWS: usize = 2;
const EVIDENCE_ROWS: usize = 6;
/// Members that are shown.
const MEMBERS: usize = 200;

/// The accounts, for a terminal of `width` columns; with `colour`, the titles stand out.
pub(super) fn accounts(accounts: &Accounts, width: usize, colour: bool) -> String {
    let mut lines = Lines::new(width);
    for (number, account) in accounts.stories.iter().enumerate() {
        if number > 0 {
            lines.gap();
        }
        story(&mut lines, account);
    }
    let text = lines.finish();
    if !colour {
        return text;
    }
    let is_title = |row: &str| {
        let number = row.trim_start_matches(['>', ' ']).split_once(". ").map(|(number, _)| number);
        row.starts_with("Story ") || number.is_some_and(|number| number.parse::<usize>().is_ok())
    };
    let bold = |row: &str| if is_title(row) { format!("\u{1b}[1m{row}\u{1b}[0m\n") } else { format!("{row}\n") };
    text.lines().map(bold).collect()
}

fn story(lines: &mut Lines, account: &Account) {
    lines.put("", 0, &format!("Story {}", account.story), ROWS);
    let mut line = |label: &str, text: &str, rows: usize| value(lines, &format!("  {label}"), COLUMN, text, rows);
    let counted = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    line(
        "holds",
        &format!(
            "{} of {}",
            counted(account.members.len(), "entry", "entries"),
            counted(account.publishers, "publisher", "publishers")
        ),
        ROWS,
    );
    line("since", &date(account.first_seen), ROWS);
    line("changed", &format!("{}, revision {}", date(account.updated), account.revision), ROWS);
    let lead = &account.lead;
    line("lead", &named(&lead.entry), ROWS);
    let next = lead.next.as_ref().map(|next| format!("; otherwise {} would", named(next))).unwrap_or_default();
    line("because", &format!("{}: {}{next}", lead.by, lead.because), EVIDENCE_ROWS);
    for (number, member) in (1..).zip(account.members.iter().take(MEMBERS)) {
        show_member(lines, number, member);
    }
    if account.members.len() > MEMBERS {
        lines.gap();
        lines.put("", 0, &format!("     … and {} more (--json has all)", account.members.len() - MEMBERS), 1);
    }
}

fn show_member(lines: &mut Lines, number: usize, member: &Member) {
    lines.gap();
    let mark = if member.asked { '>' } else { ' ' };
    value(lines, &format!("{mark}{number:>3}."), 6, &member.side.title, ROWS);
    let mut line =
        |label: &str, text: &str, rows: usize| value(lines, &format!("      {label}"), MEMBER_COLUMN, text, rows);
    line("from", &format!("{}, {}", member.side.source, date(member.published)), ROWS);
    line("page", member.url.as_deref().unwrap_or_default(), ROWS);
    line("id", &format!("{}, called {}", member.side.entry, member.key), ROWS);
    let level = member.level.in_words(member.score, number == 1);
    line("level", &level, 1);
    line("evidence", &member.evidence, EVIDENCE_ROWS);
    for ruling in &member.rulings {
        let note = ruling.note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
        let missing = match ruling.missing.as_slice() {
            [] => String::new(),
            missing => format!("; the desk does not have {}", missing.join(", ")),
        };
        line("ruling", &format!("{}, {}{note}{missing}", ruling.kind, ruling.place), EVIDENCE_ROWS);
    }
    if let Some(now) = &member.now {
        line("now", &now_words(now), EVIDENCE_ROWS);
        let next = now.next.as_ref().map(|next| format!("{:.2}: “{}” {}", next.score, next.title, next.story));
        line("next best", next.as_deref().unwrap_or("no other story came into question"), ROWS);
    }
}

/// What the machine would do with an entry if it came now.
fn now_words(now: &Now) -> String {
    let goes = match now.goes {
        "same" => format!("the machine agrees, by {}", now.level.as_str()),
        "other" => format!("the machine alone would choose another story, by {}", now.level.as_str()),
        _ => "the machine alone would open a story".to_owned(),
    };
    let evidence = if now.evidence.is_empty() { String::new() } else { format!(": {}", now.evidence) };
    let Some(refused) = now.refused else { return goes + &evidence };
    let score = match (now.score, now.threshold) {
        (Some(score), Some(threshold)) => format!(", {score:.2} of {threshold:.2}"),
        _ => String::new(),
    };
    let words: Vec<String> = now.shared.iter().map(|(word, rarity)| format!("{word} {rarity:.1}")).collect();
    let shared = if words.is_empty() { String::new() } else { format!("; shared {}", words.join(", ")) };
    format!("{goes}{evidence}; not this one: {refused}{score}{shared}")
}

fn named(side: &Side) -> String {
    format!("“{}” ({})", side.title, side.source)
}

fn date(date: DateTime<Utc>) -> String {
    date.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

fn value(lines: &mut Lines, label: &str, column: usize, text: &str, rows: usize) {
    // Marks that turn the direction of writing round would turn what stands beside a title.
    let text: String =
        text.chars().filter(|c| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')).collect();
    lines.put(label, column, &text, rows);
}

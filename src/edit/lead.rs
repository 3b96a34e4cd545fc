//! Chooses the entry that speaks for a story: its members in, one id out.

use std::cmp::{Ordering, Reverse};

use crate::config::LeadRule;
use crate::model::{Entry, EntryId, Sources};
use crate::text;

/// Chooses the lead among a story's members: the first rule that tells two of them apart decides.
///
/// Sources with `can_lead = false` lead only when nobody else can. What no rule decides, the time of publication
/// and then the id do, so the answer depends on the set of members alone. `None` without members.
pub fn lead(entries: &[Entry], sources: &Sources, rules: &[LeadRule]) -> Option<EntryId> {
    entries.iter().min_by(|a, b| preference(a, b, sources, rules).0).map(|entry| entry.id)
}

/// Who leads a story, and what decided against who would lead otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// The lead.
    pub lead: EntryId,
    /// Who would lead without it, and what told the two apart.
    pub next: Option<(EntryId, Decided)>,
}

/// What tells two members apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// One of them is of a source that leads only when nobody else can.
    CanLead,
    /// A configured rule.
    Rule(LeadRule),
    /// No rule: the earlier of the two.
    Published,
    /// No rule, and both are as old: the lower id.
    Id,
}

/// Chooses as [`lead`] does, and says why.
pub fn choice(entries: &[Entry], sources: &Sources, rules: &[LeadRule]) -> Option<Choice> {
    let best = |without: Option<EntryId>| {
        let others = entries.iter().filter(|entry| Some(entry.id) != without);
        others.min_by(|a, b| preference(a, b, sources, rules).0)
    };
    let lead = best(None)?;
    let next = best(Some(lead.id)).map(|next| (next.id, preference(lead, next, sources, rules).1));
    Some(Choice { lead: lead.id, next })
}

/// `Less` when `a` is preferred, and what decided.
fn preference(a: &Entry, b: &Entry, sources: &Sources, rules: &[LeadRule]) -> (Ordering, Decided) {
    let may_lead = |entry: &Entry| sources.get(&entry.source).is_none_or(|source| source.can_lead);
    // `false` sorts first, so what is preferred is negated.
    let can_lead = (!may_lead(a)).cmp(&!may_lead(b));
    let by_rule = rules.iter().map(|&rule| (prefer(rule, a, b, sources), Decided::Rule(rule)));
    let by_default = [(a.published.cmp(&b.published), Decided::Published)];
    let mut all = [(can_lead, Decided::CanLead)].into_iter().chain(by_rule).chain(by_default);
    all.find(|(order, _)| order.is_ne()).unwrap_or((a.id.cmp(&b.id), Decided::Id))
}

/// `Less` when the rule prefers `a`.
fn prefer(rule: LeadRule, a: &Entry, b: &Entry, sources: &Sources) -> Ordering {
    let own = |entry: &Entry| sources.get(&entry.source).is_some_and(|source| source.publisher.is_own());
    let priority = |entry: &Entry| sources.get(&entry.source).map_or(0, |source| source.priority);
    match rule {
        LeadRule::Own => own(b).cmp(&own(a)),
        LeadRule::Priority => Reverse(priority(a)).cmp(&Reverse(priority(b))),
        LeadRule::Complete => completeness(b).cmp(&completeness(a)),
        LeadRule::Earliest => a.published.cmp(&b.published),
    }
}

/// 3 for full text, 2 for a text that its source cut off, 1 for a summary, 0 for a bare title.
fn completeness(entry: &Entry) -> u8 {
    match (entry.content.is_empty(), entry.summary.is_empty()) {
        (false, _) if is_cut_off(entry.content.as_str()) => 2,
        (false, _) => 3,
        (true, false) => 1,
        (true, true) => 0,
    }
}

/// Bytes of HTML in which the end of a text is looked for: its last words, and tags and links around them.
const END_BYTES: usize = 512;

/// How texts end that go on elsewhere, in small letters.
const CUT_OFF: &[&str] = &[
    "…",
    "...",
    "[…]",
    "[...]",
    "(…)",
    "read more",
    "continue reading",
    "weiterlesen",
    "lire la suite",
    "leer más",
    "seguir leyendo",
    "leia mais",
    "continua a leggere",
    "читать далее",
    "続きを読む",
    "더보기",
    "阅读全文",
];

/// Whether a text ends as one does that goes on elsewhere.
fn is_cut_off(html: &str) -> bool {
    let mut start = html.len().saturating_sub(END_BYTES);
    while !html.is_char_boundary(start) {
        start += 1;
    }
    // The first tag may have been cut in two.
    let end = &html[start..];
    let end = if start > 0 { end.split_once('>').map_or(end, |(_, rest)| rest) } else { end };
    let text = text::plain(end).as_str().to_lowercase();
    let text = text.trim_end_matches(|c: char| c.is_whitespace() || "→»>›".contains(c));
    CUT_OFF.iter().any(|words| text.ends_with(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_goes_on_elsewhere_is_known_by_its_end() {
        let long = format!("<p>{}</p>", "word ".repeat(400));
        for (html, cut_off) in [
            ("<p>The ferry sank at noon.</p>", false),
            ("<p>The ferry sank at […]</p>", true),
            ("<p>The ferry sank at&#8230; </p>\n", true),
            ("<p>The ferry sank ...</p>", true),
            ("<p>The ferry sank.</p><p><a href=\"https://a.example/1\">Read more »</a></p>", true),
            ("<p>Die Fähre sank.</p><a href=\"https://a.example/1\">Weiterlesen</a>", true),
            (&*format!("{long}<p>They read more.</p>"), false),
            (&*format!("{long}<p>It goes on […]</p>"), true),
            ("", false),
        ] {
            assert_eq!(is_cut_off(html), cut_off, "{html}");
        }
    }
}

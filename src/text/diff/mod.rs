//! What changed between two texts, word by word: two plain texts in, what stayed, went and came out.
//!
//! Texts come from feeds, so the work must not grow with the square of their length. Only the first words of each are
//! compared. What begins and ends alike is set aside. What is left is compared word by word when it is short; else
//! sentence by sentence, and then word by word within the sentences that changed. Where even those are too many, the
//! ones are shown as replaced by the others.

mod cut;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::ops::Range;

use similar::{Algorithm, DiffTag, capture_diff_slices};

use cut::{Piece, cut, ends_sentence};

/// So many words of each text are compared.
const MAX_WORDS: usize = 2_000;

/// So many words of both texts together are compared at once: the work is their square at worst, 360,000 steps.
const MAX_BLOCK: usize = 600;

/// So many unchanged words stand around a change; what is further from any is left out.
const CONTEXT: usize = 12;

/// A word of so many bytes between two changes (`the`, `,`) does not part them: people read phrases, not confetti.
const SHORT_WORD_BYTES: usize = 3;

/// What happened to a stretch of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It stands in both texts.
    Same,
    /// It stood in the old text only.
    Removed,
    /// It stands in the new text only.
    Added,
    /// It stands in both texts, too far from any change to be shown.
    Omitted,
}

/// The difference of two texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// What happened to stretches of text, in order; what was replaced comes as removed, then added. Each stretch has
    /// the blank that parts it from the one before. `Omitted` ones have no text. Empty when no word changed.
    pub stretches: Vec<(Change, String)>,
    /// Whether a text was longer than what is compared.
    pub cut_short: bool,
}

/// Compares two plain texts. Blanks alone are no difference.
pub fn diff(old: &str, new: &str) -> Difference {
    let (old, new) = (cut(old, MAX_WORDS), cut(new, MAX_WORDS));
    let cut_short = old.cut_short || new.cut_short;
    let mut numbers = HashMap::new();
    let old_words = numbered(&old.pieces, &mut numbers);
    let new_words = numbered(&new.pieces, &mut numbers);
    let mut edits = Vec::new();
    if !compare(&old_words, &new_words, &mut edits) {
        let mut sentences = HashMap::new();
        let old_sentences = sentences_of(&old.pieces, &old_words, &mut sentences);
        let new_sentences = sentences_of(&new.pieces, &new_words, &mut sentences);
        by_sentence(&old_sentences, &new_sentences, &old_words, &new_words, &mut edits);
    }
    if edits.iter().all(|edit| edit.same) {
        return Difference { stretches: Vec::new(), cut_short };
    }
    Difference { stretches: written(&joined(edits, &new.pieces), &old.pieces, &new.pieces), cut_short }
}

/// A stretch of both texts, by word: the same in both, or the one in the place of the other.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Edit {
    same: bool,
    old: Range<usize>,
    new: Range<usize>,
}

/// Each word as a number: equal words have equal numbers.
fn numbered<'a>(pieces: &[Piece<'a>], numbers: &mut HashMap<&'a str, usize>) -> Vec<usize> {
    let number = |piece: &Piece<'a>| {
        let next = numbers.len();
        *numbers.entry(piece.text).or_insert(next)
    };
    pieces.iter().map(number).collect()
}

/// Compares two runs of words, or of sentences, by their numbers. `false`, and nothing done, when what lies between
/// their common beginning and end is too much.
fn compare(old: &[usize], new: &[usize], edits: &mut Vec<Edit>) -> bool {
    let (head, tail) = ends_in_common(old, new);
    let (old_rest, new_rest) = (head..old.len() - tail, head..new.len() - tail);
    let one_is_empty = old_rest.is_empty() || new_rest.is_empty();
    if !one_is_empty && old_rest.len() + new_rest.len() > MAX_BLOCK {
        return false;
    }
    push(edits, true, 0..head, 0..head);
    for op in capture_diff_slices(Algorithm::Myers, &old[old_rest.clone()], &new[new_rest.clone()]) {
        let (old, new) = (moved(op.old_range(), head), moved(op.new_range(), head));
        push(edits, op.tag() == DiffTag::Equal, old, new);
    }
    push(edits, true, old_rest.end..old.len(), new_rest.end..new.len());
    true
}

/// How long the beginning and the end are that both have.
fn ends_in_common(old: &[usize], new: &[usize]) -> (usize, usize) {
    let alike = |(old, new): &(&usize, &usize)| old == new;
    let head = old.iter().zip(new).take_while(alike).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(alike).count();
    (head, tail)
}

fn moved(range: Range<usize>, by: usize) -> Range<usize> {
    range.start + by..range.end + by
}

/// A sentence: its words, and its number.
type Sentence = (Range<usize>, usize);

/// Cuts words into sentences and numbers them: equal ones have equal numbers.
fn sentences_of<'a>(
    pieces: &[Piece<'_>],
    words: &'a [usize],
    numbers: &mut HashMap<&'a [usize], usize>,
) -> Vec<Sentence> {
    let mut sentences = Vec::new();
    let mut start = 0;
    for (at, piece) in pieces.iter().enumerate() {
        if at + 1 == pieces.len() || ends_sentence(piece.text) {
            let next = numbers.len();
            sentences.push((start..at + 1, *numbers.entry(&words[start..=at]).or_insert(next)));
            start = at + 1;
        }
    }
    sentences
}

/// Compares by sentence, and what changed by word where that is not too much at once.
fn by_sentence(old: &[Sentence], new: &[Sentence], old_words: &[usize], new_words: &[usize], edits: &mut Vec<Edit>) {
    let numbers = |sentences: &[Sentence]| sentences.iter().map(|(_, number)| *number).collect::<Vec<_>>();
    let (old_numbers, new_numbers) = (numbers(old), numbers(new));
    let mut changed = Vec::new();
    if !compare(&old_numbers, &new_numbers, &mut changed) {
        replace(&old_numbers, &new_numbers, &mut changed);
    }
    let words = |sentences: &[Sentence], range: &Range<usize>| match &sentences[range.clone()] {
        [(first, _), .., (last, _)] => first.start..last.end,
        [(only, _)] => only.clone(),
        // Nothing stands in the place of what the other text has.
        [] => 0..0,
    };
    for Edit { same, old: old_range, new: new_range } in changed {
        let (old, new) = (words(old, &old_range), words(new, &new_range));
        if same || old.is_empty() || new.is_empty() {
            push(edits, same, old, new);
            continue;
        }
        let mut within = Vec::new();
        if !compare(&old_words[old.clone()], &new_words[new.clone()], &mut within) {
            replace(&old_words[old.clone()], &new_words[new.clone()], &mut within);
        }
        for Edit { same, old: old_range, new: new_range } in within {
            push(edits, same, moved(old_range, old.start), moved(new_range, new.start));
        }
    }
}

/// Puts the one in the place of the other, but for their common beginning and end.
fn replace(old: &[usize], new: &[usize], edits: &mut Vec<Edit>) {
    let (head, tail) = ends_in_common(old, new);
    let (old_end, new_end) = (old.len() - tail, new.len() - tail);
    push(edits, true, 0..head, 0..head);
    push(edits, false, head..old_end, head..new_end);
    push(edits, true, old_end..old.len(), new_end..new.len());
}

/// Adds an edit, unless it is about nothing.
fn push(edits: &mut Vec<Edit>, same: bool, old: Range<usize>, new: Range<usize>) {
    if old.is_empty() && new.is_empty() {
        return;
    }
    edits.push(Edit { same, old, new });
}

/// Joins neighbours of a kind, and changes that only a short word parts.
fn joined(edits: Vec<Edit>, new: &[Piece<'_>]) -> Vec<Edit> {
    let span = |a: &Range<usize>, b: &Range<usize>| match (a.is_empty(), b.is_empty()) {
        (true, _) => b.clone(),
        (_, true) => a.clone(),
        _ => a.start..b.end,
    };
    let short = |edit: &Edit| edit.new.len() == 1 && new[edit.new.start].text.len() <= SHORT_WORD_BYTES;
    let mut joined: Vec<Edit> = Vec::with_capacity(edits.len());
    for edit in edits {
        if let [.., before, between] = joined.as_slice()
            && !edit.same
            && between.same
            && !before.same
            && short(between)
            // Both must have been replaced: an insertion beside a word that stayed is no phrase.
            && !(before.old.is_empty() || before.new.is_empty() || edit.old.is_empty() || edit.new.is_empty())
        {
            let old = before.old.start..edit.old.end;
            let new = before.new.start..edit.new.end;
            joined.truncate(joined.len() - 2);
            joined.push(Edit { same: false, old, new });
            continue;
        }
        match joined.last_mut() {
            Some(last) if last.same == edit.same => {
                *last = Edit { same: edit.same, old: span(&last.old, &edit.old), new: span(&last.new, &edit.new) };
            }
            _ => joined.push(edit),
        }
    }
    joined
}

/// Writes edits as stretches of text, without what is far from any change.
fn written(edits: &[Edit], old: &[Piece<'_>], new: &[Piece<'_>]) -> Vec<(Change, String)> {
    let text = |pieces: &[Piece<'_>], range: Range<usize>| {
        let mut text = String::new();
        for piece in &pieces[range] {
            if piece.after_blank {
                text.push(' ');
            }
            text.push_str(piece.text);
        }
        text
    };
    let mut stretches = Vec::new();
    for (at, edit) in edits.iter().enumerate() {
        if !edit.same {
            for (change, text) in
                [(Change::Removed, text(old, edit.old.clone())), (Change::Added, text(new, edit.new.clone()))]
            {
                if !text.is_empty() {
                    stretches.push((change, text));
                }
            }
            continue;
        }
        // Unchanged words at an end of the text have a change on one side only.
        let head = if at == 0 { 0 } else { CONTEXT };
        let tail = if at + 1 == edits.len() { 0 } else { CONTEXT };
        let Range { start, end } = edit.new.clone();
        if edit.new.len() <= head + tail + 1 {
            stretches.push((Change::Same, text(new, start..end)));
            continue;
        }
        if head > 0 {
            stretches.push((Change::Same, text(new, start..start + head)));
        }
        stretches.push((Change::Omitted, String::new()));
        if tail > 0 {
            stretches.push((Change::Same, text(new, end - tail..end)));
        }
    }
    stretches
}

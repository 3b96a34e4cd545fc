//! How common words are before the desk has seen any: so that the first hour merges as well as the first month.
//!
//! A desk's own counts are blended with those of an imagined archive of `ARCHIVE` entries, which weighs less
//! and less as the desk's own grow. The English table holds counts of stems in news items, as a share of the
//! items; other languages have their function words. A word that is not in the table is taken to be rare.

mod table;

use std::sync::LazyLock;

use super::map::Map;
use crate::model::Language;
use crate::text::words;

use table::{ENGLISH, FUNCTION_WORDS, WORLD_NEWS};

/// Entries that the background counts for, against the desk's own.
pub(super) const ARCHIVE: f32 = 1_000.0;

/// The entries of the archive in which a word stands.
pub(super) fn entries(word: &str) -> f32 {
    let share = match word.len() {
        1..=2 if is_number(word) => SMALL_NUMBER_SHARE,
        3..=4 if is_number(word) => LARGE_NUMBER_SHARE,
        _ => TABLE.get(word).copied().unwrap_or(0.0),
    };
    share * ARCHIVE
}

/// The words of the tables.
pub(super) fn texts() -> impl Iterator<Item = &'static str> {
    let english = ENGLISH.iter().map(|(_, words)| *words);
    english.chain(FUNCTION_WORDS.iter().map(|(_, words)| *words)).chain([WORLD_NEWS])
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

static TABLE: LazyLock<Map<String, f32>> = LazyLock::new(|| {
    let mut table: Map<String, f32> = Map::default();
    for (language, list) in FUNCTION_WORDS {
        words(list, Language::new(language).as_ref(), |word| {
            table.insert(word.text.to_owned(), FUNCTION_WORD_SHARE);
        });
    }
    for (share, list) in ENGLISH {
        table.extend(list.split(' ').map(|stem| (stem.to_owned(), *share)));
    }
    words(WORLD_NEWS, Language::new("en").as_ref(), |word| {
        let share = table.entry(word.text.to_owned()).or_default();
        *share = share.max(WORLD_NEWS_SHARE);
    });
    table
});

/// Numbers up to 99 are mostly days, ages and scores.
const SMALL_NUMBER_SHARE: f32 = 0.015;

/// Numbers of three and four digits are mostly years and round figures.
const LARGE_NUMBER_SHARE: f32 = 0.003;

/// What a word of world news has at least.
const WORLD_NEWS_SHARE: f32 = 0.006;

/// A function word stands in about every third item of its language.
const FUNCTION_WORD_SHARE: f32 = 0.3;

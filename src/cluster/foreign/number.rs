//! Numbers as values, however they are written: 12,000, 12 000, 12.000, 1만 2000 and 1.2万 are one number.

use super::letters::{Letter, Script};

/// A number in a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Number {
    /// How many.
    Count(f64),
    /// 21 %.
    Percent(f64),
    /// 7-5, the greater first: the score of a match.
    Score(u32, u32),
}

/// Reads the number that starts at `at`, a digit: the number and where it ends.
pub(super) fn number(letters: &[Letter], at: usize) -> (Number, usize) {
    let (first, mut end, whole) = digits(letters, at);
    if whole
        && first < 200.0
        && letters.get(end).is_some_and(|letter| matches!(letter.c, '-' | ':'))
        && letters.get(end + 1).is_some_and(|letter| letter.script == Script::Digit)
    {
        let (second, after, whole) = digits(letters, end + 1);
        let closed = letters.get(after).is_none_or(|letter| !matches!(letter.c, '-' | ':'));
        if whole && second < 200.0 && closed {
            return (Number::Score(first.max(second) as u32, first.min(second) as u32), after);
        }
    }
    let mut total = 0.0;
    let mut value = first;
    // Chinese characters and Hangul stand between the parts of one number: 9조1834억.
    while let Some((factor, after)) = factor(letters, end) {
        total += value * factor;
        value = 0.0;
        end = after;
        let next = end + usize::from(letters.get(end).is_some_and(|letter| letter.script == Script::Blank));
        let east = letters.get(end - 1).is_some_and(|letter| matches!(letter.script, Script::Han | Script::Hangul));
        if !east || letters.get(next).is_none_or(|letter| letter.script != Script::Digit) {
            break;
        }
        (value, end, _) = digits(letters, next);
    }
    total += value;
    let sign = end + usize::from(letters.get(end).is_some_and(|letter| letter.script == Script::Blank));
    let percent = PERCENT.iter().any(|word| starts(letters, sign, word));
    (if percent { Number::Percent(total) } else { Number::Count(total) }, end)
}

const PERCENT: &[&str] = &["%", "percent", "per cent", "prozent", "pour cent", "por ciento", "процент", "퍼센트"];

/// Words that multiply a number before them. Only those that mean the same wherever they are written.
#[rustfmt::skip]
const FACTORS: &[(&str, f64)] = &[
    ("千", 1e3), ("천", 1e3), ("万", 1e4), ("萬", 1e4), ("만", 1e4), ("億", 1e8), ("亿", 1e8), ("억", 1e8),
    ("兆", 1e12), ("조", 1e12), ("thousand", 1e3), ("тыс", 1e3), ("тис", 1e3), ("tausend", 1e3), ("tys", 1e3),
    ("mil mill", 1e9), ("mil ", 1e3), ("mille ", 1e3), ("mila ", 1e3), ("bin ", 1e3), ("duizend", 1e3), ("الف", 1e3),
    ("milliard", 1e9), ("миллиард", 1e9), ("млрд", 1e9), ("мільярд", 1e9), ("мілярд", 1e9), ("miliard", 1e9),
    ("milyar", 1e9), ("miljard", 1e9), ("mrd", 1e9), ("mld", 1e9), ("bilh", 1e9), ("bn", 1e9), ("مليار", 1e9),
    ("million", 1e6), ("миллион", 1e6), ("мільйон", 1e6), ("мілион", 1e6), ("млн", 1e6), ("mln", 1e6), ("mio", 1e6),
    ("milion", 1e6), ("millon", 1e6), ("milh", 1e6), ("milyon", 1e6), ("miljoen", 1e6), ("مليون", 1e6),
    ("billion", 1e9), ("trillion", 1e12),
];

fn factor(letters: &[Letter], end: usize) -> Option<(f64, usize)> {
    let blank = usize::from(letters.get(end).is_some_and(|letter| letter.script == Script::Blank));
    let start = end + blank;
    let (word, factor) = FACTORS.iter().find(|(word, _)| starts(letters, start, word))?;
    let east = letters.get(start).is_some_and(|letter| matches!(letter.script, Script::Han | Script::Hangul));
    if east {
        return (blank == 0).then_some((*factor, start + 1));
    }
    let mut after = start + word.chars().count();
    while letters.get(after).is_some_and(|letter| letter.script == Script::Spaced) {
        after += 1;
    }
    Some((*factor, after))
}

fn starts(letters: &[Letter], at: usize, word: &str) -> bool {
    let mut rest = letters.get(at..).unwrap_or_default().iter();
    word.chars().all(|c| rest.next().is_some_and(|letter| letter.c == c))
}

/// Digits with their separators: the value, where they end, and whether they are digits alone.
fn digits(letters: &[Letter], start: usize) -> (f64, usize, bool) {
    let digit = |at: usize| letters.get(at).filter(|letter| letter.script == Script::Digit).map(|letter| letter.c);
    let run = |from: usize| (from..letters.len()).take(18).take_while(|&at| digit(at).is_some()).count();
    let mut value = 0.0;
    let mut take = |from: usize, length: usize| {
        for at in from..from + length {
            value = value * 10.0 + f64::from(digit(at).and_then(|c| c.to_digit(10)).unwrap_or(0));
        }
    };
    let first = run(start);
    take(start, first);
    let mut end = start + first;
    let mut alone = true;
    let mut separator = None;
    let groups = |sign: &&Letter| first <= 3 && matches!(sign.c, ',' | '.' | ' ' | '\'');
    while let Some(sign) = letters.get(end).filter(groups) {
        // Three digits behind a separator are thousands; after `1,234` another separator is a decimal point.
        if run(end + 1) != 3 || separator.is_some_and(|known| known != sign.c) {
            break;
        }
        separator = Some(sign.c);
        take(end + 1, 3);
        end += 4;
        alone = false;
    }
    let decimals = run(end + 1);
    if letters.get(end).is_some_and(|sign| matches!(sign.c, ',' | '.')) && (1..=6).contains(&decimals) {
        take(end + 1, decimals);
        value /= 10f64.powi(decimals as i32);
        end += 1 + decimals;
        alone = false;
    }
    (value, end.max(start + 1), alone)
}

#[cfg(test)]
mod tests {
    use super::super::letters::fold;
    use super::*;

    fn check(expected: Number, texts: &[&str]) {
        for text in texts {
            let mut letters = Vec::new();
            fold(text, 80, &mut letters);
            assert_eq!(number(&letters, 0).0, expected, "{text}");
        }
    }

    #[test]
    fn one_value_has_many_spellings() {
        check(
            Number::Count(12_000.0),
            &[
                "12,000",
                "12 000",
                "12.000",
                "12000 men",
                "1만 2000명",
                "1.2万",
                "1万2千",
                "12 тысяч",
                "12 mil soldados",
            ],
        );
        check(Number::Count(1.2e6), &["1.2 million", "1,2 Mio.", "1,2 млн", "120万"]);
        check(Number::Count(9.1834e12), &["9조1834억원"]);
        check(Number::Percent(21.0), &["21%", "21 %", "21 percent", "21 процент"]);
        check(Number::Percent(4.5), &["4.5%", "4,5 %"]);
        check(Number::Score(7, 5), &["7-5", "5:7", "7―5", "7–5"]);
        check(Number::Count(2024.0), &["2024-10-31", "2024年"]);
    }
}

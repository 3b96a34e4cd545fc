//! The consonants of a name, in classes that survive its way through alphabets: Lavrov, Лавров and ラブロフ are `RPRP`.
//!
//! Vowels and `h` go; `b f p v w` are one class, since Korean, Japanese and German swap them; so are `l r`,
//! `c g k q` and the hissing sounds. `d` and `t` stay apart. Letters of Latin, Cyrillic, Greek, Arabic and the like come
//! through the tables of the `any_ascii` crate.

use super::letters::{Letter, Script};

/// More consonants are cut.
const MAX: usize = 8;

/// Writes the skeleton of a word into `out`, after clearing it.
pub(super) fn skeleton(word: &[Letter], out: &mut String) {
    out.clear();
    match word.first().map(|letter| letter.script) {
        Some(Script::Hangul) => word.iter().for_each(|letter| syllable(letter.c, out)),
        Some(Script::Katakana) => kana(word, out),
        Some(_) => {
            let mut latin = String::with_capacity(word.len() + 8);
            for letter in word {
                match letter.c {
                    'a'..='z' => latin.push(letter.c),
                    c => latin.push_str(any_ascii::any_ascii_char(c)),
                }
            }
            latin.make_ascii_lowercase();
            spelled(latin.as_bytes(), out);
        }
        None => {}
    }
}

fn put(class: char, out: &mut String) {
    if out.len() < MAX {
        out.push(class);
    }
}

/// Groups of letters that are one sound, the longest first.
const GROUPS: &[(&[u8], &str)] = &[
    (b"shch", "S"),
    (b"tsch", "C"),
    (b"dsch", "S"),
    (b"dzh", "S"),
    (b"tch", "C"),
    (b"sch", "S"),
    (b"chr", "KR"),
    (b"ch", "C"),
    (b"cz", "C"),
    (b"ts", "C"),
    (b"tz", "C"),
    (b"sh", "S"),
    (b"sz", "S"),
    (b"zh", "S"),
    (b"dz", "S"),
    (b"dj", "S"),
    (b"kh", ""),
    (b"gh", "K"),
    (b"ph", "P"),
    (b"th", "T"),
    (b"ck", "K"),
    (b"ng", "N"),
    (b"qu", "K"),
    (b"ce", "S"),
    (b"ci", "S"),
    (b"cy", "S"),
];

fn spelled(word: &[u8], out: &mut String) {
    let mut at = 0;
    let mut before = "";
    while let Some(&letter) = word.get(at) {
        let begins_group = matches!(letter, b'c' | b'd' | b'g' | b'k' | b'n' | b'p' | b'q' | b's' | b't' | b'z');
        let group = GROUPS.iter().filter(|_| begins_group).find(|(letters, _)| word[at..].starts_with(letters));
        let (length, class) = match group {
            Some(&(letters, class)) => (letters.len(), class),
            None => (1, class(letter)),
        };
        at += length;
        // A doubled consonant is one, and `w` behind another is a vowel's beginning.
        if (before.is_empty() || letter != b'w') && class != before && !class.is_empty() {
            class.chars().for_each(|class| put(class, out));
        }
        before = class;
    }
}

fn class(letter: u8) -> &'static str {
    match letter {
        b'b' | b'f' | b'p' | b'v' | b'w' => "P",
        b'c' | b'g' | b'k' | b'q' => "K",
        b's' | b'z' | b'j' => "S",
        b'x' => "KS",
        b'l' | b'r' => "R",
        b'd' => "D",
        b't' => "T",
        b'm' => "M",
        b'n' => "N",
        _ => "",
    }
}

/// The classes of Hangul's initial consonants, in the order of Unicode; `-` is none.
const INITIALS: &[u8] = b"KKNDTRMPPSS-SSCKTP-";
/// The same of its final consonants.
const FINALS: &[u8] = b"-KKKNNNTRKMPSTPRMPPTTNTTKTP-";

/// A Hangul syllable's consonants, by the arithmetic of Unicode 3.12.
fn syllable(c: char, out: &mut String) {
    let Some(number) = u32::from(c).checked_sub(0xac00) else { return };
    let consonant = |list: &[u8], at: u32| list.get(at as usize).map(|&class| char::from(class));
    let initial = consonant(INITIALS, number / 588).filter(|&class| class != '-');
    // A name that begins with the glide of 와, 워 or 위 begins with W elsewhere.
    if initial.is_none() && out.is_empty() && matches!(number % 588 / 28, 9 | 10 | 14..=16) {
        put('P', out);
    }
    if let Some(class) = initial.filter(|&class| !(class == 'R' && out.ends_with('R'))) {
        put(class, out);
    }
    if let Some(class) = consonant(FINALS, number % 28).filter(|&class| class != '-') {
        put(class, out);
    }
}

fn kana(word: &[Letter], out: &mut String) {
    for (at, letter) in word.iter().enumerate() {
        let small = word.get(at + 1).is_some_and(|next| matches!(next.c, 'ァ' | 'ェ' | 'ォ' | 'ャ' | 'ュ' | 'ョ'));
        let class = match letter.c {
            'カ'..='ゴ' | 'ヶ' | 'ヵ' => 'K',
            'サ'..='ゾ' => 'S',
            'ダ' | 'デ' | 'ド' => 'D',
            'チ' | 'ツ' if small => 'C',
            'ヂ' | 'ヅ' => 'S',
            'タ' | 'チ' | 'ツ' | 'テ' | 'ト' => 'T',
            'ナ'..='ノ' | 'ン' => 'N',
            'バ' | 'パ' | 'ビ' | 'ピ' | 'ブ' | 'プ' | 'ベ' | 'ペ' | 'ボ' | 'ポ' | 'フ' | 'ヴ' => 'P',
            'マ'..='モ' => 'M',
            'ラ'..='ロ' => 'R',
            'ワ' if at == 0 => 'P',
            _ => continue,
        };
        put(class, out);
    }
}

#[cfg(test)]
mod tests {
    use super::super::letters::fold;
    use super::*;

    fn check(expected: &str, names: &[&str]) {
        for name in names {
            let mut letters = Vec::new();
            fold(name, 40, &mut letters);
            let mut found = String::new();
            skeleton(&letters, &mut found);
            assert_eq!(found, expected, "{name}");
        }
    }

    #[test]
    fn a_name_keeps_its_skeleton_in_every_alphabet() {
        check("PSNTN", &["Washington", "Вашингтон", "워싱턴", "ワシントン"]);
        check("PRPRN", &["Berberin", "Бербирин", "베르베린", "ベルベリン"]);
        check("MKRN", &["Makaroni", "Макарони", "마카로니", "マカロニ"]);
    }
}

//! Finds the marks of a text: a list of folded letters in, places, names, numbers and events out.

use xxhash_rust::xxh3::xxh3_64;

use super::letters::{Letter, Script};
use super::number::{self, Number};
use super::skeleton::skeleton;
use super::tables::TABLES;
use super::trie::Meaning;
use super::{Kind, Mark};

/// Marks kept of an entry.
const MAX_MARKS: usize = 64;
/// Names kept of an entry that no table knows.
const MAX_NAMES: u8 = 28;
/// What a city's territory counts for.
const WITHIN: f32 = 0.4;
/// What a name counts for of which two consonants are left.
pub(super) const SHORT_NAME: f32 = 0.6;

/// A text that is read, piece by piece.
#[derive(Debug)]
pub(super) struct Scan {
    pub(super) marks: Vec<Mark>,
    languages: u64,
    pub(super) compounds: bool,
    pub(super) in_title: bool,
    names: u8,
    found: Vec<Meaning>,
    skeleton: String,
}

impl Scan {
    /// `languages` has a bit for each language whose words count; `compounds` says that words grow together.
    pub(super) fn new(languages: u64, compounds: bool) -> Self {
        let (marks, found) = (Vec::with_capacity(24), Vec::new());
        Self { marks, languages, compounds, in_title: true, names: 0, found, skeleton: String::new() }
    }

    pub(super) fn read(&mut self, letters: &[Letter]) {
        self.read_from(letters, usize::MAX);
    }

    /// Reads what begins in the first `until` bytes of the text; the answer is which letter stands behind what was read.
    pub(super) fn read_from(&mut self, letters: &[Letter], until: usize) -> usize {
        let mut at = 0;
        while let Some(letter) = letters.get(at).filter(|letter| usize::from(letter.at) < until) {
            at = match letter.script {
                Script::Spaced => self.word(letters, at),
                Script::Hangul | Script::Katakana | Script::Han | Script::Joined => self.run(letters, at),
                Script::Digit => self.number(letters, at),
                Script::Blank | Script::Sign => at + 1,
            };
        }
        at
    }

    /// A word of a script that parts words by blanks; the answer is where to go on.
    fn word(&mut self, letters: &[Letter], at: usize) -> usize {
        let end = word_end(letters, at);
        if let Some(after) = self.known(letters, at).or_else(|| self.behind_particles(letters, at, end)) {
            let end = if after < end { end } else { word_end(letters, after) };
            // What has grown together: Raketentest.
            if self.compounds {
                self.parts(letters, after, end);
            }
            return end.max(after);
        }
        if self.compounds && self.parts(letters, at + 3, end) {
            return end;
        }
        if letters[at].upper || caseless(letters[at].c) {
            self.name(letters, at, end);
        }
        end
    }

    /// Known words within a word, from `from` on; whether there was one.
    fn parts(&mut self, letters: &[Letter], from: usize, end: usize) -> bool {
        let mut at = from;
        let mut any = false;
        while at + 4 <= end {
            match self.trie_end(letters, at).filter(|after| after - at >= 4) {
                Some(after) => {
                    self.note();
                    any = true;
                    at = after;
                }
                None => at += 1,
            }
        }
        any
    }

    /// The same behind an article or a preposition that is written onto the word, as in Arabic and Hebrew.
    fn behind_particles(&mut self, letters: &[Letter], at: usize, end: usize) -> Option<usize> {
        let start = at + particles(&letters[at..]);
        if start > at && start + 2 < end { self.known(letters, start) } else { None }
    }

    /// A run of a script without blanks, or of Hangul: known words at any place, names between them.
    fn run(&mut self, letters: &[Letter], at: usize) -> usize {
        let script = letters[at].script;
        let end = at + letters[at..].iter().take_while(|letter| letter.script == script).count();
        let (mut here, mut unknown) = (at, at);
        while here < end {
            match self.known(letters, here) {
                Some(after) => {
                    self.leftover(letters, unknown, here);
                    here = after;
                    unknown = after;
                }
                None => here += 1,
            }
        }
        self.leftover(letters, unknown, end.max(unknown));
        here
    }

    /// What stands between known words, if it may be a name.
    fn leftover(&mut self, letters: &[Letter], start: usize, end: usize) {
        match letters.get(start).map(|letter| letter.script) {
            Some(Script::Katakana) if end >= start + 3 => self.name(letters, start, end),
            Some(Script::Hangul) if end >= start + 2 => {
                let end = without_particle(letters, start, end);
                if end >= start + 2 {
                    self.name(letters, start, end);
                }
                // A family name of one syllable and a given name of two.
                if end == start + 3 && SURNAMES.contains(letters[start].c) {
                    self.name(letters, start + 1, end);
                }
            }
            _ => {}
        }
    }

    fn trie_end(&mut self, letters: &[Letter], at: usize) -> Option<usize> {
        TABLES.trie.longest(letters, at, self.languages, &mut self.found)
    }

    /// Notes the longest known word at a place: where it ends.
    fn known(&mut self, letters: &[Letter], at: usize) -> Option<usize> {
        let end = self.trie_end(letters, at)?;
        self.note();
        Some(end)
    }

    fn note(&mut self) {
        for at in 0..self.found.len() {
            let mark = self.found[at].mark;
            let Some(known) = TABLES.known.get(mark as usize) else { continue };
            self.add(mark, known.kind, 1.0);
            if let Some(within) = known.within {
                self.add(within, Kind::Place, WITHIN);
            }
        }
    }

    fn name(&mut self, letters: &[Letter], start: usize, end: usize) {
        if self.names >= MAX_NAMES || end <= start {
            return;
        }
        // East Asian given names are parted or joined as the writer likes: Min-ji, Min Ji, Minji.
        let next = end + 1;
        let short = letters[start].script == Script::Spaced && end - start <= 5;
        if short && letters.get(end).is_some_and(|sign| sign.c == ' ' || sign.c == '-') {
            let second = word_end(letters, next.min(letters.len()));
            let hyphen = letters[end].c == '-';
            if second > next && second - next <= 5 && letters.get(next).is_some_and(|first| first.upper || hyphen) {
                let joined: Vec<Letter> = letters[start..end].iter().chain(&letters[next..second]).copied().collect();
                self.skeletal(&joined);
            }
        }
        if end - start >= 3 || letters[start].script != Script::Spaced {
            self.skeletal(&letters[start..end]);
        }
    }

    fn skeletal(&mut self, word: &[Letter]) {
        let mut bones = std::mem::take(&mut self.skeleton);
        skeleton(word, &mut bones);
        if let Some((id, weight)) = mark_of(&bones) {
            self.add_name(id, weight);
        }
        self.skeleton = bones;
    }

    /// Notes a name that no table knows.
    pub(super) fn add_name(&mut self, id: u32, weight: f32) {
        if self.names < MAX_NAMES {
            self.names += 1;
            self.add(id, Kind::Skeleton, weight);
        }
    }

    fn number(&mut self, letters: &[Letter], at: usize) -> usize {
        let (number, end) = number::number(letters, at);
        let (mark, weight) = match number {
            Number::Score(more, less) => ((0, u64::from(more) << 32 | u64::from(less)), 1.0),
            Number::Percent(value) => ((1, value.to_bits()), 1.0),
            Number::Count(value) if value < 32.0 && value.fract() == 0.0 => ((2, value.to_bits()), 0.4),
            Number::Count(value) if (1_990.0..2_040.0).contains(&value) => ((2, value.to_bits()), 0.4),
            Number::Count(value) if value >= 1_000.0 => ((2, rounded(value).to_bits()), 1.0),
            Number::Count(value) => ((2, value.to_bits()), 0.8),
        };
        let mut bytes = [mark.0; 9];
        bytes[1..].copy_from_slice(&mark.1.to_le_bytes());
        self.add(hashed(&bytes), Kind::Number, weight);
        end
    }

    fn add(&mut self, id: u32, kind: Kind, weight: f32) {
        if let Some(mark) = self.marks.iter_mut().find(|mark| mark.id == id) {
            mark.weight = mark.weight.max(weight);
        } else if self.marks.len() < MAX_MARKS {
            self.marks.push(Mark { id, kind, weight, in_title: self.in_title });
        }
    }
}

/// The mark of a name with these consonants, and its weight; none where too few are left.
pub(super) fn mark_of(bones: &str) -> Option<(u32, f32)> {
    let weight = if bones.len() > 2 { 1.0 } else { SHORT_NAME };
    (bones.len() >= 2).then(|| (hashed(bones.as_bytes()), weight))
}

/// How many letters at the start of a word are an article or a preposition that is written onto it.
pub(super) fn particles(word: &[Letter]) -> usize {
    let letter = |at: usize| word.get(at).map_or(' ', |letter| letter.c);
    let first = letter(0);
    if !caseless(first) {
        return 0;
    }
    let start = usize::from("وفبلكובלמהשכ".contains(first));
    if letter(start) == 'ا' && letter(start + 1) == 'ل' {
        start + 2
    } else if start > 0 && first == 'ل' && letter(start) == 'ل' {
        start + 1
    } else {
        start
    }
}

/// Ids of what no table knows lie above those of the tables.
pub(super) fn hashed(text: &[u8]) -> u32 {
    xxh3_64(text) as u32 | 1 << 31
}

/// A large number to three digits: 12,345 and 12,300 are one to who reports them.
fn rounded(value: f64) -> f64 {
    let unit = 10f64.powi(value.log10().floor() as i32 - 2);
    (value / unit).round() * unit
}

fn word_end(letters: &[Letter], at: usize) -> usize {
    at + letters[at..].iter().take_while(|letter| letter.script == Script::Spaced).count()
}

/// Whether a letter belongs to a script without capitals.
pub(super) fn caseless(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{dff}')
}

/// Frequent family names in Hangul.
const SURNAMES: &str = "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진지엄채원천방공현함변염여추소석선설마길";

/// Particles that grow on Korean words, the longest first.
const PARTICLES: &[&str] = &[
    "에게서",
    "으로",
    "에서",
    "에게",
    "까지",
    "부터",
    "이라",
    "은",
    "는",
    "이",
    "가",
    "을",
    "를",
    "과",
    "와",
    "의",
    "에",
    "로",
    "도",
    "만",
    "서",
];

fn without_particle(letters: &[Letter], start: usize, end: usize) -> usize {
    let ends = |particle: &&&str| {
        let length = particle.chars().count();
        end >= start + 2 + length && particle.chars().zip(&letters[end - length..end]).all(|(c, letter)| c == letter.c)
    };
    PARTICLES.iter().find(ends).map_or(end, |particle| end - particle.chars().count())
}

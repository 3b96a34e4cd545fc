//! Settles the languages of a document's entries: what each declares, checked against what it is written in.
//!
//! Feeds inherit their declaration from software: `en-us` above Russian or German text is common, so
//! - a script in which the declared language is not written beats the declaration;
//! - a long text that is surely in another language beats a declared `en`, the default of most software, and nothing
//!   else: a declared `no` that looks like Danish is more likely Norwegian than not;
//! - without a declaration, a sure guess is taken, and none where the text is too short to be sure.
//!
//! Languages that we do not know are believed.
//!
//! It is fast because the small words of a text mostly settle it (`words`), which takes a microsecond. What they leave
//! open takes the language that nearly all others of the document have, if its own small words do not speak against
//! it: a feed is nearly always in one language. Only what is open still goes to the trigram detector (`detector`),
//! which is dear.

mod detector;
mod function_words;
mod words;

use whatlang::{Script, detect_script};

use crate::model::Language;
use detector::{Surety, guess, may_be_in};
use words::Evidence;

/// How much text is looked at, in characters.
pub(super) const SAMPLE_CHARS: usize = 600;
/// Letters in one script that speak against a declaration.
const MIN_LETTERS_FOR_SCRIPT: usize = 8;
/// Letters from which a guess among languages of one script is sure enough to fill a gap.
const MIN_LETTERS_FOR_GUESS: usize = 60;
/// Letters from which it is sure enough to overrule a declared `en`.
const MIN_LETTERS_TO_OVERRULE: usize = 200;
/// Texts that settled their own language, from which they speak for the others of their document.
const MIN_VOICES: usize = 5;

/// What is known of an entry's language.
#[derive(Debug, Clone)]
pub struct Spoken {
    /// The language tag that it declares or inherits.
    pub declared: Option<String>,
    /// Its first words.
    pub text: String,
}

/// The languages of the entries of one document, in their order. `heard` are those of others that it carries.
pub fn settle<'l>(entries: &[Spoken], heard: impl Iterator<Item = &'l Language>) -> Vec<Option<Language>> {
    let mut tally = Tally::default();
    heard.for_each(|language| tally.add(language));
    let verdicts: Vec<Verdict<'_>> =
        entries.iter().map(|entry| by_words(entry.declared.as_deref(), &entry.text)).collect();
    for verdict in &verdicts {
        if let Verdict::Heard(language) = verdict {
            tally.add(language);
        }
    }
    let settled = verdicts.into_iter().map(|verdict| match verdict {
        Verdict::Believed(language) => language,
        Verdict::Heard(language) => Some(language),
        Verdict::Open(open) => {
            if let Some(language) = tally.common().filter(|language| open.may_be(language)) {
                return Some(language.clone());
            }
            let guessed = if open.letters >= MIN_LETTERS_FOR_GUESS { guess(open.sample, Surety::Sure) } else { None };
            guessed.iter().for_each(|language| tally.add(language));
            guessed.or(open.declared)
        }
    });
    settled.collect()
}

/// What one text by itself says of its language.
enum Verdict<'t> {
    /// Nothing that its declaration or the lack of one does not say.
    Believed(Option<Language>),
    /// Clear words.
    Heard(Language),
    /// Too little, or of several languages.
    Open(Open<'t>),
}

struct Open<'t> {
    sample: &'t str,
    letters: usize,
    script: Script,
    evidence: Evidence,
    declared: Option<Language>,
}

impl Open<'_> {
    /// Whether its words allow the language that the others of its document have.
    fn may_be(&self, language: &Language) -> bool {
        may_be_in(language, self.script) && self.evidence.allows(language)
    }
}

fn by_words<'t>(declared: Option<&str>, text: &'t str) -> Verdict<'t> {
    let declared = declared.and_then(Language::new);
    let mut behind = text.chars();
    behind.nth(SAMPLE_CHARS - 1);
    let sample = &text[..text.len() - behind.as_str().len()];
    let Letters { count: letters, script } = letters(sample);
    let Some(script) = script.filter(|_| letters >= MIN_LETTERS_FOR_SCRIPT) else {
        return Verdict::Believed(declared);
    };
    let is_possible = declared.as_ref().is_none_or(|language| may_be_in(language, script));
    let is_default =
        declared.as_ref().is_none_or(|language| language.as_str() == "en" && letters >= MIN_LETTERS_TO_OVERRULE);
    if is_possible && !is_default {
        return Verdict::Believed(declared);
    }
    let evidence = Evidence::of(sample);
    if let Some(language) = evidence.clear() {
        return Verdict::Heard(language);
    }
    // Letters of one script leave so few languages that the best guess will do; so it must where the declaration is
    // wrong.
    if !is_possible || !matches!(script, Script::Latin | Script::Cyrillic) {
        return Verdict::Believed(guess(sample, Surety::Best));
    }
    Verdict::Open(Open { sample, letters, script, evidence, declared })
}

struct Letters {
    count: usize,
    script: Option<Script>,
}

/// Counts a text's letters, and says in which script most of it is.
fn letters(sample: &str) -> Letters {
    let mut latin = sample.bytes().filter(u8::is_ascii_alphabetic).count();
    let (mut cyrillic, mut others, mut count) = (0, 0, 0);
    let outside_ascii = if sample.is_ascii() { "" } else { sample };
    for c in outside_ascii.chars().filter(|c| !c.is_ascii()) {
        match c {
            'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ɏ' => latin += 1,
            '\u{400}'..='\u{481}' | '\u{48a}'..='\u{52f}' => cyrillic += 1,
            other => {
                others += 1;
                count += usize::from(other.is_alphabetic());
            }
        }
    }
    let script = if latin > cyrillic + others {
        Some(Script::Latin)
    } else if cyrillic > latin + others {
        Some(Script::Cyrillic)
    } else {
        detect_script(sample)
    };
    Letters { count: latin + cyrillic + count, script }
}

/// The languages of a document's entries, as far as they are heard.
#[derive(Default)]
struct Tally {
    counts: Vec<(Language, usize)>,
    total: usize,
}

impl Tally {
    fn add(&mut self, language: &Language) {
        self.total += 1;
        match self.counts.iter_mut().find(|(known, _)| known == language) {
            Some((_, count)) => *count += 1,
            None => self.counts.push((language.clone(), 1)),
        }
    }

    /// The language of at least nine in ten.
    fn common(&self) -> Option<&Language> {
        let (language, count) = self.counts.iter().max_by_key(|(_, count)| count)?;
        (self.total >= MIN_VOICES && count * 10 >= self.total * 9).then_some(language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn languages(entries: &[(Option<&str>, &str)]) -> Vec<Option<String>> {
        let spoken: Vec<Spoken> = entries
            .iter()
            .map(|&(declared, text)| Spoken { declared: declared.map(Into::into), text: text.into() })
            .collect();
        settle(&spoken, std::iter::empty())
            .into_iter()
            .map(|language| language.map(|language| language.to_string()))
            .collect()
    }

    fn alone(declared: Option<&str>, text: &str) -> Option<String> {
        languages(&[(declared, text)]).pop().flatten()
    }

    const GERMAN: &str = "Die Fähre fährt nicht, weil der Hafen wegen des Sturms bis morgen gesperrt ist.";
    const FRENCH: &str = "Le port est fermé et les bateaux ne partent pas avant demain, dit la mairie.";

    #[test]
    fn what_is_open_follows_the_others_of_its_document() {
        let mut entries = vec![(None, GERMAN); 5];
        entries.extend([(None, "Truppen verlegt"), (None, "Война и мир снова"), (None, FRENCH), (Some("nl"), "Storm")]);
        // Too few of nine in ten: one French text among six.
        let found = languages(&entries);
        assert_eq!(found[5..], [None, None, Some("fr".into()), Some("nl".into())]);
        entries.extend([(None, GERMAN); 5]);
        let found = languages(&entries);
        assert_eq!(found[5..9], [Some("de".into()), None, Some("fr".into()), Some("nl".into())]);
        assert!(found[..5].iter().all(|language| language.as_deref() == Some("de")));
    }

    #[test]
    fn a_document_in_many_languages_keeps_them() {
        let texts = [
            ("de", GERMAN),
            ("fr", FRENCH),
            ("en", "The harbour was closed by the storm and no boat will leave before the morning."),
            ("es", "El puerto está cerrado por la tormenta y los barcos no salen hasta mañana."),
            ("ru", "Порт закрыт, и до утра из него не выйдет ни один корабль, как сообщили власти."),
            ("ko", "폭풍으로 항구가 폐쇄되었다"),
            ("ja", "嵐のため港は閉鎖されている"),
        ];
        let entries: Vec<(Option<&str>, &str)> = texts.iter().map(|&(_, text)| (None, text)).collect();
        let found = languages(&entries);
        assert_eq!(found, texts.map(|(language, _)| Some(language.to_owned())));
    }

    #[test]
    fn the_text_checks_the_declaration() {
        let german = "Südkoreas Geheimdienst teilt mit, dass der Norden weitere Soldaten nach Russland verlegt hat. \
            Die Regierung in Seoul berief den Sicherheitsrat ein und sprach von einer ernsten Bedrohung, die nicht nur \
            die Halbinsel betrifft. Moskau wies die Angaben zurück.";
        let russian = "Южнокорейская разведка сообщила о переброске войск";
        for (declared, text, expected) in [
            (Some("en-us"), russian, Some("ru")),
            (Some("en"), german, Some("de")),
            (Some("nl"), german, Some("nl")),
            (Some("en"), "Truppen verlegt", Some("en")),
            (None, german, Some("de")),
            (None, "Truppen verlegt", None),
            (None, russian, None),
            (Some("uk"), russian, Some("uk")),
            (Some("kk"), russian, Some("kk")),
            (Some("en"), "Порт закрыт, и до утра из него не выйдет ни один корабль: так сообщили власти", Some("ru")),
            (Some("sr"), "Vlada je danas usvojila novi zakon", Some("sr")),
            (Some("en"), "북한, 러시아에 병력 파병 확인", Some("ko")),
            (None, "북한, 러시아에 병력 파병", Some("ko")),
            (None, "北朝鮮がロシアに部隊を派遣", Some("ja")),
            (Some("ja"), "北朝鮮 露派兵 国連安保理緊急会合", Some("ja")),
            (Some("en"), "联合国安理会举行紧急会议讨论局势", Some("zh")),
            (Some("xx-nonsense"), "short", Some("xx")),
            (Some("not a tag"), "short", None),
            (Some("en"), "", Some("en")),
            (None, "12:30", None),
        ] {
            assert_eq!(alone(declared, text).as_deref(), expected, "{declared:?} {text}");
        }
    }
}

//! Settles an entry's language: what it declares, checked against what it is written in.
//!
//! Feeds inherit their declaration from software: `en-us` above Russian or German text is common, so
//! - a script in which the declared language is not written beats the declaration;
//! - a long text that is surely in another language beats a declared `en`, the default of most software, and nothing
//!   else: a declared `no` that looks like Danish is more likely Norwegian than not;
//! - without a declaration, a sure guess is taken, and none where the text is too short to be sure.
//!
//! Languages that the detector does not know are believed.

use whatlang::{Detector, Lang, Script, detect_script};

use crate::model::Language;

/// How much text is looked at, in characters.
const SAMPLE_CHARS: usize = 600;
/// Letters in one script that speak against a declaration.
const MIN_LETTERS_FOR_SCRIPT: usize = 8;
/// Letters from which a guess among languages of one script is sure enough to fill a gap.
const MIN_LETTERS_FOR_GUESS: usize = 60;
/// Letters from which it is sure enough to overrule a declared `en`.
const MIN_LETTERS_TO_OVERRULE: usize = 200;

/// The detector's languages with their BCP 47 subtags.
const SUBTAGS: &[(Lang, &str)] = &[
    (Lang::Afr, "af"),
    (Lang::Aka, "ak"),
    (Lang::Amh, "am"),
    (Lang::Ara, "ar"),
    (Lang::Aze, "az"),
    (Lang::Bel, "be"),
    (Lang::Ben, "bn"),
    (Lang::Bul, "bg"),
    (Lang::Cat, "ca"),
    (Lang::Ces, "cs"),
    (Lang::Cmn, "zh"),
    (Lang::Cym, "cy"),
    (Lang::Dan, "da"),
    (Lang::Deu, "de"),
    (Lang::Ell, "el"),
    (Lang::Eng, "en"),
    (Lang::Epo, "eo"),
    (Lang::Est, "et"),
    (Lang::Fin, "fi"),
    (Lang::Fra, "fr"),
    (Lang::Guj, "gu"),
    (Lang::Heb, "he"),
    (Lang::Hin, "hi"),
    (Lang::Hrv, "hr"),
    (Lang::Hun, "hu"),
    (Lang::Hye, "hy"),
    (Lang::Ind, "id"),
    (Lang::Ita, "it"),
    (Lang::Jav, "jv"),
    (Lang::Jpn, "ja"),
    (Lang::Kan, "kn"),
    (Lang::Kat, "ka"),
    (Lang::Khm, "km"),
    (Lang::Kor, "ko"),
    (Lang::Lat, "la"),
    (Lang::Lav, "lv"),
    (Lang::Lit, "lt"),
    (Lang::Mal, "ml"),
    (Lang::Mar, "mr"),
    (Lang::Mkd, "mk"),
    (Lang::Mya, "my"),
    (Lang::Nep, "ne"),
    (Lang::Nld, "nl"),
    (Lang::Nob, "no"),
    (Lang::Ori, "or"),
    (Lang::Pan, "pa"),
    (Lang::Pes, "fa"),
    (Lang::Pol, "pl"),
    (Lang::Por, "pt"),
    (Lang::Ron, "ro"),
    (Lang::Rus, "ru"),
    (Lang::Sin, "si"),
    (Lang::Slk, "sk"),
    (Lang::Slv, "sl"),
    (Lang::Sna, "sn"),
    (Lang::Spa, "es"),
    (Lang::Srp, "sr"),
    (Lang::Swe, "sv"),
    (Lang::Tam, "ta"),
    (Lang::Tel, "te"),
    (Lang::Tgl, "tl"),
    (Lang::Tha, "th"),
    (Lang::Tuk, "tk"),
    (Lang::Tur, "tr"),
    (Lang::Ukr, "uk"),
    (Lang::Urd, "ur"),
    (Lang::Uzb, "uz"),
    (Lang::Vie, "vi"),
    (Lang::Yid, "yi"),
    (Lang::Zul, "zu"),
];

/// Scripts in which a language is written beside those that the detector expects it in.
const ALSO_WRITTEN_IN: &[(&str, Script)] = &[
    ("ja", Script::Mandarin),
    ("ja", Script::Hiragana),
    ("ja", Script::Katakana),
    ("ko", Script::Mandarin),
    ("sr", Script::Latin),
    ("uz", Script::Cyrillic),
    ("az", Script::Cyrillic),
    ("tk", Script::Cyrillic),
    ("pa", Script::Arabic),
    ("az", Script::Arabic),
    ("jv", Script::Latin),
];

/// Guessed in error more often than in truth: hardly any feed is in them, and none of those fails to say so.
const NEVER_GUESSED: [Lang; 6] = [Lang::Epo, Lang::Lat, Lang::Aka, Lang::Sna, Lang::Zul, Lang::Jav];

/// The language of an entry that declares `declared` and starts with `text`.
pub fn settle(declared: Option<&str>, text: &str) -> Option<Language> {
    let declared = declared.and_then(Language::new);
    let sample = &text[..text.char_indices().nth(SAMPLE_CHARS).map_or(text.len(), |(end, _)| end)];
    let letters = sample.chars().filter(|c| c.is_alphabetic()).count();
    let Some(script) = detect_script(sample).filter(|_| letters >= MIN_LETTERS_FOR_SCRIPT) else { return declared };
    match declared {
        Some(declared) if may_be_in(&declared, script) => {
            if declared.as_str() == "en" && letters >= MIN_LETTERS_TO_OVERRULE && !reads_as_english(sample) {
                return guess(sample, Surety::Sure).or(Some(declared));
            }
            Some(declared)
        }
        // The declaration is wrong. Letters of one script leave so few languages that the best guess will do.
        Some(_) => guess(sample, Surety::Best),
        None if script != Script::Latin && script != Script::Cyrillic => guess(sample, Surety::Best),
        None if letters >= MIN_LETTERS_FOR_GUESS => guess(sample, Surety::Sure),
        None => None,
    }
}

/// Whether a language is ever written in a script; yes where we do not know the language.
fn may_be_in(language: &Language, script: Script) -> bool {
    let Some((lang, subtag)) = SUBTAGS.iter().find(|(_, subtag)| *subtag == language.as_str()) else { return true };
    script.langs().contains(lang) || ALSO_WRITTEN_IN.contains(&(subtag, script))
}

/// Whether a declared `en` needs no detector: most text under it is English, and the detector is slow.
fn reads_as_english(sample: &str) -> bool {
    sample.contains(" the ") && [" of ", " to ", " and "].iter().any(|word| sample.contains(word))
}

#[derive(PartialEq)]
enum Surety {
    Sure,
    Best,
}

fn guess(sample: &str, surety: Surety) -> Option<Language> {
    // Kana are Japanese, however many of the characters around them are Chinese too.
    if sample.chars().filter(|c| ('\u{3041}'..='\u{30ff}').contains(c)).count() >= 3 && !has_hangul(sample) {
        return Language::new("ja");
    }
    let info = Detector::with_denylist(NEVER_GUESSED.to_vec()).detect(sample)?;
    if surety == Surety::Sure && !info.is_reliable() {
        return None;
    }
    let (_, subtag) = SUBTAGS.iter().find(|(lang, _)| *lang == info.lang())?;
    Language::new(subtag)
}

fn has_hangul(sample: &str) -> bool {
    sample.chars().any(|c| ('\u{ac00}'..='\u{d7a3}').contains(&c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_detected_language_has_a_subtag() {
        for lang in Lang::all() {
            assert!(SUBTAGS.iter().any(|(known, _)| known == lang), "{lang:?}");
        }
        for (_, subtag) in SUBTAGS {
            assert_eq!(Language::new(subtag).as_ref().map(Language::as_str), Some(*subtag));
        }
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
            assert_eq!(settle(declared, text).as_ref().map(Language::as_str), expected, "{declared:?} {text}");
        }
    }
}

//! What the trigram detector knows: its languages, their scripts, and when its guess is worth having.

use std::sync::LazyLock;

use whatlang::{Detector, Lang, Script};

use crate::model::Language;

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

static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::with_denylist(NEVER_GUESSED.to_vec()));

/// Whether a guess must be reliable.
#[derive(PartialEq)]
pub(super) enum Surety {
    Sure,
    Best,
}

/// Whether a language is ever written in a script; yes where we do not know the language.
pub(super) fn may_be_in(language: &Language, script: Script) -> bool {
    let Some((lang, subtag)) = SUBTAGS.iter().find(|(_, subtag)| *subtag == language.as_str()) else { return true };
    script.langs().contains(lang) || ALSO_WRITTEN_IN.contains(&(subtag, script))
}

/// The detector's guess. Dear: some tens of microseconds.
pub(super) fn guess(sample: &str, surety: Surety) -> Option<Language> {
    // Kana are Japanese, however many of the characters around them are Chinese too.
    if sample.chars().filter(|c| ('\u{3041}'..='\u{30ff}').contains(c)).count() >= 3 && !has_hangul(sample) {
        return Language::new("ja");
    }
    let info = DETECTOR.detect(sample)?;
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
}

//! Kinds of reports that tell of no single event, by what their titles call themselves: a title in, yes or no out.

use super::foreign::Tongue;

/// Whether a title says that it is a round-up, a comment, a chronology or a live page.
///
/// It does in what stands before its first colon or dash (`Opinion: …`, `Kommentar: …`), in a bracket that it begins
/// with (`[사설] …`, `【社説】…`), or as a whole, when it has up to three words (`Morning briefing`).
pub(super) fn tells_no_event(title: &str, tongue: Tongue) -> bool {
    let kinds = kinds(tongue);
    let kicker = title.split_once([':', '：', '|', '–', '—']).map(|(kicker, _)| (kicker, MAX_KICKER_WORDS));
    let parts = [kicker, bracket(title).map(|inside| (inside, MAX_KICKER_WORDS)), Some((title, MAX_TITLE_WORDS))];
    parts.into_iter().flatten().any(|(part, most)| {
        words(part).nth(most).is_none() && words(part).any(|word| is_kind(&word.to_lowercase(), kinds))
    })
}

/// Longer kickers are sentences.
const MAX_KICKER_WORDS: usize = 5;
/// Longer titles tell something.
const MAX_TITLE_WORDS: usize = 3;
/// Where words are not parted by blanks, longer ones are sentences.
const MAX_GROWN_CHARS: usize = 8;

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// What stands in the bracket that a title begins with.
fn bracket(title: &str) -> Option<&str> {
    let title = title.trim_start();
    let close = match title.chars().next()? {
        '[' => ']',
        '(' => ')',
        '<' => '>',
        '（' => '）',
        '【' => '】',
        '［' => '］',
        '〈' => '〉',
        '《' => '》',
        '＜' => '＞',
        _ => return None,
    };
    title.split_once(close).map(|(inside, _)| inside)
}

/// Whether a word is one of a list; in Chinese, Japanese and Korean, whether it ends in one.
fn is_kind(word: &str, kinds: &[&str]) -> bool {
    ENGLISH.contains(&word)
        || kinds.iter().any(|kind| {
            word == *kind
                || (!kind.starts_with(is_alphabetic_script)
                    && word.ends_with(kind)
                    && word.chars().count() <= MAX_GROWN_CHARS)
        })
}

/// Whether a letter is of a script whose words are parted by blanks.
fn is_alphabetic_script(c: char) -> bool {
    !matches!(c, '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

/// Words that are used beyond English.
const ENGLISH: &[&str] = &[
    "briefing",
    "chronology",
    "column",
    "comment",
    "crossword",
    "editorial",
    "forecast",
    "horoscope",
    "letters",
    "live",
    "liveblog",
    "newsletter",
    "opinion",
    "podcast",
    "quiz",
    "recap",
    "roundup",
    "timeline",
];

/// The words of a language.
#[rustfmt::skip]
fn kinds(tongue: Tongue) -> &'static [&'static str] {
    match &tongue.keep() {
        b"ar" => &["افتتاحية", "تعليق", "رأي", "مباشر", "مقال"],
        b"cs" | b"sk" => &["fejeton", "glosa", "horoskop", "komentár", "komentář", "názor", "živě", "naživo"],
        b"da" | b"nb" | b"no" | b"nn" => &["debat", "debatt", "direkte", "horoskop", "kommentar", "kronik", "kronikk", "leder"],
        b"de" => &[
            "chronik", "chronologie", "glosse", "horoskop", "kolumne", "kommentar", "kreuzworträtsel", "leitartikel",
            "leserbriefe", "liveticker", "meinung", "newsblog", "newsticker", "presseschau", "ticker", "wetterbericht",
            "überblick",
        ],
        b"el" => &["άποψη", "απόψεις", "γνώμη", "ζωντανά", "σχόλιο"],
        b"es" | b"ca" | b"gl" => &[
            "boletín", "columna", "crucigrama", "cronología", "directo", "horóscopo", "opinión", "resumen", "tribuna",
            "vivo",
        ],
        b"fa" => &["سرمقاله", "یادداشت", "زنده"],
        b"fi" => &["horoskooppi", "kolumni", "kommentti", "mielipide", "pääkirjoitus"],
        b"fr" => &["billet", "chronique", "chronologie", "direct", "edito", "horoscope", "météo", "tribune", "édito", "éditorial"],
        b"he" => &["דעה", "טור", "פרשנות"],
        b"hi" => &["विचार", "संपादकीय", "लाइव"],
        b"hu" => &["horoszkóp", "jegyzet", "kommentár", "vélemény", "élő"],
        b"id" | b"ms" => &["kolom", "opini", "tajuk"],
        b"it" => &["commento", "cronologia", "diretta", "editoriale", "opinione", "oroscopo", "rassegna"],
        b"ja" => &["コラム", "オピニオン", "ライブ", "主張", "占い", "寄稿", "年表", "時系列", "社説", "評論", "論説"],
        b"ko" => &["기고", "라이브", "브리핑", "사설", "생중계", "시론", "연표", "오피니언", "운세", "일지", "칼럼", "팟캐스트", "퀴즈"],
        b"nl" => &["column", "commentaar", "horoscoop", "opinie", "overzicht", "tijdlijn"],
        b"pl" => &["felieton", "horoskop", "kalendarium", "komentarz", "opinia", "żywo"],
        b"pt" => &["boletim", "coluna", "cronologia", "horóscopo", "opinião", "resumo", "vivo"],
        b"ro" => &["comentariu", "editorial", "horoscop", "opinie"],
        b"ru" | b"be" | b"bg" => &[
            "гороскоп", "дайджест", "колонка", "комментарий", "коментар", "мнение", "обзор", "онлайн", "подкаст",
            "трансляция", "хроника", "хронология",
        ],
        b"sr" | b"hr" | b"bs" | b"sl" => &["horoskop", "kolumna", "komentar", "mišljenje", "uživo", "коментар", "мишљење", "уживо"],
        b"sv" => &["debatt", "direkt", "horoskop", "insändare", "kommentar", "krönika", "ledare", "liverapport"],
        b"tr" => &["başyazı", "bülten", "canlı", "görüş", "kronoloji", "köşe", "yorum"],
        b"uk" => &["гороскоп", "дайджест", "думка", "колонка", "коментар", "огляд", "онлайн", "подкаст", "хроніка", "хронологія"],
        b"zh" => &[
            "专栏", "專欄", "大事记", "大事記", "播客", "时评", "時評", "时间线", "時間線", "直播", "社論", "社評", "社论", "社评", "简报",
            "簡報", "观点", "觀點", "评论", "評論",
        ],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Language;

    #[test]
    fn titles_say_what_kind_they_are_of() {
        let table = [
            ("en", "Opinion: name the price", true),
            ("en", "Morning briefing", true),
            ("en", "Live: the war, Oct 29 - some already in Kursk", true),
            ("en", "They live in fear, envoy says: winter is near", false),
            ("en", "Actors who live on a farm tell of their lives", false),
            ("de", "Kommentar: Wer jetzt wegschaut, lädt zum Nachmachen ein", true),
            ("de", "Ukraine-Krieg im Liveticker – Truppen an der Grenze", true),
            ("de", "Kommentar des Ministers löst Streit in der Koalition aus", false),
            ("fr", "Guerre en Ukraine, en direct : de nouvelles frappes", true),
            ("fr", "Un vol direct relie Lyon et Tokyo", false),
            ("en", "Direct flights: Lyon and Tokyo linked", false),
            ("es", "En vivo: última hora de las inundaciones", true),
            ("ru", "Мнение: чего ждать от визита", true),
            ("ru", "Министр прокомментировал визит", false),
            ("ko", "[사설] 파병에 대한 대응", true),
            ("ko", "[김선우 칼럼] 겨울이 온다", true),
            ("ko", "[속보] 외무상 도착", false),
            ("ja", "【社説】派兵をどう見る", true),
            ("ja", "社説：派兵をどう見る", true),
            ("ja", "外相が到着", false),
            ("zh", "本报社论：如何看待", true),
            ("zh", "评论员文章引发热议 各方作出回应", false),
            ("tr", "Yorum: kış geliyor", true),
        ];
        for (language, title, expected) in table {
            let tongue = Tongue::of(Language::new(language).as_ref(), title);
            assert_eq!(tells_no_event(title, tongue), expected, "{title}");
        }
    }
}

//! Month names in the languages that feeds are written in, and the zones that dates carry by name.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

/// Month names, one row a month. An abbreviation is understood when it is the start of a name (three letters or
/// more); those that are not, or that two languages use for different months, are listed of their own.
///
/// English, German, French, Spanish, Catalan, Portuguese, Italian, Romanian, Dutch, Swedish, Danish, Norwegian,
/// Finnish, Estonian, Latvian, Lithuanian, Polish, Czech, Slovak, Slovene, Croatian, Serbian, Bulgarian, Russian,
/// Ukrainian, Greek, Hungarian, Turkish, Indonesian, Arabic, Hebrew, Hindi, Thai.
/// `listopad` is November (Polish, Czech) though Croatian means October by it; `srp` is August (Czech).
const NAMES: [&str; 12] = [
    "january januar janvier enero gener janeiro gennaio ianuarie januari tammikuuta jaanuar janvāris sausis sausio \
     styczeń stycznia leden ledna siječanj siječnja јануар януари январь января січень січня ιανουάριος ιανουαρίου \
     ocak يناير ינואר जनवरी มกราคม jän",
    "february februar février febrero febrer fevereiro febbraio februarie februari helmikuuta veebruar februāris \
     vasaris vasario luty lutego únor února veljača veljače фебруар февруари февраль февраля лютий лютого \
     φεβρουάριος φεβρουαρίου şubat فبراير פברואר फरवरी กุมภาพันธ์",
    "march märz maerz mars marzo març março martie maart mrt marts maaliskuuta märts kovas kovo marzec marca březen \
     března marec ožujak ožujka март марта березень березня μάρτιος μαρτίου március mart maret مارس מרץ मार्च มีนาคม",
    "april avril abril aprile aprilie huhtikuuta aprill aprīlis balandis balandžio kwiecień kwietnia duben dubna \
     travanj travnja април апрель апреля квітень квітня απρίλιος απριλίου április nisan أبريل ابريل אפריל अप्रैल \
     เมษายน",
    "may mai mayo maig maio maggio mei maj maijs toukokuuta gegužė gegužės maja květen května máj svibanj svibnja мај \
     май мая травень травня μάιος μαΐου május mayıs مايو מאי मई พฤษภาคม",
    "june juni juin junio juny junho giugno iunie kesäkuuta juuni jūnijs birželis birželio czerwiec czerwca červen \
     června čvn junij jún lipanj lipnja јун юни июнь июня червень червня ιούνιος ιουνίου június haziran يونيو יוני जून \
     มิถุนายน",
    "july juli juillet julio juliol julho luglio iulie heinäkuuta juuli jūlijs liepa liepos lipiec lipca lip červenec \
     července čvc julij júl srpanj srpnja јул юли июль июля липень липня ιούλιος ιουλίου július temmuz يوليو יולי \
     जुलाई กรกฎาคม",
    "august août agosto agost augustus augusti elokuuta augusts rugpjūtis rugpjūčio sierpień sierpnia srpen srpna srp \
     avgust kolovoz kolovoza август августа серпень серпня αύγουστος αυγούστου augusztus ağustos agustus أغسطس \
     אוגוסט अगस्त สิงหาคม",
    "september septembre septiembre setiembre setembre setembro settembre septembrie syyskuuta septembris rugsėjis \
     rugsėjo wrzesień września září rujan rujna септембар септември сентябрь сентября вересень вересня σεπτέμβριος \
     σεπτεμβρίου szeptember eylül سبتمبر ספטמבר सितंबर กันยายน",
    "october oktober octobre octubre outubro ottobre octombrie lokakuuta oktoober oktobris spalis spalio październik \
     października říjen října октобар октомври октябрь октября жовтень жовтня οκτώβριος οκτωβρίου október ekim أكتوبر \
     אוקטובר अक्टूबर ตุลาคม okt",
    "november novembre noviembre novembro noiembrie marraskuuta novembris lapkritis lapkričio listopad listopada \
     listopadu studeni studenoga новембар ноември ноябрь ноября листопад листопада νοέμβριος νοεμβρίου kasım نوفمبر \
     נובמבר नवंबर พฤศจิกายน",
    "december dezember décembre diciembre desembre dezembro dicembre decembrie desember joulukuuta detsember decembris \
     gruodis gruodžio grudzień grudnia prosinec prosince prosinac prosinca децембар декември декабрь декабря грудень \
     грудня δεκέμβριος δεκεμβρίου aralık ديسمبر דצמבר दिसंबर ธันวาคม",
];

static FOLDED: LazyLock<Vec<(String, u32)>> = LazyLock::new(|| {
    let rows = (1..).zip(NAMES);
    rows.flat_map(|(month, names)| names.split_ascii_whitespace().map(move |name| (fold(name), month))).collect()
});

/// Lower case without accents, so that `Mär`, `mar` and `MÄR` are one.
fn fold(word: &str) -> String {
    let lower = word.nfkd().flat_map(char::to_lowercase);
    lower.filter(|c| !unicode_normalization::char::is_combining_mark(*c)).collect()
}

/// The month that a word names, 1 to 12.
pub fn month(word: &str) -> Option<u32> {
    const ENGLISH: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    if word.len() == 3
        && let Some(found) = (1..).zip(ENGLISH).find(|(_, name)| name.eq_ignore_ascii_case(word))
    {
        return Some(found.0);
    }
    let word = fold(word);
    let exact = FOLDED.iter().find(|(name, _)| *name == word);
    let exact = exact.or_else(|| {
        let long_enough = word.chars().nth(2).is_some();
        FOLDED.iter().find(|(name, _)| long_enough && name.starts_with(&word))
    });
    exact.map(|(_, month)| *month)
}

/// Zones by name, in minutes east of Greenwich. Where a name has several meanings the one of RFC 822, or else the one
/// with the most readers, counts.
const ZONES: [(&str, i32); 73] = [
    ("z", 0),
    ("ut", 0),
    ("utc", 0),
    ("gmt", 0),
    ("wet", 0),
    ("bst", 60),
    ("west", 60),
    ("cet", 60),
    ("met", 60),
    ("mez", 60),
    ("wat", 60),
    ("cest", 120),
    ("mest", 120),
    ("mesz", 120),
    ("eet", 120),
    ("cat", 120),
    ("sast", 120),
    ("eest", 180),
    ("msk", 180),
    ("trt", 180),
    ("eat", 180),
    ("irst", 210),
    ("msd", 240),
    ("gst", 240),
    ("irdt", 270),
    ("pkt", 300),
    ("ist", 330),
    ("npt", 345),
    ("bdt", 360),
    ("ict", 420),
    ("wib", 420),
    ("hkt", 480),
    ("sgt", 480),
    ("myt", 480),
    ("pht", 480),
    ("awst", 480),
    ("wita", 480),
    ("jst", 540),
    ("kst", 540),
    ("wit", 540),
    ("acst", 570),
    ("aest", 600),
    ("acdt", 630),
    ("aedt", 660),
    ("nzst", 720),
    ("nzt", 720),
    ("nzdt", 780),
    ("ndt", -150),
    ("brt", -180),
    ("art", -180),
    ("uyt", -180),
    ("adt", -180),
    ("nst", -210),
    ("at", -240),
    ("ast", -240),
    ("clt", -240),
    ("edt", -240),
    ("vet", -240),
    ("et", -300),
    ("est", -300),
    ("cdt", -300),
    ("cot", -300),
    ("pet", -300),
    ("ct", -360),
    ("cst", -360),
    ("mdt", -360),
    ("mt", -420),
    ("mst", -420),
    ("pdt", -420),
    ("pt", -480),
    ("pst", -480),
    ("akst", -540),
    ("hst", -600),
];

/// The offset of a zone's name. Military letters other than `Z` say nothing (RFC 5322 §4.3) and are none here.
pub fn zone(word: &str) -> Option<i32> {
    ZONES.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, minutes)| *minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_known_by_name_and_abbreviation() {
        for (word, expected) in [
            ("Jan", Some(1)),
            ("JANUARY", Some(1)),
            ("févr", Some(2)),
            ("Mär", Some(3)),
            ("Ιούλ", Some(7)),
            ("июн", Some(6)),
            ("czerwca", Some(6)),
            ("lip", Some(7)),
            ("červenec", Some(7)),
            ("červen", Some(6)),
            ("Ağustos", Some(8)),
            ("paź", Some(10)),
            ("أكتوبر", Some(10)),
            ("marraskuuta", Some(11)),
            ("ธันวาคม", Some(12)),
            ("Tue", None),
            ("xy", None),
            ("", None),
        ] {
            assert_eq!(month(word), expected, "{word}");
        }
    }

    /// Each name that stands in two rows would always mean the earlier month.
    #[test]
    fn no_name_stands_for_two_months() {
        for (name, expected) in FOLDED.iter() {
            assert_eq!(month(name), Some(*expected), "{name}");
        }
    }
}

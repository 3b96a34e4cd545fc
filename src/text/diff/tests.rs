//! Differences of small texts in many scripts, and what holds for any two texts.

use proptest::prelude::*;

use super::*;

/// A difference as people write it: `[-removed-]{+added+}`, `…` for what is left out.
fn marked(difference: &Difference) -> String {
    let mark = |(change, text): &(Change, String)| match change {
        Change::Same => text.clone(),
        Change::Removed => format!("[-{text}-]"),
        Change::Added => format!("{{+{text}+}}"),
        Change::Omitted => "…".to_owned(),
    };
    difference.stretches.iter().map(mark).collect()
}

fn check(old: &str, new: &str, expected: &str) {
    assert_eq!(marked(&diff(old, new)), expected, "{old:?} to {new:?}");
}

#[test]
fn words_that_changed_are_marked() {
    check("", "", "");
    check("the same", "the same", "");
    check("", "all new", "{+all new+}");
    check("all gone", "", "[-all gone-]");
    check("Seoul: 1,500 soldiers sent", "Seoul: 3,000 soldiers sent", "Seoul:[- 1,500-]{+ 3,000+} soldiers sent");
    check("Kim's men", "Kim's 500 men", "Kim's{+ 500+} men");
    check("Troops land.", "Troops have landed.", "Troops[- land-]{+ have landed+}.");
    check("1.5 km", "1.6 km", "[-1.5-]{+1.6+} km");
    check("don't go", "don’t go", "[-don't-]{+don’t+} go");
}

#[test]
fn blanks_alone_are_no_difference() {
    check("a  b\n(c) ", " a b ( c )", "");
    check("a-b c", "a - b d", "a - b[- c-]{+ d+}");
}

#[test]
fn changes_that_a_short_word_parts_are_one_phrase() {
    check("ships of war", "boats of peace", "[-ships of war-]{+boats of peace+}");
    check("ships beyond war", "boats beyond peace", "[-ships-]{+boats+} beyond[- war-]{+ peace+}");
    check("ships, war", "the ships, a war", "{+the+} ships,{+ a+} war");
}

#[test]
fn scripts_without_blanks_are_compared_by_character_and_katakana_by_word() {
    check("朝鲜外相抵达海参崴", "朝鲜外长抵达莫斯科", "朝鲜外[-相-]{+长+}抵达[-海参崴-]{+莫斯科+}");
    check("外相がウラジオストクに到着", "外相がモスクワに到着", "外相が[-ウラジオストク-]{+モスクワ+}に到着");
    check("북한 외무상 방러", "북한 외무상이 방중", "북한[- 외무상 방러-]{+ 외무상이 방중+}");
    check("เกาหลีเหนือ", "เกาหลีใต้", "เกาหลี[-เหนือ-]{+ใต้+}");
}

#[test]
fn scripts_from_right_to_left_stay_in_the_order_of_reading() {
    check("وصل 1500 جندي", "وصل 3000 جندي", "وصل[- 1500-]{+ 3000+} جندي");
    check("שר החוץ הגיע", "שר הביטחון הגיע", "שר[- החוץ-]{+ הביטחון+} הגיע");
}

#[test]
fn what_joins_a_character_stays_with_it() {
    check("cafe\u{301} e", "cafe\u{301} e\u{301}", "cafe\u{301}[- e-]{+ e\u{301}+}");
    check("👩‍👩‍👧 go", "👩‍👩‍👦 go", "[-👩‍👩‍👧-]{+👩‍👩‍👦+} go");
    check("👍🏽 x", "👍 x", "[-👍🏽-]{+👍+} x");
    check("हिन्दी भाषा", "हिन्दी की भाषा", "हिन्दी{+ की+} भाषा");
}

#[test]
fn what_is_far_from_a_change_is_left_out() {
    let words = |count: usize| (0..count).map(|at| format!("w{at}")).collect::<Vec<_>>().join(" ");
    let (old, new) = (format!("{} old {}", words(40), words(40)), format!("{} new {}", words(40), words(40)));
    let around = |range: Range<usize>| range.map(|at| format!(" w{at}")).collect::<String>();
    let expected = format!("…{}[- old-]{{+ new+}}{}…", around(28..40), around(0..12));
    check(&old, &new, &expected);
}

#[test]
fn a_long_text_is_compared_by_sentence_first() {
    let sentence = |at: usize| format!("Sentence {at} has words of its own, number {} among them. ", at * 7 + 1_000);
    let old: String = (0..120).map(sentence).collect();
    let moved: String = (1..120).chain([0]).map(sentence).collect();
    let both: String = moved.replace("number 1007 ", "number 9999 ");
    let difference = diff(&old, &both);
    let text = marked(&difference);
    assert!(text.contains("number[- 1007-]{+ 9999+} among"), "{text}");
    assert!(text.ends_with("{+ Sentence 0 has words of its own, number 1000 among them.+}"), "{text}");
    assert!(text.len() < 700, "{text}");
}

#[test]
fn texts_that_have_nothing_in_common_are_replaced_whole() {
    let old: String = (0..1_500).map(|at| format!("o{at} ")).collect();
    let new: String = (0..1_500).map(|at| format!("n{at} ")).collect();
    let kinds: Vec<Change> = diff(&old, &new).stretches.iter().map(|(change, _)| *change).collect();
    assert_eq!(kinds, [Change::Removed, Change::Added]);
}

#[test]
fn megabytes_take_no_longer_than_pages() {
    // Without bounds each pair is hours of work: permuted words, and sentences of one word, have the worst paths.
    let permuted = |step: usize| -> String { (0..400_000).map(|at| format!("{}. ", at * step % 1_999)).collect() };
    let same: String = "a ".repeat(1 << 20);
    let one_word = "x".repeat(2 << 20);
    let marks = "\u{301}".repeat(1 << 20);
    for (old, new) in [
        (permuted(7), permuted(11)),
        (permuted(7).replace('.', ""), permuted(11).replace('.', "")),
        (same.clone(), same.replace('a', "b")),
        (one_word.clone(), format!("y{one_word}")),
        (marks.clone(), format!("a{marks}")),
    ] {
        let difference = diff(&old, &new);
        assert!(difference.cut_short, "{}", old.len());
        let length: usize = difference.stretches.iter().map(|(_, text)| text.len()).sum();
        assert!(length < 2 * MAX_WORDS * 260, "{length}");
    }
}

#[test]
fn a_change_beyond_what_is_compared_is_said_to_be_out_of_sight() {
    let long = "word ".repeat(MAX_WORDS);
    let difference = diff(&format!("{long}old"), &format!("{long}new"));
    assert_eq!(difference, Difference { stretches: vec![], cut_short: true });
}

/// Words of few kinds, so that runs, repeats and moves come often.
fn words() -> impl Strategy<Value = String> {
    let word =
        prop::sample::select(vec!["a", "b", "the", "long", "word", ",", ".", "北", "한국", "ウラ", "é", "👍🏽", "\n"]);
    prop::collection::vec(word, 0..60).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Without the left-out stretches, the old text is what stayed and went, the new one what stayed and came.
    #[test]
    fn both_texts_can_be_read_from_the_difference(old in words(), new in words(), long in 0..2_usize) {
        let (old, new) = (old.repeat(1 + long * 12), new.repeat(1 + long * 12));
        let difference = diff(&old, &new);
        let text = |kept: Change| -> Option<String> {
            let mut text = String::new();
            for (change, stretch) in &difference.stretches {
                match change {
                    Change::Omitted => return None,
                    Change::Same => text.push_str(stretch),
                    change if *change == kept => text.push_str(stretch),
                    _ => {}
                }
            }
            Some(text.split_whitespace().collect())
        };
        let bare = |text: &str| -> String { text.split_whitespace().collect() };
        if difference.stretches.is_empty() {
            prop_assert_eq!(bare(&old), bare(&new));
        } else if let (Some(old_read), Some(new_read)) = (text(Change::Removed), text(Change::Added)) {
            prop_assert_eq!(old_read, bare(&old));
            prop_assert_eq!(new_read, bare(&new));
        }
        prop_assert_eq!(diff(&old, &old).stretches, vec![]);
    }
}

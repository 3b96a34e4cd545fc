//! What is read out of texts in many languages.

use super::tables::TABLES;
use super::*;
use crate::cluster::reading::marks_of;

fn names(language: &str, title: &str) -> Vec<&'static str> {
    let language = Language::new(language);
    marks_of(language.as_ref(), title, "")
        .iter()
        .filter_map(|mark| Some(TABLES.known.get(mark.id as usize)?.name))
        .collect()
}

fn check(expected: &[&str], titles: &[(&str, &str)]) {
    for (language, title) in titles {
        let found = names(language, title);
        for name in expected {
            assert!(found.contains(name), "{title}: {found:?}");
        }
    }
}

#[test]
fn places_are_known_in_many_languages() {
    check(
        &["CL", "Santiago"],
        &[
            ("en", "Chilean seismologists meet in Santiago"),
            ("de", "Chiles Seismologen treffen sich in Santiago"),
            ("ru", "Сейсмологи Чили встретились в Сантьяго"),
            ("ko", "칠레 산티아고에서 지진학자 회의"),
            ("ja", "チリのサンティアゴで地震学者会議"),
            ("zh", "智利地震学家在圣地亚哥开会"),
        ],
    );
}

//! How far two titles are from naming the same, in one language or in two: Laos's minister is not North Korea's.

use super::counts::Held;
use super::{Kind, Mark};

/// How two titles differ in the places, persons and organisations that the tables know. All nothing where one of them
/// names none.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(in crate::cluster) struct NamesApart {
    /// 1 when no name is in both.
    pub(in crate::cluster) none_shared: f32,
    /// 1 when each has a name that the other entry lacks, in its text as well.
    pub(in crate::cluster) crossed: f32,
    /// The share of the names that the other entry lacks.
    pub(in crate::cluster) lacking: f32,
}

impl NamesApart {
    /// Of an entry's marks, sorted by id, and those of a member, sorted by number.
    pub(in crate::cluster) fn of(marks: &[Mark], held: &[Held]) -> Self {
        // What the tables know has its id for a number.
        let member = |mark: &Mark| held.binary_search_by_key(&mark.id, |held| held.number).ok().map(|at| &held[at]);
        let entry = |held: &Held| marks.binary_search_by_key(&held.number, |mark| mark.id).ok();
        let (mut own, mut own_lacking, mut shared) = (0, 0, 0);
        for mark in marks.iter().filter(|mark| mark.in_title && is_name(mark.kind)) {
            own += 1;
            match member(mark) {
                None => own_lacking += 1,
                Some(held) => shared += u32::from(held.in_title),
            }
        }
        let (mut others, mut others_lacking) = (0, 0);
        for held in held.iter().filter(|held| held.in_title && is_name(held.kind)) {
            others += 1;
            others_lacking += u32::from(entry(held).is_none());
        }
        if own == 0 || others == 0 {
            return Self::default();
        }
        let one_if = |yes| f32::from(u8::from(yes));
        Self {
            none_shared: one_if(shared == 0),
            crossed: one_if(own_lacking > 0 && others_lacking > 0),
            lacking: (own_lacking + others_lacking) as f32 / (own + others) as f32,
        }
    }
}

fn is_name(kind: Kind) -> bool {
    matches!(kind, Kind::Place | Kind::Name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::foreign::{Counts, Tongue};
    use crate::cluster::reading::marks_of;
    use crate::model::Language;

    #[test]
    fn titles_are_apart_by_the_names_that_the_other_lacks() {
        let foreign_minister = "North Korea's foreign minister arrives in Vladivostok";
        let table = [
            (foreign_minister, "Laotian foreign minister arrives in Vladivostok", [0.0, 1.0, 1.0 / 3.0]),
            (foreign_minister, "Choe Son Hui, North Korea's top diplomat, reaches Vladivostok", [0.0, 0.0, 1.0 / 7.0]),
            (foreign_minister, "Volkswagen to close plants in Germany", [1.0, 1.0, 1.0]),
            (foreign_minister, "Top diplomat arrives", [0.0; 3]),
        ];
        let marks_of = |title| marks_of(Language::new("en").as_ref(), title, "");
        for (one, other, [none_shared, crossed, lacking]) in table {
            let held = Counts::default().add(&marks_of(other), Tongue::default(), 0);
            let apart = NamesApart::of(&marks_of(one), &held);
            assert_eq!(apart, NamesApart { none_shared, crossed, lacking }, "{other}");
        }
    }
}

//! Ids of stories in little room: those of one day are the same but for their ends.

use std::sync::Arc;

use super::super::map::Map;
use crate::model::StoryId;

/// So many digits of base 16 are an end.
const DIGITS: usize = 16;

/// An id, as [`Ids`] keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::cluster) struct ShortId {
    head: u32,
    tail: u64,
}

/// What ids begin with: one text for each day on which stories began, and each id of another form as it is. They are few,
/// and none is forgotten.
#[derive(Debug, Default)]
pub(super) struct Ids {
    /// Each with whether an end follows.
    heads: Vec<(Arc<str>, bool)>,
    /// The numbers of those that are whole ids, and of those that an end follows.
    numbers: [Map<Arc<str>, u32>; 2],
}

impl Ids {
    /// Keeps an id.
    pub(super) fn keep(&mut self, id: &StoryId) -> ShortId {
        if let Some(known) = self.find(id) {
            return known;
        }
        let (head, tail) = split(id);
        let (text, number): (Arc<str>, u32) = (head.into(), self.heads.len() as u32);
        self.heads.push((Arc::clone(&text), tail.is_some()));
        self.numbers[usize::from(tail.is_some())].insert(text, number);
        ShortId { head: number, tail: tail.unwrap_or_default() }
    }

    /// An id that may have been kept.
    pub(super) fn find(&self, id: &StoryId) -> Option<ShortId> {
        let (head, tail) = split(id);
        let head = *self.numbers[usize::from(tail.is_some())].get(head)?;
        Some(ShortId { head, tail: tail.unwrap_or_default() })
    }

    /// The whole of an id that was kept.
    pub(super) fn whole(&self, id: ShortId) -> StoryId {
        match self.heads.get(id.head as usize) {
            Some((head, true)) => StoryId::stored(&format!("{head}{:0DIGITS$x}", id.tail)),
            Some((whole, false)) => StoryId::stored(whole),
            None => StoryId::stored(""),
        }
    }
}

/// Cuts an id into what many share and its end, if it has one.
fn split(id: &StoryId) -> (&str, Option<u64>) {
    let whole = id.as_str();
    let cut = whole.len().checked_sub(DIGITS).and_then(|at| whole.split_at_checked(at));
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    match cut.filter(|(_, end)| end.bytes().all(is_digit)) {
        Some((head, end)) => (head, u64::from_str_radix(end, 16).ok()),
        None => (whole, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_every_form_come_back_as_they_were() {
        let mut ids = Ids::default();
        let texts = [
            "tag:wire.example,2024-10-24:story/0123456789abcdef",
            "tag:wire.example,2024-10-24:story/0000000000000000",
            "tag:wire.example,2024-10-24:story/",
            "tag:wire.example,2024-10-25:story/ffffffffffffffff",
            "tag:wire.example,2024-10-25:story/FFFFFFFFFFFFFFFF",
            "tag:wire.example,2024-10-25:story/+fffffffffffffff",
            "0123456789abcdef",
            "ä0123456789abcde",
            "short",
            "",
        ];
        let kept = texts.map(|text| ids.keep(&StoryId::stored(text)));
        for (text, short) in texts.iter().zip(kept) {
            let id = StoryId::stored(text);
            assert_eq!((ids.whole(short), ids.find(&id), ids.keep(&id)), (id.clone(), Some(short), short));
        }
        assert!(kept.iter().enumerate().all(|(at, short)| !kept[..at].contains(short)));
        assert_eq!(ids.find(&StoryId::stored("other")), None);
        assert!(ids.heads.len() < texts.len());
    }
}

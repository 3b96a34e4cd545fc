//! Mutations that know nothing of what they change: bytes are turned, taken, doubled, cut, put in.

use crate::dictionary;
use crate::random::Random;

/// Changes single bits or whole bytes.
pub fn flip(document: &mut [u8], random: &mut Random) {
    if document.is_empty() {
        return;
    }
    for _ in 0..random.small(8) {
        let at = random.below(document.len());
        document[at] = match random.below(3) {
            0 => document[at] ^ 1 << random.below(8),
            1 => random.bits() as u8,
            _ => *random.pick(b"<>&\"'/=;:![]{}(),.- \n\0\x80\xff0aA"),
        };
    }
}

/// Takes a part away.
pub fn delete(document: &mut Vec<u8>, random: &mut Random) {
    let span = random.span(document.len());
    document.drain(span);
}

/// Puts a part in again, there or elsewhere, once or more often.
pub fn duplicate(document: &mut Vec<u8>, random: &mut Random) {
    let part = document[random.span(document.len())].to_vec();
    let times = if part.len() < 200 { random.small(16) } else { 1 };
    let at = random.below(document.len() + 1);
    document.splice(at..at, part.repeat(times));
}

/// Ends the document early.
pub fn truncate(document: &mut Vec<u8>, random: &mut Random) {
    document.truncate(random.below(document.len() + 1));
}

/// Puts a part of another document in, in place of a part or between.
pub fn splice(document: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    let part = &other[random.span(other.len())];
    let span = if random.one_in(2) { random.span(document.len()) } else { at(document, random) };
    document.splice(span, part.iter().copied());
}

/// Goes on as another document from some point on.
pub fn cross(document: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    truncate(document, random);
    document.extend_from_slice(&other[random.below(other.len() + 1)..]);
}

/// Puts in pieces of the dictionary, or one in place of a part.
pub fn insert(document: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..random.small(4) {
        let piece = dictionary::piece(random);
        let span = if random.one_in(4) { random.span(document.len()) } else { at(document, random) };
        document.splice(span, piece);
    }
}

/// Writes the document in another encoding, or claims that it is.
pub fn recode(document: &mut Vec<u8>, random: &mut Random) {
    let text = String::from_utf8_lossy(document).into_owned();
    let units = text.encode_utf16();
    *document = match random.below(6) {
        0 => units.flat_map(u16::to_le_bytes).collect(),
        1 => units.flat_map(u16::to_be_bytes).collect(),
        2 => [0xff, 0xfe].into_iter().chain(units.flat_map(u16::to_le_bytes)).collect(),
        3 => text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect(),
        4 => text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(0x93)).collect(),
        _ => [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat(),
    };
}

/// An empty place.
fn at(document: &[u8], random: &mut Random) -> std::ops::Range<usize> {
    let at = random.below(document.len() + 1);
    at..at
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &[u8] = b"<rss><item>Caf\xc3\xa9</item></rss>";

    /// What comes of 200 mutations of the same document.
    fn results(mutate: impl Fn(&mut Vec<u8>, &mut Random)) -> Vec<Vec<u8>> {
        (0..200)
            .map(|number| {
                let mut document = DOCUMENT.to_vec();
                mutate(&mut document, &mut Random::new(1, number));
                document
            })
            .collect()
    }

    #[test]
    fn each_mutator_does_what_its_name_says() {
        let differ = |left: &[u8], right: &[u8]| left.iter().zip(right).filter(|(left, right)| left != right).count();
        for flipped in results(|document, random| flip(document, random)) {
            assert!(flipped.len() == DOCUMENT.len() && differ(&flipped, DOCUMENT) <= 8);
        }
        assert!(results(delete).iter().all(|shorter| shorter.len() < DOCUMENT.len()));
        assert!(results(duplicate).iter().all(|longer| longer.len() > DOCUMENT.len()));
        assert!(results(truncate).iter().all(|head| DOCUMENT.starts_with(head)));
        assert!(results(insert).iter().filter(|changed| *changed != DOCUMENT).count() > 190);
        let foreign = |changed: &Vec<u8>| changed.contains(&b'#');
        assert!(results(|document, random| splice(document, b"####", random)).iter().all(foreign));
        let crossed = results(|document, random| cross(document, b"####", random));
        assert!(
            crossed.iter().any(foreign) && crossed.iter().all(|end| end.ends_with(b"#") || DOCUMENT.starts_with(end))
        );
    }

    #[test]
    fn recoded_documents_hold_the_same_text() {
        let text = String::from_utf8_lossy(DOCUMENT).into_owned();
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let all = results(recode);
        assert!(all.contains(&wide));
        assert!(all.iter().any(|bytes| bytes.starts_with(b"\xef\xbb\xbf<")));
    }

    #[test]
    fn nothing_is_too_small_to_be_mutated() {
        for number in 0..500 {
            let random = &mut Random::new(2, number);
            let mut document = Vec::new();
            flip(&mut document, random);
            delete(&mut document, random);
            duplicate(&mut document, random);
            splice(&mut document, b"", random);
            cross(&mut document, b"", random);
            recode(&mut document, random);
        }
    }
}

//! Mutations that know tags: taken, doubled, swapped, crossed, renamed, their quotes exchanged.

use std::ops::Range;

use crate::random::Random;

/// More tags than this are not looked at.
const MOST: usize = 400;

/// The places of the tags, roughly: from `<` to the next `>`.
fn tags(document: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = document[from..].iter().position(|&byte| byte == b'<').map(|at| from + at) {
        let Some(end) = document[start..].iter().position(|&byte| byte == b'>').map(|at| start + at + 1) else { break };
        found.push(start..end);
        if found.len() == MOST {
            break;
        }
        from = end;
    }
    found
}

/// Where the name of a tag stands, behind `<` or `</`.
fn name(document: &[u8], tag: &Range<usize>) -> Range<usize> {
    let start = tag.start + if document.get(tag.start + 1) == Some(&b'/') { 2 } else { 1 };
    let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>');
    let length = document[start..tag.end].iter().position(ends).unwrap_or(0);
    start..start + length
}

/// One change to the tags of a document; none where it has none.
pub fn change(document: &mut Vec<u8>, random: &mut Random) {
    let tags = tags(document);
    if tags.is_empty() {
        return;
    }
    let tag = random.pick(&tags).clone();
    match random.below(9) {
        0 => drop(document.drain(tag)),
        1 => {
            let copies = document[tag.clone()].repeat(random.small(8));
            document.splice(tag.end..tag.end, copies);
        }
        2 | 3 => swap(document, tag, random.pick(&tags).clone()),
        4 => rename(document, &tag, random),
        5 => quotes(document, tag, random),
        6 => turn(document, &tag),
        7 => {
            // Only the bracket goes.
            let at = if random.one_in(2) { tag.start } else { tag.end - 1 };
            document.remove(at);
        }
        _ => wrap(document, tag, random.pick(&tags).clone()),
    }
}

/// Exchanges two tags: elements overlap, or stand in each other's place.
fn swap(document: &mut Vec<u8>, one: Range<usize>, other: Range<usize>) {
    let (first, second) = if one.start < other.start { (one, other) } else { (other, one) };
    if first == second {
        return;
    }
    let (head, tail) = (document[first.clone()].to_vec(), document[second.clone()].to_vec());
    document.splice(second, head);
    document.splice(first, tail);
}

/// Gives a tag another prefix or case.
fn rename(document: &mut Vec<u8>, tag: &Range<usize>, random: &mut Random) {
    let place = name(document, tag);
    let old = document[place.clone()].to_vec();
    let local = old.rsplit(|&byte| byte == b':').next().unwrap_or_default();
    let prefixes: [&[u8]; 10] =
        [b"", b"dc:", b"media:", b"itunes:", b"atom:", b"content:", b"rdf:", b"xhtml:", b"zz:", b":"];
    let new = match random.below(4) {
        0 => old.to_ascii_uppercase(),
        1 => [&old[..], b":x"].concat(),
        _ => [random.pick(&prefixes), local].concat(),
    };
    document.splice(place, new);
}

/// Exchanges, takes or adds quotes in a tag.
fn quotes(document: &mut Vec<u8>, tag: Range<usize>, random: &mut Random) {
    let places: Vec<usize> = tag.filter(|&at| matches!(document[at], b'"' | b'\'')).collect();
    match random.below(3) {
        0 => {
            for &at in &places {
                document[at] ^= b'"' ^ b'\'';
            }
        }
        _ if places.is_empty() => {}
        1 => drop(document.remove(*random.pick(&places))),
        _ => document.insert(*random.pick(&places), *random.pick(b"\"'")),
    }
}

/// Makes an end tag of a start tag and the other way round.
fn turn(document: &mut Vec<u8>, tag: &Range<usize>) {
    let slash = tag.start + 1;
    if document.get(slash) == Some(&b'/') {
        document.remove(slash);
    } else {
        document.insert(slash, b'/');
    }
}

/// Puts a copy of one tag before another.
fn wrap(document: &mut Vec<u8>, one: Range<usize>, other: Range<usize>) {
    let copy = document[other].to_vec();
    document.splice(one.start..one.start, copy);
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &[u8] = b"<rss v='2'><dc:title>a</dc:title></rss> <";

    #[test]
    fn tags_and_their_names_are_found() {
        let text = |place: &Range<usize>| std::str::from_utf8(&DOCUMENT[place.clone()]).expect("ASCII");
        let tags = tags(DOCUMENT);
        assert_eq!(tags.iter().map(text).collect::<Vec<_>>(), ["<rss v='2'>", "<dc:title>", "</dc:title>", "</rss>"]);
        let names: Vec<Range<usize>> = tags.iter().map(|tag| name(DOCUMENT, tag)).collect();
        assert_eq!(names.iter().map(text).collect::<Vec<_>>(), ["rss", "dc:title", "dc:title", "rss"]);
    }

    #[test]
    fn every_kind_of_change_comes_about() {
        let results: std::collections::BTreeSet<String> = (0..20_000)
            .map(|number| {
                let mut document = DOCUMENT.to_vec();
                change(&mut document, &mut Random::new(3, number));
                String::from_utf8(document).expect("ASCII")
            })
            .collect();
        for expected in [
            "<rss v='2'>a</dc:title></rss> <",
            "<rss v='2'><dc:title><dc:title>a</dc:title></rss> <",
            "<dc:title><rss v='2'>a</dc:title></rss> <",
            "<rss v='2'><media:title>a</dc:title></rss> <",
            "<RSS v='2'><dc:title>a</dc:title></rss> <",
            "<rss v=\"2\"><dc:title>a</dc:title></rss> <",
            "<rss v='2><dc:title>a</dc:title></rss> <",
            "<rss v='2'></dc:title>a</dc:title></rss> <",
        ] {
            assert!(results.contains(expected), "{expected}");
        }
    }

    #[test]
    fn what_has_no_tags_stays() {
        for text in ["", "<", "a > b < c"] {
            let mut document = text.as_bytes().to_vec();
            change(&mut document, &mut Random::new(1, 1));
            assert_eq!(document, text.as_bytes());
        }
    }
}

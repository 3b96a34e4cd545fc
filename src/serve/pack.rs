//! Compresses documents so that a change to a part of one costs the compression of that part alone.
//!
//! A large document is cut where its own bytes say so (content-defined chunking): a change moves no cut but those around
//! it. Each part is compressed by itself, and one gzip member (RFC 1952) is put together of them. What comes out depends
//! on the document alone, whatever was known before: the same document has the same tag for ever.

use std::ops::Range;

use bytes::Bytes;
use flate2::{Compress, Compression, Crc, FlushCompress};
use xxhash_rust::xxh3::xxh3_64;

/// Documents below this size are not compressed: they fit into one packet either way.
const MIN_BYTES: usize = 512;
/// Documents up to this size are one part, and no part is larger.
const MOST_PART_BYTES: usize = 128 << 10;
/// No part is smaller, but the last.
const LEAST_PART_BYTES: usize = 16 << 10;
/// A part ends where these bits of the sum are 0: 32 KiB on, on an average.
const END: u64 = ((1 << 15) - 1) << 40;
/// gzip, deflate, no flags, no date, no hint, no system.
const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
/// An empty last block.
const LAST: [u8; 2] = [3, 0];

/// A compressed document.
#[derive(Debug, Clone)]
pub(super) struct Packed {
    pub body: Bytes,
    parts: Vec<Part>,
}

#[derive(Debug, Clone)]
struct Part {
    hash: u64,
    /// Where it stands in the document, and where compressed in the body.
    plain: Range<usize>,
    packed: Range<usize>,
}

/// Compresses a document; parts that stand in `before`, a document with what it came to, are taken from there. `None`
/// when it would not be shorter.
pub(super) fn pack(document: &[u8], before: Option<(&Bytes, &Packed)>) -> Option<Packed> {
    if document.len() < MIN_BYTES {
        return None;
    }
    let mut body = Vec::with_capacity(document.len() / 3);
    body.extend_from_slice(&HEAD);
    let mut parts = Vec::new();
    let mut deflater = None;
    for plain in cut(document) {
        let part = document.get(plain.clone()).unwrap_or_default();
        let hash = xxh3_64(part);
        let known = before.and_then(|(document, packed)| {
            let mut same = packed.parts.iter().filter(|known| known.hash == hash);
            // Feeds could be made to have one hash.
            let same = same.find(|known| document.get(known.plain.clone()) == Some(part))?;
            packed.body.get(same.packed.clone())
        });
        let start = body.len();
        match known {
            Some(known) => body.extend_from_slice(known),
            None => {
                deflate(part, deflater.get_or_insert_with(|| Compress::new(Compression::default(), false)), &mut body)
            }
        }
        parts.push(Part { hash, plain, packed: start..body.len() });
    }
    let mut crc = Crc::new();
    crc.update(document);
    body.extend_from_slice(&LAST);
    body.extend_from_slice(&crc.sum().to_le_bytes());
    body.extend_from_slice(&crc.amount().to_le_bytes());
    (body.len() < document.len()).then(|| Packed { body: body.into(), parts })
}

/// Compresses a part up to the border of a byte.
fn deflate(part: &[u8], deflate: &mut Compress, body: &mut Vec<u8>) {
    deflate.reset();
    let mut done = 0;
    loop {
        // What cannot be made shorter takes some bytes more; what does not fit comes in the next round.
        body.reserve(part.len() / 2 + 64);
        let before = deflate.total_in();
        deflate
            .compress_vec(part.get(done..).unwrap_or_default(), body, FlushCompress::Sync)
            .expect("compressing into memory cannot fail");
        done += usize::try_from(deflate.total_in() - before).unwrap_or_default();
        if done >= part.len() && body.len() < body.capacity() {
            return;
        }
    }
}

/// Where the parts of a document stand.
fn cut(document: &[u8]) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = 0;
    while document.len() - start > MOST_PART_BYTES {
        let mut sum = 0_u64;
        let window = document.get(start..start + MOST_PART_BYTES).unwrap_or_default();
        let mut length = MOST_PART_BYTES;
        // The sum is that of the last 64 bytes.
        for (at, byte) in window.iter().enumerate().skip(LEAST_PART_BYTES - 64) {
            sum = (sum << 1).wrapping_add(GEAR.get(usize::from(*byte)).copied().unwrap_or_default());
            if at >= LEAST_PART_BYTES && sum & END == 0 {
                length = at + 1;
                break;
            }
        }
        parts.push(start..start + length);
        start += length;
    }
    parts.push(start..document.len());
    parts
}

/// A random number for each byte (SplitMix64).
static GEAR: [u64; 256] = {
    let mut gear = [0; 256];
    let mut at = 0;
    while at < 256 {
        let mut mixed = (at as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        gear[at] = mixed ^ (mixed >> 31);
        at += 1;
    }
    gear
};

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;

    use super::*;

    fn unpacked(packed: &Packed) -> Vec<u8> {
        let mut plain = Vec::new();
        GzDecoder::new(&packed.body[..]).read_to_end(&mut plain).expect("a gzip member");
        plain
    }

    fn text(entries: usize) -> String {
        (0..entries).map(|at| format!("<entry><id>{}</id><p>{at}</p></entry>\n", xxh3_64(&at.to_le_bytes()))).collect()
    }

    #[test]
    fn what_is_packed_comes_out_whole_at_every_size() {
        let noise: Vec<u8> = (0..400_000_u64).flat_map(|at| xxh3_64(&at.to_le_bytes()).to_le_bytes()).collect();
        assert!(pack(&noise, None).is_none(), "noise is not made shorter");
        assert!(pack(text(1).as_bytes(), None).is_none(), "too small to gain");
        let mixed = [&noise[..200_000], text(10_000).as_bytes()].concat();
        assert_eq!(unpacked(&pack(&mixed, None).expect("shorter")), mixed);
        for entries in [20, 300, 3_000, 20_000] {
            let text = text(entries);
            let packed = pack(text.as_bytes(), None).expect("shorter");
            assert!(unpacked(&packed) == text.as_bytes(), "{entries}");
            let zeros = vec![0; text.len()];
            assert!(unpacked(&pack(&zeros, None).expect("shorter")) == zeros, "{entries}");
        }
    }

    #[test]
    fn a_change_costs_the_parts_around_it_and_no_history_shows() {
        let first = Bytes::from(text(20_000));
        let before = pack(&first, None).expect("shorter");
        assert!(before.parts.len() > 15, "{}", before.parts.len());
        for (from, to) in
            [("<p>0</p>", "<p>changed</p>"), ("<p>9000</p>", "<p>longer than before</p>"), ("<p>19999</p>", "")]
        {
            let second = String::from_utf8_lossy(&first).replace(from, to);
            let anew = pack(second.as_bytes(), None).expect("shorter");
            let again = pack(second.as_bytes(), Some((&first, &before))).expect("shorter");
            assert_eq!(anew.body, again.body, "{from}");
            let kept = again.parts.iter().filter(|part| before.parts.iter().any(|known| known.hash == part.hash));
            assert!(kept.count() + 3 >= again.parts.len(), "{from}");
        }
    }
}

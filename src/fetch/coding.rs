//! Content codings (RFC 9110 §8.4): which ones are asked for, and bodies decoded from one of them within a limit.
//!
//! The HTTP client could decode by itself while it reads. But a decoder of Brotli or Zstandard fills its window of 8 or
//! 16 MiB with what a few hundred bytes say, before anybody has asked for the first byte of it: so bodies wait packed,
//! and are decoded when it is their turn.

use std::io::{self, Read};

use reqwest::header::{CONTENT_ENCODING, HeaderMap, HeaderValue};

/// What every source is asked for, always the same: a server that makes its `ETag` of it gets it back.
pub(super) const ACCEPTED: HeaderValue = HeaderValue::from_static("gzip, br, zstd, deflate");

/// Larger windows are for files, not for answers (RFC 9659 §3).
const ZSTD_WINDOW_LOG: u32 = 23;

/// Read from a decoder at once.
const PIECE_BYTES: usize = 16 << 10;

/// A content coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    Gzip,
    Deflate,
    Brotli,
    Zstd,
}

/// Why a body does not decode.
#[derive(Debug)]
pub(super) enum Undecoded {
    /// It holds more than the limit.
    TooLarge,
    /// It is broken, or ends too soon.
    Broken(String),
}

impl Undecoded {
    /// The decoder itself failed.
    pub(super) fn broke_down() -> Self {
        Self::Broken("the decoder broke down".to_owned())
    }
}

impl Coding {
    /// Whether its decoder takes little room.
    pub(super) fn is_modest(self) -> bool {
        matches!(self, Self::Gzip | Self::Deflate)
    }

    /// Decodes a whole body to at most `limit_bytes`, into a room that is empty. What is in it after an error is what
    /// was decoded until then.
    pub(super) fn decode(self, packed: &[u8], room: &mut Vec<u8>, limit_bytes: usize) -> Result<(), Undecoded> {
        match self {
            Self::Gzip => read(flate2::read::MultiGzDecoder::new(packed), room, limit_bytes),
            // Some servers leave the zlib header out (RFC 9110 §8.4.1.2, note).
            Self::Deflate if has_zlib_header(packed) => read(flate2::read::ZlibDecoder::new(packed), room, limit_bytes),
            Self::Deflate => read(flate2::read::DeflateDecoder::new(packed), room, limit_bytes),
            Self::Brotli => read(brotli::Decompressor::new(packed, PIECE_BYTES), room, limit_bytes),
            Self::Zstd => {
                let broken = |error: io::Error| Undecoded::Broken(error.to_string());
                let mut decoder = zstd::stream::read::Decoder::with_buffer(packed).map_err(broken)?;
                decoder.window_log_max(ZSTD_WINDOW_LOG).map_err(broken)?;
                read(decoder, room, limit_bytes)
            }
        }
    }
}

/// The one coding of a body, if it has one.
///
/// # Errors
/// What the headers say, when it was not asked for: two codings, or an unknown one.
pub(super) fn coding(headers: &HeaderMap) -> Result<Option<Coding>, String> {
    let values = headers.get_all(CONTENT_ENCODING).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
    let said = values.collect::<Vec<_>>().join(", ");
    match said.trim().to_ascii_lowercase().as_str() {
        "" | "identity" => Ok(None),
        "gzip" | "x-gzip" => Ok(Some(Coding::Gzip)),
        "deflate" => Ok(Some(Coding::Deflate)),
        "br" => Ok(Some(Coding::Brotli)),
        "zstd" => Ok(Some(Coding::Zstd)),
        // It goes to logs and terminals.
        _ => Err(said.chars().filter(|c| !c.is_control() && *c != '\u{fffd}').take(100).collect()),
    }
}

/// RFC 1950 §2.2: the method is 8, and the first two bytes are a multiple of 31.
fn has_zlib_header(packed: &[u8]) -> bool {
    matches!(packed, [method, flags, ..] if method & 0x0f == 8 && u16::from_be_bytes([*method, *flags]) % 31 == 0)
}

fn read(mut decoder: impl Read, room: &mut Vec<u8>, limit_bytes: usize) -> Result<(), Undecoded> {
    let mut piece = [0; PIECE_BYTES];
    loop {
        let length = match decoder.read(&mut piece) {
            Ok(0) => return Ok(()),
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(Undecoded::Broken(error.to_string())),
        };
        if length > limit_bytes - room.len() {
            return Err(Undecoded::TooLarge);
        }
        room.extend_from_slice(&piece[..length]);
    }
}

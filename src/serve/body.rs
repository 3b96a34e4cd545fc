//! Sends a body without copying it for each answer: from a file that only memory holds, as a server of files does.
//!
//! Elsewhere than on Linux, and where there are too many such files, a body is sent from where it stands.

#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{self, ErrorKind, IoSlice, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::{Buf, Bytes};
use tokio::net::TcpStream;

/// Smaller ones are copied sooner than handed over, larger ones would take too much room twice.
const LEAST_BYTES: usize = 8 << 10;
const MOST_BYTES: usize = 4 << 20;
/// So many files there are at most: those of the documents that are asked for.
const MOST_FILES: usize = 256;
/// Pieces that are written at once: those of an answer are three.
const PIECES: usize = 24;

static FILES: AtomicUsize = AtomicUsize::new(0);

/// A body in a file that only memory holds.
#[derive(Debug)]
pub(super) struct Body {
    file: File,
    bytes: u64,
}

impl Body {
    /// Puts a body into a file; `None` where that would not pay, or cannot be done.
    pub(super) fn of(bytes: &[u8]) -> Option<Arc<Self>> {
        if !(LEAST_BYTES..=MOST_BYTES).contains(&bytes.len()) {
            return None;
        }
        if FILES.fetch_add(1, Ordering::Relaxed) >= MOST_FILES {
            FILES.fetch_sub(1, Ordering::Relaxed);
            return None;
        }
        let Ok(file) = system::file() else {
            FILES.fetch_sub(1, Ordering::Relaxed);
            return None;
        };
        // From here on its end counts it out again.
        let mut body = Self { file, bytes: bytes.len() as u64 };
        body.file.write_all(bytes).ok()?;
        Some(Arc::new(body))
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        FILES.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A piece of an answer.
#[derive(Debug, Clone)]
pub(super) enum Piece {
    /// Bytes at hand.
    Bytes(Bytes),
    /// A body, from a place on.
    Body(Arc<Body>, u64),
}

impl Piece {
    fn is_empty(&self) -> bool {
        match self {
            Self::Bytes(bytes) => bytes.is_empty(),
            Self::Body(body, at) => *at >= body.bytes,
        }
    }
}

/// Writes as much as can be written without waiting. Returns what is left.
///
/// # Errors
/// When the client has gone.
pub(super) fn write(stream: &TcpStream, mut pieces: Vec<Piece>) -> io::Result<Vec<Piece>> {
    let mut done = 0;
    while let Some(ahead) = pieces.get_mut(done..).filter(|ahead| !ahead.is_empty()) {
        let written = match ahead {
            [Piece::Body(body, at), ..] => send(stream, body, at),
            _ => gather(stream, ahead),
        };
        match written {
            Err(error) if error.kind() == ErrorKind::WouldBlock => break,
            written => written?,
        }
        done += ahead.iter().take_while(|piece| piece.is_empty()).count();
    }
    pieces.drain(..done);
    Ok(pieces)
}

/// Has the system send a body.
fn send(stream: &TcpStream, body: &Body, at: &mut u64) -> io::Result<()> {
    let left = usize::try_from(body.bytes.saturating_sub(*at)).unwrap_or(usize::MAX);
    match system::send_file(stream, &body.file, at, left)? {
        0 if left > 0 => Err(ErrorKind::WriteZero.into()),
        _ => Ok(()),
    }
}

/// Writes the bytes that stand before the next body.
fn gather(stream: &TcpStream, ahead: &mut [Piece]) -> io::Result<()> {
    let mut slices = [IoSlice::new(&[]); PIECES];
    let mut count = 0;
    for (slice, piece) in slices.iter_mut().zip(ahead.iter()) {
        let Piece::Bytes(bytes) = piece else { break };
        *slice = IoSlice::new(bytes);
        count += 1;
    }
    let slices = slices.get(..count).unwrap_or_default();
    let mut written = match count < ahead.len() {
        true => system::send_ahead(stream, slices)?,
        false => stream.try_write_vectored(slices)?,
    };
    if written == 0 && slices.iter().any(|slice| !slice.is_empty()) {
        return Err(ErrorKind::WriteZero.into());
    }
    for piece in ahead.iter_mut().take(count) {
        let Piece::Bytes(bytes) = piece else { break };
        let taken = written.min(bytes.len());
        bytes.advance(taken);
        written -= taken;
    }
    Ok(())
}

#[cfg(target_os = "linux")]
mod system {
    use std::fs::File;
    use std::io::{self, IoSlice};

    use rustix::fs::{MemfdFlags, memfd_create, sendfile};
    use rustix::net::{SendAncillaryBuffer, SendFlags, sendmsg};
    use tokio::io::Interest;
    use tokio::net::TcpStream;

    /// A file that only memory holds (memfd_create(2)).
    pub(super) fn file() -> io::Result<File> {
        Ok(memfd_create("wiredesk", MemfdFlags::CLOEXEC)?.into())
    }

    /// Sends from a place in a file on, and moves it (sendfile(2)).
    pub(super) fn send_file(stream: &TcpStream, file: &File, at: &mut u64, bytes: usize) -> io::Result<usize> {
        stream.try_io(Interest::WRITABLE, || Ok(sendfile(stream, file, Some(at), bytes)?))
    }

    /// Sends what goes into one packet with what comes next.
    pub(super) fn send_ahead(stream: &TcpStream, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        let flags = SendFlags::MORE | SendFlags::NOSIGNAL;
        stream.try_io(Interest::WRITABLE, || Ok(sendmsg(stream, slices, &mut SendAncillaryBuffer::default(), flags)?))
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::fs::File;
    use std::io::{self, ErrorKind, IoSlice};

    use tokio::net::TcpStream;

    pub(super) fn file() -> io::Result<File> {
        Err(ErrorKind::Unsupported.into())
    }

    pub(super) fn send_file(_: &TcpStream, _: &File, _: &mut u64, _: usize) -> io::Result<usize> {
        Err(ErrorKind::Unsupported.into())
    }

    pub(super) fn send_ahead(stream: &TcpStream, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        stream.try_write_vectored(slices)
    }
}

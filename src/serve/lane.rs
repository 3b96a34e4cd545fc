//! The fast lane: answers what is asked most straight from a snapshot, without a server behind it.
//!
//! A plain `GET` of a document that is for everyone, whose head came whole in one piece, is answered with bytes that are
//! ready: its head, the date, its body. A connection that asks for anything else goes on to the server proper with all
//! that was read of it, and stays there. What is answered is chosen by the same rules in both ([`choose`]). A connection
//! that waits here holds no buffer.
#![expect(clippy::disallowed_methods, reason = "answers bear the time")]

#[cfg(test)]
mod tests;

use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::http::header::{ACCEPT_ENCODING, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH};
use bytes::Bytes;
use chrono::Utc;
use httparse::{EMPTY_HEADER, Header, Request, Status};
use tokio::io::{AsyncRead, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout};

use super::Site;
use super::answer::choose;
use super::body::{Piece, write};
use super::conditional::Fields;
use super::connection::Connection;
use super::snapshot::Snapshot;

/// A head that is longer, or comes in pieces, is for the server proper.
const HEAD_BYTES: usize = 4096;
/// And so is one of more fields.
const MOST_FIELDS: usize = 32;

/// What it takes to answer.
#[derive(Debug, Clone)]
pub(super) struct Lane {
    pub site: Site,
    /// A connection that asks nothing for so long, or takes nothing of its answer, is closed.
    pub patience: Duration,
    /// Says when answers that are still under way are to be given up.
    pub force: watch::Receiver<bool>,
}

/// What was read off a connection.
enum Read {
    /// Answers to it, and what is not answered here.
    Some { answers: Vec<Piece>, rest: Bytes },
    /// The client has gone.
    End,
}

impl Lane {
    /// Answers what a connection asks, until it asks for something else.
    ///
    /// # Errors
    /// When the connection ends.
    pub(super) async fn drive(self, mut connection: Connection) -> io::Result<Connection> {
        let mut last = Instant::now();
        let mut date = Date::default();
        let mut tired = std::pin::pin!(sleep_until(last + self.patience));
        loop {
            let read = tokio::select! {
                biased;
                read = poll_fn(|context| self.poll_read(&mut connection.stream, &mut date, context)) => read?,
                () = &mut tired => {
                    if last.elapsed() >= self.patience {
                        return Err(ErrorKind::TimedOut.into());
                    }
                    tired.as_mut().reset(last + self.patience);
                    continue;
                }
            };
            match read {
                Read::End => return Err(ErrorKind::ConnectionAborted.into()),
                Read::Some { answers, rest } => {
                    last = Instant::now();
                    let left = write(&connection.stream, answers)?;
                    if !left.is_empty() {
                        // Whoever gives up waiting for requests lets an answer that is under way go on.
                        connection = tokio::spawn(self.clone().finish(connection, left)).await??;
                        last = Instant::now();
                    }
                    if !rest.is_empty() {
                        connection.read_ahead = rest;
                        return Ok(connection);
                    }
                }
            }
            // A client that is always ready must not keep others waiting.
            tokio::task::coop::consume_budget().await;
        }
    }

    /// Reads once, and finds the answers. The buffer is there only meanwhile.
    fn poll_read(&self, stream: &mut TcpStream, date: &mut Date, context: &mut Context<'_>) -> Poll<io::Result<Read>> {
        let mut space = [MaybeUninit::uninit(); HEAD_BYTES];
        let mut buffer = ReadBuf::uninit(&mut space);
        // Unlike `try_read` this knows that a short read took all there is, and saves asking once more.
        ready!(Pin::new(stream).poll_read(context, &mut buffer))?;
        let mut rest = buffer.filled();
        if rest.is_empty() {
            return Poll::Ready(Ok(Read::End));
        }
        let snapshot = self.site.current.load();
        let mut answers = Vec::new();
        while !rest.is_empty() {
            let Some(length) = answer(rest, &snapshot, date, &mut answers) else { break };
            rest = rest.get(length..).unwrap_or_default();
        }
        Poll::Ready(Ok(Read::Some { answers, rest: Bytes::copy_from_slice(rest) }))
    }

    /// Writes the rest of answers to a client that takes its time.
    async fn finish(self, connection: Connection, mut left: Vec<Piece>) -> io::Result<Connection> {
        let mut force = self.force.clone();
        let mut given_up = std::pin::pin!(force.wait_for(|force| *force));
        while !left.is_empty() {
            tokio::select! {
                // An error means that the server is gone.
                _ = &mut given_up => return Err(ErrorKind::ConnectionAborted.into()),
                writable = timeout(self.patience, connection.stream.writable()) => writable??,
            }
            left = write(&connection.stream, left)?;
        }
        Ok(connection)
    }
}

/// Answers the request at the start of `bytes`. Returns its length; `None` when it is not for this lane.
fn answer(bytes: &[u8], snapshot: &Snapshot, date: &mut Date, answers: &mut Vec<Piece>) -> Option<usize> {
    let mut fields = [EMPTY_HEADER; MOST_FIELDS];
    let mut request = Request::new(&mut fields);
    let Ok(Status::Complete(length)) = request.parse(bytes) else { return None };
    if request.method != Some("GET") || request.version != Some(1) {
        return None;
    }
    let head = Head::read(request.headers)?;
    // What is encoded, or has a query, is the server's to read.
    let path = request.path?.strip_prefix('/').filter(|path| !path.contains(['%', '?', '#']))?;
    let name = if path.is_empty() { "index.html" } else { path };
    let document = snapshot.get(name).filter(|document| document.readers.is_everyone())?;
    let (variant, is_fresh) = choose(document, &head);
    answers.push(Piece::Bytes(variant.head(is_fresh).clone()));
    answers.push(Piece::Bytes(date.line()));
    if !is_fresh {
        answers.push(variant.piece());
    }
    Some(length)
}

/// The fields of a request that change nothing but which coding is sent, and whether it is.
struct Head<'h>(&'h [Header<'h>]);

impl<'h> Head<'h> {
    /// `None` when a field asks for more, or is not plain text.
    fn read(fields: &'h [Header<'h>]) -> Option<Self> {
        let is_plain = |value: &[u8]| value.iter().all(|byte| matches!(byte, b'\t' | b' '..=b'~'));
        let is_fit = |field: &Header<'_>| match field.name.len() {
            // `A-IM`, `TE`.
            2 | 4 if field.name.eq_ignore_ascii_case("a-im") || field.name.eq_ignore_ascii_case("te") => false,
            6 if field.name.eq_ignore_ascii_case("expect") => false,
            7 if field.name.eq_ignore_ascii_case("upgrade") => false,
            10 if field.name.eq_ignore_ascii_case("connection") => field.value.eq_ignore_ascii_case(b"keep-alive"),
            // A body, which is the server's to read.
            14 if field.name.eq_ignore_ascii_case("content-length") => false,
            17 if field.name.eq_ignore_ascii_case("transfer-encoding") => false,
            13 | 15 | 17 => is_plain(field.value),
            _ => true,
        };
        fields.iter().all(is_fit).then_some(Self(fields))
    }
}

impl Fields for Head<'_> {
    fn has(&self, name: &HeaderName) -> bool {
        self.0.iter().any(|field| field.name.eq_ignore_ascii_case(name.as_str()))
    }

    fn values<'a>(&'a self, name: &HeaderName) -> impl Iterator<Item = &'a str> {
        debug_assert!([ACCEPT_ENCODING, IF_NONE_MATCH, IF_MODIFIED_SINCE].contains(name));
        let fields = self.0.iter().filter(move |field| field.name.eq_ignore_ascii_case(name.as_str()));
        fields.filter_map(|field| std::str::from_utf8(field.value).ok())
    }
}

/// The field that says when an answer was given, and the empty line behind it: written once a second.
#[derive(Default)]
struct Date {
    second: i64,
    bytes: Bytes,
}

impl Date {
    fn line(&mut self) -> Bytes {
        let now = Utc::now();
        if self.bytes.is_empty() || now.timestamp() != self.second {
            self.second = now.timestamp();
            self.bytes = now.format("date: %a, %d %b %Y %H:%M:%S GMT\r\n\r\n").to_string().into();
        }
        self.bytes.clone()
    }
}

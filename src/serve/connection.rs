//! Bounds the connections: each holds a permit for as long as it lives. Those in the clear begin in the fast lane.

use std::future::{Ready, ready};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum_server::accept::Accept;
use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;

use super::lane::Lane;

/// Takes connections up to a limit, and closes what comes beyond it.
///
/// Closing at once is kinder than queueing: a client that is refused comes back later, one that waits ties up both.
#[derive(Debug, Clone)]
pub(super) struct Limit {
    permits: Arc<Semaphore>,
    connections: usize,
}

impl Limit {
    pub(super) fn new(connections: usize) -> Self {
        Self { permits: Arc::new(Semaphore::new(connections)), connections }
    }

    fn admit(&self, stream: TcpStream) -> io::Result<Connection> {
        let permit = self.permits.clone().try_acquire_owned().map_err(|_| io::Error::other("too many connections"))?;
        // An answer is written at once; there is nothing to wait for and join it with.
        stream.set_nodelay(true)?;
        Ok(Connection { _permit: permit, stream, read_ahead: Bytes::new() })
    }

    /// Is ready when no connection is left.
    pub(super) async fn all_ended(&self) {
        let all = u32::try_from(self.connections).unwrap_or(u32::MAX);
        // Only fails when the semaphore is closed, which nobody does.
        let _ = self.permits.acquire_many(all).await;
    }
}

impl<S> Accept<TcpStream, S> for Limit {
    type Stream = Connection;
    type Service = S;
    type Future = Ready<io::Result<(Connection, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        ready(self.admit(stream).map(|connection| (connection, service)))
    }
}

/// Takes connections as [`Limit`] does, and answers what is asked most in the fast lane.
#[derive(Debug, Clone)]
pub(super) struct FastLane {
    pub limit: Limit,
    pub lane: Lane,
}

impl<S: Send + 'static> Accept<TcpStream, S> for FastLane {
    type Stream = Connection;
    type Service = S;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Connection, S)>> + Send>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let admitted = self.limit.admit(stream);
        let lane = self.lane.clone();
        Box::pin(async move {
            // A task of its own, so that who waits for its end is not woken by each request. It ends with who waits, but
            // not within an answer.
            let mut driven = Driven(tokio::spawn(lane.drive(admitted?)));
            let connection = (&mut driven.0).await.map_err(io::Error::other)??;
            Ok((connection, service))
        })
    }
}

/// A task that ends when this is dropped.
struct Driven(JoinHandle<io::Result<Connection>>);

impl Drop for Driven {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A TCP connection that gives its permit back when it ends.
#[derive(Debug)]
pub(super) struct Connection {
    // Dropped first: when the client sees the end, its place is free.
    _permit: OwnedSemaphorePermit,
    pub(super) stream: TcpStream,
    /// What was read of the stream and belongs before what comes next.
    pub(super) read_ahead: Bytes,
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.read_ahead.is_empty() {
            let count = self.read_ahead.len().min(buffer.remaining());
            buffer.put_slice(&self.read_ahead.split_to(count));
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

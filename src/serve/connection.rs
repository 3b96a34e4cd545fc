//! Bounds the connections: each holds a permit for as long as it lives.

use std::future::{Ready, ready};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum_server::accept::Accept;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Takes connections up to a limit, and closes what comes beyond it.
///
/// Closing at once is kinder than queueing: a client that is refused comes back later, one that waits ties up both.
#[derive(Debug, Clone)]
pub(super) struct Limit {
    permits: Arc<Semaphore>,
}

impl Limit {
    pub(super) fn new(connections: usize) -> Self {
        Self { permits: Arc::new(Semaphore::new(connections)) }
    }
}

impl<S> Accept<TcpStream, S> for Limit {
    type Stream = Connection;
    type Service = S;
    type Future = Ready<io::Result<(Connection, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let accept = || {
            let permit =
                self.permits.clone().try_acquire_owned().map_err(|_| io::Error::other("too many connections"))?;
            // An answer is written at once; there is nothing to wait for and join it with.
            stream.set_nodelay(true)?;
            Ok((Connection { _permit: permit, stream }, service))
        };
        ready(accept())
    }
}

/// A TCP connection that gives its permit back when it ends.
#[derive(Debug)]
pub(super) struct Connection {
    // Dropped first: when the client sees the end, its place is free.
    _permit: OwnedSemaphorePermit,
    stream: TcpStream,
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
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

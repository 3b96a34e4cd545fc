//! A server that answers as its script says, and remembers what it was asked.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::model::FeedUrl;

/// A request as it was on the wire; header names in lower case.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) body: Vec<u8>,
    headers: Vec<(String, Vec<u8>)>,
}

impl Request {
    pub(crate) fn bytes(&self, name: &str) -> Option<&[u8]> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_slice())
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.bytes(name).map(|value| std::str::from_utf8(value).expect("text"))
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        self.headers.iter().map(|(name, _)| name.as_str()).collect()
    }

    fn read(head: &[u8]) -> Self {
        let mut lines = head.split(|&byte| byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        let first = String::from_utf8(lines.next().expect("a request line").to_vec()).expect("text");
        let path = first.split(' ').nth(1).expect("a target").to_owned();
        let headers = lines
            .filter_map(|line| {
                let colon = line.iter().position(|&byte| byte == b':')?;
                let name = String::from_utf8_lossy(&line[..colon]).to_ascii_lowercase();
                Some((name, line[colon + 1..].trim_ascii().to_vec()))
            })
            .collect();
        let method = first.split(' ').next().unwrap_or_default().to_owned();
        Self { method, path, body: Vec::new(), headers }
    }
}

/// What goes back over the wire.
pub(crate) enum Reply {
    /// These bytes, then the connection is closed.
    Bytes(Vec<u8>),
    /// The first bytes, then the second every few milliseconds, for ever.
    Drip(Vec<u8>, &'static [u8]),
    /// The same as fast as it goes.
    Flood(Vec<u8>, &'static [u8]),
    /// Nothing, for ever.
    Hang,
}

/// A whole response with a true Content-Length.
pub(crate) fn reply(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Reply {
    let mut bytes = format!("HTTP/1.1 {status} Scripted\r\nConnection: close\r\n").into_bytes();
    if status != 304 {
        bytes.extend_from_slice(format!("Content-Length: {}\r\n", body.len()).as_bytes());
    }
    for (name, value) in headers {
        bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    Reply::Bytes(bytes)
}

pub(crate) struct Server {
    port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
    task: JoinHandle<()>,
}

impl Server {
    /// Starts a server that answers every request as `script` does.
    pub(crate) async fn start<S, F>(script: S) -> Self
    where
        S: Fn(Request) -> F + Send + Sync + 'static,
        F: Future<Output = Reply> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (script, remembered) = (Arc::new(script), Arc::clone(&requests));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&script), Arc::clone(&remembered)));
            }
        });
        Self { port, requests, task }
    }

    /// Starts a server whose answers do not wait for anything.
    pub(crate) async fn simple(script: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::start(move |request| std::future::ready(script(&request))).await
    }

    /// The address of a document here, under a host name that resolves to this machine.
    pub(crate) fn at(&self, host: &str, path: &str) -> FeedUrl {
        FeedUrl::parse(&format!("http://{host}:{}{path}", self.port)).expect("a URL")
    }

    pub(crate) fn url(&self, path: &str) -> FeedUrl {
        self.at("127.0.0.1", path)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// What was asked so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().expect("not poisoned").clone()
    }

    pub(crate) fn last(&self) -> Request {
        self.requests().pop().expect("a request")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer<S, F>(mut stream: TcpStream, script: Arc<S>, requests: Arc<Mutex<Vec<Request>>>)
where
    S: Fn(Request) -> F,
    F: Future<Output = Reply>,
{
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let mut request = Request::read(&head);
    let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or_default();
    request.body = vec![0; length];
    if stream.read_exact(&mut request.body).await.is_err() {
        return;
    }
    requests.lock().expect("not poisoned").push(request.clone());
    // Errors mean that the client has gone, which is its right.
    match script(request).await {
        Reply::Bytes(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Reply::Drip(bytes, piece) => {
            let mut next = stream.write_all(&bytes).await;
            while next.is_ok() {
                tokio::time::sleep(Duration::from_millis(5)).await;
                next = stream.write_all(piece).await;
            }
        }
        Reply::Flood(bytes, piece) => {
            let pieces = piece.repeat(1_000);
            let mut next = stream.write_all(&bytes).await;
            while next.is_ok() {
                next = stream.write_all(&pieces).await;
            }
        }
        Reply::Hang => std::future::pending().await,
    }
}

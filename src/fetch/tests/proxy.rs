//! Proxies that do what they are asked: HTTP with absolute addresses and CONNECT (RFC 9110 §9.3.6), and SOCKS 5
//! (RFC 1928, 1929). Whatever the name, they connect to this machine.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use url::Url;

use crate::model;

/// What a proxy was asked: `GET http://a.example:1/feed`, `CONNECT a.example:1`, `1 127.0.0.1:1`, `3 a.example:1`.
type Seen = Arc<Mutex<Vec<String>>>;

pub(super) struct Proxy {
    address: String,
    seen: Seen,
    password: Arc<Mutex<Option<String>>>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Starts one on an address of this machine.
    pub(super) async fn start(host: &str) -> Self {
        let listener = TcpListener::bind((host, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let (seen, password) = (Seen::default(), Arc::<Mutex<Option<String>>>::default());
        let (known, required) = (Arc::clone(&seen), Arc::clone(&password));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let required = required.lock().expect("not poisoned").clone();
                // Errors mean that the client has gone, which is its right.
                tokio::spawn(serve(stream, Arc::clone(&known), required));
            }
        });
        Self { address, seen, password, task }
    }

    /// Its address as `http`, `socks5` or `socks5h`.
    pub(super) fn at(&self, scheme: &str) -> model::Proxy {
        self.named(scheme, None)
    }

    /// The same under another name of its host.
    pub(super) fn named(&self, scheme: &str, host: Option<&str>) -> model::Proxy {
        let (address, port) = self.address.split_once(':').expect("a port");
        let url = Url::parse(&format!("{scheme}://{}:{port}", host.unwrap_or(address))).expect("a URL");
        model::Proxy { url, auth: None }
    }

    /// Lets only this password in, for user `jane`.
    pub(super) fn lock(&self, password: &str) {
        *self.password.lock().expect("not poisoned") = Some(password.to_owned());
    }

    /// What it was asked since the last time.
    pub(super) fn seen(&self) -> Vec<String> {
        std::mem::take(&mut *self.seen.lock().expect("not poisoned"))
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, seen: Seen, password: Option<String>) -> std::io::Result<()> {
    match stream.read_u8().await? {
        5 => socks(stream, seen, password).await,
        first => http(stream, first, seen, password).await,
    }
}

async fn http(mut stream: TcpStream, first: u8, seen: Seen, password: Option<String>) -> std::io::Result<()> {
    let mut head = vec![first];
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let (line, rest) = head.split_once("\r\n").expect("a request line");
    let mut words = line.split(' ');
    let (method, target) = (words.next().expect("a method"), words.next().expect("a target"));
    seen.lock().expect("not poisoned").push(format!("{method} {target}"));
    let expected =
        password.map(|password| format!("proxy-authorization: Basic {}", base64(&format!("jane:{password}"))));
    let is_let_in = |expected: &str| rest.lines().any(|line| line.eq_ignore_ascii_case(expected));
    if expected.is_some_and(|expected| !is_let_in(&expected)) {
        let refusal = "HTTP/1.1 407 Locked\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
        return stream.write_all(refusal.as_bytes()).await;
    }
    if method == "CONNECT" {
        let port = target.rsplit_once(':').expect("a port").1.parse::<u16>().expect("a number");
        let mut server = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").await?;
        return copy_bidirectional(&mut stream, &mut server).await.map(drop);
    }
    let url = Url::parse(target).expect("an absolute address");
    let mut server = TcpStream::connect(("127.0.0.1", url.port().expect("a port"))).await?;
    let headers: String = rest.split_inclusive("\r\n").filter(|line| !line.starts_with("proxy-")).collect();
    server.write_all(format!("{method} {} HTTP/1.1\r\n{headers}", url.path()).as_bytes()).await?;
    copy_bidirectional(&mut stream, &mut server).await.map(drop)
}

async fn socks(mut stream: TcpStream, seen: Seen, password: Option<String>) -> std::io::Result<()> {
    let methods = read_counted(&mut stream).await?;
    let method = if password.is_some() { 2 } else { 0 };
    if !methods.contains(&method) {
        return stream.write_all(&[5, 0xff]).await;
    }
    stream.write_all(&[5, method]).await?;
    if let Some(password) = password {
        assert_eq!(stream.read_u8().await?, 1);
        let (user, given) = (read_counted(&mut stream).await?, read_counted(&mut stream).await?);
        let is_let_in = user == b"jane" && given == password.as_bytes();
        stream.write_all(&[1, u8::from(!is_let_in)]).await?;
        if !is_let_in {
            return Ok(());
        }
    }
    let mut head = [0; 4];
    stream.read_exact(&mut head).await?;
    let host = match head[3] {
        1 => {
            let mut address = [0; 4];
            stream.read_exact(&mut address).await?;
            std::net::Ipv4Addr::from(address).to_string()
        }
        3 => String::from_utf8_lossy(&read_counted(&mut stream).await?).into_owned(),
        kind => panic!("an address of kind {kind}"),
    };
    let port = stream.read_u16().await?;
    seen.lock().expect("not poisoned").push(format!("{} {host}:{port}", head[3]));
    let server = TcpStream::connect(("127.0.0.1", port)).await;
    let status = if server.is_ok() { 0 } else { 5 };
    stream.write_all(&[5, status, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    copy_bidirectional(&mut stream, &mut server?).await.map(drop)
}

async fn read_counted(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut bytes = vec![0; stream.read_u8().await?.into()];
    stream.read_exact(&mut bytes).await?;
    Ok(bytes)
}

/// RFC 4648 §4.
fn base64(text: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in text.as_bytes().chunks(3) {
        let bits = three.iter().chain([&0, &0]).take(3).fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte));
        for place in 0..4 {
            let known = place <= three.len();
            out.push(if known { char::from(ALPHABET[bits >> (18 - 6 * place) & 63]) } else { '=' });
        }
    }
    out
}

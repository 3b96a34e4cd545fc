//! How fast an edition is served from memory, next to nginx with `gzip_static` on the same bytes, both asked by `wrk`
//! in turns; what idle connections take; and what readers see while publications follow each other.
//!
//! `cargo bench -p wiredesk-benches --bench serving`, with `-- rates idle publications` for some of it. The first needs
//! nginx and wrk (Debian: `nginx-light`, `wrk`), and says so without them. The server is a process of its own: the
//! desk's daemon, as `wiredesk run` starts it.
#![allow(clippy::disallowed_methods, reason = "measures time and memory")]

mod contenders;
mod publications;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use contenders::{Nginx, Ours, wrk};

/// The program's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Rounds of which the median is taken.
const ROUNDS: usize = 3;
/// Connections that stay open, and what they may take.
const IDLE: usize = 10_000;
const MOST_MIB: f64 = 100.0;
/// The document that is asked for.
const PATH: &str = "/front.atom";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, folder] = arguments.as_slice()
        && mode == contenders::SERVE
    {
        return contenders::serve(folder.as_ref());
    }
    let named: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with('-')).collect();
    let parts: [(&str, fn()); 3] = [("rates", rates), ("idle", idle), ("publications", publications::run)];
    for (name, run) in parts {
        if named.is_empty() || named.iter().any(|other| *other == name) {
            run();
        }
    }
}

/// Requests a second, next to nginx as Debian sets it up, and with its cache of open files.
fn rates() {
    if let Some(missing) = contenders::missing() {
        println!("rates: not measured, {missing} is not installed");
        return;
    }
    let ours = Ours::start();
    let document = get(ours.address, &[("Accept-Encoding", "gzip")]);
    assert_eq!((document.status, document.header("content-encoding").as_deref()), (200, Some("gzip")));
    let plain = get(ours.address, &[]);
    let servers = [Nginx::start(&plain.body, &document.body, false), Nginx::start(&plain.body, &document.body, true)];
    println!("{PATH}: {} bytes, {} with gzip", plain.body.len(), document.body.len());
    for (what, fresh) in [("200 with gzip", false), ("304", true)] {
        let addresses = [ours.address, servers[0].address, servers[1].address];
        let requests = addresses.map(|address| {
            let reply = get(address, &[("Accept-Encoding", "gzip")]);
            assert_eq!(reply.body, document.body, "{address} sends other bytes");
            let mut headers = vec![("Accept-Encoding", "gzip".to_owned())];
            let tag = reply.header("etag").expect("a tag");
            if fresh {
                headers.push(("If-None-Match", tag));
            }
            let borrowed: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            assert_eq!(get(address, &borrowed).status, if fresh { 304 } else { 200 });
            (address, headers)
        });
        let mut rates = [(); 3].map(|()| Vec::new());
        for _ in 0..ROUNDS {
            for ((address, headers), rates) in requests.iter().zip(&mut rates) {
                rates.push(wrk(*address, PATH, headers));
            }
        }
        let ratio =
            |other: usize| median(rates[0].iter().zip(&rates[other]).map(|(ours, other)| ours / other).collect());
        println!(
            "{what}: {:.2} times nginx, {:.2} times nginx with open_file_cache; requests/s {:.0}, {:.0}, {:.0}",
            ratio(1),
            ratio(2),
            median(rates[0].clone()),
            median(rates[1].clone()),
            median(rates[2].clone())
        );
    }
}

/// What connections take that have been answered once and stay open.
fn idle() {
    let ours = Ours::start();
    // What a server takes that has answered many at once.
    let warm: Vec<TcpStream> = (0..64).map(|_| ask(ours.address)).collect();
    drop(warm);
    let before = ours.memory();
    let start = Instant::now();
    let open: Vec<TcpStream> = (0..IDLE).map(|_| ask(ours.address)).collect();
    let after = ours.memory();
    println!(
        "{IDLE} idle connections: {:.1} MiB in all, {:.1} MiB more than before ({:.1} KiB each); at most {MOST_MIB} MiB are meant; opened in {:.1} s",
        after,
        after - before,
        (after - before) * 1024.0 / IDLE as f64,
        start.elapsed().as_secs_f64()
    );
    // They are all served still.
    for mut stream in open.iter().step_by(97) {
        send(&mut stream, &[]);
        assert_eq!(read(&mut stream).status, 200);
    }
}

fn ask(address: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a time limit");
    send(&mut stream, &[("Accept-Encoding", "gzip")]);
    assert_eq!(read(&mut stream).status, 200);
    stream
}

/// An answer, whole.
struct Reply {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Reply {
    fn header(&self, name: &str) -> Option<String> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned()).next()
    }
}

fn get(address: SocketAddr, headers: &[(&str, &str)]) -> Reply {
    let mut stream = TcpStream::connect(address).expect("it listens");
    send(&mut stream, headers);
    read(&mut stream)
}

fn send(mut stream: impl Write, headers: &[(&str, &str)]) {
    let mut request = format!("GET {PATH} HTTP/1.1\r\nHost: bench\r\n");
    headers.iter().for_each(|(name, value)| request.push_str(&format!("{name}: {value}\r\n")));
    request.push_str("\r\n");
    stream.write_all(request.as_bytes()).expect("it reads");
}

/// Reads one answer off a connection that stays open.
fn read(mut stream: impl Read) -> Reply {
    let mut bytes = Vec::new();
    let mut piece = [0; 16 * 1024];
    loop {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4);
        if let Some(end) = end {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let status = head.get(9..12).and_then(|status| status.parse().ok()).expect("a status");
            let reply = Reply { status, head, body: bytes[end..].to_vec() };
            let length = reply.header("content-length").map_or(0, |length| length.parse().expect("a length"));
            if status == 304 || reply.body.len() >= length {
                return reply;
            }
        }
        let count = stream.read(&mut piece).expect("an answer");
        assert!(count > 0, "the connection was closed");
        bytes.extend_from_slice(&piece[..count]);
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// A port that nobody listens on.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port()
}

//! A web server of many feeds on many addresses of this machine, in a process of its own: what it costs is not counted
//! for those who ask it, and each request costs as little as it can.
//!
//! Its feeds have versions. `GET /pass/KIND/VERSION/NEWEST/FEEDS` makes the next pass; feeds are at `/feed/NUMBER`, and
//! each has an ETag of its version. `GET /delays` says when the feeds of the pass were answered.

use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::wire;

/// Addresses that answer; each is a house of its own.
pub const HOSTS: u64 = 250;
/// Addresses of which one in [`ONE_IN`] answers, after a while.
pub const HUNG: u64 = 1_100;
pub const ONE_IN: u64 = 11;
/// After so long.
const FAR: Duration = Duration::from_millis(300);
/// The argument that makes a process the server.
const SERVE: &str = "--serve";
/// Items of a feed of 30 KB.
const ITEMS: u64 = 20;
/// A window of `wire` that many feeds fill.
const WINDOW: u64 = 1_000_000;

/// What the feeds are in a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One feed in twenty is a large one and changes with the version; the others have no items and never change.
    Mixed,
    /// All are large, and change with the version: with each they are made at another hour.
    Changing,
    /// All are large and were made at one hour, but the version stands in a comment at their end.
    Marked,
    /// All are large and were made at one hour, but the first item has the version as its number of comments.
    Counted,
    /// None has items. Those whose numbers [`ONE_IN`] divides are answered after a while, the others never.
    Hung,
}

/// A feed's address at a house that no other feed has, where there are so many.
pub fn address_alone(port: u16, number: u64) -> String {
    format!("http://{}:{port}/feed/{number}", host(number))
}

/// A feed's address.
pub fn address(port: u16, number: u64) -> String {
    format!("http://{}:{port}/feed/{number}", host(number % HOSTS))
}

fn host(number: u64) -> Ipv4Addr {
    Ipv4Addr::new(127, 0, (1 + number / HOSTS) as u8, (number % HOSTS + 1) as u8)
}

/// A server process, which ends when this is dropped.
pub struct Server {
    process: Child,
    /// Where it listens, on every address.
    pub port: u16,
}

impl Server {
    /// Starts this program again as the server.
    pub fn start() -> Self {
        let program = std::env::current_exe().expect("this program");
        let mut process = Command::new(program).arg(SERVE).stdout(Stdio::piped()).spawn().expect("a process");
        let mut line = String::new();
        let printed = process.stdout.take().expect("piped");
        BufReader::new(printed).read_line(&mut line).expect("the server says its port");
        Self { process, port: line.trim().parse().expect("a port") }
    }

    /// The server's process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended by itself otherwise.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Makes the feeds of a pass, up to the item numbered `newest`.
pub fn make_pass(port: u16, kind: Kind, version: u64, newest: u64, feeds: u64) {
    ask(port, &format!("/pass/{kind:?}/{version}/{newest}/{feeds}"));
}

/// How long after the beginning of the pass its feeds were answered that are answered after a while, in seconds.
pub fn delays(port: u16) -> Vec<f64> {
    ask(port, "/delays").split_whitespace().map(|delay| delay.parse().expect("a number")).collect()
}

fn ask(port: u16, path: &str) -> String {
    let mut stream = std::net::TcpStream::connect((host(0), port)).expect("the server is there");
    write!(stream, "GET {path} HTTP/1.1\r\nConnection: close\r\n\r\n").expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).expect("a head and a body")
}

/// Whether this process is to be the server; then it has been, and `main` is to end.
pub fn is_server() -> bool {
    if std::env::args().nth(1).as_deref() != Some(SERVE) {
        return false;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(serve());
    true
}

struct Pass {
    kind: Kind,
    version: u64,
    /// Whole answers of the large feeds, by number.
    large: Vec<Vec<u8>>,
    began: Instant,
    /// After so long feeds were answered that are answered after a while.
    delays: Mutex<Vec<Duration>>,
}

struct State {
    pass: RwLock<Arc<Pass>>,
}

async fn serve() {
    let first = Pass::new(Kind::Mixed, 1, 0, 0);
    let state = Arc::new(State { pass: RwLock::new(Arc::new(first)) });
    let control = TcpListener::bind(SocketAddr::from((host(0), 0))).await.expect("a port");
    let port = control.local_addr().expect("an address").port();
    let mut listeners = vec![control];
    for number in 1..HUNG {
        listeners.push(TcpListener::bind((host(number), port)).await.expect("loopback"));
    }
    println!("{port}");
    let mut tasks = tokio::task::JoinSet::new();
    for listener in listeners {
        let state = Arc::clone(&state);
        tasks.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&state);
                tokio::spawn(async move {
                    // A client that goes away is no error.
                    let _ = answer_all(stream, &state).await;
                });
            }
        });
    }
    tasks.join_all().await;
}

async fn answer_all(mut stream: TcpStream, state: &State) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut head = Vec::with_capacity(1024);
    let mut answer = Vec::new();
    loop {
        head.clear();
        while !head.ends_with(b"\r\n\r\n") {
            if stream.read_buf(&mut head).await? == 0 {
                return Ok(());
            }
        }
        let text = String::from_utf8_lossy(&head);
        let path = text.split(' ').nth(1).unwrap_or_default();
        let mut parts = path.split('/').skip(1);
        match (parts.next(), parts.next()) {
            (Some("feed"), Some(number)) => {
                let pass = Arc::clone(&state.pass.read().unwrap_or_else(PoisonError::into_inner));
                let number: u64 = number.parse().unwrap_or(0);
                if pass.kind == Kind::Hung {
                    if !number.is_multiple_of(ONE_IN) {
                        // Until the client has enough of it.
                        stream.read_buf(&mut head).await?;
                        return Ok(());
                    }
                    tokio::time::sleep(FAR).await;
                    pass.delays.lock().unwrap_or_else(PoisonError::into_inner).push(pass.began.elapsed());
                }
                let tag = tag(&pass, number);
                if text.lines().any(|line| is_condition(line, &tag)) {
                    answer.clear();
                    write!(answer, "HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\n\r\n")?;
                    stream.write_all(&answer).await?;
                } else if is_large(pass.kind, number)
                    && let Some(whole) = pass.large.get(large_index(pass.kind, number))
                {
                    stream.write_all(whole).await?;
                } else {
                    stream.write_all(&whole(&tag, &feed(number, 1, 0, 0))).await?;
                }
            }
            (Some("pass"), Some(kind)) => {
                let kind = match kind {
                    "Mixed" => Kind::Mixed,
                    "Changing" => Kind::Changing,
                    "Marked" => Kind::Marked,
                    "Counted" => Kind::Counted,
                    _ => Kind::Hung,
                };
                let numbers: Vec<u64> = parts.map(|number| number.parse().unwrap_or(0)).collect();
                let [version, newest, feeds] = numbers[..] else { return Ok(()) };
                let pass = tokio::task::spawn_blocking(move || Pass::new(kind, version, newest, feeds)).await;
                *state.pass.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(pass.expect("feeds"));
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n").await?;
                return Ok(());
            }
            (Some("delays"), None) => {
                let pass = Arc::clone(&state.pass.read().unwrap_or_else(PoisonError::into_inner));
                let delays = pass.delays.lock().unwrap_or_else(PoisonError::into_inner).clone();
                let body: String = delays.iter().map(|delay| format!("{} ", delay.as_secs_f64())).collect();
                stream.write_all(whole("\"\"", &body).as_slice()).await?;
                return Ok(());
            }
            _ => return Ok(()),
        }
    }
}

fn is_condition(line: &str, tag: &str) -> bool {
    line.split_once(':').is_some_and(|(name, value)| name.eq_ignore_ascii_case("if-none-match") && value.trim() == tag)
}

impl Pass {
    fn new(kind: Kind, version: u64, newest: u64, feeds: u64) -> Self {
        let mut pass = Self { kind, version, large: Vec::new(), began: Instant::now(), delays: Mutex::default() };
        let large = (0..feeds).filter(|number| is_large(kind, *number));
        let made = |number| match kind {
            Kind::Mixed | Kind::Changing | Kind::Hung => feed(number, version, newest, ITEMS),
            Kind::Marked => feed(number, 1, newest, ITEMS) + &format!("<!-- Version {version} -->\n"),
            Kind::Counted => {
                let end = format!("<slash:comments>{version}</slash:comments>\n</item>");
                feed(number, 1, newest, ITEMS).replacen("</item>", &end, 1)
            }
        };
        pass.large = large.map(|number| whole(&tag(&pass, number), &made(number))).collect();
        pass
    }
}

fn is_large(kind: Kind, number: u64) -> bool {
    match kind {
        Kind::Mixed => number.is_multiple_of(20),
        Kind::Changing | Kind::Marked | Kind::Counted => true,
        Kind::Hung => false,
    }
}

fn large_index(kind: Kind, number: u64) -> usize {
    (if kind == Kind::Mixed { number / 20 } else { number }) as usize
}

fn tag(pass: &Pass, number: u64) -> String {
    let version = if is_large(pass.kind, number) { pass.version } else { 1 };
    format!("\"{number}-{version}\"")
}

fn whole(tag: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: {tag}\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

fn date(seconds: u64) -> impl std::fmt::Display {
    (wire::start() + chrono::TimeDelta::seconds(seconds as i64)).format("%a, %d %b %Y %H:%M:%S GMT")
}

/// A version of a feed: its items up to the one numbered `newest`, which comes first.
pub fn feed(number: u64, version: u64, newest: u64, items: u64) -> String {
    let mut feed = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:slash=\"http://purl.org/rss/1.0/modules/slash/\">\n<channel>\n<title>Wire {number}</title>\n<link>https://wire-{number}.example/</link>\n<description>Bench</description>\n<lastBuildDate>{}</lastBuildDate>\n",
        date(version * 3_600)
    );
    let end = newest + items;
    for item in (newest..end).rev() {
        // Every item of every feed is another entry of the wire.
        let entry = number * 211 + item;
        let (made, _) = wire::entry(entry, WINDOW);
        let date = date(entry % 86_400 + item * 60);
        let link = format!("https://wire-{number}.example/2024/{item}");
        let written = write!(
            feed,
            "<item>\n<title>{}</title>\n<link>{link}</link>\n<guid isPermaLink=\"false\">{link}</guid>\n<pubDate>{date}</pubDate>\n<description><![CDATA[{}]]></description>\n<content:encoded><![CDATA[",
            made.title.as_str(),
            made.summary.as_str(),
        );
        written.expect("a String takes all");
        for paragraph in 1..3 {
            feed.push_str(wire::entry(entry + paragraph * 7, WINDOW).0.summary.as_str());
        }
        feed.push_str("]]></content:encoded>\n</item>\n");
    }
    feed.push_str("</channel>\n</rss>\n");
    feed
}

//! The world around the program: a scripted server on loopback, a folder with a configuration, the program itself.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// A wait that only a broken program reaches.
pub const TOO_LONG: Duration = Duration::from_secs(30);

/// What the server says at a path.
#[derive(Clone, Debug, Default)]
pub struct Page {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Page {
    pub fn feed(body: impl Into<Vec<u8>>) -> Self {
        Self { status: 200, headers: vec![("Content-Type".into(), "application/xml".into())], body: body.into() }
    }

    pub fn status(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

/// A request as the server saw it.
#[derive(Clone, Debug)]
pub struct Seen {
    pub path: String,
    pub headers: BTreeMap<String, String>,
}

#[derive(Default)]
struct Script {
    pages: BTreeMap<String, Page>,
    seen: Vec<Seen>,
}

/// An HTTP/1.1 server that answers as its script says and remembers what it was asked.
///
/// It answers 304 when a request's `If-None-Match` is the page's `ETag`, or its `If-Modified-Since` is the page's
/// `Last-Modified`. A page with status 0 is never answered: the server hangs.
pub struct Server {
    address: SocketAddr,
    script: Arc<Mutex<Script>>,
}

impl Server {
    pub fn start() -> Self {
        let script = Arc::new(Mutex::new(Script::default()));
        let shared = script.clone();
        let address = listen("127.0.0.1", move |stream| answer(stream, &shared));
        Self { address, script }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn put(&self, path: &str, page: Page) {
        self.script.lock().expect("unbroken").pages.insert(path.into(), page);
    }

    pub fn seen(&self, path: &str) -> Vec<Seen> {
        self.script.lock().expect("unbroken").seen.iter().filter(|seen| seen.path == path).cloned().collect()
    }
}

/// Takes connections at an address of this machine, each on a thread of its own.
pub fn listen(host: &str, answer: impl Fn(TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind((host, 0)).expect("a port");
    let address = listener.local_addr().expect("an address");
    let answer = Arc::new(answer);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = answer.clone();
            thread::spawn(move || answer(stream));
        }
    });
    address
}

fn answer(stream: TcpStream, script: &Mutex<Script>) {
    let Ok(mut write) = stream.try_clone() else { return };
    let mut lines = BufReader::new(stream).lines();
    while let Some(Ok(first)) = lines.next() {
        let path = first.split(' ').nth(1).unwrap_or("/").to_owned();
        let mut headers = BTreeMap::new();
        for line in lines.by_ref() {
            match line {
                Ok(line) if line.is_empty() => break,
                Ok(line) => {
                    let (name, value) = line.split_once(':').unwrap_or((&line, ""));
                    headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
                }
                Err(_) => return,
            }
        }
        let page = {
            let mut script = script.lock().expect("unbroken");
            script.seen.push(Seen { path: path.clone(), headers: headers.clone() });
            script.pages.get(&path).cloned().unwrap_or_else(|| Page::status(404))
        };
        if page.status == 0 {
            // Holds the connection until the client gives up.
            let _ = lines.next();
            return;
        }
        let same = |request: &str, reply: &str| {
            let ours = page.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(reply)).map(|(_, value)| value);
            ours.is_some() && headers.get(request) == ours
        };
        let unchanged = same("if-none-match", "etag") || same("if-modified-since", "last-modified");
        let (status, body) = if unchanged { (304, &[][..]) } else { (page.status, page.body.as_slice()) };
        let mut reply = format!("HTTP/1.1 {status} Reply\r\nContent-Length: {}\r\n", body.len()).into_bytes();
        for (name, value) in &page.headers {
            reply.extend(format!("{name}: {value}\r\n").into_bytes());
        }
        reply.extend(b"\r\n");
        reply.extend(body);
        if write.write_all(&reply).is_err() {
            return;
        }
    }
}

/// A folder with a configuration, and the program run in it.
pub struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    /// A folder whose configuration is `config`.
    pub fn new(config: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let place = Self { folder };
        place.write("config.toml", config);
        place
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, text).expect("written");
    }

    pub fn read(&self, name: &str) -> String {
        let path = self.path().join(name);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wiredesk"));
        command.args(arguments).current_dir(self.path()).env_remove("RUST_LOG").env("NO_COLOR", "1");
        command
    }

    /// Runs the program to its end.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        let output = self.command(arguments).output().expect("the program runs");
        Ended {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    /// Runs one cycle over all sources, and returns its summary.
    pub fn cycle(&self) -> serde_json::Value {
        let ended = self.run(&["run", "--once", "--force", "--json"]);
        assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
        serde_json::from_str(&ended.out).unwrap_or_else(|error| panic!("{error}: {}", ended.out))
    }

    /// What `wiredesk status` says.
    pub fn status(&self) -> serde_json::Value {
        let ended = self.run(&["status", "--json"]);
        assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
        serde_json::from_str(&ended.out).unwrap_or_else(|error| panic!("{error}: {}", ended.out))
    }

    /// Waits until `read` finds in the status what it looks for.
    pub fn wait_until<T>(&self, read: impl Fn(&serde_json::Value) -> Option<T>) -> T {
        let end = Instant::now() + TOO_LONG;
        loop {
            let status = self.status();
            if let Some(found) = read(&status) {
                return found;
            }
            assert!(Instant::now() < end, "{status}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Starts the daemon, and waits until it serves and has done its first cycle.
    pub fn daemon(&self) -> Daemon {
        Daemon::start(self.command(&["run"]))
    }
}

/// How the program ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// A running daemon; killed when dropped.
pub struct Daemon {
    child: Child,
    /// Where it serves, with a trailing slash.
    pub url: String,
    /// What it said until it was ready.
    pub said: String,
    out: BufReader<std::process::ChildStdout>,
}

impl Daemon {
    pub fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the program starts");
        let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut said = String::new();
        while !said.contains("Ctrl-C stops") {
            let read = out.read_line(&mut said).expect("readable");
            assert!(read > 0, "the daemon ended before it was ready: {said}");
        }
        let url = said.lines().find_map(|line| line.trim().strip_prefix("serving")).unwrap_or_default();
        Self { url: url.trim().to_owned(), child, said, out }
    }

    /// Reads on until a line holds `words`.
    pub fn wait_for(&mut self, words: &str) -> String {
        loop {
            let mut line = String::new();
            let read = self.out.read_line(&mut line).expect("readable");
            assert!(read > 0, "the daemon ended before it said {words:?}");
            if line.contains(words) {
                return line;
            }
        }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends SIGTERM and waits for the end.
    pub fn stop(mut self) -> (ExitStatus, String) {
        signal(self.pid(), "TERM");
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).expect("readable");
        (self.child.wait().expect("an end"), rest)
    }

    /// Sends SIGKILL and waits for the end.
    pub fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("an end");
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn signal(pid: u32, name: &str) {
    let status = Command::new("kill").args([&format!("-{name}"), &pid.to_string()]).status().expect("kill runs");
    assert!(status.success());
}

/// GETs an address with `headers`, without following anything.
pub fn get(url: &str, headers: &[(&str, &str)]) -> Reply {
    request("GET", url, headers)
}

/// A reply, header names in lower case.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("UTF-8")
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// Sends a request over a connection of its own.
pub fn request(method: &str, url: &str, headers: &[(&str, &str)]) -> Reply {
    send(method, url, headers, b"")
}

/// The same with a body, whose length is among the headers.
pub fn send(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
    let rest = url.strip_prefix("http://").expect("http");
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut stream = TcpStream::connect(host).expect("a connection");
    stream.set_read_timeout(Some(TOO_LONG)).expect("set");
    let mut text = format!("{method} /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(&[format!("{text}\r\n").as_bytes(), body].concat()).expect("sent");
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("a reply");
    let split = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
    let head = String::from_utf8(bytes[..split].to_vec()).expect("a head of text");
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).expect("a status");
    let headers: BTreeMap<_, _> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let mut body = bytes.split_off(split + 4);
    if headers.get("transfer-encoding").is_some_and(|coding| coding == "chunked") {
        body = dechunk(&body);
    }
    Reply { status, headers, body }
}

fn dechunk(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(end) = body.windows(2).position(|two| two == b"\r\n") {
        let size = std::str::from_utf8(&body[..end]).ok().and_then(|hex| usize::from_str_radix(hex.trim(), 16).ok());
        let Some(size) = size.filter(|size| *size > 0) else { break };
        whole.extend(&body[end + 2..end + 2 + size]);
        body = &body[end + 2 + size + 2..];
    }
    whole
}

/// An RSS document with these items: (guid, title, text).
pub fn rss(title: &str, items: &[(&str, &str, &str)]) -> String {
    let items: String = items
        .iter()
        .enumerate()
        .map(|(minute, (guid, title, text))| {
            format!(
                "<item><guid isPermaLink=\"false\">{guid}</guid><link>https://{guid}.example/</link>\
                 <title>{title}</title><description>{text}</description>\
                 <pubDate>Mon, 21 Oct 2024 08:{minute:02}:00 GMT</pubDate></item>"
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>{title}</title>\
         <link>https://news.example/</link><description>d</description>{items}</channel></rss>"
    )
}

/// A configuration with the given sources on one edition called `front`, written into `public`.
pub fn config(sources: &[(&str, &str)]) -> String {
    let mut text = String::from(
        "[site]\nname = \"Test Wire\"\nurl = \"https://wire.example/\"\n\
         [fetch]\nallow_private = true\ntimeout = \"5s\"\n[publish]\ndir = \"public\"\n",
    );
    for (name, url) in sources {
        text.push_str(&format!("[[source]]\nname = \"{name}\"\nurl = \"{url}\"\npublisher = \"{name}\"\n"));
    }
    text.push_str("[[edition]]\nname = \"front\"\ntitle = \"Front page\"\n");
    text
}

/// Where a program of the system is, if it is installed.
pub fn installed(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

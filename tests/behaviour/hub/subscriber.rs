//! A subscriber on loopback that answers as its test says, and a desk whose hub it subscribes at.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};

use crate::world::{Daemon, Place, Reply, TOO_LONG, config, get, listen, rss, send};

/// A call as the subscriber saw it.
#[derive(Clone, Debug)]
pub struct Called {
    pub method: String,
    pub path: String,
    pub query: BTreeMap<String, String>,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Called {
    /// A parameter of the query; empty when it is not there.
    pub fn get(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }
}

/// How the subscriber answers.
pub enum Answer {
    /// With a status, further head lines, and a body.
    Say(u16, String, String),
    /// Never.
    Hang,
}

/// What a well-meaning subscriber answers: it confirms, and takes what it is sent.
pub fn willing(called: &Called) -> Answer {
    Answer::Say(200, String::new(), called.get("hub.challenge").to_owned())
}

pub struct Subscriber {
    address: SocketAddr,
    calls: Receiver<Called>,
}

impl Subscriber {
    pub fn start(answer: impl Fn(&Called) -> Answer + Send + Sync + 'static) -> Self {
        Self::start_at("127.0.0.1", answer)
    }

    /// One at another address of this machine, which is another host.
    pub fn start_at(host: &str, answer: impl Fn(&Called) -> Answer + Send + Sync + 'static) -> Self {
        let (sender, calls) = channel();
        let address = listen(host, move |stream| serve(stream, &answer, &sender));
        Self { address, calls }
    }

    /// Its address for what is called `path` there.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Waits for the next call.
    pub fn next(&self) -> Called {
        self.calls.recv_timeout(TOO_LONG).expect("a call")
    }

    /// Waits for the next call, which must be of this method.
    pub fn expect(&self, method: &str) -> Called {
        let called = self.next();
        assert_eq!(called.method, method, "{called:?}");
        called
    }

    /// The calls that came and that nobody waited for.
    pub fn rest(&self) -> Vec<Called> {
        self.calls.try_iter().collect()
    }
}

fn serve(mut stream: TcpStream, answer: &(dyn Fn(&Called) -> Answer + Send + Sync), calls: &Sender<Called>) {
    let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
    loop {
        let mut first = String::new();
        if reader.read_line(&mut first).is_ok_and(|read| read == 0) {
            return;
        }
        let mut words = first.split(' ');
        let (Some(method), Some(target)) = (words.next(), words.next()) else { return };
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut headers = BTreeMap::new();
        let mut line = String::new();
        while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
            let (name, value) = line.split_once(':').expect("a header");
            headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
            line.clear();
        }
        let length = headers.get("content-length").map_or(0, |length| length.parse().expect("a length"));
        let mut body = vec![0; length];
        reader.read_exact(&mut body).expect("a body");
        let query = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let called = Called { method: method.into(), path: path.into(), query, headers, body };
        let answer = answer(&called);
        if calls.send(called).is_err() {
            return;
        }
        let Answer::Say(status, head, body) = answer else {
            // Holds the connection until the desk gives up.
            let _ = reader.read_line(&mut String::new());
            return;
        };
        let head = format!("HTTP/1.1 {status} Reply\r\nContent-Length: {}\r\n{head}\r\n", body.len());
        if stream.write_all(&[head.as_bytes(), body.as_bytes()].concat()).is_err() {
            return;
        }
    }
}

/// A desk that reads a file and has a hub.
pub struct Desk {
    pub place: Place,
    pub url: String,
    items: std::cell::Cell<usize>,
}

impl Desk {
    /// `more` goes below `[server]`.
    pub fn new(more: &str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
        let url = format!("http://127.0.0.1:{port}/");
        let text = config(&[("news", "news.xml")]).replace("https://wire.example/", &url);
        let place = Place::new(&format!(
            "{text}[[edition]]\nname = \"inner\"\naccess = \"token\"\ntokens = []\n\
             [schedule]\nlocal_interval = \"1s\"\n[server]\nlisten = \"127.0.0.1:{port}\"\n{more}\n"
        ));
        let desk = Self { place, url, items: std::cell::Cell::new(0) };
        desk.add();
        desk
    }

    /// One whose hub may call subscribers on this machine.
    pub fn open() -> Self {
        Self::new("websub = \"self\"\nprivate_callbacks = [\"127.0.0.0/8\"]")
    }

    pub fn topic(&self) -> String {
        format!("{}front.atom", self.url)
    }

    pub fn hub(&self) -> String {
        format!("{}websub/hub", self.url)
    }

    /// Puts one more item into the feed that the desk reads, and returns its title.
    pub fn add(&self) -> String {
        const SUBJECTS: [&str; 8] = [
            "Ferry runs aground near the lighthouse",
            "Orchestra plays Bruckner in the rain",
            "Glacier loses an arm after a warm summer",
            "Council votes on cycle lanes downtown",
            "Volcano rumbles beneath an island village",
            "Chess champion loses to a schoolgirl",
            "Bakery wins a prize for its rye bread",
            "Satellite returns with dust from a comet",
        ];
        let count = self.items.get() + 1;
        self.items.set(count);
        let numbers: Vec<String> = (0..count).map(|number| number.to_string()).collect();
        let items: Vec<_> =
            numbers.iter().zip(SUBJECTS).map(|(number, title)| (number.as_str(), title, title)).collect();
        // At once or not at all, since the desk may be reading it.
        self.place.write("news.new", rss("News", &items));
        std::fs::rename(self.place.path().join("news.new"), self.place.path().join("news.xml")).expect("renamed");
        SUBJECTS[count - 1].to_owned()
    }

    /// Asks the hub for something.
    pub fn ask(&self, pairs: &[(&str, &str)]) -> Reply {
        self.ask_as("", pairs)
    }

    /// Asks the hub for something, as whoever a proxy says it is.
    pub fn ask_as(&self, client: &str, pairs: &[(&str, &str)]) -> Reply {
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let length = form.len().to_string();
        let kind = ("Content-Type", "application/x-www-form-urlencoded");
        send("POST", &self.hub(), &[kind, ("Content-Length", &length), ("X-Forwarded-For", client)], form.as_bytes())
    }

    /// Subscribes to the Atom feed of the front page, or ends that.
    pub fn request(&self, mode: &str, callback: &str, secret: &str) {
        let pairs =
            [("hub.mode", mode), ("hub.topic", &self.topic()), ("hub.callback", callback), ("hub.secret", secret)];
        let reply = self.ask(&pairs);
        assert_eq!(reply.status, 202, "{}", reply.text());
    }

    /// Has a willing subscriber subscribe and waits until it was asked whether it meant it.
    pub fn subscribe(&self, subscriber: &Subscriber, path: &str, secret: &str) {
        self.request("subscribe", &subscriber.url(path), secret);
        let called = subscriber.expect("GET");
        assert_eq!((called.path.as_str(), called.get("hub.mode")), (path, "subscribe"));
    }

    /// Waits until the store knows so many subscriptions.
    pub fn wait_for_subscriptions(&self, count: u64) {
        let known = |status: &serde_json::Value| {
            status.as_array().map_or(0, |rows| rows.iter().filter_map(|row| row["count"].as_u64()).sum())
        };
        self.wait_until(|status| known(status) == count);
    }

    /// Waits until the status of subscribers is as it should be.
    pub fn wait_until(&self, is_so: impl Fn(&serde_json::Value) -> bool) -> serde_json::Value {
        self.place.wait_until(|status| Some(&status["subscribers"]).filter(|status| is_so(status)).cloned())
    }

    /// What `wiredesk status` says of subscribers.
    pub fn status(&self) -> serde_json::Value {
        self.place.status()["subscribers"].clone()
    }

    /// Waits until a delivery is noted that is another than the last one known, and says when it was.
    pub fn wait_for_delivery(&self, known: &serde_json::Value) -> serde_json::Value {
        self.wait_until(|status| status[0]["last_delivery"] != *known)[0]["last_delivery"].clone()
    }

    pub fn front(&self) -> Vec<u8> {
        get(&self.topic(), &[]).body
    }

    pub fn daemon(&self) -> Daemon {
        self.place.daemon()
    }
}

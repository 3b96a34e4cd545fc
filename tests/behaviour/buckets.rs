//! Publishing into S3-compatible storage: a scripted store on loopback, and one that others wrote.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

use crate::world::{Daemon, Ended, Place, TOO_LONG, config, get, listen, rss, send};

const KEY: &str = "AKIDEXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG";

#[derive(Clone)]
struct Request {
    method: String,
    path: String,
    headers: BTreeMap<String, String>,
}

#[derive(Default)]
struct Script {
    objects: BTreeMap<String, (Vec<u8>, BTreeMap<String, String>)>,
    seen: Vec<Request>,
    /// So many requests to come are answered with 503.
    unwell: usize,
    /// All are refused.
    refuses: bool,
}

/// A store that keeps objects in memory, and fails as its script says.
struct Store {
    url: String,
    script: Arc<Mutex<Script>>,
}

impl Store {
    fn start() -> Self {
        let script = Arc::new(Mutex::new(Script::default()));
        let shared = script.clone();
        let url = format!("http://{}", listen("127.0.0.1", move |stream| answer(stream, &shared)));
        Self { url, script }
    }

    fn script(&self) -> std::sync::MutexGuard<'_, Script> {
        self.script.lock().expect("unbroken")
    }

    /// What was asked since the last time, as `PUT front.atom`.
    fn asked(&self) -> Vec<String> {
        let seen = std::mem::take(&mut self.script().seen);
        for request in &seen {
            let signed = request.headers.get("authorization").map(String::as_str).unwrap_or_default();
            assert!(signed.starts_with(&format!("AWS4-HMAC-SHA256 Credential={KEY}/")), "{signed}");
            assert!(signed.contains("/eu-central-1/s3/aws4_request") && !signed.contains(SECRET), "{signed}");
        }
        let short = |request: &Request| {
            let path = request.path.strip_prefix("/wire-bucket/desk/").unwrap_or(&request.path);
            format!("{} {path}", request.method)
        };
        seen.iter().map(short).collect()
    }

    fn object(&self, path: &str) -> Option<String> {
        let object = self.script().objects.get(&format!("/wire-bucket/desk/{path}")).cloned();
        object.map(|(body, _)| String::from_utf8(body).expect("UTF-8"))
    }
}

fn answer(stream: TcpStream, script: &Mutex<Script>) {
    let Ok(mut write) = stream.try_clone() else { return };
    let mut read = BufReader::new(stream);
    loop {
        let (mut first, mut headers) = (String::new(), BTreeMap::new());
        if !matches!(read.read_line(&mut first), Ok(1..)) {
            return;
        }
        loop {
            let mut line = String::new();
            if read.read_line(&mut line).is_err() || line.trim().is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').expect("a header");
            headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
        }
        let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        if read.read_exact(&mut body).is_err() {
            return;
        }
        let mut words = first.split(' ').map(str::to_owned);
        let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let (status, reply) = {
            let mut script = script.lock().expect("unbroken");
            script.seen.push(Request { method: method.clone(), path: path.clone(), headers: headers.clone() });
            if script.refuses {
                let said = format!("<Error><Code>AccessDenied</Code><Message>{KEY} may not {SECRET}</Message></Error>");
                (403, said.into_bytes())
            } else if script.unwell > 0 {
                script.unwell -= 1;
                (503, b"<Error><Code>SlowDown</Code></Error>".to_vec())
            } else {
                match (method.as_str(), script.objects.get(&path)) {
                    ("PUT", _) => {
                        script.objects.insert(path, (body, headers));
                        (200, Vec::new())
                    }
                    ("GET", Some((body, _))) => (200, body.clone()),
                    ("DELETE", _) => {
                        script.objects.remove(&path);
                        (204, Vec::new())
                    }
                    _ => (404, b"<Error><Code>NoSuchKey</Code></Error>".to_vec()),
                }
            }
        };
        let head = format!(
            "HTTP/1.1 {status} Reply\r\nETag: \"1\"\r\nLast-Modified: Mon, 21 Oct 2024 08:00:00 GMT\r\nContent-Length: {}\r\n\r\n",
            reply.len()
        );
        if write.write_all(&[head.as_bytes(), &reply].concat()).is_err() {
            return;
        }
    }
}

fn desk(endpoint: &str) -> Place {
    let publish = format!("bucket = \"s3://wire-bucket/desk\"\nendpoint = \"{endpoint}\"\nregion = \"eu-central-1\"\n");
    let place = Place::new(&format!(
        "{}[server]\nlisten = \"127.0.0.1:0\"\n[schedule]\nlocal_interval = \"1s\"\n",
        config(&[("wire", "wire.xml")])
            .replace("dir = \"public\"\n", &publish)
            .replace("url = \"https://wire.example/\"\n", "")
    ));
    place.write("wire.xml", rss("Wire", &[("w1", "The first report", "Words.")]));
    place
}

fn with_keys(command: &mut Command) -> &mut Command {
    command.env("AWS_ACCESS_KEY_ID", KEY).env("AWS_SECRET_ACCESS_KEY", SECRET).env_remove("AWS_SESSION_TOKEN")
}

fn once(place: &Place) -> Ended {
    let output = with_keys(&mut place.command(&["run", "--once", "--force"])).output().expect("the program runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Ended { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

#[test]
fn the_site_is_put_into_s3_in_an_order_in_which_every_link_leads_somewhere() {
    let store = Store::start();
    let place = desk(&store.url);
    let text = place.read("config.toml").replace("[site]\n", "[site]\nurl = \"https://wire.example/\"\n");
    place.write("config.toml", text);
    // Passing faults are no failure.
    store.script().unwell = 2;
    let ended = once(&place);
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    let asked = store.asked();
    let at = |words: &str| {
        asked.iter().rposition(|asked| asked.starts_with(words)).unwrap_or_else(|| panic!("no {words}: {asked:?}"))
    };
    assert_eq!(asked.iter().filter(|asked| *asked == "GET .wiredesk").count(), 3, "{asked:?}");
    assert_eq!(at("PUT .wiredesk"), asked.len() - 1, "the list is last");
    for [first, then] in
        [["PUT style.css", "PUT stories/"], ["PUT stories/", "PUT front.atom"], ["PUT front.html", "PUT index.html"]]
    {
        assert!(at(first) < at(then), "{first} before {then}: {asked:?}");
    }
    for (path, media_type, caching) in [
        ("front.atom", "application/atom+xml; charset=utf-8", "max-age=300"),
        ("index.html", "text/html; charset=utf-8", "max-age=60"),
        ("style.css", "text/css; charset=utf-8", "max-age=3600"),
    ] {
        let headers = store.script().objects[&format!("/wire-bucket/desk/{path}")].1.clone();
        assert_eq!((headers["content-type"].as_str(), headers["cache-control"].as_str()), (media_type, caching));
    }

    assert_eq!(once(&place).code, Some(0));
    assert_eq!(store.asked(), ["GET .wiredesk"], "nothing has changed");

    place.write("wire.xml", rss("Wire", &[("w1", "The first report", "Words."), ("w2", "A second one", "More.")]));
    assert_eq!(once(&place).code, Some(0));
    let asked = store.asked();
    assert!(asked.contains(&"PUT front.json".to_owned()) && !asked.contains(&"PUT style.css".to_owned()), "{asked:?}");
    assert!(store.object("front.json").is_some_and(|feed| feed.contains("A second one")));

    // An edition that is no more is removed, after all the rest is there.
    place.write("config.toml", place.read("config.toml").replace("name = \"front\"", "name = \"world\""));
    assert_eq!(once(&place).code, Some(0));
    let asked = store.asked();
    let [removed, put] =
        ["DELETE front.atom", "PUT index.html"].map(|words| asked.iter().position(|asked| asked == words));
    assert!(put < removed && put.is_some(), "{asked:?}");
    assert!(store.object("front.atom").is_none() && store.object("world.atom").is_some());
}

#[test]
fn a_store_that_refuses_is_told_of_once_and_served_by_itself_when_it_is_well() {
    let store = Store::start();
    let place = desk(&store.url);
    store.script().refuses = true;
    let ended = once(&place);
    assert_eq!(ended.code, Some(1), "{}{}", ended.out, ended.err);
    for words in ["s3://wire-bucket/desk", "AccessDenied", "check the keys"] {
        assert!(ended.err.contains(words), "{words}: {}", ended.err);
    }
    let errors = place.path().join("errors.log");
    let mut command = place.command(&["run"]);
    with_keys(&mut command).env("RUST_LOG", "wiredesk=debug").stderr(File::create(&errors).expect("a file"));
    let daemon = Daemon::start(command);
    // The server does not wait for the store.
    assert!(get(&format!("{}front.json", daemon.url), &[]).text().contains("The first report"));
    let said = |level: &str, words: &str| {
        let text = std::fs::read_to_string(&errors).expect("a text");
        text.lines().filter(|line| line.contains(level) && line.contains(words)).count()
    };
    let wait = |what: &str, condition: &dyn Fn() -> bool| {
        let began = Instant::now();
        while !condition() {
            assert!(began.elapsed() < TOO_LONG, "{what}: {}", std::fs::read_to_string(&errors).unwrap_or_default());
            thread::yield_now();
        }
    };
    wait("another try", &|| said("DEBUG", "AccessDenied") > 0);
    assert_eq!(said("ERROR", ""), 1);
    store.script().refuses = false;
    wait("the site", &|| store.object("front.json").is_some_and(|feed| feed.contains("The first report")));
    wait("the all-clear", &|| said("WARN", "publishing into the bucket works again") == 1);
    // And the newest site follows.
    place.write("wire.xml", rss("Wire", &[("w1", "The first report", "Words."), ("w2", "A second one", "More.")]));
    wait("the second report", &|| store.object("front.json").is_some_and(|feed| feed.contains("A second one")));
    let log = std::fs::read_to_string(&errors).expect("a text");
    assert!(!log.contains(SECRET) && !log.contains(KEY) && !ended.err.contains(SECRET), "{log}");
    assert!(daemon.stop().0.success());
}

#[test]
fn what_is_wrong_with_a_bucket_is_said_before_anything_is_done() {
    let place = desk("http://127.0.0.1:1");
    let check = |place: &Place, keys: bool| {
        let mut command = place.command(&["check"]);
        command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
        let output = if keys { with_keys(&mut command).output() } else { command.output() }.expect("the program runs");
        (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    };
    let (code, said) = check(&place, true);
    assert!(code == Some(0) && said.contains("bucket   s3://wire-bucket/desk at http://127.0.0.1:1"), "{said}");
    let (code, said) = check(&place, false);
    assert!(code == Some(2) && said.contains("AWS_ACCESS_KEY_ID") && said.contains("[publish]"), "{said}");
    for (line, words) in [
        ("bucket = \"wire\"", "must begin with `s3://`"),
        ("bucket = \"s3://Wire\"", "lower-case"),
        ("bucket = \"s3://wire-bucket\"\nendpoint = \"ftp://s3.example\"", "`https://` or `http://`"),
        ("bucket = \"s3://wire-bucket\"\nsecret_key = \"hunter2\"", "must not stand here in the clear"),
        ("endpoint = \"https://s3.example\"", "no S3 `bucket`"),
        ("buckett = \"s3://wire\"", "did you mean `bucket`?"),
    ] {
        let wrong = Place::new(&config(&[("wire", "wire.xml")]).replace("dir = \"public\"", line));
        let (code, said) = check(&wrong, true);
        assert!(code == Some(2) && said.contains(words) && !said.contains("hunter2"), "{line}: {said}");
    }
}

struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn an_s3_server_that_others_wrote_takes_the_site() {
    let Some(python) = std::env::var_os("WIREDESK_MOTO") else {
        assert!(std::env::var_os("CI").is_none(), "not installed: moto");
        eprintln!("skipped: $WIREDESK_MOTO names no Python that has moto[server]");
        return;
    };
    let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    let server = Command::new(&python)
        .args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port.to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("moto starts");
    let _server = Ends(server);
    let began = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(began.elapsed() < TOO_LONG, "moto does not come up");
        thread::yield_now();
    }
    let url = format!("http://127.0.0.1:{port}");
    let place = desk(&url);
    let ended = once(&place);
    assert!(ended.code == Some(1) && ended.err.contains("NoSuchBucket"), "{}", ended.err);
    let made = send("PUT", &format!("{url}/wire-bucket"), &[("Content-Length", "0")], b"");
    assert_eq!(made.status, 200, "{}", made.text());
    let ended = once(&place);
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    // Asked for by Amazon's own client, which moto needs itself.
    let object = |path: &str| {
        let ask = "import boto3, sys; s3 = boto3.client('s3', endpoint_url=sys.argv[1], region_name='eu-central-1'); \
                   found = s3.get_object(Bucket='wire-bucket', Key='desk/' + sys.argv[2]); \
                   print(found['ContentType'], found['CacheControl'], found['Body'].read().decode())";
        let asked = with_keys(&mut Command::new(&python)).args(["-c", ask, &url, path]).output().expect("Python runs");
        asked.status.success().then(|| String::from_utf8(asked.stdout).expect("UTF-8"))
    };
    let feed = object("front.atom").expect("the feed");
    assert!(feed.starts_with("application/atom+xml; charset=utf-8 max-age=300 <?xml"), "{feed}");
    assert!(feed.contains("The first report"), "{feed}");
    place.write("config.toml", place.read("config.toml").replace("name = \"front\"", "name = \"world\""));
    assert_eq!(once(&place).code, Some(0));
    assert!(object("front.atom").is_none() && object("world.atom").is_some());
}

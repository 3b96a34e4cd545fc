//! A real client, and some rude ones, against the server on loopback.

use std::sync::Arc;
use std::time::Duration;

use chrono::DateTime;
use reqwest::header::HeaderMap;
use reqwest::{Client, ClientBuilder, Method, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::*;
use crate::model::{ETag, Rendered, SitePath};

mod protocol;
mod tls;

const HTML: &str = "text/html; charset=utf-8";
const ATOM: &str = "application/atom+xml; charset=utf-8";
const PATIENCE: Duration = Duration::from_secs(20);

fn document(path: &str, media_type: &'static str, text: &str) -> Rendered {
    let updated = DateTime::from_timestamp(1_729_243_800, 0);
    Rendered::new(SitePath::new(path).expect("a path"), media_type, text.as_bytes().to_vec(), updated)
}

fn documents() -> Vec<Rendered> {
    vec![
        document("index.html", HTML, "<h1>Index</h1>"),
        document("404.html", HTML, "<h1>Nothing here</h1>"),
        document("front.html", HTML, &"<p>A story.</p>".repeat(500)),
        document("front.atom", ATOM, &"<entry>A story.</entry>".repeat(500)),
        document("plain.rss", "application/rss+xml; charset=utf-8", "<rss/>"),
        document("articles/обзор.html", HTML, "<h1>Обзор</h1>"),
        document("style.css", "text/css; charset=utf-8", "p {}"),
    ]
}

/// A server on loopback, to be ended by the test.
struct Served {
    address: SocketAddr,
    site: Site,
    shutdown: oneshot::Sender<()>,
    task: JoinHandle<Result<(), Error>>,
}

impl Served {
    fn start(limits: Limits, documents: Vec<Rendered>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let site = Site::default();
        site.replace(Snapshot::new(documents, None));
        let (shutdown, ended) = oneshot::channel::<()>();
        let task = tokio::spawn(serve_within(limits, listener, site.clone(), async {
            let _ = ended.await;
        }));
        Self { address, site, shutdown, task }
    }

    async fn end(self) {
        self.shutdown.send(()).expect("the server still runs");
        timeout(Duration::from_secs(10), self.task).await.expect("in time").expect("no panic").expect("no error");
    }

    async fn request(&self, client: &Client, method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = client.request(method, format!("http://{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.expect("an answer")
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        self.request(&client(|builder| builder), Method::GET, path, headers).await
    }

    /// Sends bytes as they stand on a connection of its own and reads until the server closes it.
    async fn raw(&self, bytes: &str) -> String {
        let mut stream = TcpStream::connect(self.address).await.expect("a connection");
        stream.write_all(bytes.as_bytes()).await.expect("sent");
        read_to_end(&mut stream).await
    }
}

async fn read_to_end(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset is an end too.
    let _ = timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.expect("the server ends the connection");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A client that shows what is on the wire: no redirects followed, nothing decoded.
fn client(set: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Client {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("TLS versions")
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let builder = Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .no_gzip()
        .no_brotli()
        .no_deflate()
        .no_zstd()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(PATIENCE);
    set(builder).build().expect("a client")
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[tokio::test]
async fn every_address_has_its_answer() {
    let served = Served::start(LIMITS, documents());
    for (path, status, media_type, location, body) in [
        ("/", 200, HTML, "", "<h1>Index</h1>"),
        ("/index.html", 200, HTML, "", "<h1>Index</h1>"),
        ("/?utm_source=x", 200, HTML, "", "<h1>Index</h1>"),
        ("/plain.rss", 200, "application/rss+xml; charset=utf-8", "", "<rss/>"),
        ("/style.css", 200, "text/css; charset=utf-8", "", "p {}"),
        ("/articles/%D0%BE%D0%B1%D0%B7%D0%BE%D1%80.html", 200, HTML, "", "<h1>Обзор</h1>"),
        ("/articles/%d0%be%d0%b1%d0%b7%d0%be%d1%80.html", 200, HTML, "", "<h1>Обзор</h1>"),
        ("/front", 301, "text/plain; charset=utf-8", "front.html", "Moved.\n"),
        ("/front/", 301, "text/plain; charset=utf-8", "../front.html", "Moved.\n"),
        ("/plain", 301, "text/plain; charset=utf-8", "plain.rss", "Moved.\n"),
        ("/articles/обзор", 301, "text/plain; charset=utf-8", "%D0%BE%D0%B1%D0%B7%D0%BE%D1%80.html", "Moved.\n"),
        ("/healthz", 200, "text/plain; charset=utf-8", "", "ok\n"),
        ("/nothing", 404, HTML, "", "<h1>Nothing here</h1>"),
        ("/articles/", 404, HTML, "", "<h1>Nothing here</h1>"),
        ("/articles//x", 404, HTML, "", "<h1>Nothing here</h1>"),
        ("/%ff", 404, HTML, "", "<h1>Nothing here</h1>"),
        ("/a%00%0d%0ab", 404, HTML, "", "<h1>Nothing here</h1>"),
        ("/.wiredesk", 404, HTML, "", "<h1>Nothing here</h1>"),
    ] {
        let response = served.get(path, &[]).await;
        let headers = response.headers().clone();
        assert_eq!(response.status(), status, "{path}");
        assert_eq!(header(&headers, "content-type"), media_type, "{path}");
        assert_eq!(header(&headers, "location"), location, "{path}");
        assert_eq!(header(&headers, "x-content-type-options"), "nosniff", "{path}");
        assert_eq!(response.text().await.expect("a body"), body, "{path}");
        let head = served.request(&client(|b| b), Method::HEAD, path, &[]).await;
        let mut of_head = head.headers().clone();
        assert_eq!(head.status(), status, "{path}");
        assert!(head.text().await.expect("no body").is_empty(), "{path}");
        of_head.insert("date", headers["date"].clone());
        assert_eq!(of_head, headers, "{path}: HEAD has the headers of GET");
    }
    served.end().await;
}

#[tokio::test]
async fn feeds_are_open_and_pages_are_strict() {
    let served = Served::start(LIMITS, documents());
    let feed = served.get("/front.atom", &[]).await.headers().clone();
    assert_eq!(header(&feed, "access-control-allow-origin"), "*");
    assert_eq!(header(&feed, "content-type"), ATOM);
    assert_eq!(header(&feed, "last-modified"), "Fri, 18 Oct 2024 09:30:00 GMT");
    assert_eq!(header(&feed, "content-security-policy"), "");
    let page = served.get("/front.html", &[]).await.headers().clone();
    assert!(header(&page, "content-security-policy").starts_with("default-src 'none'; style-src 'self';"));
    assert_eq!(header(&page, "access-control-allow-origin"), "");
    assert_eq!(header(&page, "referrer-policy"), "no-referrer");
    served.end().await;
}

#[tokio::test]
async fn a_client_that_has_it_already_gets_304() {
    let served = Served::start(LIMITS, documents());
    let plain = served.get("/front.atom", &[]).await;
    let gzip = served.get("/front.atom", &[("accept-encoding", "gzip")]).await;
    let tag_of = |response: &Response| header(response.headers(), "etag").to_owned();
    let (plain_tag, gzip_tag) = (tag_of(&plain), tag_of(&gzip));
    assert_ne!(plain_tag, gzip_tag, "a tag for each coding");
    assert_eq!(header(gzip.headers(), "content-encoding"), "gzip");
    for response in [&plain, &gzip] {
        assert_eq!(header(response.headers(), "vary"), "Accept-Encoding, A-IM");
    }
    let (plain, gzip) = (plain.bytes().await.expect("a body"), gzip.bytes().await.expect("a body"));
    assert!(gzip.len() < plain.len() / 10);
    let mut unpacked = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&gzip[..]), &mut unpacked).expect("gzip");
    assert_eq!(unpacked, plain);

    let weak_list = format!("\"other\", W/{gzip_tag}");
    for (headers, expected) in [
        (vec![("if-none-match", plain_tag.as_str())], 304),
        (vec![("if-none-match", gzip_tag.as_str())], 200),
        (vec![("if-none-match", gzip_tag.as_str()), ("accept-encoding", "gzip")], 304),
        (vec![("if-none-match", weak_list.as_str()), ("accept-encoding", "br, gzip")], 304),
        (vec![("if-none-match", "*")], 304),
        (vec![("if-none-match", "\"x\""), ("if-modified-since", "Fri, 18 Oct 2024 09:30:00 GMT")], 200),
        (vec![("if-modified-since", "Fri, 18 Oct 2024 09:30:00 GMT")], 304),
        (vec![("if-modified-since", "Fri, 18 Oct 2024 09:29:59 GMT")], 200),
    ] {
        let response = served.get("/front.atom", &headers).await;
        assert_eq!(response.status(), expected, "{headers:?}");
        let answer = response.headers().clone();
        if expected == 304 {
            for name in ["etag", "vary", "cache-control", "access-control-allow-origin", "date"] {
                assert_ne!(header(&answer, name), "", "{name} for {headers:?}");
            }
            for name in ["content-type", "content-encoding", "content-length"] {
                assert_eq!(header(&answer, name), "", "{name} for {headers:?}");
            }
            assert!(response.bytes().await.expect("no body").is_empty());
        }
    }
    served.end().await;
}

#[tokio::test]
async fn before_the_first_publication_clients_are_asked_to_wait() {
    let served = Served::start(LIMITS, vec![]);
    let response = served.get("/front.atom", &[]).await;
    assert_eq!((response.status().as_u16(), header(response.headers(), "retry-after")), (503, "5"));
    assert_eq!(served.get("/healthz", &[]).await.status(), 200);
    served.site.replace(Snapshot::new(documents(), None));
    assert_eq!(served.get("/front.atom", &[]).await.status(), 200);
    served.end().await;
}

#[tokio::test]
async fn both_versions_of_http_are_spoken() {
    let served = Served::start(LIMITS, documents());
    let http2 = client(ClientBuilder::http2_prior_knowledge);
    let response = served.request(&http2, Method::GET, "/front.html", &[("accept-encoding", "gzip")]).await;
    assert_eq!((response.status().as_u16(), response.version()), (200, reqwest::Version::HTTP_2));
    let answer = served.raw("GET / HTTP/1.0\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.0 200 OK\r\n"), "{answer}");
    served.end().await;
}

#[tokio::test]
async fn no_request_reaches_outside_the_site() {
    let served = Served::start(LIMITS, documents());
    for (target, status) in [
        ("/../Cargo.toml", "404"),
        ("/%2e%2e/Cargo.toml", "404"),
        ("//etc/passwd", "404"),
        ("/front.html/../../x", "404"),
        ("http://other.example/front.atom", "200"),
        ("*", "404"),
    ] {
        let answer = served.raw(&format!("GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{target}: {answer}");
    }
    let huge = format!("GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n", "x".repeat(40_000));
    let answer = served.raw(&huge).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431 "), "{answer}");
    served.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_reader_sees_a_mixed_version() {
    let served = Served::start(LIMITS, documents());
    let address = served.address;
    let readers: Vec<_> = (0..4)
        .map(|_| {
            tokio::spawn(async move {
                let client = client(|builder| builder);
                for _ in 0..100 {
                    let request = client.get(format!("http://{address}/front.atom")).header("accept-encoding", "gzip");
                    let response = request.send().await.expect("an answer");
                    let tag = header(response.headers(), "etag").to_owned();
                    let body = response.bytes().await.expect("a body");
                    assert_eq!(ETag::of(&body).as_str(), tag);
                }
            })
        })
        .collect();
    let mut version = 0;
    while readers.iter().any(|reader| !reader.is_finished()) {
        version += 1;
        let text = format!("<entry>{version}</entry>").repeat(100);
        let previous = served.site.current();
        served.site.replace(Snapshot::new(vec![document("front.atom", ATOM, &text)], Some(&previous)));
        tokio::task::yield_now().await;
    }
    for reader in readers {
        reader.await.expect("every tag matches its body");
    }
    served.end().await;
}

#[test]
fn an_unchanged_document_is_not_compressed_again() {
    let first = Snapshot::new(documents(), None);
    let second = Snapshot::new(documents(), Some(&first));
    let body = |snapshot: &Snapshot| {
        snapshot.get("front.atom").and_then(|document| document.gzip.as_ref()).map(|gzip| gzip.body.as_ptr())
    };
    assert!(body(&first).is_some());
    assert_eq!(body(&first), body(&second));
    assert_eq!((second.len(), second.is_empty()), (7, false));
    assert!(second.get("style.css").is_some_and(|document| document.gzip.is_none()), "too small to gain");
    // The date may change without the text.
    let mut later = documents();
    for document in &mut later {
        document.updated = DateTime::from_timestamp(1_729_250_000, 0);
    }
    let third = Snapshot::new(later, Some(&second));
    let modified = third.get("front.atom").and_then(|document| document.modified);
    assert_eq!(modified, DateTime::from_timestamp(1_729_250_000, 0));
}

#[tokio::test]
async fn shutdown_is_clean_and_bounded_whatever_clients_do() {
    let limits = Limits { grace: Duration::from_millis(300), ..LIMITS };
    let big = document("big.atom", ATOM, &"x".repeat(12_000_000));
    let served = Served::start(limits, vec![big]);
    let open = |bytes: &'static str| {
        let address = served.address;
        async move {
            let mut stream = TcpStream::connect(address).await.expect("a connection");
            stream.write_all(bytes.as_bytes()).await.expect("sent");
            stream
        }
    };
    // Idle on a kept-alive connection, half a request, nothing at all, and a body that nobody reads.
    let mut idle = open("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let mut answer = [0; 15];
    idle.read_exact(&mut answer).await.expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 200 OK");
    let mut half = open("GET / HTTP/1.1\r\nHos").await;
    let mut silent = open("").await;
    let mut stuck = open("GET /big.atom HTTP/1.1\r\nHost: x\r\n\r\n").await;
    stuck.read_exact(&mut answer).await.expect("an answer");

    let address = served.address;
    served.end().await;
    for stream in [&mut idle, &mut half, &mut silent, &mut stuck] {
        read_to_end(stream).await;
    }
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn an_answer_under_way_is_finished_at_shutdown() {
    let served = Served::start(LIMITS, vec![document("big.atom", ATOM, &"x".repeat(4_000_000))]);
    let mut response = served.get("/big.atom", &[]).await;
    let mut length = response.chunk().await.expect("a chunk").map_or(0, |chunk| chunk.len());
    let read_rest = async {
        while let Some(chunk) = response.chunk().await.expect("the rest comes") {
            length += chunk.len();
        }
    };
    tokio::join!(served.end(), read_rest);
    assert_eq!(length, 4_000_000);
}

#[tokio::test]
async fn slow_clients_lose_their_connection() {
    let limits = Limits { head_timeout: Duration::from_millis(100), ..LIMITS };
    let served = Served::start(limits, documents());
    for rude in ["", "GET / HTTP/1.1\r\nHos", "PRI * HTTP/2.0\r\n"] {
        let answer = served.raw(rude).await;
        assert!(!answer.starts_with("HTTP/1.1 200"), "{rude:?}: {answer}");
    }
    // An idle connection, too, after a good answer.
    let answer = served.raw("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    served.end().await;
}

#[tokio::test]
async fn one_connection_too_many_is_closed() {
    let served = Served::start(Limits { connections: 1, ..LIMITS }, documents());
    let mut first = TcpStream::connect(served.address).await.expect("a connection");
    first.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("sent");
    first.read_exact(&mut [0; 15]).await.expect("an answer");
    let refused = served.raw("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    assert_eq!(refused, "");
    first.shutdown().await.expect("ended");
    read_to_end(&mut first).await;
    let answer = served.raw("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    served.end().await;
}

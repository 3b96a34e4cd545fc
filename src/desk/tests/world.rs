//! A desk with a clock of its own, and a server whose pages change.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};

use crate::config;
use crate::desk::{Cycle, Desk, lock, open};
use crate::fetch::tests::neighbourly;
use crate::fetch::tests::server::{Reply, Request, Server, reply};
use crate::model::{Polling, SourceId};

/// What the server says at an address: host and path, `a.example/feed`.
#[derive(Clone)]
pub(super) struct Page {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Page {
    pub(super) fn feed(body: impl Into<String>) -> Self {
        Self { status: 200, headers: Vec::new(), body: body.into() }
    }

    /// One without anything else; at 0 the server never answers.
    pub(super) fn status(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: String::new() }
    }

    /// A redirect to another address of the server: `b.example/feed`. Its port is filled in.
    pub(super) fn redirect(status: u16, to: &str) -> Self {
        Self::status(status).with("Location", to)
    }

    pub(super) fn answering(self, status: u16) -> Self {
        Self { status, ..self }
    }

    pub(super) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}

pub(super) struct World {
    folder: tempfile::TempDir,
    server: Server,
    pages: Arc<Mutex<BTreeMap<String, Page>>>,
    is_public: bool,
    /// More lines of the edition, and sections after it.
    pub(super) more: String,
    desk: Option<Desk>,
}

impl World {
    /// A desk with these sources, named and addressed alike: `a.example/feed` is source `a-example-feed`.
    pub(super) async fn new(sources: &[&str]) -> Self {
        let pages: Arc<Mutex<BTreeMap<String, Page>>> = Arc::default();
        let script = Arc::clone(&pages);
        let server = Server::simple(move |request| answer(&script, request)).await;
        let folder = tempfile::tempdir().expect("a folder");
        let mut world = Self { folder, server, pages, is_public: true, more: String::new(), desk: None };
        world.configure(sources);
        world
    }

    /// The same with a server at a private address.
    pub(super) async fn private(sources: &[&str]) -> Self {
        let mut world = Self::new(sources).await;
        world.is_public = false;
        world.configure(sources);
        world
    }

    /// A desk that hubs can call.
    pub(super) async fn callable(sources: &[&str]) -> Self {
        let mut world = Self::new(sources).await;
        world.reconfigure("[site]\nurl = \"https://wire.example.org/desk/\"\n", sources);
        world
    }

    /// As `configure`, with other tables.
    pub(super) fn reconfigure(&mut self, more: &str, sources: &[&str]) {
        more.clone_into(&mut self.more);
        self.configure(sources);
    }

    /// Ends the desk and starts it with these sources, on the same store.
    pub(super) fn configure(&mut self, sources: &[&str]) {
        let mut text = String::from(
            "[fetch]\nhost_gap = \"0s\"\n[schedule]\nadaptive = false\ninterval = \"1h\"\nmin_interval = \"15m\"\nmax_interval = \"24h\"\n\
             [publish]\ndir = \"public\"\n[[edition]]\nname = \"front\"\n",
        );
        text.push_str(&self.more);
        for source in sources {
            let (name, address) = source.split_once('=').unwrap_or((source, source));
            let (host, path) = address.split_once('/').expect("a host and a path");
            let url = self.server.at(host, &format!("/{path}"));
            text.push_str(&format!("[[source]]\nname = \"{name}\"\nurl = \"{url}\"\n"));
        }
        let config = config::read(&text, &self.folder.path().join("config.toml")).expect("a good configuration");
        let options = config::Fetch { allow_private: true, ..config.fetch.clone() };
        // The store is let go of before it is taken again.
        self.desk = None;
        let mut desk = open(config).expect("a desk");
        let client = neighbourly(&options, self.is_public);
        desk.clients = [client.clone(), client];
        self.desk = Some(desk);
    }

    pub(super) fn put(&self, address: &str, page: Page) {
        self.pages.lock().expect("not poisoned").insert(address.to_owned(), page);
    }

    /// Runs a cycle so many minutes after the beginning.
    pub(super) async fn at(&self, minutes: i64) -> Cycle {
        self.cycle(minutes, false).await
    }

    /// The same for all sources, due or not.
    pub(super) async fn force(&self, minutes: i64) -> Cycle {
        self.cycle(minutes, true).await
    }

    async fn cycle(&self, minutes: i64, force: bool) -> Cycle {
        self.desk().cycle(minute(minutes), force).await.expect("a cycle")
    }

    pub(super) fn desk(&self) -> &Desk {
        self.desk.as_ref().expect("a desk")
    }

    /// The server's port.
    pub(super) fn port(&self) -> u16 {
        self.server.port()
    }

    /// What is remembered of a source, by its name.
    pub(super) fn polling(&self, name: &str) -> Polling {
        let id = SourceId::new(&crate::model::slug(name)).expect("a name");
        lock(&self.desk().core).store.pollings().expect("read").remove(&id).expect("a known source")
    }

    /// The requests for an address so far.
    pub(super) fn requests(&self, address: &str) -> Vec<Request> {
        self.server.requests().into_iter().filter(|request| address_of(request) == address).collect()
    }

    /// A file in the desk's folder.
    pub(super) fn file(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// The store's file.
    pub(super) fn store(&self) -> std::path::PathBuf {
        let folder: &Path = self.folder.path();
        folder.join("data/wiredesk.db")
    }
}

/// So many minutes after the beginning, which is 21 October 2024, noon.
pub(super) fn minute(minutes: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_729_512_000, 0).expect("a moment") + TimeDelta::minutes(minutes)
}

fn address_of(request: &Request) -> String {
    let host = request.header("host").and_then(|host| host.split(':').next()).unwrap_or_default();
    format!("{host}{}", request.path)
}

fn answer(pages: &Mutex<BTreeMap<String, Page>>, request: &Request) -> Reply {
    let page = pages.lock().expect("not poisoned").get(&address_of(request)).cloned();
    let Page { status, mut headers, body } = page.unwrap_or_else(|| Page::status(404));
    if status == 0 {
        return Reply::Hang;
    }
    let etag = headers.iter().find(|(name, _)| *name == "ETag").map(|(_, value)| value.clone());
    let is_known = status == 200 && etag.is_some() && request.header("if-none-match") == etag.as_deref();
    let port = request.header("host").and_then(|host| host.split(':').nth(1)).unwrap_or_default();
    for (_, value) in headers.iter_mut().filter(|(name, _)| *name == "Location") {
        let (host, path) = value.split_once('/').unwrap_or((value, ""));
        *value = format!("http://{host}:{port}/{path}");
    }
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    reply(if is_known { 304 } else { status }, &headers, if is_known { b"" } else { body.as_bytes() })
}

/// An RSS document with these items: (guid, link, title).
pub(super) fn rss(items: &[(&str, &str, &str)]) -> String {
    let items: String = items
        .iter()
        .map(|(guid, link, title)| {
            format!(
                "<item><guid isPermaLink=\"false\">{guid}</guid><link>{link}</link><title>{title}</title>\
                 <description>Words that only {title} has.</description>\
                 <pubDate>Mon, 21 Oct 2024 08:00:00 GMT</pubDate></item>"
            )
        })
        .collect();
    format!(
        "<rss version=\"2.0\"><channel><title>F</title><link>https://f.example/</link>\
         <description>d</description>{items}</channel></rss>"
    )
}

/// A feed with one item.
pub(super) fn one() -> String {
    rss(&[("1", "https://f.example/1", "Keeper of the lighthouse retires")])
}

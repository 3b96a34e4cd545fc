//! What readers see while publications follow each other as fast as they can: each tag with its own body, versions in
//! their order, and answers as fast as before.

use std::collections::HashMap;
use std::io::Read;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta};
use flate2::read::GzDecoder;
use wiredesk::model::{ETag, Rendered, SitePath};
use wiredesk::serve::{self, Site, Snapshot};

/// Publications.
const PUBLICATIONS: u64 = 10_000;
/// Readers of each kind.
const READERS: usize = 2;

/// What a reader asks for.
#[derive(Clone, Copy)]
enum Kind {
    Identity,
    Gzip,
    /// A coding that the server does not have.
    Brotli,
    /// What it has already.
    Unmodified,
}

/// Publishes 10,000 times while eight readers ask, and then lets them ask for as long without a publication.
pub fn run() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let site = Site::default();
    site.replace(Snapshot::new(vec![document(0)], None));
    runtime.spawn(serve::serve(listener, site.clone(), std::future::pending()));

    // The versions that were published by the tags of their plain form; known before they can be seen.
    let published = Arc::new(Mutex::new(HashMap::from([(document(0).etag, 0)])));
    let start = Instant::now();
    let under_load = readers(address, &published, || {
        for version in 1..=PUBLICATIONS {
            let document = document(version);
            published.lock().expect("whole").insert(document.etag.clone(), version);
            let snapshot = Snapshot::new(vec![document], Some(&site.current()));
            site.replace(snapshot);
        }
    });
    let seconds = start.elapsed();
    let quiet = readers(address, &published, || std::thread::sleep(seconds.min(Duration::from_secs(10))));
    println!(
        "{PUBLICATIONS} publications in {:.1} s, {} answers: every tag is that of its body",
        seconds.as_secs_f64(),
        under_load.len()
    );
    for (what, mut times) in [("meanwhile", under_load), ("without publications", quiet)] {
        times.sort_by(f64::total_cmp);
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
        println!(
            "{what}: an answer within {:.2} ms (half), {:.2} ms (99 %), {:.2} ms (all)",
            at(0.5),
            at(0.99),
            at(1.0)
        );
    }
}

/// Runs `work` while readers ask; the time of each answer in milliseconds.
fn readers(address: SocketAddr, published: &Arc<Mutex<HashMap<ETag, u64>>>, work: impl FnOnce()) -> Vec<f64> {
    let ended = Arc::new(AtomicBool::new(false));
    let kinds = [Kind::Identity, Kind::Gzip, Kind::Brotli, Kind::Unmodified];
    let threads: Vec<_> = kinds
        .into_iter()
        .cycle()
        .take(kinds.len() * READERS)
        .map(|kind| {
            let (published, ended) = (Arc::clone(published), Arc::clone(&ended));
            std::thread::spawn(move || read_on(address, kind, &published, &ended))
        })
        .collect();
    work();
    ended.store(true, Ordering::Release);
    threads.into_iter().flat_map(|thread| thread.join().expect("a reader saw what it should")).collect()
}

/// Asks again and again. Panics when something is not as it should be.
fn read_on(address: SocketAddr, kind: Kind, published: &Mutex<HashMap<ETag, u64>>, ended: &AtomicBool) -> Vec<f64> {
    let mut stream = TcpStream::connect(address).expect("it listens");
    let mut times = Vec::new();
    let (mut last, mut held) = (0, None::<String>);
    while !ended.load(Ordering::Acquire) {
        let coding = match kind {
            Kind::Identity => "identity",
            Kind::Brotli => "br",
            Kind::Gzip | Kind::Unmodified => "gzip",
        };
        let mut headers = vec![("Accept-Encoding", coding)];
        if let (Kind::Unmodified, Some(tag)) = (kind, &held) {
            headers.push(("If-None-Match", tag));
        }
        let start = Instant::now();
        super::send(&mut stream, &headers);
        let reply = super::read(&mut stream);
        times.push(start.elapsed().as_secs_f64() * 1000.0);
        let tag = reply.header("etag").expect("a tag");
        if reply.status == 304 {
            assert_eq!(Some(&tag), held.as_ref(), "a 304 for what the reader does not have");
            continue;
        }
        let mut plain = Vec::new();
        match reply.header("content-encoding").as_deref() {
            Some("gzip") => drop(GzDecoder::new(reply.body.as_slice()).read_to_end(&mut plain).expect("it is whole")),
            _ => plain.clone_from(&reply.body),
        }
        let of_plain = ETag::of(&plain);
        let version = published.lock().expect("whole").get(&of_plain).copied().expect("it was published so");
        if plain == reply.body {
            assert_eq!(of_plain.as_str(), tag, "a tag of another body");
        } else {
            assert_eq!(ETag::of(&reply.body).as_str(), tag, "a tag of another body");
        }
        assert!(version >= last, "version {version} after {last}");
        (last, held) = (version, Some(tag));
    }
    times
}

/// A version of the document: of 12 KB, which say its number everywhere.
fn document(version: u64) -> Rendered {
    let text: String =
        (0..200).map(|line| format!("<entry>Version {version}, line {line} of 200 lines.</entry>\n")).collect();
    let updated = DateTime::UNIX_EPOCH + TimeDelta::seconds(version as i64);
    let path = SitePath::new("front.atom").expect("a path");
    Rendered::new(path, "application/atom+xml; charset=utf-8", text.into_bytes(), Some(updated))
}

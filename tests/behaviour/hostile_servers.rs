//! Servers that mean harm get nowhere: what they cost is bounded, and nobody else pays for it.

use std::io::Write as _;

use crate::world::{Daemon, Page, Place, Server, config, rss};

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(body).and_then(|()| encoder.finish()).expect("packed")
}

/// A gzip stream of so many MiB of blanks, made without having them.
fn gzip_of_blanks(mebibytes: usize) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let blanks = vec![b' '; 1 << 20];
    (0..mebibytes).for_each(|_| encoder.write_all(&blanks).expect("packed"));
    encoder.finish().expect("packed")
}

fn brotli_of_blanks(mebibytes: usize) -> Vec<u8> {
    let mut packed = Vec::new();
    {
        let mut encoder = brotli::CompressorWriter::new(&mut packed, 1 << 16, 5, 24);
        let blanks = vec![b' '; 1 << 20];
        (0..mebibytes).for_each(|_| encoder.write_all(&blanks).expect("packed"));
    }
    packed
}

/// A Zstandard frame of blocks that each say: 128 KiB of this byte (RFC 8878 §3.1.1), with a window of 2^`window` bytes.
fn zstd_of_blanks(mebibytes: u32, window: u8) -> Vec<u8> {
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, (window - 10) << 3];
    let blocks = mebibytes * 8;
    for block in 1..=blocks {
        let (last, run_length) = (u32::from(block == blocks), 1 << 1);
        frame.extend_from_slice(&((128 << 10 << 3) | run_length | last).to_le_bytes()[..3]);
        frame.push(b' ');
    }
    frame
}

/// The most memory that the program had so far, in KiB.
#[cfg(target_os = "linux")]
fn peak_kib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("a running program");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

/// The peak of a daemon that reads these pages from as many sources at once, and the state of each source.
#[cfg(target_os = "linux")]
fn peak_with(pages: &[Page]) -> (u64, Vec<String>) {
    let server = Server::start();
    let urls: Vec<_> =
        (0..pages.len()).map(|number| (format!("s{number}"), server.url(&format!("/{number}")))).collect();
    pages.iter().enumerate().for_each(|(number, page)| server.put(&format!("/{number}"), page.clone()));
    let sources: Vec<_> = urls.iter().map(|(name, url)| (name.as_str(), url.as_str())).collect();
    let text = config(&sources).replace("timeout = \"5s\"", "timeout = \"60s\"\nper_host = 64")
        + "[server]\nlisten = \"127.0.0.1:0\"\n";
    let place = Place::new(&text);
    let mut command = place.command(&["run"]);
    // What the allocator keeps for later is its own affair: it is to give back at once what is let go of.
    command.env("MIMALLOC_PURGE_DELAY", "0").env("MALLOC_ARENA_MAX", "1").env("MALLOC_MMAP_THRESHOLD_", "1048576");
    let daemon = Daemon::start(command);
    // On a machine that is busy it says what came of some while it still waits for others.
    place.wait_until(|status| {
        let sources = status["sources"].as_array().expect("a list");
        let state = |source: &serde_json::Value| {
            (!source["last_attempt"].is_null()).then(|| source["state"].as_str().unwrap_or_default().to_owned())
        };
        let states: Option<Vec<String>> = sources.iter().map(state).collect();
        Some((peak_kib(daemon.pid()), states?))
    })
}

#[cfg(target_os = "linux")]
#[test]
fn twenty_bombs_at_once_take_at_most_64_mib() {
    let good = Page::feed(rss("Good", &[("good", "Harvest fair", "Pumpkins as far as one can see.")]));
    let (baseline, _) = peak_with(std::slice::from_ref(&good));
    // 100 MiB behind one coding, behind two (some 335 bytes), and behind one that nobody announces; and some that stay
    // just within what is allowed.
    let hundred = gzip_of_blanks(100);
    let twice = gzip(&hundred);
    assert!(twice.len() < 1024, "{} bytes", twice.len());
    let within = gzip_of_blanks(9);
    let packed = |body: &[u8]| Page::feed(body).with("Content-Encoding", "gzip");
    let coded = |coding: &str, body: Vec<u8>| Page::feed(body).with("Content-Encoding", coding);
    let bombs = [
        packed(&hundred),
        packed(&twice),
        Page::feed(hundred.clone()),
        packed(&within),
        packed(&gzip(&within)),
        coded("br", brotli_of_blanks(100)),
        coded("br", brotli_of_blanks(9)),
        coded("zstd", zstd_of_blanks(100, 23)),
        coded("zstd", zstd_of_blanks(9, 23)),
        // What asks for a window of 128 MiB, sixteen times what RFC 9659 allows.
        coded("zstd", zstd_of_blanks(9, 27)),
    ];
    let mut pages: Vec<Page> = bombs.iter().cycle().take(20).cloned().collect();
    pages.push(good);
    let (peak, states) = peak_with(&pages);
    assert_eq!((states.len(), states.iter().filter(|state| *state == "ok").count()), (21, 1), "{states:?}");
    let grown = peak.saturating_sub(baseline) / 1024;
    println!("baseline {} MiB, with twenty bombs {} MiB: {grown} MiB more", baseline / 1024, peak / 1024);
    assert!(grown <= 64, "{grown} MiB over a baseline of {} MiB", baseline / 1024);
}

#[test]
fn entities_and_depth_cost_nothing_and_external_ones_are_never_fetched() {
    let server = Server::start();
    let laughs: String = (1..20).map(|n| format!("<!ENTITY l{n} \"&l{m};&l{m};&l{m};&l{m};\">", m = n - 1)).collect();
    let outside = server.url("/secret");
    let item = "<item><guid>1</guid><title>Lamp &l19; &out; &file;</title><description>Words of the keeper.</description></item>";
    let feed = format!(
        "<!DOCTYPE rss [<!ENTITY l0 \"ha\">{laughs}<!ENTITY out SYSTEM \"{outside}\">\
         <!ENTITY file SYSTEM \"file:///etc/passwd\"><!ENTITY % p SYSTEM \"{outside}\"> %p;]>\
         <rss version=\"2.0\"><channel><title>F</title>{item}</channel></rss>"
    );
    server.put("/laughs", Page::feed(feed));
    let deep = "<b>".repeat(200_000);
    server.put(
        "/deep",
        Page::feed(format!("<rss version=\"2.0\"><channel>{deep}<item><guid>2</guid><title>Deep</title></item>")),
    );
    server.put("/good", Page::feed(rss("Good", &[("good", "Harvest fair", "Pumpkins as far as one can see.")])));
    let urls: Vec<_> = ["laughs", "deep", "good"].map(|name| (name, server.url(&format!("/{name}")))).into();
    let sources: Vec<_> = urls.iter().map(|(name, url)| (*name, url.as_str())).collect();
    let place = Place::new(&config(&sources));
    let summary = place.cycle();
    assert!(place.read("public/front.json").contains("Harvest fair"), "{summary}");
    assert!(server.seen("/secret").is_empty(), "nothing is fetched for an entity");
    let published = place.read("public/front.json");
    assert!(published.contains("Lamp") && !published.contains("root:"), "{published}");
    assert!(published.len() < 1 << 20, "{} bytes", published.len());
}

#[test]
fn passwords_are_in_no_message_and_no_file_that_is_published() {
    let server = Server::start();
    server.put("/f", Page::status(500));
    let url = server.url("/f").replace("http://", "http://jane:s3cret@");
    let place = Place::new(&config(&[("a", &url)]));
    let ended = place.run(&["run", "--once", "-vv"]);
    assert!(server.seen("/f")[0].headers.contains_key("authorization"));
    assert!(!ended.out.contains("s3cret") && !ended.err.contains("s3cret"), "{}{}", ended.out, ended.err);
}

//! How fast a desk asks its sources, end to end (fetched, read, filed into stories, stored), next to a bare loop of
//! `reqwest` that asks the same server for the same bytes with as many requests under way and throws them away.
//!
//! `cargo bench -p wiredesk-benches --bench fetching`, with `-- many answers unmodified hung` for some of it. The server
//! is a process of its own on many addresses of this machine. `WIREDESK_SOURCES=10000` makes `many` smaller.
#![allow(clippy::disallowed_methods, reason = "measures time and memory")]

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use wiredesk::desk::{self, Desk};
use wiredesk_benches::server::{self, Kind, Server};
use wiredesk_benches::wire;

/// The program's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Sources of a large desk.
const MANY: u64 = 100_000;
/// Sources whose feeds have all changed, and such that have not.
const CHANGED: u64 = 1_500;
const SAME: u64 = 20_000;
/// Items of a changed feed that are new.
const NEW: u64 = 3;
/// Rounds of which the median is taken; more where one takes less than a tenth of a second.
const ROUNDS: usize = 5;
const SHORT_ROUNDS: usize = 25;
/// Rounds with servers that hang, each of which takes as long as they are waited for.
const HUNG_ROUNDS: usize = 3;
/// As in the configuration that ships.
const CONCURRENCY: usize = 64;

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime")
}

/// A desk that reads these addresses, from a configuration file as users write it.
fn open(folder: &TempDir, addresses: impl Iterator<Item = String>) -> Desk {
    let path = folder.path().join("config.toml");
    let mut file = BufWriter::new(File::create(&path).expect("a file"));
    let head = "[server]\nlisten = \"off\"\n[fetch]\nallow_private = true\n[site]\nname = \"Bench\"\nurl = \"https://bench.example/\"\n\
                [[edition]]\nname = \"front\"\ntitle = \"Front page\"\n";
    file.write_all(head.as_bytes()).expect("room on the disk");
    for (number, address) in addresses.enumerate() {
        writeln!(file, "[[source]]\nname = \"Wire {number}\"\nurl = \"{address}\"\npublisher = \"house-{number}\"\ntags = [\"world\"]")
            .expect("room on the disk");
    }
    file.flush().expect("room on the disk");
    // As the program does: a text that grows would leave more of it behind.
    let text = std::fs::read_to_string(&path).expect("a text");
    let config = wiredesk::config::read(&text, &path).expect("a configuration");
    drop(text);
    desk::open(config).expect("a desk")
}

/// Asks every source; seconds. `day` is one of the wire's.
fn cycle(runtime: &Runtime, desk: &Desk, day: i64) -> (f64, desk::Summary) {
    let start = Instant::now();
    let done = runtime.block_on(desk.cycle(moment(day), true)).expect("a cycle");
    let seconds = start.elapsed().as_secs_f64();
    assert!(done.summary.failed.is_empty(), "{:?}", done.summary.failed.first());
    (seconds, done.summary)
}

fn moment(day: i64) -> DateTime<Utc> {
    wire::start() + TimeDelta::hours(25 + day)
}

/// Asks the same addresses with nothing behind it; seconds, and how many answered 200.
fn bare(runtime: &Runtime, addresses: Arc<Vec<(String, String)>>) -> (f64, usize) {
    let client = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(1).build().expect("a client");
    let (next, whole) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let start = Instant::now();
    runtime.block_on(async {
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..CONCURRENCY {
            let (client, addresses) = (client.clone(), Arc::clone(&addresses));
            let (next, whole) = (Arc::clone(&next), Arc::clone(&whole));
            tasks.spawn(async move {
                while let Some((address, tag)) = addresses.get(next.fetch_add(1, Relaxed)) {
                    let request = client.get(address).header(reqwest::header::IF_NONE_MATCH, tag);
                    let mut response = request.send().await.expect("an answer");
                    while response.chunk().await.expect("a body").is_some() {}
                    whole.fetch_add(usize::from(response.status() == 200), Relaxed);
                }
            });
        }
        tasks.join_all().await;
    });
    (start.elapsed().as_secs_f64(), whole.load(Relaxed))
}

/// The addresses with the tags of a version.
fn tagged(port: u16, feeds: u64, version: u64) -> Arc<Vec<(String, String)>> {
    Arc::new((0..feeds).map(|n| (server::address(port, n), format!("\"{n}-{version}\""))).collect())
}

/// The most memory that this process ever had, and what it has now, in MiB.
fn memory() -> [f64; 2] {
    let status = std::fs::read_to_string(Path::new("/proc/self/status")).unwrap_or_default();
    ["VmHWM:", "VmRSS:"].map(|field| {
        let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap_or_default();
        line.split_whitespace().next().and_then(|kib| kib.parse::<f64>().ok()).unwrap_or_default() / 1024.0
    })
}

/// The processor time that this process and the server have taken, in seconds.
fn processor(server: &Server) -> f64 {
    let ticks = |process: &str| -> f64 {
        let stat = std::fs::read_to_string(Path::new("/proc").join(process).join("stat")).unwrap_or_default();
        // Behind the name, which is in parentheses.
        let fields = stat.rsplit_once(") ").map(|(_, fields)| fields).unwrap_or_default();
        fields.split(' ').skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum()
    };
    (ticks("self") + ticks(&server.id().to_string())) / 100.0
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// One pass over a large desk: one feed in twenty has changed, the others have not.
fn many() {
    let sources = std::env::var("WIREDESK_SOURCES").ok().and_then(|text| text.parse().ok()).unwrap_or(MANY);
    let server = Server::start();
    let runtime = runtime();
    server::make_pass(server.port, Kind::Mixed, 1, 0, sources);
    let folder = TempDir::new().expect("a folder");
    let start = Instant::now();
    let desk = open(&folder, (0..sources).map(|number| server::address(server.port, number)));
    println!("opened with {sources} sources in {:.1} s; {:.0} MiB", start.elapsed().as_secs_f64(), memory()[1]);
    let (seconds, summary) = cycle(&runtime, &desk, 0);
    println!(
        "first pass: {:.0} sources/s, {} entries; at most {:.0} MiB",
        sources as f64 / seconds,
        summary.entries,
        memory()[0]
    );
    server::make_pass(server.port, Kind::Mixed, 2, NEW, sources);
    let (seconds, summary) = cycle(&runtime, &desk, 1);
    let rate = sources as f64 / seconds;
    println!(
        "second pass: {rate:.0} sources/s, {} unchanged, {} read, {} new entries; at most {:.0} MiB",
        summary.unchanged,
        summary.read,
        summary.entries_new,
        memory()[0]
    );
    drop(desk);
    let (seconds, whole) = bare(&runtime, tagged(server.port, sources, 1));
    let bare = sources as f64 / seconds;
    println!("bare loop: {bare:.0} sources/s, {whole} whole; the desk does {:.2} of it", rate / bare);
}

/// Feeds of 30 KB that have all changed: in the hour of their making, in a comment at their end, in the number of
/// comments of an item, by one new item, or by some.
fn answers() {
    let server = Server::start();
    let runtime = runtime();
    let folder = TempDir::new().expect("a folder");
    server::make_pass(server.port, Kind::Changing, 1, 0, CHANGED);
    let desk = open(&folder, (0..CHANGED).map(|number| server::address(server.port, number)));
    cycle(&runtime, &desk, 0);
    let (mut version, mut newest) = (1, 0);
    let passes = [
        (Kind::Changing, 0, "the hour"),
        (Kind::Marked, 0, "a comment at the end"),
        (Kind::Counted, 0, "a number of comments"),
        (Kind::Changing, 1, "the hour"),
        (Kind::Changing, NEW, "the hour"),
    ];
    for (kind, new, other) in passes {
        let [mut ours, mut bares] = [(); 2].map(|()| Vec::new());
        let mut taken = [0.0; 2];
        let mut read = 0;
        let rounds = if new == 0 { SHORT_ROUNDS } else { ROUNDS };
        for _ in 0..rounds {
            version += 1;
            newest += new;
            server::make_pass(server.port, kind, version, newest, CHANGED);
            let start = processor(&server);
            let (seconds, summary) = cycle(&runtime, &desk, version as i64);
            let middle = processor(&server);
            assert_eq!((summary.asked, summary.entries_new), (CHANGED as usize, (CHANGED * new) as usize));
            read += summary.read;
            ours.push(seconds);
            let (seconds, whole) = bare(&runtime, tagged(server.port, CHANGED, version - 1));
            assert_eq!(whole, CHANGED as usize);
            bares.push(seconds);
            let end = processor(&server);
            taken = [taken[0] + middle - start, taken[1] + end - middle];
        }
        let read = read / rounds;
        let what = format!("200-answers, {other} and {new} of 20 items new, {read} of {CHANGED} read");
        report(&what, CHANGED, [ours, bares], taken);
    }
}

/// Feeds that have not changed.
fn unmodified() {
    let server = Server::start();
    let runtime = runtime();
    let folder = TempDir::new().expect("a folder");
    server::make_pass(server.port, Kind::Mixed, 1, 0, SAME);
    let desk = open(&folder, (0..SAME).map(|number| server::address(server.port, number)));
    cycle(&runtime, &desk, 0);
    let [mut ours, mut bares] = [(); 2].map(|()| Vec::new());
    let mut taken = [0.0; 2];
    for round in 1..=ROUNDS {
        let start = processor(&server);
        let (seconds, summary) = cycle(&runtime, &desk, round as i64);
        assert_eq!(summary.unchanged, SAME as usize);
        ours.push(seconds);
        let middle = processor(&server);
        bares.push(bare(&runtime, tagged(server.port, SAME, 1)).0);
        taken = [taken[0] + middle - start, taken[1] + processor(&server) - middle];
    }
    report("304-answers", SAME, [ours, bares], taken);
}

/// Sources that answer among others that hang, which nobody knows yet and which are known then: how long after the
/// beginning of a round the servers of those that answer have answered, next to a round without the others.
fn hung() {
    let server = Server::start();
    let runtime = runtime();
    let rounds: Vec<[Delays; 3]> = (0..HUNG_ROUNDS).map(|_| among_hung(&server, &runtime)).collect();
    for (case, known) in ["not known yet", "known"].into_iter().enumerate() {
        for (at, which) in ["the mean of them", "the last of them"].into_iter().enumerate() {
            let of = |case: usize| median(rounds.iter().map(|round| round[case][at]).collect());
            let times = median(rounds.iter().map(|round| round[case + 1][at] / round[0][at]).collect());
            println!(
                "100 servers that answer after 0.3 s among 1,000 that hang, {known}, {which}: {:.2} s, alone {:.2} s; {times:.2} times",
                of(case + 1),
                of(0)
            );
        }
    }
}

/// The mean and the greatest delay of a round.
type Delays = [f64; 2];

/// Those of a round over new sources that answer, over such beside others that hang, and once more over these.
fn among_hung(server: &Server, runtime: &Runtime) -> [Delays; 3] {
    let answered = (server::HUNG / server::ONE_IN) as usize;
    let of = |desk: &Desk, day: i64| {
        server::make_pass(server.port, Kind::Hung, 1, 0, 0);
        let done = runtime.block_on(desk.cycle(moment(day), true)).expect("a cycle");
        let delays = server::delays(server.port);
        assert_eq!((delays.len(), done.summary.failed.len()), (answered, done.summary.asked - answered));
        [delays.iter().sum::<f64>() / delays.len() as f64, delays.iter().copied().fold(0.0, f64::max)]
    };
    let folder = TempDir::new().expect("a folder");
    let all = (0..server::HUNG).map(|number| (number, server::address_alone(server.port, number)));
    let well = all.clone().filter(|(number, _)| number.is_multiple_of(server::ONE_IN));
    let alone = of(&open(&folder, well.map(|(_, address)| address)), 0);
    let folder = TempDir::new().expect("a folder");
    let beside = open(&folder, all.map(|(_, address)| address));
    [alone, of(&beside, 0), of(&beside, 1)]
}

/// Processor time says the same where others use the machine: both take all of it when they can.
fn report(what: &str, feeds: u64, [ours, bares]: [Vec<f64>; 2], taken: [f64; 2]) {
    let ratio = median(ours.iter().zip(&bares).map(|(ours, bare)| bare / ours).collect());
    let asked = feeds as f64 * ours.len() as f64;
    let [ours, bare] = [ours, bares].map(|seconds| feeds as f64 / median(seconds));
    println!("{what}: {ours:.0} a second, bare loop {bare:.0}; the desk does {ratio:.2} of it");
    let micros = taken.map(|seconds| seconds / asked * 1e6);
    println!(
        "  processor time, the server's included: {:.1} µs an answer, bare loop {:.1}; {:.2} of it",
        micros[0],
        micros[1],
        micros[1] / micros[0]
    );
}

fn main() {
    // As the program does; the server of those that hang needs them too.
    rlimit::increase_nofile_limit(16_384).expect("descriptors");
    if server::is_server() {
        return;
    }
    // As the program does.
    wiredesk::cli::use_small_pages();
    let named: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let parts: [(&str, fn()); 4] = [("many", many), ("answers", answers), ("unmodified", unmodified), ("hung", hung)];
    for (name, run) in parts {
        if named.is_empty() || named.iter().any(|other| other == name) {
            run();
        }
    }
}

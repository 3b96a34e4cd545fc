//! What it takes to publish an edition of 1,000 stories again after one of them has changed: from the commit to the
//! snapshot that is served. In the edition: Atom, RSS, JSON Feed and HTML; beside it a page for each of its stories.
//!
//! `cargo bench -p wiredesk-benches --bench rendering`, with `-- whole phases` for some of it.
#![allow(clippy::disallowed_methods, reason = "measures time")]

use std::time::Instant;

use tempfile::TempDir;
use tokio::runtime::Runtime;
use wiredesk::desk::Desk;
use wiredesk::edit;
use wiredesk::render::{self, Theme};
use wiredesk::serve::Snapshot;
use wiredesk::store::{self, StoryOrder};
use wiredesk_benches::desk;

/// The program's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Sources: so many that they have some 1,900 stories.
const SOURCES: u64 = 120;
/// Stories in the edition.
const STORIES: usize = 1_000;
/// Publications of which the median is taken.
const ROUNDS: u64 = 25;

fn main() {
    let named: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let folder = TempDir::new().expect("a folder");
    let start = Instant::now();
    let desk = runtime.block_on(desk::made(folder.path(), SOURCES, STORIES, "off"));
    let read = start.elapsed();
    let start = Instant::now();
    runtime.block_on(desk.publish()).expect("a publication");
    println!(
        "{SOURCES} sources read in {:.1} s; published the first time in {:.0} ms",
        read.as_secs_f64(),
        millis(start)
    );
    for (name, run) in [("whole", whole as fn(&Runtime, &Desk, &TempDir)), ("phases", phases)] {
        if named.is_empty() || named.iter().any(|other| other == name) {
            run(&runtime, &desk, &folder);
        }
    }
}

/// All of it: one entry says something else, is committed, and then the clock runs until the new snapshot is served.
fn whole(runtime: &Runtime, desk: &Desk, folder: &TempDir) {
    let mut changed = Vec::new();
    let mut unchanged = Vec::new();
    for round in 1..=ROUNDS {
        desk::write(folder.path(), round % SOURCES, round + 1);
        let before = desk.site().current();
        let done = runtime.block_on(desk.cycle(desk::moment(round as i64), true)).expect("a cycle");
        assert_eq!((done.summary.entries_new, done.summary.entries_revised), (0, 1));
        let start = Instant::now();
        runtime.block_on(desk.publish()).expect("a publication");
        changed.push(millis(start));
        assert!(!std::sync::Arc::ptr_eq(&before, &desk.site().current()));
        let start = Instant::now();
        runtime.block_on(desk.publish()).expect("a publication");
        unchanged.push(millis(start));
    }
    report("one entry changed", changed);
    report("nothing changed", unchanged);
}

/// The steps of a publication that remembers nothing, one after the other.
fn phases(_: &Runtime, _: &Desk, folder: &TempDir) {
    let config = desk::config(folder.path(), SOURCES, STORIES, "off");
    let store = store::open_read_only(&config.store).expect("the store");
    let sources = wiredesk::model::by_id(config.sources.iter().cloned());
    let selected: Vec<_> = config.sources.iter().map(|source| source.id.clone()).collect();
    let spec = config.editions.first().expect("an edition");
    let theme = Theme::default();
    let [mut reads, mut edits, mut readies] = [(); 3].map(|()| Vec::new());
    let mut formats: Vec<Vec<f64>> = vec![Vec::new(); spec.formats.len()];
    let mut pages = Vec::new();
    for _ in 0..5 {
        let start = Instant::now();
        let stories = store.stories(Some(&selected), StoryOrder::FirstSeen, spec.items * 10).expect("stories");
        reads.push(millis(start));
        let start = Instant::now();
        let edition = edit::edition(spec, &stories, &sources);
        edits.push(millis(start));
        assert_eq!(edition.pieces.len(), STORIES);
        let mut documents = Vec::new();
        for (format, times) in spec.formats.iter().zip(&mut formats) {
            let start = Instant::now();
            let rendered = render::edition(&edition, &[*format], true, &config.site, &theme).expect("a document");
            times.push(millis(start));
            documents.extend(rendered);
        }
        let start = Instant::now();
        for told in stories.into_iter().take(STORIES) {
            let timeline = edit::timeline(told, &mut Default::default(), &sources);
            std::hint::black_box(render::story(&timeline, &config.site, &theme).expect("a page"));
        }
        pages.push(millis(start));
        let start = Instant::now();
        std::hint::black_box(Snapshot::new(documents, None));
        readies.push(millis(start));
    }
    report("  reading stories", reads);
    report("  filling the edition", edits);
    for (format, times) in spec.formats.iter().zip(formats) {
        report(&format!("  writing {format:?}"), times);
    }
    report("  pages of stories", pages);
    report("  tags and compression of the edition", readies);
}

fn report(what: &str, mut times: Vec<f64>) {
    times.sort_by(f64::total_cmp);
    let (median, most) = (times[times.len() / 2], times[times.len() - 1]);
    println!("{what}: {median:.1} ms, at most {most:.1} ms");
}

fn millis(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1000.0
}

//! What a power cut would find: the order in which files reach the disk, as the system saw it.
//!
//! Where strace is not installed or may not look on the test is skipped, and says so; in CI, not to be installed is a
//! failure.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::main_job::sample_desk;
use crate::world::{Place, installed};

/// What a thread asked the system for.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// A file or folder was written to the disk.
    Sync(PathBuf),
    /// A file was put into its place.
    Rename(PathBuf, PathBuf),
    Remove(PathBuf),
}

/// Runs a cycle, and says what the thread did that published.
fn watched(place: &Place) -> Vec<Step> {
    let traces = place.path().join("traces");
    std::fs::create_dir_all(&traces).expect("a folder");
    let run = place.command(&["run", "--once", "--force"]);
    let mut command = Command::new("strace");
    command.args([
        "-ff",
        "-y",
        "-s",
        "4096",
        "-e",
        "trace=fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat",
        "-o",
    ]);
    command.arg(traces.join("trace")).arg(run.get_program()).args(run.get_args()).current_dir(place.path());
    let output = command.env("NO_COLOR", "1").output().expect("strace runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut published = Vec::new();
    for trace in std::fs::read_dir(&traces).expect("a folder") {
        let text = std::fs::read_to_string(trace.expect("an entry").path()).expect("a trace");
        let steps: Vec<Step> = text.lines().filter_map(|line| step(line, place.path())).collect();
        if steps.iter().any(|step| matches!(step, Step::Rename(..))) {
            published.extend(steps);
        }
    }
    std::fs::remove_dir_all(traces).expect("removed");
    published
}

/// What a line of a trace says of the site's folder.
fn step(line: &str, home: &Path) -> Option<Step> {
    let (call, rest) = line.split_once('(')?;
    // A call that failed did nothing.
    rest.ends_with("= 0").then_some(())?;
    let named: Vec<PathBuf> = rest.split('"').skip(1).step_by(2).map(|path| home.join(path)).collect();
    let step = match (call, named.as_slice()) {
        ("fsync" | "fdatasync", _) => Step::Sync(rest.split_once('<')?.1.split_once('>')?.0.into()),
        (_, [from, to]) => Step::Rename(from.clone(), to.clone()),
        (_, [path]) => Step::Remove(path.clone()),
        _ => return None,
    };
    let (Step::Sync(path) | Step::Rename(path, _) | Step::Remove(path)) = &step;
    path.starts_with(home.join("data/public")).then_some(step)
}

/// Whether everything was on the disk before it counted.
fn check(steps: &[Step], place: &Place) -> usize {
    let root = place.path().join("data/public");
    let list = root.join(".wiredesk");
    let at = |wanted: &Step| steps.iter().position(|step| step == wanted);
    let renames = || {
        steps.iter().enumerate().filter_map(|(at, step)| match step {
            Step::Rename(from, to) if *to != list => Some((at, from, to)),
            _ => None,
        })
    };
    let Some((first, ..)) = renames().next() else { return 0 };
    for (renamed, from, to) in renames() {
        let synced = at(&Step::Sync(from.clone())).expect("written to the disk");
        assert!(synced < first, "all files are there before the first is put into its place: {to:?}");
        let folder = Step::Sync(to.parent().expect("a folder").to_path_buf());
        assert!(steps.iter().skip(renamed).any(|step| *step == folder), "the folder too: {to:?}");
    }
    // The list names what there will be before anything is written, and what there is when all is done.
    let lists: Vec<usize> =
        (0..steps.len()).filter(|at| matches!(&steps[*at], Step::Rename(_, to) if *to == list)).collect();
    let [before, after] = lists[..] else { panic!("{steps:?}") };
    let last = renames().next_back().map_or(0, |(at, ..)| at);
    assert!(before < first && last < after, "{lists:?}");
    assert_eq!(steps.last(), Some(&Step::Sync(root)));
    let removed = steps
        .iter()
        .position(|step| matches!(step, Step::Remove(path) if path.extension().is_some_and(|ending| ending == "html")));
    assert!(removed.is_none_or(|removed| removed > last), "no page goes before the new ones stand");
    renames().count()
}

#[test]
fn files_are_on_the_disk_before_they_are_put_into_their_place() {
    if installed("strace").is_none() {
        assert!(std::env::var_os("CI").is_none(), "not installed: strace");
        eprintln!("SKIPPED: not installed: strace");
        return;
    }
    if !Command::new("strace")
        .args(["-f", "-e", "trace=none", "true"])
        .output()
        .is_ok_and(|output| output.status.success())
    {
        eprintln!("SKIPPED: strace may not look on");
        return;
    }
    let place = sample_desk();
    place.write("feeds/articles/gone.md", "---\ntitle: An article that goes\ndate: 2024-10-20\n---\nShort.\n");
    let first = check(&watched(&place), &place);
    assert!(first > 20, "{first}");
    std::fs::remove_file(place.path().join("feeds/articles/gone.md")).expect("removed");
    let steps = watched(&place);
    let again = check(&steps, &place);
    assert!((1..first).contains(&again), "only what has changed: {again} of {first}");
    let page = place.path().join("data/public/articles/gone.html");
    assert!(steps.contains(&Step::Remove(page)), "{steps:?}");
}

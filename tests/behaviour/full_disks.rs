//! Full disks: real ones, small and in memory, seen by the program alone.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::world::{Daemon, Place, TOO_LONG, config, get, installed, rss};

/// A daemon that has a disk of its own at the folder `disk`, and what it says on its standard error.
struct Desk {
    daemon: Daemon,
    disk: PathBuf,
    errors: PathBuf,
}

/// Whether disks can be had here: it takes user and mount namespaces.
fn has_disks() -> bool {
    if installed("unshare").is_none() {
        assert!(std::env::var_os("CI").is_none(), "not installed: unshare (util-linux)");
        eprintln!("skipped: unshare is not installed");
        return false;
    }
    let place = Place::new("");
    let tried = Command::new("unshare")
        .args(["-rm", "mount", "-t", "tmpfs", "-o", "size=1m", "disk", "."])
        .current_dir(place.path())
        .output()
        .expect("unshare runs");
    if !tried.status.success() {
        eprintln!("skipped: this machine lets nobody mount: {}", String::from_utf8_lossy(&tried.stderr));
    }
    tried.status.success()
}

impl Desk {
    fn start(place: &Place, size: &str) -> Self {
        fs::create_dir_all(place.path().join("disk")).expect("a folder");
        let errors = place.path().join("errors.log");
        let mut command = Command::new("unshare");
        command
            .args(["-rm", "sh", "-c", &format!("mount -t tmpfs -o size={size} disk disk && exec \"$0\" run")])
            .arg(env!("CARGO_BIN_EXE_wiredesk"))
            .current_dir(place.path())
            .env("RUST_LOG", "wiredesk=debug")
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stderr(File::create(&errors).expect("a file"));
        let daemon = Daemon::start(command);
        let disk = Path::new(&format!("/proc/{}/root", daemon.pid())).join(
            place.path().canonicalize().expect("a path").join("disk").strip_prefix("/").expect("an absolute path"),
        );
        Self { daemon, disk, errors }
    }

    /// Leaves no room.
    fn fill(&self) {
        let mut ballast = File::create(self.disk.join("ballast")).expect("a file");
        while ballast.write_all(&[1; 512]).is_ok() {}
    }

    fn make_room(&self) {
        fs::remove_file(self.disk.join("ballast")).expect("removed");
    }

    /// What was said at this level that holds these words.
    fn said(&self, level: &str, words: &str) -> usize {
        let text = fs::read_to_string(&self.errors).expect("a text");
        text.lines().filter(|line| line.contains(level) && line.contains(words)).count()
    }

    fn wait(&self, what: &str, mut condition: impl FnMut(&Self) -> bool) {
        let began = Instant::now();
        while !condition(self) {
            let said = || fs::read_to_string(&self.errors).unwrap_or_default();
            assert!(began.elapsed() < TOO_LONG, "{what} did not come about: {}", said());
            std::thread::yield_now();
        }
    }

    fn serves(&self, words: &str) -> bool {
        get(&format!("{}front.json", self.daemon.url), &[]).text().contains(words)
    }
}

fn desk(text: &str) -> Place {
    let place = Place::new(&format!(
        "{}[server]\nlisten = \"127.0.0.1:0\"\n[schedule]\nlocal_interval = \"1s\"\n",
        config(&[("wire", "wire.xml")]).replace("url = \"https://wire.example/\"\n", "").replace("\"public\"", text)
    ));
    place.write("wire.xml", rss("Wire", &[("w1", "The first report", "Words.")]));
    place
}

/// Every file of the folder: its bytes and its number on the disk.
fn files(folder: &Path) -> BTreeMap<PathBuf, (Vec<u8>, u64)> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            found.extend(files(&entry));
        } else {
            let inode = fs::metadata(&entry).expect("a file").ino();
            found.insert(entry.clone(), (fs::read(&entry).expect("a file"), inode));
        }
    }
    found
}

#[test]
fn a_full_disk_leaves_the_old_site_and_gets_the_new_one_when_there_is_room() {
    if !has_disks() {
        return;
    }
    let place = desk("\"disk/public\"");
    let desk = Desk::start(&place, "1m");
    let public = desk.disk.join("public");
    let before = files(&public);
    assert!(before.len() > 5, "{:?}", before.keys());
    desk.fill();
    let long = "A long text about the harbour. ".repeat(300);
    place.write("wire.xml", rss("Wire", &[("w1", "The first report", "Words."), ("w2", "The second report", &long)]));

    // The server does not wait for the disk.
    desk.wait("the second report", |desk| desk.serves("The second report"));
    // The same again is said once: what is said of it later is for those who look for faults.
    desk.wait("another try", |desk| desk.said("DEBUG", "Failed to publish the site") > 0);
    let after = files(&public);
    assert_eq!(after.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>(), "nothing lies beside it");
    assert!(after == before, "the old site is as it was");
    for words in ["disk/public/", "No space left on device", "make room on that disk"] {
        assert_eq!(desk.said("ERROR", words), 1, "{words}");
    }
    assert_eq!(desk.said("ERROR", ""), 1);

    desk.make_room();
    desk.wait("the new site", |_| {
        fs::read_to_string(public.join("front.json")).is_ok_and(|feed| feed.contains("The second report"))
    });
    desk.wait("the all-clear", |desk| desk.said("WARN", "publishing into the folder works again") == 1);
    for (path, (bytes, _)) in files(&public) {
        let path = path.strip_prefix(&public).expect("below").display().to_string();
        if !path.starts_with('.') {
            assert_eq!(get(&format!("{}{path}", desk.daemon.url), &[]).body, bytes, "{path}");
        }
    }
    assert!(desk.daemon.stop().0.success());
}

#[test]
fn a_full_disk_under_the_store_loses_nothing() {
    if !has_disks() {
        return;
    }
    let place = desk("\"public\"");
    place.write("config.toml", format!("store = \"disk/wiredesk.db\"\n{}", place.read("config.toml")));
    let desk = Desk::start(&place, "8m");
    desk.fill();
    let text = "Words about the harbour and the light. ".repeat(400);
    let names: Vec<(String, String)> =
        (0..40).map(|at| (format!("w{at}"), format!("Report number {at} of forty"))).collect();
    let items: Vec<(&str, &str, &str)> = names.iter().map(|(id, title)| (&**id, &**title, &*text)).collect();
    place.write("wire.xml", rss("Wire", &items));

    desk.wait("another try", |desk| desk.said("DEBUG", "its disk is full") > 0);
    for words in ["disk/wiredesk.db", "make room there"] {
        assert_eq!(desk.said("ERROR", words), 1, "{words}");
    }
    assert_eq!(desk.said("ERROR", ""), 1);
    assert!(desk.serves("The first report") && !desk.serves("of forty"), "what was kept is served");
    let stored = || {
        // SQLite would look for the path outside of the program's own world.
        let copy = tempfile::tempdir().expect("a folder");
        for name in ["wiredesk.db", "wiredesk.db-wal"] {
            fs::copy(desk.disk.join(name), copy.path().join(name)).expect("copied");
        }
        let store = rusqlite::Connection::open(copy.path().join("wiredesk.db")).expect("the store");
        let ask = |sql: &str| store.query_row(sql, (), |row| row.get::<_, String>(0)).expect("an answer");
        assert_eq!(ask("PRAGMA integrity_check"), "ok");
        (ask("SELECT count(*) || '' FROM entry"), ask("SELECT count(DISTINCT key) || '' FROM entry"))
    };
    assert_eq!(stored().0, "1", "nothing by halves");

    desk.make_room();
    desk.wait("the reports", |desk| desk.serves("Report number 39 of forty"));
    assert_eq!(stored(), ("40".to_owned(), "40".to_owned()));
    desk.wait("the all-clear", |desk| desk.said("WARN", "the desk's store works again") == 1);
    assert!(desk.daemon.stop().0.success());
}

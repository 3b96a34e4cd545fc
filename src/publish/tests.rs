//! Publications into a temporary folder, good and bad.

use std::io::Read;
use std::os::unix::fs::MetadataExt;

use super::*;

fn document(path: &str, text: &str) -> Rendered {
    Rendered::new(SitePath::new(path).expect("a path"), "text/html; charset=utf-8", text.as_bytes().to_vec(), None)
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// Every file below a folder but the list, with its content.
fn files(dir: &Path) -> Vec<(String, String)> {
    fn collect(dir: &Path, root: &Path, files: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(dir).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            if entry.is_dir() {
                collect(&entry, root, files);
            } else if entry.file_name().is_some_and(|name| name != MANIFEST) {
                let path = entry.strip_prefix(root).expect("below the root").display().to_string();
                files.push((path, fs::read_to_string(&entry).expect("a text")));
            }
        }
    }
    let mut found = Vec::new();
    collect(dir, dir, &mut found);
    found.sort();
    found
}

fn check(dir: &Path, documents: &[(&str, &str)], expected: (usize, usize, usize)) {
    let documents: Vec<Rendered> = documents.iter().map(|(path, text)| document(path, text)).collect();
    let Written { changed, removed, unchanged } = write(dir, &documents).expect("it is written");
    assert_eq!((changed, removed, unchanged), expected, "changed, removed, unchanged");
}

fn expect(dir: &Path, expected: &[(&str, &str)]) {
    let expected: Vec<_> = expected.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    assert_eq!(files(dir), expected);
}

#[test]
fn only_what_changed_is_touched_and_what_is_gone_is_removed() {
    let temp = folder();
    let dir = &temp.path().join("site");
    check(dir, &[("a.html", "1"), ("articles/b.html", "1"), ("c.html", "1")], (3, 0, 0));
    let modified = |path: &str| fs::metadata(dir.join(path)).and_then(|m| m.modified()).expect("a date");
    let before = (modified("a.html"), modified(MANIFEST));
    check(dir, &[("a.html", "1"), ("articles/b.html", "1"), ("c.html", "1")], (0, 0, 3));
    assert_eq!((modified("a.html"), modified(MANIFEST)), before);
    check(dir, &[("a.html", "1"), ("c.html", "2"), ("d/e/f.html", "1")], (2, 1, 1));
    assert_eq!(modified("a.html"), before.0);
    expect(dir, &[("a.html", "1"), ("c.html", "2"), ("d/e/f.html", "1")]);
    assert!(!dir.join("articles").exists(), "an empty folder goes with its last file");
    check(dir, &[], (0, 3, 0));
    expect(dir, &[]);
}

#[test]
fn of_two_documents_for_one_place_the_last_counts() {
    let temp = folder();
    check(temp.path(), &[("index.html", "1"), ("index.html", "2")], (1, 0, 0));
    expect(temp.path(), &[("index.html", "2")]);
}

#[test]
fn what_others_put_there_stays() {
    let temp = folder();
    let dir = temp.path();
    fs::create_dir(dir.join("articles")).expect("a folder");
    fs::write(dir.join("articles/theirs.html"), "theirs").expect("a file");
    fs::write(dir.join("robots.txt"), "theirs").expect("a file");
    check(dir, &[("articles/ours.html", "1")], (1, 0, 0));
    check(dir, &[], (0, 1, 0));
    expect(dir, &[("articles/theirs.html", "theirs"), ("robots.txt", "theirs")]);

    let error = write(dir, &[document("a.html", "1"), document("robots.txt", "ours")]).expect_err("it is in the way");
    assert!(matches!(&error, Error::Foreign(path) if path.ends_with("robots.txt")), "{error}");
    expect(dir, &[("articles/theirs.html", "theirs"), ("robots.txt", "theirs")]);
    // The same content under the same name does no harm, and is ours from then on.
    check(dir, &[("robots.txt", "theirs")], (0, 0, 1));
    check(dir, &[("robots.txt", "ours")], (1, 0, 0));
    let error = write(dir, &[document("articles", "a file, where a folder stands")]).expect_err("it is in the way");
    assert!(matches!(error, Error::Foreign(_)), "{error}");
}

#[test]
fn the_old_site_is_intact_when_writing_fails() {
    let temp = folder();
    let dir = temp.path();
    check(dir, &[("a.html", "1"), ("z.html", "1")], (2, 0, 0));
    // A folder stands where the last file's temporary copy must go: the write fails after the first was staged.
    fs::create_dir(dir.join(".z.html.new")).expect("a folder");
    let error = write(dir, &[document("a.html", "2"), document("z.html", "2")]).expect_err("it cannot be written");
    assert!(error.to_string().contains(".z.html.new"), "{error}");
    expect(dir, &[("a.html", "1"), ("z.html", "1")]);
    fs::remove_dir(dir.join(".z.html.new")).expect("removed");
    check(dir, &[("a.html", "2"), ("z.html", "2")], (2, 0, 0));
    expect(dir, &[("a.html", "2"), ("z.html", "2")]);
}

#[test]
fn a_publication_that_a_crash_cut_short_is_completed() {
    let temp = folder();
    let dir = temp.path();
    check(dir, &[("a.html", "1"), ("b.html", "1")], (2, 0, 0));
    // As after a crash: the list names new and old, a temporary file was left, one file has its new content already.
    fs::write(dir.join(MANIFEST), "a.html\nb.html\nc.html\n").expect("a file");
    fs::write(dir.join(".c.html.new"), "torn").expect("a file");
    fs::write(dir.join("a.html"), "2").expect("a file");
    fs::write(dir.join("c.html"), "half").expect("a file");
    check(dir, &[("a.html", "2"), ("c.html", "2")], (1, 1, 1));
    expect(dir, &[("a.html", "2"), ("c.html", "2")]);
}

#[test]
fn an_edited_list_reaches_nothing_outside_the_folder() {
    let temp = folder();
    let dir = &temp.path().join("site");
    fs::write(temp.path().join("precious"), "1").expect("a file");
    check(dir, &[("a.html", "1")], (1, 0, 0));
    fs::write(dir.join(MANIFEST), "../precious\n/etc/passwd\n\na.html\nmissing.html\n").expect("a file");
    check(dir, &[], (0, 2, 0));
    assert!(temp.path().join("precious").exists());
}

#[test]
fn whoever_reads_while_it_changes_reads_one_version_whole() {
    let temp = folder();
    let dir = temp.path();
    let [old, new] = ["old ", "new "].map(|word| word.repeat(50_000));
    check(dir, &[("a.html", &old), ("b.html", "1")], (2, 0, 0));
    let inode =
        |path: &str| fs::metadata(dir.join(path)).map(|m| (m.ino(), m.mtime(), m.mtime_nsec())).expect("a file");
    let unchanged = inode("b.html");
    let mut reader = File::open(dir.join("a.html")).expect("a file");
    let mut half = vec![0; 100_000];
    reader.read_exact(&mut half).expect("the first half");
    check(dir, &[("a.html", &new), ("b.html", "1")], (1, 0, 1));
    let mut whole = String::from_utf8(half).expect("a text");
    reader.read_to_string(&mut whole).expect("the rest");
    assert_eq!(whole, old, "an open file stays what it was: the new one is another");
    assert_eq!(fs::read_to_string(dir.join("a.html")).expect("a file"), new);
    assert_eq!(inode("b.html"), unchanged, "what has not changed is not touched");
}

#[test]
fn what_a_crash_left_behind_is_cleared_away_whatever_comes_next() {
    let temp = folder();
    let dir = temp.path();
    let start = || {
        check(dir, &[("a.html", "1"), ("d/b.html", "1")], (2, 0, 0));
        // As a crash leaves it that came before the first rename: all is on the list, and beside its place.
        fs::write(dir.join(MANIFEST), "a.html\nd/b.html\nd/e/c.html\n").expect("a file");
        fs::create_dir(dir.join("d/e")).expect("a folder");
        for (name, text) in
            [(".a.html.new", "2"), ("d/.b.html.new", "to"), ("d/e/.c.html.new", "2"), (".wiredesk.new", "#")]
        {
            fs::write(dir.join(name), text).expect("a file");
        }
        fs::write(dir.join("d/.theirs.new"), "theirs").expect("a file");
    };
    let theirs = ("d/.theirs.new", "theirs");
    start();
    check(dir, &[("a.html", "2"), ("d/b.html", "2"), ("d/e/c.html", "2")], (3, 0, 0));
    expect(dir, &[("a.html", "2"), theirs, ("d/b.html", "2"), ("d/e/c.html", "2")]);
    check(dir, &[], (0, 3, 0));
    start();
    // Nothing of it is wanted any more.
    check(dir, &[("a.html", "1"), ("d/b.html", "1")], (0, 1, 2));
    expect(dir, &[("a.html", "1"), theirs, ("d/b.html", "1")]);
    assert!(!dir.join("d/e").exists(), "an empty folder goes");
}

#[test]
fn what_could_not_be_written_is_not_taken_for_ours_later() {
    let temp = folder();
    let dir = temp.path();
    check(dir, &[("a.html", "1")], (1, 0, 0));
    fs::create_dir(dir.join(".z.html.new")).expect("a folder");
    write(dir, &[document("a.html", "2"), document("m.html", "2"), document("z.html", "2")]).expect_err("it fails");
    fs::remove_dir(dir.join(".z.html.new")).expect("removed");
    expect(dir, &[("a.html", "1")]);
    fs::write(dir.join("m.html"), "theirs").expect("a file");
    check(dir, &[("a.html", "1")], (0, 0, 1));
    expect(dir, &[("a.html", "1"), ("m.html", "theirs")]);
}

#[test]
fn an_error_says_what_to_do() {
    let error = |code| disk("write", Path::new("site/a.html"))(io::Error::from_raw_os_error(code));
    let full = error(28);
    assert!(full.may_pass() && !error(13).may_pass());
    insta::assert_snapshot!(full, @"failed to write `site/a.html`, so the site in the folder stays as it was: No space left on device (os error 28); make room on that disk, or set `dir` under [publish] to a folder on another");
    insta::assert_snapshot!(error(13), @"failed to write `site/a.html`, so the site in the folder stays as it was: Permission denied (os error 13); let this user write there, or set `dir` under [publish] to another folder");
}

//! Publications into a temporary folder, good and bad.

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

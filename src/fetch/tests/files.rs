//! Feeds in files.

use std::path::{Path, PathBuf};

use super::*;

async fn read(path: &Path, validators: &Validators) -> Result<Answer, Error> {
    let options = config::Fetch { max_body_bytes: 8, ..options() };
    fetch(&client(&options), &Location::File(path.to_owned()), validators).await
}

fn written(folder: &tempfile::TempDir, body: &[u8]) -> PathBuf {
    let path = folder.path().join("feed.xml");
    std::fs::File::create(&path).and_then(|mut file| std::io::Write::write_all(&mut file, body)).expect("a file");
    path
}

#[tokio::test]
async fn a_file_is_new_until_it_is_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = written(&folder, b"<rss/>");
    let (body, validators) = new(read(&path, &Validators::default()).await);
    assert_eq!(body, "<rss/>");
    assert_eq!(not_modified(read(&path, &validators).await), validators);
    written(&folder, b"<feed/>");
    assert_eq!(new(read(&path, &validators).await).0, "<feed/>");
}

#[tokio::test]
async fn a_file_may_be_as_large_as_allowed_and_no_larger() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(new(read(&written(&folder, &[b' '; 8]), &Validators::default()).await).0.len(), 8);
    let error = read(&written(&folder, &[b' '; 9]), &Validators::default()).await.expect_err("too large");
    assert!(matches!(error, Error::TooLarge { limit_bytes: 8, .. }), "{error}");
    assert!(error.to_string().contains("feed.xml"), "{error}");
}

#[tokio::test]
async fn what_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = folder.path().join("none.xml");
    let error = read(&missing, &Validators::default()).await.expect_err("missing");
    assert!(matches!(&error, Error::NotFound { path } if *path == missing), "{error}");
    assert_eq!(error.to_string(), format!("There is no file {}: check the source's `url`", missing.display()));

    let error = read(folder.path(), &Validators::default()).await.expect_err("a folder");
    assert!(error.to_string().contains("it is not a regular file"), "{error}");
    let error = read(Path::new("/dev/zero"), &Validators::default()).await.expect_err("a device");
    assert!(matches!(error, Error::File { .. }), "{error}");

    let articles = Location::Articles(folder.path().to_owned());
    let error = fetch(&client(&options()), &articles, &Validators::default()).await.expect_err("no feed");
    assert!(error.to_string().contains("it is a folder of articles"), "{error}");
}

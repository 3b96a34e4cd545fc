//! Publications into memory and into a folder that is written like a bucket.

use std::path::Path as FilePath;

use object_store::GetResult;
use object_store::memory::InMemory;

use super::*;
use crate::config::BucketPlace;
use crate::model::{Readers, SecretPlace};

fn document(path: &str, text: &str) -> Rendered {
    let media_type =
        if path.ends_with(".atom") { "application/atom+xml; charset=utf-8" } else { "text/html; charset=utf-8" };
    Rendered::new(SitePath::new(path).expect("a path"), media_type, text.as_bytes().to_vec(), None)
}

fn config(place: BucketPlace) -> config::Bucket {
    let key = || SecretPlace::Environment("NONE".to_owned());
    let region = "us-east-1".to_owned();
    config::Bucket { place, endpoint: None, region, access_key: key(), secret_key: key(), session_token: None }
}

fn bucket(place: BucketPlace) -> Bucket {
    Bucket::new(&config(place), reqwest::Client::builder().build().expect("a client"))
}

fn memory(bucket: &Bucket) -> Arc<InMemory> {
    let Backend::Memory(memory) = &bucket.backend else { unreachable!("it is one in memory") };
    memory.clone()
}

async fn get(bucket: &Bucket, path: &str) -> Option<GetResult> {
    memory(bucket).get(&Path::from(path)).await.ok()
}

async fn check(bucket: &Bucket, documents: &[(&str, &str)], expected: (usize, usize, usize)) {
    let documents: Vec<Rendered> = documents.iter().map(|(path, text)| document(path, text)).collect();
    let Written { changed, removed, unchanged } = bucket.put(&documents, None).await.expect("it is put");
    assert_eq!((changed, removed, unchanged), expected, "changed, removed, unchanged");
}

#[tokio::test]
async fn only_what_changed_is_put_with_its_headers_and_what_is_gone_is_removed() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let bucket = bucket(BucketPlace::Memory);
    check(&bucket, &[("a.html", "1"), ("front.atom", "1"), ("stories/b.html", "1")], (3, 0, 0)).await;
    let first = get(&bucket, "a.html").await.expect("an object").meta;
    check(&bucket, &[("a.html", "1"), ("front.atom", "2")], (1, 1, 1)).await;
    assert_eq!(get(&bucket, "a.html").await.expect("an object").meta, first, "it is not touched");
    assert!(get(&bucket, "stories/b.html").await.is_none());
    let feed = get(&bucket, "front.atom").await.expect("an object");
    let header = |name: Attribute| feed.attributes.get(&name).map(|value| value.to_string());
    assert_eq!(header(Attribute::ContentType).as_deref(), Some("application/atom+xml; charset=utf-8"));
    assert_eq!(header(Attribute::CacheControl).as_deref(), Some("max-age=300"));
    assert_eq!(feed.bytes().await.expect("bytes"), "2");
    check(&bucket, &[("a.html", "1"), ("front.atom", "2")], (0, 0, 2)).await;
}

#[tokio::test]
async fn without_its_list_everything_is_put_again_and_nothing_is_removed() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let bucket = bucket(BucketPlace::Memory);
    let store = memory(&bucket);
    store.put(&Path::from("theirs.txt"), "theirs".into()).await.expect("put");
    check(&bucket, &[("a.html", "1"), ("b.html", "1")], (2, 0, 0)).await;
    for list in ["", "theirs", "<html>a page</html>", "- theirs.txt\n"] {
        store.put(&Path::from(list::NAME), list.into()).await.expect("put");
        check(&bucket, &[("a.html", "1")], (1, 0, 0)).await;
        assert!(get(&bucket, "b.html").await.is_some(), "who put it is not known any more");
        assert!(get(&bucket, "theirs.txt").await.is_some());
    }
    store.delete(&Path::from(list::NAME)).await.expect("removed");
    check(&bucket, &[("a.html", "1")], (1, 0, 0)).await;
    check(&bucket, &[], (0, 1, 0)).await;
    assert!(get(&bucket, "theirs.txt").await.is_some() && get(&bucket, "a.html").await.is_none());
}

#[tokio::test]
async fn what_is_for_some_alone_is_in_no_bucket() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let bucket = bucket(BucketPlace::Memory);
    let secret = document("secret.atom", "1").only_for(&Readers::Holders(Default::default()));
    let written = bucket.put(&[document("a.html", "1"), secret], None).await.expect("put");
    assert_eq!((written.changed, get(&bucket, "secret.atom").await.is_none()), (1, true));
}

#[tokio::test]
async fn a_folder_can_be_written_like_a_bucket() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let temp = tempfile::tempdir().expect("a folder");
    let bucket = bucket(BucketPlace::Folder(temp.path().join("site")));
    let read = |path: &str| std::fs::read_to_string(FilePath::new(temp.path()).join("site").join(path)).ok();
    check(&bucket, &[("a.html", "1"), ("d/b.html", "1")], (2, 0, 0)).await;
    check(&bucket, &[("a.html", "2")], (1, 1, 0)).await;
    assert_eq!((read("a.html").as_deref(), read("d/b.html")), (Some("2"), None));
}

#[test]
fn what_links_goes_after_what_it_links_to() {
    let ranks = ["style.css", "stories/a.html", "front/2024-10.atom", "front.atom", "front.html", "index.html"];
    let ranks = ranks.map(|path| rank(&SitePath::new(path).expect("a path")));
    assert!(ranks.is_sorted(), "{ranks:?}");
}

#[test]
fn what_a_store_says_is_told_without_keys() {
    let said =
        "<Error><Code>SignatureDoesNotMatch</Code><Message>AKIDEXAMPLE and s3cret\ndo not match</Message></Error>";
    let error = object_store::Error::PermissionDenied { path: "a".into(), source: said.into() };
    let secret = crate::model::Secret::new;
    let keys = Keys { access_key: secret("AKIDEXAMPLE"), secret_key: secret("s3cret"), session_token: None };
    let told = explain(&error, Some(&keys));
    assert!(told.starts_with("SignatureDoesNotMatch: … and … do not match; check the keys"), "{told}");
}

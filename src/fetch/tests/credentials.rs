//! Credentials: sent as they are kept, to one origin, and read again when they are needed again.
#![expect(clippy::disallowed_methods, reason = "tests write the files that they read")]

use std::path::PathBuf;

use super::server::{Server, reply};
use super::*;
use crate::fetch::Credentials;
use crate::fetch::credentials::Keys;
use crate::model::{Auth, Secret, SecretPlace};

/// A folder with a file in it.
fn kept(text: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("secret");
    std::fs::write(&path, text).expect("written");
    (folder, path)
}

fn bearer(path: PathBuf) -> Access {
    Access { auth: Some(Auth::Bearer(SecretPlace::File(path))), ..Access::default() }
}

#[tokio::test]
async fn user_token_and_headers_arrive_byte_for_byte() {
    let server = Server::simple(|_| reply(200, &[], b"x")).await;
    // Editors end every file with a line break; what stands before it is the secret, blanks and all.
    let (_folder, password) = kept("p:ä ß\n".as_bytes());
    let (_other, token) = kept(b"abc.DEF-_~+/==\r\n");
    let (_third, key) = kept("ключ  \"7\"".as_bytes());
    let client = client(&options());
    let user = Secret::new("jané");
    let basic = Auth::Basic { user, password: SecretPlace::File(password) };
    let headers = vec![
        ("X-Api-Key".to_owned(), SecretPlace::File(key)),
        ("x-other".to_owned(), SecretPlace::Address(Secret::new("1"))),
    ];
    let access = Access { auth: Some(basic), headers, ..Access::default() };
    new(poll_source(&client, &source(&server.url("/feed"), access)).await);
    let seen = server.last();
    assert_eq!(seen.header("authorization"), Some("Basic amFuw6k6cDrDpCDDnw=="));
    assert_eq!(seen.bytes("x-api-key"), Some("ключ  \"7\"".as_bytes()));
    assert_eq!(seen.header("x-other"), Some("1"));
    new(poll_source(&client, &source(&server.url("/feed"), bearer(token))).await);
    assert_eq!(server.last().header("authorization"), Some("Bearer abc.DEF-_~+/=="));
    assert_eq!(server.last().names().iter().filter(|name| **name == "authorization").count(), 1);
}

#[tokio::test]
async fn credentials_go_to_their_own_origin_and_to_no_other() {
    let other = Server::simple(|_| reply(401, &[], b"")).await;
    let other_port = other.port();
    let server = Server::simple(move |request| {
        let port = request.header("host").and_then(|host| host.split(':').nth(1)).expect("a port");
        let to = |url: &str| reply(302, &[("Location", url)], b"");
        match request.path.as_str() {
            "/host" => to(&format!("http://b.example:{port}/away")),
            "/away" => to(&format!("http://a.example:{port}/back")),
            "/port" => to(&format!("http://a.example:{other_port}/feed")),
            "/sly" => to(&format!("http://a.example:{port}@b.example:{other_port}/feed")),
            "/user" => to(&format!("http://eve:pw@a.example:{port}/back")),
            _ => reply(200, &[], b"x"),
        }
    })
    .await;
    let (_folder, token) = kept(b"t0ken");
    let client = client(&options());
    let poll =
        async |path: &str| poll_source(&client, &source(&server.at("a.example", path), bearer(token.clone()))).await;
    let had = |requests: Vec<super::server::Request>| -> Vec<Option<String>> {
        requests.iter().map(|request| request.header("authorization").map(str::to_owned)).collect()
    };
    let ours = Some("Bearer t0ken".to_owned());
    new(poll("/host").await);
    assert_eq!(had(server.requests()), [ours.clone(), None, ours.clone()], "there, not elsewhere, and back again");
    for path in ["/port", "/sly"] {
        let error = poll(path).await.expect_err("locked");
        assert!(error.to_string().contains("credentials were kept from it"), "{error}");
        assert!(error.to_string().contains("make this address the `url`"), "{error}");
    }
    assert_eq!(had(other.requests()), [None, None]);
    // What a server writes before the `@` has no say.
    new(poll("/user").await);
    assert_eq!(server.last().header("authorization"), ours.as_deref());
    // Nor does an address that the source has moved to for good.
    let home = source(&server.at("a.example", "/feed"), bearer(token.clone()));
    let moved = Location::Web(other.at("b.example", "/feed"));
    let error = fetch_source(&client, &home, &moved, &Validators::default()).await.expect_err("locked");
    assert!(error.to_string().contains("credentials were kept from it"), "{error}");
    assert_eq!(other.last().header("authorization"), None);
}

#[test]
fn an_origin_is_scheme_host_and_port() {
    let url = |text: &str| FeedUrl::parse(text).expect("a URL");
    let home = url("http://a.example/feed");
    let access = bearer(PathBuf::new());
    let keys = Keys::new(Some(&access), Some(&home));
    for (address, expected) in [
        ("http://a.example/other?x=1", Credentials::Sent),
        ("http://A.EXAMPLE:80/", Credentials::Sent),
        ("http://eve@a.example/", Credentials::Sent),
        ("https://a.example/feed", Credentials::Withheld),
        ("http://a.example:8080/feed", Credentials::Withheld),
        ("http://a.example./feed", Credentials::Withheld),
        ("http://b.a.example/feed", Credentials::Withheld),
    ] {
        assert_eq!(keys.for_address(&url(address)), expected, "{address}");
    }
    assert_eq!(Keys::new(None, Some(&home)).for_address(&home), Credentials::Unset);
}

#[tokio::test]
async fn a_secret_that_changed_is_sent_at_the_next_poll() {
    let server = Server::simple(|_| reply(200, &[], b"x")).await;
    let (_folder, path) = kept(b"old");
    let client = client(&options());
    let source = source(&server.url("/feed"), bearer(path.clone()));
    new(poll_source(&client, &source).await);
    std::fs::write(&path, b"new\n").expect("written");
    new(poll_source(&client, &source).await);
    let sent: Vec<_> = server.requests().iter().map(|r| r.header("authorization").map(str::to_owned)).collect();
    assert_eq!(sent, [Some("Bearer old".to_owned()), Some("Bearer new".to_owned())]);
}

#[tokio::test]
async fn without_its_secret_a_source_is_not_asked() {
    let server = Server::simple(|_| reply(200, &[], b"x")).await;
    let client = client(&options());
    let url = server.url("/feed");
    for (text, problem) in [
        (&b""[..], "which is empty"),
        (b" \n", "which is empty"),
        (b"two\nlines", "holds a character that no header may have"),
        (&[b'x'; 8193], "is longer than 8 KiB"),
        (b"\xff\xfe", "cannot be read"),
    ] {
        let (_folder, path) = kept(text);
        let error = poll_source(&client, &source(&url, bearer(path.clone()))).await.expect_err(problem);
        assert!(matches!(error, Error::Secret { .. }) && error.diagnosis() == Diagnosis::Credentials, "{error:?}");
        let words = error.to_string();
        assert!(words.contains(problem) && words.contains(&format!("`bearer_file` names the file {}", path.display())));
    }
    let (folder, _) = kept(b"x");
    for (place, problem) in [
        (SecretPlace::File(folder.path().join("none")), "cannot be read (No such file"),
        (SecretPlace::File(folder.path().to_owned()), "it is not a regular file"),
        (SecretPlace::Environment("WIREDESK_TEST_UNSET".into()), "WIREDESK_TEST_UNSET, which is not set: set it where"),
        (SecretPlace::Credential("news".into()), "add `LoadCredential=news:…`"),
    ] {
        let access = Access { auth: Some(Auth::Bearer(place)), ..Access::default() };
        let error = poll_source(&client, &source(&url, access)).await.expect_err(problem);
        assert!(error.to_string().contains(problem), "{error}");
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_locked_source_is_told_what_to_give_or_check() {
    let server = Server::simple(|_| reply(401, &[("WWW-Authenticate", "Basic")], b"")).await;
    let client = client(&options());
    let error = fetch(&client, &Location::Web(server.url("/")), &Validators::default()).await.expect_err("locked");
    assert!(
        error.to_string().ends_with("it wants a user and password, or a token: give the source an `auth`"),
        "{error}"
    );
    let (_folder, token) = kept(b"t0ken");
    let error = poll_source(&client, &source(&server.url("/"), bearer(token))).await.expect_err("locked");
    assert!(error.to_string().contains("does not take the source's credentials: check `auth`"), "{error}");
    assert_eq!(error.diagnosis(), Diagnosis::Locked);
}

//! Redirects: followed by hand, within bounds, each address with its own validators.

use super::server::{Server, reply};
use super::*;

#[tokio::test]
async fn redirects_lead_to_the_feed_and_its_base() {
    let server = Server::simple(|request| match request.path.as_str() {
        "/start" => reply(301, &[("Location", "/a/step?x=1#frag")], b""),
        "/a/step?x=1" => reply(302, &[("Location", "../feed")], b""),
        _ => reply(200, &[], b"x"),
    })
    .await;
    let answer = poll(&server.url("/start"), &Validators::default()).await;
    let Ok(Answer::New { base: Some(base), .. }) = &answer else { panic!("{answer:?}") };
    assert_eq!(base, server.url("/feed").as_url());
    assert!(server.requests().iter().all(|request| request.header("referer").is_none()));
}

#[tokio::test]
async fn ten_redirects_are_followed_and_eleven_are_not() {
    let server = Server::simple(|request| match request.path[1..].parse::<u32>().expect("a number") {
        0 => reply(200, &[], b"x"),
        left => reply(302, &[("Location", &format!("/{}", left - 1))], b""),
    })
    .await;
    new(poll(&server.url("/10"), &Validators::default()).await);
    let error = poll(&server.url("/11"), &Validators::default()).await.expect_err("too many");
    assert!(error.to_string().contains("redirects more than 10 times"), "{error}");
}

#[tokio::test]
async fn redirects_that_lead_nowhere_are_named() {
    let server = Server::simple(|request| match request.path.as_str() {
        "/circle" => reply(302, &[("Location", "/back")], b""),
        "/back" => reply(302, &[("Location", "/circle")], b""),
        "/self" => reply(301, &[("Location", "/self")], b""),
        "/silent" => reply(301, &[], b""),
        "/file" => reply(301, &[("Location", "file:///etc/passwd")], b""),
        _ => reply(301, &[("Location", "http://[::1/")], b""),
    })
    .await;
    for (path, problem) in [
        ("/circle", "redirects in a circle, back to"),
        ("/self", "redirects in a circle, back to"),
        ("/silent", "redirects without saying where"),
        ("/file", "redirects to something else: the scheme `file`"),
        ("/broken", "redirects to no URL"),
    ] {
        let error = poll(&server.url(path), &Validators::default()).await.expect_err(path);
        assert!(matches!(&error, Error::Redirect { problem: said, .. } if said.contains(problem)), "{path}: {error}");
    }
}

#[test]
fn https_never_becomes_http() {
    // No loopback server has a certificate that anybody trusts: the rule is asked itself.
    let url = |text: &str| FeedUrl::parse(text).expect("a URL");
    let check = |from: &str, to: &str| crate::fetch::web::redirect_problem(&url(from), &[], &url(to));
    assert_eq!(
        check("https://a.example/", "http://a.example/feed").as_deref(),
        Some("redirects from https to plain http, to http://a.example/feed")
    );
    assert_eq!(check("https://a.example/", "https://b.example/"), None);
    assert_eq!(check("http://a.example/", "https://a.example/"), None);
    assert_eq!(check("http://a.example/", "http://b.example/"), None);
}

#[tokio::test]
async fn validators_go_to_the_address_that_sent_them_and_no_other() {
    let server = Server::simple(|request| match request.header("host").expect("a host") {
        host if host.starts_with("a.example") => {
            let port = host.split(':').nth(1).expect("a port");
            reply(302, &[("Location", &format!("http://b.example:{port}/feed"))], b"")
        }
        _ if request.header("if-none-match") == Some("\"b\"") => reply(304, &[], b""),
        _ => reply(200, &[("ETag", "\"b\"")], b"x"),
    })
    .await;
    let (start, end) = (server.at("a.example", "/feed"), server.at("b.example", "/feed"));
    let own = Validators { etag: Some("\"a\"".into()), last_modified: Some("x".into()), ..Validators::default() };
    let (_, moved) = new(poll(&start, &own).await);
    let conditions: Vec<_> = server.requests().iter().map(|r| r.header("if-none-match").map(str::to_owned)).collect();
    assert_eq!(conditions, [Some("\"a\"".to_owned()), None], "A's stay with A");
    assert_eq!(moved.url.as_deref(), Some(end.to_string().as_str()));

    assert_eq!(not_modified(poll(&start, &moved).await), moved);
    let conditions: Vec<_> =
        server.requests()[2..].iter().map(|r| r.header("if-none-match").map(str::to_owned)).collect();
    assert_eq!(conditions, [None, Some("\"b\"".to_owned())], "and B's with B");
}

#[tokio::test]
async fn credentials_stay_with_the_host_they_are_for() {
    let server = Server::simple(|request| match request.path.as_str() {
        "/start" => {
            let port = request.header("host").and_then(|host| host.split(':').nth(1)).expect("a port");
            reply(302, &[("Location", &format!("http://b.example:{port}/feed"))], b"")
        }
        _ => reply(200, &[], b"x"),
    })
    .await;
    let start = FeedUrl::parse(&format!("http://jane:secret@a.example:{}/start", server.port())).expect("a URL");
    new(poll(&start, &Validators::default()).await);
    let requests = server.requests();
    assert!(requests[0].header("authorization").is_some());
    assert!(requests[1].header("authorization").is_none());
}

#[tokio::test]
async fn gone_behind_a_temporary_redirect_is_not_the_source() {
    let server = Server::simple(|request| match request.path.as_str() {
        "/for-ever" => reply(308, &[("Location", "/gone")], b""),
        "/for-now" => reply(307, &[("Location", "/gone")], b""),
        _ => reply(410, &[], b""),
    })
    .await;
    assert!(matches!(poll(&server.url("/for-ever"), &Validators::default()).await, Ok(Answer::Gone)));
    let error = poll(&server.url("/for-now"), &Validators::default()).await.expect_err("no answer");
    assert!(matches!(error, Error::Status { status, .. } if status.as_u16() == 410), "{error}");
}

#[tokio::test]
async fn the_timeout_is_for_the_whole_chain() {
    let server = Server::start(|request| async move {
        let left: u32 = request.path[1..].parse().expect("a number");
        tokio::time::sleep(Duration::from_millis(40)).await;
        reply(302, &[("Location", &format!("/{}", left + 1))], b"")
    })
    .await;
    let options = config::Fetch { timeout: Duration::from_millis(100), ..options() };
    let error = poll_with(&options, &server.url("/0"), &Validators::default()).await.expect_err("too slow");
    assert!(matches!(error, Error::Timeout { .. }), "{error}");
}

#[tokio::test]
async fn only_permanent_redirects_say_that_a_source_has_moved() {
    let server = Server::simple(|request| match request.path.as_str() {
        "/home" => reply(200, &[("ETag", "\"1\"")], b"x"),
        path => {
            let (status, rest) = path[1..].split_at(3);
            let next = if rest.is_empty() { "/home" } else { rest };
            reply(status.parse().expect("a status"), &[("Location", next)], b"")
        }
    })
    .await;
    for (path, is_move) in [
        ("/home", false),
        ("/301", true),
        ("/308", true),
        ("/301/308", true),
        ("/302", false),
        ("/303", false),
        ("/307", false),
        ("/301/302", false),
        ("/307/301", false),
        ("/301/303/308", false),
    ] {
        let answer = poll(&server.url(path), &Validators::default()).await;
        let Ok(Answer::New { moved, .. }) = answer else { panic!("{path}: {answer:?}") };
        assert_eq!(moved, is_move.then(|| server.url("/home")), "{path}");
    }
}

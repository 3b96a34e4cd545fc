//! What HTTP asks of every route: conditions, methods, ranges, types, and what browsers are told.

use super::*;

const ROUTES: [&str; 10] = [
    "/",
    "/front.atom",
    "/plain.rss",
    "/front.html",
    "/style.css",
    "/front",
    "/nothing",
    "/healthz",
    "/%ff",
    "/404.html",
];

/// Documents of every type that the desk publishes.
fn every_type() -> Vec<Rendered> {
    let mut all = documents();
    all.push(document("front.json", "application/feed+json; charset=utf-8", &"{\"version\": 1}".repeat(100)));
    all.push(document("editions.opml", "text/x-opml; charset=utf-8", &"<opml/>".repeat(200)));
    all
}

#[tokio::test]
async fn a_304_repeats_what_caches_go_by() {
    let served = Served::start(LIMITS, every_type());
    for path in ["/", "/front.atom", "/plain.rss", "/front.json", "/front.html", "/editions.opml", "/style.css"] {
        for coding in ["identity", "gzip"] {
            let whole = served.get(path, &[("accept-encoding", coding)]).await.headers().clone();
            let tag = header(&whole, "etag");
            for method in [Method::GET, Method::HEAD] {
                let conditions = [("accept-encoding", coding), ("if-none-match", tag)];
                let unchanged = served.request(&client(|b| b), method.clone(), path, &conditions).await;
                assert_eq!(unchanged.status(), 304, "{method} {path}, {coding}");
                // RFC 9110 §15.4.5, and what a browser wants before a script may see it.
                for name in
                    ["cache-control", "content-location", "etag", "expires", "vary", "access-control-allow-origin"]
                {
                    assert_eq!(header(unchanged.headers(), name), header(&whole, name), "{name} of {path}, {coding}");
                }
                assert_ne!(header(unchanged.headers(), "date"), "", "{path}");
            }
        }
    }
    served.end().await;
}

#[tokio::test]
async fn tags_win_over_dates_and_codings_have_tags_of_their_own() {
    let served = Served::start(LIMITS, documents());
    let plain = header(served.get("/front.atom", &[]).await.headers(), "etag").to_owned();
    let gzip = header(served.get("/front.atom", &[("accept-encoding", "gzip")]).await.headers(), "etag").to_owned();
    assert_ne!(plain, gzip);
    let list = format!("\"a,b\", W/{plain} , \"c\"");
    let (old, last) = ("Fri, 18 Oct 2024 09:29:59 GMT", "Fri, 18 Oct 2024 09:30:00 GMT");
    for (tags, since, expected) in [
        (plain.as_str(), old, 304),
        (list.as_str(), old, 304),
        ("*", old, 304),
        ("\"a\", \"b\"", last, 200),
        ("", last, 200),
        (gzip.as_str(), last, 200),
    ] {
        let conditions = [("if-none-match", tags), ("if-modified-since", since)];
        assert_eq!(served.get("/front.atom", &conditions).await.status(), expected, "{conditions:?}");
    }
    served.end().await;
}

#[tokio::test]
async fn every_route_tells_other_methods_what_is_allowed() {
    let served = Served::start(LIMITS, documents());
    for path in ROUTES {
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH, Method::TRACE] {
            let response = served.request(&client(|b| b), method.clone(), path, &[]).await;
            let allow = header(response.headers(), "allow").to_owned();
            assert_eq!((response.status().as_u16(), allow.as_str()), (405, "GET, HEAD, OPTIONS"), "{method} {path}");
        }
        let response = served.request(&client(|b| b), Method::OPTIONS, path, &[]).await;
        assert_eq!((response.status().as_u16(), header(response.headers(), "allow")), (204, "GET, HEAD, OPTIONS"));
        let allowed = header(response.headers(), "access-control-allow-headers");
        assert_eq!(allowed, "A-IM, Authorization, If-Modified-Since, If-None-Match");
    }
    let response = served.request(&client(|b| b), Method::PUT, "/websub/x", &[]).await;
    assert_eq!((response.status().as_u16(), header(response.headers(), "allow")), (405, "GET, POST"));
    served.end().await;
}

#[tokio::test]
async fn a_range_brings_the_whole() {
    let served = Served::start(LIMITS, documents());
    let whole = served.get("/front.atom", &[]).await;
    let tag = header(whole.headers(), "etag").to_owned();
    let whole = whole.bytes().await.expect("a body");
    for headers in [
        vec![("range", "bytes=0-9")],
        vec![("range", "bytes=0-9"), ("if-range", tag.as_str())],
        vec![("range", "bytes=-1, 5-7")],
        vec![("range", "bytes=99999999-")],
    ] {
        let response = served.get("/front.atom", &headers).await;
        assert_eq!((response.status().as_u16(), header(response.headers(), "content-range")), (200, ""), "{headers:?}");
        assert_eq!(response.bytes().await.expect("a body"), whole);
    }
    served.end().await;
}

#[tokio::test]
async fn every_text_says_its_charset_and_no_page_runs_a_script() {
    let served = Served::start(LIMITS, every_type());
    for path in ROUTES.into_iter().chain(["/front.json", "/editions.opml"]) {
        let headers = served.get(path, &[]).await.headers().clone();
        let media_type = header(&headers, "content-type");
        assert!(media_type.ends_with("; charset=utf-8"), "{path}: {media_type}");
        assert_eq!(header(&headers, "x-content-type-options"), "nosniff", "{path}");
        let policy = header(&headers, "content-security-policy");
        if media_type.starts_with("text/html") {
            assert!(policy.starts_with("default-src 'none'; "), "{path}: {policy}");
            for refused in ["unsafe", "script-src", "style-src *", "connect-src", "frame-src", "object-src"] {
                assert!(!policy.contains(refused), "{path}: {refused} in {policy}");
            }
            for closed in ["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"] {
                assert!(policy.contains(closed), "{path}: {closed} not in {policy}");
            }
        }
        let is_feed = ["/front.atom", "/plain.rss", "/front.json", "/editions.opml"].contains(&path);
        assert_eq!(header(&headers, "access-control-allow-origin"), if is_feed { "*" } else { "" }, "{path}");
    }
    served.end().await;
}

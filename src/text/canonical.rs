//! Brings the spellings of one page's address down to one, for comparing.
//!
//! A false merge hides news, so only those differences go that hardly ever tell two pages apart:
//! - `http` and `https`, default ports, credentials, a trailing dot of the host, `www.`;
//! - a mobile or AMP host label (`m.`, `mobile.`, `amp.`) in front of, never part of, the registrable domain;
//! - AMP marks at the start or end of the path, AMP caches, and redirectors that name their target in the query;
//! - a trailing slash, `index.html`, the case of percent-escapes, escapes of letters and digits;
//! - fragments, unless they start with `!` and so stand for a page of their own;
//! - parameters that say where a reader came from, and the order of the others.
//!
//! Kept: the case of the path, every other parameter (`id`, `p`, `page`, `lang`), other host labels (`news.`, `en.`).

use url::Url;

use crate::model::{CanonicalUrl, registrable_domain};

/// Parameters that carry no content, by the start of their name.
const TRACKING_PREFIXES: [&str; 11] =
    ["utm_", "mtm_", "pk_", "matomo_", "at_", "hsa_", "_hs", "oly_", "vero_", "wt_", "guce_"];

/// And by their whole name, in lower case.
const TRACKING: [&str; 52] = [
    "__source",
    "__tn__",
    "__twitter_impression",
    "_ga",
    "_gl",
    "_openstat",
    "amp",
    "cmp",
    "cmpid",
    "dclid",
    "dicbo",
    "fbclid",
    "ftag",
    "gbraid",
    "gclid",
    "gclsrc",
    "guccounter",
    "icid",
    "igsh",
    "igshid",
    "ito",
    "jsessionid",
    "maca",
    "mbid",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "msclkid",
    "ncid",
    "ns_campaign",
    "ns_linkname",
    "ns_mchannel",
    "ns_source",
    "ocid",
    "phpsessid",
    "rb_clickid",
    "s_cid",
    "s_kwcid",
    "sfnsn",
    "smid",
    "smtyp",
    "spm",
    "srnd",
    "taid",
    "traffic_source",
    "twclid",
    "utm",
    "wbraid",
    "wt.mc_id",
    "xtor",
    "yclid",
    "ysclid",
];

/// Parameters that carry content on some sites: they go only with a value that says where the reader came from.
const MAYBE_TRACKING: [&str; 10] =
    ["cid", "emc", "from", "medium", "output", "outputtype", "partner", "ref", "referrer", "source"];
const ORIGINS: [&str; 13] = [
    "amp",
    "atom",
    "email",
    "facebook",
    "feed",
    "feedburner",
    "google",
    "googlenews",
    "newsletter",
    "rss",
    "rssfeed",
    "share",
    "twitter",
];

/// Redirectors that name their target in a parameter.
const REDIRECTORS: [(&str, &str, &[&str]); 4] = [
    ("google.com", "/url", &["url", "q"]),
    ("l.facebook.com", "/l.php", &["u"]),
    ("bing.com", "/news/apiclick.aspx", &["url"]),
    ("feedproxy.google.com", "/redirect", &["url"]),
];

/// What an address comes down to, for comparing: `host/path?query`, without a scheme, since it is no link to follow.
///
/// Applying it to its own result, with a scheme put in front, gives the same again.
pub fn canonical_url(url: &Url) -> CanonicalUrl {
    let mut target = url.clone();
    // A redirector may lead to a redirector; nobody honest builds longer chains.
    for _ in 0..3 {
        match unwrapped(&target) {
            Some(inner) => target = inner,
            None => break,
        }
    }
    let Some(host) = target.host_str().filter(|_| matches!(target.scheme(), "http" | "https")) else {
        return CanonicalUrl(target.to_string());
    };
    let mut canonical = canonical_host(host);
    if let Some(port) = target.port().filter(|port| !matches!(port, 80 | 443)) {
        canonical.push_str(&format!(":{port}"));
    }
    canonical.push_str(&canonical_path(target.path()));
    let query = target.query().map(canonical_query).unwrap_or_default();
    if !query.is_empty() {
        canonical.push('?');
        canonical.push_str(&query);
    }
    if let Some(fragment) = target.fragment().filter(|fragment| fragment.starts_with('!')) {
        canonical.push('#');
        canonical.push_str(&same_escapes(fragment));
    }
    CanonicalUrl(canonical)
}

/// The address that an AMP cache or a redirector stands for.
fn unwrapped(url: &Url) -> Option<Url> {
    let host = canonical_host(url.host_str()?);
    let path = url.path();
    // https://developers.google.com/amp/cache/overview#amp-cache-url-format
    let cached = match host.as_str() {
        "google.com" => path.strip_prefix("/amp/"),
        _ if host.ends_with(".cdn.ampproject.org") => path.strip_prefix("/c/").or_else(|| path.strip_prefix("/v/")),
        _ => None,
    };
    if let Some(cached) = cached {
        let address = cached.strip_prefix("s/").unwrap_or(cached);
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        return Url::parse(&format!("https://{address}{query}")).ok().filter(|inner| inner.domain().is_some());
    }
    let (_, _, names) = REDIRECTORS.iter().find(|(known, at, _)| host == *known && path == *at)?;
    let target = names.iter().find_map(|name| url.query_pairs().find(|(found, _)| found == name))?.1;
    Url::parse(&target).ok().filter(|inner| matches!(inner.scheme(), "http" | "https"))
}

fn canonical_host(host: &str) -> String {
    let host = host.trim_end_matches('.');
    let registrable = registrable_domain(host);
    let Some(labels) = host.strip_suffix(registrable) else { return host.to_owned() };
    let mut kept: Vec<&str> =
        labels.split('.').filter(|label| !label.is_empty() && !matches!(*label, "m" | "mobile" | "amp")).collect();
    if kept.first() == Some(&"www") {
        kept.remove(0);
    }
    kept.push(registrable);
    kept.join(".")
}

fn canonical_path(path: &str) -> String {
    let path = same_escapes(path);
    // Java servers write a session's id into the path.
    let mut path = path.split(";jsessionid=").next().unwrap_or_default();
    loop {
        let before = path;
        path = path.trim_end_matches('/');
        for ending in ["/index.html", "/index.htm", "/index.php", "/amp", "/amp.html"] {
            // What is left must still name something: `/amp` alone may be about amplifiers.
            if let Some(shorter) =
                path.strip_suffix(ending).filter(|shorter| !shorter.is_empty() || ending.starts_with("/i"))
            {
                path = shorter;
            }
        }
        if let Some(longer) = path.strip_prefix("/amp").filter(|rest| rest.starts_with('/') && rest.len() > 1) {
            path = longer;
        }
        if path == before {
            break;
        }
    }
    let path = path.strip_suffix(".amp").unwrap_or(path);
    match path.strip_suffix(".amp.html") {
        Some(stem) => format!("{stem}.html"),
        None => path.to_owned(),
    }
}

fn canonical_query(query: &str) -> String {
    let query = same_escapes(&query.replace('+', "%20"));
    let mut parameters: Vec<(&str, &str)> = query
        .split(['&', ';'])
        .map(|parameter| parameter.split_once('=').unwrap_or((parameter, "")))
        .filter(|parameter| *parameter != ("", ""))
        .filter(|(name, value)| !is_tracking(&name.to_ascii_lowercase(), &value.to_ascii_lowercase()))
        .collect();
    // Stable: parameters of one name keep their order, which may mean something.
    parameters.sort_by_key(|(name, _)| *name);
    let written: Vec<String> = parameters
        .into_iter()
        .map(|(name, value)| if value.is_empty() { name.to_owned() } else { format!("{name}={value}") })
        .collect();
    written.join("&")
}

fn is_tracking(name: &str, value: &str) -> bool {
    TRACKING_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        || TRACKING.binary_search(&name).is_ok()
        || (MAYBE_TRACKING.contains(&name) && ORIGINS.binary_search(&value).is_ok())
}

/// Escapes of unreserved characters undone, the others in capitals (RFC 3986 §6.2.2).
fn same_escapes(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        let offset = text.len() - rest.len() + at;
        let digit = |index: usize| bytes.get(index).and_then(|&byte| char::from(byte).to_digit(16));
        let (Some(high), Some(low)) = (digit(offset + 1), digit(offset + 2)) else {
            out.push('%');
            rest = &rest[at + 1..];
            continue;
        };
        match u8::try_from(high * 16 + low).map(char::from) {
            Ok(c) if c.is_ascii_alphanumeric() || "-._~".contains(c) => out.push(c),
            _ => out.push_str(&text[offset..offset + 3].to_ascii_uppercase()),
        }
        rest = &rest[at + 3..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn canonical(url: &str) -> String {
        canonical_url(&Url::parse(url).expect("a URL")).0
    }

    #[test]
    fn tables_are_sorted() {
        assert!(TRACKING.is_sorted() && ORIGINS.is_sorted());
    }

    #[test]
    fn spellings_of_one_page_come_down_to_one() {
        for (url, expected) in [
            ("http://WWW.Bbc.co.uk:80/news/world-1?utm_source=rss&at_medium=RSS#x", "bbc.co.uk/news/world-1"),
            ("https://m.bbc.co.uk/news/world-1/", "bbc.co.uk/news/world-1"),
            ("https://en.m.wikipedia.org/wiki/North_Korea", "en.wikipedia.org/wiki/North_Korea"),
            ("https://jane:secret@a.example./x", "a.example/x"),
            ("https://a.example:8443/x", "a.example:8443/x"),
            ("https://a.example", "a.example"),
            ("https://a.example/?", "a.example"),
            ("https://a.example/2024/10/index.html", "a.example/2024/10"),
            ("https://a.example/index.php?p=7", "a.example?p=7"),
            ("https://a.example/x?b=2&a=1&a=0&&fbclid=z", "a.example/x?a=1&a=0&b=2"),
            ("https://a.example/x?q=a+b&r=%7e%2f", "a.example/x?q=a%20b&r=~%2F"),
            ("https://a.example/%7Ejane/%e2%82%ac", "a.example/~jane/%E2%82%AC"),
            ("https://a.example/Обзор", "a.example/%D0%9E%D0%B1%D0%B7%D0%BE%D1%80"),
            ("https://a.example/x;jsessionid=0A1?id=2", "a.example/x?id=2"),
            ("https://a.example/#!/story/1", "a.example#!/story/1"),
            ("https://a.example/x?ref=rss&source=Twitter", "a.example/x"),
            ("https://amp.a.example/x", "a.example/x"),
            ("https://a.example/news/x/amp/", "a.example/news/x"),
            ("https://a.example/amp/news/x?amp=1", "a.example/news/x"),
            ("https://a.example/x.amp.html", "a.example/x.html"),
            ("https://www.google.com/amp/s/www.a.example/x/amp", "a.example/x"),
            ("https://www-a-example.cdn.ampproject.org/c/s/www.a.example/x?id=1", "a.example/x?id=1"),
            ("https://www.google.com/url?q=x&url=https%3A%2F%2Fwww.a.example%2Fy%3Fid%3D2", "a.example/y?id=2"),
            ("https://l.facebook.com/l.php?u=https%3A%2F%2Fa.example%2Fz%3Ffbclid%3D1&h=2", "a.example/z"),
        ] {
            assert_eq!(canonical(url), expected, "{url}");
        }
    }

    #[test]
    fn different_pages_stay_apart() {
        for (one, other) in [
            ("https://a.example/x?id=1", "https://a.example/x?id=2"),
            ("https://a.example/X", "https://a.example/x"),
            ("https://a.example/x?ref=main", "https://a.example/x?ref=dev"),
            ("https://news.a.example/x", "https://a.example/x"),
            ("https://m.example/x", "https://example/x"),
            ("https://a.example/amp", "https://a.example/"),
            ("https://a.example/camp", "https://a.example/c"),
            ("https://a.example/#!/1", "https://a.example/#!/2"),
            ("https://a.example/a%2Fb", "https://a.example/a/b"),
            ("https://jane.github.io/x", "https://joe.github.io/x"),
            ("https://a.example/x?page=2", "https://a.example/x"),
        ] {
            assert_ne!(canonical(one), canonical(other), "{one} {other}");
        }
    }

    #[test]
    fn other_schemes_and_hosts_without_a_domain_are_kept() {
        assert_eq!(canonical("mailto:a@a.example"), "mailto:a@a.example");
        assert_eq!(canonical("http://127.0.0.1:8080/x/"), "127.0.0.1:8080/x");
        assert_eq!(canonical("http://[::1]/x"), "[::1]/x");
        assert_eq!(canonical("http://localhost/x"), "localhost/x");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn canonical_urls_are_stable(rest in "(www\\.|m\\.|amp\\.)?[a-c]{1,2}\\.(example|co\\.uk)(/(amp|index\\.html|%7e|%2f|[a-z.%é]{0,4})){0,4}/?(\\?([a-c%=&+;]|amp|utm_a){0,8})?(#!?[a-b%]{0,2})?") {
            if let Ok(url) = Url::parse(&format!("http://{rest}")) {
                let once = canonical_url(&url).0;
                prop_assert_eq!(canonical(&format!("https://{once}")), once, "{}", url);
            }
        }
    }
}

//! Who may read an edition, and the certificate of the server.

use super::*;
use crate::model::{FeedUrl, Readers, TokenHash};

fn edition(keys: &str) -> String {
    format!("{MINIMAL}{keys}\n")
}

#[test]
fn an_edition_is_for_everyone_or_for_those_who_have_a_token() {
    let readers = |keys: &str| {
        let config = read(&edition(keys), Path::new("config.toml")).unwrap_or_else(|faults| panic!("{faults}"));
        config.editions[0].readers.clone()
    };
    let (one, two) = (TokenHash::of("one"), TokenHash::of("two"));
    assert_eq!(readers(""), Readers::Everyone);
    assert_eq!(readers("access = \"open\""), Readers::Everyone);
    let both = format!("access = \"token\"\ntokens = [\"{one}\", \"{two}\"]");
    assert_eq!(readers(&both), Readers::Holders([one, two].into()));
    assert_eq!(readers("access = \"token\"\ntokens = []"), Readers::Holders([].into()), "nobody for now");
}

#[test]
fn what_is_wrong_with_tokens_is_said_without_showing_them() {
    let hash = TokenHash::of("one");
    for (keys, expected) in [
        ("access = \"token\"".to_owned(), "`access` is \"token\", but there are no `tokens`"),
        (format!("tokens = [\"{hash}\"]"), "there are `tokens`, but anybody may read the edition"),
        (format!("access = \"open\"\ntokens = [\"{hash}\"]"), "there are `tokens`, but anybody may read the edition"),
        ("access = \"members\"".to_owned(), "`access` is `members`, but must be one of `open`, `token`"),
        ("access = \"token\"\ntokens = [\"s3cret\"]".to_owned(), "must be `sha256:` and 64 hexadecimal digits"),
        ("access = \"token\"\ntokens = \"s3cret\"".to_owned(), "`tokens` must be an array"),
    ] {
        let said = faults(&edition(&keys));
        assert!(said.contains(expected), "{keys}: {said}");
        assert!(!said.contains("s3cret"), "{said}");
    }
    assert!(faults("[[source]]\nurl = \"a.xml\"\n[[edition]]\nname = \"t\"\n").contains("needs for itself"));
}

#[test]
fn a_certificate_has_its_key_and_makes_the_site_https() {
    let text = format!("[server]\ntls = {{ certificate = \"c.pem\", key = \"/k.pem\" }}\n{MINIMAL}");
    let config = read(&text, Path::new("desk/config.toml")).expect("a good configuration");
    let tls = Tls { certificate: "desk/c.pem".into(), key: "/k.pem".into() };
    assert_eq!(config.server.tls, Some(tls));
    assert_eq!(config.site.url.as_str(), "https://127.0.0.1:8080/");
    for (tls, expected) in [
        ("tls = { certificate = \"c.pem\" }", "[server.tls] has no `key`"),
        ("tls = { key = \"c.pem\" }", "[server.tls] has no `certificate`"),
        ("tls = true", "`tls` must be a table"),
        ("tls = { certificate = \"c\", key = \"k\", ca = \"x\" }", "unknown key `ca` in [server.tls]"),
    ] {
        let said = faults(&format!("[server]\n{tls}\n{MINIMAL}"));
        assert!(said.contains(expected), "{tls}: {said}");
    }
}

#[test]
fn the_hub_that_feeds_name_is_our_own_or_another_or_none() {
    let hub = |keys: &str| {
        let text = format!("[server]\n{keys}\n{MINIMAL}");
        read(&text, Path::new("config.toml")).unwrap_or_else(|faults| panic!("{faults}")).server.websub
    };
    assert_eq!(hub(""), HubChoice::Fitting);
    assert_eq!(hub("websub = \"self\""), HubChoice::Own);
    assert_eq!(hub("websub = \"off\""), HubChoice::Off);
    let outside = FeedUrl::parse("https://hub.example/").expect("a URL");
    assert_eq!(hub("websub = \"https://hub.example/\""), HubChoice::Outside(outside));
    for (keys, expected) in [
        ("websub = true", "`websub` must be a text"),
        ("websub = \"on\"", "`websub` is neither `self` nor `off` nor the address of a hub"),
        ("websub = \"ftp://hub.example/\"", "neither `self` nor `off`"),
        ("websub = \"https://jane:pw@hub.example/\"", "which every reader of the feeds would see"),
        ("private_callbacks = \"reader.lan\"", "`private_callbacks` must be an array"),
        ("private_callbacks = [\"10.0.0.0/33\"]", "is `10.0.0.0/33`, but must be a host name"),
        ("private_callbacks = [\"reader.lan/8\"]", "must be a host name"),
        ("private_callbacks = [\"http://reader.lan/\"]", "must be a host name"),
        ("private_callback = []", "did you mean `private_callbacks`?"),
    ] {
        let said = faults(&format!("[server]\n{keys}\n{MINIMAL}"));
        assert!(said.contains(expected), "{keys}: {said}");
    }
}

#[test]
fn private_callbacks_are_hosts_and_networks() {
    let text = format!(
        "[server]\nprivate_callbacks = [\"10.0.0.0/8\", \"192.168.1.7\", \"fd00:1::/32\", \"Reader.lan\"]\n{MINIMAL}"
    );
    let listed = read(&text, Path::new("config.toml")).expect("a good configuration").server.private_callbacks;
    for (url, expected) in [
        ("http://10.255.0.1:8080/cb", true),
        ("http://11.0.0.1/", false),
        ("http://192.168.1.7/", true),
        ("http://192.168.1.8/", false),
        ("http://0xa.1/", true),
        ("http://[::ffff:10.1.2.3]/", true),
        ("http://[fd00:1::9]/", true),
        ("http://[fd00:2::9]/", false),
        ("http://reader.lan./cb", true),
        ("http://READER.lan/cb", true),
        ("http://x.reader.lan/cb", false),
        ("http://10.0.0.1.example/", false),
    ] {
        let callback = FeedUrl::parse(url).expect("a URL");
        assert_eq!(listed.iter().any(|host| host.is_of(&callback)), expected, "{url}");
    }
    let everything = PrivateHost::Network { address: std::net::Ipv4Addr::UNSPECIFIED.into(), bits: 0 };
    assert!(everything.is_of(&FeedUrl::parse("http://127.0.0.1/").expect("a URL")));
    assert!(!everything.is_of(&FeedUrl::parse("http://[::1]/").expect("a URL")));
}

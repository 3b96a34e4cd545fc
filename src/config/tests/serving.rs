//! Who may read an edition, and the certificate of the server.

use super::*;
use crate::model::{Readers, TokenHash};

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

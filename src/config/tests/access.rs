//! Credentials and proxies: where secrets may be kept, and what is said of one that stands in the clear.

use super::*;
use crate::model::{Access, Auth, Proxy, Route, Secret, SecretPlace};

fn accesses(keys: &str) -> Access {
    let text = format!("[[source]]\nname = \"x\"\nurl = \"https://a.example/f\"\n{keys}\n{MINIMAL}");
    let config = read(&text, Path::new("desk/config.toml")).unwrap_or_else(|faults| panic!("{faults}"));
    config.sources[0].access.as_deref().cloned().unwrap_or_default()
}

fn environment(name: &str) -> SecretPlace {
    SecretPlace::Environment(name.into())
}

#[test]
fn secrets_are_kept_in_the_environment_in_files_and_in_credentials() {
    assert_eq!(accesses(""), Access::default());
    for (auth, expected) in [
        ("{ user = \"jane\", password_env = \"PW\" }", environment("PW")),
        ("{ user = \"jane\", password_file = \"secrets/a\" }", SecretPlace::File("desk/secrets/a".into())),
        ("{ user = \"jane\", password_file = \"/run/secrets/a\" }", SecretPlace::File("/run/secrets/a".into())),
        ("{ user = \"jane\", password_file = \"$CREDENTIALS_DIRECTORY/a\" }", SecretPlace::Credential("a".into())),
    ] {
        let basic = Auth::Basic { user: Secret::new("jane"), password: expected };
        assert_eq!(accesses(&format!("auth = {auth}")).auth, Some(basic), "{auth}");
    }
    assert_eq!(accesses("[source.auth]\nbearer_env = \"T\"").auth, Some(Auth::Bearer(environment("T"))));
    let headers = accesses("headers = { X-Api-Key = { env = \"KEY\" }, Authorization = { file = \"f\" } }").headers;
    let file = SecretPlace::File("desk/f".into());
    assert_eq!(headers, [("Authorization".to_owned(), file), ("X-Api-Key".to_owned(), environment("KEY"))]);
}

#[test]
fn a_proxy_is_an_address_a_table_or_none() {
    let url = |text: &str| text.parse().expect("a URL");
    for (proxy, expected) in [
        ("\"none\"", Route::Direct),
        ("\"http://p.example:3128\"", Route::Through(Proxy { url: url("http://p.example:3128"), auth: None })),
        ("\"socks5h://[::1]\"", Route::Through(Proxy { url: url("socks5h://[::1]:1080"), auth: None })),
        (
            "{ url = \"socks5://10.0.0.7:9050\", user = \"jane\", password_env = \"PW\" }",
            Route::Through(Proxy {
                url: url("socks5://10.0.0.7:9050"),
                auth: Some((Secret::new("jane"), environment("PW"))),
            }),
        ),
    ] {
        assert_eq!(accesses(&format!("proxy = {proxy}")).route, expected);
    }
    let text = format!("[fetch]\nproxy = \"socks5://127.0.0.1\"\n{MINIMAL}");
    let config = read(&text, Path::new("config.toml")).expect("a good configuration");
    assert_eq!(config.fetch.proxy.map(|proxy| proxy.to_string()).as_deref(), Some("socks5://127.0.0.1:1080"));
}

#[test]
fn a_password_in_an_address_is_taken_out_of_it() {
    let source = |user: &str| format!("[[source]]\nname = \"{user}\"\nurl = \"https://{user}:s%3Acret@a.example/f\"\n");
    let text = format!("{}{}{MINIMAL}", source("jane"), source("joe"));
    let config = read(&text, Path::new("config.toml")).expect("one address may be two feeds for two users");
    assert_eq!(config.sources[0].location.to_string(), "https://a.example/f");
    let Location::Web(url) = &config.sources[0].location else { panic!("a web address") };
    assert_eq!(url.as_url().as_str(), "https://a.example/f", "what is stored has no password");
    let password = SecretPlace::Address(Secret::new("s:cret"));
    let auth = config.sources[0].access.as_ref().and_then(|access| access.auth.clone());
    assert_eq!(auth, Some(Auth::Basic { user: Secret::new("jane"), password }));
    assert!(!format!("{config:?}").contains("cret"), "{config:?}");
}

#[test]
fn a_secret_in_the_clear_is_a_fault_that_does_not_repeat_it() {
    let text = r#"
[fetch]
proxy = "http://jane:s3cret@proxy.example:3128"
[[source]]
url = "https://a.example/f"
auth = { user = "jane", password = "s3cret" }
headers = { "X-Api-Key" = "s3cret", Cookie = { env = "COOKIE" } }
[[source]]
url = "https://b.example/f"
auth = { bearer_env = "s3cret!", passwrod = "s3cret" }
proxy = "ftp://proxy.example"
[[source]]
url = "ftp://jane:s3cret@c.example/f"
auth = "s3cret"
password = "s3cret"
[[source]]
url = "https://joe:s3cret@d.example/f"
auth = { user = "jane" }
[[source]]
url = "feeds/e.xml"
auth = { bearer_file = "$HOME/s3cret" }
proxy = "none"
[[edition]]
name = "front"
"#;
    let said = faults(text);
    assert!(!said.contains("s3cret"), "{said}");
    insta::assert_snapshot!(said);
    assert!(!format!("{:?}", read(text, Path::new("config.toml"))).contains("s3cret"));
    let auth = "auth = { user = \"joe\", password_env = \"PW\" }";
    let twice = faults(&format!("[[source]]\nurl = \"https://joe:s3cret@d.example/f\"\n{auth}\n{MINIMAL}"));
    assert!(twice.contains("`url` has a user of its own beside `auth`") && !twice.contains("s3cret"), "{twice}");
    let broken = faults("[[source]]\nauth = { user = \"jane\", password = \"s3cret }\n");
    assert!(broken.contains("not TOML") && !broken.contains("s3cret"), "{broken}");
}

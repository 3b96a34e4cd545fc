//! Reads where the site is served, with which certificate and hub, and who may read an edition.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;

use toml::de::DeValue;
use url::{Host, Url};

use super::section::{Notes, Section};
use super::values;
use super::{HubChoice, PrivateHost, Server, Tls};
use crate::model::{FeedUrl, Readers};

/// What stands behind `tokens = ` in the help.
const TOKENS: &str = r#"["sha256:…"], a line that `wiredesk token` prints"#;

pub(super) fn server(mut section: Section<'_, '_>, folder: &Path) -> Server {
    let listen = section.value("listen", r#""127.0.0.1:8080""#, values::listen);
    let has_tls = section.raw("tls").is_some();
    let mut tls = section.table("tls", "[server.tls]");
    let certificate = tls.required("certificate", r#""/etc/wiredesk/fullchain.pem""#, values::text);
    let key = tls.required("key", r#""/etc/wiredesk/privkey.pem""#, values::text);
    tls.finish();
    let websub = section.value("websub", r#""self", "off", or the address of a hub"#, hub);
    let private = section.list("private_callbacks", r#"["10.0.0.0/8", "reader.lan"]"#, private_host);
    section.finish();
    let default = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);
    let files = certificate.zip(key).filter(|_| has_tls);
    Server {
        listen: listen.map_or(Some(default), |at| at.value),
        tls: files
            .map(|(certificate, key)| Tls { certificate: folder.join(certificate.value), key: folder.join(key.value) }),
        websub: websub.map(|at| at.value).unwrap_or_default(),
        private_callbacks: private.unwrap_or_default().into_iter().map(|at| at.value).collect(),
    }
}

/// Which hub the feeds name: our own, none, or the one at an address.
fn hub(value: &DeValue<'_>) -> Result<HubChoice, String> {
    match values::text(value)?.as_str() {
        "self" => Ok(HubChoice::Own),
        "off" => Ok(HubChoice::Off),
        address => match FeedUrl::parse(address).map(FeedUrl::split_credentials) {
            Ok((hub, None)) => Ok(HubChoice::Outside(hub)),
            Ok((_, Some(_))) => Err("has a user or password in it, which every reader of the feeds would see".into()),
            Err(error) => Err(format!("is neither `self` nor `off` nor the address of a hub: {error}")),
        },
    }
}

/// `10.0.0.0/8`, `10.0.0.7`, `fd00::/8` or `reader.lan`.
fn private_host(value: &DeValue<'_>) -> Result<PrivateHost, String> {
    let words = values::text(value)?;
    let refused = || format!("is `{words}`, but must be a host name, an address, or a network as `10.0.0.0/8`");
    let (address, bits) = match words.split_once('/') {
        Some((address, bits)) => (address, Some(bits.parse::<u8>().map_err(|_| refused())?)),
        None => (words.as_str(), None),
    };
    match (address.parse::<IpAddr>(), bits) {
        (Ok(address), bits) => {
            let most = if address.is_ipv4() { 32 } else { 128 };
            let bits = bits.unwrap_or(most);
            if bits <= most { Ok(PrivateHost::Network { address, bits }) } else { Err(refused()) }
        }
        (Err(_), None) => match Host::parse(address) {
            Ok(Host::Domain(name)) => Ok(PrivateHost::Name(name.trim_end_matches('.').to_owned())),
            _ => Err(refused()),
        },
        (Err(_), Some(_)) => Err(refused()),
    }
}

/// Where a reader on this machine finds the site when nothing else is said.
pub(super) fn local_url(server: &Server) -> Url {
    let scheme = if server.tls.is_some() { "https" } else { "http" };
    let mut url = Url::parse(&format!("{scheme}://127.0.0.1:8080/")).expect("a well-formed address");
    if let Some(listen) = server.listen {
        if !listen.ip().is_unspecified() {
            // Cannot fail: http URLs take IP hosts.
            let _ = url.set_ip_host(listen.ip());
        }
        let _ = url.set_port(Some(listen.port()));
    }
    url
}

/// Who may read an edition: `access` and `tokens`.
pub(super) fn readers(section: &mut Section<'_, '_>, notes: &Notes) -> Readers {
    let access = section.value("access", r#""token""#, values::choice(&[("open", false), ("token", true)]));
    let at = section.raw("tokens").map(|found| found.span());
    // Somebody may have put the token itself there.
    at.iter().cloned().for_each(|span| notes.hide(span));
    let tokens = section.list("tokens", TOKENS, values::token_hash).unwrap_or_default();
    let hashes: BTreeSet<_> = tokens.into_iter().map(|token| token.value).collect();
    match (access, at) {
        (Some(access), None) if access.value => {
            let help = format!("for example: tokens = {TOKENS}");
            notes.add(access.span, "`access` is \"token\", but there are no `tokens`", help);
        }
        (Some(access), Some(_)) if access.value => return Readers::Holders(hashes),
        (_, Some(at)) => {
            notes.add(at, "there are `tokens`, but anybody may read the edition", "add a line: access = \"token\"");
        }
        _ => {}
    }
    Readers::Everyone
}

//! Resolves host names, and lets through the addresses that the guard allows.

use std::error::Error;
use std::io;
use std::net::{IpAddr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::guard::{Special, guard};

/// The resolver that the HTTP client asks; it connects to nothing else.
pub(super) struct Resolver {
    pub(super) special: Special,
    pub(super) names: Names,
    /// The name of the proxy, which need not be public.
    pub(super) exempt: Option<String>,
}

/// Who knows the addresses of names.
#[derive(Clone)]
pub(super) enum Names {
    /// The system's resolver.
    System,
    /// A table, so that tests need no network.
    #[cfg(test)]
    Table(Vec<(&'static str, Vec<IpAddr>)>),
    /// The last of these answers, whatever the name: whoever asks twice gets two answers.
    #[cfg(test)]
    Turns(std::sync::Arc<std::sync::Mutex<Vec<Vec<IpAddr>>>>),
}

/// Every address of a name is special.
#[derive(Debug, thiserror::Error)]
#[error("{address} is {kind}")]
pub(super) struct PrivateName {
    pub(super) address: IpAddr,
    pub(super) kind: &'static str,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let is_exempt = self.exempt.as_deref().is_some_and(|exempt| exempt.eq_ignore_ascii_case(name.as_str()));
        let special = if is_exempt { guard(true) } else { self.special };
        let names = self.names.clone();
        Box::pin(async move {
            let addresses = look_up(&names, name.as_str()).await?;
            Ok(Box::new(allowed(special, &addresses)?.into_iter()) as Addrs)
        })
    }
}

/// The addresses of a name, or of a host that is one.
pub(super) async fn look_up(names: &Names, name: &str) -> io::Result<Vec<SocketAddr>> {
    // For a SOCKS proxy literals are asked for too.
    if let Ok(address) = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, 0)]);
    }
    match names {
        // The port is the client's business.
        Names::System => Ok(tokio::net::lookup_host((name, 0)).await?.collect()),
        #[cfg(test)]
        Names::Table(table) => {
            let row = table.iter().find(|(known, _)| *known == name);
            let (_, addresses) = row.ok_or_else(|| io::Error::other("no such name in the table"))?;
            Ok(addresses.iter().map(|&address| SocketAddr::new(address, 0)).collect())
        }
        #[cfg(test)]
        Names::Turns(turns) => {
            let addresses = turns.lock().map_err(|_| io::Error::other("poisoned"))?.pop();
            let addresses = addresses.ok_or_else(|| io::Error::other("no answer left"))?;
            Ok(addresses.into_iter().map(|address| SocketAddr::new(address, 0)).collect())
        }
    }
}

/// The addresses that may be connected to; the first refusal when there are none.
pub(super) fn allowed(
    special: Special,
    addresses: &[SocketAddr],
) -> Result<Vec<SocketAddr>, Box<dyn Error + Send + Sync>> {
    let allowed: Vec<SocketAddr> =
        addresses.iter().copied().filter(|address| special(address.ip()).is_none()).collect();
    if !allowed.is_empty() {
        return Ok(allowed);
    }
    let refused = addresses
        .iter()
        .find_map(|address| special(address.ip()).map(|kind| PrivateName { address: address.ip(), kind }));
    Err(refused.map_or_else(|| "the name has no address".into(), Into::into))
}

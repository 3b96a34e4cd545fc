//! Tells apart why a request brought no response, and finds the words for it.

use std::error::Error as StdError;
use std::io;

use super::Error;
use super::names::PrivateName;
use crate::model::{FeedUrl, Proxy};

/// The error of an answer that broke off.
pub(super) fn broken_off(url: &FeedUrl, error: &reqwest::Error) -> Error {
    Error::Transfer { url: url.clone(), cause: cause(error) }
}

/// The error of a request that brought no response.
pub(super) fn no_answer(url: &FeedUrl, proxy: Option<&Proxy>, error: &reqwest::Error) -> Error {
    let url = url.clone();
    if let Some(PrivateName { address, kind }) = find::<PrivateName>(error) {
        return Error::PrivateAddress { url, address: *address, kind };
    }
    let cause = cause(error);
    let is_tls = find::<rustls::Error>(error).is_some();
    if let Some(proxy) = proxy.filter(|_| error.is_connect() && !is_tls) {
        return Error::Proxy { url, proxy: Box::new(proxy.clone()), cause };
    }
    if error.is_dns() {
        Error::Dns { url, cause }
    } else if is_tls {
        Error::Tls { url, cause }
    } else if error.is_connect() {
        Error::Connect { url, cause }
    } else {
        Error::Transfer { url, cause }
    }
}

/// The innermost message: the outer ones repeat the address, credentials included.
pub(super) fn cause(error: &reqwest::Error) -> String {
    let innermost = chain(error).last().map(ToString::to_string);
    innermost.unwrap_or_else(|| "an unknown error".to_owned())
}

fn find<E: StdError + 'static>(error: &reqwest::Error) -> Option<&E> {
    chain(error).find_map(|error| error.downcast_ref())
}

/// The causes below an error, the outermost first.
fn chain(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(error.source(), |error| inner(*error))
}

/// The next cause. An I/O error's own `source` skips the error that it wraps.
fn inner<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    if let Some(error) = error.downcast_ref::<io::Error>()
        && let Some(wrapped) = error.get_ref()
    {
        return Some(wrapped);
    }
    error.source()
}

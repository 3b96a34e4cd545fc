//! What is sent to a source to be let in: to the origin that it is for, and to no other.

use reqwest::RequestBuilder;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use url::Origin;

use super::Error;
use super::error::Credentials;
use super::secrets::{self, Purpose};
use crate::model::{Access, Auth, FeedUrl, Secret};

/// The credentials of a source, read at the first request that is to have them.
pub(super) struct Keys<'a> {
    access: Option<&'a Access>,
    /// The configured address of the source.
    home: Option<&'a FeedUrl>,
    read: Option<Read>,
}

struct Read {
    basic: Option<(Secret, Secret)>,
    headers: HeaderMap,
}

impl<'a> Keys<'a> {
    /// Those of `access`, for the origin of `home`.
    pub(super) fn new(access: Option<&'a Access>, home: Option<&'a FeedUrl>) -> Self {
        Self { access: access.filter(|access| access.has_credentials()), home, read: None }
    }

    /// Whether they go to this address: scheme, host and port are those of the configured one (RFC 6454 §5).
    pub(super) fn for_address(&self, url: &FeedUrl) -> Credentials {
        let origin = |url: &FeedUrl| -> Origin { url.as_url().origin() };
        match (self.access, self.home) {
            (None, _) => Credentials::Unset,
            (Some(_), Some(home)) if origin(home) == origin(url) => Credentials::Sent,
            (Some(_), _) => Credentials::Withheld,
        }
    }

    /// Puts them on a request to an address that they are for.
    ///
    /// # Errors
    /// [`Error::Secret`] when one cannot be read: nothing is to be sent then.
    pub(super) async fn put_on(&mut self, request: RequestBuilder, url: &FeedUrl) -> Result<RequestBuilder, Error> {
        let Some(access) = self.access.filter(|_| self.for_address(url) == Credentials::Sent) else {
            return Ok(request);
        };
        let read = match self.read.take() {
            Some(read) => read,
            None => read(access).await.map_err(|cause| Error::Secret { url: url.clone(), cause })?,
        };
        let Read { basic, headers } = self.read.insert(read);
        let request = request.headers(headers.clone());
        Ok(match basic {
            Some((user, password)) => request.basic_auth(user.reveal(), Some(password.reveal())),
            None => request,
        })
    }
}

async fn read(access: &Access) -> Result<Read, String> {
    let mut read = Read { basic: None, headers: HeaderMap::new() };
    match &access.auth {
        Some(Auth::Basic { user, password }) => {
            let secret = secrets::read(&password.key("password"), password, Purpose::Password).await?;
            read.basic = Some((user.clone(), secret));
        }
        Some(Auth::Bearer(place)) => {
            let token = secrets::read(&place.key("bearer"), place, Purpose::Header).await?;
            let value = format!("Bearer {}", token.reveal());
            read.headers.insert(AUTHORIZATION, header("bearer", value.as_bytes())?);
        }
        None => {}
    }
    for (name, place) in &access.headers {
        let key = format!("headers.{name}");
        let secret = secrets::read(&key, place, Purpose::Header).await?;
        let known = HeaderName::from_bytes(name.as_bytes()).map_err(|_| format!("`{key}` is no name of a header"))?;
        read.headers.insert(known, header(&key, secret.reveal().as_bytes())?);
    }
    Ok(read)
}

/// A value that logs do not show and that HTTP/2 does not put into its tables (RFC 7541 §7.1.3).
fn header(key: &str, value: &[u8]) -> Result<HeaderValue, String> {
    let mut value = HeaderValue::from_bytes(value).map_err(|_| format!("`{key}` holds what no header may have"))?;
    value.set_sensitive(true);
    Ok(value)
}

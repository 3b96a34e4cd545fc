//! The gate that every request passes, whatever it asks for: the server is judged before it is asked, and again by the
//! address that was really connected.

use std::net::IpAddr;

use reqwest::{RequestBuilder, Response};

use super::client::{Inner, MAX_HEAD_BYTES};
use super::deadline::Deadline;
use super::guard::{self, Special};
use super::routes::Route;
use super::{Error, causes, headers};
use crate::model::FeedUrl;

/// A server that may be asked.
pub(super) struct Gate<'a> {
    url: &'a FeedUrl,
    route: &'a Route,
    /// The client to ask it with.
    pub(super) http: &'a reqwest::Client,
    special: Special,
    /// Where it stands, where a proxy is asked in its stead.
    behind: Option<IpAddr>,
}

impl<'a> Gate<'a> {
    /// Judges a server before it is asked: a literal address by itself, and what stands behind a proxy by its name.
    ///
    /// # Errors
    /// [`Error::PrivateAddress`] when it is not to be asked; see [`Route::prepare`] and [`Route::look_behind`].
    pub(super) async fn open(
        client: &Inner,
        route: &'a Route,
        url: &'a FeedUrl,
        allow_private: bool,
        deadline: &mut Deadline<'_>,
    ) -> Result<Self, Error> {
        let (http, special) = match allow_private {
            true => (&route.inside, guard::guard(true)),
            false => (&route.http, client.guards.connected),
        };
        let mut gate = Self { url, route, http, special, behind: None };
        guard::literal(url).map_or(Ok(()), |address| gate.check(address))?;
        if route.proxy().is_some() {
            // Boxed, since most ways are straight, and all would have to have room for it.
            gate.behind = deadline.keep(Box::pin(gate.look_behind(client, allow_private))).await??;
        }
        Ok(gate)
    }

    /// Prepares the way through a proxy, and says where the server behind it stands, as far as that is known.
    async fn look_behind(&self, client: &Inner, allow_private: bool) -> Result<Option<IpAddr>, Error> {
        self.route.prepare(self.url).await?;
        match allow_private || client.allow_private {
            true => Ok(guard::literal(self.url)),
            false => self.route.look_behind(self.url, client.guards.resolved, &client.names).await,
        }
    }

    /// Sends a request to the server. Returns its answer, of which the head alone was read, and where it stands, as far
    /// as that is known.
    ///
    /// # Errors
    /// When it does not answer in time, stands where nothing is to be asked, or sends too large a head.
    pub(super) async fn send(
        self,
        request: RequestBuilder,
        deadline: &mut Deadline<'_>,
    ) -> Result<(Response, Option<IpAddr>), Error> {
        let proxy = self.route.proxy();
        let no_answer = |error| causes::no_answer(self.url, proxy, &error);
        let response = deadline.keep(request.send()).await?.map_err(no_answer)?;
        let connected = response.remote_addr().map(|address| address.ip());
        // Only judged addresses were connected to; should a way around that ever open, nothing is read behind it. A
        // proxy may stand anywhere: what is behind it was judged before.
        if proxy.is_none() {
            connected.map_or(Ok(()), |address| self.check(address))?;
        }
        if headers::size_bytes(response.headers()) > MAX_HEAD_BYTES {
            return Err(Error::LargeHead { url: self.url.clone(), limit_bytes: MAX_HEAD_BYTES });
        }
        Ok((response, if proxy.is_none() { connected } else { self.behind }))
    }

    fn check(&self, address: IpAddr) -> Result<(), Error> {
        match (self.special)(address) {
            Some(kind) => Err(Error::PrivateAddress { url: self.url.clone(), address, kind }),
            None => Ok(()),
        }
    }
}

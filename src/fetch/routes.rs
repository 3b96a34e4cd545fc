//! The ways to servers: straight, or through a proxy. Each has its own connections, and each sees to it in its own way
//! that nothing private is asked.
//!
//! There are as many HTTP clients as there are distinct proxies, not as many as there are sources.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use super::Error;
use super::client::Recipe;
use super::guard::{self, Special};
use super::names::{self, PrivateName};
use super::secrets;
use crate::model::{Access, FeedUrl, Proxy, Route as Wanted, Secret};

/// All ways that were needed so far.
pub(super) struct Routes {
    recipe: Recipe,
    direct: Arc<Route>,
    /// The proxy of sources that name none.
    default: Option<Proxy>,
    proxied: Mutex<HashMap<Proxy, Arc<Route>>>,
}

/// One way.
pub(super) struct Route {
    /// For sources whose servers must be public.
    pub(super) http: reqwest::Client,
    /// For sources that may stand at private addresses; a connection of theirs is no other's.
    pub(super) inside: reqwest::Client,
    through: Option<Through>,
}

/// The proxy that a way leads through.
struct Through {
    proxy: Proxy,
    /// Its address with user and password, which the clients look at for each connection.
    address: Arc<ArcSwap<Url>>,
}

impl Routes {
    /// # Errors
    /// [`Error::Setup`] when TLS cannot be set up.
    pub(super) fn new(recipe: Recipe, default: Option<Proxy>) -> Result<Self, Error> {
        let direct = Arc::new(Route::new(&recipe, None)?);
        let routes = Self { recipe, direct, default, proxied: Mutex::default() };
        // Its faults show at the start.
        routes.to(None)?;
        Ok(routes)
    }

    /// The way to a source.
    ///
    /// # Errors
    /// [`Error::Setup`] when a client cannot be made for a new proxy.
    pub(super) fn to(&self, access: Option<&Access>) -> Result<Arc<Route>, Error> {
        let proxy = match access.map(|access| &access.route) {
            None | Some(Wanted::Default) => self.default.as_ref(),
            Some(Wanted::Direct) => None,
            Some(Wanted::Through(proxy)) => Some(proxy),
        };
        let Some(proxy) = proxy else { return Ok(Arc::clone(&self.direct)) };
        let mut proxied = self.proxied.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = proxied.get(proxy) {
            return Ok(Arc::clone(known));
        }
        let address = Arc::new(ArcSwap::from_pointee(proxy.url.clone()));
        let route = Arc::new(Route::new(&self.recipe, Some(Through { proxy: proxy.clone(), address }))?);
        proxied.insert(proxy.clone(), Arc::clone(&route));
        Ok(route)
    }
}

#[cfg(test)]
impl Routes {
    /// How many ways there are, the straight one included.
    pub(super) fn count(&self) -> usize {
        1 + self.proxied.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

impl Route {
    fn new(recipe: &Recipe, through: Option<Through>) -> Result<Self, Error> {
        let way = through.as_ref().map(|through| (through.proxy.clone(), Arc::clone(&through.address)));
        let http = recipe.client(recipe.guards.resolved, way.as_ref())?;
        let inside = match recipe.allow_private {
            true => http.clone(),
            false => recipe.client(guard::guard(true), way.as_ref())?,
        };
        Ok(Self { http, inside, through })
    }

    /// The proxy, if it leads through one.
    pub(super) fn proxy(&self) -> Option<&Proxy> {
        self.through.as_ref().map(|through| &through.proxy)
    }

    /// Reads the proxy's password again, so that a new one is taken up.
    ///
    /// # Errors
    /// [`Error::Secret`] when it cannot be read.
    pub(super) async fn prepare(&self, url: &FeedUrl) -> Result<(), Error> {
        let Some(Through { proxy, address }) = &self.through else { return Ok(()) };
        let (Some((user, place)), Some((key, _))) = (&proxy.auth, proxy.secret()) else { return Ok(()) };
        let password = secrets::read(&key, place, secrets::of_proxy(proxy)).await;
        let password = password.map_err(|cause| Error::Secret { url: url.clone(), cause })?;
        let with_password = with_user(&proxy.url, user, &password);
        if **address.load() != with_password {
            address.store(Arc::new(with_password));
        }
        Ok(())
    }

    /// Judges the server behind the proxy before the proxy is asked for it, and says at which address it stands; `None`
    /// where the way leads straight to it, since then the connection is judged, and where it may be private, since then
    /// nobody needs to know.
    ///
    /// # Errors
    /// [`Error::PrivateAddress`] when all addresses of its name are private; [`Error::Dns`] when the name has none here.
    pub(super) async fn look_behind(
        &self,
        url: &FeedUrl,
        special: Special,
        names: &names::Names,
    ) -> Result<Option<IpAddr>, Error> {
        let Some(Through { proxy, .. }) = &self.through else { return Ok(None) };
        let Some(name) = url.as_url().domain() else { return Ok(guard::literal(url)) };
        let judged = match names::look_up(names, name).await {
            Ok(addresses) => names::allowed(special, &addresses),
            Err(error) => Err(error.into()),
        };
        match judged {
            Ok(addresses) => Ok(addresses.first().map(std::net::SocketAddr::ip)),
            Err(error) => Err(match error.downcast_ref::<PrivateName>() {
                Some(&PrivateName { address, kind }) => Error::PrivateAddress { url: url.clone(), address, kind },
                None => Error::UnknownBehindProxy {
                    url: url.clone(),
                    proxy: Box::new(proxy.clone()),
                    cause: error.to_string(),
                },
            }),
        }
    }
}

/// The proxy's address as the HTTP client wants it.
fn with_user(url: &Url, user: &Secret, password: &Secret) -> Url {
    let mut url = url.clone();
    let encoded = |secret: &Secret| utf8_percent_encode(secret.reveal(), NON_ALPHANUMERIC).to_string();
    // Both cannot fail: there is a host. `url` itself would leave a `%` as it is.
    let _ = url.set_username(&encoded(user));
    let _ = url.set_password(Some(&encoded(password)));
    url
}

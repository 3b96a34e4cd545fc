//! Makes the HTTP client: transport security, names, limits, and what it never does.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use reqwest::redirect::Policy;
use reqwest::{Certificate, ClientBuilder};
use tokio::time::Instant;
use url::Url;

use super::Error;
use super::body::Places;
use super::guard::{self, Special};
use super::holds::Holds;
use super::limits::{Limits, places};
use super::names::{Names, Resolver};
use super::routes::Routes;
use crate::config;
use crate::model::{Proxy, without_credentials};
use crate::work::Crew;

/// Polls sources. Cheap to clone; all clones share connections and limits.
#[derive(Clone)]
pub struct Client(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) routes: Arc<Routes>,
    /// Who is asked for the addresses of servers behind a proxy.
    pub(super) names: Names,
    /// Whether every source may stand at a private address.
    pub(super) allow_private: bool,
    pub(super) limits: Limits,
    pub(super) holds: Arc<Holds>,
    pub(super) places: Arc<Places>,
    pub(super) press: Arc<Crew>,
    pub(super) guards: Guards,
    pub(super) timeout: Duration,
    pub(super) max_body_bytes: usize,
}

/// A proxy, and its address with user and password as they are now.
type Way = (Proxy, Arc<ArcSwap<Url>>);

/// Who says of an address that nothing is to be fetched from it, and that it is no public one.
#[derive(Clone, Copy)]
pub(super) struct Guards {
    /// For the addresses of a name, before one of them is connected to.
    pub(super) resolved: Special,
    /// For literal hosts before a request, and for the address that was connected to after it.
    pub(super) connected: Special,
    /// Tells public addresses from private ones, whether these may be fetched or not.
    pub(super) scope: Special,
}

/// The head of an answer may have so many bytes: more is no feed's.
pub(super) const MAX_HEAD_BYTES: usize = 64 << 10;

/// Sources are polled far apart: a connection kept longer is only a descriptor held.
const IDLE: Duration = Duration::from_secs(10);

/// Makes the client. `site` is told to every server as the address to complain to.
///
/// # Errors
/// [`Error::Setup`] when TLS cannot be set up. A machine without CA certificates is no such case.
pub fn client(options: &config::Fetch, site: &Url) -> Result<Client, Error> {
    let allowed = guard::guard(options.allow_private);
    let guards = Guards { resolved: allowed, connected: allowed, scope: guard::guard(false) };
    with_names(options, site, guards, Names::System)
}

/// Makes two clients that share the limits of each host, and what hosts asked for: one for sources that answer, and one,
/// with a quarter of the places, for those that failed the last time, so that servers that hang keep nobody waiting.
///
/// # Errors
/// As [`client`].
pub fn clients(options: &config::Fetch, site: &Url) -> Result<[Client; 2], Error> {
    let steady = client(&config::Fetch { concurrency: places(options.concurrency, false), ..options.clone() }, site)?;
    let inner = &*steady.0;
    let failing = Inner {
        routes: inner.routes.clone(),
        names: inner.names.clone(),
        allow_private: inner.allow_private,
        limits: inner.limits.beside(places(options.concurrency, true)),
        holds: inner.holds.clone(),
        places: inner.places.clone(),
        press: inner.press.clone(),
        guards: inner.guards,
        timeout: inner.timeout,
        max_body_bytes: inner.max_body_bytes,
    };
    Ok([steady.clone(), Client(Arc::new(failing))])
}

impl Client {
    /// Does work that may take as much memory as a body is allowed to, one after the other with other such work; `None`
    /// when it panicked.
    pub async fn alone<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        self.0.press.run(work).await
    }

    /// Leaves a host alone for so long, whatever its sources' addresses.
    pub fn hold(&self, host: &str, wait: Duration) {
        self.0.holds.hold(host, wait, Instant::now());
    }

    /// How many requests have lost their place, since they take so long, and are waited for beside the others.
    pub fn aside(&self) -> usize {
        self.0.limits.aside()
    }

    /// Waits until a request loses its place, of this client or of the one that shares its hosts.
    pub async fn set_aside(&self) {
        self.0.limits.set_aside().await;
    }

    /// Asks every host again that asked to be left alone: somebody wants to know now.
    pub fn forget_holds(&self) {
        self.0.holds.clear();
    }
}

/// What every HTTP client is made of.
pub(super) struct Recipe {
    user_agent: String,
    pub(super) guards: Guards,
    names: Names,
    per_host: usize,
    pub(super) allow_private: bool,
}

impl Recipe {
    /// Makes an HTTP client whose names are judged by `special`, for the way straight to servers or through a proxy.
    ///
    /// # Errors
    /// [`Error::Setup`] when TLS cannot be set up.
    pub(super) fn client(&self, special: Special, way: Option<&Way>) -> Result<reqwest::Client, Error> {
        let builder = || {
            // The owner named the proxy: it may stand anywhere.
            let exempt = way.and_then(|(proxy, _)| proxy.url.host_str()).map(str::to_owned);
            let builder = reqwest::Client::builder()
                .user_agent(self.user_agent.clone())
                .dns_resolver(Resolver { special, names: self.names.clone(), exempt })
                // Followed by hand: each hop is judged, and validators stay with the address that sent them.
                .redirect(Policy::none())
                .referer(false)
                // A proxy from the environment would resolve names behind the guard's back.
                .no_proxy()
                .http2_max_header_list_size(u32::try_from(MAX_HEAD_BYTES).unwrap_or(u32::MAX))
                .pool_idle_timeout(IDLE)
                .pool_max_idle_per_host(self.per_host.max(1));
            match way {
                None => builder,
                Some((_, address)) => {
                    let address = Arc::clone(address);
                    builder.proxy(reqwest::Proxy::custom(move |_| Some(Url::clone(&address.load()))))
                }
            }
        };
        build(builder)
    }
}

/// As [`client`], with the guards and the names that tests need.
pub(super) fn with_names(options: &config::Fetch, site: &Url, guards: Guards, names: Names) -> Result<Client, Error> {
    let recipe = Recipe {
        user_agent: user_agent(site),
        guards,
        names: names.clone(),
        per_host: options.per_host,
        allow_private: options.allow_private,
    };
    let limits = Limits::new(options.concurrency, options.per_host, options.host_gap);
    Ok(Client(Arc::new(Inner {
        routes: Arc::new(Routes::new(recipe, options.proxy.clone())?),
        names,
        allow_private: options.allow_private,
        limits,
        holds: Arc::new(Holds::default()),
        places: Arc::new(Places::new(options.max_body_bytes)),
        // One thread for all work that may take many megabytes: what it unpacks comes one after the other, and an
        // allocator that keeps room for each thread keeps it once.
        press: Arc::new(Crew::start("wiredesk-press", 1).map_err(|error| Error::Setup { cause: error.to_string() })?),
        guards,
        timeout: options.timeout,
        max_body_bytes: options.max_body_bytes,
    })))
}

/// So long may a request to object storage take, and so long the connecting.
const STORAGE_TIMEOUT: Duration = Duration::from_secs(60);
const STORAGE_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// An HTTP client for the owner's own object storage: it may stand anywhere, and is reached without a proxy.
///
/// # Errors
/// As [`client`].
pub fn storage_client(site: &Url) -> Result<reqwest::Client, Error> {
    build(|| {
        reqwest::Client::builder()
            .user_agent(user_agent(site))
            .redirect(Policy::none())
            .no_proxy()
            .timeout(STORAGE_TIMEOUT)
            .connect_timeout(STORAGE_CONNECT_TIMEOUT)
            .pool_idle_timeout(IDLE)
    })
}

/// Builds a client. The machine's certificates decide; the ones built in stand in where it has none, as in a bare
/// container.
fn build(builder: impl Fn() -> ClientBuilder) -> Result<reqwest::Client, Error> {
    // An error means that a provider is installed already, and then that one is used.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let built = builder().build().or_else(|_| bundled(builder())?.build());
    built.map_err(|error| Error::Setup { cause: super::causes::cause(&error) })
}

fn bundled(builder: ClientBuilder) -> reqwest::Result<ClientBuilder> {
    let roots: reqwest::Result<Vec<Certificate>> =
        webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().map(|root| Certificate::from_der(root)).collect();
    Ok(builder.tls_certs_only(roots?))
}

/// `wiredesk/0.1.0 (+https://wire.example.org/)`.
fn user_agent(site: &Url) -> String {
    let site = without_credentials(site.clone());
    format!("wiredesk/{} (+{site})", env!("CARGO_PKG_VERSION"))
}

#[cfg(test)]
pub(super) mod tests {
    use std::process::Command;

    use super::*;
    use crate::fetch::tests::options;

    fn site() -> Url {
        Url::parse("https://jane:secret@wire.example.org/").expect("a URL")
    }

    #[test]
    fn servers_are_told_whom_to_complain_to() {
        let expected = format!("wiredesk/{} (+https://wire.example.org/)", env!("CARGO_PKG_VERSION"));
        assert_eq!(user_agent(&site()), expected);
    }

    #[test]
    fn a_client_is_made_with_the_certificates_there_are() {
        client(&options(), &site()).expect("a client");
    }

    /// Runs one test in a process of its own, where the environment can be another.
    pub(in crate::fetch) fn passes_with(test: &str, environment: &[(&str, &str)]) {
        let output = Command::new(std::env::current_exe().expect("the test program"))
            .args(["--exact", test])
            .envs(environment.iter().copied())
            .output()
            .expect("the test program runs");
        let printed = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && printed.contains("1 passed"), "{printed}");
    }

    #[test]
    fn a_machine_without_certificates_has_a_client_too() {
        passes_with(
            "fetch::client::tests::a_client_is_made_with_the_certificates_there_are",
            &[("SSL_CERT_FILE", "/nonexistent/none.pem"), ("SSL_CERT_DIR", "/nonexistent")],
        );
    }

    #[test]
    fn proxies_of_the_environment_are_not_asked() {
        // Nothing listens on port 1.
        let proxy = "http://127.0.0.1:1";
        passes_with(
            "fetch::tests::redirects::redirects_lead_to_the_feed_and_its_base",
            &[("http_proxy", proxy), ("HTTP_PROXY", proxy), ("all_proxy", proxy), ("ALL_PROXY", proxy)],
        );
    }
}

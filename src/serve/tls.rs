//! TLS: reads a certificate and its key, and takes up new ones when their files change or SIGHUP comes.
#![expect(clippy::disallowed_methods, reason = "certificates are kept in files")]

use std::convert::Infallible;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::signal::unix::{SignalKind, signal};

use crate::config::Tls;

/// A chain of certificates is a few KiB.
const MOST_BYTES: u64 = 1 << 20;

/// A client that has not come to terms by then is gone.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Says why TLS cannot be spoken with what the files hold.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("cannot read `{path}`, which `{key}` under [server.tls] names: {cause}", path = path.display())]
    Unreadable {
        /// The key of the configuration that names it.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// A file holds something else.
    #[error("`{path}`, which `{key}` under [server.tls] names, holds no {wanted}: {cause}", path = path.display())]
    Foreign {
        /// The key of the configuration that names it.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// What it should hold.
        wanted: &'static str,
        /// What the reader said.
        cause: String,
    },
    /// The certificate and the key do not go together, or are of no use.
    #[error(
        "the certificate `{certificate}` and the key `{key}` under [server.tls] cannot be used together: {cause}",
        certificate = files.certificate.display(),
        key = files.key.display()
    )]
    Unusable {
        /// The files.
        files: Tls,
        /// What the TLS library said.
        cause: rustls::Error,
    },
}

/// A certificate with its key, as the files have them.
#[derive(Debug)]
pub struct Certificate {
    files: Tls,
    texts: Texts,
    config: RustlsConfig,
}

/// What the files held.
#[derive(PartialEq, Eq)]
struct Texts {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("…")
    }
}

impl Certificate {
    /// Reads the files, in PEM.
    ///
    /// # Errors
    /// When one cannot be read or holds something else, or they do not go together.
    pub fn load(files: Tls) -> Result<Self, TlsError> {
        let texts = Texts::read(&files)?;
        let config = RustlsConfig::from_config(texts.config(&files)?);
        Ok(Self { files, texts, config })
    }

    /// Speaks TLS over the connections that `inner` takes.
    pub(super) fn acceptor<A>(&self, inner: A) -> RustlsAcceptor<A> {
        RustlsAcceptor::new(self.config.clone()).handshake_timeout(HANDSHAKE).acceptor(inner)
    }

    /// Looks at the files now and then, and at SIGHUP, for ever, and takes up what they hold then. What is no use is
    /// logged, once, and the old certificate stays.
    pub(super) async fn renew(mut self, every: Duration) -> Infallible {
        let mut hangup = match signal(SignalKind::hangup()) {
            Ok(hangup) => Some(hangup),
            Err(error) => {
                tracing::warn!(%error, "SIGHUP cannot be listened for: {error}; certificates are looked at now and then");
                None
            }
        };
        let mut last_trouble = None;
        loop {
            let asked = async {
                match &mut hangup {
                    Some(hangup) => hangup.recv().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                _ = asked => last_trouble = None,
                () = tokio::time::sleep(every) => {}
            }
            let files = self.files.clone();
            let read = tokio::task::spawn_blocking(move || Texts::read(&files)).await;
            let Ok(read) = read else { continue };
            let taken = read.and_then(|texts| self.take(texts)).map_err(|error| error.to_string());
            match taken {
                Ok(changed) => {
                    last_trouble = None;
                    if changed {
                        tracing::info!("the certificate was renewed from `{}`", self.files.certificate.display());
                    }
                }
                Err(error) if last_trouble.as_ref() == Some(&error) => {}
                Err(error) => {
                    tracing::error!(%error, "{error}; the certificate from before is still used");
                    last_trouble = Some(error);
                }
            }
        }
    }

    /// Uses these from now on. Returns whether they are others than before.
    fn take(&mut self, texts: Texts) -> Result<bool, TlsError> {
        if texts == self.texts {
            return Ok(false);
        }
        self.config.reload_from_config(texts.config(&self.files)?);
        self.texts = texts;
        Ok(true)
    }
}

impl Texts {
    fn read(files: &Tls) -> Result<Self, TlsError> {
        Ok(Self { certificate: read("certificate", &files.certificate)?, key: read("key", &files.key)? })
    }

    /// What the TLS library makes of them: HTTP/2 and HTTP/1.1, no certificate asked of clients.
    fn config(&self, files: &Tls) -> Result<Arc<ServerConfig>, TlsError> {
        let foreign =
            |key, path: &Path, wanted, cause: String| TlsError::Foreign { key, path: path.into(), wanted, cause };
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&self.certificate)
            .collect::<Result<_, _>>()
            .map_err(|error| foreign("certificate", &files.certificate, "certificate in PEM", error.to_string()))?;
        if chain.is_empty() {
            let cause = "there is no `BEGIN CERTIFICATE` in it".to_owned();
            return Err(foreign("certificate", &files.certificate, "certificate in PEM", cause));
        }
        let key = PrivateKeyDer::from_pem_slice(&self.key).map_err(|error| {
            foreign("key", &files.key, "private key in PEM without a passphrase", error.to_string())
        })?;
        let unusable = |cause| TlsError::Unusable { files: files.clone(), cause };
        let mut config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(unusable)?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(unusable)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

fn read(key: &'static str, path: &Path) -> Result<Vec<u8>, TlsError> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes));
    read.map_err(|cause| TlsError::Unreadable { key, path: path.to_owned(), cause })?;
    Ok(bytes)
}

//! Secure connections, against a server whose certificate only this folder vouches for.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::*;
use crate::fetch::client::tests::passes_with;

/// Of a.example, signed by itself, for a hundred years.
const CERTIFICATE: &[u8] = include_bytes!("certificate.pem");
const KEY: &[u8] = include_bytes!("key.pem");

/// Starts a server that answers one secure request; where it is, under the name it has a certificate for.
pub(super) fn serve_once(host: &str) -> FeedUrl {
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE).expect("a certificate");
    let key = PrivateKeyDer::from_pem_slice(KEY).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(vec![certificate], key))
        .expect("a configuration");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        let (stream, _) = listener.accept().expect("a client");
        let mut stream = StreamOwned::new(ServerConnection::new(Arc::new(config)).expect("a connection"), stream);
        let mut head = Vec::new();
        let mut byte = [0];
        // An error is a client that does not trust the certificate.
        while !head.ends_with(b"\r\n\r\n") && stream.read_exact(&mut byte).is_ok() {
            head.push(byte[0]);
        }
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 6\r\n\r\n<feed>");
        stream.conn.send_close_notify();
        let _ = stream.flush();
    });
    FeedUrl::parse(&format!("https://{host}:{port}/feed")).expect("a URL")
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused() {
    let error = poll(&serve_once("a.example"), &Validators::default()).await.expect_err("no trust");
    assert!(matches!(error, Error::Tls { .. }), "{error:?}");
    assert!(error.to_string().contains("invalid peer certificate"), "{error}");
}

/// Whether this machine vouches for the certificate.
pub(super) fn vouches() -> bool {
    std::env::var_os("SSL_CERT_FILE").is_some_and(|file| file.to_string_lossy().ends_with("tests/certificate.pem"))
}

/// Run by the test below, in a process whose machine vouches for the certificate.
#[tokio::test]
async fn as_this_machine_trusts() {
    if !vouches() {
        return;
    }
    assert_eq!(new(poll(&serve_once("a.example"), &Validators::default()).await).0, "<feed>");
    let error = poll(&serve_once("b.example"), &Validators::default()).await.expect_err("another's certificate");
    assert!(matches!(&error, Error::Tls { cause, .. } if cause.contains("not valid for name")), "{error}");
}

#[test]
fn the_certificates_of_the_machine_are_trusted_for_their_names() {
    passes_where_trusted("fetch::tests::secure::as_this_machine_trusts");
}

/// Runs a test in a process whose machine vouches for the certificate.
pub(super) fn passes_where_trusted(test: &str) {
    let certificate = concat!(env!("CARGO_MANIFEST_DIR"), "/src/fetch/tests/certificate.pem");
    passes_with(test, &[("SSL_CERT_FILE", certificate), ("SSL_CERT_DIR", "/nonexistent")]);
}

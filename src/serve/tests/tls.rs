//! TLS in the process itself: what is negotiated, and files that change.

use std::path::{Path, PathBuf};

use reqwest::Version;
use reqwest::tls::TlsInfo;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::*;
use crate::config::Tls;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tls").join(name)
}

fn certificate(name: &str) -> CertificateDer<'static> {
    CertificateDer::from_pem_file(fixture(name)).expect("a certificate of the tests")
}

/// A client that trusts the authority of the fixtures and offers these protocols.
fn trusting(protocols: &[&str]) -> Client {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(certificate("authority.pem")).expect("a root");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("TLS versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    tls.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    let builder = Client::builder().tls_backend_preconfigured(tls).tls_info(true).no_proxy().timeout(PATIENCE);
    // A connection for each request: each shows the certificate of its time.
    builder.pool_max_idle_per_host(0).build().expect("a client")
}

#[tokio::test]
async fn a_client_chooses_its_http_and_a_new_certificate_is_taken_up_without_a_word() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = Tls { certificate: folder.path().join("cert.pem"), key: folder.path().join("key.pem") };
    let place = |name: &str| {
        for (ending, to) in [("key", &files.key), ("pem", &files.certificate)] {
            std::fs::copy(fixture(&format!("{name}.{ending}")), to).expect("copied");
        }
    };
    place("first");
    let limits = Limits { renewal: Duration::from_millis(20), ..LIMITS };
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("https://{}/front.atom", listener.local_addr().expect("an address"));
    let entrance = Entrance { listener, certificate: Some(Certificate::load(files.clone()).expect("a certificate")) };
    let site = Site::default();
    site.replace(Snapshot::new(documents(), None));
    let (shutdown, ended) = oneshot::channel::<()>();
    let task = tokio::spawn(serve_within(limits, entrance, site, async {
        let _ = ended.await;
    }));

    for (protocols, expected) in
        [(&["h2", "http/1.1"][..], Version::HTTP_2), (&["http/1.1"], Version::HTTP_11), (&[], Version::HTTP_11)]
    {
        let response = trusting(protocols).get(&url).send().await.expect("an answer");
        assert_eq!((response.status().as_u16(), response.version()), (200, expected), "{protocols:?}");
    }
    let client = trusting(&["h2"]);
    let shown = async || {
        let response = client.get(&url).send().await.expect("an answer");
        let info = response.extensions().get::<TlsInfo>().expect("TLS");
        info.peer_certificate().expect("a certificate").to_vec()
    };
    assert_eq!(shown().await, certificate("first.pem").to_vec());
    place("second");
    let renewed = async {
        while shown().await != certificate("second.pem").to_vec() {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, renewed).await.expect("the new certificate is used");
    shutdown.send(()).expect("the server still runs");
    timeout(PATIENCE, task).await.expect("in time").expect("no panic").expect("no error");
}

//! TLS and sockets of the service manager: the server needs no other in front of it.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};

use crate::world::{Daemon, Place, get, rss, signal};

fn fixture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tls").join(name);
    std::fs::read_to_string(path).expect("a certificate of the tests")
}

fn certificate(name: &str) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(fixture(name).as_bytes()).expect("PEM")
}

/// A desk with a certificate, that of the fixture `first`.
fn desk() -> Place {
    let place = Place::new(
        "[server]\nlisten = \"127.0.0.1:0\"\ntls = { certificate = \"tls/cert.pem\", key = \"tls/key.pem\" }\n\
         [[source]]\nname = \"a\"\nurl = \"a.xml\"\n[[edition]]\nname = \"front\"\n",
    );
    place.write("a.xml", rss("A", &[("a1", "Harvest fair opens in Saltmarsh", "Pumpkins as far as one can see.")]));
    place.write("tls/cert.pem", fixture("first.pem"));
    place.write("tls/key.pem", fixture("first.key"));
    place
}

/// Asks for `/front.atom` over TLS, trusting the authority of the fixtures: the server's certificate, and the answer.
fn ask(url: &str) -> (CertificateDer<'static>, String) {
    let address = url.trim_start_matches("https://").trim_end_matches('/');
    let mut roots = rustls::RootCertStore::empty();
    roots.add(certificate("authority.pem")).expect("a root");
    let config = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").expect("a name");
    let mut session = rustls::ClientConnection::new(Arc::new(config), name).expect("a session");
    let mut stream = TcpStream::connect(address).expect("a connection");
    let mut tls = rustls::Stream::new(&mut session, &mut stream);
    tls.write_all(b"GET /front.atom HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").expect("sent");
    let mut answer = Vec::new();
    // Some ends are no clean ones; what came is what counts.
    let _ = std::io::Read::read_to_end(&mut tls, &mut answer);
    let shown = session.peer_certificates().and_then(|chain| chain.first()).expect("a certificate").clone();
    (shown.into_owned(), String::from_utf8_lossy(&answer).into_owned())
}

#[test]
fn the_site_is_served_over_tls() {
    let place = desk();
    let daemon = place.daemon();
    assert!(daemon.url.starts_with("https://127.0.0.1:"), "{}", daemon.url);
    let (shown, answer) = ask(&daemon.url);
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains("Harvest fair"), "{answer}");
    assert!(answer.contains(&format!("{}front.atom", daemon.url)), "its addresses are those of https");
    assert_eq!(shown, certificate("first.pem"));
    // Who speaks no TLS gets nothing, and disturbs nobody.
    let mut plain =
        TcpStream::connect(daemon.url.trim_start_matches("https://").trim_end_matches('/')).expect("connected");
    plain.write_all(b"GET /front.atom HTTP/1.1\r\nHost: x\r\n\r\n").expect("sent");
    let mut said = Vec::new();
    let _ = std::io::Read::read_to_end(&mut plain, &mut said);
    assert!(!String::from_utf8_lossy(&said).contains("HTTP/1.1"), "{said:?}");
    assert!(ask(&daemon.url).1.contains("Harvest fair"));
    let (status, rest) = daemon.stop();
    assert!(status.success(), "{rest}");
}

#[test]
fn a_renewed_certificate_is_taken_up_at_sighup_and_a_broken_one_is_not() {
    let place = desk();
    let log = place.path().join("log");
    let mut command = place.command(&["run", "-v"]);
    command.stderr(std::fs::File::create(&log).expect("a file"));
    let daemon = Daemon::start(command);
    assert_eq!(ask(&daemon.url).0, certificate("first.pem"));
    let wait_for = |words: &str| {
        let since = std::time::Instant::now();
        while !place.read("log").contains(words) {
            assert!(since.elapsed().as_secs() < 20, "{words:?} is not in {}", place.read("log"));
            std::thread::yield_now();
        }
    };
    // Half of it is there: the key is still that of the first.
    place.write("tls/cert.pem", fixture("second.pem"));
    signal(daemon.pid(), "HUP");
    wait_for("cannot be used together");
    assert_eq!(ask(&daemon.url).0, certificate("first.pem"), "the old one is still used");
    place.write("tls/key.pem", fixture("second.key"));
    signal(daemon.pid(), "HUP");
    wait_for("the certificate was renewed");
    assert_eq!(ask(&daemon.url).0, certificate("second.pem"));
    daemon.stop();
    assert!(!place.read("log").contains("PRIVATE"), "no key is shown");
}

#[test]
fn what_is_wrong_with_a_certificate_is_said_at_the_start() {
    for (name, text, expected) in [
        ("cert.pem", None, ["cert.pem`, which `certificate` under [server.tls] names", "No such file"]),
        ("key.pem", None, ["key.pem`, which `key` under [server.tls] names", "No such file"]),
        ("cert.pem", Some("no PEM".to_owned()), ["holds no certificate in PEM", "BEGIN CERTIFICATE"]),
        ("key.pem", Some("no PEM".to_owned()), ["holds no private key in PEM", "key.pem"]),
        ("key.pem", Some(fixture("second.key")), ["cannot be used together", "key.pem"]),
    ] {
        let place = desk();
        let path = place.path().join("tls").join(name);
        match &text {
            Some(text) => std::fs::write(path, text).expect("written"),
            None => std::fs::remove_file(path).expect("removed"),
        }
        let ended = place.run(&["run"]);
        assert_eq!(ended.code, Some(1), "{}", ended.err);
        for part in expected {
            assert!(ended.err.contains(part), "{name}: {part:?} is not in {}", ended.err);
        }
    }
}

/// The program as the service manager starts it: with descriptor 3 open, and named in the environment.
fn activated(place: &Place, handed: Stdio) -> Command {
    let mut command = Command::new("sh");
    // The shell has the process id that `LISTEN_PID` must be, and `exec` keeps it.
    let script = "LISTEN_FDS=1 LISTEN_PID=$$ exec \"$0\" run 3<&0 0</dev/null";
    command.arg("-c").arg(script).arg(place.command(&[]).get_program());
    command.current_dir(place.path()).env_remove("RUST_LOG").env("NO_COLOR", "1").stdin(handed);
    command
}

#[test]
fn a_socket_that_the_service_manager_hands_over_is_served() {
    // Nobody could listen there: it is another machine's.
    let place = Place::new(
        "[site]\nurl = \"https://wire.example/\"\n[server]\nlisten = \"192.0.2.1:80\"\n\
         [[source]]\nname = \"a\"\nurl = \"a.xml\"\n[[edition]]\nname = \"front\"\n",
    );
    place.write("a.xml", rss("A", &[("a1", "Harvest fair opens in Saltmarsh", "Pumpkins as far as one can see.")]));
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let daemon = Daemon::start(activated(&place, OwnedFd::from(listener).into()));
    let reply = get(&format!("http://{address}/front.atom"), &[]);
    assert!(reply.status == 200 && reply.text().contains("Harvest fair"), "{}", reply.status);
    let (status, rest) = daemon.stop();
    assert!(status.success(), "{rest}");

    let ended = activated(&place, Stdio::null()).output().expect("it runs");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(!ended.status.success() && said.contains("is no TCP socket") && said.contains("ListenStream="), "{said}");
}

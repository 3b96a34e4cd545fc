//! The two servers, each a process of its own, and who asks them.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use wiredesk::serve::Entrance;
use wiredesk_benches::desk;

/// The argument that makes this program the server.
pub const SERVE: &str = "--serve-desk";
/// Sources of the desk, and stories in its edition.
const SOURCES: u64 = 20;
const STORIES: usize = 50;
/// Threads of each server and of `wrk`, and its connections: the machine's processors are shared by both ends.
const CONNECTIONS: usize = 64;
const SECONDS: u64 = 3;

/// wiredesk's server.
pub struct Ours {
    process: Child,
    _folder: TempDir,
    pub address: SocketAddr,
}

impl Ours {
    pub fn start() -> Self {
        let folder = TempDir::new().expect("a folder");
        let program = std::env::current_exe().expect("this program");
        let mut command = Command::new(program);
        command.arg(SERVE).arg(folder.path()).stdout(Stdio::piped());
        let mut process = command.spawn().expect("a process");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("piped")).read_line(&mut line).expect("it says its address");
        Self { process, _folder: folder, address: line.trim().parse().expect("an address") }
    }

    /// What it holds in memory, in MiB.
    pub fn memory(&self) -> f64 {
        let path = format!("/proc/{}/status", self.process.id());
        let status = std::fs::read_to_string(path).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a size");
        line.split_whitespace().next().and_then(|kib| kib.parse::<f64>().ok()).expect("a number") / 1024.0
    }
}

impl Drop for Ours {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

/// Is the server, for ever.
pub fn serve(folder: &Path) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let desk = desk::made(folder, SOURCES, STORIES, "127.0.0.1:0").await;
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let entrance = Entrance::from(listener);
        let mut ready = Some(address);
        let report = |_: &wiredesk::desk::Cycle| {
            if let Some(address) = ready.take() {
                println!("{address}");
            }
        };
        wiredesk::desk::serve_until(&desk, Some(entrance), std::future::pending(), report).await.expect("it serves");
    });
}

/// nginx without privileges, with a worker for each processor.
pub struct Nginx {
    process: Child,
    _folder: TempDir,
    pub address: SocketAddr,
}

impl Nginx {
    pub fn start(plain: &[u8], gzip: &[u8], open_file_cache: bool) -> Self {
        let folder = TempDir::new().expect("a folder");
        let root = folder.path().join("root");
        std::fs::create_dir(&root).expect("a folder");
        std::fs::write(root.join("front.atom"), plain).expect("a file");
        std::fs::write(root.join("front.atom.gz"), gzip).expect("a file");
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, super::free_port()));
        let cache = if open_file_cache { "open_file_cache max=1000; open_file_cache_valid 60s;" } else { "" };
        let path = folder.path().display();
        let text = format!(
            "daemon off; worker_processes {}; pid {path}/pid; error_log {path}/error.log; worker_rlimit_nofile 16384;
             events {{ worker_connections 8192; }}
             http {{
                 access_log off; sendfile on; tcp_nopush on; keepalive_timeout 65; keepalive_requests 1000000000;
                 types {{ application/atom+xml atom; }} charset utf-8; charset_types application/atom+xml;
                 client_body_temp_path {path}/1; proxy_temp_path {path}/2; fastcgi_temp_path {path}/3;
                 uwsgi_temp_path {path}/4; scgi_temp_path {path}/5;
                 server {{ listen {address}; root {path}/root; gzip_static on; {cache} }}
             }}\n",
            threads()
        );
        // Root's nginx would serve as another user, who may not look into the folder.
        let user = if is_root() { "user root; " } else { "" };
        std::fs::write(folder.path().join("nginx.conf"), format!("{user}{text}")).expect("a file");
        let mut command = Command::new("nginx");
        command.arg("-p").arg(folder.path()).arg("-c").arg(folder.path().join("nginx.conf")).stderr(Stdio::null());
        let process = command.spawn().expect("nginx starts");
        let start = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(start.elapsed() < Duration::from_secs(10), "nginx does not listen");
            std::thread::yield_now();
        }
        Self { process, _folder: folder, address }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // A worker ends when its master is told to: killing the master would leave the workers.
        let told = Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status();
        if !told.is_ok_and(|status| status.success()) {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}

fn end(process: &mut Child) {
    // It has ended by itself otherwise.
    let _ = process.kill();
    let _ = process.wait();
}

/// What is needed and not there.
pub fn missing() -> Option<&'static str> {
    ["nginx", "wrk"].into_iter().find(|program| Command::new(program).arg("-v").output().is_err())
}

/// Requests a second.
pub fn wrk(address: SocketAddr, path: &str, headers: &[(&str, String)]) -> f64 {
    let mut command = Command::new("wrk");
    command.arg("-t").arg(threads().to_string()).arg("-c").arg(CONNECTIONS.to_string());
    command.arg("-d").arg(format!("{SECONDS}s"));
    for (name, value) in headers {
        command.arg("-H").arg(format!("{name}: {value}"));
    }
    let output = command.arg(format!("http://{address}{path}")).output().expect("wrk runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(!text.contains("Socket errors") && !text.contains("Non-2xx"), "{text}");
    let rate = text.lines().find_map(|line| line.trim().strip_prefix("Requests/sec:")).expect("a rate");
    rate.trim().parse().expect("a number")
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, Into::into)
}

fn is_root() -> bool {
    std::fs::read_to_string("/proc/self/status").is_ok_and(|status| {
        status.lines().any(|line| line.starts_with("Uid:") && line.split_whitespace().nth(2) == Some("0"))
    })
}

//! `wiredesk demo`: sample wires served over HTTP on loopback, their items arriving over time.
#![expect(clippy::disallowed_methods, reason = "writes the demo's configuration, and keeps its time")]

mod configuration;
mod server;
mod timeline;
mod wire;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::Instant;

use timeline::Timeline;
use wire::Wire;

use super::run::{runtime, stop_signal, take_address};
use crate::config;
use crate::desk::{self, Cycle, News};
use crate::model::Reason;
use crate::text::clip;

/// Arguments of `wiredesk demo`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How long the news takes to arrive, such as `90s` or `5m`.
    #[arg(long, value_name = "TIME", default_value = "2m", value_parser = humantime::parse_duration)]
    duration: Duration,
    /// Where the desk's own pages are served.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Keep the demo's configuration and data in this folder.
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
}

/// A file of the sample desk, as it was when the program was built.
macro_rules! sample {
    ($path:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/feeds/", $path))
    };
}

/// The sample feeds: name, publisher, document.
const WIRES: &[(&str, &str, &[u8])] = &[
    ("Meridian Press Agency", "meridian", sample!("wires/meridian.xml")),
    ("The Saltmarsh Courier", "saltmarsh", sample!("wires/saltmarsh.xml")),
    ("Fernwick Echo", "fernwick", sample!("wires/fernwick.xml")),
    ("Peninsula Monitor", "peninsula", sample!("wires/peninsula.xml")),
    ("The Ashdown Gazette", "ashdown", sample!("wires/ashdown.xml")),
    ("The Baltic Lantern", "baltic-lantern", sample!("wires/baltic-lantern.json")),
    ("Longwave Radio News", "longwave", sample!("wires/longwave.xml")),
    ("Kiebitzer Tagblatt", "kiebitz", sample!("wires/kiebitz.xml")),
    ("Ledger Lane", "ledger-lane", sample!("wires/ledger-lane.xml")),
    ("Tidepool Science", "tidepool", sample!("wires/tidepool.json")),
];

/// The sample articles: file name, document.
const ARTICLES: &[(&str, &[u8])] = &[
    ("eighty-six-minutes.md", sample!("articles/eighty-six-minutes.md")),
    ("fifteen-hundred-men.md", sample!("articles/fifteen-hundred-men.md")),
    ("how-this-desk-works.md", sample!("articles/how-this-desk-works.md")),
];

/// Runs the command.
///
/// # Errors
/// When an address is taken or the folder cannot be written.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let runtime = runtime()?;
    let played = runtime.block_on(play(args));
    runtime.shutdown_timeout(Duration::from_secs(5));
    played
}

async fn play(args: Args) -> anyhow::Result<ExitCode> {
    let wires = wires();
    let folder = Folder::new(args.keep.as_deref())?;
    let played = play_in(&folder.path, wires, &args).await;
    folder.leave()?;
    played.map(|()| ExitCode::SUCCESS)
}

async fn play_in(folder: &Path, wires: Vec<Wire>, args: &Args) -> anyhow::Result<()> {
    let stop = stop_signal()?;
    let articles = write_articles(folder)?;
    let outside = outside(wires.clone(), args.duration).await?;
    let text = configuration::text(&wires, outside.address, args.listen, folder, articles.as_deref())?;
    let path = folder.join("config.toml");
    std::fs::write(&path, &text)
        .with_context(|| format!("Failed to write the demo's configuration to {}", path.display()))?;
    let (config, listener) = take_address(config::read(&text, &path)?)?;
    let desk = tokio::task::spawn_blocking(|| desk::open(config)).await.context("Opening the desk broke off")??;
    let duration = humantime::format_duration(args.duration);
    println!("wiredesk demo · six weeks of news from {} wires in {duration}", wires.len());
    println!("  wires    http://{}/", outside.address);
    println!("  desk     {}", path.display());
    println!("  serving  {}", desk.config().site.url);
    for address in desk.addresses() {
        println!("  subscribe to  {address}");
    }
    println!("  Ctrl-C stops");
    desk::serve_until(&desk, listener.map(Into::into), stop, show).await?;
    // Its connections to the wires end with it.
    drop(desk);
    outside.stop().await
}

/// A line for every story that opens or grows, the way a visitor watches it.
fn show(cycle: &Cycle) {
    for News { reason, title, publisher, publishers, .. } in &cycle.news {
        let title = clip(title, 72);
        let publisher = publisher.as_str();
        match reason {
            Some(Reason::First) => println!("  new   {publisher:<14}  {title}"),
            Some(_) => println!("     +  {publisher:<14}  {title}  (covered by {publishers})"),
            None => println!("     ~  {publisher:<14}  {title}"),
        }
    }
    for failure in &cycle.summary.failed {
        println!("  failed  {}: {}", failure.source, failure.error);
    }
}

fn wires() -> Vec<Wire> {
    WIRES.iter().map(|(name, publisher, document)| Wire::new(name, publisher, document)).collect()
}

/// The servers of the outlets, under way.
struct Outside {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: tokio::task::JoinHandle<std::io::Result<()>>,
}

impl Outside {
    async fn stop(self) -> anyhow::Result<()> {
        // An error means that it has ended already; why, the task says.
        let _ = self.stop.send(());
        self.task.await?.context("Failed to serve the sample wires")
    }
}

/// Serves the wires on a free port of this machine; the news starts now.
async fn outside(wires: Vec<Wire>, duration: Duration) -> anyhow::Result<Outside> {
    let timeline = Timeline::new(wires.iter().flat_map(Wire::dates), duration);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
    let listener = listener.context("Failed to find a free port for the sample wires")?;
    let address = listener.local_addr()?;
    let (stop, stopped) = oneshot::channel();
    let start = Instant::now();
    let serving = server::serve(listener, wires, move || timeline.moment(start.elapsed()), async {
        // An error means that nobody can stop it any more: the demo has ended.
        let _ = stopped.await;
    });
    Ok(Outside { address, stop, task: tokio::spawn(serving) })
}

/// Writes the sample articles below a folder; where they are, if there are any.
fn write_articles(folder: &Path) -> anyhow::Result<Option<PathBuf>> {
    if ARTICLES.is_empty() {
        return Ok(None);
    }
    let articles = folder.join("articles");
    let failed = || format!("Failed to write the sample articles to {}", articles.display());
    std::fs::create_dir_all(&articles).with_context(failed)?;
    for (name, document) in ARTICLES {
        std::fs::write(articles.join(name), document).with_context(failed)?;
    }
    Ok(Some(articles))
}

/// Where the demo keeps its files: a folder of the visitor's, or one of its own that goes with it.
struct Folder {
    path: PathBuf,
    kept: bool,
}

impl Folder {
    fn new(keep: Option<&Path>) -> anyhow::Result<Self> {
        let kept = keep.is_some();
        let own = || std::env::temp_dir().join(format!("wiredesk-demo-{}", std::process::id()));
        let path = keep.map_or_else(own, Path::to_owned);
        // Of its own, it must be new: a folder that is there already is somebody else's.
        let made = if kept { std::fs::create_dir_all(&path) } else { std::fs::create_dir(&path) };
        let path = made.and_then(|()| path.canonicalize());
        let path = path.context("Failed to make a folder for the demo; choose one with --keep DIR")?;
        Ok(Self { path, kept })
    }

    fn leave(self) -> anyhow::Result<()> {
        if self.kept {
            return Ok(());
        }
        std::fs::remove_dir_all(&self.path).with_context(|| format!("Failed to remove {}", self.path.display()))
    }
}

#[cfg(test)]
mod tests {
    use clap::{Args as _, Command, FromArgMatches as _};

    use super::*;

    fn samples() -> Vec<Wire> {
        vec![
            Wire::new("harbour-post", "harbour", wire::tests::RSS.as_bytes()),
            Wire::new("hill-gazette", "hill", wire::tests::RSS.as_bytes()),
        ]
    }

    #[test]
    fn arguments_have_defaults() {
        let parse = |line: &str| {
            let matches = Args::augment_args(Command::new("demo")).try_get_matches_from(line.split(' '))?;
            Args::from_arg_matches(&matches)
        };
        let args = parse("demo").expect("defaults");
        assert_eq!((args.duration, args.listen.port(), args.keep), (Duration::from_secs(120), 8080, None));
        let args = parse("demo --duration 90s --listen [::1]:1 --keep x").expect("arguments");
        assert_eq!((args.duration, args.listen.port(), args.keep), (Duration::from_secs(90), 1, Some("x".into())));
        assert!(parse("demo --duration soon").is_err());
    }

    #[tokio::test]
    async fn the_wires_are_there_from_the_start_and_end_when_told() {
        let outside = outside(samples(), Duration::ZERO).await.expect("a server");
        assert!(outside.address.ip().is_loopback());
        let stream = tokio::net::TcpStream::connect(outside.address).await.expect("it listens");
        drop(stream);
        outside.stop().await.expect("served well");
    }

    #[test]
    fn a_folder_of_its_own_goes_with_the_demo_and_a_kept_one_stays() {
        let own = Folder::new(None).expect("a folder");
        let path = own.path.clone();
        assert!(path.is_dir() && Folder::new(None).is_err(), "what is there already is somebody else's");
        own.leave().expect("removed");
        assert!(!path.exists());

        let parent = tempfile::tempdir().expect("a folder");
        let kept = parent.path().join("a/b");
        for _ in 0..2 {
            Folder::new(Some(&kept)).expect("a folder").leave().expect("kept");
        }
        assert!(kept.is_dir());
    }
}

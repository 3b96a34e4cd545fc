//! `wiredesk run`: the daemon, or one cycle for cron and systemd timers.
#![expect(clippy::disallowed_methods, reason = "the shell owns the clock")]

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use chrono::Utc;
use listenfd::ListenFd;
use tokio::runtime::Runtime;

use super::load::{self, load};
use super::memory;
use super::progress::Watch;
use crate::config::{Config, HubChoice};
use crate::desk::{self, Announced, Cycle, Desk, Summary};
use crate::fetch;
use crate::model::Diagnosis;
use crate::serve::{Certificate, Entrance};

/// Files that may be open at once: the connections that the server takes, and what else the desk works with.
const OPEN_FILES: u64 = 20_000;

/// What is still being written when the daemon ends may take so long.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// An outside hub gets so long to hear of everything that one cycle changed.
const HUB_PATIENCE: Duration = Duration::from_secs(10);

/// Arguments of `wiredesk run`.
#[derive(Debug, Default, clap::Args)]
pub(super) struct Args {
    /// Do one cycle and end, without serving: for cron and systemd timers.
    #[arg(long)]
    once: bool,
    /// Ask every source now, whatever its next check.
    #[arg(long, requires = "once")]
    force: bool,
    /// Print the summary as JSON.
    #[arg(long, requires = "once")]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// When the configuration is unusable, the store cannot be opened, the port is taken, or the site cannot be published.
pub(super) fn run(path: &Path, args: &Args) -> anyhow::Result<ExitCode> {
    memory::use_small_pages();
    let config = load(path)?;
    load::secrets(&config, path)?;
    raise_open_files();
    for warning in config.sources.iter().flat_map(fetch::credential_warnings) {
        tracing::warn!("{warning}");
    }
    if args.once {
        let config = without_own_hub(config);
        let runtime = runtime()?;
        let code = runtime.block_on(once(config, args));
        runtime.shutdown_timeout(LAST_WORDS);
        return code;
    }
    let (config, entrance) = entrance(config)?;
    let runtime = runtime()?;
    let code = runtime.block_on(daemon(path, config, entrance));
    runtime.shutdown_timeout(LAST_WORDS);
    code
}

/// The threads that everything asynchronous runs on.
pub(super) fn runtime() -> anyhow::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("Failed to start the runtime")
}

/// Takes the address to serve on.
///
/// # Errors
/// When it is taken or not ours.
fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).map_err(|error| {
        let advice = match error.kind() {
            ErrorKind::AddrInUse => "another program has it; stop that one, or set `listen` under [server]",
            ErrorKind::PermissionDenied => "ports below 1024 need a privilege; set `listen` under [server]",
            _ => "set `listen` under [server] to an address of this machine, or to \"off\"",
        };
        anyhow::anyhow!("cannot listen on {address}: {error}: {advice}")
    })
}

/// Where to serve: the socket that was handed over, else the address that the configuration names. To be called while
/// there is one thread, since it clears the environment of what it has taken from there.
///
/// # Errors
/// When there is no such place, or TLS cannot be spoken with the configured files.
fn entrance(mut config: Config) -> anyhow::Result<(Config, Option<Entrance>)> {
    let certificate = config.server.tls.clone().map(Certificate::load).transpose()?;
    let (config, listener) = match handed()? {
        Some(listener) => {
            config.server.listen =
                Some(listener.local_addr().context("The socket that was handed over has no address")?);
            (config, Some(listener))
        }
        None => take_address(config)?,
    };
    Ok((config, listener.map(|listener| Entrance { listener, certificate })))
}

/// The socket that the service manager has opened for us, if it has (sd_listen_fds(3)).
///
/// # Errors
/// When it is no TCP socket that listens, or not the only one.
fn handed() -> anyhow::Result<Option<TcpListener>> {
    let mut sockets = ListenFd::from_env();
    match sockets.len() {
        0 => Ok(None),
        1 => {
            let listener = sockets.take_tcp_listener(0);
            listener
                .context("The socket that systemd handed over is no TCP socket: see ListenStream= in the .socket unit")
        }
        several => bail!(
            "systemd handed over {several} sockets, but one is served: keep one ListenStream= in the .socket unit"
        ),
    }
}

/// Takes the address that a configuration names. Port 0 is any free one: a site address that was derived from it
/// follows.
///
/// # Errors
/// When it is taken or not ours.
pub(super) fn take_address(mut config: Config) -> anyhow::Result<(Config, Option<TcpListener>)> {
    let listener = config.server.listen.map(listen).transpose()?;
    if let Some(listener) = &listener
        && config.site.url.port() == Some(0)
    {
        // Cannot fail: the URL is http and has a host.
        let _ = config.site.url.set_port(Some(listener.local_addr()?.port()));
    }
    Ok((config, listener))
}

/// Where nobody serves, nobody can subscribe: the feeds name no hub of ours.
fn without_own_hub(mut config: Config) -> Config {
    if matches!(desk::announced(&config), Announced::Own(_)) {
        config.server.websub = HubChoice::Off;
    }
    config
}

async fn once(config: Config, args: &Args) -> anyhow::Result<ExitCode> {
    let served = config.publish.is_some() || config.bucket.is_some();
    let desk = tokio::task::spawn_blocking(|| desk::open(config)).await.context("Opening the desk broke off")??;
    let now = Utc::now();
    let watch = Watch::start(desk.progress().clone());
    let Cycle { mut summary, .. } = desk.cycle(now, args.force).await?;
    drop(watch);
    summary.files_changed = desk.publish().await?;
    summary.objects_changed = desk.put_into_bucket().await?;
    desk.tell_outside_hub(HUB_PATIENCE).await?;
    summary.subscribe = desk.addresses();
    if args.json {
        println!("{}", serde_json::to_string(&summary)?);
    } else {
        print!("{summary}");
        if summary.asked == 0
            && let Some(next) = desk.next_due().await?
        {
            let wait = (next - now).to_std().unwrap_or_default();
            let wait = humantime::format_duration(Duration::from_secs(wait.as_secs()));
            println!("  nothing was due; the next source is, in {wait} (--force asks all of them now)");
        }
        if !served {
            println!("  the editions are in the store; set `dir` or `bucket` under [publish] to have them as files");
        }
    }
    Ok(if summary.is_total_failure() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn daemon(path: &Path, config: Config, entrance: Option<Entrance>) -> anyhow::Result<ExitCode> {
    println!("wiredesk {} · {}", env!("CARGO_PKG_VERSION"), path.display());
    // Before anything else, so that a signal during a long start ends it too.
    let stop = stop_signal()?;
    let desk = tokio::task::spawn_blocking(|| desk::open(config)).await.context("Opening the desk broke off")??;
    let mut first = Some(Watch::start(desk.progress().clone()));
    let serving = entrance.is_some();
    // Tells systemd that the service is up: a first cycle over many sources may take longer than systemd waits.
    // Without systemd it does nothing.
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
    desk::serve_until(&desk, entrance, stop, |cycle| {
        if let Some(watch) = first.take() {
            drop(watch);
            print!("{}", cycle.summary);
            invite(&desk, serving);
        } else {
            later(cycle);
        }
    })
    .await?;
    println!("  stopped  everything is in the store");
    Ok(ExitCode::SUCCESS)
}

/// Every connection is an open file, to readers and to sources, and many systems allow a program 1,024 of them unless it
/// asks for more.
fn raise_open_files() {
    match rlimit::increase_nofile_limit(OPEN_FILES) {
        Ok(limit) if limit < OPEN_FILES => {
            tracing::debug!(limit, "this process may have {limit} files open, and no more connections than that");
        }
        Ok(_) => {}
        Err(error) => tracing::warn!(%error, "the limit of open files cannot be raised: {error}"),
    }
}

fn invite(desk: &Desk, serving: bool) {
    let site = &desk.config().site.url;
    if serving {
        println!("  serving  {site}");
        for address in desk.addresses() {
            println!("  subscribe to  {address}");
        }
    }
    if let Some(dir) = &desk.config().publish {
        println!("  writing  {}", dir.display());
    }
    if let Some(bucket) = &desk.config().bucket {
        println!("  putting  {bucket}");
    }
    println!("  Ctrl-C stops; sources are asked again on schedule");
}

/// One line for a cycle that brought something, and one for each source that begins to fail.
fn later(cycle: &Cycle) {
    let summary = &cycle.summary;
    let time = Utc::now().format("%H:%M");
    if summary.entries_new + summary.entries_revised > 0 {
        let Summary { entries_new, entries_revised, merged, .. } = summary;
        println!("  {time}    {entries_new} new, {entries_revised} revised, {merged} merged");
    }
    if summary.refiled > 0 {
        println!("  {time}    {} moved by rulings", summary.refiled);
    }
    for moved in &summary.moved {
        println!("  {time}    {} is asked at {} from now on; make that its `url`", moved.source, moved.to);
    }
    // A source that is asked every half minute would say the same every half minute.
    for failure in summary.failed.iter().filter(|failure| failure.failures <= 1 || failure.diagnosis == Diagnosis::Gone)
    {
        println!("  {time}    {} failed: {}", failure.source, failure.error);
    }
}

/// Ends at the first SIGTERM or SIGINT.
///
/// # Errors
/// When the signals cannot be listened for.
pub(super) fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).context("Failed to listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("Failed to listen for SIGINT")?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => (),
            _ = interrupt.recv() => (),
        }
    })
}

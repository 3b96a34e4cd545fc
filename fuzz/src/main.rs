//! `cargo run --profile fuzz -p wiredesk-fuzz -- --count 1000000`: reads mutated feeds, and tells what goes wrong.
#![expect(clippy::disallowed_methods, reason = "a tool outside the floors: it has a clock and files")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use clap::Parser;
use wiredesk_fuzz::runner::{self, Fault, Plan, Watch};
use wiredesk_fuzz::seeds::{FOLDER, Seeds};
use wiredesk_fuzz::target::{Case, Target};

/// A case that runs longer will not end.
const HANGS: Duration = Duration::from_secs(120);
/// How often the progress is told.
const TELL: Duration = Duration::from_secs(30);

/// Reads mutated feeds, and tells what goes wrong. Exit code 1 when anything did.
#[derive(Debug, Parser)]
struct Args {
    /// How many mutations to read.
    #[arg(long, default_value_t = 1_000_000)]
    count: u64,
    /// The number of the first one.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// What the mutations are made from, together with their numbers.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Threads.
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// What is exercised.
    #[arg(long, value_enum, default_value = "all")]
    target: Target,
    /// Only the mutation of this number; it is kept, whatever comes of it.
    #[arg(long)]
    only: Option<u64>,
    /// Where documents are kept that make trouble.
    #[arg(long, default_value = "target/fuzz-faults")]
    keep: PathBuf,
}

fn main() -> std::io::Result<ExitCode> {
    let args = Args::parse();
    let seeds = match std::env::var_os(FOLDER) {
        Some(folder) => Seeds::with_folder(Path::new(&folder))?,
        None => Seeds::own(),
    };
    let numbers = match args.only {
        Some(number) => number..number + 1,
        None => args.from..args.from.saturating_add(args.count),
    };
    if let Some(number) = args.only {
        let document = Case::new(args.target, &seeds, args.seed, number).document;
        keep(&args, number, "-whole", &document, "as it is read")?;
    }
    let count = numbers.end - numbers.start;
    let threads = args.threads.max(1);
    let plan = Plan { target: args.target, numbers, seed: args.seed, threads, slow: Duration::from_secs(1) };
    let watch = runner::watch(threads);
    let start = Instant::now();
    let faults = std::thread::scope(|scope| {
        let running = scope.spawn(|| runner::run(&plan, &seeds, &watch));
        let mut told = Instant::now();
        while !running.is_finished() {
            std::thread::sleep(Duration::from_millis(100));
            if let Some(number) = hanging(&watch) {
                let document = Case::new(args.target, &seeds, args.seed, number).document;
                let fault = Fault { number, document, message: format!("does not end within {HANGS:?}") };
                let _ = tell(&args, &[fault]);
                std::process::exit(1);
            }
            if told.elapsed() >= TELL {
                told = Instant::now();
                eprintln!("{:>6.0} s: at number {}", start.elapsed().as_secs_f64(), at(&watch));
            }
        }
        running.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    });
    tell(&args, &faults)?;
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{count} mutations of {target:?}, seed {seed}: {found} kinds of faults, {seconds:.1} s on {threads} threads, {speed:.0} a second and thread",
        target = args.target,
        seed = args.seed,
        found = faults.len(),
        speed = count as f64 / seconds / threads as f64,
    );
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Prints faults and keeps their documents.
fn tell(args: &Args, faults: &[Fault]) -> std::io::Result<()> {
    for fault in faults {
        keep(args, fault.number, "", &fault.document, &fault.message)?;
    }
    Ok(())
}

fn keep(args: &Args, number: u64, ending: &str, document: &[u8], what: &str) -> std::io::Result<()> {
    std::fs::create_dir_all(&args.keep)?;
    let file = args.keep.join(format!("{:?}-{}-{number}{ending}", args.target, args.seed).to_lowercase());
    std::fs::write(&file, document)?;
    let what = &what[..what.floor_char_boundary(400)];
    println!("number {number}, {} bytes in {}: {what}", document.len(), file.display());
    Ok(())
}

/// The number of a case that has been running for too long.
fn hanging(watch: &Watch) -> Option<u64> {
    let running = watch.iter().filter_map(|place| *place.lock().unwrap_or_else(PoisonError::into_inner));
    running.into_iter().find(|(_, start)| start.elapsed() > HANGS).map(|(number, _)| number)
}

/// The lowest number at work.
fn at(watch: &Watch) -> u64 {
    let running = watch.iter().filter_map(|place| *place.lock().unwrap_or_else(PoisonError::into_inner));
    running.map(|(number, _)| number).min().unwrap_or_default()
}

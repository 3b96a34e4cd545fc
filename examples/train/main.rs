//! Learns how probable it is that two reports are of one event: labelled entries in, the constants of `src/cluster` out.
//!
//! ```text
//! cargo run --release --example train -- events dev.jsonl=1 series.jsonl=0.3 …      rows of src/cluster/weights.rs
//! cargo run --release --example train -- validate dev.jsonl=1 series.jsonl=0.3 …    how well such weights do
//! cargo run --release --example train -- foreign multilingual.jsonl=1 dev.jsonl=1:split …
//!                                                                        rows of src/cluster/foreign/weights.rs
//! cargo run --release --example train -- commonness FILE…         src/cluster/foreign/commonness.txt
//! ```
//!
//! A file is given with what its sets count for in learning, against those of other files.
#![allow(clippy::print_stdout, reason = "what is learned is printed")]

mod events;
mod fit;
mod foreign;
mod labelled;
mod validate;

use anyhow::{Context, bail};
use labelled::{Labelled, read};

/// A file of labelled entries, and what its sets count for.
struct Source {
    entries: Vec<Labelled>,
    factor: f64,
    /// Whether entries in one language stand for such in several.
    split: bool,
}

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((task, files)) = arguments.split_first().filter(|(_, files)| !files.is_empty()) else {
        bail!("Say what to do (events, validate, foreign or commonness), and name files of labelled entries");
    };
    let sources = files.iter().map(|file| source(file)).collect::<anyhow::Result<Vec<_>>>()?;
    match task.as_str() {
        "events" => events::run(&sources),
        "validate" => validate::run(&sources),
        "foreign" => foreign::run(&sources),
        "commonness" => foreign::commonness(&sources),
        other => bail!("`{other}` is none of events, validate, foreign and commonness"),
    }
    Ok(())
}

fn source(argument: &str) -> anyhow::Result<Source> {
    let (path, factor) = argument.rsplit_once('=').unwrap_or((argument, "1"));
    let (factor, split) = factor.strip_suffix(":split").map_or((factor, false), |factor| (factor, true));
    let factor = factor.parse().with_context(|| format!("`{factor}` is no number"))?;
    let entries = read(path).with_context(|| format!("Failed to read {path}"))?;
    Ok(Source { entries, factor, split })
}

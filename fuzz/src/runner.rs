//! Runs cases on several threads, catches what goes wrong, and makes it small.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::seeds::Seeds;
use crate::target::{Case, Target};

/// Numbers that a thread takes at once.
const BLOCK: u64 = 256;
/// Distinct faults beyond which no more are kept.
const MOST_FAULTS: usize = 50;
/// Attempts at making one document smaller.
const SHRINKS: usize = 4_000;

/// What to run.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What is exercised.
    pub target: Target,
    /// The numbers of the mutations.
    pub numbers: Range<u64>,
    /// With the number it decides a mutation.
    pub seed: u64,
    /// Threads.
    pub threads: usize,
    /// Time that one case may take; a longer one is a fault.
    pub slow: Duration,
}

/// Something that went wrong.
#[derive(Debug, Clone)]
pub struct Fault {
    /// The number of the mutation.
    pub number: u64,
    /// The document, as small as it could be made.
    pub document: Vec<u8>,
    /// What went wrong.
    pub message: String,
}

/// What is running, for the one who watches: number and start of each thread's case.
pub type Watch = Vec<Mutex<Option<(u64, Instant)>>>;

thread_local! {
    static PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Keeps the words of a panic instead of printing them.
fn keep_panic(info: &PanicHookInfo<'_>) {
    PANIC.set(info.to_string().replace('\n', " "));
}

/// Runs a plan; gives one fault of each kind, the one with the smallest document. `watch` has a place for each thread.
pub fn run(plan: &Plan, seeds: &Seeds, watch: &Watch) -> Vec<Fault> {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(keep_panic));
    let next = AtomicU64::new(plan.numbers.start);
    let faults = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for place in watch.iter().take(plan.threads.max(1)) {
            scope.spawn(|| work(plan, seeds, place, &next, &faults));
        }
    });
    std::panic::set_hook(hook);
    faults.into_inner().unwrap_or_else(PoisonError::into_inner).into_values().collect()
}

fn work(
    plan: &Plan,
    seeds: &Seeds,
    place: &Mutex<Option<(u64, Instant)>>,
    next: &AtomicU64,
    faults: &Mutex<BTreeMap<String, Fault>>,
) {
    let tell = |now| *place.lock().unwrap_or_else(PoisonError::into_inner) = now;
    loop {
        let from = next.fetch_add(BLOCK, Ordering::Relaxed);
        if from >= plan.numbers.end {
            return tell(None);
        }
        for number in from..plan.numbers.end.min(from + BLOCK) {
            tell(Some((number, Instant::now())));
            let case = Case::new(plan.target, seeds, plan.seed, number);
            if let Err(message) = attempt(&case, plan.slow) {
                note(number, case, message, plan.slow, faults);
            }
        }
    }
}

/// Runs one case; a panic and a dawdling are faults too.
fn attempt(case: &Case, slow: Duration) -> Result<(), String> {
    let mut took = Duration::MAX;
    // A machine that is busy elsewhere is no fault: the best of three counts.
    for _ in 0..3 {
        let start = Instant::now();
        match catch_unwind(AssertUnwindSafe(|| case.check())) {
            Ok(checked) => checked?,
            Err(_) => return Err(PANIC.take()),
        }
        took = took.min(start.elapsed());
        if took <= slow {
            return Ok(());
        }
    }
    Err(format!("too slow: {took:.1?} for {} bytes", case.document.len()))
}

/// What faults of one kind have in common: the place of a panic, the words before the colon.
fn kind(message: &str) -> String {
    match message.strip_prefix("panicked at ") {
        Some(place) => place.split(' ').next().unwrap_or(place).to_owned(),
        None => message.split(':').next().unwrap_or(message).to_owned(),
    }
}

fn note(number: u64, case: Case, message: String, slow: Duration, faults: &Mutex<BTreeMap<String, Fault>>) {
    let kind = kind(&message);
    {
        let faults = faults.lock().unwrap_or_else(PoisonError::into_inner);
        let known = faults.get(&kind);
        if known.is_some_and(|known| known.document.len() <= 40 || known.document.len() < case.document.len() / 8)
            || known.is_none() && faults.len() >= MOST_FAULTS
        {
            return;
        }
    }
    let (document, message) = shrunk(case, message, &kind, slow);
    let mut faults = faults.lock().unwrap_or_else(PoisonError::into_inner);
    if faults.get(&kind).is_none_or(|known| document.len() < known.document.len()) {
        faults.insert(kind, Fault { number, document, message });
    }
}

/// Takes away from a document what the fault does not need.
fn shrunk(mut case: Case, mut message: String, wanted: &str, slow: Duration) -> (Vec<u8>, String) {
    let mut attempts = if wanted == "too slow" { 40 } else { SHRINKS };
    let mut size = case.document.len().div_ceil(2);
    while size > 0 && attempts > 0 {
        let (mut at, mut smaller) = (0, false);
        while at < case.document.len() && attempts > 0 {
            attempts -= 1;
            let mut less = case.clone();
            less.document.drain(at..(at + size).min(case.document.len()));
            match attempt(&less, slow) {
                Err(same) if kind(&same) == wanted => (case, message, smaller) = (less, same, true),
                _ => at += size,
            }
        }
        if !smaller || size > 1 {
            size /= 2;
        }
    }
    (case.document, message)
}

/// Places for `threads` threads to be watched.
pub fn watch(threads: usize) -> Watch {
    (0..threads.max(1)).map(|_| Mutex::new(None)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_of_one_kind_are_one() {
        assert_eq!(kind("panicked at src/parse/date.rs:7:9: no 7"), kind("panicked at src/parse/date.rs:7:9: no 9"));
        assert_ne!(kind("panicked at src/parse/date.rs:7:9: no"), kind("panicked at src/parse/date.rs:8:9: no"));
        assert_eq!(kind("unsafe HTML: <x>"), "unsafe HTML");
    }

    #[test]
    fn a_slow_case_is_told_and_made_small() {
        let seeds = Seeds::own();
        let numbers = 0..40;
        let plan = Plan { target: Target::Parse, numbers, seed: 1, threads: 2, slow: Duration::ZERO };
        let faults = run(&plan, &seeds, &watch(2));
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].message.starts_with("too slow: ") && faults[0].document.len() < 100, "{faults:?}");
        assert_eq!(run(&Plan { slow: Duration::from_secs(60), ..plan }, &seeds, &watch(2)).len(), 0);
    }
}

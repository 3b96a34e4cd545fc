//! A short run of every kind of case, and what it says of the reader's document.

use std::collections::BTreeSet;
use std::time::Duration;

use wiredesk::parse::{Hints, parse};
use wiredesk_fuzz::random::Random;
use wiredesk_fuzz::runner::{Plan, run, watch};
use wiredesk_fuzz::seeds::Seeds;
use wiredesk_fuzz::{mutate, target::Target};

#[test]
fn twenty_thousand_mutations_are_read_without_a_fault() {
    let seeds = Seeds::own();
    let plan = Plan { target: Target::All, numbers: 0..20_000, seed: 1, threads: 2, slow: Duration::from_secs(10) };
    let faults: Vec<String> = run(&plan, &seeds, &watch(plan.threads))
        .into_iter()
        .map(|fault| {
            format!("number {}: {}: {:?}", fault.number, fault.message, String::from_utf8_lossy(&fault.document))
        })
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_flaw_that_comes_up_is_explained() {
    let document = include_str!("../../docs/READING.md");
    let seeds = Seeds::own();
    let mut kinds = BTreeSet::new();
    for number in 0..6_000 {
        let pool = if number % 4 == 0 { &seeds.json } else { &seeds.documents };
        if let Ok(parsed) = parse(&mutate::mutated(pool, &mut Random::new(9, number)), &Hints::default()) {
            kinds.extend(parsed.flaws.iter().map(|flaw| flaw.kind));
        }
    }
    assert!(kinds.len() > 25, "{kinds:?}");
    let missing: Vec<_> = kinds.iter().filter(|kind| !document.contains(&format!("\n| `{kind}` |"))).collect();
    assert!(missing.is_empty(), "docs/READING.md does not explain {missing:?}");
}

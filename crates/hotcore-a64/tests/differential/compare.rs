//! Runs cases on both CPUs, and narrows down where they differ.

use std::collections::BTreeMap;

use hotcore_a64::decode::decode;

use crate::case::{Case, Outcome, Stop};
use crate::difference::Difference;
use crate::oracle::Oracle;
use crate::ours::Ours;

/// Cases to a process of the oracle: some ten megabytes each way.
const BATCH: usize = 2000;
/// As many differences are narrowed down; there is no point in more.
const NARROWED: usize = 300;
/// As many instructions are shown.
const SHOWN: usize = 40;

/// Runs `count` cases of `next`, and panics with what is different.
pub(crate) fn compare(oracle: &Oracle, count: usize, mut next: impl FnMut() -> Case) {
    let mut ours = Ours::new();
    let mut different = Vec::new();
    let mut left = count;
    while left > 0 && different.len() < NARROWED {
        let cases: Vec<Case> = (0..left.min(BATCH)).map(|_| next()).collect();
        left -= cases.len();
        for (case, expected) in cases.iter().zip(oracle.run(&cases)) {
            if !agree(&expected, &ours.run(case)) {
                different.push(case.clone());
            }
        }
    }
    if different.is_empty() {
        return;
    }
    different.truncate(NARROWED);
    let narrowed = narrow(oracle, &mut ours, &different);
    panic!("{}", report(oracle, &mut ours, &narrowed));
}

/// Whether both CPUs came to the same end.
fn agree(expected: &Outcome, actual: &Outcome) -> bool {
    match (expected.stop, actual.stop) {
        (Stop::Unmapped(there), Stop::Unmapped(here)) => {
            page(there) == page(here) && unless_partial(expected) == unless_partial(actual)
        }
        _ => expected == actual,
    }
}

/// The page of an address, without its tag.
fn page(address: u64) -> u64 {
    address << 8 >> 8 & !0xfff
}

/// What is left to compare where an access faulted, some parts of which may have been done.
fn unless_partial(outcome: &Outcome) -> impl PartialEq {
    (outcome.pc, outcome.state.x, outcome.state.sp, outcome.state.nzcv)
}

/// For each case the first of its instructions that differs, on the state that it found; or, where
/// it does not differ by itself, the case up to it.
fn narrow(oracle: &Oracle, ours: &mut Ours, different: &[Case]) -> Vec<Case> {
    let prefixes = |case: &Case| {
        let (words, state) = (case.words.clone(), case.state.clone());
        (0..=words.len())
            .map(move |end| Case { words: words[..end].to_vec(), state: state.clone() })
    };
    let all: Vec<Case> = different.iter().flat_map(prefixes).collect();
    let mut expected = oracle.run(&all).into_iter();
    let mut narrowed = Vec::new();
    for case in different {
        let ends: Vec<_> = expected.by_ref().take(case.words.len() + 1).collect();
        let differs = |(prefix, end): (Case, &Outcome)| !agree(end, &ours.run(&prefix));
        let Some(first) = prefixes(case).zip(&ends).position(differs) else { continue };
        let state = ends[first.saturating_sub(1)].state.clone();
        let words = case.words[first.saturating_sub(1)..first].to_vec();
        narrowed.push(Case { words, state });
        narrowed.push(Case { words: case.words[..first].to_vec(), state: case.state.clone() });
    }
    let expected = oracle.run(&narrowed);
    let pairs = narrowed.chunks(2).zip(expected.chunks(2));
    let choose = |(cases, ends): (&[Case], &[Outcome])| {
        let alone = !agree(&ends[0], &ours.run(&cases[0]));
        cases[usize::from(!alone)].clone()
    };
    pairs.map(choose).collect()
}

/// One difference of each instruction, and how often there were some.
fn report(oracle: &Oracle, ours: &mut Ours, cases: &[Case]) -> String {
    let mut kinds: BTreeMap<String, Vec<&Case>> = BTreeMap::new();
    for case in cases {
        let op = case.words.last().copied().and_then(decode);
        kinds.entry(format!("{op:?}")).or_default().push(case);
    }
    let first: Vec<Case> = kinds.values().take(SHOWN).map(|cases| cases[0].clone()).collect();
    let expected = oracle.run(&first);
    let mut text = String::from("the CPUs differ\n");
    for (case, expected) in first.iter().zip(&expected) {
        let actual = &ours.run(case);
        text += &Difference { case, expected, actual }.to_string();
        text.push('\n');
    }
    let counts = kinds.iter().map(|(op, cases)| format!("{:5} {op}", cases.len()));
    text + &counts.collect::<Vec<_>>().join("\n")
}

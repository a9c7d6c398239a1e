//! A search that finds nothing proves nothing: each rule, broken, is found.

use hotcore_halves::{Firmware, Limits, Mutant, Scenario, search};

use crate::say;

/// Those of the exhaustive search, a CPU that is slow, and one that is not enabled.
const LIMITS: Limits =
    Limits { requests: 2, resets: 1, refusals: 1, delays: 1, pokes: 1, ..Limits::NONE };

fn scenario(mutant: Mutant) -> Scenario {
    let firmware = if mutant.is_about_mailboxes() { Firmware::Mailboxes } else { Firmware::Psci };
    Scenario { firmware, limits: LIMITS, mutant: Some(mutant) }
}

#[test]
fn every_mutant_is_found() {
    let mut missed = Vec::new();
    for mutant in Mutant::ALL {
        match search::exhaustive(&scenario(mutant)) {
            Err(found) => {
                let steps = found.steps.len();
                say(&format!("{mutant:?}: after {steps} steps, {}", found.violation));
            }
            Ok(_) => missed.push(mutant),
        }
    }
    assert!(missed.is_empty(), "nobody notices {missed:?}");
}

#[test]
fn random_walks_find_most_mutants() {
    let found = |mutant: &&Mutant| search::random(&scenario(**mutant), 3, 100_000).is_err();
    let missed: Vec<&Mutant> = Mutant::ALL.iter().filter(|mutant| !found(mutant)).collect();
    say(&format!("random walks miss {missed:?}"));
    assert!(4 * missed.len() < Mutant::ALL.len(), "random walks miss {missed:?}");
}

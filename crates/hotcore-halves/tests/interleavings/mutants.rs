//! A search that finds nothing proves nothing: each rule, broken, is found, by what has to come of it.

use hotcore_halves::{Firmware, Limits, Mutant, Scenario, search};

use crate::say;

/// Those of the exhaustive search, a CPU that is slow, and one that may not start.
const LIMITS: Limits =
    Limits { requests: 2, resets: 1, refusals: 1, delays: 1, pokes: 1, ..Limits::NONE };

/// Those without hotplug: a CPU that goes offline instead, and a second OS.
const TREE: Limits = Limits { requests: 0, offlines: 1, kexecs: 1, ..LIMITS };

/// Every mutant on each of its machines.
fn scenarios() -> impl Iterator<Item = (Mutant, Scenario)> {
    Mutant::ALL.into_iter().flat_map(|mutant| {
        mutant.machines().iter().map(move |&firmware| {
            let limits = match firmware {
                Firmware::Psci | Firmware::Parking => LIMITS,
                Firmware::SpinTable => TREE,
                // The OS itself tries the CPU that may not start: nobody else is to be found out.
                Firmware::DenyingSpinTable => Limits { pokes: 0, ..TREE },
            };
            (mutant, Scenario { firmware, limits, mutant: Some(mutant) })
        })
    })
}

#[test]
fn every_mutant_is_found() {
    let (mut missed, mut strange) = (Vec::new(), Vec::new());
    for (mutant, scenario) in scenarios() {
        let firmware = scenario.firmware;
        match search::exhaustive(&scenario) {
            Err(found) => {
                let steps = found.steps.len();
                say(&format!("{mutant:?}, {firmware:?}: after {steps} steps, {}", found.violation));
                if !mutant.shows(&found.violation) {
                    strange.push((mutant, firmware, found.violation));
                }
            }
            Ok(_) => missed.push((mutant, firmware)),
        }
    }
    assert!(missed.is_empty(), "nobody notices {missed:?}");
    assert!(strange.is_empty(), "not what comes of these: {strange:?}");
}

#[test]
fn random_walks_find_most_mutants() {
    let (mut missed, mut strange) = (Vec::new(), Vec::new());
    for (mutant, scenario) in scenarios() {
        match search::random(&scenario, 3, 100_000) {
            Err(found) if mutant.shows(&found.violation) => {}
            Err(found) => strange.push((mutant, scenario.firmware, found.violation)),
            Ok(_) => missed.push((mutant, scenario.firmware)),
        }
    }
    say(&format!("random walks miss {missed:?}"));
    assert!(strange.is_empty(), "not what comes of these: {strange:?}");
    assert!(4 * missed.len() < scenarios().count(), "random walks miss {missed:?}");
}

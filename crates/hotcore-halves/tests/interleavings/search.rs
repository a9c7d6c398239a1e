//! Searches that find nothing wrong.

use std::time::Instant;

use hotcore_halves::search::{self, Counterexample, Seen};
use hotcore_halves::{Firmware, Limits, Scenario};

use crate::say;

/// Steps of each of the eight random walks, unless they are told otherwise: ten million together.
const STEPS: u64 = 1_250_000;

/// Two requests of the host, a reset and a refusal of the guest.
const ISSUE: Limits = Limits { requests: 2, resets: 1, refusals: 1, ..Limits::NONE };

/// What a machine without hotplug has instead: CPUs that go offline and come back, three times.
const TREE: Limits = Limits { offlines: 3, resets: 1, refusals: 1, ..Limits::NONE };

fn judge(
    name: &str,
    machines: &[Firmware],
    limits: Limits,
    search: impl Fn(&Scenario) -> Result<Seen, Box<Counterexample>>,
) {
    for &firmware in machines {
        let begin = Instant::now();
        match search(&Scenario { firmware, limits, mutant: None }) {
            Ok(seen) => say(&format!("{name}, {firmware:?}: {seen} ({:.1?})", begin.elapsed())),
            Err(found) => panic!("{name}, {firmware:?}: {found}"),
        }
    }
}

fn exhaustive(name: &str, limits: Limits) {
    judge(name, &[Firmware::Psci, Firmware::Parking], limits, search::exhaustive);
}

fn exhaustive_on_a_tree(name: &str, limits: Limits) {
    judge(name, &[Firmware::SpinTable], limits, search::exhaustive);
}

#[test]
fn every_order_of_two_requests_a_reset_and_a_refusal() {
    exhaustive("two requests, a reset, a refusal", ISSUE);
}

#[test]
fn every_order_with_an_event_that_is_repeated() {
    exhaustive("the same and a repeated event", Limits { repeats: 1, ..ISSUE });
}

#[test]
fn every_order_with_a_guest_that_is_too_slow_for_the_host() {
    exhaustive("the same and an impatient host", Limits { expiries: 1, ..ISSUE });
}

#[test]
fn every_order_with_a_cpu_that_is_too_slow_for_the_guest() {
    exhaustive("the same and an impatient guest", Limits { delays: 1, ..ISSUE });
}

#[test]
fn every_order_with_a_guest_that_ejects_by_itself() {
    exhaustive("the same and an eject of the guest's own", Limits { ejects: 1, ..ISSUE });
}

#[test]
fn every_order_with_a_cpu_that_is_offline_for_a_while() {
    exhaustive("the same and a CPU offline and online", Limits { offlines: 1, ..ISSUE });
}

#[test]
fn every_order_with_a_cpu_that_cannot_be_started() {
    exhaustive("the same and a CPU that does not start", Limits { failures: 1, ..ISSUE });
}

#[test]
fn every_order_with_a_cpu_that_policy_denies() {
    exhaustive("the same and a CPU that is not enabled", Limits { pokes: 1, ..ISSUE });
}

#[test]
fn every_order_with_a_second_os() {
    exhaustive("the same and a second OS", Limits { kexecs: 1, ..ISSUE });
}

#[test]
fn every_order_of_three_requests() {
    exhaustive("three requests", Limits { requests: 3, ..Limits::NONE });
}

#[test]
fn every_order_on_a_tree() {
    exhaustive_on_a_tree("three times offline, a reset, a refusal", TREE);
}

#[test]
fn every_order_on_a_tree_with_a_cpu_that_policy_denies() {
    let limits = Limits { pokes: 1, ..TREE };
    let machines = [Firmware::DenyingSpinTable];
    judge("the same and a CPU that is not enabled", &machines, limits, search::exhaustive);
}

#[test]
fn every_order_on_a_tree_with_a_cpu_that_policy_denies_a_second_os_and_an_impatient_guest() {
    let limits = Limits { offlines: 1, kexecs: 1, delays: 1, pokes: 1, ..TREE };
    let machines = [Firmware::DenyingSpinTable];
    judge("once offline, and all of these", &machines, limits, search::exhaustive);
}

#[test]
fn every_order_on_a_tree_with_a_second_os() {
    exhaustive_on_a_tree("the same and a second OS", Limits { kexecs: 1, ..TREE });
}

#[test]
fn every_order_on_a_tree_with_a_cpu_that_is_too_slow_for_the_guest() {
    exhaustive_on_a_tree("the same and an impatient guest", Limits { delays: 1, ..TREE });
}

#[test]
fn every_order_on_a_tree_with_a_cpu_that_cannot_be_started() {
    exhaustive_on_a_tree("the same and a CPU that does not start", Limits { failures: 1, ..TREE });
}

#[test]
fn every_order_on_a_tree_with_an_address_that_nobody_waits_for() {
    exhaustive_on_a_tree("the same and a stray address", Limits { pokes: 1, ..TREE });
}

#[test]
fn every_order_on_a_tree_with_a_second_os_and_a_cpu_that_is_too_slow_for_the_first() {
    let limits = Limits { offlines: 2, kexecs: 1, delays: 1, ..TREE };
    exhaustive_on_a_tree("twice offline, a second OS and an impatient guest", limits);
}

/// The length of a random walk.
fn steps() -> u64 {
    let told = std::env::var("HOTCORE_RANDOM_STEPS").ok();
    told.map_or(STEPS, |steps| steps.parse().unwrap_or_else(|_| panic!("no number: {steps}")))
}

#[test]
fn random_walks_with_everything() {
    let limits = Limits {
        requests: 8,
        resets: 2,
        refusals: 3,
        repeats: 4,
        expiries: 1,
        delays: 1,
        ejects: 3,
        offlines: 4,
        failures: 1,
        pokes: 3,
        kexecs: 2,
    };
    judge("at random, everything", &Firmware::ALL, limits, |scenario| {
        search::random(scenario, 1, steps())
    });
}

#[test]
fn random_walks_with_nobody_late() {
    let limits = Limits {
        requests: 12,
        resets: 2,
        refusals: 3,
        repeats: 3,
        pokes: 3,
        offlines: 6,
        kexecs: 3,
        ..Limits::NONE
    };
    judge("at random, nobody late", &Firmware::ALL, limits, |scenario| {
        search::random(scenario, 2, steps())
    });
}

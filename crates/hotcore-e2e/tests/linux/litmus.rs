//! The memory model, seen by programs in the guest whose threads run on different CPUs
//! (`guest/litmus`, which says of each test what would make it fail).

use std::collections::BTreeMap;
use std::io::Write;

use hotcore_e2e::{Guest, Kernel, Spec, host_is_emulated};

/// What has to have run: a guest with four CPUs skips nothing.
const EXPECTED: [&str; 34] = [
    "SB",
    "SB+dmb",
    "SB+stlr-ldar",
    "SB+swpal",
    "SB+dmb.st",
    "MP",
    "MP+dmb.st-dmb.ld",
    "MP+stlr-ldar",
    "MP+dmb-ctrl.isb",
    "LB",
    "LB+dmb.ld",
    "LB+ldar",
    "R",
    "R+dmb",
    "2+2W+dmb.st",
    "CoRR",
    "IRIW+dmb.ld",
    "IRIW+ldar",
    "WRC+stlr-ldar",
    "count.ldxr-stxr",
    "count.stadd",
    "count.cas",
    "count.staddb",
    "count.staddh",
    "count.ldxp-stxp",
    "count.casp",
    "count.stxr-str",
    "lock.wfe",
    "lock.ticket",
    "lock.peterson",
    "code.rewrite",
    "code.patch",
    "shootdown.read",
    "shootdown.write",
];

/// Milliseconds for each.
const TIME: u32 = 400;

#[test]
fn no_forbidden_outcome_is_seen_and_no_increment_lost() {
    let mut guest = Guest::boot(&Spec::new(Kernel::Linux6_12, "boot=4,max=4"));
    let told = guest.run(&format!("hotcore-guest-litmus {TIME}")).text;
    let seen: BTreeMap<&str, (u64, u64)> = told.lines().filter_map(result).collect();
    for name in EXPECTED {
        assert!(seen.get(name).is_some_and(|(rounds, _)| *rounds > 0), "{name}:\n{told}");
    }
    let forbidden = |(name, (_, forbidden)): (&&str, &(u64, u64))| {
        *forbidden > 0 && !(host_is_emulated() && QEMUS.contains(name))
    };
    assert!(!seen.iter().any(forbidden), "{told}");
    if host_is_emulated() {
        // Written past libtest, which keeps what a passing test prints with a macro to itself.
        let _ = writeln!(
            std::io::stderr(),
            "litmus skipped in part: {QEMUS:?} are not judged on an emulated host"
        );
    }
    guest.assert_clean();
}

/// What has been seen to fail on the lab's host where it is nested, which makes it QEMU 10.0 on
/// x86_64: guests of KVM execute on that CPU, which is not ours. It lets a load-acquire pass an
/// earlier store-release (`qemu-aarch64` does, too), and calls found code that another CPU had
/// replaced (why was not looked into).
const QEMUS: [&str; 2] = ["SB+stlr-ldar", "code.patch"];

/// `NAME rounds=N forbidden=N` as the name and the numbers.
fn result(line: &str) -> Option<(&str, (u64, u64))> {
    let mut words = line.split_whitespace();
    let name = words.next()?;
    let rounds = words.next()?.strip_prefix("rounds=")?.parse().ok()?;
    let forbidden = words.next()?.strip_prefix("forbidden=")?.parse().ok()?;
    Some((name, (rounds, forbidden)))
}

//! The behaviours, one file a kind.

mod eject;
mod events;
mod faults;
mod hand_back;
mod host;
mod hostile;
mod interrupts;
mod kexec;
mod parking;
mod psci;
mod registers;
mod scale;
mod spin_table;
mod status;
mod tables;

use super::answer::{field, word};
use super::bench::Bench;
use super::verdict::{Family, Trouble, ensure, fail, not_applicable};

/// All of them.
pub(super) const FAMILIES: &[&Family] = &[
    &tables::TABLES,
    &tables::TOPOLOGY,
    &psci::FAMILY,
    &status::FAMILY,
    &host::FAMILY,
    &registers::FAMILY,
    &hostile::FAMILY,
    &events::FAMILY,
    &eject::FAMILY,
    &interrupts::FAMILY,
    &faults::IGNORE_EJECT,
    &faults::VANISHING,
    &faults::REDISTRIBUTORS,
    &faults::SAME_UID,
    &faults::HIDDEN,
    &faults::NESTED,
    &parking::FAMILY,
    &hand_back::FAMILY,
    &spin_table::FAMILY,
    &kexec::PSCI,
    &kexec::PARKING,
    &scale::FAMILY,
    &scale::NUMBERS,
];

/// The machine is described by ACPI.
fn acpi(bench: &mut Bench<'_>) -> Result<(), Trouble> {
    if bench.ask("info")?.word("description")? == "acpi" {
        return Ok(());
    }
    not_applicable("this machine is described by a device tree, which has no CPU hotplug")
}

/// The same, and CPUs come and go.
fn hotplug(bench: &mut Bench<'_>) -> Result<(), Trouble> {
    acpi(bench)?;
    bench.host().map(drop)
}

/// CPUs are started by PSCI.
fn psci(bench: &mut Bench<'_>) -> Result<(), Trouble> {
    if bench.ask("info")?.word("conduit")? != "none" {
        return Ok(());
    }
    not_applicable("this machine has no PSCI")
}

/// CPUs are started by a method of this kind.
fn started_by(bench: &mut Bench<'_>, kind: &str) -> Result<(), Trouble> {
    let cpus = bench.ask("cpus")?;
    let others = cpus.with("method").skip(1);
    let methods: Vec<_> = others.filter_map(|line| word(line, "method")).collect();
    if !methods.is_empty() && methods.iter().all(|method| method.starts_with(kind)) {
        return Ok(());
    }
    not_applicable(format!("this machine does not start CPUs by {kind}"))
}

/// A field of all GICCs.
fn giccs(bench: &mut Bench<'_>, name: &str) -> Result<Vec<u64>, Trouble> {
    let tables = bench.ask("tables")?;
    let lines = tables.with("flags").filter(|line| line.starts_with("gicc "));
    let fields: Option<Vec<u64>> = lines.map(|line| field(line, name)).collect();
    match fields {
        Some(fields) if !fields.is_empty() => Ok(fields),
        _ => fail("there are no GICCs"),
    }
}

/// Only of this VMM: another one's command line does not say how to break it, or how CPUs start.
fn own(bench: &mut Bench<'_>) -> Result<(), Trouble> {
    if bench.is_own() {
        return Ok(());
    }
    not_applicable("another VMM cannot be told to break the contract")
}

/// Has the probe access memory and mailboxes as a big-endian OS does, for the length of `check`.
fn as_big_endian<T>(
    bench: &mut Bench<'_>,
    check: impl FnOnce(&mut Bench<'_>) -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    let code = bench.ask("info")?.number("entry")?;
    let before = bench.read(code, 8)?;
    bench.ask("big-endian on")?;
    // Were the CPU not big-endian, what it reverses would be reversed.
    let same = bench.read(code, 8).and_then(|now| {
        ensure(now == before, || format!("{code:#x} holds {before:#x}, and reads {now:#x}"))
    });
    let seen = same.and_then(|()| check(bench));
    let off = bench.ask("big-endian off");
    // Why the check failed says more than that the probe does not answer any more.
    let seen = seen?;
    off.map(|_| seen)
}

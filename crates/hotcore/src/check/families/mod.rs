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

use super::bench::Bench;
use super::verdict::{Family, Trouble, not_applicable};

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
    let methods: Vec<_> = others.filter_map(|line| super::answer::word(line, "method")).collect();
    if !methods.is_empty() && methods.iter().all(|method| method.starts_with(kind)) {
        return Ok(());
    }
    not_applicable(format!("this machine does not start CPUs by {kind}"))
}

/// Only of this VMM: another one's command line does not say how to break it, or how CPUs start.
fn own(bench: &mut Bench<'_>) -> Result<(), Trouble> {
    if bench.is_own() {
        return Ok(());
    }
    not_applicable("another VMM cannot be told to break the contract")
}

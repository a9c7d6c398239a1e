//! The ledger by example and by property.

mod guest;
mod host;
mod property;

use core::time::Duration;
use std::vec::Vec;

use super::*;

pub(super) const PATIENCE: Patience =
    Patience { answer: Duration::from_secs(10), online: Duration::from_secs(5) };
pub(super) const FIXED: CpuPolicy = CpuPolicy { enabled: true, removable: false };
pub(super) const ABSENT: CpuPolicy = CpuPolicy { enabled: false, removable: true };
pub(super) const REMOVABLE: CpuPolicy = CpuPolicy { enabled: true, removable: true };
pub(super) const ENTRY: VcpuEntry = VcpuEntry { pc: 0x4000_0000, context: 7, big_endian: false };

pub(super) fn cpu(index: u16) -> VcpuIndex {
    VcpuIndex::new(index).unwrap()
}

pub(super) fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// One boot CPU and the given others.
pub(super) fn ledger(others: &[CpuPolicy]) -> Ledger {
    let mut cpus = std::vec![FIXED];
    cpus.extend_from_slice(others);
    Ledger::new(&cpus).unwrap()
}

pub(super) fn drain(ledger: &mut Ledger) -> Vec<Output> {
    core::iter::from_fn(|| ledger.next_output()).collect()
}

/// How the operations ended that ended since the last look.
pub(super) fn outcomes(ledger: &mut Ledger) -> Vec<(OperationId, Outcome)> {
    let ended = drain(ledger).into_iter().filter_map(|output| match output {
        Output::Notice(Notice::Operation(operation)) => {
            operation.outcome.map(|o| (operation.id, o))
        }
        _ => None,
    });
    ended.collect()
}

pub(super) fn flags(ledger: &Ledger, index: u16) -> (bool, bool, bool) {
    let view = ledger.cpu(cpu(index)).unwrap();
    (view.enabled, view.inserting, view.removing)
}

/// The guest's whole part of a hot-add.
pub(super) fn guest_adds(ledger: &mut Ledger, index: u16, now: Duration) {
    ledger.read_flags(cpu(index)).unwrap();
    ledger.take_insert(cpu(index), now);
    ledger.ost(cpu(index), 1, 0, now);
}

pub(super) fn guest_onlines(ledger: &mut Ledger, index: u16, now: Duration) {
    ledger.cpu_on(Mpidr::of(cpu(index)), ENTRY, now).unwrap();
    ledger.vcpu_started(cpu(index), now);
}

/// The guest's part of a hot-remove up to and with `_EJ0`.
pub(super) fn guest_ejects(ledger: &mut Ledger, index: u16, now: Duration) {
    ledger.read_flags(cpu(index)).unwrap();
    ledger.take_remove(cpu(index), now);
    ledger.ost(cpu(index), 3, 0x84, now);
    ledger.cpu_off(cpu(index), now);
    ledger.eject(cpu(index), now);
}

use crate::Mpidr;

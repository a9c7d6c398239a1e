//! `--trace exceptions,instructions,psci,mmio`: which events are traced.

use clap::ValueEnum;
use hotcore_engine::trace::TraceKinds;

/// A kind of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TraceKind {
    /// Exceptions taken and returns from them; --engine soft only
    Exceptions,
    /// Every instruction, disassembled; --engine soft only, and slow
    Instructions,
    /// Calls of the firmware
    Psci,
    /// Accesses to devices
    Mmio,
}

/// The set of `kinds`.
pub(crate) fn kinds(kinds: &[TraceKind]) -> TraceKinds {
    let mut set = TraceKinds::default();
    for kind in kinds {
        match kind {
            TraceKind::Exceptions => set.core.exceptions = true,
            TraceKind::Instructions => set.core.instructions = true,
            TraceKind::Psci => set.psci = true,
            TraceKind::Mmio => set.mmio = true,
        }
    }
    set
}

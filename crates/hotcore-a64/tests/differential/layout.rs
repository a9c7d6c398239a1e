//! Where things lie in the address space of a case, the same under QEMU and on our CPU. What is
//! between the pages is not mapped.

/// The runner's instructions (under QEMU only).
pub(crate) const RUNNER: u64 = 0x4000_0000;
/// The stack of the runner's signal handler (under QEMU only): nowhere that an instruction is likely
/// to leave SP, which the next signal would take for one that is on this stack already.
pub(crate) const STACK: u64 = 0x6935_0000;
/// The instructions of the case, and `BRK` behind them.
pub(crate) const CODE: u64 = 0x4004_0000;
/// As many bytes of them as a case has.
pub(crate) const CODE_SIZE: usize = 4 * 200;
/// The memory that the case may use.
pub(crate) const SCRATCH: u64 = 0x4006_0000;
/// Its size: one page.
pub(crate) const SCRATCH_SIZE: usize = 0x1000;

/// `BRK #0`
pub(crate) const BRK: u32 = 0xd420_0000;

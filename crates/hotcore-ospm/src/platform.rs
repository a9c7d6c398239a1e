//! What the OS half needs of the machine and of the OS that it is part of.

use core::time::Duration;

use crate::{Cpu, Mpidr, Report};

/// How wide an access is. Accesses are naturally aligned and single-copy atomic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Width {
    /// 8 bits.
    Byte,
    /// 16 bits.
    Half,
    /// 32 bits.
    Word,
    /// 64 bits.
    Double,
}

impl Width {
    /// The width in bytes.
    pub const fn bytes(self) -> u64 {
        match self {
            Self::Byte => 1,
            Self::Half => 2,
            Self::Word => 4,
            Self::Double => 8,
        }
    }
}

/// An access that the platform refuses, or cannot carry out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("no access to {address:#x}")]
pub struct Fault {
    /// The physical address.
    pub address: u64,
}

/// Physical addresses as the CPU reaches them: registers, mailboxes, memory of the firmware. Values are
/// little-endian in memory whatever the OS's own endianness.
///
/// Others observe accesses in the order in which they were made: registers and mailboxes are mapped as
/// Device memory, or the platform adds barriers.
///
/// A platform may end any access with a [`Fault`]; whoever asked gives up what it was doing.
pub trait Bus {
    /// Reads.
    fn read(&mut self, address: u64, width: Width) -> Result<u64, Fault>;
    /// Writes; bits of `value` above `width` are zero.
    fn write(&mut self, address: u64, width: Width, value: u64) -> Result<(), Fault>;
}

/// The instruction that reaches the firmware.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Conduit {
    /// `HVC #0`.
    Hvc,
    /// `SMC #0`.
    Smc,
}

/// What gets a waiting CPU to look around.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Signal {
    /// A Software Generated Interrupt to this CPU, masked there: it ends a `WFI`. Which one is the OS's
    /// choice. Writes made before are observed before it (`DSB`).
    Sgi(Mpidr),
    /// `DSB`, `SEV`: it ends every `WFE`.
    Event,
}

/// Where a CPU begins in the OS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Entry {
    /// Physical address of the first instruction; MMU and data cache are off there. Not 0.
    pub address: u64,
    /// What X0 holds there after PSCI's CPU_ON. A mailbox has no place for it: X0 is 0.
    pub context: u64,
}

/// How a CPU leaves the OS. The last instructions are the OS's own, in assembly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Leave {
    /// It calls PSCI's CPU_OFF ([`Psci::cpu_off`](crate::Psci::cpu_off)), from whichever context it likes.
    CpuOff {
        /// The instruction.
        conduit: Conduit,
    },
    /// It hands itself back to the firmware, as the contract of [`mailbox`](crate::mailbox) says.
    Return {
        /// The mailbox, for X0.
        mailbox: u64,
        /// The return entry, to branch to.
        entry: u64,
    },
    /// It waits in a loop of `WFI` within the (crashed) OS, for ever: nothing that it executes may be
    /// reused.
    Halt,
}

/// Whether the OS lets a CPU go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Consent {
    /// It is on its way out.
    Leaving,
    /// The OS needs it.
    Refused,
}

/// What happened to a CPU: Linux's uevents of the bus `cpu`. Only ever a real change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transition {
    /// It became enabled.
    Add,
    /// It is enabled no longer.
    Remove,
    /// It executes.
    Online,
    /// It has stopped executing.
    Offline,
}

/// The OS that the library is part of.
///
/// Every operation of the library is a straight line of calls of this trait and of [`Bus`]: given the same
/// answers it does the same. A [`Fault`] ends it at once, so that it can be cut off anywhere.
pub trait Os: Bus {
    /// Lets time pass, `at_most` this much, and says how much it was. The library has no other clock: an
    /// answer of 0 counts as 1 µs, so that every wait ends.
    fn wait(&mut self, at_most: Duration) -> Result<Duration, Fault>;

    /// Calls the firmware with these X0 to X3 (SMC Calling Convention 1.1), and gives its X0.
    fn call(&mut self, conduit: Conduit, registers: [u64; 4]) -> Result<u64, Fault>;

    /// Wakes CPUs that wait in the firmware.
    fn signal(&mut self, signal: Signal) -> Result<(), Fault>;

    /// Gets ready for `cpu` to start: stack, per-CPU data. It has not [arrived](Os::arrived) from now on. A CPU
    /// with a mailbox is in the firmware by the mailbox's word.
    fn prepare(&mut self, cpu: Cpu) -> Result<Entry, Fault>;

    /// Whether `cpu` has reached the OS since it was last prepared.
    fn arrived(&mut self, cpu: Cpu) -> Result<bool, Fault>;

    /// Takes `cpu` out of use and has it leave: move interrupts and work elsewhere, then let the CPU itself
    /// do what `leave` says. This need not wait until it has left; the library does.
    fn offline(&mut self, cpu: Cpu, leave: Leave) -> Result<Consent, Fault>;

    /// Tells of a change.
    fn transition(&mut self, cpu: Cpu, transition: Transition);

    /// Tells of something that a person should know of.
    fn report(&mut self, report: Report);
}

/// Waits until `done`, for `bound` and no longer. Asks often at first, so that the answer is late by a quarter
/// of the wait at most, and later every millisecond. Whether it was done in time.
pub(crate) fn wait_until<O: Os + ?Sized>(
    os: &mut O,
    bound: Duration,
    mut done: impl FnMut(&mut O) -> Result<bool, Fault>,
) -> Result<bool, Fault> {
    const SHORTEST: Duration = Duration::from_micros(10);
    const LONGEST: Duration = Duration::from_millis(1);
    let mut left = bound;
    while !done(os)? {
        if left.is_zero() {
            return Ok(false);
        }
        let waited = bound.saturating_sub(left);
        left = pause(os, (waited / 4).clamp(SHORTEST, LONGEST), left)?;
    }
    Ok(true)
}

/// Lets all of `time` pass.
pub(crate) fn sleep<O: Os + ?Sized>(os: &mut O, time: Duration) -> Result<(), Fault> {
    let mut left = time;
    while !left.is_zero() {
        left = pause(os, left, left)?;
    }
    Ok(())
}

/// What is left of `left` after a step.
fn pause<O: Os + ?Sized>(os: &mut O, step: Duration, left: Duration) -> Result<Duration, Fault> {
    let passed = os.wait(step.min(left))?;
    Ok(left.saturating_sub(passed.max(Duration::from_micros(1))))
}

//! The CPUs: which are possible, present, enabled, online (guest contract §2.1, §2.8).

use alloc::vec::Vec;
use core::fmt;

use crate::mailbox::Mailbox;
use crate::psci::Psci;

/// The logical number of a CPU: 0 is the one that boots, the others follow in the order of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cpu(pub u32);

impl Cpu {
    /// The CPU that boots.
    pub const BOOT: Self = Self(0);
}

impl fmt::Display for Cpu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The affinity fields of `MPIDR_EL1`: Aff3 in bits 39 to 32, Aff2 to Aff0 in bits 23 to 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mpidr(u64);

impl Mpidr {
    const AFFINITY: u64 = 0xff_00ff_ffff;

    /// From a table: only affinity bits may be set.
    ///
    /// ```
    /// use hotcore_ospm::Mpidr;
    /// assert!(Mpidr::new(0x1_0000_0002).is_some());
    /// assert!(Mpidr::new(0x8000_0000).is_none());
    /// ```
    pub const fn new(affinity: u64) -> Option<Self> {
        if affinity & !Self::AFFINITY == 0 { Some(Self(affinity)) } else { None }
    }

    /// From the register, whose other bits are masked away.
    pub const fn from_register(value: u64) -> Self {
        Self(value & Self::AFFINITY)
    }

    /// The bits.
    pub const fn bits(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Mpidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

/// How a CPU is started and stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EnableMethod {
    /// PSCI.
    Psci(Psci),
    /// A mailbox: parking protocol or spin-table.
    Mailbox(Mailbox),
}

/// Where a CPU is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// In the firmware.
    Offline,
    /// In the OS.
    Online,
    /// Nobody knows: it was started and has not arrived, or was to leave and the firmware has not got it.
    /// Its stack and what it executes are never reused; it is neither started again nor ejected.
    Stuck,
}

/// What is known of a CPU.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CpuRecord {
    /// Its affinity.
    pub mpidr: Mpidr,
    /// ACPI Processor UID of its GICC; `None` on a device tree.
    pub uid: Option<u32>,
    /// How it is started; `None`: it cannot be, and is not present.
    pub method: Option<EnableMethod>,
    /// The OS can reach its redistributor, without which it cannot come online.
    pub redistributor: bool,
    present: bool,
    enabled: bool,
    state: State,
    /// It was started with a way back to the firmware.
    returns: bool,
}

impl CpuRecord {
    /// A CPU that is in the firmware and not enabled.
    pub fn new(mpidr: Mpidr, uid: Option<u32>, method: Option<EnableMethod>) -> Self {
        Self {
            mpidr,
            uid,
            method,
            redistributor: true,
            present: method.is_some(),
            enabled: false,
            state: State::Offline,
            returns: false,
        }
    }

    /// Whether it exists. This never changes.
    pub fn present(&self) -> bool {
        self.present
    }

    /// Whether the firmware lets it be used: it is registered, as Linux's `cpuN` directory says.
    pub fn enabled(&self) -> bool {
        self.enabled
    }

    /// Where it is.
    pub fn state(&self) -> State {
        self.state
    }

    /// Whether it is in the OS.
    pub fn online(&self) -> bool {
        self.state == State::Online
    }
}

/// All possible CPUs; that there are these and no others never changes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Registry {
    cpus: Vec<CpuRecord>,
}

impl Registry {
    /// A registry of the CPU that boots, which is online, and of the others.
    pub fn new(mut boot: CpuRecord, others: impl IntoIterator<Item = CpuRecord>) -> Self {
        boot.state = State::Online;
        boot.present = true;
        let mut cpus = Vec::from([boot]);
        cpus.extend(others);
        Self { cpus }
    }

    /// The CPUs and what is known of them, in logical order.
    pub fn iter(&self) -> impl Iterator<Item = (Cpu, &CpuRecord)> {
        (0u32..).map(Cpu).zip(&self.cpus)
    }

    /// What is known of a CPU; `None` if it is not possible.
    pub fn get(&self, cpu: Cpu) -> Option<&CpuRecord> {
        self.cpus.get(usize::try_from(cpu.0).ok()?)
    }

    /// The CPU of this affinity.
    pub fn by_mpidr(&self, mpidr: Mpidr) -> Option<Cpu> {
        self.iter().find(|(_, record)| record.mpidr == mpidr).map(|(cpu, _)| cpu)
    }

    /// The CPU of the first GICC with this ACPI Processor UID.
    pub fn by_uid(&self, uid: u64) -> Option<Cpu> {
        self.iter().find(|(_, record)| record.uid.map(u64::from) == Some(uid)).map(|(cpu, _)| cpu)
    }

    /// How many CPUs are possible; at least the one that boots.
    pub fn possible(&self) -> usize {
        self.cpus.len()
    }

    /// How many CPUs are online.
    pub fn online(&self) -> usize {
        self.cpus.iter().filter(|record| record.online()).count()
    }

    /// Whether another OS may be started on this machine: every CPU but the one that asks can be given back
    /// to the firmware, and none is stuck. The OS takes the others offline first; a CPU that has no way back
    /// must not have been started.
    pub fn kexec_allowed(&self) -> bool {
        self.iter().all(|(cpu, record)| match record.state {
            State::Offline => true,
            State::Online => cpu == Cpu::BOOT || record.returns,
            State::Stuck => false,
        })
    }

    /// Enables or disables; whether that changed anything. Only a present CPU can be enabled.
    pub(crate) fn set_enabled(&mut self, cpu: Cpu, enabled: bool) -> bool {
        let Some(record) = self.get_mut(cpu) else { return false };
        if record.enabled == enabled || (enabled && !record.present) {
            return false;
        }
        record.enabled = enabled;
        true
    }

    /// It is about to leave the firmware. Until it is known where it is, and for ever if a fault comes
    /// first, nobody knows. `returns`: there is a way back.
    pub(crate) fn set_started(&mut self, cpu: Cpu, returns: bool) {
        if let Some(record) = self.get_mut(cpu) {
            record.state = State::Stuck;
            record.returns = returns;
        }
    }

    pub(crate) fn set_state(&mut self, cpu: Cpu, state: State) {
        if let Some(record) = self.get_mut(cpu) {
            record.state = state;
        }
    }

    fn get_mut(&mut self, cpu: Cpu) -> Option<&mut CpuRecord> {
        self.cpus.get_mut(usize::try_from(cpu.0).ok()?)
    }
}

//! The interrupt controller: its parts, their locks, and who is told of what changed.
//!
//! The distributor has a lock, and each CPU has one for its redistributor and CPU interface. Lock
//! order: the distributor, then one CPU; never two CPUs. A CPU holds a copy of the SPI that is next
//! for it. Only who holds the distributor changes these copies, so they are true whenever nobody
//! does. Private interrupts thus need one lock that hardly anybody else wants.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use hotcore_vcpu::{Mpidr, VcpuIndex};
use parking_lot::{Mutex, MutexGuard};

use crate::affinity::Affinities;
use crate::bank::LANES;
use crate::cpu::Cpu;
use crate::cpu_set::CpuSet;
use crate::distributor::Distributor;
use crate::redistributor::{Place, is_waker};
use crate::signal::{Lines, NoSignal, Signal};

/// Bytes of the distributor's frame.
pub const DISTRIBUTOR_SIZE: u64 = 0x1_0000;
/// Bytes of one redistributor: RD_base and SGI_base. They follow each other in CPU order.
pub const REDISTRIBUTOR_SIZE: u64 = 0x2_0000;
/// The fewest [`GicConfig::interrupts`]: private ones only.
pub const MIN_INTERRUPTS: u32 = 32;
/// The most [`GicConfig::interrupts`]: INTIDs from 1020 on are special.
pub const MAX_INTERRUPTS: u32 = 992;

/// What a GIC is made for.
#[derive(Debug, Clone)]
pub struct GicConfig {
    /// The affinity of each possible CPU, in the order of their indices: 1 to 512 different ones.
    pub mpidrs: Vec<Mpidr>,
    /// INTIDs below this one exist: a multiple of 32 from [`MIN_INTERRUPTS`] to [`MAX_INTERRUPTS`].
    pub interrupts: u32,
}

/// Why a GIC cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GicError {
    /// Too many CPUs, or none.
    #[error("a GIC for {0} CPUs: it needs 1 to 512 of them")]
    Cpus(usize),
    /// A number of interrupts that the registers cannot express.
    #[error("a GIC with {0} interrupts: choose a multiple of 32 from 32 to 992")]
    Interrupts(u32),
    /// Interrupts for one of these CPUs could not be told from those for the other.
    #[error("CPUs {0} and {1} have the same affinity")]
    SameAffinity(VcpuIndex, VcpuIndex),
}

/// A GICv3. All of it can be used from any thread.
///
/// ```
/// use hotcore_gic::{Gic, GicConfig, Register};
/// use hotcore_vcpu::{Mpidr, VcpuIndex};
/// let cpu = VcpuIndex::BOOT;
/// let gic = Gic::new(GicConfig { mpidrs: vec![Mpidr::of(cpu)], interrupts: 64 })?;
///
/// gic.distributor_write(0x0000, 4, 0b10); // GICD_CTLR.EnableGrp1
/// gic.distributor_write(0x0104, 4, 1 << 1); // GICD_ISENABLER1: INTID 33
/// gic.write(cpu, Register::Pmr, 0xf0);
/// gic.write(cpu, Register::Igrpen1, 1);
///
/// gic.set_spi(33, true);
/// assert!(gic.irq_pending(cpu));
/// assert_eq!(gic.read(cpu, Register::Iar1), 33);
/// assert!(!gic.irq_pending(cpu));
/// gic.write(cpu, Register::Eoir1, 33);
/// # Ok::<(), hotcore_gic::GicError>(())
/// ```
pub struct Gic {
    affinities: Arc<Affinities>,
    pub(crate) distributor: Mutex<Distributor>,
    cpus: Box<[Slot]>,
    signal: Box<dyn Signal>,
}

/// A CPU's part. Each has cache lines of its own: its thread looks at `lines` all the time.
#[repr(align(64))]
struct Slot {
    cpu: Mutex<Cpu>,
    /// [`Lines`] as of the last change, which only the owner of `cpu` stores.
    lines: AtomicU8,
}

impl Slot {
    /// Brings the lines up to date, whether or not that changes them.
    fn settle(&self, cpu: &Cpu) -> bool {
        let lines = cpu.lines().bits();
        if self.lines.load(Ordering::Relaxed) == lines {
            return false;
        }
        // Ordered with the flag of a thread that looks here once more before it sleeps.
        self.lines.store(lines, Ordering::SeqCst);
        true
    }
}

impl Gic {
    /// A GIC that signals to nobody: ask [`Self::irq_pending`].
    pub fn new(config: GicConfig) -> Result<Self, GicError> {
        Self::with_signal(config, NoSignal)
    }

    /// A GIC that tells `signal` when a CPU's interrupt lines change.
    pub fn with_signal(config: GicConfig, signal: impl Signal + 'static) -> Result<Self, GicError> {
        let interrupts = config.interrupts;
        if !interrupts.is_multiple_of(LANES)
            || !(MIN_INTERRUPTS..=MAX_INTERRUPTS).contains(&interrupts)
        {
            return Err(GicError::Interrupts(interrupts));
        }
        let affinities = Arc::new(Affinities::new(config.mpidrs)?);
        let shared_banks = (interrupts / LANES - 1) as usize;
        let slot = |_| Slot { cpu: Mutex::new(Cpu::new()), lines: AtomicU8::new(0) };
        Ok(Self {
            distributor: Mutex::new(Distributor::new(Arc::clone(&affinities), shared_banks)),
            cpus: (0..affinities.cpus()).map(slot).collect(),
            affinities,
            signal: Box::new(signal),
        })
    }

    /// The possible CPUs.
    pub fn cpus(&self) -> impl DoubleEndedIterator<Item = VcpuIndex> + ExactSizeIterator + Clone {
        VcpuIndex::first(self.affinities.cpus())
    }

    /// Whether a Group 1 interrupt is signalled to this CPU. Costs one load.
    pub fn irq_pending(&self, cpu: VcpuIndex) -> bool {
        self.lines(cpu).irq
    }

    /// What is signalled to this CPU. Costs one load.
    pub fn lines(&self, cpu: VcpuIndex) -> Lines {
        let slot = self.cpus.get(cpu.to_usize());
        Lines::from_bits(slot.map_or(0, |slot| slot.lines.load(Ordering::SeqCst)))
    }

    /// Drives the input line of an SPI. An INTID that is none changes nothing.
    pub fn set_spi(&self, intid: u32, level: bool) {
        self.with_distributor(|distributor, affected| {
            distributor.set_line(intid, level, affected);
        });
    }

    /// Drives the input line of a PPI (INTID 16 to 31). Any other INTID changes nothing.
    pub fn set_ppi(&self, cpu: VcpuIndex, intid: u32, level: bool) {
        if (16..LANES).contains(&intid) {
            self.with_cpu(cpu, |cpu| cpu.private.set_line(intid, level));
        }
    }

    /// The guest loads `size` bytes of the distributor's frame.
    pub fn distributor_read(&self, offset: u64, size: usize) -> u64 {
        self.distributor.lock().read(offset, size)
    }

    /// The guest stores `size` bytes to the distributor's frame.
    pub fn distributor_write(&self, offset: u64, size: usize, value: u64) {
        self.with_distributor(|distributor, affected| {
            distributor.write(offset, size, value, affected);
        });
    }

    /// The guest loads `size` bytes of the redistributor of this CPU.
    pub fn redistributor_read(&self, cpu: VcpuIndex, offset: u64, size: usize) -> u64 {
        let Some((slot, mpidr)) = self.slot(cpu).zip(self.affinities.of(cpu)) else { return 0 };
        let is_last = cpu.to_usize() + 1 == self.cpus.len();
        slot.cpu.lock().read(Place { cpu, mpidr, is_last }, offset, size)
    }

    /// The guest stores `size` bytes to the redistributor of this CPU.
    pub fn redistributor_write(&self, cpu: VcpuIndex, offset: u64, size: usize, value: u64) {
        if is_waker(offset, size) {
            self.with_participation(cpu, |cpu| cpu.write(offset, size, value));
        } else {
            self.with_cpu(cpu, |cpu| cpu.write(offset, size, value));
        }
    }

    /// Machine reset: to the state after creation. Input lines stay as their devices drive them.
    pub fn reset(&self) {
        self.with_distributor(|distributor, affected| {
            distributor.reset();
            self.cpus.iter().for_each(|slot| slot.cpu.lock().reset());
            *affected = distributor.cpus();
        });
    }

    /// Reset of one PE, as when PSCI turns it on: its CPU interface begins anew, its redistributor
    /// keeps everything.
    pub fn reset_interface(&self, cpu: VcpuIndex) {
        self.with_participation(cpu, |cpu| cpu.interface = crate::Interface::new());
    }

    pub(crate) fn find(&self, affinity: u32) -> Option<VcpuIndex> {
        self.affinities.find(affinity)
    }

    /// Does something with a CPU's part alone.
    pub(crate) fn with_cpu<R>(
        &self,
        index: VcpuIndex,
        act: impl FnOnce(&mut Cpu) -> R,
    ) -> Option<R> {
        let slot = self.slot(index)?;
        let mut cpu = slot.cpu.lock();
        let result = act(&mut cpu);
        let changed = slot.settle(&cpu);
        drop(cpu);
        if changed {
            self.tell(index);
        }
        Some(result)
    }

    /// Does something with a CPU's part that may change which groups it takes.
    pub(crate) fn with_participation(&self, index: VcpuIndex, act: impl FnOnce(&mut Cpu)) {
        let Some(slot) = self.slot(index) else { return };
        self.with_distributor(|distributor, affected| {
            let mut cpu = slot.cpu.lock();
            act(&mut cpu);
            let groups = cpu.participation();
            drop(cpu);
            distributor.set_participation(index, groups, affected);
        });
    }

    /// Does something with the distributor, brings the affected CPUs up to date, and tells of those
    /// that have changed.
    pub(crate) fn with_distributor<R>(
        &self,
        act: impl FnOnce(&mut Distributor, &mut CpuSet) -> R,
    ) -> R {
        let mut affected = CpuSet::default();
        let mut distributor = self.distributor.lock();
        let result = act(&mut distributor, &mut affected);
        let changed = self.refresh(&distributor, affected);
        drop(distributor);
        changed.iter().for_each(|cpu| self.tell(cpu));
        result
    }

    /// Tells CPUs what the distributor has for them. Which of them then had their lines changed.
    fn refresh(&self, distributor: &MutexGuard<'_, Distributor>, affected: CpuSet) -> CpuSet {
        let mut changed = CpuSet::default();
        for index in affected.iter() {
            let Some(slot) = self.slot(index) else { continue };
            let mut cpu = slot.cpu.lock();
            cpu.forwarded = distributor.enabled;
            cpu.shared = distributor.best_for(index);
            changed.put(index, slot.settle(&cpu));
        }
        changed
    }

    pub(crate) fn lock_cpu(&self, cpu: VcpuIndex) -> Option<MutexGuard<'_, Cpu>> {
        Some(self.slot(cpu)?.cpu.lock())
    }

    fn slot(&self, cpu: VcpuIndex) -> Option<&Slot> {
        self.cpus.get(cpu.to_usize())
    }

    fn tell(&self, cpu: VcpuIndex) {
        self.signal.changed(cpu, self.lines(cpu));
    }
}

impl core::fmt::Debug for Gic {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Gic").field("affinities", &self.affinities).finish_non_exhaustive()
    }
}

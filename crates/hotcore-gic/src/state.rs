//! All state of a GIC as plain data, to save and to restore.

use hotcore_vcpu::VcpuIndex;

use crate::bank::{Bank, PRIORITY_MASK};
use crate::cpu::SGIS;
use crate::cpu_set::CpuSet;
use crate::distributor::Distributor;
use crate::gic::Gic;
use crate::group::Groups;
use crate::interface::Interface;

/// The version of [`GicState`] that this crate saves and restores.
pub const STATE_VERSION: u32 = 1;

/// The state of a GIC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GicState {
    /// [`STATE_VERSION`].
    pub version: u32,
    /// GICD_CTLR.EnableGrp0 (bit 0) and EnableGrp1 (bit 1).
    pub control: u8,
    /// The SPIs, from INTID 32 on.
    pub shared: Vec<Bank>,
    /// GICD_IROUTER, from INTID 32 on.
    pub routes: Vec<u64>,
    /// What each CPU has of its own, in order.
    pub cpus: Vec<CpuState>,
}

/// The state of one CPU's redistributor and CPU interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CpuState {
    /// SGIs and PPIs.
    pub private: Bank,
    /// The CPU interface.
    pub interface: Interface,
    /// GICR_WAKER.ProcessorSleep.
    pub asleep: bool,
}

/// Why a state cannot be restored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RestoreError {
    /// Saved by another version.
    #[error("the GIC's state has version {0}, not {STATE_VERSION}: save it with the same Hotcore")]
    Version(u32),
    /// Saved from another machine.
    #[error("the GIC's state is of {0} CPUs and {1} SPIs, which is not this machine")]
    Shape(usize, usize),
}

impl Gic {
    /// The whole state. Accesses meanwhile are in it or not, so nobody should make any.
    pub fn save(&self) -> GicState {
        let distributor = self.distributor.lock();
        let state_of = |index| {
            let cpu = self.lock_cpu(index)?;
            let cpu =
                CpuState { private: cpu.private, interface: cpu.interface, asleep: cpu.asleep };
            Some(cpu)
        };
        GicState {
            version: STATE_VERSION,
            control: distributor.enabled.bits(),
            shared: distributor.banks.clone(),
            routes: distributor.routes.clone(),
            cpus: self.cpus().filter_map(state_of).collect(),
        }
    }

    /// Takes over a state, the levels of input lines included.
    ///
    /// ```
    /// use hotcore_gic::{Gic, GicConfig};
    /// use hotcore_vcpu::{Mpidr, VcpuIndex};
    /// let config = GicConfig { mpidrs: vec![Mpidr::of(VcpuIndex::BOOT)], interrupts: 64 };
    /// let gic = Gic::new(config.clone())?;
    /// gic.distributor_write(0, 4, 0b10);
    /// let twin = Gic::new(config)?;
    /// twin.restore(&gic.save())?;
    /// assert_eq!(twin.distributor_read(0, 4), gic.distributor_read(0, 4));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn restore(&self, state: &GicState) -> Result<(), RestoreError> {
        if state.version != STATE_VERSION {
            return Err(RestoreError::Version(state.version));
        }
        self.with_distributor(|distributor, affected| {
            if state.cpus.len() != self.cpus().len()
                || state.shared.len() != distributor.banks.len()
                || state.routes.len() != distributor.routes.len()
            {
                return Err(RestoreError::Shape(state.cpus.len(), state.routes.len()));
            }
            restore_distributor(distributor, state, affected);
            for (index, cpu) in self.cpus().zip(&state.cpus) {
                self.restore_cpu(distributor, index, cpu, affected);
            }
            Ok(())
        })
    }

    fn restore_cpu(
        &self,
        distributor: &mut Distributor,
        index: VcpuIndex,
        state: &CpuState,
        affected: &mut CpuSet,
    ) {
        let Some(mut cpu) = self.lock_cpu(index) else { return };
        cpu.private = Bank { edge: SGIS, ..sanitised(state.private) };
        cpu.interface = state.interface.sanitised();
        cpu.asleep = state.asleep;
        distributor.set_participation(index, cpu.participation(), affected);
    }
}

fn restore_distributor(distributor: &mut Distributor, state: &GicState, affected: &mut CpuSet) {
    distributor.enabled = Groups::from_bits(state.control.into());
    for (bank, saved) in distributor.banks.iter_mut().zip(&state.shared) {
        *bank = sanitised(*saved);
    }
    for (intid, route) in (32..).zip(&state.routes) {
        distributor.set_route(intid, *route, affected);
    }
}

/// Without priorities that cannot be written.
fn sanitised(bank: Bank) -> Bank {
    Bank { priority: bank.priority.map(|priority| priority & PRIORITY_MASK), ..bank }
}

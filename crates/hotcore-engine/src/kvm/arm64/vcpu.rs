//! A vCPU of KVM: its states (guest contract §2.5, §2.6) and its run loop.

// The data of a load or store is in a union.
#![allow(unsafe_code)]

use std::io;
use std::sync::Arc;

use hotcore_vcpu::{Mpidr, VcpuIndex};
use kvm_bindings::{
    KVM_ARM_VCPU_PMU_V3_CTRL, KVM_ARM_VCPU_PMU_V3_INIT, KVM_ARM_VCPU_PMU_V3_IRQ,
    KVM_MP_STATE_RUNNABLE, KVM_MP_STATE_SUSPENDED, kvm_device_attr, kvm_mp_state, kvm_vcpu_init,
};
use kvm_ioctls::{VcpuFd, VmFd};
use vmm_sys_util::errno;

use super::debug::Debug;
use super::exit::{self, Event};
use super::kick::Kicker;
use super::registers::Register;
use super::vm::Parts;
use crate::debug::Inspect;
use crate::{EngineError, Entry, Exit, Kick, Vcpu};

/// PSTATE at power-on: EL1h, with D, A, I and F set (Arm ARM, SPSR_EL1 layout).
const EL1H_MASKED: u64 = 0x3c5;
/// What is tried when a vCPU is reset between an exit and the next run.
const COMPLETE: &str = "complete its last load or store (KVM_RUN)";
/// SCTLR_EL1.EE: EL1 data accesses are big-endian.
const SCTLR_EE: u64 = 1 << 25;

/// A vCPU whose VM is still being made.
pub(super) struct NewVcpu {
    index: VcpuIndex,
    fd: VcpuFd,
}

impl NewVcpu {
    pub(super) fn initialise(&self, init: &kvm_vcpu_init) -> Result<(), EngineError> {
        self.fd.vcpu_init(init).map_err(of_vcpu(self.index, "initialise it (KVM_ARM_VCPU_INIT)"))
    }

    /// Connects the PMU's overflow interrupt, a PPI. Before the GIC is initialised.
    pub(super) fn set_pmu_interrupt(&self, intid: u32) -> Result<(), EngineError> {
        self.set_pmu(KVM_ARM_VCPU_PMU_V3_IRQ, (&raw const intid) as u64)
            .map_err(of_vcpu(self.index, "connect its PMU interrupt"))
    }

    /// After the GIC is initialised.
    pub(super) fn initialise_pmu(&self) -> Result<(), EngineError> {
        self.set_pmu(KVM_ARM_VCPU_PMU_V3_INIT, 0).map_err(of_vcpu(self.index, "initialise its PMU"))
    }

    fn set_pmu(&self, attr: u32, addr: u64) -> Result<(), errno::Error> {
        let group = KVM_ARM_VCPU_PMU_V3_CTRL;
        self.fd.set_device_attr(&kvm_device_attr { flags: 0, group, attr: attr.into(), addr })
    }

    pub(super) fn into_part_of(self, parts: &Arc<Parts>) -> Result<KvmVcpu, EngineError> {
        let Self { index, fd } = self;
        let kicker = Kicker::new(&fd).map_err(|source| EngineError::Vcpu {
            cpu: index,
            operation: "make it interruptible",
            source,
        })?;
        Ok(KvmVcpu {
            fd,
            index,
            kicker: Arc::new(kicker),
            as_reset: true,
            unfinished: false,
            debug: Debug::default(),
            parts: Arc::clone(parts),
        })
    }
}

/// A vCPU.
pub(super) struct KvmVcpu {
    // Before `parts`: what it runs on must outlive it.
    pub(super) fd: VcpuFd,
    index: VcpuIndex,
    kicker: Arc<Kicker>,
    /// It has not run since it was initialised.
    as_reset: bool,
    /// Its last exit was a load or store, which KVM completes at the next KVM_RUN.
    unfinished: bool,
    /// What a debugger wants of it.
    pub(super) debug: Debug,
    pub(super) parts: Arc<Parts>,
}

impl KvmVcpu {
    /// Creates a vCPU. Only before the interrupt controller is initialised.
    pub(super) fn create(vm: &VmFd, index: VcpuIndex) -> Result<NewVcpu, EngineError> {
        let fd = vm.create_vcpu(index.get().into()).map_err(|error| {
            of_vcpu(
                index,
                match error.errno() {
                    libc::EBUSY => {
                        "create it (all vCPUs of a machine must be created before its interrupt \
                         controller is initialised)"
                    }
                    libc::EMFILE => {
                        "create it (each possible vCPU takes a file descriptor; raise `ulimit -n`)"
                    }
                    _ => "create it (KVM_CREATE_VCPU)",
                },
            )(error)
        })?;
        Ok(NewVcpu { index, fd })
    }

    /// Finishes the load or store that the vCPU last exited for. Otherwise the next run would
    /// complete it *after* a reset: write a register and step over the first instruction.
    fn finish(&mut self) -> Result<(), EngineError> {
        if !self.unfinished {
            return Ok(());
        }
        let Self { fd, kicker, .. } = self;
        match kicker.completing(|| fd.run().map(Event::from)) {
            Err(error) if error.errno() == libc::EINTR => {
                self.unfinished = false;
                Ok(())
            }
            Err(error) => Err(self.failed(COMPLETE)(error)),
            Ok(exit) => Err(EngineError::Vcpu {
                cpu: self.index,
                operation: COMPLETE,
                source: io::Error::other(format!("KVM exits with {exit:?}")),
            }),
        }
    }

    /// KVM_ARM_VCPU_INIT: back to reset, powered off. What has not run since is as it was: KVM would
    /// unmap all of the guest's memory in vain (it must on CPUs without FEAT_S2FWB, in case the
    /// guest turns its caches off).
    fn initialise(&mut self) -> Result<(), EngineError> {
        if self.as_reset {
            return Ok(());
        }
        self.finish()?;
        self.fd.vcpu_init(&self.parts.init).map_err(self.failed("reset it (KVM_ARM_VCPU_INIT)"))?;
        self.as_reset = true;
        Ok(())
    }

    /// One KVM_RUN.
    fn enter(&mut self) -> Result<Event, EngineError> {
        let Self { fd, kicker, .. } = self;
        let result = kicker.running(|| fd.run().map(Event::from));
        let event = result.map_err(|source| EngineError::Vcpu {
            cpu: self.index,
            operation: "prepare to run it",
            source,
        })?;
        match event {
            Err(error) if error.errno() == libc::EINTR => Ok(Event::Interrupted),
            event => event.map_err(self.failed("run it (KVM_RUN)")),
        }
    }

    fn set_state(&self, mp_state: u32) -> Result<(), EngineError> {
        self.fd
            .set_mp_state(kvm_mp_state { mp_state })
            .map_err(self.failed("set its power state (KVM_SET_MP_STATE)"))
    }

    pub(super) fn read(&self, register: Register) -> Result<u64, EngineError> {
        register.read(&self.fd).map_err(self.failed("read a register (KVM_GET_ONE_REG)"))
    }

    pub(super) fn write(&self, register: Register, value: u64) -> Result<(), EngineError> {
        register.write(&self.fd, value).map_err(self.failed("write a register (KVM_SET_ONE_REG)"))
    }

    pub(super) fn failed(
        &self,
        operation: &'static str,
    ) -> impl FnOnce(errno::Error) -> EngineError + use<> {
        of_vcpu(self.index, operation)
    }

    /// The load or store in `kvm_run`, for which the vCPU last exited.
    fn access(&mut self) -> (u64, &mut [u8]) {
        let run = self.fd.get_kvm_run();
        // SAFETY: the exit was for MMIO, so this is the member of the union that is valid; all its
        // bit patterns are.
        let mmio = unsafe { &mut run.__bindgen_anon_1.mmio };
        let length = mmio.data.len().min(mmio.len as usize);
        (mmio.phys_addr, &mut mmio.data[..length])
    }
}

impl Vcpu for KvmVcpu {
    fn index(&self) -> VcpuIndex {
        self.index
    }

    fn mpidr(&self) -> Result<Mpidr, EngineError> {
        self.read(Register::MPIDR_EL1).map(Mpidr::from_register)
    }

    fn kicker(&self) -> Arc<dyn Kick> {
        self.kicker.clone()
    }

    fn reset(&mut self) -> Result<(), EngineError> {
        self.initialise()
    }

    fn start_at(&mut self, entry: Entry) -> Result<(), EngineError> {
        self.initialise()?;
        self.as_reset = false;
        if entry.big_endian {
            let control = self.read(Register::SCTLR_EL1)?;
            self.write(Register::SCTLR_EL1, control | SCTLR_EE)?;
        }
        self.write(Register::PC, entry.pc)?;
        self.write(Register::X0, entry.context)?;
        self.write(Register::PSTATE, EL1H_MASKED)?;
        self.set_state(KVM_MP_STATE_RUNNABLE)
    }

    fn run(&mut self) -> Result<Exit<'_>, EngineError> {
        self.as_reset = false;
        if let Some(breakpoints) = &self.parts.breakpoints {
            let applied = self.debug.apply(&self.fd, &breakpoints.get());
            applied.map_err(of_vcpu(self.index, "debug it (KVM_SET_GUEST_DEBUG)"))?;
        }
        let event = self.enter()?;
        self.unfinished = matches!(event, Event::MmioRead | Event::MmioWrite);
        match event {
            Event::MmioRead => {
                let (address, data) = self.access();
                Ok(Exit::MmioRead { address, data })
            }
            Event::MmioWrite => {
                let (address, data) = self.access();
                Ok(Exit::MmioWrite { address, data })
            }
            Event::Hypercall { function } => {
                let args =
                    [self.read(Register::X1)?, self.read(Register::X2)?, self.read(Register::X3)?];
                Ok(Exit::Hypercall { function, args })
            }
            Event::WakeUp => {
                // Suspension lasts until it is ended here (api.rst, "KVM_SYSTEM_EVENT_WAKEUP").
                self.set_state(KVM_MP_STATE_RUNNABLE)?;
                Ok(Exit::Interrupted)
            }
            Event::Interrupted => {
                self.kicker.answered();
                Ok(Exit::Interrupted)
            }
            Event::Halted(halt) => {
                self.debug.step = false;
                Ok(Exit::Halted(halt))
            }
            Event::Crashed(reason) => Ok(Exit::Crashed { reason }),
            Event::Unexpected { reason } => {
                let reason = exit::describe(reason, self.fd.get_kvm_run());
                Ok(Exit::Crashed { reason })
            }
        }
    }

    fn set_hypercall_result(&mut self, x0: u64) -> Result<(), EngineError> {
        self.write(Register::X0, x0)
    }

    fn standby(&mut self) -> Result<(), EngineError> {
        // Linux 5.19 and later, so every host with the SMCCC filter.
        self.set_state(KVM_MP_STATE_SUSPENDED)
    }

    fn is_big_endian(&self) -> Result<bool, EngineError> {
        self.read(Register::SCTLR_EL1).map(|control| control & SCTLR_EE != 0)
    }

    fn pc(&self) -> Result<u64, EngineError> {
        self.read(Register::PC)
    }

    fn inspect(&mut self) -> Option<&mut dyn Inspect> {
        Some(self)
    }
}

/// Names the vCPU and what was tried on it when it fails.
fn of_vcpu(cpu: VcpuIndex, operation: &'static str) -> impl FnOnce(errno::Error) -> EngineError {
    move |error| EngineError::Vcpu { cpu, operation, source: io::Error::from(error) }
}

#[cfg(test)]
impl KvmVcpu {
    /// Its power state: one of `KVM_MP_STATE_*`.
    pub(super) fn state(&self) -> u32 {
        self.fd.get_mp_state().unwrap().mp_state
    }
}

//! The engine on arm64 Linux: opening KVM and making machines with it.

mod create;
mod debug;
mod exit;
mod inspect;
mod kick;
mod registers;
mod smccc;
#[cfg(test)]
mod tests;
mod vcpu;
mod vgic;
mod vgic_reset;
mod vm;

use std::ffi::CString;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;

use kvm_bindings::KVM_CAP_ARM_NISV_TO_USER;
use kvm_ioctls::{Cap, Kvm};
use vmm_sys_util::errno;

use super::{Host, NAME, Requirement};
use crate::{CreatedVm, Engine, EngineError, Vcpu, VmSpec};

/// `KVM_API_VERSION` of every kernel that a program should run on.
const API_VERSION: i32 = 12;
/// Width of guest physical addresses on a host that cannot be told another, and the width that
/// every guest gets where the host has it.
const DEFAULT_ADDRESS_BITS: u32 = 40;

/// KVM on arm64.
#[derive(Debug)]
pub struct KvmEngine {
    kvm: Kvm,
}

impl KvmEngine {
    /// Opens KVM, normally at `/dev/kvm`, and checks what can be seen without a VM;
    /// [`Engine::create_vm`] checks the rest.
    pub fn open(device: &Path) -> Result<Self, EngineError> {
        let engine = Self { kvm: open(device)? };
        engine.check_interface(device)?;
        Ok(engine)
    }

    /// What this host offers. All requirements are checked, with a VM that is thrown away.
    pub fn probe(&self) -> Result<Host, EngineError> {
        let host = self.host();
        // A wide address space would take KVM long to tear down again.
        let vm = create::new_vm(&self.kvm, host.address_bits.min(DEFAULT_ADDRESS_BITS))?;
        smccc::check(&vm)?;
        vgic::Vgic::create(&vm)?;
        Ok(host)
    }

    fn host(&self) -> Host {
        let limit = u32::try_from(self.kvm.get_host_ipa_limit()).unwrap_or(0);
        Host {
            max_vcpus: u32::try_from(self.kvm.get_max_vcpus()).unwrap_or(u32::MAX),
            address_bits: if limit == 0 { DEFAULT_ADDRESS_BITS } else { limit },
            pmu: self.kvm.check_extension(Cap::ArmPmuV3),
        }
    }

    fn check_interface(&self, device: &Path) -> Result<(), EngineError> {
        match self.kvm.get_api_version() {
            API_VERSION => {}
            found if found < 0 => return Err(Requirement::Kvm(device.to_owned()).into()),
            found => return Err(Requirement::ApiVersion { found }.into()),
        }
        if !self.kvm.check_extension(Cap::ArmPsci02) {
            return Err(Requirement::Psci02.into());
        }
        if self.kvm.check_extension_raw(KVM_CAP_ARM_NISV_TO_USER.into()) <= 0 {
            return Err(Requirement::UndecodedAborts.into());
        }
        Ok(())
    }
}

impl Engine for KvmEngine {
    fn name(&self) -> &'static str {
        NAME
    }

    fn can_debug(&self) -> bool {
        debug::breakpoints(&self.kvm) > 0
    }

    fn create_vm(&self, spec: &VmSpec) -> Result<CreatedVm, EngineError> {
        if let Some(breakpoints) = &spec.breakpoints {
            breakpoints.set_limit(debug::breakpoints(&self.kvm));
        }
        let (vm, vcpus) = create::machine(&self.kvm, self.host(), spec)?;
        let vcpus = vcpus.into_iter().map(|vcpu| Box::new(vcpu) as Box<dyn Vcpu>).collect();
        Ok(CreatedVm { vm: Arc::new(vm), vcpus })
    }
}

fn open(device: &Path) -> Result<Kvm, EngineError> {
    let path = CString::new(device.as_os_str().as_bytes())
        .map_err(|_| Requirement::Device(device.to_owned()))?;
    Kvm::new_with_path(path).map_err(|error| match error.errno() {
        libc::ENOENT | libc::ENODEV | libc::ENXIO => Requirement::Device(device.to_owned()).into(),
        libc::EACCES | libc::EPERM => Requirement::Permission(device.to_owned()).into(),
        _ => EngineError::Vm { operation: "open the KVM device", source: error.into() },
    })
}

/// Names what was tried on a VM when it fails.
fn of_vm(operation: &'static str) -> impl FnOnce(errno::Error) -> EngineError {
    move |error| EngineError::Vm { operation, source: io::Error::from(error) }
}

//! What the KVM engine needs of a host, and since which version of Linux it exists.
//!
//! The texts are what a person reads who starts a machine on the wrong host: each names the missing
//! thing and what would help.

use std::path::PathBuf;

use super::NAME;
use crate::EngineError;

/// What a host offers to machines of this engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Host {
    /// The most vCPUs in one machine (`KVM_CAP_MAX_VCPUS`).
    pub max_vcpus: u32,
    /// Width of guest physical addresses (`KVM_CAP_ARM_VM_IPA_SIZE`).
    pub address_bits: u32,
    /// Whether vCPUs have a PMU (`KVM_CAP_ARM_PMU_V3`).
    pub pmu: bool,
}

/// Something that the KVM engine cannot do without, and that a host lacks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Requirement {
    /// The right kind of host.
    #[error(
        "an arm64 host with Linux is needed, this is {} with {}; `cargo xtask lab` runs one in an \
         emulator",
        std::env::consts::ARCH,
        std::env::consts::OS
    )]
    Arm64Linux,
    /// The device node.
    #[error(
        "{} does not exist: load or build in KVM (CONFIG_KVM); a host that is itself a virtual \
         machine must have been given EL2 (nested virtualization)",
        .0.display()
    )]
    Device(PathBuf),
    /// The right to use it.
    #[error(
        "{} may not be opened for reading and writing by this user: add it to the device's group \
         (usually `kvm`)",
        .0.display()
    )]
    Permission(PathBuf),
    /// A device that answers as KVM does.
    #[error("{} is not KVM: it does not answer KVM's ioctls", .0.display())]
    Kvm(PathBuf),
    /// The one stable version of the interface.
    #[error("its KVM has API version {found}, not 12 (Linux 2.6.22 and later)")]
    ApiVersion {
        /// What the host answered.
        found: i32,
    },
    /// `KVM_CAP_ARM_PSCI_0_2`.
    #[error("its KVM has no PSCI 0.2 for guests (KVM_CAP_ARM_PSCI_0_2, Linux 3.16 and later)")]
    Psci02,
    /// A virtual GICv3.
    #[error(
        "its KVM has no virtual GICv3 (Linux 4.0 and later, on a host whose interrupt controller is \
         a GICv3 or later): it offers a GICv2 at most, whose machines have all their CPUs from the \
         start"
    )]
    Gicv3,
    /// `KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION`.
    #[error(
        "its KVM has no redistributor regions (KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION, Linux 4.18 and \
         later)"
    )]
    RedistributorRegion,
    /// `KVM_CAP_ARM_NISV_TO_USER`.
    #[error(
        "its KVM does not report loads and stores that cannot be emulated \
         (KVM_CAP_ARM_NISV_TO_USER, Linux 5.5 and later)"
    )]
    UndecodedAborts,
    /// `KVM_ARM_VM_SMCCC_FILTER`.
    #[error(
        "its KVM has no SMCCC filter to hand PSCI calls to the VMM (KVM_ARM_VM_SMCCC_FILTER, Linux \
         6.4 and later): without it a guest could start CPUs that it was not given"
    )]
    SmcccFilter,
    /// Guest physical addresses that are wide enough.
    #[error(
        "memory up to {end:#x} takes {needed} bits of guest physical address, and it has {limit}; \
         lower --memory size="
    )]
    AddressBits {
        /// Bits that the machine needs.
        needed: u32,
        /// Bits that the host has.
        limit: u32,
        /// First address above the machine's memory.
        end: u64,
    },
}

impl From<Requirement> for EngineError {
    fn from(missing: Requirement) -> Self {
        Self::Unsupported { engine: NAME, missing: missing.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(requirement: Requirement) -> String {
        EngineError::from(requirement).to_string()
    }

    #[test]
    fn b037_a_host_without_the_smccc_filter_is_told_so() {
        let text = text(Requirement::SmcccFilter);
        assert!(text.contains("KVM_ARM_VM_SMCCC_FILTER"), "{text}");
        assert!(text.contains("Linux 6.4"), "{text}");
    }

    #[test]
    fn b037_a_host_with_a_gicv2_only_is_told_so() {
        let text = text(Requirement::Gicv3);
        assert!(text.contains("GICv3") && text.contains("GICv2"), "{text}");
    }

    #[test]
    fn every_kernel_feature_names_its_name_and_first_version() {
        for (requirement, name, version) in [
            (Requirement::ApiVersion { found: 11 }, "API version 11", "Linux 2.6.22"),
            (Requirement::Psci02, "KVM_CAP_ARM_PSCI_0_2", "Linux 3.16"),
            (Requirement::RedistributorRegion, "REDIST_REGION", "Linux 4.18"),
            (Requirement::UndecodedAborts, "KVM_CAP_ARM_NISV_TO_USER", "Linux 5.5"),
        ] {
            let text = text(requirement);
            assert!(text.starts_with("kvm: this host cannot run the machine"), "{text}");
            assert!(text.contains(name) && text.contains(version), "{text}");
        }
    }

    #[test]
    fn what_a_person_can_repair_names_the_file_and_the_remedy() {
        let device = PathBuf::from("/dev/kvm");
        assert!(text(Requirement::Device(device.clone())).contains("/dev/kvm does not exist"));
        assert!(text(Requirement::Permission(device)).contains("group"));
        let bits = Requirement::AddressBits { needed: 41, limit: 40, end: 1 << 40 | 1 };
        assert!(text(bits).contains("takes 41 bits"));
    }
}

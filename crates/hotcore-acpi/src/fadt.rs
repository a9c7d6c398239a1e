//! FADT: the machine has no ACPI hardware, and PSCI or none (ACPI 6.5 §5.2.9; guest contract §1.2).

use acpi_tables::Aml;
use acpi_tables::fadt::{FADTBuilder, Flags};

use crate::platform::CpuStart;
use crate::table::{OEM_ID, OEM_REVISION, OEM_TABLE_ID};

/// ARM_BOOT_ARCH: PSCI is there (bit 0) and its conduit is HVC (bit 1).
const PSCI_BY_HVC: u16 = 0b11;
/// ARM_BOOT_ARCH: there is no PSCI, which would win over the parking protocol.
const NO_PSCI: u16 = 0;

/// The FADT, revision 6.5, 276 bytes.
///
/// Buttons are control methods (there is no fixed hardware for them), the DSDT has a 64-bit
/// address.
pub(crate) fn build(dsdt: u64, cpu_start: &CpuStart) -> Vec<u8> {
    let mut fadt = FADTBuilder::new(OEM_ID, OEM_TABLE_ID, OEM_REVISION)
        .dsdt_64(dsdt)
        .flag(Flags::HwReducedAcpi)
        .flag(Flags::PwrButton)
        .flag(Flags::SlpButton);
    let boot_arch = if *cpu_start == CpuStart::Psci { PSCI_BY_HVC } else { NO_PSCI };
    fadt.arm_boot_arch = boot_arch.into();
    fadt.hypervisor_vendor_identity = u64::from_le_bytes(OEM_TABLE_ID).into();
    let mut bytes = Vec::new();
    fadt.finalize().to_aml_bytes(&mut bytes);
    bytes
}

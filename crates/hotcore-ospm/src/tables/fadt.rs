//! FADT (ACPI 6.5 §5.2.9; guest contract §1.2).

use super::bytes::Words;
use super::{Sdt, TableError};
use crate::Conduit;

mod offset {
    pub(super) const DSDT: usize = 40;
    pub(super) const FLAGS: usize = 112;
    pub(super) const ARM_BOOT_ARCH: usize = 129;
    pub(super) const MINOR: usize = 131;
    pub(super) const X_DSDT: usize = 140;
}

const HW_REDUCED_ACPI: u32 = 1 << 20;
const PSCI_COMPLIANT: u16 = 1 << 0;
const PSCI_USE_HVC: u16 = 1 << 1;

/// What the FADT says of an arm64 machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fadt {
    /// Where the DSDT is.
    pub dsdt: u64,
    /// There is PSCI, behind this instruction. It wins over mailboxes.
    pub psci: Option<Conduit>,
}

impl Fadt {
    /// Errors: before 5.1, or not hardware-reduced: no ACPI of an arm64 machine.
    pub fn parse(table: &Sdt) -> Result<Self, TableError> {
        let bytes = table.bytes();
        let major = table.revision();
        let minor = bytes.get(offset::MINOR).copied().unwrap_or(0) & 0xf;
        if (major, minor) < (5, 1) {
            return Err(TableError::FadtRevision(major, minor));
        }
        if bytes.u32(offset::FLAGS).unwrap_or(0) & HW_REDUCED_ACPI == 0 {
            return Err(TableError::NotHardwareReduced);
        }
        let boot = bytes.u16(offset::ARM_BOOT_ARCH).unwrap_or(0);
        let conduit = if boot & PSCI_USE_HVC != 0 { Conduit::Hvc } else { Conduit::Smc };
        let old = bytes.u32(offset::DSDT).map(u64::from);
        let new = bytes.u64(offset::X_DSDT).filter(|&address| address != 0);
        let dsdt = new.or(old).unwrap_or(0);
        Ok(Self { dsdt, psci: (boot & PSCI_COMPLIANT != 0).then_some(conduit) })
    }
}

//! FADT and GTDT: the machine has no ACPI hardware, starts CPUs by PSCI and has Arm's generic timer.

use acpi_tables::fadt::{FADTBuilder, Flags};
use acpi_tables::{Aml, AmlSink};

use crate::table::{OEM_ID, OEM_REVISION, OEM_TABLE_ID, Table};

/// ARM_BOOT_ARCH: PSCI is there (bit 0) and its conduit is HVC (bit 1).
const PSCI_BY_HVC: u16 = 0b11;

/// The FADT, revision 6.5, 276 bytes (ACPI 6.5 §5.2.9; guest contract §1.2).
///
/// Buttons are control methods (there is no fixed hardware for them), the DSDT has a 64-bit
/// address.
pub(crate) fn fadt(dsdt: u64) -> Vec<u8> {
    let mut fadt = FADTBuilder::new(OEM_ID, OEM_TABLE_ID, OEM_REVISION)
        .dsdt_64(dsdt)
        .flag(Flags::HwReducedAcpi)
        .flag(Flags::PwrButton)
        .flag(Flags::SlpButton);
    fadt.arm_boot_arch = PSCI_BY_HVC.into();
    fadt.hypervisor_vendor_identity = u64::from_le_bytes(OEM_TABLE_ID).into();
    let mut bytes = Vec::new();
    fadt.finalize().to_aml_bytes(&mut bytes);
    bytes
}

/// GSIVs of the timers, as Arm's BSA assigns them: secure EL1, non-secure EL1, virtual EL1,
/// non-secure EL2.
const TIMERS: [u32; 4] = [29, 30, 27, 26];
/// Level-triggered, active-high, and running in every low-power state: a virtual CPU's timer
/// is kept by the host.
const TIMER_FLAGS: u32 = 1 << 2;
/// "There is no such memory-mapped frame."
const NO_FRAME: u64 = u64::MAX;

/// The GTDT, revision 3, 104 bytes (ACPI 6.5 §5.2.25; guest contract §1.4).
///
/// ```text
/// 36 u64 CntControlBase    48 4 × {u32 GSIV, u32 flags}    80 u64 CntReadBase
/// 88 u32 platform timers   92 u32 their offset             96 u32 GSIV, u32 flags: virtual EL2
/// ```
pub(crate) fn gtdt() -> Vec<u8> {
    let mut table = Table::new(*b"GTDT", 3);
    table.qword(NO_FRAME);
    table.dword(0);
    for gsiv in TIMERS {
        table.dword(gsiv);
        table.dword(TIMER_FLAGS);
    }
    table.qword(NO_FRAME);
    for _no_platform_timers_and_no_virtual_el2 in 0..4 {
        table.dword(0);
    }
    table.finish()
}

//! GTDT: Arm's generic timer (ACPI 6.5 §5.2.25; guest contract §1.4).

use acpi_tables::AmlSink;

use crate::table::Table;

/// GSIVs of the timers, as Arm's BSA assigns them: secure EL1, non-secure EL1, virtual EL1,
/// non-secure EL2.
pub(crate) const TIMERS: [u32; 4] = [29, 30, 27, 26];
/// Level-triggered, active-high, and running in every low-power state: a virtual CPU's timer
/// is kept by the host.
const TIMER_FLAGS: u32 = 1 << 2;
/// "There is no such memory-mapped frame."
const NO_FRAME: u64 = u64::MAX;

/// The GTDT, revision 3, 104 bytes.
///
/// ```text
/// 36 u64 CntControlBase    48 4 × {u32 GSIV, u32 flags}    80 u64 CntReadBase
/// 88 u32 platform timers   92 u32 their offset             96 u32 GSIV, u32 flags: virtual EL2
/// ```
pub(crate) fn build() -> Vec<u8> {
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

//! MADT: the possible CPUs and the interrupt controller (ACPI 6.5 §5.2.12; guest contract §1.3).

use acpi_tables::AmlSink;
use acpi_tables::madt::{EnabledStatus, GicVersion, Gicc, Gicd, Gicr, Trigger};

use crate::platform::{
    Cpu, CpuAtBoot, CpuStart, Deviation, MAILBOX_SIZE, Platform, REDISTRIBUTOR_SIZE,
};
use crate::table::Table;

/// The revision whose GICC structures are 82 bytes long (ACPI 6.5). At 7, Linux reads bits that
/// this machine leaves 0 as promises about coherency.
const REVISION: u8 = 6;

/// Parking Protocol Version: mailboxes to which a CPU can also be returned. Whoever knows version 1 only
/// asks whether it is 0.
const PARKING_PROTOCOL: u32 = 2;

/// The MADT, revision 6: after the header `u32` local interrupt controller address = 0 and `u32`
/// flags = 0, then a GICC (82 bytes) per possible CPU in index order, a GICD (24 bytes) and one
/// GICR (16 bytes) for all redistributors.
///
/// It says what is possible and never what is so at the moment: it is built once.
pub(crate) fn build(platform: &Platform) -> Vec<u8> {
    let mut table = Table::new(*b"APIC", REVISION);
    table.dword(0);
    table.dword(0);
    for (index, cpu) in (0u32..).zip(&platform.cpus) {
        table.push(&gicc(platform, index, cpu));
    }
    table.push(&Gicd::new(0, platform.gic.distributor, GicVersion::GICv3));
    if platform.deviation != Some(Deviation::GiccRedistributors) {
        let length = platform.cpus.len() as u64 * REDISTRIBUTOR_SIZE;
        table.push(&Gicr::new(platform.gic.redistributors, length as u32));
    }
    table.finish()
}

/// One CPU. Its index is both its CPU Interface Number and its ACPI Processor UID; where the number
/// names it in its mailbox, it has 8 bits, because Linux takes no more (guest contract §4.2).
fn gicc(platform: &Platform, index: u32, cpu: &Cpu) -> Gicc {
    let status = match cpu.boot {
        CpuAtBoot::Enabled => EnabledStatus::Enabled,
        CpuAtBoot::OnlineCapable => EnabledStatus::DisabledOnlineCapable,
    };
    let number = match platform.cpu_start {
        CpuStart::Parking(_) => index & 0xff,
        CpuStart::Psci | CpuStart::SpinTable(_) => index,
    };
    let gicc = Gicc::new(status)
        .cpu_interface_number(number)
        .acpi_processor_uid(index)
        .mpidr(cpu.mpidr.bits())
        .performance_interrupt(platform.pmu_gsiv.unwrap_or(0), Trigger::Level);
    let gicc = match mailbox(platform, index) {
        Some(page) => gicc.parking_protocol_version(PARKING_PROTOCOL).parked_address(page),
        None => gicc,
    };
    if platform.deviation == Some(Deviation::GiccRedistributors) {
        gicc.redistributor_base(platform.gic.redistributors + u64::from(index) * REDISTRIBUTOR_SIZE)
    } else {
        gicc
    }
}

/// The page of a CPU's mailbox, where the table names one.
fn mailbox(platform: &Platform, index: u32) -> Option<u64> {
    match (&platform.cpu_start, platform.deviation) {
        (CpuStart::Parking(mailboxes), _) => Some(mailboxes.page(index)),
        (CpuStart::Psci, Some(Deviation::MailboxesBesidePsci(base))) => {
            Some(base + u64::from(index) * MAILBOX_SIZE)
        }
        (CpuStart::Psci | CpuStart::SpinTable(_), _) => None,
    }
}

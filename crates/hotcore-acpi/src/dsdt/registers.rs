//! `\_SB.PRES`: the CPU hotplug register block as AML sees it (guest contract §1.9, §1.11).

use acpi_tables::aml::{
    Device, EISAName, Field, FieldAccessType, FieldEntry, FieldLockRule, FieldUpdateRule,
    Memory32Fixed, Mutex, Name, OpRegion, OpRegionSpace, ResourceTemplate,
};

use super::Encoded;
use crate::platform::HOTPLUG_BLOCK_SIZE;

/// The CPU that the other registers are about.
pub(super) const SELECTOR: &str = "\\_SB_.PRES.CSEL";
/// What a write of data means.
pub(super) const COMMAND: &str = "\\_SB_.PRES.CCMD";
/// Data of the command.
pub(super) const DATA: &str = "\\_SB_.PRES.CDAT";
/// Reads 1 when the selected CPU is enabled.
pub(super) const ENABLED: &str = "\\_SB_.PRES.CPEN";
/// The selected CPU has an insert event; write 1 to clear.
pub(super) const INSERT: &str = "\\_SB_.PRES.CINS";
/// The selected CPU has a remove event; write 1 to clear.
pub(super) const REMOVE: &str = "\\_SB_.PRES.CRMV";
/// Write 1 to eject the selected CPU.
pub(super) const EJECT: &str = "\\_SB_.PRES.CEJ0";
/// Held from selecting a CPU to the last access that is about it.
pub(super) const LOCK: &str = "\\_SB_.PRES.CPLK";

/// The device that owns the registers.
///
/// Bit fields are written as zeros around the bit meant, not preserved: flags are write-one-to-clear,
/// and the block obeys the first flag it sees set.
pub(super) fn device(base: u32) -> Encoded {
    let size = HOTPLUG_BLOCK_SIZE as u32;
    Encoded::new(&Device::new(
        "PRES".into(),
        vec![
            &Name::new("_HID".into(), &EISAName::new("PNP0A06")),
            &Name::new("_UID".into(), &"CPU Hotplug resources"),
            &Mutex::new("CPLK".into(), 0),
            &Name::new(
                "_CRS".into(),
                &ResourceTemplate::new(vec![&Memory32Fixed::new(true, base, size)]),
            ),
            &OpRegion::new("PRST".into(), OpRegionSpace::SystemMemory, &base, &size),
            &Field::new(
                "PRST".into(),
                FieldAccessType::Byte,
                FieldLockRule::NoLock,
                FieldUpdateRule::WriteAsZeroes,
                vec![
                    FieldEntry::Reserved(32),
                    FieldEntry::Named(*b"CPEN", 1),
                    FieldEntry::Named(*b"CINS", 1),
                    FieldEntry::Named(*b"CRMV", 1),
                    FieldEntry::Named(*b"CEJ0", 1),
                    FieldEntry::Named(*b"CEJF", 1),
                    FieldEntry::Reserved(3),
                    FieldEntry::Named(*b"CCMD", 8),
                ],
            ),
            &Field::new(
                "PRST".into(),
                FieldAccessType::DWord,
                FieldLockRule::NoLock,
                FieldUpdateRule::Preserve,
                vec![
                    FieldEntry::Named(*b"CSEL", 32),
                    FieldEntry::Reserved(32),
                    FieldEntry::Named(*b"CDAT", 32),
                ],
            ),
        ],
    ))
}

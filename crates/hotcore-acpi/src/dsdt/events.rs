//! `\_SB.GED`: the Generic Event Device, whose one interrupt tells of all events
//! (ACPI 6.5 §5.6.9; guest contract §1.10).

use acpi_tables::aml::{
    And, Device, Field, FieldAccessType, FieldEntry, FieldLockRule, FieldUpdateRule, If, Interrupt,
    Local, Method, MethodCall, Name, Notify, OpRegion, OpRegionSpace, Path, ResourceTemplate,
    Store, ZERO,
};

use super::Encoded;
use crate::platform::{self, GED_SELECTOR_SIZE};

/// Selector bit of the power button.
const POWER_BUTTON: u8 = 1 << 1;
/// Selector bit of CPU hotplug.
const CPU: u8 = 1 << 3;
/// What a button that was pressed is notified with.
const PRESSED: u8 = 0x80;

/// The device. `_EVT` reads the selector once, since reading clears it, and answers each event.
///
/// It comes after everything that it names, so that no interpreter meets a name it does not know yet.
pub(super) fn device(ged: &platform::Device) -> Encoded {
    let base = ged.base as u32;
    Encoded::new(&Device::new(
        "GED_".into(),
        vec![
            &Name::new("_HID".into(), &"ACPI0013"),
            &Name::new("_UID".into(), &"GED"),
            &Name::new(
                "_CRS".into(),
                &ResourceTemplate::new(vec![&Interrupt::new(true, true, false, false, ged.gsiv)]),
            ),
            &OpRegion::new(
                "EREG".into(),
                OpRegionSpace::SystemMemory,
                &base,
                &(GED_SELECTOR_SIZE as u32),
            ),
            &Field::new(
                "EREG".into(),
                FieldAccessType::DWord,
                FieldLockRule::NoLock,
                FieldUpdateRule::WriteAsZeroes,
                vec![FieldEntry::Named(*b"ESEL", 32)],
            ),
            &Method::new(
                "_EVT".into(),
                1,
                true,
                vec![
                    &Store::new(&Local(0), &Path::new("ESEL")),
                    &If::new(
                        &And::new(&ZERO, &Local(0), &POWER_BUTTON),
                        vec![&Notify::new(&Path::new("\\_SB_.PWRB"), &PRESSED)],
                    ),
                    &If::new(
                        &And::new(&ZERO, &Local(0), &CPU),
                        vec![&MethodCall::new("\\_SB_.CPUS.CSCN".into(), vec![])],
                    ),
                ],
            ),
        ],
    ))
}

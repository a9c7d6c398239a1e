//! DSDT: the devices of the machine and the AML half of CPU hotplug (guest contract §1.9).
//!
//! There is no `\_SB._OSC`. No bit of it concerns CPU hotplug in any released kernel, `_OST` is
//! called without it, and a guest that finds none asks for nothing (behaviour 148).

mod cpus;
mod events;
mod notify;
mod registers;

use acpi_tables::aml::{Device, EISAName, Interrupt, Memory32Fixed, Name, ResourceTemplate, Scope};
use acpi_tables::{Aml, AmlSink};

use crate::platform::{self, Platform};
use crate::table::Table;

/// The DSDT, revision 2: its integers are 64 bits wide.
pub(crate) fn build(platform: &Platform) -> Vec<u8> {
    let mut table = Table::new(*b"DSDT", 2);
    table.push(&Scope::new(
        "\\_SB_".into(),
        vec![
            &registers::device(platform.hotplug as u32),
            &cpus::container(platform),
            &power_button(),
            &events::device(&platform.ged),
            &uart(&platform.uart),
        ],
    ));
    table.finish()
}

/// AML that is already encoded: the library's objects borrow their parts, this owns them.
struct Encoded(Vec<u8>);

impl Encoded {
    fn new(object: &dyn Aml) -> Self {
        let mut encoded = Self(Vec::new());
        encoded.push(object);
        encoded
    }

    fn push(&mut self, object: &dyn Aml) {
        object.to_aml_bytes(&mut self.0);
    }
}

impl Aml for Encoded {
    fn to_aml_bytes(&self, sink: &mut dyn AmlSink) {
        sink.vec(&self.0);
    }
}

/// The power button, a control method device that the GED notifies.
fn power_button() -> Encoded {
    Encoded::new(&Device::new(
        "PWRB".into(),
        vec![&Name::new("_HID".into(), &EISAName::new("PNP0C0C")), &Name::new("_UID".into(), &0u8)],
    ))
}

/// The PL011, under the id that Linux's driver knows.
fn uart(uart: &platform::Device) -> Encoded {
    Encoded::new(&Device::new(
        "COM0".into(),
        vec![
            &Name::new("_HID".into(), &"ARMH0011"),
            &Name::new("_UID".into(), &0u8),
            &Name::new(
                "_CRS".into(),
                &ResourceTemplate::new(vec![
                    &Memory32Fixed::new(true, uart.base as u32, uart.size as u32),
                    &Interrupt::new(true, false, false, false, uart.gsiv),
                ]),
            ),
        ],
    ))
}

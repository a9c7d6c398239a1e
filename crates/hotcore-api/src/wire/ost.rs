//! `_OST`: what a guest says of an event, and what that means (ACPI 6.5 §6.3.5).

use serde::{Deserialize, Serialize};

/// What the guest said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ost {
    /// Argument 0, what it is about: 1 device check, 3 eject request, 0x103 an eject that
    /// the guest began, 0x200 an insertion.
    pub source: u32,
    /// Argument 1, the status.
    pub status: u32,
    /// The status in words.
    pub text: String,
}

impl Ost {
    /// The guest's words, with their meaning.
    pub fn new(source: u32, status: u32) -> Self {
        let text = meaning(source, status);
        let text = text.map_or_else(|| format!("status {status:#x}"), str::to_owned);
        Self { source, status, text }
    }
}

/// Tables 6-29 (any source), 6-30 (ejection) and 6-31 (insertion).
fn meaning(source: u32, status: u32) -> Option<&'static str> {
    const EJECT_REQUEST: u32 = 0x003;
    const OSPM_EJECT: u32 = 0x103;
    const OSPM_INSERTION: u32 = 0x200;
    match (source, status) {
        (_, 0x00) => Some("success"),
        (_, 0x01) => Some("failure, for no particular reason"),
        (_, 0x02) => Some("it does not know this notification"),
        (EJECT_REQUEST | OSPM_EJECT, 0x80) => Some("it cannot eject this device"),
        (EJECT_REQUEST | OSPM_EJECT, 0x81) => Some("an application is using the device"),
        (EJECT_REQUEST | OSPM_EJECT, 0x82) => Some("the device is busy"),
        (EJECT_REQUEST | OSPM_EJECT, 0x83) => Some("something that depends on the device is busy"),
        (EJECT_REQUEST | OSPM_EJECT, 0x84) => Some("ejection is in progress"),
        (OSPM_INSERTION, 0x80) => Some("insertion is in progress"),
        (OSPM_INSERTION, 0x81) => Some("its driver could not be loaded"),
        (OSPM_INSERTION, 0x82) => Some("it cannot insert this device"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_means_different_things_for_different_sources() {
        assert_eq!(Ost::new(3, 0x82).text, "the device is busy");
        assert_eq!(Ost::new(0x200, 0x82).text, "it cannot insert this device");
        assert_eq!(Ost::new(1, 0).text, "success");
        assert_eq!(Ost::new(1, 0x82).text, "status 0x82");
        assert_eq!(Ost::new(0xffff_ffff, 0xdead).text, "status 0xdead");
    }
}

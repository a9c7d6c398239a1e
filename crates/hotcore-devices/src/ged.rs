//! Generic Event Device: tells the guest that something happened and what.
//!
//! ACPI 6.5 §5.6.9; guest contract §1.10. One 4-byte selector that reading clears, and an
//! edge-triggered interrupt.

use crate::{InterruptLine, MmioDevice};

/// Size of the register in bytes.
pub const GED_SIZE: u64 = 4;

/// An event the GED can announce: a bit of the selector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum GedEvent {
    /// The power button was pressed.
    PowerButton = 1 << 1,
    /// The CPU hotplug register block has an event.
    Cpu = 1 << 3,
}

/// The device.
///
/// | offset | size | read | write |
/// |---|---|---|---|
/// | 0x0 | 4 | pending events, cleared by the read | ignored |
///
/// ```
/// use hotcore_devices::{Ged, GedEvent, InterruptLine, MmioDevice};
/// struct Line;
/// impl InterruptLine for Line {
///     fn set_level(&self, _high: bool) {}
/// }
/// let mut ged = Ged::new(Line);
/// ged.raise(GedEvent::Cpu);
/// let mut selector = [0; 4];
/// ged.read(0, &mut selector);
/// assert_eq!(u32::from_le_bytes(selector), 8);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Ged<L> {
    selector: u32,
    line: L,
}

impl<L: InterruptLine> Ged<L> {
    /// A GED without events on an edge-triggered line.
    pub fn new(line: L) -> Self {
        Self { selector: 0, line }
    }

    /// Announces an event: the bit first, then the edge.
    pub fn raise(&mut self, event: GedEvent) {
        self.selector |= event as u32;
        self.line.pulse();
    }
}

impl<L: InterruptLine> MmioDevice for Ged<L> {
    fn read(&mut self, offset: u64, data: &mut [u8]) {
        data.fill(0);
        if offset != 0 {
            return;
        }
        let selector = core::mem::take(&mut self.selector).to_le_bytes();
        for (to, from) in data.iter_mut().zip(selector) {
            *to = from;
        }
    }

    fn write(&mut self, _offset: u64, _data: &[u8]) {}

    fn reset(&mut self) {
        self.selector = 0;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Levels(Arc<Mutex<Vec<bool>>>);

    impl InterruptLine for Levels {
        fn set_level(&self, high: bool) {
            self.0.lock().unwrap().push(high);
        }
    }

    fn selector(ged: &mut Ged<Levels>) -> u32 {
        let mut data = [0xff; 4];
        ged.read(0, &mut data);
        u32::from_le_bytes(data)
    }

    #[test]
    fn b041_b042_an_event_is_one_edge_and_reads_8_then_0() {
        let levels = Levels::default();
        let mut ged = Ged::new(levels.clone());
        ged.raise(GedEvent::Cpu);
        assert_eq!(*levels.0.lock().unwrap(), [true, false]);
        assert_eq!(selector(&mut ged), 8);
        assert_eq!(selector(&mut ged), 0);
    }

    #[test]
    fn events_add_up_until_they_are_read() {
        let mut ged = Ged::new(Levels::default());
        ged.raise(GedEvent::Cpu);
        ged.raise(GedEvent::PowerButton);
        assert_eq!(selector(&mut ged), 0xa);
    }

    #[test]
    fn writes_and_other_offsets_change_nothing_and_reset_clears() {
        let mut ged = Ged::new(Levels::default());
        ged.raise(GedEvent::Cpu);
        ged.write(0, &[0xff; 4]);
        let mut data = [0xff; 2];
        ged.read(2, &mut data);
        assert_eq!(data, [0, 0]);
        ged.reset();
        assert_eq!(selector(&mut ged), 0);
    }
}

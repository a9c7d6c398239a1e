//! What a bus and a device need of each other.

/// A device with registers in guest physical memory.
///
/// Both calls get 1, 2, 4 or 8 bytes, little-endian, at an offset that together with the length
/// lies inside the device's window. Every access has an answer: unknown registers read as zero and
/// ignore writes.
pub trait MmioDevice: Send {
    /// The guest loads `data.len()` bytes.
    fn read(&mut self, offset: u64, data: &mut [u8]);

    /// The guest stores `data`.
    fn write(&mut self, offset: u64, data: &[u8]);

    /// System reset: registers return to their reset values.
    fn reset(&mut self);
}

/// An interrupt line from a device to the interrupt controller.
pub trait InterruptLine: Send + Sync {
    /// Drives the line.
    fn set_level(&self, high: bool);

    /// One edge, for an edge-triggered interrupt.
    fn pulse(&self) {
        self.set_level(true);
        self.set_level(false);
    }
}

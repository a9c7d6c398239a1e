//! Register models of the devices a guest sees: CPU hotplug controller, GED, PL011, PL031.
//!
//! A device is a [`MmioDevice`] that knows offsets, not addresses; it is generic over its interrupt
//! line ([`InterruptLine`]) and knows nothing of threads, files or engines.

mod mmio;

pub use mmio::{InterruptLine, MmioDevice};

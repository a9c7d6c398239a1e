//! Register models of the devices a guest sees: CPU hotplug controller, GED, PL011, PL031.
//!
//! A device is a [`MmioDevice`] that knows offsets, not addresses; it is generic over its interrupt
//! line ([`InterruptLine`]) and knows nothing of threads, files or engines. The
//! [`HotplugController`] is no device by itself: it is the guest's door to the ledger, which its
//! owner lends it for each access.

mod ged;
mod hotplug;
mod mmio;
mod pl011;
mod pl031;
mod primecell;

pub use ged::{GED_SIZE, Ged, GedEvent};
pub use hotplug::{HOTPLUG_BLOCK_SIZE, HotplugController, HotplugFault};
pub use mmio::{InterruptLine, MmioDevice};
pub use pl011::{PL011_SIZE, Pl011};
pub use pl031::{Clock, PL031_SIZE, Pl031, SystemClock};

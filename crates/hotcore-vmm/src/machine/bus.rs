//! The bus: from a guest physical address without RAM to what answers there.

use std::sync::Arc;

use hotcore_devices::MmioDevice;
use parking_lot::Mutex;

/// What answers in a window.
pub(super) enum Target {
    /// The CPU hotplug register block, behind the lock of the ledger.
    CpuHotplug,
    /// The GED, behind the same lock.
    Ged,
    /// The mailboxes, behind the same lock.
    Mailboxes,
    /// A device of its own.
    Device(Arc<Mutex<dyn MmioDevice>>),
}

struct Window {
    base: u64,
    size: u64,
    target: Target,
}

/// All windows, which do not overlap.
#[derive(Default)]
pub(super) struct Bus {
    windows: Vec<Window>,
}

impl Bus {
    pub(super) fn add(&mut self, base: u64, size: u64, target: Target) {
        self.windows.push(Window { base, size, target });
    }

    /// The target that the whole access falls into, and the offset of the access in its window.
    pub(super) fn find(&self, address: u64, len: usize) -> Option<(&Target, u64)> {
        let window = self.windows.iter().find(|window| {
            let offset = address.checked_sub(window.base);
            let end = offset.and_then(|offset| offset.checked_add(len as u64));
            end.is_some_and(|end| end <= window.size)
        })?;
        Some((&window.target, address - window.base))
    }

    /// System reset of every device of its own.
    pub(super) fn reset(&self) {
        for window in &self.windows {
            if let Target::Device(device) = &window.target {
                device.lock().reset();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_access_has_to_fit_into_its_window() {
        let mut bus = Bus::default();
        bus.add(0x1000, 12, Target::CpuHotplug);
        bus.add(0x2000, 4, Target::Ged);
        assert!(matches!(bus.find(0x1004, 4), Some((Target::CpuHotplug, 4))));
        assert!(matches!(bus.find(0x2000, 4), Some((Target::Ged, 0))));
        for (address, len) in [(0xfff, 4), (0x1009, 4), (0x2004, 1), (u64::MAX, 8), (0, 1)] {
            assert!(bus.find(address, len).is_none(), "{address:#x}");
        }
    }
}

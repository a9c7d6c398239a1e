//! Where the tests find the VMM and the guests.

use std::path::PathBuf;

use hotcore_report::Present;

/// A kernel to test with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kernel {
    /// Debian's 6.12: `present` never changes.
    Linux6_12,
    /// Debian's 7.2: `present` follows the plugs.
    Linux7_2,
    /// Debian's 6.1, which knows nothing of virtual CPU hotplug.
    Linux6_1,
    /// One that somebody brought.
    Other,
}

impl Kernel {
    /// Its image.
    pub fn image(self) -> PathBuf {
        let version = match self {
            Self::Linux6_12 => "6.12",
            Self::Linux7_2 => "7.2",
            Self::Linux6_1 => "6.1",
            Self::Other => "other",
        };
        lab_file(&format!("guest/vmlinuz-{version}"))
    }

    /// The kernel that a command line means: a version, or `other`.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "6.12" => Some(Self::Linux6_12),
            "7.2" => Some(Self::Linux7_2),
            "6.1" => Some(Self::Linux6_1),
            "other" => Some(Self::Other),
            _ => None,
        }
    }

    /// What the kernel's `present` mask does, where that is known.
    pub fn present(self) -> Option<Present> {
        match self {
            Self::Linux6_12 | Self::Linux6_1 => Some(Present::Constant),
            Self::Linux7_2 => Some(Present::FollowsEnabled),
            Self::Other => None,
        }
    }

    /// Whether the kernel's `present` mask follows hotplug (patch "cpu/hotplug: Fix NULL kobject
    /// warning", in 7.2; guest contract, second table).
    pub fn present_follows_enabled(self) -> bool {
        self == Self::Linux7_2
    }
}

/// A file of the lab.
pub fn lab_file(path: &str) -> PathBuf {
    let lab = std::env::var_os("HOTCORE_LAB").map_or_else(|| "/lab".into(), PathBuf::from);
    lab.join(path)
}

/// Whether guests of KVM execute on a CPU that another emulator makes: the lab's host where that is nested.
pub fn host_is_emulated() -> bool {
    std::env::var_os("HOTCORE_HOST").is_some_and(|host| host == "emulated")
}

/// What `hotcore run --engine` is given: `HOTCORE_ENGINE`, which is what the lab says it has.
pub fn engine() -> String {
    std::env::var("HOTCORE_ENGINE").unwrap_or_else(|_| "auto".to_owned())
}

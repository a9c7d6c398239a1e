//! The demo, event by event.

use serde::{Deserialize, Serialize};

use crate::CpuList;

/// What happens in the demo, in its order. Times are since the guest was ready, or where that is
/// said since the request of their step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// The guest is being booted.
    Booting,
    /// The guest runs.
    Ready(Host),
    /// The host asks for something.
    Requested {
        /// Which step this is, from 1.
        step: u32,
        /// What is asked.
        kind: Kind,
        /// For which CPU.
        cpu: u16,
        /// When.
        at_us: u64,
    },
    /// The guest has got somewhere.
    Reached {
        /// In which step.
        step: u32,
        /// Where.
        mark: Mark,
        /// When, since the request.
        after_us: u64,
    },
    /// A step is complete, and the guest's masks are as they have to be.
    Done(Step),
    /// Everything was as it has to be, in the guest's log too.
    Passed,
    /// Something was not, or could not be found out.
    Failed {
        /// What.
        why: String,
    },
}

/// What runs where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// What executes the guest.
    pub engine: String,
    /// The version that the guest's kernel image names.
    pub kernel: String,
    /// From the start of the VMM to the guest's first command.
    pub boot_us: u64,
    /// The guest's masks.
    pub masks: Masks,
}

/// What the host asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Add a CPU.
    Add,
    /// Remove one.
    Remove,
}

/// What the guest announces of a CPU, in uevents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// `add`: it is enabled.
    Enabled,
    /// `online`.
    Online,
    /// `offline`.
    Offline,
    /// `remove`: it is not enabled any more.
    Disabled,
}

/// One request, from its beginning to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Which, from 1.
    pub step: u32,
    /// What was asked.
    pub kind: Kind,
    /// For which CPU.
    pub cpu: u16,
    /// When, since the guest was ready.
    pub at_us: u64,
    /// The guest's `enabled` had changed, since the request.
    pub enabled_us: u64,
    /// The guest's `online` had changed, since the request.
    pub online_us: u64,
    /// How the VMM saw it.
    pub vmm: Stages,
    /// The guest's masks afterwards.
    pub masks: Masks,
}

/// When the VMM saw an operation pass its stages, since the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stages {
    /// The guest took the event.
    pub delivered_us: u64,
    /// The guest said that it added the CPU, or that it is ejecting it (`_OST`).
    pub accepted_us: u64,
    /// The guest's PSCI `CPU_ON`, or `CPU_OFF`.
    pub power_us: u64,
    /// The CPU executes, or is ejected (`_EJ0`).
    pub ended_us: u64,
    /// What of all that the VMM itself spent.
    pub vmm_time_us: u64,
}

/// Linux's masks (`/sys/devices/system/cpu`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Masks {
    /// CPUs that can ever be.
    pub possible: CpuList,
    /// CPUs that are there, as the kernel at hand defines it: see [`Present`].
    pub present: CpuList,
    /// CPUs that may be brought up now.
    pub enabled: CpuList,
    /// CPUs that are up.
    pub online: CpuList,
}

/// What a kernel's `present` mask does (guest contract, "Kernels differ too").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Present {
    /// It equals `possible`, as in Linux 6.12.
    Constant,
    /// It follows `enabled`, as in Linux 7.2.
    FollowsEnabled,
}

impl Present {
    /// What `present` has to be.
    pub fn of(self, masks: &Masks) -> &CpuList {
        match self {
            Self::Constant => &masks.possible,
            Self::FollowsEnabled => &masks.enabled,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_back_from_their_lines() {
        let event = Event::Requested { step: 1, kind: Kind::Add, cpu: 3, at_us: 12 };
        let line = serde_json::to_string(&event).unwrap();
        assert_eq!(line, r#"{"event":"requested","step":1,"kind":"add","cpu":3,"at_us":12}"#);
        assert_eq!(serde_json::from_str::<Event>(&line).unwrap(), event);
    }
}

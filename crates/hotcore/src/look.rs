//! One look at a machine through its API, and what its vCPUs did between two looks.

use std::time::{Duration, Instant};

use hotcore_api::wire::{Counters, Cpu, Info};
use hotcore_api::{Client, ClientError};

const NOT_FOUND: u16 = 404;

/// What a VMM said at one moment.
#[derive(Debug, Clone)]
pub(crate) struct Look {
    /// Since whoever looks began to.
    pub(crate) at: Duration,
    /// Its machine, if it has one.
    pub(crate) machine: Option<Machine>,
}

/// A machine at one moment.
#[derive(Debug, Clone)]
pub(crate) struct Machine {
    pub(crate) info: Info,
    pub(crate) counters: Counters,
}

/// What a vCPU did between two looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rate {
    /// The part of the time that the host's CPUs spent on it, from 0 to 1.
    pub(crate) busy: f64,
    /// The part that it waited for one of them, with something to do.
    pub(crate) waited: f64,
    /// Exits a second.
    pub(crate) exits: f64,
}

impl Rate {
    /// The part of the time that its guest had something to do on it, whether or not the host had a CPU
    /// for that: what the guest takes for busy.
    pub(crate) fn wanted(&self) -> f64 {
        (self.busy + self.waited).min(1.0)
    }
}

impl Look {
    /// Looks, `began` being when the looking began.
    pub(crate) fn take(client: &mut Client, began: Instant) -> Result<Self, ClientError> {
        let machine = Machine::look(client);
        let at = began.elapsed();
        match machine {
            Ok(machine) => Ok(Self { at, machine: Some(machine) }),
            Err(ClientError::Refused { status, .. }) if status.as_u16() == NOT_FOUND => {
                Ok(Self { at, machine: None })
            }
            Err(error) => Err(error),
        }
    }
}

impl Machine {
    fn look(client: &mut Client) -> Result<Self, ClientError> {
        let info = client.info()?;
        Ok(Self { info, counters: client.counters()? })
    }

    /// A counter of a vCPU; `None` where it never executed.
    pub(crate) fn counter(&self, cpu: u16, name: &str) -> Option<u64> {
        self.counters.0.get(&format!("vcpu{cpu}"))?.get(name).copied()
    }

    fn exits(&self, cpu: u16) -> u64 {
        let counters = self.counters.0.get(&format!("vcpu{cpu}"));
        let counters = counters.into_iter().flatten();
        let exits = counters.filter(|(name, _)| name.starts_with("exits_"));
        exits.fold(0, |sum, (_, count)| sum.saturating_add(*count))
    }

    fn time(&self, cpu: u16, name: &str) -> u64 {
        self.counter(cpu, name).unwrap_or(0)
    }
}

/// What each possible vCPU did between two looks, in index order; `None` where they cannot be compared,
/// such as when another machine has taken the place of the first.
pub(crate) fn rates(before: &Look, now: &Look) -> Option<Vec<Rate>> {
    let (first, second) = (before.machine.as_ref()?, now.machine.as_ref()?);
    let uptime = |machine: &Machine| machine.info.hotcore.timings.uptime_us;
    let passed = now.at.checked_sub(before.at).filter(|passed| !passed.is_zero())?;
    if uptime(second) < uptime(first) {
        return None;
    }
    let rate = |cpu: &Cpu| {
        let part = |name| {
            let spent = second.time(cpu.index, name).checked_sub(first.time(cpu.index, name))?;
            Some((Duration::from_micros(spent).as_secs_f64() / passed.as_secs_f64()).min(1.0))
        };
        let exits = second.exits(cpu.index).checked_sub(first.exits(cpu.index))?;
        let exits = float(exits) / passed.as_secs_f64();
        Some(Rate { busy: part("busy_us")?, waited: part("waited_us")?, exits })
    };
    second.info.hotcore.cpus.iter().map(rate).collect()
}

/// What is shown of such a number needs no more than its first 53 bits.
#[allow(clippy::cast_precision_loss, reason = "see above")]
fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a test's report")]

    use serde_json::{Value, json};

    use super::*;

    /// A look at a running machine: whether each CPU is enabled, and its busy microseconds and exits.
    pub(crate) fn look(at_ms: u64, cpus: &[(bool, u64, u64)], operations: &Value) -> Look {
        let cpu = |(index, (enabled, _, _)): (usize, &(bool, u64, u64))| {
            json!({
                "index": index, "enabled": enabled, "removable": index > 0,
                "power": if *enabled { "on" } else { "off" },
                "inserting": false, "removing": false, "ost": null, "operation": null,
            })
        };
        let info = json!({
            "config": {
                "cpus": {
                    "boot_vcpus": cpus.iter().filter(|cpu| cpu.0).count(), "max_vcpus": cpus.len(),
                },
                "memory": {"size": 536_870_912},
                "payload": {"kernel": "Image"},
            },
            "state": "Running",
            "memory_actual_size": 536_870_912,
            "hotcore": {
                "engine": "soft", "firmware": "acpi", "kernel_version": "6.12.43",
                "removable": true,
                "cpus": cpus.iter().enumerate().map(cpu).collect::<Vec<_>>(),
                "operations": operations,
                "timings": {
                    "engine_created_us": 3, "first_instruction_us": 4, "uptime_us": at_ms * 1000,
                },
            },
        });
        let counted = |(index, (enabled, busy, exits)): (usize, &(bool, u64, u64))| {
            let mut of = json!({
                "busy_us": busy, "waited_us": busy / 10, "exits_mmio_reads": exits, "starts": 1,
            });
            if *enabled {
                of["thread_id"] = json!(4000 + index);
            }
            (format!("vcpu{index}"), of)
        };
        let started = |(_, cpu): &(usize, &(bool, u64, u64))| cpu.0 || cpu.1 > 0;
        let counters: serde_json::Map<_, _> =
            cpus.iter().enumerate().filter(started).map(counted).collect();
        let machine = Machine {
            info: serde_json::from_value(info).unwrap(),
            counters: serde_json::from_value(counters.into()).unwrap(),
        };
        Look { at: Duration::from_millis(at_ms), machine: Some(machine) }
    }

    #[test]
    fn rates_are_per_second_of_whoever_looks() {
        let before = look(1000, &[(true, 500_000, 10), (false, 0, 0)], &json!([]));
        let now = look(3000, &[(true, 1_500_000, 20), (true, 2_100_000, 3)], &json!([]));
        let rates = rates(&before, &now).unwrap();
        assert_eq!(rates[0], Rate { busy: 0.5, waited: 0.05, exits: 5.0 });
        assert_eq!(rates[1], Rate { busy: 1.0, waited: 0.105, exits: 1.5 }, "it began in between");
        assert!((rates[0].wanted() - 0.55).abs() < 1e-9 && rates[1].wanted() <= 1.0);
    }

    #[test]
    fn looks_at_different_machines_are_not_compared() {
        let none = Look { at: Duration::ZERO, machine: None };
        let old = look(1000, &[(true, 500_000, 10)], &json!([]));
        let now = look(2000, &[(true, 100, 10)], &json!([]));
        assert_eq!(rates(&old, &now), None, "less than before");
        assert_eq!(rates(&now, &old), None, "younger than before");
        assert_eq!(rates(&old, &old), None, "no time has passed");
        assert_eq!(rates(&none, &now), None);
        assert_eq!(rates(&now, &none), None);
    }
}

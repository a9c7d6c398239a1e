//! What is shown of a machine: made of two looks at it, for people and programs alike.

use hotcore_api::wire::{Cpu, Kind, Operation, Power, Stage};
use serde::Serialize;

use crate::ctl::{table, words};
use crate::look::{Look, Machine, Rate, rates};

/// What the columns are called.
pub(super) const TITLES: [&str; COLUMNS] =
    ["CPU", "ENABLED", "POWER", "THREAD", "BUSY", "WAITS", "EXITS/S", "LAST OPERATION"];
pub(super) const COLUMNS: usize = 8;

/// Everything that is shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct View {
    /// The machine in a sentence.
    pub(super) machine: String,
    /// CPUs' worth of time that is used; `None` before the second look.
    pub(super) busy_cpus: Option<f64>,
    /// Every possible CPU: first those that have ever been enabled.
    pub(super) cpus: Vec<Row>,
}

/// One CPU.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Row {
    pub(super) cpu: u16,
    pub(super) enabled: bool,
    pub(super) removable: bool,
    pub(super) power: &'static str,
    /// Its thread on the host.
    pub(super) thread: Option<u64>,
    /// Of the time since the look before.
    pub(super) busy_percent: Option<f64>,
    /// Of that time, what it waited for a CPU of the host.
    pub(super) waits_percent: Option<f64>,
    pub(super) exits_per_s: Option<f64>,
    /// The latest request for it that the VMM remembers, and what became of it.
    pub(super) operation: Option<String>,
    /// It is, or has been, enabled.
    #[serde(skip)]
    known: bool,
}

impl View {
    /// What `now` says, with rates where it can be compared with `before`.
    pub(super) fn new(before: Option<&Look>, now: &Look) -> Self {
        let Some(machine) = &now.machine else {
            let machine = "the VMM has no machine".to_owned();
            return Self { machine, busy_cpus: None, cpus: Vec::new() };
        };
        let rates = before.and_then(|before| rates(before, now));
        let rate = |index: usize| rates.as_ref().and_then(|rates| rates.get(index)).copied();
        let cpus = machine.info.hotcore.cpus.iter().enumerate();
        let mut cpus: Vec<Row> =
            cpus.map(|(index, cpu)| Row::new(machine, cpu, rate(index))).collect();
        // A stable sort: by their numbers otherwise.
        cpus.sort_by_key(|row| !row.known);
        Self {
            machine: table::headline(&machine.info),
            busy_cpus: rates.map(|rates| rates.iter().map(|rate| rate.busy).sum()),
            cpus,
        }
    }

    /// The row of a CPU.
    pub(super) fn place(&self, cpu: u16) -> Option<usize> {
        self.cpus.iter().position(|row| row.cpu == cpu)
    }

    /// The lowest CPU that is not enabled.
    pub(super) fn lowest_missing(&self) -> Option<u16> {
        self.cpus.iter().filter(|row| !row.enabled).map(|row| row.cpu).min()
    }

    /// How much of the CPUs is used, in words.
    pub(super) fn load(&self) -> String {
        let enabled = self.cpus.iter().filter(|row| row.enabled).count();
        match self.busy_cpus {
            Some(busy) => format!("{busy:.2} of {enabled} CPUs' time is used"),
            None => String::new(),
        }
    }
}

impl Row {
    fn new(machine: &Machine, cpu: &Cpu, rate: Option<Rate>) -> Self {
        let operations = &machine.info.hotcore.operations;
        let operation = operations.iter().rfind(|operation| operation.cpu == cpu.index);
        let started = machine.counter(cpu.index, "starts").is_some();
        let known = cpu.enabled || started || operation.is_some();
        // Nothing happens on a CPU that never was.
        let rate = rate.filter(|_| known);
        Self {
            cpu: cpu.index,
            enabled: cpu.enabled,
            removable: cpu.removable,
            power: match cpu.power {
                Power::Off => "off",
                Power::OnPending => "on-pending",
                Power::On => "on",
            },
            thread: machine.counter(cpu.index, "thread_id"),
            busy_percent: rate.map(|rate| rate.busy * 100.0),
            waits_percent: rate.map(|rate| rate.waited * 100.0),
            exits_per_s: rate.map(|rate| rate.exits),
            operation: operation.map(in_words),
            known,
        }
    }

    /// Its columns; see [`TITLES`].
    pub(super) fn cells(&self) -> [String; COLUMNS] {
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        let enabled = if self.enabled { "yes" } else { "no" };
        [
            self.cpu.to_string(),
            enabled.to_owned(),
            self.power.to_owned(),
            or_dash(self.thread.map(|thread| thread.to_string())),
            or_dash(self.busy_percent.map(percent)),
            or_dash(self.waits_percent.map(percent)),
            or_dash(self.exits_per_s.map(|exits| format!("{exits:.0}"))),
            or_dash(self.operation.clone()),
        ]
    }
}

fn percent(part: f64) -> String {
    format!("{part:.1} %")
}

/// An operation in few words.
fn in_words(operation: &Operation) -> String {
    let kind = match operation.kind {
        Kind::Plug => "add",
        Kind::Unplug => "remove",
    };
    let how = match operation.stage {
        Stage::Held => "held back",
        Stage::Requested => "requested",
        Stage::Delivered => "delivered",
        Stage::Accepted => "accepted",
        Stage::Ended => words::outcome_name(operation),
    };
    format!("{kind}: {how}")
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a test's report")]

    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::look::tests::look;

    /// Four CPUs: 0 and 3 are enabled, 1 is not any more, 2 never was.
    pub(in crate::top) fn looks() -> (Look, Look) {
        let operations = json!([
            {"id": 1, "cpu": 1, "kind": "plug", "stage": "ended", "outcome": "online",
             "ost": null, "vmm_time_us": 5, "timings": {"requested_us": 7, "ended_us": 900}},
            {"id": 2, "cpu": 1, "kind": "unplug", "stage": "ended", "outcome": "ejected",
             "ost": null, "vmm_time_us": 5, "timings": {"requested_us": 1007, "ended_us": 3007}},
            {"id": 3, "cpu": 3, "kind": "unplug", "stage": "delivered", "outcome": null,
             "ost": null, "vmm_time_us": 5, "timings": {"requested_us": 5007}},
        ]);
        let at = |ms, busy, exits| {
            let gone = (false, 300_000, 40);
            let cpus = [(true, busy, exits), gone, (false, 0, 0), (true, busy / 4, exits)];
            look(ms, &cpus, &operations)
        };
        (at(1000, 100_000, 100), at(3000, 1_700_000, 300))
    }

    #[test]
    fn those_ever_enabled_come_first() {
        let (before, now) = looks();
        let view = View::new(Some(&before), &now);
        assert_eq!(view.cpus.iter().map(|row| row.cpu).collect::<Vec<_>>(), [0, 1, 3, 2]);
        assert_eq!(view.lowest_missing(), Some(1));
        assert_eq!(view.place(2), Some(3));
        let cells: Vec<_> = view.cpus.iter().map(Row::cells).collect();
        assert_eq!(cells[0], ["0", "yes", "on", "4000", "80.0 %", "8.0 %", "100", "-"]);
        assert_eq!(cells[1], ["1", "no", "off", "-", "0.0 %", "0.0 %", "0", "remove: ejected"]);
        assert_eq!(
            cells[2],
            ["3", "yes", "on", "4003", "20.0 %", "2.0 %", "100", "remove: delivered"]
        );
        assert_eq!(cells[3], ["2", "no", "off", "-", "-", "-", "-", "-"]);
        assert_eq!(view.load(), "1.00 of 2 CPUs' time is used");
    }

    #[test]
    fn the_first_look_has_no_rates() {
        let view = View::new(None, &looks().0);
        assert_eq!(view.busy_cpus, None);
        assert!(view.cpus.iter().all(|row| row.busy_percent.is_none()));
    }

    #[test]
    fn no_machine_is_said() {
        let view = View::new(None, &Look { at: Duration::ZERO, machine: None });
        assert_eq!(view.machine, "the VMM has no machine");
        assert!(view.cpus.is_empty() && view.lowest_missing().is_none());
    }
}

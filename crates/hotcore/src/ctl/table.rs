//! A machine and its CPUs, for people.

use std::fmt::Write;
use std::time::Duration;

use hotcore_api::wire::{Counters, Cpu, Info, Operation, Power, State};

use super::words;

/// One paragraph and one table.
pub(super) fn of(info: &Info) -> String {
    let mut text = headline(info);
    text.push_str("\n\nCPU  ENABLED  REMOVABLE  POWER       LAST _OST         OPERATION\n");
    for cpu in &info.hotcore.cpus {
        line(&mut text, cpu, &info.hotcore.operations);
    }
    text
}

/// The machine in one line.
pub(crate) fn headline(info: &Info) -> String {
    let hotcore = &info.hotcore;
    let cpus = info.config.cpus;
    let kernel =
        hotcore.kernel_version.as_deref().map_or("no Linux".into(), |v| format!("Linux {v}"));
    let state = match info.state {
        State::Created => "created",
        State::Paused => "paused",
        State::Running => "running",
        State::Shutdown => "ended",
    };
    let uptime = Duration::from_micros(hotcore.timings.uptime_us).as_secs_f64();
    let start = match hotcore.cpu_start.as_str() {
        "" | "psci" => String::new(),
        other => format!(" with {other}"),
    };
    format!(
        "{state}: {} of {} CPUs, {} MiB, {kernel}, {}{start}, {}, up {uptime:.1} s",
        cpus.boot_vcpus,
        cpus.max_vcpus,
        info.memory_actual_size >> 20,
        hotcore.firmware,
        hotcore.engine,
    )
}

/// The requests that are remembered.
pub(super) fn of_operations(operations: &[Operation]) -> String {
    let mut text = String::from("  ID  CPU  KIND    OUTCOME          MS\n");
    for operation in operations {
        let kind = format!("{:?}", operation.kind).to_lowercase();
        let ended = operation.timings.ended_us;
        let took =
            ended.map_or("-".into(), |at| format!("{:.1}", words::since(&operation.timings, at)));
        let outcome = words::outcome_name(operation);
        let _ = writeln!(
            text,
            "{:>4}  {:>3}  {kind:<6}  {outcome:<11}  {took:>6}",
            operation.id, operation.cpu
        );
    }
    text
}

/// What the vCPUs that were ever on have done.
pub(super) fn of_counters(counters: &Counters) -> String {
    let mut text = String::from("COUNTER                            VALUE\n");
    for (device, counted) in &counters.0 {
        for (name, value) in counted {
            let _ = writeln!(text, "{:<24} {value:>15}", format!("{device}.{name}"));
        }
    }
    text
}

fn line(text: &mut String, cpu: &Cpu, operations: &[Operation]) {
    let power = match cpu.power {
        Power::Off => "off",
        Power::OnPending => "on-pending",
        Power::On => "on",
    };
    let ost = cpu.ost.as_ref();
    let ost = ost.map_or("-".into(), |ost| format!("{:#x}, {:#x}", ost.source, ost.status));
    let operation = operations.iter().find(|operation| Some(operation.id) == cpu.operation);
    let operation =
        operation.map_or("-".into(), |o| format!("{}: {:?}, {:?}", o.id, o.kind, o.stage));
    let line = format!(
        "{:>3}  {:<7}  {:<9}  {power:<10}  {ost:<16}  {}",
        cpu.index,
        yes_no(cpu.enabled),
        yes_no(cpu.removable),
        operation.to_lowercase(),
    );
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{line}");
}

fn yes_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_in_a_table() {
        let counters: Counters =
            serde_json::from_value(serde_json::json!({"vcpu0": {"busy_us": 1500, "starts": 1}}))
                .unwrap();
        assert_eq!(
            of_counters(&counters),
            "\
COUNTER                            VALUE
vcpu0.busy_us                       1500
vcpu0.starts                           1
"
        );
    }

    #[test]
    fn a_machine_in_a_table() {
        let mut info: Info = serde_json::from_value(serde_json::json!({
            "config": {
                "cpus": {"boot_vcpus": 1, "max_vcpus": 2},
                "memory": {"size": 536_870_912},
                "payload": {"kernel": "Image"},
            },
            "state": "Running",
            "memory_actual_size": 536_870_912,
            "hotcore": {
                "engine": "kvm",
                "firmware": "acpi",
                "kernel_version": "6.12.43",
                "removable": true,
                "cpus": [
                    {"index": 0, "enabled": true, "removable": false, "power": "on",
                     "inserting": false, "removing": false, "ost": null, "operation": null},
                    {"index": 1, "enabled": true, "removable": true, "power": "off",
                     "inserting": true, "removing": false,
                     "ost": {"source": 3, "status": 0x82, "text": "the device is busy"},
                     "operation": 4},
                ],
                "operations": [
                    {"id": 4, "cpu": 1, "kind": "plug", "stage": "requested", "outcome": null,
                     "ost": null, "vmm_time_us": 5, "timings": {"requested_us": 7}},
                ],
                "timings": {"engine_created_us": 3, "first_instruction_us": 4,
                            "uptime_us": 12_340_000},
            },
        }))
        .unwrap();
        assert_eq!(
            of(&info),
            "\
running: 1 of 2 CPUs, 512 MiB, Linux 6.12.43, acpi, kvm, up 12.3 s

CPU  ENABLED  REMOVABLE  POWER       LAST _OST         OPERATION
  0  yes      no         on          -                 -
  1  yes      yes        off         0x3, 0x82         4: plug, requested
"
        );
        info.hotcore.cpu_start = "parking".to_owned();
        assert!(headline(&info).contains("acpi with parking, kvm"), "{}", headline(&info));
    }
}

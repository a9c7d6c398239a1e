//! `/metrics`: how the VMM and its machine are doing, in Prometheus's text format (version 0.0.4).

use std::fmt::{Display, Write};

use hotcore_vcpu::Power;
use hotcore_vmm::{BUCKETS, LifeState, MachineInfo, Outcomes, Vmm};

/// The format, as `Content-Type` names it.
pub(super) const FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// All that is measured.
pub(super) fn text(vmm: &Vmm) -> String {
    let mut page = Page::default();
    page.metric("hotcore_info", "gauge", "The version of this VMM.");
    page.sample("hotcore_info", &[("version", &env!("CARGO_PKG_VERSION"))], 1);
    page.metric("hotcore_events_total", "counter", "Events so far.");
    page.sample("hotcore_events_total", &[], vmm.events().latest());
    operations(&mut page, vmm);
    let view = vmm.view();
    page.metric("hotcore_machine_state", "gauge", "1 for what the machine is at the moment.");
    for (name, state) in STATES {
        let is = view.as_ref().map(|view| view.state) == state;
        page.sample("hotcore_machine_state", &[("state", &name)], u8::from(is));
    }
    if let Some(view) = view {
        machine(&mut page, &view.control.info());
        activity(&mut page, &view.control.activity());
    }
    page.text
}

const STATES: [(&str, Option<LifeState>); 5] = [
    ("none", None),
    ("created", Some(LifeState::Created)),
    ("running", Some(LifeState::Running)),
    ("paused", Some(LifeState::Paused)),
    ("shutdown", Some(LifeState::Shutdown)),
];

fn operations(page: &mut Page, vmm: &Vmm) {
    let tally = vmm.events().tally();
    let kinds: [(&str, &Outcomes); 2] = [("plug", &tally.plug), ("unplug", &tally.unplug)];
    let name = "hotcore_operations_total";
    page.metric(
        name,
        "counter",
        "Operations that have ended, by what was asked and what came of it.",
    );
    for (kind, outcomes) in kinds {
        for (outcome, count) in outcomes.by_name() {
            page.sample(name, &[("kind", &kind), ("outcome", &outcome)], count);
        }
    }
    let name = "hotcore_operation_seconds";
    page.metric(name, "histogram", "From the request to the end of an operation.");
    for (kind, outcomes) in kinds {
        let latencies = outcomes.latencies();
        for (end, count) in BUCKETS.into_iter().zip(latencies.at_most) {
            let end = Seconds::from_micros(end * 1000);
            page.sample(
                "hotcore_operation_seconds_bucket",
                &[("kind", &kind), ("le", &end)],
                count,
            );
        }
        let all = [("kind", &kind as &dyn Display), ("le", &"+Inf")];
        page.sample("hotcore_operation_seconds_bucket", &all, latencies.count);
        let sum = Seconds::from_micros(crate::wire::micros(latencies.sum));
        page.sample("hotcore_operation_seconds_sum", &[("kind", &kind)], sum);
        page.sample("hotcore_operation_seconds_count", &[("kind", &kind)], latencies.count);
    }
}

fn machine(page: &mut Page, info: &MachineInfo) {
    page.metric("hotcore_uptime_seconds", "gauge", "Since the machine was made.");
    let uptime = Seconds::from_micros(crate::wire::micros(info.uptime));
    page.sample("hotcore_uptime_seconds", &[], uptime);
    page.metric("hotcore_memory_bytes", "gauge", "RAM of the machine.");
    page.sample("hotcore_memory_bytes", &[], info.facts.memory_size);
    page.metric("hotcore_vcpus_possible", "gauge", "CPUs that there can be.");
    page.sample("hotcore_vcpus_possible", &[], info.facts.cpus.max);
    page.metric("hotcore_vcpus_enabled", "gauge", "CPUs that the guest may bring up.");
    page.sample("hotcore_vcpus_enabled", &[], info.enabled);
    page.metric("hotcore_vcpu_enabled", "gauge", "1 where the guest may bring the CPU up.");
    for (index, cpu) in info.cpus.iter().enumerate() {
        page.sample("hotcore_vcpu_enabled", &[("vcpu", &index)], u8::from(cpu.enabled));
    }
    page.metric("hotcore_vcpu_on", "gauge", "1 where the CPU executes.");
    for (index, cpu) in info.cpus.iter().enumerate() {
        page.sample("hotcore_vcpu_on", &[("vcpu", &index)], u8::from(cpu.power == Power::On));
    }
}

fn activity(page: &mut Page, vcpus: &[hotcore_vmm::VcpuActivity]) {
    let begun = || vcpus.iter().enumerate().filter(|(_, vcpu)| vcpu.starts > 0);
    page.metric(
        "hotcore_vcpu_exits_total",
        "counter",
        "How often the CPU left its engine, and why.",
    );
    for (index, vcpu) in begun() {
        for (kind, count) in vcpu.exits.by_name() {
            page.sample("hotcore_vcpu_exits_total", &[("vcpu", &index), ("kind", &kind)], count);
        }
    }
    page.metric("hotcore_vcpu_busy_seconds_total", "counter", "The host's CPU time for the CPU.");
    for (index, vcpu) in begun() {
        let busy = Seconds::from_micros(crate::wire::micros(vcpu.busy));
        page.sample("hotcore_vcpu_busy_seconds_total", &[("vcpu", &index)], busy);
    }
    let name = "hotcore_vcpu_waited_seconds_total";
    page.metric(
        name,
        "counter",
        "What the CPU waited for one of the host's, with something to do.",
    );
    for (index, vcpu) in begun() {
        let waited = Seconds::from_micros(crate::wire::micros(vcpu.waited));
        page.sample(name, &[("vcpu", &index)], waited);
    }
    page.metric("hotcore_vcpu_starts_total", "counter", "How often the CPU was powered on.");
    for (index, vcpu) in begun() {
        page.sample("hotcore_vcpu_starts_total", &[("vcpu", &index)], vcpu.starts);
    }
}

/// Microseconds, shown as seconds.
struct Seconds {
    micros: u64,
}

impl Seconds {
    fn from_micros(micros: u64) -> Self {
        Self { micros }
    }
}

impl Display for Seconds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (seconds, micros) = (self.micros / 1_000_000, self.micros % 1_000_000);
        if micros == 0 {
            return write!(f, "{seconds}");
        }
        let fraction = format!("{micros:06}");
        write!(f, "{seconds}.{}", fraction.trim_end_matches('0'))
    }
}

#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn metric(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a string does not fail, here and below.
        let _ = write!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
    }

    /// None of our labels has a character that would have to be escaped.
    fn sample(&mut self, name: &str, labels: &[(&str, &dyn Display)], value: impl Display) {
        let _ = self.text.write_str(name);
        for (place, (label, value)) in labels.iter().enumerate() {
            let before = if place == 0 { '{' } else { ',' };
            let _ = write!(self.text, "{before}{label}=\"{value}\"");
        }
        let after = if labels.is_empty() { "" } else { "}" };
        let _ = writeln!(self.text, "{after} {value}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_have_the_form_that_scrapers_read() {
        let mut page = Page::default();
        page.sample("a", &[], 1);
        page.sample("b", &[("x", &"y"), ("z", &2)], Seconds::from_micros(1_050_000));
        page.sample("c", &[("le", &Seconds::from_micros(2_000_000))], 3);
        assert_eq!(page.text, "a 1\nb{x=\"y\",z=\"2\"} 1.05\nc{le=\"2\"} 3\n");
    }
}

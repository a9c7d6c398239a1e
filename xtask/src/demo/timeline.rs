//! The demo on a terminal: one line per step, which grows while it happens.

use std::io::{self, Write};
use std::time::Duration;

use hotcore_report::{Event, Kind, Mark, Masks, Step};

/// Shows events as they come.
pub(super) struct Timeline<W> {
    output: W,
}

impl<W: Write> Timeline<W> {
    pub(super) fn new(output: W) -> Self {
        Self { output }
    }

    /// Shows one event.
    pub(super) fn show(&mut self, event: &Event) -> io::Result<()> {
        let output = &mut self.output;
        match event {
            Event::Booting => writeln!(output, "booting a guest with one CPU of four ...")?,
            Event::Ready(host) => {
                let boot = Duration::from_micros(host.boot_us).as_secs_f64();
                writeln!(output, "Linux {} on {}: up after {boot:.1} s", host.kernel, host.engine)?;
                writeln!(
                    output,
                    "CPUs  {}  (■ online  ▣ enabled  □ possible)\n",
                    cpus(&host.masks)
                )?;
                writeln!(
                    output,
                    "       at   the host asks    the guest, since then                       \
                     VMM's share   CPUs"
                )?;
            }
            Event::Requested { kind, cpu, at_us, .. } => {
                let at = Duration::from_micros(*at_us).as_secs_f64();
                let verb = match kind {
                    Kind::Add => "add",
                    Kind::Remove => "remove",
                };
                write!(output, "{at:6.2} s   {:<14}", format!("{verb} CPU {cpu}"))?;
            }
            Event::Reached { mark, after_us, .. } => {
                write!(output, "   {:<9} {:>7.1} ms", name(*mark), millis(*after_us))?;
            }
            Event::Done(step) => writeln!(output, "{}", end(step))?,
            Event::Passed => writeln!(
                output,
                "\npossible and the other masks as they have to be after every step; no \"failed to \
                 boot\" in the log, no taint"
            )?,
            Event::Failed { .. } => writeln!(output)?,
        }
        output.flush()
    }
}

fn end(step: &Step) -> String {
    format!("   {:>9.2} ms   {}", millis(step.vmm.vmm_time_us), cpus(&step.masks))
}

fn name(mark: Mark) -> &'static str {
    match mark {
        Mark::Enabled => "enabled",
        Mark::Online => "online",
        Mark::Offline => "offline",
        Mark::Disabled => "disabled",
    }
}

fn millis(micros: u64) -> f64 {
    Duration::from_micros(micros).as_secs_f64() * 1000.0
}

/// A picture of the possible CPUs.
fn cpus(masks: &Masks) -> String {
    let picture = |cpu| match (masks.online.contains(cpu), masks.enabled.contains(cpu)) {
        (true, _) => "■",
        (false, true) => "▣",
        (false, false) => "□",
    };
    masks.possible.iter().map(picture).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use hotcore_report::{CpuList, Stages};

    use super::*;

    #[test]
    fn a_line_grows_with_its_step() {
        let list = |text| CpuList::parse(text).unwrap();
        let masks = Masks {
            possible: list("0-3"),
            present: list("0-3"),
            enabled: list("0-2"),
            online: list("0,2"),
        };
        let (delivered_us, accepted_us, power_us, ended_us) = (9_000, 22_000, 70_000, 73_000);
        let vmm = Stages { delivered_us, accepted_us, power_us, ended_us, vmm_time_us: 840 };
        let (step, kind, cpu, at_us) = (4, Kind::Add, 2, 1_250_000);
        let (enabled_us, online_us) = (23_140, 74_000);
        let mut timeline = Timeline::new(Vec::new());
        let mut shown = |event| {
            timeline.show(&event).unwrap();
            String::from_utf8(std::mem::take(&mut timeline.output)).unwrap()
        };
        let asked = shown(Event::Requested { step, kind, cpu, at_us });
        assert_eq!(asked, "  1.25 s   add CPU 2     ");
        let reached = shown(Event::Reached { step, mark: Mark::Enabled, after_us: enabled_us });
        assert_eq!(reached, "   enabled      23.1 ms");
        let done = Step { step, kind, cpu, at_us, enabled_us, online_us, vmm, masks };
        assert_eq!(shown(Event::Done(done)), "        0.84 ms   ■ ▣ ■ □\n");
    }
}

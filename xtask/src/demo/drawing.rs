//! The demo as a drawing: one bar per step, and the CPUs after it.

use std::time::Duration;

use hotcore_report::svg::{Anchor, Svg, tick};
use hotcore_report::{Kind, Step};

use super::report::Report;

const WIDTH: f64 = 760.0;
const TOP: f64 = 64.0;
const ROW: f64 = 26.0;
/// Where the time axis begins and ends.
const AXIS: [f64; 2] = [120.0, 620.0];
/// Where the CPUs are, and how large each is.
const CPUS: f64 = 646.0;
const CPU: f64 = 14.0;

const INK: &str = "#1f2933";
const FAINT: &str = "#d2d6dc";
const FIRST: &str = "#9fb3c8";
const ADDED: &str = "#2f9e6e";
const REMOVED: &str = "#d9822b";

/// The drawing.
pub(super) fn of(report: &Report) -> String {
    let bottom = report.steps.iter().fold(TOP, |bottom, _| bottom + ROW);
    let mut svg = Svg::new(WIDTH, bottom + 56.0);
    let longest = report.steps.iter().map(|step| step.enabled_us.max(step.online_us)).max();
    let longest = longest.unwrap_or(0).max(1);
    let scale = (AXIS[1] - AXIS[0]) / millis(longest);
    if let Some(host) = &report.host {
        let title = format!("Linux {}, {} engine: CPUs come and go", host.kernel, host.engine);
        svg.text(AXIS[0], 24.0, Anchor::Start, INK, &title);
    }
    legend(&mut svg);
    axis(&mut svg, bottom, longest, scale);
    for (row, step) in (0_u32..).zip(&report.steps) {
        bar(&mut svg, TOP + f64::from(row) * ROW, step, scale);
    }
    svg.finish()
}

fn legend(svg: &mut Svg) {
    let entries = [
        (FIRST, "to enabled, to offline"),
        (ADDED, "from there to online"),
        (REMOVED, "from there to removed"),
    ];
    for (place, (fill, name)) in (0_u32..).zip(entries) {
        let x = AXIS[0] + f64::from(place) * 170.0;
        svg.rect([x, 36.0, 12.0, 12.0], fill);
        svg.text(x + 18.0, 47.0, Anchor::Start, INK, name);
    }
    svg.text(CPUS, 47.0, Anchor::Start, INK, "CPUs 0-3");
}

fn axis(svg: &mut Svg, bottom: f64, longest: u64, scale: f64) {
    let step = usize::try_from(tick(longest)).unwrap_or(usize::MAX);
    for at in (0..=longest).step_by(step) {
        let x = AXIS[0] + millis(at) * scale;
        svg.line([x, TOP, x, bottom + 4.0], FAINT);
        svg.text(x, bottom + 20.0, Anchor::Middle, INK, &millis(at).to_string());
    }
    let unit = "milliseconds since the host's request";
    svg.text(f64::midpoint(AXIS[0], AXIS[1]), bottom + 40.0, Anchor::Middle, INK, unit);
}

/// From the request to the first of the guest's announcements, and from there to the second.
fn bar(svg: &mut Svg, y: f64, step: &Step, scale: f64) {
    let (verb, [first, second], fill) = match step.kind {
        Kind::Add => ("add", [step.enabled_us, step.online_us], ADDED),
        Kind::Remove => ("remove", [step.online_us, step.enabled_us], REMOVED),
    };
    let [first, second] = [first, second].map(|at| millis(at) * scale);
    let name = format!("{verb} CPU {}", step.cpu);
    svg.text(AXIS[0] - 10.0, y + 17.0, Anchor::End, INK, &name);
    svg.rect([AXIS[0], y + 5.0, first, 16.0], FIRST);
    svg.rect([AXIS[0] + first, y + 5.0, (second - first).max(0.0), 16.0], fill);
    for (place, cpu) in (0_u32..).zip(step.masks.possible.iter()) {
        let square = [CPUS + f64::from(place) * (CPU + 6.0), y + 6.0, CPU, CPU];
        if step.masks.online.contains(cpu) {
            svg.rect(square, INK);
        }
        svg.frame(square, INK);
    }
}

fn millis(micros: u64) -> f64 {
    Duration::from_micros(micros).as_secs_f64() * 1000.0
}

//! A dry run as a drawing: demand, and the vCPUs that followed it.

use hotcore_report::svg::{Anchor, Svg, tick};

use super::policy::Policy;
use super::simulate::{Step, tally};

const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 380.0;
/// Left, top, right and bottom of the plot.
const PLOT: [f64; 4] = [60.0, 64.0, 880.0, 330.0];
/// So many pixels of its width have lines of their own, however long the trace is.
const COLUMNS: u32 = 820;

const INK: &str = "#1f2933";
const FAINT: &str = "#d2d6dc";
const DEMAND: &str = "#4a7fb5";
const CPUS: &str = "#c2410c";

/// Time and CPUs to pixels.
struct Scale {
    begin: f64,
    seconds: f64,
    cpus: f64,
}

/// What happened within one column.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Column {
    x: f64,
    low: f64,
    high: f64,
    last: f64,
}

/// The drawing.
pub(super) fn of(policy: &Policy, steps: &[Step]) -> String {
    let mut svg = Svg::new(WIDTH, HEIGHT);
    let scale = Scale::of(steps);
    let tally = tally(steps);
    let title = format!(
        "Demand and vCPUs: {} to {}, target {:.0} % \u{b1} {:.0}; {} additions, {} removals",
        policy.min,
        policy.max,
        policy.target * 100.0,
        policy.margin * 100.0,
        tally.additions,
        tally.removals
    );
    svg.text(WIDTH / 2.0, 26.0, Anchor::Middle, INK, &title);
    legend(&mut svg);
    axes(&mut svg, &scale);
    let demand = columns(steps, &scale, |step| step.demand);
    line(&mut svg, &scale, &demand, DEMAND);
    let cpus = columns(steps, &scale, |step| f64::from(step.sample.cpus.enabled));
    line(&mut svg, &scale, &cpus, CPUS);
    svg.finish()
}

fn legend(svg: &mut Svg) {
    for (x, color, text) in [(60.0, DEMAND, "demand, in CPUs"), (220.0, CPUS, "vCPUs")] {
        svg.rect([x, 44.0, 16.0, 4.0], color);
        svg.text(x + 22.0, 51.0, Anchor::Start, INK, text);
    }
}

fn axes(svg: &mut Svg, scale: &Scale) {
    let [left, top, right, bottom] = PLOT;
    for cpus in marks(scale.cpus) {
        let y = scale.y(cpus);
        svg.line([left, y, right, y], FAINT);
        svg.text(left - 8.0, y + 4.0, Anchor::End, INK, &cpus.to_string());
    }
    for second in marks(scale.seconds) {
        let x = left + second * scale.per_second();
        svg.line([x, top, x, bottom + 4.0], FAINT);
        svg.text(x, bottom + 20.0, Anchor::Middle, INK, &format!("{second} s"));
    }
}

/// Round numbers up to `span`.
fn marks(span: f64) -> impl Iterator<Item = f64> {
    // A span is bounded by what a trace may hold; where it is not, there are fewer marks.
    #[allow(clippy::cast_sign_loss, reason = "a span is not negative")]
    let span = u32::try_from(span as u64).unwrap_or(u32::MAX);
    let step = u32::try_from(tick(u64::from(span))).unwrap_or(u32::MAX);
    (0..=span / step).map(move |mark| f64::from(mark) * f64::from(step))
}

/// The steps, as many to a column as fall into it.
fn columns(steps: &[Step], scale: &Scale, value: impl Fn(&Step) -> f64) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for step in steps {
        let x = scale.x(step).round();
        let value = value(step);
        match columns.last_mut().filter(|column| (column.x - x).abs() < 0.5) {
            Some(column) => {
                column.low = column.low.min(value);
                column.high = column.high.max(value);
                column.last = value;
            }
            None => columns.push(Column { x, low: value, high: value, last: value }),
        }
    }
    columns
}

/// Each step holds for the time before it.
fn line(svg: &mut Svg, scale: &Scale, columns: &[Column], color: &str) {
    let mut before: Option<Column> = None;
    for column in columns {
        let from = before.map_or(*column, |before| before);
        let y = scale.y(column.last);
        svg.line([from.x, y, column.x, y], color);
        let low = column.low.min(from.last);
        let high = column.high.max(from.last);
        if low < high {
            svg.line([from.x, scale.y(low), from.x, scale.y(high)], color);
        }
        before = Some(*column);
    }
}

impl Scale {
    fn of(steps: &[Step]) -> Self {
        let at = |step: Option<&Step>| step.map_or(0.0, |step| step.sample.at.as_secs_f64());
        let begin = at(steps.first());
        let most =
            |most: f64, step: &Step| most.max(step.demand).max(f64::from(step.sample.cpus.enabled));
        Self {
            begin,
            seconds: (at(steps.last()) - begin).max(1.0),
            cpus: steps.iter().fold(1.0, most),
        }
    }

    fn per_second(&self) -> f64 {
        f64::from(COLUMNS) / self.seconds
    }

    fn x(&self, step: &Step) -> f64 {
        PLOT[0] + (step.sample.at.as_secs_f64() - self.begin) * self.per_second()
    }

    fn y(&self, cpus: f64) -> f64 {
        PLOT[3] - cpus / self.cpus * (PLOT[3] - PLOT[1])
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a test's report")]

    use super::*;
    use crate::autoscale::simulate::run;
    use crate::autoscale::trace::Row;

    fn plot(rows: &[Row]) -> String {
        let policy = Policy::new(1, 8, 70, 10).unwrap();
        of(&policy, &run(&policy, rows))
    }

    #[test]
    fn a_long_trace_is_not_a_large_drawing() {
        let row = |second: u32| Row {
            at_s: f64::from(second),
            demand: f64::from(second % 7),
            enabled: None,
        };
        let rows: Vec<Row> = (1..200_000).map(row).collect();
        let file = plot(&rows);
        assert!(file.len() < 600_000, "{}", file.len());
        assert!(file.contains("Demand and vCPUs: 1 to 8, target 70 %"), "{file:.300}");
    }

    #[test]
    fn one_sample_is_a_drawing() {
        let file = plot(&[Row { at_s: 5.0, demand: 0.0, enabled: None }]);
        assert!(file.starts_with("<svg ") && !file.contains("NaN") && !file.contains("inf"));
    }

    #[test]
    fn a_century_has_few_marks() {
        let rows = [0.0, 3.2e9].map(|at_s| Row { at_s, demand: 4096.0, enabled: None });
        assert!(plot(&rows).len() < 10_000);
    }
}

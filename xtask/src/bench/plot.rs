//! Results as a drawing: the median as a bar, the range as a line.

use hotcore_report::svg::{Anchor, Svg, tick};

use super::results::{Results, Row, float};

const WIDTH: f64 = 800.0;
const TOP: f64 = 52.0;
const ROW: f64 = 26.0;
/// Where the axis begins and ends.
const AXIS: [f64; 2] = [280.0, 690.0];

const INK: &str = "#1f2933";
const FAINT: &str = "#d2d6dc";
const BAR: &str = "#4a7fb5";

/// The drawing. It has the rows in the first row's unit.
pub(super) fn of(results: &Results) -> String {
    let unit = results.rows.first().map(|row| row.unit);
    let rows: Vec<&Row> = results.rows.iter().filter(|row| Some(row.unit) == unit).collect();
    let bottom = rows.iter().fold(TOP, |bottom, _| bottom + ROW);
    let mut svg = Svg::new(WIDTH, bottom + 32.0);
    let title = format!(
        "{}: median and range of {} rounds ({})",
        results.bench.name(),
        results.rounds(),
        results.place
    );
    svg.text(WIDTH / 2.0, 28.0, Anchor::Middle, INK, &title);
    let longest = rows.iter().map(|row| row.summary.max).max().unwrap_or(1);
    let scale = (AXIS[1] - AXIS[0]) / float(longest.max(1));
    axis(&mut svg, bottom, longest, scale, &rows);
    for (place, row) in (0_u32..).zip(&rows) {
        bar(&mut svg, TOP + f64::from(place) * ROW, row, scale);
    }
    svg.finish()
}

fn axis(svg: &mut Svg, bottom: f64, longest: u64, scale: f64, rows: &[&Row]) {
    let Some(row) = rows.first() else { return };
    let step = usize::try_from(tick(longest)).unwrap_or(usize::MAX);
    for at in (0..=longest).step_by(step) {
        let x = AXIS[0] + float(at) * scale;
        svg.line([x, TOP, x, bottom + 4.0], FAINT);
        svg.text(x, bottom + 20.0, Anchor::Middle, INK, &row.unit.mark(at));
    }
}

fn bar(svg: &mut Svg, y: f64, row: &Row, scale: f64) {
    let name = format!("{}: {}", row.of, row.what);
    svg.text(AXIS[0] - 10.0, y + 17.0, Anchor::End, INK, &name);
    let [median, min, max] =
        [row.summary.median, row.summary.min, row.summary.max].map(|value| float(value) * scale);
    svg.rect([AXIS[0], y + 5.0, median, 16.0], BAR);
    svg.line([AXIS[0] + min, y + 13.0, AXIS[0] + max, y + 13.0], INK);
    for end in [min, max] {
        svg.line([AXIS[0] + end, y + 9.0, AXIS[0] + end, y + 17.0], INK);
    }
    let value = row.unit.show(row.summary.median);
    svg.text(AXIS[0] + max + 8.0, y + 17.0, Anchor::Start, INK, &value);
}

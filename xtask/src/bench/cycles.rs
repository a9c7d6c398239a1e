//! What looks at a VMM between cycles of adding and removing CPUs amount to: a table, and a drawing of
//! its memory over the cycles.

use hotcore_report::svg::{Anchor, Svg, tick};
use hotcore_report::{Footprint, Sample, Summary};

use super::results::{Goal, Parts, Results, Unit, float, row};

/// By how much memory may grow in the second half and still be called flat: a guest goes on reaching
/// code that it has not executed before, of which the software engine keeps what it has decoded.
const GROWTH_KIB: f64 = 512.0;

const WIDTH: f64 = 800.0;
const HEIGHT: f64 = 360.0;
/// Left, top, right and bottom of the plot.
const PLOT: [f64; 4] = [90.0, 52.0, 770.0, 310.0];

const INK: &str = "#1f2933";
const FAINT: &str = "#d2d6dc";
const LINE: &str = "#4a7fb5";

/// A look at the VMM after so many cycles.
type Look = (u32, Footprint);

/// One of the numbers of a footprint.
type Quantity = fn(&Footprint) -> u64;

/// The rows and goals of `samples`.
pub(super) fn of(samples: &[Sample]) -> Option<Parts> {
    let looks = looks(samples);
    let [third, last] = quarters(&looks)?;
    let mut rows = Vec::new();
    let quantities: [(&str, Unit, Quantity); 4] = [
        ("resident (without guest RAM)", Unit::Memory, |f| f.resident_kib),
        ("of that anonymous", Unit::Memory, |f| f.anonymous_kib),
        ("threads", Unit::Count, |f| f.threads),
        ("file descriptors", Unit::Count, |f| f.descriptors),
    ];
    for (what, unit, value) in quantities {
        for (name, looks) in [("start", &looks[..1]), ("3rd ¼", third), ("last ¼", last)] {
            let values: Vec<u64> = looks.iter().map(|(_, footprint)| value(footprint)).collect();
            rows.push(row(name, what, unit, &values)?);
        }
    }
    let growth = |value: Quantity| {
        let of = |looks: &[Look]| Summary::of(looks.iter().map(|(_, footprint)| value(footprint)));
        Some(float(of(last)?.median) - float(of(third)?.median))
    };
    let goals = vec![
        Goal::new(
            "growth of memory, 3rd to last ¼",
            growth(|f| f.resident_kib)?,
            GROWTH_KIB,
            " KiB",
        ),
        Goal::new("growth of threads", growth(|f| f.threads)?, 0.0, ""),
        Goal::new("growth of file descriptors", growth(|f| f.descriptors)?, 0.0, ""),
    ];
    Some((rows, goals))
}

fn looks(samples: &[Sample]) -> Vec<Look> {
    let looks = samples.iter().filter_map(|sample| match *sample {
        Sample::Cycles { cycles, footprint, .. } => Some((cycles, footprint)),
        _ => None,
    });
    looks.collect()
}

/// The third and the last quarter: in the first half, what is used for the first time is made.
fn quarters(looks: &[Look]) -> Option<[&[Look]; 2]> {
    let half = looks.get(looks.len().checked_sub(1)? / 2..).filter(|half| half.len() > 1)?;
    let (third, last) = half.split_at(half.len() / 2);
    Some([third, last])
}

/// How many cycles there were.
pub(super) fn count(samples: &[Sample]) -> usize {
    looks(samples).last().map_or(0, |(cycles, _)| *cycles as usize)
}

/// Resident memory over the cycles.
pub(super) fn drawing(results: &Results) -> String {
    let looks = looks(results.samples());
    let [left, top, right, bottom] = PLOT;
    let mut svg = Svg::new(WIDTH, HEIGHT);
    let last = looks.last().map_or(0, |(cycles, _)| *cycles);
    let most = looks.iter().map(|(_, footprint)| footprint.resident_kib).max().unwrap_or(0);
    let title =
        format!("memory besides guest RAM over {last} adds and removes ({})", results.place);
    svg.text(WIDTH / 2.0, 28.0, Anchor::Middle, INK, &title);
    let across = (right - left) / f64::from(last.max(1));
    // Room above the line, which is flat at best.
    let up = (bottom - top) / (1.2 * float(most.max(1)));
    for kib in marks(most) {
        let y = bottom - float(kib) * up;
        svg.line([left, y, right, y], FAINT);
        svg.text(left - 8.0, y + 4.0, Anchor::End, INK, &Unit::Memory.mark(kib));
    }
    for cycles in marks(last.into()) {
        let x = left + float(cycles) * across;
        svg.line([x, bottom, x, bottom + 5.0], INK);
        svg.text(x, bottom + 22.0, Anchor::Middle, INK, &cycles.to_string());
    }
    let points: Vec<[f64; 2]> = looks
        .iter()
        .map(|(cycles, footprint)| {
            [left + f64::from(*cycles) * across, bottom - float(footprint.resident_kib) * up]
        })
        .collect();
    for pair in points.windows(2) {
        if let [[x1, y1], [x2, y2]] = *pair {
            svg.line([x1, y1, x2, y2], LINE);
        }
    }
    svg.finish()
}

/// Round values from 0 to `last`.
fn marks(last: u64) -> impl Iterator<Item = u64> {
    let step = usize::try_from(tick(last)).unwrap_or(usize::MAX);
    (0..=last).step_by(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(resident: impl IntoIterator<Item = u64>) -> Vec<Sample> {
        let look = |(cycles, resident_kib)| Sample::Cycles {
            cycles,
            at_us: 0,
            footprint: Footprint { resident_kib, threads: 5, ..Footprint::default() },
        };
        (0..).zip(resident).map(look).collect()
    }

    fn grown(samples: &[Sample]) -> serde_json::Value {
        let goals = serde_json::to_value(of(samples).unwrap().1).unwrap();
        assert_eq!(goals[1]["measured"], 0.0);
        goals[0]["measured"].clone()
    }

    #[test]
    fn growth_is_that_of_the_second_half() {
        assert_eq!(grown(&samples([10, 800, 900, 901, 900, 903, 904, 902])), 3.0);
        assert_eq!(grown(&samples([5, 9, 9, 4])), -3.0);
        assert_eq!(grown(&samples([5, 7, 8])), 1.0);
        assert_eq!(count(&samples([5, 7, 8])), 2);
    }

    #[test]
    fn two_looks_are_compared_and_one_is_not() {
        assert_eq!(grown(&samples([7, 8])), 1.0);
        assert!(of(&samples([7])).is_none());
    }
}

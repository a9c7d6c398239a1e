//! What samples amount to.

use std::fmt::Write;

use hotcore_report::{Bench, Footprint, Sample, Stages, Start, Summary};
use serde::Serialize;

use super::{control, cycles, engine, parking};

/// The results of a benchmark.
#[derive(Debug, Serialize)]
pub(super) struct Results {
    /// Which.
    pub(super) bench: Bench,
    /// Where it was measured.
    pub(super) place: String,
    /// What has to be known to judge it.
    remarks: Vec<String>,
    /// What was measured.
    pub(super) rows: Vec<Row>,
    /// What is aimed at.
    pub(super) goals: Vec<Goal>,
    /// Everything that was measured.
    samples: Vec<Sample>,
}

/// One quantity.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    /// What it is of: an operation, or a number of CPUs.
    pub(super) of: String,
    /// What it is.
    pub(super) what: &'static str,
    /// Its unit.
    pub(super) unit: Unit,
    /// How often it was measured.
    pub(super) rounds: usize,
    /// Its first value, when caches and the emulator's translations were cold.
    pub(super) first: u64,
    /// Its median and range.
    #[serde(flatten)]
    pub(super) summary: Summary,
}

/// What a quantity is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) enum Unit {
    /// Microseconds; shown as milliseconds.
    #[serde(rename = "us")]
    Time,
    /// 1024 bytes.
    #[serde(rename = "KiB")]
    Memory,
    /// A number of things.
    #[serde(rename = "1")]
    Count,
    /// Millions of instructions in a second.
    #[serde(rename = "MIPS")]
    Speed,
    /// Things in a second.
    #[serde(rename = "1/s")]
    Rate,
}

/// What is aimed at, and how far it is.
#[derive(Debug, Serialize)]
pub(super) struct Goal {
    /// What is aimed at.
    aim: &'static str,
    /// The limit.
    limit: f64,
    /// What was measured.
    measured: f64,
    /// The unit of both.
    unit: &'static str,
    /// Whether it is reached.
    reached: bool,
}

impl Goal {
    pub(super) fn new(aim: &'static str, measured: f64, limit: f64, unit: &'static str) -> Self {
        Self { aim, limit, measured, unit, reached: measured <= limit }
    }

    /// A goal that is reached by as much or more.
    pub(super) fn at_least(
        aim: &'static str,
        measured: f64,
        limit: f64,
        unit: &'static str,
    ) -> Self {
        Self { aim, limit, measured, unit, reached: measured >= limit }
    }
}

impl Results {
    /// Works the samples out; `None` where they are not what the benchmark measures.
    pub(super) fn of(bench: Bench, samples: Vec<Sample>) -> Option<Self> {
        let place = samples.iter().find_map(|sample| match sample {
            Sample::Place { kernel, cpus, board, engine } => {
                Some(format!("{engine} on {board}, {cpus} CPUs, host Linux {kernel}"))
            }
            _ => None,
        })?;
        let remarks = samples.iter().filter_map(|sample| match sample {
            Sample::Remark { text } => Some(text.clone()),
            _ => None,
        });
        let remarks = remarks.collect();
        let (rows, goals) = match bench {
            Bench::Hotplug => hotplug(&samples)?,
            Bench::Density => density(&samples)?,
            Bench::Start => start(&samples)?,
            Bench::Engine => engine::of(&samples)?,
            Bench::Cycles => cycles::of(&samples)?,
            Bench::Control => control::of(&samples)?,
            Bench::Parking => parking::of(&samples)?,
        };
        Some(Self { bench, place, remarks, rows, goals, samples })
    }

    /// For people.
    pub(super) fn table(&self) -> String {
        let rounds = self.rounds();
        let mut text = format!("{}: {rounds} rounds on {}\n\n", self.bench.name(), self.place);
        let head = ["median", "min", "max", "first"].map(|name| format!("{name:>11}")).concat();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{:<10} {:<32}{head}", "", "");
        for row in &self.rows {
            let Summary { median, min, max } = row.summary;
            let values = [median, min, max, row.first].map(|value| row.unit.show(value));
            let values = values.map(|value| format!("{value:>11}")).concat();
            let _ = writeln!(text, "{:<10} {:<32}{values}", row.of, row.what);
        }
        text.push('\n');
        for Goal { aim, limit, measured, unit, reached } in &self.goals {
            let word = if *reached { "reached" } else { "NOT reached" };
            let _ = writeln!(text, "{aim}: {measured:.2}{unit}, goal {limit}{unit}: {word}");
        }
        for remark in &self.remarks {
            let _ = writeln!(text, "- {remark}");
        }
        text
    }

    /// How often it was measured.
    pub(super) fn rounds(&self) -> usize {
        match self.bench {
            Bench::Cycles => cycles::count(&self.samples),
            _ => self.rows.first().map_or(0, |row| row.rounds),
        }
    }

    /// Everything that was measured.
    pub(super) fn samples(&self) -> &[Sample] {
        &self.samples
    }
}

impl Unit {
    /// A value with its unit.
    pub(super) fn show(self, value: u64) -> String {
        match self {
            Self::Time => format!("{}.{:02} ms", value / 1000, value % 1000 / 10),
            Self::Memory => format!("{value} KiB"),
            Self::Count => value.to_string(),
            Self::Speed => format!("{value} MIPS"),
            Self::Rate => format!("{value} /s"),
        }
    }

    /// A round value, as an axis has it.
    pub(super) fn mark(self, value: u64) -> String {
        match self {
            Self::Time => format!("{} ms", float(value) / 1000.0),
            Self::Memory | Self::Count | Self::Speed | Self::Rate => self.show(value),
        }
    }
}

pub(super) fn row(of: &str, what: &'static str, unit: Unit, values: &[u64]) -> Option<Row> {
    let summary = Summary::of(values.iter().copied())?;
    let first = *values.first()?;
    Some(Row { of: of.to_owned(), what, unit, rounds: values.len(), first, summary })
}

/// What a benchmark amounts to.
pub(super) type Parts = (Vec<Row>, Vec<Goal>);

fn hotplug(samples: &[Sample]) -> Option<Parts> {
    let cycles = samples.iter().filter_map(|sample| match sample {
        Sample::Hotplug { add, remove, .. } => Some((*add, *remove)),
        _ => None,
    });
    let (adds, removes): (Vec<Stages>, Vec<Stages>) = cycles.unzip();
    let stage = |of, cycles: &[Stages], what, value: fn(&Stages) -> u64| {
        row(of, what, Unit::Time, &cycles.iter().map(value).collect::<Vec<_>>())
    };
    let rows = vec![
        stage("add", &adds, "the guest has taken the event", |cycle| cycle.delivered_us)?,
        stage("add", &adds, "enabled (the guest's _OST)", |cycle| cycle.accepted_us)?,
        stage("add", &adds, "CPU_ON", |cycle| cycle.power_us)?,
        stage("add", &adds, "online (the CPU executes)", |cycle| cycle.ended_us)?,
        stage("add", &adds, "of that the VMM's share", |cycle| cycle.vmm_time_us)?,
        stage("remove", &removes, "the guest has taken the event", |cycle| cycle.delivered_us)?,
        stage("remove", &removes, "the guest begins (its _OST)", |cycle| cycle.accepted_us)?,
        stage("remove", &removes, "CPU_OFF", |cycle| cycle.power_us)?,
        stage("remove", &removes, "ejected", |cycle| cycle.ended_us)?,
        stage("remove", &removes, "of that the VMM's share", |cycle| cycle.vmm_time_us)?,
    ];
    // In tenths of a thousandth, so that a median can be taken of whole numbers.
    let shares = adds.iter().map(|add| add.vmm_time_us * 10_000 / add.ended_us.max(1));
    let share = float(Summary::of(shares)?.median) / 100.0;
    Some((rows, vec![Goal::new("the VMM's share of an add (median)", share, 5.0, " %")]))
}

fn density(samples: &[Sample]) -> Option<Parts> {
    let footprints = by_max(samples, |sample| match sample {
        Sample::Density { max, footprint, .. } => Some((*max, *footprint)),
        _ => None,
    });
    let mut rows = Vec::new();
    let mut quantity = |what, unit, value: fn(&Footprint) -> u64| {
        for (max, footprints) in &footprints {
            let values: Vec<u64> = footprints.iter().map(value).collect();
            rows.push(row(&format!("max={max}"), what, unit, &values)?);
        }
        Some(())
    };
    quantity("resident (without guest RAM)", Unit::Memory, |f| f.resident_kib)?;
    quantity("of that anonymous", Unit::Memory, |f| f.anonymous_kib)?;
    quantity("proportional (Pss)", Unit::Memory, |f| f.proportional_kib)?;
    quantity("threads", Unit::Count, |f| f.threads)?;
    quantity("file descriptors", Unit::Count, |f| f.descriptors)?;
    let resident = |at: Option<&(u16, Vec<Footprint>)>| {
        let (max, footprints) = at?;
        let median = Summary::of(footprints.iter().map(|f| f.resident_kib))?.median;
        Some((f64::from(*max), float(median)))
    };
    let (few, least) = resident(footprints.first())?;
    let (many, most) = resident(footprints.last())?;
    let each = (most - least) / (many - few).max(1.0);
    let goal = "memory per possible CPU that does not run";
    Some((rows, vec![Goal::new(goal, each, 64.0, " KiB")]))
}

fn start(samples: &[Sample]) -> Option<Parts> {
    let starts = by_max(samples, |sample| match sample {
        Sample::Start { max, start, .. } => Some((*max, *start)),
        _ => None,
    });
    let rest = |start: &Start| start.first_instruction_us.saturating_sub(start.engine_us);
    let mut rows = Vec::new();
    let mut quantity = |what, value: fn(&Start) -> u64| {
        for (max, starts) in &starts {
            let values: Vec<u64> = starts.iter().map(value).collect();
            rows.push(row(&format!("max={max}"), what, Unit::Time, &values)?);
        }
        Some(())
    };
    quantity("process to first instruction", |start| start.first_instruction_us)?;
    quantity("of that vCPU creation in KVM", |start| start.engine_us)?;
    quantity("the rest", |start| start.first_instruction_us.saturating_sub(start.engine_us))?;
    let median =
        |at: Option<&(u16, Vec<Start>)>| Some(float(Summary::of(at?.1.iter().map(rest))?.median));
    let ratio = median(starts.last())? / median(starts.first())?.max(1.0);
    let goal = "start with the most CPUs against one, vCPU creation apart";
    Some((rows, vec![Goal::new(goal, ratio, 1.5, " x")]))
}

/// Samples by their number of possible CPUs, ascending, each in its order.
fn by_max<T>(samples: &[Sample], pick: impl Fn(&Sample) -> Option<(u16, T)>) -> Vec<(u16, Vec<T>)> {
    let mut groups = std::collections::BTreeMap::<u16, Vec<T>>::new();
    for (max, value) in samples.iter().filter_map(pick) {
        groups.entry(max).or_default().push(value);
    }
    groups.into_iter().collect()
}

/// A measured number, which is far below the 2^53 that a float can tell apart.
#[allow(clippy::cast_precision_loss)]
pub(super) fn float(value: u64) -> f64 {
    value as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Sample {
        let engine = "kvm".to_owned();
        Sample::Place { kernel: "6.12".into(), cpus: 2, board: "a board".into(), engine }
    }

    #[test]
    fn a_share_is_that_of_the_median_round() {
        let stages = |ended_us, vmm_time_us| Stages {
            delivered_us: 1,
            accepted_us: 2,
            power_us: 3,
            ended_us,
            vmm_time_us,
        };
        let rounds = [(1000, 100), (1000, 40), (2000, 20)];
        let cycle = |(ended, vmm)| Sample::Hotplug {
            round: 1,
            add: stages(ended, vmm),
            remove: stages(ended, vmm),
        };
        let samples = std::iter::once(place()).chain(rounds.map(cycle)).collect();
        let results = Results::of(Bench::Hotplug, samples).unwrap();
        let table = results.table();
        assert!(table.starts_with("hotplug: 3 rounds on kvm on a board, 2 CPUs, host Linux 6.12"));
        assert!(table.contains("share of an add (median): 4.00 %, goal 5 %: reached"), "{table}");
    }

    #[test]
    fn a_ratio_leaves_the_engine_out() {
        let sample = |(max, first_instruction_us, engine_us)| Sample::Start {
            round: 1,
            max,
            start: Start { first_instruction_us, engine_us },
        };
        let starts = [(512, 9000, 5000), (1, 2100, 100)].map(sample);
        let samples = std::iter::once(place()).chain(starts).collect();
        let table = Results::of(Bench::Start, samples).unwrap().table();
        assert!(table.contains("2.00 x, goal 1.5 x: NOT reached"), "{table}");
    }

    #[test]
    fn nothing_comes_of_nothing() {
        for bench in Bench::EVERY {
            assert!(Results::of(bench, vec![place()]).is_none());
        }
    }
}

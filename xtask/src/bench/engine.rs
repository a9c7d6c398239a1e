//! What samples of the software engine and of QEMU's emulator amount to.

use hotcore_report::{Boot, Emulator, Footprint, Sample, Summary};

use super::results::{Goal, Parts, Row, Unit, float, row};

/// What is aimed at with 1 CPU and with 4, against QEMU.
const RATIOS: [(u16, &str, &str); 2] = [
    (1, "1 vCPU", "boot with 1 vCPU against QEMU's (medians)"),
    (4, "4 vCPUs", "boot with 4 vCPUs against QEMU's (medians)"),
];
/// How many times QEMU's time a boot may take.
const RATIO: f64 = 4.0;
/// What the engine may have besides guest RAM with 4 vCPUs.
const MEMORY_KIB: f64 = 64.0 * 1024.0;

/// The rows and goals of `samples`.
pub(super) fn of(samples: &[Sample]) -> Option<Parts> {
    let (mut rows, mut goals) = (Vec::new(), Vec::new());
    for (vcpus, name, aim) in RATIOS {
        let [ours, qemus] = [Emulator::Hotcore, Emulator::Qemu]
            .map(|emulator| time(emulator, name, &boots(samples, emulator, vcpus)));
        let (ours, qemus) = (ours?, qemus?);
        let ratio = float(ours.summary.median) / float(qemus.summary.median.max(1));
        rows.extend([ours, qemus]);
        goals.push(Goal::new(aim, ratio, RATIO, " x"));
    }
    for (vcpus, name, _) in RATIOS {
        for emulator in [Emulator::Hotcore, Emulator::Qemu] {
            rows.push(memory(emulator, name, &boots(samples, emulator, vcpus))?);
        }
    }
    let four = boots(samples, Emulator::Hotcore, 4);
    let most = Summary::of(four.iter().map(|(_, footprint)| footprint.resident_kib))?.median;
    goals.push(Goal::new("memory besides guest RAM, 4 vCPUs", float(most), MEMORY_KIB, " KiB"));
    let one = boots(samples, Emulator::Hotcore, 1);
    rows.push(counted(&one)?);
    rows.push(kernel(&one)?);
    for emulator in [Emulator::Hotcore, Emulator::Qemu] {
        rows.push(looped(samples, emulator)?);
    }
    Some((rows, goals))
}

fn boots(samples: &[Sample], whose: Emulator, with: u16) -> Vec<(Boot, Footprint)> {
    let boots = samples.iter().filter_map(|sample| match *sample {
        Sample::Boot { emulator, vcpus, boot, footprint, .. }
            if (emulator, vcpus) == (whose, with) =>
        {
            Some((boot, footprint))
        }
        _ => None,
    });
    boots.collect()
}

fn time(emulator: Emulator, of: &str, boots: &[(Boot, Footprint)]) -> Option<Row> {
    let what = match emulator {
        Emulator::Hotcore => "hotcore: start to init",
        Emulator::Qemu => "QEMU: start to init",
    };
    let values: Vec<u64> = boots.iter().map(|(boot, _)| boot.ready_us).collect();
    row(of, what, Unit::Time, &values)
}

fn memory(emulator: Emulator, of: &str, boots: &[(Boot, Footprint)]) -> Option<Row> {
    let what = match emulator {
        Emulator::Hotcore => "hotcore: without guest RAM",
        Emulator::Qemu => "QEMU: without guest RAM",
    };
    let values: Vec<u64> = boots.iter().map(|(_, footprint)| footprint.resident_kib).collect();
    row(of, what, Unit::Memory, &values)
}

/// How many instructions a boot and a power-off are.
fn counted(boots: &[(Boot, Footprint)]) -> Option<Row> {
    let counts: Option<Vec<u64>> = boots.iter().map(|(boot, _)| boot.instructions).collect();
    row("1 vCPU", "hotcore: instructions in all", Unit::Count, &counts?)
}

/// The speed at which they were executed, in CPU time of the whole process.
fn kernel(boots: &[(Boot, Footprint)]) -> Option<Row> {
    let speed = |(boot, _): &(Boot, Footprint)| Some(mips(boot.instructions?, boot.cpu_us));
    let speeds: Option<Vec<u64>> = boots.iter().map(speed).collect();
    row("kernel", "hotcore: per CPU second", Unit::Speed, &speeds?)
}

fn looped(samples: &[Sample], whose: Emulator) -> Option<Row> {
    let what = match whose {
        Emulator::Hotcore => "hotcore: per CPU second",
        Emulator::Qemu => "QEMU: per CPU second",
    };
    let speeds = samples.iter().filter_map(|sample| match *sample {
        Sample::Loop { emulator, instructions, cpu_us, .. } if emulator == whose => {
            Some(mips(instructions, cpu_us))
        }
        _ => None,
    });
    row("loop", what, Unit::Speed, &speeds.collect::<Vec<_>>())
}

/// Millions of instructions in a second: instructions in a microsecond.
fn mips(instructions: u64, cpu_us: u64) -> u64 {
    instructions / cpu_us.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boot(emulator: Emulator, vcpus: u16, ready_us: u64, resident_kib: u64) -> Sample {
        let instructions = (emulator == Emulator::Hotcore).then_some(300_000_000);
        Sample::Boot {
            round: 1,
            emulator,
            vcpus,
            boot: Boot { ready_us, cpu_us: 2_000_000, instructions },
            footprint: Footprint { resident_kib, ..Footprint::default() },
        }
    }

    fn samples() -> Vec<Sample> {
        use Emulator::{Hotcore, Qemu};
        let run = |emulator, cpu_us| Sample::Loop {
            round: 1,
            emulator,
            instructions: 1_500_000_000,
            cpu_us,
        };
        vec![
            boot(Hotcore, 1, 3000, 20_000),
            boot(Qemu, 1, 1000, 90_000),
            boot(Hotcore, 4, 5000, 66_000),
            boot(Qemu, 4, 2000, 95_000),
            boot(Hotcore, 1, 5000, 20_000),
            boot(Qemu, 1, 1000, 90_000),
            boot(Hotcore, 1, 3400, 20_000),
            boot(Qemu, 1, 4000, 90_000),
            run(Hotcore, 5_000_000),
            run(Qemu, 750_000),
        ]
    }

    #[test]
    fn medians_are_compared() {
        let (rows, goals) = of(&samples()).unwrap();
        let goals = serde_json::to_value(goals).unwrap();
        let measured = ["measured", "reached"].map(|field| {
            goals.as_array().unwrap().iter().map(|goal| goal[field].clone()).collect::<Vec<_>>()
        });
        assert_eq!(measured[0], [3.4, 2.5, 66_000.0]);
        assert_eq!(measured[1], [true, true, false]);
        let speeds = rows.iter().filter(|row| row.unit == Unit::Speed);
        let speeds: Vec<u64> = speeds.map(|row| row.summary.median).collect();
        assert_eq!(speeds, [150, 300, 2000]);
    }

    #[test]
    fn without_one_of_the_two_there_is_nothing_to_compare() {
        let mut samples = samples();
        samples.retain(|sample| {
            !matches!(sample, Sample::Boot { emulator: Emulator::Qemu, vcpus: 4, .. })
        });
        assert!(of(&samples).is_none());
    }
}

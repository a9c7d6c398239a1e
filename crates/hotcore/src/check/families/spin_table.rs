//! A device tree's spin-table (guest contract §4.1, behaviours 79 to 81) and its way back.

use super::super::answer::field;
use super::super::bench::Bench;
use super::super::machine::{Shape, Start};
use super::super::verdict::{Behaviour, Family, Trouble, ensure, not_applicable};
use super::hand_back::scribbled;
use super::parking::mailbox;
use super::{as_big_endian, started_by};

const SHAPE: Shape = Shape::new(2, 2).start(Start::SpinTable);

pub(in super::super) static FAMILY: Family = Family {
    shape: SHAPE,
    applies: spin_table,
    behaviours: &[
        Behaviour {
            number: "79",
            title: "cpu-release-addr is aligned, zero and reserved",
            check: release,
        },
        Behaviour {
            number: "80",
            title: "a CPU starts at the address written, X0 to X3 are 0",
            check: start,
        },
        Behaviour { number: "81", title: "the same of a big-endian OS", check: endian },
        Behaviour {
            number: "89 (spin-table)",
            title: "a CPU that returns: parked, generation + 1, re-armed",
            check: back,
        },
        Behaviour {
            number: "92 (spin-table)",
            title: "a parked CPU survives that all OS memory is overwritten",
            check: scribbled_all,
        },
        Behaviour {
            number: "97 (spin-table)",
            title: "the next kernel brings up CPUs by the same tree",
            check: second_kernel,
        },
    ],
};

fn spin_table(bench: &mut Bench<'_>) -> Result<(), Trouble> {
    started_by(bench, "spin-table")
}

/// There is a way back.
fn returns(bench: &mut Bench<'_>) -> Result<(), Trouble> {
    started_by(bench, "spin-table-return")
}

fn release(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let tables = bench.ask("tables")?;
    let line = tables.with("release").nth(1).unwrap_or_default();
    let Some(release) = field(line, "release") else { return not_applicable("one CPU only") };
    let info = bench.ask("info")?;
    let reserved = info.with("reserved").any(|line| {
        let span = field(line, "reserved").zip(field(line, "reserved_end"));
        span.is_some_and(|(start, end)| (start..end).contains(&release))
    });
    let value = bench.read(release, 8)?;
    let seen = format!("{release:#x}: {value:#x}, reserved: {reserved}");
    ensure(release.is_multiple_of(8) && value == 0 && reserved, || seen.clone())?;
    Ok(seen)
}

fn start(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    bench.ask("online 1")?;
    let found = bench.ask("ping 1")?;
    let zero = ["x0", "x1", "x2", "x3"].iter().all(|name| found.number(name) == Ok(0));
    let seen = found.lines.first().cloned().unwrap_or_default();
    ensure(zero, || seen.clone())?;
    Ok(seen)
}

fn endian(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    // A machine of its own: the CPU is in the OS, and there may be no way back.
    bench.begin(SHAPE, |_| Ok(()))?;
    spin_table(bench)?;
    as_big_endian(bench, start)
}

fn back(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    returns(bench)?;
    if !bench.masks()?.online.contains(&1) {
        bench.ask("online 1")?;
    }
    let before = mailbox(bench, 1)?.generation;
    bench.ask("handback 1")?;
    let after = mailbox(bench, 1)?;
    ensure(after.is_armed() && after.generation == before + 1, || {
        format!("{before}, then {after:x?}")
    })?;
    Ok(format!("generation {before} became {}", after.generation))
}

fn scribbled_all(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    returns(bench)?;
    scribbled(bench)
}

fn second_kernel(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    returns(bench)?;
    bench.restart("kexec")?;
    bench.ask("online 1")?;
    bench.ask("ping 1")?;
    bench.ask("offline 1")?;
    Ok("CPU 1 comes up".to_owned())
}

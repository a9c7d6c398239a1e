//! PSCI (guest contract, behaviours 6 to 11).

use super::super::bench::Bench;
use super::super::machine::Shape;
use super::super::verdict::{Behaviour, Family, Trouble, ensure, not_applicable};
use super::psci;

const CPU_ON_32: u32 = 0x8400_0003;
const CPU_ON_64: u32 = 0xc400_0003;
const AFFINITY_INFO: u32 = 0xc400_0004;
const INVALID_PARAMETERS: i64 = -2;
const DENIED: i64 = -3;
const ALREADY_ON: i64 = -4;
const OFF: i64 = 1;
/// D, A, I and F.
const ALL_MASKED: u64 = 0x3c0;
/// `SCTLR_ELx.M` and `.C`.
const MMU_AND_CACHE: u64 = 0b101;

pub(in super::super) static FAMILY: Family = Family {
    shape: Shape::new(2, 3),
    applies: psci,
    behaviours: &[
        Behaviour { number: "6", title: "CPU_ON of a disabled CPU is DENIED", check: denied },
        Behaviour { number: "7", title: "the same by its 32-bit function", check: denied_32 },
        Behaviour {
            number: "8",
            title: "CPU_ON of a CPU that is not possible: INVALID_PARAMETERS",
            check: no_such_cpu,
        },
        Behaviour {
            number: "9",
            title: "CPU_ON of a CPU that runs: ALREADY_ON",
            check: already_on,
        },
        Behaviour { number: "11", title: "AFFINITY_INFO of a disabled CPU is OFF", check: off },
        Behaviour {
            number: "10",
            title: "CPU_ON starts an enabled CPU as PSCI says",
            check: started,
        },
    ],
};

/// The affinity of a CPU that is disabled.
fn disabled(bench: &mut Bench<'_>) -> Result<u64, Trouble> {
    let cpus = bench.ask("cpus")?;
    let line = cpus.with("enabled").find(|line| line.contains(" enabled=0 "));
    match line.and_then(|line| super::super::answer::field(line, "mpidr")) {
        Some(mpidr) => Ok(mpidr),
        None => not_applicable("no CPU of this machine is disabled"),
    }
}

fn expect(bench: &mut Bench<'_>, function: u32, target: u64, code: i64) -> Result<String, Trouble> {
    let entry = bench.ask("info")?.number("entry")?;
    let second = if function == AFFINITY_INFO { 0 } else { entry };
    let answer = bench.psci(function, [target, second])?;
    let seen = format!("{function:#x} of {target:#x}: {answer}");
    ensure(answer == code, || seen.clone())?;
    Ok(seen)
}

fn denied(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let target = disabled(bench)?;
    expect(bench, CPU_ON_64, target, DENIED)
}

fn denied_32(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let target = disabled(bench)?;
    expect(bench, CPU_ON_32, target, DENIED)
}

fn no_such_cpu(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let far = expect(bench, CPU_ON_64, 0xff_00ff_ff0e, INVALID_PARAMETERS)?;
    // Bits that are no affinity.
    let bits = expect(bench, CPU_ON_64, 0x8100_0000, INVALID_PARAMETERS)?;
    Ok(format!("{far}, {bits}"))
}

fn already_on(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let own = bench.ask("info")?.number("mpidr")?;
    expect(bench, CPU_ON_64, own, ALREADY_ON)
}

fn off(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let target = disabled(bench)?;
    expect(bench, AFFINITY_INFO, target, OFF)
}

fn started(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let level = bench.ask("info")?.number("level")?;
    bench.ask("online 1")?;
    let found = bench.ask("ping 1")?;
    // The probe gives each CPU its own context.
    let good = found.number("x0")? & 0xffff == 1
        && found.number("daif")? == ALL_MASKED
        && found.number("level")? == level
        && found.number("sctlr")? & MMU_AND_CACHE == 0;
    let seen = found.lines.first().cloned().unwrap_or_default();
    ensure(good, || seen.clone())?;
    let target = super::super::answer::field(
        bench.ask("cpus")?.with("mpidr").nth(1).unwrap_or_default(),
        "mpidr",
    );
    let again = match target {
        Some(target) => expect(bench, CPU_ON_64, target, ALREADY_ON)?,
        None => String::new(),
    };
    bench.ask("offline 1")?;
    Ok(format!("{seen}; then {again}"))
}

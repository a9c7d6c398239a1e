//! What the tables say (guest contract, behaviours 1 to 5, 33 to 35, 86).

use super::super::answer::{field, word};
use super::super::bench::Bench;
use super::super::machine::Shape;
use super::super::verdict::{Behaviour, Family, Trouble, ensure, fail, not_applicable};
use super::{acpi, giccs};

/// A redistributor of GICv3: two pages of 64 KiB.
const REDISTRIBUTOR: u64 = 0x2_0000;
/// `GICR_TYPER.Last`.
const LAST: u64 = 1 << 4;

pub(in super::super) static TABLES: Family = Family {
    shape: Shape::new(1, 4),
    applies: acpi,
    behaviours: &[
        Behaviour {
            number: "1",
            title: "GICC flags are 1 of CPUs enabled at boot, 8 of others",
            check: flags,
        },
        Behaviour {
            number: "2",
            title: "no GICC is both Enabled and Online Capable",
            check: exclusive,
        },
        Behaviour {
            number: "3",
            title: "MPIDRs are unique, the boot CPU's first, UIDs too",
            check: identity,
        },
        Behaviour { number: "4", title: "redistributors are described once, by GICR", check: once },
        Behaviour { number: "5", title: "GICR has room for every possible CPU", check: room },
        Behaviour {
            number: "33",
            title: "GICR_TYPER has the affinity of the CPU, Last of the last",
            check: typers,
        },
        Behaviour { number: "86", title: "PSCI wins over a mailbox", check: method },
    ],
};

pub(in super::super) static TOPOLOGY: Family = Family {
    shape: Shape::new(1, 18),
    applies: acpi,
    behaviours: &[
        Behaviour { number: "34", title: "CPU 17 has Aff1 = 1, Aff0 = 1 and no MT", check: aff1 },
        Behaviour {
            number: "35",
            title: "the boot CPU's GICC has its MPIDR_EL1",
            check: boot_mpidr,
        },
    ],
};

fn flags(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let flags = giccs(bench, "flags")?;
    let expected: Vec<u64> = (0..bench.max()).map(|cpu| if cpu == 0 { 1 } else { 8 }).collect();
    let seen = || format!("{flags:?}");
    ensure(flags == expected, seen)?;
    Ok(seen())
}

fn exclusive(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let flags = giccs(bench, "flags")?;
    ensure(flags.iter().all(|flags| flags & 9 != 9), || format!("{flags:?}"))?;
    Ok(format!("{} GICCs", flags.len()))
}

fn identity(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let (mpidrs, uids) = (giccs(bench, "mpidr")?, giccs(bench, "uid")?);
    let own = bench.ask("info")?.number("mpidr")?;
    let seen = format!("MPIDRs {mpidrs:x?}, UIDs {uids:?}");
    let unique = |values: &[u64]| {
        let mut sorted = values.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        sorted.len() == values.len()
    };
    let good = unique(&mpidrs) && unique(&uids) && mpidrs.first() == Some(&own);
    ensure(good && mpidrs.len() == bench.max() as usize, || seen.clone())?;
    for cpu in 0..bench.max() {
        bench.sta(cpu)?;
    }
    Ok(format!("{seen}; each UID has an object"))
}

fn once(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let in_giccs = giccs(bench, "gicr")?;
    let regions = bench.ask("tables")?.with("length").count();
    let seen = format!("{regions} GICR, GICC bases {in_giccs:x?}");
    ensure(regions >= 1 && in_giccs.iter().all(|base| *base == 0), || seen.clone())?;
    Ok(seen)
}

fn room(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let tables = bench.ask("tables")?;
    let regions = tables.with("length").filter(|line| line.starts_with("gicr "));
    let length: u64 = regions.filter_map(|line| field(line, "length")).sum();
    let seen = || format!("{length:#x} bytes for {} CPUs", bench.max());
    ensure(length >= u64::from(bench.max()) * REDISTRIBUTOR, seen)?;
    Ok(seen())
}

fn typers(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let mpidrs = giccs(bench, "mpidr")?;
    let tables = bench.ask("tables")?;
    let typers: Vec<u64> = tables.with("typer").filter_map(|line| field(line, "typer")).collect();
    ensure(typers.len() >= mpidrs.len(), || format!("{} redistributors", typers.len()))?;
    for (index, (typer, mpidr)) in typers.iter().zip(&mpidrs).enumerate() {
        // Aff3 to Aff0 in one word.
        let affinity = mpidr >> 8 & 0xff00_0000 | mpidr & 0xff_ffff;
        let seen = || format!("redistributor {index}: TYPER {typer:#x}, MPIDR {mpidr:#x}");
        ensure(typer >> 32 == affinity, seen)?;
    }
    let last = typers.iter().position(|typer| typer & LAST != 0);
    ensure(last == Some(typers.len() - 1), || format!("Last is of redistributor {last:?}"))?;
    Ok(format!("{} redistributors", typers.len()))
}

fn method(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    if bench.is_own() {
        bench.begin(Shape::new(2, 2).fault("mailboxes-beside-psci"), |_| Ok(()))?;
    }
    let tables = bench.ask("tables")?;
    let parked = giccs(bench, "parked")?;
    if tables.word("psci")? == "none" || parked.iter().all(|page| *page == 0) {
        return not_applicable("this machine does not offer both");
    }
    let cpus = bench.ask("cpus")?;
    let other =
        cpus.with("method").filter_map(|line| word(line, "method")).find(|how| *how != "psci");
    ensure(other.is_none(), || format!("the probe uses {other:?}"))?;
    bench.ask("online 1")?;
    bench.ask("ping 1")?;
    Ok(format!("mailboxes at {parked:x?}, and CPU 1 comes by PSCI"))
}

fn aff1(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let mpidrs = giccs(bench, "mpidr")?;
    let Some(mpidr) = mpidrs.get(17) else { return fail(format!("{} GICCs", mpidrs.len())) };
    ensure(*mpidr == 0x101, || format!("{mpidr:#x}"))?;
    Ok("0x101".to_owned())
}

fn boot_mpidr(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let own = bench.ask("info")?.number("mpidr")?;
    let mpidrs = giccs(bench, "mpidr")?;
    ensure(mpidrs.first() == Some(&own), || {
        format!("GICC {:x?}, register {own:#x}", mpidrs.first())
    })?;
    Ok(format!("{own:#x}; other CPUs': see 10"))
}

//! More CPUs than a byte counts (guest contract, behaviours 59 and 88).

use super::super::bench::Bench;
use super::super::machine::{Shape, Start};
use super::super::verdict::{Behaviour, Family, Trouble, ensure, not_applicable};
use super::parking::{mailbox, parking};
use super::{acpi, giccs};

/// Few enough for a MADT that counts them, more than 255.
const POSSIBLE: u16 = 300;

pub(in super::super) static FAMILY: Family = Family {
    shape: Shape::new(1, POSSIBLE),
    applies: acpi,
    behaviours: &[Behaviour {
        number: "59",
        title: "of 300 possible CPUs all are found",
        check: all,
    }],
};

/// The last two CPUs have the interface numbers of the first two: a mailbox has a byte for it.
pub(in super::super) static NUMBERS: Family = Family {
    shape: Shape::new(258, 258).start(Start::Parking),
    applies: parking,
    behaviours: &[Behaviour {
        number: "88",
        title: "interface numbers are compared by mailbox: they need not differ",
        check: shared,
    }],
};

fn shared(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    few_on_kvm(bench)?;
    let numbers = giccs(bench, "interface")?;
    let last = numbers.len() - 1;
    let same = (1..last).find(|cpu| numbers[*cpu] == numbers[last]);
    let Some(same) = same.and_then(|cpu| u32::try_from(cpu).ok()) else {
        return not_applicable("the CPU interfaces of this machine have numbers of their own");
    };
    let last = bench.max() - 1;
    let before = mailbox(bench, same)?;
    bench.ask(&format!("online {last}"))?;
    bench.ask(&format!("ping {last}"))?;
    let after = mailbox(bench, same)?;
    ensure(after.is_armed() && after == before, || format!("CPU {same}: {after:x?}"))?;
    bench.ask(&format!("online {same}"))?;
    bench.ask(&format!("ping {same}"))?;
    Ok(format!("CPUs {same} and {last} have the same one, and each comes by its own mailbox"))
}

fn few_on_kvm(bench: &Bench<'_>) -> Result<(), Trouble> {
    if bench.is_kvm() {
        return not_applicable(
            "on KVM hundreds of vCPUs are left to the software engine: a nested host has few CPUs",
        );
    }
    Ok(())
}

fn all(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    few_on_kvm(bench)?;
    let max = bench.max();
    bench.ask("hold on")?;
    bench.host()?.plug_all(max).map_err(|error| Trouble::Fail(error.to_string()))?;
    bench.ask("hold off")?;
    let told =
        bench.events_until("the last answer", |told| told.with("ost").count() as u32 >= max - 1)?;
    let enabled = bench.masks()?.enabled;
    ensure(enabled.len() == max as usize, || format!("{} are enabled", enabled.len()))?;
    let last = max - 1;
    bench.ask(&format!("online {last}"))?;
    bench.ask(&format!("ping {last}"))?;
    bench.remove(last)?;
    let interrupts = told.with("interrupt").count();
    Ok(format!("{max} enabled by {interrupts} interrupts; the last one comes and goes"))
}

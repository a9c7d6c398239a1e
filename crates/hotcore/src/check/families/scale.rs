//! More CPUs than a byte counts (guest contract, behaviour 59).

use super::super::bench::Bench;
use super::super::machine::Shape;
use super::super::verdict::{Behaviour, Family, Trouble, ensure, not_applicable};
use super::acpi;

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

fn all(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    if bench.is_kvm() {
        return not_applicable(
            "on KVM 300 vCPUs are left to the software engine: a nested host has few CPUs",
        );
    }
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

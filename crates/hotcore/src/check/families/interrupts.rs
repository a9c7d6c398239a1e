//! Interrupts of a CPU that was added (guest contract, behaviour 62).

use super::super::bench::Bench;
use super::super::machine::Shape;
use super::super::verdict::{Behaviour, Family, Trouble};
use super::hotplug;

pub(in super::super) static FAMILY: Family = Family {
    shape: Shape::new(1, 2),
    applies: hotplug,
    behaviours: &[Behaviour {
        number: "62",
        title: "an added CPU has its timer and interrupts from and to others",
        check: interrupts,
    }],
};

fn interrupts(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    bench.add(1)?;
    let mut seen = Vec::new();
    // The second time on a redistributor that was in use before.
    for _ in 0..2 {
        bench.ask("online 1")?;
        seen.extend(bench.ask("timer 1")?.lines);
        seen.extend(bench.ask("ipi 1")?.lines);
        bench.ask("offline 1")?;
    }
    Ok(seen.join("; "))
}

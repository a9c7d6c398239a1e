//! `_STA` and the masks at every step (guest contract, behaviours 12 to 14, 160).

use super::super::answer::Answer;
use super::super::bench::{Bench, Masks};
use super::super::machine::Shape;
use super::super::verdict::{Behaviour, Family, Trouble, ensure, not_applicable};
use super::acpi;

pub(in super::super) static FAMILY: Family = Family {
    shape: Shape::new(2, 4),
    applies: acpi,
    behaviours: &[
        Behaviour { number: "12", title: "_STA of a disabled CPU is 0xD", check: disabled },
        Behaviour {
            number: "13",
            title: "_STA of an enabled CPU is 0xF, hot-added or not",
            check: enabled,
        },
        Behaviour {
            number: "14",
            title: "_STA is always present, at every step of a life",
            check: always,
        },
        Behaviour {
            number: "160",
            title: "online, enabled ⊆ present ⊆ possible, both constant",
            check: masks,
        },
    ],
};

fn expect(bench: &mut Bench<'_>, cpu: u32, status: u64) -> Result<(), Trouble> {
    let seen = bench.sta(cpu)?;
    ensure(seen == status, || format!("CPU {cpu}: {seen:#x}"))
}

fn disabled(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    if bench.masks()?.enabled.len() == bench.max() as usize {
        return not_applicable("no CPU of this machine is disabled");
    }
    for cpu in [2, 3] {
        expect(bench, cpu, 0xd)?;
    }
    Ok("0xd of CPUs 2 and 3".to_owned())
}

fn enabled(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    for cpu in [0, 1] {
        expect(bench, cpu, 0xf)?;
    }
    if bench.host().is_err() {
        return Ok("0xf of CPUs 0 and 1".to_owned());
    }
    bench.add(2)?;
    expect(bench, 2, 0xf)?;
    Ok("0xf of CPUs 0, 1 and 2, which was added".to_owned())
}

/// One of them.
type Step = fn(&mut Bench<'_>) -> Result<Answer, Trouble>;

/// A life in steps, each of which tells what methods said.
fn life(
    bench: &mut Bench<'_>,
    mut look: impl FnMut(&mut Bench<'_>, &Answer) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    bench.host()?;
    let steps: [Step; 7] = [
        |bench| bench.add(3),
        |bench| bench.ask("online 3"),
        |bench| bench.ask("offline 3"),
        |bench| bench.ask("online 3"),
        |bench| bench.remove(3),
        |bench| bench.add(3),
        |bench| bench.ask("eject 3"),
    ];
    for step in steps {
        let told = step(bench)?;
        look(bench, &told)?;
    }
    Ok(())
}

fn always(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let mut seen = Vec::new();
    life(bench, |bench, told| {
        seen.extend(told.statuses());
        for cpu in 0..bench.max() {
            seen.push(bench.sta(cpu)?);
        }
        Ok(())
    })?;
    seen.sort_unstable();
    let count = seen.len();
    seen.dedup();
    ensure(seen.iter().all(|status| status & 1 == 1), || format!("{seen:x?}"))?;
    Ok(format!("{seen:x?}, asked {count} times"))
}

fn masks(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let first = bench.masks()?;
    let within = |inner: &[u32], outer: &[u32]| inner.iter().all(|cpu| outer.contains(cpu));
    let mut steps = 0;
    life(bench, |bench, _| {
        steps += 1;
        let masks = bench.masks()?;
        let Masks { possible, present, enabled, online } = &masks;
        let good = within(enabled, present)
            && within(present, possible)
            && within(online, present)
            && *possible == first.possible
            && *present == first.present;
        ensure(good, || format!("{masks:?}"))
    })?;
    Ok(format!("in {steps} steps"))
}

//! Events that come together, cross, or come before anybody listens (guest contract, behaviours 57, 58, 144).

use super::super::answer::Step;
use super::super::bench::Bench;
use super::super::host::Ended;
use super::super::machine::Shape;
use super::super::verdict::{Behaviour, Family, Trouble, ensure};
use super::hotplug;

pub(in super::super) static FAMILY: Family = Family {
    shape: Shape::new(1, 5),
    applies: hotplug,
    behaviours: &[
        Behaviour {
            number: "57",
            title: "three plugs before the interrupt is handled: all are added",
            check: three,
        },
        Behaviour {
            number: "58",
            title: "plug and unplug back to back: both sides agree, nothing is stuck",
            check: back_to_back,
        },
        Behaviour {
            number: "144",
            title: "a check of a CPU that is known adds nothing: _OST(1, 0)",
            check: known,
        },
        Behaviour {
            number: "57 (early)",
            title: "a plug before the guest listens is not lost",
            check: early,
        },
        Behaviour {
            number: "58 (early)",
            title: "plug and unplug before the guest listens: both sides agree",
            check: early_both,
        },
    ],
};

fn three(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    bench.ask("hold on")?;
    for cpu in [1, 2, 3] {
        bench.plug(cpu)?;
    }
    bench.ask("hold off")?;
    let done =
        |steps: Vec<Step>| steps.iter().filter(|step| **step == Step::Ost(1, 0)).count() == 3;
    let told = bench.events_until("three answers", |told| done(told.steps()))?;
    let interrupts = told.with("interrupt").count();
    let enabled = bench.masks()?.enabled;
    ensure(enabled == [0, 1, 2, 3], || format!("enabled {enabled:?}"))?;
    Ok(format!("enabled {enabled:?} by {interrupts} interrupts"))
}

/// The probe's mask and the host's say the same, and CPU 4 still comes and goes.
fn agree(bench: &mut Bench<'_>, cpu: u32) -> Result<String, Trouble> {
    let own = bench.masks()?.enabled.contains(&cpu);
    let host = bench.host()?.cpu(cpu).map_err(|error| Trouble::Fail(error.to_string()))?;
    if let Some(host) = host {
        let stuck = host.inserting || host.removing || host.operation.is_some();
        let seen = || format!("the guest: {own}, the host: {host:?}");
        ensure(host.enabled == own && !stuck, seen)?;
    }
    bench.add(4)?;
    bench.remove(4)?;
    Ok(format!("enabled: {own}, on both sides"))
}

/// Handles events until nothing has come for a while.
fn settle(bench: &mut Bench<'_>, cpu: u32) -> Result<Ended, Trouble> {
    bench.ask("hold off")?;
    bench.ask("auto on")?;
    let ended = bench.ended(cpu)?;
    bench.ask("auto off")?;
    bench.ask("events")?;
    Ok(ended)
}

fn back_to_back(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    if bench.masks()?.enabled.contains(&1) {
        bench.remove(1)?;
    }
    bench.ask("hold on")?;
    bench.plug(1)?;
    let second = bench.host()?.unplug(1);
    settle(bench, 1)?;
    let seen = agree(bench, 1)?;
    Ok(match second {
        Ok(()) => seen,
        Err(error) => format!("{seen}; the second request: {error}"),
    })
}

fn known(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    bench.ask("hold on")?;
    if bench.masks()?.enabled.contains(&2) {
        bench.ask("hold off")?;
        bench.remove(2)?;
        bench.ask("hold on")?;
    }
    bench.plug(2)?;
    // The next kernel finds it enabled, and the event still to be handled.
    bench.restart("kexec")?;
    let before = bench.masks()?;
    let is_ost = |step: &Step| matches!(step, Step::Ost(..));
    let told = bench.events_until("the answer", |told| told.steps().iter().any(is_ost))?;
    let after = bench.masks()?;
    let answers: Vec<Step> = told.steps().into_iter().filter(is_ost).collect();
    let good = before == after && before.enabled.contains(&2) && answers == [Step::Ost(1, 0)];
    ensure(good, || format!("{before:?}, {answers:x?}, {after:?}"))?;
    Ok("nothing changes, _OST(1, 0)".to_owned())
}

fn early(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    bench.begin(FAMILY.shape, |host| host.plug(1))?;
    bench.ask("auto on")?;
    let ended = bench.ended(1)?;
    let enabled = bench.masks()?.enabled;
    ensure(enabled == [0, 1] && ended == Ended::Added, || {
        format!("enabled {enabled:?}, {ended:?}")
    })?;
    bench.ask("online 1")?;
    bench.ask("ping 1")?;
    Ok("enabled, and it can be brought up".to_owned())
}

fn early_both(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let mut second = Ok(());
    bench.begin(FAMILY.shape, |host| {
        host.plug(1)?;
        second = host.unplug(1);
        Ok(())
    })?;
    settle(bench, 1)?;
    agree(bench, 1)
}

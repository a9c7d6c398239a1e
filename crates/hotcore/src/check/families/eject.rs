//! What the firmware is told, in which order (guest contract, behaviours 134 to 138).

use super::super::answer::{Answer, Step};
use super::super::bench::Bench;
use super::super::host::Ended;
use super::super::machine::Shape;
use super::super::verdict::{Behaviour, Family, Trouble, ensure};
use super::hotplug;

pub(in super::super) static FAMILY: Family = Family {
    shape: Shape::new(1, 4),
    applies: hotplug,
    behaviours: &[
        Behaviour {
            number: "134",
            title: "a plug is answered by _OST(1, 0) and nothing else",
            check: plug,
        },
        Behaviour {
            number: "135",
            title: "an unplug by _OST(3, 0x84), _EJ0, _OST(3, 0)",
            check: unplug,
        },
        Behaviour {
            number: "136",
            title: "a refused unplug by _OST(3, 0x84), _OST(3, 0x82), no _EJ0",
            check: refused,
        },
        Behaviour { number: "138", title: "the same request succeeds afterwards", check: retried },
        Behaviour {
            number: "137",
            title: "an eject of the guest's own: _OST(3, 0x84), _EJ0, _OST(0x103, 0)",
            check: own,
        },
    ],
};

const REQUEST: Step = Step::Notify(3);
const IN_PROGRESS: Step = Step::Ost(3, 0x84);

fn expect(told: &Answer, expected: &[Step]) -> Result<String, Trouble> {
    let steps = told.steps();
    let seen = || format!("{steps:x?}");
    ensure(steps == expected, seen)?;
    Ok(seen())
}

/// What the host heard of its latest request, where it tells.
fn heard(bench: &mut Bench<'_>, cpu: u32, expected: &[(u32, u32)]) -> Result<(), Trouble> {
    let osts = bench.host()?.osts(cpu).map_err(|error| Trouble::Fail(error.to_string()))?;
    let good = osts.as_ref().is_none_or(|osts| osts == expected);
    ensure(good, || format!("the host heard {osts:x?}"))
}

fn ended(bench: &mut Bench<'_>, cpu: u32, expected: Ended) -> Result<(), Trouble> {
    let ended = bench.ended(cpu)?;
    ensure(ended == expected, || format!("for the host it is {ended:?}"))
}

fn enabled(bench: &mut Bench<'_>, cpu: u32, expected: bool) -> Result<(), Trouble> {
    let host = bench.host()?.cpu(cpu).map_err(|error| Trouble::Fail(error.to_string()))?;
    let on_host = host.is_none_or(|host| host.enabled == expected);
    let own = bench.masks()?.enabled.contains(&cpu) == expected;
    ensure(on_host && own, || format!("CPU {cpu}: enabled is {} on one side", !expected))
}

fn plug(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let told = bench.add(1)?;
    let seen = expect(&told, &[Step::Notify(1), Step::Ost(1, 0)])?;
    heard(bench, 1, &[(1, 0)])?;
    enabled(bench, 1, true)?;
    Ok(seen)
}

fn prepare(bench: &mut Bench<'_>, cpu: u32) -> Result<(), Trouble> {
    if !bench.masks()?.enabled.contains(&cpu) {
        bench.add(cpu)?;
    }
    if !bench.masks()?.online.contains(&cpu) {
        bench.ask(&format!("online {cpu}"))?;
    }
    Ok(())
}

fn unplug(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    prepare(bench, 1)?;
    let told = bench.remove(1)?;
    let seen = expect(&told, &[REQUEST, IN_PROGRESS, Step::Eject, Step::Ost(3, 0)])?;
    ended(bench, 1, Ended::Ejected)?;
    heard(bench, 1, &[(3, 0x84), (3, 0)])?;
    enabled(bench, 1, false)?;
    Ok(seen)
}

fn refused(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    prepare(bench, 2)?;
    bench.ask("refuse on")?;
    let told = bench.remove(2);
    bench.ask("refuse off")?;
    let seen = expect(&told?, &[REQUEST, IN_PROGRESS, Step::Ost(3, 0x82)])?;
    ended(bench, 2, Ended::Refused)?;
    heard(bench, 2, &[(3, 0x84), (3, 0x82)])?;
    enabled(bench, 2, true)?;
    bench.ask("ping 2")?;
    Ok(seen)
}

fn retried(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    prepare(bench, 2)?;
    let told = bench.remove(2)?;
    let seen = expect(&told, &[REQUEST, IN_PROGRESS, Step::Eject, Step::Ost(3, 0)])?;
    enabled(bench, 2, false)?;
    Ok(seen)
}

fn own(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    prepare(bench, 3)?;
    let told = bench.ask("eject 3")?;
    let seen = expect(&told, &[IN_PROGRESS, Step::Eject, Step::Ost(0x103, 0)])?;
    enabled(bench, 3, false)?;
    bench.add(3)?;
    enabled(bench, 3, true)?;
    Ok(format!("{seen}; it can be added again"))
}

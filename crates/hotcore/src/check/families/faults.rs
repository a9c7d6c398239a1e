//! How the OS half takes machines that break the contract (guest contract, behaviours 30, 139 to 147):
//! Hotcore's own, which can be told to.

use super::super::answer::Step;
use super::super::bench::Bench;
use super::super::machine::Shape;
use super::super::verdict::{Behaviour, Family, Trouble, ensure};
use super::own;

const fn family(shape: Shape, behaviours: &'static [Behaviour]) -> Family {
    Family { shape, applies: own, behaviours }
}

pub(in super::super) static IGNORE_EJECT: Family = family(
    Shape::new(1, 2).fault("ignore-eject"),
    &[Behaviour {
        number: "139",
        title: "an eject without effect is incomplete, and _OST(3, 0)",
        check: incomplete,
    }],
);

pub(in super::super) static VANISHING: Family = family(
    Shape::new(1, 2).fault("not-present-after-eject"),
    &[Behaviour {
        number: "140",
        title: "a CPU that is not present any more stays registered",
        check: vanished,
    }],
);

pub(in super::super) static REDISTRIBUTORS: Family = family(
    Shape::new(1, 2).fault("gicc-redistributors"),
    &[Behaviour {
        number: "141",
        title: "a CPU whose redistributor is inaccessible cannot come online",
        check: inaccessible,
    }],
);

pub(in super::super) static SAME_UID: Family = family(
    Shape::new(3, 3).fault("duplicate-uid"),
    &[Behaviour {
        number: "143",
        title: "CPUs with the same UID are not registered",
        check: same_uid,
    }],
);

pub(in super::super) static HIDDEN: Family = family(
    Shape::new(1, 2).fault("hide-enabled"),
    &[Behaviour {
        number: "145",
        title: "a check of a CPU that is not enabled registers nothing: _OST(1, 0)",
        check: hidden,
    }],
);

pub(in super::super) static NESTED: Family = family(
    Shape::new(2, 4).fault("nested-containers"),
    &[Behaviour { number: "147", title: "CPUs in nested containers are found", check: nested }],
);

fn incomplete(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    bench.add(1)?;
    bench.ask("online 1")?;
    let told = bench.remove(1)?;
    let steps = told.steps();
    let good = told.reports("Eject incomplete")
        && steps == [Step::Notify(3), Step::Ost(3, 0x84), Step::Eject, Step::Ost(3, 0)]
        && bench.masks()?.enabled == [0, 1];
    ensure(good, || format!("{steps:x?}"))?;
    Ok("reported; the CPU stays registered".to_owned())
}

fn vanished(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    bench.add(1)?;
    let told = bench.remove(1)?;
    let enabled = bench.masks()?.enabled;
    let good = told.reports("Changing CPU present bit is not supported") && enabled == [0, 1];
    ensure(good, || format!("enabled {enabled:?}, {:x?}", told.steps()))?;
    Ok("reported; the CPU stays registered".to_owned())
}

fn inaccessible(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    bench.add(1)?;
    let answer = bench.try_ask("online 1")?;
    let error = answer.error.unwrap_or_default();
    ensure(error.contains("redistributor"), || format!("online: {error:?}"))?;
    Ok(error)
}

fn same_uid(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let enabled = bench.masks()?.enabled;
    ensure(enabled == [0], || format!("enabled {enabled:?}"))?;
    Ok("enabled is 0".to_owned())
}

fn hidden(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let told = bench.add(1)?;
    let (steps, enabled) = (told.steps(), bench.masks()?.enabled);
    let good = steps == [Step::Notify(1), Step::Ost(1, 0)] && enabled == [0];
    ensure(good, || format!("{steps:x?}, enabled {enabled:?}"))?;
    Ok("not registered".to_owned())
}

fn nested(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    bench.add(3)?;
    bench.ask("online 3")?;
    bench.ask("ping 3")?;
    bench.remove(3)?;
    let enabled = bench.masks()?.enabled;
    ensure(enabled == [0, 1], || format!("enabled {enabled:?}"))?;
    Ok("CPU 3 came, answered and went".to_owned())
}

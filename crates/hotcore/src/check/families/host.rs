//! What the host's side refuses (guest contract, behaviours 24, 38 to 40).

use super::super::bench::Bench;
use super::super::host::HostError;
use super::super::machine::Shape;
use super::super::verdict::{Behaviour, Family, Trouble, fail};
use super::hotplug;

pub(in super::super) static FAMILY: Family = Family {
    shape: Shape::new(2, 3),
    applies: hotplug,
    behaviours: &[
        Behaviour {
            number: "24",
            title: "removing a disabled CPU is an error",
            check: remove_disabled,
        },
        Behaviour {
            number: "38",
            title: "adding a CPU that is not possible is an error",
            check: beyond,
        },
        Behaviour { number: "39", title: "adding an enabled CPU is an error", check: add_enabled },
        Behaviour { number: "40", title: "removing the boot CPU is an error", check: remove_boot },
    ],
};

fn refused(bench: &mut Bench<'_>, result: Result<(), HostError>) -> Result<String, Trouble> {
    match result {
        Err(HostError::Refused(reason)) => {
            let told = bench.ask("events")?;
            if told.number("notifications")? > 0 {
                return fail(format!("refused, but the guest is told: {:?}", told.steps()));
            }
            Ok(reason)
        }
        Err(error) => fail(error.to_string()),
        Ok(()) => fail("it is accepted"),
    }
}

fn remove_disabled(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let result = bench.host()?.unplug(2);
    refused(bench, result)
}

fn beyond(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let result = bench.host()?.plug(3);
    refused(bench, result)
}

fn add_enabled(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let result = bench.host()?.plug(1);
    refused(bench, result)
}

fn remove_boot(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let result = bench.host()?.unplug(0);
    refused(bench, result)
}

//! The next kernel, and what a crash leaves behind (guest contract, behaviours 95 to 97, 149).

use super::super::bench::Bench;
use super::super::machine::{Shape, Start};
use super::super::verdict::{Behaviour, Family, Trouble, ensure};
use super::{hotplug, parking::mailbox, started_by};

pub(in super::super) static PSCI: Family = Family {
    shape: Shape::new(1, 3),
    applies: hotplug,
    behaviours: &[Behaviour {
        number: "149",
        title: "the next kernel finds the same possible CPUs, and those enabled that are",
        check: hot_added,
    }],
};

pub(in super::super) static PARKING: Family = Family {
    shape: Shape::new(2, 2).start(Start::Parking),
    applies: returns,
    behaviours: &[
        Behaviour {
            number: "97",
            title: "the next kernel brings up CPUs by the same tables",
            check: second_kernel,
        },
        Behaviour {
            number: "95",
            title: "kexec where all can be handed back; refused where one is stuck",
            check: stuck,
        },
        Behaviour { number: "96", title: "a crash hands nothing back", check: crash },
    ],
};

fn returns(bench: &mut Bench<'_>) -> Result<(), Trouble> {
    started_by(bench, "parking-2")
}

fn hot_added(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    bench.add(2)?;
    bench.ask("online 2")?;
    let before = bench.masks()?;
    bench.restart("kexec")?;
    let after = bench.masks()?;
    let same = after.possible == before.possible && after.enabled == before.enabled;
    ensure(same && after.online == [0], || format!("{before:?}, then {after:?}"))?;
    bench.ask("online 2")?;
    bench.ask("ping 2")?;
    Ok(format!("enabled {:?}, and CPU 2 comes up", after.enabled))
}

fn second_kernel(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    bench.ask("online 1")?;
    let before = bench.ask("tables")?;
    bench.restart("kexec")?;
    let after = bench.ask("tables")?;
    ensure(before == after, || "the tables differ".to_owned())?;
    bench.ask("online 1")?;
    bench.ask("ping 1")?;
    bench.ask("offline 1")?;
    Ok("the tables are the same, CPU 1 comes up".to_owned())
}

fn stuck(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    bench.ask("online 1")?;
    bench.restart("kexec")?;
    bench.ask("online 1")?;
    bench.ask("crash")?;
    let answer = bench.try_ask("kexec")?;
    let error = answer.error.unwrap_or_default();
    ensure(error.contains("stuck"), || format!("kexec: {error:?}"))?;
    bench.end();
    Ok(format!("done, then: {error}"))
}

fn crash(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    if !bench.is_running() {
        bench.begin(PARKING.shape, |_| Ok(()))?;
    }
    bench.ask("online 1")?;
    let before = mailbox(bench, 1)?;
    bench.ask("crash")?;
    let ping = bench.try_ask("ping 1")?;
    let after = mailbox(bench, 1)?;
    let same = (before.state, before.generation) == (after.state, after.generation);
    ensure(same && after.state == 0 && ping.error.is_some(), || {
        format!("{before:x?}, then {after:x?}")
    })?;
    bench.end();
    Ok("the CPU has stopped, its mailbox says that it is in the OS".to_owned())
}

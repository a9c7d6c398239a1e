//! The way back of the parking protocol's version 2 (guest contract §4.4, behaviours 89 to 94, 98 to 103).

use super::super::bench::Bench;
use super::super::verdict::{Behaviour, Family, Trouble, ensure, not_applicable};
use super::parking::{SHAPE, interface, mailbox, raw};
use super::{as_big_endian, started_by};

pub(in super::super) static FAMILY: Family = Family {
    shape: SHAPE,
    applies: returns,
    behaviours: &[
        Behaviour {
            number: "89",
            title: "a CPU that returns: parked, generation + 1, re-armed",
            check: back,
        },
        Behaviour {
            number: "90",
            title: "TEST is answered by a CPU that is parked",
            check: test_parked,
        },
        Behaviour {
            number: "91",
            title: "TEST is never answered by a CPU that is in the OS",
            check: test_in_os,
        },
        Behaviour {
            number: "93",
            title: "it returns and wakes at the level at which it came",
            check: level,
        },
        Behaviour {
            number: "94",
            title: "a mailbox is little-endian whatever the OS is",
            check: endian,
        },
        Behaviour {
            number: "98",
            title: "an unknown command ends with status 1",
            check: unknown_command,
        },
        Behaviour {
            number: "102",
            title: "a disabled CPU stays parked: status 2, re-armed",
            check: disabled,
        },
        Behaviour {
            number: "103",
            title: "what a CPU wrote before it left is not lost",
            check: written,
        },
        Behaviour {
            number: "92",
            title: "a parked CPU survives that all OS memory is overwritten",
            check: scribbled,
        },
        Behaviour { number: "100", title: "offline and online again and again", check: again },
        Behaviour {
            number: "101",
            title: "a reset rearms the mailbox of a CPU that was in the OS",
            check: reset,
        },
    ],
};

fn returns(bench: &mut Bench<'_>) -> Result<(), Trouble> {
    started_by(bench, "parking-2")
}

fn home(bench: &mut Bench<'_>) -> Result<(), Trouble> {
    if bench.masks()?.online.contains(&1) { bench.ask("offline 1").map(drop) } else { Ok(()) }
}

fn back(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    bench.ask("online 1")?;
    let before = mailbox(bench, 1)?;
    bench.ask("handback 1")?;
    let after = mailbox(bench, 1)?;
    let good = before.state == 0 && after.is_armed() && after.generation == before.generation + 1;
    ensure(good, || format!("{before:x?}, then {after:x?}"))?;
    Ok(format!("generation {} became {}", before.generation, after.generation))
}

fn test_parked(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    home(bench)?;
    let answer = bench.ask("test 1")?;
    let good = answer.number("acknowledged")? == 1 && answer.number("status")? == 0;
    ensure(good, || format!("{:?}", answer.lines))?;
    Ok("acknowledged, status 0".to_owned())
}

fn test_in_os(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    bench.ask("online 1")?;
    let answer = bench.ask("test 1")?;
    ensure(answer.number("acknowledged")? == 0, || format!("{:?}", answer.lines))?;
    let page = mailbox(bench, 1)?.page;
    bench.write(page + 0x18, 4, 0)?;
    bench.ask("offline 1")?;
    Ok("not within a second; the CPU returns afterwards".to_owned())
}

fn level(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let mut levels = Vec::new();
    for _ in 0..2 {
        bench.ask("online 1")?;
        levels.push(bench.ask("ping 1")?.number("level")?);
        bench.ask("offline 1")?;
    }
    levels.push(bench.ask("info")?.number("level")?);
    ensure(levels.iter().all(|level| Some(level) == levels.first()), || format!("{levels:?}"))?;
    Ok(format!("EL{} each time, as the boot CPU", levels[0]))
}

fn endian(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    home(bench)?;
    let before = mailbox(bench, 1)?;
    let after = as_big_endian(bench, |bench| {
        ensure(mailbox(bench, 1)? == before, || "it reads otherwise".to_owned())?;
        let answer = bench.ask("test 1")?;
        ensure(answer.number("acknowledged")? == 1, || format!("{:?}", answer.lines))?;
        bench.ask("online 1")?;
        bench.ask("ping 1")?;
        bench.ask("handback 1")?;
        mailbox(bench, 1)
    })?;
    let good = after.is_armed() && after.generation == before.generation + 1;
    ensure(good, || format!("{before:x?}, then {after:x?}"))?;
    Ok("it reads the same, and TEST, wake-up and return are understood".to_owned())
}

fn unknown_command(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    home(bench)?;
    let page = mailbox(bench, 1)?.page;
    bench.write(page + 0x18, 4, 7)?;
    bench.ask("signal 1")?;
    let seen = mailbox(bench, 1)?;
    ensure(seen.command == 0 && seen.status == 1, || format!("{seen:x?}"))?;
    bench.ask("test 1")?;
    Ok("command 0, status 1".to_owned())
}

fn disabled(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    if bench.masks()?.enabled.contains(&2) {
        return not_applicable("no CPU of this machine is disabled");
    }
    let (own, entry) = (interface(bench, 2)?, bench.ask("info")?.number("entry")?);
    let seen = raw(bench, 2, own, entry)?;
    ensure(seen.is_armed() && seen.status == 2, || format!("{seen:x?}"))?;
    Ok("parked, status 2, cpu_id all ones, address 0".to_owned())
}

fn written(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    bench.ask("online 1")?;
    let before = bench.ask("ping 1")?.number("left")?;
    bench.ask("offline 1")?;
    let after = bench.try_ask("ping 1")?.number("left")?;
    ensure(after == before + 1, || format!("{before} became {after}"))?;
    Ok(format!("its own count, {after}, is in memory"))
}

pub(super) fn scribbled(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let count = bench.cycles;
    let mut bytes = 0;
    for _ in 0..count {
        let told = bench.ask("cycle 1 1")?;
        bytes = told.number("scribbled")?;
        ensure(told.number("rounds")? == 1, || format!("{:?}", told.lines))?;
    }
    bench.ask("offline 1")?;
    Ok(format!("{count} times, {bytes:#x} bytes each, pages of code and stacks of CPUs among them"))
}

fn again(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let count = bench.cycles;
    let before = mailbox(bench, 1)?.generation;
    for _ in 0..count {
        bench.ask("online 1")?;
        bench.ask("offline 1")?;
    }
    let after = mailbox(bench, 1)?;
    let good = after.is_armed() && after.generation == before + u64::from(count);
    ensure(good, || format!("generation {before}, then {after:x?}"))?;
    Ok(format!("{count} times; the address is written and cleared each time"))
}

fn reset(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    bench.ask("online 1")?;
    bench.restart("reset")?;
    let seen = mailbox(bench, 1)?;
    ensure(seen.is_armed(), || format!("{seen:x?}"))?;
    bench.ask("online 1")?;
    bench.ask("ping 1")?;
    Ok(format!("armed, generation {}; it comes up", seen.generation))
}

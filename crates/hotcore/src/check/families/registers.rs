//! The CPU hotplug register block and the GED, access by access (guest contract, behaviours 41 to 55).

use std::thread;
use std::time::Duration;

use super::super::answer::{Answer, field, word};
use super::super::bench::{Bench, Registers};
use super::super::machine::Shape;
use super::super::verdict::{Behaviour, Family, Trouble, ensure, fail, not_applicable};
use super::hotplug;

const ENABLED: u64 = 1 << 0;
const INSERT: u64 = 1 << 1;
const REMOVE: u64 = 1 << 2;
const EJECT: u64 = 1 << 3;
const NEXT_WITH_EVENT: u64 = 0;
const OST_EVENT: u64 = 1;
const OST_STATUS: u64 = 2;
const GET_ID: u64 = 3;
/// The GED's bit of CPUs.
const CPU_EVENT: u64 = 8;
/// Whoever repeats an event that is not taken does so within this time.
const REPEAT: Duration = Duration::from_millis(1200);

pub(in super::super) static FAMILY: Family = Family {
    shape: Shape::new(1, 6),
    applies: hotplug,
    behaviours: &[
        Behaviour {
            number: "44",
            title: "command 0 without events keeps the selector",
            check: no_event,
        },
        Behaviour {
            number: "46",
            title: "a selector beyond the CPUs reads 0 and writes nothing",
            check: beyond,
        },
        Behaviour {
            number: "49",
            title: "an unknown command leaves the one before in force",
            check: unknown,
        },
        Behaviour { number: "50", title: "command 3 gives the MPIDR", check: arch_id },
        Behaviour { number: "51", title: "commands 1 and 2 make one _OST", check: ost },
        Behaviour { number: "52", title: "the boot CPU cannot be ejected", check: boot_cpu },
        Behaviour {
            number: "55",
            title: "reserved offsets read 0 and ignore writes",
            check: reserved,
        },
        Behaviour {
            number: "41",
            title: "a plug reads as enabled with an insert event",
            check: plugged,
        },
        Behaviour {
            number: "42",
            title: "the GED's selector is cleared by its read",
            check: read_clears,
        },
        Behaviour {
            number: "48",
            title: "of insert and eject in one write only the insert is cleared",
            check: first_match,
        },
        Behaviour {
            number: "54",
            title: "an eject of an OFF CPU disables it within the write",
            check: eject_off,
        },
        Behaviour {
            number: "53",
            title: "an eject of a CPU that is ON is refused",
            check: eject_on,
        },
        Behaviour { number: "45", title: "command 0 wraps around", check: wraps },
        Behaviour {
            number: "43",
            title: "command 0 finds the next event, one after the other",
            check: next,
        },
        Behaviour { number: "47", title: "clearing insert keeps remove", check: keeps_remove },
        Behaviour {
            number: "56",
            title: "after a reset the selector is valid",
            check: after_reset,
        },
    ],
};

/// The registers, and how they are accessed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    pub(super) base: u64,
    pub(super) ged: u64,
}

impl Block {
    /// Where they are: a CPU that is added and ejected shows which addresses its methods access. Events are
    /// left alone from then on.
    pub(super) fn find(bench: &mut Bench<'_>) -> Result<Self, Trouble> {
        if bench.registers.is_none() {
            bench.ask("tell on")?;
            let told = bench.add(1)?;
            bench.ask("tell off")?;
            bench.ask("eject 1")?;
            bench.registers = registers(&told);
        }
        bench.ask("hold on")?;
        match bench.registers {
            Some(Registers { block, ged }) => Ok(Self { base: block, ged }),
            None => not_applicable("the machine's methods access no register block that is known"),
        }
    }

    fn select(self, bench: &mut Bench<'_>, cpu: u64) -> Result<(), Trouble> {
        bench.write(self.base, 4, cpu)
    }

    fn command(self, bench: &mut Bench<'_>, command: u64) -> Result<(), Trouble> {
        bench.write(self.base + 5, 1, command)
    }

    pub(super) fn flags(self, bench: &mut Bench<'_>, cpu: u64) -> Result<u64, Trouble> {
        self.select(bench, cpu)?;
        bench.read(self.base + 4, 1)
    }

    fn set(self, bench: &mut Bench<'_>, cpu: u64, flags: u64) -> Result<(), Trouble> {
        self.select(bench, cpu)?;
        bench.write(self.base + 4, 1, flags)
    }

    fn data(self, bench: &mut Bench<'_>) -> Result<u64, Trouble> {
        bench.read(self.base + 8, 4)
    }

    /// The next CPU with an event, from one on.
    fn next(self, bench: &mut Bench<'_>, from: u64) -> Result<u64, Trouble> {
        self.select(bench, from)?;
        self.command(bench, NEXT_WITH_EVENT)?;
        self.data(bench)
    }
}

/// The GED is read first; the command is the only byte that is written one behind a word.
fn registers(told: &Answer) -> Option<Registers> {
    let accesses: Vec<(&str, u64, u64)> = told
        .with("access")
        .filter_map(|line| Some((word(line, "access")?, field(line, "at")?, field(line, "width")?)))
        .collect();
    let ged = accesses.iter().find(|(kind, ..)| *kind == "r")?.1;
    let is_command = |(kind, address, width): &&(&str, u64, u64)| {
        *kind == "w" && *width == 1 && address % 8 == 5
    };
    Some(Registers { block: accesses.iter().find(is_command)?.1 - 5, ged })
}

fn no_event(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let block = Block::find(bench)?;
    let next = block.next(bench, 3)?;
    ensure(next == 3, || format!("3 became {next}"))?;
    Ok(format!("3 stays; registers at {:#x}, GED at {:#x}", block.base, block.ged))
}

fn beyond(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let block = Block::find(bench)?;
    let max = u64::from(bench.max());
    for selector in [max, 0xffff, u64::from(u32::MAX)] {
        block.select(bench, selector)?;
        block.command(bench, GET_ID)?;
        bench.write(block.base + 4, 1, EJECT | INSERT | REMOVE)?;
        let read = [bench.read(block.base + 4, 1)?, block.data(bench)?, bench.read(block.base, 4)?];
        ensure(read == [0; 3], || format!("selector {selector:#x}: {read:x?}"))?;
    }
    let flags = block.flags(bench, 0)?;
    ensure(flags == ENABLED, || format!("CPU 0 afterwards: {flags:#x}"))?;
    Ok("0 of selectors 6, 0xffff, 0xffffffff; CPU 0 as before".to_owned())
}

fn unknown(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let block = Block::find(bench)?;
    block.select(bench, 4)?;
    block.command(bench, GET_ID)?;
    let before = block.data(bench)?;
    for command in [4, 9, 0xff] {
        block.command(bench, command)?;
        let after = block.data(bench)?;
        ensure(after == before, || format!("command {command}: {before:#x} became {after:#x}"))?;
    }
    Ok(format!("{before:#x} throughout"))
}

fn arch_id(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let block = Block::find(bench)?;
    let cpus = bench.ask("cpus")?;
    let mpidrs: Vec<u64> = cpus.with("mpidr").filter_map(|line| field(line, "mpidr")).collect();
    for (cpu, mpidr) in (0..).zip(&mpidrs) {
        block.select(bench, cpu)?;
        block.command(bench, GET_ID)?;
        let (low, high) = (block.data(bench)?, bench.read(block.base, 4)?);
        ensure(high << 32 | low == *mpidr, || {
            format!("CPU {cpu}: {high:#x} {low:#x}, MADT {mpidr:#x}")
        })?;
    }
    Ok(format!("{mpidrs:x?}"))
}

fn ost(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let block = Block::find(bench)?;
    block.select(bench, 2)?;
    block.command(bench, OST_EVENT)?;
    bench.write(block.base + 8, 4, 0xab)?;
    block.command(bench, OST_STATUS)?;
    bench.write(block.base + 8, 4, 0xcd)?;
    let Some(cpu) = bench.host()?.cpu(2).or_else(|error| fail(error.to_string()))? else {
        return not_applicable("the VMM does not tell what a guest said");
    };
    let seen = cpu.ost.map(|ost| (ost.source, ost.status));
    ensure(seen == Some((0xab, 0xcd)), || format!("the host has {seen:x?}"))?;
    Ok("the host has (0xab, 0xcd) of CPU 2".to_owned())
}

fn boot_cpu(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let block = Block::find(bench)?;
    block.set(bench, 0, EJECT)?;
    let flags = block.flags(bench, 0)?;
    ensure(flags == ENABLED, || format!("{flags:#x}"))?;
    Ok(format!("flags {flags:#x} afterwards"))
}

fn reserved(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let block = Block::find(bench)?;
    block.select(bench, 0)?;
    for offset in [6, 7] {
        bench.write(block.base + offset, 1, 0xff)?;
        let value = bench.read(block.base + offset, 1)?;
        ensure(value == 0, || format!("offset {offset}: {value:#x}"))?;
    }
    let flags = block.flags(bench, 0)?;
    ensure(flags == ENABLED, || format!("CPU 0 afterwards: {flags:#x}"))?;
    Ok("0".to_owned())
}

fn plugged(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let block = Block::find(bench)?;
    bench.plug(2)?;
    let flags = block.flags(bench, 2)?;
    ensure(flags == ENABLED | INSERT, || format!("flags {flags:#x}"))?;
    bench.ask("tell on")?;
    bench.ask("hold off")?;
    let told =
        bench.events_until("the interrupt", |told| told.with("interrupt").next().is_some())?;
    let selector = told.with("access").find(|line| field(line, "at") == Some(block.ged));
    bench.ask("tell off")?;
    let selector = selector.and_then(|line| field(line, "value"));
    ensure(selector == Some(CPU_EVENT), || format!("GED {selector:x?}"))?;
    Ok(format!("flags {flags:#x}, GED {CPU_EVENT:#x}, interrupt"))
}

/// A machine that repeats events may do so between two reads, which does not happen each time.
fn read_clears(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let block = Block::find(bench)?;
    bench.plug(3)?;
    let mut seen = Vec::new();
    for _ in 0..8 {
        let pair = [bench.read(block.ged, 4)?, bench.read(block.ged, 4)?];
        if pair == [CPU_EVENT, 0] {
            return Ok("8, then 0".to_owned());
        }
        seen.push(pair);
        thread::sleep(REPEAT);
    }
    fail(format!("{seen:x?}"))
}

fn first_match(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let block = Block::find(bench)?;
    bench.plug(4)?;
    block.set(bench, 4, INSERT | EJECT)?;
    let flags = block.flags(bench, 4)?;
    ensure(flags == ENABLED, || format!("flags {flags:#x}"))?;
    Ok(format!("flags {flags:#x} afterwards"))
}

fn eject_off(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let block = Block::find(bench)?;
    bench.plug(5)?;
    block.set(bench, 5, INSERT)?;
    let before = block.flags(bench, 5)?;
    block.set(bench, 5, EJECT)?;
    let after = bench.read(block.base + 4, 1)?;
    ensure((before, after & ENABLED) == (ENABLED, 0), || format!("{before:#x} became {after:#x}"))?;
    Ok(format!("{before:#x} became {after:#x}"))
}

fn eject_on(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    bench.end();
    restart(bench)?;
    let block = Block::find(bench)?;
    bench.ask("hold off")?;
    bench.add(2)?;
    bench.ask("online 2")?;
    block.set(bench, 2, EJECT)?;
    let flags = block.flags(bench, 2)?;
    ensure(flags & ENABLED != 0, || format!("flags {flags:#x}"))?;
    bench.ask("ping 2")?;
    bench.ask("offline 2")?;
    Ok(format!("flags {flags:#x}, and it runs on"))
}

fn restart(bench: &mut Bench<'_>) -> Result<(), Trouble> {
    bench.begin(FAMILY.shape, |_| Ok(()))
}

fn wraps(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    restart(bench)?;
    let block = Block::find(bench)?;
    bench.plug(1)?;
    let next = block.next(bench, 2)?;
    ensure(next == 1, || format!("from 2 on: {next}"))?;
    Ok("from 2 on: 1".to_owned())
}

fn next(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    restart(bench)?;
    let block = Block::find(bench)?;
    bench.plug(2)?;
    bench.plug(5)?;
    let first = block.next(bench, 0)?;
    ensure(first == 2, || format!("first {first}"))?;
    bench.write(block.base + 4, 1, INSERT)?;
    let second = block.next(bench, 0)?;
    ensure(second == 5, || format!("then {second}"))?;
    Ok("2, then 5".to_owned())
}

fn keeps_remove(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    restart(bench)?;
    let block = Block::find(bench)?;
    bench.ask("hold off")?;
    bench.add(2)?;
    bench.ask("hold on")?;
    bench.unplug(2)?;
    let before = block.flags(bench, 2)?;
    block.set(bench, 2, INSERT)?;
    let after = block.flags(bench, 2)?;
    let good = before & REMOVE != 0 && after == before & !INSERT;
    ensure(good, || format!("{before:#x} became {after:#x}"))?;
    Ok(format!("{before:#x} became {after:#x}"))
}

fn after_reset(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let block = Block::find(bench)?;
    block.select(bench, 0xffff)?;
    bench.restart("reset")?;
    block.command(bench, NEXT_WITH_EVENT)?;
    let selector = block.data(bench)?;
    let flags = bench.read(block.base + 4, 1)?;
    let valid = selector < bench.max().into() && (selector != 0 || flags & ENABLED != 0);
    ensure(valid, || format!("selector {selector}, flags {flags:#x}"))?;
    Ok(format!("selector {selector}, flags {flags:#x}"))
}

//! The ACPI parking protocol, and the way back of version 2 (guest contract §4, behaviours 82 to 92, 93 to
//! 103).

use super::super::answer::field;
use super::super::bench::Bench;
use super::super::machine::{Shape, Start};
use super::super::verdict::{Behaviour, Family, Trouble, ensure, not_applicable};
use super::started_by;

const SHAPE: Shape = Shape::new(2, 3).start(Start::Parking);

pub(in super::super) static WAKE: Family = Family {
    shape: SHAPE,
    applies: parking,
    behaviours: &[
        Behaviour {
            number: "82",
            title: "a mailbox is an aligned page, not RAM of the OS, armed",
            check: page,
        },
        Behaviour {
            number: "85",
            title: "the right cpu_id without an address wakes nobody",
            check: no_address,
        },
        Behaviour { number: "84", title: "another cpu_id wakes nobody", check: wrong_id },
        Behaviour {
            number: "87",
            title: "the OS does not use a mailbox that is not listened at",
            check: not_listening,
        },
        Behaviour {
            number: "83",
            title: "a wake-up arrives, and the address was cleared before",
            check: wake,
        },
        Behaviour { number: "99", title: "16 bytes are enough: version 1", check: version_1 },
        Behaviour {
            number: "88",
            title: "interface number 0 of all CPUs works by mailbox",
            check: zero,
        },
    ],
};

pub(in super::super) static RETURN: Family = Family {
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

/// The words of a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mailbox {
    pub(super) page: u64,
    pub(super) cpu_id: u64,
    pub(super) jump: u64,
    pub(super) state: u64,
    pub(super) command: u64,
    pub(super) status: u64,
    pub(super) generation: u64,
}

const LISTENING: u64 = 0xffff_ffff;

/// Reads the mailbox of a CPU.
pub(super) fn mailbox(bench: &mut Bench<'_>, cpu: u32) -> Result<Mailbox, Trouble> {
    let answer = bench.ask(&format!("mailbox {cpu}"))?;
    Ok(Mailbox {
        page: answer.number("release")? & !0xfff,
        cpu_id: answer.number("cpu_id")?,
        jump: answer.number("jump")?,
        state: answer.number("state").unwrap_or(1),
        command: answer.number("command").unwrap_or(0),
        status: answer.number("status").unwrap_or(0),
        generation: answer.number("generation").unwrap_or(0),
    })
}

impl Mailbox {
    /// As firmware leaves it that waits.
    pub(super) fn is_armed(&self) -> bool {
        self.cpu_id == LISTENING && self.jump == 0 && self.state == 1 && self.command == 0
    }
}

fn parking(bench: &mut Bench<'_>) -> Result<(), Trouble> {
    started_by(bench, "parking")
}

fn returns(bench: &mut Bench<'_>) -> Result<(), Trouble> {
    started_by(bench, "parking-2")
}

/// The CPU Interface Number of a CPU.
fn interface(bench: &mut Bench<'_>, cpu: usize) -> Result<u64, Trouble> {
    let tables = bench.ask("tables")?;
    let line = tables.with("interface").nth(cpu).unwrap_or_default();
    field(line, "interface").ok_or_else(|| Trouble::Fail(format!("no GICC of CPU {cpu}")))
}

fn page(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let info = bench.ask("info")?;
    let mut pages = Vec::new();
    for cpu in 1..bench.max() {
        let mailbox = mailbox(bench, cpu)?;
        ensure(mailbox.is_armed() && mailbox.page != 0, || format!("CPU {cpu}: {mailbox:x?}"))?;
        let in_ram = info.with("ram").any(|line| {
            let span = field(line, "ram").zip(field(line, "ram_end"));
            span.is_some_and(|(start, end)| (start..end).contains(&mailbox.page))
        });
        ensure(!in_ram, || format!("{:#x} is the OS's", mailbox.page))?;
        pages.push(mailbox.page);
    }
    Ok(format!("{pages:x?}"))
}

/// Writes jump address and cpu_id as version 1 has them, wakes, and gives what became of it.
fn raw(bench: &mut Bench<'_>, cpu: u32, id: u64, jump: u64) -> Result<Mailbox, Trouble> {
    let page = mailbox(bench, cpu)?.page;
    bench.write(page + 8, 8, jump)?;
    bench.write(page, 4, id)?;
    bench.ask(&format!("signal {cpu}"))?;
    mailbox(bench, cpu)
}

fn arm(bench: &mut Bench<'_>, cpu: u32) -> Result<(), Trouble> {
    let page = mailbox(bench, cpu)?.page;
    bench.write(page + 8, 8, 0)?;
    bench.write(page, 4, LISTENING)
}

fn stays(bench: &mut Bench<'_>, seen: &Mailbox) -> Result<(), Trouble> {
    ensure(seen.state == 1, || format!("{seen:x?}"))?;
    let ping = bench.try_ask("ping 1")?;
    ensure(ping.error.is_some(), || "it has come".to_owned())?;
    arm(bench, 1)
}

fn no_address(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let own = interface(bench, 1)?;
    let seen = raw(bench, 1, own, 0)?;
    stays(bench, &seen)?;
    Ok("it stays parked".to_owned())
}

fn wrong_id(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let (own, entry) = (interface(bench, 1)?, bench.ask("info")?.number("entry")?);
    let seen = raw(bench, 1, own + 0x55, entry)?;
    stays(bench, &seen)?;
    Ok("it stays parked".to_owned())
}

fn not_listening(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let page = mailbox(bench, 1)?.page;
    bench.write(page, 4, 0x55)?;
    let error = bench.try_ask("online 1")?.error.unwrap_or_default();
    arm(bench, 1)?;
    ensure(error.contains("does not listen"), || format!("online: {error:?}"))?;
    Ok(error)
}

fn wake(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let told = bench.ask("online 1")?;
    let found = bench.ask("ping 1")?;
    let seen = mailbox(bench, 1)?;
    let registers = ["x0", "x1", "x2", "x3"].map(|name| found.number(name));
    let clean = registers.iter().all(|value| *value == Ok(0)) && !told.reports("jump address");
    ensure(clean && seen.jump == 0, || format!("{seen:x?}, {:?}", found.lines))?;
    Ok(found.lines.first().cloned().unwrap_or_default())
}

fn version_1(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    // A machine of its own: the CPU may be in the OS.
    bench.begin(SHAPE, |_| Ok(()))?;
    parking(bench)?;
    let (own, entry) = (interface(bench, 1)?, bench.ask("info")?.number("entry")?);
    let page = mailbox(bench, 1)?.page;
    let prefix = [bench.read(page, 4)?, bench.read(page + 4, 4)?, bench.read(page + 8, 8)?];
    ensure(prefix == [LISTENING, 0, 0], || format!("{prefix:x?}"))?;
    raw(bench, 1, own, entry)?;
    // The probe prepares a CPU's record when it boots, so one that nobody ordered arrives as well.
    let arrived = (0..50).find_map(|_| {
        let ping = bench.try_ask("ping 1");
        ping.map(|ping| ping.error.is_none().then_some(())).transpose()
    });
    match arrived {
        Some(Ok(())) => Ok("it comes by cpu_id and address alone".to_owned()),
        Some(Err(trouble)) => Err(trouble),
        None => Err(Trouble::Fail("it does not come".to_owned())),
    }
}

fn zero(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    for cpu in 0..bench.max() {
        if interface(bench, cpu as usize)? != 0 {
            return not_applicable("this machine numbers its CPU interfaces");
        }
    }
    wake(bench)
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

fn endian(_: &mut Bench<'_>) -> Result<String, Trouble> {
    not_applicable("the probe is little-endian")
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

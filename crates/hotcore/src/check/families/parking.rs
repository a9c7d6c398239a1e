//! The ACPI parking protocol: how CPUs are woken (guest contract §4.2, behaviours 82 to 87, 99).

use super::super::answer::field;
use super::super::bench::Bench;
use super::super::machine::{Shape, Start};
use super::super::verdict::{Behaviour, Family, Trouble, ensure};
use super::started_by;

/// Two CPUs enabled, one that is not.
pub(super) const SHAPE: Shape = Shape::new(2, 3).start(Start::Parking);

pub(in super::super) static FAMILY: Family = Family {
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

pub(super) fn parking(bench: &mut Bench<'_>) -> Result<(), Trouble> {
    started_by(bench, "parking")
}

/// The CPU Interface Number of a CPU.
pub(super) fn interface(bench: &mut Bench<'_>, cpu: usize) -> Result<u64, Trouble> {
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
pub(super) fn raw(bench: &mut Bench<'_>, cpu: u32, id: u64, jump: u64) -> Result<Mailbox, Trouble> {
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

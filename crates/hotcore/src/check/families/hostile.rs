//! Orders that no sane guest gives. They have no number; what counts is that the machine lives on and still
//! does what it is asked.

use super::super::bench::Bench;
use super::super::machine::Shape;
use super::super::verdict::{Behaviour, Family, Trouble, ensure};
use super::hotplug;
use super::registers::Block;

pub(in super::super) static FAMILY: Family = Family {
    shape: Shape::new(1, 4),
    applies: hotplug,
    behaviours: &[
        Behaviour {
            number: "H1",
            title: "accesses of any width at any offset of the registers",
            check: widths,
        },
        Behaviour {
            number: "H2",
            title: "writes of all ones everywhere in the registers",
            check: ones,
        },
        Behaviour {
            number: "H3",
            title: "ejects and _OSTs of CPUs that nobody asked about",
            check: unasked,
        },
        Behaviour {
            number: "H4",
            title: "PSCI functions and arguments that do not exist",
            check: calls,
        },
        Behaviour {
            number: "H5",
            title: "a CPU that is ejected at the very moment it is asked back",
            check: crossing,
        },
    ],
};

/// The machine still adds, starts, answers for and removes a CPU.
fn still_works(bench: &mut Bench<'_>) -> Result<(), Trouble> {
    bench.ask("hold off")?;
    bench.ask("events")?;
    bench.add(3)?;
    bench.ask("online 3")?;
    bench.ask("ping 3")?;
    bench.remove(3)?;
    let enabled = bench.masks()?.enabled;
    ensure(enabled == [0], || format!("enabled {enabled:?} afterwards"))
}

fn widths(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let block = Block::find(bench)?;
    let mut refused = 0;
    for (base, size) in [(block.base, 16), (block.ged, 8)] {
        for width in [1u64, 2, 4, 8] {
            for address in (base..base + size).step_by(width as usize) {
                if address.is_multiple_of(width) {
                    // An abort is an answer, too.
                    refused += u32::from(
                        bench.try_ask(&format!("read {address:#x} {width}"))?.error.is_some(),
                    );
                }
            }
        }
    }
    still_works(bench)?;
    Ok(format!("{refused} are answered by an abort; a CPU comes and goes afterwards"))
}

fn ones(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let block = Block::find(bench)?;
    for width in [1u64, 2, 4] {
        for offset in (0..12).step_by(width as usize) {
            let address = block.base + offset;
            bench
                .try_ask(&format!("write {address:#x} {width} {:#x}", (1u64 << (8 * width)) - 1))?;
        }
    }
    bench.try_ask(&format!("write {:#x} 4 0xffffffff", block.ged))?;
    still_works(bench)?;
    Ok("a CPU comes and goes afterwards".to_owned())
}

fn unasked(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    let block = Block::find(bench)?;
    for cpu in 0..u64::from(bench.max()) {
        bench.write(block.base, 4, cpu)?;
        for flags in [0x08, 0x10, 0xff, 0x06] {
            bench.write(block.base + 4, 1, flags)?;
        }
        for (event, status) in [(3, 0), (0x103, 0), (1, 0), (u32::MAX, u32::MAX)] {
            bench.write(block.base + 5, 1, 1)?;
            bench.write(block.base + 8, 4, event.into())?;
            bench.write(block.base + 5, 1, 2)?;
            bench.write(block.base + 8, 4, status.into())?;
        }
    }
    still_works(bench)?;
    Ok("a CPU comes and goes afterwards".to_owned())
}

fn calls(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    const NOT_SUPPORTED: i64 = -1;
    for function in [0x8400_0005, 0x8400_001f, 0xc400_0000, 0xc400_0002, 0x8400_ffff, 0xc300_0042] {
        let answer = bench.psci(function, [u64::MAX, u64::MAX])?;
        ensure(answer == NOT_SUPPORTED, || format!("{function:#x}: {answer}"))?;
    }
    for arguments in [[u64::MAX, 0], [1 << 24, 0], [1 << 40, 4], [0, u64::MAX]] {
        for function in [0xc400_0003, 0xc400_0004] {
            let answer = bench.psci(function, arguments)?;
            ensure(answer < 0, || format!("{function:#x} {arguments:x?}: {answer}"))?;
        }
    }
    still_works(bench)?;
    Ok("NOT_SUPPORTED or another error each; a CPU comes and goes afterwards".to_owned())
}

fn crossing(bench: &mut Bench<'_>) -> Result<String, Trouble> {
    bench.ask("hold off")?;
    bench.add(2)?;
    bench.ask("online 2")?;
    bench.ask("hold on")?;
    bench.unplug(2)?;
    bench.ask("eject 2")?;
    bench.ask("hold off")?;
    bench.ask("events")?;
    let enabled = bench.masks()?.enabled;
    ensure(enabled == [0], || format!("enabled {enabled:?}"))?;
    still_works(bench)?;
    Ok("it is gone; a CPU comes and goes afterwards".to_owned())
}

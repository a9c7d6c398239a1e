//! How an event reads: one line, the time in microseconds first.
//!
//! ```text
//!     412 cpu0 exception Data Abort, same EL from EL1 ESR=0x96000047 FAR=0x10 ELR=0xffff800080012344 <helper+0x4>
//! ```

use std::fmt;
use std::time::Duration;

use hotcore_a64::Level;
use hotcore_a64::decode::disassemble;
use hotcore_a64::trace::{Cause, Event};
use hotcore_engine::trace::TraceEvent;
use hotcore_vcpu::VcpuIndex;
use hotcore_vmm::layout;

use super::psci;
use super::symbols::Symbols;
use super::syndrome;

/// An event as text.
pub(super) struct Line<'a> {
    /// Since the trace began.
    pub(super) time: Duration,
    pub(super) cpu: VcpuIndex,
    pub(super) event: &'a TraceEvent,
    pub(super) symbols: &'a Symbols,
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:>9} cpu{} ", self.time.as_micros(), self.cpu)?;
        match *self.event {
            TraceEvent::Core(event) => self.core(out, event),
            TraceEvent::Call { function, args, result } => call(out, function, args, result),
            TraceEvent::Access { address, size, write, value } => {
                let (what, sign) = if write { ("store", "<-") } else { ("load", "->") };
                write!(out, "mmio {what} {size} {address:#x}")?;
                if let Some((device, offset)) = device(address) {
                    write!(out, " <{device}+{offset:#x}>")?;
                }
                write!(out, " {sign} {value:#x}")
            }
        }
    }
}

impl Line<'_> {
    fn core(&self, out: &mut fmt::Formatter<'_>, event: Event) -> fmt::Result {
        match event {
            Event::Vectors { base } => {
                write!(out, "vectors VBAR_EL1={}", self.at(base))?;
                match self.symbols.slide() {
                    Some(slide) => write!(out, " slide={slide:#x}"),
                    None => Ok(()),
                }
            }
            Event::Exception { cause, from, elr } => {
                self.exception(out, cause, from)?;
                write!(out, " ELR={}", self.at(elr))
            }
            Event::Return { to, pc, spsr } => {
                write!(out, "return to {} {} SPSR={spsr:#x}", level(to), self.at(pc))
            }
            Event::Instruction { pc, word } => {
                let text = disassemble(word, pc);
                let text = text.as_deref().unwrap_or("undefined");
                write!(out, "instruction {} {word:08x} {text}", self.at(pc))
            }
        }
    }

    fn exception(&self, out: &mut fmt::Formatter<'_>, cause: Cause, from: Level) -> fmt::Result {
        let from = level(from);
        match cause {
            Cause::Irq => write!(out, "exception IRQ from {from}"),
            Cause::Fiq => write!(out, "exception FIQ from {from}"),
            Cause::Synchronous { esr, far } => {
                write!(out, "exception {} from {from} ESR={esr:#x}", syndrome::class(esr))?;
                far.map_or(Ok(()), |far| write!(out, " FAR={}", self.at(far)))
            }
        }
    }

    fn at(&self, address: u64) -> Address<'_> {
        Address { address, symbols: self.symbols }
    }
}

/// An address, and its name where it has one.
struct Address<'a> {
    address: u64,
    symbols: &'a Symbols,
}

impl fmt::Display for Address<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:#x}", self.address)?;
        match self.symbols.name(self.address) {
            Some((name, offset)) => write!(out, " <{name}+{offset:#x}>"),
            None => Ok(()),
        }
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::El0 => "EL0",
        Level::El1 => "EL1",
    }
}

fn call(
    out: &mut fmt::Formatter<'_>,
    function: u32,
    [first, second, third]: [u64; 3],
    result: Option<u64>,
) -> fmt::Result {
    let name = psci::function(function).unwrap_or("unknown");
    write!(out, "psci {name} {function:#x} ({first:#x}, {second:#x}, {third:#x})")?;
    match result.map(|result| (result, psci::error(result))) {
        None => write!(out, " does not return"),
        Some((_, Some(error))) => write!(out, " -> {error}"),
        Some((result, None)) => write!(out, " -> {result:#x}"),
    }
}

/// The device that an address belongs to, and the offset there.
fn device(address: u64) -> Option<(&'static str, u64)> {
    let devices = [
        ("uart", layout::UART.base, layout::UART.size),
        ("rtc", layout::RTC.base, layout::RTC.size),
        ("ged", layout::GED.base, layout::GED.size),
        ("cpu-hotplug", layout::CPU_HOTPLUG, layout::CPU_HOTPLUG_SIZE),
    ];
    devices.into_iter().find_map(|(name, base, size)| {
        address.checked_sub(base).filter(|offset| *offset < size).map(|offset| (name, offset))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAP: &str =
        "ffff800080010800 T vectors\nffff800080011000 t helper\nffff800080012000 B _end";

    #[track_caller]
    fn assert_reads(event: TraceEvent, expected: &str) {
        let mut symbols = Symbols::parse(MAP).unwrap();
        symbols.learn(VcpuIndex::BOOT, 0xffff_8000_8001_0800);
        let cpu = VcpuIndex::new(3).unwrap();
        let time = Duration::from_millis(5);
        let line = Line { time, cpu, event: &event, symbols: &symbols };
        assert_eq!(line.to_string(), format!("     5000 cpu3 {expected}"));
    }

    #[test]
    fn exceptions_tell_class_syndrome_and_addresses() {
        let elr = 0xffff_8000_8001_1004;
        let abort = Cause::Synchronous { esr: 0x9600_0047, far: Some(0x10) };
        assert_reads(
            TraceEvent::Core(Event::Exception { cause: abort, from: Level::El1, elr }),
            "exception Data Abort, same EL from EL1 ESR=0x96000047 FAR=0x10 \
             ELR=0xffff800080011004 <helper+0x4>",
        );
        let svc = Cause::Synchronous { esr: 0x5600_0000, far: None };
        assert_reads(
            TraceEvent::Core(Event::Exception { cause: svc, from: Level::El0, elr: 0x40_0000 }),
            "exception SVC from EL0 ESR=0x56000000 ELR=0x400000",
        );
        assert_reads(
            TraceEvent::Core(Event::Exception { cause: Cause::Irq, from: Level::El0, elr: 0 }),
            "exception IRQ from EL0 ELR=0x0",
        );
        assert_reads(
            TraceEvent::Core(Event::Return { to: Level::El0, pc: 0x400000, spsr: 0x8000_0000 }),
            "return to EL0 0x400000 SPSR=0x80000000",
        );
    }

    #[test]
    fn instructions_are_disassembled_and_vectors_tell_the_slide() {
        let pc = 0xffff_8000_8001_1000;
        assert_reads(
            TraceEvent::Core(Event::Instruction { pc, word: 0xd503_201f }),
            "instruction 0xffff800080011000 <helper+0x0> d503201f nop",
        );
        assert_reads(
            TraceEvent::Core(Event::Instruction { pc, word: 0 }),
            "instruction 0xffff800080011000 <helper+0x0> 00000000 undefined",
        );
        assert_reads(
            TraceEvent::Core(Event::Vectors { base: 0xffff_8000_8001_0800 }),
            "vectors VBAR_EL1=0xffff800080010800 <vectors+0x0> slide=0x0",
        );
    }

    #[test]
    fn calls_and_accesses_have_names() {
        let cpu_on = [1, 0x4000_0000, 0];
        let on = |result| TraceEvent::Call { function: 0xc400_0003, args: cpu_on, result };
        let call = "psci CPU_ON 0xc4000003 (0x1, 0x40000000, 0x0)";
        assert_reads(on(Some(0)), &format!("{call} -> 0x0"));
        assert_reads(on(Some((-3i64).cast_unsigned())), &format!("{call} -> DENIED"));
        assert_reads(
            TraceEvent::Call { function: 0x8400_0002, args: [0; 3], result: None },
            "psci CPU_OFF 0x84000002 (0x0, 0x0, 0x0) does not return",
        );
        assert_reads(
            TraceEvent::Access { address: 0x900_0018, size: 4, write: false, value: 0x90 },
            "mmio load 4 0x9000018 <uart+0x18> -> 0x90",
        );
        assert_reads(
            TraceEvent::Access { address: 0x10, size: 1, write: true, value: 7 },
            "mmio store 1 0x10 <- 0x7",
        );
    }
}

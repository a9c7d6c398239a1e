//! Overwriting the OS's memory: what no CPU of the firmware may depend on.
#![allow(unsafe_code)] // Memory that nobody uses.

use core::arch::asm;

use hotcore_ospm::{Cpu, State};
use hotcore_probe::memory::{Span, without};

use crate::console::say;
use crate::kernel::Kernel;

/// An instruction that is none, and an address that is none.
const PATTERN: u64 = 0x0000_dead_0000_dead;

impl Kernel {
    /// Everything but the kernel itself, the stacks of CPUs that are in the OS, and what is the firmware's.
    pub(super) fn scribble(&mut self) {
        let mut spans = self.machine.memory.free.clone();
        for (cpu, record) in self.registry().iter() {
            if cpu != Cpu::BOOT && record.state() != State::Offline {
                spans = without(spans, &self.host.stack(cpu.0));
            }
            // It may be on its way in or out.
            if record.state() == State::Stuck {
                spans = without(spans, &self.host.stub_page());
            }
        }
        let bytes: u64 = spans.iter().map(fill).sum();
        say!("scribbled={bytes}");
    }
}

fn fill(span: &Span) -> u64 {
    let (start, end) = (span.start.next_multiple_of(64), span.end & !63);
    let mut address = start;
    while address < end {
        // SAFETY: free memory (`Memory`): no Rust object lives there. It is written to memory at once, where
        // a CPU without caches would see it.
        unsafe {
            asm!("stp {p}, {p}, [{a}]", "stp {p}, {p}, [{a}, #16]", "stp {p}, {p}, [{a}, #32]",
                 "stp {p}, {p}, [{a}, #48]", "dc cvac, {a}",
                 p = in(reg) PATTERN, a = in(reg) address, options(nostack));
        }
        address += 64;
    }
    crate::arch::barrier();
    end.saturating_sub(start)
}

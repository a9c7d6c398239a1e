//! Tests of System instructions, at EL1 and at EL0.

mod broadcast;
mod exceptions;
mod levels;
mod maintenance;
mod moves;
mod timers;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use vm_memory::{GuestAddress, GuestMemoryMmap};

use crate::cluster::Cluster;
use crate::cpu::Cpu;
use crate::exception::{Class, Exception};
use crate::pstate::Level;
use crate::run::Core;
use crate::surroundings::{Surroundings, Timer};
use crate::system::table::encoding;
use crate::testing::{RAM, SIZE};
use crate::trap::Trap;

/// A System register or instruction: op0, op1, CRn, CRm, op2.
type At = [u16; 5];

const SCTLR: At = [3, 0, 1, 0, 0];
const CNTKCTL: At = [3, 0, 14, 1, 0];

/// A clock that is set from outside, and timers' lines to look at.
#[derive(Default)]
struct Watched {
    counter: AtomicU64,
    lines: [AtomicU64; 2],
}

struct Clock(Arc<Watched>);

impl Surroundings for Clock {
    fn counter(&self) -> u64 {
        self.0.counter.load(Ordering::Relaxed)
    }
    fn read(&mut self, register: u16) -> Option<u64> {
        (register != encoding(3, 0, 12, 12, 1)).then_some(u64::from(register))
    }
    fn write(&mut self, register: u16, value: u64) -> Option<()> {
        self.0.counter.store(value, Ordering::Relaxed);
        (register == encoding(3, 0, 12, 12, 1)).then_some(())
    }
    fn set_timer(&mut self, timer: Timer, asserted: bool) {
        let line = &self.0.lines[usize::from(timer == Timer::Virtual)];
        line.store(u64::from(asserted), Ordering::Relaxed);
    }
    fn irq(&self) -> bool {
        self.0.lines[1].load(Ordering::Relaxed) == 1
    }
    fn fiq(&self) -> bool {
        false
    }
}

/// A PE without any code: instructions are given to it one by one.
struct Bench {
    core: Core,
    memory: GuestMemoryMmap<()>,
    watched: Arc<Watched>,
}

impl Bench {
    fn new() -> Self {
        let memory = GuestMemoryMmap::from_ranges(&[(GuestAddress(RAM), SIZE)]).unwrap();
        let watched = Arc::new(Watched::default());
        let cluster = Cluster::new(&memory, 1);
        let core = Core::new(0, 0, cluster, Box::new(Clock(Arc::clone(&watched))));
        Self { core, memory, watched }
    }

    fn at_el0() -> Self {
        let mut bench = Self::new();
        bench.core.cpu.switch(Level::El0, true);
        bench
    }

    fn cpu(&mut self) -> &mut Cpu {
        &mut self.core.cpu
    }

    /// Executes `word` at whatever the PC is.
    fn execute(&mut self, word: u32) -> Result<(), Trap> {
        let lowered = crate::block::lower_word(word, 0);
        (lowered.step.run)(self.cpu(), &lowered.step).map_err(|_| self.core.cpu.trap)
    }

    fn mrs(&mut self, at: At) -> Result<u64, Trap> {
        self.execute(0xd520_0000 | operand(at) | 1)?;
        Ok(self.cpu().x(1))
    }

    fn msr(&mut self, at: At, value: u64) -> Result<(), Trap> {
        self.cpu().set_x(2, value);
        self.execute(0xd500_0000 | operand(at) | 2)
    }

    /// What it reads after `value` was written.
    fn written(&mut self, at: At, value: u64) -> u64 {
        self.msr(at, value).unwrap();
        self.mrs(at).unwrap()
    }
}

fn operand([op0, op1, crn, crm, op2]: At) -> u32 {
    u32::from(encoding(op0, op1, crn, crm, op2)) << 5
}

fn undefined() -> Trap {
    Trap::Exception(Exception::undefined())
}

/// The trap of a register access at EL0 with Rt = `rt`.
fn trapped([op0, op1, crn, crm, op2]: At, rt: u32, read: bool) -> Trap {
    let [op0, op1, crn, crm, op2] = [op0, op1, crn, crm, op2].map(u32::from);
    let iss = op0 << 20 | op2 << 17 | op1 << 14 | crn << 10 | rt << 5 | crm << 1 | read as u32;
    Trap::Exception(Exception::new(Class::SystemInstruction).iss(iss))
}

//! Secondary CPUs: how they were found on entry, and what they do for the boot CPU until they leave.
#![allow(unsafe_code)] // Assembly gives a record to Rust, and takes it back.

use core::arch::asm;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use core::time::Duration;

use crate::{arch, gic, stub};

/// As many as can be.
pub(crate) const LIMIT: usize = 512;
/// Bytes of a CPU's stack.
pub(crate) const STACK: u64 = 8 << 10;

/// What the boot CPU and another share. The stub (`stub.rs`) knows the offsets.
#[repr(C, align(64))]
pub(crate) struct Record {
    /// 0: MPIDR affinity; all ones where there is no such CPU.
    mpidr: AtomicU64,
    /// 8: the end of its stack.
    stack: AtomicU64,
    _rest: [u64; 6],
    /// 64: X0 to X3, DAIF, exception level, SCTLR as they were, and 1 where it came. Written with the MMU
    /// off.
    found: [AtomicU64; 8],
    /// 128: what it is asked.
    order: AtomicU32,
    present: AtomicU32,
    arguments: [AtomicU64; 2],
    answer: AtomicU64,
    /// Interrupts from other CPUs, and of its timer.
    signals: AtomicU32,
    timers: AtomicU32,
    /// How often it has left, by its own count: the last that it writes.
    left: AtomicU64,
}

static RECORDS: [Record; LIMIT] = [const {
    Record {
        mpidr: AtomicU64::new(0),
        stack: AtomicU64::new(0),
        _rest: [0; 6],
        found: [const { AtomicU64::new(0) }; 8],
        order: AtomicU32::new(0),
        present: AtomicU32::new(0),
        arguments: [const { AtomicU64::new(0) }; 2],
        answer: AtomicU64::new(0),
        signals: AtomicU32::new(0),
        timers: AtomicU32::new(0),
        left: AtomicU64::new(0),
    }
}; LIMIT];

static BOOT: AtomicU64 = AtomicU64::new(0);

/// What a CPU is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// Say that it is there.
    Ping,
    /// Have its timer interrupt it.
    Timer,
    /// Interrupt the boot CPU.
    Signal,
    /// CPU_OFF; whether by SMC.
    Off {
        /// The conduit.
        smc: bool,
    },
    /// Return to the firmware, through the stub at `stub`.
    Return {
        /// Where the stub is.
        stub: u64,
        /// X0.
        mailbox: u64,
        /// Where to.
        entry: u64,
    },
    /// Wait for ever.
    Halt,
}

const NOTHING: u32 = 0;
const PING: u32 = 1;
const TIMER: u32 = 2;
const SIGNAL: u32 = 3;
const OFF: u32 = 4;
const RETURN: u32 = 5;
const HALT: u32 = 6;

/// How a CPU was found on entry.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    /// X0 to X3.
    pub(crate) registers: [u64; 4],
    /// `PSTATE.DAIF`.
    pub(crate) daif: u64,
    /// The exception level.
    pub(crate) level: u64,
    /// `SCTLR_ELx`.
    pub(crate) sctlr: u64,
}

/// Remembers which CPU is the boot CPU.
pub(crate) fn begin() {
    BOOT.store(arch::affinity(), Ordering::Relaxed);
    for record in &RECORDS {
        record.mpidr.store(u64::MAX, Ordering::Relaxed);
    }
    // The stub reads them with the MMU off.
    arch::clean_and_invalidate(records(), size_of_val(&RECORDS) as u64);
}

/// Whether this CPU is the boot CPU.
pub(crate) fn is_boot_cpu() -> bool {
    BOOT.load(Ordering::Relaxed) == arch::affinity()
}

/// Where the records are.
pub(crate) fn records() -> u64 {
    (&raw const RECORDS) as u64
}

/// The record of the CPU of this number.
pub(crate) fn record(cpu: u32) -> Option<&'static Record> {
    RECORDS.get(cpu as usize)
}

impl Record {
    /// Gets ready for the CPU to come: it has not, from now on.
    pub(crate) fn prepare(&self, mpidr: u64, stack_end: u64) {
        for word in &self.found {
            word.store(0, Ordering::Relaxed);
        }
        self.mpidr.store(mpidr, Ordering::Relaxed);
        self.stack.store(stack_end, Ordering::Relaxed);
        self.order.store(NOTHING, Ordering::Relaxed);
        self.present.store(0, Ordering::Relaxed);
        self.signals.store(0, Ordering::Relaxed);
        self.timers.store(0, Ordering::Relaxed);
        arch::clean_and_invalidate((&raw const *self) as u64, size_of::<Self>() as u64);
    }

    /// Its affinity.
    pub(crate) fn mpidr(&self) -> u64 {
        self.mpidr.load(Ordering::Relaxed)
    }

    /// Whether it takes orders.
    pub(crate) fn is_present(&self) -> bool {
        self.present.load(Ordering::Acquire) == 1
    }

    /// How it was found, if it has come.
    pub(crate) fn found(&self) -> Option<Found> {
        arch::clean_and_invalidate((&raw const self.found) as u64, 64);
        let word = |index: usize| self.found[index].load(Ordering::Relaxed);
        let found = Found {
            registers: [word(0), word(1), word(2), word(3)],
            daif: word(4),
            level: word(5),
            sctlr: word(6),
        };
        (word(7) == 1).then_some(found)
    }

    /// Interrupts from other CPUs that it has taken.
    pub(crate) fn signals(&self) -> u32 {
        self.signals.load(Ordering::Relaxed)
    }

    /// How often it has left, as memory has it.
    pub(crate) fn left(&self) -> u64 {
        arch::clean_and_invalidate((&raw const self.left) as u64, 8);
        self.left.load(Ordering::Relaxed)
    }

    /// Has it do something, and does not wait for that.
    pub(crate) fn ask(&self, order: Order) {
        let (number, arguments) = match order {
            Order::Ping => (PING, [0; 2]),
            Order::Timer => (TIMER, [0; 2]),
            Order::Signal => (SIGNAL, [0; 2]),
            Order::Off { smc } => (OFF, [smc.into(), 0]),
            Order::Return { stub, mailbox, entry } => {
                self.answer.store(stub::leave(stub), Ordering::Relaxed);
                (RETURN, [mailbox, entry])
            }
            Order::Halt => (HALT, [0; 2]),
        };
        for (argument, value) in self.arguments.iter().zip(arguments) {
            argument.store(value, Ordering::Relaxed);
        }
        self.order.store(number, Ordering::Release);
        gic::interrupt(self.mpidr(), gic::LOOK);
    }

    /// What it answered, once it has done what it was asked.
    pub(crate) fn answer(&self) -> Option<u64> {
        (self.order.load(Ordering::Acquire) == NOTHING).then(|| self.answer.load(Ordering::Relaxed))
    }

    /// Has it do something, and waits for its answer.
    pub(crate) fn ask_and_wait(&self, order: Order) -> Option<u64> {
        self.ask(order);
        let until = arch::ticks() + arch::ticks_of(Duration::from_secs(2));
        loop {
            if let Some(answer) = self.answer() {
                return Some(answer);
            }
            if arch::ticks() > until {
                return None;
            }
            core::hint::spin_loop();
        }
    }

    fn done(&self, answer: u64) {
        self.answer.store(answer, Ordering::Relaxed);
        self.order.store(NOTHING, Ordering::Release);
    }
}

/// A secondary CPU, from the stub on: MMU on, on its own stack.
pub(crate) extern "C" fn secondary(record: &'static Record) -> ! {
    gic::begin_cpu();
    record.present.store(1, Ordering::Release);
    loop {
        while let Some(interrupt) = gic::take() {
            let counter = if interrupt == gic::TIMER { &record.timers } else { &record.signals };
            counter.fetch_add(1, Ordering::Relaxed);
        }
        match record.order.load(Ordering::Acquire) {
            NOTHING => arch::wait_for_interrupt(),
            PING => record.done(0),
            TIMER => record.done(time(record)),
            SIGNAL => {
                gic::interrupt(BOOT.load(Ordering::Relaxed), gic::LOOK);
                record.done(0);
            }
            OFF => off(record),
            RETURN => leave(record),
            _ => {
                record.present.store(0, Ordering::Release);
                record.done(0);
                arch::stop();
            }
        }
    }
}

/// How many interrupts the timer made within two seconds of being set to a millisecond.
fn time(record: &Record) -> u64 {
    let before = record.timers.load(Ordering::Relaxed);
    let now = arch::ticks();
    crate::timer::set(Duration::from_millis(1));
    let until = now + arch::ticks_of(Duration::from_secs(2));
    while arch::ticks() < until {
        if gic::take() == Some(gic::TIMER) {
            record.timers.fetch_add(1, Ordering::Relaxed);
            break;
        }
    }
    crate::timer::end();
    u64::from(record.timers.load(Ordering::Relaxed) - before)
}

/// PSCI's CPU_OFF.
fn off(record: &Record) {
    gic::end_cpu();
    let smc = record.arguments[0].load(Ordering::Relaxed) == 1;
    record.present.store(0, Ordering::Release);
    let answer = arch::firmware_call(smc, 0x8400_0002, [0; 3]);
    // It was denied.
    gic::begin_cpu();
    record.present.store(1, Ordering::Release);
    record.done(answer);
}

fn leave(record: &Record) -> ! {
    record.present.store(0, Ordering::Release);
    let stub = record.answer.load(Ordering::Relaxed);
    let [mailbox, entry] =
        [0, 1].map(|index: usize| record.arguments[index].load(Ordering::Relaxed));
    let stack = record.stack.load(Ordering::Relaxed);
    record.left.fetch_add(1, Ordering::Relaxed);
    // What only this CPU's caches may hold of the OS: its stack and its record. Nothing is written after
    // that.
    arch::clean_and_invalidate((&raw const *record) as u64, size_of::<Record>() as u64);
    arch::clean_and_invalidate(stack - STACK, STACK);
    // SAFETY: the stub is code that needs neither this stack nor this program.
    unsafe { asm!("br x2", in("x0") mailbox, in("x1") entry, in("x2") stub, options(noreturn)) };
}

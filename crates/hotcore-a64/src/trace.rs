//! What a PE tells somebody who follows it: exceptions, returns from them, instructions.
//!
//! A PE that nobody follows asks one question where it takes an exception or returns, and none in a
//! block. Following instructions executes each of them outside of any block, many times slower.

use crate::cpu::Cpu;
use crate::exception::{Exception, Interrupt};
use crate::pstate::Level;
use crate::run::Core;

/// Something that happened on a PE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// VBAR_EL1 as of the next event: comes first of all, and again after every change.
    Vectors {
        /// Its value.
        base: u64,
    },
    /// An exception was taken to EL1.
    Exception {
        /// What it was.
        cause: Cause,
        /// Where it was taken from.
        from: Level,
        /// ELR_EL1.
        elr: u64,
    },
    /// ERET was executed.
    Return {
        /// The Exception level from here on.
        to: Level,
        /// The PC from here on.
        pc: u64,
        /// SPSR_EL1.
        spsr: u64,
    },
    /// An instruction is about to be executed.
    Instruction {
        /// Its virtual address.
        pc: u64,
        /// The instruction.
        word: u32,
    },
}

/// What an exception was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// A synchronous exception.
    Synchronous {
        /// ESR_EL1.
        esr: u64,
        /// FAR_EL1, where the exception wrote it.
        far: Option<u64>,
    },
    /// An IRQ.
    Irq,
    /// An FIQ.
    Fiq,
}

/// Who is told.
pub trait Tracer: Send {
    /// Something happened.
    fn record(&mut self, event: Event);
}

/// Which events somebody wants to be told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wanted {
    /// [`Event::Exception`] and [`Event::Return`].
    pub exceptions: bool,
    /// [`Event::Instruction`].
    pub instructions: bool,
}

/// Who follows a PE, and what it has been told of VBAR_EL1.
pub(crate) struct Tracing {
    tracer: Box<dyn Tracer>,
    wanted: Wanted,
    vectors: Option<u64>,
}

impl Tracing {
    fn record(&mut self, vectors: u64, event: Event) {
        if self.vectors.replace(vectors) != Some(vectors) {
            self.tracer.record(Event::Vectors { base: vectors });
        }
        self.tracer.record(event);
    }
}

impl Core {
    /// From now on `tracer` is told of what is `wanted`.
    pub fn trace(&mut self, wanted: Wanted, tracer: Box<dyn Tracer>) {
        self.cpu.tracing = Some(Box::new(Tracing { tracer, wanted, vectors: None }));
    }
}

impl Cpu {
    /// Whether somebody wants to be told of every instruction.
    pub(crate) fn traces_instructions(&self) -> bool {
        self.tracing.as_ref().is_some_and(|tracing| tracing.wanted.instructions)
    }

    /// The instruction `word` at the PC is about to be executed. One that is repeated with the
    /// outside's answer was told before.
    pub(crate) fn trace_instruction(&mut self, word: u32) {
        if self.traces_instructions() && !self.replay.is_pending() {
            self.tell(Event::Instruction { pc: self.pc, word });
        }
    }

    /// `exception` has been taken from `from`.
    #[inline]
    pub(crate) fn trace_exception(&mut self, exception: &Exception, from: Level) {
        if self.traces_exceptions() {
            let cause = Cause::Synchronous { esr: self.system.esr, far: exception.far };
            self.tell(Event::Exception { cause, from, elr: self.system.elr });
        }
    }

    /// `interrupt` has been taken from `from`.
    #[inline]
    pub(crate) fn trace_interrupt(&mut self, interrupt: Interrupt, from: Level) {
        if self.traces_exceptions() {
            let cause = match interrupt {
                Interrupt::Irq => Cause::Irq,
                Interrupt::Fiq => Cause::Fiq,
            };
            self.tell(Event::Exception { cause, from, elr: self.system.elr });
        }
    }

    /// ERET has been executed.
    #[inline]
    pub(crate) fn trace_return(&mut self) {
        if self.traces_exceptions() {
            self.tell(Event::Return { to: self.level, pc: self.pc, spsr: self.system.spsr });
        }
    }

    fn traces_exceptions(&self) -> bool {
        self.tracing.as_ref().is_some_and(|tracing| tracing.wanted.exceptions)
    }

    #[cold]
    fn tell(&mut self, event: Event) {
        if let Some(tracing) = &mut self.tracing {
            tracing.record(self.system.vbar, event);
        }
    }
}

#[cfg(test)]
mod tests;

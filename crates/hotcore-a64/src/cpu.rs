//! The registers of one PE, and what every instruction does with them.
//!
//! ```text
//! x[0..=30]  X0-X30        x[32]  reads as zero: the source XZR
//! x[31]      the current SP  x[33]  never read: the destination XZR
//! ```
//! An instruction's lowering picks the slot once, so that executing it never asks what 31 means.

use std::sync::Arc;

use crate::cluster::{Cluster, Doorbell};
use crate::exception::Exception;
use crate::memory::{CodePages, Monitor, Replay, Tlb};
use crate::pstate::{Flags, Level, Mask};
use crate::surroundings::Surroundings;
use crate::system::SystemRegisters;
use crate::trace::Tracing;
use crate::trap::{Trap, Trapped};

/// The slot that reads as zero.
pub(crate) const ZERO: u8 = 32;
/// The slot that takes what is written to XZR.
pub(crate) const SINK: u8 = 33;
/// The slot of the current stack pointer.
pub(crate) const SP: u8 = 31;

/// A SIMD&FP register: the bytes of its value from the lowest up. Lanes are read and written in place,
/// which compiles to the host's own vector instructions; lanes put together in a `u128` do not.
#[derive(Clone, Copy)]
#[repr(align(16))]
struct Vector([u8; 16]);

/// One PE: registers, translation and time. What it executes is in [`crate::Core`].
pub struct Cpu {
    x: [u64; 64],
    v: [Vector; 32],
    /// While a block executes: the virtual address of its first instruction. Else: the PC.
    pub(crate) pc: u64,
    /// N, Z, C and V.
    pub(crate) flags: Flags,
    /// The current Exception level.
    pub(crate) level: Level,
    /// PSTATE.SP: whether EL1 uses SP_EL1.
    pub(crate) selects_sp_el1: bool,
    /// The stack pointer that is not in `x[31]`: SP_EL0 or SP_EL1.
    other_sp: u64,
    /// PSTATE.DAIF.
    pub(crate) mask: Mask,
    /// The flags of `bell` that ask for attention, given `mask`.
    pub(crate) attention: u32,
    /// PSTATE.IL: the next instruction is an Illegal Execution state exception.
    pub(crate) illegal: bool,
    /// PSTATE.SS.
    pub(crate) stepping: bool,
    /// FPCR.
    pub(crate) fpcr: u32,
    /// FPSR.
    pub(crate) fpsr: u32,
    /// Whether CPACR_EL1 lets the current Exception level use FP and Advanced SIMD registers.
    pub(crate) fp_enabled: bool,
    /// Every other System register.
    pub(crate) system: SystemRegisters,
    /// Translations that have been looked up.
    pub(crate) tlb: Tlb,
    /// The local exclusive monitor.
    pub(crate) monitor: Monitor,
    /// What the outside answered to the accesses of the instruction that is being repeated.
    pub(crate) replay: Replay,
    /// Why the last step did not end as usual.
    pub(crate) trap: Trap,
    /// The Event Register (WFE, SEV).
    pub(crate) event: bool,
    /// Whether another PE was asked to forget translations and no DSB has waited for it yet.
    pub(crate) awaits_others: bool,
    /// Instructions completed, modulo 2^64.
    pub(crate) retired: u64,
    /// How others wake this PE.
    pub(crate) bell: Arc<Doorbell>,
    /// Which PE of its cluster this is.
    pub(crate) index: usize,
    /// Whether the instruction is executed outside of any block.
    pub(crate) alone: bool,
    /// Which pages hold code: `cluster`'s, one pointer nearer.
    pub(crate) code: Arc<CodePages>,
    /// What the PEs of one machine share.
    pub(crate) cluster: Arc<Cluster>,
    /// The interrupt controller's CPU interface and the system counter.
    pub(crate) surroundings: Box<dyn Surroundings>,
    /// Who follows what it does.
    pub(crate) tracing: Option<Box<Tracing>>,
}

impl Cpu {
    /// A PE in its reset state.
    pub(crate) fn new(
        index: usize,
        mpidr: u64,
        cluster: Arc<Cluster>,
        surroundings: Box<dyn Surroundings>,
    ) -> Self {
        Self {
            x: [0; 64],
            v: [Vector([0; 16]); 32],
            pc: 0,
            flags: Flags::default(),
            level: Level::El1,
            selects_sp_el1: true,
            other_sp: 0,
            mask: Mask::all(),
            attention: attention(Mask::all()),
            illegal: false,
            stepping: false,
            fpcr: 0,
            fpsr: 0,
            fp_enabled: false,
            system: SystemRegisters::new(mpidr),
            tlb: Tlb::new(),
            monitor: Monitor::default(),
            replay: Replay::default(),
            trap: Trap::None,
            event: false,
            awaits_others: false,
            retired: 0,
            bell: cluster.doorbell(index).unwrap_or_default(),
            index,
            alone: false,
            code: Arc::clone(&cluster.code),
            cluster,
            surroundings,
            tracing: None,
        }
    }

    /// Puts every register into its reset state (EL1h, all interrupts masked, MMU off), lowers the
    /// timers' lines and begins to count instructions anew. Who follows the PE goes on to.
    pub fn reset(&mut self) {
        self.x = [0; 64];
        self.v = [Vector([0; 16]); 32];
        self.pc = 0;
        self.flags = Flags::default();
        self.level = Level::El1;
        self.selects_sp_el1 = true;
        self.other_sp = 0;
        self.set_mask(Mask::all());
        self.illegal = false;
        self.stepping = false;
        self.fpcr = 0;
        self.fpsr = 0;
        self.lower_timers();
        self.system = SystemRegisters::new(self.system.mpidr);
        self.tlb.flush();
        self.tlb.select_asid(self.system.asid());
        self.monitor = Monitor::default();
        self.replay = Replay::default();
        self.trap = Trap::None;
        self.event = false;
        self.awaits_others = false;
        self.retired = 0;
        self.alone = false;
        self.update_fp_enabled();
    }

    /// A 64-bit register by its slot.
    #[inline(always)]
    pub(crate) fn x(&self, slot: u8) -> u64 {
        self.x[(slot & 63) as usize]
    }

    /// The low half of a register.
    #[inline(always)]
    pub(crate) fn w(&self, slot: u8) -> u32 {
        self.x(slot) as u32
    }

    /// Writes a 64-bit register.
    #[inline(always)]
    pub(crate) fn set_x(&mut self, slot: u8, value: u64) {
        self.x[(slot & 63) as usize] = value;
    }

    /// Writes the low half of a register and clears its high half.
    #[inline(always)]
    pub(crate) fn set_w(&mut self, slot: u8, value: u32) {
        self.set_x(slot, value as u64);
    }

    /// A SIMD&FP register.
    #[inline(always)]
    pub(crate) fn v(&self, number: u8) -> u128 {
        u128::from_le_bytes(*self.v_bytes(number))
    }

    /// Writes a SIMD&FP register. A narrower result has its upper bits zero.
    #[inline(always)]
    pub(crate) fn set_v(&mut self, number: u8, value: u128) {
        *self.v_bytes_mut(number) = value.to_le_bytes();
    }

    /// The bytes of a SIMD&FP register, from the lowest up.
    #[inline(always)]
    pub(crate) fn v_bytes(&self, number: u8) -> &[u8; 16] {
        &self.v[(number & 31) as usize].0
    }

    /// The bytes of a SIMD&FP register, to be written in place.
    #[inline(always)]
    pub(crate) fn v_bytes_mut(&mut self, number: u8) -> &mut [u8; 16] {
        &mut self.v[(number & 31) as usize].0
    }

    /// Writes PSTATE.DAIF.
    pub(crate) fn set_mask(&mut self, mask: Mask) {
        self.mask = mask;
        self.attention = attention(mask);
    }

    /// Whether the stack pointer in use is SP_EL1.
    fn uses_sp_el1(&self) -> bool {
        self.level == Level::El1 && self.selects_sp_el1
    }

    /// Changes the Exception level and the stack pointer selection.
    pub(crate) fn switch(&mut self, level: Level, selects_sp_el1: bool) {
        let before = self.uses_sp_el1();
        self.level = level;
        self.selects_sp_el1 = selects_sp_el1;
        if self.uses_sp_el1() != before {
            std::mem::swap(&mut self.x[SP as usize], &mut self.other_sp);
        }
        self.update_fp_enabled();
    }

    /// SP_EL0, in use or not.
    pub(crate) fn sp_el0(&self) -> u64 {
        if self.uses_sp_el1() { self.other_sp } else { self.x(SP) }
    }

    /// SP_EL1, in use or not.
    pub(crate) fn sp_el1(&self) -> u64 {
        if self.uses_sp_el1() { self.x(SP) } else { self.other_sp }
    }

    /// Writes SP_EL0.
    pub(crate) fn set_sp_el0(&mut self, value: u64) {
        if self.uses_sp_el1() {
            self.other_sp = value;
        } else {
            self.set_x(SP, value);
        }
    }

    /// Writes SP_EL1.
    pub(crate) fn set_sp_el1(&mut self, value: u64) {
        if self.uses_sp_el1() {
            self.set_x(SP, value);
        } else {
            self.other_sp = value;
        }
    }

    /// Works out anew whether FP and Advanced SIMD instructions trap (CPACR_EL1.FPEN).
    pub(crate) fn update_fp_enabled(&mut self) {
        let fpen = (self.system.cpacr >> 20) & 3;
        self.fp_enabled = match self.level {
            Level::El0 => fpen == 3,
            Level::El1 => fpen & 1 == 1,
        };
    }

    /// Remembers why the instruction cannot complete.
    #[cold]
    pub(crate) fn trap(&mut self, trap: Trap) -> Trapped {
        self.trap = trap;
        Trapped
    }

    /// The instruction takes a synchronous exception.
    #[cold]
    pub(crate) fn raise(&mut self, exception: Exception) -> Trapped {
        self.trap(Trap::Exception(exception))
    }
}

/// What must interrupt the execution of blocks.
fn attention(mask: Mask) -> u32 {
    let irq = if mask.irq() { 0 } else { Doorbell::IRQ };
    let fiq = if mask.fiq() { 0 } else { Doorbell::FIQ };
    Doorbell::KICK | Doorbell::REQUEST | irq | fiq
}

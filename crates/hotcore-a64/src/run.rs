//! Executing: blocks, until something else is to be done.

mod debug;

use std::sync::Arc;
use std::time::Duration;

use crate::block::{Blocks, NONE, fp_access, lower_word};
use crate::cluster::{Cluster, Doorbell, TlbRequest};
use crate::cpu::Cpu;
use crate::exception::{Class, Exception, Interrupt};
use crate::memory::{Access, DeviceAccess, Fault, PAGE};
use crate::step::Flow;
use crate::surroundings::Surroundings;
use crate::trap::{Done, Trap};

/// Blocks between two looks at the clock.
const BLOCKS_PER_LOOK: u32 = 2048;
/// The longest that a PE sleeps before it looks at the clock again.
const SLEEP_MAX: Duration = Duration::from_secs(1);
/// The longest that WFE waits: another PE's store that clears the monitor is not noticed.
const EVENT_WAIT_MAX: Duration = Duration::from_micros(50);

/// A PE and what it has decoded.
pub struct Core {
    /// Registers, translation, time.
    pub cpu: Cpu,
    blocks: Blocks,
    previous: u32,
    /// Whether to wait for an interrupt before anything is executed.
    standby: bool,
    /// What a debugger wants, if there may be one.
    debug: Option<Box<debug::Debug>>,
}

/// Why [`Core::run`] returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// An access outside RAM: answer it with [`Core::answer`] or [`Core::refuse`].
    Device(DeviceAccess),
    /// HVC or SMC: arguments in X0 and up, the PC is past the instruction.
    Call,
    /// [`Doorbell::kick`].
    Kicked,
    /// The instruction at the PC is one of [`Core::set_breakpoints`].
    Breakpoint,
    /// The one instruction of [`Core::set_single_step`] has been executed.
    Stepped,
}

impl Core {
    /// PE `index` of `cluster` in its reset state.
    pub fn new(
        index: usize,
        mpidr: u64,
        cluster: Arc<Cluster>,
        surroundings: Box<dyn Surroundings>,
    ) -> Self {
        let cpu = Cpu::new(index, mpidr, cluster, surroundings);
        Self { cpu, blocks: Blocks::new(), previous: NONE, standby: false, debug: None }
    }

    /// Puts the PE into its reset state and gives the memory of its blocks back.
    pub fn reset(&mut self) {
        self.cpu.reset();
        self.blocks.release();
        self.previous = NONE;
        self.standby = false;
    }

    /// The next [`Core::run`] waits for an interrupt first, as after WFI.
    pub fn stand_by(&mut self) {
        self.standby = true;
    }

    /// Whether [`Core::stand_by`] was called and nothing was executed since.
    pub(crate) fn stands_by(&self) -> bool {
        self.standby
    }

    /// The PC was changed from outside: what led here no longer did.
    pub(crate) fn forget_position(&mut self) {
        self.previous = NONE;
        self.cpu.replay.clear();
    }

    /// The load of the last [`Exit::Device`] read `value`; or the store is done.
    pub fn answer(&mut self, value: u64) {
        self.cpu.replay.answer(value);
    }

    /// Nothing answers the access of the last [`Exit::Device`]: a synchronous External abort.
    pub fn refuse(&mut self, access: &DeviceAccess) {
        self.cpu.replay.clear();
        let kind = if access.store.is_some() { Access::Write } else { Access::Read };
        let _trapped = self.cpu.abort(access.address, kind, Fault::EXTERNAL);
        if let Trap::Exception(exception) = self.cpu.trap {
            self.cpu.take_exception(exception, self.cpu.pc);
        }
    }

    /// Executes until the outside is needed.
    pub fn run(&mut self) -> Exit {
        self.inside(|core| {
            if std::mem::take(&mut core.standby) {
                core.cpu.wait_for_interrupt();
            }
            loop {
                if let Some(exit) = core.turn() {
                    return exit;
                }
            }
        })
    }

    /// Executes one instruction, or takes one exception or interrupt, without any cached block.
    pub fn step(&mut self) -> Option<Exit> {
        self.inside(|core| core.attend().or_else(|| core.execute_alone()))
    }

    fn inside<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let index = self.cpu.index;
        self.cpu.cluster.enter(index);
        self.cpu.serve_requests();
        let result = work(self);
        self.cpu.cluster.leave(index);
        result
    }

    /// Attends to what is pending, then executes for a while.
    fn turn(&mut self) -> Option<Exit> {
        if self.debug.is_some() {
            return self.turn_under_debugger();
        }
        if self.cpu.replay.is_pending() {
            return self.execute_alone();
        }
        if let Some(exit) = self.attend() {
            return Some(exit);
        }
        if self.cpu.is_software_stepping() {
            return self.software_step();
        }
        if self.cpu.illegal || self.cpu.traces_instructions() {
            return self.execute_alone();
        }
        self.execute_blocks()
    }

    fn execute_blocks(&mut self) -> Option<Exit> {
        for _ in 0..BLOCKS_PER_LOOK {
            if self.cpu.wants_attention() {
                return None;
            }
            let from = self.cpu.pc;
            let stamp = self.cpu.tlb.stamp(self.cpu.level, from);
            let result = match self.blocks.find(&mut self.cpu, self.previous) {
                Ok(block) => {
                    let result = self.blocks.execute(&mut self.cpu, block);
                    // A block knows its followers by their offset in its own page, which they are
                    // in only for as long as the page is translated as it was.
                    let same = (from ^ self.cpu.pc) < PAGE
                        && stamp == self.cpu.tlb.stamp(self.cpu.level, from);
                    self.previous = if same { block } else { NONE };
                    result
                }
                Err(trapped) => Err(trapped),
            };
            if result.is_err() {
                return self.trapped();
            }
        }
        None
    }

    /// Does what is asked from outside: requests, kicks, timers, interrupts.
    fn attend(&mut self) -> Option<Exit> {
        self.previous = NONE;
        let cpu = &mut self.cpu;
        if cpu.bell.flags() & Doorbell::REQUEST != 0 {
            cpu.serve_requests();
        }
        if cpu.bell.take(Doorbell::KICK) {
            return Some(Exit::Kicked);
        }
        if cpu.replay.is_pending() {
            return None;
        }
        cpu.event |= cpu.bell.take(Doorbell::EVENT);
        cpu.update_timers();
        let (irq, fiq) = cpu.interrupts();
        if fiq && !cpu.mask.fiq() {
            cpu.take_interrupt(Interrupt::Fiq);
        } else if irq && !cpu.mask.irq() {
            cpu.take_interrupt(Interrupt::Irq);
        }
        None
    }

    /// Does what a trap of the instruction at the PC asks for.
    #[cold]
    fn trapped(&mut self) -> Option<Exit> {
        self.previous = NONE;
        match self.cpu.trap {
            Trap::None => None,
            Trap::Leave => {
                self.cpu.retire();
                None
            }
            Trap::Exception(exception) => {
                self.cpu.take_exception(exception, self.cpu.pc);
                None
            }
            Trap::Device(access) => Some(Exit::Device(access)),
            Trap::Call => {
                self.cpu.retire();
                self.cpu.advance();
                Some(Exit::Call)
            }
            Trap::WaitForInterrupt => {
                self.cpu.retire();
                self.cpu.advance();
                self.cpu.wait_for_interrupt();
                None
            }
            Trap::WaitForEvent => {
                self.cpu.retire();
                self.cpu.advance();
                self.cpu.wait_for_event();
                None
            }
            Trap::ForgetCode => {
                self.cpu.retire();
                self.cpu.advance();
                self.blocks.forget();
                None
            }
            Trap::CodeWrite => self.execute_alone(),
        }
    }

    /// Executes the instruction at the PC outside of any block.
    fn execute_alone(&mut self) -> Option<Exit> {
        self.previous = NONE;
        self.cpu.replay.rewind();
        self.cpu.alone = true;
        let result = self.cpu.execute_one();
        self.cpu.alone = false;
        if matches!((result, self.cpu.trap), (Err(_), Trap::Device(_))) {
            return self.trapped();
        }
        self.cpu.replay.clear();
        if result.is_err() { self.trapped() } else { None }
    }

    /// One instruction in the active-not-pending state of software step, or its exception
    /// (Arm ARM, D2.12).
    fn software_step(&mut self) -> Option<Exit> {
        if !self.cpu.stepping {
            self.cpu.take_software_step();
            return None;
        }
        self.cpu.stepping = false;
        self.execute_alone()
    }
}

impl Cpu {
    /// Whether something asks for [`Core::attend`].
    #[inline(always)]
    fn wants_attention(&self) -> bool {
        self.bell.flags() & self.attention != 0
    }

    /// Counts an instruction that completed.
    fn retire(&mut self) {
        self.retired = self.retired.wrapping_add(1);
    }

    fn advance(&mut self) {
        self.pc = self.pc.wrapping_add(4);
    }

    fn execute_one(&mut self) -> Done {
        let page = self.fetch_page(self.pc)?;
        if self.illegal {
            return Err(self.raise(Exception::new(Class::IllegalState)));
        }
        let physical = page | (self.pc & (PAGE - 1));
        let word = u32::from_le(self.frame(physical).map_or(0, |frame| frame.page.load(physical)));
        self.trace_instruction(word);
        let lowered = lower_word(word, 0);
        if lowered.uses_fp && !self.fp_enabled {
            return Err(self.raise(fp_access()));
        }
        (lowered.step.run)(self, &lowered.step)?;
        self.retire();
        if lowered.flow != Flow::Branches {
            self.advance();
        }
        Ok(())
    }

    /// Does what other PEs have asked for.
    pub(crate) fn serve_requests(&mut self) {
        let cluster = Arc::clone(&self.cluster);
        cluster.serve(self.index, |request| self.invalidate_tlb(request));
    }

    /// Forgets translations.
    pub(crate) fn invalidate_tlb(&mut self, request: TlbRequest) {
        match request {
            TlbRequest::All => self.tlb.flush(),
            TlbRequest::Asid(asid) => self.tlb.flush_asid(asid),
            TlbRequest::Address(address) => self.tlb.flush_address(address),
        }
    }

    /// The levels of the interrupt lines, IRQ and FIQ, and the flags of the doorbell after them: who
    /// changes a line rings, and never clears, so that no order of two changes loses one.
    fn interrupts(&self) -> (bool, bool) {
        if self.bell.flags() & (Doorbell::IRQ | Doorbell::FIQ) == 0 {
            return (false, false);
        }
        self.bell.clear(Doorbell::IRQ | Doorbell::FIQ);
        let (irq, fiq) = (self.surroundings.irq(), self.surroundings.fiq());
        let flags = (u32::from(irq) * Doorbell::IRQ) | (u32::from(fiq) * Doorbell::FIQ);
        if flags != 0 {
            self.bell.ring(flags);
        }
        (irq, fiq)
    }

    /// Sleeps until an interrupt is pending, masked or not, or somebody kicks.
    fn wait_for_interrupt(&mut self) {
        self.cluster.leave(self.index);
        loop {
            let deadline = self.update_timers();
            let (irq, fiq) = self.interrupts();
            let wake = Doorbell::IRQ | Doorbell::FIQ | Doorbell::KICK;
            if irq || fiq || self.bell.flags() & Doorbell::KICK != 0 {
                break;
            }
            let now = self.surroundings.counter();
            let left =
                deadline.map_or(SLEEP_MAX, |at| Duration::from_nanos(at.saturating_sub(now)));
            self.bell.sleep(wake, left.min(SLEEP_MAX));
        }
        self.cluster.enter(self.index);
        self.serve_requests();
    }

    /// Waits for an event, but not for long.
    fn wait_for_event(&mut self) {
        self.event |= self.bell.take(Doorbell::EVENT);
        if std::mem::take(&mut self.event) {
            return;
        }
        self.cluster.leave(self.index);
        let wake = Doorbell::IRQ | Doorbell::FIQ | Doorbell::KICK | Doorbell::EVENT;
        self.bell.sleep(wake, EVENT_WAIT_MAX);
        self.cluster.enter(self.index);
        self.serve_requests();
    }
}

//! What a PE is wired to: the system counter, the interrupt controller and the timers' lines.

/// What lies around one PE. The crate calls it from the thread that runs the PE.
pub trait Surroundings: Send {
    /// The system counter in nanoseconds: CNTPCT_EL0 with CNTFRQ_EL0 = 1 GHz.
    fn counter(&self) -> u64;

    /// Reads a System register of the interrupt controller's CPU interface (ICC_*), named by
    /// op0:op1:CRn:CRm:op2 as MRS encodes it; `None` where there is no such register.
    fn read(&mut self, register: u16) -> Option<u64>;

    /// Writes one; `None` where there is no such register or it is read-only.
    fn write(&mut self, register: u16, value: u64) -> Option<()>;

    /// Sets the level of a timer's interrupt line.
    fn set_timer(&mut self, timer: Timer, asserted: bool);

    /// Whether the interrupt controller asserts this PE's IRQ now.
    fn irq(&self) -> bool;

    /// Whether it asserts FIQ.
    fn fiq(&self) -> bool;
}

/// The generic timers of EL1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timer {
    /// CNTP: the EL1 physical timer (PPI 14, INTID 30).
    Physical,
    /// CNTV: the virtual timer (PPI 11, INTID 27).
    Virtual,
}

//! Where a CPU's interrupt lines lead.

use hotcore_vcpu::VcpuIndex;

/// The interrupt signals of one CPU. At most one is asserted: the highest priority pending
/// interrupt decides which.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lines {
    /// A Group 1 interrupt can be taken.
    pub irq: bool,
    /// A Group 0 interrupt can be taken.
    pub fiq: bool,
}

impl Lines {
    /// Bit 0: IRQ, bit 1: FIQ.
    pub(crate) const fn bits(self) -> u8 {
        self.irq as u8 | (self.fiq as u8) << 1
    }

    pub(crate) const fn from_bits(bits: u8) -> Self {
        Self { irq: bits & 1 != 0, fiq: bits & 2 != 0 }
    }

    /// Whether the CPU has anything to take.
    pub const fn any(self) -> bool {
        self.irq || self.fiq
    }
}

/// Learns when the interrupt lines of a CPU change, to wake its thread.
///
/// It is called without any lock held, by the thread that caused the change, so calls for two
/// changes that follow each other can come in either order:
/// [`Gic::lines`](crate::Gic::lines) and [`Gic::irq_pending`](crate::Gic::irq_pending) are what
/// counts. They have changed before the call.
///
/// Closures are signals:
///
/// ```
/// use hotcore_gic::{Lines, Signal};
/// use hotcore_vcpu::VcpuIndex;
/// let wake = |cpu: VcpuIndex, lines: Lines| {
///     if lines.any() {
///         println!("wake {cpu}");
///     }
/// };
/// wake.changed(VcpuIndex::BOOT, Lines { irq: true, fiq: false });
/// ```
pub trait Signal: Send + Sync {
    /// The lines of this CPU have changed, lately to `lines`.
    fn changed(&self, cpu: VcpuIndex, lines: Lines);
}

impl<F: Fn(VcpuIndex, Lines) + Send + Sync> Signal for F {
    fn changed(&self, cpu: VcpuIndex, lines: Lines) {
        self(cpu, lines);
    }
}

/// Nobody wants to know.
pub(crate) struct NoSignal;

impl Signal for NoSignal {
    fn changed(&self, _cpu: VcpuIndex, _lines: Lines) {}
}

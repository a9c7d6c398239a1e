//! The registers of a redistributor (IHI 0069, "The Redistributor register map"): two frames of
//! 64 KiB, RD_base and SGI_base. They are there whether or not the CPU is on.

use hotcore_vcpu::{Mpidr, VcpuIndex};

use crate::access::Wide;
use crate::bank_registers::BankAccess;
use crate::cpu::Cpu;
use crate::identification::{IIDR, PIDR2};

mod offset {
    pub(super) const IIDR: u64 = 0x0004;
    pub(super) const TYPER: u64 = 0x0008;
    pub(super) const TYPER_HIGH: u64 = 0x000c;
    pub(super) const WAKER: u64 = 0x0014;
    pub(super) const PIDR2: u64 = 0xffe8;
    /// Where the second frame starts.
    pub(super) const SGI_BASE: u64 = 0x1_0000;
}

/// GICR_WAKER.ProcessorSleep.
const PROCESSOR_SLEEP: u64 = 1 << 1;
/// GICR_WAKER.ChildrenAsleep.
const CHILDREN_ASLEEP: u64 = 1 << 2;

/// Which redistributor it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) cpu: VcpuIndex,
    pub(crate) mpidr: Mpidr,
    pub(crate) is_last: bool,
}

impl Place {
    /// GICR_TYPER. No LPIs (PLPIS, bit 0).
    ///
    /// ```text
    ///  63         32 31   24 23              8 7  5   4    3   0
    /// +-------------+-------+-----------------+----+------+-----+
    /// | Aff3...Aff0 |   0   | ProcessorNumber | 0  | Last |  0  |
    /// +-------------+-------+-----------------+----+------+-----+
    /// ```
    fn typer(self) -> u64 {
        u64::from(self.mpidr.packed()) << 32
            | u64::from(self.cpu.get()) << 8
            | u64::from(self.is_last) << 4
    }
}

/// Whether an access to this register can change which CPU takes an SPI.
pub(crate) const fn is_waker(offset: u64, size: usize) -> bool {
    offset == offset::WAKER && size == 4
}

impl Cpu {
    /// Reads; what is not there reads as zero.
    pub(crate) fn read(&self, place: Place, offset: u64, size: usize) -> u64 {
        if let Some(access) = private(offset, size) {
            return access.read(&self.private).into();
        }
        match (offset, size) {
            (offset::IIDR, 4) => IIDR,
            (offset::TYPER | offset::TYPER_HIGH, _) => {
                Wide::decode(offset, size).map_or(0, |part| part.read(place.typer()))
            }
            // Going to sleep takes no time: the children sleep with the processor.
            (offset::WAKER, 4) if self.asleep => PROCESSOR_SLEEP | CHILDREN_ASLEEP,
            (offset::PIDR2, 4) => PIDR2,
            _ => 0,
        }
    }

    /// Writes; what is not there ignores it. No private interrupt has a trigger that can be chosen.
    pub(crate) fn write(&mut self, offset: u64, size: usize, value: u64) {
        if let Some(access) = private(offset, size) {
            access.write(&mut self.private, value as u32, !0);
        } else if is_waker(offset, size) {
            self.asleep = value & PROCESSOR_SLEEP != 0;
        }
    }
}

/// A register of SGI_base with bits for each private interrupt.
fn private(offset: u64, size: usize) -> Option<BankAccess> {
    let access = BankAccess::decode(offset.checked_sub(offset::SGI_BASE)?, size)?;
    (access.bank() == 0).then_some(access)
}

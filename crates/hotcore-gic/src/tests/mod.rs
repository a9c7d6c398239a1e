//! The GIC, rule by rule: each test says which one of IHI 0069 it is about.

use hotcore_vcpu::{Mpidr, VcpuIndex};

use crate::{Gic, GicConfig, Register};

mod delivery;
mod ending;
mod machine;
mod model;
mod priority;
mod properties;
mod registers;
mod routing;
mod trigger;

const SPURIOUS: u64 = 1023;

/// Distributor registers, and with [`SGI_BASE`] those of a redistributor.
mod offset {
    pub(super) const CTLR: u64 = 0x0000;
    pub(super) const IGROUPR: u64 = 0x0080;
    pub(super) const ISENABLER: u64 = 0x0100;
    pub(super) const ICENABLER: u64 = 0x0180;
    pub(super) const ISPENDR: u64 = 0x0200;
    pub(super) const ICPENDR: u64 = 0x0280;
    pub(super) const ISACTIVER: u64 = 0x0300;
    pub(super) const ICACTIVER: u64 = 0x0380;
    pub(super) const IPRIORITYR: u64 = 0x0400;
    pub(super) const ICFGR: u64 = 0x0c00;
    pub(super) const IROUTER: u64 = 0x6000;
    pub(super) const SGI_BASE: u64 = 0x1_0000;
    pub(super) const WAKER: u64 = 0x0014;
}

fn cpu(index: u16) -> VcpuIndex {
    VcpuIndex::new(index).unwrap()
}

fn config(cpus: u16) -> GicConfig {
    GicConfig { mpidrs: VcpuIndex::first(cpus).map(Mpidr::of).collect(), interrupts: 128 }
}

/// A GIC with everything as it is at first.
fn new(cpus: u16) -> Gic {
    Gic::new(config(cpus)).unwrap()
}

/// A GIC as an operating system has it: Group 1 enabled, nothing masked, all interrupts enabled with
/// priority 0x80 and level-sensitive, SPIs to CPU 0.
fn ready(cpus: u16) -> Gic {
    let gic = new(cpus);
    gic.distributor_write(offset::CTLR, 4, 0b10);
    for bank in 1..4 {
        gic.distributor_write(offset::ISENABLER + 4 * bank, 4, !0);
    }
    for intid in 32..128 {
        set_priority(&gic, intid, 0x80);
        gic.distributor_write(offset::ICFGR + intid / 16 * 4, 4, 0);
    }
    for cpu in gic.cpus() {
        gic.redistributor_write(cpu, offset::SGI_BASE + offset::ISENABLER, 4, !0);
        for intid in 0..32 {
            set_private_priority(&gic, cpu, intid, 0x80);
        }
        gic.write(cpu, Register::Pmr, 0xff);
        gic.write(cpu, Register::Igrpen1, 1);
    }
    gic
}

fn set_priority(gic: &Gic, intid: u64, priority: u64) {
    gic.distributor_write(offset::IPRIORITYR + intid, 1, priority);
}

fn set_private_priority(gic: &Gic, cpu: VcpuIndex, intid: u64, priority: u64) {
    gic.redistributor_write(cpu, offset::SGI_BASE + offset::IPRIORITYR + intid, 1, priority);
}

/// The word of a distributor register with a bit per interrupt, and the bit.
fn bit(register: u64, intid: u64) -> (u64, u64) {
    (register + intid / 32 * 4, 1 << (intid % 32))
}

/// Writes the bit of an SPI to a register where ones count.
fn set(gic: &Gic, register: u64, intid: u64) {
    let (offset, bit) = bit(register, intid);
    gic.distributor_write(offset, 4, bit);
}

/// Reads the bit of an SPI.
fn is_set(gic: &Gic, register: u64, intid: u64) -> bool {
    let (offset, bit) = bit(register, intid);
    gic.distributor_read(offset, 4) & bit != 0
}

/// Reads the bit of a private interrupt.
fn is_private_set(gic: &Gic, cpu: VcpuIndex, register: u64, intid: u64) -> bool {
    gic.redistributor_read(cpu, offset::SGI_BASE + register, 4) >> intid & 1 != 0
}

/// Acknowledges a Group 1 interrupt.
fn take(gic: &Gic, cpu: VcpuIndex) -> u64 {
    gic.read(cpu, Register::Iar1)
}

/// Ends a Group 1 interrupt.
fn end(gic: &Gic, cpu: VcpuIndex, intid: u64) {
    gic.write(cpu, Register::Eoir1, intid);
}

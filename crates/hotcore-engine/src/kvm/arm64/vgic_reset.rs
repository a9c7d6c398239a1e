//! Putting the virtual GICv3 back to its state after creation: KVM has no operation for that, so each
//! register is written (names and offsets: Arm IHI 0069, GICv3 and GICv4 architecture).
//!
//! LPIs are left out: machines have no ITS. So is the level of interrupt lines, which belongs to the
//! devices that drive them.

use hotcore_vcpu::VcpuIndex;

use super::of_vm;
use super::registers::SystemRegister;
use super::vgic::Vgic;
use crate::EngineError;

/// GICD_CTLR.
const CTLR: u32 = 0x0000;
/// GICD_IROUTER<n>, 64 bits for each interrupt; the upper word is Aff3, always 0 on KVM.
const IROUTER: u32 = 0x6000;
/// Where the SGI_base half of a redistributor frame starts. Its registers are laid out as the
/// distributor's.
const SGI_BASE: u32 = 0x1_0000;

/// The private interrupts, in the redistributors; SPIs follow, in the distributor.
const PRIVATE: u32 = 32;
/// SGIs among the private interrupts, as a mask: always edge-triggered, enabled at reset by KVM.
const SGIS: u32 = 0xffff;

/// A register with some bits for every interrupt, in the distributor and in each redistributor.
struct PerInterrupt {
    offset: u32,
    bits: u32,
    value: u32,
}

/// What is written for every interrupt, in this order. Accesses by the VMM differ from a guest's in one way: a write to
/// ISPENDR sets *and clears* (`arm-vgic-v3.rst`, "KVM_DEV_ARM_VGIC_GRP_DIST_REGS").
const REGISTERS: [PerInterrupt; 5] = [
    // ICENABLER
    PerInterrupt { offset: 0x0180, bits: 1, value: !0 },
    // ISPENDR
    PerInterrupt { offset: 0x0200, bits: 1, value: 0 },
    // ICACTIVER
    PerInterrupt { offset: 0x0380, bits: 1, value: !0 },
    // IGROUPR: all interrupts of a machine without secure state are in Group 1
    PerInterrupt { offset: 0x0080, bits: 1, value: !0 },
    // IPRIORITYR
    PerInterrupt { offset: 0x0400, bits: 8, value: 0 },
];
/// ICFGR: edge-triggered, as KVM begins. Only for SPIs: private interrupts cannot be configured.
const CONFIGURATION: PerInterrupt = PerInterrupt { offset: 0x0c00, bits: 2, value: 0xaaaa_aaaa };
/// ISENABLER.
const ISENABLER: u32 = 0x0100;

const ICC_PMR_EL1: SystemRegister = SystemRegister::new(3, 0, 4, 6, 0);
const ICC_BPR0_EL1: SystemRegister = SystemRegister::new(3, 0, 12, 8, 3);
const ICC_BPR1_EL1: SystemRegister = SystemRegister::new(3, 0, 12, 12, 3);
const ICC_CTLR_EL1: SystemRegister = SystemRegister::new(3, 0, 12, 12, 4);
const ICC_IGRPEN0_EL1: SystemRegister = SystemRegister::new(3, 0, 12, 12, 6);
const ICC_IGRPEN1_EL1: SystemRegister = SystemRegister::new(3, 0, 12, 12, 7);

/// ICC_CTLR_EL1.CBPR and EOImode: its writable fields.
const CTLR_WRITABLE: u64 = 0b11;

impl Vgic {
    /// Resets the distributor, the redistributors and the CPU interfaces of all vCPUs, none of
    /// which may be running.
    pub(super) fn reset(&self, vcpus: u16, interrupts: u32) -> Result<(), EngineError> {
        self.reset_distributor(interrupts)?;
        for cpu in VcpuIndex::first(vcpus) {
            self.reset_redistributor(cpu)?;
            self.reset_interface(cpu)?;
        }
        Ok(())
    }

    fn reset_distributor(&self, interrupts: u32) -> Result<(), EngineError> {
        let write = |offset, value| {
            self.distributor(offset).write(value).map_err(of_vm("reset the GIC distributor"))
        };
        write(CTLR, 0)?;
        for register in REGISTERS.into_iter().chain([CONFIGURATION]) {
            for word in words(PRIVATE, interrupts, register.bits) {
                write(register.offset + word, register.value)?;
            }
        }
        for intid in PRIVATE..interrupts {
            write(IROUTER + 8 * intid, 0)?;
        }
        Ok(())
    }

    fn reset_redistributor(&self, cpu: VcpuIndex) -> Result<(), EngineError> {
        let write = |offset, value| {
            self.redistributor(cpu, SGI_BASE + offset)
                .write(value)
                .map_err(of_vm("reset a GIC redistributor"))
        };
        for register in REGISTERS {
            for word in words(0, PRIVATE, register.bits) {
                write(register.offset + word, register.value)?;
            }
        }
        write(ISENABLER, SGIS)
    }

    fn reset_interface(&self, cpu: VcpuIndex) -> Result<(), EngineError> {
        let failed = || of_vm("reset a GIC CPU interface");
        let control = self.interface(cpu, ICC_CTLR_EL1).read().map_err(failed())?;
        let write = |register, value| self.interface(cpu, register).write(value).map_err(failed());
        write(ICC_CTLR_EL1, control & !CTLR_WRITABLE)?;
        write(ICC_IGRPEN0_EL1, 0)?;
        write(ICC_IGRPEN1_EL1, 0)?;
        write(ICC_PMR_EL1, 0)?;
        write(ICC_BPR0_EL1, 0)?;
        write(ICC_BPR1_EL1, 0)?;
        for register in active_priorities(control) {
            write(register, 0)?;
        }
        Ok(())
    }
}

/// Byte offsets of the 32-bit words that hold `bits` bits for each interrupt in `first..end`.
fn words(first: u32, end: u32, bits: u32) -> impl Iterator<Item = u32> {
    let start = first * bits / 8;
    (start..end * bits / 8).step_by(4)
}

/// ICC_AP0R<n>_EL1 and ICC_AP1R<n>_EL1: as many as ICC_CTLR_EL1.PRIbits says there are.
fn active_priorities(control: u64) -> impl Iterator<Item = SystemRegister> {
    let priority_bits = (control >> 8 & 7) + 1;
    let count = match priority_bits {
        7.. => 4,
        6 => 2,
        _ => 1,
    };
    (0..count).flat_map(|n| {
        [SystemRegister::new(3, 0, 12, 8, 4 + n), SystemRegister::new(3, 0, 12, 9, n)]
    })
}

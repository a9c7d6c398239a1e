//! The interrupt controller: what a vCPU's reset leaves alone, and what the machine's does not.

use hotcore_vcpu::VcpuIndex;

use super::guest::{GIC, Guest, REPORT_X0, SPIN, X9_IS_OUT, report, start};
use crate::kvm::arm64::registers::SystemRegister;
use crate::kvm::arm64::vgic::Vgic;
use crate::{Vcpu, Vm};

/// GICR_ISPENDR0.
const GICR_ISPENDR0: u32 = 0x1_0200;

#[test]
fn b063_pending_interrupts_of_a_vcpu_survive_its_reset() {
    let program = [
        X9_IS_OUT,
        0xd2a1_4060, // mov x0, #0xa030000 (SGI_base of vCPU 1)
        0x52a0_0201, // mov w1, #0x100000 (PPI 20)
        0x7280_0101, // movk w1, #0x8 (SGI 3)
        0xb902_0001, // str w1, [x0, #0x200] (GICR_ISPENDR0)
        REPORT_X0,
        SPIN,
    ];
    let Some(mut guest) = Guest::new(2, &program) else { return };
    let cpu = VcpuIndex::new(1).unwrap();
    let pending = 1 << 20 | 1 << 3;
    let vcpu = &mut guest.vcpus[1];
    start(vcpu, 0).unwrap();
    report(vcpu);
    assert_eq!(guest.vm.redistributor_register(cpu, GICR_ISPENDR0).unwrap(), pending);
    vcpu.reset().unwrap();
    assert_eq!(guest.vm.redistributor_register(cpu, GICR_ISPENDR0).unwrap(), pending);
    start(vcpu, 0).unwrap();
    assert_eq!(guest.vm.redistributor_register(cpu, GICR_ISPENDR0).unwrap(), pending);

    guest.vm.reset_interrupt_controller().unwrap();
    assert_eq!(guest.vm.redistributor_register(cpu, GICR_ISPENDR0).unwrap(), 0);
}

#[test]
fn a_redistributor_that_does_not_exist_cannot_be_read() {
    let Some(guest) = Guest::new(1, &[]) else { return };
    let beyond = VcpuIndex::new(1).unwrap();
    assert!(guest.vm.redistributor_register(beyond, GICR_ISPENDR0).is_err());
}

/// Offsets of IGROUPR, ISENABLER, ISPENDR and ISACTIVER, with one bit per interrupt; then IPRIORITYR
/// and ICFGR, with their bits per interrupt.
const BANKS: [(u32, u32); 6] =
    [(0x0080, 1), (0x0100, 1), (0x0200, 1), (0x0300, 1), (0x0400, 8), (0x0c00, 2)];
const GICD_CTLR: u32 = 0;
const GICD_IROUTER: u32 = 0x6000;
const SGI_BASE: u32 = 0x1_0000;

const INTERFACE: [SystemRegister; 8] = [
    SystemRegister::new(3, 0, 4, 6, 0),   // ICC_PMR_EL1
    SystemRegister::new(3, 0, 12, 8, 3),  // ICC_BPR0_EL1
    SystemRegister::new(3, 0, 12, 8, 4),  // ICC_AP0R0_EL1
    SystemRegister::new(3, 0, 12, 9, 0),  // ICC_AP1R0_EL1
    SystemRegister::new(3, 0, 12, 12, 3), // ICC_BPR1_EL1
    SystemRegister::new(3, 0, 12, 12, 4), // ICC_CTLR_EL1
    SystemRegister::new(3, 0, 12, 12, 6), // ICC_IGRPEN0_EL1
    SystemRegister::new(3, 0, 12, 12, 7), // ICC_IGRPEN1_EL1
];

/// The 32-bit registers for interrupts `first..end`, as offsets.
fn banks(first: u32, end: u32) -> impl Iterator<Item = u32> {
    BANKS.into_iter().flat_map(move |(offset, bits)| {
        (offset + first * bits / 8..offset + end * bits / 8).step_by(4)
    })
}

fn distributor() -> impl Iterator<Item = u32> {
    let routes = (32..GIC.interrupts).map(|intid| GICD_IROUTER + 8 * intid);
    [GICD_CTLR].into_iter().chain(banks(32, GIC.interrupts)).chain(routes)
}

/// Everything that a guest can change.
fn state(vgic: &Vgic, vcpus: u16) -> Vec<u64> {
    let mut state: Vec<u64> =
        distributor().map(|offset| vgic.distributor(offset).read().unwrap().into()).collect();
    for cpu in VcpuIndex::first(vcpus) {
        state.extend(
            banks(0, 32).map(|offset| {
                u64::from(vgic.redistributor(cpu, SGI_BASE + offset).read().unwrap())
            }),
        );
        state.extend(INTERFACE.map(|register| vgic.interface(cpu, register).read().unwrap()));
    }
    state
}

#[test]
fn b074_a_machine_reset_puts_the_interrupt_controller_back() {
    let Some(guest) = Guest::new(2, &[]) else { return };
    let vgic = &guest.vm.parts.vgic;
    let new = state(vgic, 2);

    for offset in distributor() {
        let value = match offset {
            // IGROUPR and ICFGR: all ones is how they begin.
            0x0080..0x0100 | 0x0c00..0x0d00 => 0,
            // IROUTER: vCPU 1.
            GICD_IROUTER.. => 1,
            _ => !0,
        };
        vgic.distributor(offset).write(value).unwrap();
    }
    for cpu in VcpuIndex::first(2) {
        for offset in banks(0, 32) {
            vgic.redistributor(cpu, SGI_BASE + offset).write(!0).unwrap();
        }
        vgic.redistributor(cpu, SGI_BASE + 0x80).write(0).unwrap();
        for register in INTERFACE {
            let old = vgic.interface(cpu, register).read().unwrap();
            vgic.interface(cpu, register).write(old | 3).unwrap();
        }
    }
    let used = state(vgic, 2);
    let changed = new.iter().zip(&used).filter(|(new, used)| new != used).count();
    assert!(changed * 10 > new.len() * 9, "{changed} of {} registers changed", new.len());

    guest.vm.reset_interrupt_controller().unwrap();
    assert_eq!(state(vgic, 2), new);
}

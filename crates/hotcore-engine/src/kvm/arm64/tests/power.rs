//! Reset, power-off and standby.

use std::thread;

use kvm_bindings::{KVM_MP_STATE_RUNNABLE, KVM_MP_STATE_STOPPED, KVM_MP_STATE_SUSPENDED};

use super::guest::{Guest, OUT, RAM, REPORT_X0, SPIN, X9_IS_OUT, report, start};
use crate::{Entry, Exit, Vcpu, Vm};

#[test]
fn b074_a_reset_leaves_every_vcpu_stopped_whether_it_ran_or_not() {
    let Some(mut guest) = Guest::new(4, &[X9_IS_OUT, REPORT_X0, SPIN]) else { return };
    for cpu in [0, 2] {
        start(&mut guest.vcpus[cpu], 0).unwrap();
        report(&mut guest.vcpus[cpu]);
        assert_eq!(guest.vcpus[cpu].state(), KVM_MP_STATE_RUNNABLE);
    }
    // Powered on, and reset before it ran.
    start(&mut guest.vcpus[3], 0).unwrap();
    for vcpu in &mut guest.vcpus {
        vcpu.reset().unwrap();
        assert_eq!(vcpu.state(), KVM_MP_STATE_STOPPED, "vCPU {}", vcpu.index());
        assert_eq!(vcpu.pc().unwrap(), 0, "vCPU {}", vcpu.index());
    }
}

#[test]
fn b074_a_reset_machine_starts_as_a_new_one_does() {
    let Some(mut guest) = Guest::new(2, &[X9_IS_OUT, REPORT_X0, SPIN]) else { return };
    for round in 0..3 {
        for vcpu in &mut guest.vcpus {
            start(vcpu, round).unwrap();
            assert_eq!(report(vcpu), round);
        }
        guest.vcpus.iter_mut().for_each(|vcpu| vcpu.reset().unwrap());
        guest.vm.reset_interrupt_controller().unwrap();
    }
}

#[test]
fn a_start_after_a_load_or_store_begins_at_the_entry_itself() {
    let load = [
        0xf940_0001, // ldr x1, [x0]
        SPIN,
    ];
    let store = [
        0xf900_0000, // str x0, [x0]
        SPIN,
    ];
    // A load that is completed too late would change X1 and step over its report.
    let entered = [
        0xf900_0001, // str x1, [x0]
        0xf900_0000, // str x0, [x0]
        SPIN,
    ];
    for interrupted in [load, store] {
        let Some(mut guest) = Guest::new(1, &interrupted) else { return };
        let entry = RAM + 0x1000;
        guest.load(entry, &entered);
        let vcpu = &mut guest.vcpus[0];
        start(vcpu, OUT).unwrap();
        match vcpu.run().unwrap() {
            Exit::MmioRead { data, .. } => data.fill(0x55),
            Exit::MmioWrite { .. } => {}
            other => panic!("{other:?}"),
        }
        vcpu.start_at(Entry { pc: entry, context: OUT, big_endian: false }).unwrap();
        assert_eq!(report(vcpu), 0, "X1 is as reset leaves it");
        assert_eq!(report(vcpu), OUT);
    }
}

#[test]
fn a_kick_survives_a_reset() {
    let Some(mut guest) = Guest::new(1, &[X9_IS_OUT, REPORT_X0, SPIN]) else { return };
    let vcpu = &mut guest.vcpus[0];
    start(vcpu, 0).unwrap();
    report(vcpu);
    vcpu.kicker().kick();
    vcpu.reset().unwrap();
    start(vcpu, 0).unwrap();
    assert_eq!(vcpu.run().unwrap(), Exit::Interrupted);
    assert_eq!(report(vcpu), 0);
}

/// Sets the GIC up for SPI 40 and calls PSCI.
const STANDBY: [u32; 14] = [
    X9_IS_OUT,
    0xd2a1_0000, // mov x0, #0x8000000 (the distributor)
    0x5280_0041, // mov w1, #2 (GICD_CTLR.EnableGrp1)
    0xb900_0001, // str w1, [x0]
    0x5280_2001, // mov w1, #0x100
    0xb901_0401, // str w1, [x0, #0x104] (GICD_ISENABLER1)
    0xd280_1fe1, // mov x1, #0xff
    0xd518_4601, // msr ICC_PMR_EL1, x1
    0xd518_cce1, // msr ICC_IGRPEN1_EL1, x1
    0x52b0_8000, // mov w0, #0x84000000
    0x7280_0020, // movk w0, #1 (CPU_SUSPEND)
    0xd400_0002, // hvc #0
    REPORT_X0,
    SPIN,
];

#[test]
fn a_vcpu_in_standby_is_woken_by_an_interrupt_and_by_nothing_else() {
    let Some(mut guest) = Guest::new(1, &STANDBY) else { return };
    let vcpu = &mut guest.vcpus[0];
    start(vcpu, 0).unwrap();
    assert!(matches!(vcpu.run().unwrap(), Exit::Hypercall { function: 0x8400_0001, .. }));
    vcpu.set_hypercall_result(0).unwrap();
    vcpu.standby().unwrap();

    vcpu.kicker().kick();
    assert_eq!(vcpu.run().unwrap(), Exit::Interrupted);
    assert_eq!(vcpu.state(), KVM_MP_STATE_SUSPENDED, "a kick does not end standby");

    let vm = &guest.vm;
    thread::scope(|scope| {
        scope.spawn(|| vm.set_spi(40, true).unwrap());
        assert_eq!(vcpu.run().unwrap(), Exit::Interrupted);
    });
    assert_eq!(vcpu.state(), KVM_MP_STATE_RUNNABLE);
    assert_eq!(report(vcpu), 0, "CPU_SUSPEND returns");
}

#[test]
fn standby_with_an_interrupt_pending_ends_at_once() {
    let Some(mut guest) = Guest::new(1, &STANDBY) else { return };
    let vcpu = &mut guest.vcpus[0];
    start(vcpu, 0).unwrap();
    assert!(matches!(vcpu.run().unwrap(), Exit::Hypercall { .. }));
    guest.vm.set_spi(40, true).unwrap();
    vcpu.set_hypercall_result(0).unwrap();
    vcpu.standby().unwrap();
    assert_eq!(vcpu.run().unwrap(), Exit::Interrupted);
    assert_eq!(report(vcpu), 0);
}

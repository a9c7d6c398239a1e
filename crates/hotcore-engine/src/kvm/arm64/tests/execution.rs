//! What a running vCPU comes out with.

use std::thread;

use super::guest::{
    GIC, Guest, OUT, RAM, REPORT_X0, REPORT_X1, ROM, SPIN, X9_IS_OUT, report, start,
};
use crate::{Entry, Exit, Vcpu, Vm};

#[test]
fn stores_of_every_size_are_exits_with_their_bytes() {
    let program = [
        0xaa00_03e9, // mov x9, x0
        0x5297_dde2, // mov w2, #0xbeef
        0x72bb_d5a2, // movk w2, #0xdead, lsl #16
        0x3900_2122, // strb w2, [x9, #8]
        0x7900_2122, // strh w2, [x9, #16]
        0xb900_0122, // str w2, [x9]
        0xf900_0d22, // str x2, [x9, #24]
    ];
    let Some(mut guest) = Guest::new(1, &program) else { return };
    let vcpu = &mut guest.vcpus[0];
    start(vcpu, OUT).unwrap();
    let bytes = 0xdead_beef_u64.to_le_bytes();
    for (offset, size) in [(8, 1), (16, 2), (0, 4), (24, 8)] {
        let expected = Exit::MmioWrite { address: OUT + offset, data: &bytes[..size] };
        assert_eq!(vcpu.run().unwrap(), expected);
    }
}

#[test]
fn a_load_gets_what_the_machine_answers() {
    let program = [
        0xaa00_03e9, // mov x9, x0
        0xb940_0523, // ldr w3, [x9, #4]
        0xb900_0d23, // str w3, [x9, #12]
    ];
    let Some(mut guest) = Guest::new(1, &program) else { return };
    let vcpu = &mut guest.vcpus[0];
    start(vcpu, OUT).unwrap();
    match vcpu.run().unwrap() {
        Exit::MmioRead { address, data } => {
            assert_eq!((address, data.len()), (OUT + 4, 4));
            data.copy_from_slice(&0x1234_5678_u32.to_le_bytes());
        }
        other => panic!("{other:?}"),
    }
    let expected = Exit::MmioWrite { address: OUT + 12, data: &0x1234_5678_u32.to_le_bytes() };
    assert_eq!(vcpu.run().unwrap(), expected);
}

#[test]
fn memory_that_may_only_be_read_is_read_and_executed_and_stores_to_it_are_exits() {
    let program = [
        0xb940_0003, // ldr w3, [x0]
        0xb900_0803, // str w3, [x0, #8]
        0xd61f_0000, // br x0
    ];
    let Some(mut guest) = Guest::new(1, &program) else { return };
    guest.load(ROM, &[X9_IS_OUT, REPORT_X0]);
    let vcpu = &mut guest.vcpus[0];
    start(vcpu, ROM).unwrap();
    let expected = Exit::MmioWrite { address: ROM + 8, data: &X9_IS_OUT.to_le_bytes() };
    assert_eq!(vcpu.run().unwrap(), expected);
    assert_eq!(report(vcpu), ROM);
}

/// `hvc #0`, `smc #0`, `hvc #1`.
const CONDUITS: [u32; 3] = [0xd400_0002, 0xd400_0003, 0xd400_0022];

/// What PSCI answers to CPU_ON of a disabled CPU.
const DENIED: u64 = (-3i64).cast_unsigned();

fn calling_with(conduit: u32) -> [u32; 6] {
    [
        0xd280_0221, // mov x1, #0x11
        0xd280_0442, // mov x2, #0x22
        0xd280_0663, // mov x3, #0x33
        conduit,
        X9_IS_OUT,
        REPORT_X0,
    ]
}

#[test]
fn every_psci_function_of_both_conventions_and_the_oems_come_out_whatever_the_conduit() {
    let psci = (0x8400_0000..0x8400_0020).chain(0xc400_0000..0xc400_0020);
    let functions: Vec<u32> = psci.chain([0xc300_0000]).collect();
    for conduit in CONDUITS {
        let Some(mut guest) = Guest::new(1, &calling_with(conduit)) else { return };
        let vcpu = &mut guest.vcpus[0];
        for &function in &functions {
            start(vcpu, u64::from(function)).unwrap();
            let expected = Exit::Hypercall { function, args: [0x11, 0x22, 0x33] };
            assert_eq!(vcpu.run().unwrap(), expected, "{function:#x} by {conduit:#x}");
            assert_eq!(vcpu.pc().unwrap(), RAM + 16, "past the call already");
            vcpu.set_hypercall_result(DENIED).unwrap();
            assert_eq!(report(vcpu), DENIED);
        }
    }
}

#[test]
fn b010_cpu_on_starts_at_el1h_masked_with_mmu_and_caches_off() {
    let program = [
        X9_IS_OUT,
        REPORT_X0,
        0xd538_4241, // mrs x1, CurrentEL
        REPORT_X1,
        0xd538_4201, // mrs x1, SPSel
        REPORT_X1,
        0xd53b_4221, // mrs x1, DAIF
        REPORT_X1,
        0xd538_1001, // mrs x1, SCTLR_EL1
        REPORT_X1,
        0x1000_0001, // adr x1, .
        REPORT_X1,
    ];
    let Some(mut guest) = Guest::new(2, &[]) else { return };
    let entry = RAM + 0x1000;
    guest.load(entry, &program);
    let vcpu = &mut guest.vcpus[1];
    let context = 0x0123_4567_89ab_cdef;
    vcpu.start_at(Entry { pc: entry, context, big_endian: false }).unwrap();
    assert_eq!(report(vcpu), context, "X0");
    assert_eq!(report(vcpu), 1 << 2, "CurrentEL is EL1");
    assert_eq!(report(vcpu), 1, "SP_EL1");
    assert_eq!(report(vcpu), 0b1111 << 6, "D, A, I and F are masked");
    let (mmu, data_cache, instruction_cache) = (1 << 0, 1 << 2, 1 << 12);
    assert_eq!(report(vcpu) & (mmu | data_cache | instruction_cache), 0, "SCTLR_EL1");
    assert_eq!(report(vcpu), entry + 10 * 4, "PC");
}

#[test]
fn b010_cpu_on_gives_the_target_its_callers_endianness() {
    let program = [X9_IS_OUT, REPORT_X0];
    let Some(mut guest) = Guest::new(1, &program) else { return };
    let vcpu = &mut guest.vcpus[0];
    for (big_endian, bytes) in [(true, [1, 2, 3, 4, 5, 6, 7, 8]), (false, [8, 7, 6, 5, 4, 3, 2, 1])]
    {
        let context = 0x0102_0304_0506_0708;
        vcpu.start_at(Entry { pc: RAM, context, big_endian }).unwrap();
        assert_eq!(vcpu.is_big_endian().unwrap(), big_endian);
        assert_eq!(vcpu.run().unwrap(), Exit::MmioWrite { address: OUT, data: &bytes });
    }
}

#[test]
fn an_access_that_cannot_be_emulated_ends_the_guest_with_its_address() {
    let program = [
        X9_IS_OUT,
        0xa940_0921, // ldp x1, x2, [x9]
    ];
    let Some(mut guest) = Guest::new(1, &program) else { return };
    let vcpu = &mut guest.vcpus[0];
    start(vcpu, 0).unwrap();
    match vcpu.run().unwrap() {
        Exit::Crashed { reason } => {
            assert!(reason.contains("0x9000000") && reason.contains("ESR_EL2"), "{reason}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(vcpu.pc().unwrap(), RAM + 4);
}

#[test]
fn a_vcpu_goes_on_where_it_was_on_another_thread() {
    let program = [
        X9_IS_OUT,
        0x9100_0400, // add x0, x0, #1
        REPORT_X0,
        0x17ff_fffe, // b .-8
    ];
    let Some(mut guest) = Guest::new(1, &program) else { return };
    let mut vcpu = guest.vcpus.remove(0);
    start(&mut vcpu, 0).unwrap();
    for round in 1..=20 {
        vcpu = thread::spawn(move || {
            assert_eq!(report(&mut vcpu), round);
            vcpu
        })
        .join()
        .unwrap();
    }
}

#[test]
fn a_shared_interrupt_reaches_the_distributor() {
    let program = [
        X9_IS_OUT,
        0xd2a1_0000, // mov x0, #0x8000000 (the distributor)
        0xb90c_081f, // str wzr, [x0, #0xc08] (GICD_ICFGR2: level-triggered)
        0xb942_0401, // ldr w1, [x0, #0x204] (GICD_ISPENDR1)
        REPORT_X1,
        0x17ff_fffe, // b .-8
    ];
    let Some(mut guest) = Guest::new(1, &program) else { return };
    let vcpu = &mut guest.vcpus[0];
    start(vcpu, 0).unwrap();
    assert_eq!(report(vcpu), 0);
    guest.vm.set_spi(41, true).unwrap();
    // The load of a report may be older than the report before it was taken.
    report(vcpu);
    assert_eq!(report(vcpu), 1 << (41 - 32));
    guest.vm.set_spi(41, false).unwrap();
    report(vcpu);
    assert_eq!(report(vcpu), 0, "level-triggered");
}

#[test]
fn only_shared_interrupts_that_exist_can_be_driven() {
    let Some(guest) = Guest::new(1, &[SPIN]) else { return };
    for intid in [0, 31, GIC.interrupts, 1 << 24, u32::MAX] {
        let error = guest.vm.set_spi(intid, true).unwrap_err().to_string();
        assert!(error.contains("is not in 32..128"), "{error}");
    }
    guest.vm.set_spi(GIC.interrupts - 1, true).unwrap();
}

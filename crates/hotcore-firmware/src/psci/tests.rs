//! The firmware's answers, call by call.

use hotcore_vcpu::{CpuPolicy, Output, Patience};
use proptest::prelude::*;
use std::vec;

use super::*;

const NOW: Duration = Duration::ZERO;
const CPU_ON_32: u32 = 0x8400_0003;
const CPU_ON_64: u32 = 0xc400_0003;
const AFFINITY_INFO_64: u32 = 0xc400_0004;

/// CPU 0 runs, 1 is enabled and off, 2 and 3 are disabled.
fn ledger() -> Ledger {
    let absent = CpuPolicy { enabled: false, removable: true };
    let enabled = CpuPolicy { enabled: true, removable: true };
    Ledger::new(&[CpuPolicy { enabled: true, removable: false }, enabled, absent, absent]).unwrap()
}

fn ask(ledger: &mut Ledger, function: u32, args: [u64; 3]) -> i64 {
    match call(ledger, &Call { function, args, big_endian: false }, NOW) {
        Reply::Return(x0) => x0.cast_signed(),
        other => panic!("{other:?} instead of a value"),
    }
}

#[test]
fn b006_cpu_on_64_of_a_disabled_cpu_is_denied_in_all_64_bits() {
    assert_eq!(ask(&mut ledger(), CPU_ON_64, [2, 0, 0]), -3);
}

#[test]
fn b007_cpu_on_32_of_a_disabled_cpu_is_denied_too() {
    assert_eq!(ask(&mut ledger(), CPU_ON_32, [2, 0, 0]), -3);
}

#[test]
fn b008_cpu_on_outside_the_possible_cpus_has_invalid_parameters() {
    for target in [4, 0x100, 0x8000_0001, u64::MAX] {
        assert_eq!(ask(&mut ledger(), CPU_ON_64, [target, 0, 0]), -2, "{target:#x}");
    }
}

#[test]
fn b009_cpu_on_of_a_running_cpu_is_already_on() {
    let mut ledger = ledger();
    assert_eq!(ask(&mut ledger, CPU_ON_64, [0, 0, 0]), -4);
    assert_eq!(ask(&mut ledger, CPU_ON_64, [1, 0, 0]), 0);
    assert_eq!(ask(&mut ledger, CPU_ON_64, [1, 0, 0]), -5, "pending until the engine has it");
}

#[test]
fn b010_cpu_on_starts_the_vcpu_with_its_arguments() {
    let mut ledger = ledger();
    let big_endian = true;
    let on = Call { function: CPU_ON_64, args: [1, 0x4040_0000, 0x1234_5678_9abc], big_endian };
    assert_eq!(call(&mut ledger, &on, NOW), Reply::Return(0));
    let entry = VcpuEntry { pc: 0x4040_0000, context: 0x1234_5678_9abc, big_endian };
    let cpu = VcpuIndex::new(1).unwrap();
    assert_eq!(ledger.next_output(), Some(Output::StartVcpu { cpu, entry }));
}

#[test]
fn a_32_bit_call_has_32_bit_arguments() {
    let mut ledger = ledger();
    assert_eq!(ask(&mut ledger, CPU_ON_32, [0xffff_ffff_0000_0001, u64::MAX, u64::MAX]), 0);
    let Some(Output::StartVcpu { entry, .. }) = ledger.next_output() else { panic!("not started") };
    assert_eq!((entry.pc, entry.context), (0xffff_ffff, 0xffff_ffff));
}

#[test]
fn b011_affinity_info_of_a_disabled_cpu_is_off() {
    let mut ledger = ledger();
    assert_eq!(ask(&mut ledger, AFFINITY_INFO_64, [2, 0, 0]), 1);
    assert_eq!(ask(&mut ledger, AFFINITY_INFO_64, [0, 0, 0]), 0);
    assert_eq!(ask(&mut ledger, CPU_ON_64, [1, 0, 0]), 0);
    assert_eq!(ask(&mut ledger, AFFINITY_INFO_64, [1, 0, 0]), 2);
    assert_eq!(ask(&mut ledger, AFFINITY_INFO_64, [3, 1, 0]), 0, "somebody in the group runs");
    assert_eq!(ask(&mut ledger, AFFINITY_INFO_64, [9, 0, 0]), -2);
    assert_eq!(ask(&mut ledger, AFFINITY_INFO_64, [0, 4, 0]), -2);
    assert_eq!(ask(&mut ledger, AFFINITY_INFO_64, [0, u64::MAX, 0]), -2);
}

#[test]
fn a_plug_turns_denied_into_success() {
    let mut ledger = ledger();
    ledger.plug(VcpuIndex::new(2).unwrap(), Patience::default(), NOW).unwrap();
    assert_eq!(ask(&mut ledger, CPU_ON_32, [2, 0, 0]), 0);
}

#[test]
fn features_names_exactly_what_there_is() {
    let mut ledger = ledger();
    let there = [
        0x8400_0000,
        0x8400_0001,
        0xc400_0001,
        0x8400_0002,
        CPU_ON_32,
        CPU_ON_64,
        0x8400_0004,
        AFFINITY_INFO_64,
        0x8400_0006,
        0x8400_0008,
        0x8400_0009,
        0x8400_000a,
        0x8400_0012,
        0xc400_0012,
        0x8000_0000,
    ];
    for function in (0x8400_0000..=0x8400_001f).chain(0xc400_0000..=0xc400_001f) {
        let expected = if there.contains(&function) { 0 } else { -1 };
        let answer = ask(&mut ledger, 0x8400_000a, [u64::from(function), 0, 0]);
        assert_eq!(answer, expected, "{function:#x}");
    }
    assert_eq!(ask(&mut ledger, 0x8400_000a, [0x8000_0000, 0, 0]), 0);
}

#[test]
fn what_is_not_there_is_not_supported() {
    for function in [0xc400_0000, 0xc400_0002, 0x8400_000e, 0xc400_000e, 0x8400_0005, 0, u32::MAX] {
        assert_eq!(ask(&mut ledger(), function, [0; 3]), -1, "{function:#x}");
    }
}

#[test]
fn versions_are_psci_1_2_and_smccc_1_1() {
    assert_eq!(ask(&mut ledger(), 0x8400_0000, [0; 3]), 0x1_0002);
    assert_eq!(ask(&mut ledger(), 0x8000_0000, [0; 3]), 0x1_0001);
    assert_eq!(ask(&mut ledger(), 0x8000_0001, [0x8000_0000, 0, 0]), 0);
    assert_eq!(ask(&mut ledger(), 0x8000_0001, [0x8000_8000, 0, 0]), -1);
    assert_eq!(ask(&mut ledger(), 0x8400_0006, [0; 3]), 2);
}

#[test]
fn calls_that_do_not_return_say_what_to_do() {
    let mut ledger = ledger();
    let mut reply = |function, arg| {
        call(&mut ledger, &Call { function, args: [arg, 0, 0], big_endian: false }, NOW)
    };
    assert_eq!(reply(0x8400_0002, 0), Reply::CpuOff);
    assert_eq!(reply(0x8400_0008, 0), Reply::SystemOff);
    assert_eq!(reply(0x8400_0009, 0), Reply::SystemReset);
    assert_eq!(reply(0xc400_0012, 0), Reply::SystemReset);
    assert_eq!(reply(0xc400_0012, 1), Code::InvalidParameters.reply());
    assert_eq!(reply(0xc400_0001, 1 << 16), Reply::Standby);
}

proptest! {
    #[test]
    fn any_call_is_answered_and_starts_only_enabled_cpus(
        calls in prop::collection::vec(
            (prop_oneof![Just(CPU_ON_32), Just(CPU_ON_64), 0x8400_0000u32..0x8400_0020, any::<u32>()],
             prop_oneof![0u64..6, any::<u64>()], any::<[u64; 2]>()), 0..50)
    ) {
        let mut ledger = ledger();
        for (function, arg, [a, b]) in calls {
            let _ = call(&mut ledger, &Call { function, args: [arg, a, b], big_endian: false }, NOW);
        }
        let mut started = vec![];
        while let Some(output) = ledger.next_output() {
            if let Output::StartVcpu { cpu, .. } = output { started.push(cpu.get()); }
        }
        prop_assert!(started.is_empty() || started == [1]);
    }
}

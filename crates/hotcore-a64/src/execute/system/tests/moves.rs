//! What registers keep, and what they say.

use super::*;

#[test]
fn registers_keep_what_is_implemented() {
    let mut bench = Bench::new();
    let all = u64::MAX;
    assert_eq!(bench.written([3, 0, 13, 0, 4], all), all, "TPIDR_EL1");
    assert_eq!(bench.written([3, 0, 12, 0, 0], all), !0x7ff, "VBAR_EL1");
    assert_eq!(bench.written([3, 0, 1, 0, 2], all), 3 << 20, "CPACR_EL1");
    assert_eq!(bench.written([3, 0, 4, 0, 0], all), 0xf030_03df, "SPSR_EL1");
    assert_eq!(bench.written([3, 0, 2, 0, 1], all), all - 1, "TTBR1_EL1");
    assert_eq!(bench.written([3, 3, 4, 2, 0], all), 0xf000_0000, "NZCV");
    assert_eq!(bench.written([3, 3, 4, 4, 0], all), 0x07c0_0000, "FPCR");
    assert_eq!(bench.written([3, 3, 4, 4, 1], all), 0x0800_009f, "FPSR");
    assert_eq!(bench.written([3, 2, 0, 0, 0], all), 0xf, "CSSELR_EL1");
    assert_eq!(bench.written(SCTLR, 0), 0x30c0_0980);
    assert_eq!(bench.written(SCTLR, all), 0x37dd_db9f);
}

#[test]
fn every_id_register_reads_and_most_are_zero() {
    let mut bench = Bench::new();
    let mut told = Vec::new();
    for crm in 1..8 {
        for op2 in 0..8 {
            let value = bench.mrs([3, 0, 0, crm, op2]).unwrap();
            if value != 0 {
                told.push((crm, op2, value));
            }
        }
    }
    let expected = [
        (4, 0, 0x1300_0000_0100_0011),
        (5, 0, 0x0010_1006),
        (6, 0, 0x0021_0000),
        (7, 0, 0x0f00_0122),
        (7, 2, 1 << 60),
    ];
    assert_eq!(told, expected);
    assert_eq!(bench.mrs([3, 0, 0, 0, 0]), Ok(0x000f_4840), "MIDR_EL1");
    assert_eq!(bench.mrs([3, 0, 0, 0, 5]), Ok(1 << 31), "MPIDR_EL1");
    assert_eq!(bench.mrs([3, 3, 0, 0, 1]), Ok(0x8444_c004), "CTR_EL0");
    assert_eq!(bench.msr([3, 0, 0, 0, 0], 0), Err(undefined()));
}

#[test]
fn what_is_not_there_is_undefined() {
    let mut bench = Bench::new();
    // PMCR_EL0, SCTLR_EL2, AIDR_EL1 written, an implementation defined register, CNTVOFF_EL2.
    assert_eq!(bench.mrs([3, 3, 9, 12, 0]), Err(undefined()));
    assert_eq!(bench.mrs([3, 4, 1, 0, 0]), Err(undefined()));
    assert_eq!(bench.msr([3, 1, 0, 0, 7], 0), Err(undefined()));
    assert_eq!(bench.mrs([3, 0, 15, 0, 0]), Err(undefined()));
    assert_eq!(bench.msr([3, 4, 14, 0, 3], 0), Err(undefined()));
    // DC CVAP, SYSL.
    assert_eq!(bench.msr([1, 3, 7, 12, 1], 0), Err(undefined()));
    assert_eq!(bench.mrs([1, 0, 7, 0, 0]), Err(undefined()));
}

#[test]
fn xzr_is_read_as_zero_and_takes_what_nobody_wants() {
    let mut bench = Bench::new();
    bench.msr([3, 0, 13, 0, 4], 5).unwrap();
    // msr tpidr_el1, xzr; mrs xzr, midr_el1
    bench.execute(0xd518_d09f).unwrap();
    bench.execute(0xd538_001f).unwrap();
    assert_eq!(bench.mrs([3, 0, 13, 0, 4]), Ok(0));
    assert_eq!(bench.cpu().x(crate::cpu::ZERO), 0);
}

#[test]
fn stack_pointers_are_selected() {
    let mut bench = Bench::new();
    bench.cpu().set_x(crate::cpu::SP, 0x1000);
    bench.msr([3, 0, 4, 1, 0], 0x2000).unwrap();
    assert_eq!(bench.mrs([3, 0, 4, 2, 0]), Ok(1), "SPSel");
    // msr spsel, #0
    bench.execute(0xd500_40bf).unwrap();
    assert_eq!(bench.cpu().x(crate::cpu::SP), 0x2000);
    assert_eq!(bench.mrs([3, 0, 4, 1, 0]), Err(undefined()), "SP_EL0 while it is SP");
    bench.msr([3, 0, 4, 2, 0], 1).unwrap();
    assert_eq!(bench.cpu().x(crate::cpu::SP), 0x1000);
    assert_eq!(bench.mrs([3, 0, 4, 1, 0]), Ok(0x2000));
    assert_eq!(bench.mrs([3, 0, 4, 2, 2]), Ok(4), "CurrentEL");
}

#[test]
fn daif_is_set_and_cleared() {
    let mut bench = Bench::new();
    // msr daifclr, #0xf; msr daifset, #2
    bench.execute(0xd503_4fff).unwrap();
    assert_eq!(bench.mrs([3, 3, 4, 2, 1]), Ok(0));
    bench.execute(0xd503_42df).unwrap();
    assert_eq!(bench.mrs([3, 3, 4, 2, 1]), Ok(0x80));
    assert_eq!(bench.written([3, 3, 4, 2, 1], u64::MAX), 0x3c0);
}

#[test]
fn fpen_decides_over_fpcr() {
    let lowered = crate::block::lower_word(0xd53b_4400, 0);
    assert!(lowered.uses_fp);
    assert!(!crate::block::lower_word(0xd53b_4200, 0).uses_fp);
}

#[test]
fn the_cpu_interface_is_asked() {
    let mut bench = Bench::new();
    assert_eq!(bench.mrs([3, 0, 12, 12, 0]), Ok(u64::from(encoding(3, 0, 12, 12, 0))));
    assert_eq!(bench.mrs([3, 0, 12, 12, 1]), Err(undefined()));
    assert_eq!(bench.msr([3, 0, 12, 12, 1], 9), Ok(()));
    assert_eq!(bench.watched.counter.load(Ordering::Relaxed), 9);
    assert_eq!(bench.msr([3, 0, 12, 12, 0], 9), Err(undefined()));
}

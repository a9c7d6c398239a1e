//! Scalars, and what goes to and from the general-purpose registers.

use super::{DOUBLE, JUNK, Q, REGISTERS, RN, SF, d, execute, machine, run, s};
use crate::cpu::Cpu;
use crate::decode::Op;
use crate::fp::Fpsr;
use crate::pstate::Flags;

/// X0 after the instruction `op` with the `fields`, on V1.
fn to_general(op: Op, fields: u32, source: u128) -> u64 {
    let mut machine = machine();
    machine.core.cpu.set_v(1, source);
    execute(&mut machine, op, RN | fields).x(0)
}

/// V0 after the instruction `op` with the `fields`, on X1.
fn from_general(op: Op, fields: u32, source: u64) -> u128 {
    let mut machine = machine();
    machine.core.cpu.set_x(1, source);
    execute(&mut machine, op, RN | fields).v(0)
}

#[test]
fn the_result_is_alone_in_the_register() {
    let double = |op| run(op, REGISTERS | DOUBLE, &[JUNK << 64 | d(1.5), d(-2.0)]).0;
    assert_eq!(double(Op::FaddScalar), d(-0.5));
    assert_eq!(double(Op::FsubScalar), d(3.5));
    assert_eq!(double(Op::FmulScalar), d(-3.0));
    assert_eq!(double(Op::FnmulScalar), d(3.0));
    assert_eq!(double(Op::FdivScalar), d(-0.75));
    assert_eq!(double(Op::FmaxScalar), d(1.5));
    assert_eq!(double(Op::FminnmScalar), d(-2.0));
    assert_eq!(double(Op::FabdScalar), d(3.5));
    let single = |op| run(op, REGISTERS, &[JUNK << 32 | s(1.5), JUNK << 32 | s(-2.0)]).0;
    assert_eq!(single(Op::FaddScalar), s(-0.5));
    assert_eq!(single(Op::FacgtScalar), 0);
    assert_eq!(single(Op::FcmgtScalar), 0xffff_ffff);
}

#[test]
fn fused_operations_differ_in_their_signs() {
    let result = |op| run(op, REGISTERS | DOUBLE, &[d(2.0), d(3.0), d(10.0)]).0;
    assert_eq!(result(Op::FmaddScalar), d(16.0));
    assert_eq!(result(Op::FmsubScalar), d(4.0));
    assert_eq!(result(Op::FnmaddScalar), d(-16.0));
    assert_eq!(result(Op::FnmsubScalar), d(-4.0));
}

#[test]
fn frint_rounds_as_its_name_or_fpcr_says() {
    let rounded = |op, value| run(op, RN | DOUBLE, &[d(value)]);
    assert_eq!(rounded(Op::FrintnScalar, 2.5), (d(2.0), Fpsr::default()));
    assert_eq!(rounded(Op::FrintaScalar, 2.5), (d(3.0), Fpsr::default()));
    assert_eq!(rounded(Op::FrintpScalar, 2.1), (d(3.0), Fpsr::default()));
    assert_eq!(rounded(Op::FrintmScalar, -2.1), (d(-3.0), Fpsr::default()));
    assert_eq!(rounded(Op::FrintzScalar, -2.9), (d(-2.0), Fpsr::default()));
    assert_eq!(rounded(Op::FrintxScalar, 2.5), (d(2.0), Fpsr::IXC));
    let mut machine = machine();
    machine.core.cpu.set_v(1, d(2.5));
    machine.core.cpu.fpcr = 1 << 22;
    assert_eq!(execute(&mut machine, Op::FrintiScalar, RN | DOUBLE).v(0), d(3.0));
}

/// N, Z, C, V after a comparison of V1 and V2, and FPSR.
fn compared(op: Op, fields: u32, sources: [u128; 2], nzcv: u32) -> (u32, u32) {
    let mut machine = machine();
    let cpu = &mut machine.core.cpu;
    cpu.set_v(1, sources[0]);
    cpu.set_v(2, sources[1]);
    cpu.flags = Flags::from_nzcv(nzcv);
    let Cpu { flags, fpsr, .. } = execute(&mut machine, op, fields);
    (flags.nzcv(), *fpsr)
}

#[test]
fn comparisons_set_the_flags() {
    let (fields, nan) = (2 << 16 | RN | DOUBLE, d(f64::NAN));
    let fcmp = |op1, op2| compared(Op::Fcmp, fields, [op1, op2], 0);
    assert_eq!(fcmp(d(1.0), d(2.0)), (0b1000, 0));
    assert_eq!(fcmp(d(-0.0), d(0.0)), (0b0110, 0));
    assert_eq!(fcmp(d(2.0), d(-3.0)), (0b0010, 0));
    assert_eq!(fcmp(nan, d(0.0)), (0b0011, 0));
    assert_eq!(compared(Op::Fcmpe, fields, [nan, 0], 0), (0b0011, 1));
    assert_eq!(compared(Op::FcmpZero, RN | DOUBLE, [d(-1.0), nan], 0), (0b1000, 0));
    assert_eq!(compared(Op::FcmpeZero, RN | DOUBLE, [nan, 0], 0), (0b0011, 1));
}

#[test]
fn conditional_comparisons_look_at_the_flags_first() {
    // EQ, else 1001.
    let fields = 2 << 16 | RN | 0b1001;
    let operands = [s(1.0), s(2.0)];
    assert_eq!(compared(Op::Fccmp, fields, operands, 0b0100).0, 0b1000);
    assert_eq!(compared(Op::Fccmp, fields, operands, 0b1011).0, 0b1001);
    assert_eq!(compared(Op::Fccmpe, fields, [s(f32::NAN), 0], 0b0100), (0b0011, 1));
    assert_eq!(compared(Op::Fccmpe, fields, [s(f32::NAN), 0], 0), (0b1001, 0));
}

#[test]
fn fcsel_selects() {
    for (condition, nzcv, chosen) in [(0, 4, 1.0), (0, 0, 2.0), (11, 8, 1.0), (14, 0, 1.0)] {
        let mut machine = machine();
        let cpu = &mut machine.core.cpu;
        cpu.set_v(1, JUNK << 64 | d(1.0));
        cpu.set_v(2, JUNK << 64 | d(2.0));
        cpu.flags = Flags::from_nzcv(nzcv);
        let fields = 2 << 16 | condition << 12 | RN | DOUBLE;
        assert_eq!(execute(&mut machine, Op::Fcsel, fields).v(0), d(chosen));
    }
}

#[test]
fn fmov_moves_bits() {
    let source = 0x0123_4567_89ab_cdef_1122_3344_5566_7788;
    assert_eq!(run(Op::FmovRegister, RN, &[source]).0, 0x5566_7788);
    assert_eq!(run(Op::FmovRegister, RN | DOUBLE, &[source]).0, 0x1122_3344_5566_7788);
    assert_eq!(to_general(Op::FmovToGeneral, 0, source), 0x5566_7788);
    assert_eq!(to_general(Op::FmovToGeneral, SF | DOUBLE, source), 0x1122_3344_5566_7788);
    assert_eq!(to_general(Op::FmovTopToGeneral, 0, source), 0x0123_4567_89ab_cdef);
    assert_eq!(from_general(Op::FmovFromGeneral, 0, u64::MAX), 0xffff_ffff);
    assert_eq!(from_general(Op::FmovFromGeneral, SF | DOUBLE, u64::MAX), u64::MAX.into());
    let top = from_general(Op::FmovTopFromGeneral, 0, 3);
    assert_eq!(top, 3 << 64 | u128::from(JUNK as u64));
}

#[test]
fn fmov_expands_its_immediate() {
    // imm8 = 0x70 is 1.0, 0x80 is -2.0.
    assert_eq!(run(Op::FmovImmediate, 0x70 << 13, &[]).0, s(1.0));
    assert_eq!(run(Op::FmovImmediate, 0x80 << 13 | DOUBLE, &[]).0, d(-2.0));
    let vector =
        |fields| run(Op::FmovVectorImmediate, 0xf << 12 | 3 << 16 | 0x10 << 5 | fields, &[]);
    let twice = s(1.0) << 32 | s(1.0);
    assert_eq!(vector(0).0, twice);
    assert_eq!(vector(Q).0, twice << 64 | twice);
    assert_eq!(vector(Q | 1 << 29).0, d(1.0) << 64 | d(1.0));
}

#[test]
fn integers_come_from_floating_point() {
    let double = SF | DOUBLE;
    assert_eq!(to_general(Op::FcvtzsGeneral, double, d(-2.9)), (-2i64).cast_unsigned());
    assert_eq!(to_general(Op::FcvtzsGeneral, DOUBLE, d(-2.9)), 0xffff_fffe);
    assert_eq!(to_general(Op::FcvtzuGeneral, double, d(-2.9)), 0);
    assert_eq!(to_general(Op::FcvtzuGeneral, SF, s(1e20)), u64::MAX);
    assert_eq!(to_general(Op::FcvtnsGeneral, double, d(2.5)), 2);
    assert_eq!(to_general(Op::FcvtauGeneral, double, d(2.5)), 3);
    assert_eq!(to_general(Op::FcvtmsGeneral, double, d(-2.1)), (-3i64).cast_unsigned());
    assert_eq!(to_general(Op::FcvtpuGeneral, double, d(2.1)), 3);
    // 8 fraction bits.
    let scale = (64 - 8) << 10;
    assert_eq!(to_general(Op::FcvtzsFixedGeneral, double | scale, d(1.5)), 0x180);
    assert_eq!(to_general(Op::FcvtzuFixedGeneral, scale, s(1.5)), 0x180);
}

#[test]
fn floating_point_comes_from_integers() {
    let double = SF | DOUBLE;
    assert_eq!(from_general(Op::ScvtfGeneral, double, u64::MAX), d(-1.0));
    assert_eq!(from_general(Op::ScvtfGeneral, DOUBLE, 0xffff_ffff), d(-1.0));
    assert_eq!(from_general(Op::UcvtfGeneral, DOUBLE, u64::MAX), d(4_294_967_295.0));
    assert_eq!(from_general(Op::UcvtfGeneral, SF, u64::MAX), s(18_446_744_073_709_551_615.0));
    // 64 fraction bits.
    assert_eq!(from_general(Op::ScvtfFixedGeneral, double, 1 << 62), d(0.25));
    assert_eq!(from_general(Op::UcvtfFixedGeneral, SF, 1 << 63), s(0.5));
}

#[test]
fn fcvt_changes_the_precision() {
    let (single, double, half) = (0, 1, 3);
    let fcvt = |from: u32, to: u32, value| run(Op::Fcvt, from << 22 | to << 15 | RN, &[value]).0;
    assert_eq!(fcvt(single, double, JUNK << 32 | s(1.5)), d(1.5));
    assert_eq!(fcvt(single, half, s(1.5)), 0x3e00);
    assert_eq!(fcvt(double, single, d(1.5)), s(1.5));
    assert_eq!(fcvt(double, half, d(1.5)), 0x3e00);
    assert_eq!(fcvt(half, single, JUNK << 16 | 0x3e00), s(1.5));
    assert_eq!(fcvt(half, double, 0x3e00), d(1.5));
}

//! MOVZ, MOVN, MOVK, MOV, ADR, ADRP, conditional select.

use super::*;

#[test]
fn wide_moves() {
    let mut bench = Bench::new();
    let mut run = |word| {
        bench.cpu().set_x(0, 0x1111_2222_3333_4444);
        bench.run(word, &[], 0).0
    };
    assert_eq!(run(0xd2e2_4680), 0x1234 << 48); // movz x0, #0x1234, lsl #48
    assert_eq!(run(0x92a2_4680), !0x1234_0000); // movn x0, #0x1234, lsl #16
    assert_eq!(run(0x12a2_4680), 0xedcb_ffff); // movn w0, #0x1234, lsl #16
    assert_eq!(run(0xf2c2_4680), 0x1111_1234_3333_4444); // movk x0, #0x1234, lsl #32
    assert_eq!(run(0x72a2_4680), 0x1234_4444); // movk w0, #0x1234, lsl #16
}

#[test]
fn copies() {
    let mut bench = Bench::new();
    let value = 0xffff_0000_8000_1234;
    assert_eq!(bench.run(0xaa01_03e0, &[value], 0).0, value); // mov x0, x1
    assert_eq!(bench.run(0x2a01_03e0, &[value], 0).0, 0x8000_1234); // mov w0, w1
    assert_eq!(bench.run(0xb200_f3e0, &[], 0).0, 0x5555_5555_5555_5555); // mov x0, #...
    assert_eq!(bench.run(0x3200_f3e0, &[], 0).0, 0x5555_5555); // mov w0, #...
    assert_eq!(bench.run(0x2a21_03e0, &[value], 0).0, 0x7fff_edcb); // mvn w0, w1
}

#[test]
fn addresses_come_from_the_instruction_or_its_page() {
    let mut machine = Machine::new();
    // nop; adr x0, .+8; adr x1, .-4; adrp x2, 0x1000; adrp x3, -0x1000
    machine.run(&[0xd503_201f, 0x1000_0040, 0x10ff_ffe1, 0xb000_0002, 0xf0ff_ffe3]);
    let cpu = &machine.core.cpu;
    assert_eq!((cpu.x(0), cpu.x(1)), (CODE + 12, CODE + 4));
    assert_eq!((cpu.x(2), cpu.x(3)), (CODE + 0x1000, CODE - 0x1000));
}

proptest! {
    #[test]
    fn selecting(
        wide: bool, form in 0..4u32, condition in 0..16u32, nzcv in 0..16u32, x: u64, y: u64
    ) {
        let (sf, width) = width_of(wide);
        let word = sf | (form >> 1) << 30 | 0x1a80_0000 | condition << 12 | (form & 1) << 10 | TWO;
        let otherwise = [y, y.wrapping_add(1), !y, y.wrapping_neg()][form as usize];
        let result = if Flags::from_nzcv(nzcv).holds(condition as u8) { x } else { otherwise };
        let outcome = Bench::new().run(word, &[x, y], nzcv);
        prop_assert_eq!(outcome, (low(result, width), nzcv));
    }
}

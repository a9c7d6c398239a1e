//! The templates name operands that exist; words that show each alias and each kind of operand.

use super::*;
use crate::decode::table::ROWS;

#[test]
fn every_placeholder_is_known() {
    for template in ROWS.iter().map(|row| row.template).chain(alias::templates()) {
        for piece in template.split('{').skip(1) {
            let (name, _) = piece.split_once('}').expect("a placeholder is closed");
            assert!(expand(name, Site { word: 0, address: 0 }).is_some(), "{name} in {template}");
        }
    }
}

#[test]
fn a_row_is_named_after_its_mnemonic() {
    for row in ROWS {
        let mnemonic = row.template.split([' ', '{', '.']).next().unwrap_or_default();
        let name = format!("{:?}", row.op).to_lowercase();
        let grouped = name.starts_with("loadstore") || name.starts_with("loadliteral");
        assert!(grouped || name.starts_with(mnemonic), "{name}: {}", row.template);
    }
}

/// As objdump writes them, at address 0x1000.
const TEXTS: &[(u32, &str)] = &[
    (0x1000_91a0, "adr x0, 0x2234"),
    (0x9000_0000, "adrp x0, 0x1000"),
    (0x9140_4020, "add x0, x1, #0x10, lsl #12"),
    (0x9100_03bf, "mov sp, x29"),
    (0xf100_041f, "cmp x0, #0x1"),
    (0x2b01_0c1f, "cmn w0, w1, lsl #3"),
    (0xf240_1c1f, "tst x0, #0xff"),
    (0x1204_cc20, "and w0, w1, #0xf0f0f0f0"),
    (0xb200_f3e0, "mov x0, #0x5555555555555555"),
    (0x3200_03ff, "mov wsp, #0x1"),
    (0xd2a2_4680, "mov x0, #0x12340000"),
    (0x1280_0020, "mov w0, #0xfffffffe"),
    (0xf2e0_0020, "movk x0, #0x1, lsl #48"),
    (0x9343_fc20, "asr x0, x1, #3"),
    (0x9340_7c20, "sxtw x0, w1"),
    (0x937c_1c20, "sbfiz x0, x1, #4, #8"),
    (0x5305_7c20, "lsr w0, w1, #5"),
    (0xd37b_e820, "lsl x0, x1, #5"),
    (0x5300_1c20, "uxtb w0, w1"),
    (0xd348_2c20, "ubfx x0, x1, #8, #4"),
    (0xb378_0c20, "bfi x0, x1, #8, #4"),
    (0xb348_2c20, "bfxil x0, x1, #8, #4"),
    (0x93c1_1c20, "ror x0, x1, #7"),
    (0x93c2_1c20, "extr x0, x1, x2, #7"),
    (0xcb01_03e0, "neg x0, x1"),
    (0xaa21_03e0, "mvn x0, x1"),
    (0x8b21_4be0, "add x0, sp, w1, uxtw #2"),
    (0x8b21_63ff, "add sp, sp, x1"),
    (0xda01_03e0, "ngc x0, x1"),
    (0xfa5f_1804, "ccmp x0, #0x1f, #0x4, ne"),
    (0x1a9f_17e0, "cset w0, eq"),
    (0x9a81_a420, "cinc x0, x1, lt"),
    (0xda9f_93e0, "csetm x0, hi"),
    (0xda81_4420, "cneg x0, x1, pl"),
    (0x9ac2_5c20, "crc32cx w0, w1, x2"),
    (0xdac0_0c20, "rev x0, x1"),
    (0x9b02_7c20, "mul x0, x1, x2"),
    (0x9ba2_7c20, "umull x0, w1, w2"),
    (0x54ff_ffe9, "b.ls 0xffc"),
    (0xb400_0040, "cbz x0, 0x1008"),
    (0xb708_0080, "tbnz x0, #33, 0x1010"),
    (0xd65f_03c0, "ret"),
    (0xd65f_0020, "ret x1"),
    (0xd69f_03e0, "eret"),
    (0xd400_0001, "svc #0x0"),
    (0xd421_0000, "brk #0x800"),
    (0xd503_201f, "nop"),
    (0xd503_207f, "wfi"),
    (0xd503_251f, "hint #0x28"),
    (0xd503_3f5f, "clrex"),
    (0xd503_3b9f, "dsb ish"),
    (0xd503_31bf, "dmb oshld"),
    (0xd503_3fdf, "isb"),
    (0xd503_42df, "msr daifset, #0x2"),
    (0xd538_1000, "mrs x0, sctlr_el1"),
    (0xd518_cc20, "msr icc_eoir1_el1, x0"),
    (0xd538_f220, "mrs x0, s3_0_c15_c2_1"),
    (0xd50b_7420, "dc zva, x0"),
    (0xd508_831f, "tlbi vmalle1is"),
    (0xd508_8320, "tlbi vae1is, x0"),
    (0xd50b_9145, "sys #3, C9, C1, #2, x5"),
    (0xf940_0420, "ldr x0, [x1, #8]"),
    (0xb85f_c420, "ldr w0, [x1], #-4"),
    (0x781f_efe0, "strh w0, [sp, #-2]!"),
    (0xb8a2_d820, "ldrsw x0, [x1, w2, sxtw #2]"),
    (0x38df_f020, "ldursb w0, [x1, #-1]"),
    (0xf840_0820, "ldtr x0, [x1]"),
    (0x3ce2_7820, "ldr q0, [x1, x2, lsl #4]"),
    (0x3d00_0420, "str b0, [x1, #1]"),
    (0x5800_0080, "ldr x0, 0x1010"),
    (0xa8c2_7bfd, "ldp x29, x30, [sp], #32"),
    (0x697f_0440, "ldpsw x0, x1, [x2, #-8]"),
    (0x6c01_0440, "stnp d0, d1, [x2, #16]"),
    (0xf980_0011, "prfm pstl1strm, [x0]"),
    (0xf980_0006, "prfm #0x06, [x0]"),
    (0x085f_fc20, "ldaxrb w0, [x1]"),
    (0xc820_8861, "stlxp w0, x1, x2, [x3]"),
    (0xf8e0_0041, "ldaddal x0, x1, [x2]"),
    (0x7860_303f, "stsetlh w0, [x1]"),
    (0x4820_7c82, "casp x0, x1, x2, x3, [x4]"),
    (0x08e0_fc41, "casalb w0, w1, [x2]"),
    (0x4cdf_2000, "ld1 {v0.16b-v3.16b}, [x0], #64"),
    (0x4cc1_881f, "ld2 {v31.4s, v0.4s}, [x0], x1"),
    (0x4d9f_6800, "st3 {v0.h-v2.h}[5], [x0], #6"),
    (0x0d60_e000, "ld4r {v0.8b-v3.8b}, [x0]"),
    (0x1e6f_1000, "fmov d0, #1.500000000000000000e+00"),
    (0x9e66_0020, "fmov x0, d1"),
    (0x9eaf_0020, "fmov v0.d[1], x1"),
    (0x1e63_c020, "fcvt h0, d1"),
    (0x1e58_f020, "fcvtzs w0, d1, #4"),
    (0x1e20_2018, "fcmpe s0, #0.0"),
    (0x1e61_c402, "fccmp d0, d1, #0x2, gt"),
    (0x1f42_0c20, "fmadd d0, d1, d2, d3"),
    (0x1e26_4020, "frinta s0, s1"),
    (0x4ee2_8420, "add v0.2d, v1.2d, v2.2d"),
    (0x4ea1_1c20, "mov v0.16b, v1.16b"),
    (0x2e20_5820, "mvn v0.8b, v1.8b"),
    (0x4e62_8020, "smlal2 v0.4s, v1.8h, v2.8h"),
    (0x4f7f_8820, "mul v0.8h, v1.8h, v15.h[7]"),
    (0x4fdf_1820, "fmla v0.2d, v1.2d, v31.d[1]"),
    (0x5fa2_b820, "sqdmull d0, s1, v2.s[3]"),
    (0x4e21_2820, "xtn2 v0.16b, v1.8h"),
    (0x2e21_3820, "shll v0.8h, v1.8b, #8"),
    (0x0ea0_2820, "saddlp v0.1d, v1.2s"),
    (0x0e21_7820, "fcvtl v0.4s, v1.4h"),
    (0x5ee0_9820, "cmeq d0, d1, #0"),
    (0x6e30_3820, "uaddlv h0, v1.16b"),
    (0x7e70_d820, "faddp d0, v1.2d"),
    (0x4e04_0c20, "dup v0.4s, w1"),
    (0x0e1c_3c20, "mov w0, v1.s[3]"),
    (0x4e0a_2c20, "smov x0, v1.h[2]"),
    (0x6e07_2c20, "mov v0.b[3], v1.b[5]"),
    (0x5e14_0420, "mov s0, v1.s[2]"),
    (0x6e02_2820, "ext v0.16b, v1.16b, v2.16b, #5"),
    (0x0e04_5020, "tbx v0.8b, {v1.16b-v3.16b}, v4.8b"),
    (0x4f05_c560, "movi v0.4s, #0xab, msl #8"),
    (0x2f05_e540, "movi d0, #0xff00ff00ff00ff00"),
    (0x6f05_b560, "bic v0.8h, #0xab, lsl #8"),
    (0x4f06_f400, "fmov v0.4s, #-1.250000000000000000e-01"),
    (0x4f1d_0420, "sshr v0.8h, v1.8h, #3"),
    (0x0f08_a420, "sxtl v0.8h, v1.8b"),
    (0x7f08_9c20, "uqrshrn b0, h1, #8"),
    (0x5f40_e420, "scvtf d0, d1, #64"),
];

#[test]
fn each_kind_of_operand_and_alias_is_written() {
    for &(word, text) in TEXTS {
        assert_eq!(disassemble(word, 0x1000).as_deref(), Some(text), "{word:#010x}");
    }
}

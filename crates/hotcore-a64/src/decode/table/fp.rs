//! Scalar floating point: arithmetic, comparison, conversion and moves.
//!
//! DDI 0487, C4.1 "Data Processing -- Scalar Floating-Point and Advanced SIMD", the floating-point
//! part. Half precision appears in FCVT alone: FEAT_FP16 is absent.

macro_rules! fp_rows {
    ([$next:ident $($rest:ident)*] $($rows:tt)*) => { $next! { [$($rest)*] $($rows)*
        // Conversion between floating-point and fixed-point
        ScvtfFixedGeneral "sf 0 0 11110 ptype:2 0 00 010 scale:6 Rn Rd" fixed_scale "scvtf {Fd}, {Rn}, {fbits}";
        UcvtfFixedGeneral "sf 0 0 11110 ptype:2 0 00 011 scale:6 Rn Rd" fixed_scale "ucvtf {Fd}, {Rn}, {fbits}";
        FcvtzsFixedGeneral "sf 0 0 11110 ptype:2 0 11 000 scale:6 Rn Rd" fixed_scale "fcvtzs {Rd}, {Fn}, {fbits}";
        FcvtzuFixedGeneral "sf 0 0 11110 ptype:2 0 11 001 scale:6 Rn Rd" fixed_scale "fcvtzu {Rd}, {Fn}, {fbits}";

        // Conversion between floating-point and integer
        FcvtnsGeneral "sf 0 0 11110 ptype:2 1 00 000 000000 Rn Rd" ptype_sd "fcvtns {Rd}, {Fn}";
        FcvtnuGeneral "sf 0 0 11110 ptype:2 1 00 001 000000 Rn Rd" ptype_sd "fcvtnu {Rd}, {Fn}";
        ScvtfGeneral "sf 0 0 11110 ptype:2 1 00 010 000000 Rn Rd" ptype_sd "scvtf {Fd}, {Rn}";
        UcvtfGeneral "sf 0 0 11110 ptype:2 1 00 011 000000 Rn Rd" ptype_sd "ucvtf {Fd}, {Rn}";
        FcvtasGeneral "sf 0 0 11110 ptype:2 1 00 100 000000 Rn Rd" ptype_sd "fcvtas {Rd}, {Fn}";
        FcvtauGeneral "sf 0 0 11110 ptype:2 1 00 101 000000 Rn Rd" ptype_sd "fcvtau {Rd}, {Fn}";
        FmovToGeneral "sf 0 0 11110 ptype:2 1 00 110 000000 Rn Rd" ptype_as_sf "fmov {Rd}, {Fn}";
        FmovFromGeneral "sf 0 0 11110 ptype:2 1 00 111 000000 Rn Rd" ptype_as_sf "fmov {Fd}, {Rn}";
        FcvtpsGeneral "sf 0 0 11110 ptype:2 1 01 000 000000 Rn Rd" ptype_sd "fcvtps {Rd}, {Fn}";
        FcvtpuGeneral "sf 0 0 11110 ptype:2 1 01 001 000000 Rn Rd" ptype_sd "fcvtpu {Rd}, {Fn}";
        FmovTopToGeneral "1 0 0 11110 10 1 01 110 000000 Rn Rd" always "fmov {Xd}, {Vn}.d[1]";
        FmovTopFromGeneral "1 0 0 11110 10 1 01 111 000000 Rn Rd" always "fmov {Vd}.d[1], {Xn}";
        FcvtmsGeneral "sf 0 0 11110 ptype:2 1 10 000 000000 Rn Rd" ptype_sd "fcvtms {Rd}, {Fn}";
        FcvtmuGeneral "sf 0 0 11110 ptype:2 1 10 001 000000 Rn Rd" ptype_sd "fcvtmu {Rd}, {Fn}";
        FcvtzsGeneral "sf 0 0 11110 ptype:2 1 11 000 000000 Rn Rd" ptype_sd "fcvtzs {Rd}, {Fn}";
        FcvtzuGeneral "sf 0 0 11110 ptype:2 1 11 001 000000 Rn Rd" ptype_sd "fcvtzu {Rd}, {Fn}";

        // Floating-point data-processing (1 source)
        FmovRegister "0 0 0 11110 ptype:2 1 000000 10000 Rn Rd" ptype_sd "fmov {Fd}, {Fn}";
        FabsScalar "0 0 0 11110 ptype:2 1 000001 10000 Rn Rd" ptype_sd "fabs {Fd}, {Fn}";
        FnegScalar "0 0 0 11110 ptype:2 1 000010 10000 Rn Rd" ptype_sd "fneg {Fd}, {Fn}";
        FsqrtScalar "0 0 0 11110 ptype:2 1 000011 10000 Rn Rd" ptype_sd "fsqrt {Fd}, {Fn}";
        Fcvt "0 0 0 11110 ptype:2 1 0001 opc:2 10000 Rn Rd" convert_precision "fcvt {Fd.opc}, {Fn.ptype}";
        FrintnScalar "0 0 0 11110 ptype:2 1 001000 10000 Rn Rd" ptype_sd "frintn {Fd}, {Fn}";
        FrintpScalar "0 0 0 11110 ptype:2 1 001001 10000 Rn Rd" ptype_sd "frintp {Fd}, {Fn}";
        FrintmScalar "0 0 0 11110 ptype:2 1 001010 10000 Rn Rd" ptype_sd "frintm {Fd}, {Fn}";
        FrintzScalar "0 0 0 11110 ptype:2 1 001011 10000 Rn Rd" ptype_sd "frintz {Fd}, {Fn}";
        FrintaScalar "0 0 0 11110 ptype:2 1 001100 10000 Rn Rd" ptype_sd "frinta {Fd}, {Fn}";
        FrintxScalar "0 0 0 11110 ptype:2 1 001110 10000 Rn Rd" ptype_sd "frintx {Fd}, {Fn}";
        FrintiScalar "0 0 0 11110 ptype:2 1 001111 10000 Rn Rd" ptype_sd "frinti {Fd}, {Fn}";

        // Floating-point compare
        Fcmp "0 0 0 11110 ptype:2 1 Rm 00 1000 Rn 00 000" ptype_sd "fcmp {Fn}, {Fm}";
        FcmpZero "0 0 0 11110 ptype:2 1 (00000) 00 1000 Rn 01 000" ptype_sd "fcmp {Fn}, #0.0";
        Fcmpe "0 0 0 11110 ptype:2 1 Rm 00 1000 Rn 10 000" ptype_sd "fcmpe {Fn}, {Fm}";
        FcmpeZero "0 0 0 11110 ptype:2 1 (00000) 00 1000 Rn 11 000" ptype_sd "fcmpe {Fn}, #0.0";
        Fccmp "0 0 0 11110 ptype:2 1 Rm cond:4 01 Rn 0 nzcv:4" ptype_sd "fccmp {Fn}, {Fm}, {nzcv}, {cond}";
        Fccmpe "0 0 0 11110 ptype:2 1 Rm cond:4 01 Rn 1 nzcv:4" ptype_sd "fccmpe {Fn}, {Fm}, {nzcv}, {cond}";

        // Floating-point immediate and conditional select
        FmovImmediate "0 0 0 11110 ptype:2 1 imm8:8 100 00000 Rd" ptype_sd "fmov {Fd}, {fpimm}";
        Fcsel "0 0 0 11110 ptype:2 1 Rm cond:4 11 Rn Rd" ptype_sd "fcsel {Fd}, {Fn}, {Fm}, {cond}";

        // Floating-point data-processing (2 source)
        FmulScalar "0 0 0 11110 ptype:2 1 Rm 0000 10 Rn Rd" ptype_sd "fmul {Fd}, {Fn}, {Fm}";
        FdivScalar "0 0 0 11110 ptype:2 1 Rm 0001 10 Rn Rd" ptype_sd "fdiv {Fd}, {Fn}, {Fm}";
        FaddScalar "0 0 0 11110 ptype:2 1 Rm 0010 10 Rn Rd" ptype_sd "fadd {Fd}, {Fn}, {Fm}";
        FsubScalar "0 0 0 11110 ptype:2 1 Rm 0011 10 Rn Rd" ptype_sd "fsub {Fd}, {Fn}, {Fm}";
        FmaxScalar "0 0 0 11110 ptype:2 1 Rm 0100 10 Rn Rd" ptype_sd "fmax {Fd}, {Fn}, {Fm}";
        FminScalar "0 0 0 11110 ptype:2 1 Rm 0101 10 Rn Rd" ptype_sd "fmin {Fd}, {Fn}, {Fm}";
        FmaxnmScalar "0 0 0 11110 ptype:2 1 Rm 0110 10 Rn Rd" ptype_sd "fmaxnm {Fd}, {Fn}, {Fm}";
        FminnmScalar "0 0 0 11110 ptype:2 1 Rm 0111 10 Rn Rd" ptype_sd "fminnm {Fd}, {Fn}, {Fm}";
        FnmulScalar "0 0 0 11110 ptype:2 1 Rm 1000 10 Rn Rd" ptype_sd "fnmul {Fd}, {Fn}, {Fm}";

        // Floating-point data-processing (3 source)
        FmaddScalar "0 0 0 11111 ptype:2 0 Rm 0 Ra Rn Rd" ptype_sd "fmadd {Fd}, {Fn}, {Fm}, {Fa}";
        FmsubScalar "0 0 0 11111 ptype:2 0 Rm 1 Ra Rn Rd" ptype_sd "fmsub {Fd}, {Fn}, {Fm}, {Fa}";
        FnmaddScalar "0 0 0 11111 ptype:2 1 Rm 0 Ra Rn Rd" ptype_sd "fnmadd {Fd}, {Fn}, {Fm}, {Fa}";
        FnmsubScalar "0 0 0 11111 ptype:2 1 Rm 1 Ra Rn Rd" ptype_sd "fnmsub {Fd}, {Fn}, {Fm}, {Fa}";
    } };
}

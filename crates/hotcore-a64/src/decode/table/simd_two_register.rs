//! Advanced SIMD, vector forms with two registers, and across lanes.
//!
//! DDI 0487, C4.1 "Advanced SIMD two-register miscellaneous" and "Advanced SIMD across lanes".

macro_rules! simd_two_register_rows {
    ([$next:ident $($rest:ident)*] $($rows:tt)*) => { $next! { [$($rest)*] $($rows)*
        // Integer
        Rev64Vector "0 Q 0 01110 size:2 10000 00000 10 Rn Rd" not_d "rev64 {Vd.T}, {Vn.T}";
        Rev16Vector "0 Q 0 01110 size:2 10000 00001 10 Rn Rd" size_b "rev16 {Vd.T}, {Vn.T}";
        SaddlpVector "0 Q 0 01110 size:2 10000 00010 10 Rn Rd" not_d "saddlp {Vd.Tp}, {Vn.T}";
        SuqaddVector "0 Q 0 01110 size:2 10000 00011 10 Rn Rd" not_1d "suqadd {Vd.T}, {Vn.T}";
        ClsVector "0 Q 0 01110 size:2 10000 00100 10 Rn Rd" not_d "cls {Vd.T}, {Vn.T}";
        CntVector "0 Q 0 01110 size:2 10000 00101 10 Rn Rd" size_b "cnt {Vd.T}, {Vn.T}";
        SadalpVector "0 Q 0 01110 size:2 10000 00110 10 Rn Rd" not_d "sadalp {Vd.Tp}, {Vn.T}";
        SqabsVector "0 Q 0 01110 size:2 10000 00111 10 Rn Rd" not_1d "sqabs {Vd.T}, {Vn.T}";
        CmgtZeroVector "0 Q 0 01110 size:2 10000 01000 10 Rn Rd" not_1d "cmgt {Vd.T}, {Vn.T}, #0";
        CmeqZeroVector "0 Q 0 01110 size:2 10000 01001 10 Rn Rd" not_1d "cmeq {Vd.T}, {Vn.T}, #0";
        CmltZeroVector "0 Q 0 01110 size:2 10000 01010 10 Rn Rd" not_1d "cmlt {Vd.T}, {Vn.T}, #0";
        AbsVector "0 Q 0 01110 size:2 10000 01011 10 Rn Rd" not_1d "abs {Vd.T}, {Vn.T}";
        XtnVector "0 Q 0 01110 size:2 10000 10010 10 Rn Rd" not_d "xtn{2} {Vd.T}, {Vn.Ta}";
        SqxtnVector "0 Q 0 01110 size:2 10000 10100 10 Rn Rd" not_d "sqxtn{2} {Vd.T}, {Vn.Ta}";
        Rev32Vector "0 Q 1 01110 size:2 10000 00000 10 Rn Rd" size_bh "rev32 {Vd.T}, {Vn.T}";
        UaddlpVector "0 Q 1 01110 size:2 10000 00010 10 Rn Rd" not_d "uaddlp {Vd.Tp}, {Vn.T}";
        UsqaddVector "0 Q 1 01110 size:2 10000 00011 10 Rn Rd" not_1d "usqadd {Vd.T}, {Vn.T}";
        ClzVector "0 Q 1 01110 size:2 10000 00100 10 Rn Rd" not_d "clz {Vd.T}, {Vn.T}";
        NotVector "0 Q 1 01110 00 10000 00101 10 Rn Rd" always "not {Vd.B}, {Vn.B}";
        RbitVector "0 Q 1 01110 01 10000 00101 10 Rn Rd" always "rbit {Vd.B}, {Vn.B}";
        UadalpVector "0 Q 1 01110 size:2 10000 00110 10 Rn Rd" not_d "uadalp {Vd.Tp}, {Vn.T}";
        SqnegVector "0 Q 1 01110 size:2 10000 00111 10 Rn Rd" not_1d "sqneg {Vd.T}, {Vn.T}";
        CmgeZeroVector "0 Q 1 01110 size:2 10000 01000 10 Rn Rd" not_1d "cmge {Vd.T}, {Vn.T}, #0";
        CmleZeroVector "0 Q 1 01110 size:2 10000 01001 10 Rn Rd" not_1d "cmle {Vd.T}, {Vn.T}, #0";
        NegVector "0 Q 1 01110 size:2 10000 01011 10 Rn Rd" not_1d "neg {Vd.T}, {Vn.T}";
        SqxtunVector "0 Q 1 01110 size:2 10000 10010 10 Rn Rd" not_d "sqxtun{2} {Vd.T}, {Vn.Ta}";
        ShllVector "0 Q 1 01110 size:2 10000 10011 10 Rn Rd" not_d "shll{2} {Vd.Ta}, {Vn.T}, {shll}";
        UqxtnVector "0 Q 1 01110 size:2 10000 10100 10 Rn Rd" not_d "uqxtn{2} {Vd.T}, {Vn.Ta}";

        // Floating-point
        FcvtnVector "0 Q 0 01110 0 sz 10000 10110 10 Rn Rd" always "fcvtn{2} {Vd.narrow}, {Vn.wide}";
        FcvtlVector "0 Q 0 01110 0 sz 10000 10111 10 Rn Rd" always "fcvtl{2} {Vd.wide}, {Vn.narrow}";
        FrintnVector "0 Q 0 01110 0 sz 10000 11000 10 Rn Rd" not_1d_sz "frintn {Vd.F}, {Vn.F}";
        FrintmVector "0 Q 0 01110 0 sz 10000 11001 10 Rn Rd" not_1d_sz "frintm {Vd.F}, {Vn.F}";
        FcvtnsVector "0 Q 0 01110 0 sz 10000 11010 10 Rn Rd" not_1d_sz "fcvtns {Vd.F}, {Vn.F}";
        FcvtmsVector "0 Q 0 01110 0 sz 10000 11011 10 Rn Rd" not_1d_sz "fcvtms {Vd.F}, {Vn.F}";
        FcvtasVector "0 Q 0 01110 0 sz 10000 11100 10 Rn Rd" not_1d_sz "fcvtas {Vd.F}, {Vn.F}";
        ScvtfVector "0 Q 0 01110 0 sz 10000 11101 10 Rn Rd" not_1d_sz "scvtf {Vd.F}, {Vn.F}";
        FcmgtZeroVector "0 Q 0 01110 1 sz 10000 01100 10 Rn Rd" not_1d_sz "fcmgt {Vd.F}, {Vn.F}, #0.0";
        FcmeqZeroVector "0 Q 0 01110 1 sz 10000 01101 10 Rn Rd" not_1d_sz "fcmeq {Vd.F}, {Vn.F}, #0.0";
        FcmltZeroVector "0 Q 0 01110 1 sz 10000 01110 10 Rn Rd" not_1d_sz "fcmlt {Vd.F}, {Vn.F}, #0.0";
        FabsVector "0 Q 0 01110 1 sz 10000 01111 10 Rn Rd" not_1d_sz "fabs {Vd.F}, {Vn.F}";
        FrintpVector "0 Q 0 01110 1 sz 10000 11000 10 Rn Rd" not_1d_sz "frintp {Vd.F}, {Vn.F}";
        FrintzVector "0 Q 0 01110 1 sz 10000 11001 10 Rn Rd" not_1d_sz "frintz {Vd.F}, {Vn.F}";
        FcvtpsVector "0 Q 0 01110 1 sz 10000 11010 10 Rn Rd" not_1d_sz "fcvtps {Vd.F}, {Vn.F}";
        FcvtzsVector "0 Q 0 01110 1 sz 10000 11011 10 Rn Rd" not_1d_sz "fcvtzs {Vd.F}, {Vn.F}";
        UrecpeVector "0 Q 0 01110 1 sz 10000 11100 10 Rn Rd" sz_0 "urecpe {Vd.F}, {Vn.F}";
        FrecpeVector "0 Q 0 01110 1 sz 10000 11101 10 Rn Rd" not_1d_sz "frecpe {Vd.F}, {Vn.F}";
        FcvtxnVector "0 Q 1 01110 0 sz 10000 10110 10 Rn Rd" sz_1 "fcvtxn{2} {Vd.narrow}, {Vn.wide}";
        FrintaVector "0 Q 1 01110 0 sz 10000 11000 10 Rn Rd" not_1d_sz "frinta {Vd.F}, {Vn.F}";
        FrintxVector "0 Q 1 01110 0 sz 10000 11001 10 Rn Rd" not_1d_sz "frintx {Vd.F}, {Vn.F}";
        FcvtnuVector "0 Q 1 01110 0 sz 10000 11010 10 Rn Rd" not_1d_sz "fcvtnu {Vd.F}, {Vn.F}";
        FcvtmuVector "0 Q 1 01110 0 sz 10000 11011 10 Rn Rd" not_1d_sz "fcvtmu {Vd.F}, {Vn.F}";
        FcvtauVector "0 Q 1 01110 0 sz 10000 11100 10 Rn Rd" not_1d_sz "fcvtau {Vd.F}, {Vn.F}";
        UcvtfVector "0 Q 1 01110 0 sz 10000 11101 10 Rn Rd" not_1d_sz "ucvtf {Vd.F}, {Vn.F}";
        FcmgeZeroVector "0 Q 1 01110 1 sz 10000 01100 10 Rn Rd" not_1d_sz "fcmge {Vd.F}, {Vn.F}, #0.0";
        FcmleZeroVector "0 Q 1 01110 1 sz 10000 01101 10 Rn Rd" not_1d_sz "fcmle {Vd.F}, {Vn.F}, #0.0";
        FnegVector "0 Q 1 01110 1 sz 10000 01111 10 Rn Rd" not_1d_sz "fneg {Vd.F}, {Vn.F}";
        FrintiVector "0 Q 1 01110 1 sz 10000 11001 10 Rn Rd" not_1d_sz "frinti {Vd.F}, {Vn.F}";
        FcvtpuVector "0 Q 1 01110 1 sz 10000 11010 10 Rn Rd" not_1d_sz "fcvtpu {Vd.F}, {Vn.F}";
        FcvtzuVector "0 Q 1 01110 1 sz 10000 11011 10 Rn Rd" not_1d_sz "fcvtzu {Vd.F}, {Vn.F}";
        UrsqrteVector "0 Q 1 01110 1 sz 10000 11100 10 Rn Rd" sz_0 "ursqrte {Vd.F}, {Vn.F}";
        FrsqrteVector "0 Q 1 01110 1 sz 10000 11101 10 Rn Rd" not_1d_sz "frsqrte {Vd.F}, {Vn.F}";
        FsqrtVector "0 Q 1 01110 1 sz 10000 11111 10 Rn Rd" not_1d_sz "fsqrt {Vd.F}, {Vn.F}";

        // Across lanes
        Saddlv "0 Q 0 01110 size:2 11000 00011 10 Rn Rd" across_lanes "saddlv {Vd.long}, {Vn.T}";
        Smaxv "0 Q 0 01110 size:2 11000 01010 10 Rn Rd" across_lanes "smaxv {Vd.size}, {Vn.T}";
        Sminv "0 Q 0 01110 size:2 11000 11010 10 Rn Rd" across_lanes "sminv {Vd.size}, {Vn.T}";
        Addv "0 Q 0 01110 size:2 11000 11011 10 Rn Rd" across_lanes "addv {Vd.size}, {Vn.T}";
        Uaddlv "0 Q 1 01110 size:2 11000 00011 10 Rn Rd" across_lanes "uaddlv {Vd.long}, {Vn.T}";
        Umaxv "0 Q 1 01110 size:2 11000 01010 10 Rn Rd" across_lanes "umaxv {Vd.size}, {Vn.T}";
        Uminv "0 Q 1 01110 size:2 11000 11010 10 Rn Rd" across_lanes "uminv {Vd.size}, {Vn.T}";
        Fmaxnmv "0 1 1 01110 0 0 11000 01100 10 Rn Rd" always "fmaxnmv {Sd}, {Vn.F}";
        Fmaxv "0 1 1 01110 0 0 11000 01111 10 Rn Rd" always "fmaxv {Sd}, {Vn.F}";
        Fminnmv "0 1 1 01110 1 0 11000 01100 10 Rn Rd" always "fminnmv {Sd}, {Vn.F}";
        Fminv "0 1 1 01110 1 0 11000 01111 10 Rn Rd" always "fminv {Sd}, {Vn.F}";
    } };
}

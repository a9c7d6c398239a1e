//! Advanced SIMD, vector forms with three registers of the same arrangement.
//!
//! DDI 0487, C4.1 "Advanced SIMD three same".

macro_rules! simd_three_same_rows {
    ([$next:ident $($rest:ident)*] $($rows:tt)*) => { $next! { [$($rest)*] $($rows)*
        // Integer
        ShaddVector "0 Q 0 01110 size:2 1 Rm 00000 1 Rn Rd" not_d "shadd {Vd.T}, {Vn.T}, {Vm.T}";
        SqaddVector "0 Q 0 01110 size:2 1 Rm 00001 1 Rn Rd" not_1d "sqadd {Vd.T}, {Vn.T}, {Vm.T}";
        SrhaddVector "0 Q 0 01110 size:2 1 Rm 00010 1 Rn Rd" not_d "srhadd {Vd.T}, {Vn.T}, {Vm.T}";
        ShsubVector "0 Q 0 01110 size:2 1 Rm 00100 1 Rn Rd" not_d "shsub {Vd.T}, {Vn.T}, {Vm.T}";
        SqsubVector "0 Q 0 01110 size:2 1 Rm 00101 1 Rn Rd" not_1d "sqsub {Vd.T}, {Vn.T}, {Vm.T}";
        CmgtVector "0 Q 0 01110 size:2 1 Rm 00110 1 Rn Rd" not_1d "cmgt {Vd.T}, {Vn.T}, {Vm.T}";
        CmgeVector "0 Q 0 01110 size:2 1 Rm 00111 1 Rn Rd" not_1d "cmge {Vd.T}, {Vn.T}, {Vm.T}";
        SshlVector "0 Q 0 01110 size:2 1 Rm 01000 1 Rn Rd" not_1d "sshl {Vd.T}, {Vn.T}, {Vm.T}";
        SqshlVector "0 Q 0 01110 size:2 1 Rm 01001 1 Rn Rd" not_1d "sqshl {Vd.T}, {Vn.T}, {Vm.T}";
        SrshlVector "0 Q 0 01110 size:2 1 Rm 01010 1 Rn Rd" not_1d "srshl {Vd.T}, {Vn.T}, {Vm.T}";
        SqrshlVector "0 Q 0 01110 size:2 1 Rm 01011 1 Rn Rd" not_1d "sqrshl {Vd.T}, {Vn.T}, {Vm.T}";
        SmaxVector "0 Q 0 01110 size:2 1 Rm 01100 1 Rn Rd" not_d "smax {Vd.T}, {Vn.T}, {Vm.T}";
        SminVector "0 Q 0 01110 size:2 1 Rm 01101 1 Rn Rd" not_d "smin {Vd.T}, {Vn.T}, {Vm.T}";
        SabdVector "0 Q 0 01110 size:2 1 Rm 01110 1 Rn Rd" not_d "sabd {Vd.T}, {Vn.T}, {Vm.T}";
        SabaVector "0 Q 0 01110 size:2 1 Rm 01111 1 Rn Rd" not_d "saba {Vd.T}, {Vn.T}, {Vm.T}";
        AddVector "0 Q 0 01110 size:2 1 Rm 10000 1 Rn Rd" not_1d "add {Vd.T}, {Vn.T}, {Vm.T}";
        CmtstVector "0 Q 0 01110 size:2 1 Rm 10001 1 Rn Rd" not_1d "cmtst {Vd.T}, {Vn.T}, {Vm.T}";
        MlaVector "0 Q 0 01110 size:2 1 Rm 10010 1 Rn Rd" not_d "mla {Vd.T}, {Vn.T}, {Vm.T}";
        MulVector "0 Q 0 01110 size:2 1 Rm 10011 1 Rn Rd" not_d "mul {Vd.T}, {Vn.T}, {Vm.T}";
        SmaxpVector "0 Q 0 01110 size:2 1 Rm 10100 1 Rn Rd" not_d "smaxp {Vd.T}, {Vn.T}, {Vm.T}";
        SminpVector "0 Q 0 01110 size:2 1 Rm 10101 1 Rn Rd" not_d "sminp {Vd.T}, {Vn.T}, {Vm.T}";
        SqdmulhVector "0 Q 0 01110 size:2 1 Rm 10110 1 Rn Rd" size_hs "sqdmulh {Vd.T}, {Vn.T}, {Vm.T}";
        AddpVector "0 Q 0 01110 size:2 1 Rm 10111 1 Rn Rd" not_1d "addp {Vd.T}, {Vn.T}, {Vm.T}";
        UhaddVector "0 Q 1 01110 size:2 1 Rm 00000 1 Rn Rd" not_d "uhadd {Vd.T}, {Vn.T}, {Vm.T}";
        UqaddVector "0 Q 1 01110 size:2 1 Rm 00001 1 Rn Rd" not_1d "uqadd {Vd.T}, {Vn.T}, {Vm.T}";
        UrhaddVector "0 Q 1 01110 size:2 1 Rm 00010 1 Rn Rd" not_d "urhadd {Vd.T}, {Vn.T}, {Vm.T}";
        UhsubVector "0 Q 1 01110 size:2 1 Rm 00100 1 Rn Rd" not_d "uhsub {Vd.T}, {Vn.T}, {Vm.T}";
        UqsubVector "0 Q 1 01110 size:2 1 Rm 00101 1 Rn Rd" not_1d "uqsub {Vd.T}, {Vn.T}, {Vm.T}";
        CmhiVector "0 Q 1 01110 size:2 1 Rm 00110 1 Rn Rd" not_1d "cmhi {Vd.T}, {Vn.T}, {Vm.T}";
        CmhsVector "0 Q 1 01110 size:2 1 Rm 00111 1 Rn Rd" not_1d "cmhs {Vd.T}, {Vn.T}, {Vm.T}";
        UshlVector "0 Q 1 01110 size:2 1 Rm 01000 1 Rn Rd" not_1d "ushl {Vd.T}, {Vn.T}, {Vm.T}";
        UqshlVector "0 Q 1 01110 size:2 1 Rm 01001 1 Rn Rd" not_1d "uqshl {Vd.T}, {Vn.T}, {Vm.T}";
        UrshlVector "0 Q 1 01110 size:2 1 Rm 01010 1 Rn Rd" not_1d "urshl {Vd.T}, {Vn.T}, {Vm.T}";
        UqrshlVector "0 Q 1 01110 size:2 1 Rm 01011 1 Rn Rd" not_1d "uqrshl {Vd.T}, {Vn.T}, {Vm.T}";
        UmaxVector "0 Q 1 01110 size:2 1 Rm 01100 1 Rn Rd" not_d "umax {Vd.T}, {Vn.T}, {Vm.T}";
        UminVector "0 Q 1 01110 size:2 1 Rm 01101 1 Rn Rd" not_d "umin {Vd.T}, {Vn.T}, {Vm.T}";
        UabdVector "0 Q 1 01110 size:2 1 Rm 01110 1 Rn Rd" not_d "uabd {Vd.T}, {Vn.T}, {Vm.T}";
        UabaVector "0 Q 1 01110 size:2 1 Rm 01111 1 Rn Rd" not_d "uaba {Vd.T}, {Vn.T}, {Vm.T}";
        SubVector "0 Q 1 01110 size:2 1 Rm 10000 1 Rn Rd" not_1d "sub {Vd.T}, {Vn.T}, {Vm.T}";
        CmeqVector "0 Q 1 01110 size:2 1 Rm 10001 1 Rn Rd" not_1d "cmeq {Vd.T}, {Vn.T}, {Vm.T}";
        MlsVector "0 Q 1 01110 size:2 1 Rm 10010 1 Rn Rd" not_d "mls {Vd.T}, {Vn.T}, {Vm.T}";
        PmulVector "0 Q 1 01110 size:2 1 Rm 10011 1 Rn Rd" size_b "pmul {Vd.T}, {Vn.T}, {Vm.T}";
        UmaxpVector "0 Q 1 01110 size:2 1 Rm 10100 1 Rn Rd" not_d "umaxp {Vd.T}, {Vn.T}, {Vm.T}";
        UminpVector "0 Q 1 01110 size:2 1 Rm 10101 1 Rn Rd" not_d "uminp {Vd.T}, {Vn.T}, {Vm.T}";
        SqrdmulhVector "0 Q 1 01110 size:2 1 Rm 10110 1 Rn Rd" size_hs "sqrdmulh {Vd.T}, {Vn.T}, {Vm.T}";

        // Logical
        AndVector "0 Q 0 01110 00 1 Rm 00011 1 Rn Rd" always "and {Vd.B}, {Vn.B}, {Vm.B}";
        BicVector "0 Q 0 01110 01 1 Rm 00011 1 Rn Rd" always "bic {Vd.B}, {Vn.B}, {Vm.B}";
        OrrVector "0 Q 0 01110 10 1 Rm 00011 1 Rn Rd" always "orr {Vd.B}, {Vn.B}, {Vm.B}";
        OrnVector "0 Q 0 01110 11 1 Rm 00011 1 Rn Rd" always "orn {Vd.B}, {Vn.B}, {Vm.B}";
        EorVector "0 Q 1 01110 00 1 Rm 00011 1 Rn Rd" always "eor {Vd.B}, {Vn.B}, {Vm.B}";
        BslVector "0 Q 1 01110 01 1 Rm 00011 1 Rn Rd" always "bsl {Vd.B}, {Vn.B}, {Vm.B}";
        BitVector "0 Q 1 01110 10 1 Rm 00011 1 Rn Rd" always "bit {Vd.B}, {Vn.B}, {Vm.B}";
        BifVector "0 Q 1 01110 11 1 Rm 00011 1 Rn Rd" always "bif {Vd.B}, {Vn.B}, {Vm.B}";

        // Floating-point
        FmaxnmVector "0 Q 0 01110 0 sz 1 Rm 11000 1 Rn Rd" not_1d_sz "fmaxnm {Vd.F}, {Vn.F}, {Vm.F}";
        FmlaVector "0 Q 0 01110 0 sz 1 Rm 11001 1 Rn Rd" not_1d_sz "fmla {Vd.F}, {Vn.F}, {Vm.F}";
        FaddVector "0 Q 0 01110 0 sz 1 Rm 11010 1 Rn Rd" not_1d_sz "fadd {Vd.F}, {Vn.F}, {Vm.F}";
        FmulxVector "0 Q 0 01110 0 sz 1 Rm 11011 1 Rn Rd" not_1d_sz "fmulx {Vd.F}, {Vn.F}, {Vm.F}";
        FcmeqVector "0 Q 0 01110 0 sz 1 Rm 11100 1 Rn Rd" not_1d_sz "fcmeq {Vd.F}, {Vn.F}, {Vm.F}";
        FmaxVector "0 Q 0 01110 0 sz 1 Rm 11110 1 Rn Rd" not_1d_sz "fmax {Vd.F}, {Vn.F}, {Vm.F}";
        FrecpsVector "0 Q 0 01110 0 sz 1 Rm 11111 1 Rn Rd" not_1d_sz "frecps {Vd.F}, {Vn.F}, {Vm.F}";
        FminnmVector "0 Q 0 01110 1 sz 1 Rm 11000 1 Rn Rd" not_1d_sz "fminnm {Vd.F}, {Vn.F}, {Vm.F}";
        FmlsVector "0 Q 0 01110 1 sz 1 Rm 11001 1 Rn Rd" not_1d_sz "fmls {Vd.F}, {Vn.F}, {Vm.F}";
        FsubVector "0 Q 0 01110 1 sz 1 Rm 11010 1 Rn Rd" not_1d_sz "fsub {Vd.F}, {Vn.F}, {Vm.F}";
        FminVector "0 Q 0 01110 1 sz 1 Rm 11110 1 Rn Rd" not_1d_sz "fmin {Vd.F}, {Vn.F}, {Vm.F}";
        FrsqrtsVector "0 Q 0 01110 1 sz 1 Rm 11111 1 Rn Rd" not_1d_sz "frsqrts {Vd.F}, {Vn.F}, {Vm.F}";
        FmaxnmpVector "0 Q 1 01110 0 sz 1 Rm 11000 1 Rn Rd" not_1d_sz "fmaxnmp {Vd.F}, {Vn.F}, {Vm.F}";
        FaddpVector "0 Q 1 01110 0 sz 1 Rm 11010 1 Rn Rd" not_1d_sz "faddp {Vd.F}, {Vn.F}, {Vm.F}";
        FmulVector "0 Q 1 01110 0 sz 1 Rm 11011 1 Rn Rd" not_1d_sz "fmul {Vd.F}, {Vn.F}, {Vm.F}";
        FcmgeVector "0 Q 1 01110 0 sz 1 Rm 11100 1 Rn Rd" not_1d_sz "fcmge {Vd.F}, {Vn.F}, {Vm.F}";
        FacgeVector "0 Q 1 01110 0 sz 1 Rm 11101 1 Rn Rd" not_1d_sz "facge {Vd.F}, {Vn.F}, {Vm.F}";
        FmaxpVector "0 Q 1 01110 0 sz 1 Rm 11110 1 Rn Rd" not_1d_sz "fmaxp {Vd.F}, {Vn.F}, {Vm.F}";
        FdivVector "0 Q 1 01110 0 sz 1 Rm 11111 1 Rn Rd" not_1d_sz "fdiv {Vd.F}, {Vn.F}, {Vm.F}";
        FminnmpVector "0 Q 1 01110 1 sz 1 Rm 11000 1 Rn Rd" not_1d_sz "fminnmp {Vd.F}, {Vn.F}, {Vm.F}";
        FabdVector "0 Q 1 01110 1 sz 1 Rm 11010 1 Rn Rd" not_1d_sz "fabd {Vd.F}, {Vn.F}, {Vm.F}";
        FcmgtVector "0 Q 1 01110 1 sz 1 Rm 11100 1 Rn Rd" not_1d_sz "fcmgt {Vd.F}, {Vn.F}, {Vm.F}";
        FacgtVector "0 Q 1 01110 1 sz 1 Rm 11101 1 Rn Rd" not_1d_sz "facgt {Vd.F}, {Vn.F}, {Vm.F}";
        FminpVector "0 Q 1 01110 1 sz 1 Rm 11110 1 Rn Rd" not_1d_sz "fminp {Vd.F}, {Vn.F}, {Vm.F}";
    } };
}

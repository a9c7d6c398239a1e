//! Advanced SIMD, scalar forms.
//!
//! DDI 0487, C4.1 "Advanced SIMD scalar three same", "... two-register miscellaneous",
//! "... pairwise", "... three different", "... x indexed element", "... copy", "... shift by immediate".

macro_rules! simd_scalar_rows {
    ([$next:ident $($rest:ident)*] $($rows:tt)*) => { $next! { [$($rest)*] $($rows)*
        // Three same
        SqaddScalar "01 0 11110 size:2 1 Rm 00001 1 Rn Rd" always "sqadd {Vd.size}, {Vn.size}, {Vm.size}";
        SqsubScalar "01 0 11110 size:2 1 Rm 00101 1 Rn Rd" always "sqsub {Vd.size}, {Vn.size}, {Vm.size}";
        CmgtScalar "01 0 11110 size:2 1 Rm 00110 1 Rn Rd" size_d "cmgt {Vd.size}, {Vn.size}, {Vm.size}";
        CmgeScalar "01 0 11110 size:2 1 Rm 00111 1 Rn Rd" size_d "cmge {Vd.size}, {Vn.size}, {Vm.size}";
        SshlScalar "01 0 11110 size:2 1 Rm 01000 1 Rn Rd" size_d "sshl {Vd.size}, {Vn.size}, {Vm.size}";
        SqshlScalar "01 0 11110 size:2 1 Rm 01001 1 Rn Rd" always "sqshl {Vd.size}, {Vn.size}, {Vm.size}";
        SrshlScalar "01 0 11110 size:2 1 Rm 01010 1 Rn Rd" size_d "srshl {Vd.size}, {Vn.size}, {Vm.size}";
        SqrshlScalar "01 0 11110 size:2 1 Rm 01011 1 Rn Rd" always "sqrshl {Vd.size}, {Vn.size}, {Vm.size}";
        AddScalar "01 0 11110 size:2 1 Rm 10000 1 Rn Rd" size_d "add {Vd.size}, {Vn.size}, {Vm.size}";
        CmtstScalar "01 0 11110 size:2 1 Rm 10001 1 Rn Rd" size_d "cmtst {Vd.size}, {Vn.size}, {Vm.size}";
        SqdmulhScalar "01 0 11110 size:2 1 Rm 10110 1 Rn Rd" size_hs "sqdmulh {Vd.size}, {Vn.size}, {Vm.size}";
        UqaddScalar "01 1 11110 size:2 1 Rm 00001 1 Rn Rd" always "uqadd {Vd.size}, {Vn.size}, {Vm.size}";
        UqsubScalar "01 1 11110 size:2 1 Rm 00101 1 Rn Rd" always "uqsub {Vd.size}, {Vn.size}, {Vm.size}";
        CmhiScalar "01 1 11110 size:2 1 Rm 00110 1 Rn Rd" size_d "cmhi {Vd.size}, {Vn.size}, {Vm.size}";
        CmhsScalar "01 1 11110 size:2 1 Rm 00111 1 Rn Rd" size_d "cmhs {Vd.size}, {Vn.size}, {Vm.size}";
        UshlScalar "01 1 11110 size:2 1 Rm 01000 1 Rn Rd" size_d "ushl {Vd.size}, {Vn.size}, {Vm.size}";
        UqshlScalar "01 1 11110 size:2 1 Rm 01001 1 Rn Rd" always "uqshl {Vd.size}, {Vn.size}, {Vm.size}";
        UrshlScalar "01 1 11110 size:2 1 Rm 01010 1 Rn Rd" size_d "urshl {Vd.size}, {Vn.size}, {Vm.size}";
        UqrshlScalar "01 1 11110 size:2 1 Rm 01011 1 Rn Rd" always "uqrshl {Vd.size}, {Vn.size}, {Vm.size}";
        SubScalar "01 1 11110 size:2 1 Rm 10000 1 Rn Rd" size_d "sub {Vd.size}, {Vn.size}, {Vm.size}";
        CmeqScalar "01 1 11110 size:2 1 Rm 10001 1 Rn Rd" size_d "cmeq {Vd.size}, {Vn.size}, {Vm.size}";
        SqrdmulhScalar "01 1 11110 size:2 1 Rm 10110 1 Rn Rd" size_hs "sqrdmulh {Vd.size}, {Vn.size}, {Vm.size}";
        FmulxScalar "01 0 11110 0 sz 1 Rm 11011 1 Rn Rd" always "fmulx {Fd}, {Fn}, {Fm}";
        FcmeqScalar "01 0 11110 0 sz 1 Rm 11100 1 Rn Rd" always "fcmeq {Fd}, {Fn}, {Fm}";
        FrecpsScalar "01 0 11110 0 sz 1 Rm 11111 1 Rn Rd" always "frecps {Fd}, {Fn}, {Fm}";
        FrsqrtsScalar "01 0 11110 1 sz 1 Rm 11111 1 Rn Rd" always "frsqrts {Fd}, {Fn}, {Fm}";
        FcmgeScalar "01 1 11110 0 sz 1 Rm 11100 1 Rn Rd" always "fcmge {Fd}, {Fn}, {Fm}";
        FacgeScalar "01 1 11110 0 sz 1 Rm 11101 1 Rn Rd" always "facge {Fd}, {Fn}, {Fm}";
        FabdScalar "01 1 11110 1 sz 1 Rm 11010 1 Rn Rd" always "fabd {Fd}, {Fn}, {Fm}";
        FcmgtScalar "01 1 11110 1 sz 1 Rm 11100 1 Rn Rd" always "fcmgt {Fd}, {Fn}, {Fm}";
        FacgtScalar "01 1 11110 1 sz 1 Rm 11101 1 Rn Rd" always "facgt {Fd}, {Fn}, {Fm}";

        // Three different
        SqdmlalScalar "01 0 11110 size:2 1 Rm 1001 00 Rn Rd" size_hs "sqdmlal {Vd.long}, {Vn.size}, {Vm.size}";
        SqdmlslScalar "01 0 11110 size:2 1 Rm 1011 00 Rn Rd" size_hs "sqdmlsl {Vd.long}, {Vn.size}, {Vm.size}";
        SqdmullScalar "01 0 11110 size:2 1 Rm 1101 00 Rn Rd" size_hs "sqdmull {Vd.long}, {Vn.size}, {Vm.size}";

        // Two-register miscellaneous
        SuqaddScalar "01 0 11110 size:2 10000 00011 10 Rn Rd" always "suqadd {Vd.size}, {Vn.size}";
        SqabsScalar "01 0 11110 size:2 10000 00111 10 Rn Rd" always "sqabs {Vd.size}, {Vn.size}";
        CmgtZeroScalar "01 0 11110 size:2 10000 01000 10 Rn Rd" size_d "cmgt {Vd.size}, {Vn.size}, #0";
        CmeqZeroScalar "01 0 11110 size:2 10000 01001 10 Rn Rd" size_d "cmeq {Vd.size}, {Vn.size}, #0";
        CmltZeroScalar "01 0 11110 size:2 10000 01010 10 Rn Rd" size_d "cmlt {Vd.size}, {Vn.size}, #0";
        AbsScalar "01 0 11110 size:2 10000 01011 10 Rn Rd" size_d "abs {Vd.size}, {Vn.size}";
        SqxtnScalar "01 0 11110 size:2 10000 10100 10 Rn Rd" not_d "sqxtn {Vd.size}, {Vn.long}";
        UsqaddScalar "01 1 11110 size:2 10000 00011 10 Rn Rd" always "usqadd {Vd.size}, {Vn.size}";
        SqnegScalar "01 1 11110 size:2 10000 00111 10 Rn Rd" always "sqneg {Vd.size}, {Vn.size}";
        CmgeZeroScalar "01 1 11110 size:2 10000 01000 10 Rn Rd" size_d "cmge {Vd.size}, {Vn.size}, #0";
        CmleZeroScalar "01 1 11110 size:2 10000 01001 10 Rn Rd" size_d "cmle {Vd.size}, {Vn.size}, #0";
        NegScalar "01 1 11110 size:2 10000 01011 10 Rn Rd" size_d "neg {Vd.size}, {Vn.size}";
        SqxtunScalar "01 1 11110 size:2 10000 10010 10 Rn Rd" not_d "sqxtun {Vd.size}, {Vn.long}";
        UqxtnScalar "01 1 11110 size:2 10000 10100 10 Rn Rd" not_d "uqxtn {Vd.size}, {Vn.long}";
        FcvtnsScalar "01 0 11110 0 sz 10000 11010 10 Rn Rd" always "fcvtns {Fd}, {Fn}";
        FcvtmsScalar "01 0 11110 0 sz 10000 11011 10 Rn Rd" always "fcvtms {Fd}, {Fn}";
        FcvtasScalar "01 0 11110 0 sz 10000 11100 10 Rn Rd" always "fcvtas {Fd}, {Fn}";
        ScvtfScalar "01 0 11110 0 sz 10000 11101 10 Rn Rd" always "scvtf {Fd}, {Fn}";
        FcmgtZeroScalar "01 0 11110 1 sz 10000 01100 10 Rn Rd" always "fcmgt {Fd}, {Fn}, #0.0";
        FcmeqZeroScalar "01 0 11110 1 sz 10000 01101 10 Rn Rd" always "fcmeq {Fd}, {Fn}, #0.0";
        FcmltZeroScalar "01 0 11110 1 sz 10000 01110 10 Rn Rd" always "fcmlt {Fd}, {Fn}, #0.0";
        FcvtpsScalar "01 0 11110 1 sz 10000 11010 10 Rn Rd" always "fcvtps {Fd}, {Fn}";
        FcvtzsScalar "01 0 11110 1 sz 10000 11011 10 Rn Rd" always "fcvtzs {Fd}, {Fn}";
        FrecpeScalar "01 0 11110 1 sz 10000 11101 10 Rn Rd" always "frecpe {Fd}, {Fn}";
        FrecpxScalar "01 0 11110 1 sz 10000 11111 10 Rn Rd" always "frecpx {Fd}, {Fn}";
        FcvtnuScalar "01 1 11110 0 sz 10000 11010 10 Rn Rd" always "fcvtnu {Fd}, {Fn}";
        FcvtmuScalar "01 1 11110 0 sz 10000 11011 10 Rn Rd" always "fcvtmu {Fd}, {Fn}";
        FcvtauScalar "01 1 11110 0 sz 10000 11100 10 Rn Rd" always "fcvtau {Fd}, {Fn}";
        UcvtfScalar "01 1 11110 0 sz 10000 11101 10 Rn Rd" always "ucvtf {Fd}, {Fn}";
        FcmgeZeroScalar "01 1 11110 1 sz 10000 01100 10 Rn Rd" always "fcmge {Fd}, {Fn}, #0.0";
        FcmleZeroScalar "01 1 11110 1 sz 10000 01101 10 Rn Rd" always "fcmle {Fd}, {Fn}, #0.0";
        FcvtpuScalar "01 1 11110 1 sz 10000 11010 10 Rn Rd" always "fcvtpu {Fd}, {Fn}";
        FcvtzuScalar "01 1 11110 1 sz 10000 11011 10 Rn Rd" always "fcvtzu {Fd}, {Fn}";
        FrsqrteScalar "01 1 11110 1 sz 10000 11101 10 Rn Rd" always "frsqrte {Fd}, {Fn}";
        FcvtxnScalar "01 1 11110 01 10000 10110 10 Rn Rd" always "fcvtxn {Sd}, {Dn}";

        // Pairwise
        AddpScalar "01 0 11110 11 11000 11011 10 Rn Rd" always "addp {Dd}, {Vn}.2d";
        FmaxnmpScalar "01 1 11110 0 sz 11000 01100 10 Rn Rd" always "fmaxnmp {Fd}, {Vn.pair}";
        FaddpScalar "01 1 11110 0 sz 11000 01101 10 Rn Rd" always "faddp {Fd}, {Vn.pair}";
        FmaxpScalar "01 1 11110 0 sz 11000 01111 10 Rn Rd" always "fmaxp {Fd}, {Vn.pair}";
        FminnmpScalar "01 1 11110 1 sz 11000 01100 10 Rn Rd" always "fminnmp {Fd}, {Vn.pair}";
        FminpScalar "01 1 11110 1 sz 11000 01111 10 Rn Rd" always "fminp {Fd}, {Vn.pair}";

        // By element
        SqdmlalScalarElement "01 0 11111 size:2 L M Rm:4 0011 H 0 Rn Rd" size_hs "sqdmlal {Vd.long}, {Vn.size}, {Vm.elem}";
        SqdmlslScalarElement "01 0 11111 size:2 L M Rm:4 0111 H 0 Rn Rd" size_hs "sqdmlsl {Vd.long}, {Vn.size}, {Vm.elem}";
        SqdmullScalarElement "01 0 11111 size:2 L M Rm:4 1011 H 0 Rn Rd" size_hs "sqdmull {Vd.long}, {Vn.size}, {Vm.elem}";
        SqdmulhScalarElement "01 0 11111 size:2 L M Rm:4 1100 H 0 Rn Rd" size_hs "sqdmulh {Vd.size}, {Vn.size}, {Vm.elem}";
        SqrdmulhScalarElement "01 0 11111 size:2 L M Rm:4 1101 H 0 Rn Rd" size_hs "sqrdmulh {Vd.size}, {Vn.size}, {Vm.elem}";
        FmlaScalarElement "01 0 11111 1 sz L M Rm:4 0001 H 0 Rn Rd" fp_scalar_element "fmla {Fd}, {Fn}, {Vm.felem}";
        FmlsScalarElement "01 0 11111 1 sz L M Rm:4 0101 H 0 Rn Rd" fp_scalar_element "fmls {Fd}, {Fn}, {Vm.felem}";
        FmulScalarElement "01 0 11111 1 sz L M Rm:4 1001 H 0 Rn Rd" fp_scalar_element "fmul {Fd}, {Fn}, {Vm.felem}";
        FmulxScalarElement "01 1 11111 1 sz L M Rm:4 1001 H 0 Rn Rd" fp_scalar_element "fmulx {Fd}, {Fn}, {Vm.felem}";

        // Copy
        DupScalar "01 0 11110000 imm5:5 0 0000 1 Rn Rd" lane "dup {Vd.lanesize}, {Vn.lane}";

        // Shift by immediate
        SshrScalar "01 0 111110 immh:4 immb:3 00000 1 Rn Rd" shift_d "sshr {Vd.shift}, {Vn.shift}, {rshift}";
        SsraScalar "01 0 111110 immh:4 immb:3 00010 1 Rn Rd" shift_d "ssra {Vd.shift}, {Vn.shift}, {rshift}";
        SrshrScalar "01 0 111110 immh:4 immb:3 00100 1 Rn Rd" shift_d "srshr {Vd.shift}, {Vn.shift}, {rshift}";
        SrsraScalar "01 0 111110 immh:4 immb:3 00110 1 Rn Rd" shift_d "srsra {Vd.shift}, {Vn.shift}, {rshift}";
        ShlScalar "01 0 111110 immh:4 immb:3 01010 1 Rn Rd" shift_d "shl {Vd.shift}, {Vn.shift}, {lshift}";
        SqshlImmediateScalar "01 0 111110 immh:4 immb:3 01110 1 Rn Rd" shift_scalar "sqshl {Vd.shift}, {Vn.shift}, {lshift}";
        SqshrnScalar "01 0 111110 immh:4 immb:3 10010 1 Rn Rd" shift_narrow "sqshrn {Vd.shift}, {Vn.shift2}, {rshift}";
        SqrshrnScalar "01 0 111110 immh:4 immb:3 10011 1 Rn Rd" shift_narrow "sqrshrn {Vd.shift}, {Vn.shift2}, {rshift}";
        ScvtfFixedScalar "01 0 111110 immh:4 immb:3 11100 1 Rn Rd" fixed_scalar "scvtf {Vd.shift}, {Vn.shift}, {rshift}";
        FcvtzsFixedScalar "01 0 111110 immh:4 immb:3 11111 1 Rn Rd" fixed_scalar "fcvtzs {Vd.shift}, {Vn.shift}, {rshift}";
        UshrScalar "01 1 111110 immh:4 immb:3 00000 1 Rn Rd" shift_d "ushr {Vd.shift}, {Vn.shift}, {rshift}";
        UsraScalar "01 1 111110 immh:4 immb:3 00010 1 Rn Rd" shift_d "usra {Vd.shift}, {Vn.shift}, {rshift}";
        UrshrScalar "01 1 111110 immh:4 immb:3 00100 1 Rn Rd" shift_d "urshr {Vd.shift}, {Vn.shift}, {rshift}";
        UrsraScalar "01 1 111110 immh:4 immb:3 00110 1 Rn Rd" shift_d "ursra {Vd.shift}, {Vn.shift}, {rshift}";
        SriScalar "01 1 111110 immh:4 immb:3 01000 1 Rn Rd" shift_d "sri {Vd.shift}, {Vn.shift}, {rshift}";
        SliScalar "01 1 111110 immh:4 immb:3 01010 1 Rn Rd" shift_d "sli {Vd.shift}, {Vn.shift}, {lshift}";
        SqshluScalar "01 1 111110 immh:4 immb:3 01100 1 Rn Rd" shift_scalar "sqshlu {Vd.shift}, {Vn.shift}, {lshift}";
        UqshlImmediateScalar "01 1 111110 immh:4 immb:3 01110 1 Rn Rd" shift_scalar "uqshl {Vd.shift}, {Vn.shift}, {lshift}";
        SqshrunScalar "01 1 111110 immh:4 immb:3 10000 1 Rn Rd" shift_narrow "sqshrun {Vd.shift}, {Vn.shift2}, {rshift}";
        SqrshrunScalar "01 1 111110 immh:4 immb:3 10001 1 Rn Rd" shift_narrow "sqrshrun {Vd.shift}, {Vn.shift2}, {rshift}";
        UqshrnScalar "01 1 111110 immh:4 immb:3 10010 1 Rn Rd" shift_narrow "uqshrn {Vd.shift}, {Vn.shift2}, {rshift}";
        UqrshrnScalar "01 1 111110 immh:4 immb:3 10011 1 Rn Rd" shift_narrow "uqrshrn {Vd.shift}, {Vn.shift2}, {rshift}";
        UcvtfFixedScalar "01 1 111110 immh:4 immb:3 11100 1 Rn Rd" fixed_scalar "ucvtf {Vd.shift}, {Vn.shift}, {rshift}";
        FcvtzuFixedScalar "01 1 111110 immh:4 immb:3 11111 1 Rn Rd" fixed_scalar "fcvtzu {Vd.shift}, {Vn.shift}, {rshift}";
    } };
}

//! Advanced SIMD, vector forms that move: copies, permutes, tables, immediates, and immediate shifts.
//!
//! DDI 0487, C4.1 "Advanced SIMD copy", "... table lookup", "... permute", "... extract",
//! "... modified immediate" and "... shift by immediate".

macro_rules! simd_move_rows {
    ([$next:ident $($rest:ident)*] $($rows:tt)*) => { $next! { [$($rest)*] $($rows)*
        // Copy
        DupElement "0 Q 0 01110000 imm5:5 0 0000 1 Rn Rd" lane_not_1d "dup {Vd.imm5}, {Vn.lane}";
        DupGeneral "0 Q 0 01110000 imm5:5 0 0001 1 Rn Rd" lane_not_1d "dup {Vd.imm5}, {Rn.imm5}";
        Smov "0 Q 0 01110000 imm5:5 0 0101 1 Rn Rd" smov_lane "smov {Rd.Q}, {Vn.lane}";
        Umov "0 Q 0 01110000 imm5:5 0 0111 1 Rn Rd" umov_lane "umov {Rd.Q}, {Vn.lane}";
        InsGeneral "0 1 0 01110000 imm5:5 0 0011 1 Rn Rd" lane "ins {Vd.lane}, {Rn.imm5}";
        InsElement "0 1 1 01110000 imm5:5 0 imm4:4 1 Rn Rd" lane "ins {Vd.lane}, {Vn.lane4}";

        // Extract, table lookup, permute
        Ext "0 Q 10 1110 00 0 Rm 0 imm4:4 0 Rn Rd" ext_in_width "ext {Vd.B}, {Vn.B}, {Vm.B}, {imm4}";
        Tbl "0 Q 00 1110 00 0 Rm 0 len:2 0 00 Rn Rd" always "tbl {Vd.B}, {table}, {Vm.B}";
        Tbx "0 Q 00 1110 00 0 Rm 0 len:2 1 00 Rn Rd" always "tbx {Vd.B}, {table}, {Vm.B}";
        Uzp1 "0 Q 001110 size:2 0 Rm 0 001 10 Rn Rd" not_1d "uzp1 {Vd.T}, {Vn.T}, {Vm.T}";
        Trn1 "0 Q 001110 size:2 0 Rm 0 010 10 Rn Rd" not_1d "trn1 {Vd.T}, {Vn.T}, {Vm.T}";
        Zip1 "0 Q 001110 size:2 0 Rm 0 011 10 Rn Rd" not_1d "zip1 {Vd.T}, {Vn.T}, {Vm.T}";
        Uzp2 "0 Q 001110 size:2 0 Rm 0 101 10 Rn Rd" not_1d "uzp2 {Vd.T}, {Vn.T}, {Vm.T}";
        Trn2 "0 Q 001110 size:2 0 Rm 0 110 10 Rn Rd" not_1d "trn2 {Vd.T}, {Vn.T}, {Vm.T}";
        Zip2 "0 Q 001110 size:2 0 Rm 0 111 10 Rn Rd" not_1d "zip2 {Vd.T}, {Vn.T}, {Vm.T}";

        // Modified immediate
        Movi "0 Q op 0111100000 abc:3 cmode:4 01 defgh:5 Rd" movi_cmode "movi {Vd.cmode}, {simdimm}";
        Mvni "0 Q op 0111100000 abc:3 cmode:4 01 defgh:5 Rd" mvni_cmode "mvni {Vd.cmode}, {simdimm}";
        OrrVectorImmediate "0 Q op 0111100000 abc:3 cmode:4 01 defgh:5 Rd" orr_cmode "orr {Vd.cmode}, {simdimm}";
        BicVectorImmediate "0 Q op 0111100000 abc:3 cmode:4 01 defgh:5 Rd" bic_cmode "bic {Vd.cmode}, {simdimm}";
        FmovVectorImmediate "0 Q op 0111100000 abc:3 cmode:4 01 defgh:5 Rd" fmov_cmode "fmov {Vd.cmode}, {fpimm.abc}";

        // Shift by immediate
        SshrVector "0 Q 0 011110 immh:4 immb:3 00000 1 Rn Rd" shift_vector "sshr {Vd.immh}, {Vn.immh}, {rshift}";
        SsraVector "0 Q 0 011110 immh:4 immb:3 00010 1 Rn Rd" shift_vector "ssra {Vd.immh}, {Vn.immh}, {rshift}";
        SrshrVector "0 Q 0 011110 immh:4 immb:3 00100 1 Rn Rd" shift_vector "srshr {Vd.immh}, {Vn.immh}, {rshift}";
        SrsraVector "0 Q 0 011110 immh:4 immb:3 00110 1 Rn Rd" shift_vector "srsra {Vd.immh}, {Vn.immh}, {rshift}";
        ShlVector "0 Q 0 011110 immh:4 immb:3 01010 1 Rn Rd" shift_vector "shl {Vd.immh}, {Vn.immh}, {lshift}";
        SqshlImmediateVector "0 Q 0 011110 immh:4 immb:3 01110 1 Rn Rd" shift_vector "sqshl {Vd.immh}, {Vn.immh}, {lshift}";
        ShrnVector "0 Q 0 011110 immh:4 immb:3 10000 1 Rn Rd" shift_narrow "shrn{2} {Vd.immh}, {Vn.immh2}, {rshift}";
        RshrnVector "0 Q 0 011110 immh:4 immb:3 10001 1 Rn Rd" shift_narrow "rshrn{2} {Vd.immh}, {Vn.immh2}, {rshift}";
        SqshrnVector "0 Q 0 011110 immh:4 immb:3 10010 1 Rn Rd" shift_narrow "sqshrn{2} {Vd.immh}, {Vn.immh2}, {rshift}";
        SqrshrnVector "0 Q 0 011110 immh:4 immb:3 10011 1 Rn Rd" shift_narrow "sqrshrn{2} {Vd.immh}, {Vn.immh2}, {rshift}";
        SshllVector "0 Q 0 011110 immh:4 immb:3 10100 1 Rn Rd" shift_narrow "sshll{2} {Vd.immh2}, {Vn.immh}, {lshift}";
        ScvtfFixedVector "0 Q 0 011110 immh:4 immb:3 11100 1 Rn Rd" fixed_vector "scvtf {Vd.immh}, {Vn.immh}, {rshift}";
        FcvtzsFixedVector "0 Q 0 011110 immh:4 immb:3 11111 1 Rn Rd" fixed_vector "fcvtzs {Vd.immh}, {Vn.immh}, {rshift}";
        UshrVector "0 Q 1 011110 immh:4 immb:3 00000 1 Rn Rd" shift_vector "ushr {Vd.immh}, {Vn.immh}, {rshift}";
        UsraVector "0 Q 1 011110 immh:4 immb:3 00010 1 Rn Rd" shift_vector "usra {Vd.immh}, {Vn.immh}, {rshift}";
        UrshrVector "0 Q 1 011110 immh:4 immb:3 00100 1 Rn Rd" shift_vector "urshr {Vd.immh}, {Vn.immh}, {rshift}";
        UrsraVector "0 Q 1 011110 immh:4 immb:3 00110 1 Rn Rd" shift_vector "ursra {Vd.immh}, {Vn.immh}, {rshift}";
        SriVector "0 Q 1 011110 immh:4 immb:3 01000 1 Rn Rd" shift_vector "sri {Vd.immh}, {Vn.immh}, {rshift}";
        SliVector "0 Q 1 011110 immh:4 immb:3 01010 1 Rn Rd" shift_vector "sli {Vd.immh}, {Vn.immh}, {lshift}";
        SqshluVector "0 Q 1 011110 immh:4 immb:3 01100 1 Rn Rd" shift_vector "sqshlu {Vd.immh}, {Vn.immh}, {lshift}";
        UqshlImmediateVector "0 Q 1 011110 immh:4 immb:3 01110 1 Rn Rd" shift_vector "uqshl {Vd.immh}, {Vn.immh}, {lshift}";
        SqshrunVector "0 Q 1 011110 immh:4 immb:3 10000 1 Rn Rd" shift_narrow "sqshrun{2} {Vd.immh}, {Vn.immh2}, {rshift}";
        SqrshrunVector "0 Q 1 011110 immh:4 immb:3 10001 1 Rn Rd" shift_narrow "sqrshrun{2} {Vd.immh}, {Vn.immh2}, {rshift}";
        UqshrnVector "0 Q 1 011110 immh:4 immb:3 10010 1 Rn Rd" shift_narrow "uqshrn{2} {Vd.immh}, {Vn.immh2}, {rshift}";
        UqrshrnVector "0 Q 1 011110 immh:4 immb:3 10011 1 Rn Rd" shift_narrow "uqrshrn{2} {Vd.immh}, {Vn.immh2}, {rshift}";
        UshllVector "0 Q 1 011110 immh:4 immb:3 10100 1 Rn Rd" shift_narrow "ushll{2} {Vd.immh2}, {Vn.immh}, {lshift}";
        UcvtfFixedVector "0 Q 1 011110 immh:4 immb:3 11100 1 Rn Rd" fixed_vector "ucvtf {Vd.immh}, {Vn.immh}, {rshift}";
        FcvtzuFixedVector "0 Q 1 011110 immh:4 immb:3 11111 1 Rn Rd" fixed_vector "fcvtzu {Vd.immh}, {Vn.immh}, {rshift}";
    } };
}

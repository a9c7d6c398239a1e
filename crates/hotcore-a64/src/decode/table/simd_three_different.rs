//! Advanced SIMD, vector forms that lengthen, widen or narrow, and those by element.
//!
//! DDI 0487, C4.1 "Advanced SIMD three different" and "Advanced SIMD vector x indexed element".

macro_rules! simd_three_different_rows {
    ([$next:ident $($rest:ident)*] $($rows:tt)*) => { $next! { [$($rest)*] $($rows)*
        // Three different
        SaddlVector "0 Q 0 01110 size:2 1 Rm 0000 00 Rn Rd" not_d "saddl{2} {Vd.Ta}, {Vn.T}, {Vm.T}";
        SaddwVector "0 Q 0 01110 size:2 1 Rm 0001 00 Rn Rd" not_d "saddw{2} {Vd.Ta}, {Vn.Ta}, {Vm.T}";
        SsublVector "0 Q 0 01110 size:2 1 Rm 0010 00 Rn Rd" not_d "ssubl{2} {Vd.Ta}, {Vn.T}, {Vm.T}";
        SsubwVector "0 Q 0 01110 size:2 1 Rm 0011 00 Rn Rd" not_d "ssubw{2} {Vd.Ta}, {Vn.Ta}, {Vm.T}";
        AddhnVector "0 Q 0 01110 size:2 1 Rm 0100 00 Rn Rd" not_d "addhn{2} {Vd.T}, {Vn.Ta}, {Vm.Ta}";
        SabalVector "0 Q 0 01110 size:2 1 Rm 0101 00 Rn Rd" not_d "sabal{2} {Vd.Ta}, {Vn.T}, {Vm.T}";
        SubhnVector "0 Q 0 01110 size:2 1 Rm 0110 00 Rn Rd" not_d "subhn{2} {Vd.T}, {Vn.Ta}, {Vm.Ta}";
        SabdlVector "0 Q 0 01110 size:2 1 Rm 0111 00 Rn Rd" not_d "sabdl{2} {Vd.Ta}, {Vn.T}, {Vm.T}";
        SmlalVector "0 Q 0 01110 size:2 1 Rm 1000 00 Rn Rd" not_d "smlal{2} {Vd.Ta}, {Vn.T}, {Vm.T}";
        SqdmlalVector "0 Q 0 01110 size:2 1 Rm 1001 00 Rn Rd" size_hs "sqdmlal{2} {Vd.Ta}, {Vn.T}, {Vm.T}";
        SmlslVector "0 Q 0 01110 size:2 1 Rm 1010 00 Rn Rd" not_d "smlsl{2} {Vd.Ta}, {Vn.T}, {Vm.T}";
        SqdmlslVector "0 Q 0 01110 size:2 1 Rm 1011 00 Rn Rd" size_hs "sqdmlsl{2} {Vd.Ta}, {Vn.T}, {Vm.T}";
        SmullVector "0 Q 0 01110 size:2 1 Rm 1100 00 Rn Rd" not_d "smull{2} {Vd.Ta}, {Vn.T}, {Vm.T}";
        SqdmullVector "0 Q 0 01110 size:2 1 Rm 1101 00 Rn Rd" size_hs "sqdmull{2} {Vd.Ta}, {Vn.T}, {Vm.T}";
        PmullVector "0 Q 0 01110 size:2 1 Rm 1110 00 Rn Rd" size_b "pmull{2} {Vd.Ta}, {Vn.T}, {Vm.T}";
        UaddlVector "0 Q 1 01110 size:2 1 Rm 0000 00 Rn Rd" not_d "uaddl{2} {Vd.Ta}, {Vn.T}, {Vm.T}";
        UaddwVector "0 Q 1 01110 size:2 1 Rm 0001 00 Rn Rd" not_d "uaddw{2} {Vd.Ta}, {Vn.Ta}, {Vm.T}";
        UsublVector "0 Q 1 01110 size:2 1 Rm 0010 00 Rn Rd" not_d "usubl{2} {Vd.Ta}, {Vn.T}, {Vm.T}";
        UsubwVector "0 Q 1 01110 size:2 1 Rm 0011 00 Rn Rd" not_d "usubw{2} {Vd.Ta}, {Vn.Ta}, {Vm.T}";
        RaddhnVector "0 Q 1 01110 size:2 1 Rm 0100 00 Rn Rd" not_d "raddhn{2} {Vd.T}, {Vn.Ta}, {Vm.Ta}";
        UabalVector "0 Q 1 01110 size:2 1 Rm 0101 00 Rn Rd" not_d "uabal{2} {Vd.Ta}, {Vn.T}, {Vm.T}";
        RsubhnVector "0 Q 1 01110 size:2 1 Rm 0110 00 Rn Rd" not_d "rsubhn{2} {Vd.T}, {Vn.Ta}, {Vm.Ta}";
        UabdlVector "0 Q 1 01110 size:2 1 Rm 0111 00 Rn Rd" not_d "uabdl{2} {Vd.Ta}, {Vn.T}, {Vm.T}";
        UmlalVector "0 Q 1 01110 size:2 1 Rm 1000 00 Rn Rd" not_d "umlal{2} {Vd.Ta}, {Vn.T}, {Vm.T}";
        UmlslVector "0 Q 1 01110 size:2 1 Rm 1010 00 Rn Rd" not_d "umlsl{2} {Vd.Ta}, {Vn.T}, {Vm.T}";
        UmullVector "0 Q 1 01110 size:2 1 Rm 1100 00 Rn Rd" not_d "umull{2} {Vd.Ta}, {Vn.T}, {Vm.T}";

        // Vector by element, integer
        SmlalElement "0 Q 0 01111 size:2 L M Rm:4 0010 H 0 Rn Rd" size_hs "smlal{2} {Vd.Ta}, {Vn.T}, {Vm.elem}";
        SqdmlalElement "0 Q 0 01111 size:2 L M Rm:4 0011 H 0 Rn Rd" size_hs "sqdmlal{2} {Vd.Ta}, {Vn.T}, {Vm.elem}";
        SmlslElement "0 Q 0 01111 size:2 L M Rm:4 0110 H 0 Rn Rd" size_hs "smlsl{2} {Vd.Ta}, {Vn.T}, {Vm.elem}";
        SqdmlslElement "0 Q 0 01111 size:2 L M Rm:4 0111 H 0 Rn Rd" size_hs "sqdmlsl{2} {Vd.Ta}, {Vn.T}, {Vm.elem}";
        MulElement "0 Q 0 01111 size:2 L M Rm:4 1000 H 0 Rn Rd" size_hs "mul {Vd.T}, {Vn.T}, {Vm.elem}";
        SmullElement "0 Q 0 01111 size:2 L M Rm:4 1010 H 0 Rn Rd" size_hs "smull{2} {Vd.Ta}, {Vn.T}, {Vm.elem}";
        SqdmullElement "0 Q 0 01111 size:2 L M Rm:4 1011 H 0 Rn Rd" size_hs "sqdmull{2} {Vd.Ta}, {Vn.T}, {Vm.elem}";
        SqdmulhElement "0 Q 0 01111 size:2 L M Rm:4 1100 H 0 Rn Rd" size_hs "sqdmulh {Vd.T}, {Vn.T}, {Vm.elem}";
        SqrdmulhElement "0 Q 0 01111 size:2 L M Rm:4 1101 H 0 Rn Rd" size_hs "sqrdmulh {Vd.T}, {Vn.T}, {Vm.elem}";
        MlaElement "0 Q 1 01111 size:2 L M Rm:4 0000 H 0 Rn Rd" size_hs "mla {Vd.T}, {Vn.T}, {Vm.elem}";
        UmlalElement "0 Q 1 01111 size:2 L M Rm:4 0010 H 0 Rn Rd" size_hs "umlal{2} {Vd.Ta}, {Vn.T}, {Vm.elem}";
        MlsElement "0 Q 1 01111 size:2 L M Rm:4 0100 H 0 Rn Rd" size_hs "mls {Vd.T}, {Vn.T}, {Vm.elem}";
        UmlslElement "0 Q 1 01111 size:2 L M Rm:4 0110 H 0 Rn Rd" size_hs "umlsl{2} {Vd.Ta}, {Vn.T}, {Vm.elem}";
        UmullElement "0 Q 1 01111 size:2 L M Rm:4 1010 H 0 Rn Rd" size_hs "umull{2} {Vd.Ta}, {Vn.T}, {Vm.elem}";

        // Vector by element, floating-point
        FmlaElement "0 Q 0 01111 1 sz L M Rm:4 0001 H 0 Rn Rd" fp_element "fmla {Vd.F}, {Vn.F}, {Vm.felem}";
        FmlsElement "0 Q 0 01111 1 sz L M Rm:4 0101 H 0 Rn Rd" fp_element "fmls {Vd.F}, {Vn.F}, {Vm.felem}";
        FmulElement "0 Q 0 01111 1 sz L M Rm:4 1001 H 0 Rn Rd" fp_element "fmul {Vd.F}, {Vn.F}, {Vm.felem}";
        FmulxElement "0 Q 1 01111 1 sz L M Rm:4 1001 H 0 Rn Rd" fp_element "fmulx {Vd.F}, {Vn.F}, {Vm.felem}";
    } };
}

//! Loads and stores of general-purpose and SIMD&FP registers, exclusives, acquire and release.
//!
//! DDI 0487, C4.1 "Loads and Stores". A row covers an addressing mode; `size` and `opc` (or `opc` and
//! `L`) say which access it is. LDLAR, STLLR (FEAT_LOR) and LDAPR (FEAT_LRCPC) are absent.

macro_rules! load_store_rows {
    ([$next:ident $($rest:ident)*] $($rows:tt)*) => { $next! { [$($rest)*] $($rows)*
        // Exclusive, acquire and release
        Stxr "size:2 001000 0 0 0 Rs 0 (11111) Rn Rt" always "stxr{size} {Ws}, {Rt.size}, [{Xn|sp}]";
        Stlxr "size:2 001000 0 0 0 Rs 1 (11111) Rn Rt" always "stlxr{size} {Ws}, {Rt.size}, [{Xn|sp}]";
        Ldxr "size:2 001000 0 1 0 (11111) 0 (11111) Rn Rt" always "ldxr{size} {Rt.size}, [{Xn|sp}]";
        Ldaxr "size:2 001000 0 1 0 (11111) 1 (11111) Rn Rt" always "ldaxr{size} {Rt.size}, [{Xn|sp}]";
        Stxp "1 sz 001000 0 0 1 Rs 0 Rt2 Rn Rt" always "stxp {Ws}, {Rt.size}, {Rt2.size}, [{Xn|sp}]";
        Stlxp "1 sz 001000 0 0 1 Rs 1 Rt2 Rn Rt" always "stlxp {Ws}, {Rt.size}, {Rt2.size}, [{Xn|sp}]";
        Ldxp "1 sz 001000 0 1 1 (11111) 0 Rt2 Rn Rt" always "ldxp {Rt.size}, {Rt2.size}, [{Xn|sp}]";
        Ldaxp "1 sz 001000 0 1 1 (11111) 1 Rt2 Rn Rt" always "ldaxp {Rt.size}, {Rt2.size}, [{Xn|sp}]";
        Stlr "size:2 001000 1 0 0 (11111) 1 (11111) Rn Rt" always "stlr{size} {Rt.size}, [{Xn|sp}]";
        Ldar "size:2 001000 1 1 0 (11111) 1 (11111) Rn Rt" always "ldar{size} {Rt.size}, [{Xn|sp}]";

        // Load register (literal)
        LoadLiteral "opc:2 011 0 00 imm19:19 Rt" opc_not_3 "{literal} {imm19}";
        LoadLiteralSimd "opc:2 011 1 00 imm19:19 Rt" opc_not_3 "ldr {Vt.opc}, {imm19}";
        PrfmLiteral "11 011 0 00 imm19:19 Rt" always "prfm {prfop}, {imm19}";

        // Load/store pair, integer
        LoadStorePairNonTemporal "opc:2 101 0 000 L imm7:7 Rt2 Rn Rt" opc_not_odd "{pair.np} [{Xn|sp}{imm7}]";
        LoadStorePairPost "opc:2 101 0 001 L imm7:7 Rt2 Rn Rt" pair_opc "{pair} [{Xn|sp}], {imm7.post}";
        LoadStorePair "opc:2 101 0 010 L imm7:7 Rt2 Rn Rt" pair_opc "{pair} [{Xn|sp}{imm7}]";
        LoadStorePairPre "opc:2 101 0 011 L imm7:7 Rt2 Rn Rt" pair_opc "{pair} [{Xn|sp}{imm7.pre}]!";

        // Load/store pair, SIMD&FP
        LoadStorePairNonTemporalSimd "opc:2 101 1 000 L imm7:7 Rt2 Rn Rt" opc_not_3 "{pair.simd.np} [{Xn|sp}{imm7}]";
        LoadStorePairPostSimd "opc:2 101 1 001 L imm7:7 Rt2 Rn Rt" opc_not_3 "{pair.simd} [{Xn|sp}], {imm7.post}";
        LoadStorePairSimd "opc:2 101 1 010 L imm7:7 Rt2 Rn Rt" opc_not_3 "{pair.simd} [{Xn|sp}{imm7}]";
        LoadStorePairPreSimd "opc:2 101 1 011 L imm7:7 Rt2 Rn Rt" opc_not_3 "{pair.simd} [{Xn|sp}{imm7.pre}]!";

        // Load/store register, integer
        LoadStoreUnscaled "size:2 111 0 00 opc:2 0 imm9:9 00 Rn Rt" size_opc "{ldst.u} [{Xn|sp}{imm9}]";
        LoadStorePost "size:2 111 0 00 opc:2 0 imm9:9 01 Rn Rt" size_opc "{ldst} [{Xn|sp}], {imm9.post}";
        LoadStoreUnprivileged "size:2 111 0 00 opc:2 0 imm9:9 10 Rn Rt" size_opc "{ldst.t} [{Xn|sp}{imm9}]";
        LoadStorePre "size:2 111 0 00 opc:2 0 imm9:9 11 Rn Rt" size_opc "{ldst} [{Xn|sp}{imm9.pre}]!";
        LoadStoreRegister "size:2 111 0 00 opc:2 1 Rm option:3 S 10 Rn Rt" size_opc_option "{ldst} [{Xn|sp}, {offset}]";
        LoadStoreUnsigned "size:2 111 0 01 opc:2 imm12:12 Rn Rt" size_opc "{ldst} [{Xn|sp}{pimm}]";

        // Load/store register, SIMD&FP
        LoadStoreUnscaledSimd "size:2 111 1 00 opc:2 0 imm9:9 00 Rn Rt" simd_size_opc "{ldst.simd.u} [{Xn|sp}{imm9}]";
        LoadStorePostSimd "size:2 111 1 00 opc:2 0 imm9:9 01 Rn Rt" simd_size_opc "{ldst.simd} [{Xn|sp}], {imm9.post}";
        LoadStorePreSimd "size:2 111 1 00 opc:2 0 imm9:9 11 Rn Rt" simd_size_opc "{ldst.simd} [{Xn|sp}{imm9.pre}]!";
        LoadStoreRegisterSimd "size:2 111 1 00 opc:2 1 Rm option:3 S 10 Rn Rt" simd_size_opc_option "{ldst.simd} [{Xn|sp}, {offset.simd}]";
        LoadStoreUnsignedSimd "size:2 111 1 01 opc:2 imm12:12 Rn Rt" simd_size_opc "{ldst.simd} [{Xn|sp}{pimm.simd}]";

        // Prefetch
        Prfum "11 111 0 00 10 0 imm9:9 00 Rn Rt" always "prfum {prfop}, [{Xn|sp}{imm9}]";
        PrfmRegister "11 111 0 00 10 1 Rm option:3 S 10 Rn Rt" option_word "prfm {prfop}, [{Xn|sp}, {offset}]";
        PrfmUnsigned "11 111 0 01 10 imm12:12 Rn Rt" always "prfm {prfop}, [{Xn|sp}{pimm}]";
    } };
}

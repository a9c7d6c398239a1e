//! Large System Extensions: atomic memory operations, swap, compare and swap (FEAT_LSE).
//!
//! DDI 0487, C4.1 "Atomic memory operations", "Compare and swap" and "Compare and swap pair".

macro_rules! atomic_rows {
    ([$next:ident $($rest:ident)*] $($rows:tt)*) => { $next! { [$($rest)*] $($rows)*
        Ldadd "size:2 111 0 00 A R 1 Rs 0 000 00 Rn Rt" always "ldadd{order}{size} {Rs.size}, {Rt.size}, [{Xn|sp}]";
        Ldclr "size:2 111 0 00 A R 1 Rs 0 001 00 Rn Rt" always "ldclr{order}{size} {Rs.size}, {Rt.size}, [{Xn|sp}]";
        Ldeor "size:2 111 0 00 A R 1 Rs 0 010 00 Rn Rt" always "ldeor{order}{size} {Rs.size}, {Rt.size}, [{Xn|sp}]";
        Ldset "size:2 111 0 00 A R 1 Rs 0 011 00 Rn Rt" always "ldset{order}{size} {Rs.size}, {Rt.size}, [{Xn|sp}]";
        Ldsmax "size:2 111 0 00 A R 1 Rs 0 100 00 Rn Rt" always "ldsmax{order}{size} {Rs.size}, {Rt.size}, [{Xn|sp}]";
        Ldsmin "size:2 111 0 00 A R 1 Rs 0 101 00 Rn Rt" always "ldsmin{order}{size} {Rs.size}, {Rt.size}, [{Xn|sp}]";
        Ldumax "size:2 111 0 00 A R 1 Rs 0 110 00 Rn Rt" always "ldumax{order}{size} {Rs.size}, {Rt.size}, [{Xn|sp}]";
        Ldumin "size:2 111 0 00 A R 1 Rs 0 111 00 Rn Rt" always "ldumin{order}{size} {Rs.size}, {Rt.size}, [{Xn|sp}]";
        Swp "size:2 111 0 00 A R 1 Rs 1 000 00 Rn Rt" always "swp{order}{size} {Rs.size}, {Rt.size}, [{Xn|sp}]";
        Cas "size:2 001000 1 A 1 Rs R 11111 Rn Rt" always "cas{cas.order}{size} {Rs.size}, {Rt.size}, [{Xn|sp}]";
        Casp "0 sz 001000 0 A 1 Rs R 11111 Rn Rt" even_pairs "casp{cas.order} {casp}, [{Xn|sp}]";
    } };
}

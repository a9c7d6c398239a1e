//! Branches and exception generation.
//!
//! DDI 0487, C4.1 "Branches, Exception Generating and System instructions", without the system part.

macro_rules! branch_rows {
    ([$next:ident $($rest:ident)*] $($rows:tt)*) => { $next! { [$($rest)*] $($rows)*
        // Branches (immediate)
        B "000101 imm26:26" always "b {imm26}";
        Bl "100101 imm26:26" always "bl {imm26}";
        BCond "0101010 0 imm19:19 0 cond:4" always "b.{cond0} {imm19}";
        Cbz "sf 011010 0 imm19:19 Rt" always "cbz {Rt}, {imm19}";
        Cbnz "sf 011010 1 imm19:19 Rt" always "cbnz {Rt}, {imm19}";
        Tbz "b5 011011 0 b40:5 imm14:14 Rt" always "tbz {Rt}, {bit}, {imm14}";
        Tbnz "b5 011011 1 b40:5 imm14:14 Rt" always "tbnz {Rt}, {bit}, {imm14}";

        // Branches (register)
        Br "1101011 0000 11111 000000 Rn 00000" always "br {Xn}";
        Blr "1101011 0001 11111 000000 Rn 00000" always "blr {Xn}";
        Ret "1101011 0010 11111 000000 Rn 00000" always "ret {Xn}";
        Eret "1101011 0100 11111 000000 11111 00000" always "eret";
        Drps "1101011 0101 11111 000000 11111 00000" always "drps";

        // Exception generation
        Svc "11010100 000 imm16:16 000 01" always "svc {imm16}";
        Hvc "11010100 000 imm16:16 000 10" always "hvc {imm16}";
        Smc "11010100 000 imm16:16 000 11" always "smc {imm16}";
        Brk "11010100 001 imm16:16 000 00" always "brk {imm16}";
        Hlt "11010100 010 imm16:16 000 00" always "hlt {imm16}";
        Dcps1 "11010100 101 imm16:16 000 01" always "dcps1{dcps}";
        Dcps2 "11010100 101 imm16:16 000 10" always "dcps2{dcps}";
        Dcps3 "11010100 101 imm16:16 000 11" always "dcps3{dcps}";
    } };
}

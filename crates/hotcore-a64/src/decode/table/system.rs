//! Hints, barriers, PSTATE access, system instructions and system register moves.
//!
//! DDI 0487, C4.1 "Branches, Exception Generating and System instructions", the system part.
//! Which system registers and SYS operations exist is not the table's business.

macro_rules! system_rows {
    ([$next:ident $($rest:ident)*] $($rows:tt)*) => { $next! { [$($rest)*] $($rows)*
        Hint "1101010100 0 00 011 0010 CRm:4 op2:3 11111" always "hint {hint}";

        // Barriers
        Clrex "1101010100 0 00 011 0011 CRm:4 010 11111" always "clrex{clrex}";
        Dsb "1101010100 0 00 011 0011 CRm:4 100 11111" always "dsb {barrier}";
        Dmb "1101010100 0 00 011 0011 CRm:4 101 11111" always "dmb {barrier}";
        Isb "1101010100 0 00 011 0011 CRm:4 110 11111" always "isb{isb}";

        // PSTATE, system instructions, system registers
        MsrImmediate "1101010100 0 00 op1:3 0100 CRm:4 op2:3 11111" pstate_field "msr {pstate}, {CRm}";
        Sys "1101010100 0 01 op1:3 CRn:4 CRm:4 op2:3 Rt" always "sys {sys}{sys.Xt}";
        Sysl "1101010100 1 01 op1:3 CRn:4 CRm:4 op2:3 Rt" always "sysl {Xt}, {sys}";
        MsrRegister "1101010100 0 1 o0 op1:3 CRn:4 CRm:4 op2:3 Rt" always "msr {sysreg}, {Xt}";
        Mrs "1101010100 1 1 o0 op1:3 CRn:4 CRm:4 op2:3 Rt" always "mrs {Xt}, {sysreg}";
    } };
}

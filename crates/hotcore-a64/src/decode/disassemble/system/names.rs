//! Names of hints, of system instructions and of system registers, as `objdump` writes them.
//!
//! What this CPU has, [`crate::system`] names; here are the registers of Armv8.0-A that it lacks. Another
//! is written by its numbers. DDI 0487, C5.2 to C5.5 and D19.

use crate::decode::fields::{bit, bits, rt};
use crate::system::name;
use crate::system::table::{encoding, encoding_of};

/// The name of a HINT, where it has one: newer hints are NOPs here, but compilers emit them.
pub(in crate::decode::disassemble) fn hint_name(word: u32) -> Option<&'static str> {
    let number = bits(word, 11, 5);
    HINTS.iter().find(|hint| hint.0 == number).map(|hint| hint.1)
}

const HINTS: &[(u32, &str)] = &[
    (0, "nop"),
    (1, "yield"),
    (2, "wfe"),
    (3, "wfi"),
    (4, "sev"),
    (5, "sevl"),
    (7, "xpaclri"),
    (8, "pacia1716"),
    (10, "pacib1716"),
    (12, "autia1716"),
    (14, "autib1716"),
    (16, "esb"),
    (17, "psb csync"),
    (18, "tsb csync"),
    (20, "csdb"),
    (22, "clearbhb"),
    (24, "paciaz"),
    (25, "paciasp"),
    (26, "pacibz"),
    (27, "pacibsp"),
    (28, "autiaz"),
    (29, "autiasp"),
    (30, "autibz"),
    (31, "autibsp"),
    (32, "bti"),
    (34, "bti c"),
    (36, "bti j"),
    (38, "bti jc"),
];

/// The AT, DC, IC or TLBI operation that a SYS is, and whether `Xt` is an operand.
pub(in crate::decode::disassemble) fn operation(word: u32) -> Option<(String, bool)> {
    let name = name(encoding_of(word))?;
    let takes_register = !name.contains("IALLU") && !name.contains("VMALL");
    (takes_register || rt(word) == 31).then(|| (name.to_lowercase(), takes_register))
}

/// The register of an MRS or MSR, where it has a name.
pub(super) fn register(word: u32) -> Option<String> {
    let register = encoding_of(word);
    if register == DBGDTR && !bit(word, 21) {
        return Some("dbgdtrtx_el0".into());
    }
    let other = || OTHERS.iter().find(|other| other.0 == register).map(|other| other.1);
    name(register).or_else(other).map(str::to_lowercase)
}

/// DBGDTRRX_EL0, whose name is another one for MSR.
const DBGDTR: u16 = encoding(2, 3, 0, 5, 0);

/// Registers that this CPU has not.
const OTHERS: &[(u16, &str)] = &[
    (encoding(3, 0, 9, 14, 1), "pmintenset_el1"),
    (encoding(3, 0, 9, 14, 2), "pmintenclr_el1"),
    (encoding(3, 0, 12, 0, 1), "rvbar_el1"),
    (encoding(3, 0, 12, 0, 2), "rmr_el1"),
    (encoding(3, 3, 4, 5, 0), "dspsr_el0"),
    (encoding(3, 3, 4, 5, 1), "dlr_el0"),
    (encoding(3, 3, 9, 12, 0), "pmcr_el0"),
    (encoding(3, 3, 9, 12, 1), "pmcntenset_el0"),
    (encoding(3, 3, 9, 12, 2), "pmcntenclr_el0"),
    (encoding(3, 3, 9, 12, 3), "pmovsclr_el0"),
    (encoding(3, 3, 9, 12, 4), "pmswinc_el0"),
    (encoding(3, 3, 9, 12, 5), "pmselr_el0"),
    (encoding(3, 3, 9, 12, 6), "pmceid0_el0"),
    (encoding(3, 3, 9, 12, 7), "pmceid1_el0"),
    (encoding(3, 3, 9, 13, 0), "pmccntr_el0"),
    (encoding(3, 3, 9, 13, 1), "pmxevtyper_el0"),
    (encoding(3, 3, 9, 13, 2), "pmxevcntr_el0"),
    (encoding(3, 3, 9, 14, 0), "pmuserenr_el0"),
    (encoding(3, 3, 9, 14, 3), "pmovsset_el0"),
    (encoding(3, 3, 14, 15, 7), "pmccfiltr_el0"),
];

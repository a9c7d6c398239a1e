//! The names of exception classes (Arm ARM, D17.2.37, ESR_EL1.EC).

/// The exception class of a syndrome.
pub(super) fn class(esr: u64) -> &'static str {
    match esr >> 26 & 0x3f {
        0x00 => "Unknown reason",
        0x01 => "WFI or WFE",
        0x07 => "SIMD&FP access",
        0x0e => "Illegal Execution state",
        0x15 => "SVC",
        0x18 => "MSR, MRS or System instruction",
        0x20 => "Instruction Abort, lower EL",
        0x21 => "Instruction Abort, same EL",
        0x22 => "PC alignment",
        0x24 => "Data Abort, lower EL",
        0x25 => "Data Abort, same EL",
        0x26 => "SP alignment",
        0x32 => "Software Step, lower EL",
        0x33 => "Software Step, same EL",
        0x3c => "BRK",
        _ => "other",
    }
}

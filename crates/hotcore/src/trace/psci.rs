//! The names of firmware calls and of what they return (Arm DEN0022, DEN0028; DEN0098
//! for random numbers), and of the one that is ours.

/// Bit 30 of a function identifier: arguments are 64 bits wide.
const SMC64: u32 = 1 << 30;

/// The function of an identifier, in either width.
pub(super) fn function(identifier: u32) -> Option<&'static str> {
    Some(match identifier & !SMC64 {
        0x8000_0000 => "SMCCC_VERSION",
        0x8000_0001 => "SMCCC_ARCH_FEATURES",
        0x8300_0000 => "HAND_BACK",
        0x8400_0000 => "PSCI_VERSION",
        0x8400_0001 => "CPU_SUSPEND",
        0x8400_0002 => "CPU_OFF",
        0x8400_0003 => "CPU_ON",
        0x8400_0004 => "AFFINITY_INFO",
        0x8400_0005 => "MIGRATE",
        0x8400_0006 => "MIGRATE_INFO_TYPE",
        0x8400_0008 => "SYSTEM_OFF",
        0x8400_0009 => "SYSTEM_RESET",
        0x8400_000a => "PSCI_FEATURES",
        0x8400_000e => "SYSTEM_SUSPEND",
        0x8400_0012 => "SYSTEM_RESET2",
        0x8400_0050 => "TRNG_VERSION",
        0x8600_ff01 => "VENDOR_HYP_CALL_UID",
        _ => return None,
    })
}

/// A negative result: an error code.
pub(super) fn error(result: u64) -> Option<&'static str> {
    Some(match result.cast_signed() {
        -1 => "NOT_SUPPORTED",
        -2 => "INVALID_PARAMETERS",
        -3 => "DENIED",
        -4 => "ALREADY_ON",
        -5 => "ON_PENDING",
        -6 => "INTERNAL_FAILURE",
        -9 => "INVALID_ADDRESS",
        _ => return None,
    })
}

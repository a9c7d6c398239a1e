//! The Power State Coordination Interface, version 1.2, as a guest with hot-pluggable CPUs needs it.

use core::time::Duration;

use hotcore_vcpu::{Ledger, Mpidr, Power, PowerError, VcpuEntry, VcpuIndex};

use crate::Call;

/// What PSCI_VERSION answers: 1.2, the version whose CPU_ON may answer DENIED.
pub const PSCI_VERSION: u32 = 1 << 16 | 2;
/// What SMCCC_VERSION answers: 1.1.
const SMCCC_VERSION: u32 = 1 << 16 | 1;

/// Function identifiers, in their 32-bit form.
pub(crate) mod function {
    pub(crate) const SMCCC_VERSION: u32 = 0x8000_0000;
    pub(crate) const SMCCC_ARCH_FEATURES: u32 = 0x8000_0001;
    pub(crate) const VERSION: u32 = 0x8400_0000;
    pub(crate) const CPU_SUSPEND: u32 = 0x8400_0001;
    pub(crate) const CPU_OFF: u32 = 0x8400_0002;
    pub(crate) const CPU_ON: u32 = 0x8400_0003;
    pub(crate) const AFFINITY_INFO: u32 = 0x8400_0004;
    pub(crate) const MIGRATE_INFO_TYPE: u32 = 0x8400_0006;
    pub(crate) const SYSTEM_OFF: u32 = 0x8400_0008;
    pub(crate) const SYSTEM_RESET: u32 = 0x8400_0009;
    pub(crate) const FEATURES: u32 = 0x8400_000a;
    pub(crate) const SYSTEM_RESET2: u32 = 0x8400_0012;
}

/// Functions that exist only with 32-bit arguments.
const ONLY_32: [u32; 8] = [
    function::SMCCC_VERSION,
    function::SMCCC_ARCH_FEATURES,
    function::VERSION,
    function::CPU_OFF,
    function::MIGRATE_INFO_TYPE,
    function::SYSTEM_OFF,
    function::SYSTEM_RESET,
    function::FEATURES,
];
/// Functions that exist with both widths.
const BOTH: [u32; 4] =
    [function::CPU_SUSPEND, function::CPU_ON, function::AFFINITY_INFO, function::SYSTEM_RESET2];

/// PSCI return codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
enum Code {
    Success = 0,
    NotSupported = -1,
    InvalidParameters = -2,
    Denied = -3,
    AlreadyOn = -4,
    OnPending = -5,
}

impl Code {
    /// In X0 a code is sign-extended to 64 bits, whichever the width of the call.
    fn reply(self) -> Reply {
        Reply::Return(i64::from(self as i32).cast_unsigned())
    }
}

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// Put this into X0 and go on.
    Return(u64),
    /// Put success into X0, and let the vCPU wait for an interrupt before it goes on.
    Standby,
    /// Park this vCPU, then tell the ledger. The call does not return.
    CpuOff,
    /// Power the machine off. The call does not return.
    SystemOff,
    /// Reset the machine. The call does not return.
    SystemReset,
}

/// Answers a call. A vCPU that has to start is an output of the ledger.
///
/// ```
/// use core::time::Duration;
/// use hotcore_firmware::{Call, Reply, call};
/// use hotcore_vcpu::{CpuPolicy, Ledger};
///
/// let boot = CpuPolicy { enabled: true, removable: false };
/// let absent = CpuPolicy { enabled: false, removable: true };
/// let mut ledger = Ledger::new(&[boot, absent])?;
/// let cpu_on = Call { function: 0xc400_0003, args: [1, 0x4000_0000, 0], big_endian: false };
/// assert_eq!(call(&mut ledger, &cpu_on, Duration::ZERO), Reply::Return(-3i64 as u64));
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
pub fn call(ledger: &mut Ledger, call: &Call, now: Duration) -> Reply {
    if !is_implemented(call.function) {
        return not_supported();
    }
    match call.function32() {
        function::SMCCC_VERSION => Reply::Return(SMCCC_VERSION.into()),
        function::SMCCC_ARCH_FEATURES => arch_features(call.arg(0) as u32).reply(),
        function::VERSION => Reply::Return(PSCI_VERSION.into()),
        // A power-down request may be answered as a standby one: the context is kept, which is more
        // than was promised (DEN0022, CPU_SUSPEND).
        function::CPU_SUSPEND => Reply::Standby,
        function::CPU_OFF => Reply::CpuOff,
        function::CPU_ON => cpu_on(ledger, call, now).reply(),
        function::AFFINITY_INFO => affinity_info(ledger, call),
        // 2: there is no Trusted OS that would have to be migrated.
        function::MIGRATE_INFO_TYPE => Reply::Return(2),
        function::SYSTEM_OFF => Reply::SystemOff,
        function::SYSTEM_RESET => Reply::SystemReset,
        function::FEATURES => features(call.arg(0) as u32).reply(),
        function::SYSTEM_RESET2 => system_reset2(call),
        _ => Code::NotSupported.reply(),
    }
}

/// Whether a call is one about the power of single CPUs, or asks about such a function.
pub(crate) fn is_about_cpus(call: &Call) -> bool {
    const ABOUT_CPUS: [u32; 4] =
        [function::CPU_SUSPEND, function::CPU_OFF, function::CPU_ON, function::AFFINITY_INFO];
    let name = match call.function32() {
        function::FEATURES => Call { function: call.arg(0) as u32, ..*call }.function32(),
        name => name,
    };
    ABOUT_CPUS.contains(&name)
}

pub(crate) fn not_supported() -> Reply {
    Code::NotSupported.reply()
}

pub(crate) fn invalid_parameters() -> Reply {
    Code::InvalidParameters.reply()
}

fn is_implemented(function: u32) -> bool {
    let call = Call { function, args: [0; 3], big_endian: false };
    let name = call.function32();
    BOTH.contains(&name) || (ONLY_32.contains(&name) && !call.is_64())
}

fn features(function: u32) -> Code {
    if is_implemented(function) { Code::Success } else { Code::NotSupported }
}

fn arch_features(function: u32) -> Code {
    match function {
        function::SMCCC_VERSION | function::SMCCC_ARCH_FEATURES => Code::Success,
        _ => Code::NotSupported,
    }
}

fn cpu_on(ledger: &mut Ledger, call: &Call, now: Duration) -> Code {
    let Ok(target) = Mpidr::from_bits(call.arg(0)) else { return Code::InvalidParameters };
    let entry = VcpuEntry { pc: call.arg(1), context: call.arg(2), big_endian: call.big_endian };
    match ledger.cpu_on(target, entry, now) {
        Ok(_) => Code::Success,
        Err(PowerError::NoSuchCpu) => Code::InvalidParameters,
        Err(PowerError::Denied) => Code::Denied,
        Err(PowerError::AlreadyOn) => Code::AlreadyOn,
        Err(PowerError::OnPending) => Code::OnPending,
    }
}

/// The most powered-up of the CPUs that share the affinity above `lowest level`.
fn affinity_info(ledger: &Ledger, call: &Call) -> Reply {
    let (Ok(target), level @ 0..=3) = (Mpidr::from_bits(call.arg(0)), call.arg(1)) else {
        return Code::InvalidParameters.reply();
    };
    let ignored = (1u64 << (8 * level)) - 1;
    let matches = |cpu: VcpuIndex| Mpidr::of(cpu).bits() & !ignored == target.bits() & !ignored;
    let state = ledger
        .cpus()
        .filter(|(index, _)| matches(*index))
        .map(|(_, cpu)| match cpu.power {
            Power::On => 0,
            Power::Off => 1,
            Power::OnPending => 2,
        })
        .min_by_key(|&state| [0, 2, 1].iter().position(|&s| s == state));
    state.map_or(Code::InvalidParameters.reply(), Reply::Return)
}

/// Reset type 0 is the architectural warm reset; there are no others here.
fn system_reset2(call: &Call) -> Reply {
    if call.arg(0) == 0 { Reply::SystemReset } else { Code::InvalidParameters.reply() }
}

#[cfg(test)]
mod tests;

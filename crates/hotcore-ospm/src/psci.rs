//! A client of the Power State Coordination Interface (guest contract §2.5).

use crate::{Conduit, Entry, Fault, Mpidr, Os};

/// Function identifiers, in their 32-bit form; bit 30 makes the 64-bit one.
mod function {
    pub(super) const VERSION: u32 = 0x8400_0000;
    pub(super) const CPU_OFF: u32 = 0x8400_0002;
    pub(super) const CPU_ON: u32 = 0x8400_0003;
    pub(super) const AFFINITY_INFO: u32 = 0x8400_0004;
    pub(super) const MIGRATE_INFO_TYPE: u32 = 0x8400_0006;
    pub(super) const SYSTEM_OFF: u32 = 0x8400_0008;
    pub(super) const SYSTEM_RESET: u32 = 0x8400_0009;
    pub(super) const FEATURES: u32 = 0x8400_000a;
    pub(super) const SYSTEM_RESET2: u32 = 0x8400_0012;
    pub(super) const SMC64: u32 = 1 << 30;
}

/// Why a call of PSCI did nothing: its return codes by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum PsciError {
    /// −1: there is no such function.
    #[error("NOT_SUPPORTED")]
    NotSupported,
    /// −2: no such CPU, among others.
    #[error("INVALID_PARAMETERS")]
    InvalidParameters,
    /// −3: policy. Of CPU_ON: this CPU is not enabled at present.
    #[error("DENIED")]
    Denied,
    /// −4: the CPU is on.
    #[error("ALREADY_ON")]
    AlreadyOn,
    /// −5: the CPU is about to be on.
    #[error("ON_PENDING")]
    OnPending,
    /// −6.
    #[error("INTERNAL_FAILURE")]
    InternalFailure,
    /// −7.
    #[error("NOT_PRESENT")]
    NotPresent,
    /// −8.
    #[error("DISABLED")]
    Disabled,
    /// −9: no code can be there.
    #[error("INVALID_ADDRESS")]
    InvalidAddress,
    /// A code that no version of PSCI knows, or a positive value where none is expected.
    #[error("unknown code {0}")]
    Unknown(i32),
    /// The call could not be made.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl PsciError {
    /// The return code; of a call that could not be made, NOT_SUPPORTED's.
    pub const fn code(self) -> i32 {
        match self {
            Self::NotSupported | Self::Fault(_) => -1,
            Self::InvalidParameters => -2,
            Self::Denied => -3,
            Self::AlreadyOn => -4,
            Self::OnPending => -5,
            Self::InternalFailure => -6,
            Self::NotPresent => -7,
            Self::Disabled => -8,
            Self::InvalidAddress => -9,
            Self::Unknown(code) => code,
        }
    }

    fn from_code(code: i32) -> Self {
        match code {
            -1 => Self::NotSupported,
            -2 => Self::InvalidParameters,
            -3 => Self::Denied,
            -4 => Self::AlreadyOn,
            -5 => Self::OnPending,
            -6 => Self::InternalFailure,
            -7 => Self::NotPresent,
            -8 => Self::Disabled,
            -9 => Self::InvalidAddress,
            other => Self::Unknown(other),
        }
    }
}

/// The version of PSCI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// Before the dot.
    pub major: u16,
    /// After it.
    pub minor: u16,
}

/// What AFFINITY_INFO says of a CPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AffinityInfo {
    /// 0: ON.
    On,
    /// 1: OFF.
    Off,
    /// 2: ON_PENDING.
    OnPending,
}

/// Which form of a function that exists in both is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Convention {
    /// 32-bit arguments.
    Smc32,
    /// 64-bit arguments.
    #[default]
    Smc64,
}

/// PSCI as the firmware offers it.
///
/// ```
/// use hotcore_ospm::{Os, Psci, PsciError};
///
/// fn power_off(os: &mut impl Os, psci: Psci) -> PsciError {
///     psci.system_off(os) // returns only if the firmware has no such function
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Psci {
    /// The instruction that calls it.
    pub conduit: Conduit,
    /// The form of CPU_ON and AFFINITY_INFO.
    pub convention: Convention,
}

impl Psci {
    /// PSCI behind this instruction, called in its 64-bit form.
    pub const fn new(conduit: Conduit) -> Self {
        Self { conduit, convention: Convention::Smc64 }
    }

    /// PSCI_VERSION.
    pub fn version<O: Os + ?Sized>(self, os: &mut O) -> Result<Version, PsciError> {
        let value = self.value(os, function::VERSION, [0; 3])?;
        Ok(Version { major: (value >> 16) as u16, minor: value as u16 })
    }

    /// PSCI_FEATURES: the features of `function`, an identifier of PSCI or of the SMC Calling Convention.
    /// [`PsciError::NotSupported`]: there is no such function.
    pub fn features<O: Os + ?Sized>(self, os: &mut O, function: u32) -> Result<u32, PsciError> {
        self.value(os, function::FEATURES, [function.into(), 0, 0])
    }

    /// CPU_ON: starts `target` at `entry`.
    pub fn cpu_on<O: Os + ?Sized>(
        self,
        os: &mut O,
        target: Mpidr,
        entry: Entry,
    ) -> Result<(), PsciError> {
        let arguments = [target.bits(), entry.address, entry.context];
        self.done(os, self.either(function::CPU_ON), arguments)
    }

    /// CPU_OFF, of the CPU that calls: returns only if it was not done, such as [`PsciError::Denied`] where a
    /// Trusted OS lives.
    pub fn cpu_off<O: Os + ?Sized>(self, os: &mut O) -> PsciError {
        self.never(os, function::CPU_OFF, [0; 3])
    }

    /// AFFINITY_INFO of one CPU (the lowest affinity level is 0).
    pub fn affinity_info<O: Os + ?Sized>(
        self,
        os: &mut O,
        target: Mpidr,
    ) -> Result<AffinityInfo, PsciError> {
        let id = self.either(function::AFFINITY_INFO);
        match self.value(os, id, [target.bits(), 0, 0])? {
            0 => Ok(AffinityInfo::On),
            1 => Ok(AffinityInfo::Off),
            2 => Ok(AffinityInfo::OnPending),
            other => Err(PsciError::Unknown(other.cast_signed())),
        }
    }

    /// MIGRATE_INFO_TYPE: 0 and 1, a Trusted OS lives on one CPU; 2, there is none, or it needs no
    /// migration.
    pub fn migrate_info_type<O: Os + ?Sized>(self, os: &mut O) -> Result<u32, PsciError> {
        self.value(os, function::MIGRATE_INFO_TYPE, [0; 3])
    }

    /// SYSTEM_OFF: returns only if it was not done.
    pub fn system_off<O: Os + ?Sized>(self, os: &mut O) -> PsciError {
        self.never(os, function::SYSTEM_OFF, [0; 3])
    }

    /// SYSTEM_RESET: returns only if it was not done.
    pub fn system_reset<O: Os + ?Sized>(self, os: &mut O) -> PsciError {
        self.never(os, function::SYSTEM_RESET, [0; 3])
    }

    /// SYSTEM_RESET2 with a reset type and a cookie: returns only if it was not done.
    pub fn system_reset2<O: Os + ?Sized>(self, os: &mut O, kind: u32, cookie: u64) -> PsciError {
        self.never(os, self.either(function::SYSTEM_RESET2), [kind.into(), cookie, 0])
    }

    fn either(self, function: u32) -> u32 {
        match self.convention {
            Convention::Smc32 => function,
            Convention::Smc64 => function | function::SMC64,
        }
    }

    /// The answer's lower half: a negative code is an error in either convention.
    fn value<O: Os + ?Sized>(
        self,
        os: &mut O,
        function: u32,
        [x1, x2, x3]: [u64; 3],
    ) -> Result<u32, PsciError> {
        let answer = os.call(self.conduit, [function.into(), x1, x2, x3])? as u32;
        match answer.cast_signed() {
            code @ ..0 => Err(PsciError::from_code(code)),
            _ => Ok(answer),
        }
    }

    fn done<O: Os + ?Sized>(self, os: &mut O, id: u32, x: [u64; 3]) -> Result<(), PsciError> {
        match self.value(os, id, x)? {
            0 => Ok(()),
            other => Err(PsciError::Unknown(other.cast_signed())),
        }
    }

    fn never<O: Os + ?Sized>(self, os: &mut O, id: u32, x: [u64; 3]) -> PsciError {
        match self.value(os, id, x) {
            Ok(value) => PsciError::Unknown(value.cast_signed()),
            Err(error) => error,
        }
    }
}

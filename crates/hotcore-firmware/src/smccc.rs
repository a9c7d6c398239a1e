//! The calling convention: function identifiers and arguments (Arm DEN0028).

use hotcore_vcpu::{Mpidr, VcpuIndex};

/// An SMCCC call of a guest.
///
/// ```text
/// function:  31    30    29..24   23..16  15..0
///          +------+-----+-------+-------+--------+
///          | fast | 64  | owner |   0   | number |   owner 4: standard secure service (PSCI)
///          +------+-----+-------+-------+--------+
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// W0.
    pub function: u32,
    /// X1, X2, X3.
    pub args: [u64; 3],
    /// Data endianness of the caller, which a CPU that it brings up inherits.
    pub big_endian: bool,
}

/// Bit 30 of a function identifier: arguments are 64 bits wide.
const SMC64: u32 = 1 << 30;

impl Call {
    /// Whether this is PSCI CPU_ON, in either convention.
    pub fn is_cpu_on(&self) -> bool {
        self.function32() == crate::psci::function::CPU_ON
    }

    /// The CPU of which PSCI AFFINITY_INFO is to tell the state, if that is what this asks, and of one CPU.
    pub fn asks_state_of(&self) -> Option<VcpuIndex> {
        if self.function32() != crate::psci::function::AFFINITY_INFO || self.arg(1) != 0 {
            return None;
        }
        Mpidr::from_bits(self.arg(0)).ok()?.index()
    }

    /// The function identifier without its width: both conventions of a function compare equal.
    pub(crate) fn function32(&self) -> u32 {
        self.function & !SMC64
    }

    /// An argument; in a 32-bit call the upper halves of the registers mean nothing.
    pub(crate) fn arg(&self, index: usize) -> u64 {
        let value = self.args.get(index).copied().unwrap_or(0);
        if self.is_64() { value } else { value & 0xffff_ffff }
    }

    pub(crate) fn is_64(&self) -> bool {
        self.function & SMC64 != 0
    }
}

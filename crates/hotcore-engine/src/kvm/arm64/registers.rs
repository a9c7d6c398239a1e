//! Names of vCPU registers in KVM's `ONE_REG` interface (Linux `Documentation/virt/kvm/api.rst`,
//! "4.68 KVM_SET_ONE_REG", arm64), and access to the 64-bit ones.

use std::mem::offset_of;

use kvm_bindings::{
    KVM_REG_ARM_CORE, KVM_REG_ARM64, KVM_REG_ARM64_SYSREG, KVM_REG_SIZE_U32, KVM_REG_SIZE_U64,
    KVM_REG_SIZE_U128, kvm_regs,
};
use kvm_ioctls::VcpuFd;
use vmm_sys_util::errno;

/// A 64-bit register of a vCPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Register(u64);

impl Register {
    pub(super) const X0: Self = Self::core(offset_of!(kvm_regs, regs.regs));
    pub(super) const X1: Self = Self::core(offset_of!(kvm_regs, regs.regs) + 8);
    pub(super) const X2: Self = Self::core(offset_of!(kvm_regs, regs.regs) + 16);
    pub(super) const X3: Self = Self::core(offset_of!(kvm_regs, regs.regs) + 24);
    pub(super) const PC: Self = Self::core(offset_of!(kvm_regs, regs.pc));
    pub(super) const PSTATE: Self = Self::core(offset_of!(kvm_regs, regs.pstate));
    pub(super) const MPIDR_EL1: Self = SystemRegister::new(3, 0, 0, 0, 5).register();
    pub(super) const SCTLR_EL1: Self = SystemRegister::new(3, 0, 1, 0, 0).register();

    pub(super) const TTBR0_EL1: Self = SystemRegister::new(3, 0, 2, 0, 0).register();
    pub(super) const TTBR1_EL1: Self = SystemRegister::new(3, 0, 2, 0, 1).register();
    pub(super) const TCR_EL1: Self = SystemRegister::new(3, 0, 2, 0, 2).register();
    pub(super) const SP_EL0: Self = Self::core(offset_of!(kvm_regs, regs.sp));
    pub(super) const SP_EL1: Self = Self::core(offset_of!(kvm_regs, sp_el1));

    /// X0 to X30.
    pub(super) const fn x(number: usize) -> Self {
        Self::core(offset_of!(kvm_regs, regs.regs) + 8 * (number % 31))
    }

    /// A core register: numbered by its offset in `struct kvm_regs`, in 32-bit words.
    const fn core(offset: usize) -> Self {
        let words = offset as u64 / 4;
        Self(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE as u64 | words)
    }

    pub(super) fn read(self, vcpu: &VcpuFd) -> Result<u64, errno::Error> {
        let mut value = [0; 8];
        vcpu.get_one_reg(self.0, &mut value)?;
        Ok(u64::from_ne_bytes(value))
    }

    pub(super) fn write(self, vcpu: &VcpuFd, value: u64) -> Result<(), errno::Error> {
        vcpu.set_one_reg(self.0, &value.to_ne_bytes()).map(drop)
    }
}

/// A SIMD&FP register of a vCPU, or FPSR or FPCR, of `SIZE` bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FpRegister<const SIZE: usize>(u64);

impl FpRegister<16> {
    /// V0 to V31.
    pub(super) const fn v(number: usize) -> Self {
        Self::at(offset_of!(kvm_regs, fp_regs.vregs) + 16 * (number % 32), KVM_REG_SIZE_U128)
    }
}

impl FpRegister<4> {
    pub(super) const FPSR: Self = Self::at(offset_of!(kvm_regs, fp_regs.fpsr), KVM_REG_SIZE_U32);
    pub(super) const FPCR: Self = Self::at(offset_of!(kvm_regs, fp_regs.fpcr), KVM_REG_SIZE_U32);
}

impl<const SIZE: usize> FpRegister<SIZE> {
    const fn at(offset: usize, size: u64) -> Self {
        let words = offset as u64 / 4;
        Self(KVM_REG_ARM64 | size | KVM_REG_ARM_CORE as u64 | words)
    }

    pub(super) fn read(self, vcpu: &VcpuFd) -> Result<[u8; SIZE], errno::Error> {
        let mut value = [0; SIZE];
        vcpu.get_one_reg(self.0, &mut value)?;
        Ok(value)
    }

    pub(super) fn write(self, vcpu: &VcpuFd, value: [u8; SIZE]) -> Result<(), errno::Error> {
        vcpu.set_one_reg(self.0, &value).map(drop)
    }
}

/// A system register by its MRS encoding (Arm ARM, "System register encoding space").
///
/// ```text
///  15 14 13  11 10   7 6    3 2    0
/// +-----+------+------+------+------+
/// | op0 | op1  | CRn  | CRm  | op2  |
/// +-----+------+------+------+------+
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SystemRegister(u16);

impl SystemRegister {
    pub(super) const fn new(op0: u16, op1: u16, crn: u16, crm: u16, op2: u16) -> Self {
        Self(op0 << 14 | op1 << 11 | crn << 7 | crm << 3 | op2)
    }

    pub(super) const fn encoding(self) -> u16 {
        self.0
    }

    const fn register(self) -> Register {
        Register(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM64_SYSREG as u64 | self.0 as u64)
    }
}

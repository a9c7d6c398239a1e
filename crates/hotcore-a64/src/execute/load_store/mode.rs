//! Addressing modes: where an access goes, and what becomes of its base register.
//!
//! Every mode that has a base is generic over whether the base is the SP, which may have to be
//! aligned (Arm ARM, CheckSPAlignment).

use crate::cpu::{Cpu, SP};
use crate::exception::{Class, Exception};
use crate::memory::{Width, access};
use crate::step::Step;
use crate::trap::{Done, Trapped};

/// An addressing mode.
pub(super) trait Mode: 'static {
    /// The address of the access.
    fn address(cpu: &mut Cpu, step: &Step) -> Result<u64, Trapped>;

    /// Loads with the permissions of the mode.
    #[inline(always)]
    fn load<T: Width>(cpu: &mut Cpu, address: u64) -> Result<T, Trapped> {
        access::load(cpu, address)
    }

    /// Stores with the permissions of the mode.
    #[inline(always)]
    fn store<T: Width>(cpu: &mut Cpu, address: u64, value: T) -> Done {
        access::store(cpu, address, value)
    }

    /// Updates the base register, once the access to `address` has succeeded.
    #[inline(always)]
    fn write_back(_cpu: &mut Cpu, _step: &Step, _address: u64) {}
}

/// `[base, #imm]`
pub(super) struct Offset<const IS_SP: bool>;

/// `[base, #imm]`, with the permissions of EL0 whoever executes it (LDTR, STTR).
pub(super) struct Unprivileged<const IS_SP: bool>;

/// `[base, #imm]!`
pub(super) struct Pre<const IS_SP: bool>;

/// `[base], #imm`
pub(super) struct Post<const IS_SP: bool>;

/// `[base, Rm, EXTEND #a]`, where `EXTEND` is one of the constants below.
pub(super) struct Register<const IS_SP: bool, const EXTEND: u8>;

/// Rm is a doubleword: LSL, SXTX.
pub(super) const WHOLE: u8 = 0;
/// Rm is a word: UXTW.
pub(super) const UNSIGNED: u8 = 1;
/// Rm is a word: SXTW.
pub(super) const SIGNED: u8 = 2;

/// `imm` bytes from the beginning of the block.
pub(super) struct Literal;

impl<const IS_SP: bool> Mode for Offset<IS_SP> {
    #[inline(always)]
    fn address(cpu: &mut Cpu, step: &Step) -> Result<u64, Trapped> {
        Ok(base::<IS_SP>(cpu, step)?.wrapping_add(step.imm))
    }
}

impl<const IS_SP: bool> Mode for Unprivileged<IS_SP> {
    #[inline(always)]
    fn address(cpu: &mut Cpu, step: &Step) -> Result<u64, Trapped> {
        Offset::<IS_SP>::address(cpu, step)
    }

    #[inline(always)]
    fn load<T: Width>(cpu: &mut Cpu, address: u64) -> Result<T, Trapped> {
        access::load_unprivileged(cpu, address)
    }

    #[inline(always)]
    fn store<T: Width>(cpu: &mut Cpu, address: u64, value: T) -> Done {
        access::store_unprivileged(cpu, address, value)
    }
}

impl<const IS_SP: bool> Mode for Pre<IS_SP> {
    #[inline(always)]
    fn address(cpu: &mut Cpu, step: &Step) -> Result<u64, Trapped> {
        Ok(base::<IS_SP>(cpu, step)?.wrapping_add(step.imm))
    }

    #[inline(always)]
    fn write_back(cpu: &mut Cpu, step: &Step, address: u64) {
        cpu.set_x(step.n, address);
    }
}

impl<const IS_SP: bool> Mode for Post<IS_SP> {
    #[inline(always)]
    fn address(cpu: &mut Cpu, step: &Step) -> Result<u64, Trapped> {
        base::<IS_SP>(cpu, step)
    }

    #[inline(always)]
    fn write_back(cpu: &mut Cpu, step: &Step, address: u64) {
        cpu.set_x(step.n, address.wrapping_add(step.imm));
    }
}

impl<const IS_SP: bool, const EXTEND: u8> Mode for Register<IS_SP, EXTEND> {
    #[inline(always)]
    fn address(cpu: &mut Cpu, step: &Step) -> Result<u64, Trapped> {
        let offset = match EXTEND {
            UNSIGNED => cpu.w(step.m) as u64,
            SIGNED => (cpu.w(step.m).cast_signed() as i64).cast_unsigned(),
            _ => cpu.x(step.m),
        };
        Ok(base::<IS_SP>(cpu, step)?.wrapping_add(offset << (step.a & 63)))
    }
}

impl Mode for Literal {
    #[inline(always)]
    fn address(cpu: &mut Cpu, step: &Step) -> Result<u64, Trapped> {
        Ok(cpu.pc.wrapping_add(step.imm))
    }
}

/// The base register of `step`, which is the SP where `IS_SP` says so.
#[inline(always)]
pub(in crate::execute) fn base<const IS_SP: bool>(
    cpu: &mut Cpu,
    step: &Step,
) -> Result<u64, Trapped> {
    if !IS_SP {
        return Ok(cpu.x(step.n));
    }
    let address = cpu.x(SP);
    if address & 15 != 0 {
        check_sp_alignment(cpu)?;
    }
    Ok(address)
}

/// The SP is not aligned: does it matter?
#[cold]
#[inline(never)]
fn check_sp_alignment(cpu: &mut Cpu) -> Done {
    if cpu.system.sp_alignment_checked(cpu.level) {
        return Err(cpu.raise(Exception::new(Class::SpAlignment)));
    }
    Ok(())
}

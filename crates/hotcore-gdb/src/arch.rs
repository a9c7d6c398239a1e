//! AArch64 in gdb's words: its registers in the order of `aarch64.xml`, as gdb numbers them.
//!
//! ```text
//! 0-30 x0-x30 | 31 sp | 32 pc | 33 cpsr (32 bits) | 34-65 v0-v31 (128 bits) | 66 fpsr | 67 fpcr (32 bits)
//! ```
//! `gdbstub_arch` has an AArch64 too. It is not used: it offers gdb every System register there is, and
//! exchanges FPSR and FPCR.

use std::num::NonZeroUsize;

use gdbstub::arch::{self, Arch};
use hotcore_engine::debug::Registers;

/// How many registers there are.
const COUNT: u8 = 68;

/// AArch64, little-endian.
pub(crate) enum AArch64 {}

impl Arch for AArch64 {
    type Usize = u64;
    type Registers = General;
    type RegId = Register;
    type BreakpointKind = usize;

    fn target_description_xml() -> Option<&'static str> {
        Some(include_str!("aarch64.xml"))
    }
}

/// A register by gdb's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Register(u8);

impl Register {
    fn all() -> impl Iterator<Item = Self> {
        (0..COUNT).map(Self)
    }

    /// Bytes.
    pub(crate) fn size(self) -> usize {
        match self.0 {
            33 | 66.. => 4,
            34..=65 => 16,
            _ => 8,
        }
    }

    /// Its value in `registers`.
    pub(crate) fn get(self, registers: &Registers) -> u128 {
        match self.0 {
            number @ 0..=30 => registers.x[usize::from(number)].into(),
            31 => registers.sp.into(),
            32 => registers.pc.into(),
            33 => registers.pstate.into(),
            number @ 34..=65 => registers.v[usize::from(number - 34)],
            66 => registers.fpsr.into(),
            _ => registers.fpcr.into(),
        }
    }

    /// Sets it from `bytes`, lowest first; tells whether they are as many as it has.
    pub(crate) fn set(self, registers: &mut Registers, bytes: &[u8]) -> bool {
        if bytes.len() != self.size() {
            return false;
        }
        let value = bytes.iter().rev().fold(0, |value, &byte| value << 8 | u128::from(byte));
        match self.0 {
            number @ 0..=30 => registers.x[usize::from(number)] = value as u64,
            31 => registers.sp = value as u64,
            32 => registers.pc = value as u64,
            33 => registers.pstate = value as u64,
            number @ 34..=65 => registers.v[usize::from(number - 34)] = value,
            66 => registers.fpsr = value as u32,
            _ => registers.fpcr = value as u32,
        }
        true
    }
}

impl arch::RegId for Register {
    fn from_raw_id(id: usize) -> Option<(Self, Option<NonZeroUsize>)> {
        let register = Self(u8::try_from(id).ok().filter(|number| *number < COUNT)?);
        Some((register, NonZeroUsize::new(register.size())))
    }

    fn to_raw_id(&self) -> Option<usize> {
        Some(self.0.into())
    }
}

/// All of them, as the packets `g` and `G` have them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct General(pub(crate) Registers);

impl Default for General {
    fn default() -> Self {
        let (x, v) = ([0; 31], [0; 32]);
        Self(Registers { x, sp: 0, pc: 0, pstate: 0, v, fpcr: 0, fpsr: 0 })
    }
}

impl arch::Registers for General {
    type ProgramCounter = u64;

    fn pc(&self) -> u64 {
        self.0.pc
    }

    fn gdb_serialize(&self, mut write_byte: impl FnMut(Option<u8>)) {
        for register in Register::all() {
            let value = register.get(&self.0).to_le_bytes();
            value[..register.size()].iter().for_each(|&byte| write_byte(Some(byte)));
        }
    }

    fn gdb_deserialize(&mut self, bytes: &[u8]) -> Result<(), ()> {
        let mut rest = bytes;
        for register in Register::all() {
            let (bytes, others) = rest.split_at_checked(register.size()).ok_or(())?;
            register.set(&mut self.0, bytes);
            rest = others;
        }
        if rest.is_empty() { Ok(()) } else { Err(()) }
    }
}

#[cfg(test)]
mod tests {
    use gdbstub::arch::{RegId, Registers as _};
    use proptest::prelude::*;

    use super::*;

    fn bytes_of(general: &General) -> Vec<u8> {
        let mut bytes = Vec::new();
        general.gdb_serialize(|byte| bytes.extend(byte));
        bytes
    }

    #[test]
    fn the_description_lists_every_register_in_order() {
        let xml = AArch64::target_description_xml().unwrap();
        let sizes: Vec<usize> = xml
            .split("<reg ")
            .skip(1)
            .map(|reg| reg.split("bitsize=\"").nth(1).unwrap().split('"').next().unwrap())
            .map(|bits| bits.parse::<usize>().unwrap() / 8)
            .collect();
        let expected: Vec<usize> = Register::all().map(Register::size).collect();
        assert_eq!(sizes, expected);
        let place = |name: &str| xml.find(&format!("<reg name=\"{name}\"")).unwrap();
        let names = ["x0", "x30", "sp", "pc", "cpsr", "v0", "v31", "fpsr", "fpcr"];
        assert!(names.map(place).is_sorted());
    }

    #[test]
    fn other_numbers_are_no_registers() {
        assert!(Register::from_raw_id(67).is_some());
        for id in [68, 255, 256, 0xc000, usize::MAX] {
            assert!(Register::from_raw_id(id).is_none(), "{id}");
        }
    }

    #[test]
    fn what_has_another_length_is_refused() {
        let mut general = General::default();
        let bytes = bytes_of(&general);
        assert_eq!(bytes.len(), 31 * 8 + 8 + 8 + 4 + 32 * 16 + 8);
        assert!(general.gdb_deserialize(&bytes).is_ok());
        assert!(general.gdb_deserialize(&bytes[1..]).is_err());
        assert!(general.gdb_deserialize(&[bytes.as_slice(), &[0]].concat()).is_err());
        assert!(general.gdb_deserialize(&[]).is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(bytes in prop::collection::vec(any::<u8>(), 788)) {
            let mut general = General::default();
            prop_assert!(general.gdb_deserialize(&bytes).is_ok());
            prop_assert_eq!(bytes_of(&general), bytes);
        }
    }
}

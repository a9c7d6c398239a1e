//! The two widths of a general-purpose register: W, and X.

use std::ops::{BitAnd, BitOr, BitXor, Not};

use crate::cpu::Cpu;

/// `u32` or `u64`: what an instruction computes with, so that one function serves both widths.
pub(super) trait Word:
    Copy
    + Ord
    + BitAnd<Output = Self>
    + BitOr<Output = Self>
    + BitXor<Output = Self>
    + Not<Output = Self>
{
    /// 32 or 64.
    const BITS: u32;
    /// No bit is set.
    const ZERO: Self;

    /// Reads a register.
    fn read(cpu: &Cpu, slot: u8) -> Self;
    /// Writes a register, clearing the bits above the word.
    fn write(self, cpu: &mut Cpu, slot: u8);
    /// The low bits of `value`.
    fn low(value: u64) -> Self;
    /// The word in the high bits: bit 63 is its sign, and it is zero if the word is.
    fn high(self) -> u64;

    fn add(self, other: Self) -> Self;
    fn add_carry(self, other: Self, carry: bool) -> (Self, bool);
    fn sub(self, other: Self) -> Self;
    fn mul(self, other: Self) -> Self;
    fn unsigned_div(self, by: Self) -> Self;
    fn signed_div(self, by: Self) -> Self;
    /// Shifts by `by` modulo the width, as all of these do.
    fn shl(self, by: u32) -> Self;
    fn shr(self, by: u32) -> Self;
    fn signed_shr(self, by: u32) -> Self;
    fn ror(self, by: u32) -> Self;
    fn leading_zeros(self) -> Self;
    fn reverse_bits(self) -> Self;
    fn swap_bytes(self) -> Self;
}

macro_rules! word {
    ($unsigned:ident, $read:ident, $write:ident) => {
        impl Word for $unsigned {
            const BITS: u32 = $unsigned::BITS;
            const ZERO: Self = 0;

            #[inline(always)]
            fn read(cpu: &Cpu, slot: u8) -> Self {
                cpu.$read(slot)
            }

            #[inline(always)]
            fn write(self, cpu: &mut Cpu, slot: u8) {
                cpu.$write(slot, self);
            }

            #[inline(always)]
            fn low(value: u64) -> Self {
                value as $unsigned
            }

            #[inline(always)]
            fn high(self) -> u64 {
                (self as u64) << (64 - $unsigned::BITS)
            }

            #[inline(always)]
            fn add(self, other: Self) -> Self {
                self.wrapping_add(other)
            }

            #[inline(always)]
            fn add_carry(self, other: Self, carry: bool) -> (Self, bool) {
                let (sum, first) = self.overflowing_add(other);
                let (sum, second) = sum.overflowing_add(carry.into());
                (sum, first | second)
            }

            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                self.wrapping_sub(other)
            }

            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                self.wrapping_mul(other)
            }

            #[inline(always)]
            fn unsigned_div(self, by: Self) -> Self {
                self.checked_div(by).unwrap_or(0)
            }

            #[inline(always)]
            fn signed_div(self, by: Self) -> Self {
                if by == 0 {
                    return 0;
                }
                self.cast_signed().wrapping_div(by.cast_signed()).cast_unsigned()
            }

            #[inline(always)]
            fn shl(self, by: u32) -> Self {
                self.wrapping_shl(by)
            }

            #[inline(always)]
            fn shr(self, by: u32) -> Self {
                self.wrapping_shr(by)
            }

            #[inline(always)]
            fn signed_shr(self, by: u32) -> Self {
                self.cast_signed().wrapping_shr(by).cast_unsigned()
            }

            #[inline(always)]
            fn ror(self, by: u32) -> Self {
                self.rotate_right(by)
            }

            #[inline(always)]
            fn leading_zeros(self) -> Self {
                self.leading_zeros().into()
            }

            #[inline(always)]
            fn reverse_bits(self) -> Self {
                self.reverse_bits()
            }

            #[inline(always)]
            fn swap_bytes(self) -> Self {
                self.swap_bytes()
            }
        }
    };
}

word!(u32, w, set_w);
word!(u64, x, set_x);

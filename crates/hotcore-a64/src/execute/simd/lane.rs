//! Lanes: a register as integers of one size and signedness, and what instructions do with one.
//!
//! Arithmetic wraps unless its name says otherwise. The signed and the unsigned form of an
//! instruction are one function of a [`Lane`], instantiated for `i8` to `i64` or for `u8` to `u64`.
#![expect(clippy::cast_sign_loss, clippy::cast_possible_wrap, reason = "lanes are their bits")]

use std::ops::{BitAnd, BitOr, BitXor, Not};

/// An element of a vector.
pub(super) trait Lane:
    Copy
    + Ord
    + BitAnd<Output = Self>
    + BitOr<Output = Self>
    + BitXor<Output = Self>
    + Not<Output = Self>
{
    /// All lanes of 128 bits, the lowest first.
    type Lanes: Copy + AsRef<[Self]> + AsMut<[Self]>;
    /// The element of the same size and the other signedness.
    type Other: Lane<Other = Self>;

    /// Bits of an element.
    const BITS: u32;
    const ZERO: Self;
    const ONE: Self;
    const MIN: Self;
    const MAX: Self;

    /// The lanes of a register.
    fn split(register: &[u8; 16]) -> Self::Lanes;
    /// Puts lanes into a register.
    fn join(lanes: Self::Lanes, register: &mut [u8; 16]);
    /// The same value in every lane.
    fn splat(self) -> Self::Lanes;
    /// The low bits of a value.
    fn cut(value: u64) -> Self;
    /// Zero- or sign-extended to 64 bits.
    fn extend(self) -> u64;
    /// The same bits with the other signedness.
    fn other(self) -> Self::Other;

    fn plus(self, addend: Self) -> Self;
    fn minus(self, subtrahend: Self) -> Self;
    fn times(self, factor: Self) -> Self;
    fn absolute_difference(self, subtrahend: Self) -> Self;
    /// Shifted left, by any amount.
    fn left(self, by: u32) -> Self;
    /// Shifted right and truncated (towards minus infinity), by any amount.
    fn right(self, by: u32) -> Self;
    fn leading_zeros(self) -> Self;
    fn ones(self) -> Self;
    fn reversed(self) -> Self;

    fn saturating_plus(self, addend: Self) -> Self;
    fn saturating_minus(self, subtrahend: Self) -> Self;
    /// Adds a value of the other signedness; tells whether the result saturated.
    fn saturating_plus_other(self, addend: Self::Other) -> (Self, bool);

    /// All ones, or zero: the result of a comparison.
    #[inline(always)]
    fn mask(holds: bool) -> Self {
        if holds { !Self::ZERO } else { Self::ZERO }
    }
}

/// An element that has another of twice its size.
pub(super) trait Narrow: Lane {
    /// The element of twice the size and the same signedness.
    type Wide: Lane;

    /// The same value in twice the bits.
    fn widen(self) -> Self::Wide;
    /// The low half of a value.
    fn narrow(value: Self::Wide) -> Self;
}

macro_rules! lane {
    ($lane:ident $other:ident $count:literal $bytes:literal $plus_other:ident $overflowing:ident) => {
        impl Lane for $lane {
            type Lanes = [Self; $count];
            type Other = $other;

            const BITS: u32 = Self::BITS;
            const ZERO: Self = 0;
            const ONE: Self = 1;
            const MIN: Self = Self::MIN;
            const MAX: Self = Self::MAX;

            #[inline(always)]
            fn split(register: &[u8; 16]) -> Self::Lanes {
                let (chunks, _) = register.as_chunks::<$bytes>();
                let mut lanes = [0; $count];
                for at in 0..$count {
                    lanes[at] = Self::from_le_bytes(chunks[at]);
                }
                lanes
            }
            #[inline(always)]
            fn join(lanes: Self::Lanes, register: &mut [u8; 16]) {
                let (chunks, _) = register.as_chunks_mut::<$bytes>();
                for at in 0..$count {
                    chunks[at] = lanes[at].to_le_bytes();
                }
            }
            #[inline(always)]
            fn splat(self) -> Self::Lanes {
                [self; $count]
            }
            #[inline(always)]
            fn cut(value: u64) -> Self {
                value as Self
            }
            #[inline(always)]
            fn extend(self) -> u64 {
                self as u64
            }
            #[inline(always)]
            fn other(self) -> $other {
                self as $other
            }
            #[inline(always)]
            fn plus(self, addend: Self) -> Self {
                self.wrapping_add(addend)
            }
            #[inline(always)]
            fn minus(self, subtrahend: Self) -> Self {
                self.wrapping_sub(subtrahend)
            }
            #[inline(always)]
            fn times(self, factor: Self) -> Self {
                self.wrapping_mul(factor)
            }
            #[inline(always)]
            fn absolute_difference(self, subtrahend: Self) -> Self {
                self.max(subtrahend).wrapping_sub(self.min(subtrahend))
            }
            #[inline(always)]
            fn left(self, by: u32) -> Self {
                self.unbounded_shl(by)
            }
            #[inline(always)]
            fn right(self, by: u32) -> Self {
                self.unbounded_shr(by)
            }
            #[inline(always)]
            fn leading_zeros(self) -> Self {
                self.leading_zeros() as Self
            }
            #[inline(always)]
            fn ones(self) -> Self {
                self.count_ones() as Self
            }
            #[inline(always)]
            fn reversed(self) -> Self {
                self.reverse_bits()
            }
            #[inline(always)]
            fn saturating_plus(self, addend: Self) -> Self {
                self.saturating_add(addend)
            }
            #[inline(always)]
            fn saturating_minus(self, subtrahend: Self) -> Self {
                self.saturating_sub(subtrahend)
            }
            #[inline(always)]
            fn saturating_plus_other(self, addend: $other) -> (Self, bool) {
                (self.$plus_other(addend), self.$overflowing(addend).1)
            }
        }
    };
}

lane!(u8 i8 16 1 saturating_add_signed overflowing_add_signed);
lane!(u16 i16 8 2 saturating_add_signed overflowing_add_signed);
lane!(u32 i32 4 4 saturating_add_signed overflowing_add_signed);
lane!(u64 i64 2 8 saturating_add_signed overflowing_add_signed);
lane!(i8 u8 16 1 saturating_add_unsigned overflowing_add_unsigned);
lane!(i16 u16 8 2 saturating_add_unsigned overflowing_add_unsigned);
lane!(i32 u32 4 4 saturating_add_unsigned overflowing_add_unsigned);
lane!(i64 u64 2 8 saturating_add_unsigned overflowing_add_unsigned);

macro_rules! narrow {
    ($($narrow:ident $wide:ident),*) => { $(
        impl Narrow for $narrow {
            type Wide = $wide;

            #[inline(always)]
            fn widen(self) -> $wide {
                self.into()
            }
            #[inline(always)]
            fn narrow(value: $wide) -> Self {
                value as Self
            }
        }
    )* };
}

narrow!(u8 u16, u16 u32, u32 u64, i8 i16, i16 i32, i32 i64);

//! How many elements of which format an instruction takes.

use crate::decode::fields::{bit, q, sz};
use crate::step::Execute;

/// The elements of an operand: one, or those of the arrangement specifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arrangement {
    /// A single-precision scalar.
    S,
    /// A double-precision scalar.
    D,
    /// `2S`
    S2,
    /// `4S`
    S4,
    /// `2D`
    D2,
}

impl Arrangement {
    /// Of a scalar instruction, by `sz` or the low bit of `ptype`.
    pub(super) fn scalar(word: u32) -> Self {
        if sz(word) { Self::D } else { Self::S }
    }

    /// Of a vector instruction, by `sz` and `Q`.
    pub(super) fn vector(word: u32) -> Self {
        Self::of(sz(word), q(word))
    }

    /// Of a scalar fixed-point conversion, by `immh`.
    pub(super) fn fixed_scalar(word: u32) -> Self {
        if is_double(word) { Self::D } else { Self::S }
    }

    /// Of a vector fixed-point conversion, by `immh` and `Q`.
    pub(super) fn fixed_vector(word: u32) -> Self {
        Self::of(is_double(word), q(word))
    }

    fn of(double: bool, q: bool) -> Self {
        match (double, q) {
            (false, false) => Self::S2,
            (false, true) => Self::S4,
            (true, _) => Self::D2,
        }
    }
}

/// The function of a scalar instruction's format.
pub(super) fn sized(word: u32, double: Execute, single: Execute) -> Execute {
    if sz(word) { double } else { single }
}

/// Whether `immh` is 1xxx.
fn is_double(word: u32) -> bool {
    bit(word, 22)
}

/// `$run::<format, $operation, elements>` of an [`Arrangement`].
macro_rules! arranged {
    ($arrangement:expr, $run:ident::<$($operation:ident),+>) => {
        match $arrangement {
            $crate::execute::fp::arrangement::Arrangement::S => $run::<F32, $($operation,)+ 1>,
            $crate::execute::fp::arrangement::Arrangement::D => $run::<F64, $($operation,)+ 1>,
            $crate::execute::fp::arrangement::Arrangement::S2 => $run::<F32, $($operation,)+ 2>,
            $crate::execute::fp::arrangement::Arrangement::S4 => $run::<F32, $($operation,)+ 4>,
            $crate::execute::fp::arrangement::Arrangement::D2 => $run::<F64, $($operation,)+ 2>,
        }
    };
}

pub(super) use arranged;

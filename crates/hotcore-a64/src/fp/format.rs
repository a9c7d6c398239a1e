//! The three encodings and their special values (Arm ARM A1.4, shared/functions/float).

use std::cmp::Ordering;

/// A floating-point format. Values are bit patterns in the low [`BITS`](Self::BITS) bits of a
/// `u64`; the bits above must be zero.
///
/// | | sign | exponent | fraction |
/// |---|---|---|---|
/// | [`F16`] | 15 | 14:10 | 9:0 |
/// | [`F32`] | 31 | 30:23 | 22:0 |
/// | [`F64`] | 63 | 62:52 | 51:0 |
pub trait Format {
    /// Width of an encoding.
    const BITS: u32;
    /// Width of the fraction.
    const FRAC_BITS: u32;

    /// The sign bit.
    const SIGN: u64 = 1 << (Self::BITS - 1);
    /// The fraction field.
    const FRAC: u64 = (1 << Self::FRAC_BITS) - 1;
    /// The largest biased exponent: infinities and NaNs.
    const EXP_MAX: u64 = (1 << (Self::BITS - 1 - Self::FRAC_BITS)) - 1;
    /// The bit that tells a quiet NaN from a signalling one.
    const QUIET: u64 = 1 << (Self::FRAC_BITS - 1);
    /// The exponent of the smallest normal number.
    const MIN_EXP: i32 = 2 - (1 << (Self::BITS - 2 - Self::FRAC_BITS));
    /// Whether FPCR.FZ concerns this format: not half precision, which has its own FZ16.
    const FLUSHED_BY_FZ: bool = Self::BITS != 16;
    /// FPDefaultNaN.
    const DEFAULT_NAN: u64 = Self::EXP_MAX << Self::FRAC_BITS | Self::QUIET;

    /// The biased exponent of `op`.
    fn biased_exp(op: u64) -> u64 {
        op >> Self::FRAC_BITS & Self::EXP_MAX
    }

    /// Whether `op` is negative, or a zero or NaN with its sign bit set.
    fn sign(op: u64) -> bool {
        op & Self::SIGN != 0
    }

    /// Whether `op` is a NaN.
    fn is_nan(op: u64) -> bool {
        op & !Self::SIGN > Self::EXP_MAX << Self::FRAC_BITS
    }

    /// Whether `op` is a zero of either sign.
    fn is_zero(op: u64) -> bool {
        op & !Self::SIGN == 0
    }

    /// FPZero.
    fn zero(sign: bool) -> u64 {
        if sign { Self::SIGN } else { 0 }
    }

    /// FPInfinity.
    fn infinity(sign: bool) -> u64 {
        Self::zero(sign) | Self::EXP_MAX << Self::FRAC_BITS
    }

    /// FPMaxNormal.
    fn max_normal(sign: bool) -> u64 {
        Self::zero(sign) | ((Self::EXP_MAX << Self::FRAC_BITS) - 1)
    }

    /// FPTwo.
    fn two(sign: bool) -> u64 {
        Self::zero(sign) | (Self::EXP_MAX / 2 + 1) << Self::FRAC_BITS
    }

    /// FPOnePointFive.
    fn one_point_five(sign: bool) -> u64 {
        Self::zero(sign) | (Self::EXP_MAX / 2) << Self::FRAC_BITS | Self::QUIET
    }

    /// FPNeg: changes the sign, of a NaN too.
    fn neg(op: u64) -> u64 {
        op ^ Self::SIGN
    }

    /// FPAbs: clears the sign, of a NaN too.
    fn abs(op: u64) -> u64 {
        op & !Self::SIGN
    }
}

/// A format that has arithmetic in Armv8.0-A, and with the host: IEEE 754, to nearest even.
pub trait Arithmetic: Format {
    /// The host's sum.
    fn host_add(op1: u64, op2: u64) -> u64;
    /// The host's difference.
    fn host_sub(op1: u64, op2: u64) -> u64;
    /// The host's product.
    fn host_mul(op1: u64, op2: u64) -> u64;
    /// The host's quotient.
    fn host_div(op1: u64, op2: u64) -> u64;
    /// The host's square root.
    fn host_sqrt(op: u64) -> u64;
    /// The host's `op1 * op2 + addend`, rounded once.
    fn host_mul_add(addend: u64, op1: u64, op2: u64) -> u64;
    /// How the host compares two operands; `None` if one is a NaN.
    fn host_order(op1: u64, op2: u64) -> Option<Ordering>;
    /// The host's integer, rounded towards zero and saturated.
    fn host_to_integer(op: u64) -> i64;
    /// The host's nearest number.
    fn host_from_integer(value: i64) -> u64;
}

/// Half precision: conversions only.
#[derive(Debug, Clone, Copy)]
pub enum F16 {}

/// Single precision.
#[derive(Debug, Clone, Copy)]
pub enum F32 {}

/// Double precision.
#[derive(Debug, Clone, Copy)]
pub enum F64 {}

impl Format for F16 {
    const BITS: u32 = 16;
    const FRAC_BITS: u32 = 10;
}

impl Format for F32 {
    const BITS: u32 = 32;
    const FRAC_BITS: u32 = 23;
}

impl Format for F64 {
    const BITS: u32 = 64;
    const FRAC_BITS: u32 = 52;
}

macro_rules! host_arithmetic {
    ($format:ty, $host:ty, $from:expr, $to:expr) => {
        impl Arithmetic for $format {
            #[inline]
            fn host_add(op1: u64, op2: u64) -> u64 {
                $to($from(op1) + $from(op2))
            }

            #[inline]
            fn host_sub(op1: u64, op2: u64) -> u64 {
                $to($from(op1) - $from(op2))
            }

            #[inline]
            fn host_mul(op1: u64, op2: u64) -> u64 {
                $to($from(op1) * $from(op2))
            }

            #[inline]
            fn host_div(op1: u64, op2: u64) -> u64 {
                $to($from(op1) / $from(op2))
            }

            #[inline]
            fn host_sqrt(op: u64) -> u64 {
                $to(<$host>::sqrt($from(op)))
            }

            #[inline]
            fn host_mul_add(addend: u64, op1: u64, op2: u64) -> u64 {
                $to(<$host>::mul_add($from(op1), $from(op2), $from(addend)))
            }

            #[inline]
            fn host_order(op1: u64, op2: u64) -> Option<Ordering> {
                $from(op1).partial_cmp(&$from(op2))
            }

            #[inline]
            fn host_to_integer(op: u64) -> i64 {
                $from(op) as i64
            }

            #[inline]
            #[expect(clippy::cast_precision_loss, reason = "it rounds to the nearest")]
            fn host_from_integer(value: i64) -> u64 {
                $to(value as $host)
            }
        }
    };
}

host_arithmetic!(F32, f32, |op: u64| f32::from_bits(op as u32), |value: f32| u64::from(
    value.to_bits()
));
host_arithmetic!(F64, f64, f64::from_bits, f64::to_bits);

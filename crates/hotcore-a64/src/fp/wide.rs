//! Exact sums and products, before FPRound: finite numbers with room for a whole product.

use super::unpack::{Real, Unpacked};

/// A finite number: `significand * 2^(exp - 126)`. Bit 126 of the significand is its highest set
/// bit unless the number is zero; bits 20:0 are clear.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wide {
    sign: bool,
    exp: i32,
    significand: u128,
}

impl Wide {
    /// The exact value of a zero or finite operand.
    pub(super) fn new(operand: Unpacked) -> Self {
        let Real { sign, exp, significand } = operand.real;
        Self { sign, exp, significand: u128::from(significand) << 63 }
    }

    /// The exact product of two zero or finite operands. Significands have at most 53 bits, so
    /// that a product has 106.
    pub(super) fn product(op1: Unpacked, op2: Unpacked) -> Self {
        let sign = op1.sign() != op2.sign();
        let significand = u128::from(op1.real.significand) * u128::from(op2.real.significand);
        let exp = op1.real.exp + op2.real.exp;
        if significand >> 127 == 0 {
            return Self { sign, exp, significand };
        }
        Self { sign, exp: exp + 1, significand: significand >> 1 }
    }

    /// The same number with its sign changed.
    pub(super) fn negated(self) -> Self {
        Self { sign: !self.sign, ..self }
    }

    /// The sum, with what does not fit folded into bit 0; `None` for an exact zero.
    pub(super) fn plus(self, other: Self) -> Option<Real> {
        if self.significand == 0 {
            return other.real();
        }
        if other.significand == 0 {
            return self.real();
        }
        let (large, small) = if (self.exp, self.significand) >= (other.exp, other.significand) {
            (self, other)
        } else {
            (other, self)
        };
        let aligned = shift_right_jam(small.significand, large.exp.abs_diff(small.exp));
        let significand = if large.sign == small.sign {
            large.significand + aligned
        } else {
            large.significand - aligned
        };
        Self { significand, ..large }.real()
    }

    /// The number with what does not fit folded into bit 0; `None` for zero.
    pub(super) fn real(self) -> Option<Real> {
        if self.significand == 0 {
            return None;
        }
        let shift = self.significand.leading_zeros();
        let normal = self.significand << shift;
        let sticky = u64::from(normal as u64 != 0);
        Some(Real {
            sign: self.sign,
            exp: self.exp + 1 - shift.cast_signed(),
            significand: (normal >> 64) as u64 | sticky,
        })
    }
}

/// Shifts right, and sets bit 0 if a set bit was shifted out.
fn shift_right_jam(significand: u128, shift: u32) -> u128 {
    let shifted = significand.checked_shr(shift).unwrap_or(0);
    let lost = shifted.checked_shl(shift).unwrap_or(0) != significand;
    shifted | u128::from(lost)
}

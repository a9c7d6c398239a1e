//! What instructions do with one element, where it takes more than one operation of [`Lane`].
//!
//! A result that can saturate comes with whether it did, which sets FPSR.QC.

use super::lane::{Lane, Narrow};

/// Signed or unsigned saturating addition.
#[inline(always)]
pub(super) fn add<L: Lane>(n: L, m: L) -> (L, bool) {
    let sum = n.saturating_plus(m);
    (sum, sum != n.plus(m))
}

/// Signed or unsigned saturating subtraction.
#[inline(always)]
pub(super) fn sub<L: Lane>(n: L, m: L) -> (L, bool) {
    let difference = n.saturating_minus(m);
    (difference, difference != n.minus(m))
}

/// SHADD, UHADD: half the sum, truncated.
#[inline(always)]
pub(super) fn half_sum<L: Narrow>(n: L, m: L) -> L {
    L::narrow(n.widen().plus(m.widen()).right(1))
}

/// SRHADD, URHADD: half the sum, rounded.
#[inline(always)]
pub(super) fn half_sum_rounded<L: Narrow>(n: L, m: L) -> L {
    L::narrow(n.widen().plus(m.widen()).plus(L::Wide::ONE).right(1))
}

/// SHSUB, UHSUB: half the difference, truncated.
#[inline(always)]
pub(super) fn half_difference<L: Narrow>(n: L, m: L) -> L {
    L::narrow(n.widen().minus(m.widen()).right(1))
}

/// ABS.
#[inline(always)]
pub(super) fn abs<L: Lane>(n: L) -> L {
    if n < L::ZERO { L::ZERO.minus(n) } else { n }
}

/// SQABS.
#[inline(always)]
pub(super) fn saturating_abs<L: Lane>(n: L) -> (L, bool) {
    if n < L::ZERO { sub(L::ZERO, n) } else { (n, false) }
}

/// CLS of a signed element: copies of the sign below the sign.
#[inline(always)]
pub(super) fn sign_bits<L: Lane>(n: L) -> L {
    (n ^ n.left(1) | L::ONE).leading_zeros()
}

/// Shifted right and rounded to nearest, halves up; `by` is at least 1.
///
/// The last bit that is shifted out is what rounding adds. No sum of the Arm ARM's pseudocode, which has
/// unbounded integers, is needed.
#[inline(always)]
pub(super) fn right_rounded<L: Lane>(n: L, by: u32) -> L {
    n.right(by).plus(n.right(by.wrapping_sub(1)) & L::ONE)
}

/// Shifted left, saturated to the signedness of the element.
#[inline(always)]
pub(super) fn left_saturating<L: Lane>(n: L, by: u32) -> (L, bool) {
    let shifted = n.left(by);
    if shifted.right(by) == n {
        return (shifted, false);
    }
    (if n < L::ZERO { L::MIN } else { L::MAX }, true)
}

/// A signed element shifted left, saturated to an unsigned one: SQSHLU.
#[inline(always)]
pub(super) fn left_saturating_unsigned<L: Lane>(n: L, by: u32) -> (L, bool) {
    if n < L::ZERO {
        return (L::ZERO, true);
    }
    let (shifted, saturated) = left_saturating(n.other(), by);
    (shifted.other(), saturated)
}

/// SSHL, USHL: shifted by the signed byte at the bottom of `m`, to the left if it is positive.
#[inline(always)]
pub(super) fn shift<L: Lane>(n: L, m: L) -> L {
    let by = m.extend() as i8;
    let amount = u32::from(by.unsigned_abs());
    if by < 0 { n.right(amount) } else { n.left(amount) }
}

/// SRSHL, URSHL.
#[inline(always)]
pub(super) fn shift_rounded<L: Lane>(n: L, m: L) -> L {
    let by = m.extend() as i8;
    let amount = u32::from(by.unsigned_abs());
    if by < 0 { right_rounded(n, amount) } else { n.left(amount) }
}

/// SQSHL, UQSHL by register.
#[inline(always)]
pub(super) fn shift_saturating<L: Lane>(n: L, m: L) -> (L, bool) {
    let by = m.extend() as i8;
    let amount = u32::from(by.unsigned_abs());
    if by < 0 { (n.right(amount), false) } else { left_saturating(n, amount) }
}

/// SQRSHL, UQRSHL.
#[inline(always)]
pub(super) fn shift_rounded_saturating<L: Lane>(n: L, m: L) -> (L, bool) {
    let by = m.extend() as i8;
    let amount = u32::from(by.unsigned_abs());
    if by < 0 { (right_rounded(n, amount), false) } else { left_saturating(n, amount) }
}

/// The product, twice as long.
#[inline(always)]
pub(super) fn product<L: Narrow>(n: L, m: L) -> L::Wide {
    n.widen().times(m.widen())
}

/// SQDMULL: the product doubled.
#[inline(always)]
pub(super) fn doubled_product<L: Narrow>(n: L, m: L) -> (L::Wide, bool) {
    let product = product(n, m);
    add(product, product)
}

/// SQDMLAL: the doubled product added; either step saturates.
#[inline(always)]
pub(super) fn add_doubled_product<L: Narrow>(d: L::Wide, n: L, m: L) -> (L::Wide, bool) {
    let (product, first) = doubled_product(n, m);
    let (sum, second) = add(d, product);
    (sum, first | second)
}

/// SQDMLSL: the doubled product subtracted.
#[inline(always)]
pub(super) fn sub_doubled_product<L: Narrow>(d: L::Wide, n: L, m: L) -> (L::Wide, bool) {
    let (product, first) = doubled_product(n, m);
    let (difference, second) = sub(d, product);
    (difference, first | second)
}

/// SQDMULH: the high half of the doubled product.
#[inline(always)]
pub(super) fn high_product<L: Narrow>(n: L, m: L) -> (L, bool) {
    saturate(product(n, m).right(L::BITS - 1))
}

/// SQRDMULH: the high half of the doubled product, rounded.
#[inline(always)]
pub(super) fn high_product_rounded<L: Narrow>(n: L, m: L) -> (L, bool) {
    saturate(right_rounded(product(n, m), L::BITS - 1))
}

/// The polynomial product over {0, 1}, as far as it fits into the element.
#[inline(always)]
pub(super) fn polynomial_product<L: Lane>(n: L, m: L) -> L {
    let mut product = L::ZERO;
    for bit in 0..L::BITS {
        product = product ^ (n.left(bit) & L::mask(m.right(bit) & L::ONE == L::ONE));
    }
    product
}

/// Saturated to half the size and the same signedness.
#[inline(always)]
pub(super) fn saturate<L: Narrow>(value: L::Wide) -> (L, bool) {
    let kept = value.max(L::MIN.widen()).min(L::MAX.widen());
    (L::narrow(kept), kept != value)
}

/// A signed value saturated to half the size and unsigned.
#[inline(always)]
pub(super) fn saturate_unsigned<L: Narrow>(value: L::Wide) -> (L, bool) {
    let largest = L::Wide::ONE.left(L::BITS).minus(L::Wide::ONE);
    let kept = value.max(L::Wide::ZERO).min(largest);
    (L::narrow(kept), kept != value)
}

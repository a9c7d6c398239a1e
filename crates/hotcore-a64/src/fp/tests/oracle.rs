//! What an operation should give: LLVM's quadruple precision for the value, a conversion for the
//! result, and the Arm ARM's rules for NaNs, flushing and flags, written down a second time.

use rustc_apfloat::ieee::{Double, Half, Quad, Single};
use rustc_apfloat::{Float, FloatConvert, Round, Status, StatusAnd};

use crate::fp::{F16, F32, F64, Format, Fpcr, Fpsr, Rounding};

/// A format that LLVM knows too.
pub(super) trait Judged: Format {
    /// The operand in quadruple precision, which holds it exactly.
    fn widen(op: u64) -> Quad;
    /// The nearest encoding, and whether it is another value.
    fn narrow(value: Quad, round: Round) -> (u64, bool);
}

macro_rules! judged {
    ($format:ty, $ieee:ty) => {
        impl Judged for $format {
            fn widen(op: u64) -> Quad {
                <$ieee>::from_bits(u128::from(op)).convert(&mut false).value
            }

            fn narrow(value: Quad, round: Round) -> (u64, bool) {
                let result: StatusAnd<$ieee> = value.convert_r(round, &mut false);
                let bits = u64::try_from(result.value.to_bits()).unwrap();
                (bits, result.status.contains(Status::INEXACT))
            }
        }
    };
}

judged!(F16, Half);
judged!(F32, Single);
judged!(F64, Double);

/// A result and the flags it raised.
pub(super) type Outcome = (u64, Fpsr);

/// Runs an operation with clear flags.
pub(super) fn outcome(operation: impl FnOnce(&mut Fpsr) -> u64) -> Outcome {
    let mut fpsr = Fpsr::default();
    let result = operation(&mut fpsr);
    (result, fpsr)
}

/// Checks that with IXC set beforehand, an operation gives what it gave without.
pub(super) fn assert_same_after_inexact(
    expected: Outcome,
    operation: impl FnOnce(&mut Fpsr) -> u64,
) {
    let mut fpsr = Fpsr::IXC;
    let result = operation(&mut fpsr);
    let (bits, mut flags) = expected;
    flags.raise(Fpsr::IXC);
    assert_eq!((result, fpsr), (bits, flags), "with IXC set");
}

pub(super) fn llvm_round(rounding: Rounding) -> Round {
    match rounding {
        Rounding::TieEven => Round::NearestTiesToEven,
        Rounding::PosInf => Round::TowardPositive,
        Rounding::NegInf => Round::TowardNegative,
        Rounding::Zero | Rounding::Odd => Round::TowardZero,
        Rounding::TieAway => Round::NearestTiesToAway,
    }
}

/// Operands as FPUnpack takes them: denormals flushed if FZ is set.
pub(super) fn flush_inputs<F: Format, const N: usize>(
    operands: [u64; N],
    fpcr: Fpcr,
    fpsr: &mut Fpsr,
) -> [u64; N] {
    operands.map(|op| {
        let denormal = F::biased_exp(op) == 0 && !F::is_zero(op);
        if F::BITS == 16 || !fpcr.fz() || !denormal {
            return op;
        }
        fpsr.raise(Fpsr::IDC);
        op & F::SIGN
    })
}

/// FPProcessNaNs by Arm ARM A1.5.9: signalling before quiet, then in order.
pub(super) fn nan_of<F: Format>(operands: &[u64], fpcr: Fpcr, fpsr: &mut Fpsr) -> Option<u64> {
    let nans = || operands.iter().copied().filter(|&op| F::is_nan(op));
    let signalling = nans().find(|op| op & F::QUIET == 0);
    if signalling.is_some() {
        fpsr.raise(Fpsr::IOC);
    }
    let nan = signalling.or_else(|| nans().next())?;
    Some(if fpcr.dn() { F::DEFAULT_NAN } else { nan | F::QUIET })
}

/// FPRound of a quadruple-precision result that was rounded towards zero; FPDefaultNaN of an
/// invalid one.
pub(super) fn rounded<F: Judged>(
    cut: StatusAnd<Quad>,
    rounding: Rounding,
    fpcr: Fpcr,
    fpsr: &mut Fpsr,
) -> u64 {
    if cut.status.contains(Status::INVALID_OP) {
        fpsr.raise(Fpsr::IOC);
        return F::DEFAULT_NAN;
    }
    if cut.status.contains(Status::DIV_BY_ZERO) {
        fpsr.raise(Fpsr::DZC);
    }
    // Rounded to odd, a value of twice the width stands for the exact one.
    let sticky = u128::from(cut.status.contains(Status::INEXACT));
    let exact = Quad::from_bits(cut.value.to_bits() | sticky);
    let (result, _) = F::narrow(exact, llvm_round(rounding));
    let (_, inexact) = F::narrow(exact, Round::TowardZero);
    let tiny = !exact.is_zero() && exact.abs() < F::widen(1 << F::FRAC_BITS);
    if tiny && fpcr.fz() && F::BITS != 16 {
        fpsr.raise(Fpsr::UFC);
        return result & F::SIGN;
    }
    if tiny && inexact {
        fpsr.raise(Fpsr::UFC);
    }
    let beyond = F::widen((F::EXP_MAX - 1) << F::FRAC_BITS).scalbn(1);
    let to_infinity = inexact && F::abs(result) == F::infinity(false);
    if exact.is_finite() && (to_infinity || exact.abs() >= beyond) {
        fpsr.raise(Fpsr::OFC);
    }
    if inexact {
        fpsr.raise(Fpsr::IXC);
    }
    result | u64::from(inexact && rounding == Rounding::Odd)
}

/// What an operation on `operands` should give: a NaN among them, or FPRound of `compute`.
pub(super) fn expected<F: Judged, const N: usize>(
    operands: [u64; N],
    fpcr: Fpcr,
    compute: impl FnOnce([Quad; N]) -> StatusAnd<Quad>,
) -> Outcome {
    outcome(|fpsr| {
        let operands = flush_inputs::<F, N>(operands, fpcr, fpsr);
        if let Some(nan) = nan_of::<F>(&operands, fpcr, fpsr) {
            return nan;
        }
        let cut = compute(operands.map(F::widen));
        if cut.value.is_zero() && !cut.status.contains(Status::INEXACT) {
            return F::zero(cut.value.is_negative());
        }
        rounded::<F>(cut, fpcr.rounding(), fpcr, fpsr)
    })
}

/// Of sums: the rounding that leaves a value of twice the width cut, but gives an exact zero the
/// sign that `rounding` gives it.
pub(super) fn cut_sum(
    rounding: Rounding,
    compute: impl Fn(Round) -> StatusAnd<Quad>,
) -> StatusAnd<Quad> {
    let cut = compute(Round::TowardZero);
    if cut.value.is_zero() { compute(llvm_round(rounding)) } else { cut }
}

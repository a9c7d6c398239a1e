//! Floating-point arithmetic as FPCR asks for it, bit for bit (Arm ARM, shared/functions/float).
//!
//! Every function is pure: operands and results are bit patterns in the low bits of a `u64`, the
//! control comes from an [`Fpcr`], and the exceptions accumulate in an [`Fpsr`]. The semantics are
//! those of Armv8.0-A without trapped exceptions: no FEAT_FP16 arithmetic, no FEAT_AFP.
//!
//! The reference is integer arithmetic. Where the host's own arithmetic provably gives the same
//! bits and the same flags (`fast`), it is used instead. That needs to know whether IXC is already
//! set, so a caller passes its live FPSR rather than an empty one.
//!
//! | Room | Functions of the Arm ARM |
//! |---|---|
//! | `control` | FPCR, FPSR, FPRounding |
//! | `format` | the encodings; FPZero, FPInfinity, FPMaxNormal, FPDefaultNaN, FPNeg, FPAbs |
//! | `unpack`, `round`, `nan` | FPUnpack, FPRound, FPProcessNaN(s)(3) |
//! | `add`, `mul`, `fused` | FPAdd, FPSub, FPMul(X), FPDiv, FPSqrt, FPMulAdd, FP(R)Recip/SqrtStepFused |
//! | `compare`, `minmax` | FPCompare(EQ/GE/GT), FPMax(Num), FPMin(Num) |
//! | `integral`, `fixed`, `convert` | FPRoundInt, FPToFixed, FixedToFP, FPConvert |
//! | `estimate` | FPRecipEstimate, FPRSqrtEstimate, FPRecpX, Unsigned(R)Recip/SqrtEstimate |

// FPCR and FPSR are what the architecture calls them.
#![allow(clippy::similar_names)]

mod add;
mod compare;
mod control;
mod convert;
mod estimate;
mod fast;
mod fixed;
mod format;
mod fused;
mod integral;
mod minmax;
mod mul;
mod nan;
mod round;
mod unpack;
mod wide;

#[cfg(test)]
mod tests;

pub use add::{add, sub};
pub use compare::{compare, compare_eq, compare_ge, compare_gt};
pub use control::{Fpcr, Fpsr, Rounding};
pub use convert::convert;
pub use estimate::{
    recip_estimate, recip_exponent, rsqrt_estimate, unsigned_recip_estimate,
    unsigned_rsqrt_estimate,
};
pub use fixed::{IntType, from_fixed, to_fixed};
pub use format::{Arithmetic, F16, F32, F64, Format};
pub use fused::{mul_add, recip_step, rsqrt_step};
pub use integral::round_to_integral;
pub use minmax::{max, max_num, min, min_num};
pub use mul::{div, mul, mulx, sqrt};

//! Rounding modes that instructions name, instead of FPCR.

use crate::fp::{Fpcr, Rounding};

/// A rounding mode.
pub(super) trait Mode {
    /// The mode, while FPCR is `fpcr`.
    fn rounding(fpcr: Fpcr) -> Rounding;
}

macro_rules! modes {
    ($($(#[$what:meta])* $mode:ident;)*) => { $(
        $(#[$what])*
        pub(super) struct $mode;

        impl Mode for $mode {
            #[inline(always)]
            fn rounding(_: Fpcr) -> Rounding {
                Rounding::$mode
            }
        }
    )* };
}

modes! {
    /// To nearest, ties to even.
    TieEven;
    /// Towards plus infinity.
    PosInf;
    /// Towards minus infinity.
    NegInf;
    /// Towards zero.
    Zero;
    /// To nearest, ties away from zero.
    TieAway;
    /// To odd.
    Odd;
}

/// As FPCR says.
pub(super) struct Current;

impl Mode for Current {
    #[inline(always)]
    fn rounding(fpcr: Fpcr) -> Rounding {
        fpcr.rounding()
    }
}

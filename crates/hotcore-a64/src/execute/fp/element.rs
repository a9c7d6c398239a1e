//! Elements: the lanes of a register as bit patterns of a floating-point format.

use crate::fp::{F16, F32, F64, Format};

/// A format that fills lanes of a SIMD&FP register.
pub(super) trait Element: Format {
    /// Elements in 128 bits.
    const LANES: usize;

    /// The element at `index`, modulo the number of elements.
    fn lane(register: &[u8; 16], index: usize) -> u64;

    /// Puts the low bits of `value` into the element at `index`, modulo the number of elements.
    fn set_lane(register: &mut [u8; 16], index: usize, value: u64);
}

macro_rules! element {
    ($format:ty, $bits:ty, $bytes:literal) => {
        impl Element for $format {
            const LANES: usize = 16 / $bytes;

            #[inline(always)]
            fn lane(register: &[u8; 16], index: usize) -> u64 {
                let (lanes, _) = register.as_chunks::<$bytes>();
                <$bits>::from_le_bytes(lanes[index % Self::LANES]) as u64
            }

            #[inline(always)]
            fn set_lane(register: &mut [u8; 16], index: usize, value: u64) {
                let (lanes, _) = register.as_chunks_mut::<$bytes>();
                lanes[index % Self::LANES] = (value as $bits).to_le_bytes();
            }
        }
    };
}

element!(F16, u16, 2);
element!(F32, u32, 4);
element!(F64, u64, 8);

/// `N` elements, the lowest first, below zeros.
#[inline(always)]
pub(super) fn lanes<F: Element, const N: usize>(mut element: impl FnMut(usize) -> u64) -> [u8; 16] {
    let mut register = [0; 16];
    for index in 0..N {
        F::set_lane(&mut register, index, element(index));
    }
    register
}

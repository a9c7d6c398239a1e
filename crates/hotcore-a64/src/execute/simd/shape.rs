//! Shapes: how the lanes of the sources make the lanes of the destination.
//!
//! Each function here reads the registers of a step, has `element` compute every lane and writes the
//! destination. `BYTES` tells how much of a register takes part: 16 for `Q` = 1, 8 for `Q` = 0, the
//! bytes of one element for a scalar. What is not computed becomes zero.
//!
//! | shape | lanes |
//! |---|---|
//! | same | d, n, m → d |
//! | shift | d, n, immediate → d |
//! | long | wide d, half of n, half of m → wide d |
//! | wide | wide n, half of m → wide d |
//! | narrow | wide n, wide m → half of d |
//! | pairwise | neighbours in n, then in m → d |
//! | pairwise long | wide d, neighbours in n → wide d |
//! | across | all of n → the lowest of d |

use super::lane::{Lane, Narrow};
use crate::cpu::Cpu;
use crate::decode::fields::{bit, q};
use crate::step::Step;

/// FPSR.QC.
const QC: u32 = 1 << 27;

/// What an element's computation answers: a lane, or a lane and whether it saturated.
pub(super) trait Outcome<L> {
    fn parts(self) -> (L, bool);
}

impl<L: Lane> Outcome<L> for L {
    #[inline(always)]
    fn parts(self) -> (L, bool) {
        (self, false)
    }
}

impl<L: Lane> Outcome<L> for (L, bool) {
    #[inline(always)]
    fn parts(self) -> (L, bool) {
        self
    }
}

/// Elements and how much of the registers takes part.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    /// log2 of an element's bytes; of the narrow elements, where there are two sizes.
    pub(super) size: u32,
    /// `BYTES`.
    pub(super) bytes: usize,
}

impl Shape {
    /// The shape of `word` with elements of `1 << size` bytes. Bit 28 marks the scalar forms.
    pub(super) fn of(word: u32, size: u32) -> Self {
        let bytes = match (bit(word, 28), q(word)) {
            (true, _) => 1 << (size & 3),
            (false, true) => 16,
            (false, false) => 8,
        };
        Self { size, bytes }
    }
}

/// The function that executes a step of a shape: `each!(same unsigned, shape, |d, n, m| n.plus(m))`.
///
/// The element's computation is instantiated for every size of the family and for every width; `shape`
/// picks one. `None` is a size that the family does not have.
macro_rules! each {
    ($run:ident unsigned, $shape:expr, $element:expr) => {
        each!(@define $run Lane, $shape, $element,
            { 0 u8 [8 16 1] 1 u16 [8 16 2] 2 u32 [8 16 4] 3 u64 [8 16] })
    };
    ($run:ident signed, $shape:expr, $element:expr) => {
        each!(@define $run Lane, $shape, $element,
            { 0 i8 [8 16 1] 1 i16 [8 16 2] 2 i32 [8 16 4] 3 i64 [8 16] })
    };
    ($run:ident unsigned_narrow, $shape:expr, $element:expr) => {
        each!(@define $run Narrow, $shape, $element,
            { 0 u8 [8 16 1] 1 u16 [8 16 2] 2 u32 [8 16 4] })
    };
    ($run:ident signed_narrow, $shape:expr, $element:expr) => {
        each!(@define $run Narrow, $shape, $element,
            { 0 i8 [8 16 1] 1 i16 [8 16 2] 2 i32 [8 16 4] })
    };
    ($run:ident bytes, $shape:expr, $element:expr) => {
        each!(@define $run Narrow, $shape, $element, { 0 u8 [8 16] })
    };
    ($run:ident halves, $shape:expr, $element:expr) => {
        each!(@define $run Narrow, $shape, $element, { 0 u8 [8 16] 1 u16 [8 16] })
    };
    (@define $run:ident $bound:ident, $shape:expr, $element:expr,
        { $($size:literal $lane:ident [$($bytes:literal)*])* }) => {{
        fn execute<L: $bound, const BYTES: usize>(cpu: &mut Cpu, step: &Step) -> Done {
            $run::<L, BYTES, _>(cpu, step, $element);
            Ok(())
        }
        match ($shape.size, $shape.bytes) {
            $($(($size, $bytes) => Some(execute::<$lane, $bytes> as Execute),)*)*
            _ => None,
        }
    }};
}
pub(super) use each;

/// Writes what was computed and remembers saturation.
#[inline(always)]
fn write<L: Lane>(cpu: &mut Cpu, step: &Step, lanes: L::Lanes, bytes: usize, saturated: bool) {
    let register = cpu.v_bytes_mut(step.d);
    L::join(lanes, register);
    register[bytes..].fill(0);
    if saturated {
        cpu.fpsr |= QC;
    }
}

/// The lanes of `step.m`, or the lane `step.a` of it in every place.
#[inline(always)]
fn second<L: Lane, const ELEMENT: bool>(cpu: &Cpu, step: &Step) -> L::Lanes {
    let lanes = L::split(cpu.v_bytes(step.m));
    if !ELEMENT {
        return lanes;
    }
    let lanes = lanes.as_ref();
    lanes[step.a as usize & (lanes.len() - 1)].splat()
}

#[inline(always)]
fn same_of<L: Lane, const BYTES: usize, O: Outcome<L>>(
    cpu: &mut Cpu,
    step: &Step,
    m: L::Lanes,
    element: impl Fn(L, L, L) -> O,
) {
    let n = L::split(cpu.v_bytes(step.n));
    let mut d = L::split(cpu.v_bytes(step.d));
    let mut saturated = false;
    for at in 0..BYTES / size_of::<L>() {
        let (lane, one) = element(d.as_ref()[at], n.as_ref()[at], m.as_ref()[at]).parts();
        d.as_mut()[at] = lane;
        saturated |= one;
    }
    write::<L>(cpu, step, d, BYTES, saturated);
}

#[inline(always)]
pub(super) fn same<L: Lane, const BYTES: usize, O: Outcome<L>>(
    cpu: &mut Cpu,
    step: &Step,
    element: impl Fn(L, L, L) -> O,
) {
    let m = second::<L, false>(cpu, step);
    same_of::<L, BYTES, O>(cpu, step, m, element);
}

/// `same` by element.
#[inline(always)]
pub(super) fn same_element<L: Lane, const BYTES: usize, O: Outcome<L>>(
    cpu: &mut Cpu,
    step: &Step,
    element: impl Fn(L, L, L) -> O,
) {
    let m = second::<L, true>(cpu, step);
    same_of::<L, BYTES, O>(cpu, step, m, element);
}

/// `same` with the amount `step.a` in place of m.
#[inline(always)]
pub(super) fn shift<L: Lane, const BYTES: usize, O: Outcome<L>>(
    cpu: &mut Cpu,
    step: &Step,
    element: impl Fn(L, L, u32) -> O,
) {
    let by = u32::from(step.a);
    same::<L, BYTES, O>(cpu, step, |d, n, _| element(d, n, by));
}

/// The lanes of a long operation, and where the half that `BYTES` chooses begins.
#[inline(always)]
const fn half<L>(bytes: usize) -> (usize, usize) {
    match bytes {
        16 => (8 / size_of::<L>(), 8 / size_of::<L>()),
        8 => (8 / size_of::<L>(), 0),
        _ => (1, 0),
    }
}

#[inline(always)]
fn long_of<L: Narrow, const BYTES: usize, O: Outcome<L::Wide>>(
    cpu: &mut Cpu,
    step: &Step,
    m: L::Lanes,
    element: impl Fn(L::Wide, L, L) -> O,
) {
    let n = L::split(cpu.v_bytes(step.n));
    let mut d = L::Wide::split(cpu.v_bytes(step.d));
    let (count, first) = half::<L>(BYTES);
    let mut saturated = false;
    for at in 0..count {
        let (n, m) = (n.as_ref()[first + at], m.as_ref()[first + at]);
        let (lane, one) = element(d.as_ref()[at], n, m).parts();
        d.as_mut()[at] = lane;
        saturated |= one;
    }
    write::<L::Wide>(cpu, step, d, 2 * count * size_of::<L>(), saturated);
}

#[inline(always)]
pub(super) fn long<L: Narrow, const BYTES: usize, O: Outcome<L::Wide>>(
    cpu: &mut Cpu,
    step: &Step,
    element: impl Fn(L::Wide, L, L) -> O,
) {
    let m = second::<L, false>(cpu, step);
    long_of::<L, BYTES, O>(cpu, step, m, element);
}

/// `long` by element.
#[inline(always)]
pub(super) fn long_element<L: Narrow, const BYTES: usize, O: Outcome<L::Wide>>(
    cpu: &mut Cpu,
    step: &Step,
    element: impl Fn(L::Wide, L, L) -> O,
) {
    let m = second::<L, true>(cpu, step);
    long_of::<L, BYTES, O>(cpu, step, m, element);
}

/// `long` of n and the amount `step.a`.
#[inline(always)]
pub(super) fn shift_long<L: Narrow, const BYTES: usize, O: Outcome<L::Wide>>(
    cpu: &mut Cpu,
    step: &Step,
    element: impl Fn(L, u32) -> O,
) {
    let by = u32::from(step.a);
    long::<L, BYTES, O>(cpu, step, |_, n, _| element(n, by));
}

#[inline(always)]
pub(super) fn wide<L: Narrow, const BYTES: usize, O: Outcome<L::Wide>>(
    cpu: &mut Cpu,
    step: &Step,
    element: impl Fn(L::Wide, L) -> O,
) {
    let m = L::split(cpu.v_bytes(step.m));
    let mut d = L::Wide::split(cpu.v_bytes(step.n));
    let (count, first) = half::<L>(BYTES);
    for at in 0..count {
        (d.as_mut()[at], _) = element(d.as_ref()[at], m.as_ref()[first + at]).parts();
    }
    write::<L::Wide>(cpu, step, d, 16, false);
}

#[inline(always)]
pub(super) fn narrow<L: Narrow, const BYTES: usize, O: Outcome<L>>(
    cpu: &mut Cpu,
    step: &Step,
    element: impl Fn(L::Wide, L::Wide) -> O,
) {
    let n = L::Wide::split(cpu.v_bytes(step.n));
    let m = L::Wide::split(cpu.v_bytes(step.m));
    let mut d = L::split(cpu.v_bytes(step.d));
    let (count, first) = half::<L>(BYTES);
    let mut saturated = false;
    for at in 0..count {
        let (lane, one) = element(n.as_ref()[at], m.as_ref()[at]).parts();
        d.as_mut()[first + at] = lane;
        saturated |= one;
    }
    write::<L>(cpu, step, d, BYTES, saturated);
}

/// `narrow` of n and the amount `step.a`.
#[inline(always)]
pub(super) fn shift_narrow<L: Narrow, const BYTES: usize, O: Outcome<L>>(
    cpu: &mut Cpu,
    step: &Step,
    element: impl Fn(L::Wide, u32) -> O,
) {
    let by = u32::from(step.a);
    narrow::<L, BYTES, O>(cpu, step, |n, _| element(n, by));
}

#[inline(always)]
pub(super) fn pairwise<L: Lane, const BYTES: usize, O: Outcome<L>>(
    cpu: &mut Cpu,
    step: &Step,
    element: impl Fn(L, L) -> O,
) {
    let n = L::split(cpu.v_bytes(step.n));
    let m = L::split(cpu.v_bytes(step.m));
    let mut d = n;
    let pairs = BYTES / size_of::<L>() / 2;
    for at in 0..pairs {
        let (n, m) = (n.as_ref(), m.as_ref());
        (d.as_mut()[at], _) = element(n[2 * at], n[2 * at + 1]).parts();
        (d.as_mut()[pairs + at], _) = element(m[2 * at], m[2 * at + 1]).parts();
    }
    write::<L>(cpu, step, d, BYTES, false);
}

#[inline(always)]
pub(super) fn pairwise_long<L: Narrow, const BYTES: usize, O: Outcome<L::Wide>>(
    cpu: &mut Cpu,
    step: &Step,
    element: impl Fn(L::Wide, L, L) -> O,
) {
    let n = L::split(cpu.v_bytes(step.n));
    let mut d = L::Wide::split(cpu.v_bytes(step.d));
    for at in 0..BYTES / size_of::<L>() / 2 {
        let (low, high) = (n.as_ref()[2 * at], n.as_ref()[2 * at + 1]);
        (d.as_mut()[at], _) = element(d.as_ref()[at], low, high).parts();
    }
    write::<L::Wide>(cpu, step, d, BYTES, false);
}

/// The two halves are joined until one lane is left, as `Reduce()` does.
#[inline(always)]
pub(super) fn across<L: Lane, const BYTES: usize, O: Outcome<L>>(
    cpu: &mut Cpu,
    step: &Step,
    element: impl Fn(L, L) -> O,
) {
    let mut d = L::split(cpu.v_bytes(step.n));
    let mut count = BYTES / size_of::<L>();
    while count > 1 {
        count /= 2;
        for at in 0..count {
            (d.as_mut()[at], _) = element(d.as_ref()[at], d.as_ref()[count + at]).parts();
        }
    }
    write::<L>(cpu, step, d, size_of::<L>(), false);
}

/// `across` into an element of twice the size: the sum of all lanes.
#[inline(always)]
pub(super) fn across_long<L: Narrow, const BYTES: usize, O: Outcome<L::Wide>>(
    cpu: &mut Cpu,
    step: &Step,
    element: impl Fn(L::Wide, L) -> O,
) {
    let n = L::split(cpu.v_bytes(step.n));
    let mut sum = L::Wide::ZERO;
    for at in 0..BYTES / size_of::<L>() {
        (sum, _) = element(sum, n.as_ref()[at]).parts();
    }
    write::<L::Wide>(cpu, step, sum.splat(), size_of::<L::Wide>(), false);
}

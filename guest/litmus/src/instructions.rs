//! The instructions under test, one function each: a compiler must neither choose others nor move
//! them. Every `asm!` here clobbers memory, so the compiler keeps their order.

// Inline assembly: what is tested are single instructions, with nothing of a call between them.
#![allow(unsafe_code, clippy::inline_always)]

use std::arch::asm;
use std::sync::atomic::{AtomicU32, AtomicU64};

use crate::place::Pair;

macro_rules! read {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)+) => {$(
        $(#[$doc])*
        #[inline(always)]
        pub(crate) fn $name(place: &AtomicU64) -> u64 {
            let value;
            // SAFETY: reads an atomic that lives as long as the borrow.
            unsafe { asm!($text, v = out(reg) value, p = in(reg) place.as_ptr()) };
            value
        }
    )+};
}

macro_rules! write {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)+) => {$(
        $(#[$doc])*
        #[inline(always)]
        pub(crate) fn $name(place: &AtomicU64, value: u64) {
            // SAFETY: writes an atomic that lives as long as the borrow.
            unsafe { asm!($text, v = in(reg) value, p = in(reg) place.as_ptr()) };
        }
    )+};
}

macro_rules! barrier {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)+) => {$(
        $(#[$doc])*
        #[inline(always)]
        pub(crate) fn $name() {
            // SAFETY: a barrier has no operands and changes no register.
            unsafe { asm!($text) };
        }
    )+};
}

read! {
    /// LDR
    ldr = "ldr {v}, [{p}]";
    /// LDAR
    ldar = "ldar {v}, [{p}]";
}

write! {
    /// STR
    str = "str {v}, [{p}]";
    /// STLR
    stlr = "stlr {v}, [{p}]";
}

barrier! {
    /// DMB ISH: all earlier accesses before all later ones.
    dmb_ish = "dmb ish";
    /// DMB ISHST: earlier stores before later stores.
    dmb_ishst = "dmb ishst";
    /// DMB ISHLD: earlier loads before all later accesses.
    dmb_ishld = "dmb ishld";
    /// ISB
    isb = "isb";
}

/// SWPAL: writes `value`, gives what was there; a barrier between what is before it and after it.
#[inline(always)]
pub(crate) fn swpal(place: &AtomicU64, value: u64) -> u64 {
    let old;
    // SAFETY: updates an atomic that lives as long as the borrow; callers have found FEAT_LSE.
    unsafe {
        asm!(".arch_extension lse", "swpal {v}, {old}, [{p}]", v = in(reg) value, old = out(reg) old,
             p = in(reg) place.as_ptr());
    }
    old
}

/// LDXR and STXR: adds 1.
#[inline(always)]
pub(crate) fn increment_exclusive(place: &AtomicU64) {
    // SAFETY: updates an atomic that lives as long as the borrow.
    unsafe {
        asm!("2:", "ldxr {v}, [{p}]", "add {v}, {v}, #1", "stxr {failed:w}, {v}, [{p}]",
             "cbnz {failed:w}, 2b", v = out(reg) _, failed = out(reg) _, p = in(reg) place.as_ptr());
    }
}

/// LDADDAL: adds `value`, gives what was there.
#[inline(always)]
pub(crate) fn ldaddal(place: &AtomicU64, value: u64) -> u64 {
    let old;
    // SAFETY: updates an atomic that lives as long as the borrow; callers have found FEAT_LSE.
    unsafe {
        asm!(".arch_extension lse", "ldaddal {v}, {old}, [{p}]", v = in(reg) value,
             old = out(reg) old, p = in(reg) place.as_ptr());
    }
    old
}

/// STADD: adds 1.
#[inline(always)]
pub(crate) fn stadd(place: &AtomicU64) {
    // SAFETY: updates an atomic that lives as long as the borrow; callers have found FEAT_LSE.
    unsafe {
        asm!(".arch_extension lse", "stadd {v}, [{p}]", v = in(reg) 1u64,
             p = in(reg) place.as_ptr());
    }
}

/// STADDB: adds 1 to the byte at `offset`, which is below 8.
#[inline(always)]
pub(crate) fn staddb(place: &AtomicU64, offset: usize) {
    // SAFETY: updates an atomic that lives as long as the borrow; callers have found FEAT_LSE.
    unsafe {
        asm!(".arch_extension lse", "staddb {v:w}, [{p}]", v = in(reg) 1u64,
             p = in(reg) place.as_ptr().byte_add(offset & 7));
    }
}

/// STADDH: adds 1 to the halfword at `offset`, which is even and below 8.
#[inline(always)]
pub(crate) fn staddh(place: &AtomicU64, offset: usize) {
    // SAFETY: updates an atomic that lives as long as the borrow; callers have found FEAT_LSE.
    unsafe {
        asm!(".arch_extension lse", "staddh {v:w}, [{p}]", v = in(reg) 1u64,
             p = in(reg) place.as_ptr().byte_add(offset & 6));
    }
}

/// LDXR and STXR, once: sets bits of what is there, if nobody else stores meanwhile.
#[inline(always)]
pub(crate) fn store_or_exclusive(place: &AtomicU64, bits: u64) {
    // SAFETY: updates an atomic that lives as long as the borrow.
    unsafe {
        asm!("ldxr {v}, [{p}]", "orr {v}, {v}, {b}", "stxr {failed:w}, {v}, [{p}]",
             v = out(reg) _, failed = out(reg) _, b = in(reg) bits, p = in(reg) place.as_ptr());
    }
}

/// CAS until it succeeds: adds 1.
#[inline(always)]
pub(crate) fn increment_by_cas(place: &AtomicU64) {
    // SAFETY: updates an atomic that lives as long as the borrow; callers have found FEAT_LSE.
    unsafe {
        asm!(".arch_extension lse", "ldr {old}, [{p}]", "2:", "add {new}, {old}, #1",
             "mov {seen}, {old}", "cas {seen}, {new}, [{p}]", "cmp {seen}, {old}",
             "mov {old}, {seen}", "b.ne 2b", old = out(reg) _, new = out(reg) _, seen = out(reg) _,
             p = in(reg) place.as_ptr());
    }
}

/// LDXP and STXP: adds 1 to both halves; gives what was there.
#[inline(always)]
pub(crate) fn increment_pair_exclusive(place: &Pair) -> (u64, u64) {
    let (low, high);
    // SAFETY: updates a pair of atomics that lives as long as the borrow and is aligned as asked.
    unsafe {
        asm!("2:", "ldxp {l}, {h}, [{p}]", "add {m}, {l}, #1", "add {i}, {h}, #1",
             "stxp {failed:w}, {m}, {i}, [{p}]", "cbnz {failed:w}, 2b", l = out(reg) low,
             h = out(reg) high, m = out(reg) _, i = out(reg) _, failed = out(reg) _,
             p = in(reg) place.as_ptr());
    }
    (low, high)
}

/// CASP until it succeeds: adds 1 to both halves; gives what was there.
#[inline(always)]
pub(crate) fn increment_pair_by_casp(place: &Pair) -> (u64, u64) {
    let (mut low, mut high) = (0u64, 0u64);
    loop {
        let (seen_low, seen_high): (u64, u64);
        // SAFETY: updates a pair of atomics that lives as long as the borrow and is aligned as
        // asked; callers have found FEAT_LSE.
        unsafe {
            asm!(".arch_extension lse", "casp x0, x1, x2, x3, [{p}]", p = in(reg) place.as_ptr(),
                 inout("x0") low => seen_low, inout("x1") high => seen_high,
                 in("x2") low.wrapping_add(1), in("x3") high.wrapping_add(1));
        }
        if (seen_low, seen_high) == (low, high) {
            return (low, high);
        }
        (low, high) = (seen_low, seen_high);
    }
}

/// Takes a lock as the Arm ARM shows it (appendix "Barrier Litmus Tests", acquiring a lock): waits
/// for the event that the holder's store is (B2.9 / D1.6.1, the global monitor is cleared).
#[inline(always)]
pub(crate) fn lock(place: &AtomicU32) {
    // SAFETY: updates an atomic that lives as long as the borrow.
    unsafe {
        asm!("sevl", "2:", "wfe", "3:", "ldaxr {v:w}, [{p}]", "cbnz {v:w}, 2b",
             "stxr {v:w}, {one:w}, [{p}]", "cbnz {v:w}, 3b", v = out(reg) _, one = in(reg) 1u32,
             p = in(reg) place.as_ptr());
    }
}

/// Releases a lock.
#[inline(always)]
pub(crate) fn unlock(place: &AtomicU32) {
    // SAFETY: writes an atomic that lives as long as the borrow.
    unsafe { asm!("stlr wzr, [{p}]", p = in(reg) place.as_ptr()) };
}

/// Makes what was written to a line of code what is executed, on every CPU that then executes
/// ISB (Arm ARM B2.4.4).
#[inline(always)]
pub(crate) fn publish_code(line: &AtomicU32) {
    // SAFETY: cache maintenance by address changes no register and no memory.
    unsafe {
        asm!("dc cvau, {p}", "dsb ish", "ic ivau, {p}", "dsb ish", "isb",
             p = in(reg) line.as_ptr());
    }
}

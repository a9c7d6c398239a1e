//! Exclusive, acquire/release and atomic accesses between PEs (Arm ARM, B2.9; FEAT_LSE).
//!
//! A store-exclusive is a compare-and-swap with what the load-exclusive read: it fails when another
//! PE has changed the value in between. It succeeds where another PE has changed the value *and
//! changed it back*, which hardware would refuse; no algorithm of Linux can tell.

use crate::cpu::Cpu;
use crate::memory::access::{Order, Place, load_slow, store_slow};
use crate::memory::ram::{Frame, PAGE, Page, Width};
use crate::memory::walk::{Access, Fault};
use crate::trap::{Done, Trapped};

/// The local exclusive monitor: what the last load-exclusive read, and where.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Monitor {
    marked: Option<Marked>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Marked {
    frame: u32,
    offset: u64,
    size: u64,
    value: u128,
}

impl Monitor {
    /// CLREX, an exception return.
    pub(crate) fn clear(&mut self) {
        self.marked = None;
    }
}

/// A value of an exclusive access: of one register or of a pair.
pub(crate) trait Whole: Width {
    fn to_u128(self) -> u128;
    fn from_u128(value: u128) -> Self;
}

macro_rules! wholes {
    ($($int:ty)*) => {$(
        impl Whole for $int {
            fn to_u128(self) -> u128 {
                self as u128
            }
            fn from_u128(value: u128) -> Self {
                value as Self
            }
        }
    )*};
}
wholes! { u8 u16 u32 u64 u128 }

/// Load-acquire (LDAR).
pub(crate) fn load_acquire<T: Width>(cpu: &mut Cpu, address: u64) -> Result<T, Trapped> {
    if let Some(entry) = cpu.tlb.read(cpu.level, address, T::SIZE) {
        return Ok(entry.page.load_acquire(address));
    }
    load_slow(cpu, cpu.level, address, Order::AcquireRelease)
}

/// Store-release (STLR).
pub(crate) fn store_release<T: Width>(cpu: &mut Cpu, address: u64, value: T) -> Done {
    if let Some(entry) = cpu.tlb.write(cpu.level, address, T::SIZE)
        && !cpu.code.is_code(entry.frame)
    {
        entry.page.store_release(address, value);
        return Ok(());
    }
    store_slow(cpu, cpu.level, address, value, Order::AcquireRelease)
}

/// Load-exclusive (LDXR, LDAXR, and with `u64` or `u128` LDXP, LDAXP): always acquires.
pub(crate) fn load_exclusive<T: Whole>(cpu: &mut Cpu, address: u64) -> Result<T, Trapped> {
    cpu.monitor.clear();
    let (frame, offset) = locate::<T>(cpu, address, Access::Read)?;
    let value: T = frame.page.load_acquire(offset);
    let (frame, size) = (frame.number, T::SIZE);
    cpu.monitor.marked = Some(Marked { frame, offset, size, value: value.to_u128() });
    Ok(cpu.in_order(value))
}

/// Store-exclusive; tells whether it stored. Aborts come before the monitor is looked at, which the
/// architecture leaves open; an abort leaves the monitor to the exception's return.
pub(crate) fn store_exclusive<T: Whole>(
    cpu: &mut Cpu,
    address: u64,
    value: T,
) -> Result<bool, Trapped> {
    let (frame, offset) = locate::<T>(cpu, address, Access::Write)?;
    let Some(marked) = cpu.monitor.marked else { return Ok(false) };
    if (marked.frame, marked.offset, marked.size) != (frame.number, offset, T::SIZE) {
        cpu.monitor.clear();
        return Ok(false);
    }
    cpu.before_write(frame)?;
    cpu.monitor.clear();
    let expected = T::from_u128(marked.value);
    Ok(frame.page.exchange(offset, expected, cpu.in_order(value)).is_ok())
}

/// Reads, changes and writes in one step; returns what was read (LSE atomics, SWP).
pub(crate) fn update<T: Whole>(
    cpu: &mut Cpu,
    address: u64,
    change: impl Fn(T) -> T,
) -> Result<T, Trapped> {
    let (frame, offset) = locate_for_update::<T>(cpu, address)?;
    let page: Page = frame.page;
    let mut seen: T = page.load(offset);
    loop {
        let new = cpu.in_order(change(cpu.in_order(seen)));
        match page.exchange(offset, seen, new) {
            Ok(_) => return Ok(cpu.in_order(seen)),
            Err(current) => seen = current,
        }
    }
}

/// Stores `new` where `expected` is; returns what was there (CAS, CASP).
pub(crate) fn compare_and_swap<T: Whole>(
    cpu: &mut Cpu,
    address: u64,
    expected: T,
    new: T,
) -> Result<T, Trapped> {
    let (frame, offset) = locate_for_update::<T>(cpu, address)?;
    let (expected, new) = (cpu.in_order(expected), cpu.in_order(new));
    let (Ok(seen) | Err(seen)) = frame.page.exchange(offset, expected, new);
    Ok(cpu.in_order(seen))
}

fn locate_for_update<T: Whole>(cpu: &mut Cpu, address: u64) -> Result<(Frame, u64), Trapped> {
    // What may be written may be read.
    if let Some(entry) = cpu.tlb.write(cpu.level, address, T::SIZE)
        && !cpu.code.is_code(entry.frame)
    {
        return Ok((Frame { page: entry.page, number: entry.frame }, address & (PAGE - 1)));
    }
    // Where both would abort, a read is reported (ESR_ELx.ISS.WnR of an atomic instruction).
    locate::<T>(cpu, address, Access::Read)?;
    let (frame, offset) = locate::<T>(cpu, address, Access::Write)?;
    cpu.before_write(frame)?;
    Ok((frame, offset))
}

/// The RAM at `address`, which has to be aligned.
fn locate<T: Width>(cpu: &mut Cpu, address: u64, access: Access) -> Result<(Frame, u64), Trapped> {
    if address & (T::SIZE - 1) != 0 {
        return Err(cpu.abort(address, access, Fault::ALIGNMENT));
    }
    match cpu.translate(cpu.level, address, access)? {
        Place::Ram { frame, .. } => Ok((frame, address & (PAGE - 1))),
        Place::Outside { .. } => Err(cpu.abort(address, access, Fault::UNSUPPORTED_EXCLUSIVE)),
    }
}

impl Cpu {
    fn in_order<T: Whole>(&self, value: T) -> T {
        if !self.system.data_is_big_endian(self.level) {
            return value;
        }
        T::from_u128(value.to_u128().swap_bytes() >> (128 - 8 * T::SIZE as u32))
    }
}

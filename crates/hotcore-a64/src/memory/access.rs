//! Loads and stores: a fast path for what the TLB knows, a slow one for everything else.
//!
//! An access that fails has changed nothing, and the trap it leaves is precise.

mod quad;
mod zero;

pub(crate) use quad::{load_quad, store_quad};
pub(crate) use zero::zero_block;

use crate::cpu::Cpu;
use crate::exception::{Class, Exception};
use crate::memory::ram::{Frame, PAGE, Page, Width};
use crate::memory::replay::DeviceAccess;
use crate::memory::tlb::Translation;
use crate::memory::walk::{Access, Fault, walk_for};
use crate::pstate::Level;
use crate::trap::{Done, Trap, Trapped};

/// How an access is ordered with others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// As any other.
    Plain,
    /// LDAR, STLR and their like.
    AcquireRelease,
}

/// What a virtual address leads to.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    /// RAM, and whether it is mapped as Device memory.
    Ram { frame: Frame, device: bool },
    /// Anything else, at a physical address.
    Outside { physical: u64 },
}

/// Loads at the current Exception level.
#[inline(always)]
pub(crate) fn load<T: Width>(cpu: &mut Cpu, address: u64) -> Result<T, Trapped> {
    if let Some(entry) = cpu.tlb.read(cpu.level, address, T::SIZE) {
        return Ok(entry.page.load(address));
    }
    load_slow(cpu, cpu.level, address, Order::Plain)
}

/// Stores at the current Exception level.
#[inline(always)]
pub(crate) fn store<T: Width>(cpu: &mut Cpu, address: u64, value: T) -> Done {
    if let Some(entry) = cpu.tlb.write(cpu.level, address, T::SIZE)
        && !cpu.code.is_code(entry.frame)
    {
        entry.page.store(address, value);
        return Ok(());
    }
    store_slow(cpu, cpu.level, address, value, Order::Plain)
}

/// Loads two adjacent values (LDP): each is single-copy atomic, the pair is not.
#[inline(always)]
pub(crate) fn load_pair<T: Width>(cpu: &mut Cpu, address: u64) -> Result<(T, T), Trapped> {
    if let Some(entry) = cpu.tlb.read(cpu.level, address, 2 * T::SIZE) {
        let page = entry.page;
        return Ok((page.load(address), page.load(address + T::SIZE)));
    }
    let first = load(cpu, address)?;
    Ok((first, load(cpu, address.wrapping_add(T::SIZE))?))
}

/// Stores two adjacent values (STP).
#[inline(always)]
pub(crate) fn store_pair<T: Width>(cpu: &mut Cpu, address: u64, values: (T, T)) -> Done {
    if let Some(entry) = cpu.tlb.write(cpu.level, address, 2 * T::SIZE)
        && !cpu.code.is_code(entry.frame)
    {
        entry.page.store(address, values.0);
        entry.page.store(address + T::SIZE, values.1);
        return Ok(());
    }
    store(cpu, address, values.0)?;
    store(cpu, address.wrapping_add(T::SIZE), values.1)
}

/// Loads with EL0's permissions (LDTR).
#[inline(always)]
pub(crate) fn load_unprivileged<T: Width>(cpu: &mut Cpu, address: u64) -> Result<T, Trapped> {
    if let Some(entry) = cpu.tlb.read(Level::El0, address, T::SIZE) {
        return Ok(entry.page.load(address));
    }
    load_slow(cpu, Level::El0, address, Order::Plain)
}

/// Stores with EL0's permissions (STTR).
#[inline(always)]
pub(crate) fn store_unprivileged<T: Width>(cpu: &mut Cpu, address: u64, value: T) -> Done {
    if let Some(entry) = cpu.tlb.write(Level::El0, address, T::SIZE)
        && !cpu.code.is_code(entry.frame)
    {
        entry.page.store(address, value);
        return Ok(());
    }
    store_slow(cpu, Level::El0, address, value, Order::Plain)
}

#[cold]
#[inline(never)]
pub(crate) fn load_slow<T: Width>(
    cpu: &mut Cpu,
    level: Level,
    address: u64,
    order: Order,
) -> Result<T, Trapped> {
    let aligned = address & (T::SIZE - 1) == 0;
    if !aligned {
        if order == Order::AcquireRelease || cpu.system.alignment_checked() {
            return Err(cpu.abort(address, Access::Read, Fault::ALIGNMENT));
        }
        return load_unaligned(cpu, level, address);
    }
    let value = match cpu.translate(level, address, Access::Read)? {
        Place::Ram { frame, .. } if order == Order::Plain => frame.page.load::<T>(address),
        Place::Ram { frame, .. } => frame.page.load_acquire::<T>(address),
        Place::Outside { physical } => {
            let access = DeviceAccess { physical, address, size: T::SIZE as u8, store: None };
            T::from_u64(cpu.device(access)?)
        }
    };
    Ok(cpu.in_data_order(value))
}

#[cold]
#[inline(never)]
pub(crate) fn store_slow<T: Width>(
    cpu: &mut Cpu,
    level: Level,
    address: u64,
    value: T,
    order: Order,
) -> Done {
    let aligned = address & (T::SIZE - 1) == 0;
    if !aligned {
        if order == Order::AcquireRelease || cpu.system.alignment_checked() {
            return Err(cpu.abort(address, Access::Write, Fault::ALIGNMENT));
        }
        return store_unaligned(cpu, level, address, value);
    }
    let place = cpu.translate(level, address, Access::Write)?;
    let value = cpu.in_data_order(value);
    match place {
        Place::Ram { frame, .. } => {
            cpu.before_write(frame)?;
            match order {
                Order::Plain => frame.page.store(address, value),
                Order::AcquireRelease => frame.page.store_release(address, value),
            }
            Ok(())
        }
        Place::Outside { physical } => {
            let store = Some(value.to_u64());
            cpu.device(DeviceAccess { physical, address, size: T::SIZE as u8, store }).map(|_| ())
        }
    }
}

/// The RAM pages under an access that is not aligned: of its first and of its last byte.
fn unaligned_pages(
    cpu: &mut Cpu,
    level: Level,
    address: u64,
    size: u64,
    access: Access,
) -> Result<(Frame, Frame), Trapped> {
    let last = address.wrapping_add(size - 1);
    let mut ram = |at: u64| match cpu.translate(level, at, access)? {
        Place::Ram { frame, device: false } => Ok(frame),
        _ => Err(cpu.abort(at, access, Fault::ALIGNMENT)),
    };
    let first = ram(address)?;
    if (address ^ last) & !(PAGE - 1) == 0 {
        return Ok((first, first));
    }
    // The abort of the second page is reported with the address of its first byte.
    Ok((first, ram(last & !(PAGE - 1))?))
}

fn load_unaligned<T: Width>(cpu: &mut Cpu, level: Level, address: u64) -> Result<T, Trapped> {
    let pages = unaligned_pages(cpu, level, address, T::SIZE, Access::Read)?;
    let skip = (address & (T::SIZE - 1)) as u32 * 8;
    let low = pages.0.page.load::<T>(address);
    let high = pages.1.page.load::<T>(address.wrapping_add(T::SIZE));
    let bits = T::SIZE as u32 * 8;
    let value = (low.to_u64() >> skip) | (high.to_u64() << (bits - skip));
    Ok(cpu.in_data_order(T::from_u64(value)))
}

fn store_unaligned<T: Width>(cpu: &mut Cpu, level: Level, address: u64, value: T) -> Done {
    let pages = unaligned_pages(cpu, level, address, T::SIZE, Access::Write)?;
    cpu.before_write(pages.0)?;
    cpu.before_write(pages.1)?;
    let mut value = cpu.in_data_order(value).to_u64();
    let end = address.wrapping_add(T::SIZE);
    let mut at = address;
    while at != end {
        let left = end.wrapping_sub(at);
        let page = if (at ^ address) & !(PAGE - 1) == 0 { pages.0.page } else { pages.1.page };
        let size = (1u64 << at.trailing_zeros().min(3)).min(1 << left.ilog2());
        store_piece(page, at, size, value);
        value = value.checked_shr(size as u32 * 8).unwrap_or(0);
        at = at.wrapping_add(size);
    }
    Ok(())
}

/// Stores the low `size` bytes of `value`, aligned.
fn store_piece(page: Page, at: u64, size: u64, value: u64) {
    match size {
        1 => page.store(at, value as u8),
        2 => page.store(at, value as u16),
        4 => page.store(at, value as u32),
        _ => page.store(at, value),
    }
}

impl Cpu {
    /// Where `address` leads, for an access at `level`. RAM is remembered in the TLB.
    pub(crate) fn translate(
        &mut self,
        level: Level,
        address: u64,
        access: Access,
    ) -> Result<Place, Trapped> {
        let known = match access {
            Access::Write => self.tlb.write(level, address, 1),
            _ => self.tlb.read(level, address, 1),
        };
        if let Some(entry) = known {
            let frame = Frame { page: entry.page, number: entry.frame };
            return Ok(Place::Ram { frame, device: entry.device });
        }
        self.translate_by_walk(level, address, access)
            .map_err(|fault| self.abort(address, access, fault))
    }

    fn translate_by_walk(
        &mut self,
        level: Level,
        address: u64,
        access: Access,
    ) -> Result<Place, Fault> {
        let leaf = walk_for(level, &self.system, &self.cluster.ram, address, false)?;
        if !leaf.allows(level, access, false) {
            return Err(leaf.permission_fault());
        }
        let Some(frame) = self.cluster.ram.page(leaf.physical) else {
            return Ok(Place::Outside { physical: leaf.physical });
        };
        // Who writes to what can only be read meets whoever is behind the address.
        let writable = self.cluster.ram.is_writable(leaf.physical);
        if access == Access::Write && !writable {
            return Ok(Place::Outside { physical: leaf.physical });
        }
        let device = leaf.is_device();
        if !self.system.data_is_big_endian(Level::El0)
            && !self.system.data_is_big_endian(Level::El1)
        {
            let translation = Translation {
                frame,
                physical: leaf.physical & !(PAGE - 1),
                readable: leaf.allows(level, Access::Read, false),
                writable: writable && leaf.allows(level, Access::Write, false),
                device,
                global: leaf.global,
                size_bits: leaf.size_bits,
            };
            self.tlb.insert(level, address, &translation);
        }
        Ok(Place::Ram { frame, device })
    }

    /// A Data Abort.
    #[cold]
    pub(crate) fn abort(&mut self, address: u64, access: Access, fault: Fault) -> Trapped {
        let write = u32::from(access == Access::Write) << 6;
        self.raise(Exception::new(Class::DataAbort).iss(write | fault.0).far(address))
    }

    /// The outside's answer to `access`, now or when the instruction is repeated.
    #[cold]
    pub(crate) fn device(&mut self, access: DeviceAccess) -> Result<u64, Trapped> {
        if let Some(value) = self.replay.take() {
            return Ok(value);
        }
        Err(self.trap(Trap::Device(access)))
    }

    /// Makes the blocks of a page stale before it is written. Where this may be the block that is
    /// executing, the instruction is repeated alone instead.
    pub(crate) fn before_write(&mut self, frame: Frame) -> Done {
        if !self.code.is_code(frame.number) {
            return Ok(());
        }
        self.code.invalidate(frame.number);
        if self.alone { Ok(()) } else { Err(self.trap(Trap::CodeWrite)) }
    }

    /// By the current Exception level, for unprivileged accesses too (Arm ARM, BigEndian).
    fn in_data_order<T: Width>(&self, value: T) -> T {
        if !self.system.data_is_big_endian(self.level) {
            return value;
        }
        T::from_u64(value.to_u64().swap_bytes() >> (64 - 8 * T::SIZE))
    }
}

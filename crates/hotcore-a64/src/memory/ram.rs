//! Guest RAM by pointer: the one place of this crate that touches it.
//!
//! [`Ram::page`] is the only way to a [`Page`], and it makes one only of 4 KiB that lie in a mapped
//! region. Every access through a `Page` masks its offset so that the whole access stays inside:
//! whatever a guest computes, nothing but its own RAM is reached. Accesses are atomic, relaxed, of
//! their natural size, so that nothing tears; what is not aligned is made of smaller ones.
#![allow(unsafe_code)] // Guest RAM is shared with the guest's other CPUs and with devices.

use std::ops::Range;
use std::sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64, Ordering, fence};

use portable_atomic::AtomicU128;
use vm_memory::{GuestMemoryBackend, GuestMemoryMmap, GuestMemoryRegion};

/// Bytes of a page.
pub(crate) const PAGE: u64 = 4096;

/// The RAM of one machine, by pages.
pub(crate) struct Ram {
    regions: Vec<Region>,
    frames: usize,
    /// What the guest may only read.
    read_only: Range<u64>,
    /// Keeps every region mapped for as long as a `Page` may be used.
    _memory: GuestMemoryMmap<()>,
}

struct Region {
    start: u64,
    pages: u64,
    first_frame: usize,
    host: usize,
}

/// One page of guest RAM in this process. Valid for as long as the [`Ram`] it is of.
#[derive(Clone, Copy)]
pub(crate) struct Page(usize);

/// A page and its number among all pages of RAM.
#[derive(Clone, Copy)]
pub(crate) struct Frame {
    pub(crate) page: Page,
    pub(crate) number: u32,
}

impl Ram {
    /// The whole pages of `memory`; the guest writes to none in `read_only`.
    pub(crate) fn new(memory: &GuestMemoryMmap<()>, read_only: Range<u64>) -> Self {
        let mut frames = 0;
        let mut regions = Vec::new();
        for region in memory.iter() {
            let pages = region.len() / PAGE;
            let host = region.as_ptr() as usize;
            regions.push(Region { start: region.start_addr().0, pages, first_frame: frames, host });
            frames += pages as usize;
        }
        Self { regions, frames, read_only, _memory: memory.clone() }
    }

    /// How many pages there are.
    pub(crate) fn frames(&self) -> usize {
        self.frames
    }

    /// Whether the guest may write to `address`, where it is RAM.
    pub(crate) fn is_writable(&self, address: u64) -> bool {
        !self.read_only.contains(&address)
    }

    /// The page of RAM that holds `address`.
    #[inline]
    pub(crate) fn page(&self, address: u64) -> Option<Frame> {
        self.regions.iter().find_map(|region| {
            let index = address.checked_sub(region.start)? / PAGE;
            if index >= region.pages {
                return None;
            }
            let page = Page(region.host + (index * PAGE) as usize);
            Some(Frame { page, number: (region.first_frame + index as usize) as u32 })
        })
    }
}

/// An access size: an unsigned integer with the atomics of its size.
pub(crate) trait Width: Copy + Eq + std::fmt::Debug + 'static {
    /// Bytes.
    const SIZE: u64;
    /// The atomic of this size.
    type Atomic;
    fn to_u64(self) -> u64;
    fn from_u64(value: u64) -> Self;
    fn load(atomic: &Self::Atomic, order: Ordering) -> Self;
    fn store(atomic: &Self::Atomic, value: Self, order: Ordering);
    fn exchange(atomic: &Self::Atomic, expected: Self, new: Self) -> Result<Self, Self>;
}

macro_rules! widths {
    ($($int:ty, $atomic:ty);* $(;)?) => {$(
        impl Width for $int {
            const SIZE: u64 = size_of::<$int>() as u64;
            type Atomic = $atomic;
            #[inline(always)]
            fn to_u64(self) -> u64 {
                self as u64
            }
            #[inline(always)]
            fn from_u64(value: u64) -> Self {
                value as Self
            }
            #[inline(always)]
            fn load(atomic: &$atomic, order: Ordering) -> Self {
                atomic.load(order)
            }
            #[inline(always)]
            fn store(atomic: &$atomic, value: Self, order: Ordering) {
                atomic.store(value, order);
            }
            #[inline(always)]
            fn exchange(atomic: &$atomic, expected: Self, new: Self) -> Result<Self, Self> {
                let result = atomic.compare_exchange(expected, new, Ordering::SeqCst, Ordering::SeqCst);
                // Linux takes such an instruction for a full barrier. On x86 it is one; elsewhere what
                // follows may pass the exchange's store.
                if !cfg!(target_arch = "x86_64") {
                    fence(Ordering::SeqCst);
                }
                result
            }
        }
    )*};
}
widths! { u8, AtomicU8; u16, AtomicU16; u32, AtomicU32; u64, AtomicU64; u128, AtomicU128 }

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "what is borrowed from a page needs a lifetime"
)]
impl Page {
    /// Points nowhere: for an entry whose tags never match. Never dereferenced.
    pub(crate) const NONE: Page = Page(0);

    /// The naturally aligned `T` at `offset`, whose bits outside the page and below the alignment
    /// are ignored.
    #[inline(always)]
    fn atomic<T: Width>(&self, offset: u64) -> &T::Atomic {
        debug_assert_ne!(self.0, 0, "no page");
        let offset = offset & (PAGE - 1) & !(T::SIZE - 1);
        // SAFETY: `self.0` is the host address of a whole page of a region that `Ram` keeps mapped
        // (`Ram::page` made it; `NONE` stands only in entries whose tags never match). `offset` is
        // aligned and at most PAGE - SIZE, so the access is aligned and inside. All accesses to
        // guest RAM are atomic or volatile, so a shared reference to an atomic is allowed.
        unsafe { &*((self.0 + offset as usize) as *const T::Atomic) }
    }

    /// Loads the aligned `T` at `offset`.
    #[inline(always)]
    pub(crate) fn load<T: Width>(&self, offset: u64) -> T {
        T::load(self.atomic::<T>(offset), Ordering::Relaxed)
    }

    /// Stores `value` at the aligned `offset`.
    #[inline(always)]
    pub(crate) fn store<T: Width>(&self, offset: u64, value: T) {
        T::store(self.atomic::<T>(offset), value, Ordering::Relaxed);
    }

    /// Stores zeroes from `offset` on, in units of 8 bytes; what is past the end of the page goes on
    /// at its beginning.
    #[inline(always)]
    pub(crate) fn zero(&self, offset: u64, bytes: u64) {
        for at in (0..bytes).step_by(8) {
            self.store(offset.wrapping_add(at), 0u64);
        }
    }

    /// Load-acquire (LDAR): ordered after every earlier store-release.
    #[inline(always)]
    pub(crate) fn load_acquire<T: Width>(&self, offset: u64) -> T {
        T::load(self.atomic::<T>(offset), Ordering::SeqCst)
    }

    /// Store-release (STLR): ordered before every later load-acquire.
    #[inline(always)]
    pub(crate) fn store_release<T: Width>(&self, offset: u64, value: T) {
        T::store(self.atomic::<T>(offset), value, Ordering::SeqCst);
    }

    /// Replaces the aligned `T` at `offset` by `new` if it is `expected`; tells what it was.
    #[inline(always)]
    pub(crate) fn exchange<T: Width>(&self, offset: u64, expected: T, new: T) -> Result<T, T> {
        T::exchange(self.atomic::<T>(offset), expected, new)
    }
}

#[cfg(test)]
mod tests;

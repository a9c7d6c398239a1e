//! The heap: bounded, in the kernel's own memory. Only the boot CPU uses it.
#![allow(unsafe_code)] // What an allocator is.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::ptr::{self, NonNull};

use linked_list_allocator::Heap;

/// Enough for the namespace of 512 CPUs.
const SIZE: usize = 16 << 20;

#[repr(C, align(4096))]
struct Memory([u8; SIZE]);

static mut MEMORY: Memory = Memory([0; SIZE]);

struct OneCpu(UnsafeCell<Heap>);

#[global_allocator]
static HEAP: OneCpu = OneCpu(UnsafeCell::new(Heap::empty()));

// SAFETY: secondary CPUs run code that allocates nothing (`cpus::secondary`), and no interrupt is ever taken.
unsafe impl Sync for OneCpu {}

/// Makes it usable, once.
pub(crate) fn begin() {
    // SAFETY: the first use of the memory and of the heap.
    unsafe { (*HEAP.0.get()).init((&raw mut MEMORY).cast(), SIZE) };
}

/// Bytes in use.
pub(crate) fn used() -> usize {
    // SAFETY: nobody else is in the heap (`Sync` above).
    unsafe { (*HEAP.0.get()).used() }
}

// SAFETY: `Heap` keeps what `GlobalAlloc` asks for.
unsafe impl GlobalAlloc for OneCpu {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: nobody else is in the heap (`Sync` above).
        let heap = unsafe { &mut *self.0.get() };
        heap.allocate_first_fit(layout).map_or(ptr::null_mut(), NonNull::as_ptr)
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as above.
        let heap = unsafe { &mut *self.0.get() };
        if let Some(block) = NonNull::new(block) {
            // SAFETY: the caller's: it came from `alloc` with this layout.
            unsafe { heap.deallocate(block, layout) };
        }
    }
}

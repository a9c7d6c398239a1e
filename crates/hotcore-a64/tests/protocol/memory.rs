//! In place of the CPU's memory, which the protocol carries and never touches.

use vm_memory::GuestMemoryMmap;

pub(crate) struct Ram(usize);

impl Ram {
    pub(crate) fn new(_: &GuestMemoryMmap<()>, _: std::ops::Range<u64>) -> Self {
        Self(0)
    }

    pub(crate) fn frames(&self) -> usize {
        self.0
    }
}

pub(crate) struct CodePages(usize);

impl CodePages {
    pub(crate) fn new(frames: usize) -> Self {
        Self(frames)
    }

    pub(crate) fn invalidate_all(&self) {
        assert_eq!(self.0, 0);
    }
}

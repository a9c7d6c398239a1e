//! Ranges of memory, and whose they are.

use alloc::vec::Vec;
use core::ops::Range;

use hotcore_ospm::tables::efi::Region;

/// A range of physical addresses.
pub type Span = Range<u64>;

/// Memory that is there, and memory that is free.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Memory {
    /// RAM, whoever uses it.
    pub ram: Vec<Span>,
    /// What of it an OS may use.
    pub free: Vec<Span>,
}

impl Memory {
    /// What an EFI memory map tells (UEFI 2.10 §7.2, after boot services have ended): the loader's memory,
    /// boot services' and conventional memory are the OS's; reserved memory, runtime services' and ACPI's
    /// are not.
    pub fn of_efi(regions: &[Region]) -> Self {
        let mut memory = Self::default();
        for region in regions {
            let size = region.pages.checked_mul(0x1000);
            let Some(end) = size.and_then(|size| region.start.checked_add(size)) else { continue };
            match region.kind {
                1..=4 | 7 => {
                    memory.ram.push(region.start..end);
                    memory.free.push(region.start..end);
                }
                5 | 6 | 9 | 10 => memory.ram.push(region.start..end),
                _ => {}
            }
        }
        memory
    }

    /// The same with a part that is not free.
    pub fn keep(&mut self, hole: &Span) {
        self.free = without(core::mem::take(&mut self.free), hole);
    }
}

/// What is left of `spans` without `hole`.
pub fn without(spans: Vec<Span>, hole: &Span) -> Vec<Span> {
    let mut left = Vec::new();
    for span in spans {
        if hole.end <= span.start || hole.start >= span.end {
            left.push(span);
            continue;
        }
        let parts = [span.start..hole.start, hole.end..span.end];
        left.extend(parts.into_iter().filter(|part| part.start < part.end));
    }
    left
}

/// The first place in `spans` for `size` bytes at a multiple of `alignment`, a power of two.
pub fn place(spans: &[Span], size: u64, alignment: u64) -> Option<u64> {
    spans.iter().find_map(|span| {
        let start = span.start.checked_next_multiple_of(alignment)?;
        (start.checked_add(size)? <= span.end).then_some(start)
    })
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    #[test]
    fn an_efi_map_tells_what_is_free() {
        let region = |kind, start, pages| Region { kind, start, pages, attributes: 0xf };
        let memory = Memory::of_efi(&[
            region(7, 0x4000_0000, 0x10),
            region(9, 0x4001_0000, 0x10),
            region(0, 0x4002_0000, 1),
            region(4, 0x4003_0000, 1),
            region(7, u64::MAX, 2),
            region(7, 0, u64::MAX),
        ]);
        assert_eq!(memory.ram.len(), 3);
        assert_eq!(memory.free, vec![0x4000_0000..0x4001_0000, 0x4003_0000..0x4003_1000]);
    }

    #[test]
    fn holes_are_cut_out() {
        let spans = vec![0..10, 20..30];
        assert_eq!(without(spans.clone(), &(5..25)), [0..5, 25..30]);
        assert_eq!(without(spans.clone(), &(2..4)), [0..2, 4..10, 20..30]);
        assert_eq!(without(spans.clone(), &(10..20)), spans);
        assert_eq!(without(spans, &(0..40)), []);
    }

    #[test]
    fn a_place_is_aligned_and_large_enough() {
        let spans = [5..10, 17..64];
        assert_eq!(place(&spans, 2, 4), Some(8));
        assert_eq!(place(&spans, 8, 16), Some(32));
        assert_eq!(place(&spans, 40, 16), None);
        assert_eq!(place(&[1..u64::MAX, 0..0], u64::MAX, 2), None);
    }
}

//! Where things lie. Pages have numbers from the beginning of RAM on; unless a line says otherwise
//! they are mapped to the same addresses.
//!
//! ```text
//! 0 vectors    2, 3, 6 tables of levels 1, 2 and 3    4, 5, 1 likewise of the other ASID
//! 7 the end, near the code
//! 8, 9 code of the first kind, and where the program runs: mapped to 8, 9 or 10, 11
//! 10, 11 code of the second kind    12, 13 data    14 not mapped    16-19 other names of 8-11
//! ```

pub(crate) const PAGE: u64 = 4096;
pub(crate) const RAM: u64 = 0x4000_0000;
pub(crate) const PAGES: u64 = 20;

/// The address of a page.
pub(crate) const fn page(number: u64) -> u64 {
    RAM + number * PAGE
}

pub(crate) const VECTORS: u64 = page(0);
pub(crate) const END: u64 = page(7);
pub(crate) const LEVEL1: [u64; 2] = [page(2), page(4)];
pub(crate) const LEVEL2: [u64; 2] = [page(3), page(5)];
pub(crate) const LEVEL3: [u64; 2] = [page(6), page(1)];
pub(crate) const CODE: u64 = page(8);
/// Pages of code of each kind.
pub(crate) const CODE_PAGES: u64 = 2;
pub(crate) const DATA: u64 = page(12);
pub(crate) const ALIAS: u64 = page(16);

/// Words of a stretch of code: two that count, a body, and one that may go elsewhere.
pub(crate) const STRETCH: usize = 16;
/// Stretches of each kind.
pub(crate) const STRETCHES: usize = (CODE_PAGES * PAGE) as usize / 4 / STRETCH;

/// `hvc #0`
pub(crate) const HVC: u32 = 0xd400_0002;

//! The software TLB: translations already walked, direct-mapped, one table for each regime.
//!
//! ```text
//! tag: 63:12 virtual page | 11:4 context | 3:0 zero (an aligned access keeps them so)
//! ```
//! A *context* is a small number that stands for an ASID. The upper half, which is the kernel's, has
//! context 0: its pages are global as a rule, and where one is not, a change of ASID forgets all.
//! A tag that matches proves page, permission, ASID and alignment by one comparison. Entries that
//! must always take the slow path have no tag.

use crate::memory::ram::{Frame, PAGE, Page};
use crate::pstate::Level;

/// Entries for each regime; a power of two.
const ENTRIES: usize = 1024;
/// Entries for instructions.
const FETCH_ENTRIES: usize = 256;
/// Matches no access: bits 3:0 are never all set in what is compared.
const NO_TAG: u64 = u64::MAX;
/// Contexts that have a number, besides that of global pages.
const CONTEXTS: usize = 255;

/// A data translation.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    read: u64,
    write: u64,
    /// The RAM behind it.
    pub(crate) page: Page,
    /// Number of its frame.
    pub(crate) frame: u32,
    /// Whether the memory type is Device, which faults on unaligned accesses.
    pub(crate) device: bool,
}

impl Entry {
    const NONE: Self =
        Self { read: NO_TAG, write: NO_TAG, page: Page::NONE, frame: 0, device: false };
}

/// An instruction translation.
#[derive(Clone, Copy)]
pub(crate) struct FetchEntry {
    tag: u64,
    /// Guest physical address of the page.
    pub(crate) physical: u64,
}

/// What a walk found, as the TLB keeps it.
pub(crate) struct Translation {
    pub(crate) frame: Frame,
    pub(crate) physical: u64,
    pub(crate) readable: bool,
    pub(crate) writable: bool,
    pub(crate) device: bool,
    pub(crate) global: bool,
    /// log2 of the size that one descriptor maps.
    pub(crate) size_bits: u32,
}

/// The translations of one PE.
pub(crate) struct Tlb {
    data: [Box<[Entry; ENTRIES]>; 2],
    fetch: [Box<[FetchEntry; FETCH_ENTRIES]>; 2],
    /// Contexts of the lower and the upper half of the address space, where tags carry them.
    contexts: [u64; 2],
    /// The ASID that each context stands for.
    asids: Vec<u16>,
    /// Whether an entry of the upper half may belong to one ASID only.
    upper_not_global: bool,
    /// Blocks larger than a page that have entries: (address, log2 size).
    large: Vec<(u64, u32)>,
    /// Counts the times that an instruction's translation may have gone.
    epoch: u64,
    /// Pages that instructions were fetched from since [`Tlb::flush`], by a hash of their address:
    /// forgetting any other page changes nothing for who remembers instructions.
    fetched: Box<[u64; FETCHED / 64]>,
}

/// Bits of the filter of pages that instructions were fetched from.
const FETCHED: usize = 8192;

/// More block mappings than this are forgotten together with everything else.
const LARGE_MAX: usize = 64;

impl Tlb {
    #[expect(
        clippy::large_stack_arrays,
        reason = "built in place, or once on a thread of a machine"
    )]
    pub(crate) fn new() -> Self {
        let none = FetchEntry { tag: NO_TAG, physical: 0 };
        Self {
            data: [Box::new([Entry::NONE; ENTRIES]), Box::new([Entry::NONE; ENTRIES])],
            fetch: [Box::new([none; FETCH_ENTRIES]), Box::new([none; FETCH_ENTRIES])],
            contexts: [1 << 4, 0],
            asids: vec![0],
            upper_not_global: false,
            large: Vec::new(),
            epoch: 0,
            fetched: Box::new([0; FETCHED / 64]),
        }
    }

    /// Names how the instruction at `address` is translated: while it is the same, so is the
    /// physical page, for who remembers it elsewhere.
    #[inline(always)]
    pub(crate) fn stamp(&self, level: Level, address: u64) -> u64 {
        // A context fills bits 11:4.
        self.epoch << 12 | self.contexts[(address >> 63) as usize] | level as u64
    }

    /// The entry where `address` belongs, if it allows the aligned read of `size` bytes.
    #[inline(always)]
    pub(crate) fn read(&self, level: Level, address: u64, size: u64) -> Option<&Entry> {
        let entry = &self.data[level as usize][slot(address)];
        (entry.read == self.tag(address, size)).then_some(entry)
    }

    /// The entry where `address` belongs, if it allows the aligned write of `size` bytes.
    #[inline(always)]
    pub(crate) fn write(&self, level: Level, address: u64, size: u64) -> Option<&Entry> {
        let entry = &self.data[level as usize][slot(address)];
        (entry.write == self.tag(address, size)).then_some(entry)
    }

    /// The physical page of the instructions at `address`.
    #[inline(always)]
    pub(crate) fn fetch(&self, level: Level, address: u64) -> Option<u64> {
        let entry = &self.fetch[level as usize][slot(address) % FETCH_ENTRIES];
        (entry.tag == self.tag(address & !3, 1)).then_some(entry.physical)
    }

    #[inline(always)]
    fn tag(&self, address: u64, size: u64) -> u64 {
        (address & (!(PAGE - 1) | (size - 1))) + self.contexts[(address >> 63) as usize]
    }

    /// Keeps a data translation of `address`.
    pub(crate) fn insert(&mut self, level: Level, address: u64, translation: &Translation) {
        self.note(address, translation);
        let tag = self.tag(address & !(PAGE - 1), 1);
        self.data[level as usize][slot(address)] = Entry {
            read: if translation.readable { tag } else { NO_TAG },
            write: if translation.writable { tag } else { NO_TAG },
            page: translation.frame.page,
            frame: translation.frame.number,
            device: translation.device,
        };
    }

    /// Keeps an instruction translation of `address`.
    pub(crate) fn insert_fetch(&mut self, level: Level, address: u64, translation: &Translation) {
        self.note(address, translation);
        let tag = self.tag(address & !(PAGE - 1), 1);
        let physical = translation.physical;
        let bit = fetched_bit(address);
        self.fetched[bit / 64] |= 1 << (bit % 64);
        self.fetch[level as usize][slot(address) % FETCH_ENTRIES] = FetchEntry { tag, physical };
    }

    fn note(&mut self, address: u64, translation: &Translation) {
        if translation.size_bits > 12 {
            self.note_block((untagged(address) >> translation.size_bits, translation.size_bits));
        }
        // After what may have forgotten it.
        self.upper_not_global |= !translation.global && address >> 63 == 1;
    }

    fn note_block(&mut self, block: (u64, u32)) {
        if self.large.contains(&block) {
            return;
        }
        if self.large.len() == LARGE_MAX {
            self.flush();
        }
        self.large.push(block);
    }

    /// From now on `asid` is the current one.
    pub(crate) fn select_asid(&mut self, asid: u16) {
        let context = self.context_of(asid) << 4;
        if context == self.contexts[0] {
            return;
        }
        if self.upper_not_global {
            self.flush();
        }
        self.contexts[0] = context;
    }

    fn context_of(&mut self, asid: u16) -> u64 {
        if let Some(index) = self.asids.iter().position(|&known| known == asid) {
            return index as u64 + 1;
        }
        if self.asids.len() == CONTEXTS {
            self.flush();
            self.asids.clear();
        }
        self.asids.push(asid);
        self.asids.len() as u64
    }

    /// Forgets everything.
    pub(crate) fn flush(&mut self) {
        for table in &mut self.data {
            table.fill(Entry::NONE);
        }
        for table in &mut self.fetch {
            table.fill(FetchEntry { tag: NO_TAG, physical: 0 });
        }
        self.large.clear();
        self.upper_not_global = false;
        self.fetched.fill(0);
        self.epoch += 1;
    }

    /// Forgets what was looked up for `asid` and is not global.
    pub(crate) fn flush_asid(&mut self, asid: u16) {
        if self.upper_not_global {
            return self.flush();
        }
        let Some(index) = self.asids.iter().position(|&known| known == asid) else { return };
        let context = (index as u64 + 1) << 4;
        let matches = |tag: u64| tag != NO_TAG && tag & 0xff0 == context;
        for entry in self.data.iter_mut().flat_map(|table| table.iter_mut()) {
            if matches(entry.read) || matches(entry.write) {
                *entry = Entry::NONE;
            }
        }
        for entry in self.fetch.iter_mut().flat_map(|table| table.iter_mut()) {
            if matches(entry.tag) {
                entry.tag = NO_TAG;
            }
        }
        self.epoch += 1;
    }

    /// Forgets the page of `address`, whatever its ASID.
    pub(crate) fn flush_address(&mut self, address: u64) {
        let address = untagged(address);
        // The address may have been mapped by blocks of several sizes, one after the other.
        let blocks = self.large.iter().filter(|(at, bits)| address >> bits == *at);
        if let Some(&block) = blocks.max_by_key(|(_, bits)| bits) {
            self.epoch += 1;
            return self.flush_block(block);
        }
        let bit = fetched_bit(address);
        self.epoch += self.fetched[bit / 64] >> (bit % 64) & 1;
        self.flush_where(slot(address), |tag| untagged(tag) >> 12 == address >> 12);
    }

    /// One descriptor may have filled many entries, and others of the same block stay in `large`.
    fn flush_block(&mut self, (at, bits): (u64, u32)) {
        for slot in 0..ENTRIES {
            self.flush_where(slot, |tag| untagged(tag) >> bits == at);
        }
    }

    fn flush_where(&mut self, slot: usize, matches: impl Fn(u64) -> bool) {
        let matches = |tag: u64| tag != NO_TAG && matches(tag);
        for table in &mut self.data {
            let entry = &mut table[slot];
            if matches(entry.read) || matches(entry.write) {
                *entry = Entry::NONE;
            }
        }
        for table in &mut self.fetch {
            let entry = &mut table[slot % FETCH_ENTRIES];
            if matches(entry.tag) {
                entry.tag = NO_TAG;
            }
        }
    }
}

#[inline(always)]
fn slot(address: u64) -> usize {
    (address >> 12) as usize % ENTRIES
}

/// The bit of `fetched` that stands for a page.
fn fetched_bit(address: u64) -> usize {
    let page = untagged(address) >> 12;
    (page ^ page >> 13 ^ page >> 26) as usize % FETCHED
}

/// Bits 55:0: what a TLB invalidation names; the top byte may be a tag.
fn untagged(address: u64) -> u64 {
    address & (u64::MAX >> 8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::ram::Page;

    fn block(size_bits: u32, global: bool) -> Translation {
        Translation {
            frame: Frame { page: Page::NONE, number: 0 },
            physical: 0,
            readable: true,
            writable: true,
            device: false,
            global,
            size_bits,
        }
    }

    fn is_known(tlb: &Tlb, address: u64) -> bool {
        tlb.fetch(Level::El1, address).is_some()
    }

    #[test]
    fn an_address_forgets_the_largest_block_that_it_was_mapped_by() {
        const GIB: u64 = 1 << 30;
        let mut tlb = Tlb::new();
        tlb.insert_fetch(Level::El1, GIB, &block(21, true));
        tlb.insert_fetch(Level::El1, GIB + (64 << 20), &block(30, true));
        tlb.flush_address(GIB);
        assert!(!is_known(&tlb, GIB + (64 << 20)));
    }

    #[test]
    fn forgetting_blocks_for_one_more_does_not_forget_whose_that_is() {
        const UPPER: u64 = 0xffff << 48;
        let mut tlb = Tlb::new();
        tlb.select_asid(1);
        for number in 0..LARGE_MAX as u64 {
            tlb.insert_fetch(Level::El1, UPPER | number << 21, &block(21, true));
        }
        let last = UPPER | (LARGE_MAX as u64) << 21;
        tlb.insert_fetch(Level::El1, last, &block(21, false));
        assert!(is_known(&tlb, last));
        tlb.select_asid(2);
        assert!(!is_known(&tlb, last));
    }
}

//! Which pages of RAM hold code that some PE has decoded, and whether it still stands there.
//!
//! Each page has a generation. It is odd while blocks decoded from the page are valid; the first
//! write makes it even, and with it every block of the page stale, on every PE at once: a block
//! remembers the generation it was decoded in and compares it whenever it is entered. So writes to
//! code are seen though nobody announces them, and IC IVAU has little left to do: it closes the
//! window in which one PE decodes what another is about to overwrite.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering, fence};

/// The generation of every page of RAM.
pub(crate) struct CodePages {
    pages: Box<[AtomicU32]>,
    /// Which groups of pages have ever been decoded from: most of RAM never is.
    groups: Box<[AtomicBool]>,
}

/// Pages of a group.
const GROUP: usize = 512;

impl CodePages {
    /// `frames` pages, none of which has been decoded.
    pub(crate) fn new(frames: usize) -> Self {
        let pages = (0..frames).map(|_| AtomicU32::new(0)).collect();
        let groups = (0..frames.div_ceil(GROUP)).map(|_| AtomicBool::new(false)).collect();
        Self { pages, groups }
    }

    /// Whether blocks were decoded from the page and no write has come since.
    #[inline(always)]
    pub(crate) fn is_code(&self, frame: u32) -> bool {
        self.generation(frame) & 1 == 1
    }

    /// The page's generation.
    #[inline(always)]
    pub(crate) fn generation(&self, frame: u32) -> u32 {
        self.pages.get(frame as usize).map_or(0, |page| page.load(Ordering::Relaxed))
    }

    /// Says that a block of the page is about to be decoded; returns the generation it is of.
    pub(crate) fn mark(&self, frame: u32) -> u32 {
        // Before the page is marked: who finds the group unmarked has found the page so, too.
        if let Some(group) = self.groups.get(frame as usize / GROUP)
            && !group.load(Ordering::SeqCst)
        {
            group.store(true, Ordering::SeqCst);
        }
        let generation =
            self.pages.get(frame as usize).map_or(1, |page| page.fetch_or(1, Ordering::SeqCst) | 1);
        // The words are read after this: a host may let them pass the exchange's store.
        fence(Ordering::SeqCst);
        generation
    }

    /// Makes every block of the page stale.
    pub(crate) fn invalidate(&self, frame: u32) {
        let Some(page) = self.pages.get(frame as usize) else { return };
        let generation = page.load(Ordering::SeqCst);
        if generation & 1 == 0 {
            return;
        }
        // Whoever else is faster has made the same blocks stale.
        let next = generation.wrapping_add(1);
        let _ = page.compare_exchange(generation, next, Ordering::SeqCst, Ordering::SeqCst);
    }

    /// Makes every block stale.
    pub(crate) fn invalidate_all(&self) {
        let decoded = |group: &AtomicBool| group.load(Ordering::SeqCst);
        for (group, _) in self.groups.iter().enumerate().filter(|(_, group)| decoded(group)) {
            let first = group * GROUP;
            for frame in first..self.pages.len().min(first + GROUP) {
                self.invalidate(frame as u32);
            }
        }
    }
}

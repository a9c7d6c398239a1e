//! The PL011's receive FIFO: 16 characters, or the one holding register while FIFOs are disabled.

use std::collections::VecDeque;

use super::registers::DR_OVERRUN;

const DEPTH: usize = 16;

/// Received characters in the format of DR: the byte and its error bits.
pub(super) struct ReceiveFifo {
    characters: VecDeque<u16>,
    enabled: bool,
    overrun: bool,
}

impl Default for ReceiveFifo {
    /// Empty and enabled.
    fn default() -> Self {
        Self { characters: VecDeque::with_capacity(DEPTH), enabled: true, overrun: false }
    }
}

impl ReceiveFifo {
    /// LCR_H.FEN. Empties it: DDI 0183 leaves open what becomes of its contents.
    pub(super) fn set_enabled(&mut self, enabled: bool) {
        self.enabled = enabled;
        self.overrun = false;
        self.characters.clear();
    }

    pub(super) fn depth(&self) -> usize {
        if self.enabled { DEPTH } else { 1 }
    }

    pub(super) fn room(&self) -> usize {
        self.depth().saturating_sub(self.characters.len())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.characters.is_empty()
    }

    /// Whether the receive interrupt's condition holds for `level`, IFLS.RXIFLSEL.
    pub(super) fn is_at_level(&self, level: u8) -> bool {
        let trigger = match level {
            _ if !self.enabled => 1,
            0 => DEPTH / 8,
            1 => DEPTH / 4,
            2 => DEPTH / 2,
            3 => DEPTH / 4 * 3,
            // 5 to 7 are reserved.
            _ => DEPTH / 8 * 7,
        };
        self.characters.len() >= trigger
    }

    /// Adds a character; when there is no room it is lost, the next one read carries the overrun
    /// bit, and the answer is `false`.
    pub(super) fn push(&mut self, character: u16) -> bool {
        let fits = self.room() > 0;
        if fits {
            self.characters.push_back(character);
        } else {
            self.overrun = true;
        }
        fits
    }

    /// Takes the oldest character; 0 when there is none.
    pub(super) fn pop(&mut self) -> u16 {
        let character = self.characters.pop_front().unwrap_or(0);
        if std::mem::take(&mut self.overrun) { character | DR_OVERRUN } else { character }
    }
}

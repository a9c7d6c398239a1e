//! What Arm's PrimeCell peripherals have in common: 32-bit registers on a 4 KiB page and eight
//! identification registers at its end. Used by [`crate::Pl011`] and [`crate::Pl031`].
//!
//! The bus hands over accesses of any size and alignment; a PrimeCell answers whole registers only.
//! The two functions below are that step, and their rules are: a load reads each register it
//! touches once, in ascending order; a store writes each register whose *first* byte it covers,
//! zero-extended, and other bytes of it go nowhere.

/// The component identification that all PrimeCells share.
const PRIMECELL_ID: [u8; 4] = [0x0D, 0xF0, 0x05, 0xB1];

/// Fills `data` from the registers at `offset`.
pub(crate) fn load(offset: u64, data: &mut [u8], mut register: impl FnMut(u64) -> u32) {
    let mut last = None;
    for (i, byte) in data.iter_mut().enumerate() {
        let address = offset.wrapping_add(i as u64);
        let base = address & !3;
        let word = match last {
            Some((at, word)) if at == base => word,
            _ => register(base),
        };
        last = Some((base, word));
        *byte = word.to_le_bytes()[(address & 3) as usize];
    }
}

/// Hands `data`, stored at `offset`, to the registers it begins in.
pub(crate) fn store(offset: u64, data: &[u8], mut register: impl FnMut(u64, u32)) {
    let skipped = offset.wrapping_neg() & 3;
    let words = data.get(skipped as usize..).unwrap_or_default().chunks(4);
    for (i, chunk) in words.enumerate() {
        let mut bytes = [0; 4];
        bytes[..chunk.len()].copy_from_slice(chunk);
        let base = offset.wrapping_add(skipped).wrapping_add(4 * i as u64);
        register(base, u32::from_le_bytes(bytes));
    }
}

/// The identification register at `offset` (PeriphID0–3 at 0xFE0, PCellID0–3 at 0xFF0) of the
/// peripheral whose PeriphID bytes are `peripheral`; `None` below them.
pub(crate) fn identification(peripheral: [u8; 4], offset: u64) -> Option<u32> {
    let index = usize::try_from(offset.checked_sub(0xFE0)? / 4).ok()?;
    let byte = peripheral.iter().chain(&PRIMECELL_ID).nth(index)?;
    Some(u32::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loaded(offset: u64, length: usize) -> (Vec<u8>, Vec<u64>) {
        let (mut data, mut read) = (vec![0xEE; length], Vec::new());
        load(offset, &mut data, |base| {
            read.push(base);
            0x0302_0100 + 0x1010_1010 * (base as u32 / 4)
        });
        (data, read)
    }

    #[test]
    fn a_load_reads_each_touched_register_once() {
        assert_eq!(loaded(0, 1), (vec![0x00], vec![0]));
        assert_eq!(loaded(5, 2), (vec![0x11, 0x12], vec![4]));
        assert_eq!(loaded(2, 4), (vec![0x02, 0x03, 0x10, 0x11], vec![0, 4]));
        assert_eq!(loaded(0, 8).1, [0, 4]);
        assert_eq!(loaded(3, 8).1, [0, 4, 8]);
    }

    fn stored(offset: u64, data: &[u8]) -> Vec<(u64, u32)> {
        let mut written = Vec::new();
        store(offset, data, |base, value| written.push((base, value)));
        written
    }

    #[test]
    fn a_store_writes_the_registers_it_begins_in() {
        assert_eq!(stored(4, &[0x41]), [(4, 0x41)]);
        assert_eq!(stored(4, &[0x41, 0x42]), [(4, 0x4241)]);
        assert_eq!(stored(5, &[0x41]), []);
        assert_eq!(stored(2, &[1, 2, 3, 4]), [(4, 0x0403)]);
        assert_eq!(stored(8, &[1, 0, 0, 0, 2, 0, 0, 0]), [(8, 1), (12, 2)]);
    }

    #[test]
    fn identification_ends_the_page() {
        let id = |offset| identification([0x11, 0x10, 0x14, 0x00], offset);
        let bytes: Vec<_> = (0xFE0..=0xFFC).step_by(4).filter_map(id).collect();
        assert_eq!(bytes, [0x11, 0x10, 0x14, 0, 0x0D, 0xF0, 0x05, 0xB1]);
        assert_eq!(id(0xFDC), None);
        assert_eq!(id(0x1000), None);
    }
}

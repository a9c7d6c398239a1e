//! Sizes and alignment of accesses to registers.

/// Part of a 64-bit register that can also be accessed as two words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wide {
    shift: u32,
    mask: u64,
}

impl Wide {
    /// The part that an access of `size` bytes at `offset` is about; `None` if the register cannot be
    /// accessed like that.
    pub(crate) const fn decode(offset: u64, size: usize) -> Option<Self> {
        match (offset % 8, size) {
            (0, 8) => Some(Self { shift: 0, mask: u64::MAX }),
            (0, 4) => Some(Self { shift: 0, mask: 0xffff_ffff }),
            (4, 4) => Some(Self { shift: 32, mask: 0xffff_ffff }),
            _ => None,
        }
    }

    pub(crate) const fn read(self, register: u64) -> u64 {
        register >> self.shift & self.mask
    }

    /// The register after a write.
    pub(crate) const fn write(self, register: u64, value: u64) -> u64 {
        register & !(self.mask << self.shift) | (value & self.mask) << self.shift
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_register_is_accessed_whole_or_by_word() {
        let register = 0x1111_2222_3333_4444;
        let part = |offset, size| Wide::decode(offset, size).unwrap();
        assert_eq!(part(0x6100, 8).read(register), register);
        assert_eq!(part(0x6100, 4).read(register), 0x3333_4444);
        assert_eq!(part(0x6104, 4).read(register), 0x1111_2222);
        assert_eq!(part(0x6104, 4).write(register, 0xf_dead_beef), 0xdead_beef_3333_4444);
        assert_eq!(part(0x6100, 4).write(register, 0xf_dead_beef), 0x1111_2222_dead_beef);
        for (offset, size) in [(4, 8), (2, 4), (0, 1), (0, 2), (0, 16)] {
            assert!(Wide::decode(offset, size).is_none());
        }
    }
}

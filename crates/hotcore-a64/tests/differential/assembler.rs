//! The few instructions that the oracle's runner and the bare-metal stubs are written with, encoded
//! as the Arm ARM (DDI 0487, C6.2) draws them.

/// A general-purpose register; 31 is SP or XZR, as the instruction has it.
pub(crate) type Register = u32;

/// Instructions one after the other.
#[derive(Default)]
pub(crate) struct Assembler {
    words: Vec<u32>,
}

impl Assembler {
    /// Appends an instruction.
    pub(crate) fn word(&mut self, word: u32) -> &mut Self {
        self.words.push(word);
        self
    }

    /// The index of the next instruction.
    pub(crate) fn here(&self) -> usize {
        self.words.len()
    }

    /// `MOV d, #value`, by as many MOVZ and MOVK as its bits need.
    pub(crate) fn set(&mut self, d: Register, value: u64) -> &mut Self {
        self.word(0xd280_0000 | (value as u32 & 0xffff) << 5 | d);
        for quarter in 1..4 {
            let part = (value >> (16 * quarter)) as u32 & 0xffff;
            if part != 0 {
                self.word(0xf280_0000 | quarter << 21 | part << 5 | d);
            }
        }
        self
    }

    /// `MOV d, m`
    pub(crate) fn copy(&mut self, d: Register, m: Register) -> &mut Self {
        self.word(0xaa00_03e0 | m << 16 | d)
    }

    /// `ADD d, n, #immediate`
    pub(crate) fn add(&mut self, d: Register, n: Register, immediate: u32) -> &mut Self {
        assert!(immediate < 1 << 12);
        self.word(0x9100_0000 | immediate << 10 | n << 5 | d)
    }

    /// `CBZ t, ` the instruction with the index `to`.
    pub(crate) fn branch_if_zero(&mut self, t: Register, to: usize) -> &mut Self {
        let distance = (to as u32).wrapping_sub(self.here() as u32);
        self.word(0xb400_0000 | (distance & 0x7_ffff) << 5 | t)
    }

    /// `SVC #0`, a system call of Linux.
    pub(crate) fn system_call(&mut self, number: u64) -> &mut Self {
        self.set(8, number).word(0xd400_0001)
    }

    /// `MSR register, t`; `register` is what bits 20 to 5 of the word hold.
    pub(crate) fn write_system(&mut self, register: u32, t: Register) -> &mut Self {
        self.word(0xd500_0000 | register << 5 | t)
    }

    /// `MRS t, register`
    pub(crate) fn read_system(&mut self, t: Register, register: u32) -> &mut Self {
        self.word(0xd520_0000 | register << 5 | t)
    }

    /// `ISB`
    pub(crate) fn synchronise(&mut self) -> &mut Self {
        self.word(0xd503_3fdf)
    }

    /// The instructions as memory holds them.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }
}

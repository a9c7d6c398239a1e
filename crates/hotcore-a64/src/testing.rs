//! A PE with a little RAM, for tests of instructions.

use std::ops::Range;
use std::sync::Arc;

use vm_memory::{Bytes, GuestAddress, GuestMemoryMmap};

use crate::cluster::Cluster;
use crate::run::{Core, Exit};
use crate::surroundings::{Surroundings, Timer};

/// Where RAM begins.
pub(crate) const RAM: u64 = 0x4000_0000;
/// Bytes of RAM.
pub(crate) const SIZE: usize = 1 << 20;
/// Where [`Machine::run`] puts code; data may lie below.
pub(crate) const CODE: u64 = RAM + 0x8_0000;
/// `hvc #0`
pub(crate) const HVC: u32 = 0xd400_0002;

/// The exception vectors: HVC, so that an exception ends [`Machine::run`] too.
pub(crate) const VECTORS: u64 = RAM + 0xf_0000;

/// Nothing but a clock that stands still.
pub(crate) struct Nothing;

impl Surroundings for Nothing {
    fn counter(&self) -> u64 {
        0
    }
    fn read(&mut self, _: u16) -> Option<u64> {
        None
    }
    fn write(&mut self, _: u16, _: u64) -> Option<()> {
        None
    }
    fn set_timer(&mut self, _: Timer, _: bool) {}
    fn irq(&self) -> bool {
        false
    }
    fn fiq(&self) -> bool {
        false
    }
}

/// One PE and its RAM. The MMU is off.
pub(crate) struct Machine {
    pub(crate) core: Core,
    pub(crate) memory: GuestMemoryMmap<()>,
}

impl Machine {
    pub(crate) fn new() -> Self {
        Self::with_read_only(0..0)
    }

    /// The same, with RAM to which a store is a device's.
    pub(crate) fn with_read_only(read_only: Range<u64>) -> Self {
        let memory = GuestMemoryMmap::from_ranges(&[(GuestAddress(RAM), SIZE)]).unwrap();
        let cluster = Cluster::with_read_only(&memory, read_only, 1);
        let mut core = Core::new(0, 0, Arc::clone(&cluster), Box::new(Nothing));
        core.enable_fp();
        core.cpu.system.vbar = VECTORS;
        let machine = Self { core, memory };
        machine.write(VECTORS, &[HVC; 0x200]);
        machine
    }

    /// Writes `words` to `address`.
    pub(crate) fn write(&self, address: u64, words: &[u32]) {
        for (number, word) in words.iter().enumerate() {
            let at = GuestAddress(address + 4 * number as u64);
            self.memory.write_obj(word.to_le(), at).unwrap();
        }
    }

    /// Executes `words` from [`CODE`] up to their end.
    pub(crate) fn run(&mut self, words: &[u32]) -> Exit {
        self.write(CODE, words);
        self.write(CODE + 4 * words.len() as u64, &[HVC]);
        self.core.cpu.cluster.forget_code();
        self.core.cpu.pc = CODE;
        self.core.forget_position();
        self.core.run()
    }
}

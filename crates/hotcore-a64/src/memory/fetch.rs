//! Instruction fetch: from a virtual address to the frame that holds the instructions.

use crate::cpu::Cpu;
use crate::exception::{Class, Exception};
use crate::memory::ram::{Frame, PAGE};
use crate::memory::tlb::Translation;
use crate::memory::walk::{Access, Fault, walk_for};
use crate::trap::Trapped;

impl Cpu {
    /// The physical page of the instruction at `address`.
    #[inline(always)]
    #[expect(clippy::verbose_bit_mask, reason = "alignment is written so in the Arm ARM")]
    pub(crate) fn fetch_page(&mut self, address: u64) -> Result<u64, Trapped> {
        if let Some(physical) = self.tlb.fetch(self.level, address)
            && address & 3 == 0
        {
            return Ok(physical);
        }
        self.fetch_page_slow(address)
    }

    #[cold]
    #[inline(never)]
    fn fetch_page_slow(&mut self, address: u64) -> Result<u64, Trapped> {
        if address & 3 != 0 {
            return Err(self.raise(Exception::new(Class::PcAlignment).far(address)));
        }
        self.fetch_by_walk(address).map_err(|fault| {
            self.raise(Exception::new(Class::InstructionAbort).iss(fault.0).far(address))
        })
    }

    fn fetch_by_walk(&mut self, address: u64) -> Result<u64, Fault> {
        let leaf = walk_for(self.level, &self.system, &self.cluster.ram, address, true)?;
        if !leaf.allows(self.level, Access::Fetch, self.system.write_execute_never()) {
            return Err(leaf.permission_fault());
        }
        let physical = leaf.physical & !(PAGE - 1);
        let frame = self.frame(physical).ok_or(Fault::EXTERNAL)?;
        let translation = Translation {
            frame,
            physical,
            readable: false,
            writable: false,
            device: leaf.is_device(),
            global: leaf.global,
            size_bits: leaf.size_bits,
        };
        self.tlb.insert_fetch(self.level, address, &translation);
        Ok(physical)
    }

    /// The frame of a physical address.
    pub(crate) fn frame(&self, physical: u64) -> Option<Frame> {
        self.cluster.ram.page(physical)
    }
}

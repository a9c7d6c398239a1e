//! Guest memory as a debugger sees it: by virtual address, whatever the permissions.

use std::ops::Range;

use vm_memory::GuestMemoryMmap;

use crate::memory::ram::{Frame, PAGE, Ram};
use crate::memory::walk::walk_for;
use crate::pstate::Level;
use crate::run::Core;
use crate::system::SystemRegisters;

impl Core {
    /// Reads RAM at the virtual `address`, as EL1 translates it now. Returns how many bytes of
    /// `data` could be read: up to what is not mapped or not RAM.
    pub fn read_memory(&self, address: u64, data: &mut [u8]) -> usize {
        read(&self.cpu.system, &self.cpu.cluster.ram, address, data)
    }

    /// Writes RAM at the virtual `address`, also where the guest could not, and makes what was
    /// decoded there stale. Nothing is written where not all of it can be; tells whether it was.
    pub fn write_memory(&self, address: u64, data: &[u8]) -> bool {
        let code = &self.cpu.code;
        let stale = |frame: &Frame| code.invalidate(frame.number);
        write(&self.cpu.system, &self.cpu.cluster.ram, address, data, stale)
    }
}

/// The registers that stage 1 translation of the EL1&0 regime depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TranslationRegisters {
    /// SCTLR_EL1.
    pub sctlr: u64,
    /// TCR_EL1.
    pub tcr: u64,
    /// TTBR0_EL1.
    pub ttbr0: u64,
    /// TTBR1_EL1.
    pub ttbr1: u64,
}

/// RAM by virtual address, for whoever knows a PE's registers but does not execute it here.
///
/// ```
/// use hotcore_a64::{AddressSpace, TranslationRegisters};
/// use vm_memory::{GuestAddress, GuestMemoryMmap};
///
/// let memory = GuestMemoryMmap::from_ranges(&[(GuestAddress(0x4000_0000), 0x1000)])?;
/// // SCTLR_EL1.M is 0: addresses are physical.
/// let space = AddressSpace::new(&memory, TranslationRegisters::default());
/// assert_eq!(space.read(0x4000_0ffe, &mut [0; 4]), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct AddressSpace {
    system: SystemRegisters,
    ram: Ram,
}

impl AddressSpace {
    /// `memory` as these registers translate it.
    pub fn new(memory: &GuestMemoryMmap<()>, registers: TranslationRegisters) -> Self {
        let TranslationRegisters { sctlr, tcr, ttbr0, ttbr1 } = registers;
        let system = SystemRegisters { sctlr, ttbr0, ttbr1, tcr, ..SystemRegisters::new(0) };
        Self { system, ram: Ram::new(memory, 0..0) }
    }

    /// As [`Core::read_memory`]. Where the granule is not 4 KiB nothing can be read.
    pub fn read(&self, address: u64, data: &mut [u8]) -> usize {
        if self.is_known(address) { read(&self.system, &self.ram, address, data) } else { 0 }
    }

    /// As [`Core::write_memory`].
    pub fn write(&self, address: u64, data: &[u8]) -> bool {
        self.is_known(address) && write(&self.system, &self.ram, address, data, |_| {})
    }

    /// Whether the granule of the half that `address` is in is 4 KiB (TCR_EL1.TG0 and TG1).
    fn is_known(&self, address: u64) -> bool {
        let high = address >> 55 & 1 == 1;
        let (granule, small) =
            if high { (self.system.tcr >> 30, 2) } else { (self.system.tcr >> 14, 0) };
        !self.system.mmu_enabled() || granule & 3 == small
    }
}

fn read(system: &SystemRegisters, ram: &Ram, address: u64, data: &mut [u8]) -> usize {
    pages(system, ram, address, data.len(), |frame, offset, part| {
        for (byte, offset) in data[part].iter_mut().zip(offset..) {
            *byte = frame.page.load(offset);
        }
    })
}

fn write(
    system: &SystemRegisters,
    ram: &Ram,
    address: u64,
    data: &[u8],
    stale: impl Fn(&Frame),
) -> bool {
    if pages(system, ram, address, data.len(), |_, _, _| {}) < data.len() {
        return false;
    }
    pages(system, ram, address, data.len(), |frame, offset, part| {
        stale(&frame);
        for (&byte, offset) in data[part].iter().zip(offset..) {
            frame.page.store(offset, byte);
        }
    });
    true
}

/// Visits the pages of `length` bytes at `address`: the frame, the offset there and which bytes these
/// are. Returns how many bytes have been visited.
fn pages(
    system: &SystemRegisters,
    ram: &Ram,
    address: u64,
    length: usize,
    mut visit: impl FnMut(Frame, u64, Range<usize>),
) -> usize {
    let mut done = 0;
    while done < length {
        let Some(at) = address.checked_add(done as u64) else { break };
        let Ok(leaf) = walk_for(Level::El1, system, ram, at, false) else { break };
        let Some(frame) = ram.page(leaf.physical) else { break };
        let size = (length - done).min((PAGE - at % PAGE) as usize);
        visit(frame, at % PAGE, done..done + size);
        done += size;
    }
    done
}

#[cfg(test)]
mod tests {
    use vm_memory::{Bytes, GuestAddress, GuestMemoryMmap};

    use super::{AddressSpace, TranslationRegisters};
    use crate::run::Exit;
    use crate::testing::{CODE, Machine, RAM, SIZE};

    const END: u64 = RAM + SIZE as u64;

    #[test]
    fn what_is_written_is_read_back_across_pages() {
        let machine = Machine::new();
        let data: Vec<u8> = (0..=255).cycle().take(9000).collect();
        assert!(machine.core.write_memory(RAM + 4001, &data));
        let mut read = vec![0; 9000];
        assert_eq!(machine.core.read_memory(RAM + 4001, &mut read), 9000);
        assert!(read == data);
    }

    #[test]
    fn a_read_ends_where_ram_does_and_a_write_is_whole_or_not_at_all() {
        let machine = Machine::new();
        assert_eq!(machine.core.read_memory(END - 3, &mut [0; 8]), 3);
        assert!(!machine.core.write_memory(END - 3, &[9; 8]));
        let mut read = [1; 3];
        assert_eq!(machine.core.read_memory(END - 3, &mut read), 3);
        assert_eq!(read, [0; 3]);
    }

    #[test]
    fn no_address_is_impossible() {
        let machine = Machine::new();
        for address in [0, RAM - 1, END, 1 << 40, 1 << 63, u64::MAX - 2, u64::MAX] {
            assert_eq!(machine.core.read_memory(address, &mut [0; 16]), 0, "{address:#x}");
            assert!(!machine.core.write_memory(address, &[0; 16]), "{address:#x}");
        }
        assert!(machine.core.write_memory(0, &[]));
    }

    /// The last page of the address space, in a half of 39 bits: three tables with one entry each.
    #[test]
    fn the_last_byte_of_the_address_space_can_be_read_and_written() {
        let memory = GuestMemoryMmap::from_ranges(&[(GuestAddress(RAM), SIZE)]).unwrap();
        let table = |number: u64| RAM + number * 0x1000;
        for (number, descriptor) in [(1, table(2) | 3), (2, table(3) | 3), (3, table(4) | 0x403)] {
            memory.write_obj(descriptor.to_le(), GuestAddress(table(number) + 0xff8)).unwrap();
        }
        let tcr = 2 << 32 | 2 << 30 | 0x19 << 16 | 0x19;
        let registers = TranslationRegisters { sctlr: 1, tcr, ttbr0: 0, ttbr1: table(1) };
        let space = AddressSpace::new(&memory, registers);
        assert!(space.write(u64::MAX - 1, &[7, 8]));
        let mut read = [0; 4];
        assert_eq!(space.read(u64::MAX - 1, &mut read), 2);
        assert_eq!(read, [7, 8, 0, 0]);
        assert!(!space.write(u64::MAX, &[1, 2]));
        assert_eq!(memory.read_obj::<u16>(GuestAddress(table(5) - 2)).unwrap(), 0x807);
        let coarse = TranslationRegisters { tcr: 3 << 30 | 25 << 16, ..registers };
        assert_eq!(AddressSpace::new(&memory, coarse).read(u64::MAX - 1, &mut read), 0);
    }

    #[test]
    fn code_that_was_executed_is_not_remembered_beyond_a_write() {
        let mut machine = Machine::new();
        let (one, two) = (0xd280_0020u32, 0xd280_0040u32); // movz x0, #1; movz x0, #2
        assert_eq!(machine.run(&[one]), Exit::Call);
        assert_eq!(machine.core.x(0), 1);
        assert!(machine.core.write_memory(CODE, &two.to_le_bytes()));
        machine.core.cpu.pc = CODE;
        machine.core.forget_position();
        assert_eq!(machine.core.run(), Exit::Call);
        assert_eq!(machine.core.x(0), 2);
    }
}

//! Guest memory as a debugger sees it: by virtual address, whatever the permissions.

use std::ops::Range;

use crate::memory::ram::{Frame, PAGE};
use crate::memory::walk::walk_for;
use crate::pstate::Level;
use crate::run::Core;

impl Core {
    /// Reads RAM at the virtual `address`, as EL1 translates it now. Returns how many bytes of
    /// `data` could be read: up to what is not mapped or not RAM.
    pub fn read_memory(&self, address: u64, data: &mut [u8]) -> usize {
        self.pages(address, data.len(), |frame, at, part| {
            for (byte, at) in data[part].iter_mut().zip(at..) {
                *byte = frame.page.load(at);
            }
        })
    }

    /// Writes RAM at the virtual `address`, also where the guest could not, and makes what was
    /// decoded there stale. Nothing is written where not all of it can be; tells whether it was.
    pub fn write_memory(&self, address: u64, data: &[u8]) -> bool {
        if self.pages(address, data.len(), |_, _, _| {}) < data.len() {
            return false;
        }
        self.pages(address, data.len(), |frame, at, part| {
            self.cpu.code.invalidate(frame.number);
            for (&byte, at) in data[part].iter().zip(at..) {
                frame.page.store(at, byte);
            }
        });
        true
    }

    /// Visits the pages of `length` bytes at `address`: the frame, the address and the bytes there.
    /// Returns how many bytes have been visited.
    fn pages(
        &self,
        address: u64,
        length: usize,
        mut visit: impl FnMut(Frame, u64, Range<usize>),
    ) -> usize {
        let mut done = 0;
        while done < length {
            let Some(at) = address.checked_add(done as u64) else { break };
            let system = &self.cpu.system;
            let Ok(leaf) = walk_for(Level::El1, system, &self.cpu.cluster.ram, at, false) else {
                break;
            };
            let Some(frame) = self.cpu.frame(leaf.physical) else { break };
            let size = (length - done).min((PAGE - at % PAGE) as usize);
            visit(frame, at, done..done + size);
            done += size;
        }
        done
    }
}

#[cfg(test)]
mod tests {
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

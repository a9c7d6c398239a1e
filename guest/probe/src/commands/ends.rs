//! Ends of this kernel: the next kernel, a crash, the machine's reset and end.
#![allow(unsafe_code)] // The next kernel's first instruction.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::arch::asm;

use hotcore_ospm::{Conduit, Cpu, CpuRecord, Psci};
use hotcore_probe::memory::{self, without};

use crate::console::say;
use crate::kernel::{Half, Kernel};
use crate::{arch, stub};

/// A kernel wants to be at a multiple of this (booting.rst).
const ALIGNMENT: u64 = 2 << 20;

impl Kernel {
    pub(super) fn kexec(&mut self) -> Result<(), String> {
        if !self.registry().kexec_allowed() {
            return Err("Can't kexec: CPUs are stuck in the kernel.".into());
        }
        let others = |(cpu, record): &(Cpu, &CpuRecord)| *cpu != Cpu::BOOT && record.online();
        let online: Vec<Cpu> = self.registry().iter().filter(others).map(|(cpu, _)| cpu).collect();
        for cpu in online {
            self.offline(cpu.0).map_err(|error| error.to_string())?;
        }
        if !self.registry().kexec_allowed() {
            return Err("Can't kexec: CPUs are stuck in the kernel.".into());
        }
        let size = self.image.end - self.image.start;
        let free = without(self.machine.memory.free.clone(), &self.host.arena);
        let place = memory::place(&free, size, ALIGNMENT).ok_or("there is no room")?;
        say!("kexec={place:#x}");
        // SAFETY: `place` is free memory, and the file was kept as it had been.
        unsafe {
            core::ptr::copy_nonoverlapping(
                self.image.pristine as *const u8,
                place as *mut u8,
                self.image.file_size as usize,
            );
        }
        arch::publish_code(place, size);
        stub::install(self.host.stub());
        let leave = stub::leave(self.host.stub());
        // SAFETY: nothing of this kernel executes any more: all other CPUs are in the firmware, and this one
        // goes through the stub, which turns the MMU off, into the next kernel with the tree in X0.
        unsafe {
            asm!("br x2", in("x0") self.entry.registers[0], in("x1") place, in("x2") leave,
                 options(noreturn))
        }
    }

    /// What a kernel that has crashed does to its CPUs. This one goes on, so that it can be asked.
    pub(super) fn crash(&mut self) -> Result<(), String> {
        let host = &mut self.host;
        let result = match &mut self.half {
            Half::Acpi { ospm, .. } => ospm.crash(host, Cpu::BOOT),
            Half::Tree(registry) => registry.crash(host, Cpu::BOOT),
        };
        result.map_err(|fault| fault.to_string())
    }

    pub(super) fn reset(&mut self) -> Result<(), String> {
        let psci = Psci::new(self.conduit().unwrap_or(Conduit::Hvc));
        Err(psci.system_reset(&mut self.host).to_string())
    }

    pub(super) fn off(&mut self) -> Result<(), String> {
        let psci = Psci::new(self.conduit().unwrap_or(Conduit::Hvc));
        Err(psci.system_off(&mut self.host).to_string())
    }
}

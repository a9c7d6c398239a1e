//! Direct boot: the guest's software and everything it reads about its machine, put into RAM.
//!
//! With ACPI the RAM begins with the hand-off (tables, EFI structures, a stub device tree), and the
//! kernel follows 2 MiB above. With a device tree the kernel comes first and the tree
//! behind it. The initramfs is at the top. Where CPUs are started through mailboxes, the firmware's code
//! is outside of RAM. Everything is put there anew at each reset.

mod guest;
mod return_entry;

use std::ops::Range;

use hotcore_acpi::efi::{self, AREA_SIZE};
use hotcore_acpi::{AcpiError, BootParameters, Platform, Seeds, fdt};
use hotcore_engine::GuestMemory;
use hotcore_vcpu::VcpuEntry;
use vm_memory::{Bytes, GuestAddress, GuestMemoryError};

pub(crate) use self::guest::Guest;
use crate::config::{CpuStart, Firmware, MachineConfig};
use crate::kernel::{InitramfsError, KernelError};
use crate::layout;

/// A device tree goes to a boundary of 2 MiB and is no larger than that (Linux
/// `Documentation/arch/arm64/booting.rst`).
const DEVICE_TREE_AREA: u64 = 2 << 20;

/// Why a guest cannot be booted.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    /// The kernel.
    #[error(transparent)]
    Kernel(#[from] KernelError),
    /// The initramfs.
    #[error(transparent)]
    Initramfs(#[from] InitramfsError),
    /// The description of the machine.
    #[error("the guest's tables cannot be built: {0}")]
    Tables(#[from] AcpiError),
    /// RAM.
    #[error("{size} bytes at {address:#x} do not fit into the guest's memory: {source}")]
    Memory {
        /// Where.
        address: u64,
        /// How many.
        size: usize,
        /// Why.
        source: GuestMemoryError,
    },
    /// A kernel of this size leaves no room for the device tree.
    #[error("there is no room for the device tree above the kernel; give the guest more --memory")]
    NoRoomForDeviceTree,
    /// The command line has a NUL in it.
    #[error("--cmdline: a kernel's command line cannot contain a NUL")]
    CommandLine,
    /// The host has no randomness.
    #[error("the host gives no random numbers for the guest's seeds: {0}")]
    Seeds(getrandom::Error),
}

/// Loads a guest, at power-on and at every reset.
pub(crate) struct Loader {
    guest: Guest,
    platform: Platform,
    memory: GuestMemory,
    command_line: String,
    firmware: Firmware,
    cpu_start: CpuStart,
}

impl Loader {
    pub(crate) fn new(
        guest: Guest,
        platform: Platform,
        memory: GuestMemory,
        config: &MachineConfig,
    ) -> Self {
        let command_line = config.cmdline.clone();
        let MachineConfig { firmware, cpu_start, .. } = *config;
        Self { guest, platform, memory, command_line, firmware, cpu_start }
    }

    /// Puts everything into RAM and tells where the boot CPU begins.
    pub(crate) fn load(&self) -> Result<VcpuEntry, BootError> {
        if self.cpu_start != CpuStart::Psci {
            self.write(layout::RETURN_ENTRY, &return_entry::code())?;
        }
        match self.firmware {
            Firmware::Acpi => self.load_acpi(),
            Firmware::DeviceTree => self.load_device_tree(),
        }
    }

    fn load_acpi(&self) -> Result<VcpuEntry, BootError> {
        let area = layout::RAM..layout::RAM + AREA_SIZE;
        let kernel = self.guest.kernel.load(&self.memory, GuestAddress(area.end))?;
        let initrd = self.load_initramfs(layout::RAM..kernel.entry.0 + kernel.size)?;
        let seeds = seeds()?;
        let boot = self.parameters(initrd.as_ref(), &seeds);
        let handoff = efi::build_handoff(&self.platform, &area, &boot)?;
        for (address, bytes) in handoff.pieces() {
            self.write(address, bytes)?;
        }
        Ok(entry(kernel.entry, handoff.dtb))
    }

    fn load_device_tree(&self) -> Result<VcpuEntry, BootError> {
        let kernel = self.guest.kernel.load(&self.memory, GuestAddress(layout::RAM))?;
        let free = kernel.entry.0 + kernel.size;
        let tree = free.next_multiple_of(DEVICE_TREE_AREA);
        if tree + DEVICE_TREE_AREA > self.platform.memory.end {
            return Err(BootError::NoRoomForDeviceTree);
        }
        let initrd = self.load_initramfs(layout::RAM..tree + DEVICE_TREE_AREA)?;
        let seeds = seeds()?;
        let boot = self.parameters(initrd.as_ref(), &seeds);
        self.write(tree, &fdt::build_device_tree(&self.platform, &boot)?)?;
        Ok(entry(kernel.entry, tree))
    }

    /// Puts the initramfs above everything that is in `below`.
    fn load_initramfs(&self, below: Range<u64>) -> Result<Option<Range<u64>>, BootError> {
        let Some(initramfs) = &self.guest.initramfs else { return Ok(None) };
        let start = initramfs.place(self.platform.memory.clone(), below)?;
        initramfs.load(&self.memory, start)?;
        Ok(Some(start.0..start.0 + initramfs.size()))
    }

    fn parameters<'a>(
        &'a self,
        initrd: Option<&'a Range<u64>>,
        seeds: &'a Seeds,
    ) -> BootParameters<'a> {
        BootParameters { command_line: &self.command_line, initrd, seeds }
    }

    fn write(&self, address: u64, bytes: &[u8]) -> Result<(), BootError> {
        let size = bytes.len();
        let error = |source| BootError::Memory { address, size, source };
        self.memory.write_slice(bytes, GuestAddress(address)).map_err(error)
    }
}

/// X0 holds the device tree's address (booting.rst).
fn entry(kernel: GuestAddress, device_tree: u64) -> VcpuEntry {
    VcpuEntry { pc: kernel.0, context: device_tree, big_endian: false }
}

/// Fresh randomness for one boot.
fn seeds() -> Result<Seeds, BootError> {
    let mut kaslr = [0; 8];
    let mut rng = [0; 64];
    getrandom::fill(&mut kaslr).map_err(BootError::Seeds)?;
    getrandom::fill(&mut rng).map_err(BootError::Seeds)?;
    Ok(Seeds { kaslr: u64::from_ne_bytes(kaslr), rng })
}

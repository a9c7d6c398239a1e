//! What a loader tells a kernel besides what the machine is; the same in both device trees.

use core::ops::Range;

use vm_fdt::FdtWriter;

use crate::AcpiError;

/// What the loader of a kernel hands over in `/chosen`.
#[derive(Debug, Clone, Copy)]
pub struct BootParameters<'a> {
    /// Kernel command line, without NUL.
    pub command_line: &'a str,
    /// Where the initial RAM disk is in guest memory, if there is one.
    pub initrd: Option<&'a Range<u64>>,
    /// Randomness for the guest.
    pub seeds: &'a Seeds,
}

/// Randomness for the guest, fresh for each boot. The caller draws it: this crate does no I/O.
#[derive(Clone, PartialEq, Eq)]
pub struct Seeds {
    /// Where the kernel puts itself in its virtual address space (`kaslr-seed`).
    pub kaslr: u64,
    /// First input of the kernel's random number generator (`rng-seed`).
    pub rng: [u8; 64],
}

impl core::fmt::Debug for Seeds {
    /// Says nothing of the seeds: they are the guest's secrets.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Seeds")
    }
}

impl BootParameters<'_> {
    /// Writes the properties into the open `/chosen` node.
    pub(crate) fn write(&self, fdt: &mut FdtWriter) -> Result<(), AcpiError> {
        fdt.property_string("bootargs", self.command_line)?;
        if let Some(initrd) = self.initrd {
            fdt.property_u64("linux,initrd-start", initrd.start)?;
            fdt.property_u64("linux,initrd-end", initrd.end)?;
        }
        fdt.property_u64("kaslr-seed", self.seeds.kaslr)?;
        fdt.property("rng-seed", &self.seeds.rng)?;
        Ok(())
    }
}

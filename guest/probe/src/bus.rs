//! Physical addresses: one access, one instruction.
#![allow(unsafe_code)] // Loads and stores at any address.

use core::arch::asm;

use hotcore_ospm::{Bus, Fault, Width};

use crate::{arch, exceptions, mmu};

/// Loads a word, by an instruction that a hypervisor can emulate.
///
/// # Safety
/// A register, mapped as a device.
pub(crate) unsafe fn load32(address: u64) -> u32 {
    let value: u32;
    // SAFETY: the caller's.
    unsafe { asm!("ldr {:w}, [{}]", out(reg) value, in(reg) address, options(nostack)) };
    value
}

/// Stores a word.
///
/// # Safety
/// A register, mapped as a device.
pub(crate) unsafe fn store32(address: u64, value: u32) {
    // SAFETY: the caller's.
    unsafe { asm!("str {:w}, [{}]", in(reg) value, in(reg) address, options(nostack)) };
}

/// All of it. An access that is answered by an exception is a fault.
///
/// What is in RAM is what memory holds, not a cache: who else accesses it may do so without caches.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Physical;

impl Bus for Physical {
    fn read(&mut self, address: u64, width: Width) -> Result<u64, Fault> {
        let ram = reach(address, width)?;
        if ram {
            arch::clean_and_invalidate(address, width.bytes());
        }
        let access = || {
            let value: u64;
            // SAFETY: a load changes nothing that Rust knows of; one that no memory answers is caught.
            unsafe {
                match width {
                    Width::Byte => asm!("ldrb {:w}, [{}]", out(reg) value, in(reg) address),
                    Width::Half => asm!("ldrh {:w}, [{}]", out(reg) value, in(reg) address),
                    Width::Word => asm!("ldr {:w}, [{}]", out(reg) value, in(reg) address),
                    Width::Double => asm!("ldr {}, [{}]", out(reg) value, in(reg) address),
                }
            }
            value
        };
        exceptions::attempt(access).ok_or(Fault { address })
    }

    fn write(&mut self, address: u64, width: Width, value: u64) -> Result<(), Fault> {
        let ram = reach(address, width)?;
        let access = || {
            // SAFETY: who asks knows what is there: registers, mailboxes, memory that nobody uses.
            unsafe {
                match width {
                    Width::Byte => asm!("strb {:w}, [{}]", in(reg) value, in(reg) address),
                    Width::Half => asm!("strh {:w}, [{}]", in(reg) value, in(reg) address),
                    Width::Word => asm!("str {:w}, [{}]", in(reg) value, in(reg) address),
                    Width::Double => asm!("str {}, [{}]", in(reg) value, in(reg) address),
                }
            }
        };
        exceptions::attempt(access).ok_or(Fault { address })?;
        if ram {
            arch::clean_and_invalidate(address, width.bytes());
        }
        Ok(())
    }
}

/// Has the address mapped; tells whether it is RAM.
fn reach(address: u64, width: Width) -> Result<bool, Fault> {
    let end = address.checked_add(width.bytes()).ok_or(Fault { address })?;
    if !address.is_multiple_of(width.bytes()) || !mmu::map_device(end - 1) {
        return Err(Fault { address });
    }
    Ok(mmu::is_ram(address))
}

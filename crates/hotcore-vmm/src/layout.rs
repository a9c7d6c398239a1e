//! The one table of guest physical addresses and interrupts. The bus, the ACPI tables and the
//! device tree are all generated from it.
//!
//! ```text
//! 0x0800_0000  GICv3 distributor            64 KiB
//! 0x0900_0000  PL011 console                 4 KiB   SPI 1  (INTID 33)
//! 0x0901_0000  PL031 clock                   4 KiB   SPI 2  (INTID 34)
//! 0x0908_0000  GED event selector            4 B     SPI 9  (INTID 41, edge)
//! 0x090c_0000  CPU hotplug register block   12 B
//! 0x0a00_0000  GICv3 redistributors         64 MiB   128 KiB for each of 512 CPUs
//! 0x0e00_0000  mailboxes                     2 MiB   4 KiB for each of 512 CPUs
//! 0x0e20_0000  return entry                 64 KiB   memory with code of the firmware
//! 0x4000_0000  RAM
//! ```
//! Mailboxes and return entry are there where CPUs are not started by PSCI. Where QEMU's `virt` machine
//! has the same device, it is at the same address.

use core::ops::Range;

use hotcore_acpi::{Device, Gic};
use hotcore_engine::GicSpec;

/// Distributor of the GICv3.
pub const GIC_DISTRIBUTOR: u64 = 0x0800_0000;
/// The redistributor region, 128 KiB per possible CPU.
pub const GIC_REDISTRIBUTORS: u64 = 0x0a00_0000;
/// INTIDs below the end of the SPIs.
pub const GIC_INTERRUPTS: u32 = 128;
/// PMU overflow interrupt, a PPI (Arm BSA).
pub const PMU_INTERRUPT: u32 = 23;
/// The console.
pub const UART: Device = Device { base: 0x0900_0000, size: 0x1000, gsiv: 33 };
/// The clock.
pub const RTC: Device = Device { base: 0x0901_0000, size: 0x1000, gsiv: 34 };
/// The Generic Event Device.
pub const GED: Device = Device { base: 0x0908_0000, size: hotcore_devices::GED_SIZE, gsiv: 41 };
/// The CPU hotplug register block.
pub const CPU_HOTPLUG: u64 = 0x090c_0000;
/// Its size.
pub const CPU_HOTPLUG_SIZE: u64 = hotcore_devices::HOTPLUG_BLOCK_SIZE;
/// The mailboxes of all possible CPUs; nothing but the VMM is behind them.
pub const MAILBOXES: u64 = 0x0e00_0000;
/// Where a CPU goes that leaves its operating system: memory, which is not part of RAM.
pub const RETURN_ENTRY: u64 = 0x0e20_0000;
/// Its size, which is a page's of every host.
pub const RETURN_ENTRY_SIZE: u64 = 0x1_0000;
/// What is the firmware's alone.
pub const FIRMWARE: Range<u64> = MAILBOXES..RETURN_ENTRY + RETURN_ENTRY_SIZE;
/// Start of RAM.
pub const RAM: u64 = 0x4000_0000;
/// The most RAM: what a 40-bit guest physical address space holds above [`RAM`], the size that
/// every KVM/arm64 host has.
pub const RAM_SIZE_MAX: u64 = (1 << 40) - RAM;
/// The least RAM that a Linux kernel and its tables fit in.
pub const RAM_SIZE_MIN: u64 = 64 << 20;

/// The interrupt controller as the engine is asked for it.
pub const GIC_SPEC: GicSpec = GicSpec {
    distributor: GIC_DISTRIBUTOR,
    redistributors: GIC_REDISTRIBUTORS,
    interrupts: GIC_INTERRUPTS,
    pmu_interrupt: PMU_INTERRUPT,
};

/// The interrupt controller as the guest is told of it.
pub const GIC: Gic = Gic { distributor: GIC_DISTRIBUTOR, redistributors: GIC_REDISTRIBUTORS };

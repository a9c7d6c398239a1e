//! The whole machine as a device tree, for guests that want no ACPI (`--firmware dt`).
//!
//! Device trees of arm64 know nothing of CPU hotplug: the tree has the CPUs that are Enabled, and
//! the guest has those for ever.

use core::ops::Range;

use vm_fdt::{FdtReserveEntry, FdtWriter};

use crate::gtdt::TIMERS;
use crate::platform::{CpuAtBoot, CpuStart, DISTRIBUTOR_SIZE, Device, REDISTRIBUTOR_SIZE};
use crate::{AcpiError, BootParameters, Platform};

/// phandle of the interrupt controller.
const GIC: u32 = 1;
/// phandle of the clock of the PL011 and the PL031.
const CLOCK: u32 = 2;
/// Frequency of that clock.
const CLOCK_HZ: u32 = 24_000_000;

/// Where the jump address is in a mailbox.
const JUMP_ADDRESS: u64 = 8;

/// First cell of a GICv3 interrupt: shared, or private to a CPU.
const SPI: u32 = 0;
/// See [`SPI`].
const PPI: u32 = 1;
/// Third cell: level-triggered, active high.
const LEVEL_HIGH: u32 = 4;
/// Number that the first SPI has in the GIC; a device tree counts from there.
const FIRST_SPI: u32 = 32;
/// Number that the first PPI has in the GIC.
const FIRST_PPI: u32 = 16;

/// Builds the tree of a machine. NUMA is left to ACPI.
pub fn build_device_tree(
    platform: &Platform,
    boot: &BootParameters<'_>,
) -> Result<Vec<u8>, AcpiError> {
    platform.validate()?;
    if !platform.nodes.is_empty() {
        return Err(AcpiError::NotInDeviceTree { what: "NUMA nodes" });
    }
    if platform.deviation.is_some() {
        return Err(AcpiError::NotInDeviceTree { what: "a deviation" });
    }
    if matches!(platform.cpu_start, CpuStart::Parking(_)) {
        return Err(AcpiError::NotInDeviceTree { what: "the parking protocol" });
    }
    let mut fdt = FdtWriter::new_with_mem_reserv(&reserved(platform)?)?;
    let root = fdt.begin_node("")?;
    fdt.property_string("compatible", "linux,dummy-virt")?;
    fdt.property_string("model", "Hotcore")?;
    fdt.property_u32("#address-cells", 2)?;
    fdt.property_u32("#size-cells", 2)?;
    fdt.property_u32("interrupt-parent", GIC)?;
    chosen(&mut fdt, platform, boot)?;
    memory(&mut fdt, platform)?;
    if platform.cpu_start == CpuStart::Psci {
        psci(&mut fdt)?;
    }
    cpus(&mut fdt, platform)?;
    interrupt_controller(&mut fdt, platform)?;
    timer(&mut fdt)?;
    if let Some(interrupt) = platform.pmu_gsiv {
        pmu(&mut fdt, interrupt)?;
    }
    clock(&mut fdt)?;
    primecell(&mut fdt, "pl011", &platform.uart, &["uartclk", "apb_pclk"])?;
    primecell(&mut fdt, "pl031", &platform.rtc, &["apb_pclk"])?;
    fdt.end_node(root)?;
    Ok(fdt.finish()?)
}

/// What is the firmware's alone (Devicetree Specification §5.3).
fn reserved(platform: &Platform) -> Result<Vec<FdtReserveEntry>, AcpiError> {
    let range = platform.cpu_start.mailboxes().map(|mailboxes| &mailboxes.reserved);
    let entry = |range: &Range<u64>| FdtReserveEntry::new(range.start, range.end - range.start);
    Ok(range.into_iter().map(entry).collect::<Result<_, _>>()?)
}

fn chosen(
    fdt: &mut FdtWriter,
    platform: &Platform,
    boot: &BootParameters<'_>,
) -> Result<(), AcpiError> {
    let node = fdt.begin_node("chosen")?;
    boot.write(fdt)?;
    fdt.property_string("stdout-path", &format!("/pl011@{:x}", platform.uart.base))?;
    Ok(fdt.end_node(node)?)
}

fn memory(fdt: &mut FdtWriter, platform: &Platform) -> Result<(), AcpiError> {
    let range = &platform.memory;
    let node = fdt.begin_node(&format!("memory@{:x}", range.start))?;
    fdt.property_string("device_type", "memory")?;
    fdt.property_array_u64("reg", &[range.start, range.end - range.start])?;
    Ok(fdt.end_node(node)?)
}

fn psci(fdt: &mut FdtWriter) -> Result<(), AcpiError> {
    let node = fdt.begin_node("psci")?;
    fdt.property_string_list("compatible", vec!["arm,psci-1.0".into(), "arm,psci-0.2".into()])?;
    fdt.property_string("method", "hvc")?;
    Ok(fdt.end_node(node)?)
}

fn cpus(fdt: &mut FdtWriter, platform: &Platform) -> Result<(), AcpiError> {
    let node = fdt.begin_node("cpus")?;
    fdt.property_u32("#address-cells", 2)?;
    fdt.property_u32("#size-cells", 0)?;
    for (index, cpu) in (0..).zip(&platform.cpus) {
        if cpu.boot != CpuAtBoot::Enabled {
            continue;
        }
        let cpu_node = fdt.begin_node(&format!("cpu@{:x}", cpu.mpidr.bits()))?;
        fdt.property_string("device_type", "cpu")?;
        fdt.property_string("compatible", "arm,armv8")?;
        fdt.property_u64("reg", cpu.mpidr.bits())?;
        enable_method(fdt, &platform.cpu_start, index)?;
        fdt.end_node(cpu_node)?;
    }
    Ok(fdt.end_node(node)?)
}

/// How a CPU is started. `cpu-return-mailbox` is ours: the page to which it can be returned, whose jump
/// address `cpu-release-addr` is (guest contract §4.1, §4.4).
fn enable_method(fdt: &mut FdtWriter, start: &CpuStart, index: u32) -> Result<(), AcpiError> {
    let Some(mailboxes) = start.mailboxes() else {
        return Ok(fdt.property_string("enable-method", "psci")?);
    };
    let page = mailboxes.page(index);
    fdt.property_string("enable-method", "spin-table")?;
    fdt.property_u64("cpu-release-addr", page + JUMP_ADDRESS)?;
    Ok(fdt.property_u64("cpu-return-mailbox", page)?)
}

fn interrupt_controller(fdt: &mut FdtWriter, platform: &Platform) -> Result<(), AcpiError> {
    let gic = &platform.gic;
    let redistributors = platform.cpus.len() as u64 * REDISTRIBUTOR_SIZE;
    let node = fdt.begin_node(&format!("interrupt-controller@{:x}", gic.distributor))?;
    fdt.property_string("compatible", "arm,gic-v3")?;
    fdt.property_null("interrupt-controller")?;
    fdt.property_u32("#interrupt-cells", 3)?;
    fdt.property_array_u64(
        "reg",
        &[gic.distributor, DISTRIBUTOR_SIZE, gic.redistributors, redistributors],
    )?;
    fdt.property_phandle(GIC)?;
    Ok(fdt.end_node(node)?)
}

/// The binding wants the timers in the order of [`TIMERS`].
fn timer(fdt: &mut FdtWriter) -> Result<(), AcpiError> {
    let interrupts: Vec<u32> =
        TIMERS.iter().flat_map(|intid| [PPI, intid - FIRST_PPI, LEVEL_HIGH]).collect();
    let node = fdt.begin_node("timer")?;
    fdt.property_string("compatible", "arm,armv8-timer")?;
    fdt.property_array_u32("interrupts", &interrupts)?;
    fdt.property_null("always-on")?;
    Ok(fdt.end_node(node)?)
}

fn pmu(fdt: &mut FdtWriter, interrupt: u32) -> Result<(), AcpiError> {
    let node = fdt.begin_node("pmu")?;
    fdt.property_string("compatible", "arm,armv8-pmuv3")?;
    fdt.property_array_u32("interrupts", &[PPI, interrupt - FIRST_PPI, LEVEL_HIGH])?;
    Ok(fdt.end_node(node)?)
}

fn clock(fdt: &mut FdtWriter) -> Result<(), AcpiError> {
    let node = fdt.begin_node("apb-pclk")?;
    fdt.property_string("compatible", "fixed-clock")?;
    fdt.property_u32("#clock-cells", 0)?;
    fdt.property_u32("clock-frequency", CLOCK_HZ)?;
    fdt.property_phandle(CLOCK)?;
    Ok(fdt.end_node(node)?)
}

/// A device of Arm's PrimeCell family: `arm,<name>` with one interrupt and the named clocks.
fn primecell(
    fdt: &mut FdtWriter,
    name: &str,
    device: &Device,
    clocks: &[&str],
) -> Result<(), AcpiError> {
    let node = fdt.begin_node(&format!("{name}@{:x}", device.base))?;
    let compatible = vec![format!("arm,{name}"), "arm,primecell".into()];
    fdt.property_string_list("compatible", compatible)?;
    fdt.property_array_u64("reg", &[device.base, device.size])?;
    fdt.property_array_u32("interrupts", &[SPI, device.gsiv - FIRST_SPI, LEVEL_HIGH])?;
    fdt.property_array_u32("clocks", &vec![CLOCK; clocks.len()])?;
    let names = clocks.iter().map(ToString::to_string).collect();
    fdt.property_string_list("clock-names", names)?;
    Ok(fdt.end_node(node)?)
}

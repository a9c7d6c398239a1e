//! Which machine this is: by ACPI where EFI's hand-off leads to it, else by the device tree.
#![allow(unsafe_code)] // The device tree is bytes in memory.

use alloc::vec::Vec;

use hotcore_ospm::tables::efi::{self, MemoryMap};
use hotcore_ospm::tables::{TableError, Tables};
use hotcore_ospm::{Conduit, DeviceTreeCpu, DeviceTreeMethod, Mpidr};
use hotcore_probe::memory::{Memory, Span};
use hotcore_probe::tree::{self, Node, Tree};

use crate::boot::{Entry, Image};
use crate::bus::Physical;
use crate::console::{self, say};
use crate::mmu;

/// The most of a device tree that is looked at.
const TREE_LIMIT: u32 = 2 << 20;

/// The machine.
pub(crate) struct Machine {
    pub(crate) memory: Memory,
    /// What a device tree reserves.
    pub(crate) reserved: Vec<Span>,
    pub(crate) console: Console,
    pub(crate) distributor: Option<u64>,
    pub(crate) redistributors: Vec<Span>,
    pub(crate) description: Description,
}

/// The PL011 and its interrupt.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Console {
    pub(crate) base: u64,
    pub(crate) interrupt: Option<u32>,
}

/// Who described the machine.
pub(crate) enum Description {
    Acpi(Tables),
    Tree { cpus: Vec<DeviceTreeCpu>, psci: Option<Conduit> },
}

impl Machine {
    /// Looks for it. The memory that was found is mapped afterwards.
    pub(crate) fn find(entry: &Entry, image: &Image) -> Result<Self, TableError> {
        let blob = blob(entry.registers[0]);
        let tree = Tree::read(blob);
        let mut machine = match tree.find("/chosen").and_then(Efi::of) {
            Some(efi) => Self::by_acpi(&efi)?,
            None => Self::by_tree(tree),
        };
        let tree = entry.registers[0];
        machine.memory.keep(&(tree & !0xfff..(tree + blob.len() as u64).next_multiple_of(0x1000)));
        machine.memory.keep(&(image.start..image.end));
        Ok(machine)
    }

    fn by_acpi(efi: &Efi) -> Result<Self, TableError> {
        mmu::map_ram(efi.system_table, efi.system_table + 1);
        mmu::map_ram(efi.map.start, efi.map.start.saturating_add(efi.map.size));
        let mut memory = Memory::of_efi(&efi.map.read(&mut Physical)?);
        map(&memory);
        memory.keep(&(efi.map.start..efi.map.start.saturating_add(efi.map.size)));
        let rsdp = efi::rsdp(&mut Physical, efi.system_table)?;
        let tables = Tables::read(&mut Physical, rsdp, &mut |report| say!("report {report}"))?;
        let spcr = tables.spcr.as_ref();
        let madt = &tables.madt;
        Ok(Self {
            memory,
            reserved: Vec::new(),
            console: Console {
                base: spcr.map_or(console::DEFAULT, |spcr| spcr.base),
                interrupt: spcr.map(|spcr| spcr.gsiv),
            },
            distributor: madt.distributor.map(|gicd| gicd.base),
            redistributors: redistributors(&tables),
            description: Description::Acpi(tables),
        })
    }

    fn by_tree(tree: Tree<'_>) -> Self {
        let mut memory = Memory { ram: tree.ram(), free: tree.ram() };
        map(&memory);
        let reserved = tree.reserved();
        for span in &reserved {
            memory.keep(span);
        }
        let gic = tree.compatible("arm,gic-v3");
        let mut regions = gic.map(Node::spans).unwrap_or_default().into_iter();
        let distributor = regions.next().map(|span| span.start);
        let count = gic.and_then(|gic| gic.number("#redistributor-regions")).unwrap_or(1) as usize;
        Self {
            memory,
            reserved,
            console: tree_console(tree),
            distributor,
            redistributors: regions.take(count).collect(),
            description: Description::Tree { cpus: tree_cpus(tree), psci: tree_psci(tree) },
        }
    }
}

/// What `/chosen` says of EFI.
struct Efi {
    system_table: u64,
    map: MemoryMap,
}

impl Efi {
    fn of(chosen: Node<'_>) -> Option<Self> {
        Some(Self {
            system_table: chosen.number("linux,uefi-system-table")?,
            map: MemoryMap {
                start: chosen.number("linux,uefi-mmap-start")?,
                size: chosen.number("linux,uefi-mmap-size")?,
                descriptor_size: chosen.number("linux,uefi-mmap-desc-size")?,
                descriptor_version: chosen.number("linux,uefi-mmap-desc-ver")? as u32,
            },
        })
    }
}

fn map(memory: &Memory) {
    for span in &memory.ram {
        mmu::map_ram(span.start, span.end);
    }
}

/// The bytes of the tree at `address`, empty if there is none.
fn blob(address: u64) -> &'static [u8] {
    // SAFETY: booting.rst: X0 holds the tree's address; the block around it is mapped (`mmu::begin`), and so
    // is a tree that crosses into the next one, by then. Nobody writes to it (`Memory::keep`).
    unsafe {
        let header = core::slice::from_raw_parts(address as *const u8, tree::HEADER_SIZE);
        let size = tree::size(header).unwrap_or(0).min(TREE_LIMIT);
        mmu::map_ram(address, address.saturating_add(size.into()));
        core::slice::from_raw_parts(address as *const u8, size as usize)
    }
}

/// The regions of the MADT; without any, each CPU's own redistributor.
fn redistributors(tables: &Tables) -> Vec<Span> {
    /// Two pages of 64 KiB.
    const ONE: u64 = 0x2_0000;
    let madt = &tables.madt;
    let span = |base: u64, size: u64| base..base.saturating_add(size);
    if !madt.redistributors.is_empty() {
        return madt
            .redistributors
            .iter()
            .map(|gicr| span(gicr.base, gicr.length.into()))
            .collect();
    }
    let bases = madt.cpus.iter().map(|gicc| gicc.redistributor);
    bases.filter(|base| *base != 0).map(|base| span(base, ONE)).collect()
}

fn tree_console(tree: Tree<'_>) -> Console {
    let chosen = tree.find("/chosen").and_then(|chosen| chosen.string("stdout-path"));
    let path = chosen.and_then(|path| path.split(':').next());
    let node = path.and_then(|path| tree.find(path)).or_else(|| tree.compatible("arm,pl011"));
    let base = node.and_then(|node| node.spans().first().map(|span| span.start));
    // Cells of a GICv3's interrupt: 0 for SPIs, the number, the trigger.
    let cells = node.and_then(|node| node.property("interrupts")).and_then(|cells| cells.get(4..8));
    let spi = cells.and_then(|cells| cells.first_chunk()).map(|cells| u32::from_be_bytes(*cells));
    Console {
        base: base.unwrap_or(console::DEFAULT),
        interrupt: spi.and_then(|spi| spi.checked_add(32)),
    }
}

fn tree_psci(tree: Tree<'_>) -> Option<Conduit> {
    match tree.find("/psci")?.string("method")? {
        "hvc" => Some(Conduit::Hvc),
        "smc" => Some(Conduit::Smc),
        _ => None,
    }
}

fn tree_cpus(tree: Tree<'_>) -> Vec<DeviceTreeCpu> {
    let Some(parent) = tree.find("/cpus") else { return Vec::new() };
    let is_cpu = |node: &Node<'_>| node.string("device_type") == Some("cpu");
    let cpus = parent.children().filter(is_cpu);
    cpus.filter_map(|node| {
        Some(DeviceTreeCpu {
            mpidr: Mpidr::new(node.number("reg")?)?,
            enable_method: match node.string("enable-method") {
                Some("psci") => Some(DeviceTreeMethod::Psci),
                Some("spin-table") => Some(DeviceTreeMethod::SpinTable),
                _ => None,
            },
            release: node.number("cpu-release-addr"),
            return_mailbox: node.number("cpu-return-mailbox"),
        })
    })
    .collect()
}

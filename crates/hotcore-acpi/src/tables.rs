//! All tables in one block of guest memory, found from the RSDP.

use core::ops::Range;

use acpi_tables::Aml;
use acpi_tables::rsdp::Rsdp;
use acpi_tables::xsdt::XSDT;

use crate::platform::{CpuStart, Platform};
use crate::table::{OEM_ID, OEM_REVISION, OEM_TABLE_ID};
use crate::{AcpiError, console, dsdt, fadt, gtdt, madt, numa, pptt};

/// Alignment of each table and of the block.
const ALIGNMENT: usize = 16;

/// The tables of a machine, ready to be copied to guest memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcpiTables {
    /// Guest physical address of the RSDP (revision 2), which leads to everything else.
    pub rsdp: u64,
    /// Guest physical address of the block.
    pub base: u64,
    /// The block.
    pub bytes: Vec<u8>,
    /// What is where in it, in order of address, for tests and for people who debug.
    pub tables: Vec<TablePlace>,
}

/// One table in the block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TablePlace {
    /// The table's signature; `RSD ` for the RSDP, which has a longer one.
    pub signature: [u8; 4],
    /// Where its bytes are in [`AcpiTables::bytes`].
    pub range: Range<usize>,
}

impl AcpiTables {
    /// The bytes of the table with this signature.
    pub fn table(&self, signature: [u8; 4]) -> Option<&[u8]> {
        let place = self.tables.iter().find(|place| place.signature == signature)?;
        self.bytes.get(place.range.clone())
    }

    /// The first address after the block.
    pub fn end(&self) -> u64 {
        self.base + self.bytes.len() as u64
    }
}

/// Builds every table of a machine for the guest physical address `base` (a multiple of 16).
///
/// The same description gives the same bytes, always.
///
/// ```
/// # use hotcore_acpi::*;
/// # use hotcore_vcpu::*;
/// # let boot = Cpu { mpidr: Mpidr::of(VcpuIndex::BOOT), boot: CpuAtBoot::Enabled, removable: false, node: 0 };
/// let platform = Platform {
///     memory: 0x4000_0000..0x6000_0000,
///     gic: Gic { distributor: 0x800_0000, redistributors: 0x1000_0000 },
///     uart: Device { base: 0x900_0000, size: 0x1000, gsiv: 33 },
///     rtc: Device { base: 0x901_0000, size: 0x1000, gsiv: 34 },
///     hotplug: 0x90c_0000,
///     ged: Device { base: 0x908_0000, size: 4, gsiv: 41 },
///     pmu_gsiv: None,
///     cpus: vec![boot],
///     cpu_start: CpuStart::Psci,
///     topology: Topology::flat(1)?,
///     nodes: vec![],
///     deviation: None,
/// };
/// let tables = build_tables(&platform, 0x4000_0000)?;
/// assert!(tables.table(*b"APIC").is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn build_tables(platform: &Platform, base: u64) -> Result<AcpiTables, AcpiError> {
    platform.validate()?;
    if matches!(platform.cpu_start, CpuStart::SpinTable(_)) {
        return Err(AcpiError::NotInAcpi { what: "spin-table" });
    }
    let mut block = Block::new(base)?;
    let rsdp = block.place(*b"RSD ", &vec![0; Rsdp::len()]);

    let dsdt = block.place(*b"DSDT", &dsdt::build(platform));
    let mut xsdt = XSDT::new(OEM_ID, OEM_TABLE_ID, OEM_REVISION);
    let mut list = vec![
        (*b"FACP", fadt::build(dsdt, &platform.cpu_start)),
        (*b"APIC", madt::build(platform)),
        (*b"GTDT", gtdt::build()),
        (*b"SPCR", console::spcr(&platform.uart)),
        (*b"DBG2", console::dbg2(&platform.uart)),
        (*b"PPTT", pptt::build(platform.topology)),
    ];
    if !platform.nodes.is_empty() {
        list.push((*b"SRAT", numa::srat(platform)));
        list.push((*b"SLIT", numa::slit(platform)));
    }
    for (signature, bytes) in &list {
        xsdt.add_entry(block.place(*signature, bytes));
    }
    let xsdt = block.place(*b"XSDT", &encode(&xsdt));
    let root = encode(&Rsdp::new(OEM_ID, xsdt));
    block.bytes[..root.len()].copy_from_slice(&root);

    let Block { bytes, tables, .. } = block;
    let needed = bytes.len() as u64;
    if base.checked_add(needed).is_none() {
        return Err(AcpiError::NoRoom {
            what: "the ACPI tables",
            needed,
            available: base.wrapping_neg(),
        });
    }
    Ok(AcpiTables { rsdp, base, bytes, tables })
}

fn encode(object: &dyn Aml) -> Vec<u8> {
    let mut bytes = Vec::new();
    object.to_aml_bytes(&mut bytes);
    bytes
}

/// The block while it is being filled.
struct Block {
    base: u64,
    bytes: Vec<u8>,
    tables: Vec<TablePlace>,
}

impl Block {
    fn new(base: u64) -> Result<Self, AcpiError> {
        if !base.is_multiple_of(ALIGNMENT as u64) {
            return Err(AcpiError::Range {
                what: "the ACPI tables",
                base,
                size: 0,
                must: "start at a multiple of 16",
            });
        }
        Ok(Self { base, bytes: Vec::new(), tables: Vec::new() })
    }

    /// Appends a table and returns its guest physical address.
    fn place(&mut self, signature: [u8; 4], table: &[u8]) -> u64 {
        self.bytes.resize(self.bytes.len().next_multiple_of(ALIGNMENT), 0);
        let start = self.bytes.len();
        self.bytes.extend_from_slice(table);
        self.tables.push(TablePlace { signature, range: start..self.bytes.len() });
        self.base.wrapping_add(start as u64)
    }
}

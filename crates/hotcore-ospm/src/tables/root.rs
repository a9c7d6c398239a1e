//! From the RSDP to the tables (ACPI 6.5 §5.2.5, §5.2.7, §5.2.8).

use alloc::vec::Vec;

use super::bytes::{Words, copy, sums_to_zero};
use super::{Fadt, Madt, Sdt, Spcr, Stao, TableError};
use crate::{Bus, Report};

/// As many tables as are believed.
const MOST_TABLES: usize = 256;
/// As much memory as they may take together.
const MOST_BYTES: usize = 8 << 20;

/// The tables that the OS half uses.
#[derive(Debug, Clone)]
pub struct Tables {
    /// FADT.
    pub fadt: Fadt,
    /// MADT.
    pub madt: Madt,
    /// STAO, which Xen gives its first domain.
    pub stao: Option<Stao>,
    /// SPCR: the console.
    pub spcr: Option<Spcr>,
    /// The DSDT, and after it the SSDTs in the order of the XSDT: for the AML evaluator.
    pub definition_blocks: Vec<Sdt>,
}

impl Tables {
    /// Reads the tables behind the RSDP at `rsdp`.
    ///
    /// Errors: no usable RSDP, XSDT, FADT, MADT or DSDT.
    pub fn read<B: Bus + ?Sized>(
        bus: &mut B,
        rsdp: u64,
        report: &mut dyn FnMut(Report),
    ) -> Result<Self, TableError> {
        let found = listed(bus, rsdp, report)?;
        let one = |signature: [u8; 4]| found.iter().find(|table| table.signature() == signature);
        let required = |signature| one(signature).ok_or(TableError::Missing(signature));

        let fadt = Fadt::parse(required(*b"FACP")?)?;
        let madt = Madt::parse(required(*b"APIC")?, report);
        let dsdt = Sdt::read(bus, fadt.dsdt)?;
        if dsdt.signature() != *b"DSDT" {
            return Err(TableError::Signature);
        }
        let stao = one(*b"STAO").map(Stao::parse);
        let spcr = one(*b"SPCR").and_then(Spcr::parse);
        let mut definition_blocks = Vec::from([dsdt]);
        definition_blocks.extend(found.into_iter().filter(|table| table.signature() == *b"SSDT"));
        Ok(Self { fadt, madt, stao, spcr, definition_blocks })
    }
}

/// The tables of the XSDT (of the RSDT, before revision 2) that can be read and add up.
fn listed<B: Bus + ?Sized>(
    bus: &mut B,
    rsdp: u64,
    report: &mut dyn FnMut(Report),
) -> Result<Vec<Sdt>, TableError> {
    let (address, entry_size) = root(bus, rsdp)?;
    let root = Sdt::read(bus, address)?;
    let signature = if entry_size == 8 { *b"XSDT" } else { *b"RSDT" };
    if root.signature() != signature {
        return Err(TableError::Signature);
    }
    let mut tables: Vec<Sdt> = Vec::new();
    let mut total = 0;
    for entry in root.body().chunks_exact(entry_size).take(MOST_TABLES) {
        let address = entry.u64(0).or(entry.u32(0).map(u64::from)).unwrap_or(0);
        match wanted(bus, address) {
            Ok(Some(table)) if total + table.bytes().len() <= MOST_BYTES => {
                total += table.bytes().len();
                tables.push(table);
            }
            Ok(Some(table)) => {
                let error = TableError::Length(table.bytes().len() as u64);
                report(Report::Table { signature: table.signature(), address, error });
            }
            Ok(None) => {}
            Err((signature, error)) => report(Report::Table { signature, address, error }),
        }
    }
    Ok(tables)
}

/// The table at `address` if it is one that the OS half uses.
fn wanted<B: Bus + ?Sized>(
    bus: &mut B,
    address: u64,
) -> Result<Option<Sdt>, ([u8; 4], TableError)> {
    const WANTED: [&[u8; 4]; 5] = [b"FACP", b"APIC", b"STAO", b"SPCR", b"SSDT"];
    let signature = copy(bus, address, 4).map_err(|fault| ([0; 4], fault.into()))?;
    let signature = signature.word(0).unwrap_or_default();
    if !WANTED.contains(&&signature) {
        return Ok(None);
    }
    Sdt::read(bus, address).map(Some).map_err(|error| (signature, error))
}

/// Where the RSDP says that the XSDT or the RSDT is, and how many bytes an entry of it has.
fn root<B: Bus + ?Sized>(bus: &mut B, rsdp: u64) -> Result<(u64, usize), TableError> {
    const OLD: usize = 20;
    const NEW: usize = 36;
    let old = copy(bus, rsdp, OLD)?;
    if !old.starts_with(b"RSD PTR ") {
        return Err(TableError::Signature);
    }
    if !sums_to_zero(&old) {
        return Err(TableError::Checksum);
    }
    let old_root = (u64::from(old.u32(16).unwrap_or(0)), 4);
    if old.get(15).is_none_or(|&revision| revision < 2) {
        return Ok(old_root);
    }
    let new = copy(bus, rsdp, NEW)?;
    match new.u32(20) {
        Some(length) if length as usize == NEW => {}
        length => return Err(TableError::Length(length.unwrap_or(0).into())),
    }
    if !sums_to_zero(&new) {
        return Err(TableError::Checksum);
    }
    match new.u64(24) {
        Some(xsdt) if xsdt != 0 => Ok((xsdt, 8)),
        _ => Ok(old_root),
    }
}

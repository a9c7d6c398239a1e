//! Any bytes as tables: no panic, no end that never comes, no memory without bound.

use hotcore_ospm::tables::{Fadt, Gicc, Madt, Sdt, Spcr, Stao, Tables, efi};
use hotcore_ospm::{Bus, Fault, Mpidr, Registry, Width};

/// Where the bytes are; nothing else is memory.
const BASE: u64 = 0x1000;

struct Memory<'a>(&'a [u8]);

impl Bus for Memory<'_> {
    fn read(&mut self, address: u64, width: Width) -> Result<u64, Fault> {
        let fault = Fault { address };
        let start = usize::try_from(address.checked_sub(BASE).ok_or(fault)?).map_err(|_| fault)?;
        let end = start.checked_add(width.bytes() as usize).ok_or(fault)?;
        let bytes = self.0.get(start..end).ok_or(fault)?;
        Ok(bytes.iter().rev().fold(0, |value, &byte| value << 8 | u64::from(byte)))
    }

    fn write(&mut self, address: u64, _: Width, _: u64) -> Result<(), Fault> {
        Err(Fault { address })
    }
}

/// Reads the bytes as everything that they might be.
pub(crate) fn read(bytes: &[u8]) {
    let mut reports = 0;
    let mut report = |_| reports += 1;
    if let Ok(tables) = Tables::read(&mut Memory(bytes), BASE, &mut report) {
        check(&Registry::from_acpi(&tables, Mpidr::from_register(0), 64, &mut report));
    }
    if let Ok(rsdp) = efi::rsdp(&mut Memory(bytes), BASE) {
        let _ = Tables::read(&mut Memory(bytes), rsdp, &mut report);
    }
    let size = bytes.len() as u64;
    let map = efi::MemoryMap { start: BASE, size, descriptor_size: 40, descriptor_version: 1 };
    assert_eq!(
        map.read(&mut Memory(bytes)).map(|regions| regions.len()).ok(),
        Some(bytes.len() / 40)
    );
    if let Some(gicc) = Gicc::parse(bytes) {
        assert!(!gicc.enabled() || gicc.usable());
    }
    if let Some(table) = mended(bytes) {
        let _ = Fadt::parse(&table);
        let madt = Madt::parse(&table, &mut report);
        assert!(madt.cpus.len() <= bytes.len() / 76);
        let stao = Stao::parse(&table);
        assert!(stao.processors.len() <= bytes.len() / 4);
        let _ = Spcr::parse(&table);
    }
    assert!(reports <= bytes.len() + 300, "one report for each entry at most");
}

/// The same bytes with a header that is right.
fn mended(bytes: &[u8]) -> Option<Sdt> {
    let mut bytes = bytes.to_vec();
    let length = u32::try_from(bytes.len()).ok()?;
    bytes.get_mut(4..8)?.copy_from_slice(&length.to_le_bytes());
    let sum = bytes.iter().fold(0u8, |sum, &byte| sum.wrapping_add(byte));
    let checksum = bytes.get_mut(9)?;
    *checksum = checksum.wrapping_sub(sum);
    Sdt::new(bytes).ok()
}

fn check(registry: &Registry) {
    assert!((1..=64).contains(&registry.possible()));
    for (cpu, record) in registry.iter() {
        assert!(!record.enabled() && registry.by_mpidr(record.mpidr) == Some(cpu));
    }
}

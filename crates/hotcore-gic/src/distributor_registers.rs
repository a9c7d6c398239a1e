//! The registers of the distributor (IHI 0069, "The Distributor register map").

use crate::access::Wide;
use crate::bank::LANES;
use crate::bank_registers::BankAccess;
use crate::cpu_set::CpuSet;
use crate::distributor::Distributor;
use crate::group::Groups;
use crate::identification::{IIDR, PIDR2};

mod offset {
    pub(super) const CTLR: u64 = 0x0000;
    pub(super) const TYPER: u64 = 0x0004;
    pub(super) const IIDR: u64 = 0x0008;
    pub(super) const IROUTER: u64 = 0x6000;
    pub(super) const IROUTER_END: u64 = 0x8000;
    pub(super) const PIDR2: u64 = 0xffe8;
}

/// Fields of GICD_CTLR that cannot be changed: affinity routing (ARE, bit 4) and one security state
/// (DS, bit 6).
const ALWAYS: u64 = 1 << 4 | 1 << 6;

/// Fields of GICD_TYPER: INTIDs of 10 bits (IDbits, from bit 19), Aff3 (A3V, bit 24) and the range
/// selector of SGIs (RSS, bit 26) are there. SPIs can go to any one CPU (No1N, bit 25, is 0).
const FEATURES: u64 = 9 << 19 | 1 << 24 | 1 << 26;

impl Distributor {
    /// Reads; what is not there reads as zero.
    pub(crate) fn read(&self, offset: u64, size: usize) -> u64 {
        if let Some(access) = BankAccess::decode(offset, size) {
            let bank = access.bank().checked_sub(1).and_then(|bank| self.banks.get(bank));
            return bank.map_or(0, |bank| access.read(bank).into());
        }
        match (offset, size) {
            (offset::CTLR, 4) => u64::from(self.enabled.bits()) | ALWAYS,
            (offset::TYPER, 4) => self.banks.len() as u64 | FEATURES,
            (offset::IIDR, 4) => IIDR,
            (offset::PIDR2, 4) => PIDR2,
            (offset::IROUTER..offset::IROUTER_END, _) => self.read_route(offset, size),
            _ => 0,
        }
    }

    /// Writes; what is not there ignores it.
    pub(crate) fn write(&mut self, offset: u64, size: usize, value: u64, affected: &mut CpuSet) {
        if let Some(access) = BankAccess::decode(offset, size) {
            let Some(bank) = access.bank().checked_sub(1) else { return };
            let value = value as u32;
            self.change(bank, access.lanes(value), affected, |bank| access.write(bank, value, 0));
            return;
        }
        match (offset, size) {
            (offset::CTLR, 4) => {
                self.enabled = Groups::from_bits(value);
                *affected = self.cpus();
            }
            (offset::IROUTER..offset::IROUTER_END, _) => {
                self.write_route(offset, size, value, affected);
            }
            _ => {}
        }
    }

    fn read_route(&self, offset: u64, size: usize) -> u64 {
        let part = Wide::decode(offset, size);
        part.zip(self.route(intid(offset))).map_or(0, |(part, route)| part.read(route))
    }

    fn write_route(&mut self, offset: u64, size: usize, value: u64, affected: &mut CpuSet) {
        let intid = intid(offset);
        let Some(part) = Wide::decode(offset, size) else { return };
        let Some(route) = self.route(intid) else { return };
        self.set_route(intid, part.write(route, value), affected);
    }

    /// `GICD_IROUTER<n>`; there is none for private interrupts.
    fn route(&self, intid: u32) -> Option<u64> {
        self.routes.get(intid.checked_sub(LANES)? as usize).copied()
    }
}

/// The interrupt of a GICD_IROUTER.
const fn intid(offset: u64) -> u32 {
    ((offset - offset::IROUTER) / 8) as u32
}

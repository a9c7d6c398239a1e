//! MADT: the possible CPUs and the interrupt controller (ACPI 6.5 §5.2.12; guest contract §1.3).

use alloc::vec::Vec;

use super::Sdt;
use super::bytes::Words;
use crate::Report;

/// As many bad structures as are reported one by one.
const MOST_REPORTS: usize = 16;

/// Header, local interrupt controller address, flags.
const FIRST: usize = 44;

mod kind {
    pub(super) const GICC: u8 = 0x0b;
    pub(super) const GICD: u8 = 0x0c;
    pub(super) const GICR: u8 = 0x0e;
}

/// GIC CPU Interface: a CPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Gicc {
    /// CPU Interface Number.
    pub interface: u32,
    /// ACPI Processor UID.
    pub uid: u32,
    /// Flags: Enabled in bit 0, Online Capable in bit 3.
    pub flags: u32,
    /// Parking Protocol Version.
    pub parking_version: u32,
    /// Parked Address.
    pub parked_address: u64,
    /// GICR Base Address; meaningless if there are GICR structures.
    pub redistributor: u64,
    /// MPIDR, unchecked.
    pub mpidr: u64,
}

impl Gicc {
    const ENABLED: u32 = 1 << 0;
    const ONLINE_CAPABLE: u32 = 1 << 3;
    /// The length up to the efficiency class, with which Linux is content; 80 in ACPI 6.0, 82 in 6.5.
    const SHORTEST: usize = 76;

    /// The structure at the beginning of `bytes`; `None` if it is shorter than any version's.
    ///
    /// The words at 60 and 68 are not aligned.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        if bytes.first() != Some(&kind::GICC) {
            return None;
        }
        let length = usize::from(*bytes.get(1)?);
        let bytes = bytes.get(..length).filter(|_| length >= Self::SHORTEST)?;
        Some(Self {
            interface: bytes.u32(4)?,
            uid: bytes.u32(8)?,
            flags: bytes.u32(12)?,
            parking_version: bytes.u32(16)?,
            parked_address: bytes.u64(24)?,
            redistributor: bytes.u64(60)?,
            mpidr: bytes.u64(68)?,
        })
    }

    /// It may be used at once.
    pub fn enabled(&self) -> bool {
        self.flags & Self::ENABLED != 0
    }

    /// It may be used now or later: the CPU is possible.
    pub fn usable(&self) -> bool {
        self.flags & (Self::ENABLED | Self::ONLINE_CAPABLE) != 0
    }
}

/// GIC Distributor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Gicd {
    /// Its registers.
    pub base: u64,
    /// 3: GICv3; 0: not said.
    pub version: u8,
}

/// GIC Redistributor: a region of redistributors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Gicr {
    /// Its registers.
    pub base: u64,
    /// In bytes.
    pub length: u32,
}

/// The structures of a MADT, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Madt {
    /// Revision of the table.
    pub revision: u8,
    /// The CPUs.
    pub cpus: Vec<Gicc>,
    /// The first distributor.
    pub distributor: Option<Gicd>,
    /// The regions of redistributors. If there is any, the GICCs' addresses are meaningless.
    pub redistributors: Vec<Gicr>,
}

impl Madt {
    /// Reads a MADT. What cannot be read is reported and left out, the first of it in particular, the rest
    /// as a number; a structure with a length of less than 2 ends the search.
    pub fn parse(table: &Sdt, report: &mut dyn FnMut(Report)) -> Self {
        let mut madt = Self { revision: table.revision(), ..Self::default() };
        let bytes = table.bytes();
        let mut offset = FIRST;
        let mut bad = 0;
        while let Some([kind, length]) = bytes.word(offset) {
            let end = offset + usize::from(length);
            let read = bytes.get(offset..end).filter(|_| length >= 2).and_then(|b| madt.add(b));
            if read.is_none() {
                bad += 1;
                if bad <= MOST_REPORTS {
                    report(Report::MadtEntry { kind, offset, length });
                }
            }
            if length < 2 {
                break;
            }
            offset = end;
        }
        if bad > MOST_REPORTS {
            report(Report::MoreMadtEntries(bad - MOST_REPORTS));
        }
        madt
    }

    /// Takes a structure; other types are none of our business.
    fn add(&mut self, bytes: &[u8]) -> Option<()> {
        match *bytes.first()? {
            kind::GICC => self.cpus.push(Gicc::parse(bytes)?),
            kind::GICD => {
                let gicd = Gicd { base: bytes.u64(8)?, version: *bytes.get(20)? };
                self.distributor.get_or_insert(gicd);
            }
            kind::GICR => {
                self.redistributors.push(Gicr { base: bytes.u64(4)?, length: bytes.u32(12)? });
            }
            _ => {}
        }
        Some(())
    }

    /// Whether the OS can reach this CPU's redistributor, by Linux's rules: any GICR structure makes the
    /// GICCs' addresses meaningless; without one, only an Enabled GICC's address is believed.
    ///
    /// A GIC without redistributors (version 1 and 2) needs none.
    pub fn reaches_redistributor(&self, gicc: &Gicc) -> bool {
        let has_redistributors = match self.distributor {
            Some(Gicd { version, .. }) if version != 0 => version >= 3,
            _ => self.cpus.iter().any(|gicc| gicc.redistributor != 0),
        };
        let own = gicc.enabled() && gicc.redistributor != 0;
        !self.redistributors.is_empty() || !has_redistributors || own
    }
}

//! STAO, the Status Override Table (LINARO-0002; guest contract §5.3): what a hypervisor's first domain must
//! not use of the machine's own tables.

use alloc::collections::BTreeSet;
use alloc::string::String;

use super::Sdt;
use super::bytes::Words;

/// Where the Name List begins.
const NAMES: usize = 37;

/// What to ignore.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Stao {
    /// The UART of the SPCR.
    pub uart: bool,
    /// Objects of the namespace, as full paths without the underscores that pad their segments.
    pub names: BTreeSet<String>,
    /// ACPI Processor UIDs: processor objects and entries of the MADT.
    pub processors: BTreeSet<u32>,
}

impl Stao {
    /// Revision 1 ends with the Name List. In revision 2 an empty string ends that, and from the next
    /// multiple of 4 on `u32` UIDs fill the table.
    pub fn parse(table: &Sdt) -> Self {
        let bytes = table.bytes();
        let mut stao =
            Self { uart: bytes.get(36).is_some_and(|&uart| uart != 0), ..Self::default() };
        let mut offset = NAMES;
        while let Some(name) = bytes.get(offset..).and_then(|rest| rest.split(|&b| b == 0).next()) {
            offset += name.len() + 1;
            if name.is_empty() {
                break;
            }
            stao.names.insert(unpadded(&String::from_utf8_lossy(name)));
        }
        if table.revision() >= 2 {
            let list = bytes.get(offset.next_multiple_of(4)..).unwrap_or(&[]);
            stao.processors = list.chunks_exact(4).filter_map(|uid| uid.u32(0)).collect();
        }
        stao
    }

    /// Whether the object of this path is none of this OS's business.
    pub fn ignores(&self, path: &str) -> bool {
        !self.names.is_empty() && self.names.contains(&unpadded(path))
    }

    /// Whether the processor with this UID is none of this OS's business.
    pub fn ignores_processor(&self, uid: u64) -> bool {
        u32::try_from(uid).is_ok_and(|uid| self.processors.contains(&uid))
    }
}

/// `\_SB_.CPUS.C1__` and `\_SB.CPUS.C1` are one object.
fn unpadded(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for (index, segment) in path.split('.').enumerate() {
        if index > 0 {
            text.push('.');
        }
        text.push_str(segment.trim_end_matches('_'));
    }
    text
}

//! SRAT and SLIT: which CPU and which RAM is on which NUMA node, and how far apart nodes are
//! (ACPI 6.5 §5.2.16, §5.2.17; guest contract §1.7).

use acpi_tables::AmlSink;

use crate::platform::Platform;
use crate::table::Table;

/// An affinity structure counts. All do: arm64 Linux puts a CPU whose entry is not enabled on
/// node 0, and a later `_PXM` does not repair it.
const ENABLED: u32 = 1;

/// The SRAT, revision 3: `u32` 1, `u64` 0, then memory (type 1) and GICC (type 3) affinities.
///
/// ```text
/// memory, 40 bytes: 0 u8 type, u8 length  2 u32 domain  6 u16 reserved  8 u64 base  16 u64 length
///                   24 u32 reserved  28 u32 flags  32 u64 reserved
/// GICC, 18 bytes:   0 u8 type, u8 length  2 u32 domain  6 u32 UID  10 u32 flags  14 u32 clock domain
/// ```
pub(crate) fn srat(platform: &Platform) -> Vec<u8> {
    let mut table = Table::new(*b"SRAT", 3);
    table.dword(1);
    table.qword(0);
    for (domain, node) in (0u32..).zip(&platform.nodes).filter(|(_, node)| !node.memory.is_empty())
    {
        table.vec(&[1, 40]);
        table.dword(domain);
        table.word(0);
        table.qword(node.memory.start);
        table.qword(node.memory.end - node.memory.start);
        table.dword(0);
        table.dword(ENABLED);
        table.qword(0);
    }
    for (uid, cpu) in (0u32..).zip(&platform.cpus) {
        table.vec(&[3, 18]);
        for field in [cpu.node, uid, ENABLED, 0] {
            table.dword(field);
        }
    }
    table.finish()
}

/// The SLIT, revision 1: `u64` number of nodes, then their distances row by row.
pub(crate) fn slit(platform: &Platform) -> Vec<u8> {
    let mut table = Table::new(*b"SLIT", 1);
    table.qword(platform.nodes.len() as u64);
    for node in &platform.nodes {
        table.vec(&node.distances);
    }
    table.finish()
}

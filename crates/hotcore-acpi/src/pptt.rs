//! PPTT: sockets, clusters, cores and threads (ACPI 6.5 §5.2.29; guest contract §1.6).

use acpi_tables::AmlSink;
use hotcore_vcpu::Topology;

use crate::table::Table;

/// Node is a physical package.
const PACKAGE: u32 = 1 << 0;
/// The node's ACPI processor id means a processor.
const ID_VALID: u32 = 1 << 1;
/// The node is a thread of its parent.
const THREAD: u32 = 1 << 2;
/// The node has no children.
const LEAF: u32 = 1 << 3;
/// All CPUs below the node are of one implementation.
const IDENTICAL: u32 = 1 << 4;

/// "No parent."
const NONE: u32 = 0;

/// The PPTT, revision 2. It lists all possible CPUs: Linux drops the whole topology when one of
/// them is missing.
///
/// A level that does not divide its parent (one cluster in a socket, one thread in a core) has no
/// node of its own.
pub(crate) fn build(topology: Topology) -> Vec<u8> {
    let mut table = Table::new(*b"PPTT", 2);
    let mut next_uid = 0;
    for socket in 0..topology.sockets() {
        let package = node(&mut table, PACKAGE | IDENTICAL, NONE, u32::from(socket));
        for cluster in 0..topology.clusters() {
            let parent = if topology.clusters() > 1 {
                node(&mut table, 0, package, u32::from(cluster))
            } else {
                package
            };
            cores(&mut table, topology, parent, &mut next_uid);
        }
    }
    table.finish()
}

/// The cores of one cluster. UIDs count threads fastest, as [`Topology::place`] does.
fn cores(table: &mut Table, topology: Topology, cluster: u32, next_uid: &mut u32) {
    for core in 0..topology.cores() {
        let (parent, flags) = if topology.threads() > 1 {
            (node(table, 0, cluster, u32::from(core)), ID_VALID | LEAF | THREAD)
        } else {
            (cluster, ID_VALID | LEAF)
        };
        for _thread in 0..topology.threads() {
            node(table, flags, parent, *next_uid);
            *next_uid += 1;
        }
    }
}

/// One processor hierarchy node, 20 bytes; returns its offset, by which children name it.
///
/// ```text
/// 0 u8 type (0)  1 u8 length  2 u16 reserved  4 u32 flags  8 u32 parent  12 u32 ACPI processor id
/// 16 u32 private resources
/// ```
fn node(table: &mut Table, flags: u32, parent: u32, id: u32) -> u32 {
    let offset = table.offset();
    table.vec(&[0, 20]);
    table.word(0);
    for field in [flags, parent, id, 0] {
        table.dword(field);
    }
    offset
}

//! What a kernel looks for in a flattened device tree, to find itself.

use alloc::vec::Vec;

use dtoolkit::Node as _;
use dtoolkit::Property as _;
use dtoolkit::fdt::{Fdt, FdtNode};
use dtoolkit::standard::NodeStandard as _;

use crate::memory::Span;

const MAGIC: u32 = 0xd00d_feed;

/// The bytes of the header that say how large a tree is.
pub const HEADER_SIZE: usize = 8;

/// Nodes deeper than this are nobody's.
const DEPTH_LIMIT: usize = 16;

/// How large the tree is that begins with these bytes (Devicetree Specification 0.4, §5.2).
pub fn size(header: &[u8]) -> Option<u32> {
    let word = |at: usize| Some(u32::from_be_bytes(*header.get(at..)?.first_chunk()?));
    (word(0)? == MAGIC).then(|| word(4))?
}

/// A tree; one that is damaged has nothing in it.
#[derive(Debug, Clone, Copy)]
pub struct Tree<'a>(Option<Fdt<'a>>);

/// A node.
#[derive(Debug, Clone, Copy)]
pub struct Node<'a>(FdtNode<'a>);

impl<'a> Tree<'a> {
    /// Reads a tree.
    pub fn read(blob: &'a [u8]) -> Self {
        Self(Fdt::new(blob).ok())
    }

    /// The node of this absolute path; unit addresses need not be named.
    pub fn find(self, path: &str) -> Option<Node<'a>> {
        self.0?.find_node(path).map(Node)
    }

    /// The first node that says it is compatible with `with`.
    pub fn compatible(self, with: &str) -> Option<Node<'a>> {
        compatible_below(self.0?.root(), with, DEPTH_LIMIT).map(Node)
    }

    /// RAM, by all `memory` nodes.
    pub fn ram(self) -> Vec<Span> {
        let nodes = self.find("/").into_iter().flat_map(Node::children);
        let memory = nodes.filter(|node| node.string("device_type") == Some("memory"));
        memory.flat_map(Node::spans).collect()
    }

    /// Memory that the OS shall leave alone: `/memreserve/` and `/reserved-memory`.
    pub fn reserved(self) -> Vec<Span> {
        let reservations = self.0.into_iter().flat_map(Fdt::memory_reservations);
        let mut reserved: Vec<Span> = reservations
            .map(|one| one.address()..one.address().saturating_add(one.size()))
            .collect();
        if let Some(parent) = self.find("/reserved-memory") {
            reserved.extend(parent.children().flat_map(Node::spans));
        }
        reserved
    }
}

fn compatible_below<'a>(node: FdtNode<'a>, with: &str, depth: usize) -> Option<FdtNode<'a>> {
    if node.is_compatible(with) {
        return Some(node);
    }
    let mut children = node.children();
    (depth > 0).then(|| children.find_map(|child| compatible_below(child, with, depth - 1)))?
}

impl<'a> Node<'a> {
    /// Its children.
    pub fn children(self) -> impl Iterator<Item = Node<'a>> {
        self.0.children().map(Node)
    }

    /// The ranges in `reg`, as far as they have addresses of 64 bits at most.
    pub fn spans(self) -> Vec<Span> {
        let registers = self.0.reg().ok().flatten().into_iter().flatten();
        let span = |start: u64, size: u64| start..start.saturating_add(size);
        registers.filter_map(|reg| Some(span(reg.address().ok()?, reg.size().ok()?))).collect()
    }

    /// A property.
    pub fn property(self, name: &str) -> Option<&'a [u8]> {
        self.0.property(name)?.value_as().ok()
    }

    /// A property of one or two cells.
    pub fn number(self, name: &str) -> Option<u64> {
        let property = self.0.property(name)?;
        property.value_as::<u64>().or_else(|_| property.value_as::<u32>().map(u64::from)).ok()
    }

    /// A property that is a string, or the first of several.
    pub fn string(self, name: &str) -> Option<&'a str> {
        let value = self.property(name)?;
        let end = value.iter().position(|byte| *byte == 0)?;
        core::str::from_utf8(&value[..end]).ok()
    }
}

#[cfg(test)]
mod tests {
    use vm_fdt::{FdtReserveEntry, FdtWriter};

    use super::*;

    fn blob() -> Vec<u8> {
        let reserved = FdtReserveEntry::new(0x4800_0000, 0x1000).unwrap();
        let mut fdt = FdtWriter::new_with_mem_reserv(&[reserved]).unwrap();
        let root = fdt.begin_node("").unwrap();
        fdt.property_u32("#address-cells", 2).unwrap();
        fdt.property_u32("#size-cells", 2).unwrap();
        let chosen = fdt.begin_node("chosen").unwrap();
        fdt.property_string("stdout-path", "/pl011@9000000").unwrap();
        fdt.property_u32("small", 7).unwrap();
        fdt.end_node(chosen).unwrap();
        let memory = fdt.begin_node("memory@40000000").unwrap();
        fdt.property_string("device_type", "memory").unwrap();
        fdt.property_array_u64("reg", &[0x4000_0000, 0x1000_0000]).unwrap();
        fdt.end_node(memory).unwrap();
        let keep = fdt.begin_node("reserved-memory").unwrap();
        fdt.property_u32("#address-cells", 1).unwrap();
        fdt.property_u32("#size-cells", 1).unwrap();
        let one = fdt.begin_node("one@100").unwrap();
        fdt.property_array_u32("reg", &[0x100, 0x10]).unwrap();
        fdt.end_node(one).unwrap();
        fdt.end_node(keep).unwrap();
        let uart = fdt.begin_node("pl011@9000000").unwrap();
        fdt.property_string_list(
            "compatible",
            ["arm,pl011", "arm,primecell"].map(Into::into).into(),
        )
        .unwrap();
        fdt.property_array_u64("reg", &[0x0900_0000, 0x1000]).unwrap();
        fdt.end_node(uart).unwrap();
        fdt.end_node(root).unwrap();
        fdt.finish().unwrap()
    }

    #[test]
    fn a_tree_tells_of_memory_and_devices() {
        let blob = blob();
        assert_eq!(size(&blob), Some(blob.len() as u32));
        let tree = Tree::read(&blob);
        assert!(tree.ram().iter().eq([&(0x4000_0000..0x5000_0000)]));
        assert_eq!(tree.reserved(), [0x4800_0000..0x4800_1000, 0x100..0x110]);
        let chosen = tree.find("/chosen").unwrap();
        assert_eq!(chosen.number("small"), Some(7));
        let uart = tree.find(chosen.string("stdout-path").unwrap()).unwrap();
        assert_eq!(uart.spans().first(), Some(&(0x0900_0000..0x0900_1000)));
        assert_eq!(tree.compatible("arm,primecell").unwrap().spans(), uart.spans());
        assert!(tree.find("/chosen/nothing").is_none());
    }

    #[test]
    fn a_tree_that_is_cut_off_or_damaged_is_read_without_harm() {
        let blob = blob();
        for end in 0..blob.len() {
            let _ = Tree::read(&blob[..end]).ram();
        }
        for at in 0..blob.len() {
            let mut damaged = blob.clone();
            damaged[at] ^= 0xff;
            let tree = Tree::read(&damaged);
            let _ = (tree.ram(), tree.reserved(), tree.compatible("arm,pl011").is_some());
        }
    }
}

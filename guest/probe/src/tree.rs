//! A flattened device tree (Devicetree Specification 0.4, §5), as far as a kernel looks to find itself.

use alloc::vec::Vec;

use crate::memory::Span;

const MAGIC: u32 = 0xd00d_feed;
const BEGIN_NODE: u32 = 1;
const END_NODE: u32 = 2;
const PROPERTY: u32 = 3;
const NOP: u32 = 4;

/// The bytes of the header that say how large a tree is.
pub const HEADER_SIZE: usize = 8;

/// Nodes deeper than this are nobody's.
const DEPTH_LIMIT: usize = 64;

/// A tree.
#[derive(Debug, Clone, Default)]
pub struct Tree<'a> {
    nodes: Vec<Node<'a>>,
    reserved: Vec<Span>,
}

/// A node.
#[derive(Debug, Clone)]
pub struct Node<'a> {
    /// Its name, with the unit address.
    pub name: &'a str,
    parent: Option<usize>,
    properties: Vec<(&'a str, &'a [u8])>,
}

/// How large the tree is that begins with these bytes.
pub fn size(header: &[u8]) -> Option<u32> {
    (word(header, 0)? == MAGIC).then(|| word(header, 4))?
}

impl<'a> Tree<'a> {
    /// Reads a tree. What is wrong with it ends it.
    pub fn read(blob: &'a [u8]) -> Self {
        let mut tree = Self::default();
        if word(blob, 0) == Some(MAGIC) {
            tree.read_reserved(blob);
            let _ = tree.read_nodes(blob);
        }
        tree
    }

    fn read_reserved(&mut self, blob: &[u8]) {
        let mut at = word(blob, 16).unwrap_or(u32::MAX) as usize;
        while let (Some(start), Some(size)) = (double(blob, at), double(blob, at.saturating_add(8)))
        {
            if size == 0 {
                break;
            }
            self.reserved.push(start..start.saturating_add(size));
            at += 16;
        }
    }

    fn read_nodes(&mut self, blob: &'a [u8]) -> Option<()> {
        let structure = blob.get(word(blob, 8)? as usize..)?;
        let strings = blob.get(word(blob, 12)? as usize..)?;
        let mut open: Vec<usize> = Vec::new();
        let mut at = 0;
        loop {
            let token = word(structure, at)?;
            at += 4;
            match token {
                BEGIN_NODE => {
                    let name = text(structure, at)?;
                    at = (at + name.len() + 1).next_multiple_of(4);
                    if open.len() == DEPTH_LIMIT {
                        return None;
                    }
                    let parent = open.last().copied();
                    open.push(self.nodes.len());
                    self.nodes.push(Node { name, parent, properties: Vec::new() });
                }
                END_NODE => {
                    open.pop()?;
                }
                PROPERTY => {
                    let length = word(structure, at)? as usize;
                    let name = text(strings, word(structure, at + 4)? as usize)?;
                    let value = structure.get(at + 8..)?.get(..length)?;
                    at = (at + 8 + length).next_multiple_of(4);
                    let node = *open.last()?;
                    self.nodes.get_mut(node)?.properties.push((name, value));
                }
                NOP => {}
                _ => return Some(()),
            }
        }
    }

    /// All nodes, parents first.
    pub fn nodes(&self) -> &[Node<'a>] {
        &self.nodes
    }

    /// The node of this path below the root, such as `chosen`; unit addresses need not be named.
    pub fn find(&self, path: &str) -> Option<&Node<'a>> {
        let mut at = 0;
        for name in path.split('/').filter(|name| !name.is_empty()) {
            let is = |node: &Node<'_>| {
                node.parent == Some(at)
                    && (node.name == name || node.name.split('@').next() == Some(name))
            };
            at = self.nodes.iter().position(is)?;
        }
        self.nodes.get(at)
    }

    /// The children of a node.
    pub fn children(&self, node: &Node<'a>) -> impl Iterator<Item = &Node<'a>> {
        let index = self.nodes.iter().position(|other| core::ptr::eq(other, node));
        self.nodes.iter().filter(move |child| index.is_some() && child.parent == index)
    }

    /// The first node that says it is compatible with `with`.
    pub fn compatible(&self, with: &str) -> Option<&Node<'a>> {
        let is = |node: &&Node<'_>| {
            node.strings("compatible").is_some_and(|mut strings| strings.any(|one| one == with))
        };
        self.nodes.iter().find(is)
    }

    /// The ranges in `reg` of a node.
    pub fn spans(&self, node: &Node<'a>) -> Vec<Span> {
        let parent = node.parent.and_then(|parent| self.nodes.get(parent));
        let cells =
            |name| parent.and_then(|parent| parent.number(name)).unwrap_or(2).min(2) as usize;
        let (address, size) = (cells("#address-cells"), cells("#size-cells"));
        let Some(bytes) = node.property("reg") else { return Vec::new() };
        if address + size == 0 {
            return Vec::new();
        }
        bytes
            .chunks_exact(4 * (address + size))
            .map(|entry| {
                let (start, length) = entry.split_at(4 * address);
                let start = big_endian(start);
                start..start.saturating_add(big_endian(length))
            })
            .collect()
    }

    /// RAM, by all `memory` nodes.
    pub fn ram(&self) -> Vec<Span> {
        let is_memory =
            |node: &&Node<'_>| node.property("device_type") == Some(b"memory\0".as_slice());
        self.nodes.iter().filter(is_memory).flat_map(|node| self.spans(node)).collect()
    }

    /// Memory that the OS shall leave alone: `/memreserve/` and `/reserved-memory`.
    pub fn reserved(&self) -> Vec<Span> {
        let mut reserved = self.reserved.clone();
        if let Some(parent) = self.find("reserved-memory") {
            reserved.extend(self.children(parent).flat_map(|node| self.spans(node)));
        }
        reserved
    }
}

impl<'a> Node<'a> {
    /// A property.
    pub fn property(&self, name: &str) -> Option<&'a [u8]> {
        self.properties.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    /// A property of one or two cells.
    pub fn number(&self, name: &str) -> Option<u64> {
        let value = self.property(name)?;
        matches!(value.len(), 4 | 8).then(|| big_endian(value))
    }

    /// The strings of a property.
    pub fn strings(&self, name: &str) -> Option<impl Iterator<Item = &'a str> + use<'a>> {
        let value = self.property(name)?;
        let text = core::str::from_utf8(value.strip_suffix(b"\0")?).ok()?;
        Some(text.split('\0'))
    }

    /// The first string of a property.
    pub fn string(&self, name: &str) -> Option<&'a str> {
        self.strings(name)?.next()
    }
}

fn big_endian(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte))
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn double(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn text(bytes: &[u8], at: usize) -> Option<&str> {
    let bytes = bytes.get(at..)?;
    core::str::from_utf8(&bytes[..bytes.iter().position(|byte| *byte == 0)?]).ok()
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
        let chosen = tree.find("chosen").unwrap();
        assert_eq!(chosen.number("small"), Some(7));
        let uart = tree.find(chosen.string("stdout-path").unwrap()).unwrap();
        assert_eq!(tree.spans(uart).first(), Some(&(0x0900_0000..0x0900_1000)));
        assert!(core::ptr::eq(tree.compatible("arm,primecell").unwrap(), uart));
        assert_eq!(tree.find("chosen/nothing").map(|node| node.name), None);
    }

    #[test]
    fn a_tree_that_is_cut_off_or_damaged_is_read_as_far_as_it_goes() {
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

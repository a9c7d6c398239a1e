//! A small reader of flattened device trees, written from the Devicetree Specification.

use std::collections::BTreeMap;

/// Properties by "path:name", such as "/chosen:bootargs"; nodes as "path:" without value.
pub(crate) type Tree = BTreeMap<String, Vec<u8>>;

fn cell(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap())
}

fn string(bytes: &[u8], at: usize) -> &str {
    let end = at + bytes[at..].iter().position(|byte| *byte == 0).unwrap();
    std::str::from_utf8(&bytes[at..end]).unwrap()
}

pub(crate) fn read(blob: &[u8]) -> Tree {
    assert_eq!(cell(blob, 0), 0xd00d_feed);
    assert_eq!(cell(blob, 4) as usize, blob.len());
    let (mut at, strings) = (cell(blob, 8) as usize, cell(blob, 12) as usize);
    let mut tree = Tree::new();
    let mut path: Vec<&str> = Vec::new();
    loop {
        let token = cell(blob, at);
        at += 4;
        match token {
            1 => {
                let name = string(blob, at);
                at += (name.len() + 1).next_multiple_of(4);
                path.push(name);
                tree.insert(format!("{}:", path.join("/")), vec![]);
            }
            2 => assert!(path.pop().is_some()),
            3 => {
                let (length, name) = (cell(blob, at) as usize, cell(blob, at + 4) as usize);
                let value = blob[at + 8..at + 8 + length].to_vec();
                tree.insert(format!("{}:{}", path.join("/"), string(blob, strings + name)), value);
                at += 8 + length.next_multiple_of(4);
            }
            4 => {}
            9 => return tree,
            other => panic!("token {other} at {at:#x}"),
        }
    }
}

/// Address and size of each range in the memory reservation block.
pub(crate) fn reservations(blob: &[u8]) -> Vec<(u64, u64)> {
    let number = |at: usize| u64::from(cell(blob, at)) << 32 | u64::from(cell(blob, at + 4));
    let first = cell(blob, 16) as usize;
    let entries = (first..).step_by(16).map(|at| (number(at), number(at + 8)));
    entries.take_while(|entry| *entry != (0, 0)).collect()
}

/// The cells of a property.
pub(crate) fn cells(tree: &Tree, name: &str) -> Vec<u32> {
    tree[name].chunks(4).map(|chunk| cell(chunk, 0)).collect()
}

/// The 64-bit numbers of a property.
pub(crate) fn numbers(tree: &Tree, name: &str) -> Vec<u64> {
    tree[name].chunks(8).map(|chunk| u64::from_be_bytes(chunk.try_into().unwrap())).collect()
}

/// The strings of a property.
pub(crate) fn strings(tree: &Tree, name: &str) -> Vec<String> {
    let value = std::str::from_utf8(&tree[name]).unwrap();
    value.strip_suffix('\0').unwrap().split('\0').map(Into::into).collect()
}

/// The paths of all nodes, sorted.
pub(crate) fn nodes(tree: &Tree) -> Vec<&str> {
    let mut nodes: Vec<_> = tree.keys().filter_map(|key| key.strip_suffix(':')).collect();
    nodes.sort_unstable();
    nodes
}

//! The device tree that the kernel was given, with another initramfs in it (Devicetree specification,
//! chapter 5).

use std::io;
use std::ops::Range;

use super::invalid;

const BEGIN_NODE: u32 = 1;
const END_NODE: u32 = 2;
const PROPERTY: u32 = 3;
const NOP: u32 = 4;

/// Puts the addresses of an initramfs in the place of those in `/chosen`.
pub(super) fn with_initramfs(mut tree: Vec<u8>, initramfs: Range<u64>) -> io::Result<Vec<u8>> {
    for (name, address) in
        [("linux,initrd-start", initramfs.start), ("linux,initrd-end", initramfs.end)]
    {
        let place = property(&tree, name).ok_or_else(|| invalid("the tree names no initramfs"))?;
        let value = tree.get_mut(place).ok_or_else(|| invalid("the tree ends too early"))?;
        match value.len() {
            8 => value.copy_from_slice(&address.to_be_bytes()),
            4 => value
                .copy_from_slice(&u32::try_from(address).map_err(io::Error::other)?.to_be_bytes()),
            _ => return Err(invalid("the tree's address of an initramfs is no address")),
        }
    }
    Ok(tree)
}

/// Where the value of the first property of this name is.
fn property(tree: &[u8], wanted: &str) -> Option<Range<usize>> {
    let (mut at, strings) = (cell(tree, 8)? as usize, cell(tree, 12)? as usize);
    loop {
        let token = cell(tree, at)?;
        at += 4;
        match token {
            BEGIN_NODE => at += string(tree, at)?.len() + 1,
            PROPERTY => {
                let (size, name) = (cell(tree, at)? as usize, cell(tree, at + 4)? as usize);
                at += 8;
                if string(tree, strings.checked_add(name)?)? == wanted.as_bytes() {
                    return Some(at..at.checked_add(size)?);
                }
                at = at.checked_add(size)?;
            }
            END_NODE | NOP => {}
            _ => return None,
        }
        at = at.checked_next_multiple_of(4)?;
    }
}

fn cell(tree: &[u8], at: usize) -> Option<u32> {
    let bytes = tree.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}

fn string(tree: &[u8], at: usize) -> Option<&[u8]> {
    let rest = tree.get(at..)?;
    rest.split(|&byte| byte == 0).next()
}

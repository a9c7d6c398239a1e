//! The 64-byte header of an arm64 Linux Image (booting.rst, "Call the kernel image").
//!
//! The header doubles as the beginning of a PE/COFF file for UEFI; its section table is what tells
//! a truncated download from a whole one.

use super::error::KernelProblem;
use super::foreign;

/// Bytes of a file that [`parse_header`] wants to see, when the file has that many.
pub(super) const HEAD: usize = 4096;

const SIZE: usize = 64;
const MAGIC: &[u8] = b"ARM\x64";
const MAGIC_AT: usize = 0x38;

const FLAG_BIG_ENDIAN: u64 = 1 << 0;

/// booting.rst places the image in the 2 MiB that begin at its base.
const TEXT_OFFSET_LIMIT: u64 = 2 << 20;
/// More than any kernel with the largest of built-in initramfs; keeps sums far from overflow.
const IMAGE_SIZE_LIMIT: u64 = 4 << 30;

/// The header of an arm64 Linux Image.
///
/// | Offset | Size | Field |
/// |---|---|---|
/// | 0x00 | 8 | code, "MZ" first when the kernel has an EFI stub |
/// | 0x08 | 8 | text_offset: load offset from a 2 MiB aligned base |
/// | 0x10 | 8 | image_size: memory from there on that the kernel needs |
/// | 0x18 | 8 | flags: bit 0 big-endian, bits 2:1 page size, bit 3 placement |
/// | 0x20 | 24 | reserved |
/// | 0x38 | 4 | magic, "ARM\x64" |
/// | 0x3C | 4 | offset of the PE header |
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageHeader {
    text_offset: u64,
    image_size: u64,
    flags: u64,
}

impl ImageHeader {
    /// Where the image goes, in bytes from a 2 MiB aligned base. Below 2 MiB.
    pub fn text_offset(&self) -> u64 {
        self.text_offset
    }

    /// Bytes of RAM the kernel needs from its load address on: the file and what it zeroes itself.
    pub fn image_size(&self) -> u64 {
        self.image_size
    }

    /// Page size the kernel was built for, in bytes: 4096, 16384 or 65536. `None`: it does not say.
    pub fn page_size(&self) -> Option<u64> {
        match (self.flags >> 1) & 3 {
            1 => Some(4 << 10),
            2 => Some(16 << 10),
            3 => Some(64 << 10),
            _ => None,
        }
    }
}

/// Judges a kernel file by `head`, its first bytes (the first 4 KiB, or all when it is shorter).
///
/// `Ok(None)` is a file without any known header: perhaps a flat image.
pub fn parse_header(head: &[u8], file_size: u64) -> Result<Option<ImageHeader>, KernelProblem> {
    if head.is_empty() || file_size == 0 {
        return Err(KernelProblem::Empty);
    }
    if head.get(MAGIC_AT..MAGIC_AT + MAGIC.len()) != Some(MAGIC) {
        return match foreign::recognise(head, file_size) {
            Some(problem) => Err(problem),
            None => Ok(None),
        };
    }
    if head.len() < SIZE {
        return Err(truncated(file_size, SIZE as u64));
    }
    let header = ImageHeader {
        text_offset: read_u64(head, 0x08).unwrap_or_default(),
        image_size: read_u64(head, 0x10).unwrap_or_default(),
        flags: read_u64(head, 0x18).unwrap_or_default(),
    };
    header.check(file_size)?;
    match pe_end(head) {
        Some(need) if need > file_size => Err(truncated(file_size, need)),
        _ => Ok(Some(header)),
    }
}

impl ImageHeader {
    fn check(&self, file_size: u64) -> Result<(), KernelProblem> {
        // The other fields are little-endian even then (booting.rst).
        if self.flags & FLAG_BIG_ENDIAN != 0 {
            return Err(KernelProblem::BigEndian);
        }
        if self.image_size == 0 {
            return Err(KernelProblem::NoImageSize);
        }
        let damaged =
            |field, value, expected| KernelProblem::DamagedHeader { field, value, expected };
        if self.image_size > IMAGE_SIZE_LIMIT {
            let expected = "more than 4 GiB";
            return Err(damaged("image_size", self.image_size, expected));
        }
        if self.image_size < file_size {
            let expected = "less than the file's own size";
            return Err(damaged("image_size", self.image_size, expected));
        }
        if self.text_offset >= TEXT_OFFSET_LIMIT {
            let expected = "not below 2 MiB";
            return Err(damaged("text_offset", self.text_offset, expected));
        }
        Ok(())
    }
}

/// Where the last section of the PE file ends, as far as `head` tells.
fn pe_end(head: &[u8]) -> Option<u64> {
    let coff = foreign::coff_header(head)?;
    let sections = read_u16(head, coff + 2)?;
    let optional_header = read_u16(head, coff + 16)?;
    let table = coff + 20 + usize::from(optional_header);
    (0..usize::from(sections))
        .map_while(|i| {
            let section = table + 40 * i;
            let size = read_u32(head, section + 16)?;
            let start = read_u32(head, section + 20)?;
            Some(u64::from(start) + u64::from(size))
        })
        .max()
}

fn truncated(have: u64, need: u64) -> KernelProblem {
    KernelProblem::Truncated { have, need }
}

fn read_u64(head: &[u8], at: usize) -> Option<u64> {
    let bytes = head.get(at..)?.first_chunk()?;
    Some(u64::from_le_bytes(*bytes))
}

pub(super) fn read_u32(head: &[u8], at: usize) -> Option<u32> {
    let bytes = head.get(at..)?.first_chunk()?;
    Some(u32::from_le_bytes(*bytes))
}

pub(super) fn read_u16(head: &[u8], at: usize) -> Option<u16> {
    let bytes = head.get(at..)?.first_chunk()?;
    Some(u16::from_le_bytes(*bytes))
}

//! Files that people take for a bootable arm64 kernel, and what each of them is.

use super::error::KernelProblem;
use super::header::{read_u16, read_u32};

/// First bytes, name, command to standard output. From each format's specification.
const COMPRESSIONS: &[(&[u8], &str, &str)] = &[
    (b"\x1F\x8B", "gzip", "gzip -dc"),
    (b"\x28\xB5\x2F\xFD", "zstd", "zstd -dc"),
    (b"\xFD7zXZ\0", "xz", "xz -dc"),
    (b"BZh", "bzip2", "bzip2 -dc"),
    (b"\x02\x21\x4C\x18", "lz4", "lz4 -dc"),
    (b"\x04\x22\x4D\x18", "lz4", "lz4 -dc"),
    (b"\x5D\0\0\0", "lzma", "xz --format=lzma -dc"),
    (b"\x89LZO", "lzo", "lzop -dc"),
];

const PE_ARM64: u16 = 0xAA64;

/// Says what a file without the arm64 Image magic is; `None` when nothing speaks for anything.
pub(super) fn recognise(head: &[u8], file_size: u64) -> Option<KernelProblem> {
    compressed(head)
        .or_else(|| zboot(head))
        .or_else(|| bz_image(head))
        .or_else(|| elf(head))
        .or_else(|| efi_program(head))
        .or_else(|| cut_off(head, file_size))
}

fn compressed(head: &[u8]) -> Option<KernelProblem> {
    let (_, with, command) = COMPRESSIONS.iter().find(|(magic, ..)| head.starts_with(magic))?;
    Some(KernelProblem::Compressed { with, command })
}

/// Linux, drivers/firmware/efi/libstub/zboot-header.S: "zimg" at 4, then offset and size of the
/// payload, and the name of its compression at 24.
fn zboot(head: &[u8]) -> Option<KernelProblem> {
    if !head.starts_with(b"MZ") || head.get(4..8)? != b"zimg" {
        return None;
    }
    let offset = read_u32(head, 8)?;
    let size = read_u32(head, 12)?;
    let name: String = head
        .get(24..56)?
        .iter()
        .map(|byte| char::from(*byte))
        .take_while(char::is_ascii_alphanumeric)
        .collect();
    let known = COMPRESSIONS.iter().find(|(_, with, _)| name.starts_with(with));
    Some(KernelProblem::Zboot {
        offset,
        size,
        command: known.map_or("<its decompressor>", |(.., command)| command),
        with: name,
    })
}

/// Linux, Documentation/arch/x86/boot.rst: "HdrS" at 0x202.
fn bz_image(head: &[u8]) -> Option<KernelProblem> {
    (head.get(0x202..0x206)? == b"HdrS").then_some(KernelProblem::BzImage)
}

fn elf(head: &[u8]) -> Option<KernelProblem> {
    if !head.starts_with(b"\x7FELF") {
        return None;
    }
    let machine = match read_u16(head, 18)? {
        183 => return Some(KernelProblem::Elf),
        62 => "x86-64".into(),
        3 => "x86".into(),
        40 => "32-bit Arm".into(),
        243 => "RISC-V".into(),
        other => format!("ELF machine {other}"),
    };
    Some(KernelProblem::WrongArchitecture { machine })
}

fn efi_program(head: &[u8]) -> Option<KernelProblem> {
    let machine = match read_u16(head, coff_header(head)?)? {
        PE_ARM64 => return Some(KernelProblem::EfiProgram),
        0x8664 => "x86-64".into(),
        0x014C => "x86".into(),
        0x01C0 | 0x01C2 | 0x01C4 => "32-bit Arm".into(),
        0x5064 => "64-bit RISC-V".into(),
        0x6264 => "LoongArch".into(),
        other => format!("PE machine {other:#06x}"),
    };
    Some(KernelProblem::WrongArchitecture { machine })
}

/// The beginning of a kernel with an EFI stub or of an ELF file, too short to tell of what.
fn cut_off(head: &[u8], file_size: u64) -> Option<KernelProblem> {
    let need = 64;
    let begins = head.starts_with(b"MZ") || head.starts_with(b"\x7FELF");
    (begins && file_size < need).then_some(KernelProblem::Truncated { have: file_size, need })
}

/// Offset of the COFF header of a PE file: the one word at 0x3C points at "PE\0\0" before it.
pub(super) fn coff_header(head: &[u8]) -> Option<usize> {
    if !head.starts_with(b"MZ") {
        return None;
    }
    let signature = usize::try_from(read_u32(head, 0x3C)?).ok()?;
    let rest = head.get(signature..)?;
    rest.starts_with(b"PE\0\0").then_some(signature + 4)
}

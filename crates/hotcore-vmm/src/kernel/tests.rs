//! Synthesised kernel files, good and bad.

use std::fs;
use std::io::Write;

use hotcore_engine::GuestMemory;
use proptest::prelude::*;
use tempfile::{NamedTempFile, TempDir};
use vm_memory::{Bytes, GuestAddress};

use super::*;

const RAM: u64 = 0x4000_0000;
const MIB: u64 = 1 << 20;

/// An Image with an EFI stub: 4 KiB of headers, then code; 64 KiB in memory.
fn linux_image() -> Vec<u8> {
    let mut image = vec![0xAB; 8192];
    image[..0x200].fill(0);
    image[..2].copy_from_slice(b"MZ");
    put(&mut image, 0x08, &0u64.to_le_bytes());
    put(&mut image, 0x10, &0x1_0000u64.to_le_bytes());
    put(&mut image, 0x18, &0xAu64.to_le_bytes());
    put(&mut image, 0x38, b"ARM\x64");
    put(&mut image, 0x3C, &0x40u32.to_le_bytes());
    put(&mut image, 0x40, b"PE\0\0");
    put(&mut image, 0x44, &0xAA64u16.to_le_bytes());
    put(&mut image, 0x46, &2u16.to_le_bytes());
    put(&mut image, 0x54, &0xA0u16.to_le_bytes());
    let sections = 0x58 + 0xA0;
    put(&mut image, sections + 16, &4096u32.to_le_bytes());
    put(&mut image, sections + 20, &4096u32.to_le_bytes());
    image
}

fn put(image: &mut [u8], at: usize, bytes: &[u8]) {
    image[at..at + bytes.len()].copy_from_slice(bytes);
}

fn with(at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut image = linux_image();
    put(&mut image, at, bytes);
    image
}

fn file(contents: &[u8]) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(contents).unwrap();
    file
}

fn memory(size: u64) -> GuestMemory {
    GuestMemory::from_ranges(&[(GuestAddress(RAM), size as usize)]).unwrap()
}

fn problem(contents: &[u8]) -> KernelProblem {
    match parse_header(contents, contents.len() as u64) {
        Err(problem) => problem,
        Ok(header) => panic!("accepted as {header:?}"),
    }
}

#[test]
fn the_header_is_read() {
    let header = parse_header(&linux_image(), 8192).unwrap().unwrap();
    assert_eq!(header.text_offset(), 0);
    assert_eq!(header.image_size(), 0x1_0000);
    assert_eq!(header.page_size(), Some(4096));
    for (flags, size) in [(0x8u8, None), (0xC, Some(16384)), (0xE, Some(65536))] {
        let header = parse_header(&with(0x18, &[flags]), 8192).unwrap().unwrap();
        assert_eq!(header.page_size(), size);
    }
}

#[test]
fn an_image_without_efi_stub_is_a_kernel_too() {
    let image = with(0, &[0x4D, 0x5A, 0, 0x91]);
    assert!(parse_header(&image, 8192).unwrap().is_some());
    let image = with(0x3C, &[0; 4]);
    assert!(parse_header(&image, 8192).unwrap().is_some());
}

#[test]
fn a_truncated_image_is_told_by_its_sections() {
    let image = linux_image();
    for have in [64usize, 1000, 4096, 8191] {
        let problem = parse_header(&image[..have], have as u64);
        assert!(
            matches!(problem, Ok(Some(_)) if have == 64)
                || matches!(problem, Err(KernelProblem::Truncated { need: 8192, .. })),
            "{have}: {problem:?}"
        );
    }
    assert!(matches!(problem(&image[..62]), KernelProblem::Truncated { have: 62, need: 64 }));
    assert!(matches!(problem(b"MZ"), KernelProblem::Truncated { have: 2, need: 64 }));
    assert!(matches!(problem(b""), KernelProblem::Empty));
}

#[test]
fn damaged_and_unsuitable_headers_are_refused() {
    assert!(matches!(problem(&with(0x18, &[0x0B])), KernelProblem::BigEndian));
    assert!(matches!(problem(&with(0x10, &[0; 8])), KernelProblem::NoImageSize));
    for size in [u64::MAX, (4 << 30) + 1, 8191] {
        assert!(matches!(
            problem(&with(0x10, &size.to_le_bytes())),
            KernelProblem::DamagedHeader { field: "image_size", value, .. } if value == size
        ));
    }
    for offset in [u64::MAX, 2 * MIB] {
        assert!(matches!(
            problem(&with(0x08, &offset.to_le_bytes())),
            KernelProblem::DamagedHeader { field: "text_offset", value, .. } if value == offset
        ));
    }
}

#[test]
fn compressed_kernels_are_named_with_their_cure() {
    for (magic, name, command) in [
        (&b"\x1F\x8B\x08\0"[..], "gzip", "gzip -dc"),
        (b"\x28\xB5\x2F\xFD\0", "zstd", "zstd -dc"),
        (b"\xFD7zXZ\0\0", "xz", "xz -dc"),
        (b"BZh91AY", "bzip2", "bzip2 -dc"),
        (b"\x02\x21\x4C\x18", "lz4", "lz4 -dc"),
        (b"\x04\x22\x4D\x18", "lz4", "lz4 -dc"),
    ] {
        let text = problem(magic).to_string();
        assert!(text.contains(name) && text.contains(command), "{text}");
    }
}

#[test]
fn a_zboot_image_is_named_with_its_cure() {
    let mut image = with(0x38, &0x8182_23CDu32.to_le_bytes());
    put(&mut image, 0, b"MZ\0\0zimg");
    put(&mut image, 8, &0x1234u32.to_le_bytes());
    put(&mut image, 12, &0x5678u32.to_le_bytes());
    put(&mut image, 24, b"zstd22\0\0");
    let text = problem(&image).to_string();
    let cure = "`tail -c +$((4660 + 1)) vmlinuz | head -c 22136 | zstd -dc > Image`";
    assert!(text.contains(cure), "{text}");

    put(&mut image, 24, b"\x1B[31m\n\0\0");
    let text = problem(&image).to_string();
    assert!(!text.contains('\x1B'), "{text}");
}

#[test]
fn other_peoples_kernels_are_named() {
    let mut bz_image = vec![0; 1024];
    put(&mut bz_image, 0x202, b"HdrS");
    assert!(matches!(problem(&bz_image), KernelProblem::BzImage));
    put(&mut bz_image, 0, b"MZ");
    assert!(matches!(problem(&bz_image), KernelProblem::BzImage));

    let elf = |machine: u16| {
        let mut file = vec![0; 64];
        put(&mut file, 0, b"\x7FELF");
        put(&mut file, 18, &machine.to_le_bytes());
        problem(&file)
    };
    assert!(matches!(elf(183), KernelProblem::Elf));
    assert!(elf(62).to_string().contains("for x86-64"));
    assert!(matches!(problem(b"\x7FELF"), KernelProblem::Truncated { .. }));

    let pe = |machine: u16| {
        let mut image = with(0x38, &[0; 4]);
        put(&mut image, 0x44, &machine.to_le_bytes());
        problem(&image)
    };
    assert!(pe(0x8664).to_string().contains("for x86-64"));
    assert!(pe(0x5064).to_string().contains("RISC-V"));
    assert!(pe(0x1234).to_string().contains("0x1234"));
    assert!(matches!(pe(0xAA64), KernelProblem::EfiProgram));
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let directory = TempDir::new().unwrap();
    let missing = directory.path().join("missing");
    let error = KernelImage::open(&missing).err().unwrap();
    assert!(error.to_string().contains("missing"), "{error}");
    assert!(matches!(error.problem, KernelProblem::Unreadable(_)));

    let error = KernelImage::open(directory.path()).err().unwrap();
    assert!(error.to_string().contains("not a regular file"), "{error}");
    assert!(Initramfs::open(directory.path()).is_err());
    assert!(Initramfs::open(&missing).is_err());
}

#[test]
fn a_kernel_is_loaded_at_its_text_offset_from_the_file_that_was_opened() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("Image");
    let image = with(0x08, &0x8_0000u64.to_le_bytes());
    fs::write(&path, &image).unwrap();
    let kernel = KernelImage::open(&path).unwrap();
    assert!(kernel.require_linux().is_ok());
    assert_eq!(kernel.linux_version(), None);

    fs::remove_file(&path).unwrap();
    fs::write(&path, b"something else").unwrap();
    for _ in 0..2 {
        let memory = memory(16 * MIB);
        let loaded = kernel.load(&memory, GuestAddress(RAM + 4 * MIB)).unwrap();
        assert_eq!(loaded.entry, GuestAddress(RAM + 4 * MIB + 0x8_0000));
        assert_eq!(loaded.size, 0x1_0000);
        let mut copy = vec![0; image.len()];
        memory.read_slice(&mut copy, loaded.entry).unwrap();
        assert!(copy == image);
    }
}

#[test]
fn a_kernel_needs_its_size_in_memory_not_in_the_file() {
    let file = file(&with(0x10, &(3 * MIB).to_le_bytes()));
    let kernel = KernelImage::open(file.path()).unwrap();
    assert_eq!(kernel.memory_size(), 3 * MIB);
    assert!(kernel.load(&memory(3 * MIB), GuestAddress(RAM)).is_ok());
    for (memory, base) in [
        (memory(3 * MIB - 4096), RAM),
        (memory(4 * MIB), RAM + 2 * MIB),
        (memory(4 * MIB), 0),
        (memory(4 * MIB), u64::MAX - 2 * MIB + 1),
    ] {
        let error = kernel.load(&memory, GuestAddress(base)).unwrap_err();
        assert!(matches!(error.problem, KernelProblem::DoesNotFit { .. }));
    }
    let error = kernel.load(&memory(4 * MIB), GuestAddress(RAM + MIB));
    let error = error.unwrap_err();
    assert!(matches!(error.problem, KernelProblem::UnalignedBase(_)));
}

#[test]
fn a_file_that_shrinks_after_opening_is_an_error() {
    let file = file(&linux_image());
    let kernel = KernelImage::open(file.path()).unwrap();
    file.as_file().set_len(100).unwrap();
    let error = kernel.load(&memory(4 * MIB), GuestAddress(RAM)).unwrap_err();
    assert!(matches!(error.problem, KernelProblem::Load(_)), "{error}");
}

#[test]
fn a_flat_image_goes_to_0x80000_and_is_no_linux() {
    let file = file(&[0x1F, 0x20, 0x03, 0xD5]);
    let kernel = KernelImage::open(file.path()).unwrap();
    assert_eq!(kernel.format(), KernelFormat::Flat);
    let loaded = kernel.load(&memory(2 * MIB), GuestAddress(RAM)).unwrap();
    assert_eq!(loaded.entry, GuestAddress(RAM + 0x8_0000));
    assert_eq!(loaded.size, 4);
    let error = kernel.require_linux().unwrap_err();
    assert!(error.to_string().contains("--firmware dt"), "{error}");
}

#[test]
fn a_kernel_states_its_version() {
    let mut image = linux_image();
    put(&mut image, 5000, b"Linux version 6.12.95 (a@b) (gcc) #1 SMP\n\0");
    let file = file(&image);
    let kernel = KernelImage::open(file.path()).unwrap();
    for _ in 0..2 {
        let version = kernel.linux_version().unwrap();
        assert_eq!((version.major, version.minor, version.patch), (6, 12, 95));
    }
}

#[test]
fn an_initramfs_goes_to_the_top_of_ram() {
    let file = file(&vec![7; 70_000]);
    let initramfs = Initramfs::open(file.path()).unwrap();
    assert_eq!(initramfs.size(), 70_000);
    let kernel = RAM..RAM + MIB;
    let address = initramfs.place(RAM..RAM + 4 * MIB, kernel).unwrap();
    assert_eq!(address, GuestAddress(RAM + 4 * MIB - 0x2_0000));
    let memory = memory(4 * MIB);
    initramfs.load(&memory, address).unwrap();
    let mut last = [0; 2];
    let end = GuestAddress(address.0 + 70_000 - 1);
    memory.read_slice(&mut last, end).unwrap();
    assert_eq!(last, [7, 0]);
    let beyond = GuestAddress(RAM + 4 * MIB - 4096);
    assert!(matches!(initramfs.load(&memory, beyond), Err(InitramfsError::Load { .. })));
}

#[test]
fn an_initramfs_stays_in_the_kernels_window_of_32_gib() {
    let file = file(&[0; 1]);
    let initramfs = Initramfs::open(file.path()).unwrap();
    let address = initramfs.place(RAM..RAM + (64 << 30), RAM + 2 * MIB..RAM + 40 * MIB);
    assert_eq!(address.unwrap(), GuestAddress(RAM + (32 << 30) - 0x1_0000));
}

#[test]
fn an_initramfs_without_room_is_refused() {
    let large = file(&vec![0; 70_000]);
    let initramfs = Initramfs::open(large.path()).unwrap();
    for (ram_end, kernel_end) in
        [(RAM + MIB, RAM + MIB), (RAM + MIB, RAM + MIB - 0x1_FFFF), (0, 0), (RAM, u64::MAX)]
    {
        let error = initramfs.place(RAM..ram_end, RAM..kernel_end).unwrap_err();
        assert!(matches!(error, InitramfsError::TooLarge { .. }), "{error}");
    }
    let nothing = file(b"");
    assert!(matches!(Initramfs::open(nothing.path()), Err(InitramfsError::Empty { .. })));
}

proptest! {
    #[test]
    fn no_header_panics_and_an_accepted_one_is_sane(
        noise in prop::collection::vec((0usize..0x140, any::<u8>()), 0..20),
        length in 0usize..=4096,
        file_size in any::<u64>(),
    ) {
        let mut image = linux_image();
        for (at, byte) in noise {
            image[at] = byte;
        }
        if let Ok(Some(header)) = parse_header(&image[..length], file_size) {
            prop_assert!(header.image_size() >= file_size);
            prop_assert!(header.image_size() <= 4 << 30);
            prop_assert!(header.text_offset() < 2 * MIB);
        }
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..600), file_size in any::<u64>()) {
        let _ = parse_header(&bytes, file_size);
    }

    #[test]
    fn an_initramfs_lies_in_ram_above_the_kernel(
        ram_size in 0u64..1 << 40, kernel_size in 0u64..1 << 40, start in 0u64..1 << 20
    ) {
        let file = file(&[0; 100]);
        let initramfs = Initramfs::open(file.path()).unwrap();
        let kernel = RAM + start..RAM + start + kernel_size;
        if let Ok(address) = initramfs.place(RAM..RAM + ram_size, kernel.clone()) {
            prop_assert!(address.0 >= kernel.end);
            prop_assert!(address.0 + 100 <= RAM + ram_size);
            prop_assert_eq!(address.0 % 4096, 0);
        }
    }
}

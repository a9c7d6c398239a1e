//! The kernel that follows this one without a reset between (`kexec_load(2)`, `reboot(2)`).
//!
//! Debian's arm64 kernels have no `kexec_file_load`, so what it would do is done here: a place for each
//! piece, a device tree that names the new initramfs, and the instructions that hand the tree over.

// System calls without a safe wrapper.
#![allow(unsafe_code)]

mod tree;

use std::ffi::c_void;
use std::{fs, io};

/// `KEXEC_ARCH_AARCH64` (linux/kexec.h).
const AARCH64: usize = 183 << 16;
/// Pieces begin at multiples of this: a kernel has to (booting.rst), and the others may.
const ALIGNMENT: u64 = 2 << 20;
const PAGE: usize = 4096;

/// A piece of the new kernel's world: `struct kexec_segment` (linux/kexec.h).
#[repr(C)]
struct Segment {
    buffer: *const c_void,
    buffer_size: usize,
    memory: u64,
    memory_size: usize,
}

impl Segment {
    fn new(content: &[u8], address: u64, size: usize) -> Self {
        Self {
            buffer: content.as_ptr().cast(),
            buffer_size: content.len(),
            memory: address,
            memory_size: size.next_multiple_of(PAGE),
        }
    }

    fn next_place(&self) -> u64 {
        (self.memory + self.memory_size as u64).next_multiple_of(ALIGNMENT)
    }
}

/// Starts a kernel with this one's command line in place of this one. Comes back only if that is refused.
pub(crate) fn start(kernel: &str, initramfs: &str) -> io::Result<()> {
    let (kernel, initramfs) = (fs::read(kernel)?, fs::read(initramfs)?);
    let place = middle_of_memory()?;
    let kernel_segment = Segment::new(&kernel, place, image_size(&kernel)?);
    let initramfs_segment = Segment::new(&initramfs, kernel_segment.next_place(), initramfs.len());
    let begin = initramfs_segment.memory;
    let tree = tree::with_initramfs(
        fs::read("/sys/firmware/fdt")?,
        begin..begin + initramfs.len() as u64,
    )?;
    let tree_segment = Segment::new(&tree, initramfs_segment.next_place(), tree.len());
    let hand_over = hand_over(tree_segment.memory, place);
    let entry = tree_segment.next_place();
    let entry_segment = Segment::new(&hand_over, entry, hand_over.len());
    load(entry, &[kernel_segment, initramfs_segment, tree_segment, entry_segment])?;
    // SAFETY: the command takes no argument. Nothing in this guest has data that could be lost.
    unsafe { libc::reboot(libc::LINUX_REBOOT_CMD_KEXEC) };
    Err(io::Error::last_os_error())
}

fn load(entry: u64, segments: &[Segment]) -> io::Result<()> {
    // SAFETY: the segments point to buffers that outlive the call, of the sizes that they name; the kernel
    // copies them.
    let loaded = unsafe {
        libc::syscall(libc::SYS_kexec_load, entry, segments.len(), segments.as_ptr(), AARCH64)
    };
    if loaded == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// X0 holds the device tree's address, X1 to X3 are zero, and the kernel begins (booting.rst).
fn hand_over(tree: u64, kernel: u64) -> Vec<u8> {
    const LDR_X0_AT_32: u32 = 0x5800_0100;
    const LDR_X4_AT_40: u32 = 0x5800_0124;
    const MOV_X1_0: u32 = 0xd280_0001;
    const BR_X4: u32 = 0xd61f_0080;
    const NOP: u32 = 0xd503_201f;
    let code = [LDR_X0_AT_32, LDR_X4_AT_40, MOV_X1_0, MOV_X1_0 + 1, MOV_X1_0 + 2, BR_X4, NOP, NOP];
    let words = code.into_iter().flat_map(u32::to_le_bytes);
    words.chain(tree.to_le_bytes()).chain(kernel.to_le_bytes()).collect()
}

/// Bytes that a kernel takes in memory: `image_size` of its header (booting.rst).
fn image_size(kernel: &[u8]) -> io::Result<usize> {
    let field = kernel.get(16..24).and_then(|bytes| bytes.try_into().ok()).map(u64::from_le_bytes);
    let size = field.and_then(|size| usize::try_from(size).ok());
    size.filter(|&size| size >= kernel.len())
        .ok_or_else(|| invalid("the kernel has no arm64 header"))
}

/// The middle of the largest range of RAM: the firmware's tables are at its ends.
fn middle_of_memory() -> io::Result<u64> {
    let map = fs::read_to_string("/proc/iomem")?;
    let range = |line: &str| {
        let (start, end) = line.strip_suffix(" : System RAM")?.split_once('-')?;
        Some((u64::from_str_radix(start, 16).ok()?, u64::from_str_radix(end, 16).ok()?))
    };
    let largest =
        map.lines().filter_map(range).max_by_key(|(start, end)| end.saturating_sub(*start));
    let (start, end) = largest.ok_or_else(|| invalid("/proc/iomem shows no RAM"))?;
    Ok((start.midpoint(end)).next_multiple_of(ALIGNMENT))
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

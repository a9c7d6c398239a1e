//! A kernel file that a machine takes for Linux.

/// Bytes of the image, on disk and in memory.
const SIZE: usize = 4096;

/// An arm64 Linux Image (booting.rst, "Call the kernel image") without a kernel in it, that names
/// `release`, such as "6.12.43", as its version. For machines whose CPUs execute no instructions.
pub fn linux_image(release: &str) -> Vec<u8> {
    const IMAGE_SIZE: usize = 0x10;
    const MAGIC: usize = 0x38;
    const BANNER: usize = 0x100;
    let mut image = vec![0; SIZE];
    let mut put = |at: usize, bytes: &[u8]| {
        for (to, from) in image.iter_mut().skip(at).zip(bytes) {
            *to = *from;
        }
    };
    put(IMAGE_SIZE, &(SIZE as u64).to_le_bytes());
    put(MAGIC, b"ARM\x64");
    put(BANNER, format!("Linux version {release} (nobody@nowhere) #1 SMP\n\0").as_bytes());
    image
}

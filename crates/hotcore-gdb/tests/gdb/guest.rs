//! A guest of a few instructions on two CPUs, each of which counts until a word says that it shall end.

/// Where a flat image is entered: 512 KiB into RAM.
pub(crate) const ENTRY: u64 = 0x4008_0000;
/// CPU 0 counts X5 up here.
pub(crate) const FIRST_LOOP: u64 = ENTRY + 0x18;
/// CPU 1 counts X5 up here; CPU_ON has given it [`CONTEXT`] in X0.
pub(crate) const SECOND_LOOP: u64 = ENTRY + 0x38;
/// CPU 0 powers the machine off once this word is not zero.
pub(crate) const END: u64 = ENTRY + 0x58;
/// CPU 1 powers itself off once this word is not zero.
pub(crate) const SECOND_END: u64 = ENTRY + 0x5c;
/// What CPU 1 begins with.
pub(crate) const CONTEXT: u64 = 0x77;

/// The program; `.` is the address of the line.
const PROGRAM: [u32; 24] = [
    0xd280_0060, // 00: movz x0, #3                 CPU_ON
    0xf2b8_8000, // 04: movk x0, #0xc400, lsl #16
    0xd280_0021, // 08: movz x1, #1                 CPU 1
    0x1000_0162, // 0c: adr  x2, .+0x2c             at 38
    0xd280_0ee3, // 10: movz x3, #0x77
    0xd400_0002, // 14: hvc  #0
    0x9100_04a5, // 18: add  x5, x5, #1
    0x1000_01e4, // 1c: adr  x4, .+0x3c             58
    0xb940_0086, // 20: ldr  w6, [x4]
    0x34ff_ffa6, // 24: cbz  w6, .-0xc              18
    0x5280_0100, // 28: movz w0, #8                 SYSTEM_OFF
    0x72b0_8000, // 2c: movk w0, #0x8400, lsl #16
    0xd400_0002, // 30: hvc  #0
    0x1400_0000, // 34: b    .
    0x9100_04a5, // 38: add  x5, x5, #1
    0x1000_0104, // 3c: adr  x4, .+0x20             5c
    0xb940_0086, // 40: ldr  w6, [x4]
    0x34ff_ffa6, // 44: cbz  w6, .-0xc              38
    0x5280_0040, // 48: movz w0, #2                 CPU_OFF
    0x72b0_8000, // 4c: movk w0, #0x8400, lsl #16
    0xd400_0002, // 50: hvc  #0
    0x1400_0000, // 54: b    .
    0x0000_0000, // 58
    0x0000_0000, // 5c
];

/// The program as a file.
pub(crate) fn image() -> Vec<u8> {
    PROGRAM.iter().flat_map(|word| word.to_le_bytes()).collect()
}

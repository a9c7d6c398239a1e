//! A guest of a few instructions: it starts at once, says `>`, and returns every key it gets but
//! three.

/// Powers the guest off (PSCI SYSTEM_OFF).
pub(super) const POWER_OFF: &[u8] = b"p";
/// Resets the guest (PSCI SYSTEM_RESET).
pub(super) const RESET: &[u8] = b"r";
/// Has the guest do what nobody can execute.
pub(super) const CRASH: &[u8] = b"c";

const PROGRAM: [u32; 22] = [
    0xd2a1_2001, //        movz x1, #0x900, lsl #16   the PL011
    0x5280_07c0, //        mov  w0, #'>'
    0xb900_0020, //        str  w0, [x1]
    0xb940_1822, // next:  ldr  w2, [x1, #0x18]       its flags
    0x3727_ffe2, //        tbnz w2, #4, next          nothing received
    0xb940_0020, //        ldr  w0, [x1]
    0x1200_1c00, //        and  w0, w0, #0xff
    0x7101_c01f, //        cmp  w0, #'p'
    0x5400_00e0, //        b.eq off
    0x7101_c81f, //        cmp  w0, #'r'
    0x5400_0100, //        b.eq reset
    0x7101_8c1f, //        cmp  w0, #'c'
    0x5400_0120, //        b.eq crash
    0xb900_0020, //        str  w0, [x1]
    0x17ff_fff5, //        b    next
    0x5280_0100, // off:   mov  w0, #8
    0x72b0_8000, //        movk w0, #0x8400, lsl #16
    0xd400_0002, //        hvc  #0
    0x5280_0120, // reset: mov  w0, #9
    0x72b0_8000, //        movk w0, #0x8400, lsl #16
    0xd400_0002, //        hvc  #0
    0xb840_4423, // crash: ldr  w3, [x1], #4          a device takes no write-back
];

/// The flat image.
pub(super) fn image() -> Vec<u8> {
    PROGRAM.iter().flat_map(|word| word.to_le_bytes()).collect()
}

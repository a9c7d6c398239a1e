//! The code that a CPU goes to when it leaves its operating system (`docs/parking-protocol-v2.md`):
//! with its MMU off, at any Exception level that the guest has, and with the address of its mailbox in X0.
//!
//! It asks the firmware, which is the VMM, to take the CPU: the call does not return. It does for a CPU
//! that names another's mailbox; that one waits here for ever, so that nobody takes it for parked.

use hotcore_firmware::HAND_BACK;

/// The instructions.
pub(super) fn code() -> Vec<u8> {
    let words = [
        0xaa00_03e1,                             // mov  x1, x0
        0x5280_0000 | (HAND_BACK & 0xffff) << 5, // mov  w0, #(HAND_BACK & 0xffff)
        0x72a0_0000 | HAND_BACK >> 16 << 5,      // movk w0, #(HAND_BACK >> 16), lsl #16
        0xd400_0002,                             // hvc  #0
        0xd503_205f,                             // wfe
        0x17ff_ffff,                             // b    .-4
    ];
    words.into_iter().flat_map(u32::to_le_bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_what_it_says() {
        let words: Vec<u32> = code()
            .chunks(4)
            .map(|word| u32::from_le_bytes(word.try_into().unwrap_or_default()))
            .collect();
        let text: Vec<String> = words.iter().map(|word| format!("{word:08x}")).collect();
        let expected = ["aa0003e1", "52800000", "72b86000", "d4000002", "d503205f", "17ffffff"];
        assert_eq!(text, expected);
    }
}

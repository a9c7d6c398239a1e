//! Any file as a kernel.

#![no_main]

use hotcore_vmm::kernel::parse_header;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u64, &[u8])| {
    let (size, head) = input;
    if let Ok(Some(header)) = parse_header(head, size) {
        assert!(header.image_size() >= size, "a kernel needs at least the memory of its file");
    }
});

//! A guest that writes anything to its console's registers while somebody types.

#![no_main]

use std::io;

use arbitrary::Arbitrary;
use hotcore_devices::{InterruptLine, MmioDevice, Pl011};
use libfuzzer_sys::fuzz_target;

struct Line;

impl InterruptLine for Line {
    fn set_level(&self, _high: bool) {}
}

#[derive(Debug, Arbitrary)]
enum Step {
    Load { offset: u16, size: u8 },
    Store { offset: u16, size: u8, value: u64 },
    Type(Vec<u8>),
    Reset,
}

fuzz_target!(|steps: Vec<Step>| {
    let mut uart = Pl011::new(Line, io::sink());
    for step in steps {
        match step {
            Step::Load { offset, size } => {
                uart.read(u64::from(offset) & 0xff8, &mut [0; 8][..1 << (size % 4)]);
            }
            Step::Store { offset, size, value } => {
                uart.write(u64::from(offset) & 0xff8, &value.to_le_bytes()[..1 << (size % 4)]);
            }
            Step::Type(input) => assert!(uart.receive(&input) <= input.len()),
            Step::Reset => uart.reset(),
        }
    }
});

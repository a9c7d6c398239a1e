//! The console: a PL011, polled.
#![allow(unsafe_code)] // Registers in memory.

use core::fmt::{self, Write as _};
use core::sync::atomic::{AtomicU64, Ordering};

use crate::bus;

/// Where it is where nobody says.
pub(crate) const DEFAULT: u64 = 0x0900_0000;

static BASE: AtomicU64 = AtomicU64::new(DEFAULT);

const DATA: u64 = 0x00;
const FLAGS: u64 = 0x18;
const LINE_CONTROL: u64 = 0x2c;
const CONTROL: u64 = 0x30;
const MASK: u64 = 0x38;
const CLEAR: u64 = 0x44;
const RECEIVE_EMPTY: u32 = 1 << 4;
const TRANSMIT_FULL: u32 = 1 << 5;
/// Received, and received a while ago.
const RECEIVE_INTERRUPTS: u32 = 1 << 4 | 1 << 6;

/// Says where it is, and has it take input and interrupt for it.
pub(crate) fn begin(base: u64) {
    BASE.store(base, Ordering::Relaxed);
    put(CONTROL, 0);
    // 8 bits, FIFOs.
    put(LINE_CONTROL, 0x70);
    put(CLEAR, 0x7ff);
    put(MASK, RECEIVE_INTERRUPTS);
    // UARTEN, TXE, RXE.
    put(CONTROL, 0x301);
}

/// A byte that was typed.
pub(crate) fn input() -> Option<u8> {
    if get(FLAGS) & RECEIVE_EMPTY != 0 {
        return None;
    }
    Some(get(DATA) as u8)
}

/// Prints.
pub(crate) fn print(text: fmt::Arguments<'_>) {
    // A console has no errors.
    let _ = Console.write_fmt(text);
}

/// Prints a line.
macro_rules! say {
    ($($argument:tt)*) => { $crate::console::print(format_args!("{}\n", format_args!($($argument)*))) };
}
pub(crate) use say;

struct Console;

impl fmt::Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            if byte == b'\n' {
                send(b'\r');
            }
            send(byte);
        }
        Ok(())
    }
}

fn send(byte: u8) {
    while get(FLAGS) & TRANSMIT_FULL != 0 {}
    put(DATA, byte.into());
}

fn get(offset: u64) -> u32 {
    // SAFETY: a register of the PL011, which is mapped as a device.
    unsafe { bus::load32(BASE.load(Ordering::Relaxed) + offset) }
}

fn put(offset: u64, value: u32) {
    // SAFETY: as above.
    unsafe { bus::store32(BASE.load(Ordering::Relaxed) + offset, value) }
}

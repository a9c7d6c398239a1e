//! The console: a PL011, polled.
#![allow(unsafe_code)] // Registers in memory.

use core::fmt::{self, Write as _};
use core::sync::atomic::{AtomicU8, AtomicU64, Ordering};

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
const TRANSMIT_EMPTY: u32 = 1 << 7;
/// Bytes of the transmit FIFO, of the smallest that a PL011 has. Asking once for so many halves the accesses,
/// each of which takes a hypervisor its time.
const DEPTH: u8 = 16;

/// Bytes that may be sent without asking.
static ROOM: AtomicU8 = AtomicU8::new(0);
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

/// CPUs that print at once may both take the last room, and lose a byte; only one that reports an exception
/// prints besides the boot CPU.
fn send(byte: u8) {
    let mut room = ROOM.load(Ordering::Relaxed);
    if room == 0 {
        while get(FLAGS) & TRANSMIT_EMPTY == 0 {}
        room = DEPTH;
    }
    ROOM.store(room - 1, Ordering::Relaxed);
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

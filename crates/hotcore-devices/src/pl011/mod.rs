//! Arm PrimeCell UART (PL011), the guest's console. Specification: Arm DDI 0183.
//!
//! [`Pl011`] is driven from two sides: the bus calls it through [`MmioDevice`], and whoever owns
//! the terminal hands over input with [`Pl011::receive`]. Output goes to an [`io::Write`].
//!
//! The line to the outside is infinitely fast, and the model follows from that:
//!
//! - A byte leaves within the store that wrote it: the transmit FIFO is always empty, `FR.BUSY`
//!   always clear, and every store to DR is a fall through the transmit level, which raises TXRIS.
//! - Received bytes never wait for more: the receive timeout is over as soon as it begins, so
//!   RTRIS follows "the FIFO is not empty". RXRIS follows "the FIFO is at its level". Clearing
//!   either in ICR while that holds leaves it set: a driver that acknowledges *after* it drained
//!   would otherwise never hear of a byte that came in between, which on a slow line cannot happen.
//! - For the same reason one TX interrupt survives an acknowledgement that follows a later write.
//!
//! After reset the UART is as a guest expects firmware to hand it over: enabled, 8N1, FIFOs on. An
//! SBSA driver (`ARMH0011`) and earlycon set nothing up themselves. That is the one deviation from
//! the reset values in DDI 0183.

mod receive_fifo;
mod registers;
#[cfg(test)]
mod tests;

use std::io;

use self::receive_fifo::ReceiveFifo;
use self::registers::{Control, Flags, Interrupts, LineControl, offset};
use crate::primecell;
use crate::{InterruptLine, MmioDevice};

/// Size of the register window.
pub const PL011_SIZE: u64 = 0x1000;

/// PeriphID0–3: part 0x011, designer 0x41 (Arm), revision 1 (r1p3 or earlier: 16-byte FIFOs).
const PERIPHERAL_ID: [u8; 4] = [0x11, 0x10, 0x14, 0x00];

/// IFLS after reset: both FIFOs interrupt at half full.
const IFLS_RESET: u8 = 0b010_010;

/// A PL011 UART: 4 KiB of registers, one level-triggered combined interrupt (UARTINTR).
///
/// | Offset | Register | Bits | After reset | |
/// |---|---|---|---|---|
/// | 0x000 | DR | 12 | | read: oldest byte and its errors; write: transmit |
/// | 0x004 | RSR/ECR | 4 | 0 | errors of the last byte read; any write clears |
/// | 0x018 | FR | 9 | 0x097 | flags, read only; CTS, DSR and DCD are asserted |
/// | 0x020 | ILPR | 8 | 0 | stored (no IrDA) |
/// | 0x024 | IBRD | 16 | 0 | stored (the line has no speed) |
/// | 0x028 | FBRD | 6 | 0 | stored |
/// | 0x02C | LCR_H | 8 | 0x070 | FEN sets the FIFO's depth, 16 or 1; changing it empties it |
/// | 0x030 | CR | 16 | 0x301 | UARTEN and RXE gate reception, LBE loops back |
/// | 0x034 | IFLS | 6 | 0x012 | receive interrupt level: 2, 4, 8, 12, 14 |
/// | 0x038 | IMSC | 11 | 0 | interrupt mask |
/// | 0x03C | RIS | 11 | 0 | raw interrupts, read only |
/// | 0x040 | MIS | 11 | 0 | RIS & IMSC, read only |
/// | 0x044 | ICR | 11 | | write 1 to clear |
/// | 0x048 | DMACR | 3 | 0 | stored (no DMA) |
/// | 0xFE0 | PeriphID0–3 | 8 | 11 10 14 00 | |
/// | 0xFF0 | PCellID0–3 | 8 | 0D F0 05 B1 | |
///
/// Everything else reads as zero and ignores writes. TXE and UARTEN do not gate transmission:
/// a guest's last words are better shown than lost.
///
/// ```
/// use hotcore_devices::{InterruptLine, MmioDevice, Pl011};
///
/// struct Unconnected;
/// impl InterruptLine for Unconnected {
///     fn set_level(&self, _high: bool) {}
/// }
///
/// let mut uart = Pl011::new(Unconnected, Vec::new());
/// uart.write(0x000, b"A");
/// assert_eq!(uart.output(), b"A");
///
/// assert_eq!(uart.receive(b"typed"), 5);
/// let mut byte = [0];
/// uart.read(0x000, &mut byte);
/// assert_eq!(&byte, b"t");
/// ```
pub struct Pl011<L, W> {
    line: L,
    /// What `line` was last told.
    line_is_high: bool,
    output: W,
    fifo: ReceiveFifo,
    on_room: Option<Box<dyn Fn() + Send>>,
    /// [`Pl011::receive`] has left bytes behind and `on_room` was not called since.
    input_waits: bool,
    /// Raw interrupts that an event sets and ICR clears; RX and RT follow the FIFO instead.
    latched: Interrupts,
    /// DR was written while TXRIS was set already: acknowledging that one leaves this one.
    tx_again: bool,
    error_status: u8,
    ilpr: u8,
    ibrd: u16,
    fbrd: u8,
    line_control: LineControl,
    control: Control,
    ifls: u8,
    mask: Interrupts,
    dmacr: u8,
}

impl<L: InterruptLine, W: io::Write + Send> Pl011<L, W> {
    /// A UART that sends to `output` and interrupts through `line`, which is low.
    ///
    /// Each byte is written and flushed at once, by the vCPU that stored it. When that fails the
    /// byte is lost and the guest goes on; an `output` that wants to tell people must do so itself.
    pub fn new(line: L, output: W) -> Self {
        Self {
            line,
            line_is_high: false,
            output,
            fifo: ReceiveFifo::default(),
            on_room: None,
            input_waits: false,
            latched: Interrupts::empty(),
            tx_again: false,
            error_status: 0,
            ilpr: 0,
            ibrd: 0,
            fbrd: 0,
            line_control: LineControl::AFTER_RESET,
            control: Control::AFTER_RESET,
            ifls: IFLS_RESET,
            mask: Interrupts::empty(),
            dmacr: 0,
        }
    }

    /// Calls `event` once when there is room again for input that [`receive`](Self::receive) did
    /// not take: as soon as at least half of the FIFO is free and the receiver is on.
    ///
    /// It is called by the vCPU that made the room, with this UART borrowed, so it should only wake
    /// the thread that owns the input.
    pub fn on_room(&mut self, event: impl Fn() + Send + 'static) {
        self.on_room = Some(Box::new(event));
    }

    /// Offers input from the line. Returns how many bytes of it were taken, from the first on.
    ///
    /// The rest is the caller's to keep and to offer again after [`on_room`](Self::on_room)'s event;
    /// nothing is ever lost to an overrun.
    pub fn receive(&mut self, input: &[u8]) -> usize {
        let taken = input.len().min(self.room());
        for byte in &input[..taken] {
            self.fifo.push(u16::from(*byte));
        }
        self.input_waits = taken < input.len();
        self.update();
        taken
    }

    /// How many bytes [`receive`](Self::receive) would take now: none while the guest has the
    /// receiver off or loops back.
    pub fn room(&self) -> usize {
        if self.receiver_is_on() && !self.control.contains(Control::LBE) {
            self.fifo.room()
        } else {
            0
        }
    }

    /// Where transmitted bytes go.
    pub fn output(&self) -> &W {
        &self.output
    }

    fn receiver_is_on(&self) -> bool {
        self.control.contains(Control::UARTEN | Control::RXE)
    }

    /// UARTRIS.
    fn raw(&self) -> Interrupts {
        let mut raw = self.latched;
        raw.set(Interrupts::RX, self.fifo.is_at_level(self.ifls >> 3));
        raw.set(Interrupts::RT, !self.fifo.is_empty());
        raw
    }

    /// UARTFR.
    fn flags(&self) -> Flags {
        let mut flags = Flags::TXFE | self.modem_inputs();
        flags.set(Flags::RXFE, self.fifo.is_empty());
        flags.set(Flags::RXFF, self.fifo.room() == 0);
        flags
    }

    /// The modem inputs: a ready peer outside, or our own outputs in loopback (DDI 0183, LBE).
    fn modem_inputs(&self) -> Flags {
        if !self.control.contains(Control::LBE) {
            return Flags::CTS | Flags::DSR | Flags::DCD;
        }
        let mut inputs = Flags::empty();
        inputs.set(Flags::CTS, self.control.contains(Control::RTS));
        inputs.set(Flags::DSR, self.control.contains(Control::DTR));
        inputs.set(Flags::DCD, self.control.contains(Control::OUT1));
        inputs.set(Flags::RI, self.control.contains(Control::OUT2));
        inputs
    }

    fn transmit(&mut self, byte: u8) {
        if self.control.contains(Control::LBE) {
            self.loop_back(u16::from(byte));
        } else {
            // A console that went away must not stop the guest (see `new`).
            let _ = self.output.write_all(&[byte]).and_then(|()| self.output.flush());
        }
        self.tx_again = self.latched.contains(Interrupts::TX);
        self.latched.insert(Interrupts::TX);
    }

    /// A character with its error bits comes back through the receiver.
    fn loop_back(&mut self, character: u16) {
        if !self.receiver_is_on() {
            return;
        }
        if !self.fifo.push(character) {
            self.error_status |= registers::RSR_OVERRUN;
            self.latched.insert(Interrupts::OE);
        }
    }

    fn read_data(&mut self) -> u32 {
        let character = self.fifo.pop();
        self.error_status = (character >> 8) as u8;
        u32::from(character)
    }

    fn write_line_control(&mut self, value: LineControl) {
        let changed = self.line_control ^ value;
        self.line_control = value;
        if changed.contains(LineControl::FEN) {
            self.fifo.set_enabled(value.contains(LineControl::FEN));
        }
        let begins_break = changed & value & LineControl::BRK;
        if !begins_break.is_empty() && self.control.contains(Control::LBE) {
            self.loop_back(registers::DR_BREAK);
            self.latched.insert(Interrupts::BE);
        }
    }

    fn write_control(&mut self, value: Control) {
        let before = self.modem_inputs();
        self.control = value;
        let changed = before ^ self.modem_inputs();
        for (input, interrupt) in [
            (Flags::RI, Interrupts::RI),
            (Flags::CTS, Interrupts::CTS),
            (Flags::DCD, Interrupts::DCD),
            (Flags::DSR, Interrupts::DSR),
        ] {
            if changed.contains(input) {
                self.latched.insert(interrupt);
            }
        }
    }

    fn clear_interrupts(&mut self, which: Interrupts) {
        let owed = self.tx_again && which.contains(Interrupts::TX);
        self.latched.remove(which);
        if owed {
            self.tx_again = false;
            self.latched.insert(Interrupts::TX);
        }
    }

    fn read_register(&mut self, at: u64) -> u32 {
        match at {
            offset::DR => self.read_data(),
            offset::RSR => self.error_status.into(),
            offset::FR => self.flags().bits().into(),
            offset::ILPR => self.ilpr.into(),
            offset::IBRD => self.ibrd.into(),
            offset::FBRD => self.fbrd.into(),
            offset::LCR_H => self.line_control.bits().into(),
            offset::CR => self.control.bits().into(),
            offset::IFLS => self.ifls.into(),
            offset::IMSC => self.mask.bits().into(),
            offset::RIS => self.raw().bits().into(),
            offset::MIS => (self.raw() & self.mask).bits().into(),
            offset::DMACR => self.dmacr.into(),
            _ => primecell::identification(PERIPHERAL_ID, at).unwrap_or(0),
        }
    }

    fn write_register(&mut self, at: u64, value: u32) {
        match at {
            offset::DR => self.transmit(value as u8),
            offset::RSR => self.error_status = 0,
            offset::ILPR => self.ilpr = value as u8,
            offset::IBRD => self.ibrd = value as u16,
            offset::FBRD => self.fbrd = value as u8 & 0x3F,
            offset::LCR_H => self.write_line_control(LineControl::from_bits_truncate(value as u8)),
            offset::CR => self.write_control(Control::from_bits_truncate(value as u16)),
            offset::IFLS => self.ifls = value as u8 & 0x3F,
            offset::IMSC => self.mask = Interrupts::from_bits_truncate(value as u16),
            offset::ICR => self.clear_interrupts(Interrupts::from_bits_truncate(value as u16)),
            offset::DMACR => self.dmacr = value as u8 & 0x7,
            _ => {}
        }
    }

    /// After every change: drives the line and tells of room.
    fn update(&mut self) {
        let high = self.raw().intersects(self.mask);
        if high != self.line_is_high {
            self.line_is_high = high;
            self.line.set_level(high);
        }
        if self.input_waits && self.room() >= self.fifo.depth().div_ceil(2) {
            self.input_waits = false;
            if let Some(event) = &self.on_room {
                event();
            }
        }
    }
}

impl<L: InterruptLine, W: io::Write + Send> MmioDevice for Pl011<L, W> {
    fn read(&mut self, offset: u64, data: &mut [u8]) {
        primecell::load(offset, data, |register| self.read_register(register));
        self.update();
    }

    fn write(&mut self, offset: u64, data: &[u8]) {
        primecell::store(offset, data, |register, value| {
            self.write_register(register, value);
        });
        self.update();
    }

    /// Input that the guest had not read yet is dropped with the FIFO.
    fn reset(&mut self) {
        self.fifo = ReceiveFifo::default();
        self.latched = Interrupts::empty();
        self.tx_again = false;
        self.error_status = 0;
        self.ilpr = 0;
        self.ibrd = 0;
        self.fbrd = 0;
        self.line_control = LineControl::AFTER_RESET;
        self.control = Control::AFTER_RESET;
        self.ifls = IFLS_RESET;
        self.mask = Interrupts::empty();
        self.dmacr = 0;
        self.update();
    }
}

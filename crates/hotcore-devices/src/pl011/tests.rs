use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

use proptest::prelude::*;

use super::*;

#[derive(Clone, Default)]
struct Line(Arc<AtomicBool>);

impl InterruptLine for Line {
    fn set_level(&self, high: bool) {
        assert_ne!(self.0.swap(high, SeqCst), high, "the line is told of changes only");
    }
}

struct Bench {
    uart: Pl011<Line, Vec<u8>>,
    line: Line,
    rooms: Arc<AtomicUsize>,
}

const RT: u32 = 1 << 6;
const TX: u32 = 1 << 5;
const RX: u32 = 1 << 4;
const RXFE: u32 = 1 << 4;

impl Bench {
    fn new() -> Self {
        let line = Line::default();
        let rooms = Arc::new(AtomicUsize::new(0));
        let mut uart = Pl011::new(line.clone(), Vec::new());
        let counter = Arc::clone(&rooms);
        uart.on_room(move || {
            counter.fetch_add(1, SeqCst);
        });
        Self { uart, line, rooms }
    }

    fn read(&mut self, offset: u64) -> u32 {
        let mut data = [0; 4];
        self.uart.read(offset, &mut data);
        u32::from_le_bytes(data)
    }

    fn write(&mut self, offset: u64, value: u32) {
        self.uart.write(offset, &value.to_le_bytes());
    }

    fn line_is_high(&self) -> bool {
        self.line.0.load(SeqCst)
    }

    fn rooms(&self) -> usize {
        self.rooms.load(SeqCst)
    }

    /// Reads like Linux's pl011_fifo_to_tty: until the FIFO is empty.
    fn drain(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        while self.read(offset::FR) & RXFE == 0 {
            bytes.push(self.read(offset::DR) as u8);
        }
        bytes
    }
}

#[test]
fn dr_transmits_the_low_byte_at_any_access_size() {
    let mut bench = Bench::new();
    bench.uart.write(offset::DR, b"a");
    bench.uart.write(offset::DR, b"b\0");
    bench.uart.write(offset::DR, b"c\0\0\0");
    bench.uart.write(offset::DR, b"d\0\0\0\0\0\0\0");
    bench.uart.write(offset::DR + 1, b"x");
    assert_eq!(bench.uart.output(), b"abcd");
}

#[test]
fn dr_receives_in_order_and_reads_zero_when_empty() {
    let mut bench = Bench::new();
    assert_eq!(bench.uart.receive(b"hi"), 2);
    assert_eq!(bench.read(offset::DR), u32::from(b'h'));
    assert_eq!(bench.read(offset::DR), u32::from(b'i'));
    assert_eq!(bench.read(offset::DR), 0);
}

#[test]
fn fr_tells_of_an_idle_transmitter_a_ready_peer_and_the_receive_fifo() {
    let mut bench = Bench::new();
    assert_eq!(bench.read(offset::FR), 0x097);
    bench.uart.receive(b"x");
    assert_eq!(bench.read(offset::FR), 0x087);
    bench.uart.receive(&[b'y'; 15]);
    assert_eq!(bench.read(offset::FR), 0x0C7);
    bench.write(offset::FR, 0);
    assert_eq!(bench.read(offset::FR), 0x0C7, "read only");
}

#[test]
fn storage_registers_keep_their_bits_and_reset() {
    for (register, mask, reset) in [
        (offset::ILPR, 0xFF, 0),
        (offset::IBRD, 0xFFFF, 0),
        (offset::FBRD, 0x3F, 0),
        (offset::LCR_H, 0xFF, 0x70),
        (offset::CR, 0xFF87, 0x301),
        (offset::IFLS, 0x3F, 0x12),
        (offset::IMSC, 0x7FF, 0),
        (offset::DMACR, 0x7, 0),
    ] {
        let mut bench = Bench::new();
        assert_eq!(bench.read(register), reset, "{register:#x}");
        bench.write(register, u32::MAX);
        assert_eq!(bench.read(register), mask, "{register:#x}");
        bench.write(register, 0);
        assert_eq!(bench.read(register), 0, "{register:#x}");
        bench.write(register, u32::MAX);
        bench.uart.reset();
        assert_eq!(bench.read(register), reset, "{register:#x}");
    }
}

#[test]
fn identification_is_that_of_a_pl011() {
    let mut bench = Bench::new();
    let id: Vec<_> = (0xFE0..0x1000).step_by(4).map(|o| bench.read(o)).collect();
    assert_eq!(id, [0x11, 0x10, 0x14, 0, 0x0D, 0xF0, 0x05, 0xB1]);
}

#[test]
fn unknown_offsets_read_zero_and_ignore_writes() {
    let mut bench = Bench::new();
    for register in [0x008, 0x014, 0x01C, 0x04C, 0x080, 0xFDC] {
        bench.write(register, u32::MAX);
        assert_eq!(bench.read(register), 0, "{register:#x}");
    }
    assert_eq!(bench.read(offset::ICR), 0, "write only");
    assert_eq!(bench.uart.output(), b"");
}

#[test]
fn mis_is_ris_and_imsc_and_both_ignore_writes() {
    let mut bench = Bench::new();
    bench.write(offset::DR, 0);
    bench.uart.receive(b"x");
    assert_eq!(bench.read(offset::RIS), RT | TX);
    bench.write(offset::IMSC, TX | RX);
    assert_eq!(bench.read(offset::MIS), TX);
    bench.write(offset::RIS, 0);
    bench.write(offset::MIS, 0);
    assert_eq!(bench.read(offset::RIS), RT | TX);
}

#[test]
fn one_character_raises_the_receive_timeout_until_it_is_read() {
    let mut bench = Bench::new();
    bench.write(offset::IMSC, RT | RX);
    bench.uart.receive(b"x");
    assert!(bench.line_is_high());
    assert_eq!(bench.read(offset::RIS), RT);
    bench.read(offset::DR);
    assert!(!bench.line_is_high());
}

#[test]
fn ifls_sets_the_level_of_the_receive_interrupt() {
    for (ifls, level) in [(0, 2), (1, 4), (2, 8), (3, 12), (4, 14), (7, 14)] {
        let mut bench = Bench::new();
        bench.write(offset::IFLS, ifls << 3);
        bench.write(offset::IMSC, RX);
        bench.uart.receive(&vec![0; level - 1]);
        assert!(!bench.line_is_high(), "IFLS {ifls}");
        bench.uart.receive(&[0]);
        assert!(bench.line_is_high(), "IFLS {ifls}");
        bench.read(offset::DR);
        assert!(!bench.line_is_high(), "IFLS {ifls}");
    }
}

#[test]
fn without_fifos_one_character_fills_the_holding_register() {
    let mut bench = Bench::new();
    bench.write(offset::LCR_H, 0x60);
    bench.write(offset::IMSC, RX);
    assert_eq!(bench.uart.receive(b"xy"), 1);
    assert!(bench.line_is_high());
    assert_eq!(bench.read(offset::FR), 0x0C7);
    assert_eq!(bench.read(offset::DR), u32::from(b'x'));
    assert_eq!(bench.rooms(), 1);
    assert!(!bench.line_is_high());
}

#[test]
fn changing_fen_empties_the_fifo() {
    let mut bench = Bench::new();
    bench.uart.receive(b"abc");
    bench.write(offset::LCR_H, 0x70);
    assert_eq!(bench.drain(), b"abc".to_vec(), "FEN did not change");
    bench.uart.receive(b"abc");
    bench.write(offset::LCR_H, 0x60);
    assert_eq!(bench.drain(), b"");
}

#[test]
fn acknowledging_a_receive_interrupt_cannot_lose_input() {
    let mut bench = Bench::new();
    bench.write(offset::IMSC, RT | RX);
    bench.uart.receive(b"x");
    bench.drain();
    bench.uart.receive(b"y");
    bench.write(offset::ICR, RT | RX);
    assert!(bench.line_is_high());
    assert_eq!(bench.drain(), b"y");
}

#[test]
fn a_store_to_dr_raises_tx_and_nothing_does_before() {
    let mut bench = Bench::new();
    bench.write(offset::IMSC, TX);
    assert!(!bench.line_is_high(), "DDI 0183: a transition, not a level");
    bench.write(offset::DR, 0);
    assert!(bench.line_is_high());
    bench.write(offset::ICR, TX);
    assert!(!bench.line_is_high());
}

#[test]
fn an_acknowledgement_after_a_later_write_leaves_tx_raised() {
    let mut bench = Bench::new();
    bench.write(offset::IMSC, TX);
    bench.write(offset::DR, 0);
    // The handler: more output first, then the acknowledgement.
    bench.write(offset::DR, 0);
    bench.write(offset::ICR, TX);
    assert!(bench.line_is_high());
    bench.write(offset::ICR, TX);
    assert!(!bench.line_is_high(), "no storm");
}

#[test]
fn unmasking_tx_after_a_batch_interrupts() {
    let mut bench = Bench::new();
    for byte in b"batch" {
        bench.write(offset::DR, u32::from(*byte));
    }
    bench.write(offset::IMSC, TX);
    assert!(bench.line_is_high());
    bench.write(offset::IMSC, 0);
    assert!(!bench.line_is_high());
}

#[test]
fn room_is_announced_once_at_half_the_fifo() {
    let mut bench = Bench::new();
    let input: Vec<u8> = (0..40).collect();
    assert_eq!(bench.uart.receive(&input), 16);
    assert_eq!(bench.uart.room(), 0);
    for _ in 0..7 {
        bench.read(offset::DR);
    }
    assert_eq!(bench.rooms(), 0);
    bench.drain();
    assert_eq!(bench.rooms(), 1);
    assert_eq!(bench.uart.receive(&input[16..20]), 4);
    bench.drain();
    assert_eq!(bench.rooms(), 1, "nothing was left behind");
}

#[test]
fn input_waits_for_the_receiver_to_be_enabled() {
    let mut bench = Bench::new();
    for off in [0x300, 0x101, 0x381] {
        bench.write(offset::CR, off);
        assert_eq!(bench.uart.receive(b"x"), 0, "CR {off:#x}");
    }
    assert_eq!(bench.rooms(), 0);
    bench.write(offset::CR, 0x301);
    assert_eq!(bench.rooms(), 1);
    assert_eq!(bench.uart.receive(b"x"), 1);
}

#[test]
fn loopback_receives_what_it_sends_and_keeps_it_off_the_line() {
    let mut bench = Bench::new();
    bench.write(offset::CR, 0x381);
    bench.write(offset::DR, u32::from(b'x'));
    assert_eq!(bench.uart.output(), b"");
    assert_eq!(bench.drain(), b"x");
    bench.write(offset::CR, 0x181);
    bench.write(offset::DR, u32::from(b'y'));
    assert_eq!(bench.drain(), b"", "the receiver is off");
}

#[test]
fn loopback_feeds_the_modem_outputs_to_the_inputs() {
    let mut bench = Bench::new();
    bench.write(offset::CR, 0x381);
    assert_eq!(bench.read(offset::FR) & 0x107, 0);
    assert_eq!(bench.read(offset::RIS), 0b1110, "CTS, DCD and DSR changed");
    bench.write(offset::ICR, 0xF);
    bench.write(offset::CR, 0x3F81);
    assert_eq!(bench.read(offset::FR) & 0x107, 0x107);
    assert_eq!(bench.read(offset::RIS), 0b1111);
}

#[test]
fn an_overrun_is_told_in_dr_rsr_and_ris() {
    let mut bench = Bench::new();
    bench.write(offset::CR, 0x381);
    for byte in 0..17 {
        bench.write(offset::DR, byte);
    }
    assert_eq!(bench.read(offset::RIS) & (1 << 10), 1 << 10);
    assert_eq!(bench.read(offset::RSR), 0x8);
    assert_eq!(bench.read(offset::DR), 0x800);
    assert_eq!(bench.read(offset::DR), 1, "the contents stay valid");
    assert_eq!(bench.read(offset::RSR), 0);
    bench.write(offset::ICR, 1 << 10);
    assert_eq!(bench.read(offset::RIS) & (1 << 10), 0);
}

#[test]
fn a_break_in_loopback_is_received_with_its_error() {
    let mut bench = Bench::new();
    bench.write(offset::CR, 0x381);
    bench.write(offset::LCR_H, 0x71);
    assert_eq!(bench.read(offset::RIS) & (1 << 9), 1 << 9);
    assert_eq!(bench.read(offset::DR), 0x400);
    assert_eq!(bench.read(offset::RSR), 0x4);
    bench.write(offset::RSR, 0);
    assert_eq!(bench.read(offset::RSR), 0);
}

#[test]
fn reset_drops_input_and_lowers_the_line() {
    let mut bench = Bench::new();
    bench.write(offset::IMSC, RT | TX);
    assert_eq!(bench.uart.receive(&[0; 20]), 16);
    assert!(bench.line_is_high());
    bench.uart.reset();
    assert!(!bench.line_is_high());
    assert_eq!(bench.uart.room(), 16);
    assert_eq!(bench.rooms(), 1, "the rest of the input may come");
    assert_eq!(bench.read(offset::RIS), 0);
}

#[test]
fn a_broken_output_does_not_stop_the_guest() {
    struct Broken;
    impl io::Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
    }
    let mut uart = Pl011::new(Line::default(), Broken);
    uart.write(offset::DR, b"x");
    let mut ris = [0; 4];
    uart.read(offset::RIS, &mut ris);
    assert_eq!(u32::from_le_bytes(ris), TX);
}

/// The SBSA driver (ARMH0011): nothing but FR, DR, IMSC, RIS and ICR, and no set-up.
#[test]
fn the_sbsa_driver_gets_a_paste_through() {
    let mut bench = Bench::new();
    bench.write(offset::ICR, 0x7D0);
    bench.drain();
    bench.write(offset::IMSC, RT | RX);

    let paste: Vec<u8> = (0..=255).cycle().take(1000).collect();
    let (mut offered, mut received) = (0, Vec::new());
    while received.len() < paste.len() {
        offered += bench.uart.receive(&paste[offered..]);
        assert!(bench.line_is_high());
        received.extend(bench.drain());
        assert!(!bench.line_is_high());
    }
    assert_eq!(received, paste);
}

/// Linux before 4.1 fills its buffer, unmasks TX and waits; at start-up it sends a NUL in loopback
/// so that TXRIS is set by then.
#[test]
fn an_old_linux_driver_gets_its_first_interrupt() {
    let mut bench = Bench::new();
    bench.write(offset::CR, 0x181);
    bench.write(offset::LCR_H, 0);
    bench.write(offset::DR, 0);
    assert_eq!(bench.read(offset::FR) & (1 << 3), 0, "BUSY");
    bench.write(offset::CR, 0x301);
    bench.write(offset::ICR, RT | RX);
    bench.write(offset::IMSC, RT | RX | TX);
    assert!(bench.line_is_high());
    bench.write(offset::DR, u32::from(b'x'));
    assert!(bench.line_is_high(), "and the next one");
    bench.write(offset::IMSC, RT | RX);
    assert!(!bench.line_is_high());
    assert_eq!(bench.uart.output(), b"x");
}

#[derive(Debug, Clone)]
enum Step {
    Load(u64, usize),
    Store(u64, u64, usize),
    Receive(usize),
    Reset,
}

fn step() -> impl Strategy<Value = Step> {
    let offset = || prop_oneof![8 => 0u64..0x50, 1 => 0u64..0x1000, 1 => any::<u64>()];
    prop_oneof![
        8 => (offset(), 0usize..=3).prop_map(|(o, s)| Step::Load(o, 1 << s)),
        8 => (offset(), any::<u64>(), 0usize..=3).prop_map(|(o, v, s)| Step::Store(o, v, 1 << s)),
        4 => (0usize..40).prop_map(Step::Receive),
        1 => Just(Step::Reset),
    ]
}

proptest! {
    #[test]
    fn the_line_is_ris_and_imsc_after_any_step(steps in prop::collection::vec(step(), 0..200)) {
        let mut bench = Bench::new();
        for step in steps {
            match step {
                Step::Load(offset, size) => bench.uart.read(offset, &mut [0; 8][..size]),
                Step::Store(offset, value, size) => {
                    bench.uart.write(offset, &value.to_le_bytes()[..size]);
                }
                Step::Receive(count) => {
                    let room = bench.uart.room();
                    prop_assert_eq!(bench.uart.receive(&vec![0x55; count]), count.min(room));
                }
                Step::Reset => bench.uart.reset(),
            }
            let asserted = bench.read(offset::RIS) & bench.read(offset::IMSC) != 0;
            prop_assert_eq!(bench.line_is_high(), asserted);
            prop_assert!(bench.uart.room() <= 16);
        }
    }
}

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use proptest::prelude::*;

use super::*;

#[derive(Clone, Default)]
struct Line(Arc<AtomicBool>);

impl InterruptLine for Line {
    fn set_level(&self, high: bool) {
        assert_ne!(self.0.swap(high, SeqCst), high, "the line is told of changes only");
    }
}

/// Milliseconds since 1970.
#[derive(Clone)]
struct TestClock(Arc<AtomicU64>);

impl Clock for TestClock {
    fn now(&self) -> Duration {
        Duration::from_millis(self.0.load(SeqCst))
    }
}

const NOW: u32 = 1_800_000_000;

struct Bench {
    rtc: Pl031<Line, TestClock>,
    line: Line,
    clock: TestClock,
    alarms: Arc<Mutex<Vec<Option<Duration>>>>,
}

impl Bench {
    fn new() -> Self {
        let line = Line::default();
        let clock = TestClock(Arc::new(AtomicU64::new(u64::from(NOW) * 1000)));
        let mut rtc = Pl031::new(line.clone(), clock.clone());
        let alarms = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&alarms);
        rtc.on_alarm(move |alarm| heard.lock().unwrap().push(alarm));
        Self { rtc, line, clock, alarms }
    }

    fn read(&mut self, offset: u64) -> u32 {
        let mut data = [0; 4];
        self.rtc.read(offset, &mut data);
        u32::from_le_bytes(data)
    }

    fn write(&mut self, offset: u64, value: u32) {
        self.rtc.write(offset, &value.to_le_bytes());
    }

    fn pass(&mut self, milliseconds: u64) {
        self.clock.0.fetch_add(milliseconds, SeqCst);
    }

    fn line_is_high(&self) -> bool {
        self.line.0.load(SeqCst)
    }

    fn alarms(&self) -> Vec<Option<Duration>> {
        std::mem::take(&mut self.alarms.lock().unwrap())
    }
}

#[test]
fn dr_shows_the_host_time_and_goes_on() {
    let mut bench = Bench::new();
    assert_eq!(bench.read(offset::DR), NOW);
    bench.pass(2500);
    assert_eq!(bench.read(offset::DR), NOW + 2);
    bench.write(offset::DR, 7);
    assert_eq!(bench.read(offset::DR), NOW + 2, "read only");
}

#[test]
fn lr_sets_the_time() {
    let mut bench = Bench::new();
    bench.write(offset::LR, 1000);
    assert_eq!(bench.read(offset::LR), 1000);
    bench.pass(5000);
    assert_eq!(bench.read(offset::DR), 1005);
    bench.write(offset::LR, u32::MAX);
    bench.pass(2000);
    assert_eq!(bench.read(offset::DR), 1, "DR wraps");
}

#[test]
fn cr_reads_enabled_whatever_is_written() {
    let mut bench = Bench::new();
    for value in [0, 1, u32::MAX] {
        bench.write(offset::CR, value);
        assert_eq!(bench.read(offset::CR), 1);
        assert_eq!(bench.read(offset::DR), NOW);
    }
}

#[test]
fn a_match_interrupts_when_its_second_begins() {
    let mut bench = Bench::new();
    bench.pass(300);
    bench.write(offset::MR, NOW + 2);
    assert_eq!(bench.read(offset::MR), NOW + 2);
    assert_eq!(bench.alarms(), [], "masked");
    bench.write(offset::IMSC, u32::MAX);
    assert_eq!(bench.read(offset::IMSC), 1);
    assert_eq!(bench.alarms(), [Some(Duration::from_millis(1700))]);

    bench.pass(1699);
    bench.rtc.tick();
    assert!(!bench.line_is_high(), "an early tick does no harm");
    bench.pass(1);
    bench.rtc.tick();
    assert!(bench.line_is_high());
    assert_eq!(bench.alarms(), [None]);
    assert_eq!((bench.read(offset::RIS), bench.read(offset::MIS)), (1, 1));

    bench.write(offset::ICR, 1);
    assert!(!bench.line_is_high());
    assert_eq!((bench.read(offset::RIS), bench.read(offset::MIS)), (0, 0));
    bench.pass(1000);
    bench.rtc.tick();
    assert_eq!(bench.read(offset::RIS), 0, "one match, one interrupt");
}

#[test]
fn a_match_with_the_present_second_interrupts_at_once() {
    let mut bench = Bench::new();
    bench.write(offset::IMSC, 1);
    bench.write(offset::MR, NOW);
    assert!(bench.line_is_high());
}

#[test]
fn a_masked_match_is_seen_in_ris_only() {
    let mut bench = Bench::new();
    bench.write(offset::MR, NOW + 1);
    bench.pass(1000);
    assert_eq!((bench.read(offset::RIS), bench.read(offset::MIS)), (1, 0));
    assert!(!bench.line_is_high());
    bench.write(offset::IMSC, 1);
    assert!(bench.line_is_high());
}

#[test]
fn setting_the_time_moves_the_alarm() {
    let mut bench = Bench::new();
    bench.write(offset::IMSC, 1);
    bench.write(offset::MR, NOW + 60);
    bench.write(offset::LR, NOW + 50);
    let seconds = |s| Some(Duration::from_secs(s));
    assert_eq!(bench.alarms(), [seconds(60), seconds(10)]);
}

#[test]
fn reset_keeps_the_time_and_nothing_else() {
    let mut bench = Bench::new();
    bench.write(offset::IMSC, 1);
    bench.write(offset::LR, 500);
    bench.write(offset::MR, 500);
    bench.alarms();
    assert!(bench.line_is_high());
    bench.rtc.reset();
    assert!(!bench.line_is_high());
    for register in [offset::MR, offset::LR, offset::IMSC, offset::RIS] {
        assert_eq!(bench.read(register), 0);
    }
    assert_eq!(bench.read(offset::DR), 500);
    bench.rtc.tick();
    assert_eq!(bench.alarms(), []);
}

#[test]
fn identification_is_that_of_a_pl031() {
    let mut bench = Bench::new();
    let id: Vec<_> = (0xFE0..0x1000).step_by(4).map(|o| bench.read(o)).collect();
    assert_eq!(id, [0x31, 0x10, 0x04, 0, 0x0D, 0xF0, 0x05, 0xB1]);
}

proptest! {
    #[test]
    fn the_line_is_ris_and_imsc_after_any_access(
        accesses in prop::collection::vec(
            (any::<bool>(), prop_oneof![0u64..0x24, any::<u64>()], any::<u64>(), 0usize..=3, 0u64..3000),
            0..60,
        )
    ) {
        let mut bench = Bench::new();
        for (store, offset, value, size, milliseconds) in accesses {
            let mut data = value.to_le_bytes();
            let data = &mut data[..1 << size];
            if store {
                bench.rtc.write(offset, data);
            } else {
                bench.rtc.read(offset, data);
            }
            prop_assert_eq!(bench.line_is_high(), bench.rtc.raw && bench.rtc.mask);
            bench.pass(milliseconds);
        }
    }
}

//! The generic timers, by a clock that the test moves.

use super::*;

const P: u16 = 2;
const V: u16 = 3;

fn tval(timer: u16) -> At {
    [3, 3, 14, timer, 0]
}

fn ctl(timer: u16) -> At {
    [3, 3, 14, timer, 1]
}

fn cval(timer: u16) -> At {
    [3, 3, 14, timer, 2]
}

impl Bench {
    fn set_clock(&mut self, now: u64) {
        self.watched.counter.store(now, Ordering::Relaxed);
        self.cpu().update_timers();
    }

    fn line(&self, timer: u16) -> bool {
        self.watched.lines[usize::from(timer - P)].load(Ordering::Relaxed) == 1
    }
}

#[test]
fn counters_count() {
    let mut bench = Bench::new();
    bench.set_clock(123);
    assert_eq!(bench.mrs([3, 3, 14, 0, 1]), Ok(123));
    assert_eq!(bench.mrs([3, 3, 14, 0, 2]), Ok(123));
    assert_eq!(bench.mrs([3, 3, 14, 0, 0]), Ok(1_000_000_000));
    assert_eq!(bench.msr([3, 3, 14, 0, 0], 1), Err(undefined()));
}

#[test]
fn a_timer_fires_when_its_value_is_reached() {
    for timer in [P, V] {
        let mut bench = Bench::new();
        bench.set_clock(1000);
        bench.msr(tval(timer), 50).unwrap();
        assert_eq!(bench.mrs(cval(timer)), Ok(1050));
        bench.msr(ctl(timer), 1).unwrap();
        assert_eq!((bench.mrs(ctl(timer)), bench.line(timer)), (Ok(1), false));
        bench.set_clock(1049);
        assert_eq!((bench.mrs(tval(timer)), bench.line(timer)), (Ok(1), false));
        bench.set_clock(1050);
        assert_eq!((bench.mrs(ctl(timer)), bench.line(timer)), (Ok(5), true));
        // Masked, the status stays and the line falls.
        bench.msr(ctl(timer), 3).unwrap();
        assert_eq!((bench.mrs(ctl(timer)), bench.line(timer)), (Ok(7), false));
        bench.msr(ctl(timer), 1).unwrap();
        assert!(bench.line(timer));
        // A value in the future takes the condition away, and so does no enable.
        bench.msr(cval(timer), 2000).unwrap();
        assert_eq!((bench.mrs(ctl(timer)), bench.line(timer)), (Ok(1), false));
        bench.msr(cval(timer), 0).unwrap();
        assert!(bench.line(timer));
        bench.msr(ctl(timer), 0).unwrap();
        assert_eq!((bench.mrs(ctl(timer)), bench.line(timer)), (Ok(0), false));
    }
}

#[test]
fn tval_is_signed() {
    let mut bench = Bench::new();
    bench.set_clock(1000);
    bench.msr(tval(V), 0xffff_ffff).unwrap();
    assert_eq!(bench.mrs(cval(V)), Ok(999));
    assert_eq!(bench.mrs(tval(V)), Ok(0xffff_ffff));
    bench.set_clock(0);
    bench.msr(tval(V), 0x8000_0000).unwrap();
    assert_eq!(bench.mrs(cval(V)), Ok(0x8000_0000u64.wrapping_neg()));
    bench.set_clock(u64::MAX);
    bench.msr(tval(V), 2).unwrap();
    assert_eq!(bench.mrs(cval(V)), Ok(1));
}

#[test]
fn isr_tells_of_a_line_that_is_masked() {
    let mut bench = Bench::new();
    assert_eq!(bench.mrs([3, 0, 12, 1, 0]), Ok(0));
    bench.msr(ctl(V), 1).unwrap();
    assert_eq!(bench.mrs([3, 0, 12, 1, 0]), Ok(0x80));
}

#[test]
fn a_reset_lowers_the_lines() {
    for timer in [P, V] {
        let mut bench = Bench::new();
        bench.set_clock(1000);
        bench.msr(ctl(timer), 1).unwrap();
        assert!(bench.line(timer));
        bench.core.reset();
        assert!(!bench.line(timer));
        bench.set_clock(2000);
        assert!(!bench.line(timer));
    }
}

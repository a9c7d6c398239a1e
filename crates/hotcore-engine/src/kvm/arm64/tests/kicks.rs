//! Kicks: none is lost, whenever it comes.

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use super::guest::{Guest, OUT, REPORT_X0, SPIN, WFI, X9_IS_OUT, report, start};
use crate::{Exit, Vcpu};

/// Kicks from another thread, over and over until the run has returned: it would not otherwise.
fn kicked_out_of(program: &[u32]) {
    let Some(mut guest) = Guest::new(1, program) else { return };
    let vcpu = &mut guest.vcpus[0];
    let kicker = vcpu.kicker();
    start(vcpu, 0).unwrap();
    assert_eq!(report(vcpu), 0, "it is running");
    let kicking = thread::spawn(move || kicker.kick());
    assert_eq!(vcpu.run().unwrap(), Exit::Interrupted);
    kicking.join().unwrap();
}

#[test]
fn a_guest_that_spins_is_interrupted() {
    kicked_out_of(&[X9_IS_OUT, REPORT_X0, SPIN]);
}

#[test]
fn a_guest_that_waits_for_an_interrupt_is_interrupted() {
    let wait_forever = 0x17ff_ffff; // b .-4
    kicked_out_of(&[X9_IS_OUT, REPORT_X0, WFI, wait_forever]);
}

#[test]
fn a_vcpu_that_is_powered_off_is_interrupted() {
    let Some(mut guest) = Guest::new(1, &[SPIN]) else { return };
    let vcpu = &mut guest.vcpus[0];
    let kicker = vcpu.kicker();
    let kicking = thread::spawn(move || kicker.kick());
    assert_eq!(vcpu.run().unwrap(), Exit::Interrupted);
    kicking.join().unwrap();
}

#[test]
fn kicks_before_a_run_are_answered_once_by_it() {
    let Some(mut guest) = Guest::new(1, &[X9_IS_OUT, REPORT_X0]) else { return };
    let vcpu = &mut guest.vcpus[0];
    start(vcpu, 7).unwrap();
    vcpu.kicker().kick();
    vcpu.kicker().kick();
    assert_eq!(vcpu.run().unwrap(), Exit::Interrupted);
    let expected = Exit::MmioWrite { address: OUT, data: &7u64.to_le_bytes() };
    assert_eq!(vcpu.run().unwrap(), expected, "one exit answers both");
}

#[test]
fn a_kick_during_an_exit_is_answered_by_the_next_run() {
    let Some(mut guest) = Guest::new(1, &[X9_IS_OUT, REPORT_X0, SPIN]) else { return };
    let vcpu = &mut guest.vcpus[0];
    start(vcpu, 0).unwrap();
    report(vcpu);
    vcpu.kicker().kick();
    assert_eq!(vcpu.run().unwrap(), Exit::Interrupted);
}

#[test]
fn every_kick_of_many_is_answered() {
    const KICKS: u32 = 200;
    let Some(mut guest) = Guest::new(1, &[SPIN]) else { return };
    let vcpu = &mut guest.vcpus[0];
    let kicker = vcpu.kicker();
    start(vcpu, 0).unwrap();
    let (asked, answered) = (AtomicU32::new(0), AtomicU32::new(0));
    thread::scope(|scope| {
        scope.spawn(|| {
            for kick in 1..=KICKS {
                asked.store(kick, Ordering::Relaxed);
                kicker.kick();
                while answered.load(Ordering::Acquire) != kick {
                    thread::yield_now();
                }
            }
        });
        for kick in 1..=KICKS {
            // A lost kick would leave this run in the guest for ever.
            assert_eq!(vcpu.run().unwrap(), Exit::Interrupted);
            assert_eq!(asked.load(Ordering::Relaxed), kick, "what came before the kick is seen");
            answered.store(kick, Ordering::Release);
        }
    });
}

#[test]
fn a_vcpu_that_moved_is_kicked_where_it_is() {
    let Some(mut guest) = Guest::new(1, &[X9_IS_OUT, REPORT_X0, SPIN]) else { return };
    let mut vcpu = guest.vcpus.remove(0);
    let kicker = vcpu.kicker();
    start(&mut vcpu, 0).unwrap();
    report(&mut vcpu);
    for _ in 0..5 {
        let running = thread::spawn(move || {
            assert_eq!(vcpu.run().unwrap(), Exit::Interrupted);
            vcpu
        });
        kicker.kick();
        vcpu = running.join().unwrap();
    }
}

#[test]
fn a_kick_of_a_vcpu_that_is_gone_does_nothing() {
    let Some(mut guest) = Guest::new(1, &[SPIN]) else { return };
    let vcpu = guest.vcpus.remove(0);
    let kicker = vcpu.kicker();
    drop(vcpu);
    kicker.kick();
    drop(guest);
    kicker.kick();
}

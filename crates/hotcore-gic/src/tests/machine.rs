//! The GIC as a part of a machine: who is told, reset, saving and restoring, several threads.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use super::*;
use crate::{GicError, Lines, RestoreError};

const BOOT: VcpuIndex = VcpuIndex::BOOT;

#[test]
fn a_configuration_that_cannot_be_is_refused() {
    let make = |mpidrs, interrupts| Gic::new(GicConfig { mpidrs, interrupts }).map(|_| ());
    assert_eq!(make(vec![], 64), Err(GicError::Cpus(0)));
    assert_eq!(make(config(1).mpidrs.repeat(513), 64), Err(GicError::Cpus(513)));
    let same = config(3).mpidrs.repeat(2);
    assert_eq!(make(same, 64), Err(GicError::SameAffinity(cpu(0), cpu(3))));
    for interrupts in [0, 31, 33, 993, 1024, u32::MAX] {
        assert_eq!(make(config(1).mpidrs, interrupts), Err(GicError::Interrupts(interrupts)));
    }
    for interrupts in [32, 64, 992] {
        assert_eq!(make(config(512).mpidrs, interrupts), Ok(()));
    }
}

#[test]
fn the_signal_is_told_of_changes_only() {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&calls);
    let told = move |cpu: VcpuIndex, lines: Lines| log.lock().unwrap().push((cpu.get(), lines.irq));
    let gic = Gic::with_signal(config(3), told).unwrap();
    gic.restore(&ready(3).save()).unwrap();
    let calls = || std::mem::take(&mut *calls.lock().unwrap());
    assert_eq!(calls(), []);
    gic.set_spi(40, true);
    gic.set_spi(41, true);
    gic.set_spi(40, false);
    assert_eq!(calls(), [(0, true)]);
    gic.distributor_write(offset::IROUTER + 41 * 8, 8, 2);
    assert_eq!(calls(), [(0, false), (2, true)]);
    assert_eq!(take(&gic, cpu(2)), 41);
    assert_eq!(calls(), [(2, false)]);
    gic.write(cpu(0), Register::Sgi1r, 1 << 40);
    assert_eq!(calls(), [(1, true)], "CPU 2 is busy");
    end(&gic, cpu(2), 41);
    assert_eq!(calls(), [(2, true)]);
    gic.distributor_write(offset::CTLR, 4, 0);
    assert_eq!(calls(), [(1, false), (2, false)]);
}

#[test]
fn the_signal_may_use_the_gic() {
    static SEEN: AtomicBool = AtomicBool::new(false);
    let shared: Arc<Mutex<Option<Arc<Gic>>>> = Arc::default();
    let inner = Arc::clone(&shared);
    let told = move |cpu: VcpuIndex, lines: Lines| {
        let gic = inner.lock().unwrap().clone().unwrap();
        if lines.irq {
            assert_eq!(gic.read(cpu, Register::Hppir1), 40);
            assert_eq!(gic.distributor_read(offset::CTLR, 4) & 0b11, 0b10);
            SEEN.store(true, Ordering::SeqCst);
        }
    };
    let gic = Arc::new(Gic::with_signal(config(1), told).unwrap());
    *shared.lock().unwrap() = Some(Arc::clone(&gic));
    gic.restore(&ready(1).save()).unwrap();
    gic.set_spi(40, true);
    assert!(SEEN.load(Ordering::SeqCst));
    *shared.lock().unwrap() = None;
}

#[test]
fn b074_a_machine_reset_puts_everything_back_but_the_lines() {
    let gic = ready(2);
    gic.set_spi(40, true);
    gic.set_spi(41, true);
    assert_eq!(take(&gic, BOOT), 40);
    gic.set_ppi(cpu(1), 27, true);
    gic.distributor_write(offset::IROUTER + 50 * 8, 8, 1 << 31);
    gic.redistributor_write(cpu(1), offset::WAKER, 4, 2);
    gic.write(BOOT, Register::Ctlr, 0b11);
    gic.reset();
    assert!(gic.cpus().all(|cpu| !gic.lines(cpu).any()));

    let fresh = new(2);
    let mut expected = fresh.save();
    expected.shared[0].line = 0b11 << 8;
    expected.cpus[1].private.line = 1 << 27;
    assert_eq!(gic.save(), expected);
    assert!(is_private_set(&gic, cpu(1), offset::ISPENDR, 27), "level-sensitive");
    assert!(!is_set(&gic, offset::ISPENDR, 40), "edge-triggered, without a new edge");
}

#[test]
fn b063_turning_a_cpu_on_resets_its_interface_but_not_its_redistributor() {
    let gic = ready(2);
    gic.set_ppi(cpu(1), 27, true);
    gic.write(BOOT, Register::Sgi1r, 3 << 24 | 0b10);
    assert_eq!(take(&gic, cpu(1)), 3);
    let before = gic.save();
    gic.reset_interface(cpu(1));
    let after = gic.save();
    assert_eq!(after.cpus[1].private, before.cpus[1].private);
    assert_eq!(after.cpus[1].interface, new(1).save().cpus[0].interface);
    assert_eq!(after.cpus[0], before.cpus[0]);
    assert!(!gic.irq_pending(cpu(1)));
}

#[test]
fn a_restored_gic_goes_on_where_the_saved_one_was() {
    let gic = ready(2);
    gic.set_spi(40, true);
    assert_eq!(take(&gic, BOOT), 40);
    gic.distributor_write(offset::IROUTER + 41 * 8, 8, 1);
    gic.set_spi(41, true);
    let twin = new(2);
    twin.restore(&gic.save()).unwrap();
    assert_eq!(twin.save(), gic.save());
    assert!(twin.irq_pending(cpu(1)) && !twin.irq_pending(cpu(0)));
    end(&twin, BOOT, 40);
    assert_eq!(take(&twin, BOOT), 40);
    assert_eq!(take(&twin, cpu(1)), 41);
}

#[test]
fn a_state_of_another_version_or_machine_is_refused() {
    let gic = ready(2);
    let before = gic.save();
    let mut other = before.clone();
    other.version += 1;
    assert_eq!(gic.restore(&other), Err(RestoreError::Version(2)));
    assert_eq!(gic.restore(&new(1).save()), Err(RestoreError::Shape(1, 96)));
    let mut other = before.clone();
    other.routes.pop();
    assert_eq!(gic.restore(&other), Err(RestoreError::Shape(2, 95)));
    let mut other = before.clone();
    other.shared.pop();
    assert!(gic.restore(&other).is_err());
    assert_eq!(gic.save(), before);
}

#[test]
fn a_state_with_impossible_values_is_brought_into_range() {
    let gic = new(1);
    let mut state = gic.save();
    state.control = 0xff;
    state.shared[0].priority = [0xff; 32];
    state.routes[0] = u64::MAX;
    state.cpus[0].private.edge = 0;
    state.cpus[0].interface.priority_mask = 0xff;
    state.cpus[0].interface.bpr0 = 0xff;
    state.cpus[0].interface.bpr1 = 0;
    gic.restore(&state).unwrap();
    let state = gic.save();
    assert_eq!(state.control, 0b11);
    assert_eq!(state.shared[0].priority, [0xf8; 32]);
    assert_eq!(state.routes[0], 0xff_80ff_ffff);
    assert_eq!(state.cpus[0].private.edge, 0xffff);
    let interface = state.cpus[0].interface;
    assert_eq!((interface.priority_mask, interface.bpr0, interface.bpr1), (0xf8, 7, 3));
}

/// Four CPUs send each other SGIs and take SPIs that move among them, while a device raises these.
/// Every interrupt is taken once.
#[test]
fn cpus_and_devices_work_at_the_same_time() {
    const ROUNDS: u32 = 100;
    let gic = ready(4);
    let done = AtomicBool::new(false);
    let taken = AtomicU32::new(0);
    let serve = |index: VcpuIndex| {
        while !done.load(Ordering::SeqCst) || gic.irq_pending(index) {
            let intid = take(&gic, index);
            if intid >= 32 && intid != SPURIOUS {
                taken.fetch_add(1, Ordering::SeqCst);
                gic.set_spi(intid as u32, false);
                let next = (u64::from(index.get()) + 1) % 4;
                gic.distributor_write(offset::IROUTER + intid * 8, 8, next);
                gic.write(index, Register::Sgi1r, 1 << (next as u32) | 2 << 24);
            }
            if intid == SPURIOUS {
                thread::yield_now();
            } else {
                end(&gic, index, intid);
            }
        }
    };
    thread::scope(|scope| {
        let serve = &serve;
        gic.cpus().for_each(|index| drop(scope.spawn(move || serve(index))));
        for _ in 0..ROUNDS {
            for intid in 40..44 {
                gic.set_spi(intid, true);
            }
            while (40..44).any(|intid| is_set(&gic, offset::ISPENDR, intid)) {
                thread::yield_now();
            }
        }
        done.store(true, Ordering::SeqCst);
    });
    assert_eq!(taken.into_inner(), ROUNDS * 4);
    let twin = new(4);
    twin.restore(&gic.save()).unwrap();
    for index in gic.cpus() {
        assert_eq!(gic.lines(index), twin.lines(index));
        assert_eq!(gic.read(index, Register::Rpr), 0xff);
    }
}

//! Code that one CPU writes and another executes (Arm ARM, B2.4.4, "Concurrent modification and
//! execution of instructions", and the cache maintenance it asks for).

// Memory that is written and executed.
#![allow(unsafe_code)]

use std::io;
use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::instructions::{dmb_ish, isb, ldar, publish_code, stlr};
use crate::place::Line;
use crate::suite::{Seen, Test};
use crate::threads::{Clock, pause, together, wait_for};

/// The functions of the page, each in a cache line of its own.
const FUNCTIONS: usize = 32;
const LINE: usize = 128;
const PAGE: usize = FUNCTIONS * LINE;

/// MOVZ W0, #imm16 and RET.
const MOVZ_W0: u32 = 0x5280_0000;
const RET: u32 = 0xD65F_03C0;

/// B over one instruction and over two, and NOP.
const B_OVER_ONE: u32 = 0x1400_0002;
const B_OVER_TWO: u32 = 0x1400_0003;
const NOP: u32 = 0xD503_201F;

/// Turns of a loop between two patches: some calls are made meanwhile.
const PAUSE: u32 = 500;

/// The tests of this room.
pub(crate) fn tests() -> Vec<Test> {
    vec![
        // One CPU's IC IVAU reaches all CPUs, and its DSB waits until it has. Old code runs where
        // the emulator's cache of decoded code is emptied for the CPU itself only, or later.
        Test::new("code.rewrite", 2, rewrite),
        // B and NOP may replace each other under a CPU that executes them: it does one or the
        // other, and after the maintenance and an ISB only the new one. Linux's static keys.
        Test::new("code.patch", 2, patch),
    ]
}

/// Memory for code.
struct Code(*mut u32);

// SAFETY: the memory is only written as atomics.
unsafe impl Sync for Code {}

impl Code {
    fn map() -> io::Result<Self> {
        let access = libc::PROT_READ | libc::PROT_WRITE | libc::PROT_EXEC;
        let kind = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        // SAFETY: a new mapping at an address of the kernel's choice.
        let start = unsafe { libc::mmap(ptr::null_mut(), PAGE, access, kind, -1, 0) };
        if start == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        Ok(Self(start.cast()))
    }

    /// An instruction of a function.
    fn word(&self, function: usize, index: usize) -> &AtomicU32 {
        let offset = function % FUNCTIONS * (LINE / 4) + index % (LINE / 4);
        // SAFETY: inside the mapping, which lives as long as `self`, and aligned.
        unsafe { AtomicU32::from_ptr(self.0.add(offset)) }
    }

    /// Writes a function and makes it visible to all that then execute an ISB.
    fn write(&self, function: usize, instructions: &[u32]) {
        for (index, &instruction) in instructions.iter().enumerate() {
            self.word(function, index).store(instruction, Ordering::Relaxed);
        }
        publish_code(self.word(function, 0));
    }

    fn call(&self, function: usize) -> u32 {
        // SAFETY: whoever calls has seen, with acquire, that a function was written there, which
        // takes no arguments and keeps every register but w0.
        let called = unsafe {
            std::mem::transmute::<*mut u32, extern "C" fn() -> u32>(self.word(function, 0).as_ptr())
        };
        called()
    }
}

impl Drop for Code {
    fn drop(&mut self) {
        // SAFETY: the mapping is this one's, and no reference to it is left.
        unsafe { libc::munmap(self.0.cast(), PAGE) };
    }
}

/// Whoever writes is one function ahead of whoever calls.
fn rewrite(time: Duration) -> Seen {
    let Ok(code) = Code::map() else { return Seen::default() };
    let (written, called) = (Line::default(), Line::default());
    let clock = Clock::new(time);
    let seen = together(2, |thread| {
        let mut seen = Seen::default();
        for round in 1..u64::MAX {
            // Few functions, so that each is written anew while it is still known.
            let function = round as usize % 4;
            let value = round as u32 & 0xFFFF;
            if thread == 0 {
                code.write(function, &[MOVZ_W0 | value << 5, RET]);
                let last = round % 64 == 0 && clock.look();
                stlr(&written.0, round);
                wait_for(&called.0, round);
                if last {
                    break;
                }
            } else {
                wait_for(&written.0, round);
                isb();
                seen.rounds += 1;
                seen.forbidden += u64::from(code.call(function) != value);
                let last = round % 64 == 0 && clock.is_over();
                stlr(&called.0, round);
                if last {
                    break;
                }
            }
        }
        seen
    });
    seen[1]
}

/// One CPU calls without a pause while the other patches.
fn patch(time: Duration) -> Seen {
    const BRANCHED: u32 = 1;
    const WENT_ON: u32 = 2;
    let branched = [MOVZ_W0 | BRANCHED << 5, RET];
    let went_on = [MOVZ_W0 | WENT_ON << 5, RET];
    let Ok(code) = Code::map() else { return Seen::default() };
    code.write(0, &[&[B_OVER_ONE, B_OVER_TWO][..], &branched, &went_on].concat());
    let (begun, done) = (Line::default(), Line::default());
    let clock = Clock::new(time);
    let seen = together(2, |thread| {
        let mut seen = Seen::default();
        clock.repeat(|| {
            if thread == 0 {
                let number = ldar(&begun.0) + 1;
                stlr(&begun.0, number);
                // Before any of what follows, which a store-release by itself does not see to.
                dmb_ish();
                code.write(0, &[if number.is_multiple_of(2) { B_OVER_ONE } else { NOP }]);
                stlr(&done.0, number);
                pause(PAUSE);
                return;
            }
            for _ in 0..100 {
                let before = ldar(&done.0);
                isb();
                let value = code.call(0);
                let settled = ldar(&begun.0) == before;
                let expected = if before.is_multiple_of(2) { BRANCHED } else { WENT_ON };
                let good = value == expected || (!settled && [BRANCHED, WENT_ON].contains(&value));
                seen.rounds += 1;
                seen.forbidden += u64::from(!good);
            }
        });
        seen
    });
    seen[1]
}

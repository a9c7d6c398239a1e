//! System registers, barriers, caches and the counter, at EL1 or EL2.
#![allow(unsafe_code)] // Instructions that Rust does not know.

use core::arch::asm;
use core::time::Duration;

/// Reads a System register.
macro_rules! read {
    ($($name:tt)+) => {{
        let value: u64;
        // SAFETY: reading the registers named in this program has no effect that Rust could see.
        unsafe { core::arch::asm!(concat!("mrs {}, ", $($name)+), out(reg) value, options(nostack)) };
        value
    }};
}

/// Writes a System register, and waits until that has its effect.
macro_rules! write {
    ($name:literal, $value:expr) => {{
        let value: u64 = $value;
        // SAFETY: the registers written in this program change nothing that Rust relies on: memory stays
        // mapped where it is (`mmu`), interrupts stay masked.
        unsafe { core::arch::asm!(concat!("msr ", $name, ", {}"), "isb", in(reg) value, options(nostack)) };
    }};
}

/// Reads the register of this exception level.
macro_rules! read_here {
    ($name:literal) => {
        if $crate::arch::level() == 2 {
            $crate::arch::read!(concat!($name, "_el2"))
        } else {
            $crate::arch::read!(concat!($name, "_el1"))
        }
    };
}

pub(crate) use {read, read_here, write};

/// The exception level.
pub(crate) fn level() -> u64 {
    read!("CurrentEL") >> 2
}

/// This CPU's affinity, as in the MADT.
pub(crate) fn affinity() -> u64 {
    read!("mpidr_el1") & 0xff_00ff_ffff
}

/// The virtual counter.
pub(crate) fn ticks() -> u64 {
    // SAFETY: a barrier, so that the counter is not read early.
    unsafe { asm!("isb", options(nostack)) };
    read!("cntvct_el0")
}

/// Ticks of the counter in a second.
pub(crate) fn frequency() -> u64 {
    read!("cntfrq_el0")
}

/// Ticks of the counter in `time`.
pub(crate) fn ticks_of(time: Duration) -> u64 {
    let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    frequency().saturating_mul(micros) / 1_000_000
}

/// Everything before it is done before anything after it.
pub(crate) fn barrier() {
    // SAFETY: a barrier.
    unsafe { asm!("dsb sy", "isb", options(nostack)) };
}

/// Wakes CPUs that wait for an event.
pub(crate) fn send_event() {
    // SAFETY: a hint.
    unsafe { asm!("dsb sy", "sev", options(nostack)) };
}

/// Waits for an interrupt, masked or not.
pub(crate) fn wait_for_interrupt() {
    // SAFETY: a hint; it ends at the next interrupt at the latest.
    unsafe { asm!("dsb sy", "wfi", options(nostack)) };
}

/// Nothing more from this CPU.
pub(crate) fn stop() -> ! {
    loop {
        wait_for_interrupt();
    }
}

/// Bytes of a cache line: the smallest of all data and instruction caches.
fn line() -> u64 {
    let sizes = read!("ctr_el0");
    4 << (sizes >> 16 & 0xf).min(sizes & 0xf)
}

/// Writes what caches hold of these addresses to memory, and forgets it: what somebody reads or writes there
/// without caches is the same.
pub(crate) fn clean_and_invalidate(start: u64, size: u64) {
    let line = line();
    let mut address = start & !(line - 1);
    barrier();
    while address < start.saturating_add(size) {
        // SAFETY: maintenance by address changes no content.
        unsafe { asm!("dc civac, {}", in(reg) address, options(nostack)) };
        address += line;
    }
    barrier();
}

/// Makes instructions that were written visible to fetches of all CPUs.
pub(crate) fn publish_code(start: u64, size: u64) {
    clean_and_invalidate(start, size);
    let line = line();
    let mut address = start & !(line - 1);
    while address < start.saturating_add(size) {
        // SAFETY: maintenance by address changes no content.
        unsafe { asm!("ic ivau, {}", in(reg) address, options(nostack)) };
        address += line;
    }
    // SAFETY: barriers.
    unsafe { asm!("dsb sy", "isb", options(nostack)) };
}

/// HVC or SMC: the function in W0 and three arguments; X0 comes back.
pub(crate) fn firmware_call(smc: bool, function: u64, arguments: [u64; 3]) -> u64 {
    let result: u64;
    // SAFETY: by the SMC Calling Convention firmware keeps all but X0 to X17. The calls of this program
    // leave this CPU's memory alone.
    unsafe {
        if smc {
            asm!("smc #0", inlateout("x0") function => result, inlateout("x1") arguments[0] => _,
                 inlateout("x2") arguments[1] => _, inlateout("x3") arguments[2] => _,
                 clobber_abi("C"), options(nostack));
        } else {
            asm!("hvc #0", inlateout("x0") function => result, inlateout("x1") arguments[0] => _,
                 inlateout("x2") arguments[1] => _, inlateout("x3") arguments[2] => _,
                 clobber_abi("C"), options(nostack));
        }
    }
    result
}

/// How long so many ticks of the counter are.
pub(crate) fn duration_of(ticks: u64) -> Duration {
    let micros = u128::from(ticks) * 1_000_000 / u128::from(frequency().max(1));
    Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
}

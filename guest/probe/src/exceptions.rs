//! Exceptions: one that an access may cause is noted; any other is reported, and the CPU stops.
#![allow(unsafe_code)] // The vectors.

use core::arch::global_asm;
use core::sync::atomic::{AtomicBool, Ordering};

use crate::arch::{self, read_here, write};
use crate::console;

global_asm!(
    r#"
    .macro vector kind
    .balign 128
    sub     sp, sp, #272
    stp     x0, x1, [sp]
    mov     x1, \kind
    b       9f
    .endm

    .section .vectors, "ax"
    .balign 2048
vectors:
    .irp    kind, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
    vector  \kind
    .endr
9:  stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x30, [sp, #144]
    mov     x0, x1
    bl      {handle}
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldp     x8, x9, [sp, #64]
    ldp     x10, x11, [sp, #80]
    ldp     x12, x13, [sp, #96]
    ldp     x14, x15, [sp, #112]
    ldp     x16, x17, [sp, #128]
    ldp     x18, x30, [sp, #144]
    ldp     x0, x1, [sp]
    add     sp, sp, #272
    eret
"#,
    handle = sym handle,
);

unsafe extern "C" {
    #[link_name = "vectors"]
    static VECTORS: u8;
}

/// An access of the boot CPU is under way that may be answered by an exception.
static TOLERATED: AtomicBool = AtomicBool::new(false);
/// It was.
static HAPPENED: AtomicBool = AtomicBool::new(false);

/// Where the vectors are.
pub(crate) fn vectors() -> u64 {
    (&raw const VECTORS) as u64
}

/// Exceptions of this CPU come here from now on.
pub(crate) fn catch() {
    if arch::level() == 2 {
        write!("vbar_el2", vectors());
    } else {
        write!("vbar_el1", vectors());
    }
}

/// Carries out one access of the boot CPU. `None`: it was answered by an exception. What follows the access
/// does not rely on its result then.
pub(crate) fn attempt<T>(access: impl FnOnce() -> T) -> Option<T> {
    HAPPENED.store(false, Ordering::Relaxed);
    TOLERATED.store(true, Ordering::SeqCst);
    let result = access();
    // An abort that is not synchronous comes by now.
    arch::barrier();
    TOLERATED.store(false, Ordering::SeqCst);
    (!HAPPENED.load(Ordering::SeqCst)).then_some(result)
}

/// Sync from this level: kinds 0 (SP_EL0) and 4 (SP_ELx).
const SYNCHRONOUS: u64 = 4;
/// `ESR_ELx.EC` of a data abort from the same level.
const DATA_ABORT: u64 = 0x25;

extern "C" fn handle(kind: u64) {
    let (syndrome, address) = (read_here!("esr"), read_here!("elr"));
    let tolerated = crate::cpus::is_boot_cpu() && TOLERATED.load(Ordering::SeqCst);
    if tolerated && kind == SYNCHRONOUS && syndrome >> 26 == DATA_ABORT {
        HAPPENED.store(true, Ordering::SeqCst);
        if arch::level() == 2 {
            write!("elr_el2", address + 4);
        } else {
            write!("elr_el1", address + 4);
        }
        return;
    }
    console::print(format_args!(
        "\nexception kind={kind} esr={syndrome:#x} elr={address:#x} far={:#x} mpidr={:#x} level={} base={:#x}\n",
        read_here!("far"),
        arch::affinity(),
        arch::level(),
        crate::boot::Image::here().start,
    ));
    arch::stop();
}

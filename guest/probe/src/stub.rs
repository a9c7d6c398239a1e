//! The first and the last instructions of a secondary CPU in the OS. They execute with the MMU off from a
//! page of ordinary memory, into which they are copied each time and which is overwritten with the rest:
//! no CPU that has left may need it.
#![allow(unsafe_code)] // Code that is copied.

use core::arch::global_asm;
use core::slice;

use crate::{arch, cpus, exceptions, mmu};

global_asm!(
    r#"
    .section .text.stub, "ax"
    .balign 64
stub:
    // Nothing is touched before it was noted; X0 to X3 are as they were.
    mrs     x4, daif
    msr     daifset, #15
    mrs     x5, CurrentEL
    lsr     x5, x5, #2
    cmp     x5, #2
    b.ne    1f
    mrs     x6, sctlr_el2
    mov     x7, #0x80000000
    orr     x7, x7, #0x38
    msr     hcr_el2, x7
    mov     x7, #0x33ff
    msr     cptr_el2, x7
    b       2f
1:  mrs     x6, sctlr_el1
    mov     x7, #(3 << 20)
    msr     cpacr_el1, x7
2:  isb
    mrs     x7, mpidr_el1
    mov     x8, #0xffffff
    movk    x8, #0xff, lsl #32
    and     x7, x7, x8
    adr     x9, literals
    ldp     x10, x11, [x9]
3:  cbz     x11, 9f
    ldr     x12, [x10]
    cmp     x12, x7
    b.eq    4f
    add     x10, x10, {record}
    sub     x11, x11, #1
    b       3b
4:  mov     x12, #1
    stp     x0, x1, [x10, #64]
    stp     x2, x3, [x10, #80]
    stp     x4, x5, [x10, #96]
    stp     x6, x12, [x10, #112]
    dsb     sy
    ldp     x12, x13, [x9, #16]     // TTBR0, TCR
    ldp     x14, x15, [x9, #32]     // MAIR, SCTLR
    ldp     x16, x17, [x9, #48]     // VBAR, where to go on
    cmp     x5, #2
    b.ne    5f
    msr     ttbr0_el2, x12
    msr     tcr_el2, x13
    msr     mair_el2, x14
    msr     vbar_el2, x16
    tlbi    alle2
    dsb     sy
    isb
    msr     sctlr_el2, x15
    b       6f
5:  msr     ttbr0_el1, x12
    msr     tcr_el1, x13
    msr     mair_el1, x14
    msr     vbar_el1, x16
    tlbi    vmalle1
    dsb     sy
    isb
    msr     sctlr_el1, x15
6:  isb
    ldr     x12, [x10, #8]
    mov     sp, x12
    mov     x0, x10
    mov     x29, xzr
    mov     x30, xzr
    br      x17
9:  wfi                             // A CPU that nobody described.
    b       9b

    // X0: the mailbox, X1: the return entry (docs/parking-protocol-v2.md), or the next kernel's device
    // tree and its first instruction.
    .balign 64
leave:
    msr     icc_igrpen1_el1, xzr
    msr     cntv_ctl_el0, xzr
    msr     cntp_ctl_el0, xzr
    dsb     sy
    isb
    mrs     x5, CurrentEL
    lsr     x5, x5, #2
    cmp     x5, #2
    b.ne    1f
    mrs     x6, sctlr_el2
    bic     x6, x6, #1              // M
    bic     x6, x6, #4              // C
    bic     x6, x6, #0x1000         // I
    msr     sctlr_el2, x6
    isb
    tlbi    alle2
    b       2f
1:  mrs     x6, sctlr_el1
    bic     x6, x6, #1
    bic     x6, x6, #4
    bic     x6, x6, #0x1000
    msr     sctlr_el1, x6
    isb
    tlbi    vmalle1
2:  dsb     sy
    ic      iallu
    dsb     sy
    isb
    mov     x6, x1
    mov     x1, xzr
    mov     x2, xzr
    mov     x3, xzr
    br      x6
    .balign 16
literals:
    .fill   8, 8, 0
"#,
    record = const size_of::<cpus::Record>(),
);

unsafe extern "C" {
    #[link_name = "stub"]
    static BEGIN: u8;
    #[link_name = "leave"]
    static LEAVE: u8;
    #[link_name = "literals"]
    static LITERALS: u8;
}

/// Bytes of the page that the stub needs.
pub(crate) const SIZE: u64 = 4096;

/// Copies the stub to a page of its own: where a CPU begins. One that is there already stays as it is: a CPU
/// that is stuck may execute it.
pub(crate) fn install(page: u64) {
    let begin = (&raw const BEGIN) as u64;
    let literals = (&raw const LITERALS) as u64 - begin;
    let registers = mmu::Registers::here();
    let values = [
        cpus::records(),
        cpus::LIMIT as u64,
        registers.ttbr,
        registers.tcr,
        registers.mair,
        registers.sctlr,
        exceptions::vectors(),
        cpus::secondary as *const () as u64,
    ];
    // SAFETY: the stub's code, and the page, which is ours (`Kernel` takes it from free memory). Nobody executes
    // it while it is written: CPUs that are online are in the kernel, and `scribble` leaves the page alone while
    // one is stuck, so that it is not written then.
    unsafe {
        let code = slice::from_raw_parts(begin as *const u8, literals as usize);
        let there = slice::from_raw_parts_mut(page as *mut u8, literals as usize);
        let to = slice::from_raw_parts_mut((page + literals) as *mut u64, values.len());
        if there == code && to == values {
            return;
        }
        there.copy_from_slice(code);
        to.copy_from_slice(&values);
    }
    arch::publish_code(page, SIZE);
}

/// Where a CPU leaves, in the copy at `page`.
pub(crate) fn leave(page: u64) -> u64 {
    page + ((&raw const LEAVE) as u64 - (&raw const BEGIN) as u64)
}

//! The first instructions: the Image's header, relocation, the stack, and what was found on entry.
#![allow(unsafe_code)] // Assembly has symbols that no Rust code defines.

use core::arch::global_asm;

global_asm!(
    r#"
    .section .head, "ax"
    .global _head
_head:
    b       begin                   // code0
    nop                             // code1
    .quad   0                       // text_offset
    .quad   IMAGE_SIZE              // image_size
    .quad   0xa                     // flags: little-endian, 4 KiB pages, anywhere
    .quad   0, 0, 0
    .ascii  "ARM\x64"
    .long   0

    .section .text.begin, "ax"
begin:
    mrs     x24, daif
    msr     daifset, #15
    mrs     x25, CurrentEL
    lsr     x25, x25, #2
    cmp     x25, #2
    b.ne    1f
    mrs     x26, sctlr_el2
    // AArch64 below, interrupts come here, no host extensions.
    mov     x4, #0x80000000
    orr     x4, x4, #0x38
    msr     hcr_el2, x4
    mov     x4, #0x33ff             // CPTR_EL2: no trap of floating point
    msr     cptr_el2, x4
    b       2f
1:  mrs     x26, sctlr_el1
    mov     x4, #(3 << 20)          // CPACR_EL1.FPEN
    msr     cpacr_el1, x4
2:  isb

    adrp    x19, _head
    // The file, before anything writes into it, for kexec.
    mov     x4, x19
    adrp    x5, _pristine
    adrp    x6, _file_end
3:  ldp     x7, x8, [x4], #16
    stp     x7, x8, [x5], #16
    cmp     x4, x6
    b.lo    3b

    // R_AARCH64_RELATIVE: *(base + offset) = base + addend.
    adrp    x4, _relocations
    add     x4, x4, :lo12:_relocations
    adrp    x5, _relocations_end
    add     x5, x5, :lo12:_relocations_end
4:  cmp     x4, x5
    b.hs    5f
    ldp     x6, x7, [x4], #16
    ldr     x8, [x4], #8
    cmp     w7, #1027
    b.ne    4b
    add     x8, x8, x19
    str     x8, [x19, x6]
    b       4b

5:  adrp    x4, _bss
    adrp    x5, _bss_end
6:  stp     xzr, xzr, [x4], #16
    cmp     x4, x5
    b.lo    6b

    // What was written with the MMU off is in memory; no cache may hold what was there before.
    dsb     sy
    mov     x4, x19
    adrp    x5, _end
7:  dc      ivac, x4
    add     x4, x4, #64
    cmp     x4, x5
    b.lo    7b
    dsb     sy
    ic      iallu
    dsb     sy
    isb

    adrp    x4, {stack}
    add     x4, x4, :lo12:{stack}
    mov     x5, {stack_size}
    add     sp, x4, x5
    stp     x25, x26, [sp, #-16]!
    stp     x3, x24, [sp, #-16]!
    stp     x1, x2, [sp, #-16]!
    stp     x19, x0, [sp, #-16]!
    mov     x0, sp
    mov     x29, xzr
    mov     x30, xzr
    bl      {main}
8:  wfi
    b       8b
"#,
    stack = sym STACK,
    stack_size = const STACK_SIZE,
    main = sym crate::main_of_the_boot_cpu,
);

/// Bytes of the boot CPU's stack.
const STACK_SIZE: usize = 128 << 10;

#[repr(C, align(4096))]
struct Stack([u8; STACK_SIZE]);

static mut STACK: Stack = Stack([0; STACK_SIZE]);

/// What the lowest word of the stack holds for as long as nothing has reached it.
const CANARY: u64 = 0x7370_6172_726f_7773;

fn lowest_word() -> *mut u64 {
    (&raw mut STACK).cast()
}

/// Marks the end of the boot CPU's stack.
pub(crate) fn guard_stack() {
    // SAFETY: the lowest word of the stack, 128 KiB below what is in use.
    unsafe { lowest_word().write_volatile(CANARY) };
}

/// Whether the boot CPU's stack has been enough so far.
pub(crate) fn stack_was_enough() -> bool {
    // SAFETY: a load from the stack's memory.
    unsafe { lowest_word().read_volatile() == CANARY }
}

/// How the boot CPU was found, and where the kernel is.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    /// The address of the image's first byte.
    pub(crate) base: u64,
    /// X0: the device tree. X1 to X3 shall be zero.
    pub(crate) registers: [u64; 4],
    /// `PSTATE.DAIF`.
    pub(crate) daif: u64,
    /// The exception level.
    pub(crate) level: u64,
    /// `SCTLR_ELx`.
    pub(crate) sctlr: u64,
}

unsafe extern "C" {
    static _head: u8;
    static _file_end: u8;
    static _pristine: u8;
    static _end: u8;
}

/// The addresses of the kernel: its first byte, the end of its file, the copy of the file, its end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Image {
    pub(crate) start: u64,
    pub(crate) file_size: u64,
    pub(crate) pristine: u64,
    pub(crate) end: u64,
}

impl Image {
    /// Where it is.
    pub(crate) fn here() -> Self {
        let start = (&raw const _head) as u64;
        Self {
            start,
            file_size: (&raw const _file_end) as u64 - start,
            pristine: (&raw const _pristine) as u64,
            end: (&raw const _end) as u64,
        }
    }
}

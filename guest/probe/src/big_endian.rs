//! Accesses as an OS makes them that is big-endian, to what it knows to be little-endian: the CPU loads and
//! stores big-endian data, and the program reverses it.
#![allow(unsafe_code)] // The other byte order is one of a System register.

use core::arch::global_asm;

use hotcore_ospm::{Bus, Fault, Width};

use crate::arch;
use crate::bus::Physical;

global_asm!(
    r#"
    // X0 address, X1 value to store, X2 bytes, X3 whether to store; gives what was loaded.
    //
    // SCTLR_ELx.EE turns around data accesses and table walks alike, so the MMU is off meanwhile, and
    // nothing but the access itself is loaded or stored. EE may be cached in a TLB.
    .section .text.access_big_endian, "ax"
access_big_endian:
    mrs     x4, daif
    msr     daifset, #15
    dsb     sy
    mrs     x5, CurrentEL
    cmp     x5, #8
    b.eq    1f
    mrs     x6, sctlr_el1
    b       2f
1:  mrs     x6, sctlr_el2
2:  orr     x7, x6, #(1 << 25)      // EE
    bic     x7, x7, #(1 << 2)       // C
    bic     x7, x7, #1              // M
    b.eq    3f
    msr     sctlr_el1, x7
    isb
    tlbi    vmalle1
    b       4f
3:  msr     sctlr_el2, x7
    isb
    tlbi    alle2
4:  dsb     nsh
    isb
    tbnz    w3, #0, 6f
    tbnz    x2, #3, 21f
    tbnz    x2, #2, 22f
    tbnz    x2, #1, 23f
    ldrb    w1, [x0]
    b       9f
21: ldr     x1, [x0]
    b       9f
22: ldr     w1, [x0]
    b       9f
23: ldrh    w1, [x0]
    b       9f
6:  tbnz    x2, #3, 31f
    tbnz    x2, #2, 32f
    tbnz    x2, #1, 33f
    strb    w1, [x0]
    b       9f
31: str     x1, [x0]
    b       9f
32: str     w1, [x0]
    b       9f
33: strh    w1, [x0]
9:  dsb     sy
    cmp     x5, #8
    b.eq    1f
    msr     sctlr_el1, x6
    isb
    tlbi    vmalle1
    b       2f
1:  msr     sctlr_el2, x6
    isb
    tlbi    alle2
2:  dsb     nsh
    isb
    msr     daif, x4
    mov     x0, x1
    ret
"#
);

unsafe extern "C" {
    fn access_big_endian(address: u64, value: u64, bytes: u64, store: bool) -> u64;
}

/// All of physical memory, as such an OS accesses it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BigEndian;

impl Bus for BigEndian {
    fn read(&mut self, address: u64, width: Width) -> Result<u64, Fault> {
        let value = access(address, 0, width, false)?;
        Ok(reverse(value, width))
    }

    fn write(&mut self, address: u64, width: Width, value: u64) -> Result<(), Fault> {
        access(address, reverse(value, width), width, true).map(drop)
    }
}

fn access(address: u64, value: u64, width: Width, store: bool) -> Result<u64, Fault> {
    // An exception could not be handled in the other byte order: what answers now answers then.
    Physical.read(address, width)?;
    // SAFETY: as `Physical`'s accesses; the function keeps to the AAPCS64 and restores what it changes.
    let value = unsafe { access_big_endian(address, value, width.bytes(), store) };
    if store {
        // What a cache has read meanwhile.
        arch::clean_and_invalidate(address, width.bytes());
    }
    Ok(value)
}

fn reverse(value: u64, width: Width) -> u64 {
    match width {
        Width::Byte => value,
        Width::Half => (value as u16).swap_bytes().into(),
        Width::Word => (value as u32).swap_bytes().into(),
        Width::Double => value.swap_bytes(),
    }
}

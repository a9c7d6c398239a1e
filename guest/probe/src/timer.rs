//! The virtual timer of this CPU, and waiting.
#![allow(unsafe_code)] // System registers.

use core::time::Duration;

use crate::arch::{self, write};

/// Has it interrupt after `time`.
pub(crate) fn set(time: Duration) {
    write!("cntv_cval_el0", arch::ticks().saturating_add(arch::ticks_of(time)));
    write!("cntv_ctl_el0", 1);
}

/// Has it not interrupt.
pub(crate) fn end() {
    write!("cntv_ctl_el0", 0);
}

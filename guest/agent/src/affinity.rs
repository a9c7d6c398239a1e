//! Where this thread runs (`sched_setaffinity(2)`).

// System calls without a safe wrapper.
#![allow(unsafe_code)]

use std::io;

/// As many CPUs as Linux can have on arm64 (`NR_CPUS` up to 4096).
const CPUS: usize = 4096;
const WORD_BITS: usize = u64::BITS as usize;

/// Runs this thread on one CPU only.
pub(crate) fn pin(cpu: u16) -> io::Result<()> {
    let mut mask = [0u64; CPUS / WORD_BITS];
    let word = mask.get_mut(usize::from(cpu) / WORD_BITS);
    *word.ok_or_else(|| io::Error::from_raw_os_error(libc::EINVAL))? |=
        1 << (usize::from(cpu) % WORD_BITS);
    // SAFETY: the pointer and the size are those of `mask`, which the kernel only reads; it takes
    // masks of any size.
    let result = unsafe { libc::sched_setaffinity(0, size_of_val(&mask), mask.as_ptr().cast()) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

//! Translations that one CPU changes under another: once the system call that changed them has
//! returned, nobody may read or write the old page (TLBI with broadcast, and the DSB after it; Arm
//! ARM, D8.16).

// Memory whose mapping changes.
#![allow(unsafe_code)]

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd};
use std::ptr;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use crate::instructions::{dmb_ish, ldar, ldr, stlr, str};
use crate::place::Line;
use crate::suite::{Seen, Test};
use crate::threads::{Clock, pause, together};

const PAGE: usize = 4096;

/// Pages that take turns.
const PAGES: u64 = 16;

/// Turns of a loop between two changes.
const PAUSE: u32 = 500;

/// The tests of this room.
pub(crate) fn tests() -> Vec<Test> {
    vec![
        // Old values where a CPU keeps a translation that another has invalidated, or learns of
        // it only after the other's DSB.
        Test::new("shootdown.read", 2, |time| read(time).unwrap_or_default()),
        // Stores that reach a page after it was taken away: as above, for a store that has found
        // its translation before the TLBI and is made after the DSB.
        Test::new("shootdown.write", 2, |time| write(time).unwrap_or_default()),
    ]
}

/// A file in memory, and a window through which one of its pages is seen.
struct Window {
    file: File,
    start: *mut libc::c_void,
    /// All pages of the file, beside the window.
    pages: *mut libc::c_void,
}

// SAFETY: what is mapped is only used as atomics.
unsafe impl Sync for Window {}

impl Window {
    fn open() -> io::Result<Self> {
        // SAFETY: the name ends with a zero.
        let descriptor = unsafe { libc::memfd_create(c"litmus".as_ptr(), libc::MFD_CLOEXEC) };
        if descriptor < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the descriptor is new and nobody else's.
        let file = unsafe { File::from_raw_fd(descriptor) };
        file.set_len(PAGES * PAGE as u64)?;
        let pages = map(&file, ptr::null_mut(), PAGES as usize * PAGE, 0)?;
        let start = map(&file, ptr::null_mut(), PAGE, 0)?;
        Ok(Self { file, start, pages })
    }

    /// Has the window show a page.
    fn show(&self, page: u64) -> io::Result<()> {
        map(&self.file, self.start, PAGE, (page % PAGES) as u32).map(drop)
    }

    /// The first place of what the window shows.
    fn place(&self) -> &AtomicU64 {
        // SAFETY: mapped, writable and aligned as long as `self` lives; another page is put there
        // in one step.
        unsafe { AtomicU64::from_ptr(self.start.cast()) }
    }

    /// The first place of a page, wherever the window is.
    fn place_of(&self, page: u64) -> &AtomicU64 {
        // SAFETY: as above, and the page is one of the file's.
        unsafe { AtomicU64::from_ptr(self.pages.byte_add((page % PAGES) as usize * PAGE).cast()) }
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // SAFETY: the mappings are this one's, and no reference to them is left.
        unsafe {
            libc::munmap(self.start, PAGE);
            libc::munmap(self.pages, PAGES as usize * PAGE);
        }
    }
}

/// Maps `length` bytes of the file from `page` on, at `place` if that is one.
fn map(
    file: &File,
    place: *mut libc::c_void,
    length: usize,
    page: u32,
) -> io::Result<*mut libc::c_void> {
    let access = libc::PROT_READ | libc::PROT_WRITE;
    let fixed = if place.is_null() { 0 } else { libc::MAP_FIXED };
    let offset = libc::off_t::from(page) * 4096;
    let kind = libc::MAP_SHARED | fixed;
    // SAFETY: a new mapping, or in the place of one of this file's that its owner gives.
    let start = unsafe { libc::mmap(place, length, access, kind, file.as_raw_fd(), offset) };
    if start == libc::MAP_FAILED { Err(io::Error::last_os_error()) } else { Ok(start) }
}

/// Every page holds its number; whoever reads must find the one that is shown.
fn read(time: Duration) -> io::Result<Seen> {
    let window = Window::open()?;
    (0..PAGES).for_each(|page| str(window.place_of(page), page));
    let (begun, done) = (Line::default(), Line::default());
    let clock = Clock::new(time);
    let seen = together(2, |thread| {
        let mut seen = Seen::default();
        clock.repeat(|| {
            if thread == 0 {
                let number = ldar(&begun.0) + 1;
                stlr(&begun.0, number);
                dmb_ish();
                if window.show(number).is_ok() {
                    stlr(&done.0, number);
                }
                pause(PAUSE);
                return;
            }
            for _ in 0..100 {
                let before = ldar(&done.0);
                let value = ldar(window.place());
                let settled = ldar(&begun.0) == before;
                seen.rounds += 1;
                seen.forbidden += u64::from(settled && value != before % PAGES);
            }
        });
        seen
    });
    Ok(seen[1])
}

/// One thread writes all the time; a page that is no longer shown does not change any more.
fn write(time: Duration) -> io::Result<Seen> {
    let window = Window::open()?;
    let clock = Clock::new(time);
    let seen = together(2, |thread| {
        let (mut seen, mut number) = (Seen::default(), 0);
        clock.repeat(|| {
            if thread == 1 {
                for _ in 0..1000 {
                    number += 1;
                    str(window.place(), number);
                }
                return;
            }
            if window.show(number + 1).is_err() {
                return;
            }
            let gone = window.place_of(number);
            number += 1;
            let left = ldr(gone);
            pause(PAUSE);
            seen.rounds += 1;
            seen.forbidden += u64::from(ldr(gone) != left);
        });
        seen
    });
    Ok(seen[0])
}

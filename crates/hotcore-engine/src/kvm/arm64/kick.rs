//! Making a vCPU leave KVM_RUN from another thread, without ever losing a kick.
//!
//! A kick first sets `kvm_run.immediate_exit`, with which KVM_RUN returns before it enters the guest,
//! then signals the thread if one is inside KVM_RUN, to make it leave the guest. Whichever moment
//! the kick comes at, one of the two works; `immediate_exit` stays set until a run has answered it.
//! No signal is sent to a thread that is not inside KVM_RUN or just leaving it.

// A second mapping of `kvm_run`, and a signal to one thread: neither has a safe wrapper.
#![allow(unsafe_code)]

use std::cell::Cell;
use std::mem::offset_of;
use std::os::fd::AsRawFd;
use std::ptr::NonNull;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};
use std::{io, ptr};

use kvm_bindings::kvm_run;
use libc::{c_int, c_void, pthread_t, siginfo_t};
use parking_lot::Mutex;
use vmm_sys_util::errno;
use vmm_sys_util::signal::{SIGRTMIN, register_signal_handler, unblock_signal};

use crate::Kick;

/// The [`Kick`] of one vCPU.
///
/// It may outlive its vCPU: a kick then writes to a page that nobody reads. The page keeps the
/// kernel's vCPU alive, so a kicker should not be kept for long.
pub(super) struct Kicker {
    run: RunPage,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The thread that is inside KVM_RUN, or about to enter or leave it.
    inside: Option<pthread_t>,
    /// There was a kick that no run has answered.
    kicked: bool,
}

impl Kicker {
    pub(super) fn new(vcpu: &impl AsRawFd) -> io::Result<Self> {
        install_handler()?;
        Ok(Self { run: RunPage::map(vcpu)?, state: Mutex::default() })
    }

    /// Calls `run`, which enters KVM_RUN, so that kicks reach it.
    pub(super) fn running<R>(&self, run: impl FnOnce() -> R) -> io::Result<R> {
        unblock_here()?;
        // SAFETY: it has no preconditions.
        let this_thread = unsafe { libc::pthread_self() };
        self.state.lock().inside = Some(this_thread);
        let result = run();
        self.state.lock().inside = None;
        Ok(result)
    }

    /// Calls `run`, which enters KVM_RUN, so that it completes what the last exit left to do and
    /// returns before the guest executes anything. A kick meanwhile is kept for the next run.
    pub(super) fn completing<R>(&self, run: impl FnOnce() -> R) -> R {
        self.run.set_immediate_exit(true);
        let result = run();
        let state = self.state.lock();
        self.run.set_immediate_exit(state.kicked);
        result
    }

    /// Takes back the kicks so far: the caller is about to report them.
    ///
    /// The lock orders this after everything that a kick's sender did before it.
    pub(super) fn answered(&self) {
        let mut state = self.state.lock();
        state.kicked = false;
        self.run.set_immediate_exit(false);
    }
}

impl Kick for Kicker {
    fn kick(&self) {
        let mut state = self.state.lock();
        state.kicked = true;
        self.run.set_immediate_exit(true);
        if let Some(thread) = state.inside {
            // SAFETY: the thread is between the two statements of `running` that take this lock,
            // so it has not ended and its id is valid. The signal's handler does nothing.
            unsafe { libc::pthread_kill(thread, SIGRTMIN()) };
        }
    }
}

/// The first page of a vCPU's `kvm_run`, mapped a second time: the first mapping belongs to
/// `VcpuFd`, which hands out exclusive references to it.
struct RunPage {
    start: NonNull<c_void>,
}

/// `immediate_exit` is in the first bytes: any page holds it.
const LENGTH: usize = 4096;

impl RunPage {
    fn map(vcpu: &impl AsRawFd) -> io::Result<Self> {
        let access = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: a new mapping of a descriptor that is open, placed by the kernel.
        let start = unsafe {
            libc::mmap(ptr::null_mut(), LENGTH, access, libc::MAP_SHARED, vcpu.as_raw_fd(), 0)
        };
        if start == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        NonNull::new(start)
            .map(|start| Self { start })
            .ok_or(io::ErrorKind::AddrNotAvailable.into())
    }

    fn set_immediate_exit(&self, set: bool) {
        let page = self.start.as_ptr().cast::<u8>();
        // SAFETY: the field is inside the mapping, which lives as long as `self`, and through this
        // mapping it is only accessed atomically. Others (the kernel) only read it.
        let field = unsafe { AtomicU8::from_ptr(page.add(offset_of!(kvm_run, immediate_exit))) };
        // KVM_RUN is a system call and every change is made under a lock or by the thread that
        // runs: nothing else needs to be ordered.
        field.store(set.into(), Ordering::Relaxed);
    }
}

impl Drop for RunPage {
    fn drop(&mut self) {
        // SAFETY: this mapping was made by `map`, and nothing refers to it any more.
        unsafe { libc::munmap(self.start.as_ptr(), LENGTH) };
    }
}

// SAFETY: it owns a mapping, which belongs to no thread.
unsafe impl Send for RunPage {}
// SAFETY: all shared access is through an atomic.
unsafe impl Sync for RunPage {}

/// Gives the signal a handler that does nothing, once for the process: an ignored signal would not
/// interrupt KVM_RUN, an unhandled one would end the process.
fn install_handler() -> io::Result<()> {
    static INSTALLED: OnceLock<Result<(), i32>> = OnceLock::new();
    INSTALLED
        .get_or_init(|| register_signal_handler(SIGRTMIN(), nothing).map_err(errno::Error::errno))
        .map_err(io::Error::from_raw_os_error)
}

extern "C" fn nothing(_signal: c_int, _info: *mut siginfo_t, _context: *mut c_void) {}

/// Lets the signal through to this thread, which may have inherited a mask that blocks it.
fn unblock_here() -> io::Result<()> {
    thread_local!(static OPEN: Cell<bool> = const { Cell::new(false) });
    if !OPEN.get() {
        unblock_signal(SIGRTMIN()).map_err(|error| io::Error::other(error.to_string()))?;
        OPEN.set(true);
    }
    Ok(())
}

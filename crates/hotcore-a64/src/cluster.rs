//! What the PEs of one machine share, and how they reach each other.
//!
//! A broadcast TLB invalidation is a request in the mailbox of every other PE; DSB waits until each
//! PE that executes has served it. A PE that does not execute (asleep in WFI, outside, off) is not
//! waited for: it serves its mailbox before its next instruction. The order that makes this safe:
//! a PE first says that it executes, then empties its mailbox; a sender first fills the mailbox,
//! then asks whether the PE executes.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use vm_memory::GuestMemoryMmap;

use crate::memory::{CodePages, Ram};
use crate::sync::{AtomicBool, AtomicU32, AtomicU64, Condvar, Mutex, Ordering, sleep, yield_now};

/// What the PEs of one machine share: RAM, what is known of its code, and the ways to each PE.
pub struct Cluster {
    pub(crate) ram: Ram,
    pub(crate) code: Arc<CodePages>,
    members: Vec<Member>,
}

struct Member {
    bell: Arc<Doorbell>,
    executes: AtomicBool,
    mailbox: Mutex<Mailbox>,
    /// Requests that were ever put into the mailbox, and those that were served.
    sent: AtomicU64,
    served: AtomicU64,
}

#[derive(Default)]
struct Mailbox {
    requests: Vec<TlbRequest>,
}

/// What one PE asks of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TlbRequest {
    /// Forget every translation.
    All,
    /// Forget those of an ASID that are not global.
    Asid(u16),
    /// Forget the page of an address, whatever its ASID.
    Address(u64),
}

/// A mailbox with more requests than this asks for everything to be forgotten instead.
const MAILBOX_MAX: usize = 64;
/// How long a PE that waits for others goes on looking before it sleeps between looks.
const EAGER_LOOKS: u32 = 64;
/// How long it sleeps between looks then.
const LOOK_EVERY: Duration = Duration::from_micros(20);

impl Cluster {
    /// `cpus` PEs with `memory` as their RAM.
    pub fn new(memory: &GuestMemoryMmap<()>, cpus: usize) -> Arc<Self> {
        Self::with_read_only(memory, 0..0, cpus)
    }

    /// The same, where a store to `read_only` (whole pages) is an access to a device.
    pub fn with_read_only(
        memory: &GuestMemoryMmap<()>,
        read_only: Range<u64>,
        cpus: usize,
    ) -> Arc<Self> {
        let ram = Ram::new(memory, read_only);
        let code = Arc::new(CodePages::new(ram.frames()));
        let members = (0..cpus).map(|_| Member::new()).collect();
        Arc::new(Self { ram, code, members })
    }

    /// How to wake PE `index` or make it leave [`crate::Core::run`].
    pub fn doorbell(&self, index: usize) -> Option<Arc<Doorbell>> {
        self.members.get(index).map(|member| Arc::clone(&member.bell))
    }

    /// Forgets all decoded code: for a host that has written to guest RAM itself.
    pub fn forget_code(&self) {
        self.code.invalidate_all();
    }

    /// PE `index` begins to execute: afterwards it must serve its mailbox.
    pub(crate) fn enter(&self, index: usize) {
        if let Some(member) = self.members.get(index) {
            member.executes.store(true, Ordering::SeqCst);
        }
    }

    /// PE `index` no longer executes.
    pub(crate) fn leave(&self, index: usize) {
        if let Some(member) = self.members.get(index) {
            member.executes.store(false, Ordering::SeqCst);
        }
    }

    /// Takes what was asked of PE `index` and lets `serve` do it.
    pub(crate) fn serve(&self, index: usize, mut serve: impl FnMut(TlbRequest)) {
        let Some(member) = self.members.get(index) else { return };
        member.bell.clear(Doorbell::REQUEST);
        let mut mailbox = member.mailbox.lock();
        mailbox.requests.drain(..).for_each(&mut serve);
        member.served.store(member.sent.load(Ordering::SeqCst), Ordering::SeqCst);
    }

    /// Asks every PE but `from` for `request`.
    pub(crate) fn broadcast(&self, from: usize, request: TlbRequest) {
        for (_, member) in self.others(from) {
            member.put(request);
            if member.executes.load(Ordering::SeqCst) {
                member.bell.ring(Doorbell::REQUEST);
            }
        }
    }

    /// Whether every PE but `from` has served what was asked of it so far, or does not execute.
    pub(crate) fn is_synchronised(&self, from: usize) -> bool {
        self.others(from).all(|(_, member)| member.is_synchronised())
    }

    /// Waits until [`Cluster::is_synchronised`]. PE `from` does not count as executing meanwhile,
    /// lest two wait for each other; afterwards it must serve its mailbox.
    pub(crate) fn synchronise(&self, from: usize) {
        if self.is_synchronised(from) {
            return;
        }
        self.leave(from);
        let mut looks = 0;
        while !self.is_synchronised(from) {
            looks += 1;
            if looks < EAGER_LOOKS {
                yield_now();
            } else {
                sleep(LOOK_EVERY);
            }
        }
        self.enter(from);
    }

    /// SEV: sets the Event Register of every PE.
    pub(crate) fn send_event(&self) {
        for member in &self.members {
            member.bell.ring(Doorbell::EVENT);
        }
    }

    fn others(&self, from: usize) -> impl Iterator<Item = (usize, &Member)> {
        self.members.iter().enumerate().filter(move |&(index, _)| index != from)
    }
}

impl Member {
    fn new() -> Self {
        Self {
            bell: Arc::default(),
            executes: AtomicBool::new(false),
            mailbox: Mutex::new(Mailbox::default()),
            sent: AtomicU64::new(0),
            served: AtomicU64::new(0),
        }
    }

    fn put(&self, request: TlbRequest) {
        let mut mailbox = self.mailbox.lock();
        if mailbox.requests.len() >= MAILBOX_MAX || mailbox.requests == [TlbRequest::All] {
            mailbox.requests.clear();
            mailbox.requests.push(TlbRequest::All);
        } else {
            mailbox.requests.push(request);
        }
        self.sent.fetch_add(1, Ordering::SeqCst);
    }

    fn is_synchronised(&self) -> bool {
        // Whatever is sent meanwhile only prolongs the wait.
        !self.executes.load(Ordering::SeqCst)
            || self.served.load(Ordering::SeqCst) >= self.sent.load(Ordering::SeqCst)
    }
}

/// Wakes one PE, or makes it look up from executing.
#[derive(Default)]
pub struct Doorbell {
    flags: AtomicU32,
    asleep: Mutex<()>,
    rung: Condvar,
}

impl Doorbell {
    /// Leave `run`.
    pub(crate) const KICK: u32 = 1 << 0;
    /// Look into the mailbox.
    pub(crate) const REQUEST: u32 = 1 << 1;
    /// The IRQ line may be asserted.
    pub(crate) const IRQ: u32 = 1 << 2;
    /// The FIQ line may be asserted.
    pub(crate) const FIQ: u32 = 1 << 3;
    /// Somebody executed SEV.
    pub(crate) const EVENT: u32 = 1 << 4;
    /// The PE's thread sleeps.
    const ASLEEP: u32 = 1 << 31;

    /// Makes the PE leave [`crate::Core::run`] soon, or at once when it next enters.
    pub fn kick(&self) {
        self.ring(Self::KICK);
    }

    /// The PE's interrupt lines may have changed: it asks its [`crate::Surroundings`] for them.
    pub fn interrupt(&self) {
        self.ring(Self::IRQ | Self::FIQ);
    }

    pub(crate) fn ring(&self, flag: u32) {
        let before = self.flags.fetch_or(flag, Ordering::SeqCst);
        if before & Self::ASLEEP != 0 {
            // The lock is held from looking at the flags to waiting: nobody sleeps through this.
            drop(self.asleep.lock());
            self.rung.notify_one();
        }
    }

    pub(crate) fn clear(&self, flag: u32) {
        self.flags.fetch_and(!flag, Ordering::SeqCst);
    }

    /// Clears `flag`; tells whether it was set.
    pub(crate) fn take(&self, flag: u32) -> bool {
        self.flags.fetch_and(!flag, Ordering::SeqCst) & flag != 0
    }

    #[inline(always)]
    pub(crate) fn flags(&self) -> u32 {
        self.flags.load(Ordering::Relaxed)
    }

    /// Sleeps until one of `flags` is set, at most for `timeout`.
    pub(crate) fn sleep(&self, flags: u32, timeout: Duration) {
        let mut asleep = self.asleep.lock();
        let before = self.flags.fetch_or(Self::ASLEEP, Ordering::SeqCst);
        if before & flags == 0 {
            self.rung.wait_for(&mut asleep, timeout);
        }
        self.flags.fetch_and(!Self::ASLEEP, Ordering::SeqCst);
    }
}

//! The firmware's half of the parking protocol, versions 1 and 2, and of spin-table: one page for each
//! possible CPU, without I/O (guest contract §4.1, §4.2, §4.4; `docs/parking-protocol-v2.md`).
//!
//! The pages have no memory behind them: each access of the guest comes here, under the lock of the
//! ledger, so that a write takes effect before the instruction after it. A CPU starts through the
//! ledger's [`cpu_on`](Ledger::cpu_on), like one that PSCI starts, and policy decides there.
//!
//! ```text
//! 0x000 u32 cpu_id      0xffff_ffff while parked; OS: the CPU's own number wakes it (parking protocol)
//! 0x004 u32             0
//! 0x008 u64 jump        OS: where to start; spin-table: a value that is not 0 wakes the CPU
//! 0x010 u32 magic       "PKP2"
//! 0x014 u32 state       0 in the OS, 1 parked
//! 0x018 u32 command     OS: 1 wake up, 2 test; 0 when it is answered
//! 0x01c u32 status      0 success, 1 the command is unknown or cannot be carried out, 2 denied
//! 0x020 u64 return      where a CPU goes that leaves the OS
//! 0x028 u64 generation  how often the CPU has been handed back
//! 0x030 u64 owner       the CPU's MPIDR
//! 0x038 u64             0
//! 0x040                 the OS's to use as memory
//! 0x800                 the firmware's: reads as 0
//! 0x1000
//! ```
//! Words are little-endian. Loads may have any size and place. Below 0x040 only stores of 4 or 8 bytes to
//! a multiple of their size are taken, each as a whole; others are ignored. Of two stores that make up a
//! `jump`, the one with the low half comes last: that is the one which wakes a CPU.

mod page;

use alloc::vec::Vec;
use core::time::Duration;

use hotcore_vcpu::{Ledger, Mpidr, VcpuEntry, VcpuIndex};

use self::page::{Constants, Page, State, Wish};
use crate::{Call, Reply};

/// Bytes of a mailbox page.
pub const MAILBOX_SIZE: u64 = 0x1000;

/// Where `cpu-release-addr` points: the offset of the jump address in a page.
pub const RELEASE_ADDRESS: u64 = 8;

/// The function that a CPU calls from the return entry: X1 is the address of its mailbox. It is one of
/// the OEM's (SMCCC, owner 3), for which PSCI and Arm have no use. The call does not return, unless X1
/// is another mailbox's.
pub const HAND_BACK: u32 = 0xc300_0000;

/// Which store of the OS starts a parked CPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// The ACPI parking protocol: that of the CPU's own number, while there is a jump address.
    Parking,
    /// The device tree's spin-table: that of the jump address.
    SpinTable,
}

/// The mailboxes of all possible CPUs.
///
/// ```
/// use core::time::Duration;
/// use hotcore_firmware::{MAILBOX_SIZE, Mailboxes, Protocol};
/// use hotcore_vcpu::{CpuPolicy, Ledger, Output};
///
/// let boot = CpuPolicy { enabled: true, removable: false };
/// let mut ledger = Ledger::new(&[boot, boot_time(boot)])?;
/// let mut mailboxes = Mailboxes::new(Protocol::Parking, 2, 0x0e00_0000, 0x0e20_0000);
/// let page = MAILBOX_SIZE;
/// let entry = 0x4020_0000u64.to_le_bytes();
/// mailboxes.write(&mut ledger, page + 8, &entry, Duration::ZERO);
/// mailboxes.write(&mut ledger, page, &1u32.to_le_bytes(), Duration::ZERO);
/// assert!(matches!(ledger.next_output(), Some(Output::StartVcpu { cpu, .. }) if cpu.get() == 1));
/// # fn boot_time(boot: CpuPolicy) -> CpuPolicy { CpuPolicy { removable: true, ..boot } }
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Mailboxes {
    protocol: Protocol,
    base: u64,
    return_entry: u64,
    pages: Vec<Page>,
}

impl Mailboxes {
    /// The mailboxes of the first `cpus` CPUs, from the guest physical address `base` on, as a reset
    /// leaves them: the boot CPU is in the OS, the others are parked. A CPU that leaves the OS goes to
    /// `return_entry`.
    pub fn new(protocol: Protocol, cpus: u16, base: u64, return_entry: u64) -> Self {
        let pages = VcpuIndex::first(cpus).map(Page::at_reset).collect();
        Self { protocol, base, return_entry, pages }
    }

    /// The number that names a CPU in its own mailbox: its CPU Interface Number in the MADT, of which
    /// Linux takes 8 bits. Others may have the same: a page is never compared with another CPU's number.
    pub fn number(cpu: VcpuIndex) -> u32 {
        u32::from(cpu.get() & 0xff)
    }

    /// The guest physical address of a CPU's mailbox.
    pub fn address(&self, cpu: VcpuIndex) -> u64 {
        self.base + cpu.to_usize() as u64 * MAILBOX_SIZE
    }

    /// The guest loads from `offset`, counted from the first page. What is not there reads as 0.
    pub fn read(&self, offset: u64, data: &mut [u8]) {
        for (index, byte) in (0..).zip(data) {
            let at = offset.saturating_add(index);
            *byte = self.page(at).map_or(0, |(cpu, page)| {
                page.byte((at % MAILBOX_SIZE) as usize, &self.constants(cpu))
            });
        }
    }

    /// The guest stores to `offset`, counted from the first page. What is not there ignores it.
    ///
    /// A CPU that has to start is an output of the ledger: one store starts one CPU at most.
    pub fn write(&mut self, ledger: &mut Ledger, offset: u64, data: &[u8], now: Duration) {
        let Some((cpu, _)) = self.page(offset) else { return };
        let Some(page) = self.pages.get_mut(cpu.to_usize()) else { return };
        let at = (offset % MAILBOX_SIZE) as usize;
        let wish = page.store(at, data, self.protocol, Self::number(cpu));
        self.answer(ledger, cpu, wish, now);
    }

    /// A CPU has left the OS for good and is stopped: its mailbox says so, and so does the ledger.
    ///
    /// Call it when nothing of the guest's memory is in use by the CPU any more, and not before: the OS
    /// takes it as leave to reuse that memory.
    pub fn park(&mut self, ledger: &mut Ledger, cpu: VcpuIndex, now: Duration) {
        let Some(page) = self.pages.get_mut(cpu.to_usize()) else { return };
        ledger.cpu_off(cpu, now);
        let wish = page.park();
        self.answer(ledger, cpu, wish, now);
    }

    /// A CPU that the ledger let start could not be started: it is parked as before.
    pub fn start_failed(&mut self, ledger: &mut Ledger, cpu: VcpuIndex) {
        ledger.vcpu_start_failed(cpu);
        if let Some(page) = self.pages.get_mut(cpu.to_usize()) {
            page.deny();
        }
    }

    /// System reset: every page as at power-on.
    pub fn reset(&mut self) {
        for (cpu, page) in VcpuIndex::first(self.pages.len() as u16).zip(&mut self.pages) {
            *page = Page::at_reset(cpu);
        }
    }

    /// Answers a firmware call of `cpu` on a machine that starts CPUs by mailboxes. PSCI is left without
    /// its functions about CPUs, so that there is one way to start and to stop them.
    pub fn call(&self, ledger: &mut Ledger, cpu: VcpuIndex, call: &Call, now: Duration) -> Reply {
        if call.function == HAND_BACK {
            let own = call.args[0] == self.address(cpu);
            return if own { Reply::CpuOff } else { crate::psci::invalid_parameters() };
        }
        if crate::psci::is_about_cpus(call) {
            return crate::psci::not_supported();
        }
        crate::call(ledger, call, now)
    }

    /// Does what the page asks for, if its CPU is there to hear it: nobody looks into the page of a CPU
    /// that is in the OS.
    fn answer(&mut self, ledger: &mut Ledger, cpu: VcpuIndex, wish: Option<Wish>, now: Duration) {
        let Some(page) = self.pages.get_mut(cpu.to_usize()) else { return };
        match wish.filter(|_| page.state() == State::Parked) {
            None => {}
            Some(Wish::Start { pc }) => {
                let entry = VcpuEntry { pc, context: 0, big_endian: false };
                match ledger.cpu_on(Mpidr::of(cpu), entry, now) {
                    Ok(_) => page.leave(Self::number(cpu)),
                    Err(_) => page.deny(),
                }
            }
            Some(Wish::Acknowledge { status }) => page.acknowledge(status),
        }
    }

    fn page(&self, offset: u64) -> Option<(VcpuIndex, &Page)> {
        let cpu = VcpuIndex::new(u16::try_from(offset / MAILBOX_SIZE).ok()?)?;
        Some((cpu, self.pages.get(cpu.to_usize())?))
    }

    fn constants(&self, cpu: VcpuIndex) -> Constants {
        Constants { return_entry: self.return_entry, owner: Mpidr::of(cpu).bits() }
    }
}

#[cfg(test)]
mod tests;

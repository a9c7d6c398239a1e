//! GICv3: the distributor, this CPU's redistributor and interface. Interrupts are taken by asking.
#![allow(unsafe_code)] // System registers, and registers in memory.

use core::sync::atomic::{AtomicU64, Ordering};

use hotcore_probe::memory::Span;

use crate::arch::{self, read, write};
use crate::bus::{load32, store32};

/// Regions of redistributors that are remembered.
const REGIONS: usize = 8;
/// A redistributor: its own page and that of SGIs and PPIs, 64 KiB each.
const FRAME: u64 = 0x2_0000;
const SGI_PAGE: u64 = 0x1_0000;

/// The virtual timer's PPI (Arm BSA).
pub(crate) const TIMER: u32 = 27;
/// CNTV_CTL_EL0.ISTATUS.
const TIMER_CONDITION: u64 = 1 << 2;
/// The SGI that has a CPU look around.
pub(crate) const LOOK: u32 = 1;

static DISTRIBUTOR: AtomicU64 = AtomicU64::new(0);
static REDISTRIBUTORS: [[AtomicU64; 2]; REGIONS] =
    [const { [AtomicU64::new(0), AtomicU64::new(0)] }; REGIONS];

mod distributor {
    pub(super) const CTLR: u64 = 0;
    pub(super) const IGROUPR: u64 = 0x80;
    pub(super) const ISENABLER: u64 = 0x100;
    pub(super) const IPRIORITYR: u64 = 0x400;
    pub(super) const ICFGR: u64 = 0xc00;
    pub(super) const IROUTER: u64 = 0x6000;
    /// ARE_NS, EnableGrp1.
    pub(super) const ENABLE: u32 = 0x12;
}

mod redistributor {
    pub(super) const TYPER: u64 = 8;
    pub(super) const WAKER: u64 = 0x14;
    pub(super) const LAST: u64 = 1 << 4;
    pub(super) const PROCESSOR_SLEEP: u32 = 1 << 1;
    pub(super) const CHILDREN_ASLEEP: u32 = 1 << 2;
}

/// Says where it is, and enables it.
pub(crate) fn begin(distributor: u64, redistributors: &[Span]) {
    DISTRIBUTOR.store(distributor, Ordering::Relaxed);
    for (slot, region) in REDISTRIBUTORS.iter().zip(redistributors) {
        crate::mmu::map_device(region.start);
        slot[0].store(region.start, Ordering::Relaxed);
        slot[1].store(region.end, Ordering::Relaxed);
    }
    crate::mmu::map_device(distributor);
    put(distributor + distributor::CTLR, distributor::ENABLE);
    begin_cpu();
}

/// Whether there is one.
pub(crate) fn exists() -> bool {
    DISTRIBUTOR.load(Ordering::Relaxed) != 0
}

/// Has interrupts reach this CPU. `None`: it has no redistributor.
pub(crate) fn begin_cpu() -> Option<u64> {
    let frame = own_frame()?;
    let waker = get(frame + redistributor::WAKER);
    put(frame + redistributor::WAKER, waker & !redistributor::PROCESSOR_SLEEP);
    let until = arch::ticks() + arch::ticks_of(core::time::Duration::from_millis(100));
    while get(frame + redistributor::WAKER) & redistributor::CHILDREN_ASLEEP != 0
        && arch::ticks() < until
    {}
    let page = frame + SGI_PAGE;
    put(page + distributor::IGROUPR, u32::MAX);
    for quad in 0..8 {
        put(page + distributor::IPRIORITYR + 4 * quad, 0xa0a0_a0a0);
    }
    put(page + distributor::ISENABLER, 1 << LOOK | 1 << TIMER);
    if arch::level() == 2 {
        write!("icc_sre_el2", read!("icc_sre_el2") | 0x9);
    }
    write!("icc_sre_el1", read!("icc_sre_el1") | 1);
    write!("icc_pmr_el1", 0xff);
    write!("icc_bpr1_el1", 0);
    write!("icc_igrpen1_el1", 1);
    Some(frame)
}

/// No interrupt reaches this CPU any more.
pub(crate) fn end_cpu() {
    write!("cntv_ctl_el0", 0);
    write!("cntp_ctl_el0", 0);
    write!("icc_igrpen1_el1", 0);
}

/// Has a shared interrupt come to this CPU.
pub(crate) fn enable(interrupt: u32, edge: bool) {
    let (number, base) = (u64::from(interrupt), DISTRIBUTOR.load(Ordering::Relaxed));
    if base == 0 || !(32..1020).contains(&number) {
        return;
    }
    let bit = 1 << (number % 32);
    let group = base + distributor::IGROUPR + number / 32 * 4;
    put(group, get(group) | bit);
    let priority = base + distributor::IPRIORITYR + number / 4 * 4;
    let shift = number % 4 * 8;
    put(priority, get(priority) & !(0xff << shift) | 0xa0 << shift);
    let config = base + distributor::ICFGR + number / 16 * 4;
    let field = 2u32 << (number % 16 * 2);
    put(config, if edge { get(config) | field } else { get(config) & !field });
    let route = base + distributor::IROUTER + number * 8;
    put(route, arch::affinity() as u32);
    put(route + 4, (arch::affinity() >> 32) as u32);
    put(base + distributor::ISENABLER + number / 32 * 4, bit);
}

/// Takes an interrupt, if one is there. It is over at once.
pub(crate) fn take() -> Option<u32> {
    if !exists() {
        return None;
    }
    let interrupt = read!("icc_iar1_el1") as u32 & 0xff_ffff;
    arch::barrier();
    if (1020..8192).contains(&interrupt) {
        return None;
    }
    // One that comes late, of a timer that has been set anew since (KVM takes nothing back from a list
    // register), leaves the timer alone.
    if interrupt == TIMER && read!("cntv_ctl_el0") & TIMER_CONDITION != 0 {
        write!("cntv_ctl_el0", 0);
    }
    write!("icc_eoir1_el1", interrupt.into());
    Some(interrupt)
}

/// Interrupts another CPU.
pub(crate) fn interrupt(affinity: u64, number: u32) {
    let field = |shift: u32| affinity >> shift & 0xff;
    let value = field(32) << 48
        | field(16) << 32
        | field(8) << 16
        | (field(0) >> 4) << 44
        | u64::from(number) << 24
        | 1 << (field(0) & 0xf);
    arch::barrier();
    write!("icc_sgi1r_el1", value);
}

/// `GICR_TYPER` of every redistributor, in order.
pub(crate) fn redistributors() -> impl Iterator<Item = (u64, u64)> {
    REDISTRIBUTORS.iter().flat_map(|[start, end]| {
        let (start, end) = (start.load(Ordering::Relaxed), end.load(Ordering::Relaxed));
        let mut next = Some(start).filter(|start| *start != 0);
        core::iter::from_fn(move || {
            let frame = next.take()?;
            let typer = u64::from(get(frame + redistributor::TYPER))
                | u64::from(get(frame + redistributor::TYPER + 4)) << 32;
            let more = typer & redistributor::LAST == 0 && frame + 2 * FRAME <= end;
            next = more.then_some(frame + FRAME);
            Some((frame, typer))
        })
    })
}

fn own_frame() -> Option<u64> {
    let affinity = arch::affinity();
    let own = (affinity >> 32 & 0xff) << 24 | affinity & 0xff_ffff;
    redistributors().find(|(_, typer)| typer >> 32 == own).map(|(frame, _)| frame)
}

fn get(address: u64) -> u32 {
    // SAFETY: registers of the GIC, in the regions that firmware told of, mapped as devices.
    unsafe { load32(address) }
}

fn put(address: u64, value: u32) {
    // SAFETY: as above.
    unsafe { store32(address, value) }
}

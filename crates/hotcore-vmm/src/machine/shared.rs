//! What the vCPU threads, the clients and the supervisor share.
//!
//! One lock guards the ledger and its two guest-facing registers. It is held for the time of one
//! decision and never while waiting for anybody, so no client can stall a guest's register access, nor
//! the other way round.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use hotcore_devices::{Ged, GedEvent, HotplugController, InterruptLine, MmioDevice};
use hotcore_engine::trace::Trace;
use hotcore_engine::{Kick, Vcpu, Vm};
use hotcore_firmware::{Call, Mailboxes, Reply};
use hotcore_vcpu::{Ledger, Notice, Output, Power, VcpuIndex};
use parking_lot::{Condvar, Mutex, MutexGuard};

use super::bus::{Bus, Target};
use super::counters::Counters;
use super::debug::Watch;
use super::gate::Gate;
use super::lifecycle::Lifecycle;
use super::operations::Operations;
use super::{KICK_AGAIN, PARKING_PATIENCE, vcpu};
use crate::events::{Events, News};

/// How long AFFINITY_INFO waits for a CPU that executes: so many times so long.
const PATIENCE: (u32, Duration) = (10, Duration::from_millis(5));

/// The ledger and the registers through which the guest reaches it.
pub(super) struct Hotplug {
    /// Deny CPU_ON for every CPU: a fault that was asked for.
    pub(super) deny_cpu_on: bool,
    pub(super) ledger: Ledger,
    pub(super) controller: HotplugController,
    pub(super) ged: Ged<SpiLine>,
    /// What takes the place of PSCI's functions about CPUs, if anything does.
    pub(super) mailboxes: Option<Mailboxes>,
}

impl Hotplug {
    /// A vCPU calls its firmware.
    pub(super) fn call(&mut self, cpu: VcpuIndex, call: &Call, now: Duration) -> Reply {
        match &self.mailboxes {
            None => hotcore_firmware::call(&mut self.ledger, call, now),
            Some(mailboxes) => mailboxes.call(&mut self.ledger, cpu, call, now),
        }
    }

    /// A vCPU has ceased to execute, as it asked for, and is parked.
    pub(super) fn cpu_off(&mut self, cpu: VcpuIndex, now: Duration) {
        match &mut self.mailboxes {
            None => self.ledger.cpu_off(cpu, now),
            Some(mailboxes) => mailboxes.park(&mut self.ledger, cpu, now),
        }
    }

    fn start_failed(&mut self, cpu: VcpuIndex) {
        match &mut self.mailboxes {
            None => self.ledger.vcpu_start_failed(cpu),
            Some(mailboxes) => mailboxes.start_failed(&mut self.ledger, cpu),
        }
    }
}

/// A vCPU that the ledger allowed to start has no thread.
pub(super) struct NotStarted;

/// A possible vCPU: parked here, or with the thread that runs it.
pub(super) struct Slot {
    pub(super) parked: Mutex<Option<Box<dyn Vcpu>>>,
    pub(super) kicker: Arc<dyn Kick>,
    pub(super) counters: Counters,
}

impl Slot {
    pub(super) fn new(vcpu: Box<dyn Vcpu>) -> Self {
        Self {
            kicker: vcpu.kicker(),
            parked: Mutex::new(Some(vcpu)),
            counters: Counters::default(),
        }
    }
}

pub(super) struct Shared {
    /// The origin of the ledger's time.
    pub(super) made: Instant,
    pub(super) bus: Bus,
    pub(super) hotplug: Mutex<Hotplug>,
    /// A vCPU has been parked.
    pub(super) left: Condvar,
    pub(super) slots: Vec<Slot>,
    pub(super) lifecycle: Arc<Lifecycle>,
    pub(super) operations: Operations,
    /// For those who follow what happens.
    pub(super) events: Arc<Events>,
    /// When the first vCPU was about to execute its first instruction.
    pub(super) first_run: OnceLock<Duration>,
    /// What is traced of what the vCPUs do.
    pub(super) trace: Option<Trace>,
    /// Where vCPU threads wait while the machine is paused.
    pub(super) gate: Gate,
    /// The debugger.
    pub(super) watch: Watch,
    /// Nanoseconds that the VMM has spent on hotplug.
    work: AtomicU64,
}

impl Shared {
    pub(super) fn new(
        made: Instant,
        lifecycle: Arc<Lifecycle>,
        bus: Bus,
        hotplug: Hotplug,
        slots: Vec<Slot>,
        trace: Option<Trace>,
        events: Arc<Events>,
    ) -> Self {
        Self {
            made,
            bus,
            hotplug: Mutex::new(hotplug),
            left: Condvar::new(),
            slots,
            lifecycle,
            operations: Operations::default(),
            events,
            first_run: OnceLock::new(),
            trace,
            gate: Gate::default(),
            watch: Watch::default(),
            work: AtomicU64::new(0),
        }
    }

    /// Has every vCPU come to the gate that may not pass it; tells whether all came in time.
    pub(super) fn stop_at_the_gate(&self) -> bool {
        let rounds = PARKING_PATIENCE.as_millis() / KICK_AGAIN.as_millis();
        (0..rounds).any(|_| {
            self.kick_all();
            self.gate.wait_for_all(KICK_AGAIN)
        })
    }

    /// Makes every vCPU that executes leave the engine soon.
    pub(super) fn kick_all(&self) {
        for slot in &self.slots {
            slot.kicker.kick();
        }
    }

    pub(super) fn now(&self) -> Duration {
        self.made.elapsed()
    }

    /// When the ledger has to be told the time at the latest; `None`: not in this world's time.
    pub(super) fn next_deadline(&self, ledger: &Ledger) -> Option<Instant> {
        self.made.checked_add(ledger.next_deadline()?)
    }

    /// Time the VMM has spent on hotplug.
    pub(super) fn work(&self) -> Duration {
        Duration::from_nanos(self.work.load(Ordering::Relaxed))
    }

    /// Counts the time since `begin` as work on hotplug.
    pub(super) fn add_work(&self, begin: Instant) {
        let spent = u64::try_from(begin.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.work.fetch_add(spent, Ordering::Relaxed);
    }

    /// Lets `decide` ask the ledger something, and carries out what follows from it.
    pub(super) fn with_ledger<R>(
        self: &Arc<Self>,
        decide: impl FnOnce(&mut Ledger, Duration) -> R,
    ) -> R {
        self.with_hotplug(|hotplug, now| decide(&mut hotplug.ledger, now))
    }

    /// The same where more than the ledger is concerned.
    pub(super) fn with_hotplug<R>(
        self: &Arc<Self>,
        decide: impl FnOnce(&mut Hotplug, Duration) -> R,
    ) -> R {
        let begin = Instant::now();
        let mut hotplug = self.hotplug.lock();
        let result = decide(&mut hotplug, self.now());
        // Only CPU_ON and a store to a mailbox start a vCPU, and those do not come this way.
        let _ = self.carry_out(hotplug);
        self.add_work(begin);
        result
    }

    /// Gives a CPU that executes some time to leave, before AFFINITY_INFO says that it does.
    ///
    /// Who asks has seen it go. Linux asks again and again, but only for 100 ms, and then ejects the CPU
    /// all the same: a register that has to ignore that is the end of the removal. On a host with too few
    /// CPUs the one that goes may not have executed for as long. It is waited for in pieces, because a host
    /// that stalls as a whole uses up a wait, and none of the time that the CPU needs.
    pub(super) fn let_leave(&self, cpu: VcpuIndex) {
        let mut hotplug = self.hotplug.lock();
        if hotplug.mailboxes.is_some() {
            return;
        }
        let (times, piece) = PATIENCE;
        for _ in 0..times {
            if hotplug.ledger.cpu(cpu).is_none_or(|view| view.power != Power::On) {
                return;
            }
            self.left.wait_for(&mut hotplug, piece);
        }
    }

    /// The guest loads from an address without RAM. What nobody answers reads as zero.
    pub(super) fn mmio_read(self: &Arc<Self>, address: u64, data: &mut [u8]) {
        data.fill(0);
        let Some((target, offset)) = self.bus.find(address, data.len()) else {
            tracing::debug!("load of {} bytes from {address:#x}, where nothing is", data.len());
            return;
        };
        let begin = Instant::now();
        match target {
            Target::Device(device) => return device.lock().read(offset, data),
            Target::Ged => self.hotplug.lock().ged.read(offset, data),
            Target::CpuHotplug => {
                let mut hotplug = self.hotplug.lock();
                let Hotplug { ledger, controller, .. } = &mut *hotplug;
                controller.read(ledger, offset, data);
            }
            Target::Mailboxes => {
                if let Some(mailboxes) = &self.hotplug.lock().mailboxes {
                    mailboxes.read(offset, data);
                }
            }
        }
        self.add_work(begin);
    }

    /// The guest stores to an address without RAM. What nobody takes is dropped.
    pub(super) fn mmio_write(self: &Arc<Self>, address: u64, data: &[u8]) {
        let Some((target, offset)) = self.bus.find(address, data.len()) else {
            tracing::debug!("store of {} bytes to {address:#x}, where nothing is", data.len());
            return;
        };
        let begin = Instant::now();
        match target {
            Target::Device(device) => return device.lock().write(offset, data),
            Target::Ged => self.hotplug.lock().ged.write(offset, data),
            Target::CpuHotplug => {
                let mut hotplug = self.hotplug.lock();
                let Hotplug { ledger, controller, .. } = &mut *hotplug;
                controller.write(ledger, offset, data, self.now());
                // A register access starts no vCPU: nothing can fail here.
                let _ = self.carry_out(hotplug);
            }
            Target::Mailboxes => {
                let mut hotplug = self.hotplug.lock();
                let Hotplug { ledger, mailboxes, .. } = &mut *hotplug;
                if let Some(mailboxes) = mailboxes {
                    mailboxes.write(ledger, offset, data, self.now());
                }
                // A vCPU that cannot be started is parked again: its mailbox says so.
                let _ = self.carry_out(hotplug);
            }
        }
        self.add_work(begin);
    }

    /// Carries out what the ledger has decided, in its order, and gives the lock back first:
    /// whoever is started or woken here wants it next.
    pub(super) fn carry_out(
        self: &Arc<Self>,
        mut hotplug: MutexGuard<'_, Hotplug>,
    ) -> Result<(), NotStarted> {
        let mut start = None;
        let mut news = News::Nothing;
        let mut any = false;
        while let Some(output) = hotplug.ledger.next_output() {
            any = true;
            match output {
                Output::RaiseEvent => hotplug.ged.raise(GedEvent::Cpu),
                // One decision starts one vCPU at most.
                Output::StartVcpu { cpu, entry } => start = Some((cpu, entry)),
                Output::Notice(notice) => {
                    news = news.max(self.note(notice));
                }
            }
        }
        if !any {
            return Ok(());
        }
        let deadline = self.next_deadline(&hotplug.ledger);
        drop(hotplug);
        self.lifecycle.look_at_time_before(deadline);
        let result = start.map_or(Ok(()), |(cpu, entry)| self.start(cpu, entry));
        self.events.wake(news);
        result
    }

    fn start(
        self: &Arc<Self>,
        cpu: VcpuIndex,
        entry: hotcore_vcpu::VcpuEntry,
    ) -> Result<(), NotStarted> {
        vcpu::spawn(self, cpu, entry).map_err(|error| {
            tracing::error!("vCPU {cpu} cannot be started: no thread for it: {error}");
            self.with_hotplug(|hotplug, _| hotplug.start_failed(cpu));
            NotStarted
        })
    }

    fn note(&self, notice: Notice) -> News {
        tracing::debug!("{notice:?}");
        self.operations.note(&notice, self.now(), self.work());
        self.events.note(notice.into())
    }
}

/// A shared peripheral interrupt of the machine.
pub(super) struct SpiLine {
    vm: Arc<dyn Vm>,
    intid: u32,
}

impl SpiLine {
    pub(super) fn new(vm: &Arc<dyn Vm>, intid: u32) -> Self {
        Self { vm: Arc::clone(vm), intid }
    }
}

impl InterruptLine for SpiLine {
    fn set_level(&self, high: bool) {
        if let Err(error) = self.vm.set_spi(self.intid, high) {
            tracing::error!("interrupt {} cannot be driven: {error}", self.intid);
        }
    }
}

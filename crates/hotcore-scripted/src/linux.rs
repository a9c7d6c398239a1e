//! A guest that makes Linux's accesses in Linux's order.
//!
//! Guest contract §2.2 (boot), §2.3 (hot add), §2.4 (eject) and §1.9 (the AML methods CSCN, CSTA,
//! CEJ0 and COST), written from there and not from the machine's code.

use std::sync::Arc;

use hotcore_engine::Entry;
use hotcore_vcpu::{Mpidr, VcpuIndex};
use parking_lot::{Condvar, Mutex};

use crate::{Cpu, ScriptedEngine};

const GED_SELECTOR: u64 = 0x0908_0000;
const GED_INTERRUPT: u32 = 41;
const GED_CPU: u64 = 1 << 3;

const SELECTOR: u64 = 0x090c_0000;
const FLAGS: u64 = SELECTOR + 4;
const COMMAND: u64 = SELECTOR + 5;
const DATA: u64 = SELECTOR + 8;

const ENABLED: u64 = 1 << 0;
const INSERT: u64 = 1 << 1;
const REMOVE: u64 = 1 << 2;
const EJECT: u64 = 1 << 3;

const CPU_OFF: u32 = 0x8400_0002;
const CPU_ON: u32 = 0xc400_0003;
const AFFINITY_INFO: u32 = 0xc400_0004;
const OFF: u64 = 1;

const DEVICE_CHECK: u64 = 1;
const EJECT_REQUEST: u64 = 3;
const SUCCESS: u64 = 0;
const EJECT_IN_PROGRESS: u64 = 0x84;

/// How a guest takes requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manners {
    /// It handles interrupts at all.
    pub listens: bool,
    /// It brings added CPUs up.
    pub onlines: bool,
    /// It finishes removals: otherwise it says that it begins, and no more.
    pub ejects: bool,
    /// The `_OST` status with which it refuses to remove CPUs.
    pub refuses_removal: Option<u32>,
    /// The `_OST` status with which it refuses to add CPUs.
    pub refuses_addition: Option<u32>,
}

impl Default for Manners {
    /// Does whatever it is asked.
    fn default() -> Self {
        Self {
            listens: true,
            onlines: true,
            ejects: true,
            refuses_removal: None,
            refuses_addition: None,
        }
    }
}

/// The guest. Clones are the same one.
#[derive(Debug, Clone, Default)]
pub struct Linux {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    booted: Condvar,
}

#[derive(Debug, Default)]
struct State {
    manners: Manners,
    /// How often it has booted.
    boots: usize,
    /// CPUs that have been told to go offline.
    leaving: Vec<VcpuIndex>,
}

#[derive(Debug, Clone, Copy)]
enum Notify {
    DeviceCheck(VcpuIndex),
    EjectRequest(VcpuIndex),
}

impl Linux {
    /// An engine that runs this guest.
    pub fn engine(&self) -> ScriptedEngine {
        let guest = self.clone();
        ScriptedEngine::new(move |cpu, _: Entry| {
            let guest = guest.clone();
            async move {
                if cpu.index().is_boot() {
                    guest.boot_cpu(&cpu).await;
                } else {
                    guest.secondary(&cpu).await;
                }
            }
        })
    }

    /// From now on the guest behaves like that.
    pub fn set_manners(&self, manners: Manners) {
        self.shared.state.lock().manners = manners;
    }

    /// Waits until it has booted so many times. While it boots it tries to bring every CPU up,
    /// and so may find an added one before it is told.
    pub fn wait_for_boots(&self, boots: usize) {
        let mut state = self.shared.state.lock();
        self.shared.booted.wait_while(&mut state, |state| state.boots < boots);
    }

    fn manners(&self) -> Manners {
        self.shared.state.lock().manners
    }

    async fn boot_cpu(&self, cpu: &Cpu) {
        self.shared.state.lock().leaving.clear();
        for other in VcpuIndex::first(cpu.possible()).skip(1) {
            // A disabled CPU is denied, as Linux 6.12 expects.
            cpu_on(cpu, other).await;
        }
        self.shared.state.lock().boots += 1;
        self.shared.booted.notify_all();
        loop {
            cpu.wait().await;
            if !self.manners().listens || !cpu.take_interrupt(GED_INTERRUPT) {
                continue;
            }
            if cpu.read(GED_SELECTOR, 4).await & GED_CPU == 0 {
                continue;
            }
            for notify in scan(cpu).await {
                match notify {
                    Notify::DeviceCheck(other) => self.add(cpu, other).await,
                    Notify::EjectRequest(other) => self.remove(cpu, other).await,
                }
            }
        }
    }

    async fn secondary(&self, cpu: &Cpu) {
        loop {
            cpu.wait().await;
            let told = self.shared.state.lock().leaving.contains(&cpu.index());
            if told {
                cpu.hypercall(CPU_OFF, [0; 3]).await;
            }
        }
    }

    async fn add(&self, cpu: &Cpu, other: VcpuIndex) {
        let manners = self.manners();
        if let Some(status) = manners.refuses_addition {
            return ost(cpu, other, DEVICE_CHECK, status.into()).await;
        }
        let registered = is_enabled(cpu, other).await;
        ost(cpu, other, DEVICE_CHECK, SUCCESS).await;
        if registered && manners.onlines {
            cpu_on(cpu, other).await;
        }
    }

    async fn remove(&self, cpu: &Cpu, other: VcpuIndex) {
        ost(cpu, other, EJECT_REQUEST, EJECT_IN_PROGRESS).await;
        let manners = self.manners();
        if let Some(status) = manners.refuses_removal {
            return ost(cpu, other, EJECT_REQUEST, status.into()).await;
        }
        if !manners.ejects {
            return;
        }
        self.offline(cpu, other).await;
        select(cpu, other).await;
        cpu.write(FLAGS, 1, EJECT).await;
        is_enabled(cpu, other).await;
        ost(cpu, other, EJECT_REQUEST, SUCCESS).await;
    }

    async fn offline(&self, cpu: &Cpu, other: VcpuIndex) {
        self.shared.state.lock().leaving.push(other);
        let mpidr = Mpidr::of(other).bits();
        loop {
            cpu.interrupt(other);
            if cpu.hypercall(AFFINITY_INFO, [mpidr, 0, 0]).await == OFF {
                break;
            }
        }
        self.shared.state.lock().leaving.retain(|&leaving| leaving != other);
    }
}

/// CSCN: takes every event, the flag first and then the notification.
async fn scan(cpu: &Cpu) -> Vec<Notify> {
    let mut found = Vec::new();
    let mut from = 0;
    while from < u64::from(cpu.possible()) {
        cpu.write(SELECTOR, 4, from).await;
        cpu.write(COMMAND, 1, 0).await;
        let next = cpu.read(DATA, 4).await;
        let index = u16::try_from(next).ok().and_then(VcpuIndex::new);
        let Some(index) = index.filter(|_| next >= from) else { break };
        let flags = cpu.read(FLAGS, 1).await;
        if flags & (INSERT | REMOVE) == 0 {
            break;
        }
        if flags & INSERT != 0 {
            cpu.write(FLAGS, 1, INSERT).await;
            found.push(Notify::DeviceCheck(index));
        }
        if flags & REMOVE != 0 {
            cpu.write(FLAGS, 1, REMOVE).await;
            found.push(Notify::EjectRequest(index));
        }
        from = next + 1;
    }
    found
}

async fn select(cpu: &Cpu, other: VcpuIndex) {
    cpu.write(SELECTOR, 4, other.get().into()).await;
}

/// CSTA.
async fn is_enabled(cpu: &Cpu, other: VcpuIndex) -> bool {
    select(cpu, other).await;
    cpu.read(FLAGS, 1).await & ENABLED != 0
}

/// COST.
async fn ost(cpu: &Cpu, other: VcpuIndex, source: u64, status: u64) {
    select(cpu, other).await;
    for (command, data) in [(1, source), (2, status)] {
        cpu.write(COMMAND, 1, command).await;
        cpu.write(DATA, 4, data).await;
    }
}

async fn cpu_on(cpu: &Cpu, other: VcpuIndex) {
    const ENTRY: u64 = 0x4020_0000;
    cpu.hypercall(CPU_ON, [Mpidr::of(other).bits(), ENTRY, 0]).await;
}

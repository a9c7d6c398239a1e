//! A machine: made on an engine, run until its end.

mod alarm;
mod build;
mod bus;
mod console;
mod control;
mod counters;
mod debug;
mod gate;
mod lifecycle;
mod operations;
mod shared;
mod trace;
mod vcpu;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hotcore_engine::debug::Breakpoints;
use hotcore_engine::{EngineError, Vm};
use hotcore_vcpu::{InvalidCpus, InvalidTopology, VcpuEntry, VcpuIndex};

use self::alarm::Alarm;
use self::lifecycle::{Request, Wake};
use self::shared::Shared;
use crate::boot::{BootError, Loader};
use crate::config::{ConfigError, CpuStart, CpusConfig, Firmware};
use crate::events::EventKind;

pub use self::console::Console;
pub use self::control::{Control, MachineInfo};
pub use self::counters::{Exits, VcpuActivity};
pub use self::debug::{DebugError, DebugWatcher, Debugger, Happening};
pub use self::gate::Passage;
pub use self::lifecycle::{ResetBy, Stop};
pub use self::operations::{OperationRecord, OstRecord};

/// How long vCPU threads may take to park before a machine gives up on them.
const PARKING_PATIENCE: Duration = Duration::from_secs(10);
/// How often they are kicked meanwhile.
const KICK_AGAIN: Duration = Duration::from_millis(100);

/// Why a machine could not be made or could not go on.
#[derive(Debug, thiserror::Error)]
pub enum MachineError {
    /// It cannot be as asked.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A ledger cannot be made of these CPUs.
    #[error(transparent)]
    Cpus(#[from] InvalidCpus),
    /// These CPUs have no topology.
    #[error(transparent)]
    Topology(#[from] InvalidTopology),
    /// The guest's software cannot be loaded.
    #[error(transparent)]
    Boot(#[from] BootError),
    /// The engine cannot do it.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The host has no memory for it.
    #[error("{size} bytes of guest memory cannot be had: {reason}")]
    Memory {
        /// As asked.
        size: u64,
        /// The host's answer.
        reason: String,
    },
    /// A vCPU's thread does not come back.
    #[error("a vCPU thread does not stop; is the output of the guest's console blocked?")]
    StuckThread,
    /// There is no thread for the boot vCPU.
    #[error("the boot vCPU's thread cannot be started: {0}")]
    BootThread(#[source] std::io::Error),
}

/// What never changes about a machine.
#[derive(Debug, Clone)]
pub struct MachineFacts {
    /// The engine's name.
    pub engine: &'static str,
    /// The CPUs as asked for.
    pub cpus: CpusConfig,
    /// Whether CPUs that were enabled at boot can be removed.
    pub removable: bool,
    /// Bytes of RAM.
    pub memory_size: u64,
    /// How the guest learns about its machine.
    pub firmware: Firmware,
    /// How its operating system starts CPUs.
    pub cpu_start: CpuStart,
    /// The kernel image.
    pub kernel: PathBuf,
    /// The initial RAM file system.
    pub initramfs: Option<PathBuf>,
    /// The kernel's command line.
    pub cmdline: String,
    /// The version that the kernel image names, such as "6.12.43", where it is a Linux kernel.
    pub kernel_version: Option<String>,
    /// What a person should know before the guest boots, in whole sentences.
    pub warnings: Vec<String>,
    /// How long the engine took to create the VM and all its vCPUs.
    pub engine_created: Duration,
}

/// What the machine knows of itself beyond what is shared with its threads.
struct Facts {
    machine: MachineFacts,
}

/// A machine that is ready to run.
pub struct Machine {
    shared: Arc<Shared>,
    vm: Arc<dyn Vm>,
    loader: Loader,
    facts: Arc<Facts>,
    console: Console,
    alarm: Alarm,
    reboot: bool,
    breakpoints: Option<Breakpoints>,
}

/// A machine whose guest is loaded and has not begun.
pub struct Loaded {
    machine: Machine,
    entry: VcpuEntry,
}

impl Loaded {
    /// Runs the guest until the machine ends.
    pub fn run(self) -> Result<Stop, MachineError> {
        self.machine.power_on(self.entry)?;
        self.machine.supervise()
    }
}

impl Machine {
    /// A handle that commands this machine.
    pub fn control(&self) -> Control {
        Control::new(Arc::clone(&self.shared), Arc::clone(&self.facts))
    }

    /// The input of the guest's console.
    pub fn console(&self) -> Console {
        self.console.clone()
    }

    /// A handle that debugs this machine, if it was made for that.
    pub fn debugger(&self) -> Option<Debugger> {
        let breakpoints = self.breakpoints.clone()?;
        Some(Debugger::new(Arc::clone(&self.shared), breakpoints))
    }

    /// What never changes about it.
    pub fn facts(&self) -> &MachineFacts {
        &self.facts.machine
    }

    /// Boots the guest and runs it until the machine ends.
    pub fn run(self) -> Result<Stop, MachineError> {
        self.load()?.run()
    }

    /// Loads the guest's software.
    pub fn load(self) -> Result<Loaded, MachineError> {
        let entry = self.loader.load()?;
        Ok(Loaded { machine: self, entry })
    }

    fn supervise(mut self) -> Result<Stop, MachineError> {
        loop {
            let until = self.shared.next_deadline(&self.shared.hotplug.lock().ledger);
            match self.shared.lifecycle.wait(until.into_iter().chain(self.alarm.at()).min()) {
                Wake::Time => {
                    self.shared.with_ledger(hotcore_vcpu::Ledger::tick);
                    self.alarm.ring();
                }
                Wake::Request(Request::Stop(stop)) => return Ok(self.stop(stop)),
                Wake::Request(Request::Reset(ResetBy::Guest)) if !self.reboot => {
                    return Ok(self.stop(Stop::Reset));
                }
                Wake::Request(Request::Reset(by)) => self.reset(by)?,
            }
        }
    }

    fn power_on(&self, entry: VcpuEntry) -> Result<(), MachineError> {
        vcpu::spawn(&self.shared, VcpuIndex::BOOT, entry).map_err(MachineError::BootThread)
    }

    /// The end. A thread that does not come back (its console's output is blocked, say) does not change
    /// why the machine ended; it goes with the process.
    fn stop(&self, stop: Stop) -> Stop {
        if let Err(error) = self.park_all() {
            tracing::warn!("{error}");
        }
        stop
    }

    /// System reset: every vCPU, parked ones included, every device and the interrupt controller
    /// return to their first state, and the guest's software is loaded anew. Policy survives.
    fn reset(&mut self, by: ResetBy) -> Result<(), MachineError> {
        tracing::info!("resetting the machine");
        self.park_all()?;
        self.shared.lifecycle.forget_reset();
        {
            let mut hotplug = self.shared.hotplug.lock();
            let now = self.shared.now();
            hotplug.ledger.reset(now);
            hotplug.controller.reset();
            if let Some(mailboxes) = &mut hotplug.mailboxes {
                mailboxes.reset();
            }
            hotcore_devices::MmioDevice::reset(&mut hotplug.ged);
            // A reset starts no vCPU.
            let _ = self.shared.carry_out(hotplug);
        }
        self.shared.bus.reset();
        for slot in &self.shared.slots {
            if let Some(vcpu) = slot.parked.lock().as_mut() {
                vcpu.reset()?;
            }
        }
        self.vm.reset_interrupt_controller()?;
        let entry = self.loader.load()?;
        self.shared.lifecycle.set_stopping(false);
        self.shared.events.tell(EventKind::Reset(by));
        self.power_on(entry)
    }

    /// Parks every running vCPU.
    fn park_all(&self) -> Result<(), MachineError> {
        self.shared.lifecycle.set_stopping(true);
        let rounds = PARKING_PATIENCE.as_millis() / KICK_AGAIN.as_millis();
        for _ in 0..rounds {
            self.shared.kick_all();
            self.shared.gate.look_again();
            if self.shared.lifecycle.wait_for_threads(KICK_AGAIN) {
                return Ok(());
            }
        }
        Err(MachineError::StuckThread)
    }
}

//! CPUs as QMP's clients see them: devices with a path and perhaps an id, which come and go.
//!
//! The machine knows CPUs by their index and operations by theirs; ids are this door's alone. What is
//! plugged is followed from the machine's events in their order, whichever door had it begun, so that an
//! event and a query never contradict each other. A promised id becomes the device's when the event of
//! the addition that it was given for is read.

use std::time::SystemTime;

use hotcore_vcpu::{Operation, OperationId, OperationKind, Outcome, Topology, VcpuIndex};
use hotcore_vmm::{Event, EventKind, MachineInfo, View, Vmm};
use serde_json::{Value, json};

use crate::events::{self, Told};

/// How many of the machine's events are read at a time.
const BATCH: usize = 256;

/// Everything that is known of devices.
#[derive(Default)]
pub(crate) struct Devices {
    /// The number of the last event that was read.
    seen: u64,
    machine: Option<Machine>,
    promised: Vec<(OperationId, String)>,
}

/// The CPUs of one machine.
pub(crate) struct Machine {
    /// The type of its CPUs, which is also the driver that `device_add` names.
    pub(crate) driver: Driver,
    pub(crate) topology: Topology,
    plugged: Vec<Option<Device>>,
}

/// Names of the CPUs' type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Driver {
    pub(crate) name: &'static str,
    other: Option<&'static str>,
}

/// A CPU that is plugged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Device {
    pub(crate) id: Option<String>,
    pub(crate) path: String,
}

const HOST: &str = "host-arm-cpu";
const MODEL: &str = "cortex-a57-arm-cpu";

impl Driver {
    fn of_engine(engine: &str) -> Self {
        match engine {
            "kvm" => Self { name: HOST, other: None },
            "soft" => Self { name: MODEL, other: None },
            // An engine for tests is whatever they want.
            _ => Self { name: MODEL, other: Some(HOST) },
        }
    }

    pub(crate) fn is_called(self, name: &str) -> bool {
        self.name == name || self.other == Some(name)
    }
}

impl Device {
    fn of_boot(cpu: usize) -> Self {
        Self { id: None, path: format!("/machine/unattached/device[{cpu}]") }
    }

    fn added(cpu: usize, id: Option<String>) -> Self {
        let path = match &id {
            Some(id) => format!("/machine/peripheral/{id}"),
            None => format!("/machine/peripheral-anon/device[{cpu}]"),
        };
        Self { id, path }
    }

    fn to_json(&self) -> Value {
        match &self.id {
            Some(id) => json!({"device": id, "path": self.path}),
            None => json!({"path": self.path}),
        }
    }
}

impl Machine {
    fn new(info: &MachineInfo) -> Option<Self> {
        let cpus = info.facts.cpus;
        let plugged = (0..usize::from(cpus.max))
            .map(|cpu| (cpu < usize::from(cpus.boot)).then(|| Device::of_boot(cpu)));
        Some(Self {
            driver: Driver::of_engine(info.facts.engine),
            topology: Topology::flat(cpus.max).ok()?,
            plugged: plugged.collect(),
        })
    }

    /// Every possible CPU in index order, and its device where it is plugged.
    pub(crate) fn cpus(&self) -> impl DoubleEndedIterator<Item = (VcpuIndex, Option<&Device>)> {
        VcpuIndex::first(self.topology.cpus()).zip(self.plugged.iter().map(Option::as_ref))
    }

    pub(crate) fn device(&self, cpu: VcpuIndex) -> Option<&Device> {
        self.plugged.get(cpu.to_usize())?.as_ref()
    }

    /// The CPU with this id, or at this path.
    pub(crate) fn find(&self, name: &str) -> Option<VcpuIndex> {
        let is_it = |device: &Device| device.id.as_deref() == Some(name) || device.path == name;
        self.cpus().find(|(_, device)| device.is_some_and(is_it)).map(|(cpu, _)| cpu)
    }

    /// Plugs what is enabled, unplugs what is not.
    fn reconcile(&mut self, info: &MachineInfo) {
        for (cpu, (device, view)) in self.plugged.iter_mut().zip(&info.cpus).enumerate() {
            if !view.enabled {
                *device = None;
            } else if device.is_none() {
                *device = Some(Device::added(cpu, None));
            }
        }
    }
}

impl Devices {
    pub(crate) fn machine(&self) -> Option<&Machine> {
        self.machine.as_ref()
    }

    /// Whether an id is a device's, or about to be.
    pub(crate) fn is_taken(&self, id: &str) -> bool {
        let promised = self.promised.iter().any(|(_, promised)| promised == id);
        promised || self.machine.as_ref().is_some_and(|machine| machine.find(id).is_some())
    }

    /// Has the device that an operation adds be called so.
    pub(crate) fn promise(&mut self, operation: OperationId, id: String) {
        self.promised.push((operation, id));
    }

    /// Reads the machine's events up to now; returns what clients are to be told.
    pub(crate) fn catch_up(&mut self, vmm: &Vmm) -> Vec<Told> {
        let mut told = Vec::new();
        if vmm.events().latest() == self.seen {
            return told;
        }
        let view = vmm.view();
        if self.machine.is_none() {
            self.renew(view.as_ref());
        }
        loop {
            let followed = vmm.events().after(self.seen, BATCH);
            if followed.missed > 0 {
                told.push(self.skip(vmm));
                return told;
            }
            let Some(last) = followed.events.last() else { return told };
            self.seen = last.number;
            for event in &followed.events {
                self.follow(event, view.as_ref(), &mut told);
            }
        }
    }

    /// Events are gone that nobody has read: what they led to is read from the machine itself.
    fn skip(&mut self, vmm: &Vmm) -> Told {
        let before = std::mem::replace(&mut self.seen, vmm.events().latest());
        let view = vmm.view();
        self.promised.clear();
        if self.machine.is_none() || view.is_none() {
            self.renew(view.as_ref());
        }
        if let (Some(machine), Some(view)) = (&mut self.machine, view) {
            machine.reconcile(&view.control.info());
        }
        Told::lost(self.seen - before)
    }

    /// There is another machine, or the same from its beginning.
    fn renew(&mut self, view: Option<&View>) {
        self.promised.clear();
        self.machine = view.and_then(|view| Machine::new(&view.control.info()));
    }

    fn follow(&mut self, event: &Event, view: Option<&View>, told: &mut Vec<Told>) {
        let at = event.at;
        match &event.kind {
            EventKind::Created | EventKind::Deleted => self.renew(view),
            EventKind::Booted => {
                self.renew(view);
                told.push(Told::bare(events::RESUME, at));
            }
            EventKind::Resumed => told.push(Told::bare(events::RESUME, at)),
            EventKind::Paused => told.push(Told::bare(events::STOP, at)),
            EventKind::PowerButton => told.push(Told::bare(events::POWERDOWN, at)),
            EventKind::Reset(by) => told.push(Told::reset(*by, at)),
            EventKind::Ended(stop) => told.push(Told::shutdown(stop, at)),
            EventKind::Operation(operation) => self.operation(operation, view, at, told),
            &EventKind::Ost { cpu, source, status } => {
                let info = self.ost_info(cpu, source, status);
                told.push(Told::new(events::OST, json!({"info": info}), at));
            }
            EventKind::Ejected { cpu, .. } => self.unplugged(*cpu, at, told),
            EventKind::EjectIgnored { .. } | EventKind::Power { .. } => {}
        }
    }

    fn operation(
        &mut self,
        operation: &Operation,
        view: Option<&View>,
        at: SystemTime,
        told: &mut Vec<Told>,
    ) {
        let cpu = operation.cpu;
        match (operation.kind, operation.outcome) {
            (OperationKind::Plug, None) => self.plugged(operation, at, told),
            (
                OperationKind::Plug,
                Some(Outcome::Refused { .. } | Outcome::TimedOut | Outcome::Cancelled),
            ) => {
                let is_enabled = |view: &View| view.control.is_enabled(cpu);
                if !view.is_some_and(is_enabled) {
                    self.unplugged(cpu, at, told);
                }
            }
            (OperationKind::Unplug, Some(Outcome::Ejected | Outcome::CompletedByReset)) => {
                self.unplugged(cpu, at, told);
            }
            (OperationKind::Unplug, Some(Outcome::Refused { .. } | Outcome::TimedOut)) => {
                if let Some(device) = self.machine().and_then(|machine| machine.device(cpu)) {
                    told.push(Told::new(events::UNPLUG_ERROR, device.to_json(), at));
                }
            }
            (OperationKind::Plug | OperationKind::Unplug, _) => {}
        }
    }

    fn plugged(&mut self, operation: &Operation, at: SystemTime, told: &mut Vec<Told>) {
        let cpu = operation.cpu;
        let promised = self.promised.iter().position(|(given, _)| *given == operation.id);
        let id = promised.map(|place| self.promised.swap_remove(place).1);
        if id.is_some() {
            // Whatever was there before is not what the client has added.
            self.unplugged(cpu, at, told);
        }
        let machine = self.machine.as_mut();
        if let Some(place) = machine.and_then(|machine| machine.plugged.get_mut(cpu.to_usize())) {
            place.get_or_insert_with(|| Device::added(cpu.to_usize(), id));
        }
    }

    fn unplugged(&mut self, cpu: VcpuIndex, at: SystemTime, told: &mut Vec<Told>) {
        let machine = self.machine.as_mut();
        let place = machine.and_then(|machine| machine.plugged.get_mut(cpu.to_usize()));
        if let Some(device) = place.and_then(Option::take) {
            told.push(Told::new(events::DELETED, device.to_json(), at));
        }
    }

    /// What the guest has said of a CPU.
    pub(crate) fn ost_info(&self, cpu: VcpuIndex, source: u32, status: u32) -> Value {
        let mut info = json!({
            "slot": cpu.to_string(),
            "slot-type": "CPU",
            "source": source,
            "status": status,
        });
        let device = self.machine().and_then(|machine| machine.device(cpu));
        if let Some(id) = device.and_then(|device| device.id.as_ref()) {
            info["device"] = id.as_str().into();
        }
        info
    }
}

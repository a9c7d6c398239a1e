//! The kernel: what it found, the OS half of hotplug, and what it was told to do with both.

use alloc::boxed::Box;
use alloc::vec::Vec;

use hotcore_ospm::aml::Evaluator;
use hotcore_ospm::{Cpu, CpuRecord, Handled, Mpidr, OfflineError, OnlineError, Ospm, Registry};
use hotcore_probe::memory;

use crate::aml::Told;
use crate::boot::{Entry, Image};
use crate::console::{self, say};
use crate::host::Host;
use crate::machine::{Description, Machine};
use crate::{arch, cpus, gic, stub};

/// Everything.
pub(crate) struct Kernel {
    pub(crate) entry: Entry,
    pub(crate) image: Image,
    pub(crate) machine: Machine,
    pub(crate) host: Host,
    pub(crate) half: Half,
    /// Notifications are handled as they come.
    pub(crate) auto: bool,
    /// Interrupts of the GED are left alone.
    pub(crate) hold: bool,
    /// How many ticks the latest online and the latest offline took.
    pub(crate) ticks: [u64; 2],
}

/// The OS half, with or without ACPI.
pub(crate) enum Half {
    Acpi { ospm: Box<Ospm>, aml: Told },
    Tree(Registry),
}

impl Kernel {
    /// Finds the machine and its CPUs. Says why it cannot.
    pub(crate) fn begin(entry: Entry) -> Result<Self, &'static str> {
        let image = Image::here();
        let machine = match Machine::find(&entry, &image) {
            Ok(machine) => machine,
            Err(error) => {
                say!("report {error}");
                return Err("the machine is not described");
            }
        };
        console::begin(machine.console.base);
        if let Some(distributor) = machine.distributor {
            gic::begin(distributor, &machine.redistributors);
        }
        if let Some(interrupt) = machine.console.interrupt {
            gic::enable(interrupt, false);
        }
        let registry = registry(&machine);
        let size = Host::arena_size(registry.possible());
        let place = memory::place(&machine.memory.free, size, stub::SIZE);
        let arena = place.ok_or("there is no memory for the CPUs' stacks")?;
        let mpidrs = registry.iter().map(|(_, record)| record.mpidr.bits()).collect();
        let mut host = Host::new(mpidrs, arena..arena + size);
        let half = Half::begin(&machine, registry, &mut host)?;
        Ok(Self { entry, image, machine, host, half, auto: false, hold: false, ticks: [0; 2] })
    }

    /// The CPUs.
    pub(crate) fn registry(&self) -> &Registry {
        match &self.half {
            Half::Acpi { ospm, .. } => ospm.registry(),
            Half::Tree(registry) => registry,
        }
    }

    /// A possible CPU.
    pub(crate) fn cpu(&self, number: u32) -> Result<&CpuRecord, &'static str> {
        self.registry().get(Cpu(number)).ok_or("no such CPU")
    }

    /// Brings a CPU up.
    pub(crate) fn online(&mut self, cpu: u32) -> Result<(), OnlineError> {
        let begin = arch::ticks();
        let result = match &mut self.half {
            Half::Acpi { ospm, .. } => ospm.online(Cpu(cpu), &mut self.host),
            Half::Tree(registry) => registry.bring_up(&mut self.host, Cpu(cpu)),
        };
        if result.is_ok() {
            self.ticks[0] = arch::ticks() - begin;
        }
        result
    }

    /// Takes a CPU down.
    pub(crate) fn offline(&mut self, cpu: u32) -> Result<(), OfflineError> {
        let begin = arch::ticks();
        let result = match &mut self.half {
            Half::Acpi { ospm, .. } => ospm.offline(Cpu(cpu), &mut self.host),
            Half::Tree(registry) => registry.take_down(&mut self.host, Cpu(cpu)),
        };
        if result.is_ok() {
            self.ticks[1] = arch::ticks() - begin;
        }
        result
    }

    /// Looks what has come, and handles it where it shall be handled without being asked.
    pub(crate) fn look_around(&mut self) -> bool {
        let any = self.host.interrupts.collect();
        if self.auto {
            self.handle_events();
        }
        any
    }

    /// Evaluates the methods behind the interrupts that came, and handles what they notify. How many
    /// notifications that were.
    pub(crate) fn handle_events(&mut self) -> u32 {
        let Half::Acpi { ospm, aml } = &mut self.half else { return 0 };
        if self.hold {
            return 0;
        }
        let ours: Vec<u32> = ospm.interrupts().map(|interrupt| interrupt.gsiv).collect();
        let host = &mut self.host;
        host.interrupts.collect();
        let mut handled = 0;
        loop {
            let interrupt = host.interrupts.next(|interrupt| ours.contains(&interrupt));
            if let Some(gsiv) = interrupt {
                say!("interrupt={gsiv}");
                aml.told = true;
                host.told = true;
                if let Err(fault) = ospm.handle_interrupt(gsiv, aml, host) {
                    say!("report {fault}");
                }
            }
            let Some(notification) = ospm.next_notification() else {
                if interrupt.is_none() {
                    break;
                }
                continue;
            };
            aml.told = true;
            host.told = true;
            say!("notify={} value={:#x}", aml.path(notification.device), notification.value);
            match ospm.handle(notification, aml, host) {
                Ok(Handled::Done { status }) => say!("handled status={status:#x}"),
                Ok(Handled::NotOurs) => say!("handled by=nobody"),
                Err(fault) => say!("report {fault}"),
            }
            handled += 1;
            host.interrupts.collect();
        }
        aml.told = false;
        host.told = false;
        handled
    }
}

impl Half {
    fn begin(machine: &Machine, registry: Registry, host: &mut Host) -> Result<Self, &'static str> {
        let Description::Acpi(tables) = &machine.description else {
            return Ok(Self::Tree(registry));
        };
        let mut aml = Told::load(tables, host).map_err(|error| {
            say!("report {error}");
            "the definition blocks cannot be loaded"
        })?;
        let mut ospm = Ospm::new(registry, tables.stao.clone());
        ospm.enumerate(&mut aml, host).map_err(|fault| {
            say!("report {fault}");
            "the namespace cannot be walked"
        })?;
        // Enabled before anybody hears that this kernel is ready: an event is lost otherwise.
        for interrupt in ospm.interrupts() {
            gic::enable(interrupt.gsiv, interrupt.edge);
        }
        Ok(Self::Acpi { ospm: Box::new(ospm), aml })
    }
}

fn registry(machine: &Machine) -> Registry {
    let boot = Mpidr::from_register(arch::affinity());
    let report = &mut |report| say!("report {report}");
    match &machine.description {
        Description::Acpi(tables) => Registry::from_acpi(tables, boot, cpus::LIMIT, report),
        Description::Tree { cpus, psci } => {
            Registry::from_device_tree(cpus, *psci, boot, cpus::LIMIT, report)
        }
    }
}

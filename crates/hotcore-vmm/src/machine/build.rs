//! Making a machine: from a configuration to an engine's VM, a bus and a ledger.

use std::io::Write;
use std::sync::Arc;
use std::time::Instant;

use hotcore_acpi::{Cpu, CpuAtBoot, MAILBOX_SIZE, Platform};
use hotcore_devices::{
    GED_SIZE, Ged, HOTPLUG_BLOCK_SIZE, HotplugController, PL011_SIZE, PL031_SIZE, Pl011, Pl031,
    SystemClock,
};
use hotcore_engine::debug::Breakpoints;
use hotcore_engine::trace::Trace;
use hotcore_engine::{CreatedVm, Engine, EngineError, GuestMemory, VmSpec};
use hotcore_firmware::{Mailboxes, Protocol};
use hotcore_vcpu::{CpuPolicy, Ledger, Mpidr, Topology, VcpuIndex};
use parking_lot::Mutex;
use vm_memory::GuestAddress;

use super::alarm::{Alarm, Rtc};
use super::bus::{Bus, Target};
use super::console::{Console, Uart};
use super::gate::Passage;
use super::shared::{Hotplug, Shared, Slot, SpiLine};
use super::{Facts, Machine, MachineError, MachineFacts};
use crate::boot::{Guest, Loader};
use crate::config::{CpuStart, CpusConfig, Fault, Firmware, MachineConfig};
use crate::events::Events;
use crate::layout;

impl Machine {
    /// Makes a machine. `console` takes what the guest prints.
    pub fn new(
        engine: &dyn Engine,
        config: &MachineConfig,
        console: Box<dyn Write + Send>,
    ) -> Result<Self, MachineError> {
        Self::with_events(engine, config, console, &Arc::default())
    }

    /// The same, telling `events` what happens.
    pub fn with_events(
        engine: &dyn Engine,
        config: &MachineConfig,
        console: Box<dyn Write + Send>,
        events: &Arc<Events>,
    ) -> Result<Self, MachineError> {
        let made = Instant::now();
        config.validate()?;
        check_trace(engine, config.trace.as_ref())?;
        let breakpoints = breakpoints(engine, config.debug)?;
        let guest = Guest::open(config)?;
        let memory = guest_memory(config)?;
        let spec = VmSpec {
            memory: memory.clone(),
            read_only: layout::RETURN_ENTRY..layout::RETURN_ENTRY + layout::RETURN_ENTRY_SIZE,
            vcpus: config.cpus.max,
            gic: layout::GIC_SPEC,
            trace: config.trace.clone(),
            breakpoints: breakpoints.clone(),
        };
        let CreatedVm { vm, vcpus } = engine.create_vm(&spec)?;
        let engine_created = made.elapsed();

        let policies = policies(config.cpus, guest.removable());
        let ledger = Ledger::new(&policies)?;
        let registers = config.fault.and_then(Fault::registers);
        let hotplug = Hotplug {
            deny_cpu_on: config.fault == Some(Fault::DenyCpuOn),
            controller: HotplugController::new(&ledger, registers),
            ledger,
            mailboxes: mailboxes(config),
            ged: Ged::new(SpiLine::new(&vm, layout::GED.gsiv)),
        };
        let line = SpiLine::new(&vm, layout::UART.gsiv);
        let uart: Arc<Mutex<Uart>> = Arc::new(Mutex::new(Pl011::new(line, console)));
        let rtc =
            Arc::new(Mutex::new(Pl031::new(SpiLine::new(&vm, layout::RTC.gsiv), SystemClock)));
        let bus = bus(&uart, &rtc, config);
        let lifecycle = Arc::default();
        let slots = vcpus.into_iter().map(Slot::new).collect();

        let facts = MachineFacts {
            engine: engine.name(),
            cpus: config.cpus,
            removable: guest.removable(),
            memory_size: config.memory_size,
            firmware: config.firmware,
            cpu_start: config.cpu_start,
            kernel: config.kernel.clone(),
            initramfs: config.initramfs.clone(),
            cmdline: config.cmdline.clone(),
            kernel_version: guest.version(),
            warnings: guest.warnings(),
            engine_created,
        };
        let platform = platform(config, &policies, vm.has_pmu())?;
        let trace = config.trace.clone();
        let events = Arc::clone(events);
        let shared = Shared::new(made, Arc::clone(&lifecycle), bus, hotplug, slots, trace, events);
        if breakpoints.is_some() {
            shared.gate.set(Passage::NONE);
        }
        Ok(Self {
            shared: Arc::new(shared),
            loader: Loader::new(guest, platform, memory, config),
            vm,
            facts: Arc::new(Facts { machine: facts }),
            console: Console::new(&uart),
            alarm: Alarm::new(&rtc, &lifecycle),
            reboot: !config.end_at_reset,
            breakpoints,
        })
    }
}

fn check_trace(engine: &dyn Engine, trace: Option<&Trace>) -> Result<(), EngineError> {
    if trace.is_some_and(|trace| trace.kinds.follows_execution()) && !engine.follows_execution() {
        return Err(EngineError::CannotTrace { engine: engine.name() });
    }
    Ok(())
}

/// Where the debugger wants vCPUs to stop: nowhere yet.
fn breakpoints(engine: &dyn Engine, debug: bool) -> Result<Option<Breakpoints>, EngineError> {
    if debug && !engine.can_debug() {
        return Err(EngineError::CannotDebug { engine: engine.name() });
    }
    Ok(debug.then(Breakpoints::default))
}

/// RAM, and the memory with the firmware's code where there is any.
fn guest_memory(config: &MachineConfig) -> Result<GuestMemory, MachineError> {
    let size = config.memory_size;
    let refused = |reason: String| MachineError::Memory { size, reason };
    let bytes = usize::try_from(size).map_err(|error| refused(error.to_string()))?;
    let ram = (GuestAddress(layout::RAM), bytes);
    let code = (GuestAddress(layout::RETURN_ENTRY), layout::RETURN_ENTRY_SIZE as usize);
    let ranges: &[_] = if config.cpu_start == CpuStart::Psci { &[ram] } else { &[code, ram] };
    GuestMemory::from_ranges(ranges).map_err(|error| refused(error.to_string()))
}

/// CPU 0 stays for ever; those after it are as `removable` says; the rest come later.
fn policies(cpus: CpusConfig, removable: bool) -> Vec<CpuPolicy> {
    let policy = |cpu: VcpuIndex| {
        let enabled = cpu.get() < cpus.boot;
        CpuPolicy { enabled, removable: !cpu.is_boot() && (removable || !enabled) }
    };
    VcpuIndex::first(cpus.max).map(policy).collect()
}

fn mailboxes(config: &MachineConfig) -> Option<Mailboxes> {
    let protocol = match config.cpu_start {
        CpuStart::Psci => return None,
        CpuStart::Parking => Protocol::Parking,
        CpuStart::SpinTable => Protocol::SpinTable,
    };
    let cpus = config.cpus.max;
    Some(Mailboxes::new(protocol, cpus, layout::MAILBOXES, layout::RETURN_ENTRY))
}

/// How the guest is told to start CPUs.
fn cpu_start(config: &MachineConfig) -> hotcore_acpi::CpuStart {
    let mailboxes =
        || hotcore_acpi::Mailboxes { base: layout::MAILBOXES, reserved: layout::FIRMWARE };
    match config.cpu_start {
        CpuStart::Psci => hotcore_acpi::CpuStart::Psci,
        CpuStart::Parking => hotcore_acpi::CpuStart::Parking(mailboxes()),
        CpuStart::SpinTable => hotcore_acpi::CpuStart::SpinTable(mailboxes()),
    }
}

fn platform(
    config: &MachineConfig,
    policies: &[CpuPolicy],
    has_pmu: bool,
) -> Result<Platform, MachineError> {
    let cpu = |(index, policy): (VcpuIndex, &CpuPolicy)| Cpu {
        mpidr: Mpidr::of(index),
        boot: if policy.removable { CpuAtBoot::OnlineCapable } else { CpuAtBoot::Enabled },
        removable: policy.removable,
        node: 0,
    };
    Ok(Platform {
        memory: layout::RAM..layout::RAM + config.memory_size,
        gic: layout::GIC,
        uart: layout::UART,
        rtc: layout::RTC,
        hotplug: layout::CPU_HOTPLUG,
        ged: layout::GED,
        pmu_gsiv: has_pmu.then_some(layout::PMU_INTERRUPT),
        cpus: VcpuIndex::first(config.cpus.max).zip(policies).map(cpu).collect(),
        cpu_start: cpu_start(config),
        topology: Topology::flat(config.cpus.max)?,
        nodes: Vec::new(),
        deviation: config.fault.and_then(Fault::tables),
    })
}

fn bus(uart: &Arc<Mutex<Uart>>, rtc: &Arc<Mutex<Rtc>>, config: &MachineConfig) -> Bus {
    let mut bus = Bus::default();
    bus.add(layout::UART.base, PL011_SIZE, Target::Device(Arc::clone(uart) as _));
    bus.add(layout::RTC.base, PL031_SIZE, Target::Device(Arc::clone(rtc) as _));
    if config.cpu_start != CpuStart::Psci {
        let size = u64::from(config.cpus.max) * MAILBOX_SIZE;
        bus.add(layout::MAILBOXES, size, Target::Mailboxes);
    }
    if config.firmware == Firmware::Acpi {
        bus.add(layout::GED.base, GED_SIZE, Target::Ged);
        bus.add(layout::CPU_HOTPLUG, HOTPLUG_BLOCK_SIZE, Target::CpuHotplug);
    }
    bus
}

//! `vm.create`: a machine's configuration, made of what a client asks for.

use std::path::Path;

use hotcore_vmm::{
    ConfigError, CpuStart, CpusConfig, Fault, Firmware, MachineConfig, Removable, Serial, layout,
};

use super::absent;
use super::answer::Answer;
use crate::wire::{
    self, ConsoleConfig, ConsoleMode, CpuStartConfig, FirmwareConfig, HotcoreConfig,
    RemovableConfig, RngConfig, TopologyConfig, VmConfig,
};

/// Bytes of RAM that a machine has where nobody says.
const RAM: u64 = 512 << 20;

/// The machine that is asked for, or why there is none such.
pub(super) fn machine(asked: VmConfig) -> Result<MachineConfig, Answer> {
    let VmConfig { payload, cpus, memory, serial, console, rng, hotcore, others } = asked;
    absent::check("", &others)?;
    absent::check("payload", &payload.others)?;
    no_console(console.as_ref())?;
    seeded(rng.as_ref())?;
    let hotcore = hotcore.unwrap_or_default();
    absent::check("hotcore", &hotcore.others)?;
    let kernel = payload.kernel.filter(|path| *path != Path::new(""));
    let config = MachineConfig {
        kernel: kernel.ok_or_else(|| Answer::bad_request("payload.kernel: a kernel is needed"))?,
        initramfs: payload.initramfs.filter(|path| *path != Path::new("")),
        cmdline: payload.cmdline.unwrap_or_default(),
        cpus: self::cpus(cpus.as_ref(), &hotcore)?,
        memory_size: self::memory(memory.as_ref())?,
        firmware: match hotcore.firmware {
            FirmwareConfig::Acpi => Firmware::Acpi,
            FirmwareConfig::Dt => Firmware::DeviceTree,
        },
        cpu_start: match hotcore.cpu_start {
            CpuStartConfig::Psci => CpuStart::Psci,
            CpuStartConfig::Parking => CpuStart::Parking,
            CpuStartConfig::SpinTable => CpuStart::SpinTable,
        },
        serial: self::serial(serial)?,
        fault: fault(hotcore.fault.as_deref())?,
        end_at_reset: hotcore.no_reboot,
        trace: None,
        debug: false,
    };
    config.validate().map_err(|error| Answer::bad_request(in_its_fields(error)))?;
    Ok(config)
}

fn cpus(asked: Option<&wire::CpusConfig>, hotcore: &HotcoreConfig) -> Result<CpusConfig, Answer> {
    let removable = match hotcore.removable {
        RemovableConfig::Auto => Removable::Auto,
        RemovableConfig::Yes => Removable::Yes,
        RemovableConfig::No => Removable::No,
    };
    let Some(asked) = asked else { return Ok(CpusConfig { boot: 1, max: 1, removable }) };
    absent::check("cpus", &asked.others)?;
    topology(asked.topology.as_ref(), asked.max_vcpus)?;
    // What is larger than any machine stays so.
    let count = |count: u32| u16::try_from(count).unwrap_or(u16::MAX);
    Ok(CpusConfig { boot: count(asked.boot_vcpus), max: count(asked.max_vcpus), removable })
}

/// There is one arrangement: cores, side by side.
fn topology(asked: Option<&TopologyConfig>, max: u32) -> Result<(), Answer> {
    let Some(asked) = asked else { return Ok(()) };
    absent::check("cpus.topology", &asked.others)?;
    let &TopologyConfig { threads_per_core, cores_per_die, dies_per_package, packages, .. } = asked;
    let all = [threads_per_core, cores_per_die, dies_per_package, packages];
    let product = all.iter().try_fold(1u32, |product, &count| product.checked_mul(count));
    if product != Some(max) {
        let text = format!("cpus.topology: it does not have max_vcpus ({max}) CPUs");
        return Err(Answer::bad_request(text));
    }
    if cores_per_die != max {
        let what = "one package of one die whose cores have one thread each";
        return Err(absent::field("cpus.topology", what));
    }
    Ok(())
}

/// `hotplug_size` is a wish for later, and `shared` a permission: neither is needed for what was asked.
fn memory(asked: Option<&wire::MemoryConfig>) -> Result<u64, Answer> {
    let Some(asked) = asked else { return Ok(RAM) };
    absent::check("memory", &asked.others)?;
    Ok(asked.size)
}

fn serial(asked: Option<ConsoleConfig>) -> Result<Serial, Answer> {
    let Some(asked) = asked else { return Ok(Serial::Vmm) };
    absent::check("serial", &asked.others)?;
    match asked.mode {
        ConsoleMode::Tty => Ok(Serial::Vmm),
        ConsoleMode::Off | ConsoleMode::Null => Ok(Serial::Nowhere),
        ConsoleMode::File => match asked.file {
            Some(path) => Ok(Serial::File(path)),
            None => Err(Answer::bad_request("serial.file: with the mode File, a path is needed")),
        },
        ConsoleMode::Pty => Err(absent::field("serial.mode", "no terminals of its own: use File")),
        ConsoleMode::Socket => {
            Err(absent::field("serial.mode", "no console on a socket: use File"))
        }
    }
}

fn no_console(asked: Option<&ConsoleConfig>) -> Result<(), Answer> {
    let Some(asked) = asked else { return Ok(()) };
    absent::check("console", &asked.others)?;
    match asked.mode {
        ConsoleMode::Off | ConsoleMode::Null => Ok(()),
        _ => Err(absent::field("console.mode", "one console: use `serial`, and Off here")),
    }
}

/// A guest's generator is seeded from the host's at each boot; other sources there are none.
fn seeded(asked: Option<&RngConfig>) -> Result<(), Answer> {
    let Some(asked) = asked else { return Ok(()) };
    absent::check("rng", &asked.others)?;
    let host = ["", "/dev/urandom", "/dev/random", "/dev/hwrng"];
    if host.iter().any(|name| asked.src == Path::new(name)) {
        return Ok(());
    }
    Err(absent::field("rng.src", "the host's random numbers: use /dev/urandom"))
}

fn fault(name: Option<&str>) -> Result<Option<Fault>, Answer> {
    let Some(name) = name else { return Ok(None) };
    let known = Fault::NAMES.iter().find(|(known, _)| *known == name);
    known.map(|(_, fault)| Some(*fault)).ok_or_else(|| {
        let names = Fault::NAMES.map(|(known, _)| known).join(", ");
        Answer::bad_request(format!("hotcore.fault: there is no `{name}`; there are {names}"))
    })
}

/// Why a machine cannot be, in the names that the client used.
fn in_its_fields(error: ConfigError) -> String {
    match error {
        ConfigError::NoBootCpu => {
            "cpus.boot_vcpus: a machine boots with at least one CPU".to_owned()
        }
        ConfigError::MaxOutOfRange(_) => {
            let most = hotcore_vcpu::MAX_VCPUS;
            format!("cpus.max_vcpus: a machine has between 1 and {most} possible CPUs")
        }
        ConfigError::BootAboveMax { boot, max } => {
            format!("cpus.boot_vcpus: {boot} is more than max_vcpus, {max}")
        }
        ConfigError::DeviceTreeHotplug { boot, max } => format!(
            "hotcore.firmware: a device tree has no CPU hotplug, so that boot_vcpus ({boot}) and \
             max_vcpus ({max}) have to be equal"
        ),
        ConfigError::CpuStart { firmware, cpu_start } => format!(
            "hotcore.cpu_start: {} cannot be described by the firmware {}: acpi has psci and parking, \
             dt has psci and spin-table",
            cpu_start.name(),
            firmware.name()
        ),
        ConfigError::FaultNeedsPsci { fault, .. } => {
            format!("hotcore.fault: {fault} takes a machine with PSCI: cpu_start has to be psci")
        }
        ConfigError::MemorySize(size) => {
            let (min, max) = (layout::RAM_SIZE_MIN >> 20, layout::RAM_SIZE_MAX >> 30);
            format!(
                "memory.size: {size}: between {min} MiB and {max} GiB in whole MiB are possible"
            )
        }
    }
}

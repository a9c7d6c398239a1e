//! `device_add`, `device_del`, `device_set`: CPUs come and go.

use hotcore_vcpu::{Patience, RequestError, VcpuIndex};
use hotcore_vmm::{Command, CommandError, Reply};
use serde_json::json;

use crate::arguments::Arguments;
use crate::devices::Machine;
use crate::door::{Answer, Door, Outcome, done};
use crate::error::{Failure, quoted};
use crate::schema::{Enum, Object, Type, object, optional, required};

/// What the types of CPUs are called; other types than the machine's own are no strangers.
const CPU_TYPE: &str = "-arm-cpu";

/// The arguments of `device_add`. Kata names `driver`, `id` and `core-id` only.
pub(super) static ADD: Object = object(
    "device_add-arg",
    &[
        required("driver", Type::Str),
        optional("id", Type::Str),
        required("core-id", Type::Int),
        optional("socket-id", Type::Int),
        optional("cluster-id", Type::Int),
        optional("thread-id", Type::Int),
        optional("node-id", Type::Int),
    ],
);

/// The argument of `device_del`: an id or a path.
pub(super) static DEL: Object = object("device_del-arg", &[required("id", Type::Str)]);

/// The arguments of `device_set`: which CPU, by its id or by its place, and what it shall be.
pub(super) static SET: Object = object(
    "device_set-arg",
    &[
        optional("driver", Type::Str),
        optional("id", Type::Str),
        optional("core-id", Type::Int),
        optional("socket-id", Type::Int),
        optional("cluster-id", Type::Int),
        optional("thread-id", Type::Int),
        optional("node-id", Type::Int),
        required("admin-state", Type::Enum(&ADMIN_STATE)),
    ],
);
static ADMIN_STATE: Enum = Enum { name: "AdminState", values: &["enable", "disable"] };

/// `device_add`.
pub(super) fn add(door: &mut Door, arguments: &Arguments) -> Answer {
    Answer::Now(try_add(door, arguments))
}

/// `device_del`.
pub(super) fn del(door: &mut Door, arguments: &Arguments) -> Answer {
    Answer::Now(try_del(door, arguments))
}

/// `device_set`.
pub(super) fn set(door: &mut Door, arguments: &Arguments) -> Answer {
    Answer::Now(try_set(door, arguments))
}

fn try_add(door: &mut Door, arguments: &Arguments) -> Outcome {
    let machine = door.machine()?;
    let cpu = by_place(machine, arguments)?;
    let id = arguments.text("id");
    if let Some(id) = id {
        check_id(id)?;
        if door.devices.is_taken(id) {
            return Err(Failure::generic(format!("Duplicate device ID '{id}'")));
        }
    }
    let plug = Command::Plug { cpu: cpu.get(), patience: Patience::default() };
    if let Reply::Began(operations) = door.vmm.command(plug)?
        && let (Some(operation), Some(id)) = (operations.first(), id)
    {
        door.devices.promise(*operation, id.to_owned());
    }
    Ok(json!({}))
}

fn try_del(door: &mut Door, arguments: &Arguments) -> Outcome {
    let name = arguments.text("id").unwrap_or_default();
    let cpu = door.machine()?.find(name).ok_or_else(|| Failure::unknown_device(name))?;
    unplug(door, cpu, name)
}

fn try_set(door: &mut Door, arguments: &Arguments) -> Outcome {
    let machine = door.machine()?;
    let cpu = match arguments.text("id") {
        Some(id) => machine.find(id).ok_or_else(|| Failure::unknown_device(id))?,
        None => by_place(machine, arguments)?,
    };
    if arguments.text("admin-state") == Some("disable") {
        let name = machine.device(cpu).map_or_else(String::new, |device| device.path.clone());
        return unplug(door, cpu, &name);
    }
    door.give(Command::Plug { cpu: cpu.get(), patience: Patience::default() })
}

fn unplug(door: &Door, cpu: VcpuIndex, name: &str) -> Outcome {
    let unplug = Command::Unplug { cpu: cpu.get(), patience: Patience::default() };
    match door.vmm.command(unplug) {
        Err(CommandError::Request(RequestError::InProgress(..))) => {
            let text = format!("Device {name} is already in the process of unplug");
            Err(Failure::generic(text))
        }
        result => done(result),
    }
}

/// The CPU at a place. What is not given is 0.
fn by_place(machine: &Machine, arguments: &Arguments) -> Result<VcpuIndex, Failure> {
    let driver = arguments.text("driver").ok_or_else(|| Failure::missing("driver"))?;
    if !machine.driver.is_called(driver) {
        return Err(wrong_driver(machine, driver));
    }
    let topology = &machine.topology;
    let part = |name, count| match arguments.number(name) {
        None if name == "core-id" => Err(Failure::missing(name)),
        None => Ok(0),
        Some(part) => u16::try_from(part).ok().filter(|part| *part < count).ok_or_else(|| {
            let last = count.saturating_sub(1);
            Failure::generic(format!("Invalid CPU {name}: {part} must be in range 0:{last}"))
        }),
    };
    part("node-id", 1)?;
    let wanted = [
        part("socket-id", topology.sockets())?,
        part("cluster-id", topology.clusters())?,
        part("core-id", topology.cores())?,
        part("thread-id", topology.threads())?,
    ];
    let found = VcpuIndex::first(topology.cpus()).find(|cpu| {
        let place = topology.place(*cpu);
        [place.socket, place.cluster, place.core, place.thread] == wanted
    });
    found.ok_or_else(|| Failure::generic("there is no CPU at that place"))
}

fn wrong_driver(machine: &Machine, driver: &str) -> Failure {
    let driver = quoted(driver);
    Failure::generic(if driver.ends_with(CPU_TYPE) {
        format!("Invalid CPU type, expected cpu type: '{}'", machine.driver.name)
    } else {
        format!("'{driver}' is not a valid device model name")
    })
}

/// QEMU's rule for ids: a letter, then letters, digits, `-`, `.` and `_`. They are short here, since
/// they are repeated with every event.
fn check_id(id: &str) -> Result<(), Failure> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    let begins = id.starts_with(|first: char| first.is_ascii_alphabetic());
    if begins && id.len() <= 128 && id.bytes().all(fits) {
        return Ok(());
    }
    Err(Failure::generic("Parameter 'id' expects an identifier"))
}

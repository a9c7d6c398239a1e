//! Commands that tell something and change nothing.

use hotcore_vcpu::{Topology, VcpuIndex};
use hotcore_vmm::LifeState;
use serde_json::{Value, json};

use super::COMMANDS;
use crate::arguments::Arguments;
use crate::door::{Answer, Door, Outcome};
use crate::events::EVENTS;
use crate::schema::{self, Enum, Object, Type, object, optional, required};
use crate::session;

pub(super) static VERSION: Object = object(
    "VersionInfo",
    &[required("qemu", Type::Object(&VERSION_TRIPLE)), required("package", Type::Str)],
);
static VERSION_TRIPLE: Object = object(
    "VersionTriple",
    &[required("major", Type::Int), required("minor", Type::Int), required("micro", Type::Int)],
);
pub(super) static STATUS: Object = object(
    "StatusInfo",
    &[required("running", Type::Bool), required("status", Type::Enum(&RUN_STATE))],
);
static RUN_STATE: Enum =
    Enum { name: "RunState", values: &["prelaunch", "running", "paused", "shutdown"] };
pub(super) static MACHINE: Object = object(
    "MachineInfo",
    &[
        required("name", Type::Str),
        required("is-default", Type::Bool),
        required("cpu-max", Type::Int),
        required("hotpluggable-cpus", Type::Bool),
        required("numa-mem-supported", Type::Bool),
        required("deprecated", Type::Bool),
        required("acpi", Type::Bool),
    ],
);
pub(super) static TARGET: Object = object("TargetInfo", &[required("arch", Type::Enum(&ARCH))]);
static ARCH: Enum = Enum { name: "SysEmuTarget", values: &["aarch64"] };
pub(super) static NAME: Object = object("NameInfo", &[optional("name", Type::Str)]);
pub(super) static KVM: Object =
    object("KvmInfo", &[required("enabled", Type::Bool), required("present", Type::Bool)]);
pub(super) static HOTPLUGGABLE: Object = object(
    "HotpluggableCPU",
    &[
        required("type", Type::Str),
        required("vcpus-count", Type::Int),
        required("props", Type::Object(&PROPS)),
        optional("qom-path", Type::Str),
    ],
);
static PROPS: Object = object(
    "CpuInstanceProperties",
    &[
        required("node-id", Type::Int),
        required("socket-id", Type::Int),
        required("cluster-id", Type::Int),
        required("core-id", Type::Int),
        required("thread-id", Type::Int),
    ],
);
pub(super) static CPU: Object = object(
    "CpuInfoFast",
    &[
        required("cpu-index", Type::Int),
        required("qom-path", Type::Str),
        required("thread-id", Type::Int),
        required("props", Type::Object(&PROPS)),
        required("target", Type::Enum(&ARCH)),
    ],
);

pub(super) fn version(_: &mut Door, _: &Arguments) -> Answer {
    Answer::Now(Ok(session::version()))
}

pub(super) fn status(door: &mut Door, _: &Arguments) -> Answer {
    let status = status_word(door);
    Answer::Now(Ok(json!({"running": status == "running", "status": status})))
}

/// QEMU's word for what the machine is; one that is yet to be made is about to be launched.
pub(super) fn status_word(door: &Door) -> &'static str {
    match door.view().map(|view| view.state) {
        Err(_) | Ok(LifeState::Created) => "prelaunch",
        Ok(LifeState::Running) => "running",
        Ok(LifeState::Paused) => "paused",
        Ok(LifeState::Shutdown) => "shutdown",
    }
}

pub(super) fn machines(_: &mut Door, _: &Arguments) -> Answer {
    Answer::Now(Ok(json!([{
        "name": "virt",
        "is-default": true,
        "cpu-max": hotcore_vcpu::MAX_VCPUS,
        "hotpluggable-cpus": true,
        "numa-mem-supported": false,
        "deprecated": false,
        "acpi": true,
    }])))
}

pub(super) fn target(_: &mut Door, _: &Arguments) -> Answer {
    Answer::Now(Ok(json!({"arch": "aarch64"})))
}

/// Machines have no names here.
pub(super) fn name(_: &mut Door, _: &Arguments) -> Answer {
    Answer::Now(Ok(json!({})))
}

pub(super) fn kvm(door: &mut Door, _: &Arguments) -> Answer {
    let kvm = door.view().is_ok_and(|view| view.control.facts().engine == "kvm");
    Answer::Now(Ok(json!({"enabled": kvm, "present": kvm})))
}

pub(super) fn commands(_: &mut Door, _: &Arguments) -> Answer {
    let names = COMMANDS.iter().map(|command| json!({"name": command.name}));
    Answer::Now(Ok(names.collect()))
}

pub(super) fn events(_: &mut Door, _: &Arguments) -> Answer {
    Answer::Now(Ok(EVENTS.iter().map(|event| json!({"name": event.name})).collect()))
}

pub(super) fn schema(_: &mut Door, _: &Arguments) -> Answer {
    Answer::Now(Ok(schema::describe()))
}

/// Every possible CPU, the highest first: Kata removes from the front, and the boot CPUs come last.
pub(super) fn hotpluggable(door: &mut Door, _: &Arguments) -> Answer {
    Answer::Now(try_hotpluggable(door))
}

pub(super) fn try_hotpluggable(door: &Door) -> Outcome {
    let machine = door.machine()?;
    let cpus = machine.cpus().rev().map(|(cpu, device)| {
        let mut told = json!({
            "type": machine.driver.name,
            "vcpus-count": 1,
            "props": props(machine.topology, cpu),
        });
        if let Some(device) = device {
            told["qom-path"] = device.path.as_str().into();
        }
        told
    });
    Ok(cpus.collect())
}

/// Every CPU that is plugged, the lowest first.
pub(super) fn cpus(door: &mut Door, _: &Arguments) -> Answer {
    Answer::Now(try_cpus(door))
}

pub(super) fn try_cpus(door: &Door) -> Outcome {
    let threads = door.view()?.control.threads();
    let machine = door.machine()?;
    let cpus = machine.cpus().zip(threads).filter_map(|((cpu, device), thread)| {
        Some(json!({
            "cpu-index": cpu.get(),
            "qom-path": device?.path,
            // One that is powered off has no thread; the process is what will run it.
            "thread-id": thread.map_or_else(|| i64::from(std::process::id()), i64::from),
            "props": props(machine.topology, cpu),
            "target": "aarch64",
        }))
    });
    Ok(cpus.collect())
}

fn props(topology: Topology, cpu: VcpuIndex) -> Value {
    let place = topology.place(cpu);
    json!({
        "node-id": 0,
        "socket-id": place.socket,
        "cluster-id": place.cluster,
        "core-id": place.core,
        "thread-id": place.thread,
    })
}

/// The latest that the guest has said of each possible CPU; zeros where it has said nothing.
pub(super) fn ospm_status(door: &mut Door, _: &Arguments) -> Answer {
    Answer::Now(try_ospm_status(door))
}

fn try_ospm_status(door: &Door) -> Outcome {
    let info = door.view()?.control.info();
    let cpus = VcpuIndex::first(info.facts.cpus.max).zip(&info.cpus);
    let told = cpus.map(|(cpu, view)| {
        let (source, status) = view.ost.unwrap_or_default();
        door.devices.ost_info(cpu, source, status)
    });
    Ok(told.collect())
}

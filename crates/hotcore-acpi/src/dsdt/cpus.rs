//! `\_SB.CPUS`: the container of the processors, their devices and the methods they share
//! (guest contract §1.9).

use acpi_tables::aml::{
    Acquire, Add, Arg, Device, EISAName, Equal, GreaterEqual, If, LessThan, Local, Method,
    MethodCall, Name, ONE, Or, Path, Release, Return, Store, While, ZERO,
};

use super::registers::{COMMAND, DATA, EJECT, ENABLED, INSERT, LOCK, REMOVE, SELECTOR};
use super::{Encoded, notify};
use crate::platform::{Cpu, CpuAtBoot, Deviation, Platform};

/// `_STA`: present, enabled, shown, functioning.
const STA_ENABLED: u8 = 0xf;
/// `_STA`: present, *not* enabled, shown, functioning. A CPU is never not present.
const STA_DISABLED: u8 = 0xd;

/// Command: select the next CPU with an event, from the selected one on.
const NEXT_CPU_WITH_EVENT: u8 = 0;
/// Command: data is the event of an `_OST`.
const OST_EVENT: u8 = 1;
/// Command: data is the status of an `_OST`, which completes it.
const OST_STATUS: u8 = 2;

/// Notification: check the device, it may have come.
const DEVICE_CHECK: u8 = 1;
/// Notification: the device is to be ejected.
const EJECT_REQUEST: u8 = 3;

/// Wait for a mutex for as long as it takes.
const FOREVER: u16 = 0xffff;

/// The container with everything in it.
pub(super) fn container(platform: &Platform) -> Encoded {
    let devices = Devices::of(platform);
    Encoded::new(&Device::new(
        "CPUS".into(),
        vec![
            &Name::new("_HID".into(), &"ACPI0010"),
            &Name::new("_CID".into(), &EISAName::new("PNP0A05")),
            &status_method(),
            &eject_method(),
            &ost_method(),
            &notify::method(&devices.paths),
            &scan_method(platform.cpus.len() as u32),
            &devices.objects,
        ],
    ))
}

/// `CSTA (index)`: the `_STA` of a CPU that can come and go.
fn status_method() -> Encoded {
    Encoded::new(&Method::new(
        "CSTA".into(),
        1,
        true,
        vec![
            &Acquire::new(LOCK.into(), FOREVER),
            &Store::new(&Path::new(SELECTOR), &Arg(0)),
            &Store::new(&Local(0), &STA_DISABLED),
            &If::new(
                &Equal::new(&Path::new(ENABLED), &ONE),
                vec![&Store::new(&Local(0), &STA_ENABLED)],
            ),
            &Release::new(LOCK.into()),
            &Return::new(&Local(0)),
        ],
    ))
}

/// `CEJ0 (index)`: ejects a CPU. The machine disables it within the write.
fn eject_method() -> Encoded {
    Encoded::new(&Method::new(
        "CEJ0".into(),
        1,
        true,
        vec![
            &Acquire::new(LOCK.into(), FOREVER),
            &Store::new(&Path::new(SELECTOR), &Arg(0)),
            &Store::new(&Path::new(EJECT), &ONE),
            &Release::new(LOCK.into()),
        ],
    ))
}

/// `COST (index, event, status)`: reports an `_OST`. Its third argument is of no use here.
fn ost_method() -> Encoded {
    Encoded::new(&Method::new(
        "COST".into(),
        3,
        true,
        vec![
            &Acquire::new(LOCK.into(), FOREVER),
            &Store::new(&Path::new(SELECTOR), &Arg(0)),
            &Store::new(&Path::new(COMMAND), &OST_EVENT),
            &Store::new(&Path::new(DATA), &Arg(1)),
            &Store::new(&Path::new(COMMAND), &OST_STATUS),
            &Store::new(&Path::new(DATA), &Arg(2)),
            &Release::new(LOCK.into()),
        ],
    ))
}

/// `CSCN ()`: notifies every CPU that has an event.
///
/// It walks upward from index 0 and lets the machine skip the CPUs without events. It ends where the
/// machine's answer is not ahead (there are no more), not a CPU (nothing answers: all ones), or
/// a CPU without events; so whatever the registers read, it takes at most `cpus` rounds. A CPU whose
/// event came after the walk passed it raises the interrupt again.
///
/// An event is cleared before its notification, so that one that arrives in between is not lost.
fn scan_method(cpus: u32) -> Encoded {
    let (next, found, insert, remove) = (Local(0), Local(1), Local(2), Local(3));
    Encoded::new(&Method::new(
        "CSCN".into(),
        0,
        true,
        vec![
            &Acquire::new(LOCK.into(), FOREVER),
            &Store::new(&next, &ZERO),
            &While::new(
                &LessThan::new(&next, &cpus),
                vec![
                    &Store::new(&Path::new(SELECTOR), &next),
                    &Store::new(&Path::new(COMMAND), &NEXT_CPU_WITH_EVENT),
                    &Store::new(&found, &Path::new(DATA)),
                    &Store::new(&insert, &ZERO),
                    &Store::new(&remove, &ZERO),
                    &If::new(
                        &GreaterEqual::new(&found, &next),
                        vec![&If::new(
                            &LessThan::new(&found, &cpus),
                            vec![
                                &Store::new(&insert, &Path::new(INSERT)),
                                &Store::new(&remove, &Path::new(REMOVE)),
                            ],
                        )],
                    ),
                    &Store::new(&next, &cpus),
                    &If::new(
                        &Or::new(&ZERO, &insert, &remove),
                        vec![&Add::new(&next, &found, &ONE)],
                    ),
                    &If::new(&insert, vec![&clear_and_notify(INSERT, &found, DEVICE_CHECK)]),
                    &If::new(&remove, vec![&clear_and_notify(REMOVE, &found, EJECT_REQUEST)]),
                ],
            ),
            &Release::new(LOCK.into()),
        ],
    ))
}

fn clear_and_notify(event: &str, cpu: &Local, notification: u8) -> Encoded {
    let mut steps = Encoded::new(&Store::new(&Path::new(event), &ONE));
    steps.push(&MethodCall::new("CTFY".into(), vec![cpu, &notification]));
    steps
}

/// The processor objects and where they are.
struct Devices {
    /// Their definitions, containers included.
    objects: Encoded,
    /// By index, how the container names each CPU that has a device. (A single name is searched
    /// for upward from where it is used; a path of several is not, so it has to be absolute.)
    paths: Vec<Option<String>>,
}

impl Devices {
    fn of(platform: &Platform) -> Self {
        let mut devices = Self { objects: Encoded(Vec::new()), paths: Vec::new() };
        let mut package = Encoded(Vec::new());
        let mut cluster = Encoded(Vec::new());
        for (index, cpu) in (0u32..).zip(&platform.cpus) {
            let name = format!("C{index:03X}");
            let (scope, place) = match platform.deviation {
                Some(Deviation::NoBootCpuDevice) if index == 0 => {
                    devices.paths.push(None);
                    continue;
                }
                Some(Deviation::NestedContainers) if index % 2 == 0 => {
                    ("\\_SB_.CPUS.PACK.", &mut package)
                }
                Some(Deviation::NestedContainers) => ("\\_SB_.CPUS.PACK.CLUS.", &mut cluster),
                _ => ("", &mut devices.objects),
            };
            place.push(&processor(platform, index, cpu, &name));
            devices.paths.push(Some(format!("{scope}{name}")));
        }
        if platform.deviation == Some(Deviation::NestedContainers) {
            package.push(&inner_container("CLUS", 1, &cluster));
            devices.objects.push(&inner_container("PACK", 0, &package));
        }
        devices
    }
}

fn inner_container(name: &str, uid: u8, contents: &Encoded) -> Encoded {
    Encoded::new(&Device::new(
        name.into(),
        vec![&Name::new("_HID".into(), &"ACPI0010"), &Name::new("_UID".into(), &uid), contents],
    ))
}

/// A CPU's device. `Device`, never `Processor`: Linux looks for GICC entries of devices only.
fn processor(platform: &Platform, index: u32, cpu: &Cpu, name: &str) -> Encoded {
    let last = platform.cpus.len() as u32 - 1;
    let uid = match platform.deviation {
        Some(Deviation::DuplicateUid) if index == last => index - 1,
        _ => index,
    };
    let mut parts = Encoded::new(&Name::new("_HID".into(), &"ACPI0007"));
    parts.push(&Name::new("_UID".into(), &uid));
    parts.push(&status(platform, index, cpu));
    if cpu.removable {
        parts.push(&eject(platform, index));
    }
    parts.push(&Method::new(
        "_OST".into(),
        3,
        true,
        vec![&MethodCall::new("COST".into(), vec![&index, &Arg(0), &Arg(1)])],
    ));
    if !platform.nodes.is_empty() {
        parts.push(&Name::new("_PXM".into(), &cpu.node));
    }
    Encoded::new(&Device::new(name.into(), vec![&parts]))
}

/// Whether ejected CPUs claim not to be present. They remember the ejection in `EJCT`.
fn forgets_presence(platform: &Platform) -> bool {
    platform.deviation == Some(Deviation::StaNotPresentAfterEject)
}

fn status(platform: &Platform, index: u32, cpu: &Cpu) -> Encoded {
    let ask = MethodCall::new("CSTA".into(), vec![&index]);
    if cpu.boot == CpuAtBoot::Enabled {
        return method_of_one(&Return::new(&STA_ENABLED));
    }
    if !(cpu.removable && forgets_presence(platform)) {
        return method_of_one(&Return::new(&ask));
    }
    let mut parts = Encoded::new(&Name::new("EJCT".into(), &ZERO));
    parts.push(&Method::new(
        "_STA".into(),
        0,
        true,
        vec![
            &Store::new(&Local(0), &ask),
            &If::new(
                &Equal::new(&Local(0), &STA_DISABLED),
                vec![&If::new(&Path::new("EJCT"), vec![&Return::new(&ZERO)])],
            ),
            &Return::new(&Local(0)),
        ],
    ));
    parts
}

fn method_of_one(statement: &Return<'_>) -> Encoded {
    Encoded::new(&Method::new("_STA".into(), 0, true, vec![statement]))
}

fn eject(platform: &Platform, index: u32) -> Encoded {
    let mut steps = Encoded(Vec::new());
    if forgets_presence(platform) {
        steps.push(&Store::new(&Path::new("EJCT"), &ONE));
    }
    steps.push(&MethodCall::new("CEJ0".into(), vec![&index]));
    Encoded::new(&Method::new("_EJ0".into(), 1, true, vec![&steps]))
}

//! What Cloud Hypervisor's dialect has and Hotcore has not. Clients are told so, by name.

use hyper::{Method, StatusCode};
use serde_json::Value;

use super::answer::Answer;
use crate::wire::Others;

/// Paths of the dialect, with their methods and what they are about.
pub(super) const PATHS: [(&str, Method, &str); 19] = [
    ("vm.balloon-stats", Method::GET, "no balloon"),
    ("vm.resize-disk", Method::PUT, "no disks"),
    ("vm.resize-zone", Method::PUT, "no memory zones"),
    ("vm.add-device", Method::PUT, "no device passthrough"),
    ("vm.add-user-device", Method::PUT, "no devices in other processes"),
    ("vm.add-disk", Method::PUT, "no disks"),
    ("vm.add-fs", Method::PUT, "no shared file systems"),
    ("vm.add-generic-vhost-user", Method::PUT, "no devices in other processes"),
    ("vm.add-net", Method::PUT, "no network"),
    ("vm.add-pmem", Method::PUT, "no persistent memory"),
    ("vm.add-vdpa", Method::PUT, "no vDPA devices"),
    ("vm.add-vsock", Method::PUT, "no vsock"),
    ("vm.remove-device", Method::PUT, "no devices but CPUs that come and go; see vm.remove-cpu"),
    ("vm.coredump", Method::PUT, "no core dumps; see --gdb"),
    ("vm.nmi", Method::PUT, "no non-maskable interrupts"),
    ("vm.snapshot", Method::PUT, "no snapshots"),
    ("vm.restore", Method::PUT, "no snapshots"),
    ("vm.receive-migration", Method::PUT, "no migration"),
    ("vm.send-migration", Method::PUT, "no migration"),
];

/// The answer for such a path.
pub(super) fn path(name: &str, what: &str) -> Answer {
    not_there(format!("{name}: Hotcore has {what}"))
}

/// The answer for a field that asks for what is not there.
pub(super) fn field(path: &str, what: &str) -> Answer {
    not_there(format!("{path}: Hotcore has {what}"))
}

fn not_there(text: String) -> Answer {
    Answer::error(StatusCode::NOT_IMPLEMENTED, text)
}

/// Fields of the dialect's machine that nothing is made of: the object that they are in, their names, and
/// what is not there.
const FIELDS: [(&str, &[&str], &str); 29] = [
    ("payload", &["firmware", "igvm", "host_data"], "firmware of its own only: give a kernel"),
    ("cpus", &["affinity"], "no pinning of vCPUs"),
    ("cpus", &["kvm_hyperv", "features"], "no features of x86"),
    ("cpus", &["nested"], "no nested virtualization"),
    ("cpus", &["core_scheduling"], "no core scheduling"),
    ("cpus", &["max_phys_bits"], "40 bits of guest physical address"),
    ("memory", &["hotplugged_size"], "no memory hotplug"),
    ("memory", &["hugepages", "hugepage_size", "thp"], "no choice of page sizes"),
    ("memory", &["mergeable", "prefault", "reserve"], "no such treatment of memory"),
    ("memory", &["zones"], "no memory zones"),
    ("serial", &["socket"], "no console on a socket"),
    ("serial", &["iommu", "id", "pci_segment", "pci_device_id"], "no PCI"),
    ("console", &["file", "socket"], "one console, the serial one"),
    ("console", &["iommu", "id", "pci_segment", "pci_device_id"], "no PCI"),
    ("rng", &["iommu", "id", "pci_segment", "pci_device_id"], "no PCI"),
    ("", &["disks", "rate_limit_groups"], "no disks"),
    ("", &["net"], "no network"),
    ("", &["fs"], "no shared file systems"),
    ("", &["pmem"], "no persistent memory"),
    ("", &["balloon"], "no balloon"),
    ("", &["vsock"], "no vsock"),
    ("", &["vdpa"], "no vDPA devices"),
    ("", &["devices"], "no device passthrough"),
    ("", &["user_devices", "generic_vhost_user"], "no devices in other processes"),
    ("", &["numa"], "one NUMA node"),
    ("", &["iommu", "pci_segments", "platform", "rtc"], "a fixed platform without PCI"),
    ("", &["watchdog", "pvpanic", "tpm", "debug_console"], "no such device"),
    ("", &["landlock_enable", "landlock_rules"], "no Landlock"),
    ("", &["sgx_epc", "tdx"], "no features of x86"),
];

/// Defaults of the dialect that are not an absence, and are nevertheless what there is: clients that
/// were generated from its description send them without being asked.
fn is_default(name: &str, value: &Value) -> bool {
    match (name, value) {
        ("nested" | "thp" | "vfio_p2p_dma", Value::Bool(_)) => value == true,
        ("core_scheduling", Value::String(mode)) => mode == "Vm" || mode == "Off",
        ("mode", Value::String(mode)) => mode == "Null" || mode == "Off",
        ("num_pci_segments", value) => value.as_u64() == Some(1),
        // A bound on what the guest physical addresses may have, which are of 40 bits.
        ("max_phys_bits", value) => value.as_u64().is_some_and(|bits| bits >= 40),
        _ => false,
    }
}

/// Whether a value is the same as none.
fn asks_nothing(name: &str, value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Number(number) if number.as_u64() == Some(0) => true,
        Value::String(text) if text.is_empty() => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.iter().all(|(name, value)| asks_nothing(name, value)),
        _ => is_default(name, value),
    }
}

/// Checks the fields that `object` (the body itself without a name) has beyond those that are understood.
pub(super) fn check(object: &'static str, others: &Others) -> Result<(), Answer> {
    for (name, value) in others {
        let path = if object.is_empty() { name.clone() } else { format!("{object}.{name}") };
        let known = FIELDS.iter().find(|(of, names, _)| *of == object && names.contains(&&**name));
        match known {
            None => {
                return Err(Answer::bad_request(format!(
                    "the body: {path}: unknown field `{name}`"
                )));
            }
            Some((.., what)) if !asks_nothing(name, value) => return Err(field(&path, what)),
            Some(_) => {}
        }
    }
    Ok(())
}

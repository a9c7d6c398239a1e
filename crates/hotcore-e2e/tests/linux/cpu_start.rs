//! The ways in which Linux starts CPUs other than the first: PSCI from a device tree, the parking protocol,
//! spin-table (guest contract §4; PSCI with ACPI is what all other tests use).

use hotcore_e2e::{Guest, Kernel, Spec, host_is_emulated};

use crate::on_each_kernel;

on_each_kernel!(
    psci_of_a_device_tree_starts_every_cpu,
    b080_spin_table_starts_every_cpu,
    b083_b099_b101_the_parking_protocol_starts_every_cpu_at_each_boot,
    b102_a_cpu_that_is_added_stays_parked_and_its_removal_is_refused_truthfully,
);

/// All CPUs of a machine with this firmware are up, at work, and nothing in the log complains.
fn boots(kernel: Kernel, firmware: &str) -> Guest {
    let count = if host_is_emulated() { 2 } else { 4 };
    let spec = Spec::new(kernel, &format!("boot={count}")).arg("--firmware").arg(firmware);
    let mut guest = Guest::boot(&spec);
    let booted = guest.dmesg("Booted secondary processor");
    assert_eq!(booted.len(), count - 1, "{booted:?}");
    all_at_work(&mut guest, count);
    let start = firmware.split_once("cpu-start=").map_or("psci", |(_, start)| start);
    assert_eq!(guest.ctl(&["info"]).json["hotcore"]["cpu_start"], start);
    guest
}

fn all_at_work(guest: &mut Guest, count: usize) {
    assert_eq!(guest.sh("nproc"), count.to_string());
    let last = count - 1;
    guest.sh(&format!("for cpu in $(seq 0 {last}); do taskset -c $cpu true || exit 1; done"));
    guest.assert_clean();
}

/// What the device tree says of CPU 1.
fn enable_method(guest: &mut Guest) -> String {
    guest.sh("tr '\\0' '\\n' < /proc/device-tree/cpus/cpu@1/enable-method")
}

/// Linux has nothing that would take one of its CPUs offline, and says so.
fn cannot_stop_cpus(guest: &mut Guest, start: &str) {
    let online = guest.run("echo 0 > /sys/devices/system/cpu/cpu1/online");
    assert_ne!(online.status, 0, "there is no such file: {online:?}");
    assert!(guest.log().contains(&format!("with cpu-start={start} Linux has no PSCI")));
}

fn psci_of_a_device_tree_starts_every_cpu(kernel: Kernel) {
    let mut guest = boots(kernel, "dt");
    assert_eq!(enable_method(&mut guest), "psci");
    guest.power_off();
}

fn b080_spin_table_starts_every_cpu(kernel: Kernel) {
    let mut guest = boots(kernel, "dt,cpu-start=spin-table");
    assert_eq!(enable_method(&mut guest), "spin-table");
    assert_eq!(guest.dmesg("psci"), Vec::<String>::new());
    cannot_stop_cpus(&mut guest, "spin-table");
}

fn b083_b099_b101_the_parking_protocol_starts_every_cpu_at_each_boot(kernel: Kernel) {
    let mut guest = boots(kernel, "acpi,cpu-start=parking");
    assert_eq!(guest.dmesg("psci: is not implemented in ACPI").len(), 1);
    cannot_stop_cpus(&mut guest, "parking");
    let refused = guest.ctl(&["remove", "1"]);
    assert!(refused.status == 1 && refused.errors.contains("fixed"), "{refused:?}");

    let count: usize = guest.sh("nproc").parse().expect("a number of CPUs");
    let from = guest.position();
    assert_eq!(guest.ctl(&["reset"]).status, 0);
    guest.wait_until_ready(from);
    all_at_work(&mut guest, count);
}

/// Linux before 7.2 tries at boot to start the disabled CPU, too, and gives up after five seconds: a
/// mailbox cannot say no in a way that it knows. No Linux can bring up the CPU that is added then: it
/// makes an `online` file only for CPUs that it could also stop.
fn b102_a_cpu_that_is_added_stays_parked_and_its_removal_is_refused_truthfully(kernel: Kernel) {
    let spec = Spec::new(kernel, "boot=1,max=2").arg("--firmware").arg("acpi,cpu-start=parking");
    let mut guest = Guest::boot(&spec);
    let tried = !kernel.present_follows_enabled();
    assert_eq!(guest.dmesg("CPU1: failed to come online").len(), usize::from(tried));
    assert_eq!(guest.log().contains("waits 5 seconds at boot"), tried);
    assert_eq!(guest.masks().enabled, "0");

    guest.ctl(&["add", "1", "--online-timeout", "1"]).expect("accepted-not-onlined");
    let masks = guest.masks();
    assert!(masks.enabled == "0-1" && masks.online == "0", "{masks:?}");
    guest.sh("cd /sys/devices/system/cpu/cpu1 && test ! -e online");

    let removed = guest.ctl(&["remove", "1"]);
    removed.expect("refused");
    assert_eq!(guest.osts(1).last(), Some(&(3, 0x82)), "the device is busy, says Linux");
    assert_eq!(guest.masks().enabled, "0-1");
    assert_eq!(guest.sh("cat /proc/sys/kernel/tainted"), "0");
}

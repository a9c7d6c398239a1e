//! How Linux copes with a machine that breaks the contract, and with an unusual one.

use hotcore_e2e::{Guest, Kernel, Spec};

use crate::on_each_kernel;

on_each_kernel!(
    b139_an_eject_without_effect_is_incomplete,
    b030_b140_a_cpu_that_vanishes_is_not_supported,
    b141_redistributors_of_disabled_cpus_are_inaccessible_without_gicr,
    b142_a_boot_cpu_without_an_object_has_no_folder,
    b143_cpus_with_the_same_uid_are_not_registered,
    b145_a_notify_on_a_disabled_cpu_registers_nothing,
    b147_cpus_in_nested_containers_are_found,
    b086_psci_wins_over_mailboxes,
);

fn b086_psci_wins_over_mailboxes(kernel: Kernel) {
    let spec = Spec::new(kernel, "boot=2,max=3").fault("mailboxes-beside-psci");
    let mut guest = Guest::boot(&spec);
    guest.wait_online("0-1");
    guest.ctl(&["add", "2"]).expect("online");
    // What was started by a mailbox could not leave again.
    guest.ctl(&["remove", "2"]).expect("ejected");
    guest.assert_clean();
}

fn b139_an_eject_without_effect_is_incomplete(kernel: Kernel) {
    let mut guest = Guest::boot(&Spec::new(kernel, "boot=1,max=2").fault("ignore-eject"));
    guest.ctl(&["add", "1"]).expect("online");
    guest.ctl(&["remove", "1"]).expect("refused");
    assert_eq!(guest.dmesg("Eject incomplete - status 0xf").len(), 1);
    guest.wait_osts(1, &[(1, 0), (3, 0x84), (3, 0)]);
}

fn b030_b140_a_cpu_that_vanishes_is_not_supported(kernel: Kernel) {
    let spec = Spec::new(kernel, "boot=1,max=2").fault("not-present-after-eject");
    let mut guest = Guest::boot(&spec);
    guest.ctl(&["add", "1"]).expect("online");
    guest.ctl(&["remove", "1"]).expect("ejected");
    let said = "Changing CPU present bit is not supported";
    guest.sh(&format!("until dmesg | grep -qF '{said}'; do sleep 0.05; done"));
    assert_eq!(guest.dmesg(said).len(), 1);
}

fn b141_redistributors_of_disabled_cpus_are_inaccessible_without_gicr(kernel: Kernel) {
    let spec = Spec::new(kernel, "boot=1,max=2").manual().fault("gicc-redistributors");
    let mut guest = Guest::boot(&spec);
    let inaccessible = guest.dmesg("redistributor is inaccessible");
    assert_eq!(inaccessible.len(), 1, "{inaccessible:?}");
    guest.ctl(&["add", "1"]).expect("accepted-not-onlined");
    let online = guest.run("echo 1 > /sys/devices/system/cpu/cpu1/online");
    assert!(online.text.contains("Invalid argument"), "{online:?}");
}

fn b142_a_boot_cpu_without_an_object_has_no_folder(kernel: Kernel) {
    let mut guest = Guest::boot(&Spec::new(kernel, "boot=1,max=2").fault("no-boot-cpu-device"));
    assert_eq!(guest.run("ls -d /sys/devices/system/cpu/cpu0").status, 1);
    assert_eq!(guest.sh("cat /sys/devices/system/cpu/enabled"), "");
}

fn b143_cpus_with_the_same_uid_are_not_registered(kernel: Kernel) {
    let mut guest = Guest::boot(&Spec::new(kernel, "boot=3,max=3").fault("duplicate-uid"));
    assert!(!guest.dmesg("Failed to get unique processor _UID").is_empty());
    assert_eq!(guest.sh("cat /sys/devices/system/cpu/enabled"), "0");
}

fn b145_a_notify_on_a_disabled_cpu_registers_nothing(kernel: Kernel) {
    let spec = Spec::new(kernel, "boot=1,max=2").fault("hide-enabled");
    let mut guest = Guest::boot(&spec);
    guest.ctl(&["add", "1"]).expect("accepted-not-onlined");
    assert_eq!(guest.osts(1), [(1, 0)]);
    assert_eq!(guest.masks().enabled, "0");
    assert_eq!(guest.run("ls -d /sys/devices/system/cpu/cpu1").status, 1);
    guest.assert_clean();
}

fn b147_cpus_in_nested_containers_are_found(kernel: Kernel) {
    let mut guest =
        Guest::boot(&Spec::new(kernel, "boot=2,max=4,removable=yes").fault("nested-containers"));
    assert_eq!(guest.masks().enabled, "0-1");
    guest.ctl(&["resize", "4"]).expect("online");
    guest.wait_online("0-3");
    guest.ctl(&["remove", "3"]).expect("ejected");
    guest.assert_clean();
}

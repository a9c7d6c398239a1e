//! Adding and removing CPUs, one at a time.

use hotcore_e2e::{Guest, Kernel, Spec};

use crate::on_each_kernel;

on_each_kernel!(
    b018_b019_b020_b021_b132_b134_b135_b160_one_cpu_comes_and_goes,
    b022_fifty_cycles_leave_everything_as_it_was,
    b062_interrupts_arrive_on_a_hot_added_cpu,
    b064_a_removed_cpu_loses_no_shared_interrupt,
    b133_to_the_maximum_and_back_in_any_order,
    b137_the_guest_may_eject_by_itself,
    b136_b138_b157_the_last_online_cpu_stays_and_can_be_removed_later,
);

const WATCH: &str = "hotcore-guest-agent uevents /devices/system/cpu/ > /tmp/uevents & sleep 0.5";

fn b018_b019_b020_b021_b132_b134_b135_b160_one_cpu_comes_and_goes(kernel: Kernel) {
    let mut guest = Guest::boot(&Spec::new(kernel, "boot=1,max=3").manual());
    guest.sh(WATCH);

    let added = guest.ctl_command(&["add", "1"]).wait();
    added.expect("accepted-not-onlined");
    let masks = guest.masks();
    assert_eq!((masks.enabled, masks.possible), (cpus("0-1"), cpus("0-2")));
    assert_eq!(masks.online, "0");
    assert_eq!(guest.sh("cat /sys/devices/system/cpu/cpu1/online"), "0");
    assert!(guest.sh("cat /tmp/uevents").contains("add /devices/system/cpu/cpu1"));
    assert!(!guest.log().contains("Power { cpu: VcpuIndex(1)"), "CPU_ON came too early");
    assert_eq!(guest.osts(1), [(1, 0)]);

    guest.sh("echo 1 > /sys/devices/system/cpu/cpu1/online");
    assert_eq!(guest.masks().online, "0-1");
    assert_eq!(guest.dmesg("CPU1: Booted secondary processor").len(), 1);

    guest.sh("echo > /tmp/uevents");
    guest.ctl(&["remove", "1"]).expect("ejected");
    guest.sh("while [ -e /sys/devices/system/cpu/cpu1 ]; do sleep 0.05; done");
    guest.wait_enabled("0");
    assert_eq!(guest.masks().online, "0");
    let uevents = guest.sh("cat /tmp/uevents");
    let offline = uevents.find("offline /devices/system/cpu/cpu1").expect("an offline uevent");
    let remove = uevents.find("remove /devices/system/cpu/cpu1").expect("a remove uevent");
    assert!(offline < remove, "{uevents}");
    guest.wait_osts(1, &[(1, 0), (3, 0x84), (3, 0)]);
    guest.assert_clean();
    guest.power_off();
}

fn b022_fifty_cycles_leave_everything_as_it_was(kernel: Kernel) {
    let mut guest = Guest::boot(&Spec::new(kernel, "boot=1,max=2"));
    for _ in 0..50 {
        guest.ctl(&["add", "1"]).expect("online");
        guest.ctl(&["remove", "1"]).expect("ejected");
    }
    guest.wait_enabled("0");
    guest.assert_clean();
}

fn b062_interrupts_arrive_on_a_hot_added_cpu(kernel: Kernel) {
    let mut guest = Guest::boot(&Spec::new(kernel, "boot=1,max=2"));
    guest.ctl(&["add", "1"]).expect("online");
    guest.wait_online("0-1");
    guest.sh("hotcore-guest-agent burn 1 300");
    let timer = guest.sh("awk '/arch_timer/ { print $3 }' /proc/interrupts");
    assert!(timer.trim().parse::<u64>().is_ok_and(|n| n > 0), "timer interrupts: {timer}");
    let ipis = guest.sh("awk '/^IPI/ { n += $3 } END { print n }' /proc/interrupts");
    assert!(ipis.trim().parse::<u64>().is_ok_and(|n| n > 0), "IPIs: {ipis}");
    guest.assert_clean();
}

fn b064_a_removed_cpu_loses_no_shared_interrupt(kernel: Kernel) {
    let mut guest = Guest::boot(&Spec::new(kernel, "boot=1,max=2"));
    guest.ctl(&["add", "1"]).expect("online");
    guest.wait_online("0-1");
    // The console's own interrupt: every command of this test needs it.
    let irq = guest.sh("awk -F: '/uart-pl011/ { print $1 + 0 }' /proc/interrupts");
    guest.sh(&format!("echo 2 > /proc/irq/{irq}/smp_affinity"));
    guest.sh("echo typed on CPU 1");
    guest.ctl(&["remove", "1"]).expect("ejected");
    for _ in 0..5 {
        assert_eq!(guest.sh("echo still here"), "still here");
    }
    assert_eq!(guest.sh(&format!("cat /proc/irq/{irq}/effective_affinity_list")), "0");
    guest.assert_clean();
}

fn b133_to_the_maximum_and_back_in_any_order(kernel: Kernel) {
    let mut guest = Guest::boot(&Spec::new(kernel, "boot=2,max=4,removable=yes"));
    guest.wait_online("0-1");
    guest.ctl(&["resize", "4"]).expect("online");
    guest.wait_online("0-3");
    guest.ctl(&["remove", "1"]).expect("ejected");
    guest.ctl(&["remove", "3"]).expect("ejected");
    assert_eq!(guest.masks().online, "0,2");
    guest.ctl(&["add", "3"]).expect("online");
    guest.ctl(&["add", "1"]).expect("online");
    guest.ctl(&["resize", "2"]).expect("ejected");
    guest.wait_enabled("0-1");
    guest.ctl(&["resize", "1"]).expect("ejected");
    guest.wait_enabled("0");
    guest.assert_clean();
}

fn b137_the_guest_may_eject_by_itself(kernel: Kernel) {
    let mut guest = Guest::boot(&Spec::new(kernel, "boot=1,max=2"));
    guest.ctl(&["add", "1"]).expect("online");
    guest.sh("echo 1 > /sys/bus/acpi/devices/ACPI0007:01/eject");
    guest.wait_osts(1, &[(1, 0), (3, 0x84), (0x103, 0)]);
    assert!(guest.log().contains("Ejected { cpu: VcpuIndex(1), asked: false }"));
    assert_eq!(guest.masks().enabled, "0");
    guest.ctl(&["add", "1"]).expect("online");
    guest.assert_clean();
}

fn b136_b138_b157_the_last_online_cpu_stays_and_can_be_removed_later(kernel: Kernel) {
    let mut guest = Guest::boot(&Spec::new(kernel, "boot=1,max=2"));
    guest.ctl(&["add", "1"]).expect("online");
    guest.wait_online("0-1");
    let eject = guest.run("ls /sys/bus/acpi/devices/ACPI0007:00/eject");
    assert_ne!(eject.status, 0, "CPU 0 has no eject file");
    guest.sh("echo 0 > /sys/devices/system/cpu/cpu0/online");
    assert_eq!(guest.masks().online, "1");

    let refused = guest.ctl(&["remove", "1"]);
    refused.expect("refused");
    assert_eq!(refused.status, 3);
    assert_eq!(guest.osts(1), [(1, 0), (3, 0x84), (3, 0x82)]);
    assert_eq!(guest.masks().enabled, "0-1");

    guest.sh("echo 1 > /sys/devices/system/cpu/cpu0/online");
    guest.ctl(&["remove", "1"]).expect("ejected");
    assert_eq!(guest.masks().online, "0");
    assert_eq!(guest.sh("cat /proc/sys/kernel/tainted"), "0");
}

fn cpus(list: &str) -> hotcore_e2e::CpuList {
    hotcore_e2e::CpuList::parse(list).expect("a list")
}

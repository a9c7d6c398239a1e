//! The machine around the guest: old kernels, device trees, ends.

use hotcore_e2e::{Guest, Kernel, Spec};

use crate::on_each_kernel;

on_each_kernel!(
    a_device_tree_boots_the_same_kernel,
    the_host_ends_the_machine,
    a_power_button_reaches_the_guest,
);

fn a_device_tree_boots_the_same_kernel(kernel: Kernel) {
    let spec = Spec::new(kernel, "boot=2,max=2").arg("--firmware").arg("dt");
    let mut guest = Guest::boot(&spec);
    assert_eq!(guest.sh("cat /sys/devices/system/cpu/online"), "0-1");
    assert_eq!(guest.sh("tr -d '\\000' < /proc/device-tree/psci/method; echo"), "hvc");
    let refused = guest.ctl(&["remove", "1"]);
    assert_eq!(refused.status, 1, "{refused:?}");
    guest.power_off();
}

fn the_host_ends_the_machine(kernel: Kernel) {
    let guest = Guest::boot(&Spec::new(kernel, "boot=1,max=2"));
    let socket = guest.socket();
    assert_eq!(guest.ctl(&["shutdown"]).status, 0);
    assert_eq!(guest.wait_for_end().code(), Some(0));
    assert!(!socket.exists(), "the socket goes with the machine");
}

fn a_power_button_reaches_the_guest(kernel: Kernel) {
    let mut guest = Guest::boot(&Spec::new(kernel, "boot=1,max=1"));
    let button = "awk '/PNP0C0C/ || /ff_pwr_btn/ { print $1 }' /sys/firmware/acpi/interrupts/ff_pwr_btn; \
                  ls /sys/bus/acpi/devices | grep -c PNP0C0C";
    assert_eq!(guest.sh(button).lines().last(), Some("1"));
    assert_eq!(guest.ctl(&["power-button"]).status, 0);
}

#[test]
fn b151_a_kernel_before_6_11_boots_with_its_fixed_cpus() {
    let mut guest = Guest::boot(&Spec::new(Kernel::Linux6_1, "boot=2,max=4"));
    assert_eq!(guest.sh("cat /sys/devices/system/cpu/possible"), "0-1");
    assert_eq!(guest.sh("cat /sys/devices/system/cpu/online"), "0-1");
    assert!(guest.log().contains("6.11"), "a warning says what to expect: {}", guest.log());
    let added = guest.ctl(&["add", "2", "--timeout", "3"]);
    assert_ne!(added.status, 0);
    guest.assert_clean();
    guest.power_off();
}

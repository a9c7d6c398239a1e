//! System reset, by the guest and by the host.

use hotcore_e2e::{Guest, Kernel, Spec};

use crate::on_each_kernel;

on_each_kernel!(
    b074_b075_policy_survives_a_reboot_of_the_guest,
    a_host_reset_completes_what_was_asked,
    no_reboot_ends_the_machine_with_its_own_status,
);

fn b074_b075_policy_survives_a_reboot_of_the_guest(kernel: Kernel) {
    let mut guest = Guest::boot(&Spec::new(kernel, "boot=1,max=4"));
    guest.ctl(&["add", "2"]).expect("online");
    guest.ctl(&["add", "3"]).expect("online");
    guest.ctl(&["remove", "3"]).expect("ejected");
    let tables = "cat /sys/firmware/acpi/tables/APIC /sys/firmware/acpi/tables/DSDT | md5sum";
    let before = guest.sh(tables);

    let from = guest.position();
    guest.type_line("reboot -f");
    guest.wait_until_ready(from);
    guest.wait_online("0,2");
    let masks = guest.masks();
    assert_eq!((masks.enabled, masks.possible.len()), (masks.online, 4));
    assert_eq!(guest.sh(tables), before, "the tables are byte for byte the same");
    guest.ctl(&["add", "3"]).expect("online");
    guest.ctl(&["remove", "2"]).expect("ejected");
    guest.wait_online("0,3");
    guest.assert_clean();
}

fn a_host_reset_completes_what_was_asked(kernel: Kernel) {
    let spec = Spec::new(kernel, "boot=2,max=3,removable=yes")
        .cmdline("initcall_blacklist=ged_driver_init");
    let mut guest = Guest::boot(&spec);
    let add = guest.ctl_command(&["add", "2"]);
    let remove = guest.ctl_command(&["remove", "1"]);
    while guest.log().matches("stage: Requested").count() < 2 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let from = guest.position();
    assert_eq!(guest.ctl(&["reset"]).status, 0);
    add.wait().expect("completed-by-reset");
    remove.wait().expect("completed-by-reset");
    guest.wait_until_ready(from);
    assert_eq!(guest.masks().enabled, "0,2");
    guest.wait_online("0,2");
}

fn no_reboot_ends_the_machine_with_its_own_status(kernel: Kernel) {
    let mut guest = Guest::boot(&Spec::new(kernel, "boot=1,max=1").arg("--no-reboot"));
    guest.type_line("reboot -f");
    assert_eq!(guest.wait_for_end().code(), Some(4));
}

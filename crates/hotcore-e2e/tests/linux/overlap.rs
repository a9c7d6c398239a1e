//! Requests on top of each other, and requests that come early.

use hotcore_e2e::{Guest, Kernel, Spec};

use crate::on_each_kernel;

on_each_kernel!(
    b057_one_interrupt_adds_three_cpus,
    b058_opposite_requests_back_to_back_end_consistently,
    b144_a_plug_while_the_guest_boots_is_held_and_delivered,
    a_guest_without_acpi_event_devices_times_out_and_the_machine_stays_usable,
);

fn b057_one_interrupt_adds_three_cpus(kernel: Kernel) {
    let mut guest = Guest::boot(&Spec::new(kernel, "boot=1,max=4"));
    let added = guest.ctl(&["resize", "4"]);
    added.expect("online");
    assert_eq!(added.outcomes().len(), 3);
    guest.wait_online("0-3");
    guest.assert_clean();
}

fn b058_opposite_requests_back_to_back_end_consistently(kernel: Kernel) {
    let mut guest = Guest::boot(&Spec::new(kernel, "boot=1,max=3"));
    for _ in 0..5 {
        guest.ctl(&["add", "1", "--no-wait"]);
        guest.ctl(&["remove", "1"]).expect("ejected");
        let info = guest.ctl(&["info"]);
        let cpu = &info.json["hotcore"]["cpus"][1];
        assert_eq!(cpu["enabled"], false, "{cpu}");
        assert_eq!((&cpu["inserting"], &cpu["removing"]), (&false.into(), &false.into()));
    }
    guest.ctl(&["add", "1"]).expect("online");
    guest.ctl(&["remove", "1", "--no-wait"]);
    // Whatever the guest has seen of the removal by now, the CPU can be had again.
    let mut again = guest.ctl(&["add", "1"]);
    while again.errors.contains("ejecting") {
        again = guest.ctl(&["add", "1"]);
    }
    again.expect("online");
    guest.wait_online("0-1");
    guest.assert_clean();
}

fn b144_a_plug_while_the_guest_boots_is_held_and_delivered(kernel: Kernel) {
    let mut guest = Guest::start(&Spec::new(kernel, "boot=1,max=3"));
    let early = guest.ctl_command(&["add", "1", "--timeout", "120", "--online-timeout", "120"]);
    guest.wait_until_ready(0);
    early.wait().expect("online");
    guest.wait_online("0-1");
    assert_eq!(guest.masks().enabled, "0-1");
    assert_eq!(guest.dmesg("CPU1 has been hot-added").len(), 1, "registered once");
    let osts = guest.osts(1);
    assert!(osts.iter().all(|ost| *ost == (1, 0)), "{osts:?}");
    guest.ctl(&["remove", "1"]).expect("ejected");
    guest.assert_clean();
}

fn a_guest_without_acpi_event_devices_times_out_and_the_machine_stays_usable(kernel: Kernel) {
    let spec = Spec::new(kernel, "boot=1,max=2").cmdline("initcall_blacklist=ged_driver_init");
    let mut guest = Guest::boot(&spec);
    let silent = guest.ctl(&["add", "1", "--timeout", "2"]);
    silent.expect("timed-out");
    assert_eq!(silent.status, 4);
    assert_eq!(guest.masks().enabled, "0");
    guest.ctl(&["add", "1", "--timeout", "2"]).expect("timed-out");
    assert_eq!(guest.ctl(&["info"]).status, 0);
    guest.power_off();
}

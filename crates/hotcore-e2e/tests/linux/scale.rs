//! Many CPUs.

use hotcore_e2e::{Guest, Kernel, Spec};

use crate::on_each_kernel;

on_each_kernel!(b059_more_than_255_cpus_are_all_found);

fn b059_more_than_255_cpus_are_all_found(kernel: Kernel) {
    let mut spec = Spec::new(kernel, "boot=1,max=300").manual();
    spec.memory = "size=768M".into();
    let mut guest = Guest::boot(&spec);
    assert_eq!(guest.masks().possible, "0-299");
    let added = guest.ctl(&["resize", "300", "--timeout", "300"]);
    added.expect("accepted-not-onlined");
    assert_eq!(guest.masks().enabled, "0-299");
    guest.sh("echo 1 > /sys/devices/system/cpu/cpu299/online");
    assert_eq!(guest.masks().online, "0,299");
    guest.assert_clean();
}

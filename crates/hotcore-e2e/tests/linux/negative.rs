//! Bad requests get a clear error, and hostile guests harm only themselves.

use hotcore_e2e::{Guest, Kernel, Spec};

use crate::on_each_kernel;

on_each_kernel!(
    requests_that_cannot_be_are_refused_with_a_reason,
    garbage_in_every_register_leaves_the_machine_usable,
);

fn requests_that_cannot_be_are_refused_with_a_reason(kernel: Kernel) {
    let spec = Spec::new(kernel, "boot=2,max=3,removable=no");
    let mut guest = Guest::boot(&spec);
    for (request, reason) in [
        (["add", "3"], "there is no CPU 3"),
        (["add", "1"], "enabled already"),
        (["remove", "0"], "boot CPU"),
        (["remove", "1"], "fixed"),
        (["remove", "2"], "not enabled"),
        (["resize", "0"], "1 to 3"),
        (["resize", "4"], "1 to 3"),
        (["resize", "1"], "fixed"),
    ] {
        let refused = guest.ctl(&request);
        assert_eq!(refused.status, 1, "{request:?}: {refused:?}");
        assert!(refused.errors.contains(reason), "{request:?}: {refused:?}");
    }
    assert_eq!(guest.ctl(&["resize", "2"]).status, 0, "already so");
    assert_eq!(guest.masks().enabled, "0-1");
    guest.assert_clean();
}

fn garbage_in_every_register_leaves_the_machine_usable(kernel: Kernel) {
    let spec = Spec::new(kernel, "boot=1,max=3").cmdline("iomem=relaxed");
    let mut guest = Guest::boot(&spec);
    guest.ctl(&["add", "1"]).expect("online");
    // The hotplug block, all of it, with every CPU selected and every command given, and the GED.
    guest.sh("for v in 0 1 2 3 4 255 4294967295; do for o in 0 4 8; do \
         devmem $((0x090c0000 + o)) 32 $v; done; \
         for o in 4 5 6 7; do devmem $((0x090c0000 + o)) 8 $((v & 255)); \
         devmem $((0x090c0000 + o)) 8 > /dev/null; done; devmem 0x09080000 32 $v; done; \
         devmem 0x090c0000 32 0");
    guest.wait_online("0-1");
    guest.ctl(&["add", "2"]).expect("online");
    guest.ctl(&["remove", "2"]).expect("ejected");
    guest.ctl(&["remove", "1"]).expect("ejected");
    guest.wait_enabled("0");
}

//! What programs in the guest rely on.

use hotcore_e2e::{Guest, Kernel, Spec};

use crate::on_each_kernel;

on_each_kernel!(
    b152_the_kernels_own_selftest_passes,
    b153_chcpu_brings_an_added_cpu_up,
    b154_katas_loop_reaches_the_total,
    b156_the_shipped_rule_brings_added_cpus_up,
    b028_b158_a_cpu_that_is_denied_stays_off_without_noise,
);

/// `-a`: brings all CPUs there are up, all but one down, all up. Without it the script takes the
/// highest present CPU for one that can be brought up, which one that is not enabled is not.
fn b152_the_kernels_own_selftest_passes(kernel: Kernel) {
    let mut guest = Guest::boot(&Spec::new(kernel, "boot=1,max=4"));
    guest.ctl(&["resize", "3"]).expect("online");
    guest.wait_online("0-2");
    let before = guest.masks();
    assert_eq!(before.enabled, "0-2");
    assert_eq!(before.online, "0-2");
    let selftest = guest.run("cpu-on-off-test.sh -a");
    assert_eq!(selftest.status, 0, "{selftest:?}");
    assert!(!selftest.text.contains("unexpected"), "{selftest:?}");
    assert!(selftest.text.contains("Full scope test"), "it has run: {selftest:?}");
    assert_eq!(guest.masks(), before);
    guest.assert_clean();
}

fn b153_chcpu_brings_an_added_cpu_up(kernel: Kernel) {
    let mut guest = Guest::boot(&Spec::new(kernel, "boot=1,max=2").manual());
    guest.ctl(&["add", "1"]).expect("accepted-not-onlined");
    let chcpu = guest.sh("chcpu -e 1");
    assert!(chcpu.contains("CPU 1 enabled"), "{chcpu}");
    assert_eq!(guest.masks().online, "0-1");
}

/// What Kata's agent does: write 1 wherever 0 stands, until the total is reached, 100 times with
/// 50 ms in between.
fn b154_katas_loop_reaches_the_total(kernel: Kernel) {
    let spec = Spec::new(kernel, "boot=1,max=4").manual().cmdline("nr_cpus=4");
    let mut guest = Guest::boot(&spec);
    let resize = guest.ctl_command(&["resize", "3"]);
    guest.sh("cd /sys/devices/system/cpu; for try in $(seq 100); do \
         for f in cpu[0-9]*/online; do [ $(cat $f) = 0 ] && echo 1 > $f; done; \
         [ $(cat online) = 0-2 ] && exit 0; sleep 0.05; done; exit 1");
    resize.wait().expect("online");
    assert_eq!(guest.masks().online, "0-2");
}

fn b156_the_shipped_rule_brings_added_cpus_up(kernel: Kernel) {
    let mut guest = Guest::boot(&Spec::new(kernel, "boot=1,max=2"));
    let added = guest.ctl(&["add", "1"]);
    added.expect("online");
    assert_eq!(added.status, 0);
    guest.wait_online("0-1");
    guest.assert_clean();
}

fn b028_b158_a_cpu_that_is_denied_stays_off_without_noise(kernel: Kernel) {
    let spec = Spec::new(kernel, "boot=1,max=2").manual().fault("deny-cpu-on");
    let mut guest = Guest::boot(&spec);
    guest.ctl(&["add", "1"]).expect("accepted-not-onlined");
    guest.sh("dmesg -c > /dev/null");
    let denied = guest.run("echo 1 > /sys/devices/system/cpu/cpu1/online");
    assert_ne!(denied.status, 0);
    assert!(denied.text.contains("Operation not permitted"), "{denied:?}");
    assert_eq!(guest.sh("dmesg -r | grep -c '^<[0-3]>' || true"), "0", "no error line");
    let chcpu = guest.run("chcpu -e 1");
    assert!(chcpu.text.contains("Operation not permitted"), "{chcpu:?}");
    assert_eq!(guest.masks().online, "0");
}

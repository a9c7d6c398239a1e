//! What a guest finds when it has booted.

use std::io::Write;

use hotcore_e2e::{Guest, Kernel, Spec, host_is_emulated};

use crate::on_each_kernel;

on_each_kernel!(
    b015_b016_b017_b027_b146_b148_b153_disabled_cpus_are_possible_and_nothing_else,
    b023_maxcpus_leaves_enabled_cpus_off_and_they_come_up_later,
    b076_maxcpus_counts_attempts,
    b060_the_pmu_has_its_interrupt_on_every_possible_cpu,
    all_boot_cpus_execute,
);

fn b015_b016_b017_b027_b146_b148_b153_disabled_cpus_are_possible_and_nothing_else(kernel: Kernel) {
    let mut guest = Guest::boot(&Spec::new(kernel, "boot=1,max=3"));
    let masks = guest.masks();
    assert_eq!(masks.possible, "0-2");
    assert_eq!(masks.enabled, "0");
    assert_eq!(masks.online, "0");
    assert_eq!(masks.offline, "1-2");

    let folders = guest.sh("cd /sys/devices/system/cpu; echo cpu[0-9]*");
    assert_eq!(folders, "cpu0", "disabled CPUs have no folder");
    assert_eq!(guest.sh("cat /sys/bus/acpi/devices/ACPI0007:00/status"), "15");
    assert_eq!(guest.sh("cat /sys/bus/acpi/devices/ACPI0007:02/status"), "13");

    assert_eq!(guest.dmesg("CPU0 has been hot-added").len(), 1);
    assert_eq!(guest.dmesg("has been hot-added").len(), 1);
    guest.assert_clean();

    let chcpu = guest.run("chcpu -e 1");
    assert_ne!(chcpu.status, 0);
    assert!(chcpu.text.contains("CPU 1 does not exist"), "{chcpu:?}");
    guest.power_off();
}

fn b023_maxcpus_leaves_enabled_cpus_off_and_they_come_up_later(kernel: Kernel) {
    let spec = Spec::new(kernel, "boot=3,max=3").manual().cmdline("maxcpus=1");
    let mut guest = Guest::boot(&spec);
    assert_eq!(guest.masks().online, "0");
    assert!(!guest.log().contains("Power { cpu: VcpuIndex(1)"), "CPU_ON came too early");
    guest.sh("echo 1 > /sys/devices/system/cpu/cpu2/online");
    assert_eq!(guest.masks().online, "0,2");
    guest.assert_clean();
}

fn b076_maxcpus_counts_attempts(kernel: Kernel) {
    let spec = Spec::new(kernel, "boot=4,max=6").manual().cmdline("maxcpus=2");
    let mut guest = Guest::boot(&spec);
    let masks = guest.masks();
    assert_eq!(masks.online, "0-1");
    assert_eq!(masks.enabled, "0-3");
    assert_eq!(masks.possible, "0-5");
    guest.assert_clean();
}

fn b060_the_pmu_has_its_interrupt_on_every_possible_cpu(kernel: Kernel) {
    let mut guest = Guest::boot(&Spec::new(kernel, "boot=1,max=2"));
    if guest.dmesg("PMU driver").is_empty() {
        // Not every KVM has a vPMU, and the software engine has none; the tables must not promise one.
        assert_eq!(guest.dmesg("No ACPI PMU IRQ for CPU").len(), 2);
        // Written past libtest, which keeps what a passing test prints with a macro to itself.
        let _ = writeln!(std::io::stderr(), "b060 skipped in part: this engine has no PMU here");
        return;
    }
    assert_eq!(guest.dmesg("No ACPI PMU IRQ"), Vec::<String>::new());
    guest.ctl(&["add", "1"]).expect("online");
    // It executes; what follows wants it in all of the kernel's masks.
    guest.wait_online("0-1");
    let samples = guest.sh("hotcore-guest-agent perf 1 500");
    let samples: u64 = samples.trim().parse().expect("a number of samples");
    assert!(samples > 0, "no PMU interrupt on the hot-added CPU");
}

fn all_boot_cpus_execute(kernel: Kernel) {
    for count in [1, 2, 4, 16] {
        if count > 4 && host_is_emulated() {
            // Its neighbours would starve there.
            let _ =
                writeln!(std::io::stderr(), "skipped in part: no {count} CPUs on an emulated host");
            continue;
        }
        let mut guest = Guest::boot(&Spec::new(kernel, &format!("boot={count},max={count}")));
        assert_eq!(guest.sh("nproc"), count.to_string());
        let timers = guest.sh("grep arch_timer /proc/interrupts");
        let ticks = timers.split_whitespace().skip(1).map_while(|word| word.parse::<u64>().ok());
        let ticks: Vec<_> = ticks.take(count).collect();
        assert_eq!(ticks.len(), count, "{timers}");
        assert!(
            ticks.iter().all(|&ticks| ticks > 0),
            "each CPU has taken timer interrupts: {timers}"
        );
        guest.assert_clean();
        guest.power_off();
    }
}

//! Kernels that follow a kernel without a reset between: kexec, and the one that goes on after its image was
//! taken for hibernation. Both take the other CPUs down and up again.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use cpio::newc::{Builder, trailer};
use hotcore_e2e::{Guest, Kernel, Spec};

use crate::on_each_kernel;

on_each_kernel!(
    b149_a_kernel_that_follows_finds_the_cpus_as_they_are,
    b150_disabled_cpus_are_left_alone_by_hibernation,
);

fn b149_a_kernel_that_follows_finds_the_cpus_as_they_are(kernel: Kernel) {
    let folder = tempfile::tempdir().expect("a folder");
    // With virtual addresses of 52 bits, as an emulated KVM host's CPUs have them, Linux 6.12 takes a fault
    // of its own on the way (`trans_pgd_create_copy`).
    let mut spec = Spec::new(kernel, "boot=1,max=4").cmdline("arm64.nolva");
    let image = folder.path().join("initramfs");
    with_its_own_successor(&spec, &image).expect("an image");
    spec.initramfs = image;
    let mut guest = Guest::boot(&spec);
    guest.ctl(&["add", "2"]).expect("online");
    guest.wait_online("0,2");
    let before = guest.masks();
    let tables = "cat /sys/firmware/acpi/tables/APIC /sys/firmware/acpi/tables/DSDT | md5sum";
    let described = guest.sh(tables);

    let boot_id = "cat /proc/sys/kernel/random/boot_id";
    let first = guest.sh(boot_id);

    let from = guest.position();
    guest.type_line("hotcore-guest-agent kexec /boot/vmlinuz /boot/initramfs");
    guest.wait_until_ready(from);
    assert_ne!(guest.sh(boot_id), first, "it is another kernel");
    assert!(!guest.log().contains("reset"), "without a reset between: {}", guest.log());
    guest.wait_online("0,2");
    assert_eq!(guest.masks(), before);
    assert_eq!(guest.sh(tables), described);
    guest.assert_clean();
    guest.ctl(&["add", "3"]).expect("online");
    guest.ctl(&["remove", "2"]).expect("ejected");
    guest.wait_online("0,3");
    guest.power_off();
}

/// Without a swap device the image goes nowhere in the end; CPUs have been down and up again by then.
fn b150_disabled_cpus_are_left_alone_by_hibernation(kernel: Kernel) {
    let mut guest = Guest::boot(&Spec::new(kernel, "boot=1,max=4"));
    guest.ctl(&["add", "1"]).expect("online");
    guest.wait_online("0-1");
    let before = guest.masks();
    guest.sh("dmesg -c > /dev/null");
    let hibernated = guest.run("echo disk > /sys/power/state");
    assert_ne!(hibernated.status, 0, "there is no swap: {hibernated:?}");
    for step in ["Disabling non-boot CPUs", "CPU1 killed", "CPU1 is up", "Cannot find swap device"]
    {
        assert_eq!(guest.dmesg(step).len(), 1, "{step}");
    }
    assert_eq!(guest.dmesg("psci: failed"), Vec::<String>::new());
    assert_eq!(guest.masks(), before);
    guest.ctl(&["remove", "1"]).expect("ejected");
    guest.ctl(&["add", "2"]).expect("online");
    guest.assert_clean();
    guest.power_off();
}

/// The image that `spec` boots, with itself and the kernel added below `/boot`.
fn with_its_own_successor(spec: &Spec, image: &Path) -> io::Result<()> {
    let initramfs = fs::read(&spec.initramfs)?;
    let kernel = fs::read(spec.kernel.image())?;
    let mut image = File::create(image)?;
    // Archives follow each other in one image.
    image.write_all(&initramfs)?;
    let folder = Builder::new("boot").ino(1).mode(0o040_755).nlink(2);
    folder.write(&mut image, 0).finish()?;
    for (number, name, content) in [(2, "boot/vmlinuz", &kernel), (3, "boot/initramfs", &initramfs)]
    {
        let size = u32::try_from(content.len()).map_err(io::Error::other)?;
        let mut file =
            Builder::new(name).ino(number).mode(0o100_644).nlink(1).write(&mut image, size);
        file.write_all(content)?;
        file.finish()?;
    }
    trailer(image).map(drop)
}

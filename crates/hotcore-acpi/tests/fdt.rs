//! The device tree of the whole machine.

#![allow(clippy::unwrap_used, reason = "a panic is a test's report")]

mod support;

use hotcore_acpi::fdt::build_device_tree;
use hotcore_acpi::{AcpiError, BootParameters, Deviation, Platform};
use support::tree::{self, Tree};
use support::{BASE, REDISTRIBUTORS, boot, deviating, machine, two_nodes};

fn tree_of(platform: &Platform) -> Tree {
    tree::read(&build_device_tree(platform, &boot("console=ttyAMA0")).unwrap())
}

#[test]
fn every_device_has_a_node() {
    let tree = tree_of(&machine(2, 2));
    let expected = [
        "",
        "/apb-pclk",
        "/chosen",
        "/cpus",
        "/cpus/cpu@0",
        "/cpus/cpu@1",
        "/interrupt-controller@8000000",
        "/memory@40000000",
        "/pl011@9000000",
        "/pl031@9010000",
        "/psci",
        "/timer",
    ];
    assert_eq!(tree::nodes(&tree), expected);
}

#[test]
fn only_enabled_cpus_are_there_and_psci_starts_them() {
    let tree = tree_of(&machine(40, 18));
    let cpus: Vec<_> =
        tree::nodes(&tree).into_iter().filter(|node| node.starts_with("/cpus/")).collect();
    assert_eq!(cpus.len(), 18);
    assert_eq!(tree::numbers(&tree, "/cpus/cpu@101:reg"), [0x101]);
    for cpu in cpus {
        assert_eq!(tree::strings(&tree, &format!("{cpu}:enable-method")), ["psci"]);
    }
    assert_eq!(tree::strings(&tree, "/psci:compatible"), ["arm,psci-1.0", "arm,psci-0.2"]);
    assert_eq!(tree::strings(&tree, "/psci:method"), ["hvc"]);
}

#[test]
fn memory_and_interrupt_controller_are_where_the_machine_has_them() {
    let tree = tree_of(&machine(4, 4));
    assert_eq!(tree::numbers(&tree, "/memory@40000000:reg"), [BASE, 0x2000_0000]);
    let gic = "/interrupt-controller@8000000";
    assert_eq!(tree::strings(&tree, &format!("{gic}:compatible")), ["arm,gic-v3"]);
    let expected = [0x0800_0000, 0x1_0000, REDISTRIBUTORS, 4 * 0x2_0000];
    assert_eq!(tree::numbers(&tree, &format!("{gic}:reg")), expected);
    let phandle = tree::cells(&tree, &format!("{gic}:phandle"));
    assert_eq!(tree::cells(&tree, ":interrupt-parent"), phandle);
}

#[test]
fn b061_timers_have_the_interrupts_of_the_base_system_architecture() {
    let tree = tree_of(&machine(1, 1));
    let interrupts = tree::cells(&tree, "/timer:interrupts");
    let expected = [[1, 13, 4], [1, 14, 4], [1, 11, 4], [1, 10, 4]];
    assert_eq!(interrupts, expected.concat());
}

#[test]
fn b060_the_pmu_is_there_where_the_engine_has_one() {
    let mut platform = machine(1, 1);
    assert!(!tree_of(&platform).contains_key("/pmu:"));
    platform.pmu_gsiv = Some(23);
    assert_eq!(tree::cells(&tree_of(&platform), "/pmu:interrupts"), [1, 7, 4]);
}

#[test]
fn the_console_is_the_pl011_with_its_clocks() {
    let tree = tree_of(&machine(1, 1));
    assert_eq!(tree::strings(&tree, "/chosen:stdout-path"), ["/pl011@9000000"]);
    assert_eq!(tree::strings(&tree, "/chosen:bootargs"), ["console=ttyAMA0"]);
    assert_eq!(tree::cells(&tree, "/pl011@9000000:interrupts"), [0, 1, 4]);
    assert_eq!(tree::cells(&tree, "/pl031@9010000:interrupts"), [0, 2, 4]);
    let clock = tree::cells(&tree, "/apb-pclk:phandle")[0];
    assert_eq!(tree::cells(&tree, "/pl011@9000000:clocks"), [clock, clock]);
    let names = tree::strings(&tree, "/pl011@9000000:clock-names");
    assert_eq!(names, ["uartclk", "apb_pclk"]);
}

#[test]
fn the_initial_ram_disk_is_passed_on() {
    let initrd = 0x4800_0000..0x4900_0000;
    let boot = BootParameters { initrd: Some(&initrd), ..boot("") };
    let tree = tree::read(&build_device_tree(&machine(1, 1), &boot).unwrap());
    assert_eq!(tree::numbers(&tree, "/chosen:linux,initrd-end"), [initrd.end]);
}

#[test]
fn what_a_device_tree_cannot_say_is_refused() {
    for platform in
        [two_nodes(machine(2, 2)), deviating(machine(4, 4), Deviation::NestedContainers)]
    {
        let refused = build_device_tree(&platform, &boot("")).unwrap_err();
        assert!(matches!(refused, AcpiError::NotInDeviceTree { .. }), "{refused}");
    }
}

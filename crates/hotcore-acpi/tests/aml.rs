//! The DSDT, judged by ACPICA's compiler and run by its interpreter.

mod support;

use hotcore_acpi::{CpuAtBoot, Deviation, Platform};
use support::acpica::{Evaluation, compile, disassemble, evaluate};
use support::{DEVIATIONS, HOTPLUG, deviating, machine, table, two_nodes};

/// ASL that stands where the host stands: it sets registers, scans and reads registers.
fn host() -> String {
    format!(
        r#"DefinitionBlock ("", "SSDT", 2, "HOTCOR", "HOST", 1)
{{
  External (\_SB.CPUS.CSCN, MethodObj)
  OperationRegion (BLCK, SystemMemory, {HOTPLUG:#x}, 12)
  Field (BLCK, ByteAcc, NoLock, Preserve)
    {{ RSEL, 32, FLAG, 8, RCMD, 8, Offset (8), DATA, 32 }}
  Method (SETF, 1, Serialized) {{ FLAG = Arg0 }}
  Method (READ, 0, Serialized) {{ Return (Package () {{ RSEL, FLAG, RCMD, DATA }}) }}
  Method (SCAN, 2, Serialized)
  {{
    DATA = Arg0
    FLAG = Arg1
    \_SB.CPUS.CSCN ()
  }}
  Method (EACH, 2, Serialized)
  {{
    Local0 = Zero
    While (Local0 < Arg0) {{ SCAN (Local0, Arg1) Local0++ }}
  }}
}}"#
    )
}

/// Evaluates expressions on a machine together with the host's methods.
fn run(platform: &Platform, fill: u8, expressions: &[&str]) -> Option<Vec<Evaluation>> {
    let host = compile(&host())?;
    evaluate(&[&table(platform, *b"DSDT"), &host], fill, expressions)
}

#[test]
fn b012_b013_b014_sta_is_0xd_when_disabled_and_0xf_when_enabled() {
    let platform = machine(4, 2);
    let cpus = ["C000", "C001", "C002", "C003"].map(|cpu| format!("\\_SB.CPUS.{cpu}._STA"));
    let cpus: Vec<&str> = cpus.iter().map(String::as_str).collect();
    for (flags, expected) in
        [(0x00, [0xf, 0xf, 0xd, 0xd]), (0x01, [0xf; 4]), (0x06, [0xf, 0xf, 0xd, 0xd])]
    {
        let Some(answers) = run(&platform, flags, &cpus) else { return };
        let answers: Vec<u64> = answers.iter().flat_map(Evaluation::integers).collect();
        assert_eq!(answers, expected, "flags {flags:#x}");
    }
}

#[test]
fn b059_a_scan_finds_every_one_of_512_cpus() {
    let platform = machine(512, 1);
    let Some(answers) = run(&platform, 0, &["\\EACH 512 2"]) else { return };
    let expected: Vec<_> = (0..512).map(|index| (format!("C{index:03X}"), 1)).collect();
    assert_eq!(answers[0].notifications(), expected);
}

#[test]
fn b059_a_scan_ends_whatever_the_registers_read() {
    let commands = ["\\_SB.CPUS.CSCN", "\\SCAN 512 6", "\\SCAN 0xFFFFFFFF 6", "\\SCAN 0 0"];
    let scan = |max, fill| {
        let Some(answers) = run(&machine(max, 1), fill, &commands) else { return };
        for (command, answer) in commands.iter().zip(answers) {
            assert_eq!(answer.notifications(), [], "{command} on {fill:#x} with {max} CPUs");
        }
    };
    // The interpreter idles for a second before it exits.
    std::thread::scope(|scope| {
        for max in [1, 4, 512] {
            for fill in [0x00, 0x55, 0xaa, 0xff] {
                scope.spawn(move || scan(max, fill));
            }
        }
    });
}

#[test]
fn a_scan_clears_each_event_alone_and_before_its_notification() {
    let platform = machine(4, 1);
    let Some(answers) = run(&platform, 0, &["\\SCAN 3 6", "\\READ", "\\SCAN 2 2", "\\READ"]) else {
        return;
    };
    assert_eq!(answers[0].notifications(), [("C003".into(), 1), ("C003".into(), 3)]);
    assert_eq!(answers[1].integers(), [0, 4, 0, 3], "the last write was the remove bit alone");
    assert_eq!(answers[2].notifications(), [("C002".into(), 1)]);
    assert_eq!(answers[3].integers()[1], 2, "the insert bit alone");

    let source = disassemble(&table(&platform, *b"DSDT")).unwrap();
    for (clear, notify) in
        [("CINS = One", "CTFY (Local1, One)"), ("CRMV = One", "CTFY (Local1, 0x03)")]
    {
        assert!(source.find(clear).unwrap() < source.find(notify).unwrap());
    }
}

#[test]
fn eject_selects_the_cpu_and_writes_the_eject_bit_alone() {
    let Some(answers) = run(&machine(300, 1), 0, &["\\_SB.CPUS.C12B._EJ0 1", "\\READ"]) else {
        return;
    };
    assert_eq!(answers[1].integers(), [0x12b, 0x08, 0, 0]);
}

#[test]
fn ost_reports_event_and_status_of_its_cpu() {
    let ost = "\\_SB.CPUS.C002._OST 0x103 0x84 (00)";
    let Some(answers) = run(&machine(4, 1), 0, &[ost, "\\READ"]) else { return };
    assert_eq!(answers[1].integers(), [2, 0, 2, 0x84]);
}

#[test]
fn the_ged_answers_the_power_button_and_cpu_hotplug() {
    let Some(answers) = run(&machine(4, 1), 0xff, &["\\_SB.GED._EVT 41"]) else { return };
    assert_eq!(answers[0].notifications(), [("PWRB".into(), 0x80)]);
    let Some(answers) = run(&machine(4, 1), 0x00, &["\\_SB.GED._EVT 41"]) else { return };
    assert_eq!(answers[0].notifications(), []);
}

#[test]
fn only_removable_cpus_have_ej0() {
    let mut platform = machine(4, 2);
    platform.cpus[3].removable = false;
    assert_eq!(platform.cpus[3].boot, CpuAtBoot::OnlineCapable);
    let Some(source) = disassemble(&table(&platform, *b"DSDT")) else { return };
    let ejectable: Vec<bool> =
        source.split("Device (C0").skip(1).map(|cpu| cpu.contains("_EJ0")).collect();
    assert_eq!(ejectable, [false, false, true, false]);
}

#[test]
fn b070_pxm_is_the_node_of_srat() {
    let Some(source) = disassemble(&table(&two_nodes(machine(4, 1)), *b"DSDT")) else { return };
    let nodes: Vec<_> = source.split("Name (_PXM, ").skip(1).map(|rest| &rest[..3]).collect();
    assert_eq!(nodes, ["Zer", "One", "Zer", "One"]);
    let without = disassemble(&table(&machine(4, 1), *b"DSDT")).unwrap();
    assert!(!without.contains("_PXM"));
}

#[test]
fn b077_the_ged_interrupt_is_edge_active_high_exclusive() {
    let Some(source) = disassemble(&table(&machine(4, 1), *b"DSDT")) else { return };
    let (_, ged) = source.split_once("Device (GED)").unwrap();
    let (_, interrupt) = ged.split_once("Interrupt (").unwrap();
    assert!(interrupt.starts_with("ResourceConsumer, Edge, ActiveHigh, Exclusive"), "{interrupt}");
    assert!(interrupt.contains("0x00000029,"), "{interrupt}");
}

/// Machines of all sizes and all deviations.
fn many_machines() -> Vec<Platform> {
    let mut machines = vec![machine(1, 1), two_nodes(machine(64, 4))];
    for (max, boot) in [(4, 1), (64, 64), (512, 1)] {
        machines.push(machine(max, boot));
        machines.extend(DEVIATIONS.map(|deviation| deviating(machine(max, boot), deviation)));
    }
    machines
}

#[test]
fn b078_every_dsdt_compiles_back_to_itself() {
    for platform in many_machines() {
        let dsdt = table(&platform, *b"DSDT");
        let Some(source) = disassemble(&dsdt) else { return };
        let Some(again) = compile(&source) else { return };
        assert_eq!(again[36..], dsdt[36..], "{:?}", platform.deviation);
    }
}

#[test]
fn b078_every_dsdt_loads_without_unresolved_symbols() {
    std::thread::scope(|scope| {
        for platform in many_machines() {
            scope.spawn(move || run(&platform, 0, &["\\_SB.GED._EVT 41", "\\EACH 1 2"]));
        }
    });
}

#[test]
fn b140_deviating_cpus_are_not_present_after_eject_only() {
    let platform = deviating(machine(4, 2), Deviation::StaNotPresentAfterEject);
    let sta = "\\_SB.CPUS.C002._STA";
    let steps =
        [sta, "\\_SB.CPUS.C002._EJ0 1", "\\SETF 0", sta, "\\SETF 1", sta, "\\_SB.CPUS.C003._STA"];
    let Some(answers) = run(&platform, 0, &steps) else { return };
    let states = [0, 3, 5, 6].map(|step| answers[step].integers()[0]);
    assert_eq!(states, [0xd, 0x0, 0xf, 0xf]);
}

#[test]
fn b142_a_deviating_dsdt_lacks_the_boot_cpu() {
    let platform = deviating(machine(4, 2), Deviation::NoBootCpuDevice);
    let Some(source) = disassemble(&table(&platform, *b"DSDT")) else { return };
    assert!(!source.contains("Device (C000)") && source.contains("Device (C001)"));
    let Some(answers) = run(&platform, 0, &["\\EACH 4 2"]) else { return };
    let expected = ["C001", "C002", "C003"].map(|name| (name.to_owned(), 1));
    assert_eq!(answers[0].notifications(), expected);
}

#[test]
fn b143_deviating_last_two_cpus_share_a_uid() {
    let platform = deviating(machine(4, 2), Deviation::DuplicateUid);
    let uids = ["C000", "C001", "C002", "C003"].map(|cpu| format!("\\_SB.CPUS.{cpu}._UID"));
    let uids: Vec<&str> = uids.iter().map(String::as_str).collect();
    let Some(answers) = run(&platform, 0, &uids) else { return };
    let answers: Vec<u64> = answers.iter().flat_map(Evaluation::integers).collect();
    assert_eq!(answers, [0, 1, 2, 2]);
}

#[test]
fn b147_nested_cpus_work_at_any_depth() {
    let platform = deviating(machine(4, 1), Deviation::NestedContainers);
    let steps = [
        "\\EACH 4 4",
        "\\SETF 0",
        "\\_SB.CPUS.PACK.C002._STA",
        "\\_SB.CPUS.PACK.CLUS.C003._STA",
        "\\_SB.CPUS.PACK.CLUS.C003._UID",
    ];
    let Some(answers) = run(&platform, 0, &steps) else { return };
    let expected = ["C000", "C001", "C002", "C003"].map(|name| (name.to_owned(), 3));
    assert_eq!(answers[0].notifications(), expected);
    assert_eq!([2, 3, 4].map(|step| answers[step].integers()[0]), [0xd, 0xd, 3]);
}

#[test]
fn b148_there_is_no_osc() {
    let dsdt = table(&machine(4, 1), *b"DSDT");
    assert!(!dsdt.windows(4).any(|name| name == b"_OSC"));
}

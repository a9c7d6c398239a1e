//! The DSDT of Hotcore's machines: each method makes exactly the accesses of the guest contract (§2.3, §2.4).

use hotcore_acpi::Deviation;
use hotcore_ospm::Width::{Byte, Word};
use hotcore_ospm::aml::{DeviceKind, Evaluator, NameSeg, Value};

use crate::machine::Access::{Read, Write};
use crate::machine::{
    Access, GED, HOTPLUG, Memory, deviating, dsdt, evaluate, integer, load, machine,
};

const FLAGS: u64 = HOTPLUG + 4;
const COMMAND: u64 = HOTPLUG + 5;
const DATA: u64 = HOTPLUG + 8;

/// What `_SB` declares, by path.
fn names(aml: &impl Evaluator, parent: Option<hotcore_ospm::aml::Node>) -> Vec<String> {
    aml.devices(parent).into_iter().map(|(device, _)| aml.path(device)).collect()
}

#[test]
fn b059_machines_of_all_sizes_load_and_list_their_cpus() {
    for count in [1, 4, 300, 512] {
        let aml = load(&[&dsdt(&machine(count, 1))]);
        let top = ["PRES", "CPUS", "PWRB", "GED", "COM0"].map(|name| format!("\\_SB.{name}"));
        assert_eq!(names(&aml, None), top);
        let cpus = aml.find("\\_SB.CPUS");
        let expected: Vec<_> = (0..count).map(|cpu| format!("\\_SB.CPUS.C{cpu:03X}")).collect();
        assert_eq!(names(&aml, cpus), expected);
        assert!(aml.devices(cpus).iter().all(|(_, kind)| *kind == DeviceKind::Device));
    }
}

#[test]
fn b012_b013_sta_selects_the_cpu_and_reads_its_flags() {
    let mut aml = load(&[&dsdt(&machine(4, 1))]);
    for (flags, status) in [(0, 0xd), (1, 0xf), (6, 0xd)] {
        let mut memory = Memory::filled(flags);
        assert_eq!(integer(&mut aml, "\\_SB.CPUS.C002._STA", &mut memory), status);
        let expected = [Write(HOTPLUG, Word, 2), Read(FLAGS, Byte, flags.into())];
        assert_eq!(memory.accesses, expected);
        assert_eq!(integer(&mut aml, "\\_SB.CPUS.C000._STA", &mut memory), 0xf);
        assert_eq!(memory.accesses.len(), 2, "the boot CPU's is a constant");
    }
}

#[test]
fn ej0_selects_the_cpu_and_writes_the_eject_bit_alone() {
    let mut aml = load(&[&dsdt(&machine(300, 1))]);
    let mut memory = Memory::filled(0xff);
    assert_eq!(evaluate(&mut aml, "\\_SB.CPUS.C12B._EJ0", &[1], &mut memory), Ok(None));
    assert_eq!(memory.accesses, [Write(HOTPLUG, Word, 0x12b), Write(FLAGS, Byte, 8)]);
}

#[test]
fn ost_reports_event_and_status() {
    let mut aml = load(&[&dsdt(&machine(4, 1))]);
    let mut memory = Memory::default();
    let arguments = [Value::Integer(0x103), Value::Integer(0x84), Value::Buffer(vec![])];
    let cpu = aml.find("\\_SB.CPUS.C003").unwrap();
    let answer = aml.evaluate(cpu, NameSeg(*b"_OST"), &arguments, &mut memory);
    assert_eq!(answer, Ok(None));
    let expected = [
        Write(HOTPLUG, Word, 3),
        Write(COMMAND, Byte, 1),
        Write(DATA, Word, 0x103),
        Write(COMMAND, Byte, 2),
        Write(DATA, Word, 0x84),
    ];
    assert_eq!(memory.accesses, expected);
}

#[test]
fn b059_an_event_is_found_cleared_and_notified() {
    for (cpus, cpu, flags, events) in
        [(4, 3, 2, &[1][..]), (4, 1, 4, &[3]), (512, 0x1ff, 6, &[1, 3])]
    {
        let mut aml = load(&[&dsdt(&machine(cpus, 1))]);
        let mut memory = Memory::default();
        memory.bytes.insert(GED, 8);
        memory.bytes.insert(FLAGS, flags);
        memory.bytes.extend((DATA..).zip(u32::to_le_bytes(cpu)));
        assert_eq!(evaluate(&mut aml, "\\_SB.GED._EVT", &[41], &mut memory), Ok(None));
        let device = aml.find(&format!("\\_SB.CPUS.C{cpu:03X}")).unwrap();
        let expected: Vec<_> = events.iter().map(|&event| (device, event)).collect();
        assert_eq!(memory.notified, expected);
        let scan = [
            Read(GED, Word, 8),
            Write(HOTPLUG, Word, 0),
            Write(COMMAND, Byte, 0),
            Read(DATA, Word, cpu.into()),
            Read(FLAGS, Byte, flags.into()),
            Read(FLAGS, Byte, flags.into()),
        ];
        assert_eq!(memory.accesses[..6], scan);
        let cleared = |&event: &u64| if event == 1 { 2 } else { 4 };
        let writes: Vec<Access> =
            events.iter().map(|event| Write(FLAGS, Byte, cleared(event))).collect();
        assert_eq!(memory.accesses[6..6 + writes.len()], writes);
    }
}

#[test]
fn b059_a_scan_ends_whatever_the_registers_read() {
    for cpus in [1, 4, 512] {
        for fill in [0x00, 0x55, 0xaa, 0xff] {
            let mut aml = load(&[&dsdt(&machine(cpus, 1))]);
            let mut memory = Memory::filled(fill);
            assert_eq!(evaluate(&mut aml, "\\_SB.CPUS.CSCN", &[], &mut memory), Ok(None));
            assert_eq!(memory.notified, []);
        }
    }
}

#[test]
fn b140_a_value_that_a_method_keeps_is_of_each_clone() {
    let platform = deviating(machine(4, 1), Deviation::StaNotPresentAfterEject);
    let mut aml = load(&[&dsdt(&platform)]);
    let mut other = aml.clone();
    let mut memory = Memory::default();
    let sta = "\\_SB.CPUS.C002._STA";
    assert_eq!(integer(&mut aml, sta, &mut memory), 0xd);
    evaluate(&mut aml, "\\_SB.CPUS.C002._EJ0", &[1], &mut memory).unwrap();
    memory.bytes.clear();
    assert_eq!(integer(&mut aml, sta, &mut memory), 0);
    assert_eq!(integer(&mut other, sta, &mut memory), 0xd);
}

#[test]
fn b147_containers_are_devices_within_devices() {
    let aml = load(&[&dsdt(&deviating(machine(4, 1), Deviation::NestedContainers))]);
    let below = |path: &str| names(&aml, aml.find(path));
    assert_eq!(below("\\_SB.CPUS"), ["\\_SB.CPUS.PACK"]);
    let inner = ["C000", "C002", "CLUS"].map(|name| format!("\\_SB.CPUS.PACK.{name}"));
    assert_eq!(below("\\_SB.CPUS.PACK"), inner);
    let inner = ["C001", "C003"].map(|name| format!("\\_SB.CPUS.PACK.CLUS.{name}"));
    assert_eq!(below("\\_SB.CPUS.PACK.CLUS"), inner);
}

#[test]
fn ids_are_integers_and_strings() {
    let mut aml = load(&[&dsdt(&machine(4, 1))]);
    let mut memory = Memory::default();
    let value = |aml: &mut _, path, memory: &mut _| evaluate(aml, path, &[], memory).unwrap();
    let hid = value(&mut aml, "\\_SB.CPUS.C001._HID", &mut memory);
    assert_eq!(hid, Some(Value::String("ACPI0007".into())));
    // EisaId ("PNP0A05"), as the compressed form has it.
    let cid = value(&mut aml, "\\_SB.CPUS._CID", &mut memory);
    assert_eq!(cid, Some(Value::Integer(0x050a_d041)));
    let Some(Value::Buffer(crs)) = value(&mut aml, "\\_SB.GED._CRS", &mut memory) else { panic!() };
    assert_eq!((crs[0], &crs[5..9]), (0x89, &41u32.to_le_bytes()[..]));
}

//! Tables compiled from sources: the guest contract's, and such as other VMMs have.

use hotcore_ospm::aml::{Cause, DeviceKind, Evaluator, Interpreter, NameSeg, Value};

use crate::acpica::compile;
use crate::machine::{Memory, evaluate, integer, load};

fn put(memory: &mut Memory, address: u64, bytes: &[u8]) {
    memory.bytes.extend((address..).zip(bytes.iter().copied()));
}

fn draft_c(source: &str, region: u64) -> Option<(Interpreter, Memory)> {
    let table = compile(source)?;
    let mut memory = Memory::default();
    put(&mut memory, region + 0x1f, &3u16.to_le_bytes());
    put(&mut memory, region + 0x21, &0x2000u32.to_le_bytes());
    put(&mut memory, region + 0x25, &0x1000u32.to_le_bytes());
    let aml = Interpreter::new(&[&table], &mut memory).unwrap();
    Some((aml, memory))
}

#[test]
fn b114_b115_b116_b117_draft_c_as_corrected_notifies_and_keeps_the_checksum() {
    const REGION: u64 = 0xa1a1_a1a1;
    let Some((mut aml, mut memory)) = draft_c(include_str!("asl/draft_c.asl"), REGION) else {
        return;
    };
    // Online Capable, so that becoming enabled makes the flags one less.
    (0..3).for_each(|cpu| put(&mut memory, 0x1008 + 16 * cpu, &[2]));
    let vp01 = aml.find("\\_SB.XEN0.VP01").unwrap();
    let mut scan = |mask, memory: &mut Memory| {
        put(memory, REGION, &[mask]);
        memory.notified.clear();
        evaluate(&mut aml, "\\_SB.XEN0.GPE0._E02", &[], memory).unwrap();
        let status = integer(&mut aml, "\\_SB.XEN0.VP01._STA", memory);
        (memory.notified.clone(), status, memory.bytes[&0x1018], memory.bytes[&0x2000])
    };
    assert_eq!(scan(2, &mut memory), (vec![(vp01, 1)], 0xf, 1, 1));
    assert_eq!(scan(2, &mut memory), (vec![], 0xf, 1, 1));
    assert_eq!(scan(0, &mut memory), (vec![(vp01, 3)], 0, 2, 0));
    let entry = evaluate(&mut aml, "\\_SB.XEN0.VP01._MAT", &[], &mut memory).unwrap();
    assert!(matches!(entry, Some(Value::Buffer(bytes)) if bytes.len() == 16 && bytes[8] == 2));
    memory.waited = std::time::Duration::ZERO;
    evaluate(&mut aml, "\\_SB.XEN0.VP01._EJ0", &[1], &mut memory).unwrap();
    assert_eq!(memory.waited.as_millis(), 200);
}

#[test]
fn draft_c_as_written_has_processors_whose_flags_overlap() {
    let Some((mut aml, mut memory)) =
        draft_c(include_str!("asl/draft_c_verbatim.asl"), 0xdead_beef)
    else {
        return;
    };
    let below: Vec<_> = aml.devices(aml.find("\\_SB.XEN0")).into_iter().map(|it| it.1).collect();
    let processor = |id| DeviceKind::Processor { id };
    assert_eq!(below, [processor(0), processor(1), DeviceKind::Device]);
    // MAPA is at bit 50 as written, so what it reads is not what was put there.
    let hid = evaluate(&mut aml, "\\_SB.XEN0.VP00._HID", &[], &mut memory).unwrap();
    assert_eq!(hid, Some(Value::String("ACPI0007".into())));
    integer(&mut aml, "\\_SB.XEN0.VP00._STA", &mut memory);
}

#[test]
fn the_contract_s_dsdt_behaves() {
    let Some(table) = compile(include_str!("asl/arm64_hotplug.asl")) else { return };
    let mut aml = load(&[&table]);
    let mut memory = Memory::default();
    assert_eq!(integer(&mut aml, "\\_SB.CPUS.C001._STA", &mut memory), 0xd);
    put(&mut memory, 0x090c_0004, &[1]);
    assert_eq!(integer(&mut aml, "\\_SB.CPUS.C001._STA", &mut memory), 0xf);
    put(&mut memory, 0x0908_0000, &[8]);
    put(&mut memory, 0x090c_0004, &[2]);
    put(&mut memory, 0x090c_0008, &[2]);
    evaluate(&mut aml, "\\_SB.GED._EVT", &[41], &mut memory).unwrap();
    assert_eq!(memory.notified[0], (aml.find("\\_SB.CPUS.C002").unwrap(), 1));
}

#[test]
fn tables_as_other_machines_have_them_load_and_behave() {
    let Some(table) = compile(include_str!("asl/virtual_machine.asl")) else { return };
    let mut aml = load(&[&table]);
    let mut memory = Memory::default();
    let names: Vec<_> = aml.devices(None).into_iter().map(|(node, _)| aml.path(node)).collect();
    let expected = "C000 C001 CLU0 FWCF VR00 L000 PCI0 TPM0";
    let expected = expected.split(' ').map(|name| format!("\\_SB.{name}"));
    assert_eq!(names, expected.chain(["\\_PR.CPU7".into()]).collect::<Vec<_>>());
    assert!(aml.find("\\_SB.PCI0.S00").is_some() && aml.find("\\_SB.PCI0.S08").is_none());

    let crs = evaluate(&mut aml, "\\_SB.PCI0._CRS", &[], &mut memory).unwrap();
    let Some(Value::Buffer(crs)) = crs else { panic!() };
    assert!(crs.windows(8).any(|bytes| bytes == 0xff_ffff_ffffu64.to_le_bytes()));

    let bridge = aml.find("\\_SB.PCI0").unwrap();
    let uuid = [
        0x5b, 0x4d, 0xdb, 0x33, 0xf7, 0x1f, 0x1c, 0x40, 0x96, 0x57, 0x74, 0x41, 0xc0, 0x3d, 0xd7,
        0x66,
    ];
    let asked: Vec<u8> = [1u32, 0, 0x1f].iter().flat_map(|word| word.to_le_bytes()).collect();
    let osc =
        [Value::Buffer(uuid.into()), Value::Integer(1), Value::Integer(3), Value::Buffer(asked)];
    let granted = aml.evaluate(bridge, NameSeg(*b"_OSC"), &osc, &mut memory).unwrap();
    let expected: Vec<u8> = [0x11u32, 0, 0x1d].iter().flat_map(|word| word.to_le_bytes()).collect();
    assert_eq!(granted, Some(Value::Buffer(expected)));
    assert_eq!(integer(&mut aml, "\\_SB.PCI0.CTRL", &mut memory), 0x1d);

    let link = aml.find("\\_SB.L000").unwrap();
    let routes = evaluate(&mut aml, "\\_SB.PCI0._PRT", &[], &mut memory).unwrap();
    let Some(Value::Package(routes)) = routes else { panic!() };
    assert!(
        routes
            .iter()
            .all(|route| matches!(route, Value::Package(it) if it[2] == Value::Object(link)))
    );
    assert!(matches!(
        evaluate(&mut aml, "\\_SB.CLU0.CP00._LPI", &[], &mut memory),
        Ok(Some(Value::Package(states))) if states.len() == 4
    ));
    assert_eq!(
        evaluate(&mut aml, "\\_SB.TPM0.TPFN", &[3], &mut memory),
        Ok(Some(Value::Integer(0)))
    );
    let refused = evaluate(&mut aml, "\\_SB.TPM0.READ", &[], &mut memory).unwrap_err();
    assert_eq!((refused.cause, refused.path.as_str()), (Cause::Space(2), "\\_SB.TPM0.READ"));
}

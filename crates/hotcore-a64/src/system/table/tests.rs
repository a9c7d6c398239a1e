use std::collections::HashSet;

use super::*;

#[test]
fn no_encoding_and_no_name_is_there_twice() {
    let encodings: HashSet<u16> = ROWS.iter().map(|row| row.encoding).collect();
    let names: HashSet<&str> = ROWS.iter().map(|row| row.name).collect();
    assert_eq!((encodings.len(), names.len()), (ROWS.len(), ROWS.len()));
}

#[test]
fn every_row_is_found() {
    for row in ROWS {
        assert_eq!(name(row.encoding), Some(row.name));
        assert!(row.read.is_some() || row.write.is_some(), "{}", row.name);
    }
    for encoding in 0..=u16::MAX {
        let listed = ROWS.iter().find(|row| row.encoding == encoding).map(|row| row.name);
        assert_eq!(name(encoding), listed);
    }
}

#[test]
fn system_instructions_are_executed_and_registers_are_moved() {
    for row in ROWS {
        let is_instruction = row.encoding >> 14 == 1;
        assert_eq!(is_instruction, row.name.contains(' '), "{}", row.name);
        assert!(!(is_instruction && row.read.is_some()), "{}", row.name);
    }
}

#[test]
fn names_tell_the_level_that_the_encoding_does() {
    // Arm ARM, D18.3.1: op1 = 3 is accessible from EL0, 0 to 2 are not.
    for row in ROWS.iter().filter(|row| row.encoding >> 14 >= 2) {
        let el0 = row.encoding >> 11 & 7 == 3;
        let exceptions = ["NZCV", "DAIF", "FPCR", "FPSR", "SPSel", "CurrentEL", "SP_EL0"];
        if !exceptions.contains(&row.name) {
            assert_eq!(row.name.ends_with("_EL0"), el0, "{}", row.name);
        }
    }
}

#[test]
fn the_encoding_is_that_of_the_instruction() {
    // mrs x0, sctlr_el1; msr tpidr_el0, x1; dc zva, x2; mrs x3, oslsr_el1
    assert_eq!(name(encoding_of(0xd538_1000)), Some("SCTLR_EL1"));
    assert_eq!(name(encoding_of(0xd51b_d041)), Some("TPIDR_EL0"));
    assert_eq!(name(encoding_of(0xd50b_7422)), Some("DC ZVA"));
    assert_eq!(name(encoding_of(0xd530_1183)), Some("OSLSR_EL1"));
}

#[test]
fn the_whole_id_space_is_readable_and_none_of_it_writable() {
    for crm in 1..8 {
        for op2 in 0..8 {
            let register = encoding(3, 0, 0, crm, op2);
            assert!(way_to_read(register).is_some(), "{crm} {op2}");
            assert!(way_to_write(register).is_none(), "{crm} {op2}");
        }
    }
    assert!(way_to_read(encoding(3, 0, 0, 0, 1)).is_none());
    assert!(way_to_read(encoding(3, 0, 0, 8, 0)).is_none());
}

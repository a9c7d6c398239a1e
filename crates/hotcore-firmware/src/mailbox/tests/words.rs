//! What the words of a page are to loads and stores of any size and place.

use super::*;

fn machine() -> Machine {
    Machine::new(Protocol::Parking)
}

#[test]
fn the_constants_are_there_and_stay() {
    let mut machine = machine();
    let constants = |machine: &Machine| [0x10, 0x20, 0x30, 0x38].map(|at| machine.read(1, at));
    let expected = [0x3250_4b50, RETURN, 1, 0];
    assert_eq!(constants(&machine), expected);
    for offset in [0x04, 0x10, 0x14, 0x1c, 0x20, 0x24, 0x28, 0x30, 0x38, 0x3c] {
        machine.word(1, offset, !0);
    }
    assert_eq!(constants(&machine), expected);
    assert!(machine.is_armed(1));
    assert_eq!((machine.read(1, STATUS), machine.read(1, GENERATION)), (0, 0));
}

#[test]
fn loads_of_any_size_and_place_see_the_same_bytes() {
    let mut machine = machine();
    machine.jump(1, 0x1122_3344_5566_7788);
    let mut whole = [0; 0x1000];
    machine.mailboxes.read(Machine::at(1, 0), &mut whole);
    for size in [1, 2, 4, 8] {
        for offset in 0..0x80 {
            let mut data = [0; 8];
            machine.mailboxes.read(Machine::at(1, offset), &mut data[..size]);
            let at = offset as usize;
            assert_eq!(data[..size], whole[at..at + size], "{size} bytes at {offset:#x}");
        }
    }
}

#[test]
fn only_whole_words_are_stored_below_the_oss_memory() {
    let mut machine = machine();
    machine.store(1, CPU_ID, &[1]);
    machine.store(1, CPU_ID, &[1, 0]);
    machine.store(1, 0x06, &[1; 4]);
    machine.store(1, 0x0c, &[1; 8]);
    machine.store(1, 0x3e, &[7; 4]);
    assert!(machine.is_armed(1));
    let mut after = [0; 2];
    machine.mailboxes.read(Machine::at(1, 0x40), &mut after);
    assert_eq!(after, [7, 7], "what is in the OS's memory is taken");
}

#[test]
fn a_store_of_8_bytes_is_one_store() {
    let mut machine = machine();
    machine.jump(1, 0x4020_0040);
    machine.store(1, CPU_ID, &1u64.to_le_bytes());
    assert_eq!(machine.started(), [(1, entry(0x4020_0040))]);
    machine.hand_back(1);
    machine.store(1, COMMAND, &[7, 0, 0, 0, 9, 9, 9, 9]);
    assert_eq!((machine.read(1, COMMAND), machine.read(1, STATUS)), (0, 1));
}

#[test]
fn the_oss_half_is_memory_and_the_firmwares_is_not() {
    let mut machine = machine();
    for (offset, kept) in [(0x40, true), (0x7f8, true), (0x800, false), (0xff8, false)] {
        let value = [1, 2, 3, 4, 5, 6, 7, 8];
        machine.store(1, offset, &value);
        let mut data = [0; 8];
        machine.mailboxes.read(Machine::at(1, offset), &mut data);
        assert_eq!(data == value, kept, "{offset:#x}");
    }
    machine.store(1, 0x7fc, &[9; 8]);
    let mut data = [0; 8];
    machine.mailboxes.read(Machine::at(1, 0x7fc), &mut data);
    assert_eq!(data, [9, 9, 9, 9, 0, 0, 0, 0]);
}

#[test]
fn beyond_the_possible_cpus_there_is_nothing() {
    let mut machine = machine();
    for offset in [3 * MAILBOX_SIZE, 512 * MAILBOX_SIZE, u64::MAX - 7, u64::MAX] {
        machine.mailboxes.write(&mut machine.ledger, offset, &[1; 8], NOW);
        let mut data = [0xff; 8];
        machine.mailboxes.read(offset, &mut data);
        assert_eq!(data[0], 0, "{offset:#x}");
    }
}

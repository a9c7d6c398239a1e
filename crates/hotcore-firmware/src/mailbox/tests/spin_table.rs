//! Spin-table: one word, and the address in it wakes.

use super::*;

fn machine() -> Machine {
    Machine::new(Protocol::SpinTable)
}

#[test]
fn b080_an_address_starts_the_cpu_there_with_zeros() {
    let mut machine = machine();
    machine.jump(1, 0x4020_0040);
    assert_eq!(machine.started(), [(1, entry(0x4020_0040))]);
    assert_eq!((machine.read(1, JUMP), machine.read(1, STATE)), (0, 0));
}

#[test]
fn b081_the_address_is_little_endian_whoever_writes_it() {
    let mut machine = machine();
    machine.store(1, JUMP, &[0x40, 0x00, 0x20, 0x40, 0, 0, 0, 0]);
    assert_eq!(machine.started(), [(1, entry(0x4020_0040))]);
}

#[test]
fn zero_and_cpu_numbers_start_nothing() {
    let mut machine = machine();
    machine.jump(1, 0);
    machine.word(1, CPU_ID, 1);
    assert_eq!(machine.started(), []);
    assert_eq!(machine.read(1, STATE), 1);
}

#[test]
fn an_address_in_two_halves_starts_the_cpu_with_the_low_one() {
    let mut machine = machine();
    machine.word(1, JUMP + 4, 0x8);
    assert_eq!(machine.started(), [], "half an address");
    machine.word(1, JUMP, 0x4020_0040);
    assert_eq!(machine.started(), [(1, entry(0x8_4020_0040))]);
}

#[test]
fn b100_an_address_that_comes_while_the_cpu_is_away_is_forgotten() {
    let mut machine = machine();
    machine.jump(1, 0x4020_0040);
    assert_eq!(machine.started().len(), 1);
    machine.jump(1, 0x4030_0000);
    assert_eq!(machine.started(), []);
    machine.hand_back(1);
    assert_eq!(machine.started(), [], "only what the OS writes after that counts");
    assert!(machine.is_armed(1));
    machine.jump(1, 0x4040_0000);
    assert_eq!(machine.started(), [(1, entry(0x4040_0000))]);
}

#[test]
fn b102_a_disabled_cpu_stays_parked_and_forgets_the_address() {
    let mut machine = machine();
    machine.jump(2, 0x4020_0040);
    assert_eq!(machine.started(), []);
    assert!(machine.is_armed(2));
    assert_eq!(machine.read(2, STATUS), 2);
    machine.ledger.plug(VcpuIndex::new(2).unwrap(), Patience::default(), NOW).unwrap();
    assert_eq!(machine.started(), [], "who wrote it at boot may have given up on the CPU since");
    machine.jump(2, 0x4030_0000);
    assert_eq!(machine.started(), [(2, entry(0x4030_0000))]);
}

//! Two PEs count in the same place.

use std::sync::Arc;

use vm_memory::{Bytes, GuestAddress, GuestMemoryMmap};

use crate::cluster::Cluster;
use crate::run::{Core, Exit};
use crate::testing::{CODE, HVC, Nothing, RAM, SIZE};

const ROUNDS: u64 = 20_000;

/// Lets two PEs execute `words` with X1 = RAM, X2 = 1 and X3 counting the rounds; returns what is
/// in memory at the end.
fn count(words: &[u32]) -> u64 {
    let memory = GuestMemoryMmap::from_ranges(&[(GuestAddress(RAM), SIZE)]).unwrap();
    for (number, word) in words.iter().chain([&HVC]).enumerate() {
        memory.write_obj(word.to_le(), GuestAddress(CODE + 4 * number as u64)).unwrap();
    }
    let cluster = Cluster::new(&memory, 2);
    std::thread::scope(|scope| {
        for index in 0..2 {
            let cluster = Arc::clone(&cluster);
            scope.spawn(move || {
                let mut core = Core::new(index, index as u64, cluster, Box::new(Nothing));
                let mut registers = core.registers();
                registers.x[1..4].copy_from_slice(&[RAM, 1, ROUNDS]);
                registers.pc = CODE;
                core.set_registers(&registers);
                assert_eq!(core.run(), Exit::Call);
            });
        }
    });
    memory.read_obj(GuestAddress(RAM)).unwrap()
}

#[test]
fn no_atomic_addition_is_lost() {
    // stadd x2, [x1]; subs x3, x3, #1; b.ne .-8
    assert_eq!(count(&[0xf822_003f, 0xf100_0463, 0x54ff_ffc1]), 2 * ROUNDS);
}

#[test]
fn no_exclusive_increment_is_lost() {
    // ldxr x4, [x1]; add x4, x4, #1; stxr w5, x4, [x1]; cbnz w5, .-12; subs x3, x3, #1; b.ne .-20
    let words = [0xc85f_7c24, 0x9100_0484, 0xc805_7c24, 0x35ff_ffa5, 0xf100_0463, 0x54ff_ff61];
    assert_eq!(count(&words), 2 * ROUNDS);
}

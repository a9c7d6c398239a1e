//! TLBI reaches the other PEs of a cluster, and DSB waits for them.

use std::thread;

use crate::cluster::{Cluster, Doorbell};
use crate::memory::Access;
use crate::memory::access::Place;
use crate::testing::Nothing;
use vm_memory::Bytes;

use super::*;

const TLBI_VMALLE1: At = [1, 0, 8, 7, 0];
const TLBI_VMALLE1IS: At = [1, 0, 8, 3, 0];
const TLBI_VAE1IS: At = [1, 0, 8, 3, 1];
const TLBI_ASIDE1IS: At = [1, 0, 8, 3, 2];
const TLBI_VAE1: At = [1, 0, 8, 7, 1];
/// `dsb ish`
const DSB: u32 = 0xd503_3b9f;

const LEVEL1: u64 = RAM + 0x1000;
const LEVEL2: u64 = RAM + 0x2000;
const LEVEL3: u64 = RAM + 0x3000;
const PAGE: u64 = 0x5000;

/// Two PEs that share their tables; [`PAGE`] is mapped to RAM.
fn two() -> (GuestMemoryMmap<()>, [Core; 2]) {
    let memory = GuestMemoryMmap::from_ranges(&[(GuestAddress(RAM), SIZE)]).unwrap();
    let cluster = Cluster::new(&memory, 2);
    for (at, value) in
        [(LEVEL1, LEVEL2 | 3), (LEVEL2, LEVEL3 | 3), (LEVEL3 + 5 * 8, (RAM + PAGE) | 0xc43)]
    {
        memory.write_obj(value.to_le(), GuestAddress(at)).unwrap();
    }
    let cores = [0, 1].map(|index| {
        let mut core = Core::new(index, index as u64, Arc::clone(&cluster), Box::new(Nothing));
        for (register, value) in [
            ([3, 0, 10, 2, 0], 0xff),
            ([3, 0, 2, 0, 2], 0x19 | 2 << 32 | 1 << 36),
            ([3, 0, 2, 0, 0], 7 << 48 | LEVEL1),
            (SCTLR, 1),
        ] {
            write(&mut core, register, value);
        }
        core
    });
    (memory, cores)
}

fn execute(core: &mut Core, word: u32) {
    let lowered = crate::block::lower_word(word, 0);
    (lowered.step.run)(&mut core.cpu, &lowered.step).unwrap();
}

fn write(core: &mut Core, at: At, value: u64) {
    core.cpu.set_x(2, value);
    execute(core, 0xd500_0000 | operand(at) | 2);
}

/// The frame that [`PAGE`] leads to, if it is mapped.
fn frame(core: &mut Core) -> Option<u32> {
    match core.cpu.translate(Level::El1, PAGE, Access::Read) {
        Ok(Place::Ram { frame, .. }) => Some(frame.number),
        _ => None,
    }
}

fn unmap(memory: &GuestMemoryMmap<()>) {
    memory.write_obj(0u64, GuestAddress(LEVEL3 + 5 * 8)).unwrap();
}

#[test]
fn the_inner_shareable_forms_reach_everybody_and_the_others_do_not() {
    let forms = [
        (TLBI_VMALLE1, 0, false),
        (TLBI_VAE1, PAGE >> 12 | 7 << 48, false),
        (TLBI_VMALLE1IS, 0, true),
        (TLBI_VAE1IS, PAGE >> 12 | 7 << 48, true),
        (TLBI_ASIDE1IS, 7 << 48, true),
    ];
    for (at, operand, everywhere) in forms {
        let (memory, [mut one, mut other]) = two();
        assert_eq!((frame(&mut one), frame(&mut other)), (Some(5), Some(5)));
        unmap(&memory);
        // Nobody has to look yet.
        assert_eq!((frame(&mut one), frame(&mut other)), (Some(5), Some(5)));
        write(&mut one, at, operand);
        // The other PE does not execute: DSB does not wait, and it serves before it executes again.
        execute(&mut one, DSB);
        other.cpu.serve_requests();
        assert_eq!(frame(&mut one), None, "{at:?}");
        assert_eq!(frame(&mut other).is_none(), everywhere, "{at:?}");
    }
}

#[test]
fn another_asid_is_left_alone() {
    let (memory, [mut one, mut other]) = two();
    assert_eq!(frame(&mut other), Some(5));
    unmap(&memory);
    write(&mut one, TLBI_ASIDE1IS, 8 << 48);
    other.cpu.serve_requests();
    assert_eq!(frame(&mut other), Some(5));
}

#[test]
fn eight_bits_of_an_asid_count_where_tcr_says_so() {
    let (memory, [mut one, mut other]) = two();
    for core in [&mut one, &mut other] {
        write(core, [3, 0, 2, 0, 2], 0x19 | 2 << 32);
    }
    assert_eq!(frame(&mut other), Some(5));
    unmap(&memory);
    write(&mut one, TLBI_ASIDE1IS, 0x107 << 48);
    other.cpu.serve_requests();
    assert_eq!(frame(&mut other), None);
}

#[test]
fn dsb_returns_when_a_pe_that_executes_has_served() {
    let (memory, [mut one, mut other]) = two();
    assert_eq!(frame(&mut other), Some(5));
    let cluster = Arc::clone(&one.cpu.cluster);
    cluster.enter(0);
    cluster.enter(1);
    unmap(&memory);
    thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            write(&mut one, TLBI_VAE1IS, PAGE >> 12);
            assert!(one.cpu.awaits_others);
            execute(&mut one, DSB);
            assert!(cluster.is_synchronised(0));
            assert!(!one.cpu.awaits_others);
        });
        while other.cpu.bell.flags() & Doorbell::REQUEST == 0 {
            thread::yield_now();
        }
        assert!(!cluster.is_synchronised(0));
        other.cpu.serve_requests();
        assert_eq!(frame(&mut other), None);
        waiting.join().unwrap();
    });
}

#[test]
fn two_that_wait_for_each_other_both_return() {
    let (_memory, cores) = two();
    let cluster = Arc::clone(&cores[0].cpu.cluster);
    cluster.enter(0);
    cluster.enter(1);
    thread::scope(|scope| {
        for mut core in cores {
            scope.spawn(move || {
                for _ in 0..200 {
                    write(&mut core, TLBI_VMALLE1IS, 0);
                    execute(&mut core, DSB);
                }
                core.cpu.cluster.leave(core.cpu.index);
            });
        }
    });
}

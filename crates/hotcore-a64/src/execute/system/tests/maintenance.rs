//! Cache maintenance, DC ZVA and AT, with two pages mapped: one to write, one to read at EL1 only.

use vm_memory::Bytes;

use super::*;

/// Virtual addresses, in blocks of 2 MiB.
const WRITABLE: u64 = 0;
const READ_ONLY: u64 = 0x20_0000;
const DEVICE: u64 = 0x40_0000;
const UNMAPPED: u64 = 0x60_0000;
const OUTSIDE: u64 = 0x80_0000;

const DC_IVAC: At = [1, 0, 7, 6, 1];
const DC_CIVAC: At = [1, 3, 7, 14, 1];
const DC_ZVA: At = [1, 3, 7, 4, 1];
const IC_IVAU: At = [1, 3, 7, 5, 1];
const PAR: At = [3, 0, 7, 4, 0];

/// The MMU on, with 39 bits of lower half by one table of blocks.
fn mapped() -> Bench {
    let mut bench = Bench::new();
    let (level1, level2) = (RAM + 0x1000, RAM + 0x2000);
    let set =
        |at: u64, value: u64| bench.memory.write_obj(value.to_le(), GuestAddress(at)).unwrap();
    set(level1, level2 | 3);
    // 10 AF | 7:6 AP | 4:2 AttrIndx | 1:0 block
    set(level2, RAM | 0x441);
    set(level2 + 8, RAM | 0x481);
    set(level2 + 16, RAM | 0x445);
    set(level2 + 32, 0x80_0000 | 0x441);
    for (register, value) in [
        ([3, 0, 10, 2, 0], 0x00ff),
        ([3, 0, 2, 0, 2], 0x19 | 2 << 32),
        ([3, 0, 2, 0, 0], level1),
        (SCTLR, 1 | 1 << 14 | 1 << 26),
    ] {
        bench.msr(register, value).unwrap();
    }
    bench
}

fn abort(iss: u32, far: u64) -> Trap {
    Trap::Exception(Exception::new(Class::DataAbort).iss(iss).far(far))
}

#[test]
fn a_block_of_64_bytes_is_zeroed() {
    let mut bench = mapped();
    bench.memory.write_slice(&[0xff; 256], GuestAddress(RAM + 0x8000)).unwrap();
    bench.msr(DC_ZVA, WRITABLE + 0x8000 + 64 + 13).unwrap();
    let mut bytes = [0; 256];
    bench.memory.read_slice(&mut bytes, GuestAddress(RAM + 0x8000)).unwrap();
    for (at, &byte) in bytes.iter().enumerate() {
        assert_eq!(byte == 0, (64..128).contains(&at), "{at}");
    }
}

#[test]
fn zeroing_aborts_as_a_write_does() {
    let mut bench = mapped();
    assert_eq!(bench.msr(DC_ZVA, READ_ONLY), Err(abort(0x4e, READ_ONLY)));
    assert_eq!(bench.msr(DC_ZVA, UNMAPPED + 5), Err(abort(0x46, UNMAPPED + 5)));
    assert_eq!(bench.msr(DC_ZVA, DEVICE), Err(abort(0x61, DEVICE)));
    assert_eq!(bench.msr(DC_ZVA, OUTSIDE), Err(abort(0x61, OUTSIDE)));
}

#[test]
fn zeroing_makes_code_stale() {
    let mut bench = mapped();
    let generation = bench.cpu().code.mark(8);
    bench.cpu().alone = true;
    bench.msr(DC_ZVA, WRITABLE + 0x8000).unwrap();
    assert_ne!(bench.cpu().code.generation(8), generation);
    bench.cpu().alone = false;
    bench.cpu().code.mark(8);
    assert_eq!(bench.msr(DC_ZVA, WRITABLE + 0x8000), Err(Trap::CodeWrite));
}

#[test]
fn maintenance_needs_a_translation_and_tells_that_it_is_maintenance() {
    let mut bench = mapped();
    for at in [DC_CIVAC, IC_IVAU] {
        assert_eq!(bench.msr(at, WRITABLE), Ok(()));
        assert_eq!(bench.msr(at, READ_ONLY), Ok(()));
        assert_eq!(bench.msr(at, OUTSIDE), Ok(()));
        assert_eq!(bench.msr(at, UNMAPPED), Err(abort(0x146, UNMAPPED)), "{at:?}");
    }
    assert_eq!(bench.msr(DC_IVAC, WRITABLE), Ok(()));
    assert_eq!(bench.msr(DC_IVAC, READ_ONLY), Err(abort(0x14e, READ_ONLY)));
    bench.cpu().switch(Level::El0, true);
    assert_eq!(bench.msr(DC_CIVAC, WRITABLE), Ok(()));
    assert_eq!(bench.msr(DC_CIVAC, READ_ONLY), Err(abort(0x14e, READ_ONLY)));
}

#[test]
fn code_is_invalidated_by_address_and_altogether() {
    let mut bench = mapped();
    let marked: Vec<u32> = (8..11).map(|frame| bench.cpu().code.mark(frame)).collect();
    bench.msr(IC_IVAU, WRITABLE + 0x8004).unwrap();
    let now: Vec<u32> = (8..11).map(|frame| bench.cpu().code.generation(frame)).collect();
    assert_eq!([now[0] == marked[0], now[1] == marked[1]], [false, true]);
    // ic iallu
    assert_eq!(bench.execute(0xd508_751f), Err(Trap::ForgetCode), "of this PE alone");
    assert!((9..11).all(|frame| bench.cpu().code.is_code(frame)));
    // ic ialluis
    bench.execute(0xd508_711f).unwrap();
    assert!((8..11).all(|frame| !bench.cpu().code.is_code(frame)));
}

#[test]
fn translations_are_told_in_par() {
    let mut bench = mapped();
    // AT S1E1R, S1E1W, S1E0R and S1E0W by op2.
    let cases = [
        (0, WRITABLE + 0x1234, 0xff << 56 | (RAM + 0x1000) | 0x980),
        (3, WRITABLE, 0xff << 56 | RAM | 0x980),
        (0, READ_ONLY, 0xff << 56 | RAM | 0x980),
        (0, DEVICE, RAM | 0x900),
        // Permission and translation faults of level 2, a translation fault of level 1.
        (1, READ_ONLY, 0x800 | 0x0e << 1 | 1),
        (2, READ_ONLY, 0x800 | 0x0e << 1 | 1),
        (0, UNMAPPED, 0x800 | 0x06 << 1 | 1),
        (0, 1 << 38, 0x800 | 0x05 << 1 | 1),
    ];
    for (op2, address, expected) in cases {
        bench.msr([1, 0, 7, 8, op2], address).unwrap();
        assert_eq!(bench.mrs(PAR), Ok(expected), "{op2} {address:#x}");
    }
}

#[test]
fn a_table_that_is_not_there_aborts_the_translation_itself() {
    let mut bench = mapped();
    bench.msr(PAR, 77).unwrap();
    bench.msr([3, 0, 2, 0, 0], 0x1000).unwrap();
    assert_eq!(bench.msr([1, 0, 7, 8, 0], UNMAPPED), Err(abort(0x155, UNMAPPED)));
    assert_eq!(bench.mrs(PAR), Ok(77));
}

//! Hostile addresses and offsets: whatever is asked for, nothing but the RAM that is there is reached.

use proptest::prelude::*;
use vm_memory::{Bytes, GuestAddress, GuestMemoryMmap};

use super::*;

const BASE: u64 = 0x4000_0000;

/// Start and bytes of regions: one that begins at 0, neighbours, a hole, ends that are not those of
/// pages, less than a page, and the end of the address space but for its last byte, which no region
/// can have.
const REGIONS: [(u64, u64); 7] = [
    (0, 2 * PAGE),
    (BASE, 3 * PAGE),
    (BASE + 3 * PAGE, PAGE),
    (BASE + 8 * PAGE, PAGE + 100),
    (BASE + 16 * PAGE, 100),
    (1 << 40, PAGE),
    (u64::MAX - 4 * PAGE + 1, 4 * PAGE - 1),
];

fn memory(regions: &[(u64, u64)]) -> GuestMemoryMmap<()> {
    let ranges: Vec<_> =
        regions.iter().map(|&(start, bytes)| (GuestAddress(start), bytes as usize)).collect();
    GuestMemoryMmap::from_ranges(&ranges).unwrap()
}

/// Whether the page of `address` is whole in one of the regions.
fn is_there(address: u64) -> bool {
    let page = u128::from(address & !(PAGE - 1));
    REGIONS.iter().any(|&(start, bytes)| {
        let (start, bytes) = (u128::from(start), u128::from(bytes));
        page >= start && page + u128::from(PAGE) <= start + bytes
    })
}

/// Near an end of a region, or anything.
fn address() -> impl Strategy<Value = u64> {
    let near = (prop::sample::select(REGIONS.to_vec()), any::<bool>(), -5000..5000i64).prop_map(
        |((start, bytes), at_end, offset)| {
            let end = if at_end { start.wrapping_add(bytes) } else { start };
            end.wrapping_add_signed(offset)
        },
    );
    prop_oneof![4 => near, 1 => any::<u64>()]
}

proptest! {
    #[test]
    fn a_page_is_found_where_all_of_it_is_ram(address in address(), value in any::<u64>()) {
        let memory = memory(&REGIONS);
        let ram = Ram::new(&memory, 0..0);
        let frame = ram.page(address);
        prop_assert_eq!(frame.is_some(), is_there(address), "{:#x}", address);
        let Some(frame) = frame else { return Ok(()) };
        prop_assert!((frame.number as usize) < ram.frames());
        // It is that page: what is stored there is what others find at the address.
        frame.page.store(address, value);
        let stored: u64 = memory.read_obj(GuestAddress(address & !7)).unwrap();
        prop_assert_eq!(stored, value);
        // The whole page has the same number, and no other page has it.
        let page = address & !(PAGE - 1);
        let number = |at: u64| ram.page(at).map(|frame| frame.number);
        prop_assert_eq!(number(page), Some(frame.number));
        prop_assert_eq!(number(page | (PAGE - 1)), Some(frame.number));
        for other in [page.wrapping_sub(1), page.wrapping_add(PAGE)] {
            prop_assert_ne!(number(other), Some(frame.number));
        }
    }

    #[test]
    fn no_offset_leads_out_of_a_page(offset in any::<u64>(), bits in 1..=u64::MAX) {
        let memory = memory(&[(BASE, 3 * PAGE)]);
        let ram = Ram::new(&memory, 0..0);
        let page = ram.page(BASE + PAGE).unwrap().page;
        stays_inside::<u8>(&memory, page, offset, bits | 1);
        stays_inside::<u16>(&memory, page, offset, bits | 1);
        stays_inside::<u32>(&memory, page, offset, bits | 1);
        stays_inside::<u64>(&memory, page, offset, bits);
        stays_inside::<u128>(&memory, page, offset, bits);
    }

    #[test]
    fn zeroing_goes_round_at_the_end_of_a_page(offset in any::<u64>(), blocks in 0..=64u64) {
        let memory = memory(&[(BASE, 3 * PAGE)]);
        memory.write_slice(&[0xff; 3 * PAGE as usize], GuestAddress(BASE)).unwrap();
        let page = Ram::new(&memory, 0..0).page(BASE + PAGE).unwrap().page;
        page.zero(offset, blocks * 64);
        let all = read(&memory);
        let zero = |at: &usize| all[*at] == 0;
        let expected = (0..blocks * 64).map(|at| ((offset & !7).wrapping_add(at) % PAGE) as usize);
        prop_assert!(expected.into_iter().all(|at| zero(&(PAGE as usize + at))));
        prop_assert_eq!((0..all.len()).filter(zero).count() as u64, blocks * 64);
    }
}

fn read(memory: &GuestMemoryMmap<()>) -> Vec<u8> {
    let mut all = vec![0; 3 * PAGE as usize];
    memory.read_slice(&mut all, GuestAddress(BASE)).unwrap();
    all
}

/// Every kind of access at `offset` reaches the aligned place inside the page, and nothing else.
fn stays_inside<T: Width>(memory: &GuestMemoryMmap<()>, page: Page, offset: u64, bits: u64) {
    memory.write_slice(&[0; 3 * PAGE as usize], GuestAddress(BASE)).unwrap();
    let value = T::from_u64(bits);
    page.store(offset, value);
    let at = (PAGE + offset % PAGE / T::SIZE * T::SIZE) as usize;
    let mut all = read(memory);
    let stored = all.drain(at..at + T::SIZE as usize).rev();
    assert_eq!(stored.fold(0, |value, byte| value << 8 | u128::from(byte)) as u64, value.to_u64());
    assert!(all.iter().all(|&byte| byte == 0));
    assert_eq!((page.load::<T>(offset), page.load_acquire::<T>(offset)), (value, value));
    let zero = T::from_u64(0);
    assert_eq!(page.exchange(offset, zero, value), Err(value));
    assert_eq!(page.exchange(offset, value, zero), Ok(value));
    page.store_release(offset, zero);
    assert!(read(memory).iter().all(|&byte| byte == 0));
}

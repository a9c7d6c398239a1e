//! The register block, access by access.

use std::time::Duration;

use hotcore_vcpu::{CpuPolicy, Notice, Output, Patience, VcpuEntry};
use proptest::prelude::*;

use super::*;

const NOW: Duration = Duration::ZERO;

/// A guest and its host at one register block.
struct Block {
    ledger: Ledger,
    controller: HotplugController,
}

impl Block {
    fn new(others: usize) -> Self {
        let mut cpus = vec![CpuPolicy { enabled: true, removable: false }];
        cpus.resize(others + 1, CpuPolicy { enabled: false, removable: true });
        let ledger = Ledger::new(&cpus).unwrap();
        let controller = HotplugController::new(&ledger, None);
        Self { ledger, controller }
    }

    fn plug(&mut self, cpu: u16) {
        self.ledger.plug(VcpuIndex::new(cpu).unwrap(), Patience::default(), NOW).unwrap();
    }

    fn unplug(&mut self, cpu: u16) {
        self.ledger.unplug(VcpuIndex::new(cpu).unwrap(), Patience::default(), NOW).unwrap();
    }

    fn read(&mut self, offset: u64, size: usize) -> u64 {
        let mut data = [0; 8];
        self.controller.read(&mut self.ledger, offset, &mut data[..size]);
        u64::from_le_bytes(data)
    }

    fn write(&mut self, offset: u64, size: usize, value: u64) {
        self.controller.write(&mut self.ledger, offset, &value.to_le_bytes()[..size], NOW);
    }

    fn select(&mut self, cpu: u64) {
        self.write(0, 4, cpu);
    }

    fn outputs(&mut self) -> Vec<Output> {
        std::iter::from_fn(|| self.ledger.next_output()).collect()
    }
}

#[test]
fn b041_flags_after_a_plug_are_enabled_and_insert() {
    let mut block = Block::new(3);
    block.plug(2);
    block.select(2);
    assert_eq!(block.read(4, 1), 0x03);
    assert_eq!(block.read(4, 4), 0x03);
}

#[test]
fn b043_command_0_selects_the_next_cpu_with_an_event() {
    let mut block = Block::new(7);
    block.plug(2);
    block.plug(5);
    block.write(5, 1, 0);
    assert_eq!(block.read(8, 4), 2);
    block.write(4, 1, 0x02);
    block.write(5, 1, 0);
    assert_eq!(block.read(8, 4), 5);
}

#[test]
fn b044_command_0_without_events_leaves_the_selector() {
    let mut block = Block::new(7);
    block.select(3);
    block.write(5, 1, 0);
    assert_eq!(block.read(8, 4), 3);
}

#[test]
fn b045_command_0_wraps_around() {
    let mut block = Block::new(3);
    block.plug(1);
    block.select(2);
    block.write(5, 1, 0);
    assert_eq!(block.read(8, 4), 1);
}

#[test]
fn b046_a_selector_out_of_range_reads_0_ignores_writes_and_recovers() {
    let mut block = Block::new(3);
    block.plug(1);
    for selector in [4, 0xffff, 0x1_0001, u64::from(u32::MAX)] {
        block.select(selector);
        assert_eq!((block.read(4, 1), block.read(8, 4), block.read(0, 4)), (0, 0, 0));
        block.write(4, 1, 0x02);
        block.write(5, 1, 3);
    }
    block.select(1);
    assert_eq!(block.read(4, 1), 0x03);
    assert_eq!(block.read(8, 4), 1, "command 3 was ignored");
}

#[test]
fn b047_b048_the_first_matching_flag_wins() {
    let mut block = Block::new(3);
    block.plug(1);
    block.select(1);
    block.read(4, 1);
    block.unplug(1);
    assert_eq!(block.read(4, 1), 0x07);
    block.write(4, 1, 0x0a);
    assert_eq!(block.read(4, 1), 0x05, "insert cleared, not ejected");
    block.write(4, 1, 0x0c);
    assert_eq!(block.read(4, 1), 0x01, "remove cleared, not ejected");
}

#[test]
fn b049_an_unknown_command_leaves_the_previous_one_in_force() {
    let mut block = Block::new(31);
    block.select(17);
    block.write(5, 1, 3);
    block.write(5, 1, 9);
    assert_eq!(block.read(8, 4), 0x101);
}

#[test]
fn b050_command_3_reads_the_mpidr() {
    let mut block = Block::new(31);
    block.select(17);
    block.write(5, 1, 3);
    assert_eq!((block.read(8, 4), block.read(0, 4)), (0x101, 0));
}

#[test]
fn b051_ost_event_and_status_make_one_ost() {
    let mut block = Block::new(3);
    block.select(2);
    block.write(5, 1, 1);
    block.write(8, 4, 0x103);
    assert_eq!(block.outputs(), []);
    block.write(5, 1, 2);
    block.write(8, 4, 0x84);
    let cpu = VcpuIndex::new(2).unwrap();
    let ost = Notice::Ost { cpu, source: 0x103, status: 0x84 };
    assert_eq!(block.outputs(), [Output::Notice(ost)]);
}

#[test]
fn b052_eject_of_the_boot_cpu_is_ignored() {
    let mut block = Block::new(1);
    block.write(4, 1, 0x08);
    assert_eq!(block.read(4, 1), 0x01);
}

#[test]
fn b053_eject_of_a_running_cpu_leaves_it_enabled() {
    let mut block = Block::new(1);
    block.plug(1);
    let entry = VcpuEntry { pc: 0, context: 0, big_endian: false };
    let cpu = block.ledger.cpu_on(Mpidr::from_bits(1).unwrap(), entry, NOW).unwrap();
    block.ledger.vcpu_started(cpu, NOW);
    block.select(1);
    block.write(4, 1, 0x08);
    assert_eq!(block.read(4, 1) & 1, 1);
}

#[test]
fn b054_eject_of_an_off_cpu_reads_disabled_at_once() {
    let mut block = Block::new(1);
    block.plug(1);
    block.select(1);
    block.write(4, 1, 0x08);
    assert_eq!(block.read(4, 1), 0);
}

#[test]
fn b055_reserved_bytes_read_0_and_ignore_writes() {
    let mut block = Block::new(1);
    block.plug(1);
    block.select(1);
    for offset in [1, 2, 3, 5, 6, 7, 9, 10, 11] {
        assert_eq!(block.read(offset, 1), 0, "offset {offset}");
    }
    block.write(6, 1, 0xff);
    block.write(7, 1, 0xff);
    assert_eq!(block.read(4, 1), 0x03);
}

#[test]
fn b056_after_a_reset_the_selector_is_valid() {
    let mut block = Block::new(1);
    block.select(77);
    block.controller.reset();
    assert_eq!(block.read(4, 1), 0x01);
}

#[test]
fn b012_b013_b014_sta_follows_the_enabled_bit() {
    let mut block = Block::new(1);
    block.select(1);
    assert_eq!(block.read(4, 1) & 1, 0, "CSTA returns 0xD");
    block.plug(1);
    assert_eq!(block.read(4, 1) & 1, 1, "CSTA returns 0xF");
}

#[test]
fn the_maximum_can_be_enumerated() {
    let mut block = Block::new(6);
    block.select(0);
    block.write(5, 1, 0);
    let mut count = 1;
    loop {
        block.select(count);
        if block.read(8, 4) == 0 {
            break;
        }
        count += 1;
    }
    assert_eq!(count, 7);
}

#[test]
fn an_ignored_eject_keeps_the_cpu() {
    let mut block = Block::new(1);
    block.controller.fault = Some(HotplugFault::IgnoreEject);
    block.plug(1);
    block.select(1);
    block.write(4, 1, 0x08);
    assert_eq!(block.read(4, 1) & 1, 1);
}

#[test]
fn a_hidden_cpu_has_its_event_but_is_not_enabled() {
    let mut block = Block::new(1);
    block.controller.fault = Some(HotplugFault::HideEnabled);
    block.plug(1);
    block.select(1);
    assert_eq!(block.read(4, 1), 0x02);
}

proptest! {
    #[test]
    fn garbage_in_any_register_leaves_the_block_usable(
        accesses in prop::collection::vec((any::<bool>(), 0u64..16, 0usize..4, any::<u64>()), 0..200)
    ) {
        let mut block = Block::new(3);
        for (store, offset, size, value) in accesses {
            let size = 1 << size;
            if store {
                // Mostly small values: they are the ones that mean something.
                let value = if value % 3 == 0 { value } else { value % 16 };
                block.write(offset, size, value);
            } else {
                block.read(offset, size);
            }
        }
        block.select(1);
        let enabled = block.ledger.cpu(VcpuIndex::new(1).unwrap()).unwrap().enabled;
        prop_assert_eq!(block.read(4, 1) & 1, u64::from(enabled));
        prop_assert!(block.ledger.cpu(VcpuIndex::BOOT).unwrap().enabled);
    }
}

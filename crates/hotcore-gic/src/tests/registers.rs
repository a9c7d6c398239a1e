//! The memory-mapped registers: what they identify, how they are accessed, and that nothing else is
//! there.

use super::*;
use crate::{DISTRIBUTOR_SIZE, REDISTRIBUTOR_SIZE};

const BOOT: VcpuIndex = VcpuIndex::BOOT;

#[test]
fn the_distributor_says_what_it_is() {
    let gic = new(2);
    assert_eq!(gic.distributor_read(0x0000, 4), 1 << 6 | 1 << 4, "DS and ARE");
    assert_eq!(gic.distributor_read(0x0004, 4), 3 | 9 << 19 | 1 << 24 | 1 << 26, "TYPER");
    assert_ne!(gic.distributor_read(0x0008, 4), 0, "IIDR");
    assert_eq!(gic.distributor_read(0xffe8, 4) >> 4 & 0xf, 3, "ArchRev");
    gic.distributor_write(0x0000, 4, !0);
    assert_eq!(gic.distributor_read(0x0000, 4), 1 << 6 | 1 << 4 | 0b11, "no RWP, no E1NWF");
    for register in [0x0004, 0x0008, 0xffe8] {
        let before = gic.distributor_read(register, 4);
        gic.distributor_write(register, 4, !0);
        assert_eq!(gic.distributor_read(register, 4), before);
    }
}

#[test]
fn b033_512_redistributors_tell_which_cpu_they_belong_to_and_the_last_says_so() {
    let gic = Gic::new(GicConfig { interrupts: 992, ..config(512) }).unwrap();
    for index in gic.cpus() {
        let typer = gic.redistributor_read(index, 0x8, 8);
        assert_eq!(typer >> 32, Mpidr::of(index).packed().into());
        assert_eq!(typer >> 8 & 0xffff, index.get().into());
        assert_eq!(typer >> 4 & 1 != 0, index.get() == 511);
        assert_eq!(typer & 0xf, 0, "no LPIs");
        assert_eq!(gic.redistributor_read(index, 0x8, 4), typer & 0xffff_ffff);
        assert_eq!(gic.redistributor_read(index, 0xc, 4), typer >> 32);
        assert_eq!(gic.redistributor_read(index, 0xffe8, 4) >> 4 & 0xf, 3, "ArchRev");
        gic.redistributor_write(index, offset::SGI_BASE + offset::ISENABLER, 4, 1 << 27);
        gic.set_ppi(index, 27, true);
    }
    gic.distributor_write(offset::CTLR, 4, 0b10);
    gic.distributor_write(offset::ISENABLER + 4 * 30, 4, !0);
    gic.distributor_write(offset::IROUTER + 991 * 8, 8, 0x1f0f);
    gic.set_spi(991, true);
    for index in gic.cpus().rev() {
        gic.write(index, Register::Pmr, 0xff);
        gic.write(index, Register::Igrpen1, 1);
        assert_eq!(take(&gic, index), 27);
    }
    end(&gic, cpu(511), 27);
    gic.set_ppi(cpu(511), 27, false);
    assert_eq!(take(&gic, cpu(511)), 991);
    assert_eq!(gic.distributor_read(0x0004, 4) & 0x1f, 30, "ITLinesNumber");
}

#[test]
fn a_sleeping_redistributor_says_so_and_keeps_its_interrupts() {
    let gic = ready(1);
    let waker = |gic: &Gic| gic.redistributor_read(BOOT, offset::WAKER, 4);
    assert_eq!(waker(&gic), 0, "awake, as firmware would hand it over");
    gic.redistributor_write(BOOT, offset::WAKER, 4, !0);
    assert_eq!(waker(&gic), 0b110, "ProcessorSleep and ChildrenAsleep");
    gic.set_ppi(BOOT, 27, true);
    gic.set_spi(40, true);
    assert!(!gic.irq_pending(BOOT));
    assert_eq!(take(&gic, BOOT), SPURIOUS);
    gic.redistributor_write(BOOT, offset::WAKER, 4, 0b100);
    assert_eq!(waker(&gic), 0, "ChildrenAsleep is read only");
    assert_eq!(take(&gic, BOOT), 27);
}

#[test]
fn the_registers_begin_as_those_of_kvm() {
    let gic = new(1);
    for bank in 1..4 {
        let word = |register: u64| gic.distributor_read(register + bank * 4, 4);
        assert_eq!(word(offset::IGROUPR), 0xffff_ffff);
        assert_eq!((word(offset::ISENABLER), word(offset::ICENABLER)), (0, 0));
        assert_eq!((word(offset::ISPENDR), word(offset::ICPENDR)), (0, 0));
        assert_eq!((word(offset::ISACTIVER), word(offset::ICACTIVER)), (0, 0));
    }
    assert_eq!(gic.distributor_read(offset::ICFGR + 8, 4), 0xaaaa_aaaa);
    let private = |register| gic.redistributor_read(BOOT, offset::SGI_BASE + register, 4);
    assert_eq!(private(offset::IGROUPR), 0xffff_ffff);
    assert_eq!(private(offset::ISENABLER), 0xffff);
    assert_eq!(private(offset::IPRIORITYR), 0);
}

#[test]
fn private_interrupts_are_not_in_the_distributor_nor_spis_in_a_redistributor() {
    let gic = new(1);
    let words = [0x080, 0x100, 0x180, 0x200, 0x280, 0x300, 0x380, 0x400, 0xc00];
    for register in words {
        gic.distributor_write(register, 4, !0);
        assert_eq!(gic.distributor_read(register, 4), 0, "{register:#x}");
        let beyond = offset::SGI_BASE + register + if register == 0x400 { 0x20 } else { 8 };
        gic.redistributor_write(BOOT, beyond, 4, !0);
        assert_eq!(gic.redistributor_read(BOOT, beyond, 4), 0, "{beyond:#x}");
    }
    gic.distributor_write(offset::IROUTER + 31 * 8, 8, !0);
    assert_eq!(gic.distributor_read(offset::IROUTER + 31 * 8, 8), 0);
}

#[test]
fn interrupts_beyond_the_last_are_not_there() {
    let gic = new(1);
    for register in [0x090, 0x110, 0x210, 0x310, 0x480, 0xc20, 0x6000 + 128 * 8] {
        gic.distributor_write(register, 4, !0);
        assert_eq!(gic.distributor_read(register, 4), 0, "{register:#x}");
    }
}

/// The sizes with which a register of the distributor can be accessed at an offset.
fn distributor_sizes(offset: u64) -> &'static [usize] {
    let word = offset.is_multiple_of(4);
    match offset {
        0x0420..0x0480 if word => &[1, 4],
        0x0420..0x0480 => &[1],
        0x6100..0x6400 if offset.is_multiple_of(8) => &[4, 8],
        // Bits for INTIDs 32 to 127: the second to fourth word of each register.
        0x0080..0x0400 if word && (4..0x10).contains(&(offset % 0x80)) => &[4],
        0x0000..0x000c | 0x0c08..0x0c20 | 0x6100..0x6400 | 0xffe8 if word => &[4],
        _ => &[],
    }
}

#[test]
fn accesses_of_other_sizes_read_as_zero_and_are_ignored() {
    let gic = new(1);
    // Everything reads as ones where there is anything.
    for offset in (0..DISTRIBUTOR_SIZE).step_by(4) {
        gic.distributor_write(offset, 4, !0);
    }
    for offset in (0x180..0x200).chain(0x280..0x300).chain(0x380..0x400).step_by(4) {
        gic.distributor_write(offset, 4, 0);
    }
    set(&gic, offset::ISENABLER, 32);
    for bank in 1..4 {
        for register in [offset::ISENABLER, offset::ISPENDR, offset::ISACTIVER] {
            gic.distributor_write(register + bank * 4, 4, !0);
        }
    }
    let before = gic.save();
    for offset in 0..DISTRIBUTOR_SIZE {
        for size in [0, 1, 2, 3, 4, 5, 8, 16, usize::MAX] {
            let there = distributor_sizes(offset).contains(&size);
            let value = gic.distributor_read(offset, size);
            if there {
                let upper_word = (0x6100..0x6400).contains(&offset) && offset % 8 == 4;
                assert!(value != 0 || upper_word, "{size} at {offset:#x}");
            } else {
                assert_eq!(value, 0, "{size} at {offset:#x}");
                gic.distributor_write(offset, size, 0);
                gic.distributor_write(offset, size, 0x5a5a_5a5a_5a5a_5a5a);
            }
        }
    }
    assert_eq!(gic.save(), before);
}

#[test]
fn accesses_to_a_redistributor_of_other_sizes_are_ignored() {
    let gic = new(2);
    let there = |offset: u64, size: usize| match offset {
        0x0008 => size == 8 || size == 4,
        0x0004 | 0x000c | 0x0014 | 0xffe8 | 0x1_0c00 | 0x1_0c04 => size == 4,
        0x1_0400..0x1_0420 => size == 1 || size == 4 && offset.is_multiple_of(4),
        0x1_0080..0x1_0400 => offset.is_multiple_of(0x80) && size == 4,
        _ => false,
    };
    let before = gic.save();
    for offset in 0..REDISTRIBUTOR_SIZE {
        for size in [0, 1, 2, 3, 4, 8] {
            if !there(offset, size) {
                gic.redistributor_write(BOOT, offset, size, !0);
                assert_eq!(gic.redistributor_read(BOOT, offset, size), 0, "{size} at {offset:#x}");
            }
        }
    }
    assert_eq!(gic.save(), before);
}

#[test]
fn priorities_can_be_accessed_byte_by_byte() {
    let gic = new(1);
    gic.distributor_write(offset::IPRIORITYR + 40, 4, 0x4030_2010);
    gic.distributor_write(offset::IPRIORITYR + 42, 1, 0xff_ffa0);
    assert_eq!(gic.distributor_read(offset::IPRIORITYR + 40, 4), 0x40a0_2010);
    assert_eq!(gic.distributor_read(offset::IPRIORITYR + 43, 1), 0x40);
    set_private_priority(&gic, BOOT, 31, 0x88);
    let last = offset::SGI_BASE + offset::IPRIORITYR + 28;
    assert_eq!(gic.redistributor_read(BOOT, last, 4), 0x8800_0000);
}

#[test]
fn far_offsets_and_cpus_that_do_not_exist_are_harmless() {
    let gic = new(1);
    let before = gic.save();
    for offset in [DISTRIBUTOR_SIZE, REDISTRIBUTOR_SIZE, 1 << 32, 1 << 32 | 0x84, u64::MAX] {
        gic.distributor_write(offset, 4, !0);
        gic.redistributor_write(BOOT, offset, 4, !0);
        assert_eq!(gic.distributor_read(offset, 4), 0);
        assert_eq!(gic.redistributor_read(BOOT, offset, 4), 0);
    }
    let nobody = cpu(1);
    gic.redistributor_write(nobody, offset::WAKER, 4, 2);
    assert_eq!(gic.redistributor_read(nobody, 0x8, 8), 0);
    for register in Register::ALL {
        gic.write(nobody, register, 0);
        let value = gic.read(nobody, register);
        assert!(value == 0 || value == SPURIOUS, "{register:?}");
    }
    gic.reset_interface(nobody);
    assert!(!gic.irq_pending(nobody));
    assert_eq!(gic.save(), before);
}

#[test]
fn the_system_registers_have_encodings_of_their_own() {
    for register in Register::ALL {
        assert_eq!(Register::from_encoding(register.encoding()), Some(register));
        assert!(register.is_readable() || register.is_writable());
    }
    // ICC_AP0R1_EL1 and MIDR_EL1.
    for encoding in [3 << 14 | 12 << 7 | 8 << 3 | 5, 3 << 14, 0, u16::MAX] {
        assert_eq!(Register::from_encoding(encoding), None);
    }
    let gic = new(1);
    assert_eq!(gic.read(BOOT, Register::Sre), 7);
    gic.write(BOOT, Register::Sre, 0);
    assert_eq!(gic.read(BOOT, Register::Sre), 7, "there is no other interface");
    gic.write(BOOT, Register::Ctlr, !0);
    assert_eq!(gic.read(BOOT, Register::Ctlr), 0b11 | 4 << 8 | 1 << 15 | 1 << 18);
}

#[test]
fn registers_of_one_direction_ignore_the_other() {
    let gic = ready(1);
    gic.set_spi(40, true);
    let before = gic.save();
    for register in Register::ALL {
        if !register.is_readable() {
            assert_eq!(gic.read(BOOT, register), 0, "{register:?}");
        }
        if !register.is_writable() {
            gic.write(BOOT, register, !0);
        }
    }
    assert_eq!(gic.save(), before);
}

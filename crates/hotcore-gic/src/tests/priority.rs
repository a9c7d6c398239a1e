//! Which interrupt goes first, and which interrupts another (IHI 0069, "Interrupt prioritization").

use super::*;

const BOOT: VcpuIndex = VcpuIndex::BOOT;

fn rpr(gic: &Gic) -> u64 {
    gic.read(BOOT, Register::Rpr)
}

fn is_irq(gic: &Gic) -> bool {
    gic.irq_pending(BOOT)
}

/// SPIs 40 to 43 with these priorities, of which the first is running.
fn running(priorities: [u64; 4]) -> Gic {
    let gic = ready(1);
    for (intid, priority) in (40..).zip(priorities) {
        set_priority(&gic, intid, priority);
    }
    gic.set_spi(40, true);
    assert_eq!(take(&gic, BOOT), 40);
    gic
}

#[test]
fn the_lowest_value_goes_first_and_among_equals_the_lowest_intid() {
    let gic = ready(1);
    for (intid, priority) in [(40, 0x90), (41, 0x20), (42, 0x20), (100, 0x08)] {
        set_priority(&gic, intid, priority);
        gic.set_spi(intid as u32, true);
    }
    set_private_priority(&gic, BOOT, 27, 0x20);
    gic.set_ppi(BOOT, 27, true);
    let mut order = Vec::new();
    while let intid @ 0..SPURIOUS = gic.read(BOOT, Register::Hppir1) {
        order.push(intid);
        set(&gic, offset::ICENABLER, intid);
        if intid < 32 {
            gic.set_ppi(BOOT, intid as u32, false);
        }
    }
    assert_eq!(order, [100, 27, 41, 42, 40]);
}

#[test]
fn priorities_have_five_bits() {
    let gic = new(1);
    gic.distributor_write(offset::IPRIORITYR + 40, 4, 0xffff_8f07);
    assert_eq!(gic.distributor_read(offset::IPRIORITYR + 40, 4), 0xf8f8_8800);
    gic.write(BOOT, Register::Pmr, 0xff);
    assert_eq!(gic.read(BOOT, Register::Pmr), 0xf8);
    assert_eq!(gic.read(BOOT, Register::Ctlr) >> 8 & 7, 4, "PRIbits");
}

#[test]
fn the_mask_lets_only_lower_values_through() {
    let gic = ready(1);
    gic.set_spi(40, true);
    for (mask, passes) in [(0, false), (0x78, false), (0x80, false), (0x88, true), (0xf8, true)] {
        gic.write(BOOT, Register::Pmr, mask);
        assert_eq!(is_irq(&gic), passes, "mask {mask:#x}");
        assert_eq!(gic.read(BOOT, Register::Hppir1), 40, "regardless of the mask");
    }
    set_priority(&gic, 40, 0xf8);
    assert!(!is_irq(&gic), "the lowest priority is always masked");
}

#[test]
fn only_a_higher_priority_preempts() {
    let gic = running([0x80, 0x80, 0x88, 0x78]);
    assert_eq!(rpr(&gic), 0x80);
    gic.set_spi(41, true);
    gic.set_spi(42, true);
    assert!(!is_irq(&gic));
    assert_eq!(take(&gic, BOOT), SPURIOUS);
    gic.set_spi(43, true);
    assert!(is_irq(&gic));
    assert_eq!(take(&gic, BOOT), 43);
    assert_eq!(rpr(&gic), 0x78);
    gic.set_spi(43, false);
    end(&gic, BOOT, 43);
    assert_eq!(rpr(&gic), 0x80);
    assert!(!is_irq(&gic));
    gic.set_spi(40, false);
    end(&gic, BOOT, 40);
    assert_eq!(take(&gic, BOOT), 41);
}

#[test]
fn the_binary_point_decides_which_bits_preempt() {
    // Group 1 counts from bit 1: 3 leaves bits 7 to 3, 7 leaves bit 7.
    for (point, first_that_preempts) in [(3, 0x78), (4, 0x70), (5, 0x60), (6, 0x40), (7, 0x00)] {
        let gic = ready(1);
        gic.write(BOOT, Register::Bpr1, point);
        set_priority(&gic, 40, 0x80 - 8);
        gic.set_spi(40, true);
        assert_eq!(take(&gic, BOOT), 40);
        let group_priority = 0x78 & (0xff << point);
        assert_eq!(rpr(&gic), group_priority, "binary point {point}");
        gic.set_spi(41, true);
        for priority in (0..0x100).step_by(8) {
            set_priority(&gic, 41, priority);
            let expected = priority & (0xff << point) < group_priority;
            assert_eq!(is_irq(&gic), expected, "binary point {point}, priority {priority:#x}");
        }
        assert!(group_priority <= first_that_preempts);
    }
}

#[test]
fn subpriorities_order_but_do_not_preempt() {
    let gic = ready(1);
    gic.write(BOOT, Register::Bpr1, 7);
    for (intid, priority) in [(40, 0x38), (41, 0x30)] {
        set_priority(&gic, intid, priority);
        gic.set_spi(intid as u32, true);
    }
    assert_eq!(take(&gic, BOOT), 41);
    assert_eq!(rpr(&gic), 0);
    set_priority(&gic, 40, 0);
    assert!(!is_irq(&gic));
}

#[test]
fn binary_points_have_a_minimum() {
    let gic = new(1);
    let points = |gic: &Gic| (gic.read(BOOT, Register::Bpr0), gic.read(BOOT, Register::Bpr1));
    assert_eq!(points(&gic), (2, 3));
    for (written, expected) in [(0, (2, 3)), (2, (2, 3)), (3, (3, 3)), (7, (7, 7)), (0xf8, (2, 3))]
    {
        gic.write(BOOT, Register::Bpr0, written);
        gic.write(BOOT, Register::Bpr1, written);
        assert_eq!(points(&gic), expected, "{written:#x} written");
    }
}

#[test]
fn the_groups_can_share_a_binary_point() {
    let gic = ready(1);
    gic.write(BOOT, Register::Bpr1, 5);
    gic.write(BOOT, Register::Bpr0, 3);
    gic.write(BOOT, Register::Ctlr, 1);
    assert_eq!(gic.read(BOOT, Register::Bpr1), 4, "BPR0 plus one");
    gic.write(BOOT, Register::Bpr1, 6);
    set_priority(&gic, 40, 0x78);
    gic.set_spi(40, true);
    assert_eq!(take(&gic, BOOT), 40);
    assert_eq!(rpr(&gic), 0x70);
    gic.write(BOOT, Register::Bpr0, 7);
    assert_eq!(gic.read(BOOT, Register::Bpr1), 7, "saturated");
    gic.write(BOOT, Register::Ctlr, 0);
    assert_eq!(gic.read(BOOT, Register::Bpr1), 5, "the write was ignored");
}

#[test]
fn a_binary_point_of_7_lets_group_0_never_preempt() {
    let gic = ready(1);
    gic.distributor_write(offset::CTLR, 4, 0b11);
    gic.distributor_write(offset::IGROUPR + 4, 4, 0);
    gic.write(BOOT, Register::Igrpen0, 1);
    gic.write(BOOT, Register::Bpr0, 7);
    gic.set_spi(40, true);
    assert_eq!(gic.read(BOOT, Register::Iar0), 40);
    assert_eq!(rpr(&gic), 0);
    gic.set_spi(41, true);
    set_priority(&gic, 41, 0);
    assert!(!gic.lines(BOOT).any());
}

#[test]
fn the_running_priority_is_the_active_priority_registers() {
    let gic = running([0x80, 0x40, 0, 0]);
    gic.set_spi(41, true);
    assert_eq!(take(&gic, BOOT), 41);
    assert_eq!(gic.read(BOOT, Register::Ap1r0), 1 << (0x80 >> 3) | 1 << (0x40 >> 3));
    assert_eq!(gic.read(BOOT, Register::Ap0r0), 0);
    gic.write(BOOT, Register::Ap1r0, 0);
    assert_eq!(rpr(&gic), 0xff);
    gic.write(BOOT, Register::Ap0r0, 1 << 31);
    assert_eq!(rpr(&gic), 0xf8);
    gic.write(BOOT, Register::Ap1r0, 1);
    assert_eq!(rpr(&gic), 0);
    gic.set_spi(42, true);
    assert!(!is_irq(&gic), "nothing preempts the highest priority");
}

#[test]
fn group_0_is_signalled_as_fiq_and_acknowledged_by_its_own_register() {
    let gic = ready(1);
    gic.distributor_write(offset::CTLR, 4, 0b11);
    gic.write(BOOT, Register::Igrpen0, 1);
    let (register, bit) = bit(offset::IGROUPR, 40);
    gic.distributor_write(register, 4, u64::from(!0_u32) & !bit);
    gic.set_spi(40, true);
    assert!(gic.lines(BOOT).fiq && !gic.lines(BOOT).irq);
    assert_eq!(take(&gic, BOOT), SPURIOUS);
    assert_eq!(gic.read(BOOT, Register::Hppir1), SPURIOUS);
    assert_eq!(gic.read(BOOT, Register::Hppir0), 40);
    set_priority(&gic, 41, 0x10);
    gic.set_spi(41, true);
    assert!(gic.lines(BOOT).irq && !gic.lines(BOOT).fiq, "the highest priority decides");
    assert_eq!(gic.read(BOOT, Register::Iar0), SPURIOUS);
    gic.set_spi(41, false);
    assert_eq!(gic.read(BOOT, Register::Iar0), 40);
    assert_eq!(gic.read(BOOT, Register::Ap0r0), 1 << (0x80 >> 3));
    gic.set_spi(40, false);
    gic.write(BOOT, Register::Eoir0, 40);
    assert_eq!(rpr(&gic), 0xff);
}

#[test]
fn each_group_has_its_enables() {
    let gic = ready(1);
    gic.write(BOOT, Register::Igrpen0, 1);
    let (register, bit) = bit(offset::IGROUPR, 40);
    gic.distributor_write(register, 4, u64::from(!0_u32) & !bit);
    gic.set_spi(40, true);
    gic.set_spi(41, true);
    set_priority(&gic, 40, 0);
    assert!(is_irq(&gic), "Group 0 is disabled in the distributor, so that Group 1 goes first");
    gic.distributor_write(offset::CTLR, 4, 0b11);
    assert!(gic.lines(BOOT).fiq);
    gic.write(BOOT, Register::Igrpen0, 0);
    assert!(is_irq(&gic));
    gic.write(BOOT, Register::Igrpen1, 0);
    assert!(!gic.lines(BOOT).any());
    assert_eq!(gic.read(BOOT, Register::Hppir1), SPURIOUS);
}

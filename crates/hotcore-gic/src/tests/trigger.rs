//! Level-sensitive and edge-triggered interrupts, and software in the place of a device
//! (IHI 0069, "Interrupt handling state machine").

use super::*;

const BOOT: VcpuIndex = VcpuIndex::BOOT;

fn pending(gic: &Gic, intid: u64) -> bool {
    is_set(gic, offset::ISPENDR, intid)
}

fn active(gic: &Gic, intid: u64) -> bool {
    is_set(gic, offset::ISACTIVER, intid)
}

/// Makes an SPI edge-triggered.
fn make_edge(gic: &Gic, intid: u64) {
    let offset = offset::ICFGR + intid / 16 * 4;
    let others = gic.distributor_read(offset, 4);
    gic.distributor_write(offset, 4, others | 2 << (intid % 16 * 2));
}

#[test]
fn a_level_is_pending_for_as_long_as_it_lasts() {
    let gic = ready(1);
    gic.set_spi(40, true);
    assert!(pending(&gic, 40));
    gic.set_spi(40, false);
    assert!(!pending(&gic, 40) && !gic.irq_pending(BOOT));
    assert_eq!(take(&gic, BOOT), SPURIOUS);
}

#[test]
fn a_level_that_lasts_is_active_and_pending_and_comes_again() {
    let gic = ready(1);
    gic.set_spi(40, true);
    assert_eq!(take(&gic, BOOT), 40);
    assert!(active(&gic, 40) && pending(&gic, 40));
    assert!(!gic.irq_pending(BOOT), "not while it is active");
    end(&gic, BOOT, 40);
    assert!(gic.irq_pending(BOOT));
    assert_eq!(take(&gic, BOOT), 40);
}

#[test]
fn an_edge_is_remembered_and_comes_once() {
    let gic = ready(1);
    make_edge(&gic, 40);
    gic.set_spi(40, true);
    gic.set_spi(40, false);
    assert!(pending(&gic, 40));
    assert_eq!(take(&gic, BOOT), 40);
    assert!(active(&gic, 40) && !pending(&gic, 40));
    end(&gic, BOOT, 40);
    assert_eq!(take(&gic, BOOT), SPURIOUS);
    gic.set_spi(40, true);
    gic.set_spi(40, true);
    assert_eq!(take(&gic, BOOT), 40);
    end(&gic, BOOT, 40);
    assert_eq!(take(&gic, BOOT), SPURIOUS, "a line that stays high is no edge");
}

#[test]
fn an_edge_while_active_is_pending_after_it() {
    let gic = ready(1);
    make_edge(&gic, 40);
    gic.set_spi(40, true);
    assert_eq!(take(&gic, BOOT), 40);
    gic.set_spi(40, false);
    gic.set_spi(40, true);
    assert!(active(&gic, 40) && pending(&gic, 40));
    assert!(!gic.irq_pending(BOOT));
    end(&gic, BOOT, 40);
    assert_eq!(take(&gic, BOOT), 40);
}

#[test]
fn an_interrupt_can_become_pending_while_it_is_disabled() {
    let gic = ready(1);
    make_edge(&gic, 40);
    set(&gic, offset::ICENABLER, 40);
    gic.set_spi(40, true);
    gic.set_spi(40, false);
    assert!(pending(&gic, 40) && !gic.irq_pending(BOOT));
    set(&gic, offset::ISENABLER, 40);
    assert_eq!(take(&gic, BOOT), 40);
}

#[test]
fn software_makes_an_interrupt_pending_until_it_is_acknowledged() {
    let gic = ready(1);
    set(&gic, offset::ISPENDR, 40);
    gic.set_spi(40, true);
    gic.set_spi(40, false);
    assert!(pending(&gic, 40), "a level-sensitive one too, whatever its line does");
    assert_eq!(take(&gic, BOOT), 40);
    assert!(!pending(&gic, 40));
}

#[test]
fn software_clears_what_it_set_and_edges_but_no_levels() {
    let gic = ready(1);
    set(&gic, offset::ISPENDR, 40);
    set(&gic, offset::ICPENDR, 40);
    assert!(!pending(&gic, 40));
    gic.set_spi(40, true);
    set(&gic, offset::ICPENDR, 40);
    assert!(pending(&gic, 40) && gic.irq_pending(BOOT));
    make_edge(&gic, 41);
    gic.set_spi(41, true);
    set(&gic, offset::ICPENDR, 41);
    assert!(!pending(&gic, 41));
}

#[test]
fn software_makes_an_interrupt_active_and_inactive() {
    let gic = ready(1);
    gic.set_spi(40, true);
    set(&gic, offset::ISACTIVER, 40);
    assert!(active(&gic, 40) && !gic.irq_pending(BOOT));
    assert_eq!(gic.read(BOOT, Register::Rpr), 0xff, "its priority is not active");
    set(&gic, offset::ICACTIVER, 40);
    assert!(!active(&gic, 40) && gic.irq_pending(BOOT));
}

#[test]
fn a_ppi_follows_its_level() {
    let gic = ready(1);
    gic.set_ppi(BOOT, 27, true);
    assert!(is_private_set(&gic, BOOT, offset::ISPENDR, 27));
    assert_eq!(take(&gic, BOOT), 27);
    assert!(is_private_set(&gic, BOOT, offset::ISACTIVER, 27));
    end(&gic, BOOT, 27);
    assert!(gic.irq_pending(BOOT));
    gic.set_ppi(BOOT, 27, false);
    assert!(!gic.irq_pending(BOOT));
}

#[test]
fn the_trigger_of_private_interrupts_is_fixed() {
    let gic = new(1);
    let configuration = |register| gic.redistributor_read(BOOT, offset::SGI_BASE + register, 4);
    for value in [0, !0] {
        gic.redistributor_write(BOOT, offset::SGI_BASE + offset::ICFGR, 4, value);
        gic.redistributor_write(BOOT, offset::SGI_BASE + offset::ICFGR + 4, 4, value);
        assert_eq!(configuration(offset::ICFGR), 0xaaaa_aaaa, "SGIs are edge-triggered");
        assert_eq!(configuration(offset::ICFGR + 4), 0, "PPIs are level-sensitive");
    }
}

#[test]
fn only_the_upper_bit_of_a_trigger_counts() {
    let gic = new(1);
    gic.distributor_write(offset::ICFGR + 8, 4, 0x7fff_ffff);
    assert_eq!(gic.distributor_read(offset::ICFGR + 8, 4), 0x2aaa_aaaa);
    assert_eq!(gic.distributor_read(offset::ICFGR + 12, 4), 0xaaaa_aaaa, "as at first");
}

#[test]
fn lines_of_interrupts_that_do_not_exist_change_nothing() {
    let gic = ready(2);
    let before = gic.save();
    for intid in [0, 15, 31, 128, 1019, 1020, 1023, 8192, u32::MAX] {
        gic.set_spi(intid, true);
    }
    for intid in [0, 15, 32, 128, u32::MAX] {
        gic.set_ppi(BOOT, intid, true);
    }
    gic.set_ppi(cpu(2), 27, true);
    assert_eq!(gic.save(), before);
}

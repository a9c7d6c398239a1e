//! Priority drop and deactivation, together and apart (IHI 0069, "Priority drop" and "Deactivation"),
//! and the INTIDs that are special.

use super::*;

const BOOT: VcpuIndex = VcpuIndex::BOOT;
/// ICC_CTLR_EL1.EOImode.
const SPLIT: u64 = 1 << 1;

fn active(gic: &Gic, intid: u64) -> bool {
    is_set(gic, offset::ISACTIVER, intid)
}

#[test]
fn eoi_mode_0_drops_and_deactivates() {
    let gic = ready(1);
    gic.set_spi(40, true);
    assert_eq!(take(&gic, BOOT), 40);
    gic.set_spi(40, false);
    gic.write(BOOT, Register::Dir, 40);
    assert!(active(&gic, 40), "DIR is for the other mode");
    end(&gic, BOOT, 40);
    assert!(!active(&gic, 40));
    assert_eq!(gic.read(BOOT, Register::Rpr), 0xff);
}

#[test]
fn eoi_mode_1_only_drops() {
    let gic = ready(1);
    gic.write(BOOT, Register::Ctlr, SPLIT);
    gic.set_spi(40, true);
    gic.set_ppi(BOOT, 27, true);
    assert_eq!(take(&gic, BOOT), 27);
    end(&gic, BOOT, 27);
    assert!(is_private_set(&gic, BOOT, offset::ISACTIVER, 27));
    assert_eq!(gic.read(BOOT, Register::Rpr), 0xff);
    assert_eq!(take(&gic, BOOT), 40, "the next one, of the same priority");
    end(&gic, BOOT, 40);
    assert!(active(&gic, 40));
    assert!(!gic.irq_pending(BOOT), "neither comes again yet");
    gic.write(BOOT, Register::Dir, 40);
    assert!(!active(&gic, 40));
    assert_eq!(take(&gic, BOOT), 40);
    gic.write(BOOT, Register::Dir, 27);
    assert!(!is_private_set(&gic, BOOT, offset::ISACTIVER, 27));
}

#[test]
fn another_cpu_may_deactivate_an_spi() {
    let gic = ready(2);
    gic.write(cpu(1), Register::Ctlr, SPLIT);
    gic.set_spi(40, true);
    assert_eq!(take(&gic, cpu(0)), 40);
    gic.write(cpu(1), Register::Dir, 40);
    assert!(!active(&gic, 40));
    assert!(!gic.irq_pending(cpu(0)), "its priority is still active");
}

#[test]
fn an_end_for_the_other_group_does_nothing() {
    let gic = ready(1);
    gic.set_spi(40, true);
    assert_eq!(take(&gic, BOOT), 40);
    gic.write(BOOT, Register::Eoir0, 40);
    assert!(active(&gic, 40));
    assert_eq!(gic.read(BOOT, Register::Rpr), 0x80);
}

#[test]
fn an_end_drops_the_highest_active_priority() {
    let gic = ready(1);
    set_priority(&gic, 41, 0x40);
    gic.set_spi(40, true);
    assert_eq!(take(&gic, BOOT), 40);
    gic.set_spi(41, true);
    assert_eq!(take(&gic, BOOT), 41);
    end(&gic, BOOT, 40);
    assert_eq!(gic.read(BOOT, Register::Rpr), 0x80, "that of 41, in the wrong order");
    assert!(!active(&gic, 40) && active(&gic, 41));
}

#[test]
fn ends_with_nothing_active_or_special_intids_do_nothing() {
    let gic = ready(1);
    set(&gic, offset::ISACTIVER, 40);
    end(&gic, BOOT, 40);
    assert!(active(&gic, 40), "no priority was active");
    set(&gic, offset::ICACTIVER, 40);

    gic.set_spi(40, true);
    assert_eq!(take(&gic, BOOT), 40);
    for intid in [1020, 1021, 1022, 1023, 1024, 8192, 0xff_ffff] {
        end(&gic, BOOT, intid);
        gic.write(BOOT, Register::Dir, intid);
        assert_eq!(gic.read(BOOT, Register::Rpr), 0x80, "{intid}");
    }
    end(&gic, BOOT, (1 << 32) + 40);
    assert!(!active(&gic, 40), "an INTID has 24 bits");
}

#[test]
fn an_end_of_an_interrupt_that_does_not_exist_still_drops_the_priority() {
    let gic = ready(1);
    gic.set_spi(40, true);
    assert_eq!(take(&gic, BOOT), 40);
    end(&gic, BOOT, 1000);
    assert_eq!(gic.read(BOOT, Register::Rpr), 0xff);
    assert!(active(&gic, 40));
}

#[test]
fn reading_the_highest_pending_interrupt_does_not_take_it() {
    let gic = ready(1);
    assert_eq!(gic.read(BOOT, Register::Hppir1), SPURIOUS);
    gic.set_spi(40, true);
    assert_eq!(gic.read(BOOT, Register::Hppir1), 40);
    assert_eq!(gic.read(BOOT, Register::Hppir1), 40);
    assert_eq!(take(&gic, BOOT), 40);
}

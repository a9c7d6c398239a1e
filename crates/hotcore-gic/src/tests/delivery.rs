//! What it takes for an interrupt to reach a CPU, and what acknowledging and ending it do.

use super::*;

const BOOT: VcpuIndex = VcpuIndex::BOOT;

#[test]
fn an_spi_is_taken_and_ended() {
    let gic = ready(1);
    assert!(!gic.irq_pending(BOOT));
    assert_eq!(take(&gic, BOOT), SPURIOUS);
    gic.set_spi(40, true);
    assert!(gic.irq_pending(BOOT));
    assert_eq!(gic.read(BOOT, Register::Hppir1), 40);
    assert_eq!(take(&gic, BOOT), 40);
    assert!(!gic.irq_pending(BOOT), "active");
    assert!(is_set(&gic, offset::ISACTIVER, 40));
    gic.set_spi(40, false);
    end(&gic, BOOT, 40);
    assert!(!is_set(&gic, offset::ISACTIVER, 40));
    assert!(!gic.irq_pending(BOOT));
    assert_eq!(gic.read(BOOT, Register::Rpr), 0xff);
}

#[test]
fn a_ppi_belongs_to_one_cpu() {
    let gic = ready(2);
    gic.set_ppi(cpu(1), 27, true);
    assert!(!gic.irq_pending(cpu(0)));
    assert!(gic.irq_pending(cpu(1)));
    assert_eq!(take(&gic, cpu(0)), SPURIOUS);
    assert_eq!(take(&gic, cpu(1)), 27);
    gic.set_ppi(cpu(1), 27, false);
    end(&gic, cpu(1), 27);
    assert_eq!(take(&gic, cpu(1)), SPURIOUS);
}

#[test]
fn an_sgi_reaches_the_cpus_in_the_target_list() {
    let gic = ready(4);
    gic.write(cpu(0), Register::Sgi1r, 5 << 24 | 0b1010);
    let pending: Vec<bool> = gic.cpus().map(|cpu| gic.irq_pending(cpu)).collect();
    assert_eq!(pending, [false, true, false, true]);
    assert_eq!(take(&gic, cpu(3)), 5);
    end(&gic, cpu(3), 5);
    assert!(!gic.irq_pending(cpu(3)));
    assert!(gic.irq_pending(cpu(1)));
}

#[test]
fn each_of_these_keeps_an_interrupt_away() {
    type Act = fn(&Gic);
    let gic = ready(1);
    gic.set_spi(40, true);
    let gates: [(Act, Act); 5] = [
        (|gic| set(gic, offset::ICENABLER, 40), |gic| set(gic, offset::ISENABLER, 40)),
        (
            |gic| gic.distributor_write(offset::CTLR, 4, 0b01),
            |gic| gic.distributor_write(offset::CTLR, 4, 0b10),
        ),
        (|gic| gic.write(BOOT, Register::Igrpen1, 0), |gic| gic.write(BOOT, Register::Igrpen1, 1)),
        (|gic| gic.write(BOOT, Register::Pmr, 0x80), |gic| gic.write(BOOT, Register::Pmr, 0x88)),
        (
            |gic| gic.redistributor_write(BOOT, offset::WAKER, 4, 2),
            |gic| gic.redistributor_write(BOOT, offset::WAKER, 4, 0),
        ),
    ];
    for (number, (close, open)) in gates.into_iter().enumerate() {
        assert!(gic.irq_pending(BOOT), "before gate {number}");
        close(&gic);
        assert!(!gic.irq_pending(BOOT), "gate {number}");
        assert_eq!(take(&gic, BOOT), SPURIOUS, "gate {number}");
        assert!(is_set(&gic, offset::ISPENDR, 40), "gate {number}");
        open(&gic);
    }
    assert_eq!(take(&gic, BOOT), 40);
}

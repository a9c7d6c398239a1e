//! Which CPU an interrupt goes to: SGI targets and GICD_IROUTER (IHI 0069, "Affinity routing").

use super::*;

/// GICD_IROUTER.Interrupt_Routing_Mode.
const ANY_CPU: u64 = 1 << 31;

fn route(gic: &Gic, intid: u64, value: u64) {
    gic.distributor_write(offset::IROUTER + intid * 8, 8, value);
}

/// The CPUs with an IRQ.
fn interrupted(gic: &Gic) -> Vec<u16> {
    gic.cpus().filter(|cpu| gic.irq_pending(*cpu)).map(VcpuIndex::get).collect()
}

/// A GIC for CPUs with these affinities.
fn with_affinities(affinities: &[u64]) -> Gic {
    let mpidrs = affinities.iter().map(|bits| Mpidr::from_bits(*bits).unwrap()).collect();
    let gic = Gic::new(GicConfig { mpidrs, interrupts: 128 }).unwrap();
    gic.distributor_write(offset::CTLR, 4, 0b10);
    gic.distributor_write(offset::ISENABLER + 4, 4, !0);
    for cpu in gic.cpus() {
        gic.write(cpu, Register::Pmr, 0xff);
        gic.write(cpu, Register::Igrpen1, 1);
    }
    gic
}

#[test]
fn an_sgi_goes_to_the_cluster_that_is_named() {
    let gic = ready(40);
    gic.write(cpu(0), Register::Sgi1r, 3 << 24 | 1 << 16 | 0b11);
    assert_eq!(interrupted(&gic), [16, 17]);
    gic.write(cpu(0), Register::Sgi1r, 3 << 24 | 2 << 16 | 0xffff);
    assert_eq!(interrupted(&gic), [16, 17, 32, 33, 34, 35, 36, 37, 38, 39]);
}

#[test]
fn an_sgi_names_all_affinity_levels_and_the_range_of_the_lowest() {
    let gic = with_affinities(&[0, 0x12_0034_5621, 0x12_0034_5622, 0x12_0034_5601]);
    let target = 0x12 << 48 | 0x34 << 32 | 0x56 << 16;
    gic.write(cpu(0), Register::Sgi1r, target | 2 << 44 | 0b10);
    assert_eq!(interrupted(&gic), [1]);
    gic.write(cpu(0), Register::Sgi1r, target | 0b10);
    assert_eq!(interrupted(&gic), [1, 3]);
    gic.write(cpu(0), Register::Sgi1r, 0xff << 48 | 0b1);
    assert_eq!(interrupted(&gic), [1, 3], "nobody is there");
}

#[test]
fn an_sgi_can_go_to_all_others() {
    let gic = ready(20);
    gic.write(cpu(18), Register::Sgi1r, 1 << 40 | 7 << 24 | 0xffff);
    let others: Vec<u16> = (0..20).filter(|cpu| *cpu != 18).collect();
    assert_eq!(interrupted(&gic), others);
    assert_eq!(take(&gic, cpu(19)), 7);
}

#[test]
fn an_sgi_can_go_to_the_cpu_itself_and_is_pending_once() {
    let gic = ready(2);
    gic.write(cpu(1), Register::Sgi1r, 15 << 24 | 0b10);
    gic.write(cpu(1), Register::Sgi1r, 15 << 24 | 0b10);
    assert_eq!(take(&gic, cpu(1)), 15);
    end(&gic, cpu(1), 15);
    assert_eq!(take(&gic, cpu(1)), SPURIOUS);
}

#[test]
fn sgis_respect_their_group() {
    let gic = ready(1);
    let boot = VcpuIndex::BOOT;
    let pending = |gic: &Gic| {
        let pending = gic.redistributor_read(boot, offset::SGI_BASE + offset::ISPENDR, 4);
        gic.redistributor_write(boot, offset::SGI_BASE + offset::ICPENDR, 4, !0);
        pending
    };
    // SGI 1 is in Group 0, SGI 2 in Group 1.
    let groups = u64::from(!0_u32) & !0b10;
    gic.redistributor_write(boot, offset::SGI_BASE + offset::IGROUPR, 4, groups);
    for (register, expected) in
        [(Register::Sgi1r, 0b110), (Register::Sgi0r, 0b010), (Register::Asgi1r, 0b010)]
    {
        for sgi in [1, 2] {
            gic.write(boot, register, sgi << 24 | 1);
        }
        assert_eq!(pending(&gic), expected, "{register:?}");
    }
}

#[test]
fn b063_an_sgi_waits_for_a_cpu_that_is_off() {
    let gic = new(2);
    gic.write(cpu(0), Register::Sgi1r, 3 << 24 | 0b10);
    gic.reset_interface(cpu(1));
    assert!(is_private_set(&gic, cpu(1), offset::ISPENDR, 3));
    gic.distributor_write(offset::CTLR, 4, 0b10);
    gic.write(cpu(1), Register::Pmr, 0xff);
    gic.write(cpu(1), Register::Igrpen1, 1);
    assert_eq!(take(&gic, cpu(1)), 3);
}

#[test]
fn an_spi_goes_where_it_is_routed() {
    let gic = ready(20);
    route(&gic, 40, 0x101);
    gic.set_spi(40, true);
    assert_eq!(interrupted(&gic), [17]);
    assert_eq!(take(&gic, cpu(0)), SPURIOUS);
    route(&gic, 40, 0x3);
    assert_eq!(interrupted(&gic), [3], "a pending one moves");
    route(&gic, 40, 0xff);
    assert_eq!(interrupted(&gic), [0; 0], "to nobody");
    assert!(is_set(&gic, offset::ISPENDR, 40));
    route(&gic, 40, 0);
    assert_eq!(take(&gic, cpu(0)), 40);
    route(&gic, 40, 5);
    assert_eq!(interrupted(&gic), [0; 0], "an active one does not");
    end(&gic, cpu(0), 40);
    assert_eq!(interrupted(&gic), [5], "but its next time is elsewhere");
}

#[test]
fn a_route_has_all_affinity_levels() {
    let gic = with_affinities(&[0, 0x12_0034_5678]);
    route(&gic, 40, 0x12_0034_5678);
    gic.set_spi(40, true);
    assert_eq!(interrupted(&gic), [1]);
    gic.distributor_write(offset::IROUTER + 40 * 8 + 4, 4, 0);
    assert_eq!(interrupted(&gic), [0; 0], "Aff3 is in the upper word");
    assert_eq!(gic.distributor_read(offset::IROUTER + 40 * 8, 8), 0x34_5678);
}

#[test]
fn an_spi_for_any_cpu_goes_to_one_that_takes_its_group() {
    let gic = ready(4);
    for cpu in gic.cpus() {
        gic.write(cpu, Register::Igrpen1, 0);
    }
    route(&gic, 40, ANY_CPU);
    gic.set_spi(40, true);
    assert_eq!(interrupted(&gic), [0; 0]);
    gic.write(cpu(2), Register::Igrpen0, 1);
    assert_eq!(interrupted(&gic), [0; 0], "the other group");
    gic.write(cpu(2), Register::Igrpen1, 1);
    assert_eq!(interrupted(&gic), [2]);
    gic.redistributor_write(cpu(2), offset::WAKER, 4, 2);
    assert_eq!(interrupted(&gic), [0; 0]);
    gic.write(cpu(1), Register::Igrpen1, 1);
    assert_eq!(interrupted(&gic), [1]);
    gic.redistributor_write(cpu(2), offset::WAKER, 4, 0);
    assert_eq!(interrupted(&gic).len(), 1, "never two");
    assert_eq!(gic.cpus().map(|cpu| take(&gic, cpu)).filter(|intid| *intid == 40).count(), 1);
}

#[test]
fn spis_for_any_cpu_spread() {
    let gic = ready(4);
    for intid in 32..36 {
        route(&gic, intid, ANY_CPU);
        gic.set_spi(intid as u32, true);
    }
    assert_eq!(interrupted(&gic), [0, 1, 2, 3]);
}

#[test]
fn an_spi_for_any_cpu_follows_its_group() {
    for is_pending_before in [true, false] {
        let gic = ready(2);
        gic.distributor_write(offset::CTLR, 4, 0b11);
        gic.write(cpu(1), Register::Igrpen0, 1);
        gic.write(cpu(1), Register::Igrpen1, 0);
        route(&gic, 33, ANY_CPU);
        gic.set_spi(33, is_pending_before);
        assert_eq!(gic.lines(cpu(0)).irq, is_pending_before);
        gic.distributor_write(offset::IGROUPR + 4, 4, 0);
        gic.set_spi(33, true);
        assert!(!gic.lines(cpu(0)).any());
        assert!(gic.lines(cpu(1)).fiq);
    }
}

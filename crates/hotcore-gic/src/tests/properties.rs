//! Whatever happens to it, the GIC does what the model does, and what it signals follows from its
//! state.

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::model::{CPUS, INTERRUPTS, Model, Step};
use super::*;

fn any_cpu() -> impl Strategy<Value = usize> {
    0..CPUS
}

/// Few enough interrupts that steps meet each other, of all kinds and from both ends of words.
const INTIDS: [usize; 13] = [0, 3, 15, 16, 27, 31, 32, 33, 47, 63, 64, 80, 95];

fn any_intid() -> impl Strategy<Value = usize> {
    prop::sample::select(&INTIDS[..])
}

fn any_spi() -> impl Strategy<Value = usize> {
    any_intid().prop_filter("an SPI", |intid| *intid >= 32)
}

/// Few enough priorities that interrupts and masks have the same ones, or differ in one bit.
fn any_priority() -> impl Strategy<Value = u8> {
    prop_oneof![
        9 => prop::sample::select(vec![0, 0x40, 0x48, 0x80, 0x88, 0xf0]),
        1 => any::<u8>(),
    ]
}

fn configuration() -> impl Strategy<Value = Step> {
    let which = || (any_cpu(), any_intid());
    prop_oneof![
        4 => (which(), any::<bool>())
            .prop_map(|((cpu, intid), level)| Step::Line { cpu, intid, level }),
        4 => (which(), prop::bool::weighted(0.8))
            .prop_map(|((cpu, intid), on)| Step::Enable { cpu, intid, on }),
        2 => (which(), any::<bool>()).prop_map(|((cpu, intid), on)| Step::Pend { cpu, intid, on }),
        1 => (which(), prop::bool::weighted(0.3))
            .prop_map(|((cpu, intid), on)| Step::Activate { cpu, intid, on }),
        4 => (which(), any_priority())
            .prop_map(|((cpu, intid), value)| Step::Priority { cpu, intid, value }),
        1 => (which(), 0..2_usize)
            .prop_map(|((cpu, intid), group)| Step::Group { cpu, intid, group }),
        1 => (any_spi(), any::<bool>()).prop_map(|(intid, edge)| Step::Edge { intid, edge }),
        2 => (any_spi(), prop::bool::weighted(0.4), 0..4_u8)
            .prop_map(|(intid, any, affinity)| Step::Route { intid, any, affinity }),
        1 => (prop::bool::weighted(0.8), prop::bool::weighted(0.9))
            .prop_map(|(zero, one)| Step::Control { groups: [zero, one] }),
    ]
}

fn interface() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => (any_cpu(), prop::bool::weighted(0.2))
            .prop_map(|(cpu, asleep)| Step::Sleep { cpu, asleep }),
        2 => (any_cpu(), prop_oneof![Just(0xff), any_priority()])
            .prop_map(|(cpu, value)| Step::Mask { cpu, value }),
        1 => (any_cpu(), 0..2_usize, 0..8_u8)
            .prop_map(|(cpu, group, value)| Step::Point { cpu, group, value }),
        1 => (any_cpu(), any::<bool>(), any::<bool>())
            .prop_map(|(cpu, common, split)| Step::Mode { cpu, common, split }),
        2 => (any_cpu(), 0..2_usize, prop::bool::weighted(0.8))
            .prop_map(|(cpu, group, on)| Step::EnableGroup { cpu, group, on }),
        6 => (any_cpu(), 0..2_usize).prop_map(|(cpu, group)| Step::Acknowledge { cpu, group }),
        4 => (any_cpu(), 0..2_usize, prop_oneof![6 => any_intid(), 1 => Just(1023)])
            .prop_map(|(cpu, group, intid)| Step::End { cpu, group, intid }),
        2 => (any_cpu(), any_intid()).prop_map(|(cpu, intid)| Step::Deactivate { cpu, intid }),
        2 => (any_cpu(), 0..16_usize, 0..8_u8, any::<bool>(), 0..2_usize).prop_map(
            |(cpu, intid, targets, others, group)| Step::Sgi { cpu, intid, targets, others, group }
        ),
    ]
}

/// Does to the GIC, access by access, what the step says; what acknowledging returns.
fn perform(gic: &Gic, step: &Step) -> Option<usize> {
    let cpu = |index: usize| cpu(index as u16);
    let put = |index, intid, on, registers: (u64, u64)| {
        let register = if on { registers.0 } else { registers.1 };
        write_bit(gic, cpu(index), register, intid as u64);
    };
    match *step {
        Step::Line { cpu: index, intid, level } if intid < 32 => {
            gic.set_ppi(cpu(index), intid as u32, level);
        }
        Step::Line { intid, level, .. } => gic.set_spi(intid as u32, level),
        Step::Enable { cpu, intid, on } => {
            put(cpu, intid, on, (offset::ISENABLER, offset::ICENABLER));
        }
        Step::Pend { cpu, intid, on } => put(cpu, intid, on, (offset::ISPENDR, offset::ICPENDR)),
        Step::Activate { cpu, intid, on } => {
            put(cpu, intid, on, (offset::ISACTIVER, offset::ICACTIVER));
        }
        Step::Priority { cpu: index, intid, value } if intid < 32 => {
            set_private_priority(gic, cpu(index), intid as u64, value.into());
        }
        Step::Priority { intid, value, .. } => set_priority(gic, intid as u64, value.into()),
        Step::Group { cpu: index, intid, group } => {
            let (register, bit) = bit(offset::IGROUPR, intid as u64);
            let others = read_word(gic, cpu(index), register) & !bit;
            write_word(gic, cpu(index), register, if group == 1 { others | bit } else { others });
        }
        Step::Edge { intid, edge } => {
            let register = offset::ICFGR + intid as u64 / 16 * 4;
            let bit = 2 << (intid % 16 * 2);
            let others = gic.distributor_read(register, 4) & !bit;
            gic.distributor_write(register, 4, if edge { others | bit } else { others });
        }
        Step::Route { intid, any, affinity } => {
            let route = u64::from(any) << 31 | u64::from(affinity);
            gic.distributor_write(offset::IROUTER + intid as u64 * 8, 8, route);
        }
        Step::Control { groups: [zero, one] } => {
            gic.distributor_write(offset::CTLR, 4, u64::from(zero) | u64::from(one) << 1);
        }
        Step::Sleep { cpu: index, asleep } => {
            gic.redistributor_write(cpu(index), offset::WAKER, 4, u64::from(asleep) << 1);
        }
        Step::Mask { cpu: index, value } => gic.write(cpu(index), Register::Pmr, value.into()),
        Step::Point { cpu: index, group, value } => {
            gic.write(cpu(index), [Register::Bpr0, Register::Bpr1][group], value.into());
        }
        Step::Mode { cpu: index, common, split } => {
            gic.write(cpu(index), Register::Ctlr, u64::from(common) | u64::from(split) << 1);
        }
        Step::EnableGroup { cpu: index, group, on } => {
            gic.write(cpu(index), [Register::Igrpen0, Register::Igrpen1][group], on.into());
        }
        Step::Acknowledge { cpu: index, group } => {
            return Some(gic.read(cpu(index), [Register::Iar0, Register::Iar1][group]) as usize);
        }
        Step::End { cpu: index, group, intid } => {
            gic.write(cpu(index), [Register::Eoir0, Register::Eoir1][group], intid as u64);
        }
        Step::Deactivate { cpu: index, intid } => {
            gic.write(cpu(index), Register::Dir, intid as u64);
        }
        Step::Sgi { cpu: index, intid, targets, others, group } => {
            let value = u64::from(others) << 40 | (intid as u64) << 24 | u64::from(targets);
            gic.write(cpu(index), [Register::Sgi0r, Register::Sgi1r][group], value);
        }
    }
    None
}

/// Reads a word of the bank that a register belongs to: the redistributor's where it is private.
fn read_word(gic: &Gic, cpu: VcpuIndex, register: u64) -> u64 {
    if register.is_multiple_of(0x80) {
        gic.redistributor_read(cpu, offset::SGI_BASE + register, 4)
    } else {
        gic.distributor_read(register, 4)
    }
}

fn write_word(gic: &Gic, cpu: VcpuIndex, register: u64, value: u64) {
    if register.is_multiple_of(0x80) {
        gic.redistributor_write(cpu, offset::SGI_BASE + register, 4, value);
    } else {
        gic.distributor_write(register, 4, value);
    }
}

fn write_bit(gic: &Gic, cpu: VcpuIndex, register: u64, intid: u64) {
    let (word, bit) = bit(register, intid);
    write_word(gic, cpu, word, bit);
}

/// The GIC shows what the model has.
fn compare(gic: &Gic, model: &mut Model, step: &Step) -> Result<(), TestCaseError> {
    for (number, index) in gic.cpus().enumerate() {
        let signalled = model.signalled(number).map(|(_, group)| group);
        let lines = gic.lines(index);
        prop_assert_eq!(lines.irq, signalled == Some(1), "IRQ of {} after {:?}", index, step);
        prop_assert_eq!(lines.fiq, signalled == Some(0), "FIQ of {} after {:?}", index, step);
        let highest = [Register::Hppir0, Register::Hppir1].map(|r| gic.read(index, r) as usize);
        prop_assert_eq!(highest, [0, 1].map(|group| model.highest(number, group)));
        prop_assert_eq!(gic.read(index, Register::Rpr), model.running(number).into());
        for intid in INTIDS {
            let bits = [offset::ISENABLER, offset::ISPENDR, offset::ISACTIVER].map(|register| {
                let (word, bit) = bit(register, intid as u64);
                read_word(gic, index, word) & bit != 0
            });
            prop_assert_eq!(Some(bits), model.bits(number, intid), "{} after {:?}", intid, step);
        }
    }
    Ok(())
}

fn small() -> Gic {
    Gic::new(GicConfig { interrupts: INTERRUPTS as u32, ..config(CPUS as u16) }).unwrap()
}

/// Any access to a register, by any means.
#[derive(Debug, Clone)]
enum Access {
    Distributor { offset: u64, size: usize, value: u64 },
    Redistributor { cpu: u16, offset: u64, size: usize, value: u64 },
    System { cpu: u16, register: usize, value: u64 },
    Lines { cpu: u16, intid: u32, level: bool },
}

fn any_access() -> impl Strategy<Value = Access> {
    let size = || prop_oneof![8 => Just(4_usize), 2 => Just(1), 2 => Just(8), 1 => 0..20_usize];
    let value =
        || prop_oneof![any::<u64>(), (0..64_u32).prop_map(|bit| 1 << bit), Just(0), Just(!0)];
    let register = || prop_oneof![8 => (0..0x348_u64).prop_map(|word| word * 4), 1 => any::<u64>()];
    let route = (32..100_u64).prop_map(|intid| 0x6000 + intid * 8);
    let frame = prop_oneof![Just(0_u64), Just(0x1_0000)];
    prop_oneof![
        (prop_oneof![3 => register(), 1 => route], size(), value())
            .prop_map(|(offset, size, value)| Access::Distributor { offset, size, value }),
        (0..4_u16, frame, register(), size(), value()).prop_map(
            |(cpu, frame, offset, size, value)| {
                let offset = frame.wrapping_add(offset);
                Access::Redistributor { cpu, offset, size, value }
            }
        ),
        (0..4_u16, 0..Register::ALL.len(), value())
            .prop_map(|(cpu, register, value)| Access::System { cpu, register, value }),
        (0..4_u16, 0..130_u32, any::<bool>()).prop_map(|(cpu, intid, level)| Access::Lines {
            cpu,
            intid,
            level
        }),
    ]
}

fn make(gic: &Gic, access: &Access) {
    match *access {
        Access::Distributor { offset, size, value } => {
            gic.distributor_write(offset, size, value);
            gic.distributor_read(offset, size);
        }
        Access::Redistributor { cpu: index, offset, size, value } => {
            gic.redistributor_write(cpu(index), offset, size, value);
            gic.redistributor_read(cpu(index), offset, size);
        }
        Access::System { cpu: index, register, value } => {
            gic.write(cpu(index), Register::ALL[register], value);
            gic.read(cpu(index), Register::ALL[register]);
        }
        Access::Lines { cpu: index, intid, level } => {
            gic.set_spi(intid, level);
            gic.set_ppi(cpu(index), intid, level);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn the_gic_does_what_the_model_does(
        steps in prop::collection::vec(prop_oneof![configuration(), interface()], 1..120),
    ) {
        let gic = small();
        let mut model = Model::new();
        let begin = (0..CPUS).flat_map(|cpu| [
            Step::Mask { cpu, value: 0xff },
            Step::EnableGroup { cpu, group: 1, on: true },
        ]);
        let begin = begin.chain([Step::Control { groups: [true, true] }]);
        for step in begin.chain(steps) {
            prop_assert_eq!(perform(&gic, &step), model.step(&step), "{:?}", &step);
            compare(&gic, &mut model, &step)?;
        }
    }

    #[test]
    fn what_is_signalled_follows_from_the_state(
        accesses in prop::collection::vec(any_access(), 1..200),
    ) {
        let gic = small();
        gic.restore(&{
            let ready = small();
            ready.distributor_write(offset::CTLR, 4, 0b11);
            for index in ready.cpus() {
                ready.write(index, Register::Pmr, 0xff);
                ready.write(index, Register::Igrpen0, 1);
                ready.write(index, Register::Igrpen1, 1);
            }
            ready.save()
        }).unwrap();
        let twin = small();
        for access in accesses {
            make(&gic, &access);
            let state = gic.save();
            twin.restore(&state).unwrap();
            prop_assert_eq!(twin.save(), state);
            for index in gic.cpus() {
                prop_assert_eq!(gic.lines(index), twin.lines(index), "{:?}", &access);
                for register in [Register::Hppir0, Register::Hppir1] {
                    prop_assert_eq!(gic.read(index, register), twin.read(index, register));
                }
            }
        }
        gic.reset();
        let mut fresh = small().save();
        let lines = gic.save();
        for (fresh, bank) in fresh.shared.iter_mut().zip(&lines.shared) {
            fresh.line = bank.line;
        }
        for (fresh, cpu) in fresh.cpus.iter_mut().zip(&lines.cpus) {
            fresh.private.line = cpu.private.line;
        }
        prop_assert_eq!(lines, fresh);
    }
}

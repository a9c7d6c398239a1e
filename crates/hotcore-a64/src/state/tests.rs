//! What is saved is what is loaded, and nothing else is.

use std::sync::Arc;

use proptest::prelude::*;
use vm_memory::{GuestAddress, GuestMemoryMmap};

use super::*;
use crate::cluster::Cluster;
use crate::memory::DeviceAccess;
use crate::run::Exit;
use crate::system::rows::ROWS;
use crate::testing::{Machine, Nothing, RAM, SIZE};

fn core(mpidr: u64) -> Core {
    let memory = GuestMemoryMmap::from_ranges(&[(GuestAddress(RAM), SIZE)]).unwrap();
    Core::new(0, mpidr, Cluster::new(&memory, 1), Box::new(Nothing))
}

/// A state that software could have brought a PE into: its registers were written one by one.
fn reached(values: &[u64], v: &[u128], pstate: u64) -> CoreState {
    let mut core = core(3);
    let mut value = values.iter().copied().cycle();
    for row in system_rows() {
        core.cpu.write(row, value.next().unwrap());
    }
    for number in 0..31 {
        core.set_x(number, value.next().unwrap());
    }
    for (number, &vector) in (0..32).zip(v) {
        core.cpu.set_v(number, vector);
    }
    core.cpu.fpcr = value.next().unwrap() as u32 & FPCR_BITS;
    core.cpu.fpsr = value.next().unwrap() as u32 & FPSR_BITS;
    core.cpu.pc = value.next().unwrap();
    core.cpu.set_sp_el0(value.next().unwrap());
    core.cpu.set_sp_el1(value.next().unwrap());
    core.cpu.event = value.next().unwrap() & 1 == 1;
    core.cpu.system.os_locked = value.next().unwrap() & 1 == 1;
    core.cpu.stepping = pstate & SS != 0;
    core.cpu.set_pstate(pstate & PSTATE & !1 | pstate >> 2 & 1);
    core.save().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_twin_that_loads_a_state_has_it(
        values in prop::collection::vec(any::<u64>(), 90),
        v in prop::collection::vec(any::<u128>(), 32),
        pstate in any::<u64>(),
    ) {
        let state = reached(&values, &v, pstate);
        let mut twin = core(3);
        twin.load(&state).unwrap();
        prop_assert_eq!(twin.save().unwrap(), state.clone());
        // Whatever it was before.
        let other = reached(&values[40..], &v[1..], !pstate);
        twin.load(&other).unwrap();
        twin.load(&state).unwrap();
        prop_assert_eq!(twin.save().unwrap(), state);
    }

    #[test]
    fn a_reset_pe_is_as_a_new_one(
        values in prop::collection::vec(any::<u64>(), 90),
        v in prop::collection::vec(any::<u128>(), 32),
        pstate in any::<u64>(),
    ) {
        let mut used = core(3);
        used.load(&reached(&values, &v, pstate)).unwrap();
        used.stand_by();
        used.cpu.awaits_others = true;
        used.cpu.retired = 5;
        used.reset();
        prop_assert_eq!(used.save().unwrap(), core(3).save().unwrap());
        prop_assert_eq!((used.cpu.awaits_others, used.instructions()), (false, 0));
    }
}

#[test]
fn every_register_that_keeps_a_value_is_part_of_the_state() {
    let elsewhere = |name: &str| {
        let of_pstate = ["SP_EL0", "SPSel", "NZCV", "DAIF", "FPCR", "FPSR"].contains(&name);
        // Another view of CVAL, and what belongs to the surroundings.
        of_pstate || name.contains("_TVAL_") || name.starts_with("ICC_")
    };
    for row in ROWS.iter().filter(|row| row.read.is_some() && row.write.is_some()) {
        let mut core = core(0);
        let before = core.cpu.read(row);
        let keeps = [1, u64::MAX, 1 << 20].iter().any(|&value| {
            core.cpu.write(row, value);
            core.cpu.read(row) != before
        });
        let saved = SYSTEM.contains(&row.name);
        assert_eq!(saved, keeps && !elsewhere(row.name), "{}", row.name);
    }
}

/// A change of a state, and why it is refused then.
type Damage = (fn(&mut CoreState), StateError);

#[test]
fn another_version_another_pe_and_damaged_values_are_refused() {
    let value = |register, value| StateError::Value { register, value };
    let damages: [Damage; 9] = [
        (|state| state.version += 1, StateError::Version(2)),
        (|state| state.mpidr = 4, StateError::Mpidr(4)),
        (|state| state.system.truncate(5), StateError::Registers),
        (|state| state.system.swap(0, 1), StateError::Registers),
        (|state| state.system.extend([(0, 0)]), StateError::Registers),
        (|state| state.pstate = 0x3c9, value("PSTATE", 0x3c9)),
        (|state| state.pstate = 1, value("PSTATE", 1)),
        (|state| state.fpcr = 1, value("FPCR", 1)),
        (|state| state.system[0].1 = 1 << 63, value("SCTLR_EL1", 1 << 63)),
    ];
    let good = core(3).save().unwrap();
    for (damage, expected) in damages {
        let mut state = good.clone();
        damage(&mut state);
        let mut core = core(3);
        core.set_x(0, 7);
        assert_eq!(core.load(&state), Err(expected));
        assert_eq!(core.save().unwrap(), good, "it is in its reset state");
    }
}

#[test]
fn a_pe_is_not_saved_in_the_middle_of_an_instruction() {
    let mut machine = Machine::new();
    // ldp x1, x2, [x0]; X0 is not RAM.
    let exit = machine.run(&[0xa940_0801]);
    assert!(matches!(exit, Exit::Device(DeviceAccess { physical: 0, .. })), "{exit:?}");
    // Nothing was answered: the instruction begins anew.
    assert!(machine.core.save().is_ok());
    machine.core.answer(5);
    assert_eq!(machine.core.save(), Err(StateError::Busy));
    assert!(matches!(machine.core.run(), Exit::Device(DeviceAccess { physical: 8, .. })));
    machine.core.answer(6);
    assert_eq!(machine.core.run(), Exit::Call);
    let state = machine.core.save().unwrap();
    assert_eq!(state.x[1..3], [5, 6]);
    let mut twin = Core::new(0, 0, Arc::clone(&machine.core.cpu.cluster), Box::new(Nothing));
    twin.load(&state).unwrap();
    assert_eq!(twin.registers(), machine.core.registers());
}

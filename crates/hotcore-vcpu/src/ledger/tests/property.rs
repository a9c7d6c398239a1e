//! No sequence of inputs, in any order, breaks the ledger's invariants.

use std::collections::{BTreeMap, BTreeSet};
use std::vec;

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Input {
    Plug(u16),
    Unplug(u16),
    Cancel(u64),
    Resize(u32),
    ReadFlags(u16),
    TakeInsert(u16),
    TakeRemove(u16),
    Eject(u16),
    Ost(u16, u32, u32),
    CpuOn(u64),
    Started(u16),
    StartFailed(u16),
    CpuOff(u16),
    Reset,
    Wait(u64),
}

fn input() -> impl Strategy<Value = Input> {
    let cpu = 0u16..6;
    let source = prop_oneof![Just(0), Just(1), Just(3), Just(0x103), Just(0x200), any::<u32>()];
    let status = prop_oneof![Just(0), Just(0x80), Just(0x82), Just(0x84), any::<u32>()];
    prop_oneof![
        4 => cpu.clone().prop_map(Input::Plug),
        4 => cpu.clone().prop_map(Input::Unplug),
        1 => (0u64..40).prop_map(Input::Cancel),
        1 => (0u32..7).prop_map(Input::Resize),
        3 => cpu.clone().prop_map(Input::ReadFlags),
        3 => cpu.clone().prop_map(Input::TakeInsert),
        3 => cpu.clone().prop_map(Input::TakeRemove),
        3 => cpu.clone().prop_map(Input::Eject),
        4 => (cpu.clone(), source, status).prop_map(|(c, a, b)| Input::Ost(c, a, b)),
        3 => prop_oneof![0u64..7, any::<u64>()].prop_map(Input::CpuOn),
        3 => cpu.clone().prop_map(Input::Started),
        1 => cpu.clone().prop_map(Input::StartFailed),
        3 => cpu.prop_map(Input::CpuOff),
        1 => Just(Input::Reset),
        3 => (0u64..12_000).prop_map(Input::Wait),
    ]
}

/// What the world outside has seen so far.
#[derive(Default)]
struct Witness {
    begun: BTreeSet<OperationId>,
    ended: BTreeMap<OperationId, Outcome>,
}

impl Witness {
    fn watch(&mut self, ledger: &mut Ledger) {
        for output in drain(ledger) {
            let Output::Notice(Notice::Operation(operation)) = output else { continue };
            assert!(!self.ended.contains_key(&operation.id), "{operation:?} after its end");
            self.begun.insert(operation.id);
            assert_eq!(operation.outcome.is_some(), operation.stage == Stage::Ended);
            if let Some(outcome) = operation.outcome {
                self.ended.insert(operation.id, outcome);
            }
        }
        let under_way: BTreeSet<_> =
            ledger.cpus().filter_map(|(_, cpu)| cpu.operation).map(|o| o.id).collect();
        let open: BTreeSet<_> =
            self.begun.iter().filter(|id| !self.ended.contains_key(id)).copied().collect();
        assert_eq!(under_way, open, "an operation is under way until it ends, and only then");
    }
}

fn apply(ledger: &mut Ledger, input: &Input, now: &mut Duration) {
    let known = |index: u16| VcpuIndex::new(index).unwrap();
    match *input {
        Input::Plug(c) => _ = ledger.plug(known(c), PATIENCE, *now),
        Input::Unplug(c) => _ = ledger.unplug(known(c), PATIENCE, *now),
        Input::Cancel(id) => _ = ledger.cancel(OperationId::from_raw(id), *now),
        Input::Resize(n) => _ = ledger.resize(n, PATIENCE, *now),
        Input::ReadFlags(c) => _ = ledger.read_flags(known(c)),
        Input::TakeInsert(c) => ledger.take_insert(known(c), *now),
        Input::TakeRemove(c) => ledger.take_remove(known(c), *now),
        Input::Eject(c) => ledger.eject(known(c), *now),
        Input::Ost(c, source, status) => ledger.ost(known(c), source, status, *now),
        Input::CpuOn(bits) => {
            if let Ok(target) = Mpidr::from_bits(bits) {
                _ = ledger.cpu_on(target, ENTRY, *now);
            }
        }
        Input::Started(c) => ledger.vcpu_started(known(c), *now),
        Input::StartFailed(c) => ledger.vcpu_start_failed(known(c)),
        // The owner reports CPU_OFF only of a vCPU that executes, and the boot CPU may do it too.
        Input::CpuOff(c) => ledger.cpu_off(known(c), *now),
        Input::Reset => ledger.reset(*now),
        Input::Wait(milliseconds) => {
            *now += ms(milliseconds);
            ledger.tick(*now);
        }
    }
}

/// Inputs by which the guest itself gives a CPU up, and a reset.
fn may_disable(input: &Input) -> bool {
    matches!(input, Input::Eject(_) | Input::Ost(..) | Input::Reset)
}

/// What the guest may know after `input`: a CPU whose flags it read while it was enabled. A guest that
/// boots anew knows nothing.
fn note_seen(seen: &mut [bool], input: &Input, enabled: &[bool]) {
    for (index, (seen, enabled)) in seen.iter_mut().zip(enabled).enumerate() {
        let reads = matches!(*input, Input::ReadFlags(cpu) if usize::from(cpu) == index);
        let forgets = matches!(input, Input::Reset);
        *seen = *enabled && !forgets && (*seen || reads);
    }
}

fn check(ledger: &Ledger) {
    for (index, cpu) in ledger.cpus() {
        if index.is_boot() {
            assert!(cpu.enabled && !cpu.removable);
        }
        if cpu.power != Power::Off {
            assert!(cpu.enabled, "CPU {index} executes but is not enabled");
        }
        if cpu.removing {
            assert_eq!(cpu.operation.map(|o| o.kind), Some(OperationKind::Unplug), "{cpu:?}");
        }
        assert!(!cpu.inserting || cpu.enabled, "{cpu:?}");
        assert!(!cpu.removing || cpu.enabled, "{cpu:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_inputs_wedges_the_ledger(inputs in prop::collection::vec(input(), 1..80)) {
        let mut ledger = ledger(&[ABSENT, ABSENT, REMOVABLE, FIXED]);
        let mut witness = Witness::default();
        let mut now = Duration::ZERO;
        let mut seen = vec![false; ledger.possible().into()];
        for input in &inputs {
            let before: Vec<_> = ledger.cpus().map(|(_, cpu)| cpu.enabled).collect();
            apply(&mut ledger, input, &mut now);
            check(&ledger);
            witness.watch(&mut ledger);
            // Behaviour 25: the host cannot take away what the guest may know of.
            let after: Vec<_> = ledger.cpus().map(|(_, cpu)| cpu.enabled).collect();
            for (index, (was, is)) in before.iter().zip(&after).enumerate() {
                let lost = *was && !*is;
                prop_assert!(!lost || may_disable(input) || !seen[index], "{:?}", input);
            }
            note_seen(&mut seen, input, &after);
        }

        // Time alone ends everything ...
        for _ in 0..200 {
            let Some(deadline) = ledger.next_deadline() else { break };
            now = now.max(deadline);
            ledger.tick(now);
            witness.watch(&mut ledger);
            if ledger.cpus().all(|(_, cpu)| cpu.operation.is_none()) { break; }
        }
        prop_assert!(ledger.cpus().all(|(_, cpu)| cpu.operation.is_none()));

        // ... and the machine can still do its work.
        let index = 1;
        if !ledger.cpu(cpu(index)).unwrap().enabled {
            ledger.plug(cpu(index), PATIENCE, now).unwrap();
            now += ms(2000);
            ledger.tick(now);
            guest_adds(&mut ledger, index, now);
        }
        if ledger.cpu(cpu(index)).unwrap().power == Power::OnPending {
            ledger.vcpu_started(cpu(index), now);
        } else if ledger.cpu(cpu(index)).unwrap().power == Power::Off {
            guest_onlines(&mut ledger, index, now);
        }
        drain(&mut ledger);
        let unplug = ledger.unplug(cpu(index), PATIENCE, now).unwrap();
        guest_ejects(&mut ledger, index, now);
        prop_assert_eq!(outcomes(&mut ledger), [(unplug, Outcome::Ejected)]);
    }
}

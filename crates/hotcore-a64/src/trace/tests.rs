//! A followed PE tells what it does, in order.

use std::sync::Arc;

use parking_lot::Mutex;

use super::{Cause, Event, Tracer, Wanted};
use crate::Level;
use crate::run::Exit;
use crate::testing::{CODE, Machine, VECTORS};

struct Log(Arc<Mutex<Vec<Event>>>);

impl Tracer for Log {
    fn record(&mut self, event: Event) {
        self.0.lock().push(event);
    }
}

fn followed(wanted: Wanted) -> (Machine, Arc<Mutex<Vec<Event>>>) {
    let mut machine = Machine::new();
    let log = Arc::default();
    machine.core.trace(wanted, Box::new(Log(Arc::clone(&log))));
    (machine, log)
}

const NOP: u32 = 0xd503_201f;
const SVC: u32 = 0xd400_0001;
const ERET: u32 = 0xd69f_03e0;
/// `ldr x0, [x1]` with X1 = 0: an access outside RAM.
const LOAD: u32 = 0xf940_0020;
const SAME_LEVEL: u64 = VECTORS + 0x200;

#[test]
fn exceptions_and_returns_are_told_with_the_vectors_first() {
    let (mut machine, log) = followed(Wanted { exceptions: true, instructions: false });
    machine.write(SAME_LEVEL, &[ERET]);
    assert_eq!(machine.run(&[NOP, SVC, NOP]), Exit::Call);
    let cause = Cause::Synchronous { esr: 0x5600_0000, far: None };
    let [vectors, exception, back] = log.lock().clone().try_into().unwrap();
    assert_eq!(vectors, Event::Vectors { base: VECTORS });
    assert_eq!(exception, Event::Exception { cause, from: Level::El1, elr: CODE + 8 });
    let Event::Return { to, pc, .. } = back else { panic!("{back:?}") };
    assert_eq!((to, pc), (Level::El1, CODE + 8));
}

#[test]
fn every_instruction_is_told_once() {
    let (mut machine, log) = followed(Wanted { exceptions: false, instructions: true });
    let exit = machine.run(&[NOP, LOAD, NOP]);
    assert!(matches!(exit, Exit::Device(_)), "{exit:?}");
    machine.core.answer(1);
    assert_eq!(machine.core.run(), Exit::Call);
    let told: Vec<_> = log.lock().iter().skip(1).copied().collect();
    let words = [NOP, LOAD, NOP, crate::testing::HVC];
    let expected: Vec<_> = words
        .into_iter()
        .zip((CODE..).step_by(4))
        .map(|(word, pc)| Event::Instruction { pc, word })
        .collect();
    assert_eq!(told, expected);
}

//! A debugger's breakpoints, steps, registers and memory.

use crate::debug::{Breakpoints, Halt};
use crate::kvm::arm64::create;
use crate::kvm::arm64::tests::guest::{self, Guest, RAM, SPIN};
use crate::{Exit, Vcpu};

/// `add x0, x0, #1`
const COUNT: u32 = 0x9100_0400;

/// A vCPU at the start of `program`, and the breakpoints of its machine.
fn machine(program: &[u32]) -> Option<(Guest, Breakpoints)> {
    let (engine, host) = guest::engine()?;
    let breakpoints = Breakpoints::default();
    let mut spec = guest::spec(1);
    spec.breakpoints = Some(breakpoints.clone());
    let (vm, vcpus) = create::machine(&engine.kvm, host, &spec).unwrap();
    let mut guest = Guest { vm, vcpus, spec };
    guest.load(RAM, program);
    guest::start(&mut guest.vcpus[0], 0).unwrap();
    Some((guest, breakpoints))
}

fn run(vcpu: &mut dyn Vcpu) -> Halt {
    loop {
        match vcpu.run().unwrap() {
            Exit::Halted(halt) => return halt,
            Exit::Interrupted => {}
            other => panic!("a halt was expected, not {other:?}"),
        }
    }
}

fn place(vcpu: &mut dyn Vcpu) -> (u64, u64) {
    let registers = vcpu.inspect().unwrap().registers().unwrap();
    (registers.pc, registers.x[0])
}

#[test]
fn breakpoints_stop_and_steps_go_on_from_there() {
    let Some((mut guest, breakpoints)) = machine(&[COUNT, COUNT, COUNT, COUNT, SPIN]) else {
        return;
    };
    let vcpu = &mut guest.vcpus[0];
    breakpoints.set([RAM + 8, RAM + 16].into());
    assert_eq!(run(vcpu), Halt::Breakpoint);
    assert_eq!(place(vcpu), (RAM + 8, 2));
    assert_eq!(run(vcpu), Halt::Breakpoint);
    vcpu.inspect().unwrap().set_single_step(true).unwrap();
    assert_eq!(run(vcpu), Halt::Step);
    assert_eq!(place(vcpu), (RAM + 12, 3));
    assert_eq!(run(vcpu), Halt::Breakpoint);
    assert_eq!(place(vcpu), (RAM + 16, 4));
}

#[test]
fn registers_and_memory_are_read_back() {
    let Some((mut guest, _)) = machine(&[SPIN]) else { return };
    let vcpu = guest.vcpus[0].inspect().unwrap();
    let mut registers = vcpu.registers().unwrap();
    assert_eq!((registers.pc, registers.pstate & 0x3cf), (RAM, 0x3c5));
    registers.x = std::array::from_fn(|number| 0x1111 * number as u64);
    registers.v = std::array::from_fn(|number| u128::MAX / (1 + number as u128));
    (registers.sp, registers.pc) = (0x8000, RAM + 4);
    (registers.fpcr, registers.fpsr) = (0x0040_0000, 0x0800_001f);
    vcpu.set_registers(&registers).unwrap();
    assert_eq!(vcpu.registers().unwrap(), registers);
    assert!(vcpu.write_memory(RAM + 0x100, &[1, 2, 3]).unwrap());
    let mut data = [0; 5];
    assert_eq!(vcpu.read_memory(RAM + 0xff, &mut data).unwrap(), 5);
    assert_eq!(data, [0, 1, 2, 3, 0]);
    assert!(!vcpu.write_memory(0, &[1]).unwrap());
}

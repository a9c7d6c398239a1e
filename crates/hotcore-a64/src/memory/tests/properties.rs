//! Random tables, regimes and accesses; software that invalidates what the architecture asks it to.
//!
//! Two ASIDs have tables of their own and share the upper half's. Addresses come from a small
//! universe, so that what the TLB remembers is met again: indices 0, 1, 2 and 511 at every level.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use vm_memory::{Bytes, GuestAddress, GuestMemoryMmap};

use super::reference::Regime;
use crate::block::lower_word;
use crate::cluster::Cluster;
use crate::cpu::Cpu;
use crate::memory::Access;
use crate::memory::access::Place;
use crate::pstate::Level;
use crate::run::Core;
use crate::testing::{Nothing, RAM, SIZE};
use crate::trap::Trap;

const INDICES: [u64; 4] = [0, 1, 2, 511];
/// Tables that any other table may point to: of the lower half, then of the upper one.
const POOL: u64 = 6;
/// Roots: of each ASID and of the upper half.
const ROOTS: [u64; 3] = [2 * POOL, 2 * POOL + 1, 2 * POOL + 2];
const TABLES: u64 = 2 * POOL + 3;

/// SCTLR_EL1.EE: descriptors are big-endian, too.
const EE: u64 = 1 << 25;

/// MSR (register) or SYS of X2.
const SCTLR: u32 = 0xd518_1002;
const TTBR0: u32 = 0xd518_2002;
const TTBR1: u32 = 0xd518_2022;
const TCR: u32 = 0xd518_2042;
const MAIR: u32 = 0xd518_a202;
const TLBI_VMALLE1: u32 = 0xd508_8702;
const TLBI_ASIDE1: u32 = 0xd508_8742;
const TLBI_VAAE1: u32 = 0xd508_8762;
const TLBI_VAE1IS: u32 = 0xd508_8322;

/// What software does before it accesses all addresses again.
#[derive(Debug, Clone)]
enum Action {
    /// Changes the leaf of an address, and invalidates in one of the ways that are enough.
    Change {
        which: usize,
        descriptor: u64,
        way: u8,
    },
    /// Switches to the tables of another ASID.
    Switch {
        asid: bool,
    },
    /// Writes a register whose fields may be cached.
    Sctlr(u64),
    Mair(u64),
    Tcr(u64),
}

/// A PE, and what its software knows of it.
struct Machine {
    core: RefCell<Core>,
    memory: GuestMemoryMmap<()>,
    regime: Regime,
    /// All that is ever accessed.
    addresses: Vec<u64>,
}

impl Machine {
    fn new(descriptors: &[u64], regime: Regime, addresses: Vec<u64>) -> Self {
        let memory = GuestMemoryMmap::from_ranges(&[(GuestAddress(RAM), SIZE)]).unwrap();
        let cluster = Cluster::new(&memory, 1);
        let core = Core::new(0, 0, Arc::clone(&cluster), Box::new(Nothing));
        let mut machine = Self { core: RefCell::new(core), memory, regime, addresses };
        let slots = (0..TABLES).flat_map(|table| INDICES.map(|index| (table, index)));
        for ((table, index), &descriptor) in slots.zip(descriptors) {
            let at = RAM + table * 4096 + index * 8;
            machine
                .set(at, placed(descriptor, table < POOL || table < ROOTS[2] && table >= ROOTS[0]));
        }
        machine.write(MAIR, regime.mair);
        machine.write(TCR, regime.tcr);
        machine.write(TTBR1, regime.ttbr[1]);
        machine.switch(false);
        machine.write(SCTLR, regime.sctlr);
        machine
    }

    fn big_endian(&self) -> bool {
        self.regime.sctlr & EE != 0
    }

    fn set(&self, at: u64, descriptor: u64) {
        let stored = if self.big_endian() { descriptor.to_be() } else { descriptor.to_le() };
        self.memory.write_obj(stored, GuestAddress(at)).unwrap();
    }

    fn get(&self, at: u64) -> Option<u64> {
        let stored: u64 = self.memory.read_obj(GuestAddress(at)).ok()?;
        Some(if self.big_endian() { u64::from_be(stored) } else { u64::from_le(stored) })
    }

    fn cpu<T>(&self, work: impl FnOnce(&mut Cpu) -> T) -> T {
        work(&mut self.core.borrow_mut().cpu)
    }

    fn write(&self, word: u32, value: u64) {
        self.cpu(|cpu| {
            cpu.set_x(2, value);
            let lowered = lower_word(word, 0);
            (lowered.step.run)(cpu, &lowered.step).unwrap();
        });
    }

    fn switch(&mut self, asid: bool) {
        let number = u64::from(asid) + 1;
        let root = RAM + ROOTS[usize::from(asid)] * 4096;
        self.regime.ttbr[0] = number << 48 | root;
        self.regime.ttbr[1] = number << 48 | (RAM + ROOTS[2] * 4096);
        // As Linux does: the reserved tables between the two.
        self.write(TTBR0, RAM + (SIZE as u64) - 4096);
        self.write(TTBR1, self.regime.ttbr[1]);
        self.write(TTBR0, self.regime.ttbr[0]);
    }

    /// What an access comes to, by the CPU: a frame of RAM or an address outside, or a syndrome.
    fn seen(&self, address: u64, level: Level, access: Access) -> Result<(u64, bool), u32> {
        let result = self.cpu(|cpu| {
            cpu.switch(level, true);
            let result = match access {
                Access::Fetch => cpu.fetch_page(address).map(|page| (page, false)),
                _ => cpu.translate(level, address, access).map(|place| match place {
                    Place::Ram { frame, device } => (RAM + u64::from(frame.number) * 4096, device),
                    Place::Outside { physical } => (physical, false),
                }),
            };
            cpu.switch(Level::El1, true);
            result.map_err(|_| cpu.trap)
        });
        result.map_err(|trap| match trap {
            Trap::Exception(exception) => exception.iss & 0x3f,
            other => panic!("{other:?}"),
        })
    }

    /// The same by the reference.
    fn expected(&self, address: u64, level: Level, access: Access) -> Result<(u64, bool), u32> {
        let found = self.regime.access(&|at| self.get(at), address, level, access)?;
        let in_ram = (RAM..RAM + SIZE as u64).contains(&found.physical);
        match (in_ram, access) {
            (true, Access::Fetch) => Ok((found.physical & !0xfff, false)),
            (true, _) => Ok((found.physical & !0xfff, found.device)),
            // Nothing but RAM is executed.
            (false, Access::Fetch) => Err(0x10),
            (false, _) => Ok((found.physical, false)),
        }
    }

    /// Makes the leaf of an address another one of the same level, or none; or none one.
    fn change(&mut self, address: u64, descriptor: u64, way: u8) {
        let walk = self.regime.walk(&|at| self.get(at), address);
        let Some(&at) = walk.read.last() else { return };
        let lower = address >> 55 & 1 == 0;
        let level = self.level_of(&walk.read, lower);
        let old = self.get(at).unwrap_or(0);
        if level == 0 || level < 3 && old & 3 == 3 || !(RAM..RAM + TABLES * 4096).contains(&at) {
            return;
        }
        let leaf = if level == 3 { 3 } else { 1 };
        let mapped = self.mapped_by(at, lower);
        self.set(at, placed(descriptor & !3 | (leaf * (descriptor & 1)), lower));
        match (way % 3, mapped) {
            (1, _) if lower => (1..3).for_each(|asid| self.write(TLBI_ASIDE1, asid << 48)),
            (2, Some(mapped)) => self.invalidate_by_address(&mapped, way & 4 != 0),
            _ => self.write(TLBI_VMALLE1, 0),
        }
    }

    fn level_of(&self, read: &[u64], lower: bool) -> u32 {
        let size = if lower { self.regime.tcr & 0x3f } else { self.regime.tcr >> 16 & 0x3f };
        let levels = (64 - size.clamp(16, 39) as u32 - 12).div_ceil(9);
        4 - levels + read.len() as u32 - 1
    }

    /// One address (and its ASID) in each block or page that the descriptor at `at` maps; `None` if
    /// it is a table's descriptor for any address.
    fn mapped_by(&self, at: u64, lower: bool) -> Option<BTreeMap<(u64, u64), u64>> {
        let mut mapped = BTreeMap::new();
        for root in [0, 1] {
            let mut regime = self.regime;
            regime.ttbr[0] = (root + 1) << 48 | (RAM + ROOTS[root as usize] * 4096);
            for &address in &self.addresses {
                let read = regime.walk(&|at| self.get(at), address).read;
                match read.iter().position(|&other| other == at) {
                    Some(place) if place + 1 < read.len() => return None,
                    Some(_) => {
                        let bits = 12 + 9 * (3 - self.level_of(&read, lower));
                        mapped.insert((root + 1, (address & u64::MAX >> 8) >> bits), address);
                    }
                    None => {}
                }
            }
        }
        Some(mapped)
    }

    fn invalidate_by_address(&self, mapped: &BTreeMap<(u64, u64), u64>, of_asid: bool) {
        for (&(asid, _), &address) in mapped {
            let page = address >> 12 & 0xfff_ffff_ffff;
            if of_asid {
                self.write(TLBI_VAE1IS, page | asid << 48);
            } else {
                self.write(TLBI_VAAE1, page);
            }
        }
    }
}

/// A descriptor as it may stand in a table of the lower or the upper half: it points to tables of
/// its own half, and a leaf of the lower half is not global.
fn placed(descriptor: u64, lower: bool) -> u64 {
    let page = descriptor >> 12 & 0xff;
    let pool = RAM + (page % POOL + if lower { 0 } else { POOL }) * 4096;
    let attributes = descriptor & 0x7ff0_0000_0000_0fff & !(1 << 11);
    let global = if lower { 1 << 11 } else { descriptor & 1 << 11 };
    let output = match (descriptor >> 20 & 15, descriptor & 3) {
        // Too large an address; nothing there; a table or a page; RAM without tables.
        (0, _) => 1 << 41,
        (1, 1) => 1 << 33 | page << 12,
        (_, 3) => pool,
        _ => RAM | page << 12,
    };
    attributes | global | output
}

/// All addresses without tags.
fn universe() -> impl Iterator<Item = u64> {
    (0..512u64).map(|number| {
        let index = |level: u64| INDICES[(number >> (2 * level) & 3) as usize];
        let address = index(3) << 39 | index(2) << 30 | index(1) << 21 | index(0) << 12;
        if number & 256 == 0 { address } else { address | 0xffff << 48 }
    })
}

fn address() -> impl Strategy<Value = u64> {
    let plain = (0..512usize).prop_map(|number| universe().nth(number).unwrap());
    let tag = prop_oneof![4 => Just(None), 2 => any::<u8>().prop_map(Some)];
    let shortened = prop_oneof![3 => Just(64u32), 1 => 25..40u32];
    (plain, tag, shortened, 0..4096u64).prop_map(|(plain, tag, bits, offset)| {
        // Of a smaller half of the address space.
        let plain = plain.unbounded_shl(64 - bits);
        let plain = (plain.cast_signed() >> (64 - bits)).cast_unsigned();
        let tagged = tag.map_or(plain, |tag| plain & u64::MAX >> 8 | u64::from(tag) << 56);
        tagged | offset
    })
}

fn sctlr() -> impl Strategy<Value = u64> {
    (0..8u8, any::<bool>())
        .prop_map(|(m, wxn)| 0x30d0_0980 | u64::from(m != 0) | u64::from(wxn) << 19)
}

fn mair() -> impl Strategy<Value = u64> {
    prop::sample::select(vec![0xff44_0c00_ff04_bb00, 0xffff_ffff_ffff_ffff, 0x0400_ff44_00ff_0c44])
}

fn tcr() -> impl Strategy<Value = u64> {
    let size = || prop_oneof![6 => Just(16u64), 2 => Just(25u64), 2 => 12..48u64];
    let rarely = || prop::bool::weighted(0.04).prop_map(u64::from);
    let often = || any::<bool>().prop_map(u64::from);
    let output = prop::sample::select(vec![0u64, 1, 2, 2, 5, 7]);
    (size(), size(), rarely(), rarely(), often(), often(), often(), often(), output, 0..8u64)
        .prop_map(|(t0sz, t1sz, epd0, epd1, a1, wide, tbi0, tbi1, ips, e0pd)| {
            let lower = t0sz | epd0 << 7;
            let upper = t1sz << 16 | a1 << 22 | epd1 << 23;
            // Neither half, one or both of them kept from EL0.
            let e0pd = if e0pd < 4 { e0pd } else { 0 } << 55;
            lower | upper | ips << 32 | wide << 36 | tbi0 << 37 | tbi1 << 38 | e0pd
        })
}

/// Valid, with the access flag and all permissions, more often than not.
fn descriptor() -> impl Strategy<Value = u64> {
    (any::<u64>(), 0..16u8, 0..16u8).prop_map(|(bits, valid, accessed)| {
        let typed = bits & !3 | u64::from(valid != 0) | (2 * u64::from(valid % 4 != 0));
        let restricted = bits.rotate_left(17) & bits.rotate_left(29) & 0x7860_0000_0000_0000;
        let rest = typed & !0x7860_0000_0000_0000 & !(1 << 10);
        rest | restricted | u64::from(accessed != 0) << 10
    })
}

/// Addresses, and to each a neighbour that shares all tables with it.
fn addresses() -> impl Strategy<Value = Vec<u64>> {
    prop::collection::vec((address(), 0..4usize), 1..6).prop_map(|some| {
        let neighbour =
            |(address, index): (u64, usize)| address & !0x1f_f000 | INDICES[index] << 12;
        some.into_iter().flat_map(|one| [one.0, neighbour(one)]).collect()
    })
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        6 => (any::<usize>(), descriptor(), 0..24u8)
            .prop_map(|(which, descriptor, way)| Action::Change { which, descriptor, way }),
        4 => any::<bool>().prop_map(|asid| Action::Switch { asid }),
        1 => sctlr().prop_map(Action::Sctlr),
        1 => mair().prop_map(Action::Mair),
        1 => tcr().prop_map(Action::Tcr),
    ]
}

impl Machine {
    fn act(&mut self, action: &Action) {
        match *action {
            Action::Change { which, descriptor, way } => {
                let address = self.addresses[which % self.addresses.len()];
                self.change(address, descriptor, way);
            }
            Action::Switch { asid } => self.switch(asid),
            Action::Sctlr(value) => {
                self.regime.sctlr = value | self.regime.sctlr & EE;
                self.write(SCTLR, self.regime.sctlr);
            }
            Action::Mair(value) => {
                self.regime.mair = value;
                self.write(MAIR, value);
            }
            Action::Tcr(value) => {
                self.regime.tcr = value;
                self.write(TCR, value);
            }
        }
    }

    /// Accesses every address in every way.
    fn look(&self) -> Result<(), TestCaseError> {
        for &address in &self.addresses {
            for level in [Level::El0, Level::El1] {
                for access in [Access::Read, Access::Write, Access::Fetch] {
                    let address = if access == Access::Fetch { address & !3 } else { address };
                    let expected = self.expected(address, level, access);
                    let seen = self.seen(address, level, access);
                    prop_assert_eq!(seen, expected, "{:#x} {:?} {:?}", address, level, access);
                }
            }
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn translations_are_those_of_the_reference(
        descriptors in prop::collection::vec(descriptor(), 4 * TABLES as usize),
        tcr in tcr(),
        mair in mair(),
        addresses in addresses(),
        actions in prop::collection::vec(action(), 1..32),
        big_endian in prop::bool::weighted(0.2),
    ) {
        let sctlr = 0x30d0_0981 | if big_endian { EE } else { 0 };
        let regime = Regime { sctlr, tcr, ttbr: [0; 2], mair };
        let mut machine = Machine::new(&descriptors, regime, addresses);
        machine.look()?;
        for action in &actions {
            machine.act(action);
            // A second time as the TLB remembers it.
            machine.look()?;
            machine.look()?;
        }
    }
}

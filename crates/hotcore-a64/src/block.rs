//! The decoded-block cache of one PE.
//!
//! A block is a run of instructions inside one page that ends where control may go elsewhere. Blocks
//! are found by physical address, so that every mapping of a page shares them, and depend on nothing
//! else: what an instruction needs of the PE's state it asks when it executes. A block that was left
//! remembers which blocks of the same page followed it; whatever maps that page, they still do.
//!
//! Blocks are never removed one by one. A block is stale when the generation of its page has moved
//! on; when the store of steps is full, everything goes at once, and every remembered index with it.

use std::cell::Cell;

use crate::cpu::Cpu;
use crate::decode::decode;
use crate::exception::{Class, Exception};
use crate::execute::lower;
use crate::memory::PAGE;
use crate::step::{Flow, Lowered, Step};
use crate::trap::{Done, Trap, Trapped};

/// Steps kept at most: 9 MiB.
const STEPS_MAX: usize = 384 << 10;
/// Steps in a block at most.
pub(crate) const BLOCK_MAX: u32 = 64;
/// Heads of the chains by physical address; a power of two.
const HEADS: usize = 1 << 14;
/// Virtual addresses whose blocks are remembered; a power of two.
const JUMPS: usize = 1 << 12;
/// No block.
pub(crate) const NONE: u32 = u32::MAX;

/// All blocks of one PE.
#[expect(clippy::struct_field_names, reason = "its blocks are what it is named after")]
pub(crate) struct Blocks {
    blocks: Vec<Block>,
    steps: Vec<Step>,
    heads: Vec<u32>,
    jumps: Vec<Jump>,
}

/// A decoded block.
pub(crate) struct Block {
    physical: u64,
    frame: u32,
    generation: u32,
    first: u32,
    length: u16,
    /// Index of the first step that uses SIMD&FP registers; `length` if none does.
    fp_from: u16,
    /// Whether the next instruction follows, rather than where the last step went.
    falls_through: bool,
    /// Up to two blocks of the same page that have followed.
    followers: [Cell<Follower>; 2],
    /// The next block in the chain of this physical address's head.
    chain: u32,
}

#[derive(Clone, Copy)]
struct Follower {
    /// Offset of its first instruction in the page.
    offset: u16,
    block: u32,
}

#[derive(Clone, Copy)]
struct Jump {
    address: u64,
    /// [`crate::memory::Tlb::stamp`] when it was looked up.
    stamp: u64,
    block: u32,
}

const NO_JUMP: Jump = Jump { address: u64::MAX, stamp: u64::MAX, block: NONE };
const NO_FOLLOWER: Follower = Follower { offset: u16::MAX, block: NONE };

impl Blocks {
    /// No blocks yet, and little memory.
    pub(crate) fn new() -> Self {
        Self { blocks: Vec::new(), steps: Vec::new(), heads: Vec::new(), jumps: Vec::new() }
    }

    /// Gives all memory back.
    pub(crate) fn release(&mut self) {
        *self = Self::new();
    }

    /// Forgets all blocks.
    pub(crate) fn forget(&mut self) {
        self.blocks.clear();
        self.steps.clear();
        self.heads.fill(NONE);
        self.jumps.fill(NO_JUMP);
    }

    /// The block at the PC. `previous` is the block that led here.
    #[inline(always)]
    pub(crate) fn find(&mut self, cpu: &mut Cpu, previous: u32) -> Result<u32, Trapped> {
        if let Some(block) = self.follower(cpu, previous) {
            return Ok(block);
        }
        self.look_up(cpu, previous)
    }

    #[inline(always)]
    fn is_current(cpu: &Cpu, block: &Block) -> bool {
        cpu.code.generation(block.frame) == block.generation
    }

    #[inline(always)]
    fn follower(&self, cpu: &Cpu, previous: u32) -> Option<u32> {
        let block = self.blocks.get(previous as usize)?;
        let offset = (cpu.pc & (PAGE - 1)) as u16;
        for follower in &block.followers {
            let follower = follower.get();
            if follower.offset == offset {
                let next = self.blocks.get(follower.block as usize)?;
                return Self::is_current(cpu, next).then_some(follower.block);
            }
        }
        None
    }

    #[inline(never)]
    fn look_up(&mut self, cpu: &mut Cpu, previous: u32) -> Result<u32, Trapped> {
        let stamp = cpu.tlb.stamp(cpu.level, cpu.pc);
        let slot = (cpu.pc >> 2) as usize % JUMPS;
        if let Some(jump) = self.jumps.get(slot)
            && jump.address == cpu.pc
            && jump.stamp == stamp
            && let Some(block) = self.blocks.get(jump.block as usize)
            && Self::is_current(cpu, block)
        {
            return Ok(jump.block);
        }
        let page = cpu.fetch_page(cpu.pc)?;
        let physical = page | (cpu.pc & (PAGE - 1));
        let flushed = self.make_room();
        let index = match self.in_chain(cpu, physical) {
            Some(index) => index,
            None => self.decode_block(cpu, physical),
        };
        self.jumps[slot] = Jump { address: cpu.pc, stamp, block: index };
        if !flushed {
            self.remember_follower(previous, physical, index);
        }
        Ok(index)
    }

    /// Makes sure that one more block fits; tells whether all the others went for it.
    fn make_room(&mut self) -> bool {
        if self.heads.is_empty() {
            self.heads = vec![NONE; HEADS];
            self.jumps = vec![NO_JUMP; JUMPS];
        }
        if self.steps.len() + BLOCK_MAX as usize <= STEPS_MAX {
            return false;
        }
        self.forget();
        true
    }

    fn in_chain(&self, cpu: &Cpu, physical: u64) -> Option<u32> {
        let mut index = self.heads[head(physical)];
        while let Some(block) = self.blocks.get(index as usize) {
            if block.physical == physical && Self::is_current(cpu, block) {
                return Some(index);
            }
            index = block.chain;
        }
        None
    }

    fn remember_follower(&self, previous: u32, physical: u64, index: u32) {
        let Some(block) = self.blocks.get(previous as usize) else { return };
        if block.physical & !(PAGE - 1) != physical & !(PAGE - 1) {
            return;
        }
        let offset = (physical & (PAGE - 1)) as u16;
        let [first, second] = &block.followers;
        if first.get().offset != offset {
            second.set(first.get());
        }
        first.set(Follower { offset, block: index });
    }

    /// Decodes the block at `physical`, which is RAM.
    fn decode_block(&mut self, cpu: &Cpu, physical: u64) -> u32 {
        let index = self.blocks.len() as u32;
        let first = self.steps.len() as u32;
        let mut block = Block {
            physical,
            frame: u32::MAX,
            generation: 0,
            first,
            length: 0,
            fp_from: u16::MAX,
            falls_through: true,
            followers: [Cell::new(NO_FOLLOWER), Cell::new(NO_FOLLOWER)],
            chain: std::mem::replace(&mut self.heads[head(physical)], index),
        };
        if let Some(frame) = cpu.frame(physical) {
            block.frame = frame.number;
            block.generation = cpu.code.mark(frame.number);
            let most = (((PAGE - (physical & (PAGE - 1))) / 4) as u32).min(BLOCK_MAX);
            for number in 0..most {
                let offset = number * 4;
                let word = u32::from_le(frame.page.load(physical + offset as u64));
                let lowered = lower_word(word, offset);
                self.steps.push(lowered.step);
                if lowered.uses_fp {
                    block.fp_from = block.fp_from.min(number as u16);
                }
                if lowered.flow != Flow::Next {
                    block.falls_through = lowered.flow == Flow::Ends;
                    break;
                }
            }
        }
        block.length = (self.steps.len() as u32 - first) as u16;
        block.fp_from = block.fp_from.min(block.length);
        self.blocks.push(block);
        index
    }

    /// Executes a block. On a trap the PC is the address of the instruction that trapped.
    #[inline(always)]
    pub(crate) fn execute(&self, cpu: &mut Cpu, index: u32) -> Done {
        let Some(block) = self.blocks.get(index as usize) else { return Ok(()) };
        let first = block.first as usize;
        let Some(steps) = self.steps.get(first..first + block.length as usize) else {
            return Ok(());
        };
        if block.fp_from < block.length && !cpu.fp_enabled {
            return execute_before_fp(cpu, &steps[..block.fp_from as usize]);
        }
        run_steps(cpu, steps)?;
        cpu.retired = cpu.retired.wrapping_add(block.length as u64);
        if block.falls_through {
            cpu.pc = cpu.pc.wrapping_add(4 * block.length as u64);
        }
        Ok(())
    }
}

/// Step `number` of a block trapped.
#[cold]
fn stopped(cpu: &mut Cpu, number: u64) -> Trapped {
    cpu.retired = cpu.retired.wrapping_add(number);
    if cpu.trap != Trap::Leave {
        cpu.pc = cpu.pc.wrapping_add(4 * number);
    }
    Trapped
}

#[inline(always)]
fn run_steps(cpu: &mut Cpu, steps: &[Step]) -> Done {
    for (number, step) in steps.iter().enumerate() {
        if (step.run)(cpu, step).is_err() {
            return Err(stopped(cpu, number as u64));
        }
    }
    Ok(())
}

#[cold]
fn execute_before_fp(cpu: &mut Cpu, steps: &[Step]) -> Done {
    run_steps(cpu, steps)?;
    let _trapped = cpu.raise(fp_access());
    Err(stopped(cpu, steps.len() as u64))
}

/// The exception of an FP or Advanced SIMD instruction that CPACR_EL1 traps: CV = 1, COND = 0xe.
pub(crate) fn fp_access() -> Exception {
    Exception::new(Class::FpAccess).iss(0x1e << 20)
}

/// The step of `word`, `offset` bytes into its block.
pub(crate) fn lower_word(word: u32, offset: u32) -> Lowered {
    match decode(word) {
        Some(op) => lower(op, word, offset),
        None => undefined(word),
    }
}

/// The step of a word that is not an instruction here.
pub(crate) fn undefined(word: u32) -> Lowered {
    Lowered::ends(Step::new(|cpu, _| Err(cpu.raise(Exception::undefined())), word))
}

fn head(physical: u64) -> usize {
    let number = (physical >> 2) as usize;
    (number ^ number >> 14) % HEADS
}

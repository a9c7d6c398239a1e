//! What instructions do: from an operation and its word to a step that executes it.
//!
//! One room a class of instructions. Each has a `lower` that answers `None` for operations of
//! other rooms.

mod atomic;
mod branch;
mod condition;
mod fp;
mod integer;
mod load_store;
mod simd;
mod system;

use crate::block::undefined;
use crate::decode::Op;
use crate::step::Lowered;

/// The step of the operation `op` of `word`, which stands `offset` bytes into its block.
pub(crate) fn lower(op: Op, word: u32, offset: u32) -> Lowered {
    integer::lower(op, word, offset)
        .or_else(|| load_store::lower(op, word, offset))
        .or_else(|| branch::lower(op, word, offset))
        .or_else(|| system::lower(op, word, offset))
        .or_else(|| atomic::lower(op, word, offset))
        .or_else(|| simd::lower(op, word, offset))
        .or_else(|| fp::lower(op, word, offset))
        .unwrap_or_else(|| undefined(word))
}

#[cfg(test)]
mod tests;

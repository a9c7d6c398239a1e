//! The instruction table: one row for each instruction and form of the supported architecture.
//!
//! A row is `Op "pattern" guard "template";`. The pattern reads as the encoding diagrams of DDI 0487,
//! section C6.2 and C7.2, from bit 31 down (see [`super::pattern`]); the guard names the predicate of
//! [`super::guard`] that refuses reserved field values; the template is the assembler syntax. The
//! rows of the groups are handed from macro to macro, so that [`Op`] and [`ROWS`] grow out of one
//! list.

#[macro_use]
mod integer;
#[macro_use]
mod branch;
#[macro_use]
mod system;
#[macro_use]
mod load_store;
#[macro_use]
mod atomic;
#[macro_use]
mod fp;
#[macro_use]
mod simd_structure;
#[macro_use]
mod simd_three_same;
#[macro_use]
mod simd_three_different;
#[macro_use]
mod simd_two_register;
#[macro_use]
mod simd_move;
#[macro_use]
mod simd_scalar;

use super::guard;
use super::pattern::{mask, value};

/// A row of the table: which words are this instruction, and how they are written.
pub(super) struct Row {
    /// The instruction.
    pub(super) op: Op,
    /// The bits that the pattern fixes.
    pub(super) mask: u32,
    /// What the fixed bits hold.
    pub(super) value: u32,
    /// Refuses words whose fields hold reserved values.
    pub(super) guard: fn(u32) -> bool,
    /// The assembler syntax.
    pub(super) template: &'static str,
}

impl Row {
    /// Whether `word` is this row's instruction.
    pub(super) fn matches(&self, word: u32) -> bool {
        word & self.mask == self.value && (self.guard)(word)
    }
}

macro_rules! define_table {
    ([] $($op:ident $pattern:literal $guard:ident $template:literal;)*) => {
        /// An instruction of the Arm ARM in one of its forms.
        ///
        /// Width (`sf`, `Q`), element size, access size and direction stay fields of the word where
        /// the encodings differ in nothing else.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u16)]
        pub enum Op {
            $(#[doc = concat!("`", $pattern, "`: `", $template, "`")] $op,)*
        }

        /// The rows, in the order of [`Op`]'s discriminants.
        pub(super) static ROWS: &[Row] = &[$(Row {
            op: Op::$op,
            mask: const { mask($pattern) },
            value: const { value($pattern) },
            guard: guard::$guard,
            template: $template,
        },)*];
    };
}

integer_rows! { [
    branch_rows system_rows load_store_rows atomic_rows fp_rows simd_structure_rows
    simd_three_same_rows simd_three_different_rows simd_two_register_rows simd_move_rows
    simd_scalar_rows define_table
] }

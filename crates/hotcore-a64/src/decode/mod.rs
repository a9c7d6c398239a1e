//! What an instruction word means: one table for decoding and for disassembly.
//!
//! [`decode`] names the instruction of a word as an [`Op`], or finds that the word is UNDEFINED on this
//! CPU: A64 of Armv8.0-A with floating point and Advanced SIMD, FEAT_LSE and FEAT_CRC32, nothing
//! else. Operands stay in the word; [`fields`] reads them.
//!
//! ```
//! use hotcore_a64::decode::{Op, decode, fields};
//!
//! let word = 0x9100_0420; // add x0, x1, #1
//! assert_eq!(decode(word), Some(Op::AddImmediate));
//! assert_eq!((fields::rd(word), fields::rn(word), fields::imm12(word)), (0, 1, 1));
//! assert_eq!(decode(0), None);
//! ```

mod disassemble;
pub mod fields;
mod guard;
mod index;
mod op;
mod pattern;
mod table;

pub use disassemble::disassemble;
pub use index::decode;
pub use table::Op;

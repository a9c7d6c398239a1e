//! What an instruction word means: one table for decoding and for disassembly.

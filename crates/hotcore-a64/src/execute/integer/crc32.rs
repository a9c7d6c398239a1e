//! CRC32 and CRC32C: the checksum of IEEE 802.3 and Castagnoli's, a byte at a time.

use super::three_registers;
use crate::cpu::Cpu;
use crate::decode::Op;
use crate::decode::fields::bits;
use crate::step::{Execute, Step};
use crate::trap::Done;

/// 0x04C11DB7, the bits in the order of the data.
static IEEE: [u32; 256] = table(0x04c1_1db7_u32.reverse_bits());
/// 0x1EDC6F41, likewise.
static CASTAGNOLI: [u32; 256] = table(0x1edc_6f41_u32.reverse_bits());

/// The step of `op`, if it is of this file.
pub(super) fn lower(op: Op, word: u32) -> Option<Step> {
    let run: Execute = match (op, bits(word, 11, 10)) {
        (Op::Crc32, 0) => |cpu, step| checksum::<1>(cpu, step, &IEEE),
        (Op::Crc32, 1) => |cpu, step| checksum::<2>(cpu, step, &IEEE),
        (Op::Crc32, 2) => |cpu, step| checksum::<4>(cpu, step, &IEEE),
        (Op::Crc32, _) => |cpu, step| checksum::<8>(cpu, step, &IEEE),
        (Op::Crc32c, 0) => |cpu, step| checksum::<1>(cpu, step, &CASTAGNOLI),
        (Op::Crc32c, 1) => |cpu, step| checksum::<2>(cpu, step, &CASTAGNOLI),
        (Op::Crc32c, 2) => |cpu, step| checksum::<4>(cpu, step, &CASTAGNOLI),
        (Op::Crc32c, _) => |cpu, step| checksum::<8>(cpu, step, &CASTAGNOLI),
        _ => return None,
    };
    Some(three_registers(run, word))
}

/// The remainder of each byte.
const fn table(polynomial: u32) -> [u32; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut remainder = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            let low = remainder & 1;
            remainder = (remainder >> 1) ^ (polynomial * low);
            bit += 1;
        }
        table[byte] = remainder;
        byte += 1;
    }
    table
}

#[inline(always)]
fn checksum<const BYTES: usize>(cpu: &mut Cpu, step: &Step, table: &[u32; 256]) -> Done {
    let mut checksum = cpu.w(step.n);
    for byte in &cpu.x(step.m).to_le_bytes()[..BYTES] {
        checksum = checksum >> 8 ^ table[((checksum as u8) ^ byte) as usize];
    }
    cpu.set_w(step.d, checksum);
    Ok(())
}

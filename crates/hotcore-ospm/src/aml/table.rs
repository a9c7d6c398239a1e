//! The header of a DSDT or SSDT (ACPI 6.5 §5.2.6).

use super::error::Cause;

/// Where the code begins.
pub(super) const HEADER: usize = 36;

/// Checks a header; the code's revision.
pub(super) fn check(table: &[u8]) -> Result<u8, Cause> {
    let Some((header, _)) = table.split_first_chunk::<HEADER>() else {
        return Err(Cause::Header("shorter than its header"));
    };
    if !matches!(&header[..4], b"DSDT" | b"SSDT") {
        return Err(Cause::Header("signature"));
    }
    let length = u32::from_le_bytes([header[4], header[5], header[6], header[7]]);
    if length as usize != table.len() {
        return Err(Cause::Header("length"));
    }
    if table.iter().fold(0u8, |sum, &byte| sum.wrapping_add(byte)) != 0 {
        return Err(Cause::Header("checksum"));
    }
    Ok(header[8])
}

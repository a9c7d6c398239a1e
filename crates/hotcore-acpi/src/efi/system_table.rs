//! The EFI system table and the configuration tables it leads to (UEFI 2.10 §4.3, §4.6).

/// "IBI SYST".
const SIGNATURE: u64 = 0x5453_5953_2049_4249;
/// UEFI 2.7.
const REVISION: u32 = 0x0002_0046;
/// Bytes of the system table.
const SYSTEM_TABLE_SIZE: u32 = 120;
/// Who made this firmware that is none.
const VENDOR: &str = "Hotcore";

/// EFI_ACPI_20_TABLE_GUID, as it is in memory: the RSDP.
const ACPI_20: [u8; 16] = *b"\x71\xe8\x68\x88\xf1\xe4\xd3\x11\xbc\x22\x00\x80\xc7\x3c\x88\x81";
/// EFI_RT_PROPERTIES_TABLE_GUID: which runtime services there are.
const RT_PROPERTIES: [u8; 16] =
    *b"\x8a\x91\x66\xeb\xef\x7e\x2a\x40\x84\x2e\x93\x1d\x21\xc3\x8a\xe9";
/// LINUX_EFI_MEMRESERVE_TABLE_GUID: where Linux notes memory that the next kernel must keep.
/// Its EFI stub would have made it.
const MEMRESERVE: [u8; 16] = *b"\xc6\xb0\x8e\x88\xde\x8e\xf5\x4f\xa8\xf0\x9a\xee\x5c\xb9\x77\xc2";

/// Offsets of the parts of the page.
const CONFIGURATION_TABLES: usize = 0x80;
const RT_PROPERTIES_TABLE: usize = 0x100;
const MEMRESERVE_TABLE: usize = 0x110;
const VENDOR_STRING: usize = 0x120;

/// Builds the page that has the system table at its start.
///
/// ```text
/// 0x000 system table: 0 u64 signature  8 u32 revision  12 u32 size  16 u32 CRC-32
///       24 u64 vendor string  32 u32 firmware revision  88 u64 runtime services (0: none)
///       96 u64 boot services (0: none)  104 u64 number of configuration tables  112 u64 where
/// 0x080 configuration tables: 16-byte GUID, u64 address
/// 0x100 RT properties: u16 version 1, u16 length 8, u32 supported services (0: none)
/// 0x110 MEMRESERVE: u32 size 0, u32 count 0, u64 next 0; the guest writes it
/// 0x120 vendor string, UTF-16
/// ```
pub(super) fn build(address: u64, rsdp: u64) -> Vec<u8> {
    let at = |offset: usize| address + offset as u64;
    let configuration = [
        (ACPI_20, rsdp),
        (RT_PROPERTIES, at(RT_PROPERTIES_TABLE)),
        (MEMRESERVE, at(MEMRESERVE_TABLE)),
    ];
    let vendor: Vec<u8> = VENDOR.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();

    let mut page = vec![0; VENDOR_STRING];
    let mut put = |offset: usize, bytes: &[u8]| {
        page[offset..offset + bytes.len()].copy_from_slice(bytes);
    };
    put(0, &SIGNATURE.to_le_bytes());
    put(8, &REVISION.to_le_bytes());
    put(12, &SYSTEM_TABLE_SIZE.to_le_bytes());
    put(24, &at(VENDOR_STRING).to_le_bytes());
    put(104, &(configuration.len() as u64).to_le_bytes());
    put(112, &at(CONFIGURATION_TABLES).to_le_bytes());
    for (index, (guid, table)) in configuration.iter().enumerate() {
        put(CONFIGURATION_TABLES + 24 * index, guid);
        put(CONFIGURATION_TABLES + 24 * index + 16, &table.to_le_bytes());
    }
    put(RT_PROPERTIES_TABLE, &[1, 0, 8, 0, 0, 0, 0, 0]);
    let checksum = crc32(&page[..SYSTEM_TABLE_SIZE as usize]);
    page[16..20].copy_from_slice(&checksum.to_le_bytes());
    page.extend_from_slice(&vendor);
    page
}

/// The CRC-32 of UEFI (that of Ethernet and zip).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _bit| {
            if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crc32_has_the_standard_check_value() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }
}

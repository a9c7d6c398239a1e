//! SPCR and DBG2: where the serial console is (Microsoft's specifications of these tables;
//! guest contract §1.5).

use acpi_tables::AmlSink;
use acpi_tables::gas::{AccessSize, AddressSpace, GAS};

use crate::platform::Device;
use crate::table::Table;

/// "Arm PL011 UART", in both tables.
const PL011: u16 = 3;
/// The object in the DSDT that is this UART.
const NAMESPACE_PATH: &[u8] = b"\\_SB.COM0\0";
/// "Not a PCI device", as vendor and device id.
const NO_PCI_ID: u16 = 0xffff;

fn registers(uart: &Device) -> GAS {
    GAS::new(AddressSpace::SystemMemory, 32, 0, AccessSize::DwordAccess, uart.base)
}

/// The SPCR, revision 2, 80 bytes. With it, a guest needs no `console=`.
///
/// ```text
/// 36 u8 interface type, 3 reserved  40 GAS  52 u8 interrupt type (bit 3: GIC)  53 u8 PC IRQ
/// 54 u32 GSIV  58 u8 baud (3: 9600)  59 u8 parity  60 u8 stop bits  61 u8 flow control
/// 62 u8 terminal (3: ANSI)  63 u8 language  64 u16 PCI device, u16 vendor  68 u8 bus, u8 device,
/// u8 function  71 u32 PCI flags  75 u8 segment  76 u32 reserved
/// ```
pub(crate) fn spcr(uart: &Device) -> Vec<u8> {
    let mut table = Table::new(*b"SPCR", 2);
    table.dword(u32::from(PL011));
    table.push(&registers(uart));
    table.vec(&[1 << 3, 0]);
    table.dword(uart.gsiv);
    table.vec(&[3, 0, 1, 0, 3, 0]);
    table.word(NO_PCI_ID);
    table.word(NO_PCI_ID);
    table.vec(&[0; 3]);
    table.dword(0);
    table.byte(0);
    table.dword(0);
    table.finish()
}

/// The DBG2, revision 0: one debug port, the same UART.
///
/// ```text
/// 36 u32 offset of the first device (44)  40 u32 devices (1)
/// device: 0 u8 revision  1 u16 length  3 u8 address registers  4 u16 path length  6 u16 path
/// offset  8 u16 OEM data length  10 u16 OEM data offset  12 u16 port type (0x8000: serial)
/// 14 u16 subtype  16 u16 reserved  18 u16 address offset  20 u16 size offset  22 GAS  34 u32 size
/// 38 path
/// ```
pub(crate) fn dbg2(uart: &Device) -> Vec<u8> {
    const GAS_OFFSET: u16 = 22;
    const SIZE_OFFSET: u16 = 34;
    const PATH_OFFSET: u16 = 38;
    let path_length = NAMESPACE_PATH.len() as u16;

    let mut table = Table::new(*b"DBG2", 0);
    table.dword(44);
    table.dword(1);
    table.byte(0);
    table.word(PATH_OFFSET + path_length);
    table.byte(1);
    for word in [path_length, PATH_OFFSET, 0, 0, 0x8000, PL011, 0, GAS_OFFSET, SIZE_OFFSET] {
        table.word(word);
    }
    table.push(&registers(uart));
    table.dword(uart.size as u32);
    table.vec(NAMESPACE_PATH);
    table.finish()
}

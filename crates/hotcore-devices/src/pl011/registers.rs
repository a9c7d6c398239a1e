//! Offsets and bits of the PL011's registers (DDI 0183, chapter 3).

use bitflags::bitflags;

/// Register offsets from the UART's base.
pub(super) mod offset {
    pub(in super::super) const DR: u64 = 0x000;
    /// Receive status when read, error clear when written.
    pub(in super::super) const RSR: u64 = 0x004;
    pub(in super::super) const FR: u64 = 0x018;
    pub(in super::super) const ILPR: u64 = 0x020;
    pub(in super::super) const IBRD: u64 = 0x024;
    pub(in super::super) const FBRD: u64 = 0x028;
    pub(in super::super) const LCR_H: u64 = 0x02C;
    pub(in super::super) const CR: u64 = 0x030;
    pub(in super::super) const IFLS: u64 = 0x034;
    pub(in super::super) const IMSC: u64 = 0x038;
    pub(in super::super) const RIS: u64 = 0x03C;
    pub(in super::super) const MIS: u64 = 0x040;
    pub(in super::super) const ICR: u64 = 0x044;
    pub(in super::super) const DMACR: u64 = 0x048;
}

/// Break error of a character in DR.
pub(super) const DR_BREAK: u16 = 1 << 10;
/// Overrun before a character in DR.
pub(super) const DR_OVERRUN: u16 = 1 << 11;
/// Overrun in RSR.
pub(super) const RSR_OVERRUN: u8 = 1 << 3;

bitflags! {
    /// FR. Bit 3 (BUSY) and bit 5 (TXFF) are never set.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(super) struct Flags: u16 {
        const CTS = 1 << 0;
        const DSR = 1 << 1;
        const DCD = 1 << 2;
        const RXFE = 1 << 4;
        const RXFF = 1 << 6;
        const TXFE = 1 << 7;
        const RI = 1 << 8;
    }

    /// LCR_H.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(super) struct LineControl: u8 {
        const BRK = 1 << 0;
        const PEN = 1 << 1;
        const EPS = 1 << 2;
        const STP2 = 1 << 3;
        const FEN = 1 << 4;
        const WLEN_8 = 0b11 << 5;
        const SPS = 1 << 7;

        const AFTER_RESET = Self::WLEN_8.bits() | Self::FEN.bits();
    }

    /// CR.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(super) struct Control: u16 {
        const UARTEN = 1 << 0;
        const SIREN = 1 << 1;
        const SIRLP = 1 << 2;
        const LBE = 1 << 7;
        const TXE = 1 << 8;
        const RXE = 1 << 9;
        const DTR = 1 << 10;
        const RTS = 1 << 11;
        const OUT1 = 1 << 12;
        const OUT2 = 1 << 13;
        const RTSEN = 1 << 14;
        const CTSEN = 1 << 15;

        const AFTER_RESET = Self::UARTEN.bits() | Self::TXE.bits() | Self::RXE.bits();
    }

    /// IMSC, RIS, MIS and ICR.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(super) struct Interrupts: u16 {
        const RI = 1 << 0;
        const CTS = 1 << 1;
        const DCD = 1 << 2;
        const DSR = 1 << 3;
        const RX = 1 << 4;
        const TX = 1 << 5;
        const RT = 1 << 6;
        const FE = 1 << 7;
        const PE = 1 << 8;
        const BE = 1 << 9;
        const OE = 1 << 10;
    }
}

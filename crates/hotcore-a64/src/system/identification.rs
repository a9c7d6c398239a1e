//! What this CPU says of itself: the values of the identification registers.
//!
//! Advertised is what is worth its cost to a guest that is interpreted: no pointer authentication,
//! no PAN, no SVE. Arm ARM, D17.2.

/// MIDR_EL1: 31:24 Implementer | 23:20 Variant | 19:16 Architecture | 15:4 PartNum | 3:0 Revision.
/// Implementer 0 is for software; no list of errata or of known-good parts has it, so what a guest
/// makes of this CPU it makes of the feature registers (Architecture = 0xf).
pub(super) const MIDR: u64 = 0xf << 16 | 0x484 << 4;

/// CTR_EL0: 31 RES1 | 29 DIC | 28 IDC | 27:24 CWG | 23:20 ERG | 19:16 DminLine | 15:14 L1Ip |
/// 3:0 IminLine. Lines of 64 bytes (2^4 words); physically indexed and tagged. DIC = IDC = 0: the
/// guest announces changes of code.
pub(super) const CTR: u64 = 1 << 31 | 4 << 24 | 4 << 20 | 4 << 16 | 3 << 14 | 4;

/// DCZID_EL0.BS: DC ZVA zeroes 2^4 words.
pub(super) const DCZID: u64 = 4;

/// CLIDR_EL1: 29:27 LoUU | 26:24 LoC | 23:21 LoUIS | 2:0 Ctype1. One level, separate caches.
pub(super) const CLIDR: u64 = 1 << 27 | 1 << 24 | 1 << 21 | 3;

/// CCSIDR_EL1: 27:13 NumSets - 1 | 12:3 Associativity - 1 | 2:0 log2 line bytes - 4. 32 KiB, 4 ways.
pub(super) const CCSIDR_LEVEL1: u64 = 127 << 13 | 3 << 3 | 2;

/// ID_AA64PFR0_EL1: 63:60 CSV3 | 59:56 CSV2 | 27:24 GIC | 23:20 AdvSIMD | 19:16 FP | 7:4 EL1 |
/// 3:0 EL0. EL0 and EL1 in AArch64 only; FP and Advanced SIMD without half precision (0); the GIC's
/// System registers. CSV2 and CSV3: what one context executes trains no predictor and loads nothing
/// ahead for another, so that no guest needs page tables of its own for the kernel, nor to cover its
/// branch history at every exception (CSV2 = 3).
pub(super) const AA64PFR0: u64 = 1 << 60 | 3 << 56 | 1 << 24 | 1 << 4 | 1;

/// ID_AA64DFR0_EL1: 31:28 CTX_CMPs - 1 | 23:20 WRPs - 1 | 15:12 BRPs - 1 | 11:8 PMUVer |
/// 3:0 DebugVer. Armv8 debug, two breakpoints, two watchpoints, no PMU.
pub(super) const AA64DFR0: u64 = 1 << 20 | 1 << 12 | 6;

/// ID_AA64ISAR0_EL1: 23:20 Atomic (FEAT_LSE) | 19:16 CRC32.
pub(super) const AA64ISAR0: u64 = 2 << 20 | 1 << 16;

/// ID_AA64MMFR0_EL1: 31:28 TGran4 (0: supported) | 27:24 TGran64 (0xf: not) | 23:20 TGran16 (0: not)
/// | 11:8 BigEnd | 7:4 ASIDBits (16) | 3:0 PARange (40 bits).
pub(super) const AA64MMFR0: u64 = 0xf << 24 | 1 << 8 | 2 << 4 | 2;

/// ID_AA64MMFR2_EL1: 63:60 E0PD. EL0 can be kept from the kernel's half without a walk; without it
/// Linux with KASLR gives every process a second set of page tables, which costs a guest that is
/// interpreted dearly.
pub(super) const AA64MMFR2: u64 = 1 << 60;

/// CNTFRQ_EL0: ticks a second.
pub(super) const CNTFRQ: u64 = 1_000_000_000;

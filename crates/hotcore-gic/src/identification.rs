//! What distributor and redistributors say they are.

/// GICD_IIDR and GICR_IIDR.
///
/// ```text
///  31      24 23  20 19     16 15      12 11         0
/// +----------+------+---------+----------+-----------+
/// | product  |  0   | variant | revision | implementer |
/// +----------+------+---------+----------+-----------+
/// ```
/// The product is ours (`H`); the implementer is Arm's JEP106 code, as in other virtual GICs, since
/// Hotcore has none. Not zero: Linux takes that for a GIC with errata.
pub(crate) const IIDR: u64 = 0x4800_043b;

/// GICD_PIDR2 and GICR_PIDR2: ArchRev, bits 7 to 4, is 3 for GICv3; JEDEC and the implementer's code
/// below, as in [`IIDR`].
pub(crate) const PIDR2: u64 = 0x3b;

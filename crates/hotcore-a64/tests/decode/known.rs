//! Where the other decoders are known to differ from the Arm ARM, and why.

use hotcore_a64::decode::Op;

/// Whether disarm64's name of a feature is one that the table covers.
pub(crate) fn in_scope(feature: &str) -> bool {
    matches!(feature, "V8" | "FP" | "SIMD" | "LSE" | "CRC")
}

/// disarm64 files these under a later feature than the Arm ARM does: conversions from and to fixed
/// point, whatever the size, under FP16; hint 40 under CHK, though it is a NOP without it.
pub(crate) fn misfiled(op: Op) -> bool {
    matches!(
        op,
        Op::ScvtfFixedScalar
            | Op::UcvtfFixedScalar
            | Op::FcvtzsFixedScalar
            | Op::FcvtzuFixedScalar
            | Op::ScvtfFixedVector
            | Op::UcvtfFixedVector
            | Op::FcvtzsFixedVector
            | Op::FcvtzuFixedVector
            | Op::Hint
    )
}

/// disarm64 wants the bits that "should be" ones; the Arm ARM lets the instruction execute without.
pub(crate) fn should_be_bits(op: Op) -> bool {
    matches!(
        op,
        Op::Ldxr
            | Op::Ldaxr
            | Op::Stxr
            | Op::Stlxr
            | Op::Ldxp
            | Op::Ldaxp
            | Op::Ldar
            | Op::Stlr
            | Op::Smulh
            | Op::Umulh
    )
}

/// Whether yaxpeax's mnemonic names the same instruction as ours.
pub(crate) fn same_to_yaxpeax(op: Op, ours: &str, theirs: &str) -> bool {
    match (ours, theirs) {
        _ if ours == theirs => true,
        // Two names of one condition.
        ("b.cs", "b.hs") | ("b.cc", "b.lo") => true,
        // MOV is no alias of the vector form of DUP (element).
        ("dup", "mov") => op == Op::DupElement,
        // MOV is not preferred where MOVZ or MOVN make the value.
        ("orr", "mov") => op == Op::OrrImmediate,
        // yaxpeax lacks these aliases.
        ("sxtl" | "sxtl2" | "uxtl" | "uxtl2", _) => alias_of(ours, theirs),
        // yaxpeax looks at the low bits of a hint's number only, and does not know the newer ones.
        _ => op == Op::Hint,
    }
}

/// Whether disarm64's mnemonic, that of the instruction behind every alias, is that of ours.
pub(crate) fn same_to_disarm64(op: Op, ours: &str, theirs: &str) -> bool {
    match op {
        _ if ours == theirs || alias_of(ours, theirs) => true,
        Op::BCond => theirs == "b.c",
        Op::Hint => theirs == "hint" || theirs == "chkfeat",
        Op::Sys => theirs == "sys",
        Op::Dsb => theirs == "dsb",
        // RPRFM (FEAT_RPRFM) is a PRFM with a reserved prefetch operation before.
        Op::PrfmRegister => theirs == "rprfm",
        // disarm64 calls every load and store of multiple structures LD4 and ST4.
        _ if format!("{op:?}").contains("Multiple") => theirs == format!("{}4", &ours[..2]),
        _ => false,
    }
}

/// Whether objdump's text, other than ours, still says the same.
pub(crate) fn same_to_objdump(op: Op, word: u32, ours: &str, theirs: &str) -> bool {
    match op {
        // objdump wants the bits that "should be" ones of LDAR.
        Op::Ldar => theirs.starts_with(".inst"),
        // LDPSW into one register, or into its base: CONSTRAINED UNPREDICTABLE, not UNDEFINED.
        Op::LoadStorePair | Op::LoadStorePairPost | Op::LoadStorePairPre => {
            word >> 30 == 1 && theirs.starts_with(".inst")
        }
        // Only bit 0 of the immediate counts; objdump takes the others for another register.
        Op::MsrImmediate => ours.starts_with("msr spsel, #"),
        // Registers and operations of later features, and of EL2 and EL3, go by numbers here; what is
        // newer than objdump, there.
        Op::Mrs | Op::MsrRegister => ours.contains("_c") || theirs.contains("_c"),
        Op::Sys => ours.starts_with("sys #"),
        _ => false,
    }
}

/// MSR (immediate) of PSTATE fields that came after Armv8.0, and its unallocated neighbours, which
/// objdump takes for registers with `op0` = 0.
pub(crate) fn later_system(word: u32) -> bool {
    word & 0xffd8_0000 == 0xd500_0000
}

/// Whether `alias` is a preferred alias of `instruction`.
fn alias_of(alias: &str, instruction: &str) -> bool {
    let store = alias.strip_prefix("st").zip(instruction.strip_prefix("ld"));
    store.is_some_and(|(stores, loads)| stores == loads)
        || ALIASES.iter().any(|(name, of)| *name == alias && of.contains(&instruction))
}

const ALIASES: &[(&str, &[&str])] = &[
    ("mov", &["movz", "movn", "orr", "add", "ins", "dup", "umov"]),
    ("lsl", &["lslv", "ubfm"]),
    ("lsr", &["lsrv", "ubfm"]),
    ("asr", &["asrv", "sbfm"]),
    ("ror", &["rorv", "extr"]),
    ("mvn", &["orn", "not"]),
    ("sbfx", &["sbfm"]),
    ("sbfiz", &["sbfm"]),
    ("sxtb", &["sbfm"]),
    ("sxth", &["sbfm"]),
    ("sxtw", &["sbfm"]),
    ("ubfx", &["ubfm"]),
    ("ubfiz", &["ubfm"]),
    ("uxtb", &["ubfm"]),
    ("uxth", &["ubfm"]),
    ("bfi", &["bfm"]),
    ("bfc", &["bfm"]),
    ("bfxil", &["bfm"]),
    ("cmp", &["subs"]),
    ("cmn", &["adds"]),
    ("neg", &["sub"]),
    ("negs", &["subs"]),
    ("ngc", &["sbc"]),
    ("ngcs", &["sbcs"]),
    ("tst", &["ands"]),
    ("mul", &["madd"]),
    ("mneg", &["msub"]),
    ("smull", &["smaddl"]),
    ("smnegl", &["smsubl"]),
    ("umull", &["umaddl"]),
    ("umnegl", &["umsubl"]),
    ("cset", &["csinc"]),
    ("cinc", &["csinc"]),
    ("csetm", &["csinv"]),
    ("cinv", &["csinv"]),
    ("cneg", &["csneg"]),
    ("sxtl", &["sshll"]),
    ("sxtl2", &["sshll2"]),
    ("uxtl", &["ushll"]),
    ("uxtl2", &["ushll2"]),
];

/// Why a word that disarm64 (which looks at no field) and yaxpeax both allocate is UNDEFINED.
pub(crate) fn reserved(word: u32, disarm64: &str, yaxpeax: &str) -> Option<&'static str> {
    let fits = |reason: &&Reason| word & reason.mask == reason.value && (reason.reserved)(word);
    if yaxpeax.contains(".1d") && word >> 30 & 1 == 0 {
        return Some("no arrangement 1D in the Advanced SIMD instructions but LD1, ST1 and LD1R");
    }
    if word & 0x0e00_0000 == 0x0e00_0000 && SIZES.iter().any(|(name, _)| *name == disarm64) {
        return SIZES.iter().find(|entry| sized(entry, disarm64, word)).map(|_| "no such size");
    }
    REASONS.iter().find(fits).map(|reason| reason.why)
}

/// Words with fixed bits and a field that is reserved.
struct Reason {
    why: &'static str,
    mask: u32,
    value: u32,
    reserved: fn(u32) -> bool,
}

const REASONS: &[Reason] = &[
    Reason {
        why: "a W register is not shifted by 32 or more",
        mask: 0x9f00_8000,
        value: 0x0a00_8000,
        reserved: |_| true,
    },
    Reason {
        why: "an extended register is shifted by 4 at most",
        mask: 0x1fe0_0000,
        value: 0x0b20_0000,
        reserved: |word| word >> 10 & 7 > 4,
    },
    Reason {
        why: "ADD and SUB (extended register) have bits 23 and 22 clear",
        mask: 0x1f20_0000,
        value: 0x0b20_0000,
        reserved: |word| word >> 22 & 3 != 0,
    },
    Reason {
        why: "a bit mask of a W register has N = 0",
        mask: 0x9fc0_0000,
        value: 0x1240_0000,
        reserved: |_| true,
    },
    Reason {
        why: "a bit mask does not consist of ones only",
        mask: 0x1f80_0000,
        value: 0x1200_0000,
        reserved: |word| {
            let element = (word >> 16 & 0x40) | (!word >> 10 & 0x3f);
            let levels = element.checked_ilog2().map_or(0, |length| (1 << length) - 1);
            word >> 10 & levels == levels
        },
    },
    Reason {
        why: "a W register has two halfwords",
        mask: 0x9fc0_0000,
        value: 0x12c0_0000,
        reserved: |_| true,
    },
    Reason {
        why: "a W register has 32 fraction bits at most",
        mask: 0xdf20_8000,
        value: 0x1e00_0000,
        reserved: |_| true,
    },
    Reason {
        why: "an offset register is a word or a doubleword",
        mask: 0x3b20_4c00,
        value: 0x3820_0800,
        reserved: |_| true,
    },
    Reason {
        why: "SB and the other uses of this space came after Armv8.0",
        mask: 0xfff8_0000,
        value: 0xd500_0000,
        reserved: |_| true,
    },
    Reason { why: "permanently undefined", mask: 0xffff_0000, value: 0, reserved: |_| true },
    Reason {
        why: "with immh = 0 it is a modified immediate with o2 set, which FEAT_FP16 brought",
        mask: 0x9ff8_0c00,
        value: 0x0f00_0c00,
        reserved: |_| true,
    },
    Reason {
        why: "SSHLL and USHLL lengthen no doubleword",
        mask: 0x9fc0_fc00,
        value: 0x0f40_a400,
        reserved: |_| true,
    },
    Reason {
        why: "BFCVT, of FEAT_BF16",
        mask: 0xffff_fc00,
        value: 0x1e63_4000,
        reserved: |_| true,
    },
    Reason {
        why: "FCVT from ptype 3 to 2",
        mask: 0xffff_fc00,
        value: 0x1ee3_4000,
        reserved: |_| true,
    },
];

/// A mnemonic and the sizes (bits 23 and 22) its Advanced SIMD instruction has, bit by bit.
type Sizes = (&'static str, u32);

fn sized(entry: &Sizes, mnemonic: &str, word: u32) -> bool {
    entry.0 == mnemonic && entry.1 >> (word >> 22 & 3) & 1 == 0
}

/// Instructions whose size neither decoder looks at.
const SIZES: &[Sizes] = &[
    ("abs", 0b1000),
    ("cmeq", 0b1000),
    ("cmge", 0b1000),
    ("cmgt", 0b1000),
    ("cmle", 0b1000),
    ("cmlt", 0b1000),
    ("neg", 0b1000),
    ("sqdmulh", 0b0110),
    ("sqrdmulh", 0b0110),
    ("sqdmlal", 0b0110),
    ("sqdmlal2", 0b0110),
    ("sqdmlsl", 0b0110),
    ("sqdmlsl2", 0b0110),
    ("sqdmull", 0b0110),
    ("sqdmull2", 0b0110),
    ("pmul", 0b0001),
    ("rev32", 0b0011),
    ("mla", 0b0111),
    ("mls", 0b0111),
    ("mul", 0b0111),
    ("saba", 0b0111),
    ("sabd", 0b0111),
    ("shadd", 0b0111),
    ("shsub", 0b0111),
    ("smax", 0b0111),
    ("smaxp", 0b0111),
    ("smin", 0b0111),
    ("sminp", 0b0111),
    ("srhadd", 0b0111),
    ("uaba", 0b0111),
    ("uabd", 0b0111),
    ("uhadd", 0b0111),
    ("uhsub", 0b0111),
    ("umax", 0b0111),
    ("umaxp", 0b0111),
    ("umin", 0b0111),
    ("uminp", 0b0111),
    ("urhadd", 0b0111),
    ("urecpe", 0b0100),
    ("ursqrte", 0b0100),
];

//! The table of System registers and System instructions, by what they are for.
//!
//! What is not here is UNDEFINED, except that the ID space reads as zero. [`super::ways`] explains
//! the words. Names and encodings: Arm ARM, C5.3 to C5.5 and D17.

use crate::system::control as c;
use crate::system::debug as d;
use crate::system::identification as id;
use crate::system::interface;
use crate::system::maintenance as m;
use crate::system::pstate as p;
use crate::system::table::{Row, Way, encoding};
use crate::system::timer as t;
use crate::system::tlbi;
use crate::system::translate as at;

const fn using_fp(way: Option<Way>) -> Option<Way> {
    match way {
        Some(way) => Some(Way { uses_fp: true, ..way }),
        None => None,
    }
}

/// The bits of SPSR_EL1 that mean something here: NZCV, SS, IL, DAIF, M.
const SPSR: u64 = 0xf030_03df;
/// The implemented bits of ESR_EL1, CONTEXTIDR_EL1 and the like.
const LOW: u64 = 0xffff_ffff;

#[rustfmt::skip]
pub(crate) static ROWS: &[Row] = rows! {
    // Identification
    "MIDR_EL1"          [3 0  0  0 0] fixed(id::MIDR);
    "MPIDR_EL1"         [3 0  0  0 5] reads(EL1: c::mpidr);
    "REVIDR_EL1"        [3 0  0  0 6] fixed(0);
    "AIDR_EL1"          [3 1  0  0 7] fixed(0);
    "CTR_EL0"           [3 3  0  0 1] reads(EL0: c::ctr);
    "DCZID_EL0"         [3 3  0  0 7] reads(EL0: c::dczid);
    "CLIDR_EL1"         [3 1  0  0 1] fixed(id::CLIDR);
    "CCSIDR_EL1"        [3 1  0  0 0] reads(EL1: c::ccsidr);
    "CSSELR_EL1"        [3 2  0  0 0] kept(EL1, EL1: csselr & 0xf);
    "ID_PFR0_EL1"       [3 0  0  1 0] fixed(0);
    "ID_PFR1_EL1"       [3 0  0  1 1] fixed(0);
    "ID_DFR0_EL1"       [3 0  0  1 2] fixed(0);
    "ID_AFR0_EL1"       [3 0  0  1 3] fixed(0);
    "ID_MMFR0_EL1"      [3 0  0  1 4] fixed(0);
    "ID_MMFR1_EL1"      [3 0  0  1 5] fixed(0);
    "ID_MMFR2_EL1"      [3 0  0  1 6] fixed(0);
    "ID_MMFR3_EL1"      [3 0  0  1 7] fixed(0);
    "ID_ISAR0_EL1"      [3 0  0  2 0] fixed(0);
    "ID_ISAR1_EL1"      [3 0  0  2 1] fixed(0);
    "ID_ISAR2_EL1"      [3 0  0  2 2] fixed(0);
    "ID_ISAR3_EL1"      [3 0  0  2 3] fixed(0);
    "ID_ISAR4_EL1"      [3 0  0  2 4] fixed(0);
    "ID_ISAR5_EL1"      [3 0  0  2 5] fixed(0);
    "ID_MMFR4_EL1"      [3 0  0  2 6] fixed(0);
    "ID_ISAR6_EL1"      [3 0  0  2 7] fixed(0);
    "MVFR0_EL1"         [3 0  0  3 0] fixed(0);
    "MVFR1_EL1"         [3 0  0  3 1] fixed(0);
    "MVFR2_EL1"         [3 0  0  3 2] fixed(0);
    "ID_PFR2_EL1"       [3 0  0  3 4] fixed(0);
    "ID_DFR1_EL1"       [3 0  0  3 5] fixed(0);
    "ID_MMFR5_EL1"      [3 0  0  3 6] fixed(0);
    "ID_AA64PFR0_EL1"   [3 0  0  4 0] fixed(id::AA64PFR0);
    "ID_AA64PFR1_EL1"   [3 0  0  4 1] fixed(0);
    "ID_AA64PFR2_EL1"   [3 0  0  4 2] fixed(0);
    "ID_AA64ZFR0_EL1"   [3 0  0  4 4] fixed(0);
    "ID_AA64SMFR0_EL1"  [3 0  0  4 5] fixed(0);
    "ID_AA64FPFR0_EL1"  [3 0  0  4 7] fixed(0);
    "ID_AA64DFR0_EL1"   [3 0  0  5 0] fixed(id::AA64DFR0);
    "ID_AA64DFR1_EL1"   [3 0  0  5 1] fixed(0);
    "ID_AA64DFR2_EL1"   [3 0  0  5 2] fixed(0);
    "ID_AA64AFR0_EL1"   [3 0  0  5 4] fixed(0);
    "ID_AA64AFR1_EL1"   [3 0  0  5 5] fixed(0);
    "ID_AA64ISAR0_EL1"  [3 0  0  6 0] fixed(id::AA64ISAR0);
    "ID_AA64ISAR1_EL1"  [3 0  0  6 1] fixed(0);
    "ID_AA64ISAR2_EL1"  [3 0  0  6 2] fixed(0);
    "ID_AA64ISAR3_EL1"  [3 0  0  6 3] fixed(0);
    "ID_AA64MMFR0_EL1"  [3 0  0  7 0] fixed(id::AA64MMFR0);
    "ID_AA64MMFR1_EL1"  [3 0  0  7 1] fixed(0);
    "ID_AA64MMFR2_EL1"  [3 0  0  7 2] fixed(id::AA64MMFR2);
    "ID_AA64MMFR3_EL1"  [3 0  0  7 3] fixed(0);
    "ID_AA64MMFR4_EL1"  [3 0  0  7 4] fixed(0);

    // Control and translation
    "SCTLR_EL1"         [3 0  1  0 0] reads(EL1: c::sctlr) ends(EL1: c::set_sctlr);
    "ACTLR_EL1"         [3 0  1  0 1] kept(EL1, EL1: actlr);
    "CPACR_EL1"         [3 0  1  0 2] reads(EL1: c::cpacr) ends(EL1: c::set_cpacr);
    "TTBR0_EL1"         [3 0  2  0 0] reads(EL1: c::ttbr0) ends(EL1: c::set_ttbr0);
    "TTBR1_EL1"         [3 0  2  0 1] reads(EL1: c::ttbr1) ends(EL1: c::set_ttbr1);
    "TCR_EL1"           [3 0  2  0 2] reads(EL1: c::tcr) ends(EL1: c::set_tcr);
    "MAIR_EL1"          [3 0 10  2 0] reads(EL1: c::mair) ends(EL1: c::set_mair);
    "AMAIR_EL1"         [3 0 10  3 0] kept(EL1, EL1: amair);
    "CONTEXTIDR_EL1"    [3 0 13  0 1] kept(EL1, EL1: contextidr & LOW);
    "PAR_EL1"           [3 0  7  4 0] kept(EL1, EL1: par);

    // Exceptions
    "SPSR_EL1"          [3 0  4  0 0] kept(EL1, EL1: spsr & SPSR);
    "ELR_EL1"           [3 0  4  0 1] kept(EL1, EL1: elr);
    "AFSR0_EL1"         [3 0  5  1 0] kept(EL1, EL1: afsr0);
    "AFSR1_EL1"         [3 0  5  1 1] kept(EL1, EL1: afsr1);
    "ESR_EL1"           [3 0  5  2 0] kept(EL1, EL1: esr & LOW);
    "FAR_EL1"           [3 0  6  0 0] kept(EL1, EL1: far);
    "VBAR_EL1"          [3 0 12  0 0] kept(EL1, EL1: vbar & !0x7ff);
    "ISR_EL1"           [3 0 12  1 0] reads(EL1: p::isr);

    // Software's own
    "TPIDR_EL1"         [3 0 13  0 4] kept(EL1, EL1: tpidr_el1);
    "TPIDR_EL0"         [3 3 13  0 2] kept(EL0, EL0: tpidr_el0);
    "TPIDRRO_EL0"       [3 3 13  0 3] kept(EL0, EL1: tpidrro_el0);
    "SCXTNUM_EL1"       [3 0 13  0 7] kept(EL1, EL1: scxtnum_el1);
    "SCXTNUM_EL0"       [3 3 13  0 7] reads(EL0: c::scxtnum_el0) writes(EL0: c::set_scxtnum_el0);

    // PSTATE and the state of FP
    "SP_EL0"            [3 0  4  1 0] reads(EL1: p::sp_el0) writes(EL1: p::set_sp_el0);
    "SPSel"             [3 0  4  2 0] reads(EL1: p::spsel) writes(EL1: p::set_spsel);
    "CurrentEL"         [3 0  4  2 2] reads(EL1: p::current_el);
    "NZCV"              [3 3  4  2 0] reads(EL0: p::nzcv) writes(EL0: p::set_nzcv);
    "DAIF"              [3 3  4  2 1] reads(EL0: p::daif) ends(EL0: p::set_daif);
    "FPCR"              [3 3  4  4 0] fp(reads(EL0: p::fpcr) writes(EL0: p::set_fpcr));
    "FPSR"              [3 3  4  4 1] fp(reads(EL0: p::fpsr) writes(EL0: p::set_fpsr));

    // Generic timers
    "CNTFRQ_EL0"        [3 3 14  0 0] reads(EL0: t::frequency);
    "CNTPCT_EL0"        [3 3 14  0 1] reads(EL0: t::physical_count);
    "CNTVCT_EL0"        [3 3 14  0 2] reads(EL0: t::virtual_count);
    "CNTP_TVAL_EL0"     [3 3 14  2 0] reads(EL0: t::p_tval) ends(EL0: t::set_p_tval);
    "CNTP_CTL_EL0"      [3 3 14  2 1] reads(EL0: t::p_ctl) ends(EL0: t::set_p_ctl);
    "CNTP_CVAL_EL0"     [3 3 14  2 2] reads(EL0: t::p_cval) ends(EL0: t::set_p_cval);
    "CNTV_TVAL_EL0"     [3 3 14  3 0] reads(EL0: t::v_tval) ends(EL0: t::set_v_tval);
    "CNTV_CTL_EL0"      [3 3 14  3 1] reads(EL0: t::v_ctl) ends(EL0: t::set_v_ctl);
    "CNTV_CVAL_EL0"     [3 3 14  3 2] reads(EL0: t::v_cval) ends(EL0: t::set_v_cval);
    "CNTKCTL_EL1"       [3 0 14  1 0] kept(EL1, EL1: cntkctl & 0x3ff);

    // The GIC CPU interface
    "ICC_PMR_EL1"       [3 0  4  6 0] interface;
    "ICC_IAR0_EL1"      [3 0 12  8 0] interface;
    "ICC_EOIR0_EL1"     [3 0 12  8 1] interface;
    "ICC_HPPIR0_EL1"    [3 0 12  8 2] interface;
    "ICC_BPR0_EL1"      [3 0 12  8 3] interface;
    "ICC_AP0R0_EL1"     [3 0 12  8 4] interface;
    "ICC_AP0R1_EL1"     [3 0 12  8 5] interface;
    "ICC_AP0R2_EL1"     [3 0 12  8 6] interface;
    "ICC_AP0R3_EL1"     [3 0 12  8 7] interface;
    "ICC_AP1R0_EL1"     [3 0 12  9 0] interface;
    "ICC_AP1R1_EL1"     [3 0 12  9 1] interface;
    "ICC_AP1R2_EL1"     [3 0 12  9 2] interface;
    "ICC_AP1R3_EL1"     [3 0 12  9 3] interface;
    "ICC_DIR_EL1"       [3 0 12 11 1] interface;
    "ICC_RPR_EL1"       [3 0 12 11 3] interface;
    "ICC_SGI1R_EL1"     [3 0 12 11 5] interface;
    "ICC_ASGI1R_EL1"    [3 0 12 11 6] interface;
    "ICC_SGI0R_EL1"     [3 0 12 11 7] interface;
    "ICC_IAR1_EL1"      [3 0 12 12 0] interface;
    "ICC_EOIR1_EL1"     [3 0 12 12 1] interface;
    "ICC_HPPIR1_EL1"    [3 0 12 12 2] interface;
    "ICC_BPR1_EL1"      [3 0 12 12 3] interface;
    "ICC_CTLR_EL1"      [3 0 12 12 4] interface;
    "ICC_SRE_EL1"       [3 0 12 12 5] interface;
    "ICC_IGRPEN0_EL1"   [3 0 12 12 6] interface;
    "ICC_IGRPEN1_EL1"   [3 0 12 12 7] interface;

    // Debug: breakpoints and watchpoints are kept, nothing more
    "OSDTRRX_EL1"       [2 0  0  0 2] reads(EL1: d::zero) writes(EL1: d::ignore);
    "DBGBVR0_EL1"       [2 0  0  0 4] kept(EL1, EL1: breakpoint_values[0]);
    "DBGBCR0_EL1"       [2 0  0  0 5] kept(EL1, EL1: breakpoint_controls[0] & LOW);
    "DBGWVR0_EL1"       [2 0  0  0 6] kept(EL1, EL1: watchpoint_values[0]);
    "DBGWCR0_EL1"       [2 0  0  0 7] kept(EL1, EL1: watchpoint_controls[0] & LOW);
    "DBGBVR1_EL1"       [2 0  0  1 4] kept(EL1, EL1: breakpoint_values[1]);
    "DBGBCR1_EL1"       [2 0  0  1 5] kept(EL1, EL1: breakpoint_controls[1] & LOW);
    "DBGWVR1_EL1"       [2 0  0  1 6] kept(EL1, EL1: watchpoint_values[1]);
    "DBGWCR1_EL1"       [2 0  0  1 7] kept(EL1, EL1: watchpoint_controls[1] & LOW);
    "MDCCINT_EL1"       [2 0  0  2 0] reads(EL1: d::zero) writes(EL1: d::ignore);
    "MDSCR_EL1"         [2 0  0  2 2] reads(EL1: d::mdscr) ends(EL1: d::set_mdscr);
    "OSDTRTX_EL1"       [2 0  0  3 2] reads(EL1: d::zero) writes(EL1: d::ignore);
    "OSECCR_EL1"        [2 0  0  6 2] reads(EL1: d::zero) writes(EL1: d::ignore);
    "MDRAR_EL1"         [2 0  1  0 0] fixed(0);
    "OSLAR_EL1"         [2 0  1  0 4] ends(EL1: d::set_oslar);
    "OSLSR_EL1"         [2 0  1  1 4] reads(EL1: d::oslsr);
    "OSDLR_EL1"         [2 0  1  3 4] kept(EL1, EL1: osdlr & 1);
    "DBGPRCR_EL1"       [2 0  1  4 4] reads(EL1: d::zero) writes(EL1: d::ignore);
    "DBGCLAIMSET_EL1"   [2 0  7  8 6] reads(EL1: d::zero) writes(EL1: d::ignore);
    "DBGCLAIMCLR_EL1"   [2 0  7  9 6] reads(EL1: d::zero) writes(EL1: d::ignore);
    "DBGAUTHSTATUS_EL1" [2 0  7 14 6] fixed(0);
    "MDCCSR_EL0"        [2 3  0  1 0] reads(EL0: d::channel);
    "DBGDTR_EL0"        [2 3  0  4 0] reads(EL0: d::channel) writes(EL0: d::set_channel);
    "DBGDTRRX_EL0"      [2 3  0  5 0] reads(EL0: d::channel) writes(EL0: d::set_channel);

    // Caches
    "IC IALLUIS"        [1 0  7  1 0] writes(EL1: m::invalidate_all_code);
    "IC IALLU"          [1 0  7  5 0] writes(EL1: m::forget_own_code);
    "IC IVAU"           [1 3  7  5 1] writes(EL0: m::invalidate_code);
    "DC IVAC"           [1 0  7  6 1] writes(EL1: m::invalidate_data);
    "DC ISW"            [1 0  7  6 2] writes(EL1: m::by_set_and_way);
    "DC CSW"            [1 0  7 10 2] writes(EL1: m::by_set_and_way);
    "DC CISW"           [1 0  7 14 2] writes(EL1: m::by_set_and_way);
    "DC ZVA"            [1 3  7  4 1] writes(EL0: m::zero);
    "DC CVAC"           [1 3  7 10 1] writes(EL0: m::clean_data);
    "DC CVAU"           [1 3  7 11 1] writes(EL0: m::clean_data);
    "DC CIVAC"          [1 3  7 14 1] writes(EL0: m::clean_data);

    // Translation
    "AT S1E1R"          [1 0  7  8 0] writes(EL1: at::s1e1r);
    "AT S1E1W"          [1 0  7  8 1] writes(EL1: at::s1e1w);
    "AT S1E0R"          [1 0  7  8 2] writes(EL1: at::s1e0r);
    "AT S1E0W"          [1 0  7  8 3] writes(EL1: at::s1e0w);
    "TLBI VMALLE1IS"    [1 0  8  3 0] writes(EL1: tlbi::all_everywhere);
    "TLBI VAE1IS"       [1 0  8  3 1] writes(EL1: tlbi::address_everywhere);
    "TLBI ASIDE1IS"     [1 0  8  3 2] writes(EL1: tlbi::asid_everywhere);
    "TLBI VAAE1IS"      [1 0  8  3 3] writes(EL1: tlbi::address_everywhere);
    "TLBI VALE1IS"      [1 0  8  3 5] writes(EL1: tlbi::address_everywhere);
    "TLBI VAALE1IS"     [1 0  8  3 7] writes(EL1: tlbi::address_everywhere);
    "TLBI VMALLE1"      [1 0  8  7 0] writes(EL1: tlbi::all);
    "TLBI VAE1"         [1 0  8  7 1] writes(EL1: tlbi::address);
    "TLBI ASIDE1"       [1 0  8  7 2] writes(EL1: tlbi::asid);
    "TLBI VAAE1"        [1 0  8  7 3] writes(EL1: tlbi::address);
    "TLBI VALE1"        [1 0  8  7 5] writes(EL1: tlbi::address);
    "TLBI VAALE1"       [1 0  8  7 7] writes(EL1: tlbi::address);
};

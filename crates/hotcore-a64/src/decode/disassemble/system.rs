//! Operands of the system instructions, and the names of what they reach.

use super::register::general;
use super::{Operand, Site};
use crate::decode::fields::{bits, rt};

mod names;

use names::register;
pub(super) use names::{hint_name, operation};

/// Placeholders and what they stand for.
pub(super) const OPERANDS: &[(&str, Operand)] = &[
    ("hint", |at| format!("#{:#x}", bits(at.word, 11, 5))),
    ("hint.name", |at| hint_name(at.word).unwrap_or_default().into()),
    ("barrier", barrier),
    ("clrex", |at| unless_all_ones(at.word)),
    ("isb", |at| unless_all_ones(at.word)),
    ("pstate", |at| ["spsel", "daifset", "daifclr"][pstate_field(at.word)].into()),
    ("CRm", |at| format!("#{:#x}", bits(at.word, 11, 8))),
    ("sys", |at| {
        let (op1, crn, crm, op2) = operation_key(at.word);
        format!("#{op1}, C{crn}, C{crm}, #{op2}")
    }),
    ("sys.Xt", |at| if rt(at.word) == 31 { String::new() } else { format!(", x{}", rt(at.word)) }),
    ("sys.name", named_operation),
    ("sysreg", system_register),
];

fn pstate_field(word: u32) -> usize {
    match bits(word, 7, 5) {
        6 => 1,
        7 => 2,
        _ => 0,
    }
}

fn barrier(at: Site) -> String {
    let domain = ["osh", "nsh", "ish", ""][bits(at.word, 11, 10) as usize];
    match (bits(at.word, 11, 8), bits(at.word, 9, 8)) {
        (crm, 0) => format!("#{crm:#04x}"),
        (15, _) => "sy".into(),
        (_, 1) => format!("{domain}ld"),
        (_, 2) => format!("{domain}st"),
        _ => domain.into(),
    }
}

/// CLREX and ISB: `CRm` is written only where it is not the usual 15.
fn unless_all_ones(word: u32) -> String {
    let crm = bits(word, 11, 8);
    if crm == 15 { String::new() } else { format!(" #{crm:#x}") }
}

/// `op1`, `CRn`, `CRm`, `op2`.
fn operation_key(word: u32) -> (u32, u32, u32, u32) {
    (bits(word, 18, 16), bits(word, 15, 12), bits(word, 11, 8), bits(word, 7, 5))
}

fn named_operation(at: Site) -> String {
    match operation(at.word) {
        Some((name, true)) => format!("{name}, {}", general(rt(at.word), true, false)),
        Some((name, false)) => name,
        None => String::new(),
    }
}

fn system_register(at: Site) -> String {
    if let Some(name) = register(at.word) {
        return name;
    }
    let op0 = bits(at.word, 20, 19);
    let (op1, crn, crm, op2) = operation_key(at.word);
    match (op0, op1, crn, op2) {
        (2, 0, 0, 4) => format!("dbgbvr{crm}_el1"),
        (2, 0, 0, 5) => format!("dbgbcr{crm}_el1"),
        (2, 0, 0, 6) => format!("dbgwvr{crm}_el1"),
        (2, 0, 0, 7) => format!("dbgwcr{crm}_el1"),
        _ => format!("s{op0}_{op1}_c{crn}_c{crm}_{op2}"),
    }
}

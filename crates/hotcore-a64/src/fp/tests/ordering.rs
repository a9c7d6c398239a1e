//! Comparisons, maxima and minima.

use std::cmp::Ordering;

use proptest::prelude::*;

use super::oracle::{Judged, flush_inputs, nan_of, outcome};
use super::values::{arithmetic_controls, control, specials, value};
use crate::fp::compare::soft_order;
use crate::fp::{
    Arithmetic, F32, F64, Fpcr, Fpsr, compare, compare_eq, compare_ge, compare_gt, max, max_num,
    min, min_num,
};

fn check_comparisons<F: Arithmetic + Judged>(op1: u64, op2: u64, fpcr: Fpcr) {
    let context = || format!("{op1:#x} {op2:#x} {fpcr:?}");
    let expected = |signal: bool| {
        let mut fpsr = Fpsr::default();
        let [op1, op2] = flush_inputs::<F, 2>([op1, op2], fpcr, &mut fpsr);
        let is_nan = nan_of::<F>(&[op1, op2], fpcr, &mut fpsr).is_some();
        if is_nan && signal {
            fpsr.raise(Fpsr::IOC);
        }
        (F::widen(op1).partial_cmp(&F::widen(op2)), fpsr)
    };
    for signal in [false, true] {
        let (order, flags) = expected(signal);
        let nzcv = match order {
            Some(Ordering::Less) => 0b1000,
            Some(Ordering::Equal) => 0b0110,
            Some(Ordering::Greater) => 0b0010,
            None => 0b0011,
        };
        let compared = outcome(|fpsr| compare::<F>(op1, op2, signal, fpcr, fpsr).into());
        assert_eq!(compared, (nzcv, flags), "{} {signal}", context());
        let mut fpsr = Fpsr::default();
        let soft = soft_order::<F>(op1, op2, signal, fpcr, &mut fpsr);
        assert_eq!((soft, fpsr), (order, flags), "soft {} {signal}", context());
    }
    let holds = |comparison: fn(u64, u64, Fpcr, &mut Fpsr) -> bool| {
        outcome(|fpsr| comparison(op1, op2, fpcr, fpsr).into())
    };
    let (order, quiet) = expected(false);
    let (_, signalling) = expected(true);
    let equal = u64::from(order == Some(Ordering::Equal));
    let greater = u64::from(order == Some(Ordering::Greater));
    assert_eq!(holds(compare_eq::<F>), (equal, quiet), "{}", context());
    assert_eq!(holds(compare_ge::<F>), (equal | greater, signalling), "{}", context());
    assert_eq!(holds(compare_gt::<F>), (greater, signalling), "{}", context());
}

/// The greater operand, or the smaller one.
fn extreme<F: Judged>(op1: u64, op2: u64, is_max: bool) -> u64 {
    match F::widen(op1).partial_cmp(&F::widen(op2)) {
        Some(Ordering::Equal) if is_max => op1 & op2,
        Some(Ordering::Equal) => op1 | op2,
        Some(order) if order.is_gt() == is_max => op1,
        _ => op2,
    }
}

fn check_extremes<F: Arithmetic + Judged>(op1: u64, op2: u64, fpcr: Fpcr) {
    type Operation = fn(u64, u64, Fpcr, &mut Fpsr) -> u64;
    let operations: [(Operation, bool, bool); 4] = [
        (max::<F>, true, false),
        (min::<F>, false, false),
        (max_num::<F>, true, true),
        (min_num::<F>, false, true),
    ];
    let is_quiet = |op| F::is_nan(op) && op & F::QUIET != 0;
    for (operation, is_max, is_num) in operations {
        let wanted = outcome(|fpsr| {
            let [op1, op2] = flush_inputs::<F, 2>([op1, op2], fpcr, fpsr);
            match (is_quiet(op1), is_quiet(op2)) {
                (true, false) if is_num && !F::is_nan(op2) => return op2,
                (false, true) if is_num && !F::is_nan(op1) => return op1,
                _ => {}
            }
            nan_of::<F>(&[op1, op2], fpcr, fpsr).unwrap_or_else(|| extreme::<F>(op1, op2, is_max))
        });
        let result = outcome(|fpsr| operation(op1, op2, fpcr, fpsr));
        assert_eq!(result, wanted, "{op1:#x} {op2:#x} {is_max} {is_num} {fpcr:?}");
    }
}

fn check_grid<F: Arithmetic + Judged>() {
    for fpcr in arithmetic_controls() {
        for &op1 in &specials::<F>() {
            for &op2 in &specials::<F>() {
                check_comparisons::<F>(op1, op2, fpcr);
                check_extremes::<F>(op1, op2, fpcr);
            }
        }
    }
}

#[test]
fn single_precision_special_values() {
    check_grid::<F32>();
}

#[test]
fn double_precision_special_values() {
    check_grid::<F64>();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn single_precision(op1 in value::<F32>(), op2 in value::<F32>(), fpcr in control()) {
        check_comparisons::<F32>(op1, op2, fpcr);
        check_extremes::<F32>(op1, op2, fpcr);
    }

    #[test]
    fn double_precision(op1 in value::<F64>(), op2 in value::<F64>(), fpcr in control()) {
        check_comparisons::<F64>(op1, op2, fpcr);
        check_extremes::<F64>(op1, op2, fpcr);
    }
}

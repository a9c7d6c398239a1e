//! The table as a whole: rows in order, no overlaps, the index as good as a search.

use proptest::prelude::*;

use super::*;

#[test]
fn rows_stand_at_their_discriminants() {
    for (number, row) in ROWS.iter().enumerate() {
        assert_eq!(row.op as usize, number, "{:?}", row.op);
        assert_eq!(row.value & !row.mask, 0, "{:?}", row.op);
    }
}

fn matching(word: u32) -> Vec<Op> {
    ROWS.iter().filter(|row| row.matches(word)).map(|row| row.op).collect()
}

#[test]
fn no_two_rows_claim_the_same_word() {
    for (number, left) in ROWS.iter().enumerate() {
        for right in &ROWS[number + 1..] {
            if (left.value ^ right.value) & left.mask & right.mask != 0 {
                continue;
            }
            let open = !(left.mask | right.mask);
            let fixed = left.value | right.value;
            for word in words(fixed, open) {
                assert!(
                    !(left.matches(word) && right.matches(word)),
                    "{word:#010x}: {left:?}, {right:?}"
                );
            }
        }
    }
}

/// Words with `fixed` and pseudo-random `open` bits.
fn words(fixed: u32, open: u32) -> impl Iterator<Item = u32> {
    let step = |state: &u64| {
        Some(state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f))
    };
    std::iter::successors(Some(1u64), step)
        .take(20_000)
        .map(move |state| fixed | (state >> 32) as u32 & open)
}

impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.op.fmt(f)
    }
}

#[test]
fn every_row_has_words() {
    for row in ROWS {
        assert!(words(row.value, !row.mask).any(|word| decode(word) == Some(row.op)), "{row:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]
    #[test]
    fn the_index_finds_what_a_search_finds(word: u32) {
        prop_assert_eq!(decode(word).into_iter().collect::<Vec<_>>(), matching(word));
    }
}

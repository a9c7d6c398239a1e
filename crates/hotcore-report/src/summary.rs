//! Many measurements in three numbers.

use serde::{Deserialize, Serialize};

/// The median of some values, and their range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The median; of an even number of values the mean of the two in the middle, rounded down.
    pub median: u64,
    /// The least.
    pub min: u64,
    /// The greatest.
    pub max: u64,
}

impl Summary {
    /// Sums up; `None` where there are no values.
    pub fn of(values: impl IntoIterator<Item = u64>) -> Option<Self> {
        let mut values: Vec<u64> = values.into_iter().collect();
        values.sort_unstable();
        let (min, max) = (*values.first()?, *values.last()?);
        let (low, high) = (values[(values.len() - 1) / 2], values[values.len() / 2]);
        Some(Self { median: low.midpoint(high), min, max })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(Summary::of([]), None);
        assert_eq!(Summary::of([3, 1, 2]), Some(Summary { median: 2, min: 1, max: 3 }));
        assert_eq!(Summary::of([4, 1, 9, 6]), Some(Summary { median: 5, min: 1, max: 9 }));
    }
}

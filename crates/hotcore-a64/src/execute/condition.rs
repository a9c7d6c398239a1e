//! Turns a condition of an instruction word into a constant.

/// `$value` with `$name` the constant `$condition` (0 to 15): for picking the function of a
/// condition when an instruction is decoded.
macro_rules! for_condition {
    ($condition:expr, $name:ident => $value:expr) => {
        $crate::execute::condition::for_condition!(@ $condition, $name => $value;
            0 1 2 3 4 5 6 7 8 9 10 11 12 13 14)
    };
    (@ $condition:expr, $name:ident => $value:expr; $($number:literal)*) => {
        match $condition {
            $($number => {
                const $name: u8 = $number;
                $value
            })*
            // Both 14 and 15 mean always.
            _ => {
                const $name: u8 = 15;
                $value
            }
        }
    };
}

pub(super) use for_condition;

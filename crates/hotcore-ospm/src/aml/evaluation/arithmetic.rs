//! Arithmetic, bits and comparisons (ACPI 6.5 §19.6).

use core::cmp::Ordering;

use super::{Data, Evaluation, Operand};
use crate::aml::error::Cause;
use crate::aml::opcode::{
    ADD, AND, DIVIDE, FIND_SET_LEFT_BIT, FIND_SET_RIGHT_BIT, FROM_BCD, INCREMENT, LAND, LEQUAL,
    LGREATER, LLESS, LNOT, LOR, MOD, MULTIPLY, NAND, NOR, NOT, OR, SHIFT_LEFT, SHIFT_RIGHT,
    SUBTRACT, TO_BCD, XOR,
};

impl Evaluation<'_> {
    /// Operations on integers whose result is stored, too.
    #[inline(never)]
    pub(super) fn arithmetic(&mut self, opcode: u16) -> Result<Operand, Cause> {
        let first = self.integer()?;
        let value = match opcode {
            NOT => !first,
            FIND_SET_LEFT_BIT => u64::from(u64::BITS - first.leading_zeros()),
            FIND_SET_RIGHT_BIT if first == 0 => 0,
            FIND_SET_RIGHT_BIT => u64::from(first.trailing_zeros() + 1),
            FROM_BCD => from_bcd(first)?,
            TO_BCD => to_bcd(first, 2 * self.width() as u32)?,
            _ => {
                let second = self.integer()?;
                if opcode == DIVIDE {
                    let remainder = first.checked_rem(second).ok_or(Cause::DivideByZero)?;
                    let target = self.target()?;
                    let remainder = self.integer_operand(remainder);
                    self.store(target, &remainder)?;
                }
                self.binary(opcode, first, second)?
            }
        };
        let target = self.target()?;
        let value = self.integer_operand(value);
        self.store(target, &value)?;
        Ok(value)
    }

    fn binary(&self, opcode: u16, first: u64, second: u64) -> Result<u64, Cause> {
        let bits = 8 * self.width() as u64;
        let shift = |by: u64| if by < bits { Some(by as u32) } else { None };
        Ok(match opcode {
            ADD => first.wrapping_add(second),
            SUBTRACT => first.wrapping_sub(second),
            MULTIPLY => first.wrapping_mul(second),
            DIVIDE => first.checked_div(second).ok_or(Cause::DivideByZero)?,
            MOD => first.checked_rem(second).ok_or(Cause::DivideByZero)?,
            SHIFT_LEFT => shift(second).map_or(0, |by| first << by),
            SHIFT_RIGHT => shift(second).map_or(0, |by| first >> by),
            AND => first & second,
            NAND => !(first & second),
            OR => first | second,
            NOR => !(first | second),
            XOR => first ^ second,
            _ => return Err(Cause::Opcode(opcode)),
        })
    }

    /// `Increment` and `Decrement`.
    #[inline(never)]
    pub(super) fn count(&mut self, opcode: u16) -> Result<Operand, Cause> {
        let target = self.target()?;
        let old = self.read_target(&target)?;
        let old = self.integer_of(old)?;
        let new = if opcode == INCREMENT { old.wrapping_add(1) } else { old.wrapping_sub(1) };
        let new = self.integer_operand(new);
        self.store(target, &new)?;
        Ok(new)
    }

    /// Logic and comparisons: all bits set for true.
    #[inline(never)]
    pub(super) fn logic(&mut self, opcode: u16) -> Result<Operand, Cause> {
        let value = match opcode {
            LNOT => self.integer()? == 0,
            LAND | LOR => {
                let (first, second) = (self.integer()? != 0, self.integer()? != 0);
                if opcode == LAND { first && second } else { first || second }
            }
            _ => {
                let first = self.term()?;
                let second = self.term()?;
                let order = self.compare(first, second)?;
                match opcode {
                    LEQUAL => order == Ordering::Equal,
                    LGREATER => order == Ordering::Greater,
                    LLESS => order == Ordering::Less,
                    _ => return Err(Cause::Opcode(opcode)),
                }
            }
        };
        Ok(self.boolean(value))
    }

    #[inline(never)]
    fn compare(&mut self, first: Operand, second: Operand) -> Result<Ordering, Cause> {
        let width = self.width();
        match (self.plain(first)?, self.plain(second)?) {
            (Operand::Integer(first), Operand::Integer(second)) => Ok(first.cmp(&second)),
            (first, second) => {
                let (first, second) = (self.data_of(&first)?, self.data_of(&second)?);
                first.compare(&second, width)
            }
        }
    }

    /// Whether an element matches: `Match`'s operators (ACPI 6.5 §19.6.83).
    pub(super) fn matches(&self, element: &Data, operator: u8, value: u64) -> Result<bool, Cause> {
        let Ok(element) = element.to_integer(self.width()) else { return Ok(false) };
        let order = element.cmp(&value);
        Ok(match operator {
            0 => true,
            1 => order == Ordering::Equal,
            2 => order != Ordering::Greater,
            3 => order == Ordering::Less,
            4 => order != Ordering::Less,
            5 => order == Ordering::Greater,
            _ => return Err(Cause::Type("an operator of Match")),
        })
    }
}

fn from_bcd(value: u64) -> Result<u64, Cause> {
    (0..16).rev().try_fold(0, |sum, digit| match value >> (4 * digit) & 0xf {
        digit @ 0..=9 => Ok(10 * sum + digit),
        _ => Err(Cause::Type("binary-coded decimal digits")),
    })
}

/// As many digits as an integer has room for.
fn to_bcd(value: u64, digits: u32) -> Result<u64, Cause> {
    if value >= 10_u64.pow(digits) {
        return Err(Cause::Type("fewer decimal digits"));
    }
    let digit = |place: u32| value / 10_u64.pow(place) % 10;
    Ok((0..digits).fold(0, |sum, place| sum | digit(place) << (4 * place)))
}

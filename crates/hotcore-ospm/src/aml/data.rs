//! Data objects and how one type becomes another (ACPI 6.5 §19.3.5).

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cmp::Ordering;

use super::error::Cause;
use super::namespace::Id;

/// What a `Name`, a local, an argument or an element of a package holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Data {
    /// Nothing yet.
    Uninitialized,
    /// Integer.
    Integer(u64),
    /// String, without the NUL at its end.
    String(Vec<u8>),
    /// Buffer.
    Buffer(Vec<u8>),
    /// Package.
    Package(Vec<Data>),
    /// A reference to an object of the namespace.
    Object(Id),
    /// An element that names an object which is yet to be declared: the scope and the `NameString`.
    Pending(Id, Box<[u8]>),
}

impl Data {
    /// Bytes held, more or less, and how deep packages are within each other.
    pub(super) fn measure(&self) -> (usize, usize) {
        let (bytes, depth) = match self {
            Self::String(bytes) | Self::Buffer(bytes) => (bytes.len(), 0),
            Self::Package(elements) => elements
                .iter()
                .map(Self::measure)
                .fold((0, 1), |(sum, deepest), (size, depth)| (sum + size, deepest.max(depth + 1))),
            Self::Pending(_, name) => (name.len(), 0),
            _ => (0, 0),
        };
        (bytes + size_of::<Self>(), depth)
    }

    /// As an integer of `width` bytes: strings are hexadecimal here, buffers little-endian.
    pub(super) fn to_integer(&self, width: usize) -> Result<u64, Cause> {
        match self {
            Self::Integer(value) => Ok(*value),
            Self::String(text) => Ok(hexadecimal(strip_prefix(text), width)),
            Self::Buffer(bytes) => Ok(little_endian(&bytes[..bytes.len().min(width)])),
            Self::Uninitialized => Err(Cause::Uninitialized),
            _ => Err(Cause::Type("an integer, a string or a buffer")),
        }
    }

    /// As the bytes of a buffer.
    pub(super) fn to_bytes(&self, width: usize) -> Result<Vec<u8>, Cause> {
        match self {
            Self::Integer(value) => Ok(value.to_le_bytes()[..width].to_vec()),
            Self::Buffer(bytes) => Ok(bytes.clone()),
            Self::String(text) => Ok([text, &[0][..]].concat()),
            Self::Uninitialized => Err(Cause::Uninitialized),
            _ => Err(Cause::Type("an integer, a string or a buffer")),
        }
    }

    /// As a string where one is expected: hexadecimal digits, all of them. Of a buffer each byte, after
    /// `0x` and apart by spaces: the specification has no `0x`, but ACPICA has it.
    pub(super) fn to_text(&self, width: usize) -> Result<Vec<u8>, Cause> {
        match self {
            Self::Integer(value) => Ok(digits(*value, width)),
            Self::String(text) => Ok(text.clone()),
            Self::Buffer(bytes) => Ok(separated(bytes, b' ', hexadecimal_byte)),
            Self::Uninitialized => Err(Cause::Uninitialized),
            _ => Err(Cause::Type("an integer, a string or a buffer")),
        }
    }

    /// `other` after it was converted to what this one is, in comparison with this one.
    pub(super) fn compare(&self, other: &Self, width: usize) -> Result<Ordering, Cause> {
        match self {
            Self::Integer(value) => Ok(value.cmp(&other.to_integer(width)?)),
            Self::String(text) => Ok(text.cmp(&other.to_text(width)?)),
            Self::Buffer(bytes) => Ok(bytes.cmp(&other.to_bytes(width)?)),
            Self::Uninitialized => Err(Cause::Uninitialized),
            _ => Err(Cause::Type("an integer, a string or a buffer")),
        }
    }
}

/// Up to eight bytes as a number.
pub(super) fn little_endian(bytes: &[u8]) -> u64 {
    bytes.iter().take(8).rev().fold(0, |value, byte| value << 8 | u64::from(*byte))
}

/// All the hexadecimal digits of `width` bytes.
pub(super) fn digits(value: u64, width: usize) -> Vec<u8> {
    (0..2 * width)
        .rev()
        .map(|digit| b"0123456789ABCDEF"[(value >> (4 * digit)) as usize & 15])
        .collect()
}

/// A byte with its prefix.
pub(super) fn hexadecimal_byte(byte: u8) -> Vec<u8> {
    [b"0x", digits(byte.into(), 1).as_slice()].concat()
}

/// The texts of all bytes.
pub(super) fn separated(bytes: &[u8], separator: u8, text_of: fn(u8) -> Vec<u8>) -> Vec<u8> {
    let mut text = Vec::with_capacity(5 * bytes.len());
    for (index, byte) in bytes.iter().enumerate() {
        if index > 0 {
            text.push(separator);
        }
        text.extend(text_of(*byte));
    }
    text
}

/// Decimal digits without leading zeros.
pub(super) fn decimal(value: u64) -> Vec<u8> {
    let mut text = Vec::new();
    let mut rest = value;
    loop {
        text.insert(0, b'0' + (rest % 10) as u8);
        rest /= 10;
        if rest == 0 {
            return text;
        }
    }
}

/// `ToInteger` of a string: decimal, or hexadecimal after `0x`, of as many digits as fit.
pub(super) fn explicit_integer(text: &[u8], width: usize) -> u64 {
    let trimmed = text.trim_ascii_start();
    let rest = strip_prefix(trimmed);
    if rest.len() < trimmed.len() {
        return hexadecimal(rest, width);
    }
    let most = u64::MAX >> (64 - 8 * width);
    let mut value: u64 = 0;
    for digit in rest.iter().take_while(|byte| byte.is_ascii_digit()) {
        let more = value.checked_mul(10).and_then(|it| it.checked_add(u64::from(digit - b'0')));
        match more.filter(|&more| more <= most) {
            Some(more) => value = more,
            None => break,
        }
    }
    value
}

/// The text after `0x`, if it begins so.
fn strip_prefix(text: &[u8]) -> &[u8] {
    let trimmed = text.trim_ascii_start();
    trimmed.strip_prefix(b"0x").or_else(|| trimmed.strip_prefix(b"0X")).unwrap_or(trimmed)
}

/// The number that the text begins with, of as many digits as fit.
fn hexadecimal(text: &[u8], width: usize) -> u64 {
    let zeros = text.iter().take_while(|&&byte| byte == b'0').count();
    let digits = text[zeros..].iter().map_while(|&byte| char::from(byte).to_digit(16));
    digits.take(2 * width).fold(0, |value, digit| value << 4 | u64::from(digit))
}

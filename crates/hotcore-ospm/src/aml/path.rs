//! `NameString`: how AML spells a name (ACPI 6.5 §20.2.2).

use alloc::string::String;

use super::error::Cause;
use super::limits::LEVELS;
use super::value::NameSeg;

/// A name as it stands in the code.
#[derive(Debug, Clone, Copy)]
pub(super) struct Path<'c> {
    /// It begins at the root.
    pub(super) absolute: bool,
    /// It begins so many levels above the current scope.
    pub(super) up: usize,
    segments: &'c [[u8; 4]],
}

impl<'c> Path<'c> {
    /// The name that `code` begins with, and its length in bytes.
    pub(super) fn decode(code: &'c [u8]) -> Result<(Self, usize), Cause> {
        let mut at = 0;
        let absolute = code.first() == Some(&b'\\');
        if absolute {
            at = 1;
        }
        let levels = usize::from(LEVELS);
        while !absolute && at <= levels && code.get(at) == Some(&b'^') {
            at += 1;
        }
        let up = if absolute { 0 } else { at };
        if up > levels {
            return Err(Cause::Limit("levels of the namespace"));
        }
        let (skip, count) = match *code.get(at).ok_or(Cause::Truncated)? {
            0 => (1, 0),
            0x2e => (1, 2),
            0x2f => (2, usize::from(*code.get(at + 1).ok_or(Cause::Truncated)?)),
            _ => (0, 1),
        };
        if count > levels {
            return Err(Cause::Limit("levels of the namespace"));
        }
        let rest = code.get(at + skip..).ok_or(Cause::Truncated)?;
        let bytes = rest.get(..4 * count).ok_or(Cause::Truncated)?;
        let (segments, _) = bytes.as_chunks();
        if !segments.iter().copied().all(is_segment) {
            return Err(Cause::Name);
        }
        Ok((Self { absolute, up, segments }, at + skip + 4 * count))
    }

    /// Its segments.
    pub(super) fn segments(&self) -> impl Iterator<Item = NameSeg> + use<'c> {
        self.segments.iter().copied().map(NameSeg)
    }

    /// The one segment of a name that is searched for upwards.
    pub(super) fn searched(&self) -> Option<NameSeg> {
        match *self.segments {
            [only] if !self.absolute && self.up == 0 => Some(NameSeg(only)),
            _ => None,
        }
    }

    /// Where the object is, and its own name. `None` for a name without segments.
    pub(super) fn split(&self) -> Option<(Self, NameSeg)> {
        let (last, segments) = self.segments.split_last()?;
        Some((Self { segments, ..*self }, NameSeg(*last)))
    }

    /// As people write it.
    pub(super) fn spelling(&self) -> String {
        let mut text = String::new();
        if self.absolute {
            text.push('\\');
        }
        (0..self.up).for_each(|_| text.push('^'));
        for (index, segment) in self.segments.iter().enumerate() {
            if index > 0 {
                text.push('.');
            }
            push_segment(&mut text, NameSeg(*segment));
        }
        text
    }
}

/// Appends a segment without the underscores that pad it.
pub(super) fn push_segment(text: &mut String, segment: NameSeg) {
    let length = 4 - segment.0.iter().rev().take_while(|&&byte| byte == b'_').count();
    text.extend(segment.0[..length.max(1)].iter().map(|&byte| char::from(byte)));
}

/// Whether a byte can begin a name.
pub(super) fn is_lead(byte: u8) -> bool {
    matches!(byte, b'\\' | b'^' | 0x2e | 0x2f | b'_') || byte.is_ascii_uppercase()
}

fn is_segment(segment: [u8; 4]) -> bool {
    let letter = |byte: u8| byte == b'_' || byte.is_ascii_uppercase();
    letter(segment[0]) && segment[1..].iter().all(|&byte| letter(byte) || byte.is_ascii_digit())
}

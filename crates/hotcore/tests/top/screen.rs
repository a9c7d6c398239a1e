//! What a person sees: as much of a terminal as it takes to put text where it belongs.

use std::fmt;

const LINES: usize = 24;
const COLUMNS: usize = 100;

/// A screen.
pub(crate) struct Screen {
    cells: [[char; COLUMNS]; LINES],
    line: usize,
    column: usize,
    /// Everything that came.
    raw: Vec<u8>,
    /// How much of it has been printed.
    printed: usize,
}

impl Default for Screen {
    fn default() -> Self {
        Self { cells: [[' '; COLUMNS]; LINES], line: 0, column: 0, raw: Vec::new(), printed: 0 }
    }
}

impl Screen {
    /// Prints this.
    pub(crate) fn print(&mut self, bytes: &[u8]) {
        self.raw.extend_from_slice(bytes);
        while let Some(length) = self.next() {
            self.printed += length;
        }
    }

    /// Whether a line has this text.
    pub(crate) fn shows(&self, text: &str) -> bool {
        self.to_string().contains(text)
    }

    /// Whether these bytes have come.
    pub(crate) fn got(&self, sequence: &str) -> bool {
        self.raw.windows(sequence.len()).any(|window| window == sequence.as_bytes())
    }

    /// Prints the next character, or follows the next sequence; how long it is, if it is complete.
    fn next(&mut self) -> Option<usize> {
        let rest = &self.raw[self.printed..];
        if rest.starts_with(b"\x1b[") {
            let end = rest.iter().skip(2).position(u8::is_ascii_alphabetic)? + 2;
            let sequence = String::from_utf8_lossy(&rest[2..=end]).into_owned();
            self.follow(&sequence);
            return Some(end + 1);
        }
        let text = match str::from_utf8(rest) {
            Ok(text) => text,
            Err(error) => str::from_utf8(&rest[..error.valid_up_to()]).unwrap(),
        };
        let character = text.chars().next()?;
        self.put(character);
        Some(character.len_utf8())
    }

    fn follow(&mut self, sequence: &str) {
        let Some(place) = sequence.strip_suffix('H') else { return };
        let mut numbers = place.split(';').map(|number| number.parse().unwrap_or(1));
        self.line = numbers.next().unwrap_or(1) - 1;
        self.column = numbers.next().unwrap_or(1) - 1;
    }

    fn put(&mut self, character: char) {
        match character {
            '\r' => self.column = 0,
            '\n' => self.line = (self.line + 1).min(LINES - 1),
            _ => {
                self.cells[self.line][self.column.min(COLUMNS - 1)] = character;
                self.column += 1;
            }
        }
    }
}

impl fmt::Display for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cells.iter().try_for_each(|line| writeln!(f, "{}", String::from_iter(line)))
    }
}

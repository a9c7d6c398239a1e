//! What the probe answers: lines of `key=value`.

use super::verdict::{Trouble, fail};

/// The answer to one command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Answer {
    /// Its lines, without the last one.
    pub(super) lines: Vec<String>,
    /// The reason, where it was `error`.
    pub(super) error: Option<String>,
}

/// What the firmware was told while the probe handled notifications.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// `Notify`.
    Notify(u64),
    /// `_OST`.
    Ost(u64, u64),
    /// `_EJ0`.
    Eject,
}

impl Answer {
    /// The lines that have a word beginning with `KEY=`.
    pub(super) fn with<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        let lines = self.lines.iter().map(String::as_str);
        lines.filter(move |line| word(line, key).is_some())
    }

    /// The first value of a key.
    pub(super) fn word(&self, key: &str) -> Result<&str, Trouble> {
        match self.lines.iter().find_map(|line| word(line, key)) {
            Some(value) => Ok(value),
            None => fail(format!("the probe does not say {key}: {}", self.lines.join("; "))),
        }
    }

    /// The first value of a key, a number.
    pub(super) fn number(&self, key: &str) -> Result<u64, Trouble> {
        let word = self.word(key)?;
        number(word).map_or_else(|| fail(format!("{key}={word} is no number")), Ok)
    }

    /// What the firmware was told, in order.
    pub(super) fn steps(&self) -> Vec<Step> {
        self.lines.iter().filter_map(|line| step(line)).collect()
    }

    /// Values that `_STA` had.
    pub(super) fn statuses(&self) -> Vec<u64> {
        let stas = self.with("sta").filter_map(|line| field(line, "value"));
        stas.collect()
    }

    /// Whether the probe reported something with these words in it.
    pub(super) fn reports(&self, words: &str) -> bool {
        self.lines.iter().any(|line| line.starts_with("report ") && line.contains(words))
    }
}

/// The value of a key in a line.
pub(super) fn word<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    line.split_whitespace().find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
}

/// The value of a key in a line, a number.
pub(super) fn field(line: &str, key: &str) -> Option<u64> {
    number(word(line, key)?)
}

fn number(word: &str) -> Option<u64> {
    match word.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => word.parse().ok(),
    }
}

fn step(line: &str) -> Option<Step> {
    if line.starts_with("notify=") {
        return Some(Step::Notify(field(line, "value")?));
    }
    if line.starts_with("ost=") {
        return Some(Step::Ost(field(line, "event")?, field(line, "status")?));
    }
    line.starts_with("ej0=").then_some(Step::Eject)
}

/// A mask, such as `0-2,5`, as numbers.
pub(super) fn mask(text: &str) -> Vec<u32> {
    let ranges = text.split(',').filter_map(|range| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        Some(first.parse::<u32>().ok()?..=last.parse().ok()?)
    });
    ranges.flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(text: &str) -> Answer {
        Answer { lines: text.lines().map(str::to_owned).collect(), error: None }
    }

    #[test]
    fn words_are_found_in_any_line() {
        let answer = answer("gicc uid=0 flags=0x1\ngicc uid=1 flags=0x8\nframe=0x10 typer=0x3");
        assert_eq!(answer.with("uid").count(), 2);
        assert_eq!(answer.number("flags"), Ok(1));
        assert_eq!(answer.number("typer"), Ok(3));
        assert!(answer.number("frames").is_err());
    }

    #[test]
    fn steps_are_in_order() {
        let answer = answer(
            "interrupt=41\nnotify=\\_SB.CPUS.C001 value=0x3\nost=\\_SB.CPUS.C001 event=0x3 \
             status=0x84\nej0=\\_SB.CPUS.C001\nsta=\\_SB.CPUS.C001 value=0xd\nhandled status=0x0",
        );
        assert_eq!(answer.steps(), [Step::Notify(3), Step::Ost(3, 0x84), Step::Eject]);
        assert_eq!(answer.statuses(), [0xd]);
    }

    #[test]
    fn masks_are_read() {
        assert_eq!(mask("0-2,5"), [0, 1, 2, 5]);
        assert_eq!(mask("-"), Vec::<u32>::new());
        assert_eq!(mask("7"), [7]);
    }
}

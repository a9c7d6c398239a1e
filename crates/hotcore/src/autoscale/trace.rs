//! Recorded traces: how busy a guest's CPUs were, sample by sample.
//!
//! Two forms can be read, and the first of them is written:
//!
//! - JSON lines: `{"at_s": 1.0, "enabled": 2, "busy": [0.5, 0.25]}`, the part of the time since the
//!   line before that each enabled CPU was busy; or `"demand": 0.75`, their sum, instead of `busy`.
//! - CSV with a header: `seconds`, `demand` or one column for each CPU (`cpu0`, `cpu1`, ...), and
//!   `enabled` where it is known.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// More lines than a year of minutes.
const MOST_LINES: usize = 1_000_000;
/// A line with the most CPUs that there can be is shorter.
const LONGEST_LINE: u64 = 64 << 10;
/// More CPUs than any machine has.
const MOST_DEMAND: f64 = 4096.0;
/// A century: far enough, and no overflow.
const LAST_SECOND: f64 = 3.2e9;

/// One sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Row {
    /// Since the beginning.
    pub(super) at_s: f64,
    /// How many CPUs' whole time was used since the row before.
    pub(super) demand: f64,
    /// How many there were, if that is known.
    pub(super) enabled: Option<u16>,
}

/// A trace that cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub(super) enum TraceError {
    #[error("{}", .0.display())]
    File(PathBuf, #[source] io::Error),
    #[error("{}, line {line}: {reason}", path.display())]
    Line { path: PathBuf, line: usize, reason: String },
    #[error("{} has no samples", .0.display())]
    Empty(PathBuf),
}

/// A line of JSON, as it is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parsed {
    at_s: f64,
    enabled: Option<u16>,
    demand: Option<f64>,
    busy: Option<Vec<f64>>,
}

/// A line of JSON, as it is written.
#[derive(Serialize)]
struct Written<'a> {
    at_s: f64,
    enabled: u16,
    busy: &'a [f64],
}

/// Which column of a CSV file means what.
struct Columns {
    seconds: usize,
    enabled: Option<usize>,
    /// Those whose sum is the demand.
    demand: Vec<usize>,
}

/// Reads a trace.
pub(super) fn read(path: &Path) -> Result<Vec<Row>, TraceError> {
    let file = File::open(path).map_err(|error| TraceError::File(path.to_owned(), error))?;
    parse(path, BufReader::new(file))
}

fn parse(path: &Path, mut file: impl BufRead) -> Result<Vec<Row>, TraceError> {
    let mut rows: Vec<Row> = Vec::new();
    let mut columns = None;
    for line in 1.. {
        let wrong = |reason| TraceError::Line { path: path.to_owned(), line, reason };
        if line > MOST_LINES {
            return Err(wrong(format!("at most {MOST_LINES} lines can be read")));
        }
        let text =
            next_line(&mut file).map_err(|error| TraceError::File(path.to_owned(), error))?;
        let Some(text) = text else { break };
        let text = text.trim();
        if text.is_empty() {
            continue;
        }
        let row = match &columns {
            _ if text.starts_with('{') => from_json(text),
            None => {
                columns = Some(Columns::of(text).map_err(wrong)?);
                continue;
            }
            Some(columns) => columns.row(text),
        };
        let row = row.map_err(wrong)?;
        check(&row, rows.last()).map_err(wrong)?;
        rows.push(row);
    }
    if rows.is_empty() { Err(TraceError::Empty(path.to_owned())) } else { Ok(rows) }
}

/// The next line; `None` after the last.
fn next_line(file: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    file.take(LONGEST_LINE).read_until(b'\n', &mut bytes)?;
    if bytes.is_empty() {
        return Ok(None);
    }
    if bytes.len() as u64 == LONGEST_LINE {
        return Err(io::Error::other("a line is longer than 64 KiB"));
    }
    String::from_utf8(bytes).map(Some).map_err(io::Error::other)
}

fn from_json(text: &str) -> Result<Row, String> {
    let Parsed { at_s, enabled, demand, busy } =
        serde_json::from_str(text).map_err(|error| error.to_string())?;
    let demand = match (demand, busy) {
        (Some(demand), None) => demand,
        (None, Some(busy)) => busy.iter().sum(),
        _ => return Err("either demand or busy is expected".into()),
    };
    Ok(Row { at_s, demand, enabled })
}

fn check(row: &Row, before: Option<&Row>) -> Result<(), String> {
    if !(0.0..=LAST_SECOND).contains(&row.at_s) {
        return Err(format!("the time {} cannot be", row.at_s));
    }
    if !(0.0..=MOST_DEMAND).contains(&row.demand) {
        return Err(format!("{} CPUs cannot be busy", row.demand));
    }
    match before {
        Some(before) if before.at_s >= row.at_s => {
            Err(format!("{} s is not after {} s", row.at_s, before.at_s))
        }
        _ => Ok(()),
    }
}

impl Columns {
    fn of(header: &str) -> Result<Self, String> {
        let names: Vec<&str> = header.split(',').map(str::trim).collect();
        let find = |wanted: &str| names.iter().position(|name| *name == wanted);
        let seconds = find("seconds");
        let cpus = names.iter().enumerate().filter(|(_, name)| name.starts_with("cpu"));
        let demand = match find("demand") {
            Some(column) => vec![column],
            None => cpus.map(|(column, _)| column).collect(),
        };
        match seconds {
            Some(seconds) if !demand.is_empty() => {
                Ok(Self { seconds, enabled: find("enabled"), demand })
            }
            _ => Err("neither JSON nor a header with the columns seconds and demand".into()),
        }
    }

    fn row(&self, text: &str) -> Result<Row, String> {
        let fields: Vec<&str> = text.split(',').map(str::trim).collect();
        let field = |column: usize| fields.get(column).copied().unwrap_or_default();
        let number = |column: usize| -> Result<f64, String> {
            let text = field(column);
            // A CPU that was not there has an empty field.
            let text = if text.is_empty() && column != self.seconds { "0" } else { text };
            text.parse().map_err(|_| format!("{text:?} is not a number"))
        };
        let enabled = self.enabled.map(field).filter(|text| !text.is_empty());
        let enabled = enabled.map(|text| {
            text.parse::<u16>().map_err(|_| format!("{text:?} is not a number of CPUs"))
        });
        let mut demand = 0.0;
        for column in &self.demand {
            demand += number(*column)?;
        }
        Ok(Row { at_s: number(self.seconds)?, demand, enabled: enabled.transpose()? })
    }
}

/// Writes a trace as it happens.
pub(super) struct Recorder {
    path: PathBuf,
    file: File,
}

impl Recorder {
    /// Begins a trace, in the place of one that is there.
    pub(super) fn create(path: &Path) -> Result<Self, TraceError> {
        let file = File::create(path).map_err(|error| TraceError::File(path.to_owned(), error))?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// Writes down how busy each enabled CPU was.
    pub(super) fn write(&mut self, at_s: f64, busy: &[f64]) -> Result<(), TraceError> {
        let rounded: Vec<f64> = busy.iter().map(|busy| (busy * 1e4).round() / 1e4).collect();
        let enabled = u16::try_from(busy.len()).unwrap_or(u16::MAX);
        let line = serde_json::to_string(&Written { at_s, enabled, busy: &rounded });
        let written = line.map_err(io::Error::other).and_then(|line| writeln!(self.file, "{line}"));
        written.map_err(|error| TraceError::File(self.path.clone(), error))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a test's report")]

    use proptest::prelude::*;

    use super::*;

    fn rows(text: &str) -> Result<Vec<Row>, String> {
        parse(Path::new("trace"), text.as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn both_forms_say_the_same() {
        let expected = [
            Row { at_s: 1.0, demand: 0.5, enabled: Some(1) },
            Row { at_s: 2.5, demand: 1.25, enabled: Some(2) },
        ];
        let json = "{\"at_s\":1,\"enabled\":1,\"busy\":[0.5]}\n\n{\"at_s\":2.5,\"enabled\":2,\"demand\":1.25}\n";
        assert_eq!(rows(json).unwrap(), expected);
        assert_eq!(rows("seconds,demand,enabled\n1,0.5,1\n2.5,1.25,2").unwrap(), expected);
        assert_eq!(
            rows("cpu0,cpu1, seconds ,enabled\r\n0.5,,1,1\r\n1,0.25,2.5,2\r\n").unwrap(),
            expected
        );
    }

    #[test]
    fn what_is_recorded_can_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trace");
        let mut recorder = Recorder::create(&path).unwrap();
        recorder.write(0.5, &[0.25]).unwrap();
        recorder.write(1.5, &[0.25, 0.123_456]).unwrap();
        let read = read(&path).unwrap();
        assert_eq!(read[0], Row { at_s: 0.5, demand: 0.25, enabled: Some(1) });
        assert_eq!(read[1], Row { at_s: 1.5, demand: 0.25 + 0.1235, enabled: Some(2) });
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        for (text, expected) in [
            ("", "has no samples"),
            ("seconds,demand\n", "has no samples"),
            ("time,load\n1,2", "line 1: neither JSON nor"),
            ("seconds,demand\n1,x", "line 2: \"x\" is not a number"),
            ("seconds,demand\n2,1\n2,1", "line 3: 2 s is not after 2 s"),
            ("seconds,demand\n,1", "line 2: \"\" is not a number"),
            ("seconds,demand\n1,-1", "line 2: -1 CPUs cannot be busy"),
            ("seconds,demand\nNaN,1", "line 2: the time NaN cannot be"),
            ("seconds,demand\n1,inf", "line 2: inf CPUs cannot be busy"),
            ("{\"at_s\":1}", "line 1: either demand or busy"),
            ("{\"at_s\":1,\"loud\":1}", "line 1: unknown field `loud`"),
        ] {
            let error = rows(text).unwrap_err();
            assert!(error.contains(expected), "{text:?}: {error}");
        }
        let long = format!("seconds,demand\n1,{}", "1".repeat(100_000));
        assert!(rows(&long).is_err());
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".*", lines in "[0-9,.{}\":a-z\n]{0,200}") {
            let _ = rows(&text);
            let _ = rows(&format!("seconds,demand\n{lines}"));
        }
    }
}

//! GNU objdump: the same text, operand for operand.
//!
//! `HOTCORE_AARCH64_OBJDUMP` names the program where it is not in `PATH`; `HOTCORE_CORPUS` may name a
//! file of A64 words, such as an arm64 kernel image, to be compared as well.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::process::Command;

use disarm64::InsnOpcode;
use hotcore_a64::decode::{Op, decode, disassemble};

use crate::{known, words};

/// What objdump makes of `words`, the first lying at address 0; `None`, and why, if there is none.
fn objdump(words: &[u32]) -> Option<Vec<String>> {
    let variable = env::var_os("HOTCORE_AARCH64_OBJDUMP");
    let program = variable.unwrap_or_else(|| OsString::from("aarch64-linux-gnu-objdump"));
    let mut image = tempfile::NamedTempFile::new().unwrap();
    let bytes: Vec<_> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    image.write_all(&bytes).unwrap();
    let run = Command::new(program)
        .args(["--disassemble-all", "--disassemble-zeroes", "--target=binary"])
        .arg("--architecture=aarch64")
        .arg(image.path())
        .output();
    let Ok(output) = run else {
        eprintln!("skipped: no aarch64-linux-gnu-objdump, and HOTCORE_AARCH64_OBJDUMP is not set");
        return None;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<_> = text.lines().filter_map(instruction).collect();
    assert_eq!(lines.len(), words.len());
    Some(lines)
}

/// The instruction of a line `address: word mnemonic operands // comment`.
fn instruction(line: &str) -> Option<String> {
    let (_, rest) = line.split_once(":\t")?;
    let (_, text) = rest.split_once('\t')?;
    let text = text.split("//").next()?;
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// What is wrong with our text of `word`, next to objdump's.
fn difference(word: u32, address: u64, theirs: &str) -> Option<String> {
    let Some(op) = decode(word) else {
        let wrong = allocated(theirs) && in_scope(word) && !known::later_system(word);
        return wrong.then(|| format!("{word:#010x} undefined | {theirs}"));
    };
    let ours = disassemble(word, address).unwrap_or_default();
    let same = ours == theirs || known::same_to_objdump(op, word, &ours, theirs);
    (!same).then(|| format!("{word:#010x} {op:?}: {ours} | {theirs}"))
}

fn allocated(text: &str) -> bool {
    !text.starts_with(".inst") && !text.starts_with("udf")
}

/// disarm64 looks at few fields, but knows the features: its table is binutils' own.
fn in_scope(word: u32) -> bool {
    disarm64::decoder::decode(word)
        .is_some_and(|theirs| known::in_scope(&format!("{:?}", theirs.definition().feature_set)))
}

fn compare(words: &[u32]) {
    let Some(lines) = objdump(words) else { return };
    let differences: Vec<_> = (0u64..)
        .step_by(4)
        .zip(words.iter().zip(&lines))
        .filter_map(|(address, (word, theirs))| difference(*word, address, theirs))
        .collect();
    let shown = differences.iter().take(40).cloned().collect::<Vec<_>>().join("\n");
    assert!(differences.is_empty(), "{} differences:\n{shown}", differences.len());
}

#[test]
fn objdump_writes_what_we_write() {
    compare(&words::all().collect::<Vec<_>>());
}

#[test]
fn objdump_names_the_registers_and_operations_that_we_name() {
    let encodings = (0..1 << 16).flat_map(|operands| {
        [Op::Mrs, Op::MsrRegister, Op::Sys, Op::Sysl].map(|op| op.word(operands << 5 | 3))
    });
    let alone = (0..1 << 14).map(|operands| Op::Sys.word(operands << 5 | 31));
    let hints = (0..1 << 7).map(|number| Op::Hint.word(number << 5));
    compare(&encodings.chain(alone).chain(hints).collect::<Vec<_>>());
}

#[test]
fn objdump_writes_a_corpus_as_we_write_it() {
    let Some(corpus) = env::var_os("HOTCORE_CORPUS") else {
        eprintln!("skipped: HOTCORE_CORPUS is not set");
        return;
    };
    let bytes = fs::read(corpus).unwrap();
    let mut words: Vec<_> =
        bytes.as_chunks().0.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect();
    words.sort_unstable();
    words.dedup();
    compare(&words);
}

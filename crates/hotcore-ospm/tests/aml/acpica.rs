//! The corpus: our interpreter and ACPICA's evaluate the same methods, which its compiler has compiled.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use hotcore_judges::run;
use hotcore_ospm::aml::{Evaluator, NameSeg, Value};

use crate::machine::{Memory, load};

const BODIES: &str = include_str!("asl/corpus.txt");
const OBJECTS: &str = include_str!("asl/corpus.asl");

/// Evaluations per run of `acpiexec`, which takes so many commands at most.
const BATCH: usize = 16;

const PATIENCE: Duration = Duration::from_secs(60);

/// A program of acpica-tools.
fn tool(variable: &str, name: &str) -> Option<PathBuf> {
    hotcore_judges::find(variable, name, "install acpica-tools, or `cargo xtask test` fetches it")
}

/// Compiles ASL, errors excepted. `None` without `iasl`.
pub(crate) fn compile(source: &str) -> Option<Vec<u8>> {
    let iasl = tool("HOTCORE_IASL", "iasl")?;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("source.asl"), source).unwrap();
    // Unoptimised, and the table is written whatever it thinks of it: some methods are wrong on purpose.
    let mut command = Command::new(iasl);
    command.args(["-oa", "-f", "-p", "result", "source.asl"]).current_dir(folder.path());
    let said = run(&mut command, PATIENCE);
    let table = std::fs::read(folder.path().join("result.aml"));
    Some(table.unwrap_or_else(|error| panic!("{error}: {said}")))
}

fn bodies() -> Vec<&'static str> {
    let is_body = |line: &&str| !line.is_empty() && !line.starts_with("//");
    BODIES.lines().map(str::trim).filter(is_body).collect()
}

/// The corpus as a table. A method `Rnnn` shows what `Tnnn` returns: buffers as their bytes in
/// decimal, since `acpiexec` does not print them.
fn corpus(revision: u8) -> String {
    let methods = bodies().into_iter().enumerate().map(|(number, body)| {
        format!(
            "  Method (T{number:03X}, 0, Serialized) {{ {body} }}
  Method (R{number:03X}, 0, Serialized)
  {{
    Local0 = T{number:03X} ()
    If (ObjectType (Local0) == 3) {{ Return (Concatenate (\"bytes \", ToDecimalString (Local0))) }}
    Return (Local0)
  }}\n"
        )
    });
    let methods: String = methods.collect();
    let header = r#"DefinitionBlock ("", "DSDT""#;
    format!("{header}, {revision}, \"HOTCOR\", \"CORPUS\", 1)\n{{\n{OBJECTS}\n{methods}}}\n")
}

/// What ACPICA's interpreter says of each method: an error, or what it returned as it prints it.
fn theirs(table: &[u8], number: usize) -> Option<Vec<Result<String, String>>> {
    let acpiexec = tool("HOTCORE_ACPIEXEC", "acpiexec")?;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("table.aml"), table).unwrap();
    let end = (number + BATCH).min(bodies().len());
    let commands: Vec<String> = (number..end).map(|it| format!("evaluate \\R{it:03X}")).collect();
    let mut command = Command::new(acpiexec);
    command.args(["-x", "0", "-fv", "0", "-b", &commands.join(";"), "table.aml"]);
    let said = run(command.current_dir(folder.path()), PATIENCE);
    let answers: Vec<_> = said.output.split("\nEvaluating ").skip(1).map(answer).collect();
    assert_eq!(answers.len(), end - number, "{said}");
    Some(answers)
}

fn answer(said: &str) -> Result<String, String> {
    if let Some((_, status)) = said.split_once(" failed with status ") {
        return Err(status.lines().next().unwrap_or_default().into());
    }
    let values = said.lines().map(str::trim).filter(|line| line.starts_with('['));
    Ok(values.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" "))
}

/// A value as `acpiexec` prints it.
fn show(value: &Value) -> String {
    match value {
        Value::Uninitialized => "[Null Object] (Type=0)".into(),
        Value::Integer(value) => format!("[Integer] = {value:016X}"),
        Value::String(text) => format!("[String] Length {:02X} = \"{text}\"", text.len()),
        Value::Package(elements) => {
            let shown: Vec<String> = elements.iter().map(show).collect();
            format!("[Package] Contains {} Elements: {}", elements.len(), shown.join(" "))
        }
        Value::Buffer(bytes) => format!("[Buffer] Length {:02X} =", bytes.len()),
        Value::Object(_) => format!("{value:?}"),
    }
}

#[test]
fn our_interpreter_agrees_with_acpica() {
    compare(2);
}

#[test]
fn integers_of_32_bits_agree_with_acpica() {
    compare(1);
}

fn compare(revision: u8) {
    let Some(table) = compile(&corpus(revision)) else { return };
    let batches: Vec<_> = std::thread::scope(|scope| {
        let table = &table;
        let run = |first| scope.spawn(move || theirs(table, first));
        // The interpreter idles for a second before it exits.
        let threads: Vec<_> = (0..bodies().len()).step_by(BATCH).map(run).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let Some(batches) = batches.into_iter().collect::<Option<Vec<_>>>() else { return };
    let mut differ = Vec::new();
    for (batch, answers) in batches.iter().enumerate() {
        // Each run of theirs begins with the tables as they are.
        let mut aml = load(&[&table]);
        let mut memory = Memory::default();
        let root = aml.find("\\").unwrap();
        for (index, theirs) in answers.iter().enumerate() {
            let number = batch * BATCH + index;
            let name = NameSeg::new(&format!("R{number:03X}")).unwrap();
            let ours = aml.evaluate(root, name, &[], &mut memory);
            let ours = ours.map(|value| value.as_ref().map_or(String::new(), show));
            let agree = match (&ours, theirs) {
                (Ok(ours), Ok(theirs)) => ours == theirs,
                (ours, theirs) => ours.is_err() == theirs.is_err(),
            };
            if !agree {
                let ours = ours.map_err(|error| error.to_string());
                differ
                    .push(format!("{}\n  ours   {ours:?}\n  theirs {theirs:?}", bodies()[number]));
            }
        }
    }
    assert!(differ.is_empty(), "{} of {}:\n{}", differ.len(), bodies().len(), differ.join("\n"));
}

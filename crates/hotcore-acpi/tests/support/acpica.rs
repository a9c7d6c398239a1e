//! ACPICA's compiler and interpreter, the judges of every table.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use hotcore_judges::Verdict;
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(60);

/// A program of acpica-tools.
fn tool(variable: &str, name: &str) -> Option<PathBuf> {
    hotcore_judges::find(variable, name, "install acpica-tools, or `cargo xtask test` fetches it")
}

/// Runs a program in `folder`.
fn run(program: &Path, folder: &TempDir, arguments: &[&str]) -> Verdict {
    let mut command = Command::new(program);
    hotcore_judges::run(command.args(arguments).current_dir(folder.path()), PATIENCE)
}

/// Disassembles a table with `iasl`, which must have nothing to complain of. `None` without `iasl`.
pub(crate) fn disassemble(table: &[u8]) -> Option<String> {
    let iasl = tool("HOTCORE_IASL", "iasl")?;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("table.aml"), table).unwrap();
    let verdict = run(&iasl, &folder, &["-d", "table.aml"]);
    let said = verdict.to_string();
    let source = std::fs::read_to_string(folder.path().join("table.dsl")).unwrap_or_default();
    assert!(verdict.content() && !source.is_empty(), "{said}");
    for complaint in ["Invalid", "Error", "Warning", "Incorrect", "****"] {
        assert!(!said.contains(complaint) && !source.contains(complaint), "{said}\n{source}");
    }
    Some(source)
}

/// Compiles ASL as it is written, without optimisation and without complaint. `None` without `iasl`.
pub(crate) fn compile(source: &str) -> Option<Vec<u8>> {
    let iasl = tool("HOTCORE_IASL", "iasl")?;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("source.asl"), source).unwrap();
    let verdict = run(&iasl, &folder, &["-oa", "-p", "result", "source.asl"]);
    let clean = verdict.to_string().contains("0 Errors, 0 Warnings");
    assert!(verdict.content() && clean, "{verdict}");
    Some(std::fs::read(folder.path().join("result.aml")).unwrap())
}

/// Loads tables into `acpiexec`, with every byte of every region set to `fill`, and evaluates
/// each of `expressions`. Regions behave as RAM. `None` without `acpiexec`.
pub(crate) fn evaluate(
    tables: &[&[u8]],
    fill: u8,
    expressions: &[&str],
) -> Option<Vec<Evaluation>> {
    let acpiexec = tool("HOTCORE_ACPIEXEC", "acpiexec")?;
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<String> = (0..tables.len()).map(|number| format!("{number}.aml")).collect();
    for (file, table) in files.iter().zip(tables) {
        std::fs::write(folder.path().join(file), table).unwrap();
    }
    let commands: Vec<String> = expressions.iter().map(|e| format!("evaluate {e}")).collect();
    let (fill, commands) = (format!("{fill:#x}"), commands.join(";"));
    // Debug level 4 tells of notifications as they are made; their handlers run some time later.
    let mut arguments = vec!["-x", "4", "-fv", &fill, "-b", &commands];
    arguments.extend(files.iter().map(String::as_str));
    let verdict = run(&acpiexec, &folder, &arguments);
    assert!(verdict.content(), "{verdict}");
    let said = verdict.to_string();
    for complaint in ["ACPI Error", "ACPI Warning", "AE_", "Could not"] {
        assert!(!said.contains(complaint), "{said}");
    }
    let evaluations: Vec<Evaluation> =
        said.split("Evaluating ").skip(1).map(|said| Evaluation(said.into())).collect();
    assert_eq!(evaluations.len(), expressions.len(), "{said}");
    Some(evaluations)
}

/// What one evaluation said.
pub(crate) struct Evaluation(String);

impl Evaluation {
    /// Every integer it returned, those in packages too.
    pub(crate) fn integers(&self) -> Vec<u64> {
        let values = self.0.split("[Integer] = ").skip(1);
        values.map(|said| u64::from_str_radix(&said[..16], 16).unwrap()).collect()
    }

    /// Every notification in order: the device's name and the value.
    pub(crate) fn notifications(&self) -> Vec<(String, u8)> {
        let made = self.0.split("Dispatching Notify on [").skip(1);
        made.map(|said| {
            let (name, said) = said.split_once(']').unwrap();
            let (_, value) = said.split_once("Value 0x").unwrap();
            (name.into(), u8::from_str_radix(&value[..2], 16).unwrap())
        })
        .collect()
    }
}

//! `--firmware acpi|dt[,cpu-start=psci|parking|spin-table]`.

use hotcore_vmm::{CpuStart, Firmware};

use super::list::{List, ListError};

const CPU_START: &str = "psci, parking (with acpi) or spin-table (with dt)";

/// How the guest learns about its machine, and how it starts CPUs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Choice {
    /// The first word.
    pub(crate) firmware: Firmware,
    /// The key after it. Whether both go together is the machine's to say.
    pub(crate) cpu_start: CpuStart,
}

/// What is no firmware.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FirmwareError {
    #[error("acpi or dt is expected, then perhaps ,cpu-start=psci, parking or spin-table")]
    Unknown,
    #[error(transparent)]
    List(#[from] ListError),
}

/// PSCI starts CPUs where nothing else is said.
pub(crate) fn parse(text: &str) -> Result<Choice, FirmwareError> {
    let (word, rest) = text.split_once(',').map_or((text, None), |(word, rest)| (word, Some(rest)));
    let known = [Firmware::Acpi, Firmware::DeviceTree];
    let firmware = known.into_iter().find(|firmware| firmware.name() == word);
    let firmware = firmware.ok_or(FirmwareError::Unknown)?;
    let list = rest.map(|rest| List::parse(rest, &["cpu-start"])).transpose()?;
    let cpu_start = list.map(|list| list.get("cpu-start", CPU_START, cpu_start)).transpose()?;
    Ok(Choice { firmware, cpu_start: cpu_start.flatten().unwrap_or_default() })
}

fn cpu_start(text: &str) -> Option<CpuStart> {
    CpuStart::NAMES.iter().find(|(name, _)| *name == text).map(|(_, cpu_start)| *cpu_start)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn psci_starts_cpus_unless_something_else_is_said() {
        let choice = |firmware, cpu_start| Ok(Choice { firmware, cpu_start });
        assert_eq!(parse("acpi"), choice(Firmware::Acpi, CpuStart::Psci));
        assert_eq!(parse("dt"), choice(Firmware::DeviceTree, CpuStart::Psci));
        assert_eq!(parse("acpi,cpu-start=parking"), choice(Firmware::Acpi, CpuStart::Parking));
        assert_eq!(
            parse("dt,cpu-start=spin-table"),
            choice(Firmware::DeviceTree, CpuStart::SpinTable)
        );
    }

    #[test]
    fn errors_say_what_is_expected() {
        for (text, message) in [
            ("", "acpi or dt is expected"),
            ("uefi", "acpi or dt is expected"),
            ("cpu-start=parking", "acpi or dt is expected"),
            ("acpi,parking", "`parking` is not key=value; the keys are cpu-start"),
            ("acpi,cpu-start=spin", "cpu-start=spin: psci, parking (with acpi) or spin-table"),
            ("dt,cpu-start=psci,cpu-start=psci", "the key `cpu-start` is given twice"),
        ] {
            let refused = parse(text).unwrap_err().to_string();
            assert!(refused.starts_with(message), "{refused}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "(acpi|dt)?,?(cpu-start)?=?.{0,12}") {
            let _ = parse(&text);
        }
    }
}

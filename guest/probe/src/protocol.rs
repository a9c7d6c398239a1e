//! The line protocol: one command a line, answered by lines of `key=value` and a last line `ok` or
//! `error REASON`. Numbers are decimal, or hexadecimal behind `0x`.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use hotcore_ospm::Width;

/// What a person or a program asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// How the machine was found.
    Info,
    /// What firmware describes of CPUs and the interrupt controller.
    Tables,
    /// Every CPU, and the masks.
    Cpus,
    /// `_STA` of a CPU's object.
    Sta(u32),
    /// Bring a CPU up.
    Online(u32),
    /// Take a CPU down.
    Offline(u32),
    /// Eject a CPU without having been asked.
    Eject(u32),
    /// Handle what the machine has notified.
    Events,
    /// Whether notifications are handled as they come.
    Auto(bool),
    /// Whether interrupts of the GED are left alone, as before the end of a boot.
    Hold(bool),
    /// Whether accesses to devices are told while notifications are handled.
    Tell(bool),
    /// Whether memory and mailboxes are accessed as by an OS that is big-endian.
    BigEndian(bool),
    /// Which requests to eject are refused.
    Refuse(Refuse),
    /// One load.
    Read(u64, Width),
    /// One store.
    Write(u64, Width, u64),
    /// A call of the firmware, as it is.
    Psci(u64, [u64; 3]),
    /// The fields of a CPU's mailbox.
    Mailbox(u32),
    /// Have a CPU return to the firmware.
    Handback(u32),
    /// Send TEST to a CPU's mailbox.
    Test(u32),
    /// Wake a CPU that waits in the firmware.
    Signal(u32),
    /// Overwrite all memory that is not in use.
    Scribble,
    /// Take a CPU down and up again this many times, with all memory overwritten in between.
    Cycle(u32, u32),
    /// How a CPU arrived, and whether it answers.
    Ping(u32),
    /// Whether a CPU's timer interrupts it.
    Timer(u32),
    /// Whether interrupts between this CPU and another arrive, both ways.
    Ipi(u32),
    /// How long the latest CPU took to come and to go.
    Ticks,
    /// Start this kernel again, elsewhere in memory, without the firmware's help.
    Kexec,
    /// Stop all CPUs as a kernel does that has crashed.
    Crash,
    /// Reset the machine.
    Reset,
    /// Power it off.
    Off,
}

/// Which requests to eject are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Refuse {
    /// None.
    #[default]
    Nothing,
    /// All.
    Everything,
    /// Those of one CPU.
    One(u32),
}

impl Refuse {
    /// Whether a request to eject this CPU is refused.
    pub fn covers(self, cpu: u32) -> bool {
        match self {
            Self::Nothing => false,
            Self::Everything => true,
            Self::One(one) => one == cpu,
        }
    }
}

/// The longest line that is a command.
pub const LINE_LIMIT: usize = 128;

/// Reads a line. The error says what is wrong with it.
pub fn parse(line: &str) -> Result<Command, &'static str> {
    if line.len() > LINE_LIMIT {
        return Err("the line is too long");
    }
    let mut words = line.split_ascii_whitespace();
    let command = command(words.next().unwrap_or_default(), &mut words)?;
    match words.next() {
        None => Ok(command),
        Some(_) => Err("too many words"),
    }
}

fn command<'a>(
    name: &str,
    words: &mut impl Iterator<Item = &'a str>,
) -> Result<Command, &'static str> {
    Ok(match name {
        "info" => Command::Info,
        "tables" => Command::Tables,
        "cpus" => Command::Cpus,
        "sta" => Command::Sta(cpu(words)?),
        "online" => Command::Online(cpu(words)?),
        "offline" => Command::Offline(cpu(words)?),
        "eject" => Command::Eject(cpu(words)?),
        "events" => Command::Events,
        "auto" => Command::Auto(switch(words)?),
        "hold" => Command::Hold(switch(words)?),
        "tell" => Command::Tell(switch(words)?),
        "big-endian" => Command::BigEndian(switch(words)?),
        "refuse" => Command::Refuse(refuse(words)?),
        "read" => Command::Read(value(words)?, width(words)?),
        "write" => {
            let (address, width, value) = (value(words)?, width(words)?, value(words)?);
            Command::Write(address, width, value)
        }
        "psci" => {
            let function = value(words)?;
            let mut arguments = [0; 3];
            for (argument, word) in arguments.iter_mut().zip(words) {
                *argument = number(word)?;
            }
            Command::Psci(function, arguments)
        }
        "mailbox" => Command::Mailbox(cpu(words)?),
        "handback" => Command::Handback(cpu(words)?),
        "test" => Command::Test(cpu(words)?),
        "signal" => Command::Signal(cpu(words)?),
        "scribble" => Command::Scribble,
        "cycle" => Command::Cycle(cpu(words)?, cpu(words)?),
        "ping" => Command::Ping(cpu(words)?),
        "timer" => Command::Timer(cpu(words)?),
        "ipi" => Command::Ipi(cpu(words)?),
        "ticks" => Command::Ticks,
        "kexec" => Command::Kexec,
        "crash" => Command::Crash,
        "reset" => Command::Reset,
        "off" => Command::Off,
        _ => return Err("no such command"),
    })
}

fn cpu<'a>(words: &mut impl Iterator<Item = &'a str>) -> Result<u32, &'static str> {
    u32::try_from(value(words)?).map_err(|_| "the number is too large")
}

fn value<'a>(words: &mut impl Iterator<Item = &'a str>) -> Result<u64, &'static str> {
    number(words.next().ok_or("a number is missing")?)
}

fn number(word: &str) -> Result<u64, &'static str> {
    let number = match word.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => word.parse(),
    };
    number.map_err(|_| "that is no number")
}

fn width<'a>(words: &mut impl Iterator<Item = &'a str>) -> Result<Width, &'static str> {
    match words.next() {
        Some("1") => Ok(Width::Byte),
        Some("2") => Ok(Width::Half),
        Some("4") => Ok(Width::Word),
        Some("8") => Ok(Width::Double),
        _ => Err("a width is 1, 2, 4 or 8"),
    }
}

fn switch<'a>(words: &mut impl Iterator<Item = &'a str>) -> Result<bool, &'static str> {
    match words.next() {
        Some("on") => Ok(true),
        Some("off") => Ok(false),
        _ => Err("on or off?"),
    }
}

fn refuse<'a>(words: &mut impl Iterator<Item = &'a str>) -> Result<Refuse, &'static str> {
    match words.next() {
        Some("on") => Ok(Refuse::Everything),
        Some("off") => Ok(Refuse::Nothing),
        Some(word) => Ok(Refuse::One(u32::try_from(number(word)?).map_err(|_| "no such CPU")?)),
        None => Err("on, off or a CPU?"),
    }
}

/// CPUs as a list of ranges, such as `0-2,5`; `-` if there are none. They come in ascending order.
pub fn ranges(cpus: impl IntoIterator<Item = u32>) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for cpu in cpus {
        match ranges.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(cpu) => *last = cpu,
            _ => ranges.push((cpu, cpu)),
        }
    }
    if ranges.is_empty() {
        return "-".into();
    }
    let one = |(first, last): &(u32, u32)| {
        if first == last { format!("{first}") } else { format!("{first}-{last}") }
    };
    ranges.iter().map(one).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_are_lists_of_ranges() {
        assert_eq!(ranges([]), "-");
        assert_eq!(ranges([3]), "3");
        assert_eq!(ranges([0, 1, 2, 5, 7, 8]), "0-2,5,7-8");
    }

    #[test]
    fn commands_have_their_words_and_no_more() {
        assert_eq!(parse("info"), Ok(Command::Info));
        assert_eq!(parse("  sta   3\r"), Ok(Command::Sta(3)));
        assert_eq!(parse("hold on"), Ok(Command::Hold(true)));
        assert_eq!(parse("refuse 0x10"), Ok(Command::Refuse(Refuse::One(16))));
        assert_eq!(parse("cycle 1 50"), Ok(Command::Cycle(1, 50)));
        for wrong in ["", "info 1", "sta", "sta x", "sta 4294967296", "hold", "fly", "0x"] {
            assert!(parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn accesses_and_calls_take_hexadecimal_numbers() {
        assert_eq!(parse("read 0x90c0004 1"), Ok(Command::Read(0x090c_0004, Width::Byte)));
        assert_eq!(
            parse("write 0x90c0008 4 0xffffffff"),
            Ok(Command::Write(0x090c_0008, Width::Word, 0xffff_ffff))
        );
        assert_eq!(parse("psci 0x84000000"), Ok(Command::Psci(0x8400_0000, [0; 3])));
        assert_eq!(
            parse("psci 0xc4000003 1 0x40200000"),
            Ok(Command::Psci(0xc400_0003, [1, 0x4020_0000, 0]))
        );
        for wrong in ["read 1 3", "write 1 4", "psci", "psci 1 2 3 4 5", "read 0xg 1"] {
            assert!(parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn refusals_are_of_none_one_or_all() {
        assert!(Refuse::Everything.covers(3) && Refuse::One(3).covers(3));
        assert!(!Refuse::One(3).covers(4) && !Refuse::Nothing.covers(3));
    }
}

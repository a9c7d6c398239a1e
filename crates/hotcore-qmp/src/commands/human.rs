//! `human-monitor-command`: the lines that people type at QEMU's monitor, as far as they are about what
//! is served here. Each is the QMP command of the same name; its error is told as text, as QEMU does.

use std::fmt::Write;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::{Command, Run, query};
use crate::arguments::Arguments;
use crate::door::{Answer, Door, Later, Outcome};
use crate::error::{Failure, quoted};
use crate::schema::{Object, Type, object, optional, required};

/// The arguments of `human-monitor-command`. Nothing depends on a CPU that could be chosen.
pub(super) static ARGUMENTS: Object = object(
    "human-monitor-command-arg",
    &[required("command-line", Type::Str), optional("cpu-index", Type::Int)],
);

/// What can be typed, and whether something follows.
const TYPED: [(&str, bool); 8] = [
    ("cont", false),
    ("device_add", true),
    ("device_del", true),
    ("device_set", true),
    ("quit", false),
    ("stop", false),
    ("system_powerdown", false),
    ("system_reset", false),
];

const HELP: &str = "cont\r\n\
    device_add driver[,prop=value][,...]\r\n\
    device_del device\r\n\
    device_set driver[,prop=value][,...]\r\n\
    info cpus|hotpluggable-cpus|status|version\r\n\
    quit\r\nstop\r\nsystem_powerdown\r\nsystem_reset\r\n";

/// `human-monitor-command`.
pub(super) fn command(door: &mut Door, arguments: &Arguments) -> Answer {
    let line = arguments.text("command-line").unwrap_or_default().trim();
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let rest = rest.trim();
    match word {
        "" => said(""),
        "help" | "?" => said(HELP),
        "info" => said(info(door, rest)),
        "c" => typed(door, "cont", rest),
        "q" => typed(door, "quit", rest),
        "s" => typed(door, "stop", rest),
        word => typed(door, word, rest),
    }
}

fn typed(door: &mut Door, word: &str, rest: &str) -> Answer {
    let known = TYPED.iter().find(|(name, _)| *name == word);
    let command = known.and_then(|(name, more)| Some((Command::find(name)?, *more)));
    let Some((command, takes_more)) = command else {
        return said(format!("unknown command: '{}'\r\n", quoted(word)));
    };
    if takes_more == rest.is_empty() {
        let fault =
            if takes_more { "missing argument" } else { "extraneous characters at the end" };
        return said(format!("{word}: {fault}\r\n"));
    }
    let arguments = if word == "device_del" {
        Ok(Map::from_iter([("id".to_owned(), rest.into())]))
    } else {
        properties(command, rest)
    };
    let checked = arguments.and_then(|arguments| {
        let raw = RawValue::from_string(Value::Object(arguments).to_string());
        Arguments::check(command.arguments, Some(&raw.map_err(Failure::syntax)?))
    });
    match (checked, command.run) {
        (Err(failure), _) => said(as_text(Err(failure))),
        (Ok(arguments), Run::Door(run)) => match run(door, &arguments) {
            Answer::Now(outcome) => said(as_text(outcome)),
            // None of them tells its outcome in another way.
            Answer::Later(later) => {
                Answer::Later(Later { answer: |outcome| Ok(as_text(outcome).into()), ..later })
            }
        },
        (Ok(_), Run::Negotiate) => said(""),
    }
}

fn as_text(outcome: Outcome) -> String {
    match outcome {
        Ok(_) => String::new(),
        Err(failure) => format!("Error: {}\r\n", failure.text),
    }
}

/// `driver,name=value,...`, where `driver=` may be written before the driver.
fn properties(command: &Command, text: &str) -> Result<Map<String, Value>, Failure> {
    let mut found = Map::new();
    for (place, part) in text.split(',').enumerate().filter(|(_, part)| !part.is_empty()) {
        let (name, value) = match part.split_once('=') {
            Some(pair) => pair,
            None if place == 0 => ("driver", part),
            None => return Err(Failure::generic(format!("Expected '=' after '{}'", quoted(part)))),
        };
        let member = command.arguments.members.iter().find(|member| member.name == name);
        let member = member.ok_or_else(|| Failure::unexpected(name))?;
        let value = match member.kind {
            // What is no number stays text, which the check refuses by the property's name.
            Type::Int => value.parse::<i64>().map_or_else(|_| value.into(), Value::from),
            _ => value.into(),
        };
        found.insert(name.to_owned(), value);
    }
    Ok(found)
}

fn info(door: &Door, about: &str) -> String {
    match about {
        "status" => format!("VM status: {}\r\n", query::status_word(door)),
        "version" => format!("hotcore {}\r\n", env!("CARGO_PKG_VERSION")),
        "cpus" => match query::try_cpus(door) {
            Ok(cpus) => cpus_as_text(&cpus),
            failed => as_text(failed),
        },
        "hotpluggable-cpus" => match query::try_hotpluggable(door) {
            Ok(cpus) => hotpluggable_as_text(&cpus),
            failed => as_text(failed),
        },
        "" => HELP.to_owned(),
        other => format!("unknown command: 'info {}'\r\n", quoted(other)),
    }
}

/// An answer of text.
fn said(text: impl Into<Value>) -> Answer {
    Answer::Now(Ok(text.into()))
}

fn cpus_as_text(cpus: &Value) -> String {
    let mut text = String::new();
    for cpu in cpus.as_array().into_iter().flatten() {
        let (index, thread) = (&cpu["cpu-index"], &cpu["thread-id"]);
        let mark = if *index == 0 { '*' } else { ' ' };
        // Writing to a string cannot fail.
        let _ = write!(text, "{mark} CPU #{index}: thread_id={thread}\r\n");
    }
    text
}

fn hotpluggable_as_text(cpus: &Value) -> String {
    let mut text = String::from("Hotpluggable CPUs:\r\n");
    for cpu in cpus.as_array().into_iter().flatten() {
        let _ = write!(text, "  type: {}\r\n", cpu["type"]);
        let _ = write!(text, "  vcpus_count: \"{}\"\r\n", cpu["vcpus-count"]);
        if let Some(path) = cpu.get("qom-path") {
            let _ = write!(text, "  qom_path: {path}\r\n");
        }
        text.push_str("  CPUInstance Properties:\r\n");
        for name in ["node-id", "socket-id", "cluster-id", "core-id", "thread-id"] {
            let _ = write!(text, "    {name}: \"{}\"\r\n", cpu["props"][name]);
        }
    }
    text
}

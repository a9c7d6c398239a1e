//! One client's side of the protocol, without its socket: bytes in, lines and calls out.
//!
//! A client is greeted, negotiates, and from then on is answered and told of events. Each request of it
//! has exactly one answer, in the order of the requests.

use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::arguments::Arguments;
use crate::commands::{Command, Run};
use crate::door::{Answer, Door, Outcome};
use crate::error::Failure;
use crate::framing::Requests;
use crate::request;

/// The release of QEMU whose protocol this is.
const QEMU: [u32; 3] = [10, 0, 0];

/// What a client's request calls for.
#[derive(Debug)]
pub enum Turn {
    /// This is to be sent.
    Answer(String),
    /// This is to be carried out, and its [answer](Call::answer) sent.
    Call(Call),
}

/// A command that was understood.
#[derive(Debug)]
pub struct Call {
    command: &'static Command,
    arguments: Arguments,
    id: Option<Box<RawValue>>,
}

/// A client.
#[derive(Debug, Default)]
pub struct Session {
    requests: Requests,
    negotiated: bool,
}

impl Session {
    /// A client that has just come. It is sent the [greeting](Self::greeting) first.
    pub fn new() -> Self {
        Self::default()
    }

    /// What a client is greeted with.
    pub fn greeting() -> String {
        let greeting = json!({"QMP": {"version": version(), "capabilities": []}});
        format!("{greeting}\r\n")
    }

    /// Whether the client is told of events.
    pub fn is_negotiated(&self) -> bool {
        self.negotiated
    }

    /// Takes what the client sent. To be bounded, all [turns](Self::next_turn) are taken in between.
    pub fn receive(&mut self, bytes: &[u8]) {
        self.requests.receive(bytes);
    }

    /// The client will send nothing more.
    pub fn finish(&mut self) {
        self.requests.finish();
    }

    /// What the next request calls for; `None` until there is one.
    pub fn next_turn(&mut self) -> Option<Turn> {
        loop {
            let Ok(text) = self.requests.next()? else {
                let failure = Failure::generic("JSON token size limit exceeded");
                return Some(Turn::Answer(answer(None, Err(failure))));
            };
            if !text.trim_ascii().is_empty() {
                return Some(turn(text, &mut self.negotiated));
            }
        }
    }
}

fn turn(text: &[u8], negotiated: &mut bool) -> Turn {
    let request = match request::parse(text) {
        Ok(request) => request,
        Err(failure) => return Turn::Answer(answer(None, Err(failure))),
    };
    let id = request.id;
    let understood = request.command.and_then(|(name, sent)| {
        let command = find(&name, *negotiated)?;
        Ok((command, Arguments::check(command.arguments, sent)?))
    });
    match understood {
        Ok((command, arguments)) if matches!(command.run, Run::Negotiate) => {
            Turn::Answer(answer(id, negotiate(&arguments, negotiated)))
        }
        Ok((command, arguments)) => {
            Turn::Call(Call { command, arguments, id: id.map(ToOwned::to_owned) })
        }
        Err(failure) => Turn::Answer(answer(id, Err(failure))),
    }
}

/// The command of that name, where it can be given now.
fn find(name: &str, negotiated: bool) -> Result<&'static Command, Failure> {
    let command = Command::find(name);
    match (command, negotiated) {
        (Some(command), _) if matches!(command.run, Run::Negotiate) == negotiated => {
            Err(if negotiated { Failure::negotiated_already() } else { Failure::not_negotiated() })
        }
        (None, false) => Err(Failure::not_negotiated()),
        (Some(command), _) => Ok(command),
        (None, true) => Err(Failure::unknown_command(name)),
    }
}

fn negotiate(arguments: &Arguments, negotiated: &mut bool) -> Outcome {
    if let Some(capability) = arguments.first_word("enable") {
        return Err(Failure::generic(format!("Capability {capability} not available")));
    }
    *negotiated = true;
    Ok(json!({}))
}

/// What `query-version` says.
pub(crate) fn version() -> Value {
    let [major, minor, micro] = QEMU;
    let package = concat!("hotcore-", env!("CARGO_PKG_VERSION"));
    json!({"qemu": {"major": major, "minor": minor, "micro": micro}, "package": package})
}

/// The line that answers a request.
fn answer(id: Option<&RawValue>, outcome: Outcome) -> String {
    let (member, value) = match outcome {
        Ok(value) => ("return", value),
        Err(failure) => ("error", failure.to_json()),
    };
    // As it was spelled, but on one line: outside of strings an end of a line is a blank.
    let id = id.map_or_else(String::new, |id| format!(", \"id\": {}", id.get()));
    let id = id.replace(['\r', '\n'], " ");
    format!("{{\"{member}\": {value}{id}}}\r\n")
}

impl Call {
    /// The name of its command.
    pub fn name(&self) -> &'static str {
        self.command.name
    }

    pub(crate) fn run(&self, door: &mut Door) -> Answer {
        match self.command.run {
            Run::Negotiate => Answer::Now(Ok(json!({}))),
            Run::Door(run) => run(door, &self.arguments),
        }
    }

    pub(crate) fn answer(&self, outcome: Outcome) -> String {
        answer(self.id.as_deref(), outcome)
    }

    /// The line that says that it is done.
    pub fn done(&self) -> String {
        self.answer(Ok(json!({})))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Every line that a session answers with, where every call is done at once.
    fn answers(session: &mut Session) -> Vec<String> {
        let turns = std::iter::from_fn(|| session.next_turn());
        turns
            .map(|turn| match turn {
                Turn::Answer(line) => line,
                Turn::Call(call) => call.done(),
            })
            .collect()
    }

    fn parse(line: &str) -> Value {
        assert!(line.ends_with("\r\n") && line.matches('\n').count() == 1, "{line:?}");
        serde_json::from_str(line).unwrap()
    }

    /// Requests, good and bad, with what becomes of their ids.
    fn requests() -> impl Strategy<Value = Vec<(u32, &'static str)>> {
        let lines = prop::sample::select(vec![
            r#"{"execute":"query-status","id":ID}"#,
            r#"{"id":ID,"execute":"device_del","arguments":{"id":"a"}}"#,
            r#"{"id":ID,"execute":"device_del","arguments":{"id":1}}"#,
            r#"{"id":ID,"execute":"nonsense"}"#,
            r#"{"id":ID}"#,
        ]);
        prop::collection::vec((any::<u32>(), lines), 0..12)
    }

    proptest! {
        #[test]
        fn garbage_is_answered_in_whole_lines_and_then_forgotten(pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 0..20)) {
            let mut session = Session::new();
            let mut said = Vec::new();
            for piece in &pieces {
                session.receive(piece);
                said.extend(answers(&mut session));
            }
            session.receive(b"\n{\"execute\": \"query-status\", \"id\":\n7}");
            said.extend(answers(&mut session));
            let said: Vec<_> = said.iter().map(|line| parse(line)).collect();
            prop_assert_eq!(&said.last().unwrap()["id"], 7);
        }

        #[test]
        fn ids_come_back_in_order_however_the_lines_are_cut(requests in requests(), size in 1usize..50) {
            let mut text = String::from("{\"execute\":\"qmp_capabilities\"}\r\n");
            for (id, line) in &requests {
                text += &line.replace("ID", &id.to_string());
                text += "\n";
            }
            let mut session = Session::new();
            let mut said = Vec::new();
            for piece in text.as_bytes().chunks(size) {
                session.receive(piece);
                said.extend(answers(&mut session));
            }
            let said: Vec<_> = said.iter().skip(1).map(|line| parse(line)["id"].clone()).collect();
            let ids: Vec<_> = requests.iter().map(|(id, _)| Value::from(*id)).collect();
            prop_assert_eq!(said, ids);
        }
    }
}

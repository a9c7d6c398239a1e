//! What QMP's clients send, in pieces: every request has one answer on one line, and after anything a
//! request is understood again.

#![no_main]

use hotcore_qmp::{Session, Turn};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fn answers(session: &mut Session) -> Vec<Value> {
    let lines = std::iter::from_fn(|| session.next_turn()).map(|turn| match turn {
        Turn::Answer(line) => line,
        Turn::Call(call) => call.done(),
    });
    lines.map(|line| parse(&line)).collect()
}

fn parse(line: &str) -> Value {
    let text = line.strip_suffix("\r\n").expect("a line ends with CRLF");
    assert!(!text.contains(['\r', '\n']), "an answer is one line");
    let answer: Value = serde_json::from_str(text).expect("an answer is JSON");
    assert!(answer.get("return").is_some() != answer.get("error").is_some());
    answer
}

fuzz_target!(|pieces: Vec<&[u8]>| {
    let mut session = Session::new();
    for piece in pieces {
        session.receive(piece);
        answers(&mut session);
    }
    session.receive(b"\n{\"execute\": \"query-status\", \"id\": 7}");
    let last = answers(&mut session).pop().expect("a request has an answer");
    assert_eq!(last["id"], 7);
});

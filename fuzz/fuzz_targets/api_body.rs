//! A client that sends anything as the body of a request.

#![no_main]

use hotcore_api::refusal;
use libfuzzer_sys::fuzz_target;

const PATHS: [&str; 5] =
    ["vm.create", "vm.resize", "vm.add-cpu", "vm.remove-cpu", "vm.cancel-operation"];

fuzz_target!(|input: &[u8]| {
    let Some((first, body)) = input.split_first() else { return };
    let path = PATHS[usize::from(*first) % PATHS.len()];
    let Some((status, text)) = refusal(path, body) else { return };
    assert!([400, 501].contains(&status), "{status} {text}");
    assert!(text.is_ascii());
    let texts: Vec<String> = serde_json::from_str(&text).expect("errors are arrays of texts");
    assert!(texts.len() == 1 && !texts[0].is_empty(), "{text}");
});
